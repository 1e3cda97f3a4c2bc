package formats

import (
	"strings"
	"unicode"
)

// unseen stands for bytes that a terminal should not see.
const unseen = '·'

// glyph is the character of a byte, one column wide.
func (p codepage) glyph(b byte) rune {
	if c := p.char(b); p.holds(b) && unicode.IsPrint(c) {
		return c
	}
	return unseen
}

// glyphs shows the bytes of a field, one column each.
func (f *fieldPlan) glyphs(b []byte) string {
	page := pageASCII
	if f.writing != nil {
		page = f.writing.page
	}
	return page.glyphs(b)
}

func (p codepage) glyphs(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(p.glyph(c))
	}
	return s.String()
}

// visible replaces bytes that are not printable ASCII.
func visible(b []byte) string { return pageASCII.glyphs(b) }

// printed replaces what is not printable in a text.
func printed(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return unseen
		}
		return r
	}, s)
}
