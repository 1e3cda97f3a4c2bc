package formats_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
)

const tiny = `layout: tiny
charset: bank-upper
line: {length: 20, end: crlf}
structure: H D* T
codes:
  state:
    list:
      - {code: "OK", class: good}
      - {code: "NO", class: bad}
records:
  H:
    match: {type: H}
    fields:
      type:   {at: 1, len: 1}
      count:  {at: 2, len: 4, kind: number, compute: {count: D}}
      filler: {at: 6, len: 15, kind: filler}
  D:
    match: {type: D}
    fields:
      type:   {at: 1, len: 1}
      amount: {at: 2, len: 9, kind: amount, decimals: 2}
      state:  {at: 11, len: 2, codes: state}
      day:    {at: 13, len: 8, kind: date, empty: either}
  T:
    match: {type: T}
    fields:
      type:   {at: 1, len: 1}
      total:  {at: 2, len: 9, kind: amount, decimals: 2, compute: {sum: D.amount, where: {field: state, class: good}}}
      filler: {at: 11, len: 10, kind: filler}
`

// TestProblemsOfLayouts shows what is said about each kind of wrong layout;
// read the golden file aloud.
func TestProblemsOfLayouts(t *testing.T) {
	cases := []struct{ name, old, with string }{
		{"not YAML", "structure: H", "structure: [H"},
		{"unknown key", "charset:", "charsett:"},
		{"unknown key of a field", "kind: filler}\n  D:", "kid: filler}\n  D:"},
		{"key twice", "charset: bank-upper", "charset: bank-upper\ncharset: printable"},
		{"unknown kind", "kind: number", "kind: numbre"},
		{"not a number", "len: 9, kind: amount, decimals: 2}", "len: nine, kind: amount, decimals: 2}"},
		{"overlap", "amount: {at: 2, len: 9", "amount: {at: 2, len: 10"},
		{"gap", "amount: {at: 2, len: 9", "amount: {at: 3, len: 8"},
		{"too short", "{at: 11, len: 10, kind: filler}", "{at: 11, len: 9, kind: filler}"},
		{"too long", "{at: 11, len: 10, kind: filler}", "{at: 11, len: 11, kind: filler}"},
		{"record that is not in the structure", "structure: H D* T", "structure: H D*"},
		{"structure with a record that is not there", "structure: H D* T", "structure: H D* E? T"},
		{"records that cannot be told apart", "match: {type: T}", "match: {type: D}"},
		{"match of an unknown field", "match: {type: T}", "match: {tipe: T}"},
		{"match that does not fill the field", "match: {type: T}", "match: {type: TT}"},
		{"unknown character set", "bank-upper", "bank-uper"},
		{"unknown code list", "codes: state}", "codes: status}"},
		{"code that does not fit", `"NO"`, `"NONE"`},
		{"code twice", `"NO"`, `"OK"`},
		{"total of nothing", "sum: D.amount", "sum: D.amuont"},
		{"total of an unknown record", "count: D}", "count: X}"},
		{"total of a text", "sum: D.amount", "sum: D.state"},
		{"total with other decimals", "total:  {at: 2, len: 9, kind: amount, decimals: 2", "total:  {at: 2, len: 9, kind: amount, decimals: 0"},
		{"filter with an unknown class", "class: good}}}", "class: fine}}}"},
		{"filter on a field without codes", "field: state, class", "field: type, class"},
		{"date of the wrong length", "day:    {at: 13, len: 8, kind: date", "day:    {at: 13, len: 8, kind: time"},
		{"empty and constant", "day:    {at: 13, len: 8, kind: date, empty: either}", "day:    {at: 13, len: 8, const: X, empty: blank}"},
		{"constant outside its character set", "{at: 13, len: 8, kind: date, empty: either}", "{at: 13, len: 8, const: abc}"},
		{"line end missing", ", end: crlf", ""},
		{"length missing", "length: 20, ", ""},
		{"unknown tolerance", "structure:", "tolerate: [everything]\nstructure:"},
		// What the text of a layout may not say, whatever else is in it.
		{"line end that there is not", "end: crlf", "end: [lf, clrf]"},
		{"line end twice", "end: crlf", "end: [lf, lf]"},
		{"no line end in a list", "end: crlf", "end: []"},
		{"unknown end of a file", "end: crlf", "end: crlf, final: maybe"},
		{"block without a filler", "end: crlf", "end: crlf, block: {records: 0}"},
		{"block with a filler of two", "end: crlf", `end: crlf, block: {records: 10, filler: "99"}`},
		{"character set without a base", "structure:", "charsets: {own: {allow: A-Z}}\nstructure:"},
		{"character set with an unknown base", "structure:", "charsets: {own: {base: latin1, allow: A-Z}}\nstructure:"},
		{"character sets in a list", "structure:", "charsets: [own]\nstructure:"},
		{"tolerance, nearly", "structure:", "tolerate: [lowercase, blank-line]\nstructure:"},
		{"structure with an open bracket", "structure: H D* T", "structure: H (D* T"},
		{"structure with a closing bracket", "structure: H D* T", "structure: H D*) T"},
		{"structure with an empty alternative", "structure: H D* T", "structure: H (D |) T"},
		{"structure with repetitions that are none", "structure: H D* T", "structure: H D{3,2} T{x} (D T)? *"},
		{"group that is no structure", "structure:", "groups: {pair: \"D, T\", other: [D, T]}\nstructure:"},
		{"record without a length", "match: {type: D}", "length: 0\n    match: {type: D}"},
		{"match of columns that are none", "match: {type: D}", "match: {4-1: D, 7x: D}"},
		{"match without a condition", "match: {type: D}", "match: [{type: D}, {}]"},
		{"match with an unknown word", "match: {type: D}", "match: {type: {nott: D}}"},
		{"match with no value", "match: {type: D}", "match: {type: []}"},
		{"slots without places", "match: {type: D}", "match: {type: D}\n    slots: {s: {at: 5, fields: {x: {at: 1, length: 2}}}}"},
		{"pieces that do not pair", "day:    {at: 13, len: 8", "day:    {at: [13, 17], len: 8"},
		{"pieces without end", "day:    {at: 13, len: 8", "day:    {at: [1, 2, 3, 4, 5, 6, 7, 8, 9], len: [1, 1, 1, 1, 1, 1, 1, 1, 1]"},
		{"pieces that are no numbers", "day:    {at: 13, len: 8", "day:    {at: [13, x], len: [4, -4]"},
		{"unknown alignment", "codes: state}", "codes: state, align: centre}"},
		{"padding of two", "codes: state}", "codes: state, pad: '00'}"},
		{"unknown decimal point", "decimals: 2}", "decimals: 2, point: ';'}"},
		{"unknown sign", "decimals: 2}", "decimals: 2, sign: overpunched}"},
		{"sign without its values", "decimals: 2}", "decimals: 2, sign: {field: state, minus: NO}}"},
		{"decimals of an unknown kind", "decimals: 2}", "decimals: {field: state, at_most: 9}}"},
		{"too many decimals", "decimals: 2}", "decimals: {field: state, most: 9}}"},
		{"pivot that is no year", "kind: date", "kind: date, pivot: 1970"},
		{"codes of no length", "codes: state}", "codes: state, each: 0, open: maybe}"},
		{"unknown check digit", "codes: state}", "codes: state, check: {digit: luhnn}}"},
		{"check digit in a word", "codes: state}", "codes: state, check: luhn}"},
		{"computed in two ways", "count: D}", "count: D, rising: true}"},
		{"computed in no known way", "count: D}", "average: D}"},
		{"rising that is not", "count: D}", "rising: false}"},
		{"count of everything and more", "count: D}", `count: ["*", D]}`},
		{"count of a field of a field", "count: D}", "count: [D.a.b, .x, D., ok]}"},
		{"count by nothing", "count: D}", "count: D, per: 0}"},
		{"sum without a field", "sum: D.amount", "sum: [D, .amount, D.a.b]"},
		{"copy of several", "count: D}", "copy: [D.a, D.b]}"},
		{"filter without a field", "where: {field: state, class: good}", "where: {class: good}, minus: {fields: state, codes: [x]}"},
		{"modulus that is none", "count: D}", "hash: D.amount, modulus: 10^19}"},
		{"star without quotes", "count: D}", "count: *}"},
		{"anchors", "charset: bank-upper", "charset: &x bank-upper"},
		{"empty key", "charset: bank-upper", "charset:"},
		{"two documents", "layout: tiny", "layout: other\n---\nlayout: tiny"},
		{"several at once", "at: 2, len: 9", "at: 4, lenn: 9"},
	}
	var out strings.Builder
	for _, c := range cases {
		src := strings.Replace(tiny, c.old, c.with, 1)
		if src == tiny {
			t.Fatalf("%s: nothing to replace", c.name)
		}
		l, err := formats.Parse("tiny.yaml", []byte(src))
		if err == nil {
			_, err = l.Compile()
		}
		var problems *formats.Problems
		if !errors.As(err, &problems) || !errors.Is(err, formats.ErrLayout) {
			t.Errorf("%s: no problem was found: %v", c.name, err)
			continue
		}
		fmt.Fprintf(&out, "# %s\n", c.name)
		for _, p := range problems.List {
			fmt.Fprintf(&out, "%v\n  hint: %s\n", p, p.Hint())
			if p.Line == 0 || p.Advice == "" {
				t.Errorf("%s: no place or hint: %v", c.name, p)
			}
		}
		fmt.Fprintln(&out)
	}
	golden(t, "problems.golden", []byte(out.String()))
}

func compile(t testing.TB, src string) *formats.Plan {
	t.Helper()
	l, err := formats.Parse("tiny.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestStructures(t *testing.T) {
	h, d, tr := "H0000               ", "D000000001OK00000000", "T000000000          "
	h1, h2 := strings.Replace(h, "0000", "0001", 1), strings.Replace(h, "0000", "0002", 1)
	t1, t2 := strings.Replace(tr, "00 ", "01 ", 1), strings.Replace(tr, "00 ", "02 ", 1)
	cases := []struct {
		structure string
		records   []string
		good      bool
	}{
		{"H D* T", []string{h, tr}, true},
		{"H D* T", []string{h2, d, d, t2}, true},
		{"H D+ T", []string{h, tr}, false},
		{"H D+ T", []string{h1, d, t1}, true},
		{"H D? T", []string{h, tr}, true},
		{"H D? T", []string{h2, d, d, t2}, false},
		{"H D{2} T", []string{h1, d, t1}, false},
		{"H D{2} T", []string{h2, d, d, t2}, true},
		{"H D{1,} T", []string{h2, d, d, t2}, true},
		{"H D{2,3} T", []string{h1, d, t1}, false},
		{"H D* T?", []string{h1, d}, true},
		{"H? D* T", []string{d, t1}, true},
	}
	for _, c := range cases {
		p := compile(t, strings.Replace(tiny, "H D* T", c.structure, 1))
		errs, _ := decode(t, p, lines("\r\n", c.records...))
		if (errs == nil) != c.good {
			t.Errorf("%s of %v: %q", c.structure, c.records, errs)
		}
	}
}

func TestLineFeedAndSeveralDiscriminators(t *testing.T) {
	p := compile(t, `layout: two
charset: printable
line: {length: 4, end: lf}
structure: A B* C
records:
  A: {match: {kind: "1", sub: "0"}, fields: {kind: {at: 1, len: 1}, x: {at: 2, len: 2}, sub: {at: 4, len: 1}}}
  B: {match: {kind: "1", sub: ["1", "2"]}, fields: {kind: {at: 1, len: 1}, x: {at: 2, len: 2}, sub: {at: 4, len: 1}}}
  C: {match: {kind: "9"}, fields: {kind: {at: 1, len: 1}, x: {at: 2, len: 3}}}
`)
	good := lines("\n", "1xx0", "1yy1", "1zz2", "9end")
	errs, d := decode(t, p, good)
	if errs != nil {
		t.Error(errs)
	}
	if diff := cmp.Diff(map[string]int{"A": 1, "B": 2, "C": 1}, d.Tally().ByType); diff != "" {
		t.Error(diff)
	}
	errs, _ = decode(t, p, lines("\n", "1xx0", "1yy3", "9end\r"))
	want := []string{
		`F line 2, record 2, columns 1-4: "1yy3": unknown record type: records are A, B, C`,
		`F line 3, record 3 (C): wrong line end: CR LF, LF alone is expected`,
	}
	if diff := cmp.Diff(want, errs); diff != "" {
		t.Error(diff)
	}
	if !p.Fits(good) || p.Fits(good[5:]) || p.Fits(good[:3]) || p.Fits(nil) {
		t.Error("Fits")
	}
}

func TestHandles(t *testing.T) {
	p := plan(t, "bri-settlement")
	f := p.Field("D", "amount")
	got := fmt.Sprintln(f.Name(), f.Record(), f.From(), f.To(), f.Len(), f.Kind(), f.Title().In("en"), f.IsZero(), formats.Field{}.IsZero())
	if want := "amount D 65 81 17 amount Amount false true\n"; got != want {
		t.Errorf("%q", got)
	}
	if p.HasField("D", "nothing") || p.HasField("X", "amount") || !p.HasField("T", "total") {
		t.Error("HasField")
	}
	// What is tolerated when reading is not allowed when writing.
	name := p.Field("D", "name")
	if !name.Allows('A') || !name.Allows('&') || name.Allows('a') || name.Allows('*') || name.Allows(0xC4) || f.Allows('A') {
		t.Error("Allows")
	}
	if !p.Field("D", "code").Open() || p.Field("D", "status").Open() {
		t.Error("Open")
	}
	defer func() {
		if s := fmt.Sprint(recover()); s != "formats: layout bri-settlement has no field nothing in record D" {
			t.Error(s)
		}
	}()
	p.Field("D", "nothing")
}

func TestCodes(t *testing.T) {
	p := plan(t, "bri-settlement")
	c, ok := p.Code("response", "4031709")
	if !ok || c.Class != "dormant" || c.Meaning.ID != "Rekening pasif" || c.NextStep.EN != "Have the account reactivated." {
		t.Errorf("%+v %v", c, ok)
	}
	for _, l := range p.Layout().Codes {
		for _, c := range l.List {
			if c.Class == "" || c.Meaning.ID == "" || c.Meaning.EN == "" || c.NextStep.ID == "" || c.NextStep.EN == "" {
				t.Errorf("%s %s is not explained: %+v", l.Name, c.Value, c)
			}
		}
	}
	if _, ok := p.Code("response", "0000000"); ok {
		t.Error("an unknown code is known")
	}
	if _, ok := p.Code("nothing", "00"); ok {
		t.Error("an unknown list is known")
	}
}

// TestReadmeLayout: the example of the manual compiles.
func TestReadmeLayout(t *testing.T) {
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, ok := strings.Cut(string(src), "```yaml\n")
	if !ok {
		t.Fatal("README.md has no example")
	}
	example, _, _ = strings.Cut(example, "```")
	compile(t, example)
}
