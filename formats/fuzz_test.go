package formats

import (
	"bytes"
	"cmp"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	gocmp "github.com/google/go-cmp/cmp"
)

// fuzzedPlans are all layouts, those of BRI first: by their number they are
// known in the inputs under testdata/fuzz.
func fuzzedPlans(tb testing.TB) []*Plan {
	plans := slices.Clone(everyLayout(tb))
	slices.SortStableFunc(plans, func(a, b *Plan) int {
		return cmp.Compare(b2i(strings.HasPrefix(b.Name(), "bri-")), b2i(strings.HasPrefix(a.Name(), "bri-")))
	})
	return plans
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fileSeeds adds good files of all layouts and broken ones.
func fileSeeds(f *testing.F) []*Plan {
	f.Helper()
	plans := fuzzedPlans(f)
	for i, p := range plans {
		golden, err := filepath.Glob(filepath.Join("testdata", p.Name()+"*.txt"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range golden {
			file, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(i), file)
			f.Add(uint8(i), file[:len(file)-2])
			f.Add(uint8(i), file[:len(file)/2])
			f.Add(uint8(i), bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")))
			f.Add(uint8(i), append(bytes.Clone(file), file...))
		}
		for seed := range uint64(2) {
			whole, err := newWholeFile(p, seed, rand.New(rand.NewPCG(seed, 0)).IntN)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(i), whole.bytes)
		}
	}
	f.Add(uint8(0), []byte(nil))
	f.Add(uint8(1), []byte("\r\n\r\n"))
	return plans
}

// allocated is how many bytes something allocates, whether it keeps them or
// not.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// FuzzDecode: no file makes the decoder panic, or take memory out of proportion
// to it; what it reports is counted, bounded and in its place, and does not
// depend on how the bytes arrive.
func FuzzDecode(f *testing.F) {
	plans := fileSeeds(f)
	f.Fuzz(func(t *testing.T, which uint8, file []byte) {
		p := plans[int(which)%len(plans)]
		o := DecodeOptions{MaxErrors: 20, MaxWarnings: 10}
		a := readAll(t, p.NewDecoder(bytes.NewReader(file), o), file)
		b := readAll(t, p.NewDecoder(iotest.OneByteReader(bytes.NewReader(file)), o), file)
		if diff := gocmp.Diff(a, b); diff != "" {
			t.Fatal(diff)
		}
		// The buffer, and what is said of each field that is wrong.
		most := uint64(1<<20 + 500*len(file))
		if n := allocated(func() {
			d := p.NewDecoder(bytes.NewReader(file), o)
			for d.Next() {
			}
		}); n > most {
			t.Fatalf("%d bytes were allocated for a file of %d", n, len(file))
		}
		var shown bytes.Buffer
		if err := Annotate(&shown, p, bytes.NewReader(file), AnnotateOptions{Colour: which > 127, MaxRecords: 50}); (err == nil) != (a.Count == 0) {
			t.Fatalf("annotate: %v", err)
		}
	})
}

// outcome is what a decoder says of a file.
type outcome struct {
	Errors, Warnings, Unverified []string
	Count, Warned                int
	Form                         Form
	Tally                        Tally
}

func readAll(t *testing.T, d *Decoder, file []byte) outcome {
	t.Helper()
	perRecord := 0
	for d.Next() {
		r := d.Record()
		perRecord += len(r.Errors())
		if len(r.Raw()) > len(file) && r.short == 0 {
			t.Fatal("a record is longer than the file")
		}
		for _, plan := range []*RecordPlan{r.plan, d.plan.records[0]} {
			if plan == nil {
				continue
			}
			for i := range plan.fields {
				h := Field{&plan.fields[i]}
				_, _, _ = r.Text(h), r.Int(h), r.String(h)
				r.Time(h, nil)
				r.Code(h)
				r.Codes(h)
			}
		}
	}
	out := outcome{Count: d.ErrorCount(), Warned: d.WarningCount(), Form: d.Form(), Tally: d.Tally(), Unverified: d.Unverified()}
	lines := out.Tally.Lines
	for _, e := range append(d.Errors(), d.Warnings()...) {
		if e.Line < 1 || e.Line > max(lines, 1) || e.Record > out.Tally.Records || e.From < 0 || e.To < 0 || e.To > 0 && e.From > e.To {
			t.Fatalf("of %d lines, at line %d, record %d, columns %d-%d: %v", lines, e.Line, e.Record, e.From, e.To, e)
		}
	}
	for _, e := range d.Errors() {
		out.Errors = append(out.Errors, e.Error())
	}
	for _, e := range d.Warnings() {
		out.Warnings = append(out.Warnings, e.Error())
	}
	if len(out.Errors) > 20 || perRecord > out.Count || (d.Err() == nil) != (out.Count == 0) || len(out.Errors) != min(out.Count, 20) {
		t.Fatalf("%d errors kept, %d counted, %d in records: %v", len(out.Errors), out.Count, perRecord, d.Err())
	}
	if len(out.Warnings) > 10 || out.Warned < len(out.Warnings) {
		t.Fatalf("%d warnings kept, %d counted", len(out.Warnings), out.Warned)
	}
	if out.Tally.Bytes != int64(len(file)) {
		t.Fatalf("read %d of %d bytes", out.Tally.Bytes, len(file))
	}
	if end := out.Form.End.bytes(); end != "" {
		if n := bytes.Count(file, []byte(end[len(end)-1:])); lines != n && lines != n+1 {
			t.Fatalf("%d lines, but %d line ends", lines, n)
		}
	}
	return out
}

// FuzzRecode: whatever decodes cleanly encodes to the same bytes, and in its
// strict form to a file that decodes to the same values, without a warning; and
// that one comes back byte by byte, by way of JSON, too.
func FuzzRecode(f *testing.F) {
	plans := fileSeeds(f)
	f.Fuzz(func(t *testing.T, which uint8, file []byte) {
		p := plans[int(which)%len(plans)]
		d := p.NewDecoder(bytes.NewReader(file), DecodeOptions{})
		for d.Next() {
		}
		var asRead, strict bytes.Buffer
		_, err := p.Recode(&asRead, iotest.HalfReader(bytes.NewReader(file)), RecodeOptions{AsRead: true})
		if d.Err() != nil {
			if err == nil {
				t.Fatal("a broken file was encoded again")
			}
			return
		}
		if err != nil {
			t.Fatalf("decodes, but does not encode: %v", err)
		}
		if !bytes.Equal(file, asRead.Bytes()) {
			t.Fatalf("the file changed:\n%q\n%q", file, asRead.Bytes())
		}
		if _, err := p.Recode(&strict, bytes.NewReader(file), RecodeOptions{}); err != nil {
			if d.WarningCount() == 0 {
				t.Fatalf("nothing is tolerated in it, but it is not encoded strictly: %v", err)
			}
			return // characters that are tolerated are never written
		}
		if what := otherValues(p, file, strict.Bytes()); what != "" {
			t.Fatalf("written strictly, %s\n%q\n%q", what, file, strict.Bytes())
		}
		if what := againDiffers(p, strict.Bytes(), false); what != "" {
			t.Fatalf("written strictly, %s\n%q\n%q", what, file, strict.Bytes())
		}
		if d.WarningCount() == 0 {
			if what := againDiffers(p, file, true); what != "" {
				t.Fatalf("%s\n%q", what, file)
			}
		}
	})
}

// FuzzLayout: no YAML makes the parser or the compiler panic or take memory out
// of proportion to it. What compiles reads its own text, and a file of its own.
func FuzzLayout(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("layouts", "*.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(files, filepath.Join("testdata", "whole.yaml")) {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Add([]byte("layout: x\nrecords: {}\n"))
	f.Add([]byte("a: &x [*x]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		var p *Plan
		var wrong string
		if n := allocated(func() { p, wrong = placedProblems(string(src)) }); n > uint64(4<<20+5000*len(src)) {
			t.Fatalf("%d bytes were allocated for a layout of %d", n, len(src))
		}
		if wrong != "" {
			t.Fatal(wrong)
		}
		if p == nil {
			return
		}
		d := p.NewDecoder(bytes.NewReader(src), DecodeOptions{})
		for d.Next() {
		}
		whole, err := newWholeFile(p, 1, rand.New(rand.NewPCG(1, 1)).IntN)
		var refused *Errors
		if err != nil && !errors.As(err, &refused) && !errors.Is(err, errNotKnown) && !errors.Is(err, errTooMany) {
			t.Fatal(err)
		}
		if err == nil {
			whole.comesBack(t)
		}
	})
}
