package intake

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"bekal/reconcile/ledger"
)

// maxAmount bounds one wage: 10^15 sen, ten trillion rupiah.
const maxAmount = 1_000_000_000_000_000

const amountHint = "write the amount as 500000 or 500.000, and sen after a comma with two digits: 500.000,00"

// ParseAmount reads an amount in rupiah as Indonesians write it:
//
//	500000   500.000   500.000,00   500000,00   Rp 500.000   Rp500.000,-
//
// Dots group thousands and nothing else, the comma starts the sen and nothing
// else, and there are two sen digits or none (",-" says none). What a reader of
// another habit could take for another amount is refused with ErrAmbiguous, and
// the error says both amounts; what is no amount, is zero or negative, or is
// more than 10^15 sen, with ErrAmount; an empty text with ErrRequired.
func ParseAmount(s string) (ledger.Money, error) {
	body := strings.TrimSpace(s)
	if body == "" {
		return 0, &problem{ErrRequired, "the amount is missing", "every row needs an amount; delete the row if nothing is to be paid"}
	}
	body, currency := cutCurrency(body)
	if body == "" {
		return 0, &problem{ErrAmount, "there is a currency and no amount", amountHint}
	}
	if err := checkAmountText(body, currency); err != nil {
		return 0, err
	}
	whole, sen, hasSen := strings.Cut(body, ",")
	if hasSen && sen == "-" {
		hasSen = false
	}
	digits, grouped := joinGroups(whole)
	switch {
	case !grouped, hasSen && !isDigits(sen), hasSen && len(sen) != 2:
		return 0, notIndonesian(body)
	case len(digits) > 1 && digits[0] == '0':
		return 0, &problem{ErrAmount, "an amount does not begin with 0: this may be an account number or a shortened figure", amountHint}
	case len(digits) > 14:
		return 0, tooLarge()
	}
	return sum(digits, sen, hasSen)
}

// sum makes the amount of checked digits: at most 14 for the rupiah and, with
// hasSen, two for the sen.
func sum(whole, sen string, hasSen bool) (ledger.Money, error) {
	var n int64
	for i := range len(whole) {
		n = n*10 + int64(whole[i]-'0')
	}
	n *= 100
	if hasSen {
		n += int64(sen[0]-'0')*10 + int64(sen[1]-'0')
	}
	switch {
	case n == 0:
		return 0, &problem{ErrAmount, "the amount is zero", "delete the row if nothing is to be paid"}
	case n > maxAmount:
		return 0, tooLarge()
	}
	return ledger.Money(n), nil
}

func tooLarge() error {
	return &problem{ErrAmount, "the amount is larger than " + ledger.Money(maxAmount).String(), "look whether an account number stands in the amount column"}
}

// cutCurrency takes Rp, Rp. or IDR off the front.
func cutCurrency(s string) (rest string, cut bool) {
	for _, mark := range [...]string{"rp.", "rp", "idr"} {
		if len(s) >= len(mark) && strings.EqualFold(s[:len(mark)], mark) {
			return strings.TrimSpace(s[len(mark):]), true
		}
	}
	return s, false
}

// checkAmountText refuses whatever is not digits, dots and a comma, in the words
// that fit what is there instead.
func checkAmountText(s string, currency bool) error {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9', c == '.', c == ',':
			continue
		case c == '-' && i > 0 && i == len(s)-1 && s[i-1] == ',':
			continue
		}
		r, _ := utf8.DecodeRuneInString(s[i:])
		switch {
		case i == 0 && (r == '-' || r == '−' || r == '('):
			return &problem{ErrAmount, "the amount is negative", "a wage is more than zero; corrections are not made in a wage sheet"}
		case (c == 'e' || c == 'E') && i > 0:
			return &problem{ErrAmount, "the amount is in scientific notation, which hides digits", "format the column as a number without decimals, and save the file again"}
		case unicode.IsSpace(r):
			return &problem{ErrAmount, "there is a space inside the amount", amountHint}
		case unicode.IsDigit(r):
			return &problem{ErrAmount, fmt.Sprintf("%q is not one of the digits 0 to 9", r), amountHint}
		case currency && i == 0 || !unicode.IsLetter(r):
			return &problem{ErrAmount, fmt.Sprintf("%q does not belong in an amount", r), amountHint}
		}
		return &problem{ErrAmount, "this is not an amount", amountHint}
	}
	return nil
}

// joinGroups returns the digits of 500000 or 500.000; ok is false when the dots
// do not stand before every three digits from the right.
func joinGroups(s string) (digits string, ok bool) {
	dot := strings.IndexByte(s, '.')
	if dot < 0 {
		return s, s != ""
	}
	if dot == 0 || dot > 3 || (len(s)-dot)%4 != 0 {
		return "", false
	}
	var joined [32]byte
	out := append(joined[:0], s[:dot]...)
	for i := dot; i < len(s); i += 4 {
		if s[i] != '.' || !isDigits(s[i+1:i+4]) {
			return "", false
		}
		out = append(out, s[i+1:i+4]...)
	}
	return string(out), true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// notIndonesian says what an amount with dots and commas in other places could
// mean: with either sign as the decimal one, and without any.
func notIndonesian(s string) error {
	s = strings.TrimSuffix(s, ",-")
	var readings []string
	add := func(whole, sen string) {
		for len(sen) < 2 {
			sen += "0"
		}
		whole = strings.TrimLeft(whole, "0")
		if whole == "" {
			whole = "0"
		}
		if len(whole) > 14 || len(sen) != 2 {
			return
		}
		m, err := sum(whole, sen, true)
		if err != nil {
			return
		}
		for _, r := range readings {
			if r == m.String() {
				return
			}
		}
		readings = append(readings, m.String())
	}
	separators := strings.NewReplacer(".", "", ",", "")
	plain := separators.Replace(s)
	last := strings.LastIndexAny(s, ".,")
	if last < 0 {
		return &problem{ErrAmount, "this is not an amount", amountHint}
	}
	tail := s[last+1:]
	alone := strings.Count(s, s[last:last+1]) == 1
	if len(tail) == 3 || !alone {
		add(plain, "")
	}
	if alone && isDigits(tail) && isDigits(plain) {
		whole := separators.Replace(s[:last])
		if len(tail) == 3 {
			// 500,000 as five hundred and some thousandths.
			add(whole, strings.TrimRight(tail, "0"))
		} else if len(tail) < 3 {
			add(whole, tail)
			add(plain, "")
		}
	}
	switch len(readings) {
	case 0:
		return &problem{ErrAmount, "the dots and commas do not stand where an amount has them", amountHint}
	case 1:
		return &problem{ErrAmbiguous, "the dots and commas do not stand where an amount has them: is it " + readings[0] + "?", amountHint}
	}
	return &problem{ErrAmbiguous, "this can be read in two ways: " + strings.Join(readings, " or "), amountHint}
}
