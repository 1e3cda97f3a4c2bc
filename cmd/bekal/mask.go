package main

import (
	"encoding/json"
	"fmt"
	"log/slog"

	"bekal/gateway/notify"
)

// maskAccounts masks whatever could be an account number in a record of the
// log, wherever in it: also inside an error that quotes a bank's file, and
// inside a value that is a list or more. What a terminal would obey is shown, since
// logs are read on one.
func maskAccounts(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(loggable(a.Value.String()))
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case error:
			a.Value = slog.StringValue(loggable(v.Error()))
		case []byte:
			a.Value = slog.StringValue(loggable(string(v)))
		default:
			// As the one handler would write it, and as the other.
			doc, _ := json.Marshal(v) // what is no JSON is not written as such
			for _, said := range []string{string(doc), fmt.Sprintf("%+v", v)} {
				if plain := loggable(said); plain != said {
					a.Value = slog.StringValue(plain)
					break
				}
			}
		}
	}
	return a
}

func loggable(s string) string { return shown(notify.Mask(s)) }
