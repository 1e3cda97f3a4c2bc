package intake

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
)

// What can be wrong; every Error wraps one of these, unless the sink supplied it.
var (
	ErrFormat    = errors.New("not a file that can be read")    // neither CSV nor XLSX, damaged, protected, too large, a line without end
	ErrEncoding  = errors.New("not UTF-8")                      // bytes that are no UTF-8 text
	ErrControl   = errors.New("control character")              // NUL, line break or invisible character inside a value
	ErrQuote     = errors.New("quotation marks")                // not closed, or inside an unquoted field
	ErrFields    = errors.New("wrong number of fields")         // other than the header has
	ErrColumn    = errors.New("columns")                        // no header, one missing, two that mean the same
	ErrRequired  = errors.New("required")                       // an empty value
	ErrValue     = errors.New("not a valid value")              // of an id, name, register number, account or remark
	ErrShortened = errors.New("shortened by a spreadsheet")     // 1.23457E+14
	ErrCell      = errors.New("cell without a usable value")    // #N/A, TRUE, a formula nobody has calculated
	ErrAmount    = errors.New("not an amount")                  // no amount at all
	ErrAmbiguous = errors.New("ambiguous amount")               // an amount that can be read in two ways
	ErrDuplicate = errors.New("duplicate")                      // the same beneficiary or account twice
	ErrNotListed = errors.New("not on the roster")              // a beneficiary that the approved roster doesn't hold
	ErrDiffers   = errors.New("differs from the roster")        // name or account
	ErrDeclared  = errors.New("differs from what was declared") // count or total
	ErrNothing   = errors.New("no rows")                        // a header and nothing below it
)

// hinter is an error that knows what a person can do about it.
type hinter interface{ Hint() string }

// Error is one problem at one place of a file.
type Error struct {
	File   string
	Sheet  string // of a workbook
	Row    int    // from 1, as a spreadsheet or editor counts; 0 when it is the file as a whole
	Column string // the column's name as it stands in the file
	Cell   string // of a workbook, such as "D17"
	Value  string // what stands there
	Err    error
}

// place names the position inside the file.
func (e *Error) place() string {
	var b strings.Builder
	sep := ""
	add := func(format string, args ...any) {
		b.WriteString(sep)
		fmt.Fprintf(&b, format, args...)
		sep = ", "
	}
	if e.Sheet != "" {
		add("sheet %s", e.Sheet)
	}
	if e.Row > 0 {
		add("row %d", e.Row)
	}
	if e.Column != "" {
		add("column %s", e.Column)
	}
	if e.Cell != "" {
		if e.Column != "" {
			fmt.Fprintf(&b, " (cell %s)", e.Cell)
		} else {
			add("cell %s", e.Cell)
		}
	}
	return b.String()
}

// message is the error without its file.
func (e *Error) message() string {
	out := e.place()
	if out != "" {
		out += ": "
	}
	if e.Value != "" {
		out += quoted(e.Value) + ": "
	}
	return out + e.Err.Error()
}

// Error says file, place, value and problem. Account numbers are in it, in full.
func (e *Error) Error() string {
	m := e.message()
	if e.Sheet == "" && e.Row == 0 && e.Column == "" && e.Cell == "" {
		return e.File + ": " + m
	}
	return e.File + " " + m
}

// Unwrap returns the problem without its place.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do, in one sentence; empty when there is nothing to say.
func (e *Error) Hint() string {
	var h hinter
	if errors.As(e.Err, &h) {
		return h.Hint()
	}
	return ""
}

// LogValue gives a log the place and nothing of what stands there: values are
// people's names and accounts.
func (e *Error) LogValue() slog.Value {
	return slog.StringValue(strings.TrimSpace(e.File + " " + e.place()))
}

// Errors is everything that is wrong with one file, in file order, what concerns
// the whole file last. Nothing of such a file may be kept.
type Errors struct {
	List []*Error
	More int // found beyond the bound of List
}

// Error lists all problems, a line each, and below a problem what to do about
// it, where that has not been said before.
func (e *Errors) Error() string {
	if len(e.List) == 0 {
		return fmt.Sprintf("%d problems", e.More)
	}
	if len(e.List) == 1 && e.More == 0 {
		return e.List[0].Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d problems; nothing is imported", e.List[0].File, len(e.List)+e.More)
	said := map[string]bool{}
	for _, one := range e.List {
		b.WriteString("\n  " + one.message())
		if h := one.Hint(); h != "" && !said[h] {
			said[h] = true
			b.WriteString("\n      " + h)
		}
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n  and %d more", e.More)
	}
	return b.String()
}

// Unwrap returns the listed errors.
func (e *Errors) Unwrap() []error {
	out := make([]error, len(e.List))
	for i, one := range e.List {
		out[i] = one
	}
	return out
}

// Hint says what to do next with the file as a whole.
func (e *Errors) Hint() string {
	if len(e.List) == 1 && e.More == 0 {
		return e.List[0].Hint()
	}
	return "correct these rows in the file and import it again; nothing of it has been imported"
}

// LogValue gives a log the file and the number of problems only.
func (e *Errors) LogValue() slog.Value {
	if len(e.List) == 0 {
		return slog.StringValue("problems: " + strconv.Itoa(e.More))
	}
	return slog.StringValue(fmt.Sprintf("%s: %d problems", e.List[0].File, len(e.List)+e.More))
}
