package intake

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"bekal/formats"
	"bekal/reconcile/ledger"

	"golang.org/x/text/unicode/norm"
)

const (
	maxID       = 32  // bytes
	maxRegister = 40  // characters
	maxName     = 100 // characters
	maxRemark   = 100 // characters
)

// kind is how a cell holds its value.
type kind uint8

const (
	kindText    kind = iota
	kindNumber       // a number of a workbook, in text as stored
	kindBoolean      // TRUE or FALSE
	kindError        // #N/A and its like
	kindPending      // a formula without a stored result
)

// cell is one value of a row.
type cell struct {
	text string
	kind kind
}

func (c cell) blank() bool {
	return c.kind != kindPending && strings.TrimSpace(c.text) == ""
}

// word returns the trimmed text of a cell that must hold text. A number stands
// for its digits, since people type ids and register numbers into cells that
// are not formatted as text.
func word(c cell, plain bool) (string, error) {
	switch c.kind {
	case kindBoolean:
		return "", &problem{ErrCell, "the cell holds TRUE or FALSE (1 or 0)", "type the value again into a cell formatted as text"}
	case kindError:
		return "", &problem{ErrCell, "the cell shows an error of the spreadsheet", "correct the formula in this cell, or type the value"}
	case kindPending:
		return "", &problem{ErrCell, "the cell holds a formula whose result is not stored", "open the workbook in a spreadsheet program and save it again"}
	case kindNumber:
		n, ok := parseNumber(c.text)
		if !ok {
			return "", &problem{ErrCell, "the cell does not hold a number that can be read", "type the value again into a cell formatted as text"}
		}
		return n.text(), nil
	}
	if !plain {
		if err := checkText(c.text); err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(c.text), nil
}

const utf8Hint = `save the file again as "CSV UTF-8 (Comma delimited)", or as an Excel workbook (.xlsx)`

// checkText refuses what can't be seen or was not written as UTF-8.
func checkText(s string) error {
	for i, r := range s {
		switch {
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(s[i:]); size <= 1 {
				return &problem{ErrEncoding, fmt.Sprintf("the byte %02X is not UTF-8 text", s[i]), utf8Hint}
			}
			return &problem{ErrEncoding, "a character was lost when the file was converted to UTF-8", "type the value again, and " + utf8Hint}
		case r == '\n' || r == '\r':
			return &problem{ErrControl, "there is a line break inside the value", "write the value on one line"}
		case unicode.IsControl(r):
			return &problem{ErrControl, fmt.Sprintf("there is a control character (U+%04X) inside the value", r), "type the value again instead of pasting it"}
		case !unicode.IsPrint(r) && !unicode.IsSpace(r):
			return &problem{ErrControl, fmt.Sprintf("there is an invisible character (U+%04X) inside the value", r), "type the value again instead of pasting it"}
		}
	}
	return nil
}

func beneficiaryID(c cell, plain bool) (string, error) {
	s, err := word(c, plain)
	if err != nil {
		return "", err
	}
	if s == "" {
		return "", &problem{ErrRequired, "the beneficiary id is missing", "every row below the column names is one beneficiary: delete rows of totals, notes and signatures"}
	}
	if len(s) > maxID {
		return "", &problem{ErrValue, fmt.Sprintf("the beneficiary id is longer than %d characters", maxID), "use the beneficiary id of the roster"}
	}
	for _, r := range s {
		if !isIDRune(r) {
			return "", &problem{ErrValue, fmt.Sprintf("%q does not belong in a beneficiary id", r), "a beneficiary id has letters, digits, and . _ / - only"}
		}
	}
	if c.kind == kindNumber {
		return wholeNumber(c, "this number is not a beneficiary id", "use the beneficiary id of the roster")
	}
	return s, nil
}

// wholeNumber returns the digits of a numeric cell that is to be a name of
// something and not a quantity.
func wholeNumber(c cell, otherwise, hint string) (string, error) {
	n, _ := parseNumber(c.text)
	digits, ok := n.integer()
	switch {
	case ok:
		return digits, nil
	case n.fraction == "" && !n.negative:
		return "", &problem{ErrShortened, "a spreadsheet keeps 15 digits of a number: the rest is lost", "format the column as text, and type the number again"}
	}
	return "", &problem{ErrValue, otherwise, hint}
}

func isIDRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '.' || r == '_' || r == '/' || r == '-'
}

func personName(c cell, plain bool) (string, error) {
	s, err := word(c, plain)
	if err != nil {
		return "", err
	}
	s = tidy(s)
	if !plain {
		s = norm.NFC.String(s)
	}
	switch {
	case s == "":
		return "", &problem{ErrRequired, "the name is missing", "write the name as the bank knows it"}
	case utf8.RuneCountInString(s) > maxName:
		return "", &problem{ErrValue, fmt.Sprintf("the name is longer than %d characters", maxName), "write the name as the bank knows it"}
	case strings.IndexFunc(s, unicode.IsLetter) < 0:
		return "", &problem{ErrValue, "there is no letter in the name", "look whether the columns stand under the right column names"}
	case !plain && strings.IndexFunc(formats.Fold(s), unicode.IsLetter) < 0:
		// It would stop the night: a transfer file cannot carry an empty name.
		return "", &problem{ErrValue, "no letter of the name can stand in a bank's file", "write the name in Latin letters, as the passbook has it"}
	}
	return s, nil
}

func registerNumber(c cell, plain bool) (string, error) {
	return bounded(c, plain, maxRegister, "the register number")
}

func remark(c cell, plain bool) (string, error) {
	return bounded(c, plain, maxRemark, "the remark")
}

func bounded(c cell, plain bool, limit int, what string) (string, error) {
	s, err := word(c, plain)
	if err != nil {
		return "", err
	}
	s = tidy(s)
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		return "", &problem{ErrValue, fmt.Sprintf("%s is longer than %d characters", what, limit), "shorten it"}
	}
	return s, nil
}

func wageAmount(c cell, plain bool) (ledger.Money, error) {
	s, err := word(c, plain)
	if err != nil {
		return 0, err
	}
	if c.kind == kindNumber {
		n, _ := parseNumber(c.text)
		return n.amount()
	}
	return ParseAmount(s)
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
