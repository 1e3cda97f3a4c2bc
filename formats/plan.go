package formats

import (
	"fmt"
)

// Plan is a compiled layout. It does not change any more and is safe for
// concurrent use; decoders and encoders of a plan are not.
type Plan struct {
	layout  *Layout
	length  int    // bytes of the longest record
	shared  int    // bytes of every record, or 0 when they differ
	filler  []byte // a line that fills up a block
	records []*RecordPlan
	lists   map[string]*codeList

	// The structure: its places (a leaf each; place 0 is before the file), and
	// what each record does at each place.
	leaves     []*node
	counted    []*node // parts whose repetitions are counted
	moves      []move  // by place and record
	ends       []ending
	candidates [][]*RecordPlan // by place: the records, the likeliest first
	scopeOf    []int           // the scope of each group, or 0

	// What is computed.
	scopes []scope // the file is the first
	totals []total
	cells  int // of all accumulators
	series []series
	held   []held

	tolerates map[Tolerance]bool
}

// Name is the layout's name.
func (p *Plan) Name() string { return p.layout.Name }

// Layout is what the plan was compiled from. It must not be changed.
func (p *Plan) Layout() *Layout { return p.layout }

// Length is the number of bytes of a record, without its line end: of the
// longest one, when they differ.
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
	return r.field(field)
}

// field finds a field; of one that stands in a slot, the first.
func (r *RecordPlan) field(name string) (*fieldPlan, bool) {
	for i := range r.fields {
		if r.fields[i].def.Name == name {
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

// RecordPlan is a record of a plan.
type RecordPlan struct {
	def          *RecordLayout
	plan         *Plan
	index        int
	length       int         // bytes
	alternatives [][]matcher // how the record is known: all conditions of one of them hold
	fields       []fieldPlan
	slots        []slotPlan
	reading      []op // what the decoder checks
	writing      []op // what the encoder checks, strictly
	tolerant     bool // reading accepts more than writing
	template     []byte
	must         fieldSet  // fields that a writer has to set
	numbers      int       // how many there are: of the fields, and of the slots that are present
	checks       []int     // fields that are check digits over others
	runs         []counter // running numbers
	copies       []int     // fields that repeat one of a record before
	repeats      []repeat  // what they repeat
	holds        []int     // values that later records repeat
	feeds        []feed    // accumulators that this record feeds
	fed          []int     // the scopes that these are of
	strays       bool      // it does not always stand in the scopes in which it is added up
	totals       []int     // totals that stand in this record
	loose        bool      // what is set in it decides whether it is known as what it is
	light        bool      // it has no totals and copies, and no running number that begins elsewhere
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

// Length is the number of bytes of the record, without its line end.
func (r *RecordPlan) Length() int { return r.length }

// Slots are the record's repeated blocks of fields, by name; their fields are
// among Fields, once for each repetition.
func (r *RecordPlan) Slots() []Slot {
	out := make([]Slot, len(r.slots))
	for i := range r.slots {
		out[i] = Slot{&r.slots[i]}
	}
	return out
}

// Slot is a repeated block of fields of a record.
type Slot struct{ p *slotPlan }

// Name is the slot's name.
func (s Slot) Name() string { return s.p.def.Name }

// Title is what people call the slot.
func (s Slot) Title() Text { return s.p.def.Title }

// Times is how often it stands in the record.
func (s Slot) Times() int { return s.p.def.Times }

// Fields are the fields of one repetition, counted from 0.
func (s Slot) Fields(repetition int) []Field {
	rep := s.p.repetitions[repetition]
	out := make([]Field, 0, rep.to-rep.from)
	for i := rep.from; i < rep.to; i++ {
		out = append(out, Field{&s.p.record.fields[i]})
	}
	return out
}

// slotPlan is a compiled slot.
type slotPlan struct {
	def         *SlotLayout
	record      *RecordPlan
	repetitions []block
}

// block is one of the repetitions of a slot.
type block struct {
	off, n   int
	from, to int // its fields
	present  int // the number that says whether it is there
}

// matcher is a compiled condition of a discriminator.
type matcher struct {
	off, n int
	not    bool
	mask   uint64   // 0 when there is more than one value, or more than 8 bytes
	word   uint64   // of the only value
	values []string // all of them
}

// matches says whether the first n bytes of a window are this record; with
// fewer bytes than the discriminator needs they are not.
func (r *RecordPlan) matches(window []byte, n int) bool {
	for i := range r.alternatives {
		if matchAll(r.alternatives[i], window, n) {
			return true
		}
	}
	return false
}

func matchAll(conditions []matcher, window []byte, n int) bool {
	for i := range conditions {
		m := &conditions[i]
		if m.off+m.n > n {
			return false
		}
		if m.mask != 0 {
			if (load8(window, m.off)^m.word)&m.mask != 0 {
				return false
			}
			continue
		}
		if m.oneOf(window) == m.not {
			return false
		}
	}
	return true
}

func (m *matcher) oneOf(window []byte) bool {
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
