package formats

import "fmt"

// Layout is a fixed-width format as it is written down: the data that
// [Layout.Compile] checks and turns into a [Plan]. It is usually read from
// YAML by [Parse]; the YAML key of each part is in its tag.
//
// A layout is plain data and is not to be changed once it is compiled.
type Layout struct {
	Name      string          `yaml:"layout"`
	Title     Text            `yaml:"title"`
	About     Text            `yaml:"about"`
	Currency  string          `yaml:"currency"` // of the amounts, ISO 4217; only for showing them
	Charset   string          `yaml:"charset"`  // of text fields that name none
	Charsets  []CharsetLayout `yaml:"charsets"` // of the layout's own
	Line      LineLayout      `yaml:"line"`
	Tolerate  []Tolerance     `yaml:"tolerate"`
	Structure Part            `yaml:"structure"`
	Groups    []Group         `yaml:"groups"`
	Codes     []CodeList      `yaml:"codes"`
	Records   []RecordLayout  `yaml:"records"`

	file      string
	at        position
	steps     position // of the structure
	charsetAt position
}

// CharsetLayout is a character set of a layout's own: what it allows of the
// characters of a base.
type CharsetLayout struct {
	Name  string
	Base  string `yaml:"base"`  // ascii, latin-1 or jis-x-0201
	Allow string `yaml:"allow"` // characters and ranges such as A-Z; a hyphen itself stands first or last

	at position
}

// LineLayout says how records become lines.
type LineLayout struct {
	Length int       `yaml:"length"` // bytes of a record that names no length of its own, without its line end
	Ends   []LineEnd `yaml:"end"`    // all are read, though a file has one throughout; the first is written
	Final  FinalEnd  `yaml:"final"`
	Block  *Block    `yaml:"block"`

	at position
}

// LineEnd is what ends a line.
type LineEnd string

// The line ends.
const (
	CRLF  LineEnd = "crlf"
	LF    LineEnd = "lf"
	CR    LineEnd = "cr"
	NoEnd LineEnd = "none" // records follow one another without anything between
)

// end is the line end that is written.
func (l *Layout) end() LineEnd {
	if len(l.Line.Ends) == 0 {
		return CRLF
	}
	return l.Line.Ends[0]
}

// bytes of the line end.
func (e LineEnd) bytes() string {
	switch e {
	case LF:
		return "\n"
	case CR:
		return "\r"
	case NoEnd:
		return ""
	}
	return "\r\n"
}

// FinalEnd says whether the last record of a file has a line end.
type FinalEnd string

// The forms of a file's end; a layout that says nothing means always.
const (
	FinalAlways FinalEnd = "always"
	FinalNever  FinalEnd = "never"
	FinalEither FinalEnd = "either" // both are read; written with
)

// Block says that a file is filled up with lines of one character to a
// multiple of so many records.
type Block struct {
	Records int    `yaml:"records"`
	Filler  string `yaml:"filler"`

	at position
}

// Tolerance is something that a layout accepts when reading, though writing
// never produces it. What is not named is not tolerated, and what was
// tolerated is a warning.
type Tolerance string

// The tolerances.
const (
	// FinalLineEnd accepts a last record that is complete but has no line end.
	FinalLineEnd Tolerance = "final-line-end"
	// PrintableText accepts any printable ASCII, lower case too, in text fields.
	PrintableText Tolerance = "printable-text"
	// LowerCase accepts lower-case letters in text whose character set has them in upper case only.
	LowerCase Tolerance = "lower-case"
	// ShortLines accepts lines whose end is missing; the missing bytes are read as spaces.
	ShortLines Tolerance = "short-lines"
	// LongLines accepts lines with spaces behind the record.
	LongLines Tolerance = "long-lines"
	// BlankLines accepts lines that are empty, or hold spaces only.
	BlankLines Tolerance = "blank-lines"
	// EndMark accepts the byte 1A (Ctrl-Z), an old mark of the end, behind the last record.
	EndMark Tolerance = "end-mark"
	// Unblocked accepts a file that is not filled up to a whole block, or beyond one.
	Unblocked Tolerance = "unblocked"
	// Unaligned accepts text that begins with spaces though it should stand left, or ends with them though it should stand right.
	Unaligned Tolerance = "unaligned"
	// Unpadded accepts numbers with spaces in front in place of zeros.
	Unpadded Tolerance = "unpadded"
)

// tolerances are all tolerances, in the order of the manual.
func tolerances() []Tolerance {
	return []Tolerance{FinalLineEnd, PrintableText, LowerCase, ShortLines, LongLines, BlankLines, EndMark, Unblocked, Unaligned, Unpadded}
}

// Part is a part of a layout's structure: a record or a group by its name, or
// a bracket of parts that follow one another or are alternatives; and how
// often it may stand there. Max is Unbounded for any number.
type Part struct {
	Name     string // of a record or group; "" for a bracket
	Parts    []Part // of a bracket
	Choice   bool   // the parts of the bracket are alternatives
	Min, Max int
}

// Unbounded is the Max of a part that may repeat without end.
const Unbounded = 1<<31 - 1

// Group is a named part of the structure, over which totals can be computed
// and running numbers begin again.
type Group struct {
	Name      string
	Structure Part

	at position
}

// RecordLayout is one type of record.
type RecordLayout struct {
	Name   string        `yaml:"-"`
	Title  Text          `yaml:"title"`
	Length int           `yaml:"length"` // bytes; 0 for the length of the layout's lines
	Match  [][]Match     `yaml:"match"`  // alternatives, of each of which all conditions hold
	Fields []FieldLayout `yaml:"fields"`
	Slots  []SlotLayout  `yaml:"slots"`

	at position
}

// Match is one condition of a record's discriminator: the field, or the
// columns, hold one of the values; or, with Not, none of them.
type Match struct {
	Field    string // "" when columns are given
	From, To int    // columns, when Field is ""
	Not      bool
	Values   []string

	at position
}

// SlotLayout is a block of fields that stands in a record several times, one
// behind the other. The columns of its fields count from its own first column.
// A slot of spaces is absent; the slots that are present come first.
type SlotLayout struct {
	Name   string        `yaml:"-"`
	Title  Text          `yaml:"title"`
	At     int           `yaml:"at"`
	Len    int           `yaml:"len"`
	Times  int           `yaml:"times"`
	Fields []FieldLayout `yaml:"fields"`

	at position
}

// FieldLayout is one field: where it stands and what it holds.
type FieldLayout struct {
	Name       string      `yaml:"-"`
	Title      Text        `yaml:"title"`
	At         int         `yaml:"at"`  // first column, from 1
	Len        int         `yaml:"len"` // bytes
	More       []Piece     // of a date or time whose parts stand apart: the pieces after the first
	Kind       Kind        `yaml:"kind"`
	Const      string      `yaml:"const"`
	Align      Align       `yaml:"align"`
	Pad        string      `yaml:"pad"` // one character
	Charset    string      `yaml:"charset"`
	Picture    string      `yaml:"picture"`  // exact shape of a text: 9 a digit, A an upper-case letter, X any, else itself
	Decimals   int         `yaml:"decimals"` // implied decimals of an amount; with DecimalsBy the most that there can be
	DecimalsBy string      // the field that holds the number of decimals
	Point      string      `yaml:"point"` // a literal decimal point
	Sign       *Sign       `yaml:"sign"`
	Format     string      `yaml:"format"` // of a date or time
	Pivot      *int        `yaml:"pivot"`  // two-digit years below it are 20yy, the others 19yy; 70 when nil
	Empty      Empty       `yaml:"empty"`
	Codes      string      `yaml:"codes"`
	Each       int         `yaml:"each"` // characters of a code, where the field holds several; 0 for one code
	Open       bool        `yaml:"open"` // values outside the code list are no error
	Check      *CheckDigit `yaml:"check"`
	Compute    *Computed   `yaml:"compute"`

	at position
}

// Piece is a part of a field that stands apart from the others.
type Piece struct{ At, Len int }

// To is the last column of the field, or of its first piece.
func (f *FieldLayout) To() int { return f.At + f.Len - 1 }

// Size is how many bytes the field has, all pieces together.
func (f *FieldLayout) Size() int {
	n := f.Len
	for _, p := range f.More {
		n += p.Len
	}
	return n
}

// Align says on which side of its field a text stands.
type Align string

// The alignments; a text that says nothing stands left, a number always right.
const (
	AlignLeft  Align = "left"
	AlignRight Align = "right"
	AlignFree  Align = "free" // it may begin with spaces, which belong to it
)

// Sign says how a number says that it is negative.
type Sign struct {
	Form  SignForm
	Field string // of SignField: the field that says it
	Minus string // what it then holds
	Plus  string // what it holds otherwise

	at position
}

// SignForm is a way to write a sign.
type SignForm string

// The forms of a sign.
const (
	SignOverpunch SignForm = "overpunch" // in the last digit: { A to I for +0 to +9, } J to R for -0 to -9
	SignLeading   SignForm = "leading"   // a byte + or - before the digits
	SignTrailing  SignForm = "trailing"  // a byte + or - behind the digits
	SignField     SignForm = "field"     // another field of the record
)

// CheckDigit says that a field is a check digit over other fields of the
// record, or, when there are none, that it ends with one over what stands
// before.
type CheckDigit struct {
	Digit string   // the name of the method
	Over  []string // fields

	at position
}

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
	Kind     ComputedKind
	Sources  []Source // of a count: records or slots; of a sum, hash or copy: fields
	All      bool     // of a count: all records of the scope, its own included
	Per      int      // of a count: it is divided by this and rounded up; 0 for 1
	Where    *Where
	Minus    *Where // the records that are subtracted
	Absolute bool
	Modulus  uint64 // of a hash; 0 means what the field can hold
	First    int64  // of a sequence
	Series   string // of a sequence: the name of a counter that fields share
	Scope    Scope

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
	Rising   ComputedKind = "rising" // greater than the one before
	Copy     ComputedKind = "copy"   // the value of a field of a record before
)

// Scope is the part of a file over which something is computed: the whole
// file, or the name of a group.
type Scope string

// The scopes that are no group.
const (
	ScopeFile  Scope = "file"
	ScopeFiles Scope = "files" // of a sequence that goes on from file to file
)

// Source is a record or a field of one.
type Source struct{ Record, Field string }

// Where filters the records that are counted or summed: those whose field
// holds a code of one of the classes, or one of the codes.
type Where struct {
	Field   string
	Classes []string
	Codes   []string

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
