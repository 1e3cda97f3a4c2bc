package formats

import (
	"slices"
)

// follows says whether a record may come after another inside a scope, so that
// a total in that other is known only at the scope's end.
func (c *compiler) follows(first, second *RecordPlan, scope int) bool {
	key := [3]int{first.index, second.index, scope}
	found, known := c.after[key]
	if !known {
		found = c.mayFollow(first, second, scope)
		c.after[key] = found
	}
	return found
}

func (c *compiler) mayFollow(first, second *RecordPlan, scope int) bool {
	group := c.p.scopes[scope].group
	for _, a := range c.p.leaves[1:] {
		for _, b := range c.p.leaves[1:] {
			if a.record == first.index && b.record == second.index && later(a, b, group) {
				return true
			}
		}
	}
	return false
}

// later says whether leaf b may come after leaf a without the group around
// both having ended in between; group is -1 for the file.
func later(a, b *node, group int) bool {
	if a == b && a.max > 1 {
		return true
	}
	up := map[*node]*node{} // ancestors of a, and the child through which a is reached
	child := a
	for n := a.parent; n != nil; n = n.parent {
		up[n] = child
		child = n
		if group >= 0 && n.group == group {
			break // what stands outside is in another scope
		}
	}
	below := b
	for n := b.parent; n != nil; n = n.parent {
		from, common := up[n]
		if !common {
			below = n
			continue
		}
		// In one sequence b stands behind a; or something around both repeats.
		if !n.choice && slices.Index(n.children, from) < slices.Index(n.children, below) {
			return true
		}
		for ; n != nil; n = n.parent {
			if group >= 0 && n.group == group {
				return false
			}
			if n.max > 1 {
				return true
			}
		}
		return false
	}
	return false
}

// required says whether a scope cannot do without a record.
func (c *compiler) required(r *RecordPlan, group int) bool {
	for _, leaf := range c.p.leaves[1:] {
		if leaf.record != r.index {
			continue
		}
		needed := true
		for n := leaf; n != nil && (group < 0 || n.group != group); n = n.parent {
			needed = needed && n.min > 0 && (n.parent == nil || !n.parent.choice)
		}
		if needed {
			return true
		}
	}
	return false
}
