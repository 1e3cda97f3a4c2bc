package formats

import "strings"

// Field is the handle of a field: found once by name, then used for every
// record without another look-up. The zero Field is no field; reading it gives
// nothing.
type Field struct{ p *fieldPlan }

// fieldPlan is a compiled field.
type fieldPlan struct {
	def      *FieldLayout
	record   *RecordPlan
	index    int // in the record
	off, n   int // bytes; of a field in pieces, the first piece
	kind     Kind
	constant string   // padded to the field's length; "" for none
	reading  *charset // of a text, when reading
	writing  *charset // of a text, when writing
	codes    *codeList
	closed   bool // a value outside the code list is an error; the field's number is then the index of its code
	blanks   bool // spaces are an empty value
	zeros    bool // zeros are an empty value
	auto     bool // the encoder fills it in

	pieces     []piece        // where the bytes are, when they stand apart; nil for one piece
	slotted    int            // index of the slot that the field stands in, or -1
	slot       int            // which of the repetitions of the slot it is, from 0
	align      Align          // of a text or number
	pad        byte           // what pads the value
	picture    []byte         // exact shape of a text, nil for none
	format     *dateFormat    // of a date or time
	point      byte           // a literal decimal point, 0 for none
	sign       SignForm       // how a number says that it is negative
	signBy     *fieldPlan     // the field that says the sign
	minus      string         // what that field holds for negative numbers
	plus       string         // what it holds for others; "" when that is not said
	signs      int            // of how many numbers this field says the sign
	scales     bool           // it says the decimals of a number
	decimalsBy *fieldPlan     // the field that says the number of decimals
	over       []*fieldPlan   // what a check digit is over
	digit      checkMethod    // how it is computed
	each       int            // characters of a code, where the field holds several
	coded      map[string]int // of a field with codes: the code that bytes are
	left       bool           // a text that stands left or free with spaces behind it
	wide       bool           // a text that is not all ASCII
	odd        bool           // a value that does not simply stand left with spaces behind it, or right with zeros before it
	unaligned  bool           // reading accepts a text on the wrong side
	unpadded   bool           // reading accepts a number with spaces in front
	lower      bool           // reading accepts lower-case letters
	repeats    int            // the held value that it repeats, of one that does
	plain      bool           // a number of digits with zeros in front, and nothing else
	slow       bool           // only examine knows the field: there is no operation for it
}

// piece is where some of a field's bytes are.
type piece struct{ off, n int }

// maxApart bounds the bytes of a field in pieces, and what a check digit is
// over, so that they can be brought together without allocating.
const maxApart = 64

// size is how many bytes the field has, all pieces together.
func (f *fieldPlan) size() int {
	if f.pieces == nil {
		return f.n
	}
	n := 0
	for _, p := range f.pieces {
		n += p.n
	}
	return n
}

// end is behind the last byte of the field and of those that say something
// about its value.
func (f *fieldPlan) end() int {
	end := f.off + f.n
	for _, p := range f.pieces {
		end = max(end, p.off+p.n)
	}
	for _, other := range f.over {
		end = max(end, other.off+other.n)
	}
	for _, other := range []*fieldPlan{f.signBy, f.decimalsBy} {
		if other != nil {
			end = max(end, other.off+other.n)
		}
	}
	return end
}

// gather is the bytes of the field; those in pieces are brought together in
// room.
func (f *fieldPlan) gather(rec []byte, room *[maxApart]byte) []byte {
	if f.pieces == nil {
		return rec[f.off : f.off+f.n]
	}
	n := 0
	for _, p := range f.pieces {
		n += copy(room[n:], rec[p.off:p.off+p.n])
	}
	return room[:n]
}

// scatter writes the bytes of a field to where its pieces are.
func scatter[T string | []byte](f *fieldPlan, rec []byte, b T) {
	if f.pieces == nil {
		copy(rec[f.off:f.off+f.n], b)
		return
	}
	for _, p := range f.pieces {
		b = b[copy(rec[p.off:p.off+p.n], b):]
	}
}

// begin writes what the field holds in a record that nothing was set in yet.
func (f *fieldPlan) begin(rec []byte) {
	switch {
	case f.constant != "":
		copy(rec[f.off:], f.constant)
	case f.kind == KindFiller:
		fillByte(rec[f.off:f.off+f.n], f.pad)
	case f.zeros || f.numeric() && !f.blanks:
		f.putZeros(rec)
	default:
		f.putBlanks(rec)
	}
}

func (f *fieldPlan) putBlanks(rec []byte) {
	fill(rec[f.off:f.off+f.n], spaces)
	for _, p := range f.pieces {
		fill(rec[p.off:p.off+p.n], spaces)
	}
}

// putZeros writes the empty form of zeros. In a date the literals stay: they
// are no part of its value.
func (f *fieldPlan) putZeros(rec []byte) {
	if f.format == nil {
		fill(rec[f.off:f.off+f.n], zeros)
		return
	}
	scatter(f, rec, f.format.zero)
}

// vacant says whether bytes are one of the forms of an empty value that the
// layout allows.
func (f *fieldPlan) vacant(b []byte) bool {
	return f.blanks && allBytes(b, ' ') || f.zeros && f.isZeros(b)
}

func (f *fieldPlan) isZeros(b []byte) bool {
	if f.format != nil {
		return string(b) == string(f.format.zero)
	}
	return allBytes(b, '0')
}

// required fields have to be set by whoever writes a record: what a record
// begins with could be taken for a value.
func (f *fieldPlan) required() bool {
	return f.numeric() && !f.blanks && !f.zeros && !f.auto && (f.digit == noDigit || f.over == nil)
}

// numeric fields have an integer value of their own.
func (f *fieldPlan) numeric() bool {
	switch f.kind {
	case KindDigits, KindNumber, KindAmount, KindDate, KindTime:
		return f.constant == ""
	}
	return false
}

// summable fields have a number that can be added up.
func (f *fieldPlan) summable() bool {
	switch f.kind {
	case KindDigits:
		return f.constant == "" && !f.closed && f.n <= maxDigits
	case KindNumber, KindAmount:
		return f.constant == "" && !f.closed
	}
	return false
}

// signed says whether the number of the field may be below zero.
func (f *fieldPlan) signed() bool { return f.sign != "" || f.signBy != nil }

// set is the character set that the field is checked against.
func (f *fieldPlan) set(strict bool) *charset {
	if strict {
		return f.writing
	}
	return f.reading
}

// allBytes says whether all bytes are the same one.
func allBytes(b []byte, c byte) bool {
	for _, x := range b {
		if x != c {
			return false
		}
	}
	return true
}

func fillByte(b []byte, c byte) {
	for i := range b {
		b[i] = c
	}
}

// Name is the field's name.
func (f Field) Name() string { return f.p.def.Name }

// Title is what people call the field.
func (f Field) Title() Text { return f.p.def.Title }

// Record is the name of the record that the field stands in.
func (f Field) Record() string { return f.p.record.def.Name }

// From is the field's first column, from 1; of a date or time in pieces, that
// of its first piece.
func (f Field) From() int { return f.p.off + 1 }

// To is the last column of the field, or of its first piece.
func (f Field) To() int { return f.p.off + f.p.n }

// Len is the field's length in bytes, all pieces together.
func (f Field) Len() int { return f.p.size() }

// Pieces are where the field stands, in the order of its value. Nearly all
// fields are one piece.
func (f Field) Pieces() []Piece {
	if f.p.pieces == nil {
		return []Piece{{At: f.p.off + 1, Len: f.p.n}}
	}
	out := make([]Piece, len(f.p.pieces))
	for i, p := range f.p.pieces {
		out[i] = Piece{At: p.off + 1, Len: p.n}
	}
	return out
}

// Kind is what the field holds.
func (f Field) Kind() Kind { return f.p.kind }

// Decimals is how many decimals [Record.Int] counts in: those that an amount
// has, or the most that it can have.
func (f Field) Decimals() int { return f.p.def.Decimals }

// Charset is the name of a text's character set.
func (f Field) Charset() string {
	if f.p.writing == nil {
		return ""
	}
	return f.p.writing.name
}

// Codes is the name of the code list that the field's values are from.
func (f Field) Codes() string {
	if f.p.codes == nil {
		return ""
	}
	return f.p.codes.def.Name
}

// Open says whether the field may hold a value that is not in its code list.
func (f Field) Open() bool { return f.p.def.Open }

// Computed says whether the field's value follows from other records.
func (f Field) Computed() bool { return f.p.def.Compute != nil }

// Constant is the only value that the field can have, if there is only one.
func (f Field) Constant() (string, bool) {
	if f.p.constant == "" {
		return "", false
	}
	return f.p.show([]byte(f.p.constant)), true
}

// Slot is the repetition of its slot in which the field stands, from 1; 0 for
// a field that stands in none.
func (f Field) Slot() int {
	if f.p.slotted < 0 {
		return 0
	}
	return f.p.slot + 1
}

// Align says on which side the value stands.
func (f Field) Align() Align { return f.p.align }

// Pad is the character that pads the value.
func (f Field) Pad() string {
	if f.p.writing != nil {
		return f.p.writing.decode([]byte{f.p.pad})
	}
	return string(rune(f.p.pad))
}

// Picture is the shape that a text has: 9 stands for a digit, A for an
// upper-case letter, X for any character, all else for itself.
func (f Field) Picture() string { return f.p.def.Picture }

// Format is how a date or time is written, such as yyyyMMdd.
func (f Field) Format() string {
	if f.p.format == nil {
		return ""
	}
	return f.p.format.text
}

// Sign is how a number says that it is negative; "" when it never is.
func (f Field) Sign() SignForm { return f.p.sign }

// CheckDigit is the name of the method of the field's check digit.
func (f Field) CheckDigit() string {
	if f.p.def.Check == nil {
		return ""
	}
	return f.p.def.Check.Digit
}

// Empty says how the field looks without a value.
func (f Field) Empty() Empty { return f.p.def.Empty }

// Allows says whether a text field may hold a character of ASCII when it is
// written: what a layout only tolerates when reading is not allowed.
func (f Field) Allows(c byte) bool {
	return c < 0x80 && f.p.writing != nil && f.p.writing.has(c)
}

// IsZero says whether the handle is no field.
func (f Field) IsZero() bool { return f.p == nil }

// show is bytes of the field as text.
func (f *fieldPlan) show(b []byte) string {
	switch {
	case f.writing != nil:
		return f.writing.decode(f.bare(b))
	case f.kind == KindDigits && f.pad != '0':
		return strings.TrimLeft(string(b), string(rune(f.pad)))
	case f.kind == KindDigits:
		return strings.Trim(string(b), " ")
	}
	return string(trimRight(b))
}

// filters says whether the number of the field is the place of its code in its
// list, so that totals can be filtered by it.
func (f *fieldPlan) filters() bool { return f.closed && f.kind == KindText && f.each == 0 }

// appendBytes appends the field's bytes in a record, all pieces together.
func (f *fieldPlan) appendBytes(to, rec []byte) []byte {
	if f.pieces == nil {
		return append(to, rec[f.off:f.off+f.n]...)
	}
	for _, p := range f.pieces {
		to = append(to, rec[p.off:p.off+p.n]...)
	}
	return to
}

// blank says whether the field is empty in a record, in one of the forms that
// the layout allows.
func (f *fieldPlan) blank(rec []byte) bool {
	if !f.blanks && !f.zeros {
		return false
	}
	var room [maxApart]byte
	return f.vacant(f.gather(rec, &room))
}

// putSpaces writes spaces, whatever the field holds.
func (f *fieldPlan) putSpaces(rec []byte) {
	fill(rec[f.off:f.off+f.n], spaces)
	for _, p := range f.pieces {
		fill(rec[p.off:p.off+p.n], spaces)
	}
}

// digits is how many digits a number of the field has.
func (f *fieldPlan) digits() int {
	n := f.size()
	if f.sign == SignLeading || f.sign == SignTrailing {
		n--
	}
	if f.point != 0 {
		n--
	}
	return n
}
