package credentials

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"unicode/utf8"
)

// placeholder is all that a secret ever shows.
const placeholder = "(secret)"

// Secret is a password or a passphrase. The zero Secret is none at all.
//
// The text is inside a closure: printing walks through fields, even those of
// other packages and without asking their methods, and stops at functions.
type Secret struct {
	lend func() string
}

func secretOf(plain string) Secret { return Secret{func() string { return plain }} }

// Empty reports whether there is no secret.
func (s Secret) Empty() bool { return s.lend == nil }

// Use lends the text to a function that logs in with it, and returns what that
// returns. Without a secret the function is given an empty text.
func (s Secret) Use(login func(plain string) error) error {
	if s.lend == nil {
		return login("")
	}
	return login(s.lend())
}

// String returns a placeholder.
func (s Secret) String() string { return placeholder }

// GoString returns a placeholder.
func (s Secret) GoString() string { return placeholder }

// Format writes a placeholder for every verb.
func (s Secret) Format(f fmt.State, _ rune) {
	// Nobody hears of an error here: fmt has no way to report one.
	_, _ = io.WriteString(f, placeholder)
}

// LogValue returns a placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(placeholder) }

// MarshalText returns a placeholder; JSON, YAML and XML use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(placeholder), nil }

// Password reads a secret from the first and only line of a file. The newline
// at its end is cut off; spaces belong to the secret.
func Password(path string) (Secret, error) {
	return password(path, "password file")
}

func password(path, noun string) (Secret, error) {
	f, err := read(path, noun)
	if err != nil {
		return Secret{}, err
	}
	if err := f.private(); err != nil {
		return Secret{}, err
	}
	plain := bytes.TrimSuffix(f.data, []byte("\n"))
	plain = bytes.TrimSuffix(plain, []byte("\r"))
	switch {
	case len(plain) == 0:
		err = errors.New("is empty")
	case bytes.ContainsAny(plain, "\r\n\x00"):
		err = errors.New("has more than one line")
	case !utf8.Valid(plain) || bytes.HasPrefix(plain, []byte("\ufeff")):
		err = errors.New("is not plain UTF-8 text")
	}
	if err != nil {
		return Secret{}, &Error{path, fmt.Errorf("%s: %w", noun, err), "write the " + noun[:len(noun)-len(" file")] + " and nothing else into the file, on one line"}
	}
	return secretOf(string(plain)), nil
}
