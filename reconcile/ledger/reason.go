package ledger

import (
	"errors"
	"strings"
	"unicode"
)

// ErrNoReason says that somebody decides and does not say why.
var ErrNoReason = errors.New("no reason is given: who looks at it later has to know why it was decided")

// reasoned is an error for a reason that says nothing.
func reasoned(reason string) error {
	if strings.ContainsFunc(reason, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return nil
	}
	return ErrNoReason
}
