package formats

import (
	"bytes"
	"fmt"
	"slices"
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
	pairs    []pair               // of records, by both indexes: whether they can be told apart
	alone    map[*RecordPlan]bool // whether a record can be told apart from all others
	named    map[seriesKey]int
	after    map[[3]int]bool // by two records and a scope: whether one may follow the other
	coded    int             // bytes of the tables of codes
	accounts []*account
}

// Compile checks the layout and makes a plan of it. It reports everything that
// is wrong at once, as *[Problems]: overlaps, gaps, wrong lengths, ambiguous
// discriminators and structures, totals that refer to nothing.
func (l *Layout) Compile() (*Plan, error) {
	c := &compiler{
		l: l, problems: &Problems{}, charsets: map[string]*charset{}, named: map[seriesKey]int{}, after: map[[3]int]bool{}, alone: map[*RecordPlan]bool{},
		p: &Plan{layout: l, lists: map[string]*codeList{}, tolerates: map[Tolerance]bool{}, leaves: []*node{nil}, scopes: []scope{{group: -1, name: string(ScopeFile)}}},
	}
	c.head()
	c.codeLists()
	if len(l.Records) > maxPlaces {
		c.say(l.at, "Join records that differ in nothing but their code.", "the layout has %d records, more than %d", len(l.Records), maxPlaces)
		return nil, c.problems
	}
	for i := range l.Records {
		c.record(i)
	}
	c.lengths()
	c.unused()
	root := c.tree()
	if err := c.problems.err(); err != nil {
		return nil, err
	}
	for _, r := range c.p.records {
		c.reachable(r)
	}
	c.p.scopeOf = make([]int, len(l.Groups))
	c.totals()
	c.moves(root)
	c.swift()
	if err := c.problems.err(); err != nil {
		return nil, err
	}
	for _, r := range c.p.records {
		c.finish(r)
		c.fills(r)
	}
	if err := c.problems.err(); err != nil {
		return nil, err
	}
	return c.p, nil
}

// fills checks that no record can be a line that fills up a block: it would be
// passed over.
func (c *compiler) fills(r *RecordPlan) {
	b := c.l.Line.Block
	if b == nil || len(c.p.filler) != r.length {
		return
	}
	line := append(bytes.Clone(c.p.filler), make([]byte, slack)...)
	if r.matches(line, r.length) && run(r.reading, line, make([]int64, r.numbers)) {
		c.say(b.at, "Choose another filler, or let the record be known by more of its columns.", "a line that fills up a block could be a record %s", r.def.Name)
	}
}

func (c *compiler) say(at position, hint, format string, args ...any) {
	c.problems.add(c.l.file, at, hint, fmt.Sprintf(format, args...))
}

func (c *compiler) head() {
	l := c.l
	if !isName(l.Name, "-_.") {
		c.say(l.at, "Write `layout: NAME` with a name such as bri-transfer.", "the layout needs a name of lower-case letters, digits and hyphens, not %q", l.Name)
	}
	at := l.Line.at
	if at == (position{}) {
		at = l.at
	}
	if l.Line.Length < 0 || l.Line.Length > maxLine {
		c.say(at, "Write `line: {length: 160, end: crlf}`.", "the length of a line must be from 1 to %d, not %d", maxLine, l.Line.Length)
	}
	if len(l.Line.Ends) == 0 {
		c.say(at, "Write `end: crlf`; the line ends are crlf, lf, cr, none, and a list of them.", "the line needs an end")
	}
	for i, e := range l.Line.Ends {
		switch {
		case e != CRLF && e != LF && e != CR && e != NoEnd:
			c.say(at, "The line ends are crlf, lf, cr and none.", "%q is no line end", e)
		case slices.Contains(l.Line.Ends[:i], e):
			c.say(at, "Remove one of them.", "line end %s is given twice", e)
		}
	}
	switch l.Line.Final {
	case "", FinalAlways, FinalNever, FinalEither:
	default:
		c.say(at, "Write always, never or either.", "%q says nothing about the last line end", l.Line.Final)
	}
	if b := l.Line.Block; b != nil {
		switch {
		case b.Records < 2 || b.Records > 1000:
			c.say(b.at, "Write `block: {records: 10, filler: \"9\"}`.", "a block has from 2 to 1000 records, not %d", b.Records)
		case len(b.Filler) != 1 || notPrintable([]byte(b.Filler)) != nil:
			c.say(b.at, "Write `block: {records: 10, filler: \"9\"}`.", "a block is filled with one character, not %q", b.Filler)
		}
	}
	c.ownCharsets()
	if l.Charset == "" {
		c.say(l.at, "Write `charset: "+charsetBankUpper+"`; the character sets are "+strings.Join(charsetNames(), ", ")+".", "the layout names no character set for its texts")
	} else {
		c.charset(l.Charset, l.charsetAt)
	}
	for _, t := range l.Tolerate {
		if !slices.Contains(tolerances(), t) {
			c.say(l.at, "See the tolerances in the manual.", "%q is no tolerance", t)
		}
		c.p.tolerates[t] = true
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

// lengths finds the longest record, and whether all are as long.
func (c *compiler) lengths() {
	for i, r := range c.p.records {
		c.p.length = max(c.p.length, r.length)
		if i == 0 {
			c.p.shared = r.length
		}
		if r.length != c.p.shared {
			c.p.shared = 0
		}
	}
	if b := c.l.Line.Block; b != nil {
		c.p.filler = bytes.Repeat([]byte(b.Filler), max(c.l.Line.Length, c.p.shared))
		if len(c.p.filler) == 0 && len(c.p.records) > 0 {
			c.say(b.at, "Write `line: {length: 94, ...}`: so long are the lines that fill it.", "the lines that fill a block need a length, for the records have several")
		}
		if len(c.p.filler) > c.p.length && len(c.p.records) > 0 {
			c.say(b.at, fmt.Sprintf("Write `line: {length: %d, ...}`, or correct the records.", c.p.length), "the lines that fill a block have %d bytes, but no record has more than %d", len(c.p.filler), c.p.length)
		}
	}
}

// finish makes the programs of a record.
func (c *compiler) finish(r *RecordPlan) {
	r.reading = r.program(false)
	r.writing = r.program(true)
	r.tolerant = c.inFields()
	r.template = make([]byte, r.length)
	fill(r.template, spaces)
	for i := range r.fields {
		f := &r.fields[i]
		f.begin(r.template)
		if f.slotted >= 0 {
			f.putSpaces(r.template)
		} else if f.required() {
			r.must.add(i)
		}
		if f.digit != noDigit && f.over != nil {
			r.checks = append(r.checks, i)
		}
	}
	r.loose = !r.knownByItself()
}

// knownByItself says whether a record is known by its constants and fillers
// alone, whatever is set in its other fields.
func (r *RecordPlan) knownByItself() bool {
	fixed := make([]bool, r.length)
	for i := range r.fields {
		if f := &r.fields[i]; f.slotted < 0 && (f.constant != "" || f.kind == KindFiller) {
			for at := f.off; at < f.off+f.n; at++ {
				fixed[at] = true
			}
		}
	}
	window := append(bytes.Clone(r.template), make([]byte, slack)...)
	return slices.ContainsFunc(r.alternatives, func(all []matcher) bool {
		return matchAll(all, window, r.length) && !slices.ContainsFunc(all, func(m matcher) bool {
			return slices.Contains(fixed[m.off:m.off+m.n], false)
		})
	})
}

// inFields says whether the layout tolerates anything inside a field.
func (c *compiler) inFields() bool {
	for _, t := range []Tolerance{PrintableText, LowerCase, Unaligned, Unpadded} {
		if c.p.tolerates[t] {
			return true
		}
	}
	return false
}
