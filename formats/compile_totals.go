package formats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxCells bounds what is kept of totals while a file is read.
const maxCells = 1 << 20

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

// seriesKey says which running numbers are one.
type seriesKey struct {
	name   string
	record int // of one that has no name
	field  int
}

// totals compiles the computed fields. Accumulators are collected first and
// then share: a filtered sum also gives the sum of everything, and what a
// group adds up goes on to what stands around it when the group ends.
func (c *compiler) totals() {
	var computed []*fieldPlan
	for _, r := range c.p.records {
		for i := range r.fields {
			f := &r.fields[i]
			if d := f.def.Compute; d != nil {
				if f.slotted >= 0 {
					c.say(d.at, "Compute a field that stands in the record once.", "field %s stands in a slot, and cannot be computed", f.def.Name)
					continue
				}
				computed = append(computed, f)
			}
		}
	}
	for _, f := range computed {
		c.computedField(f)
	}
	if c.problems.err() != nil {
		return
	}
	for _, f := range computed {
		if d := f.def.Compute; d.Kind == Count || d.Kind == Sum || d.Kind == Hash {
			c.total(f)
		}
	}
	c.allocate()
	if c.p.cells > maxCells {
		c.say(c.l.at, "Compute fewer totals, or over fields with fewer codes.", "the totals of the layout need %d cells, one for each code; at most %d are kept", c.p.cells, maxCells)
	}
	for _, r := range c.p.records {
		r.light = len(r.totals) == 0 && len(r.copies) == 0 && !slices.ContainsFunc(r.runs, func(n counter) bool {
			return c.p.series[n.series].rising || c.p.series[n.series].open || n.silent
		})
	}
}

// scope finds the scope of a computed field.
func (c *compiler) scope(f *fieldPlan) (int, bool) {
	d := f.def.Compute
	if d.Scope == "" || d.Scope == ScopeFile || d.Scope == ScopeFiles {
		if d.Scope == ScopeFiles && d.Kind != Sequence {
			c.say(d.at, "Write `scope: file`, or a group.", "only a running number goes on from file to file")
		}
		return 0, true
	}
	group := slices.IndexFunc(c.l.Groups, func(g Group) bool { return g.Name == string(d.Scope) })
	if group < 0 {
		c.say(d.at, "Write file, or the name of a group.", "%q is no scope: there is no such group", d.Scope)
		return 0, false
	}
	if !c.always(f.record, group) {
		c.say(d.at, "Name a group that the record stands in.", "record %s does not always stand in group %s, over which field %s is computed", f.record.def.Name, d.Scope, f.def.Name)
		return 0, false
	}
	if c.p.scopeOf[group] == 0 {
		c.p.scopeOf[group] = len(c.p.scopes)
		c.p.scopes = append(c.p.scopes, scope{group: group, name: string(d.Scope)})
	}
	return c.p.scopeOf[group], true
}

// always says whether a record stands in a group wherever it stands.
func (c *compiler) always(r *RecordPlan, group int) bool {
	for _, leaf := range c.p.leaves[1:] {
		if leaf.record == r.index && !leaf.within(group) {
			return false
		}
	}
	return true
}

// sometimes says whether a record stands in a scope anywhere.
func (c *compiler) sometimes(r *RecordPlan, scope int) bool {
	group := c.p.scopes[scope].group
	if group < 0 {
		return true
	}
	for _, leaf := range c.p.leaves[1:] {
		if leaf.record == r.index && leaf.within(group) {
			return true
		}
	}
	return false
}

// computedField checks one computed field.
func (c *compiler) computedField(f *fieldPlan) {
	d := f.def.Compute
	scope, ok := c.scope(f)
	if !ok {
		return
	}
	if d.Modulus != 0 && d.Kind != Hash {
		c.say(d.at, "Use `hash`.", "field %s has a modulus, but is no hash", f.def.Name)
	}
	if d.Modulus > pow10[maxDigits] {
		c.say(d.at, "Use at most 10^18.", "the modulus of field %s is too large", f.def.Name)
	}
	if (d.Per != 0 || d.All) && d.Kind != Count || d.Per < 0 {
		c.say(d.at, "Use them with `count`.", "field %s is no count, so it is neither of all records nor divided", f.def.Name)
	}
	if (d.Where != nil || d.Minus != nil || d.Absolute) && d.Kind != Count && d.Kind != Sum && d.Kind != Hash || d.Minus != nil && d.Kind == Count {
		c.say(d.at, "Filters go with count, sum and hash; `minus` and `absolute` with sum.", "field %s cannot be filtered so", f.def.Name)
	}
	if d.Series != "" && d.Kind != Sequence && d.Kind != Rising {
		c.say(d.at, "Remove `series`.", "field %s is no running number, so it belongs to no series", f.def.Name)
	}
	if f.kind != KindNumber && f.kind != KindAmount && d.Kind != Copy && (f.kind != KindDigits || d.Kind == Count || d.Kind == Sum) {
		c.say(d.at, "Use kind number or amount.", "field %s of kind %s cannot be computed", f.def.Name, f.kind)
		return
	}
	if f.constant != "" {
		c.say(d.at, "Remove `const` or `compute`.", "field %s is constant, so it is not computed", f.def.Name)
	}
	if f.closed && d.Kind != Copy {
		c.say(d.at, "Remove `codes`.", "field %s is computed, so it holds no code", f.def.Name)
	}
	if f.size() > maxDigits && d.Kind != Copy {
		c.say(d.at, fmt.Sprintf("Give it at most %d columns.", maxDigits), "field %s has %d digits; a number has at most %d", f.def.Name, f.size(), maxDigits)
	}
	switch d.Kind {
	case Sequence, Rising:
		c.sequence(f, scope)
		return
	case Copy:
		c.copyOf(f, scope)
		return
	case Count, Sum, Hash:
	default:
		c.say(d.at, "One of count, sum, hash, sequence, rising, copy.", "field %s does not say what it computes", f.def.Name)
		return
	}
	if len(d.Sources) == 0 && !d.All {
		c.say(d.at, "Name a record, or a field as RECORD.field.", "field %s computes nothing", f.def.Name)
	}
	seen := make(map[Source]bool, len(d.Sources))
	for _, s := range d.Sources {
		if c.problems.full() {
			return
		}
		if seen[s] {
			c.say(d.at, "Remove one of them.", "field %s computes twice over %s", f.def.Name, strings.TrimSuffix(s.Record+"."+s.Field, "."))
		}
		seen[s] = true
		c.source(f, s, scope)
	}
}

// sequence compiles a running number.
func (c *compiler) sequence(f *fieldPlan, scope int) {
	d := f.def.Compute
	if d.First < 0 || len(d.Sources) > 0 {
		c.say(d.at, "Write `compute: {sequence: 1}`.", "a running number has a beginning")
	}
	if d.Scope == ScopeFiles && d.Series == "" {
		c.say(d.at, "Write `series: NAME`.", "a running number that goes on from file to file needs the name of a series, by which the next file finds it")
	}
	key := seriesKey{name: d.Series, record: f.record.index, field: f.index}
	if d.Series != "" {
		key.record, key.field = -1, -1
	}
	made := series{first: d.First, open: d.Scope == ScopeFiles, rising: d.Kind == Rising, name: d.Series}
	if made.rising {
		made.first = math.MinInt64
	}
	i, there := c.named[key]
	if !there {
		i = len(c.p.series)
		c.named[key] = i
		c.p.series = append(c.p.series, made)
		c.p.scopes[scope].series = append(c.p.scopes[scope].series, i)
	} else if c.p.series[i] != made || !slices.Contains(c.p.scopes[scope].series, i) {
		c.say(d.at, "Give all fields of a series the same beginning and scope.", "field %s begins series %s otherwise than the fields before it", f.def.Name, d.Series)
	}
	for _, other := range f.record.runs {
		if other.series == i {
			c.say(d.at, "Remove one of them.", "record %s has two running numbers of one series", f.record.def.Name)
		}
	}
	f.record.runs = append(f.record.runs, counter{field: f.index, series: i, silent: f.def.Empty != EmptyNever})
	f.auto = !made.rising
}

// copyOf compiles a field that repeats one of a record before.
func (c *compiler) copyOf(f *fieldPlan, scope int) {
	d := f.def.Compute
	if len(d.Sources) != 1 {
		c.say(d.at, "Write `copy: RECORD.field`.", "field %s repeats one field", f.def.Name)
		return
	}
	s := d.Sources[0]
	r, ok := c.p.Record(s.Record)
	if !ok {
		c.say(d.at, "Name a record of the layout.", "field %s repeats a field of record %q, which is not there", f.def.Name, s.Record)
		return
	}
	src, ok := r.field(s.Field)
	switch {
	case !ok:
		c.say(d.at, c.fieldHint(r, s.Field), "field %s repeats %s.%s, which is not there", f.def.Name, s.Record, s.Field)
		return
	case r == f.record:
		c.say(d.at, "Name a field of a record that stands before.", "field %s repeats a field of its own record", f.def.Name)
		return
	case src.slotted >= 0 || src.kind != f.kind || f.kind == KindFiller:
		c.say(d.at, "Name a field of the same kind that stands in its record once.", "field %s cannot repeat %s.%s of kind %s", f.def.Name, s.Record, s.Field, src.kind)
		return
	case src.def.Decimals != f.def.Decimals:
		c.say(d.at, "Give both the same decimals.", "field %s has %d decimals, but repeats %s.%s with %d", f.def.Name, f.def.Decimals, s.Record, s.Field, src.def.Decimals)
		return
	case f.format != nil && src.format.has != f.format.has:
		c.say(d.at, "Give both a format with the same parts.", "field %s is written %s, but repeats %s.%s, which is written %s", f.def.Name, f.format.text, s.Record, s.Field, src.format.text)
		return
	case !c.sometimes(r, scope):
		c.say(d.at, "Name a record of that group.", "record %s never stands in group %s", s.Record, d.Scope)
		return
	case !c.follows(r, f.record, scope):
		c.say(d.at, "Name a field of a record that stands before.", "field %s repeats %s.%s, which never stands before it", f.def.Name, s.Record, s.Field)
		return
	}
	// The number of a field of codes is the place of its code in their list, and
	// not what is repeated.
	want := held{field: src, scope: scope, number: src.numeric() && f.numeric() && max(src.size(), f.size()) <= maxDigits && !src.closed && !f.closed}
	i := slices.Index(c.p.held, want)
	if i < 0 {
		i = len(c.p.held)
		c.p.held = append(c.p.held, want)
		r.holds = append(r.holds, i)
		c.p.scopes[scope].held = append(c.p.scopes[scope].held, i)
	}
	f.repeats = i
	f.auto = true
	f.record.copies = append(f.record.copies, f.index)
}

// source checks one source of a total.
func (c *compiler) source(f *fieldPlan, s Source, scope int) {
	d := f.def.Compute
	r, ok := c.p.Record(s.Record)
	if !ok {
		c.say(d.at, "Name a record of the layout.", "field %s computes over record %q, which is not there", f.def.Name, s.Record)
		return
	}
	if !c.sometimes(r, scope) {
		c.say(d.at, "Name a record of that group, or another scope.", "record %s never stands in group %s, over which field %s is computed", s.Record, d.Scope, f.def.Name)
	}
	if d.Kind == Count {
		if s.Field != "" && c.slotOf(r, s.Field) == nil {
			c.say(d.at, "Write `count: "+s.Record+"`.", "records and slots are counted, not the field %s", s.Field)
			return
		}
	} else {
		if r == f.record {
			c.say(d.at, "Name other records.", "field %s computes over its own record", f.def.Name)
			return
		}
		src, ok := r.field(s.Field)
		switch {
		case !ok:
			c.say(d.at, c.fieldHint(r, s.Field), "field %s adds up %s.%s, which is not there", f.def.Name, s.Record, s.Field)
			return
		case !src.summable():
			c.say(d.at, "Add up a number, an amount, or digits (at most 18).", "field %s adds up %s.%s, which is no number", f.def.Name, s.Record, s.Field)
		case d.Kind == Sum && src.def.Decimals != f.def.Decimals:
			c.say(d.at, "Give both the same decimals.", "field %s has %d decimals, but adds up %s.%s with %d", f.def.Name, f.def.Decimals, s.Record, s.Field, src.def.Decimals)
		}
	}
	c.filter(f, r, s, d.Where)
	c.filter(f, r, s, d.Minus)
	if d.Where != nil && d.Minus != nil && d.Where.Field != d.Minus.Field {
		c.say(d.Minus.at, "Let both filters look at the same field.", "field %s is filtered by %s and by %s", f.def.Name, d.Where.Field, d.Minus.Field)
	}
}

// filter checks a filter over one source.
func (c *compiler) filter(f *fieldPlan, r *RecordPlan, s Source, w *Where) {
	if w == nil {
		return
	}
	by, ok := r.field(w.Field)
	if !ok || !by.filters() {
		c.say(w.at, "Name a field with `codes` that is not open.", "the filter %s.%s is no field with a code list", s.Record, w.Field)
		return
	}
	in := -1 // the slot of what is filtered
	if src, ok := r.field(s.Field); ok && f.def.Compute.Kind != Count {
		in = src.slotted
	} else if f.def.Compute.Kind == Count {
		in = slices.IndexFunc(r.slots, func(slot slotPlan) bool { return slot.def.Name == s.Field })
	}
	if by.slotted >= 0 && by.slotted != in {
		c.say(w.at, "Name a field of the record itself, or of the same slot.", "the filter %s.%s stands in a slot, and what it filters does not", s.Record, w.Field)
	}
	if len(w.Classes) == 0 && len(w.Codes) == 0 {
		c.say(w.at, "Write `class: paid`.", "the filter names no class")
	}
	for _, class := range w.Classes {
		if !slices.ContainsFunc(by.codes.codes, func(code Code) bool { return code.Class == class }) {
			c.say(w.at, "Name a class of the code list "+by.def.Codes+".", "no code of %s has the class %q", by.def.Codes, class)
		}
	}
	for _, code := range w.Codes {
		if _, ok := by.codes.index[code]; !ok {
			c.say(w.at, "Name a code of the list "+by.def.Codes+".", "%s has no code %q", by.def.Codes, code)
		}
	}
}

// wants says whether a filter lets a code pass.
func (w *Where) wants(code Code) bool {
	return slices.Contains(w.Classes, code.Class) || slices.Contains(w.Codes, code.Value)
}

func (c *compiler) slotOf(r *RecordPlan, name string) *slotPlan {
	for i := range r.slots {
		if r.slots[i].def.Name == name {
			return &r.slots[i]
		}
	}
	return nil
}

// total compiles one total that has been checked.
func (c *compiler) total(f *fieldPlan) {
	d := f.def.Compute
	scope, _ := c.scope(f)
	var counted []*RecordPlan
	t := total{record: f.record.index, field: f, kind: d.Kind, modulus: d.Modulus, scope: scope, all: d.All, per: uint64(max(d.Per, 1)), absolute: d.Absolute}
	if d.Kind == Hash && t.modulus == 0 {
		t.modulus = pow10[min(f.digits(), maxDigits)]
	}
	sc := &c.p.scopes[scope]
	if d.All {
		sc.all = true
		t.later = slices.ContainsFunc(c.p.records, func(r *RecordPlan) bool { return c.follows(f.record, r, scope) })
	}
	for _, s := range d.Sources {
		r, _ := c.p.Record(s.Record)
		t.sources = append(t.sources, r.index)
		t.later = t.later || c.follows(f.record, r, scope)
		slot := c.slotOf(r, s.Field)
		if r == f.record {
			t.own = append(t.own, own{slot: slot, where: d.Where})
		}
		if d.Kind == Count && slot == nil && d.Where == nil {
			counted = append(counted, r)
			continue
		}
		var src *fieldPlan
		if d.Kind != Count {
			src, _ = r.field(s.Field)
			slot = nil
			if src.slotted >= 0 {
				slot = &r.slots[src.slotted]
			}
		}
		for _, one := range []struct {
			where *Where
			less  bool
		}{{d.Where, false}, {d.Minus, true}} {
			if one.less && one.where == nil {
				continue
			}
			var filter *fieldPlan
			except := d.Minus
			if one.where != nil || one.less {
				except = nil
			}
			switch {
			case except != nil:
				filter, _ = r.field(except.Field)
			case one.where != nil:
				filter, _ = r.field(one.where.Field)
			default:
				filter = c.filterOf(s)
			}
			t.parts = append(t.parts, part128{account: c.account(r, src, slot, filter, scope), where: one.where, except: except, less: one.less})
		}
	}
	if counted != nil {
		t.parts = append(t.parts, part128{account: c.counting(counted, scope)})
	}
	f.auto = !t.later
	t.required = c.required(f.record, sc.group)
	i := len(c.p.totals)
	f.record.totals = append(f.record.totals, i)
	sc.totals = append(sc.totals, i)
	c.p.totals = append(c.p.totals, t)
}

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
			to := -1
			if i+1 < len(a.scopes) {
				to = a.bases[i+1]
			}
			c.p.scopes[s].rolls = append(c.p.scopes[s].rolls, roll{from: a.bases[i], to: to, size: a.size})
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
	bases := append(slices.Clone(a.bases), -1)
	for i, s := range a.scopes {
		if s == 0 {
			return
		}
		for k := range i + 1 {
			c.p.scopes[s].flush = append(c.p.scopes[s].flush, roll{from: bases[k], to: bases[k+1], size: a.size})
		}
	}
}

// feeds makes the feeds of an accumulator: one, or one for each repetition of
// a slot.
func (c *compiler) feeds(a *account) {
	base := feed{slot: -1, filter: -1, present: -1, base: a.bases[0]}
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
