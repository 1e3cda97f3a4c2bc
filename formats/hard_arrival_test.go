package formats

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLinesHoweverTheyArrive: files of pieces of lines in any order are read
// the same whether they come at once or byte by byte, to the last byte; and
// those without errors can be written as they were.
func TestLinesHoweverTheyArrive(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 11))
	pieces := []string{"H       ", "D01ab   ", "D02AB   ", "D99     ", "T01     ", "T       ", "\n", "\r\n", "\r", "\n", "\r\n", " ", "   ", "\x1a", "H", "D01ab", "T01", "99999999", "D0", "?", "\xc3\xa9", "EEE", "E01 ", "E01"}
	clean := 0
	for _, ends := range []string{"lf", "crlf", "cr", "none", "[lf, crlf, none]", "[crlf, lf, cr]"} {
		for _, final := range []string{"always", "never", "either"} {
			for _, head := range []string{"", ", block: {records: 3, filler: \"9\"}"} {
				for _, tolerate := range []string{"[]", "[final-line-end, lower-case, short-lines, long-lines, blank-lines, end-mark, unblocked, unaligned, unpadded]", "[blank-lines, end-mark]", "[short-lines, long-lines]"} {
					for _, other := range []int{8, 4} {
						l, err := Parse("tiny.yaml", fmt.Appendf(nil, `layout: tiny
charset: bank-upper
line: {length: 8, end: %s, final: %s%s}
tolerate: %s
structure: H (D | E)* T?
records:
  H: {match: {a: H}, fields: {a: {at: 1, len: 1}, f: {at: 2, len: 7, kind: filler}}}
  D: {match: {a: D}, fields: {a: {at: 1, len: 1}, n: {at: 2, len: 2, kind: number}, b: {at: 4, len: 4, empty: blank}, c: {at: 8, len: 1, empty: blank}}}
  E: {length: %d, match: {a: E}, fields: {a: {at: 1, len: 1}, b: {at: 2, len: %d, empty: blank}}}
  T: {match: {a: T}, fields: {a: {at: 1, len: 1}, n: {at: 2, len: 2, kind: number, empty: blank, compute: {count: D}}, f: {at: 4, len: 5, kind: filler}}}
`, ends, final, head, tolerate, other, other-1))
						if err != nil {
							t.Fatal(err)
						}
						p, err := l.Compile()
						if err != nil {
							t.Fatal(err)
						}
						for i := range 25 {
							var file bytes.Buffer
							if i%2 == 0 { // a file that may well be right
								end := []string{"\n", "\r\n", "\r", ""}[rng.IntN(4)]
								for _, r := range []string{"H", "D01AB", "E01", "D02", "T02"} {
									if rng.IntN(8) == 0 {
										file.WriteString(pieces[rng.IntN(len(pieces))])
									}
									n := 8
									if r[0] == 'E' {
										n = other
									}
									fmt.Fprintf(&file, "%-*s%s", n, r, end)
								}
								if rng.IntN(3) == 0 {
									file.Truncate(max(0, file.Len()-rng.IntN(4)))
								}
							}
							for range rng.IntN(1 + i%2*9) {
								file.WriteString(pieces[rng.IntN(len(pieces))])
							}
							if arrives(t, p, file.Bytes()) {
								clean++
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d files without errors", clean)
}

// arrives reads one file in both ways; it is true for one without errors.
func arrives(t *testing.T, p *Plan, file []byte) bool {
	t.Helper()
	a, b := hear(p, file, false), hear(p, file, true)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Fatalf("byte by byte, %+v tolerates %v: %q\n%s", p.layout.Line, p.layout.Tolerate, file, diff)
	}
	if a.Tally.Bytes != int64(len(file)) {
		t.Fatalf("%q: %d bytes", file, a.Tally.Bytes)
	}
	if a.Count > 0 {
		return false
	}
	var out bytes.Buffer
	if _, err := p.Recode(&out, bytes.NewReader(file), RecodeOptions{AsRead: true}); err != nil || !bytes.Equal(out.Bytes(), file) {
		t.Fatalf("%+v tolerates %v: %q became %q, %v\n%v", p.layout.Line, p.layout.Tolerate, file, out.Bytes(), err, a.Warnings)
	}
	// Written strictly it has no warnings, and the same values.
	out.Reset()
	if _, err := p.Recode(&out, bytes.NewReader(file), RecodeOptions{}); err != nil {
		if strings.Contains(fmt.Sprint(a.Warnings), "character not allowed") {
			return true
		}
		t.Fatalf("%+v tolerates %v: %q: %v", p.layout.Line, p.layout.Tolerate, file, err)
	}
	if c := hear(p, out.Bytes(), false); c.Count+c.Warned > 0 {
		t.Fatalf("%+v tolerates %v: %q became %q: %v %v", p.layout.Line, p.layout.Tolerate, file, out.Bytes(), c.Errors, c.Warnings)
	}
	return true
}
