package formats

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestPlainFieldsAreQuick: the fields that nearly all layouts consist of have
// operations; only what is rare is examined slowly.
func TestPlainFieldsAreQuick(t *testing.T) {
	p := lists()
	quick := []FieldLayout{
		{Len: 4}, {Len: 4, Align: AlignFree}, {Len: 4, Empty: EmptyBlank}, {Len: 4, Charset: "latin-1"}, {Len: 4, Codes: "flags"},
		{Len: 20, Const: "LONG"}, {Len: 4, Kind: KindDigits}, {Len: 4, Kind: KindDigits, Empty: EmptyEither}, {Len: 3, Kind: KindDigits, Codes: "numbers"},
		{Len: 12, Kind: KindNumber}, {Len: 18, Kind: KindAmount, Decimals: 2}, {Len: 8, Kind: KindDate}, {Len: 8, Kind: KindDate, Format: "yyyyMMdd"},
		{Len: 14, Kind: KindTime, Empty: EmptyZeros}, {Len: 10, Kind: KindFiller, Pad: "9"}, {Len: 24, Kind: KindDigits},
	}
	slow := []FieldLayout{
		{Len: 4, Align: AlignRight}, {Len: 4, Pad: "*"}, {Len: 4, Picture: "99"}, {Len: 4, Kind: KindNumber, Pad: " "},
		{Len: 4, Kind: KindAmount, Sign: &Sign{Form: SignOverpunch}}, {Len: 6, Kind: KindDate, Format: "yyMMdd"},
		{Len: 4, Codes: "flags", Each: 2}, {Len: 4, Kind: KindDigits, Check: &CheckDigit{Digit: "luhn"}},
	}
	for i, f := range append(slices.Clone(quick), slow...) {
		f.Name = "f"
		if f.Kind == "" {
			f.Kind = KindText
		}
		r := mustRecord(t, p, f)
		isSlow := slices.ContainsFunc(r.reading, func(o op) bool { return o.kind == opSlow })
		if isSlow != (i >= len(quick)) {
			t.Errorf("%+v is slow: %v", f, isSlow)
		}
	}
}

func TestRoutingNumbers(t *testing.T) {
	r := mustRecord(t, nil, FieldLayout{Name: "bank", Len: 8, Kind: KindDigits}, FieldLayout{Name: "digit", Len: 1, Kind: KindDigits, Check: &CheckDigit{Digit: "aba-routing", Over: []string{"bank"}}})
	if !slices.ContainsFunc(r.writing, func(o op) bool { return o.kind == opRouting }) {
		t.Error("a routing number has its own operation")
	}
	for _, good := range []string{"021000021", "011401533", "091000019", "122105155", "000000000"} {
		if s := r.fault(good, true); s != "" {
			t.Errorf("%s: %s", good, s)
		}
		w := r.begin()
		w.SetString(r.handle("bank"), good[:8])
		if raw, err := w.seal(); err != nil || raw != good {
			t.Errorf("%s was filled in as %s: %v", good, raw, err)
		}
	}
	for v := range 20000 {
		raw := fmt.Sprintf("%09d", v*49979)
		agree(t, r, []byte(raw), true)
	}
	agree(t, r, []byte("02100002A"), true)
	agree(t, r, []byte("0210 0021"), false)
	if got, want := r.fault("021000022", true), `record R, field digit, column 9: "2": wrong check digit, expected "1"`; got != want {
		t.Error(got)
	}
}

func TestCodeHash(t *testing.T) {
	for _, n := range []int{1, 2, 7, 40, 100, 180} {
		words := make([]uint64, n)
		for i := range words {
			words[i] = word8(fmt.Sprintf("%c%02d     ", 'A'+i/100, i%100))
		}
		h := newCodeHash(words)
		if h == nil {
			t.Fatalf("no hash of %d codes", n)
		}
		for i, w := range words {
			if h.find(w) != i || h.find(w+1) == i || h.find(^w) != noCode {
				t.Errorf("code %d of %d", i, n)
			}
		}
		if n > 1 && len(h.table) > 64*n {
			t.Errorf("%d codes take a table of %d", n, len(h.table))
		}
	}
	if newCodeHash([]uint64{7, 7}) != nil || newCodeHash(make([]uint64, 10000)) != nil {
		t.Error("a hash of equal words")
	}
}

// TestManyCodes: a list too long for a hash works as well.
func TestManyCodes(t *testing.T) {
	l := &Layout{Codes: []CodeList{{Name: "many"}}}
	for i := range 2000 {
		l.Codes[0].List = append(l.Codes[0].List, Code{Value: fmt.Sprintf("C%04d", i)})
	}
	r := mustRecord(t, l, FieldLayout{Name: "f", Len: 6, Kind: KindText, Codes: "many", Empty: EmptyBlank})
	for _, raw := range []string{"C0000 ", "C1999 ", "C2000 ", "      ", " C0001"} {
		agree(t, r, []byte(raw), true)
	}
	if rec, ok := r.read("C1999 ", true); !ok || rec.numbers[0] != 1999 {
		t.Error("the last code")
	}
}

// TestWideTextBesideOthers: printable runs do not reach over text that is not
// ASCII.
func TestWideTextBesideOthers(t *testing.T) {
	r := mustRecord(t, nil, FieldLayout{Name: "a", Len: 2, Kind: KindText}, FieldLayout{Name: "b", Len: 2, Kind: KindText, Charset: "latin-1"}, FieldLayout{Name: "c", Len: 2, Kind: KindText})
	for _, raw := range []string{"AB\xe9\xe8CD", "\xe9B\xe9\xe8CD", "ABCDE\xe9"} {
		agree(t, r, []byte(raw), true)
	}
	if s := r.fault("AB\xe9\xe8CD", true); s != "" {
		t.Error(s)
	}
}

// TestFieldsDoNotAllocate: nothing of what a field can be allocates when it is
// right.
func TestFieldsDoNotAllocate(t *testing.T) {
	r := mustRecord(t, kana(),
		FieldLayout{Name: "name", Len: 10, Kind: KindText, Charset: "kana"}, FieldLayout{Name: "right", Len: 5, Kind: KindText, Align: AlignRight},
		FieldLayout{Name: "amount", Len: 9, Kind: KindAmount, Decimals: 3, DecimalsBy: "places", Sign: debit}, FieldLayout{Name: "places", Len: 1, Kind: KindDigits},
		FieldLayout{Name: "dc", Len: 1, Kind: KindText}, FieldLayout{Name: "punched", Len: 5, Kind: KindNumber, Sign: signed(SignOverpunch)},
		FieldLayout{Name: "year", At: 32, Len: 2, More: []Piece{{At: 34, Len: 4}}, Kind: KindDate, Format: "yyMMdd"},
		FieldLayout{Name: "account", At: 38, Len: 9, Kind: KindDigits}, FieldLayout{Name: "digit", Len: 1, Kind: KindDigits, Check: &CheckDigit{Digit: "luhn", Over: []string{"account"}}})
	f := r.handle
	w := r.begin()
	name, right, amount, punched, year, account := f("name"), f("right"), f("amount"), f("punched"), f("year"), f("account")
	room := make([]byte, 0, 64)
	n := testing.AllocsPerRun(100, func() {
		copy(w.window, r.template)
		w.set, w.implied, w.implies, w.open = fieldSet{}, fieldSet{}, false, true
		w.SetText(name, "ｱｶﾞ ABC")
		w.SetText(right, "AB")
		w.SetInt(amount, -12345)
		w.SetInt(punched, -7)
		w.SetInt(year, 20261123)
		w.SetInt(account, 799273987)
		w.fillDigits()
		if w.errs != nil || !run(r.writing, w.window, w.numbers) {
			t.Fatal(w.faults())
		}
		room = append(room[:0], w.window[:len(r.template)]...)
	})
	if n != 0 {
		t.Errorf("%v allocations per record", n)
	}
	rec, ok := r.read(string(room), true)
	if !ok {
		t.Fatal(rec.Err())
	}
	var values []string
	for _, f := range r.Fields() {
		values = append(values, rec.String(f))
	}
	if got, want := strings.Join(values, "|"), "ｱｶﾞ ABC|AB|-12.345|3|D|-7|2026-11-23|799273987|5"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
