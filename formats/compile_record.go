package formats

import (
	"fmt"
	"slices"
)

// record compiles one record.
func (c *compiler) record(index int) {
	def := &c.l.Records[index]
	r := &RecordPlan{def: def, plan: c.p, index: index, sequence: -1}
	if def.Name == "" {
		c.say(def.at, "Name it.", "a record has no name")
	}
	if _, twice := c.p.Record(def.Name); twice {
		c.say(def.at, "Rename one of them.", "record %s is given twice", def.Name)
	}
	c.p.records = append(c.p.records, r)
	if len(def.Fields) > maxFields {
		c.say(def.at, "Join fillers.", "record %s has %d fields, more than %d", def.Name, len(def.Fields), maxFields)
		return
	}
	// Fields are kept by position; a layout may give them in any order.
	order := make([]*FieldLayout, len(def.Fields))
	for i := range def.Fields {
		order[i] = &def.Fields[i]
	}
	slices.SortStableFunc(order, func(a, b *FieldLayout) int { return a.At - b.At })
	c.positions(def, order)
	r.fields = make([]fieldPlan, len(order))
	names := map[string]bool{}
	for i, f := range order {
		if names[f.Name] {
			c.say(f.at, "Rename one of them.", "field %s is given twice in record %s", f.Name, def.Name)
		}
		names[f.Name] = true
		r.fields[i] = fieldPlan{def: f, record: r, index: i, off: f.At - 1, n: f.Len, kind: f.Kind}
		c.field(&r.fields[i])
	}
	c.match(r)
	c.relate(r)
}

// positions checks that the fields cover the record once, without gaps.
func (c *compiler) positions(def *RecordLayout, fields []*FieldLayout) {
	if len(fields) == 0 {
		c.say(def.at, "Write its `fields`.", "record %s has no fields", def.Name)
		return
	}
	next := 1
	var last *FieldLayout
	for _, f := range fields {
		if f.At < 1 || f.Len < 1 {
			c.say(f.at, "Write `{at: 1, len: 8}`: columns count from 1.", "field %s needs a position and a length", f.Name)
			continue
		}
		switch {
		case f.At > next:
			c.say(f.at, fmt.Sprintf("If nothing stands there, add `filler_%d: {at: %d, len: %d, kind: filler}`.", next, next, f.At-next),
				"gap: no field covers %s of record %s, before field %s", columns(next, f.At-1), def.Name, f.Name)
		case f.At < next && last != nil:
			c.say(f.at, fmt.Sprintf("The next free column is %d.", next),
				"overlap: field %s (%s) begins inside field %s (%s)", f.Name, columns(f.At, f.To()), last.Name, columns(last.At, last.To()))
		}
		if f.To() >= next {
			next = f.To() + 1
			last = f
		}
	}
	switch length := c.p.length; {
	case length < 1 || last == nil:
	case next-1 < length:
		c.say(last.at, fmt.Sprintf("If nothing stands there, add `filler_%d: {at: %d, len: %d, kind: filler}`.", next, next, length-next+1),
			"record %s ends at column %d, but its line has %d", def.Name, next-1, length)
	case next-1 > length:
		c.say(last.at, "Correct the field, or `line: {length: ...}`.",
			"field %s ends at column %d, but a line of record %s has %d", last.Name, next-1, def.Name, length)
	}
}

// match compiles the discriminator. A field that must hold one value is a
// constant by that.
func (c *compiler) match(r *RecordPlan) {
	if len(r.def.Match) == 0 {
		c.say(r.def.at, "Write `match: {type: H}`: the field, and the value by which the record is known.", "record %s has no `match`", r.def.Name)
	}
	var all []Match
	if len(r.def.Match) > 0 {
		all = r.def.Match[0]
	}
	for i := range all {
		m := &all[i]
		at := slices.IndexFunc(r.fields, func(f fieldPlan) bool { return f.def.Name == m.Field })
		if at < 0 {
			c.say(m.at, c.fieldHint(r, m.Field), "record %s has no field %s to be known by", r.def.Name, m.Field)
			continue
		}
		f := &r.fields[at]
		if f.kind != KindText && f.kind != KindDigits {
			c.say(m.at, "Use a field of kind text or digits.", "record %s cannot be known by field %s of kind %s", r.def.Name, m.Field, f.kind)
			continue
		}
		good := len(m.Values) > 0
		for _, v := range m.Values {
			if len(v) != f.n || notPrintable([]byte(v)) != nil {
				c.say(m.at, fmt.Sprintf("The value must have the length of the field, %d.", f.n), "%q does not fill field %s", v, m.Field)
				good = false
			}
		}
		if !good {
			continue
		}
		if len(m.Values) == 1 {
			if f.constant != "" && f.constant != m.Values[0] {
				c.say(m.at, "Remove the `const`: `match` says it.", "field %s is constant %q, so it never is %q", m.Field, f.constant, m.Values[0])
			}
			f.constant = m.Values[0]
		}
		k := matcher{off: f.off, n: f.n, values: m.Values}
		if f.n <= 8 {
			k.mask, k.word = mask8(f.n), word8(m.Values[0])
		}
		r.matchers = append(r.matchers, k)
	}
}

// fieldHint suggests a field of a record.
func (c *compiler) fieldHint(r *RecordPlan, name string) string {
	names := make([]string, len(r.fields))
	for i := range r.fields {
		names[i] = r.fields[i].def.Name
	}
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	return "Name a field of the record."
}
