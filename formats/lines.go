package formats

import (
	"strconv"
	"unicode/utf8"
)

// oddLine reads a line whose end is not where it should be.
func (d *Decoder) oddLine() bool {
	held, length, next, ended := d.in.line()
	if !ended {
		return d.cutLine(held, length, next)
	}
	p := d.plan
	raw := d.in.buf[d.in.start : d.in.start+held]
	cr := held == length && held > 0 && raw[held-1] == '\r'
	var errs []*Error
	switch {
	case p.lineEnd == "\r\n" && cr:
		raw, length = raw[:held-1], length-1
	case p.lineEnd == "\r\n" && length == p.length:
		errs = append(errs, &Error{Err: ErrLineEnd, Detail: Text{"LF saja, seharusnya CR LF", "LF alone, CR LF is expected"}})
	case p.lineEnd == "\n" && cr && length-1 == p.length:
		raw, length = raw[:held-1], length-1
		errs = append(errs, &Error{Err: ErrLineEnd, Detail: Text{"CR LF, seharusnya LF saja", "CR LF, LF alone is expected"}})
	}
	d.take(raw, length, next, errs)
	return true
}

// last reads what the file ends with: a whole last line without its end, part
// of a line, several short lines, or nothing.
func (d *Decoder) last() bool {
	if d.in.len() == 0 {
		d.next = d.in.end
		d.finish()
		return false
	}
	return d.oddLine()
}

// cutLine reads the last line when it has no end.
func (d *Decoder) cutLine(held, length, next int) bool {
	p := d.plan
	if d.in.err != nil {
		// The rest of the line is somewhere; what was read says nothing.
		d.next = d.in.end
		d.in.start = d.in.end
		d.finish()
		return false
	}
	raw := d.in.buf[d.in.start : d.in.start+held]
	var errs []*Error
	switch {
	case length == p.length && p.final:
	case length == p.length:
		errs = append(errs, &Error{Err: ErrTruncated, Detail: Text{"baris terakhir tanpa akhir baris", "the last line has no line end"}})
	case length == p.length+1 && p.lineEnd == "\r\n" && raw[held-1] == '\r':
		raw, length = raw[:held-1], length-1
		errs = append(errs, &Error{Err: ErrTruncated, Detail: Text{"akhir baris terakhir terpotong setelah CR", "the last line end is cut after CR"}})
	case length < p.length:
		errs = append(errs, &Error{Err: ErrTruncated, From: length + 1, To: p.length,
			Detail: textf("berkas berakhir di dalam rekaman, setelah %d dari %d bita", "the file ends inside a record, after %d of %d bytes", length, p.length)})
	}
	d.take(raw, length, next, errs)
	return true
}

// take reads a line that was found by its line end.
func (d *Decoder) take(raw []byte, length, next int, errs []*Error) {
	p := d.plan
	window := d.in.buf[d.in.start : d.in.start+p.length+slack]
	if length != p.length {
		r := p.identifyShort(window, min(len(raw), p.length))
		d.begin(r, raw, next)
		if len(errs) == 0 {
			errs = wrongLength(raw, length, p.length)
		}
		d.unreadable(errs)
		return
	}
	r := p.identify(window, d.rec.plan)
	d.begin(r, raw, next)
	if r != nil && len(errs) == 0 && run(r.reading, window, d.rec.numbers) {
		d.settle(nil, nil)
		return
	}
	d.broken(errs)
}

// identifyShort finds the record of a line of which only n bytes are there.
func (p *Plan) identifyShort(window []byte, n int) *RecordPlan {
	for _, r := range p.records {
		if r.matches(window, n) {
			return r
		}
	}
	return nil
}

// unreadable handles a line of the wrong length: the columns cannot be
// trusted, so no field is read. Its type still counts.
func (d *Decoder) unreadable(errs []*Error) {
	clear(d.rec.numbers)
	d.rec.whole = errs[0]
	r := d.rec.plan
	switch {
	case d.ended():
		d.report(append(errs, d.afterEnd()))
	case r == nil:
		if len(d.rec.raw) > 0 {
			d.lose()
		}
		d.report(errs)
	default:
		d.settle(errs, &fieldSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)})
	}
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
