package formats

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxCells bounds what is kept of totals while a file is read.
const maxCells = 1 << 20

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
	f.record.repeats = append(f.record.repeats, repeat{field: f.index, held: i, scope: scope, number: want.number})
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
	c.least(&t)
	i := len(c.p.totals)
	f.record.totals = append(f.record.totals, i)
	sc.totals = append(sc.totals, i)
	c.p.totals = append(c.p.totals, t)
}
