package formats

// beginSlot makes the repetition of a slot that a field is the first to be set
// in: its constants and fillers are put in place. Until then it is spaces, and
// absent.
func (w *Writer) beginSlot(f *fieldPlan) {
	rep := w.plan.slots[f.slotted].repetitions[f.slot]
	for i := rep.from; i < rep.to; i++ {
		if i != f.index && w.set.has(i) {
			return
		}
	}
	for i := rep.from; i < rep.to; i++ {
		w.plan.fields[i].begin(w.window)
	}
}

// lacksInSlots says whether a repetition that is there lacks a field that has
// to be set.
func (w *Writer) lacksInSlots() bool {
	for s := range w.plan.slots {
		for _, rep := range w.plan.slots[s].repetitions {
			there, all := false, true
			for i := rep.from; i < rep.to; i++ {
				there = there || w.set.has(i)
				all = all && (w.set.has(i) || !w.plan.fields[i].required())
			}
			if there && !all {
				return true
			}
		}
	}
	return false
}

// repeat writes a value that a record before held.
func (w *Writer) repeat(f *fieldPlan, v *value, src *fieldPlan) {
	if !v.set {
		return
	}
	if w.plan.plan.held[f.repeats].number {
		w.set.add(f.index)
		if f.plain && f.n <= 8 && uint64(v.number) < pow10[f.n] {
			placeWord(w.bytes(f), v.digits()>>(uint(8-f.n)*8))
			w.numbers[f.index] = v.number
			return
		}
		w.put(f, v.number)
		return
	}
	w.SetBytes(Field{f}, src.core(v.bytes))
}
