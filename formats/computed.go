package formats

import (
	"math/big"
	"math/bits"
	"slices"
	"strconv"
)

// Totals are kept in cells. An accumulator adds up one field of one record
// (or only counts it) and has a cell for each code of the field that filters
// it, one for records whose code is empty, and one for records whose code
// cannot be read; without a filter it has the latter only. So a record feeds each accumulator once, however many
// totals are made of it.

// cell is a count and a 128-bit sum.
type cell struct {
	n      uint64
	lo, hi uint64
	bad    bool // a value could not be read
}

func (c *cell) add(v uint64) {
	var carry uint64
	c.n++
	c.lo, carry = bits.Add64(c.lo, v, 0)
	c.hi += carry
}

// firstCode is the place of the cell of the first code; the one before it is
// for an empty code, which is noCode.
const firstCode = 2

// feed is how a record feeds an accumulator.
type feed struct {
	slot   int // field that is added up, or -1 to count only
	filter int // field with the code, or -1
	base   int // the first cell; the one of unreadable codes
	size   int
}

// total is a compiled computed field.
type total struct {
	record  int // where it stands
	field   *fieldPlan
	kind    ComputedKind
	parts   []part128
	records []int  // of an unfiltered count
	modulus uint64 // 0 for none
	later   bool   // the records come after it: it is checked at the end
}

// part128 names cells that belong to a total.
type part128 struct {
	cells  []int
	unsure int // cell of records whose code cannot be read, or -1
}

// sums is what has been counted and added up so far.
type sums struct {
	plan   *Plan
	counts []uint64 // records in place, by type
	cells  []cell
	next   []int64 // the next running number, by record type
	lost   uint64  // lines that are no record at all
	stated []stated
}

// stated is what a total before its records said, to be checked at the end.
type stated struct {
	set, readable bool
	line, record  int
	value         int64
}

func newSums(p *Plan) *sums {
	s := &sums{
		plan:   p,
		counts: make([]uint64, len(p.records)),
		cells:  slices.Clone(p.cells),
		next:   make([]int64, len(p.records)),
		stated: make([]stated, len(p.totals)),
	}
	for i, r := range p.records {
		s.next[i] = r.first
	}
	return s
}

// feed adds a record whose fields can all be read.
func (s *sums) feed(r *RecordPlan, numbers []int64) {
	s.counts[r.index]++
	for i := range r.feeds {
		f := &r.feeds[i]
		at := f.base
		if f.filter >= 0 {
			at += firstCode + int(numbers[f.filter])
		}
		v := uint64(0)
		if f.slot >= 0 {
			v = uint64(numbers[f.slot])
		}
		s.cells[at].add(v)
	}
}

// feedBroken adds a record of which some fields cannot be read.
func (s *sums) feedBroken(r *RecordPlan, numbers []int64, bad *fieldSet) {
	s.counts[r.index]++
	for i := range r.feeds {
		f := &r.feeds[i]
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
		v := uint64(0)
		if f.slot >= 0 {
			v = uint64(numbers[f.slot])
		}
		c.add(v)
	}
}

// computed is the value of a total; when something that belongs to it could
// not be read it is a lower bound, and sure is false.
type computed struct {
	lo, hi uint64
	sure   bool
}

func (s *sums) compute(t *total) computed {
	c := computed{sure: true}
	if t.kind == Count && t.records != nil {
		for _, r := range t.records {
			c.lo += s.counts[r]
		}
		return c
	}
	for _, p := range t.parts {
		if p.unsure >= 0 && s.cells[p.unsure].n > 0 {
			c.sure = false
		}
		for _, i := range p.cells {
			x := &s.cells[i]
			if t.kind == Count {
				c.lo += x.n
				continue
			}
			var carry uint64
			c.lo, carry = bits.Add64(c.lo, x.lo, 0)
			c.hi += x.hi + carry
			c.sure = c.sure && !x.bad
		}
	}
	if s.lost > 0 && t.kind != Count {
		c.sure = false
	}
	if t.modulus > 0 {
		c.lo, c.hi = bits.Rem64(c.hi, c.lo, t.modulus), 0
	}
	return c
}

func (c computed) equals(v int64) bool { return c.hi == 0 && c.lo == uint64(v) }

// String is the number, which may have more than 64 bits.
func (c computed) String() string {
	if c.hi == 0 {
		return strconv.FormatUint(c.lo, 10)
	}
	n := new(big.Int).SetUint64(c.hi)
	n.Lsh(n, 64)
	return n.Add(n, new(big.Int).SetUint64(c.lo)).String()
}

// agreement of a stated value with what was computed.
type agreement uint8

const (
	agrees agreement = iota
	disagrees
	unsure
)

// compare checks a stated value. A count is exact but for lines that could
// not be told: each of them may have been one of the records.
func (s *sums) compare(t *total, value int64) (computed, agreement) {
	c := s.compute(t)
	if t.kind == Count {
		most := s.lost
		if !c.sure {
			for _, p := range t.parts {
				if p.unsure >= 0 {
					most += s.cells[p.unsure].n
				}
			}
		}
		switch {
		case uint64(value) < c.lo || uint64(value) > c.lo+most:
			return c, disagrees
		case most > 0:
			return c, unsure
		}
		return c, agrees
	}
	switch {
	case !c.sure:
		return c, unsure
	case c.equals(value):
		return c, agrees
	}
	return c, disagrees
}
