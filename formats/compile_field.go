package formats

import (
	"fmt"
)

// maxDecimals is the most implied decimals of an amount.
const maxDecimals = 6

// field checks one field and fills in its plan.
func (c *compiler) field(f *fieldPlan) {
	d := f.def
	if !isName(d.Name, "_") {
		c.say(d.at, "Use a name such as payment_reference.", "%q is no name for a field: lower-case letters, digits and underscores", d.Name)
	}
	if d.Kind == "" {
		f.kind = KindText
	}
	switch f.kind {
	case KindText:
		c.textField(f)
	case KindDigits:
	case KindNumber, KindAmount:
		if f.n > maxDigits {
			c.say(d.at, "Use kind digits for identifiers.", "field %s has %d digits; a number has at most %d", d.Name, f.n, maxDigits)
		}
	case KindDate:
		c.dateField(f, formatDate)
	case KindTime:
		c.dateField(f, formatTime)
	case KindFiller:
	default:
		c.say(d.at, "One of text, digits, number, amount, date, time, filler.", "%q is no kind", d.Kind)
	}
	if d.Decimals != 0 && (f.kind != KindAmount || d.Decimals > maxDecimals || d.Decimals < 0) {
		c.say(d.at, fmt.Sprintf("Decimals go with kind amount, up to %d.", maxDecimals), "field %s cannot have %d decimals", d.Name, d.Decimals)
	}
	if d.Charset != "" && f.kind != KindText {
		c.say(d.at, "Remove `charset`.", "field %s of kind %s has no character set", d.Name, f.kind)
	}
	if d.Format != "" && f.kind != KindDate && f.kind != KindTime {
		c.say(d.at, "Remove `format`.", "field %s of kind %s has no format", d.Name, f.kind)
	}
	c.emptyField(f)
	c.constField(f)
}

func (c *compiler) textField(f *fieldPlan) {
	d := f.def
	name := d.Charset
	if name == "" {
		name = c.l.Charset
	}
	if name == "" {
		name = charsetPrintable // the layout has been told
	}
	f.writing = c.charset(name, d.at)
	f.reading = f.writing
	for _, t := range c.l.Tolerate {
		if t == PrintableText {
			f.reading = c.charset(charsetPrintable, d.at)
		}
	}
	if d.Codes == "" {
		if d.Open {
			c.say(d.at, "Remove `open`.", "field %s is open, but has no `codes`", d.Name)
		}
		return
	}
	list, ok := c.p.lists[d.Codes]
	if !ok {
		c.say(d.at, "Write it under `codes:`.", "there is no code list %q for field %s", d.Codes, d.Name)
		return
	}
	f.codes, f.closed = list, !d.Open
	for _, code := range list.codes {
		if len(code.Value) > f.n {
			c.say(d.at, "Correct the code, or the length of the field.", "code %s of %s does not fit into field %s", code.Value, d.Codes, d.Name)
		}
	}
}

func (c *compiler) dateField(f *fieldPlan, format string) {
	d := f.def
	if d.Format != "" && d.Format != format {
		c.say(d.at, "The format of a "+string(f.kind)+" is "+format+".", "field %s has the unknown format %q", d.Name, d.Format)
	}
	if f.n != len(format) {
		c.say(d.at, fmt.Sprintf("Give it %d columns.", len(format)), "field %s has %d columns, but %s needs %d", d.Name, f.n, format, len(format))
	}
}

func (c *compiler) emptyField(f *fieldPlan) {
	d := f.def
	if d.Codes != "" && f.kind != KindText {
		c.say(d.at, "Use kind text.", "field %s of kind %s has a code list", d.Name, f.kind)
	}
	switch d.Empty {
	case EmptyNever:
		return
	case EmptyBlank:
		f.blanks = true
	case EmptyZeros:
		f.zeros = true
	case EmptyEither:
		f.blanks, f.zeros = true, true
	default:
		c.say(d.at, "One of blank, zeros, either.", "%q is no empty form", d.Empty)
	}
	switch {
	case f.kind == KindFiller:
		c.say(d.at, "Remove `empty`.", "filler %s is always empty", d.Name)
	case f.kind == KindText && f.zeros:
		c.say(d.at, "Use `empty: blank`.", "text %s without a value is blank", d.Name)
	}
}

func (c *compiler) constField(f *fieldPlan) {
	d := f.def
	if d.Const == "" {
		return
	}
	switch {
	case f.kind != KindText && f.kind != KindDigits:
		c.say(d.at, "Use kind text or digits.", "field %s of kind %s is constant", d.Name, f.kind)
	case len(d.Const) > f.n:
		c.say(d.at, "Correct the constant, or the length of the field.", "constant %q does not fit into field %s", d.Const, d.Name)
	case notPrintable([]byte(d.Const)) != nil:
		c.say(d.at, "Use printable ASCII.", "constant %q of field %s", d.Const, d.Name)
	case f.writing != nil && !f.writing.allows(d.Const):
		c.say(d.at, "Change the constant, or give the field another `charset`.", "constant %q of field %s is not in its character set", d.Const, d.Name)
	case f.kind == KindDigits && len(d.Const) != f.n:
		c.say(d.at, "Write all its digits.", "constant %q does not fill field %s", d.Const, d.Name)
	case d.Empty != EmptyNever || d.Codes != "":
		c.say(d.at, "Remove `empty` and `codes`.", "field %s is constant, so it is never empty and has no codes", d.Name)
	}
	f.constant = padded(d.Const, f.n)
}
