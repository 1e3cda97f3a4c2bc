package formats

import "time"

// Record is a decoded record. It belongs to its decoder and changes with every
// Next: copy what is to be kept.
type Record struct {
	plan    *RecordPlan // nil when the type is not known
	raw     []byte
	numbers []int64
	line    int
	number  int
	errs    []*Error
	whole   *Error // set when no field can be read

	warnings    []*Error
	blanks      []int // the spaces of each blank line before it
	blanksAhead []int // and of each since it
	short       int   // bytes that its line lacked
	long        int   // spaces that its line had behind it
}

// Type is the record's name in the layout, "" when it is not known.
func (r *Record) Type() string {
	if r.plan == nil {
		return ""
	}
	return r.plan.def.Name
}

// Index is the place of the record's type in the layout, for a fast switch; -1
// when it is not known.
func (r *Record) Index() int {
	if r.plan == nil {
		return -1
	}
	return r.plan.index
}

// Number counts the records of the file from 1, unreadable ones too.
func (r *Record) Number() int { return r.number }

// Line is the record's line, from 1.
func (r *Record) Line() int { return r.line }

// Raw is the record as it stands in the file, without its line end. Of a line
// that is far too long it is the beginning.
func (r *Record) Raw() []byte { return r.raw }

// Text is the field without its padding, not copied unless it stands in
// pieces: the bytes of the file, which [Record.String] gives as text. It is nil for a field of
// another record; of a line that is too short it is what is there.
func (r *Record) Text(f Field) []byte {
	if f.p == nil || f.p.record != r.plan {
		return nil
	}
	if f.p.pieces != nil && f.p.end() <= len(r.raw) {
		var room [maxApart]byte
		return trimRight(append([]byte(nil), f.p.gather(r.raw, &room)...))
	}
	from, to := f.p.off, f.p.off+f.p.n
	if to > len(r.raw) {
		if from >= len(r.raw) {
			return nil
		}
		to = len(r.raw)
	}
	if f.p.odd {
		return f.p.bare(r.raw[from:to])
	}
	return trimRight(r.raw[from:to])
}

// Int is the number of a number, amount, digits, date or time field: amounts
// in minor units, dates as yyyyMMdd. It is 0 when the field has no number or
// cannot be read: ask FieldErr.
func (r *Record) Int(f Field) int64 {
	if f.p == nil || f.p.record != r.plan || !f.p.numeric() {
		return 0
	}
	v := r.numbers[f.p.index]
	if f.p.closed { // of codes the record knows the place in the list
		if v < 0 {
			return 0
		}
		v, _ = readDigits([]byte(f.p.codes.codes[v].Value))
	}
	return v
}

// Time is the time of a date or time field in a location (UTC for nil). ok is
// false when the field is empty or cannot be read, and when it names no day of
// one year.
func (r *Record) Time(f Field, loc *time.Location) (t time.Time, ok bool) {
	if f.p == nil || f.p.format == nil || !f.p.format.dated() {
		return time.Time{}, false
	}
	v := r.Int(f)
	if v == 0 {
		return time.Time{}, false
	}
	return numberTime(v, f.p.kind, loc), true
}

// Code is the entry of the field's code list; ok is false when the field has
// none or its value is not in it.
func (r *Record) Code(f Field) (c Code, ok bool) {
	if f.p == nil || f.p.record != r.plan || f.p.codes == nil {
		return Code{}, false
	}
	if to := f.p.off + f.p.n; to <= len(r.raw) {
		return f.p.codeOf(r.raw[f.p.off:to])
	}
	return Code{}, false
}

// Err is nil for a record that is right in itself and in its place, otherwise
// the *[Errors] of this record.
func (r *Record) Err() error {
	if len(r.errs) == 0 {
		return nil
	}
	return &Errors{List: r.errs}
}

// Errors is what is wrong with this record; it may be kept.
func (r *Record) Errors() []*Error { return r.errs }

// Warnings is what was tolerated in this record; it may be kept.
func (r *Record) Warnings() []*Error { return r.warnings }

// Present says whether a repetition of a slot, counted from 0, is there.
func (r *Record) Present(s Slot, repetition int) bool {
	if s.p == nil || s.p.record != r.plan || r.whole != nil {
		return false
	}
	return r.numbers[s.p.repetitions[repetition].present] != 0
}

// FieldErr is what is wrong with one field, if anything: its bytes, or its
// value beside the rest of the file. When the whole line cannot be read it is
// that error.
func (r *Record) FieldErr(f Field) error {
	if r.whole != nil {
		return r.whole
	}
	if f.p == nil || f.p.record != r.plan {
		return nil
	}
	for _, e := range r.errs {
		if e.Field == f.p.def.Name {
			return e
		}
	}
	return nil
}
