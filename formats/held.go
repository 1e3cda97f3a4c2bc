package formats

import (
	"bytes"
	"fmt"
)

// value is what a field held, for those that repeat it.
type value struct {
	set, readable bool
	number        int64
	bytes         []byte

	word  uint64 // the eight digits of a number that was repeated, 0 for none
	shown int64  // that number
}

// digits are the eight digits of the number, which is below 10^8: they are
// made once for all that repeat it.
func (v *value) digits() uint64 {
	if v.word == 0 || v.shown != v.number {
		v.word, v.shown = digits8(uint64(v.number)), v.number
	}
	return v.word
}

// hold keeps the values that later records repeat.
func (s *sums) hold(r *RecordPlan, raw []byte, numbers []int64, bad *fieldSet) {
	for _, i := range r.holds {
		p, h := &s.plan.held[i], &s.held[i]
		at := p.field.index
		h.set, h.readable = true, bad == nil || !bad.has(at)
		if p.number {
			h.number = numbers[at]
			continue
		}
		h.bytes = p.field.appendBytes(h.bytes[:0], raw)
	}
}

// repeats says whether a field repeats the value that was held; sure is false
// when it cannot be said.
func (s *sums) repeats(f *fieldPlan, raw []byte, numbers []int64) (same, sure bool) {
	h := &s.held[f.repeats]
	if !h.set || !h.readable {
		return false, false
	}
	p := &s.plan.held[f.repeats]
	if p.number {
		return numbers[f.index] == h.number, true
	}
	b := raw[f.off : f.off+f.n]
	return string(b) == string(h.bytes) || string(f.core(b)) == string(p.field.core(h.bytes)), true
}

// core is what of a field's bytes counts when they are compared with those of
// a field that may be longer or shorter: no padding, no zeros in front of
// digits.
func (f *fieldPlan) core(b []byte) []byte {
	if f.kind == KindDigits {
		return bytes.TrimLeft(b, " 0")
	}
	return f.bare(b)
}

// forget makes the values unknown that a record would have given, had it been
// readable.
func (s *sums) forget(r *RecordPlan) {
	for _, i := range r.holds {
		s.held[i] = value{set: true, bytes: s.held[i].bytes[:0]}
	}
}

// differs is the error of a field that does not repeat what was held.
func (s *sums) differs(f *fieldPlan, raw []byte) *Error {
	src := s.plan.held[f.repeats].field
	h := &s.held[f.repeats]
	expected := src.show(bytes.Trim(h.bytes, " "))
	if s.plan.held[f.repeats].number {
		expected = fmt.Sprintf("%0*d", f.size(), h.number)
	}
	e := f.error(&fault{err: ErrCopy, expected: expected}, f.appendBytes(nil, raw))
	e.Detail = textf("mengulang %s.%s", "it repeats %s.%s", src.record.def.Name, src.def.Name)
	return e
}
