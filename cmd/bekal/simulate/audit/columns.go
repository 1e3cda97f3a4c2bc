package audit

import (
	"strings"
	"time"
)

// Columns count from 1, as in the bank's description of its files.

// columns are where a field stands, both ends included.
type columns struct{ from, to int64 }

// answerColumns are those of a field of an answer that a mismatch may point at.
func answerColumns(field string) columns {
	return map[string]columns{"account": {10, 24}, "name": {25, 64}, "amount": {65, 81}, "payment_reference": {82, 101}, "status": {122, 123}, "posted": {171, 184}}[field]
}

func cut(line string, at, length int) string {
	return strings.TrimRight(line[at-1:at-1+length], " ")
}

// textAt says whether a text stands as it must: printable, from the first
// column on; blank only where it may be empty.
func textAt(line string, at, length int, empty bool) bool {
	s := line[at-1 : at-1+length]
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s[0] != ' ' || empty && strings.Trim(s, " ") == ""
}

func digitsAt(line string, at, length int) bool {
	for _, c := range []byte(line[at-1 : at-1+length]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func blankAt(line string, at, length int) bool {
	return strings.Trim(line[at-1:at-1+length], " ") == ""
}

// dateAt says whether a date (8 columns) or a time (14) stands there; zeros may
// stand for none.
func dateAt(line string, at, length int, zeros bool) bool {
	s := line[at-1 : at-1+length]
	if !digitsAt(line, at, length) {
		return false
	}
	if strings.Trim(s, "0") == "" {
		return zeros
	}
	t, err := time.Parse("20060102150405"[:length], s)
	return err == nil && t.Year() >= 1900 && t.Year() <= 2199
}

func oneOf(s string, list ...string) bool {
	for _, l := range list {
		if s == l {
			return true
		}
	}
	return false
}

// bankLetters are the characters of a transfer file beside letters and digits.
const bankLetters = " .,'-/()&+:"

// plainLetters are the letters that people write with an accent, and what a bank
// has for them.
const (
	accented = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ’‘`´–—"
	plain    = "AAAAAACEEEEIIIINOOOOOUUUUYAAAAAACEEEEIIIINOOOOOUUUUYY''''--"
)

// asSent is a name as it goes into a field of 40 columns: capitals, no accents,
// single spaces in place of anything else.
func asSent(name string) string {
	var b strings.Builder
	for _, r := range name {
		if i := strings.IndexRune(accented, r); i >= 0 {
			r = rune(plain[len([]rune(accented[:i]))])
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(bankLetters, r) {
			b.WriteRune(r)
		} else {
			b.WriteByte(' ')
		}
	}
	s := strings.Join(strings.Fields(b.String()), " ")
	if len(s) > 40 {
		s = s[:40]
	}
	return strings.TrimRight(s, " ")
}
