package formats

import "fmt"

// Layout is a fixed-width format as it is written down: the data that
// [Layout.Compile] checks and turns into a [Plan]. It is usually read from
// YAML by [Parse]; the YAML key of each part is in its tag.
//
// A layout is plain data and is not to be changed once it is compiled.
type Layout struct {
	Name      string         `yaml:"layout"`
	Title     Text           `yaml:"title"`
	About     Text           `yaml:"about"`
	Currency  string         `yaml:"currency"` // of the amounts, ISO 4217; only for showing them
	Charset   string         `yaml:"charset"`  // of text fields that name none
	Line      LineLayout     `yaml:"line"`
	Tolerate  []Tolerance    `yaml:"tolerate"`
	Structure []Step         `yaml:"structure"`
	Codes     []CodeList     `yaml:"codes"`
	Records   []RecordLayout `yaml:"records"`

	file      string
	at        position
	steps     position // of the structure
	charsetAt position
}

// LineLayout says how records become lines.
type LineLayout struct {
	Length int     `yaml:"length"` // bytes of a record without its line end
	End    LineEnd `yaml:"end"`

	at position
}

// LineEnd is what ends a line.
type LineEnd string

// The line ends.
const (
	CRLF LineEnd = "crlf"
	LF   LineEnd = "lf"
)

// bytes of the line end.
func (e LineEnd) bytes() string {
	if e == LF {
		return "\n"
	}
	return "\r\n"
}

// Tolerance is something that a layout accepts when reading, though writing
// never produces it. What is not named is not tolerated.
type Tolerance string

// The tolerances.
const (
	// FinalLineEnd accepts a last record that is complete but has no line end.
	FinalLineEnd Tolerance = "final-line-end"
	// PrintableText accepts any printable ASCII, lower case too, in text fields.
	PrintableText Tolerance = "printable-text"
)

// Step is one step of a layout's structure: a record, and how often it may
// stand there. Max is Unbounded for any number.
type Step struct {
	Record   string
	Min, Max int
}

// Unbounded is the Max of a step that may repeat without end.
const Unbounded = 1<<31 - 1

// RecordLayout is one type of record.
type RecordLayout struct {
	Name   string        `yaml:"-"`
	Title  Text          `yaml:"title"`
	Match  []Match       `yaml:"match"`
	Fields []FieldLayout `yaml:"fields"`

	at position
}

// Match is one condition of a record's discriminator: the field holds one of
// the values. All conditions of a record must hold.
type Match struct {
	Field  string
	Values []string

	at position
}

// FieldLayout is one field: where it stands and what it holds.
type FieldLayout struct {
	Name     string    `yaml:"-"`
	Title    Text      `yaml:"title"`
	At       int       `yaml:"at"`  // first column, from 1
	Len      int       `yaml:"len"` // bytes
	Kind     Kind      `yaml:"kind"`
	Const    string    `yaml:"const"`
	Charset  string    `yaml:"charset"`
	Decimals int       `yaml:"decimals"` // implied decimals of an amount
	Format   string    `yaml:"format"`   // of a date or time
	Empty    Empty     `yaml:"empty"`
	Codes    string    `yaml:"codes"`
	Open     bool      `yaml:"open"` // values outside the code list are no error
	Compute  *Computed `yaml:"compute"`

	at position
}

// To is the last column of the field.
func (f *FieldLayout) To() int { return f.At + f.Len - 1 }

// Kind is what a field holds.
type Kind string

// The kinds of fields.
const (
	KindText   Kind = "text"   // left-aligned, padded with spaces
	KindDigits Kind = "digits" // an identifier of digits; leading zeros belong to it
	KindNumber Kind = "number" // right-aligned, padded with zeros
	KindAmount Kind = "amount" // a number of minor units, with implied decimals
	KindDate   Kind = "date"
	KindTime   Kind = "time"
	KindFiller Kind = "filler" // spaces
)

// Empty says how a field without a value looks; a field that says nothing
// must have one.
type Empty string

// The forms of an empty field.
const (
	EmptyNever  Empty = ""
	EmptyBlank  Empty = "blank"  // spaces
	EmptyZeros  Empty = "zeros"  // zeros
	EmptyEither Empty = "either" // read both, write zeros
)

// Computed says that a field's value follows from other records.
type Computed struct {
	Kind    ComputedKind
	Sources []Source // of a count: records; of a sum or hash: fields
	Where   *Where
	Modulus uint64 // of a hash; 0 means none
	First   int64  // of a sequence
	Scope   Scope

	at position
}

// ComputedKind is how a value is computed.
type ComputedKind string

// The computed values.
const (
	Count    ComputedKind = "count"
	Sum      ComputedKind = "sum"
	Hash     ComputedKind = "hash"
	Sequence ComputedKind = "sequence"
)

// Scope is the part of a file over which something is computed.
type Scope string

// ScopeFile is the whole file, the only scope so far.
const ScopeFile Scope = "file"

// Source is a record or a field of one.
type Source struct{ Record, Field string }

// Where filters the records that are counted or summed: those whose field
// holds a code of one of the classes.
type Where struct {
	Field   string
	Classes []string

	at position
}

// CodeList is a named list of codes.
type CodeList struct {
	Name  string
	Title Text
	List  []Code

	at position
}

// Code is one code of a list: what it means, to which class it belongs, and
// what to do next.
type Code struct {
	Value    string `yaml:"code"`
	Class    string `yaml:"class"`
	Meaning  Text   `yaml:"meaning"`
	NextStep Text   `yaml:"next"`

	at position
}

// Text is a text in Indonesian and English.
type Text struct {
	ID string `yaml:"id"`
	EN string `yaml:"en"`
}

// In returns the text in a language, "id" or "en", or in the other one when
// there is none.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" || t.ID == "" {
		return t.EN
	}
	return t.ID
}

// textf fills the same values into both languages.
func textf(id, en string, args ...any) Text {
	return Text{ID: fmt.Sprintf(id, args...), EN: fmt.Sprintf(en, args...)}
}

// position is a place in the YAML; zero for a layout made in Go.
type position struct{ line, column int }
