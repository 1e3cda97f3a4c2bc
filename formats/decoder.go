package formats

import (
	"bytes"
	"io"
)

// DecodeOptions say how a file is read.
type DecodeOptions struct {
	File      string // the file's name, for errors
	MaxErrors int    // how many errors are kept; 100 when 0
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
	next    int // where the next line starts in the buffer
	line    int
	gap     int64 // unknown lines since the last running number
	byType  []int // lines known to be a record, by type
	unknown int
	done    bool

	errs       []*Error
	count      int
	unverified []string
}

// NewDecoder reads records from r. It buffers, so it may read more of r than
// it uses.
func (p *Plan) NewDecoder(r io.Reader, o DecodeOptions) *Decoder {
	if o.MaxErrors <= 0 {
		o.MaxErrors = defaultMaxErrors
	}
	fields := 0
	for _, rec := range p.records {
		fields = max(fields, len(rec.fields))
	}
	return &Decoder{
		plan: p, options: o, in: newBuffer(r), sums: newSums(p),
		rec:    Record{numbers: make([]int64, fields)},
		byType: make([]int, len(p.records)),
	}
}

// Next reads the next record. It is true for a record that cannot be read,
// too: its Err says why. It is false at the end of the file and when reading
// fails; Err then says whether the file was clean.
func (d *Decoder) Next() bool {
	p := d.plan
	d.in.start = d.next
	span := p.length + len(p.lineEnd)
	if d.in.len() < span && !d.in.need(span) {
		return d.last()
	}
	at := d.in.start
	window := d.in.buf[at : at+p.length+slack]
	if string(window[p.length:span]) != p.lineEnd {
		return d.oddLine()
	}
	r := p.identify(window, d.rec.plan)
	if r == nil || !run(r.reading, window, d.rec.numbers) {
		if bytes.IndexByte(window[:p.length], '\n') >= 0 {
			return d.oddLine() // two wrong lines that end at the right place
		}
		d.begin(r, window[:p.length], at+span)
		d.broken(nil)
		return true
	}
	d.begin(r, window[:p.length], at+span)
	if len(r.totals) > 0 || !d.inOrder(r) {
		d.settle(nil, nil)
		return true
	}
	d.sums.feed(r, d.rec.numbers)
	return true
}

// begin takes up a record.
func (d *Decoder) begin(r *RecordPlan, raw []byte, next int) {
	d.line++
	d.next = next
	d.rec.plan, d.rec.raw, d.rec.line, d.rec.number = r, raw, d.line, d.line
	d.rec.errs, d.rec.whole = nil, nil
	if r == nil {
		d.unknown++
	} else {
		d.byType[r.index]++
	}
}

// inOrder is the quick look at the order: a record like the one before, with
// the next running number. When it is false nothing has changed.
func (d *Decoder) inOrder(r *RecordPlan) bool {
	if r.sequence >= 0 && d.rec.numbers[r.sequence] != d.sums.next[r.index] {
		return false
	}
	if !d.place.repeat(d.plan.steps, r.index) {
		return false
	}
	d.sums.next[r.index]++
	d.gap = 0
	return true
}

// Record is the current record, valid until the next Next.
func (d *Decoder) Record() *Record { return &d.rec }
