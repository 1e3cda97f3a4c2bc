package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldName returns the form in which names are compared: without spaces at the
// ends, with single spaces inside, without case, and with accents composed in
// one way (which no eye can see). Nothing else is forgiven: the bank returns a
// credit for one letter.
func FoldName(s string) string {
	return cases.Fold().String(tidy(norm.NFC.String(s)))
}

// SameName tells whether two names are equal under FoldName.
func SameName(a, b string) bool {
	if a == b {
		return true
	}
	return FoldName(a) == FoldName(b)
}

// tidy trims and collapses spaces. It returns s itself when there is nothing to
// do, which is nearly always.
func tidy(s string) string {
	s = strings.TrimSpace(s)
	space := false
	for _, r := range s {
		if r > ' ' && r < utf8.RuneSelf {
			space = false
			continue
		}
		if r != ' ' && unicode.IsSpace(r) || r == ' ' && space {
			return strings.Join(strings.Fields(s), " ")
		}
		space = r == ' '
	}
	return s
}
