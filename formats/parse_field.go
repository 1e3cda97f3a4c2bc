package formats

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// maxPieces bounds in how many places the parts of a date stand.
const maxPieces = 8

func (r *reader) fields(n ast.Node) []FieldLayout {
	var out []FieldLayout
	for _, e := range r.entries(n) {
		out = append(out, r.field(e))
	}
	return out
}

func (r *reader) field(e entry) FieldLayout {
	f := FieldLayout{Name: e.name, Kind: KindText, at: where(e.key)}
	var at, length ast.Node
	r.mapping(e.value, "field", []key{
		{"title", func(v ast.Node) { f.Title = r.text(v) }},
		{"at", func(v ast.Node) { at = v }},
		{"len", func(v ast.Node) { length = v }},
		{"kind", func(v ast.Node) {
			f.Kind = oneOf(r, v, "kind", KindText, KindDigits, KindNumber, KindAmount, KindDate, KindTime, KindFiller)
		}},
		{"const", func(v ast.Node) { f.Const = r.scalar(v) }},
		{"align", func(v ast.Node) { f.Align = oneOf(r, v, "alignment", AlignLeft, AlignRight, AlignFree) }},
		{"pad", func(v ast.Node) { f.Pad = r.character(v) }},
		{"charset", func(v ast.Node) { f.Charset = r.scalar(v) }},
		{"picture", func(v ast.Node) { f.Picture = r.scalar(v) }},
		{"decimals", func(v ast.Node) { r.decimals(&f, v) }},
		{"point", func(v ast.Node) { f.Point = r.point(v) }},
		{"sign", func(v ast.Node) { f.Sign = r.sign(v) }},
		{"format", func(v ast.Node) { f.Format = r.scalar(v) }},
		{"pivot", func(v ast.Node) { year := r.number(v, 0, 100); f.Pivot = &year }},
		{"empty", func(v ast.Node) { f.Empty = oneOf(r, v, "empty form", EmptyBlank, EmptyZeros, EmptyEither) }},
		{"codes", func(v ast.Node) { f.Codes = r.scalar(v) }},
		{"each", func(v ast.Node) { f.Each = r.number(v, 1, maxLine) }},
		{"open", func(v ast.Node) { f.Open = r.boolean(v) }},
		{"check", func(v ast.Node) { f.Check = r.checkDigit(v) }},
		{"compute", func(v ast.Node) { f.Compute = r.computed(v) }},
	})
	r.columns(&f, at, length)
	return f
}

// columns reads `at` and `len`, each a number, or both a list of numbers.
func (r *reader) columns(f *FieldLayout, at, length ast.Node) {
	numbers := func(n ast.Node) (out []int) {
		if n == nil {
			return nil
		}
		for _, item := range r.listOrOne(n) {
			out = append(out, r.integer(item))
		}
		return out
	}
	from, size := numbers(at), numbers(length)
	if at != nil && length != nil && len(from) != len(size) && len(from) > 0 && len(size) > 0 {
		r.say(length, "Give each piece its first column and its length: `at: [6, 40], len: [2, 4]`.",
			fmt.Sprintf("`at` of field %s has %d numbers, but `len` has %d", f.Name, len(from), len(size)))
		return
	}
	if len(from) > maxPieces || len(size) > maxPieces {
		r.say(at, "Read the pieces as fields of their own.", fmt.Sprintf("field %s has more than %d pieces", f.Name, maxPieces))
		return
	}
	// One of them alone is for the compiler to speak of.
	if len(from) > 0 {
		f.At = from[0]
	}
	if len(size) > 0 {
		f.Len = size[0]
	}
	for i := 1; i < min(len(from), len(size)); i++ {
		f.More = append(f.More, Piece{At: from[i], Len: size[i]})
	}
}

// decimals reads a number, or the field that holds it.
func (r *reader) decimals(f *FieldLayout, n ast.Node) {
	if !isMapping(n) {
		f.Decimals = r.integer(n)
		return
	}
	r.mapping(n, "number of decimals", []key{
		{"field", func(v ast.Node) { f.DecimalsBy = r.scalar(v) }},
		{"most", func(v ast.Node) { f.Decimals = r.number(v, 1, maxDecimals) }},
	}, "field", "most")
}

func (r *reader) point(n ast.Node) string {
	s := r.scalar(n)
	if s != "." && s != "," {
		r.say(n, "Write \".\" or \",\".", fmt.Sprintf("%q is no decimal point", s))
	}
	return s
}

// sign reads a word, or the field that says the sign.
func (r *reader) sign(n ast.Node) *Sign {
	s := &Sign{at: where(n)}
	if !isMapping(n) {
		s.Form = oneOf(r, n, "sign", SignOverpunch, SignLeading, SignTrailing)
		return s
	}
	s.Form = SignField
	r.mapping(n, "sign", []key{
		{"field", func(v ast.Node) { s.Field = r.scalar(v) }},
		{"minus", func(v ast.Node) { s.Minus = r.scalar(v) }},
		{"plus", func(v ast.Node) { s.Plus = r.scalar(v) }},
	}, "field", "minus", "plus")
	return s
}

// checkDigitWords are the methods of check digits.
func checkDigitWords() []string {
	return []string{"aba-routing", "luhn", "mod11", "mod11-x", "mod97", "iban-mod97"}
}

func (r *reader) checkDigit(n ast.Node) *CheckDigit {
	c := &CheckDigit{at: where(n)}
	r.mapping(n, "check digit", []key{
		{"digit", func(v ast.Node) { c.Digit = oneOf(r, v, "check digit", checkDigitWords()...) }},
		{"over", func(v ast.Node) { c.Over = r.scalars(v) }},
	}, "digit")
	return c
}
