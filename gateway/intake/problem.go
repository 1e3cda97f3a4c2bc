package intake

import (
	"strconv"
	"strings"
)

// problem is what is wrong, without the place: a kind to test for, words for the
// officer, and what to do.
type problem struct {
	kind error
	text string
	hint string
}

func (p *problem) Error() string { return p.text }
func (p *problem) Unwrap() error { return p.kind }
func (p *problem) Hint() string  { return p.hint }

// collector keeps the first errors and counts the others.
type collector struct {
	file, sheet string
	max         int
	list        []*Error
	more        int
}

func (c *collector) add(e Error) {
	if len(c.list) >= c.max {
		c.more++
		return
	}
	e.File, e.Sheet = c.file, c.sheet
	// The value may be a part of a large row, which need not be kept.
	e.Value = strings.Clone(shorten(e.Value))
	c.list = append(c.list, &e)
}

// last adds what concerns the file as a whole: always listed, past the bound too.
func (c *collector) last(p *problem) {
	c.list = append(c.list, &Error{File: c.file, Sheet: c.sheet, Err: p})
}

func (c *collector) count() int { return len(c.list) + c.more }

func (c *collector) err() error {
	if len(c.list) == 0 {
		return nil
	}
	return &Errors{List: c.list, More: c.more}
}

// refusal is the error for a file that is refused as a whole.
func refusal(o Options, p *problem) error {
	return &Errors{List: []*Error{{File: o.File, Err: p}}}
}

// shownValue is how many characters of a value are shown.
const shownValue = 80

func shorten(s string) string {
	n := 0
	for i := range s {
		if n++; n > shownValue {
			return s[:i] + "..."
		}
	}
	return s
}

// quoted shows a value so that invisible characters can be seen.
func quoted(s string) string {
	s = shorten(s)
	if strings.Contains(s, `"`) && strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}
