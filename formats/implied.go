package formats

// The sign of a number, and its number of decimals, may stand in other fields
// of the record. Setting the number sets them, too, when they were not set
// before: they are implied then.

// imply notes that a field was set by a number.
func (w *Writer) imply(f *fieldPlan) {
	w.implies = true
	w.set.add(f.index)
	w.implied.add(f.index)
}

// state notes that a field is set for itself now.
func (w *Writer) state(f *fieldPlan) {
	if w.doubt != nil {
		w.resolve()
	}
	if w.implied.has(f.index) && f.scales {
		w.doubt, w.was = f, string(w.bytes(f))
	}
	w.implied.drop(f.index)
}

// resolve sees that a field that says the decimals of a number says the same
// as when the number was written: the number would be another one.
func (w *Writer) resolve() {
	f := w.doubt
	w.doubt = nil
	if now := string(w.bytes(f)); now != w.was {
		w.errs = append(w.errs, f.error(&fault{err: ErrNumber, value: now, expected: w.was, detail: Text{
			"angka yang desimalnya disebut di sini sudah ditulis", "the number whose decimals it says was written already",
		}}, nil))
	}
}

// fixDecimals gives a number as many decimals as the field says that holds
// their number; when that was not set yet, it is set to those of the number.
func (w *Writer) fixDecimals(f *fieldPlan, g figure) (figure, *fault) {
	d := f.decimalsBy
	if !w.set.has(d.index) {
		w.imply(d)
		w.put(d, int64(g.decimals))
		return g, nil
	}
	said, wrong := f.decimalsSaid(w.window, false)
	if wrong != nil {
		return g, wrong
	}
	for g.decimals > said && g.digits%10 == 0 {
		g.digits /= 10
		g.decimals--
	}
	digits, ok := scaled(g.digits, said-g.decimals)
	if g.decimals > said || !ok {
		return g, &fault{err: ErrOverflow, detail: textf("field %s menyebut %d desimal", "field %s says %d decimals", d.def.Name, said)}
	}
	g.digits, g.decimals = digits, said
	return g, nil
}

// fixSign writes the field that says the sign of a number, or sees that it
// agrees when it was set before: nobody is to find the other sign in the file.
func (w *Writer) fixSign(f *fieldPlan, g figure) *fault {
	s := f.signBy
	b := w.window[s.off : s.off+s.n]
	if w.set.has(s.index) && (!w.implied.has(s.index) || s.signs > 1) {
		if g.digits == 0 && !g.negative || (string(b) == f.minus) == g.negative {
			return nil
		}
		return &fault{err: ErrNumber, detail: textf("field %s menyebut tanda lain", "field %s says the other sign", s.def.Name)}
	}
	switch {
	case g.negative:
		copy(b, f.minus)
	case f.plus != "":
		copy(b, f.plus)
	default:
		if w.implied.has(s.index) { // it said minus before
			s.begin(w.window)
			w.set.drop(s.index)
			w.implied.drop(s.index)
		}
		return nil
	}
	w.imply(s)
	return nil
}
