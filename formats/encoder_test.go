package formats_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
)

// detail sets a whole detail record of a transfer file.
func detail(p *formats.Plan, e *formats.Encoder) *formats.Writer {
	w := e.Begin("D")
	w.SetText(p.Field("D", "account"), "1234")
	w.SetText(p.Field("D", "name"), "WARGA CONTOH")
	w.SetInt(p.Field("D", "amount"), 50_000_00)
	w.SetText(p.Field("D", "payment_reference"), "R1")
	return w
}

// header sets a whole header of a transfer file.
func header(p *formats.Plan, e *formats.Encoder, count, total int64) *formats.Writer {
	w := e.Begin("H")
	w.SetText(p.Field("H", "corporate_code"), "LPPWK")
	w.SetText(p.Field("H", "batch_reference"), "B1")
	w.SetTime(p.Field("H", "created"), time.Date(2026, 11, 23, 19, 5, 7, 0, jakarta))
	w.SetTime(p.Field("H", "value_date"), time.Date(2026, 11, 23, 0, 0, 0, 0, jakarta))
	w.SetText(p.Field("H", "debit_account"), "020601000123301")
	w.SetInt(p.Field("H", "count"), count)
	w.SetInt(p.Field("H", "total"), total)
	return w
}

func TestEncoderRefuses(t *testing.T) {
	p := plan(t, "bri-transfer")
	d := func(name string) formats.Field { return p.Field("D", name) }
	cases := []struct {
		name string
		set  func(*formats.Writer)
		want string
		is   error
	}{
		{"text too long", func(w *formats.Writer) { w.SetText(d("name"), strings.Repeat("A", 41)) },
			`field name, columns 25-64: "` + strings.Repeat("A", 41) + `": value does not fit`, formats.ErrOverflow},
		{"lower case", func(w *formats.Writer) { w.SetText(d("name"), "WARGA contoh") },
			`field name, column 31: "c": character not allowed: allowed are upper case, digits, space and . , ' - / ( ) & + :`, formats.ErrCharset},
		{"leading space", func(w *formats.Writer) { w.SetText(d("remark"), " X") },
			`field remark, columns 102-141: " X                                      ": wrong alignment: text stands left`, formats.ErrAlign},
		{"name empty", func(w *formats.Writer) { w.SetText(d("name"), "") }, `field name, columns 25-64: value missing`, formats.ErrRequired},
		{"amount empty", func(w *formats.Writer) { w.SetText(d("amount"), "") }, `field amount, columns 65-81: value missing`, formats.ErrRequired},
		{"negative amount", func(w *formats.Writer) { w.SetInt(d("amount"), -1) }, `field amount, columns 65-81: "-1": value does not fit`, formats.ErrOverflow},
		{"amount too large", func(w *formats.Writer) { w.SetInt(d("amount"), 1e17) }, `field amount, columns 65-81: "100000000000000000": value does not fit`, formats.ErrOverflow},
		{"account with a letter", func(w *formats.Writer) { w.SetBytes(d("account"), []byte("12E4")) }, `field account, columns 10-24: "0000000000012E4": not a number`, formats.ErrNumber},
		{"number in a text", func(w *formats.Writer) { w.SetInt(d("name"), 7) }, `field name, columns 25-64: "7": not a number: the field holds text`, formats.ErrNumber},
		{"time in a number", func(w *formats.Writer) { w.SetTime(d("amount"), time.Time{}) }, `not a date: the field holds amount`, formats.ErrDate},
		{"other type", func(w *formats.Writer) { w.SetText(d("type"), "X") }, `field type, column 1: "X": not the constant of the layout, expected "D"`, formats.ErrConstant},
		{"no constant", func(w *formats.Writer) { w.SetText(d("type"), "") }, `field type, column 1: " ": not the constant of the layout, expected "D"`, formats.ErrConstant},
		{"filler", func(w *formats.Writer) { w.SetText(d("filler"), "X") }, `field filler, columns 152-160: "X        ": not the constant of the layout: a filler holds spaces only`, formats.ErrConstant},
		{"sequence", func(w *formats.Writer) { w.SetInt(d("sequence"), 9) }, `field sequence, columns 2-9: "9": running number disagrees, expected "1"`, formats.ErrSequence},
		{"field of another record", func(w *formats.Writer) { w.SetInt(p.Field("T", "total"), 9) }, `field total: record out of place: the field belongs to another record`, formats.ErrStructure},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			e := p.NewEncoder(&out, formats.EncodeOptions{})
			if err := header(p, e, 1, 50_000_00).End(); err != nil {
				t.Fatal(err)
			}
			w := detail(p, e)
			c.set(w)
			err := w.End()
			if !errors.Is(err, c.is) || !strings.HasSuffix(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "line 2, record 2 (D), field ") {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			// A refused record leaves no trace: the file goes on without it.
			if err := detail(p, e).End(); err != nil {
				t.Error(err)
			}
			if err := e.Begin("T").End(); err != nil {
				t.Error(err)
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			if errs, _ := decode(t, p, out.Bytes()); errs != nil {
				t.Error(errs)
			}
		})
	}
}

// TestSettingAgain: the last value counts, and nothing of the first is left.
func TestSettingAgain(t *testing.T) {
	p := plan(t, "bri-transfer")
	var out bytes.Buffer
	e := p.NewEncoder(&out, formats.EncodeOptions{})
	w := header(p, e, 1, 50_000_00)
	w.SetText(p.Field("H", "purpose"), "PR")
	if err := w.End(); !errors.Is(err, formats.ErrConstant) {
		t.Errorf("part of a constant: %v", err)
	}
	if err := header(p, e, 1, 50_000_00).End(); err != nil {
		t.Fatal(err)
	}
	w = detail(p, e)
	w.SetText(p.Field("D", "account"), "999999999999999")
	w.SetText(p.Field("D", "account"), "7")
	w.SetBytes(p.Field("D", "name"), []byte("CONTOH YANG PANJANG"))
	w.SetBytes(p.Field("D", "name"), []byte("CONTOH"))
	w.SetInt(p.Field("D", "amount"), 99999999)
	w.SetInt(p.Field("D", "amount"), 50_000_00)
	w.SetText(p.Field("D", "remark"), "X")
	w.SetText(p.Field("D", "remark"), "")
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
	want := "D00000001000000000000007CONTOH" + strings.Repeat(" ", 34) + "00000000005000000R1" + strings.Repeat(" ", 77)
	if err := e.Begin("T").End(); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(out.Bytes()[162:322])); diff != "" {
		t.Error(diff)
	}
}

func TestEncoderTellsAllAtOnce(t *testing.T) {
	p := plan(t, "bri-transfer")
	e := p.NewEncoder(io.Discard, formats.EncodeOptions{})
	var errs *formats.Errors
	if err := e.Begin("H").End(); !errors.As(err, &errs) {
		t.Fatal(err)
	}
	var fields []string
	for _, one := range errs.List {
		fields = append(fields, one.Field)
	}
	want := []string{"corporate_code", "batch_reference", "created", "value_date", "debit_account", "count", "total"}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Error(diff)
	}
}

func TestEncoderStructureAndTotals(t *testing.T) {
	p := plan(t, "bri-transfer")
	e := p.NewEncoder(io.Discard, formats.EncodeOptions{})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := detail(p, e).End(); !errors.Is(err, formats.ErrStructure) || !strings.Contains(err.Error(), "record H is missing before it") {
		t.Errorf("detail first: %v", err)
	}
	must(header(p, e, 2, 50_000_00).End())
	if err := header(p, e, 2, 50_000_00).End(); !errors.Is(err, formats.ErrStructure) {
		t.Errorf("second header: %v", err)
	}
	must(detail(p, e).End())
	w := e.Begin("T")
	w.SetInt(p.Field("T", "total"), 1)
	if err := w.End(); !errors.Is(err, formats.ErrControl) {
		t.Errorf("wrong total: %v", err)
	}
	must(e.Begin("T").End())
	if err := detail(p, e).End(); !errors.Is(err, formats.ErrStructure) || !strings.Contains(err.Error(), "the file is complete") {
		t.Errorf("detail after the trailer: %v", err)
	}
	err := e.Close()
	if want := `line 1, record 1 (H), field count, columns 74-81: "2": control total disagrees, expected "1"`; err == nil || err.Error() != want {
		t.Errorf("Close: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
	if err := detail(p, e).End(); !errors.Is(err, formats.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := p.NewEncoder(io.Discard, formats.EncodeOptions{}).Close(); !errors.Is(err, formats.ErrTruncated) {
		t.Errorf("nothing written: %v", err)
	}
}

func TestTotalThatDoesNotFit(t *testing.T) {
	p := plan(t, "bri-settlement")
	in := sample(t, "bri-settlement")
	e := p.NewEncoder(io.Discard, formats.EncodeOptions{})
	d := p.NewDecoder(bytes.NewReader(in), formats.DecodeOptions{})
	for d.Next() {
		r := d.Record()
		if r.Type() == "T" {
			break
		}
		w := e.Begin(r.Type())
		w.Copy(r)
		if r.Type() == "D" {
			w.SetInt(p.Field("D", "amount"), 1e17-1)
		}
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	err := e.Begin("T").End()
	if !errors.Is(err, formats.ErrOverflow) || !strings.Contains(err.Error(), "399999999999999996") {
		t.Error(err)
	}
}

type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if len(b) > f.left {
		return f.left, errFull
	}
	f.left -= len(b)
	return len(b), nil
}

var errFull = errors.New("no space left on device")

func TestDiskFull(t *testing.T) {
	p := plan(t, "bri-settlement")
	for _, room := range []int{0, 200_000} {
		if err := newBenchWriter(p).file(&full{left: room}, 3000); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}

// TestNoAllocationPerRecord: a file of many records takes as many allocations
// as one of few, decoding as encoding.
func TestNoAllocationPerRecord(t *testing.T) {
	for _, one := range []struct {
		name string
		many int // of a batch, in nacha: a batch has more than its entries
		rows bool
	}{
		{"bri-settlement", 5000, false}, {"bri-transfer", 5000, false}, {"nacha", 900, false},
		{"bri-settlement", 5000, true}, {"bri-transfer", 5000, true}, {"nacha", 900, true},
	} {
		name, p := one.name, plan(t, one.name)
		allocs := func(n int) (reading, writing float64) {
			file := benchFile(t, p, n)
			in := bytes.NewReader(nil)
			detail, text := "D", "name"
			if name == "nacha" {
				detail, text = "entry", "individual_name"
			}
			amount, status := p.Field(detail, "amount"), p.Field(detail, text)
			reading = testing.AllocsPerRun(5, func() {
				in.Reset(file)
				d := p.NewDecoder(in, formats.DecodeOptions{})
				for d.Next() {
					_, _ = d.Record().Int(amount), d.Record().Text(status)
				}
				if err := d.Err(); err != nil {
					t.Error(err)
				}
			})
			w := newBenchWriter(p)
			w.rows = one.rows
			writing = testing.AllocsPerRun(5, func() {
				if err := w.file(io.Discard, n); err != nil {
					t.Error(err)
				}
			})
			return reading, writing
		}
		r1, w1 := allocs(10)
		r2, w2 := allocs(one.many)
		// A pool that is emptied meanwhile is filled again, which has nothing to
		// do with the records.
		const stray = 5
		if r2 > r1+stray || w2 > w1+stray {
			t.Errorf("%s, rows %v: allocations grow: reading %v to %v, writing %v to %v", name, one.rows, r1, r2, w1, w2)
		}
	}
}

// TestPlanIsShared: one plan serves many goroutines.
func TestPlanIsShared(t *testing.T) {
	p := plan(t, "bri-settlement")
	want := benchFile(t, p, 200)
	done := make(chan error)
	for range 4 {
		go func() {
			var out bytes.Buffer
			err := recode(p, bytes.NewReader(want), &out)
			if err == nil && !bytes.Equal(want, out.Bytes()) {
				err = fmt.Errorf("the file changed")
			}
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestRecordThatWouldBeAnother: a record whose fields would make it another one
// for whoever reads it is not written.
func TestRecordThatWouldBeAnother(t *testing.T) {
	p := compile(t, `layout: known
charset: bank-upper
line: {length: 4, end: lf}
structure: (A | B)*
records:
  A: {match: {type: R, class: [XA, YA]}, fields: {type: {at: 1, len: 1}, class: {at: 2, len: 2}, rest: {at: 4, len: 1}}}
  B: {match: {type: R, class: {not: [XA, YA]}}, fields: {type: {at: 1, len: 1}, class: {at: 2, len: 2}, rest: {at: 4, len: 1}}}
`)
	var out bytes.Buffer
	e := p.NewEncoder(&out, formats.EncodeOptions{})
	for _, c := range []struct {
		record, class string
		good          bool
	}{{"A", "XA", true}, {"A", "ZA", false}, {"B", "YA", false}, {"B", "ZA", true}, {"A", "YA", true}} {
		w := e.Begin(c.record)
		w.SetText(p.Field(c.record, "class"), c.class)
		w.SetText(p.Field(c.record, "rest"), "1")
		if err := w.End(); (err == nil) != c.good || err != nil && !errors.Is(err, formats.ErrRecordType) {
			t.Errorf("%s with %s: %v", c.record, c.class, err)
		}
	}
	if err := e.Close(); err != nil || out.String() != "RXA1\nRZA1\nRYA1\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// TestFormOfAnother: the form of a file that was read, or that a caller asks
// for, is written only where the layout has it.
func TestFormOfAnother(t *testing.T) {
	src := strings.Replace(tiny, "structure:", "tolerate: [final-line-end]\nstructure:", 1)
	open := []byte("H0000               \r\nT000000000          ")
	closed := append(bytes.Clone(open), "\r\n"...)
	p := compile(t, src)
	var strict, asRead, js, back bytes.Buffer
	if _, err := p.Recode(&strict, bytes.NewReader(open), formats.RecodeOptions{}); err != nil || !bytes.Equal(strict.Bytes(), closed) {
		t.Errorf("%q, %v", strict.Bytes(), err)
	}
	if _, err := p.Recode(&asRead, bytes.NewReader(open), formats.RecodeOptions{AsRead: true}); err != nil || !bytes.Equal(asRead.Bytes(), open) {
		t.Errorf("%q, %v", asRead.Bytes(), err)
	}
	if err := errors.Join(p.WriteJSON(&js, bytes.NewReader(open), formats.DecodeOptions{}), p.ReadJSON(&back, &js, formats.EncodeOptions{})); err != nil || !bytes.Equal(back.Bytes(), closed) {
		t.Errorf("%q, %v", back.Bytes(), err)
	}
	never := compile(t, strings.Replace(tiny, "end: crlf", "end: crlf, final: never", 1))
	var out bytes.Buffer
	e := never.NewEncoder(&out, formats.EncodeOptions{Form: &formats.Form{End: formats.CRLF, Final: true, Fillers: -1}})
	h := e.Begin("H")
	h.SetInt(never.Field("H", "count"), 0)
	if err := errors.Join(h.End(), e.Begin("T").End(), e.Close()); err != nil || !bytes.Equal(out.Bytes(), open) {
		t.Errorf("%q, %v", out.Bytes(), err)
	}
	e = never.NewEncoder(&out, formats.EncodeOptions{Form: &formats.Form{End: formats.LF}})
	if err := e.Begin("H").End(); err == nil || !strings.Contains(err.Error(), `no line end "lf"`) {
		t.Error(err)
	}
	if err := e.Close(); err == nil {
		t.Error("a file with a wrong line end was written")
	}
}
