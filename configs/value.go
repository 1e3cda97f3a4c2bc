package configs

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// value is one YAML value, with the key that leads to it.
type value struct {
	src  *source
	key  string
	node ast.Node
	at   position
}

func (v value) problem(msg, hint string) { v.src.add(v.at, v.key, hint, errors.New(msg)) }

// empty reports whether there is nothing after the key.
func (v value) empty() bool {
	_, ok := v.node.(*ast.NullNode)
	return ok || v.node == nil
}

// plain reports whether the value says what it holds by itself.
func (v value) plain() bool {
	switch v.node.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode, *ast.DirectiveNode:
		v.problem("anchors, aliases and tags are not used in this file", "write the value out")
		return false
	}
	return true
}

// text returns a string. Numbers and switches are refused rather than turned
// into text, because YAML has changed them by then: 007 is 7, and 1E5 a number.
func (v value) text() (string, bool) {
	if !v.plain() {
		return "", false
	}
	switch n := v.node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		v.problem("must be text, not "+v.kind(), `put it in quotes: "..."`)
	default:
		v.problem("must be text, not "+v.kind(), "")
	}
	return "", false
}

func (v value) integer() (int, bool) {
	if !v.plain() {
		return 0, false
	}
	n, ok := v.node.(*ast.IntegerNode)
	if !ok {
		v.problem("must be a whole number, not "+v.kind(), "write it without quotes, dots and units")
		return 0, false
	}
	// The token is read again, because YAML reads 010 as eight.
	i, err := strconv.Atoi(n.Token.Value)
	if err != nil || strconv.Itoa(i) != n.Token.Value {
		v.problem(quote(n.Token.Value)+" is not a whole number in plain decimal form", "write digits alone, such as 50000")
		return 0, false
	}
	return i, true
}

func (v value) boolean() (is, ok bool) {
	if !v.plain() {
		return false, false
	}
	n, ok := v.node.(*ast.BoolNode)
	if !ok {
		v.problem("must be true or false, not "+v.kind(), "write true or false, without quotes")
		return false, false
	}
	return n.Value, true
}

// list returns the entries of a list; a value that is no list is a problem.
func (v value) list() []value {
	if v.empty() || !v.plain() {
		return nil
	}
	n, ok := v.node.(*ast.SequenceNode)
	if !ok {
		v.problem("must be a list, not "+v.kind(), "begin each entry with a dash")
		return nil
	}
	entries := make([]value, len(n.Values))
	for i, e := range n.Values {
		key := fmt.Sprintf("%s[%d]", v.key, i)
		entries[i] = value{v.src, key, e, startOf(e)}
		v.src.positions[key] = entries[i].at
	}
	return entries
}

// object returns a mapping, or nil after noting that it is none.
func (v value) object() *object {
	if !v.plain() {
		return nil
	}
	o := &object{src: v.src, key: v.key, at: v.at, fields: map[string]value{}}
	switch n := v.node.(type) {
	case *ast.MappingNode:
		o.fill(n.Values)
	case *ast.MappingValueNode:
		o.fill([]*ast.MappingValueNode{n})
	default:
		v.problem("must be a group of keys and values, not "+v.kind(), "")
		return nil
	}
	return o
}

// kind says what a value is, for people.
func (v value) kind() string {
	switch v.node.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode:
		return "a number"
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number with a point or an exponent"
	case *ast.BoolNode:
		return "true or false"
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of keys"
	}
	if v.empty() {
		return "nothing"
	}
	return "this"
}

// startOf returns where a value begins; for a mapping that is its first key,
// because its own token is a colon.
func startOf(n ast.Node) position {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return positionOf(m.Values[0].Key.GetToken())
		}
	case *ast.MappingValueNode:
		return positionOf(m.Key.GetToken())
	}
	return positionOf(n.GetToken())
}

func quote(s string) string { return strconv.Quote(s) }
