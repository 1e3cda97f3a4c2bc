package formats_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
)

// lots is file > lot > payment > note, with totals and numbers of each level.
// Two kinds of lots have the same detail, D: the structure tells them apart.
const lots = `layout: lots
charset: bank-upper
line: {length: 20, end: lf}
structure: H (lot | other)* T
groups:
  lot: L payment+ E
  payment: D N{0,2}
  other: M X* F
codes:
  side:
    list:
      - {code: "C", class: credit}
      - {code: "D", class: debit}
records:
  H: {match: {type: H}, fields: {type: {at: 1, len: 1}, lots: {at: 2, len: 3, kind: number, compute: {count: [L, M]}}, generation: {at: 5, len: 4, kind: number, compute: {sequence: 1, scope: files, series: generation}}, filler: {at: 9, len: 12, kind: filler}}}
  L: {match: {type: L}, fields: {type: {at: 1, len: 1}, number: {at: 2, len: 3, kind: number, compute: {sequence: 1, series: lot}}, owner: {at: 5, len: 5}, payments: {at: 10, len: 3, kind: number, compute: {count: D, scope: lot}}, filler: {at: 13, len: 8, kind: filler}}}
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, sequence: {at: 2, len: 3, kind: number, compute: {sequence: 1, series: line, scope: lot}}, side: {at: 5, len: 1, codes: side}, amount: {at: 6, len: 6, kind: amount, decimals: 2}, account: {at: 12, len: 6, kind: digits}, trace: {at: 18, len: 3, kind: number, compute: {rising: true, scope: lot}}}}
  N: {match: {type: N}, fields: {type: {at: 1, len: 1}, sequence: {at: 2, len: 3, kind: number, compute: {sequence: 1, series: line, scope: lot}}, turn: {at: 5, len: 1, kind: number, compute: {sequence: 1, scope: payment}}, of: {at: 6, len: 3, kind: number, compute: {copy: D.trace, scope: payment}}, text: {at: 9, len: 12, empty: blank}}}
  E: {match: {type: E}, fields: {type: {at: 1, len: 1}, owner: {at: 2, len: 5, compute: {copy: L.owner, scope: lot}}, lines: {at: 7, len: 3, kind: number, compute: {count: "*", scope: lot}}, net: {at: 10, len: 6, kind: amount, decimals: 2, compute: {sum: D.amount, where: {field: side, class: credit}, minus: {field: side, class: debit}, absolute: true, scope: lot}}, hash: {at: 16, len: 4, kind: number, compute: {hash: D.account, modulus: 10^4, scope: lot}}, filler: {at: 20, len: 1, kind: filler}}}
  M: {match: {type: M}, fields: {type: {at: 1, len: 1}, filler: {at: 2, len: 19, kind: filler}}}
  X: {match: {type: D}, fields: {type: {at: 1, len: 1}, text: {at: 2, len: 19}}}
  F: {match: {type: F}, fields: {type: {at: 1, len: 1}, texts: {at: 2, len: 3, kind: number, compute: {count: X, scope: other}}, filler: {at: 5, len: 16, kind: filler}}}
  T: {match: {type: T}, fields: {type: {at: 1, len: 1}, credits: {at: 2, len: 8, kind: amount, decimals: 2, compute: {sum: D.amount, where: {field: side, code: "C"}}}, lines: {at: 10, len: 4, kind: number, compute: {count: "*"}}, tens: {at: 14, len: 3, kind: number, compute: {count: "*", per: 10}}, payments: {at: 17, len: 3, kind: number, compute: {count: D}}, filler: {at: 20, len: 1, kind: filler}}}
`

var lotsFile = []string{
	"H0030007            ",
	"L001ANNA 002        ",
	"D001C000100000017005",
	"N0021005            ",
	"N0032005TWO         ",
	"D004D000250000018007",
	"ANNA  ",
	"M                   ",
	"DANY THING AT ALL   ",
	"DANOTHER            ",
	"F002                ",
	"L002BUDI 001        ",
	"D001C000300999999001",
	"ANNA  ",
	"T0000040000150020040",
}

// lotsGood is the file with its lot trailers.
func lotsGood() []string {
	f := append([]string(nil), lotsFile...)
	f[6] = "EANNA 0060001500035 "
	f[13] = "EBUDI 0030003009999 "
	f[14] = "T000004000015002003 "
	return f
}

func TestGroups(t *testing.T) {
	p := compile(t, lots)
	file := lines("\n", lotsGood()...)
	errs, d := decode(t, p, file)
	if errs != nil || d.Unverified() != nil || d.Warnings() != nil {
		t.Fatalf("a good file has errors: %q, unverified %q, warnings %v", errs, d.Unverified(), d.Warnings())
	}
	if diff := cmp.Diff(map[string]int{"H": 1, "L": 2, "D": 3, "N": 2, "E": 2, "M": 1, "X": 2, "F": 1, "T": 1}, d.Tally().ByType); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int64{"generation": 8}, d.Following()); diff != "" {
		t.Error(diff)
	}
	var out bytes.Buffer
	if err := recode(p, iotest.OneByteReader(bytes.NewReader(file)), &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(file), out.String()); diff != "" {
		t.Error(diff)
	}
}

// TestGroupsBite: each rule finds what it is there for, at its place, and
// nothing else is said.
func TestGroupsBite(t *testing.T) {
	p := compile(t, lots)
	cases := []struct {
		name   string
		change func([]string) []string
		want   []string
	}{
		{"number of lots", set(0, "H0040007            "), []string{`line 1, record 1 (H), field lots, columns 2-4: "4": control total disagrees, expected "3"`}},
		{"number of payments in a lot's header", set(1, "L001ANNA 003        "), []string{`line 2, record 2 (L), field payments, columns 10-12: "3": control total disagrees, expected "2"`}},
		{"number of a lot", set(11, "L003BUDI 001        "), []string{`line 12, record 12 (L), field number, columns 2-4: "3": running number disagrees, expected "2"`}},
		{"line in a lot, over record types", set(4, "N0042005TWO         "), []string{
			`line 5, record 5 (N), field sequence, columns 2-4: "4": running number disagrees, expected "3"`,
			`line 6, record 6 (D), field sequence, columns 2-4: "4": running number disagrees, expected "5"`}},
		{"turn in a payment", set(3, "N0022005            "), []string{
			`line 4, record 4 (N), field turn, column 5: "2": running number disagrees, expected "1"`,
			`line 5, record 5 (N), field turn, column 5: "2": running number disagrees, expected "3"`}},
		{"what a note repeats", set(3, "N0021006            "), []string{`line 4, record 4 (N), field of, columns 6-8: "006": differs from what it repeats: it repeats D.trace, expected "005"`}},
		{"rising", set(5, "D004D000250000018005"), []string{`line 6, record 6 (D), field trace, columns 18-20: "5": running number disagrees: it must be greater than 5 before it`}},
		{"owner repeated", set(13, "EANNA 0030003009999 "), []string{`line 14, record 14 (E), field owner, columns 2-6: "ANNA ": differs from what it repeats: it repeats L.owner, expected "BUDI"`}},
		{"lines of a lot", set(6, "EANNA 0070001500035 "), []string{`line 7, record 7 (E), field lines, columns 7-9: "7": control total disagrees, expected "6"`}},
		{"net of a lot", set(2, "D001C000101000017005"), []string{
			`line 7, record 7 (E), field net, columns 10-15: "150": control total disagrees, expected "149"`,
			`line 15, record 15 (T), field credits, columns 2-9: "400": control total disagrees, expected "401"`}},
		{"hash of a lot", set(12, "D001C000300999998001"), []string{`line 14, record 14 (E), field hash, columns 16-19: "9999": control total disagrees, expected "9998"`}},
		{"texts of another lot", set(10, "F003                "), []string{`line 11, record 11 (F), field texts, columns 2-4: "3": control total disagrees, expected "2"`}},
		{"tens", set(14, "T000004000015003003 "), []string{`line 15, record 15 (T), field tens, columns 14-16: "3": control total disagrees, expected "2"`}},
		{"a trailer is missing", cut(6), []string{
			`line 7, record 7 (M): record out of place: record E is missing before it`}}, // the total of all lines cannot agree, and is not verified
		{"too many notes", func(f []string) []string {
			f[6] = "EANNA 0070001500035 "
			f[14] = "T000004000016002003 "
			f[5] = "D005D000250000018007"
			return append(append(append([]string(nil), f[:5]...), "N0043005THREE       "), f[5:]...)
		}, []string{
			`line 6, record 6 (N): record out of place: expected D/E`,
			`line 7, record 7 (D), field sequence, columns 2-4: "5": running number disagrees, expected "4"`,
			`line 8, record 8 (E), field lines, columns 7-9: "7": control total disagrees, expected "6"`,
			`line 16, record 16 (T), field lines, columns 10-13: "16": control total disagrees, expected "15"`}},
		{"an unreadable line makes only its own lot doubtful", set(2, "?001C000100000017005"), []string{
			`line 3, record 3, columns 1-20: "?001C000100000017005": unknown record type: records are H, L, D, N, E, M, X, F, +1`,
			`line 4, record 4 (N): record out of place: record D is missing before it`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			errs, d := decode(t, p, lines("\n", c.change(lotsGood())...))
			for i := range errs {
				errs[i] = strings.TrimPrefix(errs[i], "F ")
			}
			if diff := cmp.Diff(c.want, errs); diff != "" {
				t.Error(diff, "unverified", d.Unverified())
			}
		})
	}
}

func set(i int, line string) func([]string) []string {
	return func(f []string) []string {
		f[i] = line
		return f
	}
}

func cut(i int) func([]string) []string {
	return func(f []string) []string { return append(f[:i:i], f[i+1:]...) }
}

// TestFollowing: a number that goes on from file to file is whatever the
// caller expects it to be, or anything when he expects nothing.
func TestFollowing(t *testing.T) {
	p := compile(t, lots)
	file := lines("\n", lotsGood()...)
	for _, c := range []struct {
		expect map[string]int64
		errs   int
	}{{nil, 0}, {map[string]int64{"generation": 7}, 0}, {map[string]int64{"generation": 6}, 1}} {
		d := p.NewDecoder(bytes.NewReader(file), formats.DecodeOptions{Expect: c.expect})
		for d.Next() {
		}
		if d.ErrorCount() != c.errs {
			t.Errorf("expected %v: %v", c.expect, d.Err())
		}
	}
	var out bytes.Buffer
	e := p.NewEncoder(&out, formats.EncodeOptions{Following: map[string]int64{"generation": 41}})
	h := e.Begin("H")
	h.SetInt(p.Field("H", "lots"), 0)
	if err := h.End(); err != nil {
		t.Fatal(err)
	}
	if err := e.Begin("T").End(); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "H0000041            \nT000000000002001000 \n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
	if diff := cmp.Diff(map[string]int64{"generation": 42}, e.Following()); diff != "" {
		t.Error(diff)
	}
}

// TestEncoderFillsInGroups: what follows from the records is filled in, at
// every level.
func TestEncoderFillsInGroups(t *testing.T) {
	p := compile(t, lots)
	var out bytes.Buffer
	e := p.NewEncoder(&out, formats.EncodeOptions{})
	put := func(record string, values ...any) {
		t.Helper()
		w := e.Begin(record)
		for i := 0; i < len(values); i += 2 {
			f := p.Field(record, values[i].(string))
			switch v := values[i+1].(type) {
			case string:
				w.SetText(f, v)
			case int:
				w.SetInt(f, int64(v))
			}
		}
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	put("H", "lots", 3, "generation", 7)
	put("L", "owner", "ANNA", "payments", 2)
	put("D", "side", "C", "amount", 100, "account", "000017", "trace", 5)
	put("N")
	put("N", "text", "TWO")
	put("D", "side", "D", "amount", 250, "account", "000018", "trace", 7)
	put("E")
	put("M")
	put("X", "text", "ANY THING AT ALL")
	put("X", "text", "ANOTHER")
	put("F")
	put("L", "owner", "BUDI", "payments", 1)
	put("D", "side", "C", "amount", 300, "account", "999999", "trace", 1)
	put("E")
	put("T")
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(lines("\n", lotsGood()...)), out.String()); diff != "" {
		t.Error(diff)
	}
}

// TestHeaderOfAGroupIsChecked: what a lot's header says is checked when the
// lot ends, and told at the end of the file.
func TestHeaderOfAGroupIsChecked(t *testing.T) {
	p := compile(t, lots)
	f := lotsGood()
	f[1] = "L001ANNA 003        "
	err := recodeAll(p, lines("\n", f...))
	if err == nil || !strings.Contains(err.Error(), `line 2, record 2 (L), field payments, columns 10-12: "3": control total disagrees, expected "2"`) {
		t.Error(err)
	}
}

// recodeAll copies records, wrong ones too, into an encoder, and is what the
// encoder says in the end.
func recodeAll(p *formats.Plan, file []byte) error {
	d := p.NewDecoder(bytes.NewReader(file), formats.DecodeOptions{})
	var out bytes.Buffer
	e := p.NewEncoder(&out, formats.EncodeOptions{})
	for d.Next() {
		w := e.Begin(d.Record().Type())
		w.Copy(d.Record())
		if err := w.End(); err != nil {
			return err
		}
	}
	return e.Close()
}

// shared has a record, D, in two groups side by side, and in a part of one of
// them: what it gives to one of the totals must never get into another one.
const shared = `layout: shared
charset: bank-upper
line: {length: 8, end: lf}
structure: (left | right)* T
groups:
  left: L D* (part D*)* E
  part: P D* X
  right: R D* F
records:
  L: {match: {type: L}, fields: {type: {at: 1, len: 1}, filler: {at: 2, len: 7, kind: filler}}}
  P: {match: {type: P}, fields: {type: {at: 1, len: 1}, count: {at: 2, len: 2, kind: number, compute: {count: D, scope: part}}, sum: {at: 4, len: 5, kind: number, compute: {sum: D.n, scope: part}}}}
  X: {match: {type: X}, fields: {type: {at: 1, len: 1}, filler: {at: 2, len: 7, kind: filler}}}
  R: {match: {type: R}, fields: {type: {at: 1, len: 1}, filler: {at: 2, len: 7, kind: filler}}}
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 7, kind: number}}}
  E: {match: {type: E}, fields: {type: {at: 1, len: 1}, count: {at: 2, len: 2, kind: number, compute: {count: D, scope: left}}, sum: {at: 4, len: 5, kind: number, compute: {sum: D.n, scope: left}}}}
  F: {match: {type: F}, fields: {type: {at: 1, len: 1}, count: {at: 2, len: 2, kind: number, compute: {count: D, scope: right}}, sum: {at: 4, len: 5, kind: number, compute: {sum: D.n, scope: right}}}}
  T: {match: {type: T}, fields: {type: {at: 1, len: 1}, count: {at: 2, len: 2, kind: number, compute: {count: D}}, sum: {at: 4, len: 5, kind: number, compute: {sum: D.n}}}}
`

func TestRecordsInSeveralGroups(t *testing.T) {
	p := compile(t, shared)
	for _, file := range [][]string{
		{"L       ", "D0000001", "E0100001", "R       ", "F0000000", "T0100001"},
		{"R       ", "D0000001", "F0100001", "L       ", "E0000000", "R       ", "F0000000", "T0100001"},
		{"R       ", "D0000001", "F0100001", "R       ", "D0000002", "D0000003", "F0200005", "L       ", "D0000005", "E0100005", "T0400011"},
		{"L       ", "D0000001", "P0200006", "D0000002", "D0000004", "X       ", "D0000001", "P0000000", "X       ", "P0100008", "D0000008", "X       ", "E0500016", "R       ", "D0000016", "F0100016", "L       ", "P0000000", "X       ", "E0000000", "T0600032"},
	} {
		errs, d := decode(t, p, lines("\n", file...))
		if errs != nil || d.Unverified() != nil {
			t.Errorf("%q: %q, unverified %q", file, errs, d.Unverified())
		}
		var out bytes.Buffer
		if _, err := p.Recode(&out, bytes.NewReader(lines("\n", file...)), formats.RecodeOptions{}); err != nil || out.String() != string(lines("\n", file...)) {
			t.Errorf("%q, %v", out.String(), err)
		}
	}
}

// TestTotalsThatStandSeveralTimes: a total is over its whole scope, wherever in
// it it stands: before the records, among them, or several times.
func TestTotalsThatStandSeveralTimes(t *testing.T) {
	p := compile(t, `layout: several
charset: bank-upper
line: {length: 4, end: lf}
structure: H lot* T?
groups: {lot: L D* E?}
records:
  H: {match: {type: H}, fields: {type: {at: 1, len: 1}, all: {at: 2, len: 3, kind: number, compute: {count: "*"}}}}
  L: {match: {type: L}, fields: {type: {at: 1, len: 1}, all: {at: 2, len: 1, kind: number, compute: {count: "*", scope: lot}}, lots: {at: 3, len: 2, kind: number, compute: {count: L}}}}
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 1, kind: number}, like: {at: 3, len: 2, kind: number, compute: {count: D, scope: lot}}}}
  E: {match: {type: E}, fields: {type: {at: 1, len: 1}, sum: {at: 2, len: 3, kind: number, compute: {sum: D.n}}}}
  T: {match: {type: T}, fields: {type: {at: 1, len: 1}, all: {at: 2, len: 3, kind: number, compute: {count: "*"}}}}
`)
	good := []string{"H010", "L402", "D102", "D202", "E010", "L402", "D302", "D402", "E010", "T010"}
	file := lines("\n", good...)
	if errs, d := decode(t, p, file); errs != nil || d.Unverified() != nil {
		t.Errorf("a good file: %q, unverified %q", errs, d.Unverified())
	}
	var out bytes.Buffer
	if _, err := p.Recode(&out, bytes.NewReader(file), formats.RecodeOptions{}); err != nil || out.String() != string(file) {
		t.Errorf("%q, %v", out.String(), err)
	}
	for i, line := range good {
		for at := 1; at < len(line); at++ {
			bad := bytes.Clone(file)
			bad[i*5+at] = '0' + (line[at]-'0'+3)%10
			if errs, _ := decode(t, p, bad); errs == nil {
				t.Errorf("nothing is wrong with %q", bad)
			}
			if err := recodeAll(p, bad); err == nil {
				t.Errorf("%q was written", bad)
			}
		}
	}
}

// TestStructuresThatTellNoGroup: where a line could go on in a group or begin
// the next one, nobody can say what its totals are over.
func TestStructuresThatTellNoGroup(t *testing.T) {
	const src = `layout: told
charset: bank-upper
line: {length: 3, end: lf}
structure: %s
groups: {g: %s}
records:
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 2, kind: number%s}}}
  B: {match: {type: B}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 2, kind: number}}}
`
	scoped := ", compute: {sequence: 1, scope: g}"
	for _, c := range []struct {
		structure, group, compute string
		good                      bool
	}{
		{"g*", "A+ B", scoped, true},
		{"g*", "A+ B?", scoped, false},
		{"g* B?", "A+", scoped, false},
		{"g* B?", "A+", "", true}, // nothing depends on it
		{"g{2} B?", "A+", "", false},
		{"g{2} B?", "A", "", true},
		{"(g? B?){2}", "A", "", false},
		{"(g B?){2}", "A", "", true},
	} {
		l, err := formats.Parse("told.yaml", fmt.Appendf(nil, src, c.structure, c.group, c.compute))
		if err != nil {
			t.Fatal(err)
		}
		_, err = l.Compile()
		if (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "told.yaml:4:12: after record A, record ") {
			t.Errorf("structure %s, group %s%s: %v", c.structure, c.group, c.compute, err)
		}
	}
}

// TestEmptyPartsCount: a part that may be empty stands as often as it must,
// whatever of it is there.
func TestEmptyPartsCount(t *testing.T) {
	p := compile(t, `layout: empty
charset: bank-upper
line: {length: 1, end: lf}
structure: (A?){2,3} B
records:
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}}}
  B: {match: {type: B}, fields: {type: {at: 1, len: 1}}}
`)
	for n := range 5 {
		file := lines("\n", append(slices.Repeat([]string{"A"}, n), "B")...)
		if errs, _ := decode(t, p, file); (errs == nil) != (n <= 3) {
			t.Errorf("%d times: %q", n, errs)
		}
		if err := recodeAll(p, file); (err == nil) != (n <= 3) {
			t.Errorf("%d times: %v", n, err)
		}
	}
}

// TestCountsOfTheirOwnRecord: what a record itself gives to its count is
// counted when it is written as it is when it is read.
func TestCountsOfTheirOwnRecordByFields(t *testing.T) {
	p := compile(t, `layout: own
charset: bank-upper
line: {length: 9, end: lf}
structure: A
codes: {side: {list: [{code: C, class: credit}, {code: D, class: debit}]}}
records:
  A:
    match: {type: A}
    fields:
      type: {at: 1, len: 1}
      side: {at: 2, len: 1, codes: side}
      own: {at: 3, len: 1, kind: number, compute: {count: A}}
      credits: {at: 4, len: 1, kind: number, compute: {count: A, where: {field: side, class: credit}}}
      parts: {at: 5, len: 1, kind: number, compute: {count: A.part}}
    slots:
      part: {at: 6, len: 2, times: 2, fields: {x: {at: 1, len: 2}}}
`)
	for _, c := range []struct {
		line string
		good bool
	}{{"AC112XXYY", true}, {"AD101XX  ", true}, {"AC110    ", true}, {"AC111XXYY", false}, {"AC102XXYY", false}, {"AD111XX  ", false}, {"AC212XXYY", false}} {
		if errs, _ := decode(t, p, lines("\n", c.line)); (errs == nil) != c.good {
			t.Errorf("%q: %q", c.line, errs)
		}
		var out bytes.Buffer
		if _, err := p.Recode(&out, bytes.NewReader(lines("\n", c.line)), formats.RecodeOptions{}); (err == nil) != c.good {
			t.Errorf("%q: %v", c.line, err)
		}
		if err := recodeAll(p, lines("\n", c.line)); (err == nil) != c.good {
			t.Errorf("%q: %v", c.line, err)
		}
	}
}

// TestTotalOfTheRecordThatBegins: a record that begins a group anew counts for
// nothing of the one before it.
func TestTotalOfTheRecordThatBegins(t *testing.T) {
	p := compile(t, `layout: begins
charset: bank-upper
line: {length: 4, end: lf}
structure: g*
groups: {g: A B*}
records:
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}, own: {at: 2, len: 1, kind: number, compute: {count: A, scope: g}}, n: {at: 3, len: 2, kind: number}}}
  B: {match: {type: B}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 3, kind: number}}}
`)
	file := lines("\n", "A101", "B001", "A102", "A103", "B002")
	if errs, _ := decode(t, p, file); errs != nil {
		t.Error(errs)
	}
	var out bytes.Buffer
	e := p.NewEncoder(&out, formats.EncodeOptions{})
	for _, c := range []struct {
		record string
		n      int64
	}{{"A", 1}, {"B", 1}, {"A", 2}, {"A", 3}, {"B", 2}} {
		w := e.Begin(c.record)
		w.SetInt(p.Field(c.record, "n"), c.n)
		if err := w.End(); err != nil {
			t.Error(err)
		}
	}
	if err := e.Close(); err != nil || out.String() != string(file) {
		t.Errorf("%q, %v", out.String(), err)
	}
	if err := recodeAll(p, file); err != nil {
		t.Error(err)
	}
}

// TestRunningNumbersThatMayBeEmpty: a record whose number says nothing has none,
// and the next one that has one goes on from the last.
func TestRunningNumbersThatMayBeEmpty(t *testing.T) {
	p := compile(t, `layout: running
charset: bank-upper
line: {length: 5, end: lf}
structure: A*
records:
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}, number: {at: 2, len: 2, kind: number, empty: either, compute: {sequence: 1}}, trace: {at: 4, len: 2, kind: number, empty: blank, compute: {rising: true}}}}
`)
	for _, c := range []struct {
		lines string
		good  bool
	}{
		{"A0105|A0206", true},
		{"A01  |A0206|A0307", true},
		{"A  05|A0205", false},
		{"A  05|A01  |A0006|A0207", true},
		{"A  05|A01  |A0005|A0207", false},
		{"A  05|A0106", true},
		{"A    |A02  ", false},
		{"A    |A01  ", true},
	} {
		all := strings.Split(c.lines, "|")
		file := lines("\n", all...)
		if errs, _ := decode(t, p, file); (errs == nil) != c.good {
			t.Errorf("%q: %q", all, errs)
		}
		var out bytes.Buffer
		if _, err := p.Recode(&out, bytes.NewReader(file), formats.RecodeOptions{AsRead: true}); (err == nil) != c.good || c.good && out.String() != string(file) {
			t.Errorf("%q: %q, %v", all, out.String(), err)
		}
		if err := recodeAll(p, file); (err == nil) != c.good {
			t.Errorf("%q: %v", all, err)
		}
	}
}

// TestHashOfNegativeNumbers: the rest of a negative sum is negative, as that of
// a positive one is positive.
func TestHashOfNegativeNumbers(t *testing.T) {
	p := compile(t, `layout: hash
charset: bank-upper
line: {length: 4, end: lf}
structure: A* B
records:
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 3, kind: number, sign: leading}}}
  B: {match: {type: B}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 3, kind: number, sign: leading, compute: {hash: A.n, modulus: 7}}}}
`)
	for _, c := range []struct {
		file []string
		good bool
	}{
		{[]string{"A+20", "B+06"}, true},
		{[]string{"A-20", "B-06"}, true},
		{[]string{"A-20", "A+30", "B+03"}, true},
		{[]string{"A-21", "B+00"}, true},
		{[]string{"A-20", "B+01"}, false},
		{[]string{"A-20", "B+06"}, false},
	} {
		if errs, _ := decode(t, p, lines("\n", c.file...)); (errs == nil) != c.good {
			t.Errorf("%q: %q", c.file, errs)
		}
		if err := recodeAll(p, lines("\n", c.file...)); (err == nil) != c.good {
			t.Errorf("%q: %v", c.file, err)
		}
	}
}

// TestCopyOfTheRecordThatBegins: a record that begins a group anew repeats
// nothing of the one before it.
func TestCopyOfTheRecordThatBegins(t *testing.T) {
	p := compile(t, `layout: begins
charset: bank-upper
line: {length: 4, end: lf}
structure: g*
groups: {g: A B A}
records:
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}, last: {at: 2, len: 3, empty: blank, compute: {copy: B.n, scope: g}}}}
  B: {match: {type: B}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 3}}}
`)
	for file, good := range map[string]bool{
		"A    BAAA AAAA A    BBBB ABBB": true,
		"A    BAAA AAAA AYYY BBBB A   ": true, // nothing is there yet to be repeated
		"A    BAAA AAAA AAAA BBBB AAAA": false,
	} {
		all := lines("\n", strings.Fields(strings.ReplaceAll(file, "A   ", "A___"))...)
		all = bytes.ReplaceAll(all, []byte("_"), []byte(" "))
		if errs, _ := decode(t, p, all); (errs == nil) != good {
			t.Errorf("%q: %q", all, errs)
		}
		if err := recodeAll(p, all); (err == nil) != good {
			t.Errorf("%q: %v", all, err)
		}
	}
}

// TestCopyOfCodes: digits that are codes are repeated as they stand, not as
// what they are in their list.
func TestCopyOfCodes(t *testing.T) {
	const src = `layout: codes
charset: bank-upper
line: {length: 4, end: lf}
structure: A B
codes: {numbers: {list: [{code: "5"}, {code: "22"}]}}
records:
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 3, kind: digits, codes: numbers}}}
  B: {match: {type: B}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 3, kind: digits, codes: numbers, compute: {copy: A.n}}}}
`
	p := compile(t, src)
	var out bytes.Buffer
	e := p.NewEncoder(&out, formats.EncodeOptions{})
	w := e.Begin("A")
	w.SetText(p.Field("A", "n"), "22")
	if err := errors.Join(w.End(), e.Begin("B").End(), e.Close()); err != nil || out.String() != "A022\nB022\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	if errs, _ := decode(t, p, []byte("A022\nB005\n")); errs == nil {
		t.Error("another code is no copy")
	}
	bare := compile(t, strings.Replace(src, "codes: numbers, compute", "compute", 1))
	if errs, _ := decode(t, bare, []byte("A022\nB022\n")); errs != nil {
		t.Errorf("a copy without the codes: %q", errs)
	}
}

// TestCopiesOverSeveralScopes: what a group forgets when it begins is still
// known in the file around it.
func TestCopiesOverSeveralScopes(t *testing.T) {
	p := compile(t, `layout: scopes
charset: bank-upper
line: {length: 2, end: lf}
structure: H g* T
groups: {g: L H? D}
records:
  H: {match: {type: H}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 1, kind: digits}}}
  L: {match: {type: L}, fields: {type: {at: 1, len: 1}, filler: {at: 2, len: 1, kind: filler}}}
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 1, kind: digits, compute: {copy: H.n, scope: g}}}}
  T: {match: {type: T}, fields: {type: {at: 1, len: 1}, n: {at: 2, len: 1, kind: digits, compute: {copy: H.n}}}}
`)
	for file, good := range map[string]bool{
		"H1|T1":             true,
		"H1|T2":             false,
		"H1|L |D7|T1":       true,
		"H1|L |D7|T2":       false,
		"H1|L |H2|D2|T2":    true,
		"H1|L |H2|D2|T1":    false,
		"H1|L |H2|D1|T2":    false,
		"H1|L |H2|D2|L |D9": false,
	} {
		all := lines("\n", strings.Split(file, "|")...)
		if errs, _ := decode(t, p, all); (errs == nil) != good {
			t.Errorf("%q: %q", all, errs)
		}
		if err := recodeAll(p, all); (err == nil) != good {
			t.Errorf("%q: %v", all, err)
		}
	}
}
