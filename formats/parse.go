package formats

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxLayoutSize bounds the YAML of one layout, in bytes.
const MaxLayoutSize = 1 << 20

// Parse reads a layout from YAML; name is the file's name, for messages. It
// reports everything that it does not understand at once, as *[Problems]:
// unknown keys are errors. [Layout.Compile] then checks what was said.
func Parse(name string, src []byte) (*Layout, error) {
	r := &reader{file: name, problems: &Problems{}}
	l := &Layout{file: name}
	if len(src) > MaxLayoutSize {
		r.problems.add(name, position{1, 1}, "Split it.", fmt.Sprintf("the layout has %d bytes, more than %d", len(src), MaxLayoutSize))
		return nil, r.problems
	}
	if !r.bounded(src) {
		return nil, r.problems
	}
	file, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.problems.List = append(r.problems.List, syntaxProblem(name, err))
		return nil, r.problems
	}
	var docs []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	switch len(docs) {
	case 0:
		r.problems.add(name, position{1, 1}, "Begin with `layout: NAME`.", "the file holds no layout")
		return nil, r.problems
	case 1:
	default:
		r.say(docs[1], "Put each layout into a file of its own.", "a second document; a file holds one layout")
	}
	r.layout(l, docs[0])
	if err := r.problems.err(); err != nil {
		return nil, err
	}
	return l, nil
}

// syntaxProblem turns an error of the YAML parser into a problem.
func syntaxProblem(name string, err error) *Problem {
	p := &Problem{File: name, Line: 1, Column: 1, Message: "not YAML: " + err.Error(), Advice: "Check indentation, quotes and brackets there; quote \"*\" and whatever holds one of : # , [ ] { } & !."}
	var y yaml.Error
	if errors.As(err, &y) {
		p.Message = "not YAML: " + y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Column = t.Position.Line, t.Position.Column
		}
	}
	return p
}

func (r *reader) layout(l *Layout, n ast.Node) {
	l.at = where(n)
	r.mapping(n, "layout", []key{
		{"layout", func(v ast.Node) { l.at = where(v); l.Name = r.scalar(v) }},
		{"title", func(v ast.Node) { l.Title = r.text(v) }},
		{"about", func(v ast.Node) { l.About = r.text(v) }},
		{"currency", func(v ast.Node) { l.Currency = r.scalar(v) }},
		{"charset", func(v ast.Node) { l.charsetAt = where(v); l.Charset = r.scalar(v) }},
		{"line", func(v ast.Node) { l.Line = r.line(v) }},
		{"charsets", func(v ast.Node) {
			for _, e := range r.entries(v) {
				l.Charsets = append(l.Charsets, r.charset(e))
			}
		}},
		{"tolerate", func(v ast.Node) {
			for _, item := range r.list(v) {
				l.Tolerate = append(l.Tolerate, oneOf(r, item, "tolerance", tolerances()...))
			}
		}},
		{"structure", func(v ast.Node) { l.steps = where(v); l.Structure = r.structure(v) }},
		{"groups", func(v ast.Node) {
			for _, e := range r.entries(v) {
				l.Groups = append(l.Groups, Group{Name: e.name, Structure: r.structure(e.value), at: where(e.key)})
			}
		}},
		{"codes", func(v ast.Node) {
			for _, e := range r.entries(v) {
				l.Codes = append(l.Codes, r.codeList(e))
			}
		}},
		{"records", func(v ast.Node) {
			for _, e := range r.entries(v) {
				l.Records = append(l.Records, r.record(e))
			}
		}},
	})
}

// charset reads a character set of the layout's own.
func (r *reader) charset(e entry) CharsetLayout {
	c := CharsetLayout{Name: e.name, at: where(e.key)}
	r.mapping(e.value, "character set", []key{
		{"base", func(v ast.Node) { c.Base = oneOf(r, v, "base", "ascii", "latin-1", "jis-x-0201") }},
		{"allow", func(v ast.Node) { c.Allow = r.scalar(v) }},
	}, "base", "allow")
	return c
}

func (r *reader) codeList(e entry) CodeList {
	c := CodeList{Name: e.name, at: where(e.key)}
	r.mapping(e.value, "code list", []key{
		{"title", func(v ast.Node) { c.Title = r.text(v) }},
		{"list", func(v ast.Node) {
			for _, item := range r.list(v) {
				code := Code{at: where(item)}
				r.mapping(item, "code", []key{
					{"code", func(v ast.Node) { code.Value = r.scalar(v) }},
					{"class", func(v ast.Node) { code.Class = r.scalar(v) }},
					{"meaning", func(v ast.Node) { code.Meaning = r.text(v) }},
					{"next", func(v ast.Node) { code.NextStep = r.text(v) }},
				})
				c.List = append(c.List, code)
			}
		}},
	})
	return c
}
