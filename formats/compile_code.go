package formats

import "fmt"

// maxCoded bounds the tables of the codes of all fields together, in bytes.
const maxCoded = 64 << 20

// codesOf compiles the codes of a field.
func (c *compiler) codesOf(f *fieldPlan) {
	d := f.def
	switch {
	case d.Codes == "" && d.Open:
		c.say(d.at, "Remove `open`.", "field %s is open, but has no `codes`", d.Name)
	case d.Codes == "" && d.Each != 0:
		c.say(d.at, "Write `codes: LIST`.", "field %s has several codes of %d characters, but no `codes`", d.Name, d.Each)
	}
	if d.Codes == "" {
		return
	}
	list, ok := c.p.lists[d.Codes]
	if !ok {
		c.say(d.at, "Write it under `codes:`.", "there is no code list %q for field %s", d.Codes, d.Name)
		return
	}
	f.codes, f.closed = list, !d.Open
	room := f.n
	if d.Each != 0 {
		f.each, f.closed, f.slow, room = d.Each, false, true, d.Each
		switch {
		case d.Each < 1 || f.n%max(d.Each, 1) != 0:
			c.say(d.at, fmt.Sprintf("Let `len` be a multiple of `each`, %d.", d.Each), "field %s has %d characters, which are not codes of %d each", d.Name, f.n, d.Each)
			f.each = max(f.n, 1)
		case f.pad != ' ' || f.align != AlignLeft:
			c.say(d.at, "Remove `pad` and `align`.", "field %s has several codes, which stand left with spaces behind", d.Name)
		}
	}
	if f.sign != "" || f.point != 0 {
		c.say(d.at, "Remove `codes`.", "field %s has a sign or a point, so its values are no codes", d.Name)
	}
	// Each code is kept as it stands in the field, and looked up in a table.
	cost := len(list.codes) * (f.n + 64)
	if c.coded += cost; c.coded > maxCoded {
		if c.coded-cost <= maxCoded {
			c.say(d.at, "Let fewer fields have codes, or shorten the lists.", "the codes of all fields up to %s take more than %d bytes", d.Name, maxCoded)
		}
		return
	}
	f.coded = make(map[string]int, len(list.codes))
	for i, code := range list.codes {
		if len(code.Value) > room {
			c.say(d.at, "Correct the code, or the length of the field.", "code %s of %s does not fit into field %s", code.Value, d.Codes, d.Name)
			continue
		}
		if f.kind != KindText {
			if _, ok := readDigits([]byte(code.Value)); !ok {
				c.say(d.at, "Use kind text.", "code %s of %s is no number, as field %s is", code.Value, d.Codes, d.Name)
			}
		}
		placed := f.placed(code.Value)
		if first, twice := f.coded[placed]; twice {
			if list.codes[first].Value == code.Value {
				continue // that has been said
			}
			c.say(d.at, "Remove one of them.", "codes %s and %s of %s are the same in field %s", list.codes[first].Value, code.Value, d.Codes, d.Name)
			continue
		}
		f.coded[placed] = i
	}
}
