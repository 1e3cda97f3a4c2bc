package formats

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// everyRecord is what a count of all records counts.
const everyRecord = "*"

func (r *reader) computed(n ast.Node) *Computed {
	c := &Computed{Scope: ScopeFile, at: where(n)}
	kind := func(k ComputedKind, v ast.Node) {
		if c.Kind != "" {
			r.say(v, "Keep one of count, sum, hash, sequence, rising and copy.", fmt.Sprintf("a field is computed in one way, not as %s and %s", c.Kind, k))
		}
		c.Kind = k
	}
	r.mapping(n, "compute", []key{
		{"count", func(v ast.Node) { kind(Count, v); r.counted(c, v) }},
		{"sum", func(v ast.Node) { kind(Sum, v); c.Sources = r.sources(r.listOrOne(v)) }},
		{"hash", func(v ast.Node) { kind(Hash, v); c.Sources = r.sources(r.listOrOne(v)) }},
		{"sequence", func(v ast.Node) { kind(Sequence, v); c.First = int64(r.integer(v)) }},
		{"rising", func(v ast.Node) {
			kind(Rising, v)
			if s := r.scalar(v); s != "true" && s != "" {
				r.say(v, "Write `rising: true`, or remove it.", fmt.Sprintf("%q does not go with `rising`", s))
			}
		}},
		{"copy", func(v ast.Node) { kind(Copy, v); c.Sources = r.sources([]ast.Node{v}) }},
		{"per", func(v ast.Node) { c.Per = r.number(v, 1, maxNumber) }},
		{"where", func(v ast.Node) { c.Where = r.filter(v, "where") }},
		{"minus", func(v ast.Node) { c.Minus = r.filter(v, "minus") }},
		{"absolute", func(v ast.Node) { c.Absolute = r.boolean(v) }},
		{"modulus", func(v ast.Node) { c.Modulus = r.modulus(v) }},
		{"series", func(v ast.Node) { c.Series = r.scalar(v) }},
		{"scope", func(v ast.Node) { c.Scope = Scope(r.scalar(v)) }},
	})
	return c
}

// counted reads what is counted: records, slots as RECORD.slot, or "*".
func (r *reader) counted(c *Computed, n ast.Node) {
	items := r.listOrOne(n)
	for _, item := range items {
		s := r.scalar(item)
		if s == everyRecord {
			if len(items) > 1 {
				r.say(item, "Write `count: \"*\"` alone.", "\"*\" is all records, so nothing can be added to it")
			}
			c.All = true
			continue
		}
		record, slot, dotted := strings.Cut(s, ".")
		switch {
		case s == "":
		case record == "" || dotted && slot == "" || strings.Contains(slot, "."):
			r.say(item, "Write a record as RECORD, a slot as RECORD.slot.", fmt.Sprintf("%q cannot be counted", s))
		default:
			c.Sources = append(c.Sources, Source{Record: record, Field: slot})
		}
	}
}

// sources reads fields, each as RECORD.field.
func (r *reader) sources(items []ast.Node) []Source {
	var out []Source
	for _, item := range items {
		s := r.scalar(item)
		record, field, _ := strings.Cut(s, ".")
		switch {
		case s == "": // a problem, or nothing for the compiler to find
		case record == "" || field == "" || strings.Contains(field, "."):
			r.say(item, "Write it as RECORD.field; a field of a slot, too.", fmt.Sprintf("%q names no field", s))
		default:
			out = append(out, Source{Record: record, Field: field})
		}
	}
	return out
}

// filter reads which records are counted, added or subtracted.
func (r *reader) filter(n ast.Node, what string) *Where {
	w := &Where{at: where(n)}
	r.mapping(n, what, []key{
		{"field", func(v ast.Node) { w.Field = r.scalar(v) }},
		{"class", func(v ast.Node) { w.Classes = r.scalars(v) }},
		{"code", func(v ast.Node) { w.Codes = r.scalars(v) }},
	}, "field")
	return w
}
