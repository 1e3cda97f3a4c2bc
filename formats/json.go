package formats

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The JSON of a file is one object: the layout's name, the line end, the
// records in their order, and how the file ends. A record has its name, its
// line, and its values by field; all values are strings, as [Record.String]
// gives them: amounts are exact decimals. Constants and fillers are left out.
//
//	{
//	 "layout": "notes", "line_end": "lf",
//	 "records": [
//	  {"record": "N", "line": 1, "values": {"name": "CONTOH A", "amount": "100.00"}}
//	 ],
//	 "final_line_end": true, "fillers": 0
//	}
//
// An empty value is ""; null where it is spaces though the layout writes zeros.
// A slot of a record is a list of the repetitions that are there.

// WriteJSON decodes a file and writes it as JSON. Records that cannot be read
// have their errors beside, or in place of, their values. The error is the
// *[Errors] of the file when it is not clean; the JSON is complete then, too.
func (p *Plan) WriteJSON(w io.Writer, r io.Reader, o DecodeOptions) error {
	j := &jsonWriter{out: bufio.NewWriter(w)}
	d := p.NewDecoder(r, o)
	more := d.Next()
	j.text("{\n \"layout\": ").value(p.Name()).text(", \"line_end\": ").value(string(d.form.End)).text(",\n \"records\": [")
	for first := true; more; more = d.Next() {
		if !first {
			j.text(",")
		}
		first = false
		j.text("\n  ").record(d.Record())
	}
	j.text("\n ],\n \"final_line_end\": ").value(d.form.Final).text(", \"fillers\": ").value(d.form.Fillers).text("\n}\n")
	if err := errors.Join(j.err, j.out.Flush()); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return d.Err()
}

type jsonWriter struct {
	out *bufio.Writer
	err error
}

func (j *jsonWriter) text(s string) *jsonWriter {
	_, _ = j.out.WriteString(s) // the writer keeps the error until it is flushed
	return j
}

func (j *jsonWriter) value(v any) *jsonWriter {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // names hold & and apostrophes; this is no web page
	j.err = errors.Join(j.err, enc.Encode(v))
	return j.text(string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
}

func (j *jsonWriter) record(r *Record) {
	j.text("{\"record\": ").value(r.Type()).text(", \"line\": ").value(r.line)
	if r.plan != nil && r.whole == nil {
		j.text(", \"values\": {").fields(r).text("}")
	} else {
		j.text(", \"raw\": ").value(visible(r.raw))
	}
	for i, e := range r.errs {
		if i == 0 {
			j.text(", \"errors\": [")
		} else {
			j.text(", ")
		}
		j.value(e.Error())
	}
	if len(r.errs) > 0 {
		j.text("]")
	}
	j.text("}")
}

func (j *jsonWriter) fields(r *Record) *jsonWriter {
	comma := ""
	for i := 0; i < len(r.plan.fields); i++ {
		f := &r.plan.fields[i]
		if f.slotted >= 0 {
			s := &r.plan.slots[f.slotted]
			j.text(comma).value(s.def.Name).text(": [").repetitions(r, s).text("]")
			i = s.repetitions[len(s.repetitions)-1].to - 1
			comma = ", "
			continue
		}
		if f.constant == "" && f.kind != KindFiller {
			j.text(comma).value(f.def.Name).text(": ").field(r, f)
			comma = ", "
		}
	}
	return j
}

// field writes a value; null is an empty one in the form that would not be
// written: spaces where the layout has zeros.
func (j *jsonWriter) field(r *Record, f *fieldPlan) *jsonWriter {
	if f.zeros && f.blanks {
		var room [maxApart]byte
		if allBytes(f.gather(r.raw, &room), ' ') {
			return j.text("null")
		}
	}
	return j.value(r.String(Field{f}))
}

func (j *jsonWriter) repetitions(r *Record, s *slotPlan) *jsonWriter {
	for i, rep := range s.repetitions {
		if r.numbers[rep.present] == 0 {
			break
		}
		if i > 0 {
			j.text(", ")
		}
		j.text("{")
		comma := ""
		for k := rep.from; k < rep.to; k++ {
			if f := &r.plan.fields[k]; f.constant == "" && f.kind != KindFiller {
				j.text(comma).value(f.def.Name).text(": ").field(r, f)
				comma = ", "
			}
		}
		j.text("}")
	}
	return j
}
