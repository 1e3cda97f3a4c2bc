package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"bekal/formats"
)

// comparison is a writer that compares what is written with a file, of which it
// holds only a piece at a time.
type comparison struct {
	original io.ReaderAt
	at       int64  // bytes that are the same
	differs  bool   // behind them
	copied   []byte // what was written from there on, as much as an excerpt shows
	piece    []byte
}

// excerptSize is how many bytes are shown before and behind a difference.
const excerptSize = 40

func newComparison(original io.ReaderAt) *comparison {
	return &comparison{original: original, piece: make([]byte, 64<<10)}
}

func (c *comparison) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		if c.differs {
			c.copied = append(c.copied, rest[:min(len(rest), excerptSize-len(c.copied))]...)
			break
		}
		want := min(len(rest), len(c.piece))
		piece, err := c.read(want)
		if err != nil {
			return 0, err
		}
		n := common(piece, rest)
		c.at += int64(n)
		rest = rest[n:]
		c.differs = n < want
	}
	return len(b), nil
}

// end says whether all was the same: nothing of the file is left over.
func (c *comparison) end() (same bool, err error) {
	if !c.differs {
		left, err := c.read(1)
		if err != nil {
			return false, err
		}
		c.differs = len(left) > 0
	}
	return !c.differs, nil
}

// read reads the original from where it is still the same; less at its end.
func (c *comparison) read(n int) ([]byte, error) {
	n, err := c.original.ReadAt(c.piece[:n], c.at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return c.piece[:n], nil
}

// common is how many bytes two beginnings have in common.
func common(a, b []byte) int {
	n := min(len(a), len(b))
	if bytes.Equal(a[:n], b[:n]) {
		return n
	}
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// difference is where a copy differs from its original, for a person.
type difference struct {
	at, line, column int64  // from 1
	before           []byte // of the line, the same in both
	original, copied []byte // from there on
}

// difference looks at the place again. Without line ends, lines are records, if
// those all have one length.
func (c *comparison) difference(plan *formats.Plan, end formats.LineEnd) (difference, error) {
	d := difference{at: c.at + 1, line: 1, copied: c.copied}
	begin := int64(0)
	mark := byte('\n')
	switch {
	case end == formats.CR:
		mark = '\r'
	case end == formats.NoEnd && oneLength(plan):
		begin = c.at - c.at%int64(plan.Length())
		d.line += begin / int64(plan.Length())
	}
	for at := int64(0); end != formats.NoEnd && at < c.at; {
		n, err := c.original.ReadAt(c.piece[:min(int64(len(c.piece)), c.at-at)], at)
		if n == 0 {
			return d, err
		}
		piece := c.piece[:n]
		d.line += int64(bytes.Count(piece, []byte{mark}))
		if i := bytes.LastIndexByte(piece, mark); i >= 0 {
			begin = at + int64(i) + 1
		}
		at += int64(n)
	}
	d.column = c.at - begin + 1
	from := max(begin, c.at-excerptSize)
	n, err := c.original.ReadAt(c.piece[:c.at-from+excerptSize], from)
	if err != nil && !errors.Is(err, io.EOF) {
		return d, err
	}
	around := bytes.Clone(c.piece[:n])
	d.before, d.original = around[:c.at-from], around[c.at-from:]
	for _, b := range []*[]byte{&d.original, &d.copied} {
		if i := bytes.IndexByte(*b, mark); i >= 0 && end != formats.NoEnd {
			*b = (*b)[:i+1]
		}
	}
	return d, nil
}

func oneLength(plan *formats.Plan) bool {
	for _, r := range plan.Records() {
		if r.Length() != plan.Length() {
			return false
		}
	}
	return true
}

// place is where it is, and what stands there.
func (d *difference) place() string {
	return fmt.Sprintf("byte %d, line %d, column %d: the file %s, the copy %s", d.at, d.line, d.column, there(d.original), there(d.copied))
}

func there(b []byte) string {
	if len(b) == 0 {
		return "ends"
	}
	return "has " + quoted(b[:1])
}

// excerpt shows both lines, with a mark under the first byte that differs.
func (d *difference) excerpt() string {
	before := strings.TrimSuffix(quoted(d.before), `"`)
	line := func(b []byte) string { return before + strings.TrimPrefix(quoted(b), `"`) }
	return fmt.Sprintf("  file  %s\n  copy  %s\n        %s^\n", line(d.original), line(d.copied), strings.Repeat(" ", len(before)))
}

// quoted shows bytes one by one: what is no printable ASCII as an escape.
func quoted(b []byte) string {
	var s strings.Builder
	s.WriteByte('"')
	for _, c := range b {
		if c < 0x80 {
			one := strconv.Quote(string(rune(c)))
			s.WriteString(one[1 : len(one)-1])
			continue
		}
		fmt.Fprintf(&s, `\x%02x`, c)
	}
	s.WriteByte('"')
	return s.String()
}
