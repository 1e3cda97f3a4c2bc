package formats

import (
	"errors"
	"strconv"
	"strings"
)

// What can be wrong with a file. Every [Error] wraps one of these.
var (
	// ErrLength: a line is shorter or longer than its record.
	ErrLength = errors.New("wrong length")
	// ErrLineEnd: a line ends otherwise than the layout says.
	ErrLineEnd = errors.New("wrong line end")
	// ErrCharset: a byte is outside the field's character set.
	ErrCharset = errors.New("character not allowed")
	// ErrNumber: a numeric field holds something else than digits.
	ErrNumber = errors.New("not a number")
	// ErrDate: a date or time that does not exist.
	ErrDate = errors.New("not a date")
	// ErrConstant: a constant or a filler holds something else.
	ErrConstant = errors.New("not the constant of the layout")
	// ErrCode: a value that is not in the field's code list.
	ErrCode = errors.New("not in the code list")
	// ErrAlign: a value that is padded on the wrong side.
	ErrAlign = errors.New("wrong alignment")
	// ErrRequired: a field that must have a value has none.
	ErrRequired = errors.New("value missing")
	// ErrRecordType: a line that is none of the layout's records.
	ErrRecordType = errors.New("unknown record type")
	// ErrStructure: a record that is out of place, or missing.
	ErrStructure = errors.New("record out of place")
	// ErrTruncated: the file ends before its structure is complete.
	ErrTruncated = errors.New("file cut short")
	// ErrControl: a count, sum or hash disagrees with the records.
	ErrControl = errors.New("control total disagrees")
	// ErrSequence: a running number disagrees.
	ErrSequence = errors.New("running number disagrees")
	// ErrCopy: a value differs from that of the record which it repeats.
	ErrCopy = errors.New("differs from what it repeats")
	// ErrTolerated: a warning: something that the layout tolerates.
	ErrTolerated = errors.New("tolerated")
	// ErrPicture: a text that has not the shape that the layout draws.
	ErrPicture = errors.New("wrong shape")
	// ErrCheckDigit: a check digit disagrees with what it is over.
	ErrCheckDigit = errors.New("wrong check digit")
	// ErrOverflow: a value does not fit into its field.
	ErrOverflow = errors.New("value does not fit")
)

// Error is one thing that is wrong with a file, and where. Line, Record,
// From and To count from 1; From and To are byte columns, both inclusive.
// What is not known is zero.
type Error struct {
	File       string
	Line       int
	Record     int
	RecordType string
	Field      string
	From, To   int
	Value      string // what was found, as it stands in the file
	Expected   string // what should stand there, where that can be said
	Detail     Text   // what exactly is wrong, where the sentinel alone does not say
	Err        error  // one of the sentinels of this package
}

// maxShown bounds how much of a value a message shows: the values come from
// files that may be hostile.
const maxShown = 60

// Error says where, what was found, what is wrong, and what was expected:
//
//	PWK0001-01.STL line 17, record 17 (D), field amount, columns 65-81: "00000x": not a number
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.place())
	if e.Value != "" && !errors.Is(e.Err, ErrLength) {
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(quote(e.Value))
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.message())
	return b.String()
}

// place is the part of the message before the first colon.
func (e *Error) place() string {
	var parts []string
	if e.Line > 0 {
		parts = append(parts, "line "+strconv.Itoa(e.Line))
	}
	if e.Record > 0 {
		s := "record " + strconv.Itoa(e.Record)
		if e.RecordType != "" {
			s += " (" + e.RecordType + ")"
		}
		parts = append(parts, s)
	} else if e.RecordType != "" {
		parts = append(parts, "record "+e.RecordType)
	}
	if e.Field != "" {
		parts = append(parts, "field "+e.Field)
	}
	if e.From > 0 {
		parts = append(parts, columns(e.From, e.To))
	}
	place := strings.Join(parts, ", ")
	if e.File == "" {
		return place
	}
	if place == "" {
		return e.File
	}
	return e.File + " " + place
}

// columns is "column 3" or "columns 3-7".
func columns(from, to int) string {
	if to <= from {
		return "column " + strconv.Itoa(from)
	}
	return "columns " + strconv.Itoa(from) + "-" + strconv.Itoa(to)
}

// message is what is wrong, without the place and the value.
func (e *Error) message() string {
	s := "error"
	if e.Err != nil {
		s = e.Err.Error()
	}
	if e.Detail.EN != "" {
		s += ": " + e.Detail.EN
	}
	if e.Expected != "" && !errors.Is(e.Err, ErrLength) {
		s += ", expected " + quote(e.Expected)
	}
	return s
}

// Message is what is wrong, in both languages: with the field and the value, and
// without the place in the file.
func (e *Error) Message() Text {
	about := ""
	if e.Field != "" {
		about = e.Field
	}
	if e.Value != "" && !errors.Is(e.Err, ErrLength) {
		about = strings.TrimSpace(about + " " + quote(e.Value))
	}
	if about != "" {
		about += ": "
	}
	return Text{ID: about + wordsIn("id").fault(e), EN: about + e.message()}
}

// Unwrap returns the sentinel.
func (e *Error) Unwrap() error { return e.Err }

// Hint says in one sentence what a person can do about it.
func (e *Error) Hint() string {
	for _, h := range hints {
		if errors.Is(e.Err, h.err) {
			return h.hint
		}
	}
	return "Look at the place with `bekal file inspect`."
}

var hints = []struct {
	err  error
	hint string
}{
	{ErrLength, "Fetch the file again in binary mode; if it is still wrong, ask whoever made it to make it anew: never edit it by hand."},
	{ErrLineEnd, "The file was probably carried in text mode; fetch it again in binary mode."},
	{ErrCharset, "The file is not in the character set of the layout; ask for it without accents, tabs and other special characters."},
	{ErrNumber, "Numbers are digits, right-aligned and padded as the layout says; ask whoever made the file to correct the record."},
	{ErrDate, "Check the date with whoever made the file; the layout says how dates and times are written, yyyyMMdd and yyyyMMddHHmmss where it says nothing."},
	{ErrConstant, "The file may follow another layout or another version of it; try `bekal file inspect --layout NAME`."},
	{ErrCode, "If the code is new, ask the bank what it means and add it to the layout's code list."},
	{ErrAlign, "Text stands left and is padded with spaces, where the layout says nothing else; ask whoever made the file to correct the record."},
	{ErrRequired, "Ask whoever made the file for the missing value."},
	{ErrRecordType, "The line belongs to no record of this layout; check that the file follows it, or choose another with --layout."},
	{ErrStructure, "Records are missing, repeated or in the wrong order; fetch the file again, or ask for a new one."},
	{ErrTruncated, "The file was cut off on its way; fetch it again and compare its size with the original."},
	{ErrControl, "The file's totals do not agree with its records, so records may be missing or altered; ask for a new file."},
	{ErrSequence, "A record may be missing or repeated; ask for a new file."},
	{ErrCopy, "The two records do not belong together, or one of them was altered; ask for a new file."},
	{ErrTolerated, "The layout's `tolerate` accepts it; ask whoever makes the files to write them strictly."},
	{ErrPicture, "The value has a fixed shape, in which 9 is a digit and A an upper-case letter; check it with whoever made the file."},
	{ErrCheckDigit, "A digit was probably mistyped; check the number with whoever gave it, and never correct the check digit alone."},
	{ErrOverflow, "The value is too long for its field; shorten it or split it."},
}

// quote shows a value that may hold anything, in bounded length.
func quote(s string) string {
	if len(s) > maxShown {
		return strconv.Quote(s[:maxShown]) + "..."
	}
	return strconv.Quote(s)
}

// Errors is what was found wrong, in the order of the file. More counts what
// was found beyond the bound of the list.
type Errors struct {
	List []*Error
	More int
}

// Error lists everything, a line each.
func (e *Errors) Error() string {
	var b strings.Builder
	for i, one := range e.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(one.Error())
	}
	if e.More > 0 {
		if len(e.List) > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("and " + strconv.Itoa(e.More) + " more")
	}
	return b.String()
}

// Unwrap returns the errors of the list, for errors.Is and errors.As.
func (e *Errors) Unwrap() []error {
	out := make([]error, len(e.List))
	for i, one := range e.List {
		out[i] = one
	}
	return out
}

// Hint is the hint of the first error.
func (e *Errors) Hint() string {
	if len(e.List) == 0 {
		return ""
	}
	return e.List[0].Hint()
}
