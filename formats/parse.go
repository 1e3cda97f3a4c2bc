package formats

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxLayoutSize bounds the YAML of one layout.
const maxLayoutSize = 4 << 20

// Parse reads a layout from YAML; name is the file's name, for messages. It
// reports everything that it does not understand at once, as *[Problems]:
// unknown keys are errors. [Layout.Compile] then checks what was said.
func Parse(name string, src []byte) (*Layout, error) {
	r := &reader{file: name, problems: &Problems{}}
	l := &Layout{file: name}
	if len(src) > maxLayoutSize {
		r.problems.add(name, position{1, 1}, "Split it.", fmt.Sprintf("the layout has %d bytes, more than %d", len(src), maxLayoutSize))
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
	p := &Problem{File: name, Line: 1, Column: 1, Message: "not YAML: " + err.Error(), Advice: "Check indentation, quotes and brackets at that place."}
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
		{"tolerate", func(v ast.Node) {
			for _, item := range r.list(v) {
				l.Tolerate = append(l.Tolerate, Tolerance(r.oneOf(item, "tolerance", string(FinalLineEnd), string(PrintableText))))
			}
		}},
		{"structure", func(v ast.Node) { l.steps = where(v); l.Structure = Part{Parts: r.structure(v), Min: 1, Max: 1} }},
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

func (r *reader) line(n ast.Node) LineLayout {
	l := LineLayout{at: where(n)}
	r.mapping(n, "line", []key{
		{"length", func(v ast.Node) { l.at = where(v); l.Length = r.integer(v) }},
		{"end", func(v ast.Node) { l.Ends = []LineEnd{LineEnd(r.oneOf(v, "line end", string(CRLF), string(LF)))} }},
	})
	return l
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

func (r *reader) record(e entry) RecordLayout {
	rec := RecordLayout{Name: e.name, at: where(e.key)}
	r.mapping(e.value, "record", []key{
		{"title", func(v ast.Node) { rec.Title = r.text(v) }},
		{"match", func(v ast.Node) {
			for _, m := range r.entries(v) {
				if rec.Match == nil {
					rec.Match = make([][]Match, 1)
				}
				rec.Match[0] = append(rec.Match[0], Match{Field: m.name, Values: r.scalars(m.value), at: where(m.key)})
			}
		}},
		{"fields", func(v ast.Node) {
			for _, f := range r.entries(v) {
				rec.Fields = append(rec.Fields, r.field(f))
			}
		}},
	})
	return rec
}

func (r *reader) field(e entry) FieldLayout {
	f := FieldLayout{Name: e.name, Kind: KindText, at: where(e.key)}
	r.mapping(e.value, "field", []key{
		{"title", func(v ast.Node) { f.Title = r.text(v) }},
		{"at", func(v ast.Node) { f.At = r.integer(v) }},
		{"len", func(v ast.Node) { f.Len = r.integer(v) }},
		{"kind", func(v ast.Node) {
			f.Kind = Kind(r.oneOf(v, "kind", string(KindText), string(KindDigits), string(KindNumber), string(KindAmount),
				string(KindDate), string(KindTime), string(KindFiller)))
		}},
		{"const", func(v ast.Node) { f.Const = r.scalar(v) }},
		{"charset", func(v ast.Node) { f.Charset = r.scalar(v) }},
		{"decimals", func(v ast.Node) { f.Decimals = r.integer(v) }},
		{"format", func(v ast.Node) { f.Format = r.scalar(v) }},
		{"empty", func(v ast.Node) {
			f.Empty = Empty(r.oneOf(v, "empty form", string(EmptyBlank), string(EmptyZeros), string(EmptyEither)))
		}},
		{"codes", func(v ast.Node) { f.Codes = r.scalar(v) }},
		{"open", func(v ast.Node) { f.Open = r.boolean(v) }},
		{"compute", func(v ast.Node) { f.Compute = r.computed(v) }},
	})
	return f
}

func (r *reader) computed(n ast.Node) *Computed {
	c := &Computed{Scope: ScopeFile, at: where(n)}
	kind := func(k ComputedKind, v ast.Node) {
		if c.Kind != "" {
			r.say(v, "Keep one of count, sum, hash and sequence.", fmt.Sprintf("a field is computed in one way, not as %s and %s", c.Kind, k))
		}
		c.Kind = k
		if k != Sequence {
			for _, item := range r.listOrOne(v) {
				s := r.scalar(item)
				record, field, _ := strings.Cut(s, ".")
				c.Sources = append(c.Sources, Source{Record: record, Field: field})
			}
		}
	}
	r.mapping(n, "compute", []key{
		{"count", func(v ast.Node) { kind(Count, v) }},
		{"sum", func(v ast.Node) { kind(Sum, v) }},
		{"hash", func(v ast.Node) { kind(Hash, v) }},
		{"sequence", func(v ast.Node) { kind(Sequence, v); c.First = int64(r.integer(v)) }},
		{"modulus", func(v ast.Node) { c.Modulus = r.modulus(v) }},
		{"where", func(v ast.Node) {
			w := &Where{at: where(v)}
			r.mapping(v, "where", []key{
				{"field", func(v ast.Node) { w.Field = r.scalar(v) }},
				{"class", func(v ast.Node) { w.Classes = r.scalars(v) }},
			})
			c.Where = w
		}},
		{"scope", func(v ast.Node) { c.Scope = Scope(r.oneOf(v, "scope", string(ScopeFile))) }},
	})
	return c
}
