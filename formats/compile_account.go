package formats

import (
	"cmp"
	"slices"
)

// account is an accumulator while totals are compiled: it adds up one field of
// one record, or counts it, under a filter, in one or several scopes.
type account struct {
	record *RecordPlan
	more   []*RecordPlan // further records that are counted together with it
	field  *fieldPlan    // nil to count only
	slot   *slotPlan     // nil for the record itself
	filter *fieldPlan    // nil for none
	scopes []int         // those in which it is needed; the innermost first, once sorted
	bases  []int         // the first cell in each
	size   int
}

// filterOf finds a filter that some other total already needs for a source, so
// that the two can share an accumulator.
func (c *compiler) filterOf(s Source) *fieldPlan {
	for _, r := range c.p.records {
		for i := range r.fields {
			d := r.fields[i].def.Compute
			if d == nil || d.Where == nil || !slices.Contains(d.Sources, s) {
				continue
			}
			if f, ok := c.p.field(s.Record, d.Where.Field); ok && f.filters() {
				return f
			}
		}
	}
	return nil
}

// account finds or makes an accumulator, and notes that a scope needs it. A
// count takes any accumulator with its filter.
func (c *compiler) account(r *RecordPlan, field *fieldPlan, slot *slotPlan, filter *fieldPlan, scope int) *account {
	var found *account
	for _, a := range c.accounts {
		if a.record != r || a.filter != filter || a.slot != slot || a.more != nil {
			continue
		}
		if field == nil || a.field == field || a.field == nil {
			found = a
			if a.field == field {
				break
			}
		}
	}
	if found == nil {
		found = &account{record: r, field: field, slot: slot, filter: filter, size: 1}
		if filter != nil {
			found.size = firstCode + len(filter.codes.codes)
		}
		c.accounts = append(c.accounts, found)
	}
	if found.field == nil {
		found.field = field
	}
	if !slices.Contains(found.scopes, scope) {
		found.scopes = append(found.scopes, scope)
	}
	return found
}

// counting finds or makes the accumulator that counts some records together.
// That of one record counts along with whatever else it adds up.
func (c *compiler) counting(records []*RecordPlan, scope int) *account {
	if len(records) == 1 {
		return c.account(records[0], nil, nil, c.filterOf(Source{Record: records[0].def.Name}), scope)
	}
	for _, a := range c.accounts {
		if a.record == records[0] && slices.Equal(a.more, records[1:]) {
			if !slices.Contains(a.scopes, scope) {
				a.scopes = append(a.scopes, scope)
			}
			return a
		}
	}
	a := &account{record: records[0], more: records[1:], size: 1, scopes: []int{scope}}
	c.accounts = append(c.accounts, a)
	return a
}

// depth is how deep the group of a scope lies, at the deepest.
func (c *compiler) depth(scope int) int {
	deepest := 0
	for _, leaf := range c.p.leaves[1:] {
		for n, d := leaf, 1; n != nil; n = n.parent {
			if n.group >= 0 && n.group == c.p.scopes[scope].group {
				at := 0
				for up := n; up != nil; up = up.parent {
					at++
				}
				deepest = max(deepest, at)
			}
			d++
		}
	}
	return deepest
}

// allocate gives each accumulator its cells, in each scope that needs it, and
// tells the records what they feed and the totals what they are made of.
func (c *compiler) allocate() {
	depths := make([]int, len(c.p.scopes))
	for i := range depths {
		depths[i] = c.depth(i)
	}
	for _, a := range c.accounts {
		slices.SortFunc(a.scopes, func(x, y int) int { return cmp.Compare(depths[y], depths[x]) })
		for range a.scopes {
			a.bases = append(a.bases, c.p.cells)
			c.p.cells += a.size
		}
		for i, s := range a.scopes {
			r := roll{from: a.bases[i], to: -1, size: a.size}
			if i+1 < len(a.scopes) {
				r.to, r.scope = a.bases[i+1], a.scopes[i+1]
			}
			c.p.scopes[s].rolls = append(c.p.scopes[s].rolls, r)
		}
		c.flushes(a)
		c.feeds(a)
	}
	if c.p.cells > maxCells {
		return
	}
	for i := range c.p.totals {
		t := &c.p.totals[i]
		for j := range t.parts {
			t.parts[j].find(t.scope)
		}
	}
}

// flushes is for records that do not always stand in all the scopes in which
// they are added up. They feed the innermost cells wherever they stand, so when
// a scope begins, what is in its cells, and in those further inside, belongs to
// what stands around it.
func (c *compiler) flushes(a *account) {
	stray := false
	for _, r := range append([]*RecordPlan{a.record}, a.more...) {
		for _, s := range a.scopes {
			if group := c.p.scopes[s].group; group >= 0 && !c.always(r, group) {
				r.strays, stray = true, true
			}
		}
	}
	if !stray {
		return
	}
	bases, scopes := append(slices.Clone(a.bases), -1), append(slices.Clone(a.scopes), 0)
	for i, s := range a.scopes {
		if s == 0 {
			return
		}
		for k := range i + 1 {
			c.p.scopes[s].flush = append(c.p.scopes[s].flush, roll{from: bases[k], to: bases[k+1], size: a.size, scope: scopes[k+1]})
		}
	}
}

// feeds makes the feeds of an accumulator: one, or one for each repetition of
// a slot.
func (c *compiler) feeds(a *account) {
	base := feed{slot: -1, filter: -1, present: -1, base: a.bases[0]}
	for _, r := range append([]*RecordPlan{a.record}, a.more...) {
		if !slices.Contains(r.fed, a.scopes[0]) {
			r.fed = append(r.fed, a.scopes[0])
		}
	}
	if a.slot == nil {
		if a.field != nil {
			base.slot = a.field.index
		}
		if a.filter != nil {
			base.filter = a.filter.index
		}
		a.record.feeds = append(a.record.feeds, base)
		for _, r := range a.more {
			r.feeds = append(r.feeds, base)
		}
		return
	}
	for _, rep := range a.slot.repetitions {
		one := base
		one.present = rep.present
		one.slot = inRepetition(a.record, a.field, rep)
		one.filter = inRepetition(a.record, a.filter, rep)
		a.record.feeds = append(a.record.feeds, one)
	}
}

// inRepetition is the index of the field of the same name in a repetition, of
// a field outside the slot its own, -1 for none.
func inRepetition(r *RecordPlan, f *fieldPlan, rep block) int {
	if f == nil {
		return -1
	}
	for i := rep.from; i < rep.to; i++ {
		if r.fields[i].def == f.def {
			return i
		}
	}
	return f.index
}

// find gives a part its cells: those of its scope, and of the scopes inside
// that have not ended yet.
func (p *part128) find(scope int) {
	a := p.account
	for i, base := range a.bases {
		if p.where != nil || p.except != nil {
			p.unsure = append(p.unsure, base)
		}
		for j := range a.size {
			if p.where != nil && (j < firstCode || !p.where.wants(a.filter.codes.codes[j-firstCode])) {
				continue
			}
			if p.except != nil && j >= firstCode && p.except.wants(a.filter.codes.codes[j-firstCode]) {
				continue
			}
			p.cells = append(p.cells, base+j)
		}
		if a.scopes[i] == scope {
			break
		}
	}
	p.account = nil
}
