package sftp

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden is what every printed Secret looks like.
const hidden = "(hidden)"

// Secret is a text that is never shown: whichever way it is printed, logged or
// encoded, only a placeholder appears. Convert it with string(s) to use it, and
// keep it out of unexported fields and map keys, where no method is asked.
type Secret string

// String implements fmt.Stringer.
func (Secret) String() string { return hidden }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return hidden }

// Format implements fmt.Formatter, so that odd verbs such as %d don't show the
// text either.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements encoding.TextMarshaler, for encoders other than JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON implements json.Marshaler.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
