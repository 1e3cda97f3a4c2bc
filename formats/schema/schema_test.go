package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"bekal/formats"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := JSON()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("layout.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("layout.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// decoded is a layout as a validator sees it.
func decoded(t *testing.T, src []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(src, &v); err != nil {
		t.Fatal(err)
	}
	js, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(js))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// samples are all layouts at hand, by name.
func samples(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	files, err := filepath.Glob("../layouts/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no layouts", err)
	}
	for _, name := range append(files, wholeLayout) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = src
	}
	manual, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(manual), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	out["README.md"] = []byte(example)
	return out
}

// wholeLayout uses every construct of the language.
const wholeLayout = "../testdata/whole.yaml"

func TestLayoutsFitTheSchema(t *testing.T) {
	s := compiled(t)
	for name, src := range samples(t) {
		if err := s.Validate(decoded(t, src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const sound = `layout: sound
charset: bank-upper
line: {length: 20, end: crlf}
structure: H D* T
records:
  D:
    match: {type: D}
    fields:
      type:   {at: 1, len: 1}
      amount: {at: 2, len: 9, kind: amount, decimals: 2}
      number: {at: 11, len: 10, kind: number, compute: {sequence: 1}}
`

func TestWrongLayoutsDoNotFit(t *testing.T) {
	s := compiled(t)
	if err := s.Validate(decoded(t, []byte(sound))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, with string }{
		{"layout: sound", "layout: Sound"},
		{"layout: sound\n", ""},
		{"charset: bank-upper", "charset: 7"},
		{"charset: bank-upper", "charsett: bank-upper"},
		{"charset: bank-upper", "charset: bank-upper\ntolerate: [everything]"},
		{"charset: bank-upper", "charset: bank-upper\ncharsets: {own: {base: latin1, allow: A}}"},
		{"charset: bank-upper", "charset: bank-upper\ngroups: {pair: [H, D]}"},
		{"charset: bank-upper", "charset: bank-upper\ncodes: {state: {list: [{class: x}]}}"},
		{"end: crlf", "end: clrf"},
		{"end: crlf", "end: []"},
		{"end: crlf", "end: [lf, lf]"},
		{"end: crlf", "end: lf, final: maybe"},
		{"end: crlf", "end: lf, block: {records: 10}"},
		{"end: crlf", "end: lf, block: {records: 10, filler: xx}"},
		{"length: 20", "length: -1"},
		{"structure: H D* T", "structure: [H, D, T]"},
		{"structure: H D* T\n", ""},
		{"match: {type: D}\n    ", ""},
		{"match: {type: D}", "match: {Type-1: D}"},
		{"match: {type: D}", "match: {type: {no: D}}"},
		{"match: {type: D}", "match: {}"},
		{"match: {type: D}", "match: {type: D}\n    slots: {s: {at: 1, len: 2}}"},
		{"type:   {at: 1, len: 1}", "type:   {len: 1}"},
		{"type:   {at: 1, len: 1}", "type:   {at: 0, len: 1}"},
		{"type:   {at: 1, len: 1}", "type:   {at: one, len: 1}"},
		{"type:   {at: 1, len: 1}", "Type:   {at: 1, len: 1}"},
		{"kind: amount", "kind: money"},
		{"decimals: 2", "decimals: 7"},
		{"decimals: 2", "decimals: {field: x}"},
		{"decimals: 2", "decimals: 2, sign: over"},
		{"decimals: 2", "decimals: 2, sign: {field: x, minus: 1}"},
		{"decimals: 2", "decimals: 2, point: x"},
		{"decimals: 2", "decimals: 2, pad: xx"},
		{"decimals: 2", "decimals: 2, empty: never"},
		{"decimals: 2", "decimals: 2, align: centre"},
		{"decimals: 2", "decimals: 2, pivot: 1970"},
		{"decimals: 2", "decimals: 2, open: maybe"},
		{"decimals: 2", "decimals: 2, check: {digit: crc}"},
		{"sequence: 1", "sequence: 1, count: D"},
		{"sequence: 1", "scope: file"},
		{"sequence: 1", "rising: false"},
		{"sequence: 1", "sum: D"},
		{"sequence: 1", "hash: D.amount, modulus: 10^19"},
		{"sequence: 1", "sum: D.amount, where: {class: x}"},
		{"sequence: 1", "copy: [D.a, D.b]"},
	} {
		src := strings.Replace(sound, c.old, c.with, 1)
		if src == sound {
			t.Fatalf("%s: nothing to replace", c.old)
		}
		if err := s.Validate(decoded(t, []byte(src))); err == nil {
			t.Errorf("%s fits", c.with)
		}
	}
}

// TestEverythingIsDescribed: an editor has something to show for every key.
func TestEverythingIsDescribed(t *testing.T) {
	root := layoutSchema()
	described := map[string]bool{}
	for name, def := range root.Definitions {
		described[name] = true
		if def.Description == "" {
			t.Errorf("%s is not described", name)
		}
		if def.Properties == nil {
			continue
		}
		for p := def.Properties.Oldest(); p != nil; p = p.Next() {
			described[name+"."+p.Key] = true
			if p.Value.Description == "" {
				t.Errorf("%s.%s is not described", name, p.Key)
			}
		}
	}
	for name := range descriptions() {
		if !described[name] {
			t.Errorf("%s is described, but is not there", name)
		}
	}
	for name, keys := range forms() {
		for key := range keys {
			if !described[name+"."+key] {
				t.Errorf("%s.%s has a form, but is not there", name, key)
			}
		}
	}
	for _, m := range mappings() {
		for _, key := range m.required {
			if !described[m.name+"."+key] {
				t.Errorf("%s.%s is required, but is not there", m.name, key)
			}
		}
	}
}

// node is a part of the schema as plain JSON.
type node = map[string]any

// tree walks the schema along a layout.
type tree struct {
	root    node
	visited map[string]bool // definitions
}

// expand resolves references and alternatives.
func (s *tree) expand(n any) []node {
	m, ok := n.(node)
	if !ok {
		return nil
	}
	out := []node{m}
	if ref, ok := m["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/$defs/")
		s.visited[name] = true
		out = append(out, s.expand(s.root["$defs"].(node)[name])...)
	}
	if alternatives, ok := m["anyOf"].([]any); ok {
		for _, a := range alternatives {
			out = append(out, s.expand(a)...)
		}
	}
	return out
}

// below is what the schema says of an entry of a mapping or an item of a list.
func (s *tree) below(at []node, step any) []node {
	var out []node
	for _, n := range at {
		if _, index := step.(int); index {
			out = append(out, s.expand(n["items"])...)
			continue
		}
		if properties, ok := n["properties"].(node); ok {
			out = append(out, s.expand(properties[step.(string)])...)
			continue
		}
		out = append(out, s.expand(n["additionalProperties"])...)
	}
	return out
}

// keys are the keys that a mapping may have; ok is false when they are names.
func keys(at []node) (names []string, fixed bool) {
	for _, n := range at {
		if properties, ok := n["properties"].(node); ok {
			fixed = true
			names = append(names, slices.Collect(maps.Keys(properties))...)
		}
		if _, named := n["additionalProperties"].(node); named {
			return nil, false
		}
	}
	slices.Sort(names)
	return names, fixed
}

// enumerated are the words of a value; closed says that there are no others.
func enumerated(at []node) (out []string, closed bool) {
	closed = true
	for _, n := range at {
		words, ok := n["enum"].([]any)
		for _, w := range words {
			out = append(out, w.(string))
		}
		// A string without words, or a value of several types, may be anything.
		_, several := n["type"].([]any)
		if !ok && (several || n["type"] == "string") {
			closed = false
		}
	}
	slices.Sort(out)
	return out, closed && len(out) > 0
}

// unknown is no key and no word of the language, and near none.
const unknown = "zzzzzzzzzzzzzzzz"

// said is what the parser says about the unknown word in a document: the words
// that it offers in its place, and whether it refuses it at all.
func said(t *testing.T, doc any, prefix string) (offered []string, refused bool) {
	t.Helper()
	src, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	_, err = formats.Parse("x.yaml", src)
	var problems *formats.Problems
	if !errors.As(err, &problems) {
		return nil, false
	}
	for _, p := range problems.List {
		if !strings.HasPrefix(p.Message, `"`+unknown+`" is no `) {
			continue
		}
		refused = true
		if list, ok := strings.CutPrefix(p.Advice, prefix); ok {
			offered = strings.Split(strings.TrimSuffix(list, "."), ", ")
			slices.Sort(offered)
		}
	}
	return offered, refused
}

// TestSchemaAndParserAgree puts a word that is not there in place of every key
// and every value of a layout that uses the whole language: what the parser
// then offers is what the schema knows at that place.
func TestSchemaAndParserAgree(t *testing.T) {
	src, err := os.ReadFile(wholeLayout)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := yaml.Unmarshal(src, &doc); err != nil {
		t.Fatal(err)
	}
	js, err := JSON()
	if err != nil {
		t.Fatal(err)
	}
	s := &tree{visited: map[string]bool{}}
	if err := json.Unmarshal(js, &s.root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, v any, set func(any), at []node)
	walk = func(path string, v any, set func(any), at []node) {
		if len(at) == 0 {
			t.Errorf("%s: the schema knows nothing of it", path)
			return
		}
		switch v := v.(type) {
		case map[string]any:
			v[unknown] = "1"
			offered, refused := said(t, doc, "The keys are ")
			delete(v, unknown)
			names, fixed := keys(at)
			if refused != fixed {
				t.Errorf("%s: fixed keys: the parser says %v, the schema %v", path, refused, fixed)
			}
			if diff := cmp.Diff(offered, names); fixed && diff != "" {
				t.Errorf("%s (-parser +schema):\n%s", path, diff)
			}
			for _, k := range slices.Sorted(maps.Keys(v)) {
				walk(path+"."+k, v[k], func(x any) { v[k] = x }, s.below(at, k))
			}
		case []any:
			for i := range v {
				walk(path+"[]", v[i], func(x any) { v[i] = x }, s.below(at, i))
			}
		default:
			set(unknown)
			offered, refused := said(t, doc, "One of ")
			set(v)
			known, closed := enumerated(at)
			if refused && !closed && offered != nil {
				t.Errorf("%s: the parser knows the words %v, the schema does not", path, offered)
			}
			if closed && !refused {
				t.Errorf("%s: the schema knows only %v, the parser takes others", path, known)
			}
			if diff := cmp.Diff(offered, known); offered != nil && diff != "" {
				t.Errorf("%s (-parser +schema):\n%s", path, diff)
			}
		}
	}
	walk("", doc, func(any) {}, s.expand(s.root))
	for name := range s.root["$defs"].(node) {
		if !s.visited[name] {
			t.Errorf("%s does not use %q, so nobody looked at it", wholeLayout, name)
		}
	}
}
