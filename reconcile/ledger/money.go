package ledger

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// Money is an amount in sen, the minor unit of the rupiah (1 rupiah = 100 sen).
// It is the only representation of an amount in Bekal: there are no floats.
type Money int64

// MaxAmount is the most that the books take a payment of a bank's file for, ten
// times the largest wage there can be: what a damaged file states beyond it ties
// with nothing all the same. MaxEntry is the most that one entry of the journal
// may move. Nothing in the books can be taken back, and one sum that is larger
// than a number can be would be the end of every report.
const (
	MaxAmount Money = 10_000_000_000_000_000
	MaxEntry        = 10 * MaxAmount
)

// ErrBeyond says that an amount is larger than the books can hold.
var ErrBeyond = errors.New("is more than the books can hold")

// Rupiah returns the amount of n whole rupiah. It fails when the amount does
// not fit.
func Rupiah(n int64) (Money, error) {
	if n > math.MaxInt64/100 || n < math.MinInt64/100 {
		return 0, fmt.Errorf("amount %d rupiah: too large", n)
	}
	return Money(n * 100), nil
}

// String writes the amount as Indonesians write it: Rp 1.234.567,00, with the
// minus sign in front of the figure.
func (m Money) String() string { return "Rp " + m.Figure() }

// Figure is String without the currency: 1.234.567,00.
func (m Money) Figure() string {
	// The magnitude is taken as unsigned, so that the smallest int64 prints too.
	mag := uint64(m)
	sign := ""
	if m < 0 {
		mag = -mag
		sign = "-"
	}
	whole := strconv.FormatUint(mag/100, 10)
	out := make([]byte, 0, len(sign)+len(whole)+len(whole)/3+3)
	out = append(out, sign...)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out = append(out, '.')
		}
		out = append(out, whole[i])
	}
	return string(append(out, ',', byte('0'+mag%100/10), byte('0'+mag%10)))
}
