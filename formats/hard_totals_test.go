package formats_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"bekal/formats"
)

const pair = "groups:\n  a: A D* X\n  b: B D* Y"

func TestTotalsOfScopes(t *testing.T) {
	siblings := small(pair, "H (a | b)* T", "H:", "A:", "B:", "D: v: {at: 2, len: 2, kind: number}",
		"X: n: {at: 2, len: 2, kind: number, compute: {count: D, scope: a}}, s: {at: 4, len: 3, kind: number, compute: {sum: D.v, scope: a}}",
		"Y: n: {at: 2, len: 2, kind: number, compute: {count: D, scope: b}}, s: {at: 4, len: 3, kind: number, compute: {sum: D.v, scope: b}}",
		"T: n: {at: 2, len: 2, kind: number, compute: {count: D}}, s: {at: 4, len: 3, kind: number, compute: {sum: D.v}}")
	two := small("groups:\n  a: A D* X\n  o: O (a | D)* P", "H (o | a)* T", "H:", "A:", "D: v: {at: 2, len: 2, kind: number}", "O:",
		"X: s: {at: 2, len: 3, kind: number, compute: {sum: D.v, scope: a}}", "P: s: {at: 2, len: 3, kind: number, compute: {sum: D.v, scope: o}}",
		"T: s: {at: 2, len: 3, kind: number, compute: {sum: D.v}}")
	lostIn := small("groups:\n  a: A D* X", "H a* T", "H:", "A:", "D: v: {at: 2, len: 2, kind: number}",
		"X: n: {at: 2, len: 2, kind: number, compute: {count: D, scope: a}}, s: {at: 4, len: 2, kind: number, compute: {sum: D.v, scope: a}}", "T:")
	for _, h := range []hard{
		{name: "a record in two groups, each with its own total", layout: siblings,
			file: file("H", "A", "D01", "D02", "X02003", "B", "D04", "Y01004", "A", "D08", "X01008", "B", "Y00000", "T04015")},
		{name: "a wrong total of one of them", layout: siblings, file: file("H", "A", "D01", "D02", "X02003", "B", "D04", "Y03007", "T03007"),
			errs: []string{`line 8, record 8 (Y), field n, columns 2-3: "3": control total disagrees, expected "1"`, `line 8, record 8 (Y), field s, columns 4-6: "7": control total disagrees, expected "4"`}},
		{name: "a group in two places", layout: two, file: file("H", "A", "D01", "X001", "O", "D02", "A", "D04", "X004", "D08", "P014", "A", "D16", "X016", "O", "P000", "T031")},
		{name: "lines lost before the record that begins a scope", layout: lostIn, file: file("H", "?", "?05", "D03", "X0208", "A", "D01", "X0101", "T"),
			errs: []string{
				`line 2, record 2, columns 1-8: "?       ": unknown record type: records are H, A, D, X, T`,
				`line 3, record 3, columns 1-8: "?05     ": unknown record type: records are H, A, D, X, T`,
				"line 4, record 4 (D): record out of place: record A is missing before it"},
			unverified: []string{"X.n", "X.s"}},
		{name: "lines lost before a scope that begins as it should", layout: lostIn, file: file("H", "?", "A", "D03", "X0208", "T"),
			errs: []string{
				`line 2, record 2, columns 1-8: "?       ": unknown record type: records are H, A, D, X, T`,
				`line 5, record 5 (X), field n, columns 2-3: "2": control total disagrees, expected "1"`,
				`line 5, record 5 (X), field s, columns 4-5: "8": control total disagrees, expected "3"`}},
	} {
		h.run(t)
	}
}

func TestTotalsBeforeTheirRecords(t *testing.T) {
	all := small("", "H D* T", `H: n: {at: 2, len: 2, kind: number, compute: {count: "*"}}`, "D:", "T:")
	again := small("", "(H D*)* T", "H: n: {at: 2, len: 2, kind: number, compute: {count: D}}", "D:", "T:")
	opens := small("groups:\n  a: A D*", "H a* T", "H:", "A: n: {at: 2, len: 2, kind: number, compute: {count: A, scope: a}}", "D:", "T:")
	for _, h := range []hard{
		{name: "all records, in the header", layout: all, file: file("H04", "D", "D", "T")},
		{name: "all records, wrong in the header", layout: all, file: file("H01", "D", "D", "T"),
			errs: []string{`line 1, record 1 (H), field n, columns 2-3: "1": control total disagrees, expected "4"`}},
		{name: "stated again", layout: again, file: file("H03", "D", "H03", "D", "D", "T")},
		{name: "stated again, otherwise", layout: again, file: file("H03", "D", "H99", "D", "D", "T"),
			errs: []string{`line 3, record 3 (H), field n, columns 2-3: "99": control total disagrees: line 1 states the same total, expected "3"`}},
		{name: "unreadable at first", layout: again, file: file("H0x", "D", "H99", "D", "D", "T"),
			errs: []string{`line 1, record 1 (H), field n, columns 2-3: "0x": not a number`, `line 3, record 3 (H), field n, columns 2-3: "99": control total disagrees, expected "3"`}},
		{name: "of the scope that its record begins", layout: opens, file: file("H", "A01", "D", "A01", "T")},
	} {
		h.run(t)
	}
	t.Run("the encoder refuses what is stated otherwise", func(t *testing.T) {
		p := compile(t, again)
		var out bytes.Buffer
		e := p.NewEncoder(&out, formats.EncodeOptions{})
		for i, n := range []string{"1", "2", "1"} {
			w := e.Begin("H")
			w.SetString(p.Field("H", "n"), n)
			if err := w.End(); (err == nil) != (n == "1") {
				t.Errorf("header %d: %v", i+1, err)
			}
		}
		if e.Begin("D").End() != nil || e.Begin("T").End() != nil || e.Close() != nil || out.String() != file("H01", "H01", "D", "T") {
			t.Errorf("%q", out.String())
		}
	})
	t.Run("the encoder fills in a total of the scope that its record begins", func(t *testing.T) {
		p := compile(t, opens)
		var out bytes.Buffer
		e := p.NewEncoder(&out, formats.EncodeOptions{})
		for _, r := range []string{"H", "A", "D", "A", "T"} {
			if err := e.Begin(r).End(); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Close(); err != nil || out.String() != file("H", "A01", "D", "A01", "T") {
			t.Errorf("%q, %v", out.String(), err)
		}
	})
}

const xy = "codes:\n  c: {list: [{code: A, class: x}, {code: B, class: y}]}"

// TestTotalsOverSlots: a line that cannot be read may have had any of its
// slots.
func TestTotalsOverSlots(t *testing.T) {
	layout := `layout: slotted
charset: bank-upper
line: {length: 8, end: lf}
structure: D* T
records:
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, rest: {at: 8, len: 1, kind: filler}}, slots: {s: {at: 2, len: 2, times: 3, fields: {v: {at: 1, len: 2, kind: number}}}}}
  T: {match: {type: T}, fields: {type: {at: 1, len: 1}, sum: {at: 2, len: 3, kind: number, compute: {sum: D.v}}, count: {at: 5, len: 2, kind: number, compute: {count: D.s}}, rest: {at: 7, len: 2, kind: filler}}}
`
	short := "line 2, record 2 (D), column 8: wrong length: 7 bytes, expected 8"
	for _, h := range []hard{
		{name: "good", layout: layout, file: file("D0102", "D05", "D", "T00803")},
		{name: "unreadable", layout: layout, file: "D0102   \nD05    \nT00803  \n", errs: []string{short}, unverified: []string{"T.sum", "T.count"}},
		{name: "more than there can be", layout: layout, file: "D0102   \nD05    \nT00806  \n", unverified: []string{"T.sum"},
			errs: []string{short, `line 3, record 3 (T), field count, columns 5-6: "6": control total disagrees, expected "2"`}},
	} {
		h.run(t)
	}
}

func TestCountsOfTheirOwnRecord(t *testing.T) {
	where := small(xy, "D* T", "D:", "T: k: {at: 2, len: 1, codes: c}, n: {at: 3, len: 2, kind: number, compute: {count: T, where: {field: k, class: x}}}")
	slots := `layout: own
charset: bank-upper
line: {length: 8, end: lf}
` + xy + `
structure: one* T
groups:
  one: D
records:
  D:
    match: {type: D}
    fields: {type: {at: 1, len: 1}, slots: {at: 2, len: 1, kind: number, compute: {count: D.s, scope: one}}, xs: {at: 3, len: 1, kind: number, compute: {count: D.s, where: {field: v, class: x}, scope: one}}, rest: {at: 7, len: 2, kind: filler}}
    slots: {s: {at: 4, len: 1, times: 3, fields: {v: {at: 1, len: 1, codes: c}}}}
  T: {match: {type: T}, fields: {type: {at: 1, len: 1}, xs: {at: 2, len: 2, kind: number, compute: {count: D.s, where: {field: v, class: x}}}, rest: {at: 4, len: 5, kind: filler}}}
`
	for _, h := range []hard{
		{name: "filtered", layout: where, file: file("D", "TA01")},
		{name: "filtered out", layout: where, file: file("D", "TB00")},
		{name: "slots", layout: slots, file: file("D32AAB", "D10B", "D00", "T02")},
		{name: "slots, wrong", layout: slots, file: file("D32AAB", "D20B", "T02"),
			errs: []string{`line 2, record 2 (D), field slots, column 2: "2": control total disagrees, expected "1"`}},
	} {
		h.run(t)
	}
	t.Run("filled in", func(t *testing.T) {
		p := compile(t, slots)
		var out bytes.Buffer
		e := p.NewEncoder(&out, formats.EncodeOptions{})
		d, _ := p.Record("D")
		for _, codes := range []string{"AAB", "B", ""} {
			w := e.Begin("D")
			for i, c := range codes {
				w.SetString(d.Slots()[0].Fields(i)[0], string(c))
			}
			if err := w.End(); err != nil {
				t.Fatal(err)
			}
		}
		if e.Begin("T").End() != nil || e.Close() != nil || out.String() != file("D32AAB", "D10B", "D00", "T02") {
			t.Errorf("%q", out.String())
		}
	})
}

func TestSignedHash(t *testing.T) {
	layout := small("", "D* T", "D: v: {at: 2, len: 3, kind: number, sign: leading}", "T: h: {at: 2, len: 3, kind: number, sign: leading, compute: {hash: D.v, modulus: 100}}, a: {at: 5, len: 2, kind: number, compute: {hash: D.v, modulus: 100, absolute: true}}")
	hard{name: "negative", layout: layout, file: file("D-99", "D-06", "D+02", "T-0303")}.run(t)
	hard{name: "positive", layout: layout, file: file("D+99", "D+06", "D-02", "T+0303")}.run(t)
}

func TestComputedFieldsThatCannotBe(t *testing.T) {
	wide := "layout: wide\ncharset: bank-upper\nline: {length: 24, end: lf}\nstructure: D*\nrecords:\n  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 20, kind: digits, compute: {sequence: 1}}, f: {at: 22, len: 3, kind: filler}}}\n"
	slot := "layout: slotted\ncharset: bank-upper\nline: {length: 8, end: lf}\n" + xy + `
structure: D* T
records:
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, rest: {at: 8, len: 1, kind: filler}}, slots: {s: {at: 2, len: 1, times: 3, fields: {v: {at: 1, len: 1, codes: c}}}, u: {at: 5, len: 1, times: 3, fields: {w: {at: 1, len: 1}}}}}
  T: {match: {type: T}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 2, kind: number, compute: {count: `
	for _, r := range []refused{
		{"a source twice", small("", "D* T", "D:", "T: n: {at: 2, len: 2, kind: number, compute: {count: [D, D]}}"), "field n computes twice over D"},
		{"more digits than a number has", wide, "field n has 20 digits; a number has at most 18"},
		{"codes", small("codes:\n  c: {list: [{code: \"10\"}, {code: \"20\"}]}", "D* T", "D:", "T: n: {at: 2, len: 2, kind: number, codes: c, compute: {count: D}}"), "field n is computed, so it holds no code"},
		{"records, filtered by a slot", slot + "D, where: {field: v, class: x}}}, rest: {at: 4, len: 5, kind: filler}}}\n", "the filter D.v stands in a slot, and what it filters does not"},
		{"slots, filtered by another slot", slot + "D.u, where: {field: v, class: x}}}, rest: {at: 4, len: 5, kind: filler}}}\n", "the filter D.v stands in a slot, and what it filters does not"},
	} {
		r.run(t)
	}
	hard{name: "slots, filtered by themselves", layout: slot + "D.s, where: {field: v, class: x}}}, rest: {at: 4, len: 5, kind: filler}}}\n", file: file("DAAB", "T02")}.run(t)
}

// TestCountOfAllThatSaysZero: a header that counts itself never counts nothing,
// though nothing has been added up.
func TestCountOfAllThatSaysZero(t *testing.T) {
	p := compile(t, `layout: zero
charset: bank-upper
line: {length: 4, end: lf}
structure: g+
groups:
  g: H D*
records:
  H: {match: {type: H}, fields: {type: {at: 1, len: 1}, count: {at: 2, len: 3, kind: number, compute: {count: "*", scope: g}}}}
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, rest: {at: 2, len: 3, kind: filler}}}
`)
	count := func(err error) int {
		var errs *formats.Errors
		if errors.As(err, &errs) {
			return len(errs.List)
		}
		return 0
	}
	row := p.Row("H", p.Field("H", "count"))
	for _, c := range []struct {
		counts []int64
		wrong  int
	}{{[]int64{1, 1}, 0}, {[]int64{0, 1}, 1}, {[]int64{1, 0}, 1}, {[]int64{0, 0}, 2}} {
		var out bytes.Buffer
		e := p.NewEncoder(&out, formats.EncodeOptions{})
		for _, n := range c.counts {
			if err := e.WriteRow(row, formats.IntValue(n)); err != nil {
				t.Fatal(err)
			}
		}
		wrote := count(e.Close())
		d := p.NewDecoder(bytes.NewReader(out.Bytes()), formats.DecodeOptions{})
		for d.Next() {
		}
		if read := count(d.Err()); wrote != c.wrong || read != c.wrong {
			t.Errorf("%v: %d errors in writing and %d in reading, expected %d", c.counts, wrote, read, c.wrong)
		}
	}
}

// TestTotalOfWhatWasNotRead: where reading fails, a header that says zero is as
// unverified as any other.
func TestTotalOfWhatWasNotRead(t *testing.T) {
	p := compile(t, `layout: unread
charset: bank-upper
line: {length: 4, end: lf}
structure: g+
groups:
  g: H D*
records:
  H: {match: {type: H}, fields: {type: {at: 1, len: 1}, count: {at: 2, len: 3, kind: number, compute: {count: D, scope: g}}}}
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, rest: {at: 2, len: 3, kind: filler}}}
`)
	broken := errors.New("the line broke")
	for _, file := range []string{"H000\n", "H001\nD   \n", "H002\nD   \n"} {
		d := p.NewDecoder(io.MultiReader(strings.NewReader(file), iotest.ErrReader(broken)), formats.DecodeOptions{})
		for d.Next() {
		}
		if !errors.Is(d.Err(), broken) || !slices.Equal(d.Unverified(), []string{"H.count"}) {
			t.Errorf("%q: %v, unverified %q", file, d.Err(), d.Unverified())
		}
	}
}
