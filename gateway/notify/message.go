package notify

import (
	"regexp"
	"strings"
	"unicode"
)

// The levels of a message.
const (
	LevelInfo  = "info"
	LevelWarn  = "warn"
	LevelError = "error"
)

// Message is what people are told.
type Message struct {
	Subject  string `json:"subject"` // one line
	Body     string `json:"body"`    // plain text, lines ended by \n
	Level    string `json:"level"`   // LevelInfo, LevelWarn or LevelError
	Night    string `json:"night"`   // the night's id
	Facility string `json:"facility"`
	Outcome  string `json:"outcome"` // such as ran, degraded or failed
}

// maxSubject is the longest subject in characters.
const maxSubject = 200

// outgoing returns the message as it may leave the house: account numbers
// masked, and what must be one line on one line.
func (m Message) outgoing() Message {
	return Message{
		Subject:  mask(oneLine(m.Subject)),
		Body:     mask(strings.ToValidUTF8(strings.ReplaceAll(m.Body, "\r\n", "\n"), "\ufffd")),
		Level:    oneLine(m.Level),
		Night:    oneLine(m.Night),
		Facility: oneLine(m.Facility),
		Outcome:  oneLine(m.Outcome),
	}
}

// oneLine makes a header of a text: a line break in a subject would begin a
// header of whoever wrote it.
func oneLine(s string) string {
	s = flat(s)
	if r := []rune(s); len(r) > maxSubject {
		s = string(r[:maxSubject-1]) + "…"
	}
	return s
}

// flat turns line breaks and other control characters into single spaces.
func flat(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// number finds digits that stand alone and are long enough for an account.
// Dates and most amounts are shorter; references hold letters as well.
var number = regexp.MustCompile(`\b[0-9]{10,}\b`)

func mask(s string) string {
	return number.ReplaceAllStringFunc(s, func(n string) string {
		return strings.Repeat("*", len(n)-4) + n[len(n)-4:]
	})
}
