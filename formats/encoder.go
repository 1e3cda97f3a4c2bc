package formats

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// EncodeOptions say how a file is written, where its layout leaves a choice.
type EncodeOptions struct {
	// Form is the line end, whether the last record has one, and how many lines
	// fill the last block; nil for what the layout says first. It must be one
	// that the layout knows.
	Form *Form

	// Following tells the next number of each series that goes on from file to
	// file, by the name of the series. Without it such a number has to be set.
	Following map[string]int64

	// AsRead writes blank lines, lines cut short and spaces behind a line as
	// they stood in the records that are copied, and accepts whatever the
	// layout tolerates in reading. It is for proving that a file was understood
	// to the last byte, and not for files that anybody else is to read.
	AsRead bool
}

// Encoder writes the records of a file. It writes no record that breaks the
// layout, fills in running numbers, repeated values, check digits and the
// totals of a trailer, and checks the totals of a header when its scope ends.
// It is not safe for concurrent use.
//
//	e := plan.NewEncoder(w, formats.EncodeOptions{})
//	h := e.Begin("H")
//	h.SetText(batch, "PWK-2026-0001")
//	if err := h.End(); err != nil { ... }
//	...
//	if err := e.Close(); err != nil { ... }
type Encoder struct {
	plan    *Plan
	options EncodeOptions
	w       io.Writer
	buf     []byte
	used    int
	writer  Writer
	sums    *sums
	place   place
	lineEnd string
	ending  uint16 // the same, filled up to two bytes
	form    Form
	count   int // records written
	lines   int
	errs    []*Error // totals of scopes that have ended
	err     error    // of w
	closed  bool

	blankEnd []int  // the spaces of blank lines behind the last record, as they were read
	tail     string // the mark of the end, as it was read
}

// ErrClosed is returned by an encoder that is used after it was closed.
var ErrClosed = errors.New("encoder is closed")

// NewEncoder writes records to w, in large pieces; Close writes the last one
// and leaves w open.
func (p *Plan) NewEncoder(w io.Writer, o EncodeOptions) *Encoder {
	e := &Encoder{
		plan: p, options: o, w: w, buf: make([]byte, bufferSize+slack), sums: newSums(p, o.Following), place: newPlace(p),
		form: Form{End: p.layout.end(), Final: p.layout.Line.Final != FinalNever, Fillers: -1},
	}
	if o.Form != nil {
		e.form = *o.Form
	}
	if !slices.Contains(p.layout.Line.Ends, e.form.End) {
		e.err = fmt.Errorf("layout %s has no line end %q", p.Name(), e.form.End)
	}
	e.lineEnd = e.form.End.bytes()
	e.ending = uint16(word8(e.lineEnd))
	numbers := 0
	for _, r := range p.records {
		numbers = max(numbers, r.numbers)
	}
	e.writer = Writer{e: e, numbers: make([]int64, numbers)}
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
	return e.BeginRecord(w.plan)
}

// BeginRecord is Begin for a record that has been found already.
func (e *Encoder) BeginRecord(r *RecordPlan) *Writer {
	w := &e.writer
	w.plan = r
	n := r.length
	if e.used+n+maxExtra > bufferSize {
		e.flush(len(e.lineEnd))
	}
	w.window = e.buf[e.used : e.used+n+slack]
	copy(w.window, r.template)
	w.set = fieldSet{}
	if w.implies {
		w.implies, w.implied, w.doubt = false, fieldSet{}, nil
	}
	w.errs = nil
	w.blanks, w.short, w.long = nil, 0, 0
	w.open = true
	return w
}

// maxExtra is the room kept for a line end.
const maxExtra = 2

// flush gives what is written so far to the writer, but for the last bytes: it
// is not known before Close whether the last line has a line end.
func (e *Encoder) flush(keep int) {
	ready := max(e.used-keep, 0)
	if e.err == nil && ready > 0 {
		n, err := e.w.Write(e.buf[:ready])
		if err == nil && n < ready {
			err = io.ErrShortWrite
		}
		if err != nil {
			e.err = fmt.Errorf("write %s, about record %d: %w", e.plan.Name(), e.count, err)
		}
	}
	e.used = copy(e.buf, e.buf[ready:e.used])
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
	r := w.plan
	e.fillRuns(w)
	if !r.light {
		e.fillIn(w)
	}
	if w.doubt != nil {
		w.resolve()
	}
	if len(r.checks) > 0 {
		w.fillDigits()
	}
	w.open = false
	program := r.writing
	if e.options.AsRead && r.tolerant {
		program = r.reading
	}
	if w.errs != nil || w.set.lacks(&r.must) || r.slots != nil && w.lacksInSlots() || !run(program, w.window, w.numbers) {
		return e.refuse(w.faults())
	}
	if r.loose && !r.matches(w.window, r.length) {
		return e.refuse([]*Error{{RecordType: r.def.Name, Err: ErrRecordType, Detail: Text{"isinya bukan ciri rekaman ini", "what it holds is not what the record is known by"}}})
	}
	if errs := e.settleAny(w, e.move(r)); errs != nil {
		return e.refuse(errs)
	}
	e.commit(w)
	return nil
}

// move is what a record does at the place where the file is.
func (e *Encoder) move(r *RecordPlan) *move {
	return &e.plan.moves[e.place.at*len(e.plan.records)+r.index]
}

// settleAny puts a checked record in its place, in the quickest way.
func (e *Encoder) settleAny(w *Writer, m *move) []*Error {
	if m.plain && w.plan.light && e.runsOn(w) {
		e.place.at = m.to
		return nil
	}
	if m.quick && (m.swift && e.settleSwift(w, m) || e.settleQuick(w, m)) {
		return nil
	}
	return e.settle(w)
}

// fillRuns writes the running numbers that have not been set.
func (e *Encoder) fillRuns(w *Writer) {
	r := w.plan
	for _, n := range r.runs {
		if s := &e.plan.series[n.series]; !w.set.has(n.field) && !s.rising && !n.silent && e.sums.known[n.series] {
			// The move may begin a scope, and the number with it.
			w.put(&r.fields[n.field], e.next(r, n.series))
			w.set.add(n.field)
		}
	}
}

// next is the next number of a series for a record, which may be the first of
// a scope.
func (e *Encoder) next(r *RecordPlan, i int) int64 {
	m := e.move(r)
	for _, s := range m.open {
		for _, j := range e.plan.scopes[s].series {
			if i == j {
				return e.plan.series[i].first
			}
		}
	}
	return e.sums.next[i]
}

// runsOn is the quick look at running numbers.
func (e *Encoder) runsOn(w *Writer) bool {
	for _, n := range w.plan.runs {
		if w.numbers[n.field] != e.sums.next[n.series] {
			return false
		}
	}
	for _, n := range w.plan.runs {
		e.sums.next[n.series]++
	}
	return true
}

// fillIn writes what follows from the records before: repeated values and
// totals that have not been set.
func (e *Encoder) fillIn(w *Writer) {
	r, m := w.plan, e.move(w.plan)
	for _, i := range r.copies {
		if f := &r.fields[i]; !w.set.has(i) && f.def.Empty == EmptyNever && !e.forgets(m, f) {
			w.repeat(f, &e.sums.held[f.repeats], e.plan.held[f.repeats].field)
		}
	}
	for _, i := range r.totals {
		t := &e.plan.totals[i]
		if t.later || w.set.has(t.field.index) || t.field.def.Empty != EmptyNever {
			continue
		}
		// A total of a scope that begins with this record is over nothing yet; one
		// of a scope that goes on counts this record, too.
		e.sums.ahead = ahead{record: r, window: w.window, opens: m.open}
		c := e.sums.compute(t)
		e.sums.ahead = ahead{}
		v, ok := c.number()
		if !ok {
			w.fail(t.field, ErrOverflow, c.String())
			continue
		}
		w.put(t.field, v)
		w.set.add(t.field.index)
	}
}

// commit takes a checked record into the file.
func (e *Encoder) commit(w *Writer) {
	r := w.plan
	e.sums.feed(r, w.numbers)
	if r.holds != nil {
		e.sums.hold(r, w.window, w.numbers, nil)
	}
	e.count++
	e.lines++
	e.used += r.length
	if w.blanks != nil || w.short|w.long != 0 {
		e.reshape(w)
	}
	// There is room for the longest line end; what is not of it is covered.
	binary.LittleEndian.PutUint16(e.buf[e.used:], e.ending)
	e.used += len(e.lineEnd)
}

// reshape gives a record the form in which it was read.
func (e *Encoder) reshape(w *Writer) {
	e.used -= w.plan.length
	line := append([]byte(nil), w.window[:w.plan.length]...)
	e.blankLines(w.blanks)
	line = line[:len(line)-w.short]
	for range w.long {
		line = append(line, ' ')
	}
	e.write(string(line))
}

// blankLines writes blank lines of so many spaces.
func (e *Encoder) blankLines(blanks []int) {
	for _, n := range blanks {
		e.write(strings.Repeat(" ", n) + e.lineEnd)
		e.lines++
	}
}

// write puts bytes into the buffer.
func (e *Encoder) write(s string) {
	for len(s) > 0 {
		if e.used+maxExtra >= bufferSize {
			e.flush(len(e.lineEnd))
		}
		n := copy(e.buf[e.used:bufferSize-maxExtra], s)
		e.used += n
		s = s[n:]
	}
}

// refuse makes the error of a record that is not written.
func (e *Encoder) refuse(errs []*Error) error {
	for _, one := range errs {
		one.Line, one.Record = e.lines+1, e.count+1
	}
	return &Errors{List: errs}
}

// Following is what the next file's numbers of the series that go on from file
// to file will be, by name.
func (e *Encoder) Following() map[string]int64 { return e.sums.following() }

// Close checks that the file is complete and that the totals of headers agree
// with what was written, fills the last block, and writes what is still in the
// buffer. After an error the file must not be used. Closing again does
// nothing.
func (e *Encoder) Close() error {
	if e.closed {
		return nil
	}
	e.closed = true
	e.fillBlock()
	e.blankLines(e.blankEnd)
	if !e.final() && e.lines > 0 {
		e.used -= len(e.lineEnd)
	}
	e.write(e.tail)
	e.flush(0)
	if e.err != nil {
		return e.err
	}
	var errs []*Error
	if missing := e.place.missing(e.plan); missing >= 0 {
		r := e.plan.records[missing]
		errs = append(errs, &Error{Line: e.lines, RecordType: r.def.Name, Err: ErrTruncated, Detail: textf("rekaman %s tidak pernah ditulis", "record %s was never written", r.def.Name)})
	}
	for n := e.plan.leaves[e.place.at]; n != nil; n = n.parent {
		if n.group >= 0 && e.plan.scopeOf[n.group] > 0 {
			e.closeScope(e.plan.scopeOf[n.group])
		}
	}
	e.closeScope(0)
	errs = append(errs, e.errs...)
	if errs == nil {
		return nil
	}
	return &Errors{List: errs}
}

// final says whether the last line has a line end: as the layout says, and
// where it leaves that open, or a file is written as it was read, as the form
// says.
func (e *Encoder) final() bool {
	switch final := e.plan.layout.Line.Final; {
	case e.options.AsRead || final == FinalEither:
		return e.form.Final
	default:
		return final != FinalNever
	}
}

// fillBlock writes the lines that fill the last block.
func (e *Encoder) fillBlock() {
	b := e.plan.layout.Line.Block
	if b == nil || e.count == 0 {
		return
	}
	n := e.form.Fillers
	if n < 0 || !e.options.AsRead {
		n = (b.Records - e.count%b.Records) % b.Records
	}
	n = min(n, math.MaxInt32)
	line := string(e.plan.filler) + e.lineEnd
	for range n {
		e.write(line)
		e.lines++
	}
}
