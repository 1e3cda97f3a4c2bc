package formats

import (
	"errors"
	"fmt"
	"slices"
)

// Tally is what has been read.
type Tally struct {
	Bytes   int64          // of the file, line ends included
	Lines   int            // lines
	Records int            // records: every line is one, but for blank ones and those that fill up a block
	Unknown int            // lines that are no record of the layout
	ByType  map[string]int // records by type, broken ones included
}

// finish checks what can be checked only at the end of the file.
func (d *Decoder) finish() {
	if d.done {
		return
	}
	d.done = true
	missing := d.place.missing(d.plan)
	if d.in.err != nil {
		d.closeAll(missing)
		return
	}
	switch {
	case d.line == 0:
		d.keep(&Error{File: d.options.File, Line: 1, Err: ErrTruncated, Detail: Text{"berkas kosong", "the file is empty"}})
	case missing >= 0:
		r := d.plan.records[missing]
		d.keep(&Error{File: d.options.File, Line: d.line, RecordType: r.def.Name, Err: ErrTruncated,
			Detail: textf("berkas berakhir di sini, tanpa rekaman %s", "the file ends here, without its record %s", r.def.Name)})
	}
	if d.form.Final && d.plan.layout.Line.Final == FinalNever && d.lineEnd != "" && d.line > 0 {
		d.keep(&Error{File: d.options.File, Line: d.line, Err: ErrLineEnd, Detail: Text{"baris terakhir seharusnya tanpa akhir baris", "the last line should have no line end"}})
	}
	if missing < 0 {
		d.block()
	}
	d.closeAll(missing)
}

// closeAll ends all scopes in which the file stands at its end.
func (d *Decoder) closeAll(missing int) {
	for n := d.plan.leaves[d.place.at]; n != nil; n = n.parent {
		if n.group >= 0 && d.plan.scopeOf[n.group] > 0 {
			d.closeScope(d.plan.scopeOf[n.group], missing)
		}
	}
	d.closeScope(0, missing)
}

// block checks that the file is filled up to a whole block.
func (d *Decoder) block() {
	b := d.plan.layout.Line.Block
	if b == nil || d.line == 0 {
		return
	}
	have := d.records + d.form.Fillers
	want := (d.records + b.Records - 1) / b.Records * b.Records
	if have == want {
		return
	}
	e := &Error{File: d.options.File, Line: d.line, Err: ErrStructure,
		Detail: textf("berkas berisi %d baris; dengan pengisi seharusnya %d, kelipatan %d", "the file has %d lines; filled up it should have %d, a multiple of %d", have, want, b.Records)}
	if d.plan.tolerates[Unblocked] {
		e.Err = ErrTolerated
		d.warn(e)
		return
	}
	d.keep(e)
}

// report adds the place to a record's errors and keeps them.
func (d *Decoder) report(errs []*Error) {
	for _, e := range errs {
		e.File, e.Line, e.Record = d.options.File, d.rec.line, d.rec.number
		if e.RecordType == "" && d.rec.plan != nil {
			e.RecordType = d.rec.plan.def.Name
		}
		d.keep(e)
	}
	d.rec.errs = errs
}

func (d *Decoder) keep(e *Error) {
	d.count++
	if len(d.errs) < d.options.MaxErrors {
		d.errs = append(d.errs, e)
	}
}

// clip bounds what an error keeps of a line.
func clip(b []byte) []byte { return b[:min(len(b), maxShown)] }

// Err is nil as long as nothing is wrong. Otherwise it wraps everything found:
// the error of the reader, and the *[Errors] of the file.
func (d *Decoder) Err() error {
	var found error
	if d.count > 0 {
		found = &Errors{List: d.Errors(), More: d.count - len(d.errs)}
	}
	if d.in.err == nil || !d.done {
		return found
	}
	name := d.options.File
	if name == "" {
		name = "the file"
	}
	err := fmt.Errorf("read %s, line %d: %w", name, d.line+1, d.in.err)
	if found == nil {
		return err
	}
	return errors.Join(err, found)
}

// Errors are the errors that were kept, in the order found.
func (d *Decoder) Errors() []*Error { return slices.Clone(d.errs) }

// ErrorCount is how many errors there are, kept or not.
func (d *Decoder) ErrorCount() int { return d.count }

// Warnings are the things that were tolerated, as errors that wrap
// [ErrTolerated], in the order found; those beyond a bound are only counted.
func (d *Decoder) Warnings() []*Error { return slices.Clone(d.warnings) }

// WarningCount is how many things were tolerated, kept or not; beyond the
// bound of the list a record counts once.
func (d *Decoder) WarningCount() int { return d.warned }

// Unverified names the totals, as RECORD.field, that could not be checked
// because something that belongs to them could not be read. One that states less
// than what could be read is not among them: it is wrong.
func (d *Decoder) Unverified() []string { return slices.Clone(d.unverified) }

// Tally is what has been read so far.
func (d *Decoder) Tally() Tally {
	t := Tally{
		Bytes: d.in.read - int64(d.in.end-d.next), Lines: d.line, Records: d.records, Unknown: d.unknown,
		ByType: make(map[string]int, len(d.byType)),
	}
	for i, n := range d.byType {
		if n > 0 {
			t.ByType[d.plan.records[i].def.Name] = n
		}
	}
	return t
}
