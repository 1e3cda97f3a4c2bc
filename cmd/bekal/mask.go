package main

import (
	"log/slog"
	"regexp"
	"strings"
)

// longNumber finds digits that stand alone and are long enough for an account.
// References hold letters as well, amounts and dates are shorter.
var longNumber = regexp.MustCompile(`\b[0-9]{10,}\b`)

// maskAccounts masks whatever could be an account number in a record of the
// log, wherever in it: also inside an error that quotes a bank's file.
func maskAccounts(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(maskNumbers(v))
	case error:
		a.Value = slog.StringValue(maskNumbers(v.Error()))
	}
	return a
}

func maskNumbers(s string) string {
	return longNumber.ReplaceAllStringFunc(s, func(n string) string { return strings.Repeat("*", len(n)-4) + n[len(n)-4:] })
}
