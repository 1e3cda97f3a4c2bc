package formats_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bekal/formats"
)

// places are not compared: the golden file of problems shows them.
var places = cmpopts.IgnoreUnexported(formats.Layout{}, formats.CharsetLayout{}, formats.LineLayout{}, formats.Block{}, formats.Group{},
	formats.CodeList{}, formats.Code{}, formats.RecordLayout{}, formats.SlotLayout{}, formats.FieldLayout{}, formats.Match{},
	formats.Sign{}, formats.CheckDigit{}, formats.Computed{}, formats.Where{})

func whole(t testing.TB) *formats.Layout {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", "whole.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := formats.Parse("whole.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// once is a word of a structure.
func once(name string) formats.Part { return formats.Part{Name: name, Min: 1, Max: 1} }

// TestParseHead: what is said about the layout as a whole arrives in its types.
func TestParseHead(t *testing.T) {
	l := whole(t)
	l.Records = nil
	many := formats.Unbounded
	want := &formats.Layout{
		Name: "whole", Title: formats.Text{ID: "Semua", EN: "Everything"},
		About:    formats.Text{ID: "Seluruh bahasa tata letak.", EN: "The whole layout language."},
		Currency: "IDR", Charset: "bank-upper",
		Charsets: []formats.CharsetLayout{{Name: "kana", Base: "jis-x-0201", Allow: "A-Z0-9 ｱ-ﾝﾞﾟ().,/-"}},
		Line: formats.LineLayout{Length: 60, Ends: []formats.LineEnd{formats.LF, formats.CRLF}, Final: formats.FinalEither,
			Block: &formats.Block{Records: 10, Filler: "9"}},
		Tolerate: []formats.Tolerance{formats.FinalLineEnd, formats.PrintableText, formats.LowerCase, formats.ShortLines, formats.LongLines,
			formats.BlankLines, formats.EndMark, formats.Unblocked, formats.Unaligned, formats.Unpadded},
		Structure: formats.Part{Min: 1, Max: 1, Parts: []formats.Part{
			once("file_header"), {Name: "label", Min: 0, Max: 1},
			{Min: 0, Max: many, Choice: true, Parts: []formats.Part{once("batch"), once("iat_batch")}},
			{Min: 0, Max: 1, Choice: true, Parts: []formats.Part{
				{Name: "note", Min: 1, Max: 3},
				{Min: 1, Max: 1, Parts: []formats.Part{{Name: "mark", Min: 2, Max: 2}, {Name: "rest", Min: 1, Max: many}}},
			}},
			once("file_control"),
		}},
		Groups: []formats.Group{
			{Name: "batch", Structure: formats.Part{Min: 1, Max: 1, Parts: []formats.Part{once("batch_header"), {Name: "payment", Min: 1, Max: many}, once("batch_control")}}},
			{Name: "payment", Structure: formats.Part{Min: 1, Max: 1, Parts: []formats.Part{once("entry"), {Name: "addenda", Min: 0, Max: many}}}},
			{Name: "iat_batch", Structure: formats.Part{Min: 1, Max: 1, Parts: []formats.Part{once("iat_header"), once("iat_entry")}}},
		},
		Codes: []formats.CodeList{
			{Name: "transaction", Title: formats.Text{ID: "Transaksi", EN: "Transaction"}, List: []formats.Code{
				{Value: "22", Class: "credit", Meaning: formats.Text{ID: "Kredit", EN: "Credit"}, NextStep: formats.Text{ID: "Tidak ada.", EN: "None."}},
				{Value: "27", Class: "debit", Meaning: formats.Text{ID: "Debet", EN: "Debit"}},
			}},
			{Name: "occurrence", List: []formats.Code{
				{Value: "BD", Meaning: formats.Text{ID: "Dibayar", EN: "Paid"}},
				{Value: "AA", Meaning: formats.Text{ID: "Ditolak", EN: "Refused"}},
			}},
		},
	}
	if diff := cmp.Diff(want, l, places); diff != "" {
		t.Error(diff)
	}
}

// TestParseRecords: so does what is said about records and their fields.
func TestParseRecords(t *testing.T) {
	l := whole(t)
	fields := map[string]formats.FieldLayout{}
	records := map[string]formats.RecordLayout{}
	for _, r := range l.Records {
		for _, f := range r.Fields {
			fields[r.Name+"."+f.Name] = f
		}
		records[r.Name] = r
	}
	if diff := cmp.Diff([][]formats.Match{
		{{From: 1, To: 1, Values: []string{"L"}}, {From: 2, To: 3, Not: true, Values: []string{"XX", "YY"}}},
		{{From: 1, To: 1, Values: []string{"M"}}},
	}, records["label"].Match, places); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]formats.Match{{{Field: "type", Values: []string{"5"}}, {Field: "class", Values: []string{"PPD", "CCD"}}}}, records["batch_header"].Match, places); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]formats.SlotLayout{{
		Name: "segment", Title: formats.Text{ID: "Segmen", EN: "Segment"}, At: 21, Len: 40, Times: 6,
		Fields: []formats.FieldLayout{
			{Name: "value", Title: formats.Text{ID: "Nilai", EN: "Value"}, At: 1, Len: 10, Kind: formats.KindAmount, Decimals: 2},
			{Name: "text", At: 11, Len: 30, Kind: formats.KindText},
		},
	}}, records["note"].Slots, places); diff != "" {
		t.Error(diff)
	}
	if records["note"].Length != 260 || records["label"].Length != 0 {
		t.Error("length of records")
	}
	pivot := 80
	for name, want := range map[string]formats.FieldLayout{
		"file_header.created":    {At: 2, Len: 6, More: []formats.Piece{{At: 20, Len: 4}}, Kind: formats.KindTime, Format: "yyMMddHHmm", Pivot: &pivot},
		"file_header.generation": {At: 8, Len: 6, Kind: formats.KindNumber, Compute: &formats.Computed{Kind: formats.Sequence, First: 1, Scope: formats.ScopeFiles, Series: "generation"}},
		"file_header.origin":     {At: 14, Len: 6, Kind: formats.KindDigits, Pad: " "},
		"file_header.name":       {At: 24, Len: 10, Kind: formats.KindText, Align: formats.AlignRight, Pad: "*", Charset: "printable"},
		"file_header.branch":     {At: 34, Len: 7, Kind: formats.KindText, Picture: "999-999"},
		"file_header.reserved":   {At: 41, Len: 10, Kind: formats.KindFiller, Pad: "0"},
		"file_header.reference":  {At: 51, Len: 10, Kind: formats.KindText, Align: formats.AlignFree, Empty: formats.EmptyBlank},
		"entry.routing":          {At: 14, Len: 9, Kind: formats.KindDigits, Check: &formats.CheckDigit{Digit: "aba-routing"}},
		"entry.digit":            {At: 33, Len: 1, Kind: formats.KindDigits, Check: &formats.CheckDigit{Digit: "mod11", Over: []string{"routing", "account"}}},
		"entry.trace":            {At: 34, Len: 7, Kind: formats.KindNumber, Compute: &formats.Computed{Kind: formats.Rising, Scope: "batch"}},
		"entry.company":          {At: 41, Len: 10, Kind: formats.KindText, Compute: &formats.Computed{Kind: formats.Copy, Scope: "batch", Sources: []formats.Source{{Record: "batch_header", Field: "company"}}}},
		"entry.occurrences":      {At: 51, Len: 10, Kind: formats.KindText, Codes: "occurrence", Each: 2, Open: true, Empty: formats.EmptyBlank},
		"iat_entry.over":         {At: 4, Len: 8, Kind: formats.KindAmount, Decimals: 2, Sign: &formats.Sign{Form: formats.SignOverpunch}},
		"iat_entry.marked":       {At: 30, Len: 8, Kind: formats.KindAmount, Decimals: 2, Sign: &formats.Sign{Form: formats.SignField, Field: "mark", Minus: "1", Plus: "2"}},
		"iat_entry.pointed":      {At: 38, Len: 9, Kind: formats.KindAmount, Decimals: 2, Point: "."},
		"iat_entry.scaled":       {At: 47, Len: 10, Kind: formats.KindAmount, Decimals: 3, DecimalsBy: "places"},
		"batch_control.count":    {At: 2, Len: 6, Kind: formats.KindNumber, Compute: &formats.Computed{Kind: formats.Count, Scope: "batch", Sources: []formats.Source{{Record: "entry"}, {Record: "addenda"}}}},
		"batch_control.net": {At: 20, Len: 12, Kind: formats.KindAmount, Decimals: 2, Compute: &formats.Computed{Kind: formats.Sum, Scope: "batch", Absolute: true,
			Sources: []formats.Source{{Record: "entry", Field: "amount"}}, Where: &formats.Where{Field: "code", Codes: []string{"22"}}, Minus: &formats.Where{Field: "code", Classes: []string{"debit"}}}},
		"batch_control.hash": {At: 32, Len: 10, Kind: formats.KindNumber, Empty: formats.EmptyZeros, Compute: &formats.Computed{Kind: formats.Hash, Scope: "batch", Modulus: 1e10,
			Sources: []formats.Source{{Record: "entry", Field: "routing"}}}},
		"file_control.segments": {At: 2, Len: 6, Kind: formats.KindNumber, Compute: &formats.Computed{Kind: formats.Count, Scope: formats.ScopeFile, Sources: []formats.Source{{Record: "note", Field: "segment"}}}},
		"file_control.blocks":   {At: 8, Len: 6, Kind: formats.KindNumber, Compute: &formats.Computed{Kind: formats.Count, Scope: formats.ScopeFile, All: true, Per: 10}},
	} {
		_, want.Name, _ = strings.Cut(name, ".")
		if diff := cmp.Diff(want, fields[name], places); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// spell writes a part with a bracket around every group of parts.
func spell(p formats.Part) string {
	s := p.Name
	if s == "" {
		parts := make([]string, len(p.Parts))
		for i, one := range p.Parts {
			parts[i] = spell(one)
		}
		s = "(" + strings.Join(parts, map[bool]string{false: " ", true: " | "}[p.Choice]) + ")"
	}
	if p.Min != 1 || p.Max != 1 {
		s += fmt.Sprintf("{%d,%d}", p.Min, p.Max)
	}
	return strings.ReplaceAll(s, fmt.Sprint(formats.Unbounded), "")
}

func structure(t *testing.T, text string) (formats.Part, []string) {
	t.Helper()
	l, err := formats.Parse("x.yaml", fmt.Appendf(nil, "layout: x\nstructure: %q\n", text))
	if err == nil {
		return l.Structure, nil
	}
	var problems *formats.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var said []string
	for _, p := range problems.List {
		said = append(said, p.Message)
		if p.Line != 2 || p.Column != 12 || p.Advice == "" {
			t.Errorf("%s: no place or hint: %v", text, p)
		}
	}
	return formats.Part{}, said
}

func TestStructureGrammar(t *testing.T) {
	for text, want := range map[string]string{
		"A":                          "(A)",
		"A B":                        "(A B)",
		"A? B* C+ D{2} E{2,} F{0,3}": "(A{0,1} B{0,} C{1,} D{2,2} E{2,} F{0,3})",
		"A | B":                      "(A | B)",
		"A|B C":                      "(A | (B C))",
		"(A)":                        "((A))",
		"A (B C)* D":                 "(A (B C){0,} D)",
		"A(B|C D?)+(E)":              "(A (B | (C D{0,1})){1,} (E))",
		"( ( A | B ){2} | C )":       "(((A | B){2,2} | C))",
		"batch-1 _x Ärger 9":         "(batch-1 _x Ärger 9)",
		" \tA  B ":                   "(A B)",
		"":                           "()",
	} {
		got, said := structure(t, text)
		if s := spell(got); s != want || said != nil {
			t.Errorf("%s: %s %q, want %s", text, s, said, want)
		}
	}
	for text, want := range map[string][]string{
		"A)":                            {`the structure closes a bracket ")" that it did not open, before its end`},
		"A) B":                          {`the structure closes a bracket ")" that it did not open, before "B"`},
		"(A B":                          {`the structure does not close the bracket before "A"`},
		"((A B)":                        {`the structure does not close the bracket before "(A"`},
		"A ()":                          {`the structure has an empty bracket, before its end`},
		"A |":                           {`an alternative of the structure is empty, before its end`},
		"| A":                           {`an alternative of the structure is empty, before "A"`},
		"(A || B)":                      {`an alternative of the structure is empty, before "B"`},
		"A * B":                         {`"*" in the structure repeats nothing`},
		"A{2":                           {`"A{2" in the structure: "{2" does not say how often`},
		"A{x}":                          {`"A{x}" in the structure: "{x}" does not say how often; a number is from 0 to 1000000000`},
		"A{}":                           {`"A{}" in the structure: "{}" does not say how often; a number is from 0 to 1000000000`},
		"A{-1}":                         {`"A{-1}" in the structure: "{-1}" does not say how often; a number is from 0 to 1000000000`},
		"A{2000000000}":                 {`"A{2000000000}" in the structure: "{2000000000}" does not say how often; a number is from 0 to 1000000000`},
		"A{0}":                          {`"A{0}" in the structure: it would never stand there`},
		"A{3,2}":                        {`"A{3,2}" in the structure: from 3 to 2 times is impossible`},
		"A?*":                           {`"A?*" in the structure: "?*" does not say how often`},
		"(A B){x}":                      {`"{x}" behind the bracket that begins with "A": "{x}" does not say how often; a number is from 0 to 1000000000`},
		"(A B)C":                        {`"C" behind the bracket that begins with "A": "C" does not say how often`},
		"A, B.c":                        {`"A," in the structure is no name of a record or group`, `"B.c" in the structure is no name of a record or group`},
		"A{0} ) B&":                     {`"A{0}" in the structure: it would never stand there`, `the structure closes a bracket ")" that it did not open, before "B&"`, `"B&" in the structure is no name of a record or group`},
		strings.Repeat("(", 100_000/20): {`the structure has brackets more than 20 deep`},
		strings.Repeat("(", 21) + strings.Repeat(")", 21): {`the structure has brackets more than 20 deep`},
		strings.Repeat("A ", 1001):                        {`the structure has more than 1000 parts`},
	} {
		if _, said := structure(t, text); !cmp.Equal(want, said) {
			t.Errorf("%.40s: %q, want %q", text, said, want)
		}
	}
	if _, said := structure(t, strings.Repeat(")", 4000)); len(said) != 200 {
		t.Errorf("%d problems", len(said))
	}
}

// TestParserIsBounded: no layout keeps the parser busy, however it is nested.
func TestParserIsBounded(t *testing.T) {
	for _, text := range []string{"[", "{a: ", "- ", "? a\n", "a: ", "&a ", "!a ", "\"", "\n- - - ", "("} {
		start := time.Now()
		_, err := formats.Parse("x.yaml", []byte("structure: "+strings.Repeat(text, 200_000/len(text))))
		if !errors.Is(err, formats.ErrLayout) {
			t.Errorf("%q: %v", text, err)
		}
		if took, unit := time.Since(start), ordinary(t); took > much*unit {
			t.Errorf("%q takes %d times as long as an ordinary layout", text, took/unit)
		}
	}
	if _, err := formats.Parse("x.yaml", make([]byte, 2<<20)); !errors.Is(err, formats.ErrLayout) {
		t.Error(err)
	}
}

// FuzzParse: no YAML makes the parser panic or stay, and whatever it refuses has
// its place.
func FuzzParse(f *testing.F) {
	src, err := os.ReadFile(filepath.Join("testdata", "whole.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	for _, structure := range []string{"((((((((A", "A{1,2} (B | C D?)* {3}", "A | | )", "))))"} {
		f.Add([]byte("structure: " + structure))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		l, err := formats.Parse("fuzz.yaml", src)
		var problems *formats.Problems
		switch {
		case err == nil && l != nil:
		case !errors.As(err, &problems):
			t.Fatalf("%v", err)
		default:
			for _, p := range problems.List {
				if p.Line < 1 || p.Column < 1 || p.Advice == "" {
					t.Fatalf("no place or hint: %v", p)
				}
			}
		}
	})
}
