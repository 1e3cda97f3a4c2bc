package formats

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold turns a name as people write it into the character set bank-upper:
// accents are dropped, letters become upper case, typographic apostrophes and
// dashes become ' and -, anything else outside the set becomes a space, and
// runs of spaces become one. The result has no space at either end.
func Fold(s string) string {
	if folded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	put := func(r rune) {
		if r >= 0x80 || !bankUpper(byte(r)) || r == ' ' {
			space = true
			return
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteByte(byte(r))
	}
	// Marks such as ´ decompose into a space and an accent: they are mapped
	// before the decomposition.
	for _, r := range norm.NFKD.String(strings.Map(foldMark, s)) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		put(unicode.ToUpper(foldMark(r)))
	}
	return b.String()
}

// folded says whether Fold has nothing to do, as for most names of a roster.
func folded(s string) bool {
	space := true // there may be none at the start
	for i := range len(s) {
		c := s[i]
		if c == ' ' && space || !bankUpper(c) {
			return false
		}
		space = c == ' '
	}
	return s == "" || !space
}

// foldMark maps typographic apostrophes and dashes to the plain ones.
func foldMark(r rune) rune {
	switch r {
	case '’', '‘', 'ʼ', '`', '´', '′', 'ʻ', '‛':
		return '\''
	case '‐', '‑', '‒', '–', '—', '―', '−', '﹣', '-':
		return '-'
	}
	return r
}
