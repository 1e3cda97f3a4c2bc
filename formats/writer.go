package formats

import (
	"strconv"
	"time"
)

// Writer builds one record of an encoder. Its setters return nothing: what is
// wrong comes out of End, all at once.
type Writer struct {
	e       *Encoder
	plan    *RecordPlan
	window  []byte
	numbers []int64
	set     fieldSet
	errs    []*Error
	open    bool
	blanks  []int // the spaces of blank lines before it, as it was read
	short   int   // bytes that its line lacked
	long    int   // spaces that its line had behind it

	lastTime  time.Time // the last time set, and its number
	lastClock uint64
	lastOK    bool
}

// bytes of a field in the record.
func (w *Writer) bytes(f *fieldPlan) []byte { return w.window[f.off : f.off+f.n] }

// take says whether a field can be set, and marks it; again says that it was
// set before, so that what it holds is not the template any more.
func (w *Writer) take(f Field) (ok, again bool) {
	if w.open && f.p != nil && f.p.record == w.plan {
		again = w.set.has(f.p.index)
		w.set.add(f.p.index)
		return true, again
	}
	w.misses(f)
	return false, false
}

// misses notes a field that is not one of the record.
func (w *Writer) misses(f Field) {
	if !w.open {
		return
	}
	e := &Error{RecordType: w.plan.def.Name, Err: ErrStructure, Detail: Text{"field milik rekaman lain", "the field belongs to another record"}}
	if f.p != nil {
		e.Field = f.p.def.Name
	}
	w.errs = append(w.errs, e)
}

// fail notes an error of a field.
func (w *Writer) fail(f *fieldPlan, err error, value string) {
	w.errs = append(w.errs, f.error(&fault{err: err}, []byte(value)))
}

// put writes a number into a field.
func (w *Writer) put(f *fieldPlan, v int64) {
	if v < 0 || !putDigits(w.bytes(f), uint64(v)) {
		w.fail(f, ErrOverflow, decimal(v))
	}
}

// SetText sets a field: text stands left, padded with spaces; in a field of
// digits or numbers the digits stand right, padded with zeros. An empty value
// leaves the field empty, where the layout allows that.
func (w *Writer) SetText(f Field, s string) { setText(w, f, s) }

// SetBytes is SetText for bytes.
func (w *Writer) SetBytes(f Field, s []byte) { setText(w, f, s) }

func setText[T string | []byte](w *Writer, f Field, s T) {
	ok, again := w.take(f)
	if !ok {
		return
	}
	if len(s) > f.p.n {
		w.fail(f.p, ErrOverflow, string(s))
		return
	}
	b := w.bytes(f.p)
	if f.p.kind == KindText || !f.p.numeric() {
		if n := copy(b, s); again || f.p.constant != "" {
			fill(b[n:], spaces)
		}
		return
	}
	if len(s) == 0 {
		w.clear(f.p)
		return
	}
	if again || f.p.blanks {
		fill(b[:f.p.n-len(s)], zeros)
	}
	copy(b[f.p.n-len(s):], s)
}

// SetInt sets a number, an amount (in minor units), or digits.
func (w *Writer) SetInt(f Field, v int64) {
	if ok, _ := w.take(f); !ok {
		return
	}
	switch f.p.kind {
	case KindNumber, KindAmount, KindDigits, KindDate, KindTime:
		w.put(f.p, v)
	default:
		w.errs = append(w.errs, f.p.error(&fault{err: ErrNumber, detail: textf("field berisi %s", "the field holds %s", string(f.p.kind))}, strconv.AppendInt(nil, v, 10)))
	}
}

// SetTime sets a date or time field to the time as its own location shows it.
// The zero time leaves the field empty, where the layout allows that.
func (w *Writer) SetTime(f Field, t time.Time) {
	if ok, _ := w.take(f); !ok {
		return
	}
	if f.p.kind != KindDate && f.p.kind != KindTime {
		w.errs = append(w.errs, f.p.error(&fault{err: ErrDate, detail: textf("field berisi %s", "the field holds %s", string(f.p.kind))}, []byte(t.String())))
		return
	}
	if t.IsZero() {
		w.clear(f.p)
		return
	}
	if t != w.lastTime { // most records of a file have few times
		v, ok := clockNumber(t)
		w.lastTime, w.lastClock, w.lastOK = t, v, ok
	}
	v, ok := w.lastClock, w.lastOK
	if !ok {
		w.fail(f.p, ErrDate, t.String())
		return
	}
	if f.p.kind == KindDate {
		v /= 1e6
	}
	putDigits(w.bytes(f.p), v)
}

// Copy takes all fields over from a decoded record of the same type and plan,
// totals and running number included.
func (w *Writer) Copy(r *Record) {
	if !w.open {
		return
	}
	if r.plan != w.plan || r.whole != nil || len(r.raw) != w.plan.plan.length {
		w.errs = append(w.errs, &Error{RecordType: w.plan.def.Name, Err: ErrStructure, Detail: Text{"rekaman yang disalin lain, atau tidak terbaca", "the record to copy is another one, or could not be read"}})
		return
	}
	copy(w.window, r.raw)
	w.set = fieldSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
}

// clear leaves a numeric field empty; without an empty form it counts as not
// set.
func (w *Writer) clear(f *fieldPlan) {
	with := spaces
	if f.zeros || !f.blanks {
		with = zeros
	}
	fill(w.bytes(f), with)
	if !f.zeros && !f.blanks {
		w.set[f.index>>6&3] &^= 1 << (f.index & 63)
	}
}

// faults is everything that is wrong with the record.
func (w *Writer) faults() []*Error {
	errs := w.errs
	told := make(map[string]bool, len(errs))
	for _, e := range errs {
		told[e.Field] = true
	}
	for i := range w.plan.fields {
		f := &w.plan.fields[i]
		if told[f.def.Name] {
			continue
		}
		if w.plan.must.has(i) && !w.set.has(i) {
			errs = append(errs, f.error(&fault{err: ErrRequired}, nil))
			continue
		}
		if _, wrong := f.examine(w.window, true); wrong != nil {
			errs = append(errs, f.error(wrong, w.bytes(f)))
		}
	}
	return errs
}

// End checks the record and writes it. The error is *[Errors] when the record
// breaks the layout: then nothing of it is written, and the encoder can go on.
func (w *Writer) End() error { return w.e.end(w) }
