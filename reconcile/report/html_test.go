package report

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestHTMLNeedsNothingBesideIt(t *testing.T) {
	for name, doc := range map[string][]byte{
		"proven":  draw(t, HTML, sampleProven(), Options{}),
		"broken":  draw(t, HTML, sampleBroken(), Options{Lang: "en"}),
		"quiet":   draw(t, HTML, sampleQuiet(), Options{}),
		"hostile": draw(t, HTML, sampleHostile(), Options{}),
	} {
		page := string(doc)
		// Only tags count: a hostile name may show an address as text.
		for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(page, -1) {
			for _, bad := range []string{"<script", "<link", "<img", "<iframe", "<object", "<a ", "src=", "href=", "onload", "://", "javascript:"} {
				if strings.Contains(strings.ToLower(tag), bad) {
					t.Errorf("%s: %s in %s", name, bad, tag)
				}
			}
		}
		css := page[strings.Index(page, "<style>"):strings.Index(page, "</style>")]
		for _, bad := range []string{"url(", "@import", "//", "expression("} {
			if strings.Contains(css, bad) {
				t.Errorf("%s: the style asks for %s", name, bad)
			}
		}
		if strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", name)
		}
	}
}

func TestHTMLEscapesWhatComesFromOutside(t *testing.T) {
	r := sampleHostile()
	r.FacilityCode = `"; } body { display: none } </style><script>alert(2)</script>`
	page := string(draw(t, HTML, r, Options{}))
	for _, bad := range []string{"<script", "<img", "</style><", "\x1b", "\u202e", "\x07"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	style := page[strings.Index(page, "<style>"):strings.Index(page, "</style>")]
	if strings.Contains(style, "{ display: none") {
		t.Error("a value breaks out of its string in the style")
	}
	if n := strings.Count(page, "</style>"); n != 1 {
		t.Errorf("%d ends of the style, want 1", n)
	}
	for _, shown := range []string{`\x1b]0;owned\x07\x9b31m&lt;script&gt;alert(1)&lt;/script&gt;`, `\x1b[2J`} {
		if !strings.Contains(page, shown) {
			t.Errorf("the page does not show %s", shown)
		}
	}
}

func TestHTMLHoldsEveryMismatch(t *testing.T) {
	page := string(draw(t, HTML, sampleHuge(1500), Options{}))
	if n := strings.Count(page, `<tbody class="mismatch">`); n != 1500 {
		t.Errorf("%d mismatches on the page, want 1500", n)
	}
	r := sampleProven()
	page = string(draw(t, HTML, r, Options{Lang: "en"}))
	for _, m := range r.Mismatches {
		for _, want := range []string{m.Reference, m.Reason.EN} {
			if !strings.Contains(page, strings.ReplaceAll(want, `"`, "&#34;")) && !strings.Contains(page, strings.ReplaceAll(want, "'", "&#39;")) {
				t.Errorf("the page does not hold %q", want)
			}
		}
	}
}

func TestHTMLHighlightsWhatDiffers(t *testing.T) {
	page := string(draw(t, HTML, sampleProven(), Options{}))
	for _, want := range []string{
		`<span class="code differs">003201000004792</span>`,
		`<span class="differs">Rp 450.000,00</span>`,
		`<span class="differs">WARGA CONTOH O90 ALIAS CONTOH PANJANG</span>`,
		`<mark>00000000045000000</mark>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %s", want)
		}
	}
	if strings.Contains(page, `<span class="differs">WARGA CONTOH 042</span>`) {
		t.Error("a name that agrees is highlighted")
	}
}

func TestHTMLCanBeSignedOnlyWhenProven(t *testing.T) {
	const void = "tidak untuk ditandatangani"
	for _, c := range []struct {
		name string
		page []byte
		void int
	}{
		{"proven", draw(t, HTML, sampleProven(), Options{}), 0},
		{"broken", draw(t, HTML, sampleBroken(), Options{}), 3},
	} {
		if n := strings.Count(string(c.page), void); n != c.void {
			t.Errorf("%s: %d boxes are crossed out, want %d", c.name, n, c.void)
		}
		if n := strings.Count(string(c.page), `<div class="box">`); n != 3 {
			t.Errorf("%s: %d boxes, want 3", c.name, n)
		}
		if !bytes.Contains(c.page, []byte("tiga orang yang berbeda")) {
			t.Errorf("%s: does not say that three people sign", c.name)
		}
	}
	// A line that fails outweighs a proof that calls itself proven.
	r := sampleBroken()
	r.Proof.Proven = true
	for _, f := range textFaces() {
		out := string(draw(t, f.render, r, Options{Lang: "en"}))
		switch f.ext {
		case "json":
			if strings.Contains(out, `"proven": true,
  "summary"`) {
				t.Error("JSON calls a broken report proven")
			}
		case "txt", "html":
			if !strings.Contains(out, "NOT PROVEN") {
				t.Errorf("%s calls a broken report proven", f.ext)
			}
		}
	}
}

// errFull is what a full disk answers.
var errFull = errors.New("no space left")

type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFullDiskIsAnError(t *testing.T) {
	r := sampleHuge(200)
	for _, f := range append(textFaces(), face{"xlsx", XLSX}) {
		for _, room := range []int{0, 5000} {
			err := f.render(&full{room}, r, Options{})
			if !errors.Is(err, errFull) {
				t.Errorf("%s on a disk of %d bytes: %v", f.ext, room, err)
			}
		}
	}
}
