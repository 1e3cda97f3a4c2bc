package report

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"bekal/reconcile"
)

// cause gathers mismatches that have one explanation, so that a person reads
// it once.
type cause struct {
	kind         reconcile.Kind
	code         string
	reason, step string
	list         []reconcile.Mismatch
}

// causes groups mismatches by kind, code, reason and next step, in the order
// in which each first occurs.
func causes(ms []reconcile.Mismatch, lang string) []*cause {
	type key struct {
		kind               reconcile.Kind
		code, reason, step string
	}
	var out []*cause
	seen := make(map[key]*cause)
	for _, m := range ms {
		k := key{m.Kind, m.Code, m.Reason.In(lang), m.NextStep.In(lang)}
		c, ok := seen[k]
		if !ok {
			c = &cause{kind: k.kind, code: k.code, reason: k.reason, step: k.step}
			seen[k] = c
			out = append(out, c)
		}
		c.list = append(c.list, m)
	}
	return out
}

// columns are the widths of the mismatch table, blanks between them not
// counted. A narrow table has no column for the difference: it stands below
// the two amounts.
type columns struct{ id, reference, side, account, name, amount, difference, age int }

// mismatches writes one table; every cause ends with where it was found, its
// reason and its next step.
func (t *screen) mismatches(ms []reconcile.Mismatch) {
	w, c := t.w, t.columns(ms)
	t.rows(c, [][]string{{w.ID, w.Reference, "", w.Account, w.Name, w.Amount, w.Difference, w.Age}}, t.faint)
	var kind reconcile.Kind
	for i, group := range causes(ms, w.Lang) {
		if i == 0 || group.kind != kind {
			kind = group.kind
			t.kindTitle(kind)
		}
		t.cause(group, c)
	}
}

// enoughName shows most names whole; a narrower table does without the column
// for the difference.
const enoughName = 18

func (t *screen) columns(ms []reconcile.Mismatch) columns {
	w := t.w
	c := columns{
		id: 3, reference: text.StringWidth(w.Reference), account: 15,
		side:   max(text.StringWidth(w.Ours), text.StringWidth(w.Banks), text.StringWidth(w.Both), text.StringWidth(w.Off)),
		amount: text.StringWidth(w.Amount), age: 5,
	}
	for _, m := range ms {
		c.id = max(c.id, len(fmt.Sprint(m.ID)))
		c.reference = max(c.reference, text.StringWidth(visible(m.Reference)))
		for _, s := range []*reconcile.Side{m.Expected, m.Actual} {
			if s != nil {
				c.amount = max(c.amount, len(s.Amount.Figure()))
			}
		}
		c.difference = max(c.difference, len(difference(m)))
		c.age = max(c.age, len(age(m)))
		if m.State != reconcile.Open {
			c.age = max(c.age, text.StringWidth(w.StateName(m.State)))
		}
	}
	c.reference = min(c.reference, 24)
	// The name takes what is left: it is the one column that may be cut.
	rest := t.width - c.id - c.reference - c.side - c.account - c.amount - c.age - 6*2
	column := max(c.difference, text.StringWidth(w.Difference))
	if name := rest - column - 2; name >= enoughName {
		c.difference, c.name = column, min(name, 40)
		return c
	}
	if over := c.difference - c.amount; over > 0 {
		c.amount, rest = c.amount+over, rest-over
	}
	c.difference = 0
	if rest < enoughName && c.reference > 16 {
		less := min(c.reference-16, enoughName-rest)
		c.reference, rest = c.reference-less, rest+less
	}
	c.name = max(rest, 8)
	return c
}

// kindTitle writes the name of a kind, with what it means.
func (t *screen) kindTitle(k reconcile.Kind) {
	name, meaning := t.w.KindName(k), t.w.KindMeaning(k)
	t.line("")
	rule := max(t.width-text.StringWidth(name)-text.StringWidth(meaning)-7, 3)
	t.line("%s %s %s", t.faint("──"), t.bold(name)+t.faint(": "+meaning), t.faint(strings.Repeat("─", rule)))
}

// cause writes the mismatches of one cause, then where, why and what to do.
func (t *screen) cause(g *cause, c columns) {
	w, indent := t.w, c.id+2
	for _, m := range g.list {
		t.rows(c, t.sides(m, c), nil)
		if m.Kind == reconcile.Unreadable {
			t.raw(m, indent)
		}
	}
	labels := max(text.StringWidth(w.File), text.StringWidth(w.Reason), text.StringWidth(w.Step)) + 2
	tell := func(label, s string) {
		if s != "" {
			t.wrapped(strings.Repeat(" ", indent)+label, s, indent+labels)
		}
	}
	tell(t.bold(w.Step), visible(g.step))
	reason := visible(g.reason)
	if g.code != "" {
		reason += fmt.Sprintf(" (%s %s)", strings.ToLower(w.Code), visible(g.code))
	}
	tell(w.Reason, reason)
	for i, place := range w.places(g.list) {
		label := t.faint(w.File)
		if i > 0 {
			label = ""
		}
		tell(label, t.faint(place))
	}
}

// The cells of a row.
const (
	cellID = iota
	cellReference
	cellSide
	cellAccount
	cellName
	cellAmount
	cellDifference
	cellAge
	cells
)

// sides returns one row where both sides say the same, and otherwise one for
// each side; the second row has the difference and the state.
func (t *screen) sides(m reconcile.Mismatch, c columns) [][]string {
	w := t.w
	first, second := make([]string, cells), make([]string, cells)
	first[cellID], first[cellReference], first[cellAge] = fmt.Sprint(m.ID), visible(m.Reference), age(m)
	if m.State != reconcile.Open {
		second[cellAge] = w.StateName(m.State)
	}
	d := compare(m)
	switch {
	case d.same:
		first[cellSide] = w.Both
		fill(first, m.Expected, c)
	case m.Expected != nil || m.Actual != nil:
		first[cellSide], first[cellAccount], first[cellName] = w.Ours, "–", cut(w.NothingOrdered, c.name)
		second[cellSide], second[cellAccount], second[cellName] = w.Banks, "–", cut(w.NothingAnswered, c.name)
		fill(first, m.Expected, c)
		fill(second, m.Actual, c)
		t.highlight(second, d)
	}
	rows := [][]string{first}
	if strings.Join(second, "") != "" {
		rows = append(rows, second)
	}
	if diff := difference(m); diff != "" && c.difference == 0 {
		third := make([]string, cells)
		third[cellSide], third[cellAmount] = t.faint(w.Off), diff
		rows = append(rows, third)
	} else {
		second[cellDifference] = diff
	}
	return rows
}

func fill(row []string, s *reconcile.Side, c columns) {
	if s != nil {
		row[cellAccount], row[cellName], row[cellAmount] = visible(s.Account), cut(visible(s.Name), c.name), s.Amount.Figure()
	}
}

// highlight paints what the bank says otherwise.
func (t *screen) highlight(row []string, d differences) {
	for cell, differs := range map[int]bool{cellAccount: d.account, cellName: d.name, cellAmount: d.amount} {
		if differs {
			row[cell] = t.warn(row[cell])
		}
	}
}

// rows writes rows in the common widths, so that the columns of all kinds
// stand below one another.
func (t *screen) rows(c columns, rows [][]string, ink func(string) string) {
	tw := table.NewWriter()
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	tw.SetStyle(style)
	widths := []int{c.id, c.reference, c.side, c.account, c.name, c.amount, c.difference, c.age}
	var configs []table.ColumnConfig
	for i, n := range widths {
		config := table.ColumnConfig{Number: i + 1, WidthMin: n, WidthMax: n, WidthMaxEnforcer: text.WrapHard, Hidden: n == 0}
		if i == cellID || i >= cellAmount {
			config.Align = text.AlignRight
		}
		configs = append(configs, config)
	}
	tw.SetColumnConfigs(configs)
	for _, r := range rows {
		row := make(table.Row, len(r))
		for i, s := range r {
			row[i] = s
		}
		tw.AppendRow(row)
	}
	out := tw.Render()
	if ink != nil {
		out = ink(strings.TrimRight(out, " "))
	}
	t.block(out)
}

// raw shows a line of the bank's file around the columns at fault, with a mark
// below them.
func (t *screen) raw(m reconcile.Mismatch, indent int) {
	if m.Raw == "" {
		return
	}
	blank := strings.Repeat(" ", indent)
	room := t.width - indent
	before, at, after := fault(m)
	if at == "" {
		t.line("%s%s", blank, cut(visible(m.Raw), room))
		return
	}
	// What precedes the fault gives way first, then what follows.
	if over := len(before) + len(at) - room*2/3; over > 0 && over < len(before) {
		before = "…" + before[over+1:]
	}
	t.line("%s%s", blank, cut(before+at+after, room))
	if start := text.StringWidth(before); start < room {
		t.line("%s%s%s", blank, strings.Repeat(" ", start), t.bad(strings.Repeat("^", min(len(at), room-start))))
	}
}

// age writes T+3.
func age(m reconcile.Mismatch) string { return fmt.Sprintf("T+%d", m.AgeDays) }

// difference writes what the bank moved too much (+) or too little (-), and
// nothing where that is nothing.
func difference(m reconcile.Mismatch) string {
	switch d := m.Difference(); {
	case d == 0:
		return ""
	case d > 0:
		return "+" + d.Figure()
	default:
		return d.Figure()
	}
}
