package formats

import "bytes"

// bare is a text without what pads it.
func (f *fieldPlan) bare(b []byte) []byte {
	if f.unaligned && f.misaligned(b) {
		return bytes.Trim(b, " ")
	}
	switch {
	case f.align == AlignRight:
		for len(b) > 0 && b[0] == f.pad {
			b = b[1:]
		}
	case f.pad == ' ':
		return trimRight(b)
	default:
		for len(b) > 0 && b[len(b)-1] == f.pad {
			b = b[:len(b)-1]
		}
	}
	return b
}

// misaligned says whether a text stands on the wrong side.
func (f *fieldPlan) misaligned(b []byte) bool {
	switch f.align {
	case AlignRight:
		return len(b) > 0 && b[len(b)-1] == ' '
	case AlignFree:
		return false
	}
	return len(b) > 0 && b[0] == ' '
}

// pad writes a value that fits into b, the bytes of the field, on its side,
// with padding.
func pad[T string | []byte](f *fieldPlan, b []byte, value T) {
	free := len(b) - len(value)
	if f.align == AlignRight {
		copy(b[free:], value)
		fillByte(b[:free], f.pad)
		return
	}
	fillByte(b[copy(b, value):], f.pad)
}

// placed is a value as it stands in the field.
func (f *fieldPlan) placed(value string) string {
	b := make([]byte, max(f.n, len(value)))
	pad(f, b, value)
	return string(b)
}

// examineText looks at a text that is not empty.
func (f *fieldPlan) examineText(b []byte, strict bool) (int64, *fault) {
	value := f.bare(b)
	at := 0
	if f.align == AlignRight || f.unaligned {
		at = bytes.Index(b, value)
	}
	set := f.set(strict)
	if from, to, odd := set.outside(value); odd && !f.closed {
		return 0, &fault{err: ErrCharset, from: at + from, to: at + to, detail: Text{"yang diizinkan: " + set.about.ID, "allowed are " + set.about.EN}}
	}
	if odd := f.unprintable(b); odd != nil {
		return 0, odd
	}
	switch {
	case f.closed:
		return f.examineCode(b, strict)
	case len(value) == 0:
		return 0, &fault{err: ErrRequired}
	case f.misaligned(b) && (strict || !f.unaligned) && f.each == 0:
		return 0, f.wrongSide()
	case f.each > 0:
		return 0, f.examineCodes(b)
	case f.picture != nil:
		return 0, f.examineShape(value, at, !strict && f.lower)
	}
	return 0, nil
}

func (f *fieldPlan) wrongSide() *fault {
	if f.align == AlignRight {
		return &fault{err: ErrAlign, detail: Text{"teks harus rata kanan", "text stands right"}}
	}
	return &fault{err: ErrAlign, detail: Text{"teks harus rata kiri", "text stands left"}}
}

// unprintable finds a byte that is no character of the field at all.
func (f *fieldPlan) unprintable(b []byte) *fault {
	if f.writing == nil || !f.writing.wide() {
		return notPrintable(b)
	}
	for i, c := range b {
		if !f.writing.page.holds(c) {
			return &fault{err: ErrCharset, from: i, to: i + 1, detail: textf("bukan karakter %s", "no character of %s", f.writing.name)}
		}
	}
	return nil
}
