package formats

import "fmt"

// The bounds of a structure, groups expanded: of its places, of how deep they
// lie, and of the moves, which are one for each record at each place.
const (
	maxPlaces = 1000
	maxDeep   = 100
	maxMoves  = 1 << 17
)

// node is a part of a structure, groups expanded.
type node struct {
	parent   *node
	children []*node
	choice   bool
	record   int // of a leaf; -1
	place    int // of a leaf, from 1: place 0 is before the file
	group    int // -1 for none
	min, max int
	hollow   bool // its content may be empty
	deep     int  // how many parts are around it
	nth      int  // which of the parts of the one around it
	counter  int  // where its repetitions are counted, or -1
}

// tree expands a layout's structure. It is nil when there is something wrong
// with it, which has been said.
func (c *compiler) tree() *node {
	if len(c.l.Structure.Parts) == 0 && c.l.Structure.Name == "" {
		c.say(c.l.at, "Write `structure: H D* T`.", "the layout has no structure")
		return nil
	}
	t := &planter{c: c, used: map[string]bool{}}
	for i := range c.l.Groups {
		g := &c.l.Groups[i]
		if !isName(g.Name, "-_") {
			c.say(g.at, "Use a name such as batch.", "%q is no name for a group", g.Name)
		}
		if _, twice := t.groups[g.Name]; twice {
			c.say(g.at, "Rename one of them.", "group %s is given twice", g.Name)
		}
		if _, taken := c.p.Record(g.Name); taken {
			c.say(g.at, "Rename one of them.", "%s is both a group and a record", g.Name)
		}
		if t.groups == nil {
			t.groups = map[string]int{}
		}
		t.groups[g.Name] = i
	}
	root := t.plant(nil, &c.l.Structure, c.l.steps, 0)
	if n := len(c.p.leaves) * len(c.p.records); n > maxMoves && !t.failed {
		t.say(c.l.steps, "Join records that are alike.", "the structure has %d places, too many for %d records", len(c.p.leaves)-1, len(c.p.records))
	}
	if t.failed {
		return nil
	}
	for i := range c.l.Groups {
		if g := &c.l.Groups[i]; !t.used[g.Name] {
			c.say(g.at, "Name it in `structure` or in another group, or remove it.", "group %s can never stand in a file: the structure does not name it", g.Name)
		}
	}
	for _, r := range c.p.records {
		if !t.used[r.def.Name] {
			c.say(r.def.at, "Add it to `structure`, or remove it.", "record %s can never stand in a file: the structure does not name it", r.def.Name)
		}
	}
	return root
}

// planter expands groups into a tree.
type planter struct {
	c      *compiler
	groups map[string]int
	open   []string // groups that are being expanded
	used   map[string]bool
	failed bool
}

func (t *planter) say(at position, hint, format string, args ...any) {
	t.c.say(at, hint, format, args...)
	t.failed = true
}

func (t *planter) plant(parent *node, part *Part, at position, deep int) *node {
	n := &node{parent: parent, record: -1, group: -1, choice: part.Choice, min: part.Min, max: part.Max, counter: -1, deep: deep}
	if parent != nil {
		n.nth = len(parent.children)
	}
	if deep > maxDeep {
		t.say(at, "Write it with fewer brackets and groups.", "the structure has brackets and groups more than %d deep", maxDeep)
		return n
	}
	if part.Min < 0 || part.Max < 1 || part.Max < part.Min {
		t.say(at, "Use ?, *, + or {n,m}.", "%s may stand %d to %d times, which is impossible", partName(part), part.Min, part.Max)
		return n
	}
	if part.Max > 1 && part.Max != Unbounded || part.Min > 1 {
		n.counter = len(t.c.p.counted)
		t.c.p.counted = append(t.c.p.counted, n)
	}
	if part.Name == "" {
		if len(part.Parts) == 0 {
			t.say(at, "Write a record between the brackets.", "the structure has a bracket with nothing in it")
		}
		for i := range part.Parts {
			if t.failed {
				return n
			}
			n.children = append(n.children, t.plant(n, &part.Parts[i], at, deep+1))
		}
		n.mayBeEmpty()
		return n
	}
	t.used[part.Name] = true
	if r, ok := t.c.p.Record(part.Name); ok {
		n.record, n.place = r.index, len(t.c.p.leaves)
		t.c.p.leaves = append(t.c.p.leaves, n)
		if n.place > maxPlaces {
			t.say(at, "Write repetitions as * or {n,m}.", "the structure has more than %d places", maxPlaces)
		}
		return n
	}
	g, ok := t.groups[part.Name]
	if !ok {
		t.say(at, t.nearest(part.Name), "the structure speaks of record %q, which is not there", part.Name)
		return n
	}
	for _, open := range t.open {
		if open == part.Name {
			t.say(t.c.l.Groups[g].at, "A group holds records and other groups.", "group %s stands inside itself", part.Name)
			return n
		}
	}
	n.group = g
	t.open = append(t.open, part.Name)
	n.children = []*node{t.plant(n, &t.c.l.Groups[g].Structure, t.c.l.Groups[g].at, deep+1)}
	t.open = t.open[:len(t.open)-1]
	n.mayBeEmpty()
	return n
}

// mayBeEmpty frees a part that can be there without a record from having to be
// there: nobody could tell whether it is.
func (n *node) mayBeEmpty() {
	n.hollow = !n.choice && len(n.children) > 0
	for _, c := range n.children {
		if c.nullable() == n.choice {
			n.hollow = n.choice
			break
		}
	}
	if n.hollow {
		n.min = 0
	}
}

func (t *planter) nearest(name string) string {
	var names []string
	for _, r := range t.c.p.records {
		names = append(names, r.def.Name)
	}
	for g := range t.groups {
		names = append(names, g)
	}
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	return "Write it under `records:` or `groups:`, or remove it here."
}

func partName(p *Part) string {
	if p.Name == "" {
		return "a bracket of the structure"
	}
	return p.Name
}

// nullable says whether a file may go on without the node.
func (n *node) nullable() bool { return n.min == 0 || n.hollow }

// needs is the first record that a node cannot do without.
func (n *node) needs() int {
	if n.record >= 0 {
		return n.record
	}
	for _, c := range n.children {
		if n.choice || !c.nullable() {
			return c.needs()
		}
	}
	return -1
}

// within says whether the node is inside a group.
func (n *node) within(group int) bool {
	for ; n != nil; n = n.parent {
		if n.group == group {
			return true
		}
	}
	return false
}
