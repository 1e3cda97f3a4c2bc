package notify

import (
	"regexp"
	"strings"
)

var (
	// digits are long enough for an account.
	digits = regexp.MustCompile(`[0-9]{10,}`)
	// groups are digits as a passbook groups those of an account. Dates are
	// grouped, too, and often something follows them.
	groups = regexp.MustCompile(`\b[0-9]+(-[0-9]+){2,}\b`)
	dated  = regexp.MustCompile(`^20[0-9]{2}-[01][0-9]-[0-3][0-9]\b`)
	// longReference is a reference as long as one may be, with more digits than
	// an account has.
	longReference = regexp.MustCompile(`^[A-Z]{2,6}[0-9]{16,18}$`)
)

const (
	// shownDigits is what stays of an account number: enough to tell two apart
	// that a person has before his eyes.
	shownDigits = 4
	// longestInReference bounds the digits in a row that a payment reference or
	// the reference of a batch has beside letters.
	longestInReference = 12
	hashDigits         = 64
	// fewestGrouped is how many digits in groups make an account.
	fewestGrouped = 12
)

// Mask hides whatever could be an account number in a text that goes where the
// books do not go: messages, logs, errors of a night. Its last four digits
// stay. Digits that stand alone are masked from ten on, and those within a
// word, such as a line of a bank's file, when there are more of them than a
// reference has; those in groups of a passbook from twelve on. Dates, most
// amounts and hashes stay as they are.
func Mask(s string) string {
	return groups.ReplaceAllStringFunc(maskRuns(s), maskGroups)
}

// maskGroups masks the digits of a grouped number.
func maskGroups(number string) string {
	left := len(number) - strings.Count(number, "-")
	if left < fewestGrouped || dated.MatchString(number) {
		return number
	}
	return strings.Map(func(r rune) rune {
		if r == '-' {
			return r
		}
		if left--; left >= shownDigits {
			return '*'
		}
		return r
	}, number)
}

// maskRuns masks digits in a row.
func maskRuns(s string) string {
	all := digits.FindAllStringIndex(s, -1)
	if all == nil {
		return s
	}
	var b strings.Builder
	done := 0
	for _, at := range all {
		from, to := at[0], at[1]
		for from > 0 && wordByte(s[from-1]) {
			from--
		}
		for to < len(s) && wordByte(s[to]) {
			to++
		}
		word, n := s[from:to], at[1]-at[0]
		if n < len(word) && (n <= longestInReference || isHash(word) || longReference.MatchString(word)) {
			continue
		}
		b.WriteString(s[done:at[0]])
		b.WriteString(strings.Repeat("*", n-shownDigits))
		done = at[1] - shownDigits
	}
	b.WriteString(s[done:])
	return b.String()
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

func isHash(word string) bool {
	return len(word) == hashDigits && strings.Trim(word, "0123456789abcdef") == ""
}
