package formats

// figure is a number as it stands in a field: its digits, how many of them are
// decimals, and its sign. Minus zero is a figure of its own, for a file says it.
type figure struct {
	digits   uint64
	decimals int
	negative bool
}

// int is the number, in units of so many decimals; ok is false when it has
// more than 18 digits then.
func (g figure) int(decimals int) (v int64, ok bool) {
	m, ok := scaled(g.digits, decimals-g.decimals)
	if g.negative {
		return -int64(m), ok
	}
	return int64(m), ok
}

// scaled is v with so many more decimals.
func scaled(v uint64, by int) (uint64, bool) {
	if by < 0 || by > maxDigits || v >= pow10[maxDigits-by] {
		return 0, v == 0
	}
	return v * pow10[by], true
}

// examineNumber looks at a number that is not empty.
func (f *fieldPlan) examineNumber(rec, b []byte, strict bool) (int64, *fault) {
	if f.plain {
		if v, ok := readDigits(b); ok {
			return v, nil
		}
	}
	g, wrong := f.figure(rec, b, strict)
	if wrong != nil {
		return 0, wrong
	}
	v, ok := g.int(f.def.Decimals)
	if !ok {
		return 0, &fault{err: ErrOverflow, detail: textf("bilangan punya paling banyak %d angka", "a number has at most %d digits", maxDigits)}
	}
	return v, nil
}

// figure reads a number, and what other fields of the record say about it.
func (f *fieldPlan) figure(rec, b []byte, strict bool) (figure, *fault) {
	g, wrong := f.readFigure(b, strict)
	if wrong != nil {
		return g, wrong
	}
	g.decimals = f.def.Decimals
	if f.signBy != nil {
		if g.negative, wrong = f.signSaid(rec, g.digits == 0, strict); wrong != nil {
			return g, wrong
		}
	}
	if f.decimalsBy != nil {
		g.decimals, wrong = f.decimalsSaid(rec, strict)
	}
	return g, wrong
}

// signSaid reads the field that says the sign. Only of a zero it may be empty.
func (f *fieldPlan) signSaid(rec []byte, zero, strict bool) (negative bool, wrong *fault) {
	s := f.signBy
	b := rec[s.off : s.off+s.n]
	switch {
	case string(b) == f.minus:
		return true, nil
	case f.plus != "" && string(b) == f.plus:
		return false, nil
	}
	_, odd := s.examine(rec, strict)
	if odd == nil && (f.plus == "" || zero && s.vacant(b)) {
		return false, nil
	}
	return false, &fault{err: ErrNumber, detail: textf("tandanya tidak diketahui: field %s berisi %q", "its sign is not known: field %s holds %q", s.def.Name, string(b))}
}

// decimalsSaid reads the field that says the number of decimals.
func (f *fieldPlan) decimalsSaid(rec []byte, strict bool) (int, *fault) {
	d := f.decimalsBy
	v, odd := d.examine(rec, strict)
	switch {
	case odd != nil || d.blanks && allBytes(rec[d.off:d.off+d.n], ' '):
		return 0, &fault{err: ErrNumber, detail: textf("banyaknya desimal tidak diketahui: lihat field %s", "its number of decimals is not known: see field %s", d.def.Name)}
	case v > int64(f.def.Decimals):
		return 0, &fault{err: ErrNumber, detail: textf("field %s menyebut %d desimal, paling banyak %d", "field %s says %d decimals, at most %d", d.def.Name, v, f.def.Decimals)}
	}
	return int(v), nil
}

// readFigure reads the bytes of a number: padding, sign, digits with a point
// among them, sign.
func (f *fieldPlan) readFigure(b []byte, strict bool) (g figure, wrong *fault) {
	bad := func(id, en string) (figure, *fault) {
		if odd := notPrintable(b); odd != nil {
			return figure{}, odd
		}
		return figure{}, &fault{err: ErrNumber, detail: Text{id, en}}
	}
	from, to := 0, len(b)
	if f.pad != '0' {
		for from < to && b[from] == f.pad {
			from++
		}
	}
	lenient := f.unpadded && !strict
	switch f.sign {
	case SignLeading:
		if from == to || b[from] != '+' && b[from] != '-' {
			return bad("tanda + atau - di depan tidak ada", "the sign + or - in front is missing")
		}
		g.negative = b[from] == '-'
		from++
	case SignTrailing:
		to--
		if to < from || b[to] != '+' && b[to] != '-' {
			return bad("tanda + atau - di belakang tidak ada", "the sign + or - at the end is missing")
		}
		g.negative = b[to] == '-'
	case SignOverpunch, SignField:
	}
	for lenient && from < to && b[from] == ' ' {
		from++
	}
	whole := to - from // digits before the point
	if f.point != 0 {
		whole -= 1 + f.def.Decimals
		if whole < 1 || b[from+whole] != f.point {
			return bad("tanda desimal tidak pada tempatnya", "the decimal point is not in its place")
		}
	}
	if whole < 1 {
		return bad("", "")
	}
	for i, c := range b[from:to] {
		switch {
		case f.point != 0 && i == whole:
			continue
		case f.sign == SignOverpunch && from+i == to-1:
			digit, negative, ok := punched(c)
			if !ok {
				return bad("angka terakhir tidak memuat tanda", "the last digit carries no sign")
			}
			c, g.negative = '0'+digit, negative
		case c < '0' || c > '9':
			return bad("", "")
		}
		g.digits = g.digits*10 + uint64(c-'0') // wide identifiers have no number, and run over here
	}
	if f.pad != '0' && f.kind != KindDigits && whole > 1 && b[from] == '0' && !lenient {
		return bad("nol di depan bilangan yang diisi dengan karakter lain", "zeros in front, where something else pads the number")
	}
	if f.size() > maxDigits && f.kind == KindDigits {
		g.digits = 0
	}
	return g, nil
}

// writeNumber writes a number into the bytes of its field; it is false when it
// does not fit. What other fields say about it is not its concern.
func (f *fieldPlan) writeNumber(b []byte, digits uint64, negative bool) bool {
	if f.plain {
		return !negative && putDigits(b, digits)
	}
	mark := byte('+')
	if negative {
		mark = '-'
	}
	first, at := 0, len(b)
	switch f.sign {
	case SignLeading:
		first++
	case SignTrailing:
		at--
		b[at] = mark
	case SignOverpunch:
	default:
		if negative {
			return false
		}
	}
	last := at - 1
	least := 1 // digits that are written in any case
	if f.point != 0 {
		least += f.def.Decimals
	}
	for n := 0; n < least || digits > 0 || f.pad == '0' && at > first; n++ {
		if f.point != 0 && n == f.def.Decimals {
			at--
			if at < first {
				return false
			}
			b[at] = f.point
		}
		at--
		if at < first {
			return false
		}
		b[at] = '0' + byte(digits%10)
		digits /= 10
	}
	if f.sign == SignOverpunch {
		b[last] = punch(b[last]-'0', negative)
	}
	if f.sign == SignLeading {
		at--
		b[at] = mark
	}
	fillByte(b[:at], f.pad)
	return true
}
