package schedule

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	maxCalendarSize     = 256 << 10
	maxCalendarBrackets = 8192
	maxCalendarErrors   = 50
	maxCalendarLine     = 2000 // bytes; lists within lists on a line make the parser recurse
	maxCalendarLines    = 3000 // more take the parser quadratic time
)

// CalendarError is one thing that is wrong with a calendar file, and where.
// Several come joined.
type CalendarError struct {
	File   string
	Line   int // from 1; 0: the file as a whole
	Column int
	Err    error
}

func (e *CalendarError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Err.Error()
	}
	return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Column, e.Err)
}

// Unwrap returns the error without its place.
func (e *CalendarError) Unwrap() error { return e.Err }

// Hint shows the form of the file.
func (e *CalendarError) Hint() string {
	return "a calendar has version: 1, name, years: [2026], and under holidays and collective_leave entries such as { date: 2026-08-17, name: Proklamasi Kemerdekaan }"
}

// calendarReader walks the file's nodes, so that each complaint has a place.
type calendarReader struct {
	cal  *Calendar
	errs []*CalendarError
}

func parseCalendar(name string, data []byte) (_ *Calendar, err error) {
	r := &calendarReader{cal: &Calendar{name: name, days: map[date]string{}}}
	whole := func(err error) error { return &CalendarError{File: name, Err: err} }
	if len(data) > maxCalendarSize || bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > maxCalendarBrackets {
		return nil, whole(errors.New("is too large to be a calendar"))
	}
	lines := 0
	for line := range bytes.Lines(data) {
		if lines++; len(line) > maxCalendarLine || lines > maxCalendarLines {
			return nil, whole(fmt.Errorf("is too large to be a calendar: a line of more than %d bytes, or more than %d lines", maxCalendarLine, maxCalendarLines))
		}
	}
	if !utf8.Valid(data) {
		return nil, whole(errors.New("is not UTF-8 text"))
	}
	defer func() {
		// The parser is not ours and the file is.
		if p := recover(); p != nil {
			err = whole(fmt.Errorf("cannot be read as YAML: %v", p))
		}
	}()
	file, err := parser.ParseBytes(bytes.TrimPrefix(data, []byte("\ufeff")), 0)
	if err != nil {
		var ye yaml.Error
		if errors.As(err, &ye) && ye.GetToken() != nil {
			p := ye.GetToken().Position
			return nil, &CalendarError{File: name, Line: p.Line, Column: p.Column, Err: fmt.Errorf("is not valid YAML: %s", ye.GetMessage())}
		}
		return nil, whole(fmt.Errorf("is not valid YAML: %w", err))
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, whole(errors.New("is empty, or more than one document"))
	}
	r.top(file.Docs[0].Body)
	if len(r.errs) == 0 {
		return r.cal, nil
	}
	slices.SortStableFunc(r.errs, func(a, b *CalendarError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var all []error
	for _, e := range r.errs {
		all = append(all, e)
	}
	return nil, errors.Join(all...)
}

func (r *calendarReader) fail(tk *token.Token, format string, args ...any) {
	if len(r.errs) < maxCalendarErrors {
		e := &CalendarError{File: r.cal.name, Err: fmt.Errorf(format, args...)}
		if tk != nil && tk.Position != nil {
			e.Line, e.Column = tk.Position.Line, tk.Position.Column
		}
		r.errs = append(r.errs, e)
	}
}

// start returns the token that a value begins with: a mapping's own is a colon.
func start(n ast.Node) *token.Token {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return m.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return m.Key.GetToken()
	}
	return n.GetToken()
}

func (r *calendarReader) top(body ast.Node) {
	fields, ok := r.fields(body, "version", "name", "years", "holidays", "collective_leave")
	if !ok {
		return
	}
	if v := fields["version"]; v == nil {
		r.fail(start(body), "version is missing")
	} else if v.GetToken().Value != "1" {
		r.fail(v.GetToken(), "version %q is not one that this program reads", v.GetToken().Value)
	}
	r.years(body, fields["years"])
	for _, key := range []string{"holidays", "collective_leave"} {
		if fields[key] != nil {
			r.days(key, fields[key])
		}
	}
	for _, y := range r.cal.years {
		// A year without a single day off was announced and not filled in.
		if !slices.ContainsFunc(keys(r.cal.days), func(d date) bool { return d.year == y }) {
			r.fail(fields["years"].GetToken(), "year %d is listed, and has no holidays", y)
		}
	}
}

func keys(days map[date]string) []date {
	out := make([]date, 0, len(days))
	for d := range days {
		out = append(out, d)
	}
	return out
}

// fields returns the values of a mapping, and complains of unknown keys.
func (r *calendarReader) fields(n ast.Node, known ...string) (map[string]ast.Node, bool) {
	var pairs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		pairs = m.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{m}
	default:
		r.fail(n.GetToken(), "must be a group of keys: %s", strings.Join(known, ", "))
		return nil, false
	}
	fields := map[string]ast.Node{}
	for _, p := range pairs {
		key := p.Key.GetToken()
		if !slices.Contains(known, key.Value) {
			r.fail(key, "%q is not a key that is known here: %s", key.Value, strings.Join(known, ", "))
			continue
		}
		if _, null := p.Value.(*ast.NullNode); !null && p.Value != nil {
			fields[key.Value] = p.Value
		}
	}
	return fields, true
}

func (r *calendarReader) years(body, n ast.Node) {
	if n == nil {
		r.fail(start(body), "years is missing: it lists the years whose holidays are complete")
		return
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) == 0 {
		r.fail(n.GetToken(), "years must be a list of years, such as [2026]")
		return
	}
	for _, v := range list.Values {
		tk := v.GetToken()
		y, err := strconv.Atoi(tk.Value)
		switch {
		case err != nil || y < 1990 || y > 2999:
			r.fail(tk, "%q is not a year", tk.Value)
		case slices.Contains(r.cal.years, y):
			r.fail(tk, "year %d is listed twice", y)
		default:
			r.cal.years = append(r.cal.years, y)
		}
	}
	slices.Sort(r.cal.years)
}

func (r *calendarReader) days(key string, n ast.Node) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(n.GetToken(), "%s must be a list of days", key)
		return
	}
	for _, v := range list.Values {
		fields, ok := r.fields(v, "date", "name")
		if !ok {
			continue
		}
		when, what := fields["date"], fields["name"]
		if when == nil || what == nil || strings.TrimSpace(what.GetToken().Value) == "" {
			r.fail(start(v), "a day needs a date and a name")
			continue
		}
		tk := when.GetToken()
		t, err := time.Parse(time.DateOnly, tk.Value)
		if err != nil {
			r.fail(tk, "%q is not a date of the form 2026-08-17", tk.Value)
			continue
		}
		d := dateOf(t)
		switch other, twice := r.cal.days[d]; {
		case twice:
			r.fail(tk, "%s is listed twice: %s", d, other)
		case len(r.cal.years) > 0 && !slices.Contains(r.cal.years, d.year):
			r.fail(tk, "%s is of a year that is not listed under years", d)
		default:
			r.cal.days[d] = what.GetToken().Value
		}
	}
}
