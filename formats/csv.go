package formats

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WriteCSV decodes a file and writes its values as CSV, for a spreadsheet. With
// the name of a record it is a table of those records, a column each field;
// without, it has a line for each value: line, record, field, value. A text
// that a spreadsheet would take for a formula gets an apostrophe in front, so
// the CSV is for people and not for reading back: JSON is. The error is the
// *[Errors] of the file when it is not clean; what could be read has been
// written then.
func (p *Plan) WriteCSV(w io.Writer, r io.Reader, record string, o DecodeOptions) error {
	out := csv.NewWriter(w)
	d := p.NewDecoder(r, o)
	if record == "" {
		writeLong(out, d)
	} else if err := writeTable(out, d, record); err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return d.Err()
}

// writeLong writes a line for each value; the writer keeps an error.
func writeLong(out *csv.Writer, d *Decoder) {
	_ = out.Write([]string{"line", "record", "field", "value"})
	for d.Next() {
		r := d.Record()
		if r.plan == nil || r.whole != nil {
			_ = out.Write([]string{strconv.Itoa(r.line), r.Type(), "", plain(visible(r.raw))})
			continue
		}
		for i := range r.plan.fields {
			if f := &r.plan.fields[i]; f.kind != KindFiller && r.there(f) {
				_ = out.Write([]string{strconv.Itoa(r.line), r.Type(), columnName(f), cellText(r, f)})
			}
		}
	}
}

func writeTable(out *csv.Writer, d *Decoder, record string) error {
	plan, ok := d.plan.Record(record)
	if !ok {
		return fmt.Errorf("layout %s has no record %q", d.plan.Name(), record)
	}
	row := []string{"line"}
	for i := range plan.fields {
		if f := &plan.fields[i]; f.kind != KindFiller {
			row = append(row, columnName(f))
		}
	}
	_ = out.Write(row)
	for d.Next() {
		r := d.Record()
		if r.plan != plan || r.whole != nil {
			continue
		}
		row = append(row[:0], strconv.Itoa(r.line))
		for i := range plan.fields {
			f := &plan.fields[i]
			switch {
			case f.kind == KindFiller:
			case r.there(f):
				row = append(row, cellText(r, f))
			default:
				row = append(row, "")
			}
		}
		_ = out.Write(row)
	}
	return nil
}

// columnName is a field's name; in a slot with the number of the repetition.
func columnName(f *fieldPlan) string {
	if f.slotted < 0 {
		return f.def.Name
	}
	return f.def.Name + "_" + strconv.Itoa(f.slot+1)
}

func cellText(r *Record, f *fieldPlan) string {
	s := r.String(Field{f})
	if _, number := parseFigure(s); number && f.kind != KindText {
		return s
	}
	return plain(s) // a number that cannot be read may be anything
}

// plain keeps a text from being a formula, also behind a semicolon, at which a
// spreadsheet that is set to them takes a line apart, quotes or not.
func plain(s string) string {
	if formula(s) {
		s = "'" + s
	}
	for at := 0; at < len(s); at++ {
		if s[at] == ';' && formula(strings.TrimLeft(s[at+1:], ` "`)) {
			s = s[:at+1] + "'" + s[at+1:]
		}
	}
	return s
}

// formula says whether a spreadsheet may read s as a formula. Some look past
// blanks, and some know the full-width signs.
func formula(s string) bool {
	if s == "" || s[0] == '\t' || s[0] == '\r' {
		return s != ""
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	return strings.ContainsRune("=+-@＝＋－＠", r)
}
