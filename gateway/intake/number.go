package intake

import (
	"strconv"
	"strings"

	"bekal/reconcile/ledger"
)

// number is a numeric cell of a workbook, taken from its text without passing
// through floating point.
type number struct {
	negative bool
	whole    string // no leading zeros; "0" for none
	fraction string // no trailing zeros
}

// parseNumber reads what a workbook stores for a number: 500000, 500000.5,
// 5E+5. ok is false for anything else and for numbers of absurd length.
func parseNumber(s string) (n number, ok bool) {
	s, n.negative = strings.CutPrefix(strings.TrimSpace(s), "-")
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(s[i+1:]); err != nil || exponent < -40 || exponent > 40 {
			return number{}, false
		}
		s = s[:i]
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	if len(s) > 64 || !isDigits(whole) || dotted && !isDigits(fraction) {
		return number{}, false
	}
	digits, point := whole+fraction, len(whole)+exponent
	if point < 0 {
		digits, point = strings.Repeat("0", -point)+digits, 0
	}
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	n.whole = strings.TrimLeft(digits[:point], "0")
	if n.whole == "" {
		n.whole = "0"
	}
	n.fraction = strings.TrimRight(digits[point:], "0")
	return n, true
}

// text is the number as a person would write it, for columns that hold text.
func (n number) text() string {
	out := n.whole
	if n.fraction != "" {
		out += "." + n.fraction
	}
	if n.negative {
		out = "-" + out
	}
	return out
}

// integer returns the digits of a whole number that a spreadsheet can hold
// exactly; a spreadsheet keeps 15 digits and replaces the others by zeros.
func (n number) integer() (digits string, ok bool) {
	return n.whole, !n.negative && n.fraction == "" && len(n.whole) <= 15
}

// amount reads a numeric cell as rupiah. Unlike a text it cannot be ambiguous,
// but it can be finer than a sen.
func (n number) amount() (ledger.Money, error) {
	switch {
	case n.negative:
		return 0, &problem{ErrAmount, "the amount is negative", "a wage is more than zero; corrections are not made in a wage sheet"}
	case len(n.fraction) > 2:
		return 0, &problem{ErrAmount, "the amount is finer than a sen, which the cell's format may hide", "round the amount in the spreadsheet, for example with =ROUND(...;0)"}
	case len(n.whole) > 14:
		return 0, tooLarge()
	}
	sen := n.fraction
	for len(sen) < 2 {
		sen += "0"
	}
	return sum(n.whole, sen, true)
}
