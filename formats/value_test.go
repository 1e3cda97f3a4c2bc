package formats

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func signed(form SignForm) *Sign { return &Sign{Form: form} }

var debit = &Sign{Form: SignField, Field: "dc", Minus: "D", Plus: "C"}

func kana() *Layout {
	return &Layout{Charsets: []CharsetLayout{{Name: "kana", Base: "jis-x-0201", Allow: "A-Z0-9 ｱ-ﾝﾞﾟ().,/-"}}}
}

func lists() *Layout {
	return &Layout{Codes: []CodeList{{Name: "flags", List: []Code{{Value: "A"}, {Value: "BC"}, {Value: "ZZ"}}}, {Name: "numbers", List: []Code{{Value: "5"}, {Value: "22"}}}}}
}

// TestValues: bytes, their value, and their number. All of them are right, so
// the value makes the same bytes again.
func TestValues(t *testing.T) {
	dc := FieldLayout{Name: "dc", Len: 1}
	places := FieldLayout{Name: "places", Len: 1, Kind: KindDigits}
	cases := []struct {
		name   string
		layout *Layout
		fields []FieldLayout // the first one is looked at
		raw    string
		value  string
		number int64
	}{
		{"text", nil, []FieldLayout{{Len: 6}}, "AB C  ", "AB C", 0},
		{"text to the right", nil, []FieldLayout{{Len: 6, Align: AlignRight}}, "  AB C", "AB C", 0},
		{"text that is free", nil, []FieldLayout{{Len: 6, Align: AlignFree}}, "  AB  ", "  AB", 0},
		{"text padded with stars", nil, []FieldLayout{{Len: 6, Pad: "*"}}, "AB C**", "AB C", 0},
		{"text padded with stars, empty", nil, []FieldLayout{{Len: 6, Pad: "*", Empty: EmptyBlank}}, "      ", "", 0},
		{"text padded with zeros", nil, []FieldLayout{{Len: 6, Pad: "0", Align: AlignRight}}, "0000AB", "AB", 0},
		{"text padded with zeros, empty", nil, []FieldLayout{{Len: 3, Pad: "0", Align: AlignRight, Empty: EmptyZeros}}, "000", "", 0},
		{"text in Latin-1", nil, []FieldLayout{{Len: 6, Charset: "latin-1"}}, "Jos\xe9  ", "José", 0},
		{"text in JIS", nil, []FieldLayout{{Len: 6, Charset: "jis-x-0201"}}, "\xb1\xb6\xde\\1~", "ｱｶﾞ¥1‾", 0},
		{"text in a set of its own", kana(), []FieldLayout{{Len: 6, Charset: "kana"}}, "\xb1\xb6\xde(A ", "ｱｶﾞ(A", 0},
		{"text in a set without spaces", &Layout{Charsets: []CharsetLayout{{Name: "hex", Base: "ascii", Allow: "0-9A-F"}}},
			[]FieldLayout{{Len: 6, Charset: "hex"}}, "0AF   ", "0AF", 0},
		{"picture", nil, []FieldLayout{{Len: 8, Picture: "999-A9X"}}, "123-B4z ", "123-B4z", 0},
		{"long constant", nil, []FieldLayout{{Len: 12, Const: "A LONG ONE"}}, "A LONG ONE  ", "A LONG ONE", 0},
		{"constant to the right", nil, []FieldLayout{{Len: 4, Const: "AB", Align: AlignRight, Pad: "0"}}, "00AB", "AB", 0},
		{"constant in JIS", nil, []FieldLayout{{Len: 4, Const: "ｱ¥", Charset: "jis-x-0201"}}, "\xb1\\  ", "ｱ¥", 0},
		{"filler of nines", nil, []FieldLayout{{Len: 12, Kind: KindFiller, Pad: "9"}}, "999999999999", "", 0},
		{"digits", nil, []FieldLayout{{Len: 5, Kind: KindDigits}}, "00123", "00123", 123},
		{"digits behind blanks", nil, []FieldLayout{{Len: 5, Kind: KindDigits, Pad: " "}}, "  012", "012", 12},
		{"digits, empty", nil, []FieldLayout{{Len: 5, Kind: KindDigits, Empty: EmptyBlank}}, "     ", "", 0},
		{"many digits", nil, []FieldLayout{{Len: 22, Kind: KindDigits}}, "0012345678901234567890", "0012345678901234567890", 0},
		{"number", nil, []FieldLayout{{Len: 5, Kind: KindNumber}}, "00123", "123", 123},
		{"number zero", nil, []FieldLayout{{Len: 5, Kind: KindNumber}}, "00000", "0", 0},
		{"number, empty in zeros", nil, []FieldLayout{{Len: 5, Kind: KindNumber, Empty: EmptyZeros}}, "00000", "", 0},
		{"number behind blanks", nil, []FieldLayout{{Len: 5, Kind: KindNumber, Pad: " "}}, "   10", "10", 10},
		{"number behind blanks, zero", nil, []FieldLayout{{Len: 5, Kind: KindNumber, Pad: " "}}, "    0", "0", 0},
		{"number behind stars, empty", nil, []FieldLayout{{Len: 5, Kind: KindNumber, Pad: "*", Empty: EmptyBlank}}, "     ", "", 0},
		{"number of 18 digits with a sign", nil, []FieldLayout{{Len: 19, Kind: KindNumber, Sign: signed(SignLeading)}}, "-999999999999999999", "-999999999999999999", -999999999999999999},
		{"amount", nil, []FieldLayout{{Len: 5, Kind: KindAmount, Decimals: 2}}, "00105", "1.05", 105},
		{"amount without decimals", nil, []FieldLayout{{Len: 5, Kind: KindAmount}}, "00105", "105", 105},
		{"amount with a point", nil, []FieldLayout{{Len: 7, Kind: KindAmount, Decimals: 2, Point: "."}}, "0001.05", "1.05", 105},
		{"amount with a comma behind blanks", nil, []FieldLayout{{Len: 8, Kind: KindAmount, Decimals: 2, Point: ",", Pad: " "}}, "    0,05", "0.05", 5},
		{"amount with all of it", nil, []FieldLayout{{Len: 8, Kind: KindAmount, Decimals: 2, Point: ".", Pad: " ", Sign: signed(SignLeading)}}, "  -12.05", "-12.05", -1205},
		{"amount with a sign behind", nil, []FieldLayout{{Len: 8, Kind: KindAmount, Decimals: 2, Point: ".", Sign: signed(SignTrailing)}}, "0012.05-", "-12.05", -1205},
		{"overpunched plus", nil, []FieldLayout{{Len: 4, Kind: KindAmount, Decimals: 2, Sign: signed(SignOverpunch)}}, "123{", "12.30", 1230},
		{"overpunched minus", nil, []FieldLayout{{Len: 4, Kind: KindAmount, Decimals: 2, Sign: signed(SignOverpunch)}}, "123R", "-12.39", -1239},
		{"overpunched minus zero", nil, []FieldLayout{{Len: 4, Kind: KindAmount, Decimals: 2, Sign: signed(SignOverpunch)}}, "000}", "-0.00", 0},
		{"overpunched, empty", nil, []FieldLayout{{Len: 4, Kind: KindAmount, Decimals: 2, Sign: signed(SignOverpunch), Empty: EmptyZeros}}, "0000", "", 0},
		{"sign of another field", nil, []FieldLayout{{Len: 4, Kind: KindAmount, Decimals: 2, Sign: debit}, dc}, "0123D", "-1.23", -123},
		{"plus of another field", nil, []FieldLayout{{Len: 4, Kind: KindAmount, Decimals: 2, Sign: debit}, dc}, "0123C", "1.23", 123},
		{"minus zero of another field", nil, []FieldLayout{{Len: 4, Kind: KindAmount, Decimals: 2, Sign: debit}, dc}, "0000D", "-0.00", 0},
		{"empty, minus", nil, []FieldLayout{{Len: 4, Kind: KindAmount, Decimals: 2, Sign: debit, Empty: EmptyZeros}, dc}, "0000D", "-0.00", 0},
		{"empty, plus", nil, []FieldLayout{{Len: 4, Kind: KindAmount, Decimals: 2, Sign: debit, Empty: EmptyZeros}, dc}, "0000C", "", 0},
		{"decimals of another field", nil, []FieldLayout{{Len: 6, Kind: KindAmount, Decimals: 3, DecimalsBy: "places"}, places}, "0012342", "12.34", 12340},
		{"no decimals by another field", nil, []FieldLayout{{Len: 6, Kind: KindAmount, Decimals: 3, DecimalsBy: "places"}, places}, "0012340", "1234", 1234000},
		{"sign and decimals of others", nil, []FieldLayout{{Len: 6, Kind: KindAmount, Decimals: 3, DecimalsBy: "places", Sign: debit}, places, dc}, "0000013D", "-0.001", -1},
		{"date", nil, []FieldLayout{{Len: 8, Kind: KindDate}}, "20261123", "2026-11-23", 20261123},
		{"short date", nil, []FieldLayout{{Len: 6, Kind: KindDate, Format: "ddMMyy"}}, "231126", "2026-11-23", 20261123},
		{"short date of the last century", nil, []FieldLayout{{Len: 6, Kind: KindDate, Format: "yyMMdd"}}, "700101", "1970-01-01", 19700101},
		{"pivot", nil, []FieldLayout{{Len: 6, Kind: KindDate, Format: "yyMMdd", Pivot: new(27)}}, "271123", "1927-11-23", 19271123},
		{"Julian date", nil, []FieldLayout{{Len: 6, Kind: KindDate, Format: "0yyDDD"}}, "026327", "2026-11-23", 20261123},
		{"last day of a leap year", nil, []FieldLayout{{Len: 7, Kind: KindDate, Format: "yyyyDDD"}}, "2024366", "2024-12-31", 20241231},
		{"day of the year", nil, []FieldLayout{{Len: 3, Kind: KindDate, Format: "DDD"}}, "327", "327", 327},
		{"leap day of any year", nil, []FieldLayout{{Len: 4, Kind: KindDate, Format: "MMdd"}}, "0229", "02-29", 229},
		{"month", nil, []FieldLayout{{Len: 4, Kind: KindDate, Format: "MMyy"}}, "1126", "2026-11", 20261100},
		{"ISO date", nil, []FieldLayout{{Len: 10, Kind: KindDate, Format: "yyyy-MM-dd"}}, "2026-11-23", "2026-11-23", 20261123},
		{"ISO date, empty", nil, []FieldLayout{{Len: 10, Kind: KindDate, Format: "yyyy-MM-dd", Empty: EmptyZeros}}, "0000-00-00", "", 0},
		{"time", nil, []FieldLayout{{Len: 14, Kind: KindTime}}, "20261123190507", "2026-11-23T19:05:07", 20261123190507},
		{"time without seconds", nil, []FieldLayout{{Len: 10, Kind: KindTime, Format: "yyMMddHHmm"}}, "2611231905", "2026-11-23T19:05", 20261123190500},
		{"time without a year", nil, []FieldLayout{{Len: 10, Kind: KindTime, Format: "MMddHHmmss"}}, "1123190507", "11-23T19:05:07", 1123190507},
		{"clock", nil, []FieldLayout{{Len: 6, Kind: KindTime, Format: "HHmmss"}}, "190507", "19:05:07", 190507},
		{"clock without seconds", nil, []FieldLayout{{Len: 4, Kind: KindTime, Format: "HHmm"}}, "1905", "19:05", 190500},
		{"midnight", nil, []FieldLayout{{Len: 4, Kind: KindTime, Format: "HHmm"}}, "0000", "00:00", 0},
		{"no clock", nil, []FieldLayout{{Len: 4, Kind: KindTime, Format: "HHmm", Empty: EmptyZeros}}, "0000", "", 0},
		{"date in pieces", nil, []FieldLayout{{At: 5, Len: 2, More: []Piece{{At: 1, Len: 4}}, Kind: KindDate, Format: "yyMMdd"}, {Name: "x", At: 7, Len: 1}}, "112326X", "2026-11-23", 20261123},
		{"date in pieces, empty", nil, []FieldLayout{{At: 5, Len: 2, More: []Piece{{At: 1, Len: 4}}, Kind: KindDate, Format: "yyMMdd", Empty: EmptyBlank}, {Name: "x", At: 7, Len: 1}}, "      X", "", 0},
		{"code", lists(), []FieldLayout{{Len: 3, Codes: "flags"}}, "BC ", "BC", 1},
		{"code to the right", lists(), []FieldLayout{{Len: 3, Codes: "flags", Align: AlignRight}}, "  A", "A", 0},
		{"code of digits", lists(), []FieldLayout{{Len: 3, Codes: "numbers", Kind: KindDigits}}, "005", "005", 5},
		{"code of a number", lists(), []FieldLayout{{Len: 3, Codes: "numbers", Kind: KindNumber}}, "022", "22", 22},
		{"long code", lists(), []FieldLayout{{Len: 12, Codes: "flags"}}, "ZZ          ", "ZZ", 2},
		{"several codes", lists(), []FieldLayout{{Len: 8, Codes: "flags", Each: 2}}, "BCA ZZ  ", "BC A ZZ", 0},
		{"several codes of any", lists(), []FieldLayout{{Len: 6, Codes: "flags", Each: 2, Open: true}}, "QQA   ", "QQ A", 0},
		{"no codes", lists(), []FieldLayout{{Len: 4, Codes: "flags", Each: 2, Empty: EmptyBlank}}, "    ", "", 0},
		{"check digit of its own", nil, []FieldLayout{{Len: 11, Kind: KindDigits, Check: &CheckDigit{Digit: "luhn"}}}, "79927398713", "79927398713", 79927398713},
		{"IBAN", nil, []FieldLayout{{Len: 24, Check: &CheckDigit{Digit: "iban-mod97"}}}, "GB82WEST12345698765432  ", "GB82WEST12345698765432", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.fields[0].Name = "f"
			for i := range c.fields {
				if c.fields[i].Kind == "" {
					c.fields[i].Kind = KindText
				}
			}
			r := mustRecord(t, c.layout, c.fields...)
			rec, ok := r.read(c.raw, true)
			if !ok {
				t.Fatal(rec.Err())
			}
			agree(t, r, []byte(c.raw), true)
			agree(t, r, []byte(c.raw), false)
			f := r.handle("f")
			number := rec.Int(f)
			if f.p.closed && f.Kind() == KindText {
				number = rec.numbers[0]
			}
			if got := rec.String(f); got != c.value || number != c.number {
				t.Errorf("%q is %q and %d, not %q and %d", c.raw, got, number, c.value, c.number)
			}
			again(t, r, rec)
		})
	}
}

// again writes a record from the values of its fields, forwards and backwards,
// and compares the bytes.
func again(t testing.TB, r *RecordPlan, rec *Record) {
	t.Helper()
	for _, backwards := range []bool{false, true} {
		w := r.begin()
		for i := range r.fields {
			if backwards {
				i = len(r.fields) - 1 - i
			}
			f := Field{&r.fields[i]}
			w.SetString(f, rec.String(f))
		}
		got, err := w.seal()
		if err != nil {
			t.Fatalf("%q, backwards %v: %v", rec.raw, backwards, err)
		}
		if diff := cmp.Diff(string(rec.raw), got); diff != "" {
			t.Errorf("backwards %v: %s", backwards, diff)
		}
	}
}

// TestNotValues: what is wrong with bytes, and what is said about it.
func TestNotValues(t *testing.T) {
	dc := FieldLayout{Name: "dc", Len: 1}
	places := FieldLayout{Name: "places", Len: 1, Kind: KindDigits}
	all := &Layout{Tolerate: []Tolerance{PrintableText, LowerCase, Unaligned, Unpadded}}
	tolerant := func(set string, with ...Tolerance) *Layout { return &Layout{Charset: set, Tolerate: with} }
	cases := []struct {
		layout *Layout
		fields []FieldLayout
		raw    string
		reads  string // the value, when reading tolerates it
		wrong  string // what strict says
	}{
		{nil, []FieldLayout{{Len: 4}}, " AB ", "", `columns 1-4: " AB ": wrong alignment: text stands left`},
		{all, []FieldLayout{{Len: 4}}, " AB ", "AB", `columns 1-4: " AB ": wrong alignment: text stands left`},
		{all, []FieldLayout{{Len: 4, Align: AlignRight}}, " AB ", "AB", `columns 1-4: " AB ": wrong alignment: text stands right`},
		{nil, []FieldLayout{{Len: 4, Align: AlignFree}}, "    ", "", `columns 1-4: value missing`},
		{nil, []FieldLayout{{Len: 4, Pad: "*"}}, "****", "", `columns 1-4: value missing`},
		{tolerant("bank-upper", LowerCase), []FieldLayout{{Len: 4}}, "aB  ", "aB", `column 1: "a": character not allowed: allowed are upper case, digits, space and . , ' - / ( ) & + :`},
		{tolerant("bank-upper", LowerCase), []FieldLayout{{Len: 4}}, "a#  ", "", `column 1: "a": character not allowed: allowed are upper case, digits, space and . , ' - / ( ) & + :`},
		{tolerant("bank-upper", PrintableText), []FieldLayout{{Len: 4}}, "a#  ", "a#", `column 1: "a": character not allowed: allowed are upper case, digits, space and . , ' - / ( ) & + :`},
		{tolerant("digits"), []FieldLayout{{Len: 4}}, "1 a ", "", `column 3: "a": character not allowed: allowed are digits and space`},
		{nil, []FieldLayout{{Len: 4, Charset: "latin-1"}}, "A\x85B ", "", `column 2: "\x85": character not allowed: allowed are printable Latin-1`},
		{nil, []FieldLayout{{Len: 4, Charset: "jis-x-0201"}}, "A\xe0B ", "", `column 2: "\xe0": character not allowed: allowed are JIS X 0201: ASCII and half-width katakana`},
		{nil, []FieldLayout{{Len: 7, Picture: "999-A9"}}, "12-B4  ", "", `columns 1-7: "12-B4  ": wrong shape: it has 5 characters, not 6, expected "999-A9"`},
		{nil, []FieldLayout{{Len: 7, Picture: "999-A9"}}, "123-b4 ", "", `column 5: "b": wrong shape: an upper-case letter stands here, expected "999-A9"`},
		{all, []FieldLayout{{Len: 7, Picture: "999-A9"}}, "123-b4 ", "123-b4", `column 5: "b": wrong shape: an upper-case letter stands here, expected "999-A9"`},
		{nil, []FieldLayout{{Len: 7, Picture: "999-A9"}}, "123/B4 ", "", `column 4: "/": wrong shape: "-" stands here, expected "999-A9"`},
		{nil, []FieldLayout{{Len: 3, Kind: KindFiller, Pad: "9"}}, "9 9", "", `columns 1-3: "9 9": not the constant of the layout: a filler holds "9" only`},
		{nil, []FieldLayout{{Len: 5, Kind: KindNumber}}, "  123", "", `columns 1-5: "  123": not a number`},
		{all, []FieldLayout{{Len: 5, Kind: KindNumber}}, "  123", "123", `columns 1-5: "  123": not a number`},
		{all, []FieldLayout{{Len: 5, Kind: KindDigits}}, "  123", "123", `columns 1-5: "  123": not a number`},
		{nil, []FieldLayout{{Len: 5, Kind: KindNumber, Pad: " "}}, " 0123", "", `columns 1-5: " 0123": not a number: zeros in front, where something else pads the number`},
		{all, []FieldLayout{{Len: 5, Kind: KindNumber, Pad: " "}}, " 0123", "123", `columns 1-5: " 0123": not a number: zeros in front, where something else pads the number`},
		{nil, []FieldLayout{{Len: 5, Kind: KindNumber, Sign: signed(SignLeading)}}, "01230", "", `columns 1-5: "01230": not a number: the sign + or - in front is missing`},
		{all, []FieldLayout{{Len: 5, Kind: KindNumber, Sign: signed(SignLeading)}}, "- 123", "-123", `columns 1-5: "- 123": not a number`},
		{nil, []FieldLayout{{Len: 5, Kind: KindNumber, Sign: signed(SignTrailing)}}, "01230", "", `columns 1-5: "01230": not a number: the sign + or - at the end is missing`},
		{nil, []FieldLayout{{Len: 5, Kind: KindNumber, Sign: signed(SignOverpunch)}}, "01230", "", `columns 1-5: "01230": not a number: the last digit carries no sign`},
		{nil, []FieldLayout{{Len: 7, Kind: KindAmount, Decimals: 2, Point: "."}}, "00010.5", "", `columns 1-7: "00010.5": not a number: the decimal point is not in its place`},
		{nil, []FieldLayout{{Len: 7, Kind: KindAmount, Decimals: 2, Point: ".", Pad: " "}}, "    .05", "", `columns 1-7: "    .05": not a number: the decimal point is not in its place`},
		{nil, []FieldLayout{{Len: 2, Kind: KindAmount, Sign: debit}, dc}, "12X", "", `columns 1-2: "12": not a number: its sign is not known: field dc holds "X"`},
		{nil, []FieldLayout{{Len: 2, Kind: KindAmount, Decimals: 2, DecimalsBy: "places"}, places}, "123", "", `columns 1-2: "12": not a number: field places says 3 decimals, at most 2`},
		{nil, []FieldLayout{{Len: 18, Kind: KindAmount, Decimals: 2, DecimalsBy: "places"}, places}, "9999999999999999990", "", `columns 1-18: "999999999999999999": value does not fit: a number has at most 18 digits`},
		{nil, []FieldLayout{{Len: 4, Kind: KindDate, Format: "MMdd"}}, "0230", "", `columns 1-4: "0230": not a date: no such day`},
		{nil, []FieldLayout{{Len: 4, Kind: KindDate, Format: "MMdd"}}, "0000", "", `columns 1-4: value missing`},
		{nil, []FieldLayout{{Len: 5, Kind: KindDate, Format: "yyDDD"}}, "23366", "", `columns 1-5: "23366": not a date: no such day`},
		{nil, []FieldLayout{{Len: 6, Kind: KindDate, Format: "0yyDDD"}}, "123001", "", `column 1: "1": not a date: it is written 0yyDDD`},
		{nil, []FieldLayout{{Len: 4, Kind: KindTime, Format: "HHmm"}}, "2400", "", `columns 1-4: "2400": not a date: no such time of day`},
		{nil, []FieldLayout{{At: 5, Len: 2, More: []Piece{{At: 1, Len: 4}}, Kind: KindDate, Format: "yyMMdd"}}, "13012A", "", `columns 5-6: "2A1301": not a number`},
		{lists(), []FieldLayout{{Len: 6, Codes: "flags", Each: 2}}, "A   ZZ", "", `columns 3-4: "  ": wrong alignment: codes stand left, without gaps`},
		{lists(), []FieldLayout{{Len: 6, Codes: "flags", Each: 2}}, "A QQZZ", "", `columns 3-4: "QQ": not in the code list: flags`},
		{lists(), []FieldLayout{{Len: 3, Codes: "numbers", Kind: KindDigits}}, "006", "", `columns 1-3: "006": not in the code list: numbers`},
		{nil, []FieldLayout{{Len: 11, Kind: KindDigits, Check: &CheckDigit{Digit: "luhn"}}}, "79927398710", "", `column 11: "0": wrong check digit, expected "3"`},
		{nil, []FieldLayout{{Len: 24, Check: &CheckDigit{Digit: "iban-mod97"}}}, "GB83WEST12345698765432  ", "", `columns 3-4: "83": wrong check digit, expected "82"`},
	}
	for _, c := range cases {
		c.fields[0].Name = "f"
		for i := range c.fields {
			if c.fields[i].Kind == "" {
				c.fields[i].Kind = KindText
			}
		}
		r := mustRecord(t, c.layout, c.fields...)
		agree(t, r, []byte(c.raw), true)
		agree(t, r, []byte(c.raw), false)
		if diff := cmp.Diff("record R, field f, "+c.wrong, r.fault(c.raw, true)); diff != "" {
			t.Errorf("%q: %s", c.raw, diff)
		}
		rec, ok := r.read(c.raw, false)
		if ok != (c.reads != "") || ok && rec.String(r.handle("f")) != c.reads {
			t.Errorf("%q reads %v as %q, not %q", c.raw, ok, rec.String(r.handle("f")), c.reads)
		}
	}
}

// TestStringsRefused: SetString guesses nothing.
func TestStringsRefused(t *testing.T) {
	cases := []struct {
		field  FieldLayout
		values []string
	}{
		{FieldLayout{Len: 4}, []string{" A", "A ", "ABCDE", "é"}},
		{FieldLayout{Len: 4, Align: AlignRight}, []string{" A", "A "}},
		{FieldLayout{Len: 4, Pad: "*"}, []string{"A*", " A"}},
		{FieldLayout{Len: 4, Charset: "latin-1"}, []string{"ア", "\x80", "A\u0301", "éééél"}},
		{FieldLayout{Len: 4, Charset: "jis-x-0201"}, []string{"é", "\\", "~", "ア"}},
		{FieldLayout{Len: 4, Kind: KindFiller}, []string{"A"}},
		{FieldLayout{Len: 4, Const: "AB"}, []string{"A", "ABC"}},
		{FieldLayout{Len: 4, Kind: KindDigits}, []string{"1A", "12345", "-1", " 1", "1.0"}},
		{FieldLayout{Len: 4, Kind: KindNumber}, []string{"1.0", "-1", "+1", "12345", "1,0", "1e3", " 1", "0x1", "-", "99999999999999999999"}},
		{FieldLayout{Len: 4, Kind: KindAmount, Decimals: 2}, []string{"1.", ".5", "1.005", "1,50", "-1.00", "100.00", "1.2.3", "1 000"}},
		{FieldLayout{Len: 8, Kind: KindDate}, []string{"20261123", "2026-11-31", "2026-1-1", "23-11-2026", "2026-11-23 "}},
		{FieldLayout{Len: 6, Kind: KindDate, Format: "yyMMdd"}, []string{"1969-12-31", "2070-01-01"}},
		{FieldLayout{Len: 4, Kind: KindTime, Format: "HHmm"}, []string{"19:05:07", "1905", "24:00"}},
	}
	for _, c := range cases {
		c.field.Name = "f"
		if c.field.Kind == "" {
			c.field.Kind = KindText
		}
		r := mustRecord(t, nil, c.field)
		for _, v := range c.values {
			w := r.begin()
			w.SetString(r.handle("f"), v)
			if raw, err := w.seal(); err == nil {
				t.Errorf("%s of %d takes %q as %q", c.field.Kind, c.field.Len, v, raw)
			} else if strings.Contains(err.Error(), "without a reason") {
				t.Errorf("%q: %v", v, err)
			}
		}
	}
	r := mustRecord(t, nil, FieldLayout{Name: "f", Len: 4, Kind: KindText, Charset: "latin-1"})
	w := r.begin()
	w.SetText(r.handle("f"), "aア")
	_, err := w.seal()
	if want := `record R, field f, columns 1-4: "ア": character not allowed: "ア" (U+30A2) is not in latin-1`; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

// TestSignsAndDecimalsAgree: a number and the fields that say its sign and
// decimals agree, or the record is refused.
func TestSignsAndDecimalsAgree(t *testing.T) {
	r := mustRecord(t, nil,
		FieldLayout{Name: "amount", Len: 6, Kind: KindAmount, Decimals: 3, DecimalsBy: "places", Sign: debit},
		FieldLayout{Name: "places", Len: 1, Kind: KindDigits}, FieldLayout{Name: "dc", Len: 1, Kind: KindText})
	amount, places, dc := r.handle("amount"), r.handle("places"), r.handle("dc")
	cases := []struct {
		set  func(*Writer)
		want string
	}{
		{func(w *Writer) { w.SetInt(amount, -12345) }, "0123453D"},
		{func(w *Writer) { w.SetInt(amount, 12345) }, "0123453C"},
		{func(w *Writer) { w.SetInt(amount, -1); w.SetInt(amount, 1) }, "0000013C"},
		{func(w *Writer) { w.SetInt(places, 0); w.SetInt(amount, 12000) }, "0000120C"},
		{func(w *Writer) { w.SetInt(places, 0); w.SetInt(amount, 12001) }, `"12001": value does not fit: field places says 0 decimals`},
		{func(w *Writer) { w.SetString(places, "2"); w.SetString(amount, "1.5") }, "0001502C"},
		{func(w *Writer) { w.SetString(amount, "1.5"); w.SetString(places, "1") }, "0000151C"},
		{func(w *Writer) { w.SetString(amount, "1.5"); w.SetString(places, "2") }, `"2": not a number: the number whose decimals it says was written already, expected "1"`},
		{func(w *Writer) { w.SetString(amount, "1.5"); w.SetString(places, "2"); w.SetText(dc, "C") }, `expected "1"`},
		{func(w *Writer) { w.SetString(amount, "1.5678") }, `"1.5678": value does not fit: at most 3 decimals`},
		{func(w *Writer) { w.SetString(amount, "-1"); w.SetString(dc, "C") }, "0000010C"},
		{func(w *Writer) { w.SetString(dc, "C"); w.SetString(amount, "-1") }, `"-1": not a number: field dc says the other sign`},
		{func(w *Writer) { w.SetString(dc, "D"); w.SetString(amount, "1") }, `"1": not a number: field dc says the other sign`},
		{func(w *Writer) { w.SetString(dc, "D"); w.SetString(amount, "0") }, "0000000D"},
		{func(w *Writer) { w.SetString(amount, "-0") }, "0000000D"},
		{func(w *Writer) { w.SetString(amount, "1234567") }, `"1234567": value does not fit`},
	}
	for i, c := range cases {
		w := r.begin()
		c.set(w)
		got, err := w.seal()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) || err == nil && got != c.want {
			t.Errorf("%d: got %s, want %s", i, got, c.want)
		}
	}
	both := mustRecord(t, nil, FieldLayout{Name: "a", Len: 2, Kind: KindNumber, Sign: debit}, FieldLayout{Name: "b", Len: 2, Kind: KindNumber, Sign: debit},
		FieldLayout{Name: "dc", Len: 1, Kind: KindText})
	w := both.begin()
	w.SetInt(both.handle("a"), -1)
	w.SetInt(both.handle("b"), 1)
	if _, err := w.seal(); err == nil {
		t.Error("one field says two signs")
	}
}

func TestTimesOfFormats(t *testing.T) {
	when := time.Date(2024, 12, 31, 19, 5, 7, 0, time.UTC)
	for format, want := range map[string]string{
		"yyyyMMdd": "20241231 20241231 2024-12-31 00:00:00 true", "ddMMyy": "311224 20241231 2024-12-31 00:00:00 true",
		"0yyDDD": "024366 20241231 2024-12-31 00:00:00 true", "DDD": "366 366  false", "MMdd": "1231 1231  false", "MMyy": "1224 20241200  false",
		"yyyyMMddHHmmss": "20241231190507 20241231190507 2024-12-31 19:05:07 true", "yyDDDHHmm": "243661905 20241231190500 2024-12-31 19:05:00 true",
		"HHmm": "1905 190500  false", "HHmmss": "190507 190507  false", "HH": "19 190000  false", "MMddHHmm": "12311905 1231190500  false",
	} {
		kind := KindDate
		if strings.Contains(format, "HH") {
			kind = KindTime
		}
		r := mustRecord(t, nil, FieldLayout{Name: "f", Len: len(format), Kind: kind, Format: format})
		f := r.handle("f")
		w := r.begin()
		w.SetTime(f, when)
		raw, err := w.seal()
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		rec, _ := r.read(raw, true)
		at, ok := rec.Time(f, nil)
		day := ""
		if ok {
			day = at.Format(time.DateTime)
		}
		if got := fmt.Sprint(raw, " ", rec.Int(f), " ", day, " ", ok); got != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
		w = r.begin()
		w.SetInt(f, rec.Int(f))
		if again, err := w.seal(); err != nil || again != raw {
			t.Errorf("%s: %d is %q, %v", format, rec.Int(f), again, err)
		}
	}
}

func TestSeveralCodes(t *testing.T) {
	r := mustRecord(t, lists(), FieldLayout{Name: "f", Len: 6, Kind: KindText, Codes: "flags", Each: 2, Open: true}, FieldLayout{Name: "g", Len: 2, Kind: KindText, Codes: "flags"})
	rec, ok := r.read("BCQ   ZZ", true)
	if !ok {
		t.Fatal(rec.Err())
	}
	if diff := cmp.Diff([]string{"BC", "Q"}, values(rec.Codes(r.handle("f")))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ZZ"}, values(rec.Codes(r.handle("g")))); diff != "" {
		t.Error(diff)
	}
}

func values(codes []Code) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = c.Value
	}
	return out
}

// TestTextsAreWrittenAgain: the bytes without padding, set again, are the same
// bytes.
func TestTextsAreWrittenAgain(t *testing.T) {
	r := mustRecord(t, nil, FieldLayout{Name: "right", Len: 4, Kind: KindText, Align: AlignRight}, FieldLayout{Name: "latin", Len: 4, Kind: KindText, Charset: "latin-1"},
		FieldLayout{Name: "blank", Len: 4, Kind: KindNumber, Pad: " "}, FieldLayout{Name: "signed", Len: 4, Kind: KindNumber, Sign: signed(SignTrailing)},
		FieldLayout{Name: "day", At: 21, Len: 2, More: []Piece{{At: 17, Len: 4}}, Kind: KindDate, Format: "yyMMdd"})
	const raw = "  AB\xe9a     7007-112326"
	rec, ok := r.read(raw, true)
	if !ok {
		t.Fatal(rec.Err())
	}
	w := r.begin()
	var texts []string
	for _, f := range r.Fields() {
		texts = append(texts, string(rec.Text(f)))
		w.SetBytes(f, rec.Text(f))
	}
	if diff := cmp.Diff([]string{"AB", "\xe9a", "7", "007-", "261123"}, texts); diff != "" {
		t.Error(diff)
	}
	if got, err := w.seal(); err != nil || got != raw {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNegativeAmountsInWords(t *testing.T) {
	if got := wordsIn("id").amount(-123456789, 2, "IDR"); got != "Rp -1.234.567,89" {
		t.Error(got)
	}
	if got := wordsIn("en").amount(-5, 2, "USD"); got != "USD -0.05" {
		t.Error(got)
	}
}
