package report

import (
	"archive/zip"
	"bytes"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// every face of a report; that of a workbook is all of its parts.
func everyFace(t *testing.T, r reconcile.Report, o Options) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, f := range append(textFaces(), face{"xlsx", XLSX}) {
		doc := draw(t, f.render, r, o)
		if f.ext == "xlsx" {
			doc = unpacked(t, doc)
		}
		out[f.ext] = string(doc)
	}
	return out
}

func unpacked(t *testing.T, doc []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, part); err != nil {
			t.Fatal(err)
		}
		if err := part.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all.Bytes()
}

// Whatever a report says, and in whichever form: the whole head of the chain is
// on it, and on what is printed also how to check it.
func TestEveryFaceHoldsTheHeadOfTheChain(t *testing.T) {
	for name, r := range map[string]reconcile.Report{"proven": sampleProven(), "broken": sampleBroken(), "quiet": sampleQuiet(), "hostile": sampleHostile(), "huge": sampleHuge(5_000)} {
		for _, lang := range []string{"id", "en"} {
			for ext, doc := range everyFace(t, r, Options{Lang: lang}) {
				if !strings.Contains(doc, chain) {
					t.Errorf("%s in %s as %s has no head", name, lang, ext)
				}
				// JSON and CSV are for programs and sheets.
				if ext == "json" || ext == "csv" {
					continue
				}
				if !strings.Contains(html.UnescapeString(doc), "bekal ledger verify --head 9f2c 7a10 b4e8 5d33 66a1") {
					t.Errorf("%s in %s as %s does not say how to check it", name, lang, ext)
				}
			}
		}
	}
}

// What is printed to be typed is taken as it is typed.
func TestWhatIsPrintedIsTaken(t *testing.T) {
	typed, ok := strings.CutPrefix(check(chain), "bekal ledger verify --head ")
	if !ok {
		t.Fatal(check(chain))
	}
	digits, err := ledger.ReadHead(typed)
	if err != nil || digits != chain[:printedDigits] {
		t.Errorf("%q is read as %q: %v", typed, digits, err)
	}
}

// The foot of each printed page says of which books it is.
func TestEveryPrintedPageHoldsTheHeadAtItsFoot(t *testing.T) {
	const foot = "9f2c 7a10 b4e8 5d33 66a1"
	faces := everyFace(t, sampleProven(), Options{})
	page := regexp.MustCompile(`@bottom-left \{ content: "([^"]*)"`).FindStringSubmatch(faces["html"])
	if page == nil || !strings.HasSuffix(page[1], foot) {
		t.Errorf("the foot of the page is %q", page)
	}
	if n := strings.Count(faces["xlsx"], "PWK · 2026-11-23 · "+foot+"&amp;C"); n != 4 {
		t.Errorf("%d sheets of 4 have the head at their feet", n)
	}
}
