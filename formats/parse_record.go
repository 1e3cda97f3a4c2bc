package formats

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

func (r *reader) record(e entry) RecordLayout {
	rec := RecordLayout{Name: e.name, at: where(e.key)}
	r.mapping(e.value, "record", []key{
		{"title", func(v ast.Node) { rec.Title = r.text(v) }},
		{"length", func(v ast.Node) { rec.Length = r.number(v, 1, maxLine) }},
		{"match", func(v ast.Node) { rec.Match = r.match(v) }},
		{"fields", func(v ast.Node) { rec.Fields = r.fields(v) }},
		{"slots", func(v ast.Node) {
			for _, s := range r.entries(v) {
				rec.Slots = append(rec.Slots, r.slot(s))
			}
		}},
	})
	return rec
}

func (r *reader) slot(e entry) SlotLayout {
	s := SlotLayout{Name: e.name, at: where(e.key)}
	r.mapping(e.value, "slot", []key{
		{"title", func(v ast.Node) { s.Title = r.text(v) }},
		{"at", func(v ast.Node) { s.At = r.number(v, 1, maxLine) }},
		{"len", func(v ast.Node) { s.Len = r.number(v, 1, maxLine) }},
		{"times", func(v ast.Node) { s.Times = r.number(v, 1, maxLine) }},
		{"fields", func(v ast.Node) { s.Fields = r.fields(v) }},
	}, "at", "len", "times", "fields")
	return s
}

// match reads the conditions by which a record is known: a mapping, or a list
// of mappings one of which holds.
func (r *reader) match(n ast.Node) [][]Match {
	alternatives := []ast.Node{n}
	if s, ok := n.(*ast.SequenceNode); ok {
		alternatives = s.Values
	}
	var out [][]Match
	for _, a := range alternatives {
		var all []Match
		conditions := r.entries(a)
		for _, e := range conditions {
			if m, ok := r.condition(e); ok {
				all = append(all, m)
			}
		}
		if len(conditions) == 0 && isMapping(a) {
			r.say(a, "Write a field and its value: {type: H}.", "a `match` without conditions would be every line")
		}
		out = append(out, all)
	}
	return out
}

// condition reads one condition, by a field or by columns such as 7 or 1-4.
func (r *reader) condition(e entry) (m Match, ok bool) {
	m.at = where(e.key)
	if e.name != "" && e.name[0] >= '0' && e.name[0] <= '9' {
		if m.From, m.To, ok = columnRange(e.name); !ok {
			r.say(e.key, fmt.Sprintf("Write one column as 7, several as 1-4; the last is %d.", maxLine), fmt.Sprintf("%q are no columns", e.name))
			return m, false
		}
	} else {
		m.Field = e.name
	}
	v := e.value
	if isMapping(v) {
		m.Not = true
		r.mapping(v, "condition", []key{{"not", func(v ast.Node) { m.Values = r.scalars(v) }}}, "not")
		return m, true
	}
	m.Values = r.scalars(v)
	return m, true
}

// columnRange reads `7` or `1-4`.
func columnRange(s string) (from, to int, ok bool) {
	first, last, several := strings.Cut(s, "-")
	if !several {
		last = first
	}
	from, err := strconv.Atoi(first)
	if err != nil {
		return 0, 0, false
	}
	to, err = strconv.Atoi(last)
	return from, to, err == nil && from >= 1 && to >= from && to <= maxLine
}
