package formats

import (
	"fmt"
	"slices"
	"strings"
)

// record compiles one record.
func (c *compiler) record(index int) {
	def := &c.l.Records[index]
	r := &RecordPlan{def: def, plan: c.p, index: index, length: def.Length}
	if def.Name == "" {
		c.say(def.at, "Name it.", "a record has no name")
	}
	if strings.ContainsAny(def.Name, ".*()|?+{} ") {
		c.say(def.at, "Use letters, digits, hyphens and underscores.", "%q is no name for a record", def.Name)
	}
	if _, twice := c.p.Record(def.Name); twice {
		c.say(def.at, "Rename one of them.", "record %s is given twice", def.Name)
	}
	c.p.records = append(c.p.records, r)
	switch {
	case def.Length < 0 || def.Length > maxLine:
		c.say(def.at, "Write `length: 160`.", "the length of record %s must be from 1 to %d, not %d", def.Name, maxLine, def.Length)
		return
	case def.Length == 0 && c.l.Line.Length == 0:
		c.say(def.at, "Write `line: {length: 160, end: crlf}`, or `length: 160` in the record.", "record %s has no length, and the layout has none either", def.Name)
	case def.Length == 0:
		r.length = c.l.Line.Length
	}
	c.fields(r)
	c.match(r)
	c.relate(r)
}

// placed is a field of a record, or of one repetition of a slot.
type placed struct {
	def        *FieldLayout
	base       int // columns before its own first
	slot, rep  int
	repetition bool
}

// fields compiles the fields of a record, by position; a layout may give them
// in any order.
func (c *compiler) fields(r *RecordPlan) {
	def := r.def
	var all []placed
	for i := range def.Fields {
		all = append(all, placed{def: &def.Fields[i], slot: -1})
	}
	repetitions := 0
	for s := range def.Slots {
		slot := &def.Slots[s]
		if !c.slot(r, slot) {
			continue
		}
		repetitions += slot.Times
		for rep := range slot.Times {
			for i := range slot.Fields {
				all = append(all, placed{def: &slot.Fields[i], base: slot.At - 1 + rep*slot.Len, slot: s, rep: rep, repetition: true})
			}
		}
	}
	if len(all) == 0 {
		c.say(def.at, "Write its `fields`.", "record %s has no fields", def.Name)
		return
	}
	if len(all) > maxFields {
		c.say(def.at, "Join fillers.", "record %s has %d fields, more than %d", def.Name, len(all), maxFields)
		return
	}
	slices.SortStableFunc(all, func(a, b placed) int { return a.base + a.def.At - b.base - b.def.At })
	c.positions(r)
	r.slots = make([]slotPlan, len(def.Slots))
	for s := range def.Slots {
		r.slots[s] = slotPlan{def: &def.Slots[s], record: r}
	}
	r.fields = make([]fieldPlan, len(all))
	r.numbers = len(all)
	names := map[string]*FieldLayout{}
	for i, f := range all {
		if other := names[f.def.Name]; other != nil && other != f.def {
			c.say(f.def.at, "Rename one of them.", "field %s is given twice in record %s", f.def.Name, def.Name)
		}
		names[f.def.Name] = f.def
		r.fields[i] = fieldPlan{def: f.def, record: r, index: i, off: f.base + f.def.At - 1, n: f.def.Len, kind: f.def.Kind, slot: f.rep, slotted: f.slot}
		if f.repetition {
			s := &r.slots[f.slot]
			if len(s.repetitions) <= f.rep {
				s.repetitions = append(s.repetitions, block{off: f.base, n: s.def.Len, from: i, present: r.numbers})
				r.numbers++
			}
			s.repetitions[f.rep].to = i + 1
		}
		if f.rep > 0 {
			// What is wrong with a field of a slot is said once.
			quiet := *c
			quiet.problems = &Problems{}
			quiet.field(&r.fields[i])
			continue
		}
		c.field(&r.fields[i])
	}
}

// slot checks a slot; it is false when its fields cannot be placed.
func (c *compiler) slot(r *RecordPlan, s *SlotLayout) bool {
	if !isName(s.Name, "_") {
		c.say(s.at, "Use a name such as segment.", "%q is no name for a slot", s.Name)
	}
	if s.At < 1 || s.Len < 1 || s.Times < 1 || s.Times > maxFields || s.Len > maxLine {
		c.say(s.at, "Write `{at: 25, len: 240, times: 6, fields: {...}}`.", "slot %s of record %s needs a position, a length and how often it stands there", s.Name, r.def.Name)
		return false
	}
	for i := range r.def.Slots {
		if other := &r.def.Slots[i]; other != s && other.Name == s.Name {
			c.say(s.at, "Rename one of them.", "slot %s is given twice in record %s", s.Name, r.def.Name)
			return false
		}
	}
	c.cover(spansOf(s.Fields), s.Len, s.at, "slot "+s.Name)
	return true
}

// span is a run of columns that something covers.
type span struct {
	name     string
	from, to int
	at       position
	sized    bool
}

func spansOf(fields []FieldLayout) []span {
	var out []span
	for i := range fields {
		f := &fields[i]
		out = append(out, span{f.Name, f.At, f.To(), f.at, f.At >= 1 && f.Len >= 1})
		for _, p := range f.More {
			out = append(out, span{f.Name, p.At, p.At + p.Len - 1, f.at, p.At >= 1 && p.Len >= 1})
		}
	}
	return out
}

// positions checks that the fields cover the record once, without gaps.
func (c *compiler) positions(r *RecordPlan) {
	spans := spansOf(r.def.Fields)
	for i := range r.def.Slots {
		s := &r.def.Slots[i]
		spans = append(spans, span{s.Name, s.At, s.At + s.Len*s.Times - 1, s.at, true})
	}
	c.cover(spans, r.length, r.def.at, "record "+r.def.Name)
}

// cover checks that spans cover the columns of something once, without gaps.
func (c *compiler) cover(spans []span, length int, at position, what string) {
	slices.SortStableFunc(spans, func(a, b span) int { return a.from - b.from })
	if len(spans) == 0 {
		c.say(at, "Write its `fields`.", "%s has no fields", what)
	}
	next := 1
	var last *span
	for i := range spans {
		f := &spans[i]
		if !f.sized {
			c.say(f.at, "Write `{at: 1, len: 8}`: columns count from 1.", "field %s needs a position and a length", f.name)
			continue
		}
		switch {
		case f.from > next:
			c.say(f.at, fmt.Sprintf("If nothing stands there, add `filler_%d: {at: %d, len: %d, kind: filler}`.", next, next, f.from-next),
				"gap: no field covers %s of %s, before field %s", columns(next, f.from-1), what, f.name)
		case f.from < next && last != nil:
			c.say(f.at, fmt.Sprintf("The next free column is %d.", next),
				"overlap: field %s (%s) begins inside field %s (%s)", f.name, columns(f.from, f.to), last.name, columns(last.from, last.to))
		}
		if f.to >= next {
			next = f.to + 1
			last = f
		}
	}
	switch {
	case length < 1 || last == nil:
	case next-1 < length:
		c.say(last.at, fmt.Sprintf("If nothing stands there, add `filler_%d: {at: %d, len: %d, kind: filler}`.", next, next, length-next+1),
			"%s ends at column %d, but has %d columns", what, next-1, length)
	case next-1 > length:
		c.say(last.at, "Correct the field, or the length.",
			"field %s ends at column %d, but %s has %d columns", last.name, next-1, what, length)
	}
}

// maxAlternatives bounds the ways in which a record is known, and the conditions
// of each.
const maxAlternatives = 50

// match compiles the discriminator.
func (c *compiler) match(r *RecordPlan) {
	if len(r.def.Match) == 0 {
		c.say(r.def.at, "Write `match: {type: H}`: the field, and the value by which the record is known.", "record %s has no `match`", r.def.Name)
	}
	if len(r.def.Match) > maxAlternatives {
		c.say(r.def.at, "Give several values to one condition: `match: {type: [A, B]}`.", "record %s is known in %d ways, more than %d", r.def.Name, len(r.def.Match), maxAlternatives)
		return
	}
	for _, all := range r.def.Match {
		if len(all) > maxAlternatives {
			c.say(r.def.at, "Join columns.", "record %s is known by %d conditions at once, more than %d", r.def.Name, len(all), maxAlternatives)
			return
		}
		var conditions []matcher
		for i := range all {
			if m, ok := c.condition(r, &all[i]); ok {
				conditions = append(conditions, m)
			}
		}
		if len(all) == 0 {
			c.say(r.def.at, "Write `match: {type: H}`.", "record %s has a `match` without a condition: every line would be that record", r.def.Name)
		}
		r.alternatives = append(r.alternatives, conditions)
	}
	c.known(r)
}

// condition compiles one condition of a discriminator.
func (c *compiler) condition(r *RecordPlan, m *Match) (matcher, bool) {
	k := matcher{off: m.From - 1, n: m.To - m.From + 1, not: m.Not, values: m.Values}
	what := columns(m.From, m.To)
	if m.Field != "" {
		f, ok := r.field(m.Field)
		if !ok || f.slotted >= 0 {
			c.say(m.at, c.fieldHint(r, m.Field), "record %s has no field %s to be known by", r.def.Name, m.Field)
			return k, false
		}
		if f.kind != KindText && f.kind != KindDigits && f.kind != KindNumber || len(f.def.More) > 0 {
			c.say(m.at, "Use a field of kind text, digits or number.", "record %s cannot be known by field %s of kind %s", r.def.Name, m.Field, f.kind)
			return k, false
		}
		k.off, k.n, what = f.off, f.n, "field "+m.Field
	} else if m.From < 1 || m.To < m.From || m.To > r.length {
		c.say(m.at, "Write columns such as 1-4.", "record %s has no %s to be known by", r.def.Name, what)
		return k, false
	}
	good := len(m.Values) > 0
	if !good {
		c.say(m.at, "Give it a value.", "record %s is to be known by %s, but by no value of it", r.def.Name, what)
	}
	for _, v := range m.Values {
		if len(v) != k.n || notPrintable([]byte(v)) != nil {
			c.say(m.at, fmt.Sprintf("The value must have its length, %d.", k.n), "%q does not fill %s", v, what)
			good = false
		}
	}
	if good && len(m.Values) == 1 && k.n <= 8 && !m.Not {
		k.mask, k.word = mask8(k.n), word8(m.Values[0])
	}
	return k, good
}

// known makes constants of the fields by which a record is known: a field that
// must hold one value in all alternatives is a constant by that.
func (c *compiler) known(r *RecordPlan) {
	if len(r.def.Match) == 0 {
		return
	}
	for _, m := range r.def.Match[0] {
		f, ok := r.field(m.Field)
		if m.Field == "" || !ok || m.Not || len(m.Values) != 1 || len(m.Values[0]) != f.n || f.kind == KindNumber {
			continue
		}
		same := true
		for _, other := range r.def.Match[1:] {
			same = same && slices.ContainsFunc(other, func(o Match) bool {
				return o.Field == m.Field && !o.Not && len(o.Values) == 1 && o.Values[0] == m.Values[0]
			})
		}
		if !same {
			continue
		}
		if f.constant != "" && f.constant != m.Values[0] {
			c.say(m.at, "Remove the `const`: `match` says it.", "field %s is constant %q, so it never is %q", m.Field, f.constant, m.Values[0])
		}
		f.constant = m.Values[0]
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

// reachable checks that a record can be: the values by which it is known are
// values that its fields may have.
func (c *compiler) reachable(r *RecordPlan) {
	line := make([]byte, r.length+slack)
	fill(line, spaces)
	for _, all := range r.def.Match {
		for i := range all {
			m := &all[i]
			f, ok := r.field(m.Field)
			if m.Field == "" || m.Not || !ok || f.constant != "" || len(f.def.More) > 0 {
				continue
			}
			for _, v := range m.Values {
				if len(v) != f.n {
					continue
				}
				copy(line[f.off:], v)
				if _, wrong := f.examine(line, false); wrong != nil {
					c.say(m.at, "Correct the value, or what the field may hold.", "record %s can never be known by %q: field %s does not allow it (%v)", r.def.Name, v, f.def.Name, wrong.err)
				}
			}
		}
	}
}

// unused checks that every code list is of some field.
func (c *compiler) unused() {
	used := map[string]bool{}
	for _, r := range c.p.records {
		for i := range r.fields {
			used[r.fields[i].def.Codes] = true
		}
	}
	for i := range c.l.Codes {
		if l := &c.l.Codes[i]; !used[l.Name] {
			c.say(l.at, "Write `codes: "+l.Name+"` in a field, or remove the list.", "code list %s belongs to no field", l.Name)
		}
	}
}
