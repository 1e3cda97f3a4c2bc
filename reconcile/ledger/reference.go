package ledger

import (
	"errors"
	"fmt"
	"regexp"
)

// ErrReference says that a text is not a payment reference of ours.
var ErrReference = errors.New("not a payment reference")

// digits32 are Crockford's digits: no I, L, O, U, so that a reference can be
// read aloud. They rise in ASCII order, so that references sort as their ids.
const digits32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// idDigits is the length of an id in a reference: 32^8 is about 10^12 deposits.
const idDigits = 8

// batchDigits is the length of a batch's number in its reference.
const batchDigits = 4

// markLength is the length of a generation's mark.
const markLength = 2

var (
	facilityCode   = regexp.MustCompile(`^[A-Z0-9]{2,6}$`)
	generationMark = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{2}$`)
)

// appendReference appends the payment reference of deposit id: facility code,
// generation mark, id, check character; 13 to 17 characters of A-Z0-9. It is a
// function of the id, so a reference is as unique as the primary key.
func appendReference(dst []byte, facility, mark string, id int64) []byte {
	start := len(dst)
	dst = append(dst, facility...)
	dst = append(dst, mark...)
	dst = appendBase32(dst, id, idDigits)
	return append(dst, CheckCharacter(dst[start:]))
}

func appendBase32(dst []byte, n int64, width int) []byte {
	for shift := 5 * (width - 1); shift >= 0; shift -= 5 {
		dst = append(dst, digits32[n>>shift&31])
	}
	return dst
}

// batchReference is the reference of the n-th batch of a date (yymmdd):
// facility code, generation mark, B, date, n, check character; at most 20
// characters.
func batchReference(facility, mark, yymmdd string, n int64) (string, error) {
	if n >= 1<<20 {
		return "", fmt.Errorf("batch %d of %s: more than %d batches in a day", n, yymmdd, 1<<20)
	}
	b := append([]byte(facility), mark...)
	b = append(b, 'B')
	b = append(b, yymmdd...)
	b = appendBase32(b, n, batchDigits)
	return string(append(b, CheckCharacter(b))), nil
}

// BatchFacility is the facility's code in a batch reference whose form is right
// (see BatchMark).
func BatchFacility(reference string) string {
	return reference[:max(0, len(reference)-markLength-len("B")-len("yymmdd")-batchDigits-1)]
}

// BatchMark reads the generation's mark out of a batch reference and checks its
// form; ok is false for what cannot be a batch reference of ours.
func BatchMark(reference string) (mark string, ok bool) {
	const tail = len("B") + len("yymmdd") + batchDigits + 1
	n := len(reference)
	if n < 2+markLength+tail || n > 6+markLength+tail || reference[n-tail] != 'B' || CheckCharacter(reference[:n-1]) != reference[n-1] {
		return "", false
	}
	for _, c := range []byte(reference[n-tail+1 : n-tail+7]) {
		if c < '0' || c > '9' {
			return "", false
		}
	}
	mark = reference[n-tail-markLength : n-tail]
	return mark, generationMark.MatchString(mark) && facilityCode.MatchString(reference[:n-tail-markLength])
}

// DepositID reads the deposit's id out of a payment reference and checks its
// check character. Whether such a deposit exists, and has exactly this
// reference, the ledger must be asked.
func DepositID[T ~string | ~[]byte](reference T) (int64, error) {
	n := len(reference)
	if n < 2+markLength+idDigits+1 || n > 6+markLength+idDigits+1 {
		return 0, ErrReference
	}
	if CheckCharacter(reference[:n-1]) != reference[n-1] {
		return 0, ErrReference
	}
	var id int64
	for i := n - 1 - idDigits; i < n-1; i++ {
		v := value32(reference[i])
		if v < 0 {
			return 0, ErrReference
		}
		id = id<<5 | int64(v)
	}
	return id, nil
}

// referenceMark is the generation's mark in a payment reference whose form is
// right.
func referenceMark(reference string) string {
	at := max(0, len(reference)-1-idDigits-markLength)
	return reference[at : at+min(markLength, len(reference)-at)]
}

func value32(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c < 'A' || c > 'Z' || c == 'I' || c == 'L' || c == 'O' || c == 'U':
		return -1
	}
	v := int(c-'A') + 10
	// One less for each letter that is left out before c.
	for _, gap := range []byte("ILOU") {
		if c > gap {
			v--
		}
	}
	return v
}

// CheckCharacter returns the check character of s by ISO 7064 MOD 37,36, which
// finds every wrong character and nearly every exchange of neighbours. s must be
// of A-Z0-9; another byte gives 0, which is no check character.
func CheckCharacter[T ~string | ~[]byte](s T) byte {
	p := 36
	for i := range len(s) {
		c := s[i]
		var v int
		switch {
		case c >= '0' && c <= '9':
			v = int(c - '0')
		case c >= 'A' && c <= 'Z':
			v = int(c-'A') + 10
		default:
			return 0
		}
		p += v
		if p > 36 {
			p -= 36
		}
		p = 2 * p % 37
	}
	c := (37 - p) % 36
	if c < 10 {
		return byte('0' + c)
	}
	return byte('A' + c - 10)
}
