package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

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
	err := members(j.dec, func(key string) error {
		switch key {
		case "layout":
			var name string
			if err := j.dec.Decode(&name); err != nil {
				return err
			}
			if name != j.plan.Name() {
				return fmt.Errorf("the JSON is of layout %q, not %q", name, j.plan.Name())
			}
			return nil
		case "line_end":
			return j.lineEnd()
		case "final_line_end":
			return j.dec.Decode(&j.form.Final)
		case "fillers":
			return j.dec.Decode(&j.form.Fillers)
		case "records":
			return j.records()
		}
		return fmt.Errorf("%q is no key of a file; the keys are layout, line_end, records, final_line_end, fillers", key)
	})
	if err != nil {
		return err
	}
	if _, err := j.dec.Token(); err != io.EOF {
		return errors.New("there is something behind the file's object")
	}
	return nil
}

func (j *jsonReader) lineEnd() error {
	var end LineEnd
	if err := j.dec.Decode(&end); err != nil {
		return err
	}
	switch {
	case !slices.Contains(j.plan.layout.Line.Ends, end):
		return fmt.Errorf("layout %s has no line end %q", j.plan.Name(), end)
	case j.enc != nil && end != j.form.End:
		return errors.New("line_end stands behind the records, which have been written already")
	}
	j.form.End = end
	return nil
}

// members reads an object member by member; each reads the value. A key that is
// given twice is an error: one of its values would be lost.
func members(dec *json.Decoder, each func(key string) error) error {
	if err := delim(dec, '{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		if seen[key] {
			return fmt.Errorf("%q is given twice", key)
		}
		seen[key] = true
		if err := each(key); err != nil {
			return err
		}
	}
	return delim(dec, '}')
}

// elements reads a list element by element.
func elements(dec *json.Decoder, each func() error) error {
	if err := delim(dec, '['); err != nil {
		return err
	}
	for dec.More() {
		if err := each(); err != nil {
			return err
		}
	}
	return delim(dec, ']')
}

func delim(dec *json.Decoder, want json.Delim) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("%q is expected at byte %d, not %v", want.String(), dec.InputOffset(), t)
	}
	return nil
}

func (j *jsonReader) records() error {
	j.begin()
	return elements(j.dec, func() error {
		j.count++
		var r jsonRecord
		if err := r.read(j.dec); err != nil {
			return fmt.Errorf("record %d: %w", j.count, err)
		}
		return j.record(&r)
	})
}

// jsonRecord is a record in JSON.
type jsonRecord struct {
	name   string
	values jsonValues
	slots  map[string][]jsonValues
}

// jsonValues are values by field; nil is null.
type jsonValues map[string]*string

func (r *jsonRecord) read(dec *json.Decoder) error {
	return members(dec, func(key string) error {
		switch key {
		case "record":
			return dec.Decode(&r.name)
		case "values":
			return r.readValues(dec)
		case "line", "errors":
			var skip json.RawMessage
			return dec.Decode(&skip)
		case "raw":
			return errors.New("it could not be read when the JSON was made, so it has no values to write")
		}
		return fmt.Errorf("%q is no key of a record; the keys are record, line, values", key)
	})
}

// readValues reads the values of a record; a list is a slot.
func (r *jsonRecord) readValues(dec *json.Decoder) error {
	r.values, r.slots = jsonValues{}, map[string][]jsonValues{}
	return members(dec, func(key string) error {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		if raw[0] != '[' {
			return r.values.read(key, raw)
		}
		inner := json.NewDecoder(bytes.NewReader(raw))
		return elements(inner, func() error {
			values := jsonValues{}
			err := members(inner, func(name string) error {
				var raw json.RawMessage
				if err := inner.Decode(&raw); err != nil {
					return err
				}
				return values.read(name, raw)
			})
			if err != nil {
				return fmt.Errorf("slot %s: a list of objects is expected: %w", key, err)
			}
			r.slots[key] = append(r.slots[key], values)
			return nil
		})
	})
}

func (v jsonValues) read(name string, raw json.RawMessage) error {
	var value *string
	if err := json.Unmarshal(raw, &value); err != nil {
		return fmt.Errorf("field %s: a text is expected: %w", name, err)
	}
	v[name] = value
	return nil
}

func (j *jsonReader) record(r *jsonRecord) error {
	plan, ok := j.plan.Record(r.name)
	if !ok {
		return fmt.Errorf("record %d: layout %s has no record %q", j.count, j.plan.Name(), r.name)
	}
	w := j.enc.BeginRecord(plan)
	outside := func(f *fieldPlan) bool { return f.slotted < 0 }
	if name := w.setAll(plan.fields, r.values, outside); name != "" {
		return fmt.Errorf("record %d (%s): there is no field %q", j.count, r.name, name)
	}
	for name := range r.slots {
		if plan.slot(name) == nil {
			return fmt.Errorf("record %d (%s): there is no slot %q", j.count, r.name, name)
		}
	}
	for k := range plan.slots {
		s := &plan.slots[k]
		name, reps := s.def.Name, r.slots[s.def.Name]
		if len(reps) > len(s.repetitions) {
			return fmt.Errorf("record %d (%s): slot %s stands in the record %d times, not %d", j.count, r.name, name, len(s.repetitions), len(reps))
		}
		for i, values := range reps {
			if field := w.setAll(plan.fields[s.repetitions[i].from:s.repetitions[i].to], values, func(*fieldPlan) bool { return true }); field != "" {
				return fmt.Errorf("record %d (%s): slot %s has no field %q", j.count, r.name, name, field)
			}
		}
	}
	return w.End()
}

// setAll sets fields to values, in whatever order these were given: fields that
// say the sign or the decimals of a number come first, so that a number has to
// agree with them. It returns the name of a value that has no field, or "".
func (w *Writer) setAll(fields []fieldPlan, values jsonValues, among func(*fieldPlan) bool) string {
	left := len(values)
	for _, first := range []bool{true, false} {
		for i := range fields {
			f := &fields[i]
			if value, given := values[f.def.Name]; given && among(f) && (f.signs > 0 || f.scales) == first {
				w.setJSON(f, value)
				left--
			}
		}
	}
	if left == 0 {
		return ""
	}
	for name := range values {
		if !slices.ContainsFunc(fields, func(f fieldPlan) bool { return f.def.Name == name && among(&f) }) {
			return name
		}
	}
	return ""
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
