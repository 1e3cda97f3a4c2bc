package ledger

import "strconv"

// plain escapes what no row may hold: control characters, and bytes that are
// not UTF-8. What the bank wrote stays readable, byte for byte.
func plain[T ~string | ~[]byte](s T) string {
	clean := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return string(s)
	}
	q := strconv.Quote(string(s))
	return q[1 : len(q)-1]
}
