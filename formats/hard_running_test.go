package formats_test

import (
	"bytes"
	"testing"

	"bekal/formats"
)

func TestRunningNumbersThatAreHard(t *testing.T) {
	n := "n: {at: 2, len: 2, kind: number, compute: {sequence: 1}}"
	blank := small("", "H D* T", "H:", "D: n: {at: 2, len: 2, kind: number, empty: blank, compute: {sequence: 1}}", "T:")
	rising := small("", "D*", "D: n: {at: 2, len: 2, kind: number, empty: blank, compute: {rising: true}}")
	two := small("", "H (D | N)* T", "H:", "D: "+n, "N: "+n, "T:")
	unknown := `line 3, record 3, columns 1-8: "?01     ": unknown record type: records are H, D, N, T`
	for _, h := range []hard{
		{name: "empty, and not counted", layout: blank, file: file("H", "D01", "D", "D02", "T")},
		{name: "empty, and the next is wrong", layout: blank, file: file("H", "D01", "D", "D03", "T"),
			errs: []string{`line 4, record 4 (D), field n, columns 2-3: "3": running number disagrees, expected "2"`}},
		{name: "empty, and rising", layout: rising, file: file("D", "D00", "D", "D07", "D", "D08")},
		{name: "equal, and not rising", layout: rising, file: file("D07", "D", "D07"),
			errs: []string{`line 3, record 3 (D), field n, columns 2-3: "7": running number disagrees: it must be greater than 7 before it`}},
		{name: "a lost line may have been of either type", layout: two, file: file("H", "D01", "?01", "D02", "N02", "T"), errs: []string{unknown}},
		{name: "but it was one line", layout: two, file: file("H", "D01", "?01", "D02", "N03", "T"), errs: []string{unknown,
			`line 5, record 5 (N), field n, columns 2-3: "3": running number disagrees, expected "1"`}},
	} {
		h.run(t)
	}
	t.Run("one that may be empty is not filled in", func(t *testing.T) {
		p := compile(t, blank)
		var out bytes.Buffer
		e := p.NewEncoder(&out, formats.EncodeOptions{})
		if err := e.Begin("H").End(); err != nil {
			t.Fatal(err)
		}
		for _, v := range []string{"", "1", "", "2"} {
			w := e.Begin("D")
			w.SetString(p.Field("D", "n"), v)
			if err := w.End(); err != nil {
				t.Fatal(err)
			}
		}
		if e.Begin("T").End() != nil || e.Close() != nil || out.String() != file("H", "D", "D01", "D", "D02", "T") {
			t.Errorf("%q", out.String())
		}
	})
}

func TestCopiesThatAreHard(t *testing.T) {
	codes := "codes:\n  c: {list: [{code: \"10\"}, {code: \"20\"}]}"
	listed := small(codes, "H D* T", "H: n: {at: 2, len: 2, kind: digits, codes: c}", "D: n: {at: 2, len: 2, kind: digits, compute: {copy: H.n}}", "T:")
	both := small("groups:\n  a: A O? X", "a* T", "A:", "O: o: {at: 2, len: 3, kind: number}", "X: o: {at: 2, len: 3, kind: number, compute: {copy: O.o, scope: a}}", "T: o: {at: 2, len: 3, kind: number, compute: {copy: O.o}}")
	for _, h := range []hard{
		{name: "a code, repeated as digits", layout: listed, file: file("H20", "D20", "T")},
		{name: "not the place of the code in its list", layout: listed, file: file("H20", "D01", "T"),
			errs: []string{`line 2, record 2 (D), field n, columns 2-3: "01": differs from what it repeats: it repeats H.n, expected "20"`}},
		{name: "remembered by the file, forgotten by the group", layout: both, file: file("A", "O007", "X007", "A", "X123", "T007")},
		{name: "remembered by the file, and wrong", layout: both, file: file("A", "O007", "X007", "A", "X123", "T008"),
			errs: []string{`line 6, record 6 (T), field o, columns 2-4: "008": differs from what it repeats: it repeats O.o, expected "007"`}},
	} {
		h.run(t)
	}
	for _, r := range []refused{
		{"other decimals", small("", "H D*", "H: n: {at: 2, len: 4, kind: amount, decimals: 2}", "D: n: {at: 2, len: 4, kind: amount, compute: {copy: H.n}}"), "field n has 0 decimals, but repeats H.n with 2"},
		{"another kind", small("", "H D*", "H: n: {at: 2, len: 4, kind: digits}", "D: n: {at: 2, len: 4, kind: number, compute: {copy: H.n}}"), "field n cannot repeat H.n of kind digits"},
		{"other parts of a date", small("", "H D*", "H: n: {at: 2, len: 6, kind: date, format: yyMMdd}", "D: n: {at: 2, len: 4, kind: date, format: MMdd, compute: {copy: H.n}}"), "field n is written MMdd, but repeats H.n, which is written yyMMdd"},
		{"from behind", small("", "H D* T", "H: n: {at: 2, len: 4, kind: number, compute: {copy: T.n}}", "D:", "T: n: {at: 2, len: 4, kind: number}"), "field n repeats T.n, which never stands before it"},
	} {
		r.run(t)
	}
}
