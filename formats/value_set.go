package formats

import "strings"

// SetString sets a field to a value as [Record.String] gives it, and to nothing
// else: what it does not understand is an error. An empty value leaves the
// field empty, where the layout allows that, and otherwise as if it had not
// been set.
//
// A number sets the field that says its sign, and the one that says its
// decimals, unless they were set before; then it has to agree with them. A
// sign that is set afterwards wins.
func (w *Writer) SetString(f Field, s string) {
	p := f.p
	if p == nil || !w.open || p.record != w.plan {
		w.misses(f)
		return
	}
	if s == "" {
		w.unset(f)
		return
	}
	switch {
	case p.kind == KindFiller:
		w.refuses(f, ErrConstant, s, Text{"pengisi tidak punya nilai", "a filler has no value"})
	case p.constant != "":
		w.SetText(f, s)
	case p.each > 0:
		w.setCodes(f, s)
	case p.kind == KindText:
		w.setBare(f, s)
	case p.kind == KindDigits:
		if strings.Trim(s, "0123456789") != "" {
			w.refuses(f, ErrNumber, s, Text{"hanya angka", "only digits"})
			return
		}
		w.SetText(f, s)
	case p.format != nil:
		w.setMoment(f, s)
	default:
		w.setFigure(f, s)
	}
}

// unset leaves a field empty. A field that was not set before is as it began,
// and a slot that nothing is set in is absent.
func (w *Writer) unset(f Field) {
	p := f.p
	allowed := p.blanks || p.zeros
	if !w.set.has(p.index) && (!allowed || p.slotted >= 0) {
		return
	}
	if ok, again := w.take(f); ok && again && p.constant == "" && p.kind != KindFiller {
		w.clear(p)
		if !allowed {
			w.set.drop(p.index)
		}
	}
}

// refuses notes a value that is not one of the field.
func (w *Writer) refuses(f Field, err error, value string, detail Text) {
	if ok, _ := w.take(f); ok {
		w.errs = append(w.errs, f.p.error(&fault{err: err, value: value, detail: detail}, nil))
	}
}

// setBare sets a text that has no padding: what is padding in the field could
// not be told from it again.
func (w *Writer) setBare(f Field, s string) {
	p := f.p
	pad := p.writing.decode([]byte{p.pad})
	if p.align == AlignRight && strings.HasPrefix(s, pad) || p.align != AlignRight && strings.HasSuffix(s, pad) {
		w.refuses(f, ErrAlign, s, textf("nilai tidak memuat pengisinya, %q", "a value does not have its padding, %q, with it", pad))
		return
	}
	w.SetText(f, s)
}

// setCodes sets several codes.
func (w *Writer) setCodes(f Field, s string) {
	p := f.p
	var b strings.Builder
	for code := range strings.SplitSeq(s, " ") {
		if n := len([]rune(code)); n < 1 || n > p.each {
			w.refuses(f, ErrCode, s, textf("kode dipisahkan satu spasi dan punya paling banyak %d karakter", "codes stand with one space between them and have at most %d characters", p.each))
			return
		}
		for b.Len() > 0 && len([]rune(b.String()))%p.each != 0 {
			b.WriteByte(' ')
		}
		b.WriteString(code)
	}
	w.SetText(f, b.String())
}

// setMoment sets a date or time.
func (w *Writer) setMoment(f Field, s string) {
	iso := f.p.format.iso
	v, wrong := iso.read([]byte(s))
	if wrong != nil {
		w.refuses(f, ErrDate, s, textf("tulislah %s", "write %s", iso.text))
		return
	}
	if ok, _ := w.take(f); ok {
		w.putDate(f.p, v)
	}
}

// setFigure sets a number or an amount.
func (w *Writer) setFigure(f Field, s string) {
	p := f.p
	g, ok := parseFigure(s)
	switch {
	case !ok:
		w.refuses(f, ErrNumber, s, Text{"tulislah seperti 1234.50 atau -7", "write it as 1234.50 or -7"})
		return
	case g.decimals > p.def.Decimals:
		w.refuses(f, ErrOverflow, s, textf("paling banyak %d desimal", "at most %d decimals", p.def.Decimals))
		return
	}
	if p.decimalsBy == nil {
		digits, fits := scaled(g.digits, p.def.Decimals-g.decimals)
		if !fits {
			w.refuses(f, ErrOverflow, s, Text{})
			return
		}
		g.digits, g.decimals = digits, p.def.Decimals
	}
	if ok, _ := w.take(f); !ok {
		return
	}
	if wrong := w.putFigure(p, g); wrong != nil {
		w.errs = append(w.errs, p.error(wrong, []byte(s)))
	}
}
