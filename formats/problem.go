package formats

import (
	"errors"
	"strconv"
	"strings"
)

// ErrLayout is wrapped by everything that is wrong with a layout.
var ErrLayout = errors.New("layout is not valid")

// Problem is one thing that is wrong with a layout, at its place in the YAML.
// Line and Column count from 1; they are zero for a layout made in Go.
type Problem struct {
	File         string
	Line, Column int
	Message      string
	Advice       string
}

// Error is file:line:column: message.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File + ":")
	}
	if p.Line > 0 {
		b.WriteString(strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column) + ":")
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	b.WriteString(p.Message)
	return b.String()
}

// Hint says in one sentence what to do.
func (p *Problem) Hint() string { return p.Advice }

// Unwrap returns ErrLayout.
func (p *Problem) Unwrap() error { return ErrLayout }

// Problems is everything that is wrong with a layout, in the order found.
type Problems struct{ List []*Problem }

// Error lists the problems, a line each.
func (p *Problems) Error() string {
	lines := make([]string, len(p.List))
	for i, one := range p.List {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems, for errors.Is and errors.As.
func (p *Problems) Unwrap() []error {
	out := make([]error, len(p.List))
	for i, one := range p.List {
		out[i] = one
	}
	return out
}

// Hint is the hint of the first problem that has one.
func (p *Problems) Hint() string {
	for _, one := range p.List {
		if one.Advice != "" {
			return one.Advice
		}
	}
	return ""
}

// maxProblems bounds how many problems of one layout are collected.
const maxProblems = 200

// full says whether no more problems are collected.
func (p *Problems) full() bool { return len(p.List) >= maxProblems }

// add notes a problem.
func (p *Problems) add(file string, at position, hint, message string) {
	if !p.full() {
		p.List = append(p.List, &Problem{File: file, Line: at.line, Column: at.column, Message: message, Advice: hint})
	}
}

// err is nil when there is no problem.
func (p *Problems) err() error {
	if len(p.List) == 0 {
		return nil
	}
	return p
}
