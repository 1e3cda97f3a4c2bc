package configs

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

const rupiahHint = `write it as "Rp 5.000.000", with dots between the thousands`

// rupiahForm is the only way to write an amount here. A cap that is read as a
// thousandth of what was meant stops the nights; a thousandfold stops nothing.
var rupiahForm = regexp.MustCompile(`^Rp ([1-9][0-9]{0,2}(?:\.[0-9]{3})*)(?:,([0-9]{2}))?$`)

// errRupiah says that a text is not an amount.
type errRupiah struct{ text, why string }

func (e errRupiah) Error() string { return strconv.Quote(e.text) + " " + e.why }
func (e errRupiah) Hint() string  { return rupiahHint }

// ParseRupiah returns the sen of an amount such as "Rp 5.000.000" or
// "Rp 5.000.000,50". Every other form is an error with a hint.
func ParseRupiah(text string) (int64, error) {
	m := rupiahForm.FindStringSubmatch(text)
	if m == nil {
		return 0, errRupiah{text, "is not an amount"}
	}
	digits := strings.ReplaceAll(m[1], ".", "") + m[2]
	if m[2] == "" {
		digits += "00"
	}
	sen, err := strconv.ParseInt(digits, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, errRupiah{text, "is too large"}
	}
	return sen, err
}
