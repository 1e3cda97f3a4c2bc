package formats

import (
	"bytes"
	"fmt"
	"io"
)

// RecodeOptions say how [Plan.Recode] reads and writes.
type RecodeOptions struct {
	File string // the file's name, for errors

	// AsRead reproduces what the layout tolerates in reading (blank lines, lines
	// cut short, lower case) instead of writing the layout's strict form: then
	// the result is the same bytes, or the file was not understood.
	AsRead bool
}

// Recoded is what [Plan.Recode] did.
type Recoded struct {
	Tally    Tally
	Form     Form
	Warnings []*Error // what was tolerated
	Warned   int      // how often, also beyond the bound of the list
}

// Recode decodes a file and encodes it again, value by value: each field is
// turned into what it means and written anew from that. A file with errors is
// not encoded to its end; the error is then the *[Errors] of the decoder, or
// of the encoder where only that refuses a record.
func (p *Plan) Recode(w io.Writer, r io.Reader, o RecodeOptions) (Recoded, error) {
	d := p.NewDecoder(r, DecodeOptions{File: o.File})
	var e *Encoder
	encoding := error(nil)
	for d.Next() {
		rec := d.Record()
		if e == nil {
			// The numbers that go on from file to file are those of the file.
			e = p.NewEncoder(w, EncodeOptions{Form: &d.form, AsRead: o.AsRead})
		}
		if d.count > 0 || encoding != nil {
			continue // all errors are collected, but nothing more is written
		}
		if encoding = e.copyValues(rec); encoding != nil {
			encoding = named(encoding, o.File)
		}
	}
	out := Recoded{Tally: d.Tally(), Form: d.form, Warnings: d.Warnings(), Warned: d.warned}
	if err := d.Err(); err != nil {
		return out, err
	}
	if encoding != nil {
		return out, encoding
	}
	e.form.Final, e.form.Fillers = d.form.Final, d.form.Fillers
	if o.AsRead {
		e.blankEnd, e.tail = d.rec.blanksAhead, d.tail
	}
	if err := e.Close(); err != nil {
		return out, named(err, o.File)
	}
	return out, nil
}

// named adds the file's name to errors of an encoder.
func named(err error, file string) error {
	if errs, ok := err.(*Errors); ok { //nolint:errorlint // it comes from this package as it is
		for _, one := range errs.List {
			one.File = file
		}
		return errs
	}
	return fmt.Errorf("encode %s: %w", file, err)
}

// copyValues writes a record anew from the values of a decoded one.
func (e *Encoder) copyValues(r *Record) error {
	w := e.BeginRecord(r.plan)
	if e.options.AsRead {
		w.short, w.long = r.short, r.long
		if len(r.blanks) > 0 {
			w.blanks = r.blanks
		}
	}
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		if f.constant != "" || f.kind == KindFiller || !r.there(f) {
			continue
		}
		h := Field{f}
		w.SetString(h, r.String(h))
		if e.options.AsRead {
			w.keepForm(f, r.raw)
		}
	}
	return w.End()
}

// there says whether a field is there: outside slots always, in one only when
// the slot is.
func (r *Record) there(f *fieldPlan) bool {
	return f.slotted < 0 || r.numbers[r.plan.slots[f.slotted].repetitions[f.slot].present] != 0
}

// keepForm takes over the bytes of a field that says the same in another form
// than the one that is written: it is empty, or tolerated.
func (w *Writer) keepForm(f *fieldPlan, raw []byte) {
	var now, then [64]byte
	a, b := f.appendBytes(now[:0], w.window), f.appendBytes(then[:0], raw)
	if bytes.Equal(a, b) {
		return
	}
	if !f.blank(raw) {
		if _, wrong := f.examine(raw, true); wrong == nil {
			return // it should have come out the same
		}
	}
	if f.pieces == nil {
		copy(w.bytes(f), raw[f.off:])
		return
	}
	for _, p := range f.pieces {
		copy(w.window[p.off:p.off+p.n], raw[p.off:])
	}
}
