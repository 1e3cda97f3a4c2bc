package configs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// object is a group of keys and values. Each key that is asked for becomes a
// known key; done complains about the rest. Its readers never fail: they note
// the problem and return the default, so that one pass finds every problem.
type object struct {
	src    *source
	key    string
	at     position
	fields map[string]value
	order  []string
	known  []string
	broken bool // was no group at all: what is missing in it is not news
}

func (o *object) fill(pairs []*ast.MappingValueNode) {
	for _, pair := range pairs {
		at := positionOf(pair.Key.GetToken())
		name, ok := keyName(pair.Key)
		if !ok {
			o.src.add(at, o.key, "write keys as plain words", errors.New("has a key that is no plain word"))
			continue
		}
		key := o.full(name)
		if first, twice := o.fields[name]; twice {
			o.src.add(at, key, "keep one of the two", fmt.Errorf("is written twice; first in line %d", o.src.positions[first.key].line))
			continue
		}
		v := value{o.src, key, pair.Value, at}
		if pair.Value != nil && !v.empty() {
			v.at = startOf(pair.Value)
		}
		o.fields[name] = v
		o.order = append(o.order, name)
		o.src.positions[key] = at
	}
}

func keyName(n ast.MapKeyNode) (string, bool) {
	switch k := n.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.BoolNode: // y, n, on and off are words here
		return k.Token.Value, true
	}
	return "", false
}

// full is the full key of one of the object's keys.
func (o *object) full(name string) string {
	if o.key == "" {
		return name
	}
	return o.key + "." + name
}

func (o *object) has(name string) bool { _, ok := o.fields[name]; return ok }

// get returns the value of a key that has one.
func (o *object) get(name string) (value, bool) {
	o.known = append(o.known, name)
	v, ok := o.fields[name]
	return v, ok && !v.empty()
}

// problem notes what is wrong with a key's value.
func (o *object) problem(name, msg, hint string) {
	if o.broken {
		return
	}
	at := o.at
	if v, ok := o.fields[name]; ok {
		at = v.at
	}
	o.src.add(at, o.full(name), hint, errors.New(msg))
}

func (o *object) missing(name, hint string) { o.problem(name, "is missing", hint) }

func (o *object) text(name, fallback string) string {
	if v, ok := o.get(name); ok {
		if s, ok := v.text(); ok {
			if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				v.problem("must be one line without control characters", "")
				return fallback
			}
			return s
		}
	}
	return fallback
}

// required is text for a key that must be there, and not be empty.
func (o *object) required(name, hint string) string {
	before := len(o.src.problems)
	s := o.text(name, "")
	if strings.TrimSpace(s) == "" && len(o.src.problems) == before {
		msg := "is empty"
		if !o.has(name) {
			msg = "is missing"
		}
		o.problem(name, msg, hint)
	}
	return s
}

func (o *object) path(name, fallback string) string {
	return o.checkPath(name, o.text(name, fallback))
}

func (o *object) requiredPath(name, hint string) string {
	return o.checkPath(name, o.required(name, hint))
}

func (o *object) checkPath(name, p string) string {
	if strings.HasPrefix(p, "~") || strings.Contains(p, "$") {
		o.problem(name, quote(p)+" is not expanded: ~ and $ mean nothing here",
			"write the path out; a relative one begins at the folder of this file")
	}
	return p
}

func (o *object) integer(name string, fallback, low, high int) int {
	v, ok := o.get(name)
	if !ok {
		return fallback
	}
	n, ok := v.integer()
	if !ok {
		return fallback
	}
	if n < low || n > high {
		v.problem(fmt.Sprintf("%d is not between %d and %d", n, low, high), "")
	}
	return n
}

func (o *object) boolean(name string, fallback bool) bool {
	if v, ok := o.get(name); ok {
		if b, ok := v.boolean(); ok {
			return b
		}
	}
	return fallback
}

func (o *object) duration(name string, fallback time.Duration) time.Duration {
	v, ok := o.get(name)
	if !ok {
		return fallback
	}
	const hint = "write a number with its unit, such as 30s or 2m"
	if _, number := v.node.(*ast.IntegerNode); number {
		v.problem("has no unit", hint)
		return fallback
	}
	s, ok := v.text()
	if !ok {
		return fallback
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		v.problem(quote(s)+" is not a duration", hint)
		return fallback
	}
	if d < time.Second || d > time.Hour {
		v.problem(s+" is not between 1s and 1h", "")
	}
	return d
}

// sen reads an amount; absent or empty is 0, which means no cap.
func (o *object) sen(name string) int64 {
	v, ok := o.get(name)
	if !ok {
		return 0
	}
	if _, number := v.node.(*ast.IntegerNode); number {
		v.problem("a bare number is not an amount", rupiahHint)
		return 0
	}
	s, ok := v.text()
	if !ok || s == "" {
		return 0
	}
	n, err := ParseRupiah(s)
	if err != nil {
		o.src.add(v.at, v.key, "", err)
	}
	return n
}

func (o *object) choice(name, fallback string, allowed ...string) string {
	s := o.text(name, fallback)
	if !slices.Contains(allowed, s) {
		o.problem(name, quote(s)+" is not one of "+strings.Join(allowed, ", "), nearest(s, allowed))
	}
	return s
}

func (o *object) list(name string) []value {
	if v, ok := o.get(name); ok {
		return v.list()
	}
	return nil
}

func (o *object) texts(name string) []string {
	var out []string
	for _, v := range o.list(name) {
		if s, ok := v.text(); ok {
			out = append(out, s)
		}
	}
	return out
}

// choices is a list of words out of allowed.
func (o *object) choices(name string, fallback []string, allowed ...string) []string {
	if !o.has(name) {
		o.known = append(o.known, name)
		return fallback
	}
	words := o.texts(name)
	for _, w := range words {
		if !slices.Contains(allowed, w) {
			o.problem(name, quote(w)+" is not one of "+strings.Join(allowed, ", "), nearest(w, allowed))
		}
	}
	return words
}

// section returns a nested group; one that is absent is empty, and takes its
// defaults. The place of an absent group is the place of its parent.
func (o *object) section(name string) *object {
	v, ok := o.get(name)
	if ok {
		if sub := v.object(); sub != nil {
			return sub
		}
	}
	return &object{src: o.src, key: o.full(name), at: o.at, fields: map[string]value{}, broken: ok || o.broken}
}

// exactlyOne demands the one entry that this version can work with.
func (o *object) exactlyOne(name, noun string, items []value) {
	if v, ok := o.fields[name]; ok && len(items) == 0 {
		if _, isList := v.node.(*ast.SequenceNode); !isList && !v.empty() {
			return // said already: it must be a list
		}
	}
	switch {
	case len(items) == 0:
		o.missing(name, "list one "+noun+"; `bekal init` writes a commented file to start from")
	case len(items) > 1:
		items[1].problem(fmt.Sprintf("%d are listed, and more than one %s in a file is not possible yet", len(items), noun),
			"write a configuration file, with a data_dir of its own, for each")
	}
}

// done complains about the keys that nobody asked for.
func (o *object) done() {
	listed := false // the list of all keys helps once
	for _, name := range o.order {
		if !slices.Contains(o.known, name) {
			hint := nearest(name, o.known)
			if hint == "" && !listed {
				listed = true
				hint = "known here: " + strings.Join(slices.Compact(slices.Sorted(slices.Values(o.known))), ", ")
			}
			o.src.add(o.src.positions[o.full(name)], o.full(name), hint, errors.New("is not a key that is known here"))
		}
	}
}

// nearest suggests the known word that looks most like a mistyped one, if any.
func nearest(word string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := editDistance(strings.ToLower(word), k); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// editDistance counts the letters to insert, delete or replace.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
