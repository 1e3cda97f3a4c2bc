package schema

import (
	"reflect"

	"bekal/formats"
)

// mapping is one kind of mapping of the language: the Go type that has its
// keys, and which of them cannot be left out.
type mapping struct {
	name     string
	is       reflect.Type
	required []string
}

// mappings are all mappings with fixed keys.
func mappings() []mapping {
	return []mapping{
		{"layout", reflect.TypeFor[formats.Layout](), []string{"layout", "charset", "line", "structure", "records"}},
		{"character_set", reflect.TypeFor[formats.CharsetLayout](), []string{"base", "allow"}},
		{"line", reflect.TypeFor[formats.LineLayout](), []string{"end"}},
		{"block", reflect.TypeFor[formats.Block](), []string{"records", "filler"}},
		{"code_list", reflect.TypeFor[codeList](), []string{"list"}},
		{"code", reflect.TypeFor[formats.Code](), []string{"code"}},
		{"record", reflect.TypeFor[formats.RecordLayout](), []string{"match", "fields"}},
		{"condition", reflect.TypeFor[condition](), []string{"not"}},
		{"slot", reflect.TypeFor[formats.SlotLayout](), []string{"at", "len", "times", "fields"}},
		{"field", reflect.TypeFor[formats.FieldLayout](), []string{"at", "len"}},
		{"decimals", reflect.TypeFor[decimals](), []string{"field", "most"}},
		{"sign", reflect.TypeFor[sign](), []string{"field", "minus", "plus"}},
		{"check", reflect.TypeFor[checkDigit](), []string{"digit"}},
		{"compute", reflect.TypeFor[compute](), nil},
		{"filter", reflect.TypeFor[filter](), []string{"field"}},
		{"translation", reflect.TypeFor[translation](), nil},
	}
}

// The mappings whose keys are not those of a type of package formats, because
// one key there is another here, or several are one.
type (
	// codeList is formats.CodeList without its name, which is a key above it.
	codeList struct {
		Title formats.Text   `yaml:"title"`
		List  []formats.Code `yaml:"list"`
	}
	// condition is a formats.Match that is turned around.
	condition struct {
		Not words `yaml:"not"`
	}
	// decimals is Decimals and DecimalsBy of a formats.FieldLayout.
	decimals struct {
		Field string `yaml:"field"`
		Most  int    `yaml:"most"`
	}
	// sign is a formats.Sign of the form SignField.
	sign struct {
		Field string `yaml:"field"`
		Minus word   `yaml:"minus"`
		Plus  word   `yaml:"plus"`
	}
	// checkDigit is formats.CheckDigit.
	checkDigit struct {
		Digit string `yaml:"digit"`
		Over  words  `yaml:"over"`
	}
	// compute is formats.Computed, whose kind is a key here.
	compute struct {
		Count    words  `yaml:"count"`
		Sum      words  `yaml:"sum"`
		Hash     words  `yaml:"hash"`
		Sequence int    `yaml:"sequence"`
		Rising   bool   `yaml:"rising"`
		Copy     string `yaml:"copy"`
		Per      int    `yaml:"per"`
		Where    filter `yaml:"where"`
		Minus    filter `yaml:"minus"`
		Absolute bool   `yaml:"absolute"`
		Modulus  string `yaml:"modulus"`
		Series   string `yaml:"series"`
		Scope    string `yaml:"scope"`
	}
	// filter is formats.Where.
	filter struct {
		Field string `yaml:"field"`
		Class words  `yaml:"class"`
		Code  words  `yaml:"code"`
	}
	// translation is formats.Text when it is a mapping.
	translation formats.Text

	// word is a text as it stands in a file; YAML may take it for a number.
	word string
	// words is one word or a list of them.
	words []word
)
