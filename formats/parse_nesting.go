package formats

// maxNesting bounds how deep the YAML of a layout is nested on one line. The
// language needs ten; the parser of YAML is recursive, and slow when it is
// deep. (What is nested by indentation is bounded by the size of the layout.)
const maxNesting = 100

// nesting says whether a text opens more than maxNesting brackets, or lists
// within lists at the beginning of one line, and where. It counts brackets in
// quotes too: so nothing can be hidden from it, and no layout has so many that
// it does not close.
func nesting(src []byte) (position, bool) {
	at := position{1, 0}
	brackets, marks := 0, 0
	indent := true // only spaces and marks so far on this line
	for _, b := range src {
		at.column++
		switch b {
		case '\n':
			at = position{at.line + 1, 0}
			indent, marks = true, 0
			continue
		case ' ', '\t', '\r':
			continue
		case '[', '{':
			brackets++
		case ']', '}':
			brackets = max(brackets-1, 0)
		case '-', '?':
			if indent {
				marks++
			}
		default:
			indent = false
		}
		if brackets > maxNesting || marks > maxNesting {
			return at, true
		}
	}
	return position{}, false
}
