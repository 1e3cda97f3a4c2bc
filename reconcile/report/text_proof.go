package report

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"bekal/reconcile"
)

// proof writes every line that does not balance, and the one over everything,
// as a sum; the others as a table.
func (t *screen) proof(p reconcile.Proof) {
	t.wrapped("", t.faint(t.w.Rule), 0)
	t.line("")
	var rolling, pairs []reconcile.ProofLine
	for _, l := range p.Lines {
		switch {
		case !l.Proven:
			t.failure(l)
		case !rolls(l.Scope):
			pairs = append(pairs, l)
		case l.Scope == reconcile.ScopeOverall:
			t.sum(l)
		default:
			rolling = append(rolling, l)
		}
	}
	if len(rolling) > 0 {
		t.rolling(rolling)
	}
	for _, l := range pairs {
		t.pair(l)
	}
}

// rolling shows the latest lines; the earlier ones are proven, and counted.
func (t *screen) rolling(lines []reconcile.ProofLine) {
	w := t.w
	more := max(len(lines)-linesInText, 0)
	tw := newTable("")
	tw.Style().Options.SeparateColumns = false
	tw.SetColumnConfigs(rightFrom(2, 6))
	tw.AppendHeader(table.Row{"  " + w.Scope, w.Opening, "+ " + w.Delivered, "− " + w.Closed, "− " + w.Rejected, "= " + w.Closing})
	for _, l := range lines[more:] {
		tw.AppendRow(table.Row{
			t.good("✓") + " " + w.lineName(l), l.Opening.Total.Figure(), l.Delivered.Total.Figure(), l.Settled.Total.Figure(),
			l.Rejected.Total.Figure(), l.Closing.Total.Figure(),
		})
	}
	out := tw.Render()
	if firstWidth(out) > t.width {
		tw.Style().Options.DrawBorder = false
		out = tw.Render()
	}
	if firstWidth(out) > t.width {
		for _, l := range lines[more:] {
			t.sum(l)
		}
	} else {
		t.block(out)
		t.line("")
	}
	if more > 0 {
		t.line(w.MoreLines, number(int64(more)))
		t.line("")
	}
}

func (t *screen) failure(l reconcile.ProofLine) {
	t.line("%s  %s", t.bad("✗ "+t.w.Fails), t.bold(t.w.lineName(l)))
	if rolls(l.Scope) {
		t.figures(l)
	}
	for _, g := range t.w.gaps(l) {
		t.wrapped("  → ", t.w.gapSentence(g), 4)
	}
	t.line("")
}

func (t *screen) sum(l reconcile.ProofLine) {
	t.line("%s  %s", t.good("✓"), t.bold(t.w.lineName(l)))
	t.figures(l)
	t.line("")
}

// addend is one line of a proof line written as a sum.
type addend struct {
	Sign, Label string
	Tally       reconcile.Tally
	Counted     bool
	Rule        bool // a rule is drawn above it
}

func (w *words) addends(l reconcile.ProofLine) []addend {
	return []addend{
		{" ", w.Opening, l.Opening, true, false},
		{"+", w.Delivered, l.Delivered, true, false},
		{"−", w.Closed, l.Settled, true, false},
		{"−", w.Rejected, l.Rejected, true, false},
		{"=", w.Closing, l.Closing, true, true},
		{"=", w.OpenDeposits, l.OpenDeposits, true, false},
		{"=", w.Control, reconcile.Tally{Total: l.Control}, false, false},
	}
}

func (t *screen) figures(l reconcile.ProofLine) {
	for _, a := range t.w.addends(l) {
		if a.Rule {
			t.line("    %s", strings.Repeat("─", 58))
		}
		count := ""
		if a.Counted {
			count = number(a.Tally.Count)
		}
		t.line("  %s %s %10s %22s", a.Sign, text.Pad(a.Label, 24, ' '), count, a.Tally.Total.Figure())
	}
}

// pair writes a line of two figures that are equal.
func (t *screen) pair(l reconcile.ProofLine) {
	a, b, rule := l.Closing.Total, l.OpenDeposits.Total, t.w.PayableRule
	if l.Scope == reconcile.ScopeJournal {
		a, b, rule = l.Delivered.Total, l.Settled.Total, t.w.JournalRule
	}
	t.line("%s  %s %s = %s  %s", t.good("✓"), text.Pad(t.w.lineName(l), 13, ' '), a, b, t.faint(rule))
}
