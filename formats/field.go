package formats

// Field is the handle of a field: found once by name, then used for every
// record without another look-up. The zero Field is no field; reading it gives
// nothing.
type Field struct{ p *fieldPlan }

// fieldPlan is a compiled field.
type fieldPlan struct {
	def      *FieldLayout
	record   *RecordPlan
	index    int // in the record
	off, n   int // bytes
	kind     Kind
	constant string   // padded to the field's length; "" for none
	reading  *charset // of a text, when reading
	writing  *charset // of a text, when writing
	codes    *codeList
	closed   bool // a value outside the code list is an error
	blanks   bool // spaces are an empty value
	zeros    bool // zeros are an empty value
	auto     bool // the encoder fills it in

	pieces     []piece      // where the bytes are, when they stand apart; nil for one piece
	slotted    int          // index of the slot that the field stands in, or -1
	slot       int          // which of the repetitions of the slot it is, from 0
	align      Align        // of a text
	pad        byte         // what pads the value
	picture    []byte       // exact shape of a text, nil for none
	format     *dateFormat  // of a date or time
	signBy     *fieldPlan   // the field that says the sign
	decimalsBy *fieldPlan   // the field that says the number of decimals
	over       []*fieldPlan // what a check digit is over
	digit      checkMethod  // how it is computed, nil for no check digit
	each       int          // characters of a code, where the field holds several
	unaligned  bool         // reading accepts a text on the wrong side
	unpadded   bool         // reading accepts a number with spaces in front
	repeats    int          // the held value that it repeats, of one that does
	slow       bool         // only examine knows the field: there is no operation for it
}

// Name is the field's name.
func (f Field) Name() string { return f.p.def.Name }

// Title is what people call the field.
func (f Field) Title() Text { return f.p.def.Title }

// Record is the name of the record that the field stands in.
func (f Field) Record() string { return f.p.record.def.Name }

// From is the field's first column, from 1.
func (f Field) From() int { return f.p.off + 1 }

// To is the field's last column.
func (f Field) To() int { return f.p.off + f.p.n }

// Len is the field's length in bytes.
func (f Field) Len() int { return f.p.n }

// Kind is what the field holds.
func (f Field) Kind() Kind { return f.p.kind }

// IsZero says whether the handle is no field.
func (f Field) IsZero() bool { return f.p == nil }

// numeric fields have an integer value of their own.
func (f *fieldPlan) numeric() bool {
	switch f.kind {
	case KindDigits, KindNumber, KindAmount, KindDate, KindTime:
		return f.constant == ""
	}
	return false
}

// piece is where some of a field's bytes are.
type piece struct{ off, n int }

// checkMethod computes check digits over digits and writes them into out.
type checkMethod func(out, over []byte) bool

// dateFormat is a compiled format of a date or time.
type dateFormat struct{}

// size is how many bytes the field has, all pieces together.
func (f *fieldPlan) size() int { return f.def.Size() }

// coded says whether the number of the field is the place of its code in its
// list.
func (f *fieldPlan) coded() bool { return f.closed && f.kind == KindText && f.each == 0 }

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
