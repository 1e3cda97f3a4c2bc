package formats

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reader walks a YAML tree and collects what it does not understand. The tree
// is walked by hand rather than unmarshalled so that all problems are found
// at once, each with its place, and so that `const: 01` is the text 01.
type reader struct {
	file     string
	problems *Problems
}

// key is a key that a mapping may have, and what reads its value.
type key struct {
	name string
	read func(ast.Node)
}

// entry is one entry of a mapping whose keys are names.
type entry struct {
	name  string
	key   ast.Node
	value ast.Node
}

// where is the place of a node.
func where(n ast.Node) position {
	if n == nil {
		return position{}
	}
	// The token of a mapping is its first colon; its place is its first key.
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return where(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return where(m.Key)
	}
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{t.Position.Line, t.Position.Column}
}

func (r *reader) say(n ast.Node, hint, message string) {
	r.problems.add(r.file, where(n), hint, message)
}

// isMapping says whether a node is a mapping.
func isMapping(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// entries are the entries of a mapping, in order; a repeated key is a problem.
func (r *reader) entries(n ast.Node) []entry {
	var values []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		r.say(n, "Write `key: value` pairs.", "a mapping is expected, found "+describe(n))
		return nil
	}
	out := make([]entry, 0, len(values))
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		name := r.scalar(v.Key)
		if seen[name] {
			r.say(v.Key, "Remove one of them.", fmt.Sprintf("%q is given twice", name))
			continue
		}
		seen[name] = true
		out = append(out, entry{name, v.Key, v.Value})
	}
	return out
}

// mapping reads a mapping that may have only the given keys, and must have the
// required ones.
func (r *reader) mapping(n ast.Node, what string, keys []key, required ...string) {
	entries := r.entries(n)
next:
	for _, e := range entries {
		required = slices.DeleteFunc(required, func(name string) bool { return name == e.name })
		for _, k := range keys {
			if k.name == e.name {
				if _, null := e.value.(*ast.NullNode); null || e.value == nil {
					r.say(e.key, "Give it a value, or remove the key.", fmt.Sprintf("%q has no value", e.name))
					continue next
				}
				k.read(e.value)
				continue next
			}
		}
		names := make([]string, len(keys))
		for i, k := range keys {
			names[i] = k.name
		}
		hint := "The keys are " + strings.Join(names, ", ") + "."
		if near := nearest(e.name, names); near != "" {
			hint = fmt.Sprintf("Did you mean %q?", near)
		}
		r.say(e.key, hint, fmt.Sprintf("%q is no key of a %s", e.name, what))
	}
	if !isMapping(n) {
		return // which has been said
	}
	for _, name := range required {
		r.say(n, fmt.Sprintf("Add `%s: ...` to it.", name), fmt.Sprintf("a %s needs %q", what, name))
	}
}

// list reads a sequence.
func (r *reader) list(n ast.Node) []ast.Node {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.say(n, "Write a list: [a, b].", "a list is expected, found "+describe(n))
		return nil
	}
	return s.Values
}

// listOrOne reads a sequence, or one value in place of a sequence of one.
func (r *reader) listOrOne(n ast.Node) []ast.Node {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		return []ast.Node{n}
	}
	if len(s.Values) == 0 {
		r.say(n, "Name at least one, or remove the key.", "the list is empty")
	}
	return s.Values
}

func (r *reader) scalars(n ast.Node) []string {
	var out []string
	for _, item := range r.listOrOne(n) {
		out = append(out, r.scalar(item))
	}
	return out
}

// scalar reads a scalar as the text that it was written as.
func (r *reader) scalar(n ast.Node) string {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value
	case *ast.LiteralNode:
		return s.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	}
	r.say(n, "Write a plain or quoted value.", "a single value is expected, found "+describe(n))
	return ""
}

// maxNumber bounds every number of a layout that has no bound of its own.
const maxNumber = 1 << 20

func (r *reader) integer(n ast.Node) int { return r.number(n, 0, maxNumber) }

// number reads a whole number within bounds.
func (r *reader) number(n ast.Node, least, most int) int {
	s := r.scalar(n)
	v, err := strconv.Atoi(s)
	if err != nil || v < least || v > most {
		r.say(n, fmt.Sprintf("Write a whole number from %d to %d.", least, most), fmt.Sprintf("%q is not a number from %d to %d", s, least, most))
		return 0
	}
	return v
}

// character reads one character that a bank's file may be filled with.
func (r *reader) character(n ast.Node) string {
	s := r.scalar(n)
	if len(s) != 1 || s[0] < ' ' || s[0] > '~' {
		r.say(n, "Write one printable ASCII character, in quotes: \"0\".", fmt.Sprintf("%q is not one character", s))
	}
	return s
}

func (r *reader) boolean(n ast.Node) bool {
	switch s := r.scalar(n); s {
	case "true":
		return true
	case "false":
		return false
	default:
		r.say(n, "Write true or false.", fmt.Sprintf("%q is neither true nor false", s))
		return false
	}
}

// modulus reads a number, or a power of ten written as 10^N.
func (r *reader) modulus(n ast.Node) uint64 {
	s := r.scalar(n)
	if power, ok := strings.CutPrefix(s, "10^"); ok {
		if e, err := strconv.Atoi(power); err == nil && e >= 1 && e <= 18 {
			return pow10[e]
		}
	} else if v, err := strconv.ParseUint(s, 10, 64); err == nil && v >= 2 && v <= pow10[18] {
		return v
	}
	r.say(n, "Write a number, or a power of ten such as 10^18, up to 10^18.", fmt.Sprintf("%q is not a modulus", s))
	return 0
}

func (r *reader) text(n ast.Node) Text {
	if _, ok := n.(*ast.MappingNode); !ok {
		if _, ok := n.(*ast.MappingValueNode); !ok {
			s := r.scalar(n)
			return Text{ID: s, EN: s}
		}
	}
	var t Text
	r.mapping(n, "text", []key{
		{"id", func(v ast.Node) { t.ID = r.scalar(v) }},
		{"en", func(v ast.Node) { t.EN = r.scalar(v) }},
	})
	return t
}

// oneOf reads one of the given words.
func oneOf[T ~string](r *reader, n ast.Node, what string, words ...T) T {
	s := r.scalar(n)
	names := make([]string, len(words))
	for i, w := range words {
		if string(w) == s {
			return w
		}
		names[i] = string(w)
	}
	hint := "One of " + strings.Join(names, ", ") + "."
	if near := nearest(s, names); near != "" {
		hint = fmt.Sprintf("Did you mean %q?", near)
	}
	r.say(n, hint, fmt.Sprintf("%q is no %s", s, what))
	return words[0]
}

// describe says what a node is.
func describe(n ast.Node) string {
	switch n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingKeyNode:
		return "a key with a question mark"
	case *ast.AliasNode, *ast.AnchorNode, *ast.TagNode, *ast.MergeKeyNode:
		return "an anchor, alias or tag, which the language does not have"
	}
	return "a single value"
}

// nearest is the word that was probably meant, or "".
func nearest(s string, words []string) string {
	best, bestAt := "", 3
	for _, w := range words {
		if d := editDistance(s, w); d < bestAt && d < len(w) {
			best, bestAt = w, d
		}
	}
	return best
}

// editDistance counts the edits from a to b; long words are not compared.
func editDistance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
