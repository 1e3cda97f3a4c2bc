package formats

import (
	"errors"
	"strconv"
)

// fault is what examine finds wrong with one field.
type fault struct {
	err      error
	from, to int // offsets inside the field; both zero for the whole field
	expected string
	detail   Text
}

// examine reads one field of a record slowly and says what is wrong with it, if anything.
// It accepts exactly what the field's operations accept.
func (f *fieldPlan) examine(rec []byte, strict bool) (int64, *fault) {
	b := rec[f.off : f.off+f.n]
	if f.constant != "" {
		if string(b) != f.constant {
			if odd := notPrintable(b); odd != nil {
				return 0, odd
			}
			return 0, &fault{err: ErrConstant, expected: string(trimRight([]byte(f.constant)))}
		}
		return 0, nil
	}
	blank := len(trimRight(b)) == 0
	switch {
	case f.kind == KindFiller:
		if blank {
			return 0, nil
		}
		if odd := notPrintable(b); odd != nil {
			return 0, odd
		}
		return 0, &fault{err: ErrConstant, detail: Text{"pengisi hanya berisi spasi", "a filler holds spaces only"}}
	case blank && f.blanks:
		if f.closed {
			return noCode, nil
		}
		return 0, nil
	case blank:
		return 0, &fault{err: ErrRequired}
	}
	if f.kind == KindText {
		return f.examineText(b, strict)
	}
	v, ok := readDigits(b)
	if !ok {
		if odd := notPrintable(b); odd != nil {
			return 0, odd
		}
		return 0, &fault{err: ErrNumber}
	}
	if f.kind != KindDate && f.kind != KindTime {
		return v, nil
	}
	switch date, clock := uint64(v), uint64(0); {
	case v == 0 && f.zeros:
		return 0, nil
	case v == 0:
		return 0, &fault{err: ErrRequired}
	default:
		if f.kind == KindTime {
			date, clock = uint64(v)/1e6, uint64(v)%1e6
		}
		if !validDate(date) {
			return 0, &fault{err: ErrDate, detail: Text{"hari itu tidak ada", "no such day"}}
		}
		if !validClock(clock) {
			return 0, &fault{err: ErrDate, detail: Text{"jam itu tidak ada", "no such time of day"}}
		}
	}
	return v, nil
}

func (f *fieldPlan) examineText(b []byte, strict bool) (int64, *fault) {
	set := f.reading
	if strict {
		set = f.writing
	}
	if from, to, odd := set.outside(b); odd && !f.closed {
		return 0, &fault{err: ErrCharset, from: from, to: to, detail: Text{"yang diizinkan: " + set.about.ID, "allowed are " + set.about.EN}}
	}
	if odd := notPrintable(b); odd != nil {
		return 0, odd
	}
	if f.closed {
		return f.examineCode(b)
	}
	if b[0] == ' ' {
		return 0, &fault{err: ErrAlign, detail: Text{"teks harus rata kiri", "text stands left"}}
	}
	return 0, nil
}

func (f *fieldPlan) examineCode(b []byte) (int64, *fault) {
	if i, ok := f.codes.index[string(trimRight(b))]; ok {
		return int64(i), nil
	}
	return noCode, &fault{err: ErrCode, detail: Text{f.codes.def.Name, f.codes.def.Name}}
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
