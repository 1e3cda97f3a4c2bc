package formats

import "slices"

// The structure is compiled into moves: from each place (a leaf of the tree, or
// the place before the file) with each record to the next place. A move says
// what it skips, which groups end and begin, and what is counted. So the order
// of a file is checked with one look into a table, whatever its structure.

// move is what a record does at a place.
type move struct {
	to    int   // the next place; 0 when the record may not stand here
	gap   int   // a record that is missing before it, or -1
	plain bool  // nothing is missing, ends, begins or is counted
	quick bool  // nothing is missing or counted
	swift bool  // and what the record has that is computed is settled by comparing numbers
	turns bool  // one scope ends and begins anew, and nothing else does
	close []int // scopes that end, the innermost first
	open  []int // scopes that begin, the outermost first
	late  bool  // a scope that begins could have begun with a record before this one
	leave []int // counters of parts that are left: they must have reached their minimum
	again int   // counter of the part that repeats, or -1
	enter []int // counters that begin at 1
}

// ending is what the end of the file does at a place.
type ending struct {
	gap   int // a record that is missing, or -1
	leave []int
}

// way is a way from a place to a leaf while moves are found.
type way struct {
	gap    int
	exits  []*node // nodes that are left for good, the innermost first
	within []*node // nodes that end because a node around them repeats, the innermost first
	again  *node   // the node that repeats
	enters []*node // the outermost first
}

// surveyor finds the moves from one place.
type surveyor struct {
	c     *compiler
	from  int
	found []*move // by record
	free  []*node // by record: the leaf to which a move without a gap leads
}

// moves compiles the moves of all places.
func (c *compiler) moves(root *node) {
	p := c.p
	records := len(p.records)
	p.moves = make([]move, len(p.leaves)*records)
	p.ends = make([]ending, len(p.leaves))
	p.candidates = make([][]*RecordPlan, len(p.leaves))
	for place, leaf := range p.leaves {
		s := &surveyor{c: c, from: place, found: make([]*move, records), free: make([]*node, records)}
		if leaf == nil {
			s.first(root, way{gap: -1})
			p.ends[place] = ending{gap: -1}
			if !root.nullable() {
				p.ends[place].gap = root.needs()
			}
		} else {
			s.after(leaf, way{gap: -1})
		}
		var gaps, rest []*RecordPlan
		for i, m := range s.found {
			switch {
			case m == nil:
				p.moves[place*records+i] = move{gap: -1, again: -1}
				rest = append(rest, p.records[i])
				continue
			case m.gap < 0:
				p.candidates[place] = append(p.candidates[place], p.records[i])
			default:
				gaps = append(gaps, p.records[i])
			}
			p.moves[place*records+i] = *m
		}
		c.tellApart(place, p.candidates[place])
		p.candidates[place] = slices.Concat(p.candidates[place], gaps, rest)
	}
}

// swift marks the moves whose records are settled by comparing numbers, as
// nearly all are: all totals are of scopes that begin with the record, running
// numbers go on in the file, and what is repeated is a number that is
// remembered.
func (c *compiler) swift() {
	p := c.p
	for i := range p.moves {
		m, r := &p.moves[i], p.records[i%len(p.records)]
		m.turns = len(m.close) == 1 && slices.Equal(m.close, m.open)
		m.swift = m.quick &&
			!slices.ContainsFunc(r.totals, func(t int) bool { return !p.totals[t].later || !slices.Contains(m.open, p.totals[t].scope) }) &&
			!slices.ContainsFunc(r.runs, func(n counter) bool {
				s := &p.series[n.series]
				return s.open || n.silent || m.open != nil && !s.rising
			}) &&
			!slices.ContainsFunc(r.repeats, func(one repeat) bool { return !one.number || slices.Contains(m.open, one.scope) })
	}
}

// after goes on from a node that has just been complete.
func (s *surveyor) after(n *node, w way) {
	if n.max > 1 {
		again := w
		again.again = n
		again.within = append(slices.Clone(w.exits), n)
		again.exits = nil
		s.first(n, again)
	}
	w.exits = append(slices.Clone(w.exits), n)
	m := n.parent
	if m == nil {
		s.c.p.ends[s.from] = ending{gap: w.gap, leave: counters(w.exits, func(n *node) bool { return n.min > 1 })}
		return
	}
	if !m.choice {
		i := slices.Index(m.children, n)
		for _, next := range m.children[i+1:] {
			s.first(next, w)
			if !next.nullable() && w.gap < 0 {
				w.gap = next.needs()
			}
		}
	}
	s.after(m, w)
}

// first goes into a node.
func (s *surveyor) first(n *node, w way) {
	w.enters = append(slices.Clone(w.enters), n)
	switch {
	case n.record >= 0:
		s.reach(n, w)
	case n.choice:
		for _, c := range n.children {
			s.first(c, w)
		}
	default:
		for _, c := range n.children {
			s.first(c, w)
			if !c.nullable() && w.gap < 0 {
				w.gap = c.needs()
			}
		}
	}
}

// reach notes a way to a leaf. A way without a gap is better than one with,
// and the first one found is the shortest.
func (s *surveyor) reach(leaf *node, w way) {
	old := s.found[leaf.record]
	if w.gap < 0 {
		if s.free[leaf.record] == leaf && !s.move(leaf, w).same(old) {
			s.c.say(s.c.l.steps, "Let only one of the parts around it repeat: g+ with `g: D`, or g with `g: D+`.",
				"after %s, record %s could begin another repetition of two parts of the structure, one inside the other", s.c.placeName(s.from), s.c.p.records[leaf.record].def.Name)
			return
		}
		if other := s.free[leaf.record]; other != nil && other != leaf {
			s.c.say(s.c.l.steps, "Write the structure so that each record has one place: a repetition in one group, or groups that begin with different records.",
				"after %s, record %s could stand at two places of the structure", s.c.placeName(s.from), s.c.p.records[leaf.record].def.Name)
			return
		}
		if s.free[leaf.record] == nil {
			s.free[leaf.record] = leaf
			old = nil
		}
	}
	if old == nil {
		s.found[leaf.record] = s.move(leaf, w)
	}
}

// same says whether two moves to one place do the same on the way.
func (m *move) same(o *move) bool {
	return m.again == o.again && slices.Equal(m.close, o.close) && slices.Equal(m.open, o.open) && slices.Equal(m.leave, o.leave) && slices.Equal(m.enter, o.enter)
}

// move is what a record does on a way.
func (s *surveyor) move(leaf *node, w way) *move {
	m := &move{to: leaf.place, gap: w.gap, again: -1}
	scopes := func(nodes []*node) {
		for _, n := range nodes {
			if n.group >= 0 && s.c.p.scopeOf[n.group] > 0 {
				m.close = append(m.close, s.c.p.scopeOf[n.group])
			}
		}
	}
	scopes(w.exits)
	scopes(w.within)
	for _, n := range w.enters {
		if m.open != nil && (n.max > 1 || !n.parent.choice && n.parent.children[0] != n) {
			m.late = true
		}
		if n.group >= 0 && s.c.p.scopeOf[n.group] > 0 {
			m.open = append(m.open, s.c.p.scopeOf[n.group])
		}
		if n.counter >= 0 && n != w.again {
			m.enter = append(m.enter, n.counter)
		}
	}
	m.leave = counters(slices.Concat(w.exits, w.within), func(n *node) bool { return n.min > 1 && n != w.again })
	if w.again != nil {
		m.again = w.again.counter
	}
	m.quick = m.gap < 0 && m.leave == nil && m.again < 0 && m.enter == nil
	m.plain = m.gap < 0 && m.close == nil && m.open == nil && m.leave == nil && m.again < 0 && m.enter == nil
	return m
}

// counters are the counters of the nodes that have one and are wanted.
func counters(nodes []*node, want func(*node) bool) []int {
	var out []int
	for _, n := range nodes {
		if n.counter >= 0 && want(n) {
			out = append(out, n.counter)
		}
	}
	return out
}

func (c *compiler) placeName(place int) string {
	if place == 0 {
		return "the beginning"
	}
	return "record " + c.p.records[c.p.leaves[place].record].def.Name
}

// tellApart checks that no line can be two of the records that may stand at a
// place.
func (c *compiler) tellApart(place int, records []*RecordPlan) {
	for i, a := range records {
		for _, b := range records[i+1:] {
			known := c.pair(a, b)
			if *known != pairSame {
				continue
			}
			*known = pairTold
			c.say(b.def.at, "Let one field at the same columns have different values in the two records.",
				"after %s, records %s and %s may follow, and cannot be told apart by their `match`", c.placeName(place), a.def.Name, b.def.Name)
		}
	}
}

// pair is what is known of two records.
type pair uint8

const (
	pairUnknown pair = iota
	pairApart        // they can be told apart
	pairSame         // they cannot
	pairTold         // they cannot, which has been said
)

// pair looks at two records, once.
func (c *compiler) pair(a, b *RecordPlan) *pair {
	n := len(c.p.records)
	if c.pairs == nil {
		c.pairs = make([]pair, n*n)
	}
	known := &c.pairs[min(a.index, b.index)*n+max(a.index, b.index)]
	if *known == pairUnknown {
		*known = pairSame
		if apart(a, b) {
			*known = pairApart
		}
	}
	return known
}

// apart says whether no line matches both records: each alternative of one
// contradicts each of the other.
func apart(a, b *RecordPlan) bool {
	for _, x := range a.alternatives {
		for _, y := range b.alternatives {
			if !contradict(x, y) {
				return false
			}
		}
	}
	return true
}

// contradict says whether two lists of conditions have a pair that never holds
// for both.
func contradict(a, b []matcher) bool {
	for i := range a {
		for j := range b {
			if excludes(&a[i], &b[j]) {
				return true
			}
		}
	}
	return false
}

// excludes says whether two conditions look at common columns, and never hold
// for both.
func excludes(a, b *matcher) bool {
	from, to := max(a.off, b.off), min(a.off+a.n, b.off+b.n)
	switch {
	case from >= to || a.not && b.not:
		return false
	case b.not:
		a, b = b, a
		fallthrough
	case a.not:
		if from != a.off || to != a.off+a.n {
			return false // what a forbids goes beyond what b says
		}
		for _, y := range b.values {
			if !slices.Contains(a.values, y[from-b.off:to-b.off]) {
				return false
			}
		}
		return true
	}
	for _, x := range a.values {
		for _, y := range b.values {
			if x[from-a.off:to-a.off] == y[from-b.off:to-b.off] {
				return false
			}
		}
	}
	return true
}
