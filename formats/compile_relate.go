package formats

import (
	"fmt"
	"slices"
	"strings"
)

// relate is the second pass over a record's fields: it compiles what fields
// say about one another. All fields of the record must have been compiled.
func (c *compiler) relate(r *RecordPlan) {
	for i := range r.fields {
		f := &r.fields[i]
		if d := f.def.Sign; d != nil && d.Form == SignField {
			c.signField(f, d)
		}
		if f.def.DecimalsBy != "" {
			c.decimalsField(f)
		}
		if f.def.Check != nil {
			c.checkField(f, f.def.Check)
		}
	}
}

// slotOf is the slot of a record that a field stands in, or -1.
func slotOf(r *RecordPlan, field string) int {
	return slices.IndexFunc(r.def.Slots, func(s SlotLayout) bool {
		return slices.ContainsFunc(s.Fields, func(d FieldLayout) bool { return d.Name == field })
	})
}

// sibling finds another field of the record: in the same repetition of the
// same slot, or outside of slots.
func (c *compiler) sibling(f *fieldPlan, name string, at position) *fieldPlan {
	r := f.record
	in := slotOf(r, name)
	for i := range r.fields {
		other := &r.fields[i]
		if other.def.Name != name || in >= 0 && other.slot != f.slot {
			continue
		}
		switch {
		case in >= 0 && in != slotOf(r, f.def.Name):
			c.say(at, "Name a field outside of slots, or of the same slot.", "field %s refers to %s, which stands several times, in slot %s", f.def.Name, name, r.def.Slots[in].Name)
		case other == f:
			c.say(at, "Name another field.", "field %s refers to itself", name)
		case other.kind != KindText && other.kind != KindDigits && other.kind != KindNumber || other.sign != "" || other.each > 0:
			c.say(at, "Name a field of kind text, digits or number, without a sign.", "field %s cannot refer to %s", f.def.Name, name)
		default:
			return other
		}
		return nil
	}
	c.say(at, c.fieldHint(r, name), "field %s refers to %s, which is no field of record %s", f.def.Name, name, r.def.Name)
	return nil
}

// signField compiles a sign that another field says.
func (c *compiler) signField(f *fieldPlan, d *Sign) {
	s := c.sibling(f, d.Field, d.at)
	if s == nil {
		return
	}
	if s.def.Check != nil || s.def.Compute != nil {
		c.say(d.at, "Name a plain text or digit.", "field %s is computed or checked, so it cannot say the sign of %s", d.Field, f.def.Name)
		return
	}
	placed := func(value string) string {
		t, ok := value, true
		if s.writing != nil {
			t, ok = s.writing.text(value)
		}
		if !ok || len(t) > s.n {
			c.say(d.at, "Write what the field can hold.", "field %s, which says the sign of %s, cannot hold %q", d.Field, f.def.Name, value)
			return ""
		}
		return s.placed(t)
	}
	if d.Minus == "" || d.Minus == d.Plus {
		c.say(d.at, "Write `sign: {field: dc, minus: \"D\", plus: \"C\"}`.", "field %s does not say how field %s is when it is negative", f.def.Name, d.Field)
		return
	}
	f.minus = placed(d.Minus)
	if d.Plus != "" {
		f.plus = placed(d.Plus)
	}
	f.signBy = s
	s.signs++
}

// decimalsField compiles a number of decimals that another field says.
func (c *compiler) decimalsField(f *fieldPlan) {
	d := c.sibling(f, f.def.DecimalsBy, f.def.at)
	switch {
	case d == nil:
	case d.kind == KindText || d.n > maxDigits || d.closed || d.def.Check != nil || d.def.Compute != nil:
		c.say(f.def.at, "Name a field of kind digits.", "field %s cannot say the decimals of %s", d.def.Name, f.def.Name)
	default:
		f.decimalsBy, d.scales = d, true
	}
}

// checkField compiles a check digit.
func (c *compiler) checkField(f *fieldPlan, d *CheckDigit) {
	methods := checkMethods()
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = m.name
		if m.name == d.Digit {
			f.digit = m.method
		}
	}
	if f.digit == noDigit {
		hint := "The check digits are " + strings.Join(names, ", ") + "."
		if near := nearest(d.Digit, names); near != "" {
			hint = fmt.Sprintf("Did you mean %q?", near)
		}
		c.say(d.at, hint, "%q is no check digit", d.Digit)
		return
	}
	size, over := f.digit.size(), f.n-f.digit.size()
	if len(d.Over) > 0 {
		over = 0
		for _, name := range d.Over {
			if other := c.sibling(f, name, d.at); other != nil {
				f.over = append(f.over, other)
				over += other.n
			}
		}
		if len(f.over) != len(d.Over) {
			f.digit, f.over = noDigit, nil
			return
		}
		if f.n != size {
			c.say(d.at, fmt.Sprintf("Give it a length of %d.", size), "field %s has the length %d, but the check digit %s has %d", f.def.Name, f.n, d.Digit, size)
		}
	}
	switch {
	case over < 1:
		c.say(d.at, "Give the field more columns, or write `over: [field]`.", "field %s is too short to end with a check digit", f.def.Name)
	case over > maxApart-maxCheck:
		c.say(d.at, "Check fewer fields.", "check digit %s is over %d characters, more than %d", f.def.Name, over, maxApart-maxCheck)
		f.digit, f.over = noDigit, nil
	case f.digit == checkRouting && over != 8:
		c.say(d.at, "A routing number has eight digits and the check digit.", "check digit %s is over %d characters, but %s is over 8", f.def.Name, over, d.Digit)
	case (f.digit == checkMod11X || f.digit == checkIBAN && len(d.Over) == 0) && f.kind != KindText:
		c.say(d.at, "Use kind text.", "field %s of kind %s cannot hold the letters of %s", f.def.Name, f.kind, d.Digit)
	case f.kind == KindNumber && f.pad != '0':
		c.say(d.at, "Use kind digits.", "field %s is padded, so its digits are not all there to be checked", f.def.Name)
	}
}
