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
