package formats

// broken looks at a record that has something wrong inside.
func (d *Decoder) broken(errs []*Error) {
	r := d.rec.plan
	if r == nil {
		clear(d.rec.numbers)
		if d.ended() {
			errs = append(errs, d.afterEnd())
		} else {
			d.lose()
			errs = append(errs, &Error{From: 1, To: len(d.rec.raw), Err: ErrRecordType, Value: string(clip(d.rec.raw)), Detail: d.recordTypes()})
		}
		d.rec.whole = errs[0]
		d.report(errs)
		return
	}
	var bad fieldSet
	errs = append(errs, r.examineRecord(d.rec.raw, false, d.rec.numbers, &bad)...)
	d.settle(errs, &bad)
}

// settle puts a record into its place in the file: order, running number,
// totals. bad is nil when all fields can be read.
func (d *Decoder) settle(errs []*Error, bad *fieldSet) {
	r := d.rec.plan
	if d.ended() {
		d.report(append(errs, d.afterEnd()))
		return
	}
	before := d.place
	switch d.place.accept(d.plan.steps, r.index) {
	case outOfLine, afterEnd:
		d.report(append(errs, &Error{RecordType: r.def.Name, Err: ErrStructure, Detail: d.expectation(before)}))
		return
	case afterGap:
		missing, _ := before.missing(d.plan.steps)
		errs = append(errs, &Error{RecordType: r.def.Name, Err: ErrStructure,
			Detail: missingBefore(d.plan.records[missing])})
	case inPlace:
	}
	if r.sequence >= 0 {
		if e := d.running(r, bad); e != nil {
			errs = append(errs, e)
		}
	}
	if bad == nil {
		d.sums.feed(r, d.rec.numbers)
	} else {
		d.sums.feedBroken(r, d.rec.numbers, bad)
	}
	for _, i := range r.totals {
		if e := d.total(i, bad); e != nil {
			errs = append(errs, e)
		}
	}
	d.report(errs)
}

// running checks a running number; after a wrong one it goes on from there, so
// that one missing record is one error. Unknown lines before it may have been
// the records that are missing, and have been reported.
func (d *Decoder) running(r *RecordPlan, bad *fieldSet) *Error {
	next := &d.sums.next[r.index]
	if bad != nil && bad.has(r.sequence) {
		*next++
		return nil
	}
	found, expected := d.rec.numbers[r.sequence], *next
	*next = found + 1
	gap := d.gap
	d.gap = 0
	if found >= expected && found-expected <= gap {
		return nil
	}
	return r.fields[r.sequence].numberError(ErrSequence, decimal(found), decimal(expected))
}

// total checks one total of the record, or notes it for the end.
func (d *Decoder) total(i int, bad *fieldSet) *Error {
	t := &d.plan.totals[i]
	readable := bad == nil || !bad.has(t.field.index)
	value := d.rec.numbers[t.field.index]
	if t.later {
		if s := &d.sums.stated[i]; !s.set {
			*s = stated{set: true, readable: readable, line: d.rec.line, record: d.rec.number, value: value}
		}
		return nil
	}
	return d.compare(t, value, readable)
}

func (d *Decoder) compare(t *total, value int64, readable bool) *Error {
	if !readable {
		d.unverified = append(d.unverified, t.name())
		return nil
	}
	c, verdict := d.sums.compare(t, value)
	switch verdict {
	case unsure:
		d.unverified = append(d.unverified, t.name())
	case disagrees:
		return t.field.numberError(ErrControl, decimal(value), c.String())
	case agrees:
	}
	return nil
}

func (t *total) name() string { return t.field.record.def.Name + "." + t.field.def.Name }

func missingBefore(r *RecordPlan) Text {
	return textf("rekaman %s tidak ada sebelumnya", "record %s is missing before it", r.def.Name)
}

// lose counts a line that may have been any record.
func (d *Decoder) lose() {
	d.sums.lost++
	d.gap++
}

// ended says whether the structure is complete and can take nothing more.
func (d *Decoder) ended() bool {
	steps := d.plan.steps
	return d.place.step == len(steps)-1 && d.place.count >= steps[d.place.step].max
}

func (d *Decoder) afterEnd() *Error {
	e := &Error{Err: ErrStructure, Detail: Text{"berkas seharusnya sudah berakhir sebelum baris ini", "the file should have ended before this line"}}
	if d.rec.plan != nil {
		e.RecordType = d.rec.plan.def.Name
	}
	return e
}

// expectation says which records may stand at a place.
func (d *Decoder) expectation(at place) Text {
	s := ""
	for j := at.step; j < len(d.plan.steps); j++ {
		st := d.plan.steps[j]
		count := 0
		if j == at.step {
			count = at.count
		}
		if count < st.max {
			s += d.plan.records[st.record].def.Name
			if count < st.min {
				break
			}
			if j < len(d.plan.steps)-1 {
				s += "/"
			}
		}
	}
	return textf("seharusnya %s", "expected %s", s)
}

// recordTypes says by what records are known.
func (d *Decoder) recordTypes() Text {
	s := ""
	for i, r := range d.plan.records {
		if i > 0 {
			s += ", "
		}
		s += r.def.Name
	}
	return textf("rekaman yang dikenal: %s", "records are %s", s)
}
