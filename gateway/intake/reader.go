package intake

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// reader is what reading a roster and reading a wage sheet have in common.
type reader struct {
	o       Options
	src     source
	read    Read
	errs    collector
	columns columns
	aside   bool // a value outside the columns has been warned of
}

func newReader(src source, read Read, o Options) *reader {
	return &reader{o: o, src: src, read: read, errs: collector{file: o.File, sheet: read.Sheet, max: o.MaxErrors}}
}

func (r *reader) warn(format string, args ...any) {
	r.read.Warnings = append(r.read.Warnings, fmt.Sprintf(format, args...))
}

// fail records a problem; column counts from 0, -1 when it is the row.
func (r *reader) fail(number, column int, value string, err error) {
	e := Error{Row: number, Value: value, Err: err}
	if column >= 0 {
		e.Cell = r.src.cellName(column, number)
		if column < len(r.columns.header) {
			e.Column = r.columns.header[column]
		}
	}
	r.errs.add(e)
}

// failAt is fail for a known column.
func (r *reader) failAt(w row, c column, err error) {
	at := r.columns.at[c]
	value := ""
	if at >= 0 && at < len(w.cells) {
		value = strings.TrimSpace(w.cells[at].text)
	}
	r.fail(w.number, at, value, err)
}

// cell returns the cell of a column; a blank one where a workbook's row ends
// before it, or where there is no such column.
func (r *reader) cell(w row, c column) cell {
	at := r.columns.at[c]
	if at < 0 || at >= len(w.cells) {
		return cell{}
	}
	return w.cells[at]
}

const nothingHint = "save the list again, and look into the saved file before importing it"

// header reads up to and including the row of column names; false when it can't
// be used, and the errors say why.
func (r *reader) header(required, optional []column) (bool, error) {
	for {
		w, err := r.src.next()
		var bad *badRow
		switch {
		case errors.As(err, &bad):
			r.fail(bad.number, -1, bad.value, bad.err)
			return false, nil
		case errors.Is(err, io.EOF):
			r.errs.last(&problem{ErrNothing, "there is nothing in the file", nothingHint})
			return false, nil
		case err != nil:
			return false, err
		case w.blank():
			continue
		}
		return r.find(w, required, optional), nil
	}
}

// rows gives every row below the header to take. A row that can't be taken
// apart is given to unreadable, after its error has been recorded.
func (r *reader) rows(take func(row) error, unreadable func()) error {
	for {
		w, err := r.src.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			var bad *badRow
			if !errors.As(err, &bad) {
				return err
			}
			r.read.Count++
			r.fail(bad.number, bad.column, bad.value, bad.err)
			unreadable()
			continue
		}
		if w.blank() {
			continue
		}
		r.read.Count++
		if w.fixed && len(w.cells) != len(r.columns.header) {
			r.wrongWidth(w)
			unreadable()
			continue
		}
		r.look(w)
		if err := take(w); err != nil {
			return err
		}
	}
}

func (r *reader) wrongWidth(w row) {
	hint := "look for a missing or doubled separator in this row"
	if r.read.Delimiter == "," && len(w.cells) > len(r.columns.header) {
		hint = `put a value that has a comma in it into quotation marks: "500.000,00"`
	}
	r.fail(w.number, -1, "", &problem{ErrFields,
		fmt.Sprintf("the row has %s, and there are %s", counted(len(w.cells), "field"), counted(len(r.columns.header), "column name")), hint})
}

// look checks the texts of the columns that are not used, and warns of values
// outside all columns.
func (r *reader) look(w row) {
	for i := len(r.columns.header); i < len(w.cells) && !r.aside; i++ {
		if !w.cells[i].blank() {
			r.aside = true
			r.warn("what stands to the right of the columns is not used, first in %s", r.src.cellName(i, w.number))
		}
	}
	if w.plain {
		return
	}
	for i, c := range w.cells {
		if i >= len(r.columns.header) || c.kind != kindText || r.uses(i) {
			continue
		}
		// Line breaks are usual in such columns; broken encodings are not, and
		// tell that the file was saved wrongly.
		if err := checkHeaderText(c.text); err != nil {
			r.fail(w.number, i, c.text, err)
		}
	}
}

func (r *reader) uses(i int) bool {
	for _, at := range r.columns.at {
		if at == i {
			return true
		}
	}
	return false
}

// sunk takes the sink's answer to a row: nil when reading may go on.
func (r *reader) sunk(w row, err error) error {
	if err == nil {
		return nil
	}
	var rowError RowError
	if !errors.As(err, &rowError) {
		return fmt.Errorf("%s row %d: %w", r.o.File, w.number, err)
	}
	for c := range columnCount {
		if c.String() == rowError.Column() && r.columns.at[c] >= 0 {
			r.failAt(w, c, err)
			return nil
		}
	}
	r.errs.add(Error{Row: w.number, Column: rowError.Column(), Err: err})
	return nil
}

// broken takes an error that ended the reading. When the file is at fault, what
// had been found before it is still told.
func (r *reader) broken(err error) (Read, error) {
	var all *Errors
	if !errors.As(err, &all) {
		return r.read, err
	}
	for _, e := range all.List {
		r.errs.list = append(r.errs.list, &Error{File: e.File, Sheet: r.errs.sheet, Err: e.Err})
	}
	return r.read, r.errs.err()
}

// finish ends the reading: what has been read, and everything that is wrong.
func (r *reader) finish(sum *content) (Read, error) {
	if err := r.errs.err(); err != nil {
		return r.read, err
	}
	r.read.Content = sum.sum()
	return r.read, nil
}
