package formats

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Value is what one field of a [Row] is set to. The zero Value is an empty
// text: it leaves the field empty, where the layout allows that.
type Value struct {
	text string
	n    int64
	kind valueKind
}

// valueKind says which setter a value stands for.
type valueKind uint8

const (
	valueText  valueKind = iota
	valueInt             // n
	valueTime            // n is the number of the clock, 0 for the zero time
	valueNever           // a time in a year that no date may have; the text shows it
)

// TextValue is what [Writer.SetText] sets.
func TextValue(s string) Value { return Value{text: s} }

// IntValue is what [Writer.SetInt] sets.
func IntValue(v int64) Value { return Value{n: v, kind: valueInt} }

// TimeValue is what [Writer.SetTime] sets.
func TimeValue(t time.Time) Value {
	if t.IsZero() {
		return Value{kind: valueTime}
	}
	v, ok := clockNumber(t)
	if !ok {
		return Value{kind: valueNever, text: t.String()}
	}
	return Value{n: int64(v), kind: valueTime}
}

// Row is a record of which the same fields are set each time, as the details of
// a file are. [Encoder.WriteRow] writes it in one go: each value is checked while it is
// put in its place, so that only what nobody set has to be looked at again. It
// is for files of many records; what is written, and what is refused and why,
// is the same as by [Encoder.Begin], the setters and [Writer.End].
//
// A Row does not change and is safe for concurrent use.
type Row struct {
	plan   *RecordPlan
	fields []Field
	quick  bool     // there is a quick way
	other  bool     // some steps are ordinary setters, after which everything has to be asked
	steps  []step   // how each value is checked and put in its place
	set    fieldSet // what the steps set
	still  []still  // numbers of fields that stay as the record begins
	runs   bool     // running numbers are to be filled in
	copies []rowCopy
	fills  bool // totals are, or repeated values that are not so simple
	digits bool // check digits are
	rest   []op // what is still to be checked then
}

// rowCopy is a field of up to eight digits that repeats a number.
type rowCopy struct {
	repeat
	off, n int
}

// still is the number of a field that stays as the record begins.
type still struct {
	slot   int
	number int64
}

// Row compiles a row of a record: the fields that are set, in the order in
// which their values will be given. It panics when the layout has no such
// record. A field of another record is an error each time that the row is
// written.
func (p *Plan) Row(record string, fields ...Field) *Row {
	r, ok := p.Record(record)
	if !ok {
		panic(fmt.Sprintf("formats: layout %s has no record %s", p.Name(), record))
	}
	row := &Row{plan: r, fields: slices.Clone(fields)}
	row.compile()
	return row
}

// compile looks for the quick way. There is none for slots, and for a row that
// could never be right.
func (row *Row) compile() {
	r := row.plan
	if len(r.slots) > 0 {
		return
	}
	// What is checked of a value as it is set is not checked again.
	checked := make([]bool, len(r.fields))
	var given fieldSet
	for _, f := range row.fields {
		if f.p == nil || f.p.record != r || given.has(f.p.index) {
			return
		}
		given.add(f.p.index)
		s := newStep(f.p)
		row.steps = append(row.steps, s)
		if s.kind == stepOther {
			row.other = true
		} else {
			row.set.add(f.p.index)
		}
		checked[f.p.index] = s.sure
	}
	var filled fieldSet
	for _, n := range r.runs {
		if !given.has(n.field) {
			filled.add(n.field)
			row.runs = true
		}
	}
	for _, i := range slices.Concat(r.copies, r.checks) {
		filled.add(i)
	}
	for _, i := range r.totals {
		filled.add(r.plan.totals[i].field.index)
	}
	row.fills = slices.ContainsFunc(r.totalFields(), func(i int) bool { return !given.has(i) })
	for _, one := range r.repeats {
		f := &r.fields[one.field]
		switch {
		case given.has(f.index) || f.def.Empty != EmptyNever:
		case f.noted() && f.n <= 8:
			row.copies = append(row.copies, rowCopy{one, f.off, f.n})
		default:
			row.fills = true
		}
	}
	if row.fills {
		row.copies = nil
	}
	row.digits = slices.ContainsFunc(r.checks, func(i int) bool { return !given.has(i) })

	// What nobody sets is as the record begins, and is checked here once.
	var fixed, open []fieldPlan
	for i := range r.fields {
		f := &r.fields[i]
		switch {
		case checked[i]:
		case given.has(i):
			open = append(open, *f)
		case filled.has(i) && f.noted():
			fixed = append(fixed, *f)
		case filled.has(i) || f.looksAround():
			open = append(open, *f)
		default:
			fixed = append(fixed, *f)
		}
	}
	window := append(slices.Clone(r.template), make([]byte, slack)...)
	const none = math.MinInt64
	numbers := slices.Repeat([]int64{none}, r.numbers)
	if !run(program(fixed, true), window, numbers) {
		return
	}
	for i, v := range numbers {
		if v != none {
			row.still = append(row.still, still{i, v})
		}
	}
	row.rest = program(open, true)
	row.quick = row.other || !row.set.lacks(&r.must)
}

// noted says whether Writer.put leaves nothing to be checked when it fills the
// field in, and notes its number.
func (f *fieldPlan) noted() bool {
	s := newStep(f)
	copied := f.def.Compute != nil && f.def.Compute.Kind == Copy
	return s.kind >= stepDigit && s.kind <= stepDigits && s.sure && (!copied || f.record.plan.held[f.repeats].number)
}

// totalFields are the fields of the totals that stand in the record.
func (r *RecordPlan) totalFields() []int {
	var out []int
	for _, i := range r.totals {
		out = append(out, r.plan.totals[i].field.index)
	}
	return out
}

// looksAround says whether it depends on other fields of the record what the field
// may hold.
func (f *fieldPlan) looksAround() bool {
	return f.signBy != nil || f.decimalsBy != nil || f.over != nil
}

// WriteRow writes a record with the values of a row's fields, in their order.
// The error is that of [Writer.End]: *[Errors] when the record breaks the
// layout; then nothing of it is written, and the encoder can go on. A record
// that was begun and not ended is dropped. It panics when there are more or
// fewer values than fields, or the row is of another plan.
func (e *Encoder) WriteRow(row *Row, values ...Value) error {
	if len(values) != len(row.fields) || row.plan.plan != e.plan {
		panic(row.misfit(e.plan, len(values)))
	}
	if row.quick && e.writeQuick(row, values) {
		return nil
	}
	w := e.BeginRecord(row.plan)
	for i, f := range row.fields {
		w.setValue(f, values[i])
	}
	return w.End()
}

// misfit says how a row was misused.
func (row *Row) misfit(p *Plan, values int) string {
	if row.plan.plan != p {
		return fmt.Sprintf("formats: a row of layout %s is written into a file of another one, %s", row.plan.plan.Name(), p.Name())
	}
	return fmt.Sprintf("formats: a row of record %s with %d fields is given %d values", row.plan.def.Name, len(row.fields), values)
}

// setValue sets a field by the setter that the value stands for.
func (w *Writer) setValue(f Field, v Value) {
	switch v.kind {
	case valueText:
		w.SetText(f, v.text)
	case valueInt:
		w.SetInt(f, v.n)
	case valueTime, valueNever:
		w.setClock(f, v)
	}
}

// writeQuick writes a row in which all is as it should be. When it is false
// nothing has changed but the record that was begun.
func (e *Encoder) writeQuick(row *Row, values []Value) bool {
	r := row.plan
	if e.closed || e.err != nil {
		return false
	}
	w, m := e.BeginRecord(r), e.move(r)
	w.set = row.set
	for _, s := range row.still {
		w.numbers[s.slot] = s.number
	}
	if !row.put(w, values) {
		return false
	}
	if row.runs {
		e.fillRuns(w)
	}
	if row.fills {
		e.fillIn(w)
	} else if row.copies != nil && !e.copyIn(row, w, m) {
		return false
	}
	if row.digits {
		w.fillDigits()
	}
	if w.errs != nil || row.other && (w.implies || w.set.lacks(&r.must)) || !run(row.rest, w.window, w.numbers) || r.loose && !r.matches(w.window, r.length) {
		return false
	}
	if e.settleAny(w, m) != nil {
		return false
	}
	w.open = false
	e.commit(w)
	return true
}

// copyIn writes the numbers that a row repeats. Where it is false the ordinary way
// has to say what becomes of them.
func (e *Encoder) copyIn(row *Row, w *Writer, m *move) bool {
	if !m.swift { // it may begin the scope in which the number was remembered
		return false
	}
	for i := range row.copies {
		c := &row.copies[i]
		h := &e.sums.held[c.held]
		if !h.set || uint64(h.number) >= pow10[c.n] {
			return false
		}
		placeWord(w.window[c.off:c.off+c.n], h.digits()>>(uint(8-c.n)*8))
		w.numbers[c.field] = h.number
	}
	return true
}
