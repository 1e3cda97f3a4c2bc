package formats

import (
	"errors"
	"strconv"
)

// fault is what examine finds wrong with one field.
type fault struct {
	err      error
	from, to int    // offsets inside the field; both zero for the whole field
	value    string // what was found, where it is not the bytes of the field
	expected string
	detail   Text
}

// examine reads one field of a record slowly and says what is wrong with it, if anything.
// It accepts exactly what the field's operations accept. The record is given
// whole, for other fields may say the sign or the decimals of this one.
func (f *fieldPlan) examine(rec []byte, strict bool) (int64, *fault) {
	var room [maxApart]byte
	b := f.gather(rec, &room)
	switch {
	case f.constant != "":
		return 0, f.examineConstant(b)
	case f.kind == KindFiller:
		return 0, f.examineFiller(b)
	case f.vacant(b):
		if f.closed {
			return noCode, nil
		}
		return 0, nil
	case allBytes(b, ' '):
		return 0, &fault{err: ErrRequired}
	}
	v, wrong := f.examineValue(rec, b, strict)
	if wrong == nil && f.digit != noDigit {
		wrong = f.examineDigit(rec, b)
	}
	if wrong != nil && f.pieces != nil {
		// The bytes stand apart, so what is wrong cannot be underlined in part.
		wrong.from, wrong.to, wrong.value = 0, 0, string(b)
	}
	return v, wrong
}

// examineValue looks at a field that is not empty.
func (f *fieldPlan) examineValue(rec, b []byte, strict bool) (int64, *fault) {
	switch f.kind {
	case KindText:
		return f.examineText(b, strict)
	case KindDate, KindTime:
		if f.isZeros(b) && !f.format.clockOnly() {
			return 0, &fault{err: ErrRequired}
		}
		return f.format.read(b)
	case KindDigits, KindNumber, KindAmount, KindFiller:
	}
	v, wrong := f.examineNumber(rec, b, strict)
	if wrong == nil && f.closed {
		return f.examineCode(b, strict)
	}
	return v, wrong
}

func (f *fieldPlan) examineConstant(b []byte) *fault {
	if string(b) == f.constant {
		return nil
	}
	if odd := f.unprintable(b); odd != nil {
		return odd
	}
	return &fault{err: ErrConstant, expected: f.show([]byte(f.constant))}
}

func (f *fieldPlan) examineFiller(b []byte) *fault {
	if allBytes(b, f.pad) {
		return nil
	}
	if odd := notPrintable(b); odd != nil {
		return odd
	}
	if f.pad != ' ' {
		char := string(rune(f.pad))
		return &fault{err: ErrConstant, detail: textf("pengisi hanya berisi %q", "a filler holds %q only", char)}
	}
	return &fault{err: ErrConstant, detail: Text{"pengisi hanya berisi spasi", "a filler holds spaces only"}}
}

// notPrintable finds a byte that belongs into no field at all.
func notPrintable(b []byte) *fault {
	for i, c := range b {
		if c >= ' ' && c <= '~' {
			continue
		}
		j := i + 1
		for j < len(b) && c >= 0xC0 && b[j]&0xC0 == 0x80 {
			j++
		}
		return &fault{err: ErrCharset, from: i, to: j, detail: Text{"hanya ASCII yang dapat dicetak", "only printable ASCII is allowed"}}
	}
	return nil
}

// error makes an error of a fault; the caller adds file, line and record.
func (f *fieldPlan) error(w *fault, raw []byte) *Error {
	e := &Error{
		RecordType: f.record.def.Name, Field: f.def.Name,
		From: f.off + 1, To: f.off + f.n,
		Value: string(raw), Expected: w.expected, Detail: w.detail, Err: w.err,
	}
	if w.to > 0 {
		e.From, e.To = f.off+w.from+1, f.off+w.to
		e.Value = string(raw[w.from:w.to])
	}
	if w.value != "" {
		e.Value = w.value
	}
	if errors.Is(w.err, ErrRequired) {
		e.Value = ""
	}
	return e
}

// numberError is an error of a field whose value disagrees with a number.
func (f *fieldPlan) numberError(err error, found, expected string) *Error {
	return &Error{
		RecordType: f.record.def.Name, Field: f.def.Name,
		From: f.off + 1, To: f.off + f.n,
		Value: found, Expected: expected, Err: err,
	}
}

func decimal(v int64) string { return strconv.FormatInt(v, 10) }

// amount is a number of the field for a message. Where another field says the
// decimals, the number alone would say something else than the file.
func (f *fieldPlan) amount(v int64) string {
	if f.decimalsBy == nil {
		return decimal(v)
	}
	g := figure{digits: uint64(max(v, -v)), decimals: f.def.Decimals, negative: v < 0}
	return g.String()
}

// amount is what was computed, for a message about a field.
func (c computed) amount(f *fieldPlan) string {
	if v, ok := c.number(); ok {
		return f.amount(v)
	}
	return c.String()
}
