package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bekal/reconcile"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

type face struct {
	ext    string
	render func(io.Writer, reconcile.Report, Options) error
}

func textFaces() []face {
	return []face{{"txt", Text}, {"json", JSON}, {"csv", CSV}, {"html", HTML}}
}

func draw(t *testing.T, f func(io.Writer, reconcile.Report, Options) error, r reconcile.Report, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	reports := map[string]reconcile.Report{
		"proven": sampleProven(), "broken": sampleBroken(), "quiet": sampleQuiet(), "hostile": sampleHostile(),
	}
	for name, r := range reports {
		for _, lang := range []string{"id", "en"} {
			for _, f := range textFaces() {
				// A sum that fails is enough to see in text and HTML.
				if name != "proven" && name != "hostile" && (f.ext == "csv" || f.ext == "json") {
					continue
				}
				file := name + "." + lang + "." + f.ext
				t.Run(file, func(t *testing.T) {
					golden(t, file, draw(t, f.render, r, Options{Lang: lang}))
				})
			}
		}
	}
}

func TestGoldenColourAndWidth(t *testing.T) {
	golden(t, "colour.id.txt", draw(t, Text, sampleBroken(), Options{Colour: true}))
	golden(t, "narrow.en.txt", draw(t, Text, sampleProven(), Options{Lang: "en", Width: 100}))
}

func TestGoldenLists(t *testing.T) {
	r := sampleBroken()
	for _, lang := range []string{"id", "en"} {
		o := Options{Lang: lang}
		for name, render := range map[string]func(io.Writer) error{
			"mismatches." + lang + ".txt":  func(w io.Writer) error { return MismatchTable(w, r.Mismatches, o) },
			"mismatches." + lang + ".json": func(w io.Writer) error { return MismatchJSON(w, r.Mismatches, o) },
			"proof." + lang + ".txt":       func(w io.Writer) error { return ProofTable(w, r.Proof, o) },
			"proof." + lang + ".json":      func(w io.Writer) error { return ProofJSON(w, r.Proof, o) },
		} {
			var b bytes.Buffer
			if err := render(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.Bytes())
		}
	}
}

// The same report is the same bytes.
func TestRenderingIsRepeatable(t *testing.T) {
	for _, f := range textFaces() {
		a := draw(t, f.render, sampleProven(), Options{})
		b := draw(t, f.render, sampleProven(), Options{})
		if !bytes.Equal(a, b) {
			t.Errorf("%s: two renderings of one report differ", f.ext)
		}
	}
}
