package formats_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
)

// seeds adds the golden files and broken ones of a layout.
func seeds(f *testing.F) {
	f.Helper()
	for i, name := range layoutNames {
		file, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), file)
		f.Add(uint8(i), file[:len(file)-2])
		f.Add(uint8(i), file[:len(file)/2])
		f.Add(uint8(i), bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")))
		f.Add(uint8(i), append(bytes.Clone(file), file...))
	}
	f.Add(uint8(0), []byte(nil))
	f.Add(uint8(1), []byte("\r\n\r\n"))
}

// FuzzDecode: no file makes the decoder panic, what it reports is counted and
// bounded, and it does not depend on how the bytes arrive.
func FuzzDecode(f *testing.F) {
	seeds(f)
	plans := make([]*formats.Plan, len(layoutNames))
	for i, name := range layoutNames {
		plans[i] = plan(f, name)
	}
	f.Fuzz(func(t *testing.T, which uint8, file []byte) {
		p := plans[int(which)%len(plans)]
		type result struct {
			Errors []string
			Count  int
			Tally  formats.Tally
			Totals []string
		}
		read := func(d *formats.Decoder) result {
			perRecord := 0
			for d.Next() {
				r := d.Record()
				perRecord += len(r.Errors())
				if len(r.Raw()) > len(file) {
					t.Fatal("a record is longer than the file")
				}
				for _, name := range p.Records() {
					for _, f := range name.Fields() {
						_, _ = r.Text(f), r.Int(f)
						r.Time(f, nil)
						r.Code(f)
					}
				}
			}
			out := result{Count: d.ErrorCount(), Tally: d.Tally(), Totals: d.Unverified()}
			for _, e := range d.Errors() {
				out.Errors = append(out.Errors, e.Error())
			}
			if len(out.Errors) > 20 || perRecord > out.Count || (d.Err() == nil) != (out.Count == 0) {
				t.Fatalf("%d errors kept, %d counted, %d in records: %v", len(out.Errors), out.Count, perRecord, d.Err())
			}
			return out
		}
		o := formats.DecodeOptions{MaxErrors: 20}
		a := read(p.NewDecoder(bytes.NewReader(file), o))
		b := read(p.NewDecoder(iotest.OneByteReader(bytes.NewReader(file)), o))
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatal(diff)
		}
		if a.Tally.Bytes != int64(len(file)) {
			t.Fatalf("read %d of %d bytes", a.Tally.Bytes, len(file))
		}
		if n := bytes.Count(file, []byte("\n")); a.Tally.Lines != n && a.Tally.Lines != n+1 {
			t.Fatalf("%d lines, but %d line ends", a.Tally.Lines, n)
		}
		var shown bytes.Buffer
		if err := formats.Annotate(&shown, p, bytes.NewReader(file), formats.AnnotateOptions{Colour: which > 127, MaxRecords: 50}); (err == nil) != (a.Count == 0) {
			t.Fatalf("annotate: %v", err)
		}
	})
}

// FuzzRecode: whatever decodes cleanly and is strictly right encodes to the
// same bytes.
func FuzzRecode(f *testing.F) {
	seeds(f)
	plans := make([]*formats.Plan, len(layoutNames))
	for i, name := range layoutNames {
		plans[i] = plan(f, name)
	}
	f.Fuzz(func(t *testing.T, which uint8, file []byte) {
		p := plans[int(which)%len(plans)]
		d := p.NewDecoder(bytes.NewReader(file), formats.DecodeOptions{})
		for d.Next() {
		}
		var out bytes.Buffer
		err := recode(p, bytes.NewReader(file), &out)
		if d.Err() != nil {
			if err == nil {
				t.Fatal("a broken file was encoded again")
			}
			return
		}
		if err != nil {
			// Only what is tolerated in reading may be refused in writing.
			for _, tolerated := range p.Layout().Tolerate {
				if tolerated == formats.PrintableText {
					return
				}
			}
			t.Fatalf("decodes, but does not encode: %v", err)
		}
		if !bytes.Equal(file, out.Bytes()) && !bytes.Equal(append(bytes.Clone(file), "\r\n"...), out.Bytes()) {
			t.Fatalf("the file changed:\n%q\n%q", file, out.Bytes())
		}
	})
}

// FuzzLayout: no YAML makes the parser or the compiler panic.
func FuzzLayout(f *testing.F) {
	for _, name := range layoutNames {
		src, err := os.ReadFile(filepath.Join("layouts", name+".yaml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Add([]byte("layout: x\nrecords: {}\n"))
	f.Add([]byte("a: &x [*x]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		l, err := formats.Parse("fuzz.yaml", src)
		if err != nil {
			return
		}
		p, err := l.Compile()
		if err != nil {
			return
		}
		d := p.NewDecoder(bytes.NewReader(src), formats.DecodeOptions{})
		for d.Next() {
		}
	})
}
