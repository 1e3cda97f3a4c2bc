package configs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxProblems bounds a listing: a file of another kind would have thousands.
const maxProblems = 50

// Problem is one thing that is wrong with the configuration file, and where.
type Problem struct {
	File   string
	Line   int    // from 1; 0: the file as a whole
	Column int    // in characters, from 1
	Key    string // such as banks[0].address; empty: the file as a whole
	Err    error
	hint   string
}

// Error returns file:line:column: key: what is wrong.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Err.Error())
	return b.String()
}

// Unwrap returns the error without its place.
func (p *Problem) Unwrap() error { return p.Err }

// Hint says what to do next; it is empty when nothing is known.
func (p *Problem) Hint() string {
	if p.hint != "" {
		return p.hint
	}
	return hintOf(p.Err)
}

// hintOf returns the hint of the first error in err's chain that has one.
func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// Problems are all that is wrong with one file, in the order of its lines.
type Problems struct {
	File string
	List []*Problem
	More int // further problems that are not listed
}

// Error lists every problem, each with its hint. A single problem is one line,
// whose hint is that of [Problems.Hint].
func (ps *Problems) Error() string {
	if len(ps.List) == 1 && ps.More == 0 {
		return ps.List[0].Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s has %d problems:", ps.File, len(ps.List)+ps.More)
	for _, p := range ps.List {
		fmt.Fprintf(&b, "\n  %s", p.Error())
		if h := p.Hint(); h != "" {
			fmt.Fprintf(&b, "\n      %s", h)
		}
	}
	if ps.More > 0 {
		fmt.Fprintf(&b, "\n  and %d more", ps.More)
	}
	return b.String()
}

// Hint says what to do next.
func (ps *Problems) Hint() string {
	if len(ps.List) == 1 && ps.More == 0 {
		return ps.List[0].Hint()
	}
	return "correct these places in " + ps.File + " and try again; nothing was changed"
}

// Unwrap returns the problems.
func (ps *Problems) Unwrap() []error {
	errs := make([]error, len(ps.List))
	for i, p := range ps.List {
		errs[i] = p
	}
	return errs
}

// collect orders and bounds the problems of a file; it is nil for none.
func collect(file string, list []*Problem) error {
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	ps := &Problems{File: file, List: list}
	if len(list) > maxProblems {
		ps.List, ps.More = list[:maxProblems], len(list)-maxProblems
	}
	return ps
}
