package intake

import (
	"fmt"
	"strings"
)

const (
	minAccount  = 10 // digits
	accountSize = 15 // digits, after padding
)

const accountHint = "write the account as its 15 digits, in a column formatted as text"

// accountNumber reads an account: digits, with spaces and hyphens between them
// as on a passbook, padded with zeros on the left to 15.
func accountNumber(c cell, plain bool) (string, error) {
	s, err := word(c, plain)
	if err != nil {
		return "", err
	}
	if s == "" {
		return "", &problem{ErrRequired, "the account is missing", accountHint}
	}
	if c.kind == kindNumber {
		if s, err = wholeNumber(c, "this number is not an account", accountHint); err != nil {
			return "", err
		}
	}
	digits, err := accountDigits(s)
	if err != nil {
		return "", err
	}
	switch {
	case len(digits) < minAccount:
		return "", &problem{ErrValue, fmt.Sprintf("the account has %s; it needs at least %d", counted(len(digits), "digit"), minAccount), accountHint}
	case len(digits) > accountSize:
		return "", &problem{ErrValue, fmt.Sprintf("the account has %d digits; it may have %d", len(digits), accountSize), accountHint}
	case strings.Trim(digits, "0") == "":
		return "", &problem{ErrValue, "the account is all zeros", accountHint}
	case len(digits) < accountSize:
		digits = "000000000000000"[:accountSize-len(digits)] + digits
	}
	return digits, nil
}

// accountDigits takes the spaces and hyphens out from between the digits.
func accountDigits(s string) (string, error) {
	if isDigits(s) {
		return s, nil
	}
	if looksScientific(s) {
		return "", &problem{ErrShortened, "the spreadsheet has shortened the account, and its last digits are lost",
			"format the column as text in the spreadsheet, type the accounts again, and save the file again"}
	}
	out := make([]byte, 0, len(s))
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			out = append(out, byte(r))
		case (r == ' ' || r == '-') && i > 0 && i < len(s)-1:
		default:
			return "", &problem{ErrValue, fmt.Sprintf("%q does not belong in an account", r), accountHint}
		}
	}
	return string(out), nil
}

// looksScientific knows 1.23457E+14, with a dot or a comma.
func looksScientific(s string) bool {
	i := strings.IndexAny(s, "eE")
	if i < 1 || i == len(s)-1 {
		return false
	}
	mantissa := strings.Replace(strings.Replace(s[:i], ".", "", 1), ",", "", 1)
	return isDigits(mantissa) && isDigits(strings.TrimLeft(s[i+1:], "+-"))
}
