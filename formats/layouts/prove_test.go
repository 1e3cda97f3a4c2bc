package layouts_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
	"bekal/formats/layouts"
)

// loaded is the set of layouts, compiled once for all tests.
var loaded = sync.OnceValues(func() (*layouts.Set, error) { return layouts.Load("") })

// layoutPlan is a layout that comes with Bekal.
func layoutPlan(t testing.TB, name string) *formats.Plan {
	t.Helper()
	set, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := set.Plan(name)
	if !ok {
		t.Fatalf("there is no layout %s", name)
	}
	return p
}

// file reads a file of the engine's testdata.
func file(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// samples reads the files that match a pattern under the folder that
// BEKAL_SAMPLES names: real files of other projects, which are not ours to
// copy. Without the variable there are none, and the tests go by our own files
// alone; with it they must be there.
func samples(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	dir := os.Getenv("BEKAL_SAMPLES")
	if dir == "" {
		return nil
	}
	names, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
	if err != nil || len(names) == 0 {
		t.Fatalf("BEKAL_SAMPLES is %s, and nothing there matches %s: %v", dir, pattern, err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.ToSlash(rel)] = b
	}
	return out
}

// prove shows that a file is understood to the last byte: it has no error, no
// warning and no total that is not verified, and what was decoded encodes to
// the same bytes, value by value, also by way of JSON.
func prove(t *testing.T, layout string, file []byte) {
	t.Helper()
	proveTolerated(t, layout, file, 0)
}

// proveTolerated is prove for a file with so many things that are tolerated.
func proveTolerated(t *testing.T, layout string, file []byte, warnings int) {
	t.Helper()
	p := layoutPlan(t, layout)
	d := p.NewDecoder(bytes.NewReader(file), formats.DecodeOptions{})
	for d.Next() {
	}
	if err := d.Err(); err != nil {
		t.Errorf("%v", err)
		return
	}
	if d.WarningCount() != warnings {
		t.Errorf("%d things are tolerated, not %d: %v", d.WarningCount(), warnings, d.Warnings())
	}
	if u := d.Unverified(); u != nil {
		t.Errorf("not verified: %v", u)
	}
	var again bytes.Buffer
	if _, err := p.Recode(&again, iotest.HalfReader(bytes.NewReader(file)), formats.RecodeOptions{AsRead: true}); err != nil {
		t.Errorf("encode again: %v", err)
	} else if !bytes.Equal(file, again.Bytes()) {
		t.Errorf("encoded again it differs (-was +is):\n%s", cmp.Diff(strings.Split(string(file), "\n"), strings.Split(again.String(), "\n")))
	}
	strict := bytes.Clone(file)
	if warnings > 0 {
		// JSON holds values, and not the blanks that were cut off.
		again.Reset()
		if _, err := p.Recode(&again, bytes.NewReader(file), formats.RecodeOptions{}); err != nil {
			t.Errorf("encode strictly: %v", err)
			return
		}
		strict = bytes.Clone(again.Bytes())
	}
	var js, back bytes.Buffer
	if err := p.WriteJSON(&js, bytes.NewReader(strict), formats.DecodeOptions{}); err != nil {
		t.Errorf("JSON: %v", err)
		return
	}
	if err := p.ReadJSON(&back, bytes.NewReader(js.Bytes()), formats.EncodeOptions{}); err != nil {
		t.Errorf("from JSON: %v", err)
	} else if !bytes.Equal(strict, back.Bytes()) {
		t.Errorf("from JSON it differs (-was +is):\n%s", cmp.Diff(strings.Split(string(strict), "\n"), strings.Split(back.String(), "\n")))
	}
}

// values are the values of some fields of each record of a type, joined by |.
// With RECORD.slot there is a line for each repetition of the slot.
func values(t *testing.T, layout string, file []byte, record string, fields ...string) []string {
	t.Helper()
	p := layoutPlan(t, layout)
	d := p.NewDecoder(bytes.NewReader(file), formats.DecodeOptions{})
	record, slot, _ := strings.Cut(record, ".")
	var out []string
	for d.Next() {
		r := d.Record()
		if r.Type() != record {
			continue
		}
		rec, _ := p.Record(record)
		if slot == "" {
			var line []string
			for _, f := range fields {
				line = append(line, r.String(p.Field(record, f)))
			}
			out = append(out, strings.Join(line, "|"))
			continue
		}
		for _, s := range rec.Slots() {
			for i := 0; s.Name() == slot && i < s.Times() && r.Present(s, i); i++ {
				var line []string
				for _, name := range fields {
					for _, f := range s.Fields(i) {
						if f.Name() == name {
							line = append(line, r.String(f))
						}
					}
				}
				out = append(out, strings.Join(line, "|"))
			}
		}
	}
	if len(out) == 0 {
		t.Errorf("there is no record %s", record)
	}
	return out
}

// broken shows that a file has errors, and that they say all that is wanted.
func broken(t *testing.T, layout string, file []byte, want ...string) {
	t.Helper()
	d := layoutPlan(t, layout).NewDecoder(bytes.NewReader(file), formats.DecodeOptions{})
	for d.Next() {
	}
	if d.Err() == nil {
		t.Errorf("nothing is wrong with the file; wanted %q", want)
		return
	}
	said := fmt.Sprint(d.Err())
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("it does not say %q, but:\n%s", w, said)
		}
	}
}

// poke is a copy of a file with bytes replaced from a line and column on, both
// counted from 1.
func poke(file []byte, line, column int, with string) []byte {
	out := bytes.Clone(file)
	at := 0
	for range line - 1 {
		at += bytes.IndexByte(out[at:], '\n') + 1
	}
	copy(out[at+column-1:], with)
	return out
}
