package formats

import (
	"bytes"
	"errors"
	"testing"
)

// oneRecord compiles the fields of one record as the compiler does, with no
// file around it. Fields without a position follow one another.
func oneRecord(l *Layout, fields ...FieldLayout) (*RecordPlan, error) {
	if l == nil {
		l = &Layout{}
	}
	if l.Charset == "" {
		l.Charset = charsetPrintable
	}
	c := &compiler{l: l, problems: &Problems{}, charsets: map[string]*charset{}, p: &Plan{layout: l, lists: map[string]*codeList{}}}
	c.codeLists()
	c.ownCharsets()
	r := &RecordPlan{def: &RecordLayout{Name: "R", Fields: fields}, plan: c.p, numbers: len(fields), fields: make([]fieldPlan, len(fields))}
	next := 1
	for i := range fields {
		d := &fields[i]
		if d.At == 0 {
			d.At = next
		}
		next = max(next, d.At+d.Len)
		for _, p := range d.More {
			next = max(next, p.At+p.Len)
		}
		r.fields[i] = fieldPlan{def: d, record: r, index: i, off: d.At - 1, n: d.Len, kind: d.Kind, slotted: -1}
		c.field(&r.fields[i])
	}
	r.length = next - 1
	c.relate(r)
	if err := c.problems.err(); err != nil {
		return nil, err
	}
	c.p.length = next - 1
	c.p.records = []*RecordPlan{r}
	c.finish(r)
	return r, nil
}

func mustRecord(t testing.TB, l *Layout, fields ...FieldLayout) *RecordPlan {
	t.Helper()
	r, err := oneRecord(l, fields...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// handle finds a field.
func (r *RecordPlan) handle(name string) Field {
	for i := range r.fields {
		if r.fields[i].def.Name == name {
			return Field{&r.fields[i]}
		}
	}
	panic(name)
}

// begin starts to write the record; seal ends it, as the encoder does.
func (r *RecordPlan) begin() *Writer {
	return &Writer{plan: r, window: append(bytes.Clone(r.template), make([]byte, slack)...), numbers: make([]int64, len(r.fields)), open: true}
}

func (w *Writer) seal() (string, error) {
	if w.doubt != nil {
		w.resolve()
	}
	w.fillDigits()
	if w.errs != nil || w.set.lacks(&w.plan.must) || !run(w.plan.writing, w.window, w.numbers) {
		errs := w.faults()
		if len(errs) == 0 {
			return "", errors.New("refused without a reason")
		}
		return "", &Errors{List: errs}
	}
	return string(w.window[:len(w.window)-slack]), nil
}

// read decodes bytes as the record.
func (r *RecordPlan) read(raw string, strict bool) (*Record, bool) {
	rec := &Record{plan: r, raw: []byte(raw), numbers: make([]int64, len(r.fields))}
	ops := r.reading
	if strict {
		ops = r.writing
	}
	if run(ops, append([]byte(raw), make([]byte, slack)...), rec.numbers) {
		return rec, true
	}
	var bad fieldSet
	rec.errs = r.examineRecord([]byte(raw), strict, rec.numbers, &bad)
	return rec, false
}

// fault is what is wrong with bytes, as one text.
func (r *RecordPlan) fault(raw string, strict bool) string {
	rec, ok := r.read(raw, strict)
	if ok {
		return ""
	}
	return (&Errors{List: rec.errs}).Error()
}
