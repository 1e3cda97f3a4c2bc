package ledger

import (
	"context"
	"fmt"
	"strings"
)

// RivalError says that a batch, were it sent, might pay what another one has
// paid: a batch that these books have forgotten, and that the bank has.
type RivalError struct {
	Batch   string
	Wages   int    // of the batch, that look like payments of the other
	Payment string // the first of these payments
	Of      string // the batch that the bank has
	Others  int    // payments in its file of which these books know no wage
	Sealed  bool   // the batch is one of these books, and is to be sent again
}

func (e *RivalError) Error() string {
	if e.Wages == 0 {
		return fmt.Sprintf("batch %s: its file pays %d others, too, whose wages these books do not owe in it: sent, it might pay them twice", e.Batch, e.Others)
	}
	return fmt.Sprintf("batch %s: %d of its wages look like payments of batch %s, which the bank has (the first is %s): sent, they might be paid twice", e.Batch, e.Wages, e.Of, e.Payment)
}

// Hint says what to do about it.
func (e *RivalError) Hint() string {
	ask := "; or ask the bank who was paid, and say --may-pay-twice when it was none of them"
	switch {
	case e.Wages == 0:
		return "import the wage sheets of that time again, and adopt the rest of it" + ask
	case e.Sealed:
		return "compare the two files with the wage sheets: `bekal hold show`; where the other one has paid all of them, say --delivered, and they are never sent again" + ask
	}
	return "adopt that one first: bekal hold adopt " + e.Of + "; and where nothing of this one is left then, leave it"
}

// rivals is an error when wages may have been paid by another forgotten batch
// which the bank has: they are alike in account and amount, and not so many are
// owed besides that each could be another. want counts the wages by what must be
// alike; owed says that they are in no batch yet.
func (t *tx) rivals(facility int64, batch string, want map[string]int, owed bool) error {
	all, err := claims(t.ctx, t.Tx)
	if err != nil {
		return err
	}
	paid := make(map[string][]Claim)
	for _, c := range all {
		if k := alikeKey(SameWage, "", c.Account, c.Amount); c.Paid && c.AtBank && c.Batch != batch && want[k] > 0 {
			paid[k] = append(paid[k], c)
		}
	}
	if len(paid) == 0 {
		return nil
	}
	spans, err := unbatched(t.ctx, t.Tx, facility)
	if err != nil {
		return err
	}
	free := make(map[string]int)
	if err := eachUnbatched(t.ctx, t.Tx, spans, func(d *Held) { free[alikeKey(SameWage, "", d.Account, d.Amount)]++ }); err != nil {
		return err
	}
	e := &RivalError{Batch: batch, Sealed: !owed}
	for _, c := range all { // in their order, so that the first is always the same
		k := alikeKey(SameWage, "", c.Account, c.Amount)
		if len(paid[k]) == 0 {
			continue
		}
		besides := free[k]
		if owed {
			besides -= want[k]
		}
		if n := min(len(paid[k])-besides, want[k]); n > 0 {
			if e.Wages == 0 {
				e.Payment, e.Of = paid[k][0].Reference, paid[k][0].Batch
			}
			e.Wages += n
		}
		delete(paid, k)
	}
	if e.Wages == 0 {
		return nil
	}
	return e
}

// CheckRivals is a RivalError when a sealed batch must not be sent, since the books have
// learnt in the meantime that another one may have paid its wages.
func (l *Ledger) CheckRivals(ctx context.Context, b Batch) error {
	db, err := l.reader.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer db.Rollback() //nolint:errcheck // it only read
	return (&tx{Tx: db, ctx: ctx}).checkRivals(b)
}

// checkRivals asks again, before a batch is sent, what people were asked when they
// decided that the bank has not got it: a batch may have been found since. What they
// have said in spite of that stands. Of one that nobody had to decide about only
// the references are asked for: whom it pays was held against what is known when it
// was composed.
func (t *tx) checkRivals(b Batch) error {
	if forgotten, err := t.anyForgotten(); err != nil || !forgotten {
		return err
	}
	var sealed string
	if err := t.GetContext(t.ctx, &sealed, `SELECT detail FROM batch_events WHERE batch_id = ? AND event = 'sealed' ORDER BY id DESC LIMIT 1`, b.ID); err != nil {
		return fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
	}
	switch {
	case strings.HasPrefix(sealed, decidedAllTheSame):
		return nil
	case strings.HasPrefix(sealed, decidedNotDelivered):
		return t.maySendAgain(b)
	}
	return t.named(b)
}

// anyForgotten says whether these books know of a batch that they have forgotten:
// those that were never put back need not be asked about any.
func (t *tx) anyForgotten() (known bool, err error) {
	err = t.GetContext(t.ctx, &known, `SELECT EXISTS (SELECT 1 FROM forgotten)`)
	if err != nil {
		err = fmt.Errorf("ledger: forgotten batches: %w", err)
	}
	return known, err
}

// named is an error when another forgotten batch, which the bank has, names wages of
// this one by their very references. A reference is used up when the bank has had
// it, whatever it has done with it.
func (t *tx) named(b Batch) error {
	var by []struct {
		Reference string `db:"reference"`
		Batch     string `db:"batch"`
	}
	if err := t.SelectContext(t.ctx, &by, `SELECT DISTINCT l.reference, f.batch FROM batch_ranges r JOIN deposits d ON d.id BETWEEN r.first_deposit AND r.last_deposit
		JOIN forgotten_lines l ON l.reference = coalesce((SELECT x.reference FROM recalled x WHERE x.deposit_id = d.id), d.reference) JOIN forgotten f ON f.id = l.forgotten_id
		WHERE r.batch_id = ? AND f.batch <> ? AND `+best+` AND (SELECT max(x.at_bank) FROM forgotten x WHERE x.batch = f.batch) = 1 ORDER BY l.id`, b.ID, b.Reference); err != nil {
		return fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
	}
	if len(by) == 0 {
		return nil
	}
	wages := make(map[string]bool)
	for _, x := range by {
		wages[x.Reference] = true
	}
	return &RivalError{Batch: b.Reference, Wages: len(wages), Payment: by[0].Reference, Of: by[0].Batch, Sealed: true}
}

// maySendAgain is an error when it might pay somebody twice to send an uncertain
// batch again: by the wages in it, or by what else stands in its file.
func (t *tx) maySendAgain(b Batch) error {
	if forgotten, err := t.anyForgotten(); err != nil || !forgotten {
		return err
	}
	if err := t.named(b); err != nil {
		return err
	}
	others, err := t.foundLines(b.Reference)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		var adopted bool
		if err := t.GetContext(t.ctx, &adopted, `SELECT EXISTS (SELECT 1 FROM recalled WHERE batch_id = ?)`, b.ID); err != nil {
			return fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
		}
		if adopted {
			return &RivalError{Batch: b.Reference, Others: len(others), Sealed: true}
		}
	}
	var wages []struct {
		Account string `db:"account"`
		Amount  Money  `db:"amount"`
	}
	if err := t.SelectContext(t.ctx, &wages, `SELECT d.account, d.amount FROM batch_ranges r JOIN deposits d ON d.id BETWEEN r.first_deposit AND r.last_deposit WHERE r.batch_id = ?`, b.ID); err != nil {
		return fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
	}
	want := make(map[string]int)
	for _, w := range wages {
		want[alikeKey(SameWage, "", w.Account, w.Amount)]++
	}
	return t.rivals(b.FacilityID, b.Reference, want, false)
}
