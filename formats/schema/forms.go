package schema

import (
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/invopop/jsonschema"

	"bekal/formats"
)

// The bounds of the parser and the compiler.
const (
	maxLine     = 32 << 10
	maxNumber   = 1 << 20
	maxDecimals = 6
)

// The names that keys may have.
const (
	layoutName = `^[a-z][a-z0-9._-]*$`
	partName   = `^[^\s()|?*+{}.,]+$` // of a record or group
	fieldName  = `^[a-z][a-z0-9_]*$`
	anyName    = `.`
	matchName  = `^([a-z][a-z0-9_]*|[0-9]+(-[0-9]+)?)$` // a field, or columns
)

// mapped is the schema of a type that looks otherwise in YAML than in Go. It is
// a new one each time, for descriptions are added to it.
func mapped(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[formats.Text]():
		return reference("text")
	case reflect.TypeFor[word]():
		return reference("value")
	case reflect.TypeFor[words]():
		return oneOrList(reference("value"))
	case reflect.TypeFor[formats.Part]():
		return reference("structure")
	case reflect.TypeFor[[]formats.CharsetLayout]():
		return named(anyName, reference("character_set"))
	case reflect.TypeFor[[]formats.Group]():
		return named(partName, reference("structure"))
	case reflect.TypeFor[[]formats.CodeList]():
		return named(anyName, reference("code_list"))
	case reflect.TypeFor[[]formats.RecordLayout]():
		return named(partName, reference("record"))
	case reflect.TypeFor[[]formats.FieldLayout]():
		return named(fieldName, reference("field"))
	case reflect.TypeFor[[]formats.SlotLayout]():
		return named(partName, reference("slot"))
	case reflect.TypeFor[[][]formats.Match]():
		one := named(matchName, anyOf(oneOrList(reference("value")), reference("condition")))
		return anyOf(one, &jsonschema.Schema{Type: "array", Items: one, MinItems: count(1)})
	case reflect.TypeFor[[]formats.LineEnd]():
		s := oneOrList(enum(formats.CRLF, formats.LF, formats.CR, formats.NoEnd))
		s.AnyOf[1].UniqueItems = true
		return s
	case reflect.TypeFor[formats.FinalEnd]():
		return enum(formats.FinalAlways, formats.FinalNever, formats.FinalEither)
	case reflect.TypeFor[formats.Tolerance]():
		return enum(formats.FinalLineEnd, formats.PrintableText, formats.LowerCase, formats.ShortLines, formats.LongLines,
			formats.BlankLines, formats.EndMark, formats.Unblocked, formats.Unaligned, formats.Unpadded)
	case reflect.TypeFor[formats.Kind]():
		return enum(formats.KindText, formats.KindDigits, formats.KindNumber, formats.KindAmount, formats.KindDate, formats.KindTime, formats.KindFiller)
	case reflect.TypeFor[formats.Align]():
		return enum(formats.AlignLeft, formats.AlignRight, formats.AlignFree)
	case reflect.TypeFor[formats.Empty]():
		return enum(formats.EmptyBlank, formats.EmptyZeros, formats.EmptyEither)
	case reflect.TypeFor[formats.Sign]():
		return anyOf(enum(formats.SignOverpunch, formats.SignLeading, formats.SignTrailing), reference("sign"))
	case reflect.TypeFor[formats.CheckDigit]():
		return reference("check")
	case reflect.TypeFor[formats.Computed]():
		return reference("compute")
	}
	return nil
}

// forms are the keys whose values are narrower or wider than their Go types,
// by mapping and key.
func forms() map[string]map[string]*jsonschema.Schema {
	return map[string]map[string]*jsonschema.Schema{
		"layout": {
			"layout":   {Type: "string", Pattern: layoutName},
			"currency": {Type: "string", Examples: []any{"IDR", "USD", "JPY"}},
			"charset":  charset(),
		},
		"character_set": {"base": enum("ascii", "latin-1", "jis-x-0201"), "allow": reference("value")},
		"line":          {"length": number(1, maxLine)},
		"block":         {"records": number(1, maxNumber), "filler": reference("character")},
		"code":          {"code": reference("value"), "class": reference("value")},
		"record":        {"length": number(1, maxLine)},
		"slot":          {"at": number(1, maxLine), "len": number(1, maxLine), "times": number(1, maxLine)},
		"field": {
			"at":       oneOrList(number(1, maxLine)),
			"len":      oneOrList(number(1, maxLine)),
			"const":    reference("value"),
			"pad":      reference("character"),
			"charset":  charset(),
			"picture":  reference("value"),
			"decimals": anyOf(number(0, maxDecimals), reference("decimals")),
			"point":    enum(".", ","),
			"format": {Type: "string", Examples: []any{"yyyyMMdd", "yyyyMMddHHmmss", "yyyy-MM-dd", "yyMMdd", "ddMMyyyy", "ddMMyy", "MMdd",
				"0yyDDD", "yyyyDDD", "HHmm", "HHmmss"}},
			"pivot": number(0, 100),
			"each":  number(1, maxLine),
		},
		"decimals": {"most": number(1, maxDecimals)},
		"check":    {"digit": enum("aba-routing", "luhn", "mod11", "mod11-x", "mod97", "iban-mod97")},
		"compute": {
			"sequence": number(0, maxNumber),
			"rising":   {Type: "boolean", Const: true},
			"copy":     source(),
			"sum":      oneOrList(source()),
			"hash":     oneOrList(source()),
			"per":      number(1, maxNumber),
			"modulus":  anyOf(&jsonschema.Schema{Type: "integer", Minimum: "2"}, &jsonschema.Schema{Type: "string", Pattern: `^10\^([1-9]|1[0-8])$`}),
			"scope":    anyOf(enum(formats.ScopeFile, formats.ScopeFiles), &jsonschema.Schema{Type: "string", Pattern: partName}),
		},
	}
}

// scalars are the definitions that are no mappings.
func scalars() map[string]*jsonschema.Schema {
	return map[string]*jsonschema.Schema{
		"value": {
			Description: "A text as it stands in the file. Quote it where YAML would read it otherwise: \"01\", \"*\", and whatever holds one of : # , [ ] { }.",
			Extras:      map[string]any{"type": []string{"string", "number", "boolean"}},
		},
		"character": {
			Description: "One printable ASCII character, in quotes.",
			AnyOf:       []*jsonschema.Schema{{Type: "string", Pattern: `^[ -~]$`}, number(0, 9)},
		},
		"text": {
			Description: "A text in Indonesian and English, or one for both.",
			AnyOf:       []*jsonschema.Schema{reference("value"), reference("translation")},
		},
		"structure": {
			Description: "Records and groups in order: x once, x? at most once, x* any number, x+ at least once, x{n}, x{n,m}, x{n,}; ( ) around what repeats together; | between alternatives.",
			Type:        "string",
			MinLength:   count(1),
			Examples:    []any{"H D* T", "file_header (batch | iat_batch)* file_control"},
		},
	}
}

// charset is the name of a character set: one that is built in, or the layout's
// own.
func charset() *jsonschema.Schema {
	return anyOf(enum("bank-upper", "upper-alphanumeric", "printable", "digits", "latin-1", "jis-x-0201"), &jsonschema.Schema{Type: "string"})
}

// source is a field of a record.
func source() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[^.]+\.[^.]+$`, Examples: []any{"D.amount"}}
}

// enum is one of the words. YAML reads those that are numbers as numbers, which
// none here is.
func enum[T ~string](words ...T) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, w := range words {
		s.Enum = append(s.Enum, string(w))
	}
	return s
}

func anyOf(these ...*jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{AnyOf: these} }

// oneOrList is one value, or a list of at least one.
func oneOrList(one *jsonschema.Schema) *jsonschema.Schema {
	return anyOf(one, &jsonschema.Schema{Type: "array", Items: one, MinItems: count(1)})
}

// named is a mapping whose keys are names.
func named(pattern string, value *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{
		Type: "object", MinProperties: count(1), AdditionalProperties: value,
		PropertyNames: &jsonschema.Schema{Pattern: pattern},
	}
}

func number(least, most int) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Minimum: json.Number(strconv.Itoa(least)), Maximum: json.Number(strconv.Itoa(most))}
}

func count(n uint64) *uint64 { return &n }
