package formats

import (
	"strconv"
	"strings"
)

// place is how far a file has come in its structure.
type place struct {
	at     int   // index of the leaf; 0 before the file
	counts []int // repetitions of the parts that are counted
}

func newPlace(p *Plan) place { return place{counts: make([]int, len(p.counted))} }

// verdict is what the structure says about a record.
type verdict uint8

const (
	inPlace   verdict = iota
	outOfLine         // not allowed here; the place does not move
	afterGap          // allowed, but records before it are missing
	tooMany           // not allowed once more
)

// look says what a record does here, without moving; missing is the record
// that a gap lacks.
func (pl *place) look(p *Plan, record int) (m *move, v verdict, missing int) {
	m = &p.moves[pl.at*len(p.records)+record]
	if m.quick {
		return m, inPlace, -1
	}
	if m.to == 0 {
		return m, outOfLine, -1
	}
	if m.again >= 0 && pl.counts[m.again] >= p.counted[m.again].max {
		return m, tooMany, -1
	}
	if m.gap >= 0 {
		return m, afterGap, m.gap
	}
	if i := pl.short(p, m.leave); i >= 0 {
		return m, afterGap, p.counted[i].needs()
	}
	return m, inPlace, -1
}

// short is the first of the counters that has not reached its minimum.
func (pl *place) short(p *Plan, counters []int) int {
	for _, i := range counters {
		if pl.counts[i] < p.counted[i].min {
			return i
		}
	}
	return -1
}

// move goes where the record leads.
func (pl *place) move(m *move) {
	pl.at = m.to
	if m.quick {
		return
	}
	if m.again >= 0 {
		pl.counts[m.again]++
	}
	for _, i := range m.enter {
		pl.counts[i] = 1
	}
}

// missing is the first record that must still come for the file to be
// complete, or -1.
func (pl *place) missing(p *Plan) int {
	end := &p.ends[pl.at]
	if end.gap >= 0 {
		return end.gap
	}
	if i := pl.short(p, end.leave); i >= 0 {
		return p.counted[i].needs()
	}
	return -1
}

// ended says whether the file is complete and can take nothing more.
func (pl *place) ended(p *Plan) bool {
	if pl.missing(p) >= 0 {
		return false
	}
	for i := range p.records {
		if _, v, _ := pl.look(p, i); v == inPlace {
			return false
		}
	}
	return true
}

// expected names the records that may stand here, the first of them.
func (pl *place) expected(p *Plan) string {
	var b strings.Builder
	n := 0
	for i, r := range p.records {
		if _, v, _ := pl.look(p, i); v != inPlace {
			continue
		}
		if n++; n > maxNamed {
			continue
		}
		if n > 1 {
			b.WriteByte('/')
		}
		b.WriteString(r.def.Name)
	}
	if n > maxNamed {
		b.WriteString("/+" + strconv.Itoa(n-maxNamed))
	}
	return b.String()
}
