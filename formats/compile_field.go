package formats

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxDecimals is the most decimals of an amount.
const maxDecimals = 6

// field checks one field and fills in its plan, but for what other fields of
// the record say about it: relate does that.
func (c *compiler) field(f *fieldPlan) {
	d := f.def
	if !isName(d.Name, "_") {
		c.say(d.at, "Use a name such as payment_reference.", "%q is no name for a field: lower-case letters, digits and underscores", d.Name)
	}
	if d.Kind == "" {
		f.kind = KindText
	}
	f.pad = ' '
	switch f.kind {
	case KindText:
		c.textField(f)
	case KindDigits, KindNumber, KindAmount:
		c.numberField(f)
	case KindDate:
		c.dateField(f, formatDate)
	case KindTime:
		c.dateField(f, formatTime)
	case KindFiller:
		c.padOf(f)
	default:
		c.say(d.at, "One of text, digits, number, amount, date, time, filler.", "%q is no kind", d.Kind)
	}
	c.keysOfKind(f)
	c.codesOf(f)
	c.emptyField(f)
	c.constField(f)
	f.plain = f.numeric() && f.pieces == nil
	if f.format != nil {
		f.plain = f.plain && f.format.usual(f.kind)
	} else {
		f.plain = f.plain && f.pad == '0' && f.sign == "" && f.point == 0 && d.DecimalsBy == ""
	}
	f.slow = f.slow || f.numeric() && !f.plain || d.Check != nil
}

// keysOfKind checks that a field says nothing that its kind does not have.
func (c *compiler) keysOfKind(f *fieldPlan) {
	d := f.def
	only := func(given bool, key string, kinds ...Kind) {
		if given && !slices.Contains(kinds, f.kind) {
			c.say(d.at, "Remove `"+key+"`.", "field %s of kind %s has no `%s`", d.Name, f.kind, key)
		}
	}
	only(d.Charset != "", "charset", KindText)
	only(d.Picture != "", "picture", KindText)
	only(d.Format != "", "format", KindDate, KindTime)
	only(d.Pivot != nil, "pivot", KindDate, KindTime)
	only(len(d.More) > 0, "at: [...]", KindDate, KindTime)
	only(d.Pad != "", "pad", KindText, KindDigits, KindNumber, KindAmount, KindFiller)
	only(d.Sign != nil, "sign", KindNumber, KindAmount)
	only(d.Point != "", "point", KindAmount)
	only(d.Check != nil, "check", KindText, KindDigits, KindNumber)
	only(d.Each != 0, "each", KindText)
	only(d.Codes != "", "codes", KindText, KindDigits, KindNumber)
	switch {
	case d.Align == "", f.kind == KindText:
	case d.Align == AlignRight && (f.kind == KindDigits || f.kind == KindNumber || f.kind == KindAmount):
	default:
		c.say(d.at, "Remove `align`.", "field %s of kind %s cannot be aligned %s", d.Name, f.kind, d.Align)
	}
	if most := d.Decimals; most < 0 || most > maxDecimals || (most != 0 || d.DecimalsBy != "") && f.kind != KindAmount {
		c.say(d.at, fmt.Sprintf("Decimals go with kind amount, up to %d.", maxDecimals), "field %s cannot have %d decimals", d.Name, most)
	}
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
	f.reading = c.tolerant(f.writing)
	f.unaligned, f.lower = c.tolerates(Unaligned), c.tolerates(LowerCase)
	f.align = d.Align
	switch d.Align {
	case "":
		f.align = AlignLeft
	case AlignLeft, AlignRight, AlignFree:
	default:
		c.say(d.at, "One of left, right, free.", "%q is no alignment", d.Align)
	}
	c.padOf(f)
	// Padding that is not in the set is no part of the value, and the quick
	// operations look at all bytes.
	f.slow = f.align == AlignRight || f.pad != ' ' || !f.writing.has(f.pad)
	f.left = f.align != AlignRight && f.pad == ' '
	f.wide = f.writing.wide()
	f.odd = f.align == AlignRight || f.pad != ' ' || f.unaligned
	if d.Picture == "" {
		return
	}
	f.slow = true
	shape, ok := f.writing.draws(d.Picture)
	switch {
	case !ok:
		c.say(d.at, "Use 9, A, X, and characters of the character set.", "picture %q of field %s has characters that are not in %s", d.Picture, d.Name, f.writing.name)
	case len(shape) > f.n:
		c.say(d.at, "Correct the picture, or the length of the field.", "picture %q has %d characters, but field %s has %d", d.Picture, len(shape), d.Name, f.n)
	case d.Codes != "" || d.Const != "":
		c.say(d.at, "Remove `picture`.", "field %s has a picture, although its values are listed", d.Name)
	}
	f.picture = shape
}

// padOf compiles the character that pads a field.
func (c *compiler) padOf(f *fieldPlan) {
	d := f.def
	if d.Pad == "" {
		return
	}
	r, n := utf8.DecodeRuneInString(d.Pad)
	page := pageASCII
	if f.writing != nil {
		page = f.writing.page
	}
	b, ok := page.code(r)
	if !ok || n != len(d.Pad) {
		c.say(d.at, "Write one character: `pad: \"0\"`.", "field %s cannot be padded with %q", d.Name, d.Pad)
		return
	}
	f.pad = b
}

// numberField compiles digits, numbers and amounts.
func (c *compiler) numberField(f *fieldPlan) {
	d := f.def
	f.pad, f.align, f.unpadded = '0', AlignRight, c.tolerates(Unpadded)
	c.padOf(f)
	if f.pad >= '1' && f.pad <= '9' || f.pad == '+' || f.pad == '-' || d.Pad != "" && d.Pad == d.Point {
		c.say(d.at, "Use `pad: \"0\"` or `pad: \" \"`.", "field %s is padded with %q, which could be part of the number", d.Name, d.Pad)
	}
	f.odd = f.pad != '0'
	digits := f.n
	if d.Point != "" {
		digits--
		switch {
		case d.Point != "." && d.Point != ",":
			c.say(d.at, "Write `point: \".\"` or `point: \",\"`.", "field %s has the decimal point %q", d.Name, d.Point)
		case d.DecimalsBy != "":
			c.say(d.at, "Remove `point`.", "field %s has a point, but its number of decimals changes", d.Name)
		case d.Decimals == 0:
			c.say(d.at, "Write `decimals: 2`, or remove `point`.", "field %s has a point, but no decimals", d.Name)
		default:
			f.point = d.Point[0]
		}
	}
	if d.Sign != nil {
		f.sign = d.Sign.Form
		switch f.sign {
		case SignLeading, SignTrailing:
			digits--
		case SignOverpunch, SignField:
		default:
			c.say(d.Sign.at, "One of overpunch, leading, trailing, or {field: dc, minus: \"D\"}.", "%q is no form of a sign", f.sign)
		}
	}
	if f.kind == KindDigits {
		return
	}
	least := 1
	if d.Point != "" {
		least += d.Decimals
	}
	switch {
	case digits > maxDigits:
		c.say(d.at, "Use kind digits for identifiers.", "field %s has %d digits; a number has at most %d", d.Name, digits, maxDigits)
	case digits < least && d.Len > 0:
		c.say(d.at, "Give it more columns.", "field %s has room for %d digits, but needs %d", d.Name, max(digits, 0), least)
	}
}

func (c *compiler) dateField(f *fieldPlan, usual string) {
	d := f.def
	text, pivot := usual, defaultPivot
	if d.Format != "" {
		text = d.Format
	}
	if d.Pivot != nil {
		pivot = *d.Pivot
		if pivot < 0 || pivot > 100 {
			c.say(d.at, "Write `pivot: 70`: years below it are 20yy, the others 19yy.", "field %s has the pivot %d; it is from 0 to 100", d.Name, pivot)
			pivot = defaultPivot
		}
	}
	format, err := newDateFormat(text, f.kind, pivot)
	if err != nil {
		c.say(d.at, "Tokens are yyyy, yy, MM, dd, DDD, HH, mm and ss; all else stands for itself.", "field %s has the format %q: %v", d.Name, text, err)
		format, _ = newDateFormat(usual, f.kind, pivot)
	} else if !strings.Contains(text, "yy") || strings.Contains(text, "yyyy") {
		if d.Pivot != nil {
			c.say(d.at, "Remove `pivot`.", "field %s has a pivot, but no year of two digits", d.Name)
		}
	}
	f.format = format
	if len(d.More) > 0 {
		f.pieces = append(f.pieces, piece{f.off, f.n})
		for _, p := range d.More {
			f.pieces = append(f.pieces, piece{p.At - 1, p.Len})
		}
	}
	if n := f.size(); n != len(text) && d.Len > 0 {
		c.say(d.at, fmt.Sprintf("Give it %d columns.", len(text)), "field %s has %d columns, but %s needs %d", d.Name, n, text, len(text))
	}
	if len(text) > maxApart {
		c.say(d.at, "Shorten it.", "the format of field %s has %d characters, more than %d", d.Name, len(text), maxApart)
		f.format, _ = newDateFormat(usual, f.kind, pivot)
	}
}

// usual says whether the format is the one that has an operation of its own.
func (f *dateFormat) usual(kind Kind) bool {
	return kind == KindDate && f.text == formatDate || kind == KindTime && f.text == formatTime
}

func (c *compiler) emptyField(f *fieldPlan) {
	d := f.def
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
	case f.kind == KindText && f.zeros && f.pad != '0':
		c.say(d.at, "Use `empty: blank`, or `pad: \"0\"`.", "text %s without a value is blank", d.Name)
	}
	if f.zeros && f.codes != nil {
		for _, code := range f.codes.codes {
			if len(code.Value) <= f.n && f.isZeros([]byte(f.placed(code.Value))) {
				c.say(d.at, "Use `empty: blank`.", "field %s is empty when it holds zeros, but %s has the code %s", d.Name, d.Codes, code.Value)
			}
		}
	}
}

func (c *compiler) constField(f *fieldPlan) {
	d := f.def
	if d.Const == "" {
		return
	}
	value, inSet := d.Const, true
	if f.writing != nil {
		value, inSet = f.writing.text(d.Const)
	}
	switch {
	case f.kind != KindText && f.kind != KindDigits:
		c.say(d.at, "Use kind text or digits.", "field %s of kind %s is constant", d.Name, f.kind)
		return
	case !inSet:
		c.say(d.at, "Change the constant, or give the field another `charset`.", "constant %q of field %s is not in its character set", d.Const, d.Name)
		return
	case len(value) > f.n:
		c.say(d.at, "Correct the constant, or the length of the field.", "constant %q does not fit into field %s", d.Const, d.Name)
		return
	case f.writing == nil && notPrintable([]byte(d.Const)) != nil:
		c.say(d.at, "Use printable ASCII.", "constant %q of field %s", d.Const, d.Name)
	case f.kind == KindDigits && len(value) != f.n && f.pad == '0':
		c.say(d.at, "Write all its digits.", "constant %q does not fill field %s", d.Const, d.Name)
	case d.Empty != EmptyNever || d.Codes != "":
		c.say(d.at, "Remove `empty` and `codes`.", "field %s is constant, so it is never empty and has no codes", d.Name)
	case d.Check != nil:
		c.say(d.at, "Remove `check`.", "field %s is constant, so it needs no check digit", d.Name)
	}
	f.constant = f.placed(value)
}
