package gateway

import (
	"bytes"

	"bekal/reconcile/ledger"
)

// An account has ledger.AccountDigits digits in the books, with zeros in front
// of a shorter one. A bank's files may have more room, or less.

// accountAsSent is an account as a field of a length carries it: without the
// zeros in front for which there is no room.
func accountAsSent[T ~string | ~[]byte](account T, length int) T {
	for len(account) > length && account[0] == '0' {
		account = account[1:]
	}
	return account
}

// appendAccount appends an account that a bank wrote as the books have it. What
// is no number stays as it is.
func appendAccount(dst, account []byte) []byte {
	if bytes.ContainsFunc(account, func(r rune) bool { return r < '0' || r > '9' }) {
		return append(dst, account...)
	}
	account = accountAsSent(account, ledger.AccountDigits)
	if len(account) > 0 {
		for range ledger.AccountDigits - len(account) {
			dst = append(dst, '0')
		}
	}
	return append(dst, account...)
}
