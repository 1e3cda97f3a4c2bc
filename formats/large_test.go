package formats

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// largeLayouts are layouts that are as large as one may be, each in another
// way: what a compiler does for each pair of things would take hours with them.
func largeLayouts() map[string]string {
	many := func(n int, of func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(of(i))
		}
		return b.String()
	}
	head := func(structure string) string {
		return "layout: large\ncharset: printable\nline: {length: 6, end: lf}\nstructure: >\n  " + structure + "\n"
	}
	record := func(i int) string {
		return fmt.Sprintf("  r%d: {match: {1-3: \"%03d\"}, fields: {a: {at: 1, len: 3}, n: {at: 4, len: 3, kind: number}}}\n", i, i)
	}
	word := func(format string) func(i int) string { return func(i int) string { return fmt.Sprintf(format, i) } }
	out := map[string]string{}
	for _, n := range []int{300, 990} {
		out[fmt.Sprintf("%d alternatives", n)] = head("(r0"+many(n-1, func(i int) string { return fmt.Sprintf("\n  | r%d", i+1) })+")*") + "records:\n" + many(n, record)
		out[fmt.Sprintf("%d optional records", n)] = head(many(n, word("r%d?\n  "))) + "records:\n" + many(n, record)
		out[fmt.Sprintf("%d counted records", n)] = head(many(n, word("r%d{2,3}\n  "))) + "records:\n" + many(n, record)
	}
	out["two records at many places"] = head(many(490, func(int) string { return "r0 r1\n  " })) + "records:\n" + record(0) + record(1)
	out["groups within groups"] = head("g0") + "groups:\n" + many(4900, func(i int) string { return fmt.Sprintf("  g%d: g%d\n", i, i+1) }) + "  g4900: r0\nrecords:\n" + record(0)
	out["groups twice within groups"] = head("g0") + "groups:\n" + many(60, func(i int) string { return fmt.Sprintf("  g%d: g%d? g%d?\n", i, i+1, i+1) }) + "  g60: r0\nrecords:\n" + record(0)
	out["groups side by side"] = head(many(300, word("g%d\n  "))) + "groups:\n" + many(300, func(i int) string { return fmt.Sprintf("  g%d: r%d+\n", i, i) }) + "records:\n" +
		many(300, func(i int) string {
			return fmt.Sprintf("  r%d: {match: {1-3: \"%03d\"}, fields: {a: {at: 1, len: 3}, n: {at: 4, len: 3, kind: number, compute: {sequence: 1, scope: g%d}}}}\n", i, i, i)
		})
	list := func(of func(i int) string) string {
		return "[" + many(300, func(i int) string { return fmt.Sprintf("%s,\n        ", of(i)) }) + "r0]"
	}
	for _, kind := range []string{"count: ", "hash: "} {
		of := word("r%d")
		if kind == "hash: " {
			of = word("r%d.n")
		}
		sources := strings.Replace(list(of), "r0]", of(300)+"]", 1)
		out[kind+"of many records, many times"] = head("t "+many(301, word("r%d*\n  "))) + "records:\n" + many(301, record) +
			"  t:\n    length: 903\n    match: {1-3: TOT}\n    fields:\n      a: {at: 1, len: 3}\n" +
			many(200, func(i int) string {
				return fmt.Sprintf("      n%d: {at: %d, len: 3, kind: number, compute: {%s%s}}\n", i, 4+3*i, kind, sources)
			}) + "      filler: {at: 604, len: 300, kind: filler}\n"
	}
	values := func(from int) string {
		return "[" + many(30_000, func(i int) string { return fmt.Sprintf("%q,\n        ", fmt.Sprintf("%05d", from+i)) }) + fmt.Sprintf("%q]", fmt.Sprintf("%05d", from+30_000))
	}
	out["many values to be known by"] = head("(a | b)*") + "records:\n  a: {match: {1-5: " + values(0) + "}, fields: {a: {at: 1, len: 6}}}\n  b: {match: {1-5: " + values(40_000) + "}, fields: {a: {at: 1, len: 6}}}\n"
	alternatives := func(of string) string {
		return "[" + many(20_000, func(i int) string { return "{1: " + of + "},\n        " }) + "{1: " + of + "}]"
	}
	out["many alternatives to be known by"] = head("(a | b)*") + "records:\n  a: {match: " + alternatives("A") + ", fields: {a: {at: 1, len: 6}}}\n  b: {match: " + alternatives("B") + ", fields: {a: {at: 1, len: 6}}}\n"
	out["many fields that are not there"] = head("r0* t") + "records:\n" + record(0) + "  t:\n    match: {1-3: TOT}\n    fields:\n      a: {at: 1, len: 3}\n      n: {at: 4, len: 3, kind: number, compute: {hash: [" +
		many(50_000, word("r0.x%d,\n        ")) + "r0.n]}}\n"
	out["many codes"] = head("r") + "codes:\n  c:\n    list:\n" + many(4900, func(i int) string { return fmt.Sprintf("      - {code: \"%05d\"}\n", i) }) + "records:\n  r: {match: {6: R}, fields: {a: {at: 1, len: 5, codes: c}, r: {at: 6, len: 1}}}\n"
	out["many slots"] = head("r*") + "records:\n  r:\n    length: 257\n    match: {1: R}\n    fields: {r: {at: 1, len: 1}}\n    slots: {s: {at: 2, len: 1, times: 256, fields: {x: {at: 1, len: 1}}}}\n"
	out["long records"] = head(many(300, word("r%d?\n  "))) + "records:\n" + many(300, func(i int) string {
		return fmt.Sprintf("  r%d: {length: 32768, match: {1-3: \"%03d\"}, fields: {a: {at: 1, len: 3}, n: {at: 4, len: 32765, kind: filler}}}\n", i, i)
	})
	out["deep brackets in groups"] = head(strings.Repeat("(", 19)+"g0"+strings.Repeat(")*", 19)) + "groups:\n" +
		many(200, func(i int) string {
			return fmt.Sprintf("  g%d: %sg%d%s\n", i, strings.Repeat("(", 19), i+1, strings.Repeat(")*", 19))
		}) + "  g200: r0\nrecords:\n" + record(0)
	return out
}

// TestLargeLayouts: no layout takes long, or memory out of proportion to its
// size; a layout that hangs is stopped by the time that the tests have.
func TestLargeLayouts(t *testing.T) {
	for name, src := range largeLayouts() {
		src = onFewerLines(src)
		if lines := strings.Count(src, "\n"); len(src) > MaxLayoutSize || lines > maxYAML {
			t.Errorf("%s: %d bytes, %d lines", name, len(src), lines)
		}
		began := time.Now()
		var p *Plan
		var wrong string
		n := allocated(func() { p, wrong = placedProblems(src) })
		t.Logf("%s: %d bytes, %d KiB allocated, compiled: %v, %v", name, len(src), n>>10, p != nil, time.Since(began).Round(time.Millisecond))
		if wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
		// Most of it is the parser's, which copies the keys of a mapping for each of them.
		if most := uint64(128<<20 + 300*len(src)); n > most {
			t.Errorf("%s: %d bytes were allocated for a layout of %d", name, n, len(src))
		}
		if p == nil {
			continue
		}
		// A file that is wrong in every line takes no more memory when there are
		// many records that a line could have been.
		for _, line := range []string{"\n", "X\n", "r00000\n", "000000\n", "001001\n", "001\n"} {
			file := []byte(strings.Repeat(line, 20_000/len(line)))
			if n := allocated(func() {
				d := p.NewDecoder(bytes.NewReader(file), DecodeOptions{})
				for d.Next() {
				}
			}); n > uint64(2<<20+1000*len(file)) {
				t.Errorf("%s: %d KiB were allocated for a file of %d bytes, of lines %q", name, n>>10, len(file), line)
			}
		}
	}
}

// onFewerLines puts what stands in a list on fewer lines.
func onFewerLines(src string) string {
	parts := strings.Split(src, ",\n        ")
	var b strings.Builder
	for i, p := range parts {
		b.WriteString(p)
		switch {
		case i == len(parts)-1:
		case i%40 == 39:
			b.WriteString(",\n        ")
		default:
			b.WriteString(", ")
		}
	}
	return b.String()
}

// TestTooManyLines: what the parser of YAML would take minutes for is refused.
func TestTooManyLines(t *testing.T) {
	for _, end := range []string{"\n", "\r", "\r\n"} {
		src := strings.Repeat("a:"+end, 200_000)
		var wrong string
		if n := allocated(func() { _, wrong = placedProblems(src) }); wrong != "" || n > 10<<20 {
			t.Errorf("%q: %d bytes were allocated; %s", end, n, wrong)
		}
		// One that is broken by CR alone is one long line, and too long first.
		if _, err := Parse("x", []byte(src)); err == nil || !strings.Contains(err.Error(), "more than 10000 lines") && end != "\r" {
			t.Errorf("%q: %v", end, err)
		}
	}
}
