package report

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"bekal/reconcile"
)

// newTable returns a boxed table whose words are left as they are written.
func newTable(title string) table.Writer {
	tw := table.NewWriter()
	style := table.StyleRounded
	style.Format = table.FormatOptions{Footer: text.FormatDefault, Header: text.FormatDefault, Row: text.FormatDefault}
	style.Title = table.TitleOptions{Align: text.AlignLeft}
	tw.SetStyle(style)
	if title != "" {
		tw.SetTitle("%s", title)
	}
	return tw
}

// rightFrom right-aligns the columns from to last.
func rightFrom(from, last int) []table.ColumnConfig {
	var cs []table.ColumnConfig
	for n := from; n <= last; n++ {
		cs = append(cs, table.ColumnConfig{
			Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight,
		})
	}
	return cs
}

// standing is a line of the summary.
type standing struct {
	Label  string
	Tally  reconcile.Tally
	Within bool // already counted in the line above
}

func (w *words) standings(s reconcile.Summary) []standing {
	return []standing{
		{w.Owed, s.Owed, false},
		{w.Batched, s.Batched, false},
		{w.InTransit, s.InTransit, false},
		{w.Pending, s.Pending, true},
		{w.Settled, s.Settled, false},
		{w.Failed, s.Failed, false},
		{w.Repaid, s.Repaid, false},
	}
}

func (t *screen) summary(r reconcile.Report) {
	w := t.w
	t.section(w.Summary, "")
	tw := newTable("")
	tw.SetColumnConfigs(rightFrom(2, 3))
	tw.AppendHeader(table.Row{"", w.Count, w.Total})
	for _, s := range w.standings(r.Summary) {
		label := s.Label
		if s.Within {
			label = "  " + label
		}
		tw.AppendRow(table.Row{label, number(s.Tally.Count), s.Tally.Total.Figure()})
	}
	t.block(tw.Render())
}

// openSection writes what is open: by kind, by age, and one by one.
func (t *screen) openSection(r reconcile.Report) {
	w, open := t.w, openTally(r)
	t.section(w.OpenMismatches, fmt.Sprintf("%s · %s", number(open.Count), open.Total))
	if nothingOpen(r) {
		if holds(r.Proof) && wholeStory(r) {
			t.line("%s", t.good(w.AllTies))
		} else {
			t.line("%s", w.NoMismatches)
		}
	} else {
		t.block(beside(t.kinds(r.Kinds), t.ageing(r.Ageing), t.width))
	}
	if len(r.Mismatches) == 0 {
		return
	}
	t.line("")
	t.mismatches(r.Mismatches[:min(len(r.Mismatches), mismatchesInText)])
	if more := len(r.Mismatches) - mismatchesInText; more > 0 {
		t.line("")
		t.wrapped("", fmt.Sprintf(w.MoreMismatches, number(int64(more))), 0)
	}
}

func (t *screen) kinds(kinds []reconcile.KindLine) string {
	tw := newTable("")
	tw.SetColumnConfigs(rightFrom(2, 3))
	tw.AppendHeader(table.Row{t.w.Kind, t.w.Mismatches, t.w.Total})
	for _, k := range kinds {
		tw.AppendRow(table.Row{t.w.KindName(k.Kind), number(k.Tally.Count), k.Tally.Total.Figure()})
	}
	return tw.Render()
}

func (t *screen) ageing(bands []reconcile.AgeBand) string {
	tw := newTable("")
	tw.SetColumnConfigs(rightFrom(2, 3))
	tw.AppendHeader(table.Row{t.w.Age, t.w.Mismatches, t.w.Total})
	for _, a := range bands {
		tw.AppendRow(table.Row{t.w.Band(a), number(a.Tally.Count), a.Tally.Total.Figure()})
	}
	return tw.Render()
}

// beside sets two blocks side by side where the width allows it, and one
// below the other where not.
func beside(left, right string, width int) string {
	l, r := strings.Split(left, "\n"), strings.Split(right, "\n")
	pad := firstWidth(left)
	if pad+3+firstWidth(right) > width {
		return left + "\n\n" + right
	}
	var b strings.Builder
	for i := range max(len(l), len(r)) {
		var a, c string
		if i < len(l) {
			a = l[i]
		}
		if i < len(r) {
			c = r[i]
		}
		fmt.Fprintf(&b, "%s   %s\n", text.Pad(a, pad, ' '), c)
	}
	return b.String()
}

func (t *screen) batches(bs []reconcile.BatchLine) {
	if len(bs) == 0 {
		return
	}
	t.section(t.w.Batches, "")
	shown := bs[:min(len(bs), batchesInText)]
	// What does not fit is left out, the amounts first, then the date.
	out := t.batchTable(shown, false, false)
	if firstWidth(out) > t.width {
		out = t.batchTable(shown, true, false)
	}
	if firstWidth(out) > t.width {
		out = t.batchTable(shown, true, true)
	}
	t.block(out)
	if more := len(bs) - batchesInText; more > 0 {
		t.line(t.w.MoreBatches, number(int64(more)))
	}
}

func (t *screen) batchTable(bs []reconcile.BatchLine, noAmounts, noDate bool) string {
	w := t.w
	tw := newTable("")
	tw.Style().Options.SeparateColumns = false
	columns := append([]table.ColumnConfig{{Number: 3, Hidden: noDate}}, rightFrom(4, 9)...)
	columns[2].Hidden, columns[6].Hidden = noAmounts, noAmounts
	tw.SetColumnConfigs(columns)
	tw.AppendHeader(table.Row{w.Batch, w.State, w.ValueDate, w.Sent, w.Total, w.PaidNow, w.FailedNow, w.Open, w.Total})
	for _, b := range bs {
		tw.AppendRow(table.Row{
			visible(b.Reference), w.BatchState(b.State), w.shortDayOf(b.ValueDate),
			number(b.Sent.Count), b.Sent.Total.Figure(), number(b.Settled.Count), number(b.Failed.Count),
			number(b.Open.Count), b.Open.Total.Figure(),
		})
	}
	return tw.Render()
}

// firstWidth is the width of the first line of a block.
func firstWidth(s string) int {
	first, _, _ := strings.Cut(s, "\n")
	return text.StringWidthWithoutEscSequences(first)
}
