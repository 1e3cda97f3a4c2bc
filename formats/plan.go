package formats

import (
	"fmt"
)

// Plan is a compiled layout. It does not change any more and is safe for
// concurrent use; decoders and encoders of a plan are not.
type Plan struct {
	layout  *Layout
	length  int    // bytes of a record
	lineEnd string // bytes of the line end
	records []*RecordPlan
	steps   []step
	lists   map[string]*codeList
	totals  []total
	cells   []cell // of all accumulators, as they are at the start
	final   bool   // a missing last line end is tolerated
}

// Name is the layout's name.
func (p *Plan) Name() string { return p.layout.Name }

// Layout is what the plan was compiled from. It must not be changed.
func (p *Plan) Layout() *Layout { return p.layout }

// Length is the number of bytes of a record, without its line end.
func (p *Plan) Length() int { return p.length }

// LineEnd is the line end that is written.
func (p *Plan) LineEnd() LineEnd { return p.layout.end() }

// Records are the records, in the order of the layout; a decoded record's
// Index counts in this order.
func (p *Plan) Records() []*RecordPlan { return append([]*RecordPlan(nil), p.records...) }

// Record finds a record by its name.
func (p *Plan) Record(name string) (*RecordPlan, bool) {
	for _, r := range p.records {
		if r.def.Name == name {
			return r, true
		}
	}
	return nil, false
}

// Field is the handle of a field. It panics when the layout has no such field:
// names of fields are part of a program. Where a layout comes from a user, ask
// HasField first.
func (p *Plan) Field(record, field string) Field {
	f, ok := p.field(record, field)
	if !ok {
		panic(fmt.Sprintf("formats: layout %s has no field %s in record %s", p.Name(), field, record))
	}
	return Field{f}
}

// HasField says whether the layout has a field.
func (p *Plan) HasField(record, field string) bool {
	_, ok := p.field(record, field)
	return ok
}

func (p *Plan) field(record, field string) (*fieldPlan, bool) {
	r, ok := p.Record(record)
	if !ok {
		return nil, false
	}
	for i := range r.fields {
		if r.fields[i].def.Name == field {
			return &r.fields[i], true
		}
	}
	return nil, false
}

// Code finds a code in one of the layout's code lists.
func (p *Plan) Code(list, value string) (Code, bool) {
	l, ok := p.lists[list]
	if !ok {
		return Code{}, false
	}
	i, ok := l.index[value]
	if !ok {
		return Code{}, false
	}
	return l.codes[i], true
}

// Fits says whether a file that begins with these bytes may follow the layout:
// its first line has the length, the line end, the discriminator and the
// constants of a record that may stand first.
func (p *Plan) Fits(head []byte) bool {
	n := p.length + len(p.lineEnd)
	switch {
	case len(head) >= n && string(head[p.length:n]) == p.lineEnd:
	case len(head) == p.length && p.final:
	default:
		return false
	}
	window := make([]byte, p.length+slack)
	copy(window, head[:p.length])
	r := p.identify(window, nil)
	if r == nil {
		return false
	}
	for _, s := range p.steps {
		if s.record == r.index {
			for i := range r.fields {
				f := &r.fields[i]
				if f.constant != "" && string(head[f.off:f.off+f.n]) != f.constant {
					return false
				}
			}
			return true
		}
		if s.min > 0 {
			return false
		}
	}
	return false
}

// identify finds the record of a window; guess, the record before, is tried
// first since most records are alike.
func (p *Plan) identify(window []byte, guess *RecordPlan) *RecordPlan {
	if guess != nil && guess.matches(window, p.length) {
		return guess
	}
	for _, r := range p.records {
		if r.matches(window, p.length) {
			return r
		}
	}
	return nil
}

// RecordPlan is a record of a plan.
type RecordPlan struct {
	def      *RecordLayout
	plan     *Plan
	index    int
	matchers []matcher
	fields   []fieldPlan
	reading  []op // what the decoder checks
	writing  []op // what the encoder checks, strictly
	template []byte
	must     fieldSet // fields that a writer has to set
	checks   []int    // fields that are check digits over others
	sequence int      // field of the running number, or -1
	first    int64    // where it begins
	feeds    []feed   // accumulators that this record feeds
	totals   []int    // totals that stand in this record
}

// Name is the record's name: the structure speaks of it by this name.
func (r *RecordPlan) Name() string { return r.def.Name }

// Title is what people call the record.
func (r *RecordPlan) Title() Text { return r.def.Title }

// Fields are the record's fields, by position.
func (r *RecordPlan) Fields() []Field {
	out := make([]Field, len(r.fields))
	for i := range r.fields {
		out[i] = Field{&r.fields[i]}
	}
	return out
}

// matcher is a compiled condition of a discriminator.
type matcher struct {
	off, n int
	mask   uint64
	word   uint64   // of the first value, where the field has up to 8 bytes
	values []string // all of them
}

// matches says whether the first n bytes of a window are this record; with
// fewer bytes than the discriminator needs they are not.
func (r *RecordPlan) matches(window []byte, n int) bool {
	for i := range r.matchers {
		m := &r.matchers[i]
		if m.off+m.n > n {
			return false
		}
		if m.mask != 0 && (load8(window, m.off)^m.word)&m.mask == 0 {
			continue
		}
		if !m.among(window) {
			return false
		}
	}
	return true
}

func (m *matcher) among(window []byte) bool {
	if len(m.values) == 1 && m.mask != 0 {
		return false // compared already
	}
	for _, v := range m.values {
		if string(window[m.off:m.off+m.n]) == v {
			return true
		}
	}
	return false
}

// codeList is a compiled code list.
type codeList struct {
	def   *CodeList
	codes []Code
	index map[string]int
}

// fieldSet is a set of a record's fields.
type fieldSet [4]uint64

// maxFields is the most fields of a record.
const maxFields = 4 * 64

func (s *fieldSet) add(i int)      { s[i>>6&3] |= 1 << (i & 63) }
func (s *fieldSet) drop(i int)     { s[i>>6&3] &^= 1 << (i & 63) }
func (s *fieldSet) has(i int) bool { return s[i>>6&3]>>(i&63)&1 != 0 }

// lacks says whether a member of must is not in the set.
func (s *fieldSet) lacks(must *fieldSet) bool {
	return must[0]&^s[0]|must[1]&^s[1]|must[2]&^s[2]|must[3]&^s[3] != 0
}
