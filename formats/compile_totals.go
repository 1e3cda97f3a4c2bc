package formats

import "slices"

// totals compiles the computed fields. Accumulators are collected first and
// then share: a filtered sum also gives the sum of everything.
func (c *compiler) totals() {
	for _, r := range c.p.records {
		for i := range r.fields {
			if f := &r.fields[i]; f.def.Compute != nil {
				c.computedField(f)
			}
		}
	}
	for _, r := range c.p.records {
		for i := range r.fields {
			if f := &r.fields[i]; f.def.Compute != nil && f.def.Compute.Kind != Sequence {
				c.total(f)
			}
		}
	}
}

// computedField checks one computed field.
func (c *compiler) computedField(f *fieldPlan) {
	d := f.def.Compute
	if d.Scope != ScopeFile && d.Scope != "" {
		c.say(d.at, "The scope is file.", "%q is no scope", d.Scope)
	}
	if d.Modulus != 0 && d.Kind != Hash {
		c.say(d.at, "Use `hash`.", "field %s has a modulus, but is no hash", f.def.Name)
	}
	if d.Modulus > pow10[maxDigits] {
		c.say(d.at, "Use at most 10^18.", "the modulus of field %s is too large", f.def.Name)
	}
	switch d.Kind {
	case Sequence:
		if f.record.sequence >= 0 {
			c.say(d.at, "Remove one.", "record %s has two running numbers", f.record.def.Name)
		}
		if d.Where != nil || d.First < 0 {
			c.say(d.at, "Write `compute: {sequence: 1}`.", "a running number has a beginning and no filter")
		}
		f.record.sequence, f.record.first, f.auto = f.index, d.First, true
		return
	case Count, Sum, Hash:
	default:
		c.say(d.at, "One of count, sum, hash, sequence.", "field %s does not say what it computes", f.def.Name)
		return
	}
	if len(d.Sources) == 0 {
		c.say(d.at, "Name a record, or a field as RECORD.field.", "field %s computes nothing", f.def.Name)
	}
	for _, s := range d.Sources {
		c.source(f, s)
	}
}

// source checks one source of a total.
func (c *compiler) source(f *fieldPlan, s Source) {
	d := f.def.Compute
	r, ok := c.p.Record(s.Record)
	if !ok {
		c.say(d.at, "Name a record of the layout.", "field %s computes over record %q, which is not there", f.def.Name, s.Record)
		return
	}
	if r == f.record {
		c.say(d.at, "Name other records.", "field %s computes over its own record", f.def.Name)
		return
	}
	if d.Kind == Count {
		if s.Field != "" {
			c.say(d.at, "Write `count: "+s.Record+"`.", "records are counted, not the field %s", s.Field)
		}
	} else if src, ok := c.p.field(s.Record, s.Field); !ok {
		c.say(d.at, c.fieldHint(r, s.Field), "field %s adds up %s.%s, which is not there", f.def.Name, s.Record, s.Field)
	} else {
		if src.kind != KindNumber && src.kind != KindAmount && src.kind != KindDigits || src.n > maxDigits || src.constant != "" {
			c.say(d.at, "Add up a number, an amount, or digits (at most 18).", "field %s adds up %s.%s, which is no number", f.def.Name, s.Record, s.Field)
		} else if d.Kind == Sum && src.def.Decimals != f.def.Decimals {
			c.say(d.at, "Give both the same decimals.", "field %s has %d decimals, but adds up %s.%s with %d", f.def.Name, f.def.Decimals, s.Record, s.Field, src.def.Decimals)
		}
	}
	if w := d.Where; w != nil {
		filter, ok := c.p.field(s.Record, w.Field)
		if !ok || !filter.closed {
			c.say(w.at, "Name a field with `codes` that is not open.", "the filter %s.%s is no field with a code list", s.Record, w.Field)
			return
		}
		if len(w.Classes) == 0 {
			c.say(w.at, "Write `class: paid`.", "the filter names no class")
		}
		for _, class := range w.Classes {
			if !slices.ContainsFunc(filter.codes.codes, func(code Code) bool { return code.Class == class }) {
				c.say(w.at, "Name a class of the code list "+filter.def.Codes+".", "no code of %s has the class %q", filter.def.Codes, class)
			}
		}
	}
}

// total compiles one total that has been checked.
func (c *compiler) total(f *fieldPlan) {
	d := f.def.Compute
	t := total{record: f.record.index, field: f, kind: d.Kind, modulus: d.Modulus}
	if d.Kind == Hash && t.modulus == 0 {
		t.modulus = pow10[min(f.n, maxDigits)]
	}
	for _, s := range d.Sources {
		r, ok := c.p.Record(s.Record)
		if !ok {
			return
		}
		t.later = t.later || c.stepOf(r.index) > c.stepOf(t.record)
		if d.Kind == Count && d.Where == nil {
			t.records = append(t.records, r.index)
			continue
		}
		slot := -1
		if d.Kind != Count {
			src, ok := c.p.field(s.Record, s.Field)
			if !ok {
				return
			}
			slot = src.index
		}
		var filter *fieldPlan
		if d.Where != nil {
			if filter, ok = c.p.field(s.Record, d.Where.Field); !ok || !filter.closed {
				return
			}
		} else {
			filter = c.filterOf(s)
		}
		fd := c.feed(r, slot, filter)
		part := part128{unsure: -1}
		if d.Where == nil {
			for i := range fd.size {
				part.cells = append(part.cells, fd.base+i)
			}
		} else {
			part.unsure = fd.base
			for i, code := range filter.codes.codes {
				if slices.Contains(d.Where.Classes, code.Class) {
					part.cells = append(part.cells, fd.base+firstCode+i)
				}
			}
		}
		t.parts = append(t.parts, part)
	}
	f.auto = !t.later
	f.record.totals = append(f.record.totals, len(c.p.totals))
	c.p.totals = append(c.p.totals, t)
}

func (c *compiler) stepOf(record int) int {
	return slices.IndexFunc(c.p.steps, func(s step) bool { return s.record == record })
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
			if f, ok := c.p.field(s.Record, d.Where.Field); ok && f.closed {
				return f
			}
		}
	}
	return nil
}

// feed finds or makes the accumulator of a record's field under a filter. A
// count takes any accumulator with its filter.
func (c *compiler) feed(r *RecordPlan, slot int, filter *fieldPlan) feed {
	by := -1
	size := 1
	if filter != nil {
		by, size = filter.index, firstCode+len(filter.codes.codes)
	}
	for i := range r.feeds {
		f := &r.feeds[i]
		if f.filter != by {
			continue
		}
		if slot == -1 || f.slot == slot {
			return *f
		}
		if f.slot == -1 {
			f.slot = slot
			return *f
		}
	}
	f := feed{slot: slot, filter: by, base: len(c.p.cells), size: size}
	r.feeds = append(r.feeds, f)
	c.p.cells = append(c.p.cells, make([]cell, size)...)
	return f
}
