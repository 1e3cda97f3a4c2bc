package formats

func (c *compiler) ownCharsets()       {}
func (c *compiler) relate(*RecordPlan) {}
func (f *fieldPlan) prepare(t []byte) {
	b := t[f.off : f.off+f.n]
	switch {
	case f.constant != "":
		copy(b, f.constant)
	case f.numeric() && (!f.blanks || f.zeros):
		fill(b, zeros)
	}
}
func (f *fieldPlan) blank(rec []byte) bool {
	if f.def.Empty == EmptyNever {
		return false
	}
	b := rec[f.off : f.off+f.n]
	if len(trimRight(b)) == 0 {
		return true
	}
	if !f.zeros {
		return false
	}
	for _, c := range b {
		if c != '0' {
			return false
		}
	}
	return true
}
func (w *Writer) repeat(f *fieldPlan, v *value, src *fieldPlan) {
	if !v.set {
		return
	}
	if f.numeric() {
		w.put(f, v.number)
	} else {
		b := w.bytes(f)
		s := trimBoth(v.bytes)
		if len(s) > len(b) {
			w.fail(f, ErrOverflow, string(s))
			return
		}
		fill(b[copy(b, s):], spaces)
	}
	w.set.add(f.index)
}
func (w *Writer) lacksInSlots() bool {
	for s := range w.plan.slots {
		for _, rep := range w.plan.slots[s].repetitions {
			any, all := false, true
			for i := rep.from; i < rep.to; i++ {
				f := &w.plan.fields[i]
				if w.set.has(i) {
					any = true
				} else if f.numeric() && !f.blanks && !f.zeros {
					all = false
				}
			}
			if any && !all {
				return true
			}
		}
	}
	return false
}

func (r *Record) String(f Field) string       { return string(r.Text(f)) }
func (w *Writer) SetString(f Field, s string) { w.SetText(f, s) }
