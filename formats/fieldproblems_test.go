package formats

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProblemsOfFields shows what is said about each kind of wrong field; read
// the golden file aloud. -update writes it.
func TestProblemsOfFields(t *testing.T) {
	at := position{7, 3}
	check := func(digit string, over ...string) *CheckDigit {
		return &CheckDigit{Digit: digit, Over: over, at: position{8, 5}}
	}
	by := func(field, minus, plus string) *Sign {
		return &Sign{Form: SignField, Field: field, Minus: minus, Plus: plus, at: position{9, 5}}
	}
	text := FieldLayout{Name: "other", Kind: KindText, Len: 8}
	cases := []struct {
		name   string
		fields []FieldLayout
	}{
		{"charset of a number", []FieldLayout{{Kind: KindNumber, Len: 4, Charset: "digits"}}},
		{"unknown charset", []FieldLayout{{Len: 4, Charset: "ebcdic"}}},
		{"picture of a number", []FieldLayout{{Kind: KindNumber, Len: 4, Picture: "9999"}}},
		{"picture that does not fit", []FieldLayout{{Len: 4, Picture: "99999"}}},
		{"picture outside its set", []FieldLayout{{Len: 4, Charset: "digits", Picture: "9-9"}}},
		{"picture and codes", []FieldLayout{{Len: 4, Picture: "9999", Codes: "flags"}}},
		{"number to the left", []FieldLayout{{Kind: KindNumber, Len: 4, Align: AlignLeft}}},
		{"unknown alignment", []FieldLayout{{Len: 4, Align: "centre"}}},
		{"two characters to pad with", []FieldLayout{{Len: 4, Pad: "00"}}},
		{"padding outside the code page", []FieldLayout{{Len: 4, Pad: "é"}}},
		{"number padded with a digit", []FieldLayout{{Kind: KindNumber, Len: 4, Pad: "9"}}},
		{"padding of a date", []FieldLayout{{Kind: KindDate, Len: 8, Pad: "0"}}},
		{"point without decimals", []FieldLayout{{Kind: KindAmount, Len: 4, Point: "."}}},
		{"strange point", []FieldLayout{{Kind: KindAmount, Len: 4, Decimals: 2, Point: ":"}}},
		{"point and changing decimals", []FieldLayout{{Kind: KindAmount, Len: 4, Decimals: 2, DecimalsBy: "other", Point: "."}, {Name: "other", Kind: KindDigits, Len: 1}}},
		{"no room for the point", []FieldLayout{{Kind: KindAmount, Len: 3, Decimals: 2, Point: "."}}},
		{"too many digits", []FieldLayout{{Kind: KindNumber, Len: 20, Sign: signed(SignLeading)}}},
		{"decimals of a number", []FieldLayout{{Kind: KindNumber, Len: 4, Decimals: 2}}},
		{"decimals by a text", []FieldLayout{{Kind: KindAmount, Len: 4, Decimals: 2, DecimalsBy: "other"}, text}},
		{"decimals by nothing", []FieldLayout{{Kind: KindAmount, Len: 4, Decimals: 2, DecimalsBy: "othr"}, text}},
		{"sign of digits", []FieldLayout{{Kind: KindDigits, Len: 4, Sign: signed(SignLeading)}}},
		{"unknown sign", []FieldLayout{{Kind: KindNumber, Len: 4, Sign: &Sign{Form: "floating", at: at}}}},
		{"sign by itself", []FieldLayout{{Kind: KindNumber, Len: 4, Sign: by("f", "D", "")}}},
		{"sign that does not fit", []FieldLayout{{Kind: KindNumber, Len: 4, Sign: by("dc", "DB", "C")}, {Name: "dc", Kind: KindText, Len: 1}}},
		{"plus and minus the same", []FieldLayout{{Kind: KindNumber, Len: 4, Sign: by("other", "D", "D")}, text}},
		{"sign by an amount", []FieldLayout{{Kind: KindNumber, Len: 4, Sign: by("other", "1", "0")}, {Name: "other", Kind: KindAmount, Len: 1}}},
		{"format without tokens", []FieldLayout{{Kind: KindDate, Len: 4, Format: "----"}}},
		{"format with a token twice", []FieldLayout{{Kind: KindDate, Len: 8, Format: "yyyyMMMM"}}},
		{"format with half a token", []FieldLayout{{Kind: KindDate, Len: 5, Format: "yyyyM"}}},
		{"day without a month", []FieldLayout{{Kind: KindDate, Len: 4, Format: "yydd"}}},
		{"year alone", []FieldLayout{{Kind: KindDate, Len: 4, Format: "yyyy"}}},
		{"minutes for months", []FieldLayout{{Kind: KindDate, Len: 8, Format: "yyyymmdd"}}},
		{"day of the year and month", []FieldLayout{{Kind: KindDate, Len: 7, Format: "yyMMDDD"}}},
		{"clock in a date", []FieldLayout{{Kind: KindDate, Len: 10, Format: "yyyyMMddHH"}}},
		{"time without a clock", []FieldLayout{{Kind: KindTime, Len: 8, Format: "yyyyMMdd"}}},
		{"format of another length", []FieldLayout{{Kind: KindDate, Len: 8, Format: "ddMMyy"}}},
		{"format of a text", []FieldLayout{{Len: 8, Format: "yyyyMMdd"}}},
		{"pivot without two digits", []FieldLayout{{Kind: KindDate, Len: 8, Pivot: new(50)}}},
		{"pivot too large", []FieldLayout{{Kind: KindDate, Len: 6, Format: "yyMMdd", Pivot: new(101)}}},
		{"pieces of a text", []FieldLayout{{Len: 4, At: 1, More: []Piece{{At: 5, Len: 2}}}}},
		{"empty text in zeros", []FieldLayout{{Len: 4, Empty: EmptyZeros}}},
		{"code that is the empty form", []FieldLayout{{Kind: KindDigits, Len: 2, Codes: "zero", Empty: EmptyZeros}}},
		{"codes that are the same", []FieldLayout{{Kind: KindDigits, Len: 2, Codes: "zero"}}},
		{"codes of an amount", []FieldLayout{{Kind: KindAmount, Len: 2, Codes: "numbers"}}},
		{"codes of letters in digits", []FieldLayout{{Kind: KindDigits, Len: 2, Codes: "flags"}}},
		{"several codes without a list", []FieldLayout{{Len: 4, Each: 2}}},
		{"several codes that do not divide", []FieldLayout{{Len: 5, Each: 2, Codes: "flags"}}},
		{"several codes to the right", []FieldLayout{{Len: 4, Each: 2, Codes: "flags", Align: AlignRight}}},
		{"constant number", []FieldLayout{{Kind: KindNumber, Len: 4, Const: "1"}}},
		{"constant that is too long", []FieldLayout{{Len: 2, Const: "ABC"}}},
		{"constant outside its set", []FieldLayout{{Len: 2, Const: "é"}}},
		{"constant with a check digit", []FieldLayout{{Len: 2, Const: "12", Check: check("luhn")}}},
		{"unknown check digit", []FieldLayout{{Kind: KindDigits, Len: 9, Check: check("lunh")}}},
		{"check digit of an amount", []FieldLayout{{Kind: KindAmount, Len: 9, Check: check("luhn")}}},
		{"check digit of the wrong length", []FieldLayout{{Kind: KindDigits, Len: 1, Check: check("mod97", "other")}, text}},
		{"check digit over nothing", []FieldLayout{{Kind: KindDigits, Len: 1, Check: check("luhn")}}},
		{"check digit over a field that is not there", []FieldLayout{{Kind: KindDigits, Len: 1, Check: check("luhn", "othr")}, text}},
		{"check digit over too much", []FieldLayout{{Kind: KindDigits, Len: 1, Check: check("luhn", "wide")}, {Name: "wide", Kind: KindText, Len: 80}}},
		{"routing number of the wrong length", []FieldLayout{{Kind: KindDigits, Len: 10, Check: check("aba-routing")}}},
		{"X in digits", []FieldLayout{{Kind: KindDigits, Len: 1, Check: check("mod11-x", "other")}, text}},
	}
	var out strings.Builder
	show := func(name string, err error) {
		var problems *Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: no problem was found: %v", name, err)
			return
		}
		fmt.Fprintf(&out, "# %s\n", name)
		for _, p := range problems.List {
			fmt.Fprintf(&out, "%v\n  hint: %s\n", p, p.Hint())
			if p.Line == 0 || p.Advice == "" {
				t.Errorf("%s: no place or hint: %v", name, p)
			}
		}
		fmt.Fprintln(&out)
	}
	for _, c := range cases {
		c.fields[0].Name, c.fields[0].at = "f", at
		if c.fields[0].Kind == "" {
			c.fields[0].Kind = KindText
		}
		l := lists()
		l.Codes = append(l.Codes, CodeList{Name: "zero", List: []Code{{Value: "0"}, {Value: "00"}}})
		_, err := oneRecord(l, c.fields...)
		show(c.name, err)
	}
	for _, c := range []struct {
		name string
		set  CharsetLayout
	}{
		{"set with another's character", CharsetLayout{Name: "mine", Base: "ascii", Allow: "A-Zé"}},
		{"set with a backward range", CharsetLayout{Name: "mine", Base: "ascii", Allow: "Z-A"}},
		{"set with a hyphen in the middle", CharsetLayout{Name: "mine", Base: "ascii", Allow: "A-Z-9"}},
		{"set with a control character", CharsetLayout{Name: "mine", Base: "latin-1", Allow: "A\t"}},
		{"set with nothing", CharsetLayout{Name: "mine", Base: "ascii"}},
		{"set of an unknown base", CharsetLayout{Name: "mine", Base: "ebcdic", Allow: "A"}},
		{"set with a built-in name", CharsetLayout{Name: "printable", Base: "ascii", Allow: "A"}},
		{"set without a name", CharsetLayout{Base: "ascii", Allow: "A"}},
	} {
		c.set.at = at
		_, err := oneRecord(&Layout{Charsets: []CharsetLayout{c.set}}, FieldLayout{Name: "f", Kind: KindText, Len: 1, at: at})
		show(c.name, err)
	}
	path := filepath.Join("testdata", "field-problems.golden")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSlotSiblings: a field refers to the one of its own repetition.
func TestSlotSiblings(t *testing.T) {
	part := []FieldLayout{{Name: "amount", Len: 3, Kind: KindNumber, Sign: debit}, {Name: "dc", Len: 1, Kind: KindText}}
	c := &compiler{l: &Layout{Charset: "printable"}, problems: &Problems{}, charsets: map[string]*charset{}, p: &Plan{lists: map[string]*codeList{}}}
	r := &RecordPlan{def: &RecordLayout{Name: "R", Slots: []SlotLayout{{Name: "part", At: 1, Len: 4, Times: 2, Fields: part}}}, plan: c.p, fields: make([]fieldPlan, 4)}
	for i := range r.fields {
		d := &part[i%2]
		r.fields[i] = fieldPlan{def: d, record: r, index: i, slot: i / 2, off: i/2*4 + i%2*3, n: d.Len, kind: d.Kind}
		c.field(&r.fields[i])
	}
	c.relate(r)
	if err := c.problems.err(); err != nil {
		t.Fatal(err)
	}
	v, wrong := r.fields[2].examine([]byte("001C002D........"), true)
	if v != -2 || wrong != nil || (Field{&r.fields[2]}).Slot() != 2 {
		t.Error(v, wrong)
	}
}

func TestHandlesOfFields(t *testing.T) {
	r := mustRecord(t, lists(),
		FieldLayout{Name: "text", Len: 4, Kind: KindText, Charset: "latin-1", Align: AlignRight, Pad: "é", Picture: "99"},
		FieldLayout{Name: "amount", Len: 4, Kind: KindAmount, Decimals: 2, Sign: signed(SignTrailing), Compute: &Computed{Kind: Sum}},
		FieldLayout{Name: "day", At: 9, Len: 2, More: []Piece{{At: 11, Len: 4}}, Kind: KindDate, Format: "ddMMyy", Empty: EmptyZeros},
		FieldLayout{Name: "code", At: 15, Len: 4, Kind: KindText, Codes: "flags", Each: 2},
		FieldLayout{Name: "fixed", Len: 4, Kind: KindText, Const: "AB"}, FieldLayout{Name: "own", Len: 4, Kind: KindDigits, Check: &CheckDigit{Digit: "luhn"}})
	var out strings.Builder
	for _, f := range r.Fields() {
		constant, is := f.Constant()
		out.WriteString(strings.ReplaceAll(fmt.Sprintln(f.Name(), f.Len(), f.Pieces(), f.Decimals(), f.Charset(), f.Codes(), f.Computed(), constant, is, f.Slot(), f.Align(), f.Pad(), f.Picture(), f.Format(), f.Sign(), f.CheckDigit(), f.Empty()), " ", "|"))
	}
	want := `text|4|[{1|4}]|0|latin-1||false||false|0|right|é|99||||
amount|4|[{5|4}]|2|||true||false|0|right|0|||trailing||
day|6|[{9|2}|{11|4}]|0|||false||false|0|||||ddMMyy|||zeros
code|4|[{15|4}]|0|printable|flags|false||false|0|left|||||||
fixed|4|[{19|4}]|0|printable||false|AB|true|0|left|||||||
own|4|[{23|4}]|0|||false||false|0|right|0||||luhn|
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
