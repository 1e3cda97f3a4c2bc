package formats

import (
	"fmt"
	"strings"
)

// maxLine bounds the length of a record, so that a buffer holds many.
const maxLine = 32 << 10

// compiler checks a layout and makes its plan.
type compiler struct {
	l        *Layout
	p        *Plan
	problems *Problems
	charsets map[string]*charset
}

// Compile checks the layout and makes a plan of it. It reports everything that
// is wrong at once, as *[Problems]: overlaps, gaps, wrong lengths, ambiguous
// discriminators, totals that refer to nothing.
func (l *Layout) Compile() (*Plan, error) {
	c := &compiler{
		l: l, problems: &Problems{}, charsets: map[string]*charset{},
		p: &Plan{layout: l, length: l.Line.Length, lineEnd: l.end().bytes(), lists: map[string]*codeList{}},
	}
	c.head()
	c.codeLists()
	for i := range l.Records {
		c.record(i)
	}
	c.discriminators()
	c.steps()
	if err := c.problems.err(); err != nil {
		return nil, err
	}
	c.totals()
	if err := c.problems.err(); err != nil {
		return nil, err
	}
	for _, r := range c.p.records {
		c.finish(r)
	}
	return c.p, nil
}

func (c *compiler) say(at position, hint, format string, args ...any) {
	c.problems.add(c.l.file, at, hint, fmt.Sprintf(format, args...))
}

func (c *compiler) head() {
	l := c.l
	if !isName(l.Name, "-_.") {
		c.say(l.at, "Write `layout: NAME` with a name such as bri-transfer.", "the layout needs a name of lower-case letters, digits and hyphens, not %q", l.Name)
	}
	if l.Line.Length < 1 || l.Line.Length > maxLine {
		at := l.Line.at
		if at == (position{}) {
			at = l.at
		}
		c.say(at, "Write `line: {length: 160, end: crlf}`.", "the length of a line must be from 1 to %d, not %d", maxLine, l.Line.Length)
	}
	if len(l.Line.Ends) == 0 {
		at := l.Line.at
		if at == (position{}) {
			at = l.at
		}
		c.say(at, "Write `end: crlf` or `end: lf`.", "the line needs an end")
	}
	c.ownCharsets()
	if l.Charset == "" {
		c.say(l.at, "Write `charset: "+charsetBankUpper+"`; the character sets are "+strings.Join(charsetNames(), ", ")+".", "the layout names no character set for its texts")
	} else {
		c.charset(l.Charset, l.charsetAt)
	}
	for _, t := range l.Tolerate {
		switch t {
		case FinalLineEnd:
			c.p.final = true
		case PrintableText, LowerCase, Unaligned, Unpadded:
		default:
			c.say(l.at, "The tolerances are "+string(FinalLineEnd)+" and "+string(PrintableText)+".", "%q is no tolerance", t)
		}
	}
}

func (c *compiler) codeLists() {
	for i := range c.l.Codes {
		def := &c.l.Codes[i]
		list := &codeList{def: def, codes: def.List, index: make(map[string]int, len(def.List))}
		if len(def.List) == 0 {
			c.say(def.at, "Write `list:` with at least one `{code: ...}`.", "code list %s is empty", def.Name)
		}
		for j, code := range def.List {
			switch _, twice := list.index[code.Value]; {
			case code.Value == "" || strings.TrimSpace(code.Value) != code.Value || notPrintable([]byte(code.Value)) != nil:
				c.say(code.at, "Write `code: \"00\"`.", "%q is no code", code.Value)
			case twice:
				c.say(code.at, "Remove one of them.", "code %s stands twice in %s", code.Value, def.Name)
			default:
				list.index[code.Value] = j
			}
		}
		if _, twice := c.p.lists[def.Name]; twice {
			c.say(def.at, "Remove one of them.", "code list %s is given twice", def.Name)
		}
		c.p.lists[def.Name] = list
	}
}

// isName says whether s is a word of lower-case letters, digits and marks.
func isName(s, marks string) bool {
	for i := range len(s) {
		b := s[i]
		letter := b >= 'a' && b <= 'z'
		if !letter && (i == 0 || (b < '0' || b > '9') && strings.IndexByte(marks, b) < 0) {
			return false
		}
	}
	return s != ""
}

// steps checks the structure.
func (c *compiler) steps() {
	seen := map[string]bool{}
	for _, s := range c.l.Structure.Parts {
		r, ok := c.p.Record(s.Name)
		switch {
		case !ok:
			c.say(c.l.steps, "Write it under `records:`, or remove it here.", "the structure speaks of record %q, which is not there", s.Name)
			continue
		case seen[s.Name]:
			c.say(c.l.steps, "Use ?, *, + or {n,m} for repetitions.", "record %s stands twice in the structure, so its place would be ambiguous", s.Name)
		case s.Min < 0 || s.Max < 1 || s.Max < s.Min:
			c.say(c.l.steps, "Use ?, *, + or {n,m}.", "record %s may stand %d to %d times, which is impossible", s.Name, s.Min, s.Max)
		}
		seen[s.Name] = true
		c.p.steps = append(c.p.steps, step{record: r.index, min: s.Min, max: s.Max})
	}
	if len(c.l.Structure.Parts) == 0 {
		c.say(c.l.at, "Write `structure: H D* T`.", "the layout has no structure")
		return
	}
	for _, r := range c.p.records {
		if !seen[r.def.Name] {
			c.say(r.def.at, "Add it to `structure`, or remove it.", "record %s can never stand in a file: the structure does not name it", r.def.Name)
		}
	}
}

// discriminators checks that no line can be two records.
func (c *compiler) discriminators() {
	for i, a := range c.p.records {
		for _, b := range c.p.records[i+1:] {
			if len(a.matchers) > 0 && len(b.matchers) > 0 && !apart(a, b) {
				c.say(b.def.at, "Let one field at the same columns have different values in the two records.", "records %s and %s cannot be told apart by their `match`", a.def.Name, b.def.Name)
			}
		}
	}
}

// apart says whether two records have a condition at the same columns that
// never holds for both.
func apart(a, b *RecordPlan) bool {
	for _, m := range a.matchers {
		for _, n := range b.matchers {
			if m.off == n.off && m.n == n.n && disjoint(m.values, n.values) {
				return true
			}
		}
	}
	return false
}

func disjoint(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return false
			}
		}
	}
	return true
}

// finish makes the programs of a record.
func (c *compiler) finish(r *RecordPlan) {
	r.reading = program(r.fields, false)
	r.writing = program(r.fields, true)
	r.template = make([]byte, c.p.length+len(c.p.lineEnd))
	fill(r.template, spaces)
	copy(r.template[c.p.length:], c.p.lineEnd)
	for i := range r.fields {
		f := &r.fields[i]
		f.begin(r.template)
		if f.required() {
			r.must.add(i)
		}
		if f.digit != noDigit && f.over != nil {
			r.checks = append(r.checks, i)
		}
	}
}
