package formats

import (
	"strings"
	"unicode"
)

// unseen stands for bytes that a terminal should not see.
const unseen = '·'

// base is what the bytes of a character set mean: the name of a built-in one,
// or "ascii".
func (l *Layout) base(charset string) string {
	for i := range l.Charsets {
		if l.Charsets[i].Name == charset {
			return l.Charsets[i].Base
		}
	}
	return charset
}

// glyph is the character of a byte of a character set, one column wide.
func glyph(base string, b byte) rune {
	switch {
	case b >= ' ' && b <= '~':
		return rune(b)
	case base == "latin-1" && unicode.IsPrint(rune(b)):
		return rune(b)
	case base == "jis-x-0201" && b >= 0xA1 && b <= 0xDF:
		return '｡' + rune(b) - 0xA1
	}
	return unseen
}

// glyphs shows the bytes of a field, one column each.
func (f *fieldPlan) glyphs(b []byte) string {
	name := f.def.Charset
	if name == "" {
		name = f.record.plan.layout.Charset
	}
	base := "ascii"
	if f.kind == KindText {
		base = f.record.plan.layout.base(name)
	}
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(glyph(base, c))
	}
	return s.String()
}

// visible replaces bytes that are not printable ASCII.
func visible(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(glyph("ascii", c))
	}
	return s.String()
}

// printed replaces what is not printable in a text.
func printed(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return unseen
		}
		return r
	}, s)
}
