package formats

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
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

// jsonRecord is a record in JSON.
type jsonRecord struct {
	Record string                     `json:"record"`
	Line   int                        `json:"line"`
	Values map[string]json.RawMessage `json:"values"`
}

// JSONLayout is the name of the layout that JSON of a file says it follows.
func JSONLayout(head []byte) string {
	dec := json.NewDecoder(bytes.NewReader(head))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return ""
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return ""
		}
		if key == "layout" {
			if name, err := dec.Token(); err == nil {
				s, _ := name.(string)
				return s
			}
			return ""
		}
		if key == "records" {
			return ""
		}
		var skip json.RawMessage
		if dec.Decode(&skip) != nil {
			return ""
		}
	}
	return ""
}

// ReadJSON writes the fixed-width file that JSON describes. Totals, running
// numbers and check digits may be left out: they are filled in, those of a
// header excepted. What is not understood is an error that names the record;
// the file must then not be used.
func (p *Plan) ReadJSON(w io.Writer, r io.Reader, o EncodeOptions) error {
	j := &jsonReader{plan: p, dec: json.NewDecoder(r), form: Form{End: p.layout.end(), Final: p.layout.Line.Final != FinalNever, Fillers: -1}, options: o, out: w}
	if o.Form != nil {
		j.form = *o.Form
	}
	if err := j.file(); err != nil {
		return fmt.Errorf("read JSON: %w", err)
	}
	if j.enc == nil {
		j.begin()
	}
	j.enc.form.Final, j.enc.form.Fillers = j.form.Final, j.form.Fillers
	return j.enc.Close()
}

type jsonReader struct {
	plan    *Plan
	dec     *json.Decoder
	form    Form
	options EncodeOptions
	out     io.Writer
	enc     *Encoder
	count   int
}

func (j *jsonReader) begin() {
	o := j.options
	o.Form = &j.form
	j.enc = j.plan.NewEncoder(j.out, o)
}

// file reads the outer object.
func (j *jsonReader) file() error {
	if err := j.delim('{'); err != nil {
		return err
	}
	for j.dec.More() {
		key, err := j.dec.Token()
		if err != nil {
			return err
		}
		switch key {
		case "layout":
			var name string
			if err := j.dec.Decode(&name); err != nil {
				return err
			}
			if name != j.plan.Name() {
				return fmt.Errorf("the JSON is of layout %q, not %q", name, j.plan.Name())
			}
		case "line_end":
			var end LineEnd
			if err := j.dec.Decode(&end); err != nil {
				return err
			}
			if !slices.Contains(j.plan.layout.Line.Ends, end) {
				return fmt.Errorf("layout %s has no line end %q", j.plan.Name(), end)
			}
			j.form.End = end
		case "final_line_end":
			err = j.dec.Decode(&j.form.Final)
		case "fillers":
			err = j.dec.Decode(&j.form.Fillers)
		case "records":
			err = j.records()
		default:
			return fmt.Errorf("%q is no key of a file; the keys are layout, line_end, records, final_line_end, fillers", key)
		}
		if err != nil {
			return err
		}
	}
	if err := j.delim('}'); err != nil {
		return err
	}
	if _, err := j.dec.Token(); err != io.EOF {
		return errors.New("there is something behind the file's object")
	}
	return nil
}

func (j *jsonReader) delim(want json.Delim) error {
	t, err := j.dec.Token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("%q is expected at byte %d, not %v", want.String(), j.dec.InputOffset(), t)
	}
	return nil
}

func (j *jsonReader) records() error {
	if err := j.delim('['); err != nil {
		return err
	}
	j.begin()
	for j.dec.More() {
		j.count++
		var r jsonRecord
		if err := j.dec.Decode(&r); err != nil {
			return fmt.Errorf("record %d: %w", j.count, err)
		}
		if err := j.record(&r); err != nil {
			return err
		}
	}
	return j.delim(']')
}

func (j *jsonReader) record(r *jsonRecord) error {
	plan, ok := j.plan.Record(r.Record)
	if !ok {
		return fmt.Errorf("record %d: layout %s has no record %q", j.count, j.plan.Name(), r.Record)
	}
	w := j.enc.BeginRecord(plan)
	for name, raw := range r.Values {
		if s := plan.slot(name); s != nil {
			if err := j.slot(w, s, raw); err != nil {
				return fmt.Errorf("record %d (%s): %w", j.count, r.Record, err)
			}
			continue
		}
		f, ok := plan.field(name)
		if !ok || f.slotted >= 0 {
			return fmt.Errorf("record %d (%s): there is no field %q", j.count, r.Record, name)
		}
		var value *string
		if err := json.Unmarshal(raw, &value); err != nil {
			return fmt.Errorf("record %d (%s), field %s: a text is expected: %w", j.count, r.Record, name, err)
		}
		w.setJSON(f, value)
	}
	return w.End()
}

func (j *jsonReader) slot(w *Writer, s *slotPlan, raw json.RawMessage) error {
	var reps []map[string]*string
	if err := json.Unmarshal(raw, &reps); err != nil {
		return fmt.Errorf("slot %s: a list of objects is expected: %w", s.def.Name, err)
	}
	if len(reps) > len(s.repetitions) {
		return fmt.Errorf("slot %s stands in the record %d times, not %d", s.def.Name, len(s.repetitions), len(reps))
	}
	for i, values := range reps {
		rep := s.repetitions[i]
		for name, value := range values {
			found := false
			for k := rep.from; k < rep.to; k++ {
				if f := &s.record.fields[k]; f.def.Name == name {
					w.setJSON(f, value)
					found = true
				}
			}
			if !found {
				return fmt.Errorf("slot %s has no field %q", s.def.Name, name)
			}
		}
	}
	return nil
}

// setJSON sets a field to a value of JSON; nil is null.
func (w *Writer) setJSON(f *fieldPlan, value *string) {
	switch {
	case value != nil:
		w.SetString(Field{f}, *value)
	case f.blanks:
		if ok, _ := w.take(Field{f}); ok {
			f.putSpaces(w.window)
		}
	default:
		w.fail(f, ErrRequired, "")
	}
}

// slot finds a slot by its name, or nil.
func (r *RecordPlan) slot(name string) *slotPlan {
	for i := range r.slots {
		if r.slots[i].def.Name == name {
			return &r.slots[i]
		}
	}
	return nil
}
