package notify

import (
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
		Subject:  Mask(oneLine(m.Subject)),
		Body:     Mask(lines(m.Body)),
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

// lines keeps line breaks and tabs of a body, and no other control character: it
// may quote a file's name or a server's words, and is read on a terminal.
func lines(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\ufffd"))
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
