package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"bekal/reconcile"
)

func (b *workbook) summary(r reconcile.Report) error {
	w := b.w
	s, err := b.sheet(w.Summary, []column{{"", 46}, {"", 16}, {"", 22}})
	if err != nil {
		return err
	}
	v := w.verdict(r)
	ink := b.styles.bad
	if v.Proven {
		ink = b.styles.good
	}
	rows := [][]any{
		{excelize.Cell{StyleID: b.styles.title, Value: w.Title}},
		{b.bold(r.FacilityName + " (" + r.FacilityCode + ")")},
		{},
		{excelize.Cell{StyleID: ink, Value: v.Stamp}},
	}
	for _, sentence := range v.Sentences {
		rows = append(rows, []any{b.text(sentence)})
	}
	rows = append(rows, []any{},
		[]any{b.bold(w.Bank), b.text(r.Bank)},
		[]any{b.bold(w.Date), b.text(w.DayOf(r.Date))},
		[]any{b.bold(w.Night), b.text(r.Night)},
		[]any{b.bold(w.Generated), b.text(w.Moment(r.GeneratedAt))},
		[]any{b.bold(w.ChainHead), b.text(r.ChainHead)},
		[]any{b.bold(w.ToCheck), b.text(check(r.ChainHead))},
		[]any{}, b.headCells(w.Summary, w.Count, w.Total))
	for _, l := range w.standings(r.Summary) {
		label := l.Label
		if l.Within {
			label = "    " + label
		}
		rows = append(rows, []any{b.text(label), b.count(l.Tally.Count), b.amount(l.Tally.Total)})
	}
	rows = append(rows, []any{}, b.headCells(w.OpenMismatches, w.Mismatches, w.Total))
	for _, k := range r.Kinds {
		rows = append(rows, []any{b.text(w.KindName(k.Kind)), b.count(k.Tally.Count), b.amount(k.Tally.Total)})
	}
	open := openTally(r)
	rows = append(rows,
		[]any{b.bold(w.Sum), b.count(open.Count), b.amount(open.Total)},
		[]any{}, b.headCells(w.Ageing, w.Mismatches, w.Total))
	for _, a := range r.Ageing {
		rows = append(rows, []any{b.text(w.Band(a)), b.count(a.Tally.Count), b.amount(a.Tally.Total)})
	}
	for _, cells := range rows {
		if err := s.add(cells...); err != nil {
			return err
		}
	}
	return s.stream.Flush()
}

func (b *workbook) headCells(heads ...string) []any {
	cells := make([]any, len(heads))
	for i, h := range heads {
		cells[i] = excelize.Cell{StyleID: b.styles.header, Value: h}
	}
	return cells
}

func (b *workbook) mismatches(ms []reconcile.Mismatch, perSheet int) error {
	for n := 1; ; n++ {
		name := b.w.Mismatches
		if n > 1 {
			name = fmt.Sprintf("%s %d", name, n)
		}
		if err := b.mismatchSheet(name, ms[:min(len(ms), perSheet)]); err != nil {
			return fmt.Errorf("sheet %s: %w", name, err)
		}
		if ms = ms[min(len(ms), perSheet):]; len(ms) == 0 {
			return nil
		}
	}
}

func (b *workbook) mismatchSheet(name string, ms []reconcile.Mismatch) error {
	w := b.w
	cols := []column{
		{w.ID, 8}, {w.Kind, 20}, {w.State, 12}, {w.AgeDays, 8}, {w.Opened, 12}, {w.Reference, 24}, {w.Batch, 22},
		{w.ExpectedAccount, 18}, {w.ActualAccount, 18}, {w.ExpectedName, 26}, {w.ActualName, 26},
		{w.ExpectedAmount, 18}, {w.ActualAmount, 18}, {w.Difference, 18}, {w.Status, 9}, {w.Code, 10},
		{w.Reason, 50}, {w.NextStep, 50}, {w.File, 28}, {w.Line, 9}, {w.Field, 18}, {w.From, 9}, {w.To, 9}, {w.Raw, 80},
	}
	s, err := b.sheet(name, cols)
	if err != nil {
		return err
	}
	if err := s.freeze(); err != nil {
		return err
	}
	if err := s.heads(cols); err != nil {
		return err
	}
	for _, m := range ms {
		if err := s.add(b.mismatchCells(m)...); err != nil {
			return err
		}
	}
	return s.end(len(cols))
}

func (b *workbook) mismatchCells(m reconcile.Mismatch) []any {
	w := b.w
	cells := []any{
		b.count(m.ID), b.text(w.KindName(m.Kind)), b.text(w.StateName(m.State)), b.count(int64(m.AgeDays)), b.date(m.Opened),
		b.text(m.Reference), b.text(m.Batch),
		nil, nil, nil, nil, nil, nil,
		b.amount(m.Difference()), b.text(m.Status), b.text(m.Code), b.wrapped(m.Reason.In(w.Lang)), b.wrapped(m.NextStep.In(w.Lang)),
		b.text(m.File), b.position(m.Line), b.text(m.Field), b.position(m.From), b.position(m.To), b.text(m.Raw),
	}
	if e := m.Expected; e != nil {
		cells[7], cells[9], cells[11] = b.text(e.Account), b.text(e.Name), b.amount(e.Amount)
	}
	if a := m.Actual; a != nil {
		account, name, amount := b.text(a.Account), b.text(a.Name), b.amount(a.Amount)
		d := compare(m)
		if d.account {
			account.StyleID = b.styles.differs
		}
		if d.name {
			name.StyleID = b.styles.differs
		}
		if d.amount {
			amount.StyleID = b.styles.differsAmount
		}
		cells[8], cells[10], cells[12] = account, name, amount
	}
	return cells
}

func (b *workbook) wrapped(s string) excelize.Cell {
	c := b.text(s)
	c.StyleID = b.styles.wrap
	return c
}

func (b *workbook) proof(p reconcile.Proof) error {
	w := b.w
	cols := []column{
		{w.Scope, 34}, {w.Result, 12},
		{w.Opening, 18}, {"+ " + w.Delivered, 18}, {"− " + w.Closed, 18}, {"− " + w.Rejected, 18},
		{"= " + w.Closing, 18}, {"= " + w.OpenDeposits, 18}, {"= " + w.Control, 18},
		{w.Opening + ", " + w.Count, 12}, {"+ " + w.Delivered + ", " + w.Count, 12}, {"− " + w.Closed + ", " + w.Count, 12},
		{"− " + w.Rejected + ", " + w.Count, 12}, {"= " + w.Closing + ", " + w.Count, 12}, {"= " + w.OpenDeposits + ", " + w.Count, 12},
		{w.Gap, 60},
	}
	s, err := b.sheet(w.Proof, cols)
	if err != nil {
		return err
	}
	if err := s.freeze(); err != nil {
		return err
	}
	if err := s.heads(cols); err != nil {
		return err
	}
	for _, l := range p.Lines {
		if err := s.add(b.proofCells(l)...); err != nil {
			return err
		}
	}
	return s.end(len(cols))
}

func (b *workbook) proofCells(l reconcile.ProofLine) []any {
	w := b.w
	result := b.bold(w.Holds)
	if !l.Proven {
		result = excelize.Cell{StyleID: b.styles.bad, Value: w.Fails}
	}
	gaps := ""
	for i, g := range w.gaps(l) {
		if i > 0 {
			gaps += "; "
		}
		gaps += w.gapSentence(g)
	}
	cells := []any{
		b.text(w.lineName(l)), result,
		b.amount(l.Opening.Total), b.amount(l.Delivered.Total), b.amount(l.Settled.Total), b.amount(l.Rejected.Total),
		b.amount(l.Closing.Total), b.amount(l.OpenDeposits.Total), b.amount(l.Control),
		b.count(l.Opening.Count), b.count(l.Delivered.Count), b.count(l.Settled.Count),
		b.count(l.Rejected.Count), b.count(l.Closing.Count), b.count(l.OpenDeposits.Count),
		b.wrapped(gaps),
	}
	switch l.Scope {
	case reconcile.ScopePayable: // the journal's figure and the deposits' one
		for _, i := range []int{2, 3, 4, 5, 8, 9, 10, 11, 12, 13} {
			cells[i] = nil
		}
	case reconcile.ScopeJournal: // debits and credits
		for _, i := range []int{2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14} {
			cells[i] = nil
		}
	}
	return cells
}

func (b *workbook) batches(bs []reconcile.BatchLine) error {
	w := b.w
	cols := []column{
		{w.Batch, 24}, {w.State, 16}, {w.ValueDate, 20}, {w.Sent, 12}, {w.Sent + " (Rp)", 20}, {w.PaidNow, 12}, {w.PaidNow + " (Rp)", 20},
		{w.FailedNow, 12}, {w.FailedNow + " (Rp)", 20}, {w.Open, 12}, {w.Open + " (Rp)", 20},
	}
	s, err := b.sheet(w.Batches, cols)
	if err != nil {
		return err
	}
	if err := s.freeze(); err != nil {
		return err
	}
	if err := s.heads(cols); err != nil {
		return err
	}
	for _, l := range bs {
		if err := s.add(b.text(l.Reference), b.text(w.BatchState(l.State)), b.text(w.DayOf(l.ValueDate)),
			b.count(l.Sent.Count), b.amount(l.Sent.Total), b.count(l.Settled.Count), b.amount(l.Settled.Total),
			b.count(l.Failed.Count), b.amount(l.Failed.Total), b.count(l.Open.Count), b.amount(l.Open.Total)); err != nil {
			return err
		}
	}
	return s.end(len(cols))
}
