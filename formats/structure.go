package formats

import (
	"fmt"
	"strings"
)

// String writes a step as the structure does.
func (s Part) String() string {
	switch {
	case s.Min == 1 && s.Max == 1:
		return s.Name
	case s.Min == 0 && s.Max == 1:
		return s.Name + "?"
	case s.Min == 0 && s.Max == Unbounded:
		return s.Name + "*"
	case s.Min == 1 && s.Max == Unbounded:
		return s.Name + "+"
	case s.Max == Unbounded:
		return fmt.Sprintf("%s{%d,}", s.Name, s.Min)
	case s.Min == s.Max:
		return fmt.Sprintf("%s{%d}", s.Name, s.Min)
	}
	return fmt.Sprintf("%s{%d,%d}", s.Name, s.Min, s.Max)
}

// structureText writes a structure as it is written in YAML.
func structureText(steps []Part) string {
	words := make([]string, len(steps))
	for i, s := range steps {
		words[i] = s.String()
	}
	return strings.Join(words, " ")
}

// step is a step of a plan's structure.
type step struct {
	record   int // index of the record
	min, max int
}

// place is how far a file has come in its structure.
type place struct {
	step  int
	count int // how often the step's record has been there
}

// verdict is what the structure says about a record.
type verdict uint8

const (
	inPlace   verdict = iota
	outOfLine         // not allowed here; the place does not move
	afterGap          // allowed, but records before it are missing
	afterEnd          // the structure is complete
)

// repeat accepts a record that repeats the step, which nearly all do.
func (p *place) repeat(steps []step, record int) bool {
	s := &steps[p.step]
	if s.record == record && p.count < s.max {
		p.count++
		return true
	}
	return false
}

// accept moves to the step of the record, if there is one.
func (p *place) accept(steps []step, record int) verdict {
	if p.repeat(steps, record) {
		return inPlace
	}
	gap := p.count < steps[p.step].min
	for j := p.step + 1; j < len(steps); j++ {
		if steps[j].record == record {
			p.step, p.count = j, 1
			if gap {
				return afterGap
			}
			return inPlace
		}
		gap = gap || steps[j].min > 0
	}
	if p.step == len(steps)-1 && p.count >= steps[p.step].max {
		return afterEnd
	}
	return outOfLine
}

// missing is the first step that must still come for a file to be complete.
func (p *place) missing(steps []step) (int, bool) {
	for j := p.step; j < len(steps); j++ {
		have := 0
		if j == p.step {
			have = p.count
		}
		if have < steps[j].min {
			return steps[j].record, true
		}
	}
	return 0, false
}
