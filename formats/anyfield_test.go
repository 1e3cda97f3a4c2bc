package formats

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyField draws a field of any kind that the language has, called f, with the
// other fields that it needs.
func anyField(t *rapid.T) (*Layout, []FieldLayout) {
	l := lists()
	l.Charsets = append(kana().Charsets, CharsetLayout{Name: "hex", Base: "ascii", Allow: "0-9A-F"})
	l.Tolerate = rapid.SliceOfDistinct(rapid.SampledFrom([]Tolerance{PrintableText, LowerCase, Unaligned, Unpadded}), rapid.ID[Tolerance]).Draw(t, "tolerate")
	one := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	f := FieldLayout{Name: "f", Len: rapid.IntRange(1, 20).Draw(t, "len")}
	f.Kind = rapid.SampledFrom([]Kind{KindText, KindText, KindText, KindDigits, KindNumber, KindAmount, KindAmount, KindDate, KindTime, KindFiller}).Draw(t, "kind")
	f.Empty = rapid.SampledFrom([]Empty{EmptyNever, EmptyNever, EmptyBlank, EmptyZeros, EmptyEither}).Draw(t, "empty")
	var others []FieldLayout
	switch f.Kind {
	case KindText:
		f.Charset = one("charset", append(charsetNames(), "kana", "hex")...)
		f.Align = Align(one("align", "", "left", "right", "free"))
		f.Pad = one("pad", "", "", " ", "0")
		switch one("form", "", "", "", "codes", "each", "picture", "const", "check") {
		case "codes":
			f.Codes, f.Open, f.Charset = "flags", rapid.Bool().Draw(t, "open"), "printable"
			f.Len = max(f.Len, 2)
		case "each":
			f.Codes, f.Open, f.Charset, f.Each, f.Align, f.Pad = "flags", rapid.Bool().Draw(t, "open"), "printable", 2, "", ""
			f.Len = f.Len/2*2 + 2
		case "picture":
			f.Charset, f.Picture = "printable", rapid.StringMatching("[9AX/-]{1,8}").Draw(t, "picture")
			f.Len = max(f.Len, len(f.Picture))
		case "const":
			f.Charset, f.Const, f.Empty = "printable", rapid.StringMatching("[A-Z0-9]{1,12}").Draw(t, "const"), EmptyNever
			f.Len = max(f.Len, len(f.Const))
		case "check":
			f.Charset, f.Check = "printable", &CheckDigit{Digit: one("digit", "luhn", "mod11", "mod11-x", "mod97")}
			f.Len = max(f.Len, 4)
		}
		if f.Pad != "0" && f.Empty != EmptyNever {
			f.Empty = EmptyBlank
		}
	case KindDigits:
		f.Len = rapid.IntRange(1, 24).Draw(t, "len")
		f.Pad = one("pad", "", "", "0", " ", "*")
		if one("form", "", "codes") != "" {
			f.Codes, f.Open, f.Len = "numbers", rapid.Bool().Draw(t, "open"), max(f.Len, 2)
		}
	case KindNumber, KindAmount:
		f.Len = rapid.IntRange(1, 18).Draw(t, "len")
		f.Pad = one("pad", "", "", "0", " ", "*")
		if f.Kind == KindAmount {
			f.Decimals = rapid.IntRange(0, 3).Draw(t, "decimals")
			switch one("form", "", "point", "places") {
			case "point":
				f.Decimals, f.Point = max(f.Decimals, 1), one("point", ".", ",")
				f.Len = min(max(f.Len, 2)+f.Decimals, 19)
			case "places":
				f.DecimalsBy, f.Len = "places", min(f.Len, 15)
				others = append(others, FieldLayout{Name: "places", Kind: KindDigits, Len: rapid.IntRange(1, 2).Draw(t, "len of places")})
			}
		}
		switch form := SignForm(one("sign", "", "", "overpunch", "leading", "trailing", "field")); form {
		case "":
		case SignField:
			f.Sign = &Sign{Form: form, Field: "dc", Minus: "D", Plus: one("plus", "", "C")}
			dc := FieldLayout{Name: "dc", Kind: KindText, Len: rapid.IntRange(1, 2).Draw(t, "len of dc"), Charset: "bank-upper"}
			if f.Sign.Plus == "" {
				dc.Empty = EmptyBlank
			}
			others = append(others, dc)
		default:
			f.Sign = &Sign{Form: form}
			if form != SignOverpunch {
				f.Len++
			}
		}
	case KindDate:
		f.Format = one("format", "", "ddMMyy", "yyMMdd", "0yyDDD", "yyyyDDD", "DDD", "MMdd", "MMyy", "yyyy-MM-dd", "dd/MM/yyyy")
	case KindTime:
		f.Format = one("format", "", "HHmm", "HHmmss", "HH:mm", "yyMMddHHmm", "yyDDDHHmmss", "MMddHHmm", "yyyy-MM-dd HH:mm:ss", "HH")
	case KindFiller:
		f.Pad, f.Empty = one("pad", "", "0", "9"), EmptyNever
	}
	if f.Kind == KindDate || f.Kind == KindTime {
		text := f.Format
		if text == "" {
			text = map[Kind]string{KindDate: formatDate, KindTime: formatTime}[f.Kind]
		} else if strings.Contains(text, "yy") && !strings.Contains(text, "yyyy") {
			f.Pivot = new(rapid.IntRange(0, 100).Draw(t, "pivot"))
		}
		f.Len = len(text)
		if f.Len > 2 && rapid.Bool().Draw(t, "apart") {
			cut := rapid.IntRange(1, f.Len-1).Draw(t, "cut")
			f.At, f.Len, f.More = f.Len-cut+2, cut, []Piece{{At: 1, Len: f.Len - cut}}
			others = append(others, FieldLayout{Name: "between", At: f.More[0].Len + 1, Len: 1, Kind: KindFiller})
		}
	}
	return l, append([]FieldLayout{f}, others...)
}

// TestAnyField: whatever is strictly right has a value that makes the same
// bytes again, and quick and slow agree about everything.
func TestAnyField(t *testing.T) {
	right := 0
	rapid.Check(t, func(t *rapid.T) {
		l, fields := anyField(t)
		r, err := oneRecord(l, fields...)
		if err != nil {
			t.Fatal(err)
		}
		for range 8 {
			raw := anyBytes(t, r)
			agreed(t, r, raw)
			rec, ok := r.read(raw, true)
			for i := range r.fields { // never panics, right or not
				_ = rec.String(Field{&r.fields[i]})
				_ = rec.Codes(Field{&r.fields[i]})
				rec.Time(Field{&r.fields[i]}, nil)
			}
			if ok {
				right++
				rewritten(t, r, rec)
			}
		}
	})
	if right < 100 {
		t.Errorf("only %d records were right", right)
	}
}

// anyBytes draws bytes of a record, most of them nearly right.
func anyBytes(t *rapid.T, r *RecordPlan) string {
	w := r.begin()
	rec := w.window[:len(w.window)-slack]
	for i := range r.fields {
		f := &r.fields[i]
		if f.constant != "" || f.kind == KindFiller {
			continue
		}
		b := make([]byte, f.size())
		switch one := rapid.IntRange(0, 9).Draw(t, "what"); one {
		case 0:
			copy(b, rapid.SliceOfN(rapid.Byte(), len(b), len(b)).Draw(t, "bytes"))
		case 1:
			fillByte(b, rapid.SampledFrom([]byte(" 0*9")).Draw(t, "byte"))
		default:
			w.SetString(Field{f}, anyValue(t, f))
			continue
		}
		scatter(f, rec, b)
	}
	w.fillDigits()
	if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
		rec[rapid.IntRange(0, len(rec)-1).Draw(t, "at")] = rapid.SampledFrom([]byte(" 0A{}+-.*\xb1\xe9\n")).Draw(t, "byte")
	}
	return string(rec)
}

// anyValue draws a value that is often right for a field.
func anyValue(t *rapid.T, f *fieldPlan) string {
	if f.def.Empty != EmptyNever && rapid.IntRange(0, 3).Draw(t, "none") == 0 {
		return ""
	}
	switch {
	case f.def.Name == "dc":
		return rapid.SampledFrom([]string{"D", "C", ""}).Draw(t, "dc")
	case f.def.Name == "places":
		return rapid.SampledFrom([]string{"0", "1", "2", "3", ""}).Draw(t, "places")
	case f.each > 0:
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"A", "BC", "ZZ", "Q"}), 0, f.n/f.each).Draw(t, "codes"), " ")
	case f.codes != nil:
		return rapid.SampledFrom(f.codes.codes).Draw(t, "code").Value
	case f.picture != nil:
		return strings.Map(func(c rune) rune {
			switch c {
			case '9':
				return rapid.RuneFrom([]rune("059")).Draw(t, "9")
			case 'A':
				return rapid.RuneFrom([]rune("AZ")).Draw(t, "A")
			case 'X':
				return rapid.RuneFrom([]rune("Az9.")).Draw(t, "X")
			}
			return c
		}, f.def.Picture)
	case f.kind == KindText && f.def.Check != nil:
		s := rapid.StringMatching(fmt.Sprintf("[0-9]{1,%d}", f.n-f.digit.size())).Draw(t, "text")
		out, _ := f.digit.compute([]byte(s))
		return s + string(out[:f.digit.size()])
	case f.kind == KindText:
		b := rapid.SliceOfN(rapid.SampledFrom(f.members()), 1, f.n).Draw(t, "text")
		return f.writing.decode(bytes.Trim(b, " "+string(rune(f.pad))))
	case f.kind == KindDigits:
		return rapid.StringMatching(fmt.Sprintf("[0-9]{1,%d}", f.n)).Draw(t, "digits")
	case f.format != nil:
		at := rapid.Int64Range(-2e9, 4e9).Draw(t, "time")
		v, _ := clockNumber(timeOf(at))
		n := f.format.fromClock(v)
		return f.format.show(n)
	}
	s := rapid.StringMatching(fmt.Sprintf("[0-9]{1,%d}", max(1, f.n-f.def.Decimals-2))).Draw(t, "number")
	if f.def.Decimals > 0 {
		s += "." + rapid.StringMatching(fmt.Sprintf("[0-9]{1,%d}", f.def.Decimals)).Draw(t, "fraction")
	}
	if f.sign != "" && rapid.Bool().Draw(t, "minus") {
		s = "-" + s
	}
	return s
}

// members are the bytes of a text's set.
func (f *fieldPlan) members() []byte {
	var out []byte
	for i, odd := range f.writing.table {
		if odd == 0 {
			out = append(out, byte(i))
		}
	}
	return out
}

// rewritten writes a right record from its values. Two things it may do
// otherwise: an empty field that may be blank or zeros is written in zeros.
func rewritten(t *rapid.T, r *RecordPlan, rec *Record) {
	order := rapid.Permutation(indexes(r)).Draw(t, "order")
	w := r.begin()
	for _, i := range order {
		f := Field{&r.fields[i]}
		w.SetString(f, rec.String(f))
	}
	got, err := w.seal()
	if err != nil {
		t.Fatalf("%q: %v", rec.raw, err)
	}
	want := bytes.Clone(rec.raw)
	for i := range r.fields {
		f := &r.fields[i]
		var room [maxApart]byte
		if f.blanks && f.zeros && allBytes(f.gather(want, &room), ' ') {
			f.putZeros(want)
		}
	}
	if got != string(want) {
		t.Fatalf("%q was written again as %q, values in the order %v", rec.raw, got, order)
	}
}

func indexes(r *RecordPlan) []int {
	out := make([]int, len(r.fields))
	for i := range out {
		out[i] = i
	}
	return out
}

// agreed holds the quick program and the slow examination together.
func agreed(t *rapid.T, r *RecordPlan, raw string) {
	for _, strict := range []bool{false, true} {
		if what := disagreement(r, []byte(raw), strict); what != "" {
			t.Fatal(what)
		}
	}
}

// TestAnyValue: a legal value encodes and decodes to itself.
func TestAnyValue(t *testing.T) {
	written := 0
	rapid.Check(t, func(t *rapid.T) {
		l, fields := anyField(t)
		r, err := oneRecord(l, fields...)
		if err != nil {
			t.Fatal(err)
		}
		w := r.begin()
		set := map[string]string{}
		for _, i := range rapid.Permutation(indexes(r)).Draw(t, "order") {
			f := Field{&r.fields[i]}
			if f.Kind() == KindFiller || f.p.constant != "" {
				continue
			}
			set[f.Name()] = anyValue(t, f.p)
			w.SetString(f, set[f.Name()])
		}
		raw, err := w.seal()
		if err != nil {
			return // a value that does not fit, or two fields that disagree
		}
		written++
		rec, ok := r.read(raw, true)
		if !ok {
			t.Fatalf("%q was written, but %v", raw, rec.Err())
		}
		for name, want := range set {
			f := r.handle(name)
			if got := rec.String(f); want != "" && !same(f.p, got, want) {
				t.Fatalf("%s was set to %q in %q and is %q", name, want, raw, got)
			}
		}
	})
	if written < 50 {
		t.Errorf("only %d records were written", written)
	}
}

// same compares values: a number may have been given with other zeros, and its
// sign by a field that was set after it.
func same(f *fieldPlan, got, want string) bool {
	switch f.kind {
	case KindDigits:
		if got == "" {
			return strings.Trim(want, "0") == ""
		}
		return strings.TrimLeft(got, "0") == strings.TrimLeft(want, "0")
	case KindNumber, KindAmount:
		a, _ := parseFigure(got)
		b, _ := parseFigure(want)
		if got == "" {
			a = figure{}
		}
		x, _ := a.int(maxDecimals)
		y, _ := b.int(maxDecimals)
		return x == y || f.signBy != nil && x == -y
	case KindText, KindDate, KindTime, KindFiller:
	}
	return got == want || got == "" && strings.Trim(want, "0:") == ""
}
