package formats

import (
	"bytes"
	"strconv"
	"strings"
)

// String is the field's value as people and other programs write it: text in
// UTF-8 without padding, digits as they stand, numbers without leading zeros,
// amounts with a decimal point, dates and times as in ISO 8601 (or what of it
// the field has), several codes with spaces between them. It is "" for an empty
// field. [Writer.SetString] takes the same back. What cannot be read is given
// as it stands.
func (r *Record) String(f Field) string {
	p := f.p
	if p == nil || p.record != r.plan || p.kind == KindFiller {
		return ""
	}
	if p.end() > len(r.raw) { // the line is cut short
		if p.off >= len(r.raw) {
			return ""
		}
		return p.show(r.raw[p.off:min(p.off+p.n, len(r.raw))])
	}
	var room [maxApart]byte
	b := p.gather(r.raw, &room)
	switch {
	case p.constant != "":
		return p.show(b)
	case allBytes(b, ' '), p.vacant(b) && !p.minusZero(r.raw, b):
		return ""
	case p.numberKind() && p.kind != KindDigits:
		g, wrong := p.figure(r.raw, b, false)
		if wrong != nil {
			return p.show(b)
		}
		return g.String()
	case p.each > 0:
		return p.joinCodes(b)
	case p.format != nil:
		if v, wrong := p.format.read(b); wrong == nil {
			return p.format.show(v)
		}
	}
	return p.show(b)
}

// minusZero says whether zeros are a zero of which another field says that it is
// negative, and so no empty value.
func (f *fieldPlan) minusZero(rec, b []byte) bool {
	if f.signBy == nil {
		return false
	}
	g, wrong := f.figure(rec, b, true)
	return wrong == nil && g.negative
}

// numberKind says whether the field holds digits, a number or an amount.
func (f *fieldPlan) numberKind() bool {
	return f.kind == KindDigits || f.kind == KindNumber || f.kind == KindAmount
}

// joinCodes writes several codes with spaces between them.
func (f *fieldPlan) joinCodes(b []byte) string {
	var codes []string
	for at := 0; at+f.each <= len(b); at += f.each {
		if unit := bytes.Trim(b[at:at+f.each], " "); len(unit) > 0 {
			codes = append(codes, f.writing.decode(unit))
		}
	}
	return strings.Join(codes, " ")
}

// String is the figure as an exact decimal number.
func (g figure) String() string {
	s := strconv.FormatUint(g.digits, 10)
	if g.decimals > 0 {
		if short := g.decimals + 1 - len(s); short > 0 {
			s = strings.Repeat("0", short) + s
		}
		s = s[:len(s)-g.decimals] + "." + s[len(s)-g.decimals:]
	}
	if g.negative {
		s = "-" + s
	}
	return s
}

// parseFigure reads an exact decimal number: digits, with a minus sign in
// front and a point and more digits behind where they are needed. It takes
// nothing else, for what is guessed about money is wrong one day.
func parseFigure(s string) (g figure, ok bool) {
	s, g.negative = strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(s, ".")
	digits := whole + fraction
	if whole == "" || point && fraction == "" || strings.Trim(digits, "0123456789") != "" {
		return g, false
	}
	if digits = strings.TrimLeft(digits, "0"); len(digits) > maxDigits {
		return g, false
	}
	v, _ := readDigits([]byte(digits))
	g.digits, g.decimals = uint64(v), len(fraction)
	return g, true
}
