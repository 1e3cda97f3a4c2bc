package formats_test

import (
	"testing"

	"bekal/formats"
)

// TestTotalsBelowWhatCanBeRead: a total that states less than what can be read
// of it is wrong, whatever the rest says; one that states more may be right.
func TestTotalsBelowWhatCanBeRead(t *testing.T) {
	total := func(of, more string) string {
		return small(xy, "D* T", "D: v: {at: 2, len: 2, kind: number"+more+"}, k: {at: 4, len: 1, codes: c}", "T: s: {at: 2, len: 3, kind: number, sign: leading, compute: {"+of+"}}")
	}
	number := func(line, columns, value string) string {
		return "line " + line + ", record " + line + " (D), field v, columns " + columns + ": " + value + ": not a number"
	}
	x := number("2", "2-3", `"xx"`)
	code := `line 2, record 2 (D), field k, column 4: "?": not in the code list: c`
	unknown := func(line, value string) string {
		return "line " + line + ", record " + line + `, columns 1-8: "` + value + `": unknown record type: records are D, T`
	}
	below := func(line, value, least string) string {
		return "line " + line + ", record " + line + ` (T), field s, columns 2-4: "` + value + `": control total disagrees: what can be read comes to ` + least + " already"
	}
	u := []string{"T.s"}
	for _, h := range []hard{
		{name: "a sum", layout: total("sum: D.v", ""), file: file("D01A", "DxxA", "D05A", "T+05"), errs: []string{x, below("4", "5", "6")}},
		{name: "a sum that says all that can be read", layout: total("sum: D.v", ""), file: file("D01A", "DxxA", "D05A", "T+06"), errs: []string{x}, unverified: u},
		{name: "a sum that says more", layout: total("sum: D.v", ""), file: file("D01A", "DxxA", "D05A", "T+99"), errs: []string{x}, unverified: u},
		{name: "a sum below zero", layout: total("sum: D.v", ""), file: file("D00A", "DxxA", "T-01"), errs: []string{x, below("3", "-1", "0")}},
		{name: "what is added up has a sign", layout: total("sum: D.v", ", sign: leading"), file: file("D+1A", "DxxA", "D+5A", "T+05"), errs: []string{x + ": the sign + or - in front is missing"}, unverified: u},
		{name: "something is subtracted", layout: total("sum: D.v, minus: {field: k, class: y}", ""), file: file("D05A", "DxxB", "T+01"), errs: []string{x}, unverified: u},
		{name: "something may be subtracted", layout: total("sum: D.v, minus: {field: k, class: y}", ""), file: file("D05A", "D03?", "T+02"), errs: []string{code}, unverified: u},
		{name: "a hash", layout: total("hash: D.v, modulus: 100", ""), file: file("D60A", "DxxA", "D05A", "T+01"), errs: []string{x}, unverified: u},
		{name: "what passes a filter for certain", layout: total("sum: D.v, where: {field: k, class: x}", ""), file: file("D05A", "D03?", "D04B", "T+04"), errs: []string{code, below("4", "4", "5")}},
		{name: "what may pass a filter", layout: total("sum: D.v, where: {field: k, class: x}", ""), file: file("D05A", "D03?", "D04B", "T+05"), errs: []string{code}, unverified: u},
		{name: "a count of what passes a filter", layout: total("count: D, where: {field: k, class: x}", ""), file: file("D05A", "D03?", "D04A", "T+01"), errs: []string{code, below("4", "1", "2")}},
		{name: "lines that are no record", layout: total("sum: D.v", ""), file: file("D05A", "?03A", "T+04"), errs: []string{unknown("2", "?03A    "), below("3", "4", "5")}},
		{name: "a count, with lines that are no record", layout: total("count: D", ""), file: file("D05A", "?03A", "D05A", "T+01"), errs: []string{unknown("2", "?03A    "), below("4", "1", "2")}},
	} {
		h.run(t)
	}
}

// TestTotalsBelowInGroups: a line that is no record may have ended a group and
// begun it again, so that what stands before it is of no concern to the total
// behind it. A file is not ended so.
func TestTotalsBelowInGroups(t *testing.T) {
	behind := small("groups:\n  a: A D* X", "a* T", "A:", "D: v: {at: 2, len: 2, kind: number}",
		"X: n: {at: 2, len: 2, kind: number, compute: {count: D, scope: a}}, s: {at: 4, len: 2, kind: number, compute: {sum: D.v, scope: a}}",
		"T: n: {at: 2, len: 2, kind: number, compute: {count: D}}, s: {at: 4, len: 2, kind: number, compute: {sum: D.v}}")
	before := small("groups:\n  a: A D*", "a* T", "A: n: {at: 2, len: 2, kind: number, compute: {count: D, scope: a}}", "D:", "T:")
	all := small("groups:\n  a: A D* X", "a* T", "A:", "D:", `X: n: {at: 2, len: 2, kind: number, compute: {count: "*", scope: a}}`, "T:")
	missing := small("", "M+ D* T", "M: v: {at: 2, len: 2, kind: number}", "D: v: {at: 2, len: 2, kind: number}", "T: s: {at: 2, len: 3, kind: number, compute: {sum: [M.v, D.v]}}")
	lost := func(line, of string) string {
		return "line " + line + ", record " + line + `, columns 1-8: "?       ": unknown record type: records are ` + of
	}
	for _, h := range []hard{
		{name: "two of them may have been the end and the beginning", layout: behind, file: file("A", "D01", "D02", "?", "?", "D04", "X0104", "T0307"),
			errs: []string{lost("4", "A, D, X, T"), lost("5", "A, D, X, T")}, unverified: []string{"X.n", "X.s", "T.n", "T.s"}},
		{name: "not so in the file", layout: behind, file: file("A", "D01", "D02", "?", "?", "D04", "X0104", "T0206"),
			errs: []string{lost("4", "A, D, X, T"), lost("5", "A, D, X, T"),
				`line 8, record 8 (T), field n, columns 2-3: "2": control total disagrees: what can be read comes to 3 already`,
				`line 8, record 8 (T), field s, columns 4-5: "6": control total disagrees: what can be read comes to 7 already`},
			unverified: []string{"X.n", "X.s"}},
		{name: "nor where the group has begun since", layout: behind, file: file("A", "?", "X0000", "A", "D04", "Dxx", "X0203", "T0205"),
			errs: []string{lost("2", "A, D, X, T"), `line 6, record 6 (D), field v, columns 2-3: "xx": not a number`,
				`line 7, record 7 (X), field s, columns 4-5: "3": control total disagrees: what can be read comes to 4 already`},
			unverified: []string{"X.n", "X.s", "T.n", "T.s"}},
		{name: "one may have begun the next", layout: before, file: file("A01", "D", "?", "D", "D", "T"),
			errs: []string{lost("3", "A, D, T")}, unverified: []string{"A.n"}},
		{name: "all records of a group", layout: all, file: file("A", "D", "D", "?", "?", "D", "X03", "T"),
			errs: []string{lost("4", "A, D, X, T"), lost("5", "A, D, X, T")}, unverified: []string{"X.n"}},
		{name: "a record is missing, and the rest is more already", layout: missing, file: file("D05", "D02", "T006"),
			errs: []string{"line 1, record 1 (D): record out of place: record M is missing before it",
				`line 3, record 3 (T), field s, columns 2-4: "6": control total disagrees: what can be read comes to 7 already`}},
		{name: "a record is missing, and may be the rest", layout: missing, file: file("D05", "D02", "T008"),
			errs: []string{"line 1, record 1 (D): record out of place: record M is missing before it"}, unverified: []string{"T.s"}},
	} {
		h.run(t)
	}
}

// TestTotalsOfRecordsByTheirPlace: where two records differ in nothing but
// their place, a line that was lost may have made one the other.
func TestTotalsOfRecordsByTheirPlace(t *testing.T) {
	layout := `layout: places
charset: bank-upper
line: {length: 8, end: lf}
structure: D* M E* T
records:
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, v: {at: 2, len: 2, kind: number}, rest: {at: 4, len: 5, kind: filler}}}
  M: {match: {type: M}, fields: {type: {at: 1, len: 1}, rest: {at: 2, len: 7, kind: filler}}}
  E: {match: {type: D}, fields: {type: {at: 1, len: 1}, v: {at: 2, len: 2, kind: number}, rest: {at: 4, len: 5, kind: filler}}}
  T: {match: {type: T}, fields: {type: {at: 1, len: 1}, d: {at: 2, len: 2, kind: number, compute: {sum: D.v}}, n: {at: 4, len: 2, kind: number, compute: {count: D}}, rest: {at: 6, len: 3, kind: filler}}}
`
	hard{name: "good", layout: layout, file: file("D01", "M", "D02", "T0101")}.run(t)
	hard{name: "what lies between them is lost", layout: layout, file: file("D01", "?", "D02", "T0101"),
		errs: []string{
			`line 2, record 2, columns 1-8: "?       ": unknown record type: records are D, M, E, T`,
			"line 4, record 4 (T): record out of place: record M is missing before it"},
		unverified: []string{"T.d", "T.n"}}.run(t)
}

// TestBelowInBothLanguages: the words for it.
func TestBelowInBothLanguages(t *testing.T) {
	p := compile(t, small("", "D* T", "D: v: {at: 2, len: 2, kind: number}", "T: s: {at: 2, len: 3, kind: number, compute: {sum: D.v}}"))
	_, d := decode(t, p, []byte(file("D07", "Dxx", "T006")))
	errs := d.Errors()
	want := formats.Text{ID: `s "6": total tidak cocok: yang terbaca saja sudah berjumlah 7`, EN: `s "6": control total disagrees: what can be read comes to 7 already`}
	if len(errs) != 2 || errs[1].Message() != want {
		t.Errorf("%v", errs)
	}
}

// TestTotalsAboveWhatCanBeRead: what was lost may be the rest, be it more than
// one thing, the beginning of a group, or what a record needs before it.
func TestTotalsAboveWhatCanBeRead(t *testing.T) {
	slots := `layout: slotted
charset: bank-upper
line: {length: 8, end: lf}
structure: D* T
records:
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, rest: {at: 8, len: 1, kind: filler}}, slots: {s: {at: 2, len: 2, times: 3, fields: {v: {at: 1, len: 2, kind: number}}}}}
  T: {match: {type: T}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 2, kind: number, compute: {count: D.s}}, rest: {at: 4, len: 5, kind: filler}}}
`
	first := small("groups:\n  a: D+ X", "a* T", "D: v: {at: 2, len: 2, kind: number}", "X: n: {at: 2, len: 2, kind: number, compute: {count: D, scope: a}}, s: {at: 4, len: 2, kind: number, compute: {sum: D.v, scope: a}}", "T:")
	needs := small("", "(M C{0,2})* T", "M:", "C:", `T: n: {at: 2, len: 2, kind: number, compute: {count: "*"}}`)
	lost := func(line, of string) string {
		return "line " + line + ", record " + line + `, columns 1-8: "?       ": unknown record type: records are ` + of
	}
	for _, h := range []hard{
		{name: "a line may have had all of its slots", layout: slots, file: file("D0102", "?", "T05"), errs: []string{lost("2", "D, T")}, unverified: []string{"T.n"}},
		{name: "and no more", layout: slots, file: file("D0102", "?", "T06"),
			errs: []string{lost("2", "D, T"), `line 3, record 3 (T), field n, columns 2-3: "6": control total disagrees, expected "2"`}},
		{name: "a line may have begun the group", layout: first, file: file("D01", "X0101", "?", "D02", "X0205", "T"), errs: []string{lost("3", "D, X, T")}, unverified: []string{"X.n", "X.s"}},
		{name: "a record may be in place behind a line", layout: needs, file: file("M", "C", "C", "?", "C", "T06"),
			errs: []string{lost("4", "M, C, T"), "line 5, record 5 (C): record out of place: expected M/T"}, unverified: []string{"T.n"}},
	} {
		h.run(t)
	}
}
