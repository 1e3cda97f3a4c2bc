package formats

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// cell is a count and a signed 128-bit sum.
type cell struct {
	n      uint64
	lo, hi uint64
	maybe  uint32 // further ones there may have been
	bad    bool   // a value could not be read
}

func (c *cell) add(v int64) {
	var carry uint64
	c.n++
	c.lo, carry = bits.Add64(c.lo, uint64(v), 0)
	c.hi += carry + uint64(v>>63)
}

// doubt notes further ones that there may have been; beyond four billion it is
// all the same.
func (c *cell) doubt(n uint32) { c.maybe += min(n, math.MaxUint32-c.maybe) }

// join adds another cell.
func (c *cell) join(o *cell) {
	var carry uint64
	c.n += o.n
	if o.maybe > 0 {
		c.doubt(o.maybe)
	}
	c.lo, carry = bits.Add64(c.lo, o.lo, 0)
	c.hi += carry + o.hi
	c.bad = c.bad || o.bad
}

// firstCode is the place of the cell of the first code; the one before it is
// for an empty code, which is noCode.
const firstCode = 2

// feed is how a record feeds an accumulator.
type feed struct {
	slot    int // number that is added up, or -1 to count only
	filter  int // number with the code, or -1
	present int // number that says whether the slot is there, or -1
	base    int // the first cell; the one of unreadable codes
}

// total is a compiled computed field.
type total struct {
	record   int // where it stands
	field    *fieldPlan
	kind     ComputedKind
	scope    int
	parts    []part128
	own      []own  // how its own record is counted
	sources  []int  // records that it is over
	all      bool   // all records of the scope are counted
	per      uint64 // what a count is divided by
	modulus  uint64 // 0 for none
	absolute bool
	required bool   // its scope cannot do without its record
	later    bool   // the records come after it: it is checked when its scope ends
	told     bool   // its records are known by themselves, wherever they stand
	each     uint64 // what a line that was lost may add to a count, at most
	grows    bool   // whatever else there is of it, it is no less than what can be read
}

// own is how a count counts the record that it stands in: the record, or the
// repetitions of a slot, under a filter.
type own struct {
	slot  *slotPlan
	where *Where
}

// part128 names cells that belong to a total.
type part128 struct {
	cells  []int
	unsure []int // cells of records whose code cannot be read
	less   bool  // they are subtracted

	account *account // until the cells are known
	where   *Where
	except  *Where
}

// sums is what has been counted and added up so far.
type sums struct {
	plan   *Plan
	all    uint64 // records in place
	lost   uint64 // lines that are no record at all
	before uint64 // those of them before the latest record in place
	strays bool   // there have been records that may stand outside of a scope in which they are added up
	cells  []cell
	fed    []bool // by scope: its cells may hold something
	next   []int64
	missed []uint64 // by series, the lines that were lost before its latest number
	held   []value
	stated []stated
	marks  []mark // by scope, what had been counted when it began
	ahead  ahead
	known  []bool // whether the next number of a series is known
}

// ahead is a record that is about to be written: it counts already, and what
// was added up in scopes that begin with it does not.
type ahead struct {
	record *RecordPlan // nil for none
	window []byte
	opens  []int
}

// mark is what had been counted when a scope began.
type mark struct {
	all  uint64
	lost uint64
}

// stated is what a total said.
type stated struct {
	seen          bool // its record has been there, in this scope
	doubtful      bool // a record that belongs to it is missing, which has been said
	set, readable bool // of a total before its records: it is to be checked
	line, record  int
	value         int64
}

// newSums begins; expect holds the next numbers of series that go on from file
// to file, by name.
func newSums(p *Plan, expect map[string]int64) *sums {
	s := &sums{
		plan:   p,
		cells:  make([]cell, p.cells),
		fed:    make([]bool, len(p.scopes)),
		marks:  make([]mark, len(p.scopes)),
		next:   make([]int64, len(p.series)),
		known:  make([]bool, len(p.series)),
		missed: make([]uint64, len(p.series)),
		held:   make([]value, len(p.held)),
		stated: make([]stated, len(p.totals)),
	}
	for i := range p.series {
		s.next[i], s.known[i] = p.series[i].first, !p.series[i].open
		if v, told := expect[p.series[i].name]; told && p.series[i].open {
			s.next[i], s.known[i] = v, true
		}
	}
	for i, h := range p.held {
		s.held[i].bytes = make([]byte, 0, h.field.size())
	}
	return s
}

// open begins a scope. It is late when it could have begun with a record
// before: then lines that were lost just now may have been in it.
func (s *sums) open(scope int, late bool) {
	sc, lost := &s.plan.scopes[scope], s.lost
	if late {
		lost = s.before
	}
	if s.strays { // what was added up outside goes on to what stands around
		s.roll(sc.flush)
	}
	s.marks[scope] = mark{s.all, lost}
	for _, i := range sc.series {
		s.next[i], s.missed[i] = s.plan.series[i].first, lost
	}
	for _, i := range sc.held {
		s.held[i].set = false
	}
	for _, i := range sc.totals {
		s.stated[i] = stated{}
	}
}

// feed adds a record whose fields can all be read.
func (s *sums) feed(r *RecordPlan, numbers []int64) {
	for _, scope := range r.fed {
		s.fed[scope] = true
	}
	s.all++
	s.before = s.lost
	if r.strays {
		s.strays = true
	}
	for i := range r.feeds {
		f := &r.feeds[i]
		if f.present >= 0 && numbers[f.present] == 0 {
			continue
		}
		at := f.base
		if f.filter >= 0 {
			at += firstCode + int(numbers[f.filter])
		}
		v := int64(0)
		if f.slot >= 0 {
			v = numbers[f.slot]
		}
		s.cells[at].add(v)
	}
}

// feedBroken adds a record of which some fields cannot be read; of a whole line
// that cannot be read nobody knows which slots are there.
func (s *sums) feedBroken(r *RecordPlan, numbers []int64, bad *fieldSet, whole bool) {
	for _, scope := range r.fed {
		s.fed[scope] = true
	}
	s.all++
	s.before = s.lost
	s.strays = s.strays || r.strays
	for i := range r.feeds {
		f := &r.feeds[i]
		if f.present >= 0 && whole {
			c := &s.cells[f.base]
			c.doubt(1)
			c.bad = true
			continue
		}
		if f.present >= 0 && numbers[f.present] == 0 {
			continue
		}
		at := f.base
		if f.filter >= 0 && !bad.has(f.filter) {
			at += firstCode + int(numbers[f.filter])
		}
		c := &s.cells[at]
		if f.slot >= 0 && bad.has(f.slot) {
			c.n++
			c.bad = true
			continue
		}
		v := int64(0)
		if f.slot >= 0 {
			v = numbers[f.slot]
		}
		c.add(v)
	}
}

// computed is the value of a total; when something that belongs to it could
// not be read it is a lower bound, and sure is false.
type computed struct {
	lo, hi uint64 // two's complement
	sure   bool
}

func (s *sums) compute(t *total) computed {
	c := computed{sure: true}
	mark := &s.marks[t.scope]
	parts := t.parts
	if t.all {
		c.lo = s.all - mark.all
	}
	if s.ahead.record != nil {
		if slices.Contains(s.ahead.opens, t.scope) {
			parts, c.lo = nil, 0
		}
		c.lo += t.counts(s.ahead.record, s.ahead.window)
	}
	for i := range parts {
		p := &parts[i]
		for _, j := range p.unsure {
			c.sure = c.sure && s.cells[j].n == 0 && !s.cells[j].bad
		}
		for _, j := range p.cells {
			x := s.cells[j]
			if t.kind == Count {
				c.lo += x.n
				c.sure = c.sure && x.maybe == 0
				continue
			}
			c.sure = c.sure && !x.bad
			var carry uint64
			if p.less {
				c.lo, carry = bits.Sub64(c.lo, x.lo, 0)
				c.hi -= x.hi + carry
			} else {
				c.lo, carry = bits.Add64(c.lo, x.lo, 0)
				c.hi += x.hi + carry
			}
		}
	}
	if s.lost > mark.lost && t.kind != Count {
		c.sure = false
	}
	if t.per > 1 {
		c.lo = (c.lo + t.per - 1) / t.per
	}
	if negative := c.negative(); negative || t.modulus > 0 {
		c.reduce(t, negative)
	}
	return c
}

// reduce takes a modulus, and the sign away, where the total says so.
func (c *computed) reduce(t *total, negative bool) {
	if negative {
		c.negate()
	}
	if t.modulus > 0 {
		_, c.lo = bits.Div64(c.hi%t.modulus, c.lo, t.modulus)
		c.hi = 0
	}
	if negative && !t.absolute {
		c.negate()
	}
}

func (c *computed) negate() {
	c.lo, c.hi = -c.lo, ^c.hi
	if c.lo == 0 {
		c.hi++
	}
}

// counts is how often a count counts its own record, which is not added up yet.
func (t *total) counts(r *RecordPlan, window []byte) (n uint64) {
	if t.all {
		n++
	}
	for _, o := range t.own {
		if o.slot == nil {
			if o.where.passes(r, block{}, window) {
				n++
			}
			continue
		}
		for _, rep := range o.slot.repetitions {
			if !isBlank(window[rep.off:], rep.n) && o.where.passes(r, rep, window) {
				n++
			}
		}
	}
	return n
}

// passes says whether a record, or a repetition of a slot, passes a filter; all
// pass none.
func (w *Where) passes(r *RecordPlan, rep block, window []byte) bool {
	if w == nil {
		return true
	}
	f, ok := r.field(w.Field)
	if !ok {
		return false
	}
	f = &r.fields[inRepetition(r, f, rep)]
	code, ok := f.codeOf(window[f.off : f.off+f.n])
	return ok && w.wants(code)
}

func (c computed) negative() bool { return int64(c.hi) < 0 }

// exceeds says whether it is more than v.
func (c computed) exceeds(v int64) bool {
	sign := uint64(v >> 63)
	return int64(c.hi) > int64(sign) || c.hi == sign && c.lo > uint64(v)
}

func (c computed) equals(v int64) bool { return c.lo == uint64(v) && c.hi == uint64(v>>63) }

// number is the value, when it has 64 bits.
func (c computed) number() (int64, bool) {
	v := int64(c.lo)
	return v, c.hi == uint64(v>>63)
}

// String is the number, which may have more than 64 bits.
func (c computed) String() string {
	if v, ok := c.number(); ok {
		return decimal(v)
	}
	n := new(big.Int).SetUint64(c.hi)
	n.Lsh(n, 64)
	n.Add(n, new(big.Int).SetUint64(c.lo))
	if c.negative() {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 128))
	}
	return n.String()
}

// lacks notes that a record is missing: totals over it cannot be expected to
// agree.
func (s *sums) lacks(record int) {
	for i := range s.plan.totals {
		if s.plan.totals[i].over(record) {
			s.stated[i].doubtful = true
		}
	}
}

// over says whether a total is over a record.
func (t *total) over(record int) bool {
	return t.all || slices.Contains(t.sources, record)
}

// following is the next number of each series that goes on from file to file.
func (s *sums) following() map[string]int64 {
	out := map[string]int64{}
	for i := range s.plan.series {
		if sr := &s.plan.series[i]; sr.open && s.known[i] {
			out[sr.name] = s.next[i]
		}
	}
	return out
}
