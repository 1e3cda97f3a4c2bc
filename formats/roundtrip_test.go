package formats_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bekal/formats"
)

func TestGoldenFilesRoundTrip(t *testing.T) {
	for _, name := range layoutNames {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".txt", sample(t, name))
			file, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			p := plan(t, name)
			if errs, d := decode(t, p, file); errs != nil || d.Unverified() != nil {
				t.Fatalf("golden file has errors: %q, unverified %q", errs, d.Unverified())
			}
			var out bytes.Buffer
			if err := recode(p, iotest.OneByteReader(bytes.NewReader(file)), &out); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(file), out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadingValues(t *testing.T) {
	p := plan(t, "bri-settlement")
	d := p.NewDecoder(bytes.NewReader(sample(t, "bri-settlement")), formats.DecodeOptions{})
	f := func(name string) formats.Field { return p.Field("D", name) }
	var got []string
	for d.Next() {
		r := d.Record()
		if r.Type() != "D" {
			continue
		}
		posted, ok := r.Time(f("posted"), jakarta)
		when := "never"
		if ok {
			when = posted.Format(time.RFC3339)
		}
		status, known := r.Code(f("status"))
		_, knownCode := r.Code(f("code"))
		got = append(got, fmt.Sprintf("%d %d %d|%s|%d|%s|%d|%s %s %v %v|%s", r.Index(), r.Line(), r.Number(), r.Text(f("account")), r.Int(f("account")),
			r.Text(f("name")), r.Int(f("amount")), r.Text(f("status")), status.Class, known, knownCode, when))
		if err := r.FieldErr(f("amount")); err != nil {
			t.Error(err)
		}
		if v := r.Int(p.Field("T", "total")); v != 0 || r.Text(p.Field("T", "total")) != nil || r.Int(formats.Field{}) != 0 {
			t.Error("a field of another record has a value")
		}
	}
	want := []string{
		"1 2 2|000000001234500|1234500|WARGA CONTOH 001|50000000|00 paid true true|2026-11-23T19:05:07+07:00",
		"1 3 3|000000001234501|1234501|WARGA CONTOH 002|50000001|06 failed true true|never",
		"1 4 4|000000001234502|1234502|WARGA CONTOH 003|50000002|03 pending true true|never",
		"1 5 5|000000001234503|1234503|WARGA CONTOH 004|50000003|04 returned true false|never",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	tally := d.Tally()
	if diff := cmp.Diff(formats.Tally{Bytes: 1212, Lines: 6, Records: 6, ByType: map[string]int{"H": 1, "D": 4, "T": 1}}, tally); diff != "" {
		t.Error(diff)
	}
}

// TestAnyRecord: any valid record of any layout encodes and decodes to itself,
// and a changed digit in an amount, an account or a total is always found.
func TestAnyRecord(t *testing.T) {
	for _, name := range layoutNames {
		p := plan(t, name)
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { anyRecord(t, p) })
		})
	}
}

// value draws a valid value of a field; "" leaves it empty.
func value(t *rapid.T, p *formats.Plan, f formats.Field, empty formats.Empty) string {
	switch f.Kind() {
	case formats.KindNumber, formats.KindAmount, formats.KindDigits:
		n := f.Len()
		if f.Kind() == formats.KindAmount {
			n -= 2 // so that the total fits
		}
		return rapid.StringMatching(fmt.Sprintf("[0-9]{1,%d}", n)).Draw(t, f.Name())
	case formats.KindDate, formats.KindTime:
		if empty != formats.EmptyNever && rapid.Bool().Draw(t, "none") {
			return ""
		}
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, f.Name()), 0).UTC()
		if f.Kind() == formats.KindDate {
			return at.Format("20060102")
		}
		return at.Format("20060102150405")
	}
	least := 1
	if empty != formats.EmptyNever {
		least = 0
	}
	s := rapid.StringMatching(fmt.Sprintf(`[A-Z0-9.,'/()&+:-][A-Z0-9 .,'/()&+:-]{0,%d}`, f.Len()-1)).Draw(t, f.Name())
	if least == 0 && rapid.Bool().Draw(t, "blank") {
		return ""
	}
	return strings.TrimRight(s, " ")
}

// draw draws the values of a record's fields; those that the layout or the
// encoder gives are left out.
func draw(t *rapid.T, p *formats.Plan, record string) map[string]string {
	rec, _ := p.Record(record)
	values := map[string]string{}
	for _, l := range p.Layout().Records {
		if l.Name != record {
			continue
		}
		for _, def := range l.Fields {
			if def.Const != "" || def.Kind == formats.KindFiller || def.Name == l.Match[0][0].Field || def.Compute != nil {
				continue
			}
			f := p.Field(rec.Name(), def.Name)
			values[def.Name] = value(t, p, f, def.Empty)
			if def.Codes != "" && !def.Open {
				values[def.Name] = rapid.SampledFrom(codesOf(p, def.Codes)).Draw(t, def.Name)
			}
		}
	}
	return values
}

func codesOf(p *formats.Plan, list string) []string {
	var out []string
	for _, l := range p.Layout().Codes {
		for _, c := range l.List {
			if l.Name == list {
				out = append(out, c.Value)
			}
		}
	}
	return out
}

func anyRecord(t *rapid.T, p *formats.Plan) {
	names := []string{p.Layout().Records[0].Name}
	if len(p.Layout().Records) > 1 {
		for range rapid.IntRange(0, 5).Draw(t, "records") {
			names = append(names, "D")
		}
		names = append(names, "T")
	}
	var wrote []map[string]string
	var total int64
	for _, name := range names {
		values := draw(t, p, name)
		wrote = append(wrote, values)
		if name == "D" {
			var v int64
			if _, err := fmt.Sscanf(values["amount"], "%d", &v); err != nil {
				t.Fatal(err)
			}
			total += v
		}
	}
	if p.HasField("H", "total") {
		wrote[0]["count"], wrote[0]["total"] = fmt.Sprint(len(names)-2), fmt.Sprint(total)
	}
	var out bytes.Buffer
	e := p.NewEncoder(&out, formats.EncodeOptions{})
	for i, name := range names {
		w := e.Begin(name)
		for field, v := range wrote[i] {
			if f := p.Field(name, field); i%2 == 0 {
				w.SetText(f, v)
			} else {
				w.SetBytes(f, []byte(v))
			}
		}
		if err := w.End(); err != nil {
			t.Fatalf("record %s: %v", name, err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, p, out.Bytes(), wrote)
	flip(t, p, out.Bytes())
}

// check decodes a file and compares it with what was written.
func check(t *rapid.T, p *formats.Plan, file []byte, wrote []map[string]string) {
	d := p.NewDecoder(bytes.NewReader(file), formats.DecodeOptions{})
	for i := 0; d.Next(); i++ {
		r := d.Record()
		for name, want := range wrote[i] {
			f := p.Field(r.Type(), name)
			got := string(r.Text(f))
			switch f.Kind() {
			case formats.KindNumber, formats.KindAmount, formats.KindDigits, formats.KindDate, formats.KindTime:
				want = fmt.Sprintf("%0*s", f.Len(), want)
			}
			if got != want {
				t.Fatalf("%s.%s is %q, was %q", r.Type(), name, got, want)
			}
		}
	}
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	if len(d.Unverified()) > 0 {
		t.Fatalf("unverified: %v", d.Unverified())
	}
	var again bytes.Buffer
	if err := recode(p, bytes.NewReader(file), &again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, again.Bytes()) {
		t.Fatal("the file changed by reading and writing it")
	}
}

// flip changes one digit of an amount, account or total, which must be found.
func flip(t *rapid.T, p *formats.Plan, file []byte) {
	if p.Name() == "bri-ack" {
		return // it has no totals of its own records
	}
	span := p.Length() + 2
	line := rapid.IntRange(1, len(file)/span-1).Draw(t, "line")
	rec, _ := p.Record(string(file[line*span : line*span+1]))
	var summed []formats.Field
	for _, f := range rec.Fields() {
		if f.Name() == "amount" || f.Name() == "account" || f.Record() == "T" && f.Kind() != formats.KindFiller && f.Kind() != formats.KindText {
			summed = append(summed, f)
		}
	}
	f := rapid.SampledFrom(summed).Draw(t, "field")
	at := line*span + rapid.IntRange(f.From()-1, f.To()-1).Draw(t, "byte")
	broken := bytes.Clone(file)
	broken[at] = '0' + (broken[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
	d := p.NewDecoder(bytes.NewReader(broken), formats.DecodeOptions{})
	for d.Next() {
	}
	if d.Err() == nil {
		t.Fatalf("a changed digit in %s.%s was not found", f.Record(), f.Name())
	}
}
