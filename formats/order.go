package formats

import (
	"strconv"
	"strings"
)

// broken looks at a record that has something wrong inside.
func (d *Decoder) broken(errs []*Error) {
	r := d.rec.plan
	if r == nil {
		clear(d.rec.numbers)
		if d.place.ended(d.plan) {
			errs = append(errs, d.afterEnd())
		} else {
			d.lose()
			if len(errs) == 0 {
				errs = append(errs, &Error{From: 1, To: len(d.rec.raw), Err: ErrRecordType, Value: string(clip(d.rec.raw)), Detail: d.recordTypes()})
			}
		}
		d.rec.whole = errs[0]
		d.report(errs)
		return
	}
	var bad fieldSet
	errs = append(errs, r.examineRecord(d.rec.raw, false, d.rec.numbers, &bad)...)
	d.settle(errs, &bad)
}

// tolerated lists what reading accepted in a record though writing would not.
func (d *Decoder) tolerated() {
	r := d.rec.plan
	if d.warned >= d.options.MaxWarnings {
		d.warned++ // it is counted, and no more is kept
		return
	}
	numbers := make([]int64, len(d.rec.numbers))
	var bad fieldSet
	for _, e := range r.examineRecord(d.rec.raw, true, numbers, &bad) {
		e.Detail = Text{ID: wordsIn("id").fault(e), EN: e.message()}
		e.Err, e.Expected = ErrTolerated, ""
		d.warnAt(e)
	}
}

// warnAt adds the place of the current record to a warning and keeps it.
func (d *Decoder) warnAt(e *Error) {
	e.File, e.Line, e.Record = d.options.File, d.rec.line, d.rec.number
	if e.RecordType == "" && d.rec.plan != nil {
		e.RecordType = d.rec.plan.def.Name
	}
	d.rec.warnings = append(d.rec.warnings, e)
	d.warn(e)
}

func (d *Decoder) warn(e *Error) {
	d.warned++
	if len(d.warnings) < d.options.MaxWarnings {
		d.warnings = append(d.warnings, e)
	}
}

// settleQuick is settle for a record whose fields are all right, at a place where
// nothing is missing: nearly all of them. When it is false nothing has changed,
// and the record has to be settled in full.
func (d *Decoder) settleQuick(m *move) bool {
	r, numbers := d.rec.plan, d.rec.numbers
	for _, n := range r.runs {
		switch s := &d.plan.series[n.series]; {
		case s.open || n.silent || m.open != nil && !s.rising:
			return false
		case s.rising:
			if numbers[n.field] <= d.sums.next[n.series] {
				return false
			}
		case numbers[n.field] != d.sums.next[n.series]:
			return false
		}
	}
	for _, i := range r.copies {
		f := &r.fields[i]
		if h := &d.sums.held[f.repeats]; !h.set || !h.readable || !d.plan.held[f.repeats].number || numbers[i] != h.number {
			return false
		}
	}
	for _, s := range m.close {
		d.closeScope(s, -1)
	}
	for _, s := range m.open {
		d.sums.open(s, m.late)
	}
	d.place.at = m.to
	for _, n := range r.runs {
		d.sums.next[n.series] = numbers[n.field]
		if !d.plan.series[n.series].rising {
			d.sums.next[n.series]++
			d.sums.missed[n.series] = d.sums.lost
		}
	}
	d.sums.feed(r, numbers)
	var errs []*Error
	for _, i := range r.totals {
		if e := d.total(i, nil); e != nil {
			errs = append(errs, e)
		}
	}
	if r.holds != nil {
		d.sums.hold(r, d.rec.raw, numbers, nil)
	}
	if errs != nil {
		d.report(errs)
	}
	return true
}

// settle puts a record into its place in the file: order, scopes, running
// numbers, what it repeats, totals. bad is nil when all fields can be read.
func (d *Decoder) settle(errs []*Error, bad *fieldSet) {
	p, r := d.plan, d.rec.plan
	if d.form.Fillers > 0 && !d.after {
		d.after = true
		errs = append(errs, &Error{Err: ErrStructure, Detail: Text{"rekaman di belakang baris pengisi blok", "a record behind the lines that fill the last block"}})
	}
	m, v, missing := d.place.look(p, r.index)
	switch v {
	case outOfLine, tooMany:
		if d.place.ended(p) {
			d.report(append(errs, d.afterEnd()))
			return
		}
		if d.sums.lost > 0 {
			d.lose() // it may be in place behind what was lost
		}
		d.report(append(errs, &Error{RecordType: r.def.Name, Err: ErrStructure, Detail: d.expectation()}))
		return
	case afterGap:
		errs = append(errs, &Error{RecordType: r.def.Name, Err: ErrStructure, Detail: missingBefore(p.records[missing])})
	case inPlace:
	}
	if !m.plain {
		for _, s := range m.close {
			d.closeScope(s, missing)
		}
		for _, s := range m.open {
			d.sums.open(s, m.late)
		}
	}
	if v == afterGap {
		d.sums.lacks(missing)
	}
	d.place.move(m)
	for _, n := range r.runs {
		if e := d.running(n, bad); e != nil {
			errs = append(errs, e)
		}
	}
	for _, i := range r.copies {
		if e := d.repeats(i, bad); e != nil {
			errs = append(errs, e)
		}
	}
	if bad == nil {
		d.sums.feed(r, d.rec.numbers)
	} else {
		d.sums.feedBroken(r, d.rec.numbers, bad, d.rec.whole != nil)
	}
	for _, i := range r.totals {
		if e := d.total(i, bad); e != nil {
			errs = append(errs, e)
		}
	}
	if r.holds != nil {
		if d.rec.whole != nil {
			d.sums.forget(r)
		} else {
			d.sums.hold(r, d.rec.raw, d.rec.numbers, bad)
		}
	}
	if errs != nil {
		d.report(errs)
	}
}

// running checks a running number; after a wrong one it goes on from there, so
// that one missing record is one error. Unknown lines before it may have been
// the records that are missing, and have been reported.
func (d *Decoder) running(n counter, bad *fieldSet) *Error {
	s, next := &d.plan.series[n.series], &d.sums.next[n.series]
	f := &d.rec.plan.fields[n.field]
	found := d.rec.numbers[n.field]
	switch {
	case bad != nil && bad.has(n.field):
		if !s.rising {
			*next++
		}
		return nil
	case n.silent && f.blank(d.rec.raw):
		return nil // the layout lets it say nothing
	case s.rising:
		before := *next
		*next = max(found, before)
		if found > before {
			return nil
		}
		e := f.numberError(ErrSequence, decimal(found), "")
		e.Detail = textf("harus lebih besar dari %d sebelumnya", "it must be greater than %d before it", before)
		return e
	case !d.sums.known[n.series]:
		d.sums.known[n.series] = true
		*next = found + 1
		return nil
	}
	expected := *next
	*next = found + 1
	gap := d.sums.lost - d.sums.missed[n.series]
	d.sums.missed[n.series] = d.sums.lost
	if found >= expected && uint64(found-expected) <= gap {
		return nil
	}
	return f.numberError(ErrSequence, decimal(found), decimal(expected))
}

// repeats checks a field that repeats one of a record before.
func (d *Decoder) repeats(i int, bad *fieldSet) *Error {
	f := &d.rec.plan.fields[i]
	if bad != nil && bad.has(i) {
		return nil
	}
	if f.blank(d.rec.raw) {
		return nil // it may be empty, and says nothing
	}
	same, sure := d.sums.repeats(f, d.rec.raw, d.rec.numbers)
	if same || !sure {
		return nil
	}
	return d.sums.differs(f, d.rec.raw)
}

// total checks one total of the record, or notes it for the end of its scope.
func (d *Decoder) total(i int, bad *fieldSet) *Error {
	t := &d.plan.totals[i]
	readable := bad == nil || !bad.has(t.field.index)
	value := d.rec.numbers[t.field.index]
	s := &d.sums.stated[i]
	s.seen = true
	if readable && t.field.blank(d.rec.raw) {
		return nil // the layout lets it say nothing
	}
	if t.later {
		switch {
		case !s.set || !s.readable:
			s.set, s.readable, s.line, s.record, s.value = true, readable, d.rec.line, d.rec.number, value
		case readable && value != s.value && d.sums.astray(t, true):
			d.doubt(i)
		case readable && value != s.value:
			return t.other(value, s)
		}
		return nil
	}
	return d.compare(i, value, readable)
}

func (d *Decoder) compare(i int, value int64, readable bool) *Error {
	t := &d.plan.totals[i]
	if !readable {
		d.doubt(i)
		return nil
	}
	c, verdict := d.sums.compare(t, value)
	if d.sums.stated[i].doubtful && verdict == disagrees {
		verdict = unsure // the record that is missing may be the rest
		if t.grows && c.exceeds(value) {
			verdict = below
		}
	}
	switch verdict {
	case unsure:
		d.doubt(i)
	case below:
		e := t.field.numberError(ErrControl, t.field.amount(value), "")
		least := c.amount(t.field)
		e.Detail = textf("yang terbaca saja sudah berjumlah %s", "what can be read comes to %s already", least)
		return e
	case disagrees:
		return t.field.numberError(ErrControl, t.field.amount(value), c.amount(t.field))
	case agrees:
	}
	return nil
}

// doubt notes a total that cannot be checked.
func (d *Decoder) doubt(i int) {
	if !d.doubted[i] {
		d.doubted[i] = true
		d.unverified = append(d.unverified, d.plan.totals[i].name())
	}
}

// closeScope checks what a scope says of itself, and ends it.
func (d *Decoder) closeScope(scope, missing int) {
	if d.sums.idle(scope) && (d.in.err == nil || !d.done) {
		for _, i := range d.plan.scopes[scope].totals {
			d.sums.stated[i].set = false
		}
		return
	}
	for _, i := range d.plan.scopes[scope].totals {
		d.closeTotal(i, missing)
	}
	d.sums.close(scope)
}

// closeTotal checks a total whose scope ends; missing is a record that the
// scope lacks, or -1.
func (d *Decoder) closeTotal(i, missing int) {
	t, s := &d.plan.totals[i], &d.sums.stated[i]
	switch {
	case !s.seen:
		if t.required || t.record == missing {
			d.doubt(i)
		}
	case t.later && s.set && d.in.err != nil && d.done:
		d.doubt(i) // the rest of the scope was not read
	case t.later && s.set:
		s.set = false
		if e := d.compare(i, s.value, s.readable); e != nil {
			e.File, e.Line, e.Record = d.options.File, s.line, s.record
			d.keep(e)
		}
	}
}

// other is the error of a total that stands in its scope several times, each
// time before its records, and says something else than the first time.
func (t *total) other(value int64, s *stated) *Error {
	e := t.field.numberError(ErrControl, decimal(value), decimal(s.value))
	e.Detail = textf("baris %d menyebut total yang sama", "line %d states the same total", s.line)
	return e
}

func (t *total) name() string { return t.field.record.def.Name + "." + t.field.def.Name }

func missingBefore(r *RecordPlan) Text {
	return textf("rekaman %s tidak ada sebelumnya", "record %s is missing before it", r.def.Name)
}

// lose counts a line that may have been any record.
func (d *Decoder) lose() {
	d.sums.lost++
}

func (d *Decoder) afterEnd() *Error {
	e := &Error{Err: ErrStructure, Detail: Text{"berkas seharusnya sudah berakhir sebelum baris ini", "the file should have ended before this line"}}
	if d.rec.plan != nil {
		e.RecordType = d.rec.plan.def.Name
	}
	return e
}

// expectation says which records may stand here.
func (d *Decoder) expectation() Text {
	s := d.place.expected(d.plan)
	return textf("seharusnya %s", "expected %s", s)
}

// maxNamed is how many records an error names.
const maxNamed = 8

// recordTypes says by what records are known.
func (d *Decoder) recordTypes() Text {
	if d.types != (Text{}) {
		return d.types
	}
	var names []string
	for i, r := range d.plan.records {
		if i == maxNamed {
			names = append(names, "+"+strconv.Itoa(len(d.plan.records)-i))
			break
		}
		names = append(names, r.def.Name)
	}
	d.types = textf("rekaman yang dikenal: %s", "records are %s", strings.Join(names, ", "))
	return d.types
}
