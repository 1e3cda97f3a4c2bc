package formats

import (
	"fmt"
	"strings"
)

// outline follows a file through the groups of its structure, so that each
// record can be shown with the groups in which it stands.
type outline struct {
	plan  *Plan
	place int           // of the record before
	times map[*node]int // how often each group has begun in the group around it
	told  map[*node]int // the repetition of each group that has been announced
}

func newOutline(p *Plan) *outline {
	return &outline{plan: p, times: map[*node]int{}, told: map[*node]int{}}
}

// step takes the next record, which led to a place.
func (o *outline) step(place int) {
	if place == 0 {
		return
	}
	to := o.plan.leaves[place]
	for _, g := range to.begun(o.plan.leaves[o.place]) {
		o.times[g]++
		for other := range o.times {
			if other != g && other.inside(g) {
				delete(o.times, other)
				delete(o.told, other)
			}
		}
	}
	o.place = place
}

// path names the groups around the current place: batch 2 > payment 1.
func (o *outline) path() string {
	if o.place == 0 {
		return ""
	}
	var names []string
	for _, g := range o.plan.leaves[o.place].groups() {
		names = append(names, o.name(g))
	}
	return strings.Join(names, " > ")
}

func (o *outline) name(g *node) string {
	return fmt.Sprintf("%s %d", o.plan.layout.Groups[g.group].Name, o.times[g])
}

// news are the groups to be announced: those over which something is computed
// and that have begun since the last time.
func (o *outline) news() []string {
	var names []string
	if o.place == 0 {
		return nil
	}
	fresh := false
	for _, g := range o.plan.leaves[o.place].groups() {
		if o.plan.scopeOf[g.group] == 0 {
			continue
		}
		names = append(names, o.name(g))
		if o.told[g] != o.times[g] {
			o.told[g] = o.times[g]
			fresh = true
		}
	}
	if !fresh {
		return nil
	}
	return names
}

// begun are the groups that begin with a leaf, the outermost first, when the
// record before stood at another leaf, or at the same; nil for none.
func (n *node) begun(before *node) []*node {
	// The node that both have in common goes on, unless it is what repeats.
	common := before
	for common != nil && !n.inside(common) {
		common = common.parent
	}
	if common != nil && (common == n || !n.follows(before, common)) {
		for common != nil && common.max == 1 {
			common = common.parent
		}
		if common != nil {
			common = common.parent // it begins again itself
		}
	}
	var out []*node
	for _, g := range n.groups() {
		if common == nil || g != common && !common.inside(g) {
			out = append(out, g)
		}
	}
	return out
}

// follows says whether a node stands behind another inside one that both have
// in common, without a repetition of it.
func (n *node) follows(before, common *node) bool {
	if common.choice {
		return false
	}
	first, second := -1, -1
	for i, c := range common.children {
		if before.inside(c) {
			first = i
		}
		if n.inside(c) {
			second = i
		}
	}
	return first < second
}

// inside says whether the node is another, or stands in it.
func (n *node) inside(other *node) bool {
	for ; n != nil; n = n.parent {
		if n == other {
			return true
		}
	}
	return false
}
