package formats

import (
	"bytes"
	"io"
)

// DecodeOptions say how a file is read.
type DecodeOptions struct {
	File        string // the file's name, for errors
	MaxErrors   int    // how many errors are kept; 100 when 0
	MaxWarnings int    // how many warnings are kept; 100 when 0

	// Expect tells what the first number of a series that goes on from file to
	// file must be, by the name of the series. One that is not here may begin
	// with any number.
	Expect map[string]int64
}

// defaultMaxErrors is how many errors are kept when nothing is said.
const defaultMaxErrors = 100

// Decoder reads the records of a file. It validates all fields of each, their
// order, running numbers and totals, and goes on after whatever is wrong. It
// is not safe for concurrent use.
type Decoder struct {
	plan    *Plan
	options DecodeOptions
	in      buffer
	rec     Record
	sums    *sums
	place   place
	likely  []*RecordPlan // by place: the record that came last time
	next    int           // where the next line starts in the buffer
	line    int
	records int
	byType  []int // lines known to be a record, by type
	unknown int
	done    bool

	form    Form
	lineEnd string // what ends a line of this file
	span    int    // bytes of the longest record with its line end
	tail    string // the mark of the end, where there is one
	padded  []byte // a line that was too short, filled up
	after   bool   // records behind the filling have been complained about
	types   Text   // the records that are known, for messages

	errs       []*Error
	count      int
	warnings   []*Error
	warned     int
	unverified []string
	doubted    []bool // by total: it is among the unverified
}

// Form is how a file was written, where its layout leaves a choice.
type Form struct {
	End     LineEnd // the line end
	Final   bool    // the last record has one
	Fillers int     // lines that fill the last block
}

// NewDecoder reads records from r. It buffers, so it may read more of r than
// it uses.
func (p *Plan) NewDecoder(r io.Reader, o DecodeOptions) *Decoder {
	if o.MaxErrors <= 0 {
		o.MaxErrors = defaultMaxErrors
	}
	if o.MaxWarnings <= 0 {
		o.MaxWarnings = defaultMaxErrors
	}
	numbers := 0
	for _, rec := range p.records {
		numbers = max(numbers, rec.numbers)
	}
	return &Decoder{
		plan: p, options: o, in: newBuffer(r), sums: newSums(p, o.Expect), place: newPlace(p),
		rec:     Record{numbers: make([]int64, numbers)},
		likely:  make([]*RecordPlan, len(p.leaves)),
		byType:  make([]int, len(p.records)),
		doubted: make([]bool, len(p.totals)),
	}
}

// Next reads the next record. It is true for a record that cannot be read,
// too: its Err says why. It is false at the end of the file and when reading
// fails; Err then says whether the file was clean.
func (d *Decoder) Next() bool {
	p := d.plan
	if d.span == 0 {
		d.begins()
	}
	for {
		d.in.start = d.next
		have := d.in.len()
		if have < d.span {
			d.in.need(d.span)
			if have = d.in.len(); have == 0 {
				d.next = d.in.end
				d.finish()
				return false
			}
		}
		at := d.in.start
		window := d.in.buf[at : at+p.length+slack]
		if len(p.filler) > 0 && window[0] == p.filler[0] && d.fills(window, have) {
			d.skipFiller(at + len(p.filler) + len(d.lineEnd))
			continue
		}
		r := d.identify(window, min(have, p.length))
		if r == nil || !d.framed(r, window, have) {
			if more, found := d.oddLine(); !more {
				return found
			}
			continue
		}
		if !run(r.writing, window, d.rec.numbers) {
			return d.closer(r, window, at)
		}
		d.begin(r, window[:r.length], at+r.length+len(d.lineEnd))
		m := &p.moves[d.place.at*len(p.records)+r.index]
		if m.plain && r.light && d.form.Fillers == 0 && d.runsOn(r) {
			d.place.at = m.to
			d.sums.feed(r, d.rec.numbers)
			if r.holds != nil {
				d.sums.hold(r, d.rec.raw, d.rec.numbers, nil)
			}
			return true
		}
		if !m.quick || d.form.Fillers > 0 || !d.settleQuick(m) {
			d.settle(nil, nil)
		}
		return true
	}
}

// closer looks at a record that is not strictly right: something is tolerated,
// or wrong.
func (d *Decoder) closer(r *RecordPlan, window []byte, at int) bool {
	if d.lineEnd != "" && bytes.IndexByte(window[:r.length], d.lineEnd[len(d.lineEnd)-1]) >= 0 {
		_, found := d.oddLine() // two wrong lines that end at the right place
		return found
	}
	d.begin(r, window[:r.length], at+r.length+len(d.lineEnd))
	if r.tolerant && run(r.reading, window, d.rec.numbers) {
		d.tolerated()
		d.settle(nil, nil)
		return true
	}
	d.broken(nil)
	return true
}

// identify finds the record of a window of which n bytes are there: one that
// may stand here, if it can be.
func (d *Decoder) identify(window []byte, n int) *RecordPlan {
	at := d.place.at
	if r := d.likely[at]; r != nil && r.matches(window, n) {
		return r
	}
	for _, r := range d.plan.candidates[at] {
		if r.matches(window, n) {
			if d.plan.moves[at*len(d.plan.records)+r.index].gap < 0 && d.plan.moves[at*len(d.plan.records)+r.index].to > 0 {
				d.likely[at] = r
			}
			return r
		}
	}
	return nil
}

// framed says whether a record of a window is followed by the line end.
func (d *Decoder) framed(r *RecordPlan, window []byte, have int) bool {
	end := r.length + len(d.lineEnd)
	return have >= end && string(window[r.length:end]) == d.lineEnd
}

// begin takes up a record.
func (d *Decoder) begin(r *RecordPlan, raw []byte, next int) {
	d.line++
	d.records++
	d.next = next
	d.rec.plan, d.rec.raw, d.rec.line, d.rec.number = r, raw, d.line, d.records
	d.rec.errs, d.rec.warnings, d.rec.whole = nil, nil, nil
	d.rec.short, d.rec.long = 0, 0
	if len(d.rec.blanks)+len(d.rec.blanksAhead) > 0 {
		d.rec.blanks, d.rec.blanksAhead = d.rec.blanksAhead, d.rec.blanks[:0]
	}
	d.form.Final = true
	if r == nil {
		d.unknown++
	} else {
		d.byType[r.index]++
	}
}

// runsOn is the quick look at running numbers: each is the next one. When it
// is false nothing has changed.
func (d *Decoder) runsOn(r *RecordPlan) bool {
	for _, n := range r.runs {
		if d.rec.numbers[n.field] != d.sums.next[n.series] {
			return false
		}
	}
	for _, n := range r.runs {
		d.sums.next[n.series]++
		d.sums.missed[n.series] = d.sums.lost
	}
	return true
}

// Record is the current record, valid until the next Next.
func (d *Decoder) Record() *Record { return &d.rec }

// Form is how the file is written, as far as it has been read.
func (d *Decoder) Form() Form { return d.form }

// Following is what the next file's numbers of the series that go on from file
// to file will be, by name.
func (d *Decoder) Following() map[string]int64 {
	return d.sums.following()
}
