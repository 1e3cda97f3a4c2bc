package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"bekal/reconcile"
)

func TestTextFitsTheTerminal(t *testing.T) {
	for _, lang := range []string{"id", "en"} {
		for _, width := range []int{100, 120, 160} {
			for name, r := range map[string]reconcile.Report{"proven": sampleProven(), "broken": sampleBroken(), "quiet": sampleQuiet()} {
				out := draw(t, Text, r, Options{Lang: lang, Width: width})
				for _, l := range lines(string(out)) {
					if n := text.StringWidth(l); n > width {
						t.Errorf("%s %s: %d columns in a terminal of %d: %s", name, lang, n, width, l)
					}
					if strings.TrimRight(l, " ") != l {
						t.Errorf("%s %s: blanks at the end of %q", name, lang, l)
					}
				}
			}
		}
	}
}

func TestTextHasNoColourUnlessAsked(t *testing.T) {
	if out := draw(t, Text, sampleHostile(), Options{}); bytes.ContainsRune(out, '\x1b') {
		t.Error("an escape sequence without Options.Colour")
	}
	plain := draw(t, Text, sampleBroken(), Options{})
	painted := draw(t, Text, sampleBroken(), Options{Colour: true})
	if !bytes.Contains(painted, []byte("\x1b[1;31m")) {
		t.Error("Options.Colour painted nothing red")
	}
	if got := text.StripEscape(string(painted)); got != string(plain) {
		t.Error("colour changes more than the colour")
	}
}

func TestTextObeysNobody(t *testing.T) {
	out := string(draw(t, Text, sampleHostile(), Options{Colour: true}))
	for _, bad := range []string{"\x1b[2J", "\x1b]0;", "\u009b", "\u202e", "\x07", "\r"} {
		if strings.Contains(out, bad) {
			t.Errorf("the terminal would get %q", bad)
		}
	}
	for _, shown := range []string{`\x1b[2J`, `\r\n`} {
		if !strings.Contains(out, shown) {
			t.Errorf("%s is not shown", shown)
		}
	}
}

func TestTextShowsTheFirstFifty(t *testing.T) {
	out := string(draw(t, Text, sampleHuge(1234), Options{}))
	if n := strings.Count(out, "PWK26C0"); n != 50 {
		t.Errorf("%d mismatches on the terminal, want 50", n)
	}
	if want := "1.184 selisih lagi"; !strings.Contains(out, want) {
		t.Errorf("does not say %q", want)
	}
	var b bytes.Buffer
	if err := MismatchTable(&b, sampleHuge(1234).Mismatches, Options{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "PWK26C0"); n != 1234 {
		t.Errorf("the list has %d mismatches, want all 1234", n)
	}
}

func TestTextShowsAFailureAmongManyLines(t *testing.T) {
	r := sampleProven()
	for range 300 {
		r.Proof.Lines = append(r.Proof.Lines, rolled(reconcile.ScopeDay, "2026-01-05", tally(0, 0), tally(3, 30), tally(3, 30), tally(0, 0)))
	}
	failing := rolled(reconcile.ScopeDay, "2026-01-06", tally(0, 0), tally(3, 30), tally(3, 30), tally(0, 0))
	failing.Control, failing.Proven = rupiah(7), false
	r.Proof.Lines = append(r.Proof.Lines, failing)
	r.Proof.Proven = false
	out := string(draw(t, Text, r, Options{Lang: "en"}))
	for _, want := range []string{"✗ FAILS  Day 2026-01-06", "closing Rp 0,00, but control account Rp 7,00: off by Rp -7,00", "… and 285 more lines"} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q", want)
		}
	}
}

func TestEmptyReportRenders(t *testing.T) {
	for _, f := range append(textFaces(), face{"xlsx", XLSX}) {
		if out := draw(t, f.render, reconcile.Report{}, Options{}); len(out) == 0 {
			t.Errorf("%s: nothing was written", f.ext)
		}
	}
	var b bytes.Buffer
	if err := MismatchTable(&b, nil, Options{}); err != nil || b.String() != "Tidak ada selisih.\n" {
		t.Errorf("no mismatches: %q, %v", b.String(), err)
	}
}
