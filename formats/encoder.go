package formats

import (
	"errors"
	"fmt"
	"io"
)

// Encoder writes the records of a file. It writes no record that breaks the
// layout, fills in running numbers and the totals of a trailer, and checks the
// totals of a header when it is closed. It is not safe for concurrent use.
//
//	e := plan.NewEncoder(w)
//	h := e.Begin("H")
//	h.SetText(batch, "PWK-2026-0001")
//	if err := h.End(); err != nil { ... }
//	...
//	if err := e.Close(); err != nil { ... }
type Encoder struct {
	plan   *Plan
	w      io.Writer
	buf    []byte
	used   int
	writer Writer
	sums   *sums
	place  place
	count  int   // records written
	err    error // of w
	closed bool
}

// ErrClosed is returned by an encoder that is used after it was closed.
var ErrClosed = errors.New("encoder is closed")

// NewEncoder writes records to w, in large pieces; Close writes the last one
// and leaves w open.
func (p *Plan) NewEncoder(w io.Writer) *Encoder {
	e := &Encoder{plan: p, w: w, buf: make([]byte, bufferSize+slack), sums: newSums(p)}
	fields := 0
	for _, r := range p.records {
		fields = max(fields, len(r.fields))
	}
	e.writer = Writer{e: e, numbers: make([]int64, fields)}
	return e
}

// Begin starts a record, with its constants and fillers in place; the builder
// is the same each time. A record that was begun and not ended is dropped. It
// panics when the layout has no such record.
func (e *Encoder) Begin(record string) *Writer {
	w := &e.writer
	if w.plan == nil || w.plan.def.Name != record {
		r, ok := e.plan.Record(record)
		if !ok {
			panic(fmt.Sprintf("formats: layout %s has no record %s", e.plan.Name(), record))
		}
		w.plan = r
	}
	n := len(w.plan.template)
	if e.used+n > bufferSize {
		e.flush()
	}
	w.window = e.buf[e.used : e.used+n+slack]
	copy(w.window, w.plan.template)
	w.set = fieldSet{}
	if w.implies {
		w.implies, w.implied, w.doubt = false, fieldSet{}, nil
	}
	w.errs = nil
	w.open = true
	return w
}

// flush gives what is written so far to the writer.
func (e *Encoder) flush() {
	if e.err == nil && e.used > 0 {
		n, err := e.w.Write(e.buf[:e.used])
		if err == nil && n < e.used {
			err = io.ErrShortWrite
		}
		if err != nil {
			e.err = fmt.Errorf("write %s, about record %d: %w", e.plan.Name(), e.count, err)
		}
	}
	e.used = 0
}

// end checks a record and commits it to the buffer.
func (e *Encoder) end(w *Writer) error {
	switch {
	case e.closed:
		return ErrClosed
	case e.err != nil:
		return e.err
	case !w.open:
		return errors.New("formats: End without Begin")
	}
	w.open = false
	r := w.plan
	if r.sequence >= 0 && !w.set.has(r.sequence) {
		f := &r.fields[r.sequence]
		w.put(f, e.sums.next[r.index])
	}
	for _, i := range r.totals {
		if t := &e.plan.totals[i]; !t.later && !w.set.has(t.field.index) {
			e.fillTotal(w, t)
		}
	}
	if w.doubt != nil {
		w.resolve()
	}
	if len(r.checks) > 0 {
		w.fillDigits()
	}
	if w.errs != nil || w.set.lacks(&r.must) || !run(r.writing, w.window, w.numbers) {
		return e.refuse(w.faults())
	}
	if len(r.totals) == 0 && (r.sequence < 0 || w.numbers[r.sequence] == e.sums.next[r.index]) && e.place.repeat(e.plan.steps, r.index) {
		e.commit(w)
		return nil
	}
	if errs := e.misplaced(w); errs != nil {
		return e.refuse(errs)
	}
	e.commit(w)
	return nil
}

// fillTotal writes a total over the records before it.
func (e *Encoder) fillTotal(w *Writer, t *total) {
	c := e.sums.compute(t)
	if c.hi != 0 || !putDigits(w.bytes(t.field), c.lo) {
		w.fail(t.field, ErrOverflow, c.String())
	}
}

// misplaced checks order, running number and totals of a record, and moves on
// only when all is well.
func (e *Encoder) misplaced(w *Writer) []*Error {
	r := w.plan
	at := e.place
	if v := at.accept(e.plan.steps, r.index); v != inPlace {
		detail := Text{"berkas sudah lengkap", "the file is complete"}
		if missing, ok := e.place.missing(e.plan.steps); ok && v != afterEnd {
			detail = missingBefore(e.plan.records[missing])
		} else if v == outOfLine {
			detail = Text{"tidak boleh di sini", "it may not stand here"}
		}
		return []*Error{{RecordType: r.def.Name, Err: ErrStructure, Detail: detail}}
	}
	var errs []*Error
	if r.sequence >= 0 && w.numbers[r.sequence] != e.sums.next[r.index] {
		errs = append(errs, r.fields[r.sequence].numberError(ErrSequence, decimal(w.numbers[r.sequence]), decimal(e.sums.next[r.index])))
	}
	for _, i := range r.totals {
		t := &e.plan.totals[i]
		value := w.numbers[t.field.index]
		if t.later {
			if s := &e.sums.stated[i]; !s.set && errs == nil {
				*s = stated{set: true, readable: true, line: e.count + 1, record: e.count + 1, value: value}
			}
			continue
		}
		if c, verdict := e.sums.compare(t, value); verdict != agrees {
			errs = append(errs, t.field.numberError(ErrControl, decimal(value), c.String()))
		}
	}
	if errs == nil {
		e.place = at
	}
	return errs
}

// commit takes a checked record into the file.
func (e *Encoder) commit(w *Writer) {
	r := w.plan
	e.sums.feed(r, w.numbers)
	e.sums.next[r.index]++
	e.used += len(r.template)
	e.count++
}

// refuse makes the error of a record that is not written.
func (e *Encoder) refuse(errs []*Error) error {
	for _, one := range errs {
		one.Line, one.Record = e.count+1, e.count+1
	}
	return &Errors{List: errs}
}

// Close checks that the file is complete and that the totals of its header
// agree with what was written, and writes what is still in the buffer. After
// an error the file must not be used. Closing again does nothing.
func (e *Encoder) Close() error {
	if e.closed {
		return nil
	}
	e.closed = true
	e.flush()
	if e.err != nil {
		return e.err
	}
	var errs []*Error
	if missing, ok := e.place.missing(e.plan.steps); ok {
		r := e.plan.records[missing]
		errs = append(errs, &Error{Line: e.count, RecordType: r.def.Name, Err: ErrTruncated, Detail: textf("rekaman %s tidak pernah ditulis", "record %s was never written", r.def.Name)})
	}
	for i := range e.plan.totals {
		t := &e.plan.totals[i]
		s := e.sums.stated[i]
		if !t.later || !s.set {
			continue
		}
		if c, verdict := e.sums.compare(t, s.value); verdict != agrees {
			one := t.field.numberError(ErrControl, decimal(s.value), c.String())
			one.Line, one.Record = s.line, s.record
			errs = append(errs, one)
		}
	}
	if errs == nil {
		return nil
	}
	return &Errors{List: errs}
}
