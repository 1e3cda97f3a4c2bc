package formats

// examineRecord reads all fields of a record slowly. Fields that cannot be
// read have the number 0 and are in bad.
func (r *RecordPlan) examineRecord(b []byte, strict bool, numbers []int64, bad *fieldSet) []*Error {
	errs := r.examineSlots(b, numbers)
	for i := range r.fields {
		f := &r.fields[i]
		if f.slotted >= 0 && numbers[r.slots[f.slotted].repetitions[f.slot].present] == 0 {
			numbers[f.index] = 0
			continue
		}
		v, wrong := f.examine(b, strict)
		numbers[f.index] = v
		if wrong == nil {
			continue
		}
		bad.add(f.index)
		errs = append(errs, f.error(wrong, f.appendBytes(nil, b)))
	}
	return errs
}

// examineSlots looks which repetitions of slots are there.
func (r *RecordPlan) examineSlots(b []byte, numbers []int64) []*Error {
	var errs []*Error
	for s := range r.slots {
		slot := &r.slots[s]
		absent := false
		for i, rep := range slot.repetitions {
			there := len(trimRight(b[rep.off:rep.off+rep.n])) > 0
			numbers[rep.present] = 0
			if there {
				numbers[rep.present] = 1
			}
			if there && absent {
				e := &Error{RecordType: r.def.Name, Field: slot.def.Name, From: rep.off + 1, To: rep.off + rep.n, Err: ErrStructure,
					Detail: textf("ulangan %d ada, tetapi yang sebelumnya kosong", "repetition %d is there, though the one before it is empty", i+1)}
				errs = append(errs, e)
			}
			absent = !there
		}
	}
	return errs
}

// program compiles the operations of a record: those of its fields, and of the
// fields of each slot behind a look whether the slot is there.
func (r *RecordPlan) program(strict bool) []op {
	var ops []op
	at := 0
	for at < len(r.fields) {
		f := &r.fields[at]
		end := at + 1
		if f.slotted < 0 {
			for end < len(r.fields) && r.fields[end].slotted < 0 {
				end++
			}
			ops = append(ops, program(r.fields[at:end], strict)...)
			at = end
			continue
		}
		rep := r.slots[f.slotted].repetitions[f.slot]
		body := program(r.fields[rep.from:rep.to], strict)
		look := op{kind: opSlot, off: rep.off, n: rep.n, slot: rep.present, skip: len(body), from: rep.from, to: rep.to, before: -1}
		if f.slot > 0 {
			look.before = r.slots[f.slotted].repetitions[f.slot-1].present
		}
		ops = append(append(ops, look), body...)
		at = rep.to
	}
	return ops
}
