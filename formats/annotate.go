package formats

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// AnnotateOptions say how a file is shown.
type AnnotateOptions struct {
	File       string // the file's name
	Colour     bool   // colour for a terminal
	Lang       string // "id" (also when empty) or "en"
	MaxRecords int    // records shown in full, and broken ones shown after them; 0 for all
	Width      int    // columns of the terminal; 80 when 0
}

// Annotate shows a file with its meaning: each record with the groups in which
// it stands and a ruler, each field with its name, columns, value and meaning,
// and each error and warning underlined where it stands. A byte takes one
// column; those that a terminal should not see are shown as "·".
//
// The error is that of reading or writing, or the *[Errors] of the file when
// it is not clean; those have been shown already.
func Annotate(w io.Writer, p *Plan, r io.Reader, o AnnotateOptions) error {
	if o.Width == 0 {
		o.Width = 80
	}
	a := &annotator{out: bufio.NewWriter(w), plan: p, options: o, words: wordsIn(o.Lang), outline: newOutline(p)}
	a.chunk = max((o.Width-margin)/10*10, 20)
	d := p.NewDecoder(r, DecodeOptions{File: o.File, MaxErrors: maxProblems, MaxWarnings: maxProblems})
	a.title()
	skipped, broken := 0, 0
	for d.Next() {
		rec := d.Record()
		a.outline.step(d.place.at)
		a.blanks += len(rec.blanks)
		a.keepHead(rec)
		switch wrong := rec.Err() != nil; {
		case o.MaxRecords == 0 || rec.Number() <= o.MaxRecords:
		case wrong && broken < o.MaxRecords:
			broken++
		case wrong:
			continue
		default:
			skipped++
			continue
		}
		if skipped > 0 {
			a.dots(skipped)
			skipped = 0
		}
		a.shownErrors += len(rec.errs)
		a.shownWarnings += len(rec.warnings)
		a.record(rec, d.place.at)
	}
	if skipped > 0 {
		a.dots(skipped)
	}
	a.blanks += len(d.rec.blanksAhead)
	a.summary(d)
	if err := a.out.Flush(); err != nil {
		return fmt.Errorf("write annotated file: %w", err)
	}
	return d.Err()
}

// margin is what stands left of a record's bytes.
const margin = 8

type annotator struct {
	out     *bufio.Writer
	plan    *Plan
	options AnnotateOptions
	words   *words
	chunk   int // bytes of a record on one line
	outline *outline

	blanks        int // blank lines
	shownErrors   int // errors that have been shown with their record
	shownWarnings int // the same of warnings

	// Records whose totals are checked when their scope ends, by line, to be
	// underlined then.
	heads map[int]*keptHead
}

// keptHead is a record that is shown again when its totals are wrong.
type keptHead struct {
	plan *RecordPlan
	raw  []byte
}

// maxHeads bounds how many records are kept to be shown again.
const maxHeads = 100

// The colours, as terminals know them.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	green  = "32"
	cyan   = "36"
	yellow = "33"
)

// paint colours a text, where colours are wanted.
func (a *annotator) paint(colour, s string) string {
	if !a.options.Colour || s == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// printf writes to the buffer, which keeps an error until it is flushed.
func (a *annotator) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.out, format, args...)
}

func (a *annotator) title() {
	name, title := a.options.File, a.plan.layout.Title.In(a.words.lang)
	if name != "" {
		name += "  "
	}
	if title != "" {
		title = a.paint(dim, "  "+title)
	}
	a.printf("%s%s\n", a.paint(bold, name+a.plan.Name()), title)
}

// keepHead keeps a record with totals over the records behind it.
func (a *annotator) keepHead(r *Record) {
	if r.plan == nil || r.whole != nil || len(a.heads) >= maxHeads {
		return
	}
	for _, i := range r.plan.totals {
		if a.plan.totals[i].later {
			if a.heads == nil {
				a.heads = map[int]*keptHead{}
			}
			a.heads[r.line] = &keptHead{r.plan, bytes.Clone(r.raw)}
			return
		}
	}
}

func (a *annotator) dots(n int) {
	a.printf("\n%s\n", a.paint(dim, fmt.Sprintf("  ... %s: %d", a.words.skipped, n)))
}
