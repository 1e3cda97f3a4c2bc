package formats

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// begins looks at the first bytes of a file for the line end that it uses.
func (d *Decoder) begins() {
	p := d.plan
	ends := p.layout.Line.Ends
	look := p.length + 2
	if p.tolerates[LongLines] || p.tolerates[BlankLines] {
		look *= 2
	}
	d.in.need(look)
	head := d.in.buf[d.in.start:min(d.in.end, d.in.start+look)]
	found := NoEnd
	if i := bytes.IndexAny(head, "\r\n"); i >= 0 {
		switch {
		case head[i] == '\n':
			found = LF
		case i+1 < len(head) && head[i+1] == '\n':
			found = CRLF
		default:
			found = CR
		}
	}
	d.form.End = ends[0]
	for _, e := range ends {
		if e == found {
			d.form.End = e
		}
	}
	d.lineEnd = d.form.End.bytes()
	d.span = p.length + len(d.lineEnd)
}

// oddLine reads a line whose end is not where it should be, or which is no
// record that is known. It is to go on with the next line when more is true;
// otherwise found says whether there is a record.
func (d *Decoder) oddLine() (more, found bool) {
	if d.lineEnd == "" {
		return d.unbroken()
	}
	held, length, next, ended := d.in.line(d.lineEnd[len(d.lineEnd)-1])
	raw := d.in.buf[d.in.start : d.in.start+held]
	if d.mark(raw) {
		d.tail += string(d.in.buf[d.in.start:next])
		d.next = next
		return true, false
	}
	if !ended {
		return d.cutLine(held, length, next)
	}
	cr := held == length && held > 0 && raw[held-1] == '\r'
	var errs []*Error
	switch {
	case d.lineEnd == "\r\n" && cr:
		raw, length = raw[:held-1], length-1
	case d.lineEnd == "\r\n" && (d.fits(length) || d.plan.anyLength()):
		errs = append(errs, &Error{Err: ErrLineEnd, Detail: Text{"LF saja, seharusnya CR LF", "LF alone, CR LF is expected"}})
	case d.lineEnd == "\n" && cr && d.fits(length-1):
		raw, length = raw[:held-1], length-1
		errs = append(errs, &Error{Err: ErrLineEnd, Detail: Text{"CR LF, seharusnya LF saja", "CR LF, LF alone is expected"}})
	}
	if errs == nil && d.blank(raw, length) {
		d.next = next
		return true, false
	}
	return d.take(raw, length, next, errs)
}

// anyLength says whether the layout tolerates lines that are not as long as a
// record.
func (p *Plan) anyLength() bool {
	return p.tolerates[ShortLines] || p.tolerates[LongLines] || p.tolerates[BlankLines]
}

// fits says whether some record has that length.
func (d *Decoder) fits(length int) bool {
	if d.plan.shared > 0 {
		return length == d.plan.shared
	}
	for _, r := range d.plan.records {
		if r.length == length {
			return true
		}
	}
	return false
}

// maxBlanks is how many blank lines may stand one behind the other; more are
// no slip.
const maxBlanks = 1000

// blank passes over a blank line, where that is tolerated.
func (d *Decoder) blank(raw []byte, length int) bool {
	if !d.plan.tolerates[BlankLines] || length != len(raw) || len(trimRight(raw)) > 0 || len(d.rec.blanksAhead) >= maxBlanks {
		return false
	}
	d.line++
	d.rec.blanksAhead = append(d.rec.blanksAhead, length)
	d.warn(&Error{File: d.options.File, Line: d.line, Err: ErrTolerated, Detail: Text{"baris kosong dilewati", "a blank line is passed over"}})
	return true
}

// mark passes over a mark of the end behind the last record, where that is
// tolerated.
func (d *Decoder) mark(raw []byte) bool {
	if len(raw) == 0 || len(raw) > 3 || raw[0] != 0x1A || string(bytes.TrimRight(raw, "\r\n")) != "\x1a" || !d.plan.tolerates[EndMark] || d.in.start+len(raw) < d.in.end-2 {
		return false
	}
	d.line++
	d.warn(&Error{File: d.options.File, Line: d.line, Err: ErrTolerated, Detail: Text{"tanda akhir berkas (bita 1A) dilewati", "a mark of the end (byte 1A) is passed over"}})
	return true
}

// filler says whether a line fills up a block.
func (d *Decoder) filler(raw []byte) bool {
	return d.plan.filler != nil && string(raw) == string(d.plan.filler)
}

// fills says whether a window begins with a whole line that fills up a block.
func (d *Decoder) fills(window []byte, have int) bool {
	n := len(d.plan.filler)
	end := n + len(d.lineEnd)
	return have >= end && end <= len(window) && d.filler(window[:n]) && string(window[n:end]) == d.lineEnd
}

func (d *Decoder) skipFiller(next int) {
	d.line++
	d.form.Fillers++
	d.form.Final = true
	d.next = next
}

// cutLine reads the last line when it has no end.
func (d *Decoder) cutLine(held, length, next int) (more, found bool) {
	if d.in.err != nil {
		// The rest of the line is somewhere; what was read says nothing.
		d.next = d.in.end
		d.in.start = d.in.end
		d.finish()
		return false, false
	}
	p := d.plan
	raw := d.in.buf[d.in.start : d.in.start+held]
	final := p.layout.Line.Final
	free := final == FinalEither || final == FinalNever
	trimmed := p.tolerates[ShortLines] && (free || p.tolerates[FinalLineEnd]) && held > 0 && raw[held-1] != ' '
	var errs []*Error
	if length == held && d.filler(raw) {
		d.skipFiller(next)
		d.form.Final = false
		if !free {
			d.openEnd(p.tolerates[FinalLineEnd])
		}
		return true, false
	}
	if d.blank(raw, length) {
		d.next = next
		d.form.Final = false
		return true, false
	}
	window := d.in.buf[d.in.start : d.in.start+p.length+slack]
	r := d.identify(window, min(held, p.length))
	expected := p.length
	if r != nil {
		expected = r.length
	}
	switch {
	case length == expected && free:
	case length == expected && p.tolerates[FinalLineEnd]:
		more, found = d.take(raw, length, next, nil)
		d.form.Final = false
		d.openEnd(true)
		return more, found
	case length == expected:
		errs = append(errs, &Error{Err: ErrTruncated, Detail: Text{"baris terakhir tanpa akhir baris", "the last line has no line end"}})
	case length == expected+1 && d.lineEnd == "\r\n" && raw[held-1] == '\r':
		raw, length = raw[:held-1], length-1
		errs = append(errs, &Error{Err: ErrTruncated, Detail: Text{"akhir baris terakhir terpotong setelah CR", "the last line end is cut after CR"}})
	case length < expected && trimmed:
		more, found = d.take(raw, length, next, nil)
		d.form.Final = false
		if !free {
			d.openEnd(true)
		}
		return more, found
	case length < expected:
		errs = append(errs, &Error{Err: ErrTruncated, From: length + 1, To: expected,
			Detail: textf("berkas berakhir di dalam rekaman, setelah %d dari %d bita", "the file ends inside a record, after %d of %d bytes", length, expected)})
	}
	more, found = d.take(raw, length, next, errs)
	d.form.Final = false
	if d.rec.long > 0 && !free {
		d.openEnd(p.tolerates[FinalLineEnd])
	}
	return more, found
}

// openEnd says that the last line end is missing.
func (d *Decoder) openEnd(tolerated bool) {
	e := &Error{File: d.options.File, Line: d.line, Detail: Text{"baris terakhir tanpa akhir baris", "the last line has no line end"}}
	if tolerated {
		e.Err = ErrTolerated
		d.warn(e)
		return
	}
	e.Err = ErrTruncated
	d.keep(e)
}

// unbroken reads on in a file without line ends, where a record is not whole
// or not known. Where all records are of one length the next one begins behind
// it; elsewhere nobody knows where.
func (d *Decoder) unbroken() (more, found bool) {
	p := d.plan
	have := d.in.len()
	window := d.in.buf[d.in.start : d.in.start+p.length+slack]
	if rest := d.in.buf[d.in.start:min(d.in.start+3, d.in.end)]; d.in.err == nil && d.mark(rest) {
		d.tail += string(rest)
		d.next = d.in.end
		return true, false
	}
	if n := p.shared; n > 0 && have >= n {
		raw := window[:n]
		d.begin(nil, raw, d.in.start+n)
		d.broken(nil)
		return false, true
	}
	if d.in.err != nil {
		d.next, d.in.start = d.in.end, d.in.end
		d.finish()
		return false, false
	}
	held := min(have, maxHeld)
	expected := p.length
	r := d.identify(window, min(have, p.length))
	if r != nil {
		expected = r.length
	}
	raw := d.in.buf[d.in.start : d.in.start+held]
	if r == nil && p.shared == 0 {
		// There is no way to find the next record.
		next := d.in.start + min(have, p.length)
		if have > p.length {
			raw = raw[:p.length]
		}
		d.begin(nil, raw, next)
		d.broken([]*Error{{Err: ErrRecordType, From: 1, To: len(raw), Value: string(clip(raw)), Detail: d.recordTypes()}})
		return false, true
	}
	d.begin(r, raw, d.in.end)
	d.unreadable([]*Error{{Err: ErrTruncated, From: held + 1, To: expected,
		Detail: textf("berkas berakhir di dalam rekaman, setelah %d dari %d bita", "the file ends inside a record, after %d of %d bytes", held, expected)}})
	return false, true
}

// take reads a line that was found by its line end.
func (d *Decoder) take(raw []byte, length, next int, errs []*Error) (more, found bool) {
	p := d.plan
	window := d.in.buf[d.in.start : d.in.start+p.length+slack]
	r := d.identify(window, min(len(raw), p.length))
	expected := p.length
	if r != nil {
		expected = r.length
	}
	switch {
	case length == expected:
	case errs == nil && r != nil && length < expected && length > 0 && raw[length-1] != ' ' && p.tolerates[ShortLines] && !r.cuts(length):
		// A line that ends with a space was not trimmed: it was cut off.
		d.short(r, raw, next)
		return false, true
	case errs == nil && r != nil && length > expected && length == len(raw) && len(trimRight(raw)) <= expected && p.tolerates[LongLines]:
		d.begin(r, raw[:expected], next)
		d.rec.long = length - expected
		d.warnAt(&Error{From: expected + 1, To: length, Err: ErrTolerated,
			Detail: textf("%d spasi setelah rekaman diabaikan", "%d spaces behind the record are ignored", length-expected)})
		d.check(window)
		return false, true
	default:
		d.begin(r, raw, next)
		if r == nil && p.shared == 0 && len(raw) > 0 {
			d.broken(append(errs, &Error{Err: ErrRecordType, From: 1, To: len(raw), Value: string(clip(raw)), Detail: d.recordTypes()}))
			return false, true
		}
		if len(errs) == 0 {
			errs = wrongLength(raw, length, expected)
		}
		d.unreadable(errs)
		return false, true
	}
	d.begin(r, raw, next)
	if r != nil && len(errs) == 0 {
		d.check(window)
		return false, true
	}
	d.broken(errs)
	return false, true
}

// check reads the fields of a record that has been taken up.
func (d *Decoder) check(window []byte) {
	r := d.rec.plan
	switch {
	case run(r.writing, window, d.rec.numbers):
		d.settle(nil, nil)
	case r.tolerant && run(r.reading, window, d.rec.numbers):
		d.tolerated()
		d.settle(nil, nil)
	default:
		d.broken(nil)
	}
}

// cuts says whether a record that ends early is cut inside a value that stands
// right: such a value has no spaces behind it that could have been trimmed.
func (r *RecordPlan) cuts(length int) bool {
	for i := range r.fields {
		if f := &r.fields[i]; f.align == AlignRight && f.off < length && length < f.off+f.n {
			return true
		}
	}
	return false
}

// short reads a line whose end is missing: spaces take its place.
func (d *Decoder) short(r *RecordPlan, raw []byte, next int) {
	if d.padded == nil {
		d.padded = make([]byte, d.plan.length+slack)
	}
	n := copy(d.padded, raw)
	fill(d.padded[n:], spaces)
	d.begin(r, d.padded[:r.length], next)
	d.rec.short = r.length - n
	d.warnAt(&Error{From: n + 1, To: r.length, Err: ErrTolerated,
		Detail: textf("baris berakhir setelah %d dari %d bita; sisanya dibaca sebagai spasi", "the line ends after %d of %d bytes; the rest is read as spaces", n, r.length)})
	d.check(d.padded)
}

// unreadable handles a line of the wrong length: the columns cannot be
// trusted, so no field is read. Its type still counts.
func (d *Decoder) unreadable(errs []*Error) {
	clear(d.rec.numbers)
	d.rec.whole = errs[0]
	r := d.rec.plan
	if r != nil {
		d.settle(errs, &fieldSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)})
		return
	}
	if d.place.ended(d.plan) {
		errs = append(errs, d.afterEnd())
	} else if len(d.rec.raw) > 0 {
		d.lose()
	}
	d.report(errs)
}

// wrongLength says how a line is too short or too long.
func wrongLength(raw []byte, length, expected int) []*Error {
	e := &Error{Value: strconv.Itoa(length), Expected: strconv.Itoa(expected), Err: ErrLength, From: expected + 1, To: length}
	e.Detail = textf("%d bita, seharusnya %d", "%d bytes, expected %d", length, expected)
	if length == 0 {
		e.Detail = textf("baris kosong, seharusnya %d bita", "blank line, expected %d bytes", expected)
	}
	if length < expected {
		e.From, e.To = length+1, expected
	}
	errs := []*Error{e}
	if length != len(raw) || utf8.RuneCount(raw) != expected {
		return errs
	}
	// The right number of characters, but not of bytes: it is UTF-8.
	if w := notPrintable(raw); w != nil {
		e.Detail = textf("%d bita, seharusnya %d; jumlah karakternya benar, tetapi ada yang memakai beberapa bita",
			"%d bytes, expected %d; the characters are as many as expected, but some take several bytes", length, expected)
		errs = append(errs, &Error{From: w.from + 1, To: w.to, Value: string(raw[w.from:w.to]), Detail: w.detail, Err: ErrCharset})
	}
	return errs
}
