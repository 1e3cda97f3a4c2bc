package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"bekal/reconcile"
)

// A terminal shows the beginning of a long list; the whole of it is for the
// spreadsheet.
const (
	mismatchesInText = 50
	batchesInText    = 20
	linesInText      = 20
)

// Text writes the report for a terminal: the verdict, the summary, at most 50
// mismatches, the batches and the proof.
func Text(w io.Writer, r reconcile.Report, o Options) error {
	t := newScreen(w, o)
	t.head(r)
	t.verdict(r)
	t.summary(r)
	t.openSection(r)
	t.batches(r.Batches)
	t.section(t.w.Proof, "")
	t.proof(r.Proof)
	if r.ChainHead != "" {
		t.line("")
		t.line("%s %s", t.faint(t.w.ChainHead), visible(r.ChainHead))
		t.line("%s: %s", t.faint(t.w.ToCheck), check(r.ChainHead))
	}
	return t.done("report as text")
}

// MismatchTable writes all the mismatches given for a terminal.
func MismatchTable(w io.Writer, ms []reconcile.Mismatch, o Options) error {
	t := newScreen(w, o)
	if len(ms) == 0 {
		t.line("%s", t.w.NoneListed)
	} else {
		t.mismatches(ms)
	}
	return t.done("mismatches as text")
}

// ProofTable writes the proof for a terminal: the verdict, then every line.
func ProofTable(w io.Writer, p reconcile.Proof, o Options) error {
	t := newScreen(w, o)
	if holds(p) {
		t.line("%s  %s", t.good(t.w.Proven), t.w.Balanced)
	} else {
		t.line("%s  %s", t.bad(t.w.NotProven), t.w.NotBalanced)
	}
	t.line("")
	t.proof(p)
	return t.done("proof as text")
}

// screen is terminal text in the making. The buffered writer keeps the first
// error until done.
type screen struct {
	paint
	out   *bufio.Writer
	w     *words
	width int
}

func newScreen(w io.Writer, o Options) *screen {
	return &screen{paint: paint(o.Colour), out: bufio.NewWriter(w), w: o.words(), width: o.width()}
}

func (t *screen) line(format string, args ...any) {
	_, _ = fmt.Fprintf(t.out, format+"\n", args...)
}

// block writes lines that are ready, without the blanks at their ends.
func (t *screen) block(s string) {
	for l := range strings.Lines(s) {
		t.line("%s", strings.TrimRight(l, " \n"))
	}
}

// wrapped writes a paragraph behind a label, the following lines indented.
func (t *screen) wrapped(label, s string, indent int) {
	lines := strings.Split(text.WrapSoft(s, t.width-indent), "\n")
	for i, l := range lines {
		if i > 0 {
			label = ""
		}
		gap := max(indent-text.StringWidthWithoutEscSequences(label), 0)
		t.line("%s", strings.TrimRight(label+strings.Repeat(" ", gap)+l, " "))
	}
}

func (t *screen) section(title, note string) {
	rule := max(t.width-text.StringWidthWithoutEscSequences(title)-text.StringWidthWithoutEscSequences(note)-2, 3)
	if note == "" {
		rule++
	}
	t.line("")
	t.line("%s", strings.TrimRight(t.bold(strings.ToUpper(title))+" "+t.faint(strings.Repeat("─", rule))+" "+note, " "))
	t.line("")
}

func (t *screen) done(what string) error {
	if err := t.out.Flush(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func (t *screen) head(r reconcile.Report) {
	w := t.w
	t.line("%s", t.bold(strings.ToUpper(w.Title)))
	t.line("%s (%s) · %s", visible(r.FacilityName), visible(r.FacilityCode), visible(r.Bank))
	parts := []string{w.DayOf(r.Date)}
	if r.Night != "" {
		parts = append(parts, strings.ToLower(w.Night)+" "+visible(r.Night))
	}
	parts = append(parts, strings.ToLower(w.Generated)+" "+w.Moment(r.GeneratedAt))
	t.line("%s", t.faint(strings.Join(parts, " · ")))
	t.line("")
}

// verdict draws the stamp, with what it means beside it.
func (t *screen) verdict(r reconcile.Report) {
	v := t.w.verdict(r)
	ink := t.good
	if !v.Proven {
		ink = t.bad
	}
	bar := strings.Repeat("═", text.StringWidthWithoutEscSequences(v.Stamp)+4)
	stamp := []string{"╔" + bar + "╗", "║  " + v.Stamp + "  ║", "╚" + bar + "╝"}
	room := t.width - text.StringWidthWithoutEscSequences(stamp[0]) - 2
	var says []string
	for _, s := range v.Sentences {
		says = append(says, strings.Split(text.WrapSoft(s, room), "\n")...)
	}
	if len(says) < len(stamp) {
		says = append([]string{""}, says...)
	}
	for i := range max(len(stamp), len(says)) {
		l := strings.Repeat(" ", text.StringWidthWithoutEscSequences(stamp[0]))
		if i < len(stamp) {
			l = ink(stamp[i])
		}
		if i < len(says) {
			l += "  " + strings.TrimRight(says[i], " ")
		}
		t.line("%s", strings.TrimRight(l, " "))
	}
}
