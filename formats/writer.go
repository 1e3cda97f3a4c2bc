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
	implies bool       // there are implied fields
	implied fieldSet   // set by a number whose sign or decimals they are
	doubt   *fieldPlan // says the decimals of a number, and was set again after it
	was     string     // what it said before
	errs    []*Error
	open    bool
	blanks  []int // the spaces of blank lines before it, as it was read
	short   int   // bytes that its line lacked
	long    int   // spaces that its line had behind it

	lastTime time.Time // the last time set, and its value
	last     Value
}

// bytes of a field in the record.
func (w *Writer) bytes(f *fieldPlan) []byte { return w.window[f.off : f.off+f.n] }

// take says whether a field can be set, and marks it; again says that it was
// set before, so that what it holds is not the template any more.
func (w *Writer) take(f Field) (ok, again bool) {
	if w.open && f.p != nil && f.p.record == w.plan {
		again = w.set.has(f.p.index)
		w.set.add(f.p.index)
		if w.implies {
			w.state(f.p)
		}
		if f.p.slotted >= 0 && !again {
			w.beginSlot(f.p)
		}
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

// put writes a number into a field, and notes it: [Row] goes by that.
func (w *Writer) put(f *fieldPlan, v int64) {
	if f.plain {
		if v < 0 || !putDigits(w.bytes(f), uint64(v)) {
			w.fail(f, ErrOverflow, decimal(v))
		}
		w.numbers[f.index] = v
		return
	}
	if f.format != nil {
		w.putDate(f, v)
		return
	}
	g := figure{digits: uint64(v), decimals: f.def.Decimals, negative: v < 0}
	if v < 0 {
		g.digits = -g.digits
	}
	if wrong := w.putFigure(f, g); wrong != nil {
		w.errs = append(w.errs, f.error(wrong, []byte(decimal(v))))
	}
}

// putDate writes the number of a date or time in its format.
func (w *Writer) putDate(f *fieldPlan, v int64) {
	var room [maxApart]byte
	b := room[:len(f.format.zero)]
	if wrong := f.format.write(b, v); wrong != nil {
		w.errs = append(w.errs, f.error(wrong, []byte(decimal(v))))
		return
	}
	scatter(f, w.window, b)
}

// putFigure writes a number, its sign and its decimals, where another field
// says them too.
func (w *Writer) putFigure(f *fieldPlan, g figure) *fault {
	if f.decimalsBy != nil {
		var wrong *fault
		if g, wrong = w.fixDecimals(f, g); wrong != nil {
			return wrong
		}
	}
	if f.signBy != nil {
		if wrong := w.fixSign(f, g); wrong != nil {
			return wrong
		}
		g.negative = false
	}
	if !f.writeNumber(w.bytes(f), g.digits, g.negative) {
		return &fault{err: ErrOverflow}
	}
	return nil
}

// SetText sets a field: text, in UTF-8, stands on its side of the field, with
// its padding; in a field of digits or numbers the digits stand right, with
// padding in front, as they are written. An empty value leaves the field empty,
// where the layout allows that.
func (w *Writer) SetText(f Field, s string) {
	if f.p != nil && f.p.wide {
		w.setWide(f, s)
		return
	}
	setText(w, f, s)
}

// SetBytes sets a field to bytes as they stand in a file, without padding: to
// what [Record.Text] gives. It is SetText for ASCII.
func (w *Writer) SetBytes(f Field, s []byte) { setText(w, f, s) }

// setWide sets a text whose characters are not all ASCII.
func (w *Writer) setWide(f Field, s string) {
	var room [2 * maxApart]byte
	b := room[:]
	if f.p.n > len(b) {
		b = make([]byte, f.p.n)
	}
	set := f.p.writing
	if allPlain(set.page, s) {
		setText(w, f, s)
		return
	}
	n, wrong, ok := set.encode(b[:f.p.n], s)
	switch {
	case ok && n <= f.p.n:
		setText(w, f, b[:n])
	case ok:
		if ok, _ = w.take(f); ok {
			w.fail(f.p, ErrOverflow, s)
		}
	default:
		if ok, _ = w.take(f); ok {
			char := string(wrong)
			w.errs = append(w.errs, f.p.error(&fault{err: ErrCharset, value: char,
				detail: textf("%q (U+%04X) tidak ada dalam %s", "%q (U+%04X) is not in %s", char, wrong, set.name)}, []byte(s)))
		}
	}
}

func setText[T string | []byte](w *Writer, f Field, s T) {
	ok, again := w.take(f)
	if !ok {
		return
	}
	if len(s) > f.p.size() {
		w.fail(f.p, ErrOverflow, string(s))
		return
	}
	switch b := w.bytes(f.p); {
	case f.p.left && (len(s) > 0 || !again && !f.p.zeros) || f.p.kind == KindFiller:
		if n := copy(b, s); again || f.p.constant != "" || f.p.kind == KindFiller {
			fill(b[n:], spaces)
		}
	case f.p.constant != "":
		pad(f.p, b, s)
	case len(s) == 0:
		w.clear(f.p)
	case f.p.format != nil && !f.p.plain:
		if len(s) != f.p.size() {
			w.errs = append(w.errs, f.p.error(&fault{err: ErrDate, detail: f.p.format.shape()}, []byte(s)))
			return
		}
		scatter(f.p, w.window, s)
	case f.p.plain:
		if again || f.p.blanks {
			fill(b[:f.p.n-len(s)], zeros)
		}
		copy(b[f.p.n-len(s):], s)
	default:
		pad(f.p, b, s)
	}
}

// SetInt sets a number, an amount (in minor units, or in those of its most
// decimals), or digits; a date or time as [Record.Int] gives it.
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
// What the field's format does not have is left out. The zero time leaves the
// field empty, where the layout allows that.
func (w *Writer) SetTime(f Field, t time.Time) {
	if t.IsZero() {
		w.setClock(f, Value{kind: valueTime})
		return
	}
	if t != w.lastTime { // most records of a file have few times
		w.lastTime, w.last = t, TimeValue(t)
	}
	w.setClock(f, w.last)
}

// setClock sets a date or time field to the value of a time.
func (w *Writer) setClock(f Field, v Value) {
	if ok, _ := w.take(f); !ok {
		return
	}
	if f.p.kind != KindDate && f.p.kind != KindTime {
		shown := v.text
		if v.n != 0 {
			shown = numberTime(v.n, KindTime, nil).Format(time.DateTime)
		}
		w.errs = append(w.errs, f.p.error(&fault{err: ErrDate, detail: textf("field berisi %s", "the field holds %s", string(f.p.kind))}, []byte(shown)))
		return
	}
	switch clock := uint64(v.n); {
	case v.kind == valueNever:
		w.fail(f.p, ErrDate, v.text)
	case clock == 0:
		w.clear(f.p)
	case !f.p.plain:
		w.putDate(f.p, f.p.format.fromClock(clock))
	case f.p.kind == KindDate:
		putDigits(w.bytes(f.p), clock/1e6)
	default:
		putDigits(w.bytes(f.p), clock)
	}
}

// Copy takes all fields over from a decoded record of the same type and plan,
// totals and running number included.
func (w *Writer) Copy(r *Record) {
	if !w.open {
		return
	}
	if r.plan != w.plan || r.whole != nil || len(r.raw) != w.plan.length {
		w.errs = append(w.errs, &Error{RecordType: w.plan.def.Name, Err: ErrStructure, Detail: Text{"rekaman yang disalin lain, atau tidak terbaca", "the record to copy is another one, or could not be read"}})
		return
	}
	copy(w.window, r.raw)
	w.set = fieldSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
}

// clear leaves a field empty; without an empty form it counts as not set.
func (w *Writer) clear(f *fieldPlan) {
	switch {
	case f.zeros || f.numeric() && !f.blanks:
		f.putZeros(w.window)
	default:
		f.putBlanks(w.window)
	}
	if f.numeric() && !f.zeros && !f.blanks {
		w.set.drop(f.index)
	}
}

// faults is everything that is wrong with the record.
func (w *Writer) faults() []*Error {
	errs := w.errs
	told := make(map[string]bool, len(errs))
	for _, e := range errs {
		told[e.Field] = true
	}
	errs = append(errs, w.plan.examineSlots(w.window[:w.plan.length], w.numbers)...)
	for i := range w.plan.fields {
		f := &w.plan.fields[i]
		if told[f.def.Name] || f.slotted >= 0 && w.numbers[w.plan.slots[f.slotted].repetitions[f.slot].present] == 0 {
			continue
		}
		if (w.plan.must.has(i) || f.slotted >= 0 && f.required()) && !w.set.has(i) {
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
