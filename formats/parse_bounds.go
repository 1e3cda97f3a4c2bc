package formats

import "fmt"

// The bounds of a layout's YAML beside its size. The language needs ten levels
// of nesting and short lines; the parser of YAML is recursive, and slow where
// it meets more.
const (
	maxNesting  = 100    // brackets, lists within lists on a line, and keys with `?`, of which the language has none
	maxYAMLLine = 10_000 // bytes
	maxYAML     = 10_000 // lines: the parser takes quadratic time for a long mapping
)

// bounded says what of a layout's text is beyond the bounds, or nothing. It
// counts in quotes too: so nothing can be hidden from it, and no layout has so
// many brackets in its texts that do not close.
func (r *reader) bounded(src []byte) bool {
	at := position{1, 0}
	brackets, lists, keys := 0, 0, 0
	indent := true // only spaces and marks so far on this line
	last := byte('\n')
	for _, b := range src {
		at.column++
		switch b {
		case '\n':
			at = position{at.line + 1, 0}
			indent, lists = true, 0
			if at.line > maxYAML+1 {
				r.problems.add(r.file, position{at.line, 1}, "Split it, or write small mappings on one line.", fmt.Sprintf("the layout has more than %d lines", maxYAML))
				return false
			}
		case ' ', '\t', '\r':
			if indent && last == '-' {
				lists++
			}
			if indent && last == '?' {
				keys++
			}
		case '-', '?':
		case '[', '{':
			brackets++
			indent = false
		case ']', '}':
			brackets = max(brackets-1, 0)
			indent = false
		default:
			indent = false
		}
		if brackets > maxNesting || lists > maxNesting || keys > maxNesting {
			r.problems.add(r.file, at, "Close the brackets, and write large parts as lines of their own.",
				fmt.Sprintf("the YAML is nested more than %d deep", maxNesting))
			return false
		}
		if at.column > maxYAMLLine {
			r.problems.add(r.file, at, "Break it.", fmt.Sprintf("a line of the layout has more than %d bytes", maxYAMLLine))
			return false
		}
		last = b
	}
	return true
}
