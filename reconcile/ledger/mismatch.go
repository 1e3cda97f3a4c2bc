package ledger

import (
	"context"
	"fmt"
)

// MismatchRow is a mismatch as the books keep it: facts, no words for people.
type MismatchRow struct {
	ID              int64   `db:"id"`
	Kind            string  `db:"kind"`
	FacilityID      int64   `db:"facility_id"`
	BankID          int64   `db:"bank_id"`
	DepositID       int64   `db:"deposit_id"` // 0 for none, as in the next two
	BatchID         int64   `db:"batch_id"`
	FileID          int64   `db:"file_id"`
	Line            int64   `db:"line"`
	Field           string  `db:"field"`
	From            int64   `db:"from_column"`
	To              int64   `db:"to_column"`
	Reference       string  `db:"reference"`
	ExpectedAccount *string `db:"expected_account"` // nil where we ordered nothing
	ExpectedName    *string `db:"expected_name"`
	ExpectedAmount  *Money  `db:"expected_amount"`
	ActualAccount   *string `db:"actual_account"` // nil where the bank answered nothing
	ActualName      *string `db:"actual_name"`
	ActualAmount    *Money  `db:"actual_amount"`
	Status          string  `db:"status"`
	Code            string  `db:"code"`
	Detail          string  `db:"detail"`
	DetailID        string  `db:"detail_id"` // Detail in Indonesian, where it is words
	Raw             string  `db:"raw"`
	Opened          string  `db:"opened"` // business date
	State           string  `db:"state"`  // open, proposed, resolved, reopened, cleared
	File            string  `db:"file"`
	Batch           string  `db:"batch"`
}

func (t *tx) addMismatch(m MismatchRow) error {
	rows, err := t.into("mismatches")
	if err != nil {
		return err
	}
	_, err = rows.append(m.Kind, m.FacilityID, m.BankID, orNull(m.DepositID), orNull(m.BatchID), orNull(m.FileID), m.Line, m.Field, m.From, m.To, plain(m.Reference),
		textOrNull(m.ExpectedAccount), textOrNull(m.ExpectedName), moneyOrNull(m.ExpectedAmount), textOrNull(m.ActualAccount), textOrNull(m.ActualName), moneyOrNull(m.ActualAmount),
		plain(m.Status), plain(m.Code), plain(m.Detail), plain(m.DetailID), plain(m.Raw), m.Opened, t.at)
	return err
}

func textOrNull(s *string) any {
	if s == nil {
		return nil
	}
	return plain(*s)
}

func moneyOrNull(m *Money) any {
	if m == nil {
		return nil
	}
	return int64(*m)
}

const mismatchState = `coalesce((SELECT CASE e.event WHEN 'reopened' THEN 'reopened' ELSE e.event END FROM mismatch_events e WHERE e.mismatch_id = m.id ORDER BY e.id DESC LIMIT 1), 'open')`

// Mismatches calls fn with the mismatches of a facility in the order in which
// they were entered. Without all, those that are resolved or cleared are left
// out.
func (l *Ledger) Mismatches(ctx context.Context, facility int64, all bool, fn func(MismatchRow) error) error {
	rows, err := l.reader.QueryxContext(ctx, `SELECT * FROM (SELECT m.id, m.kind, m.facility_id, m.bank_id, coalesce(m.deposit_id, 0) AS deposit_id, coalesce(m.batch_id, 0) AS batch_id,
			coalesce(m.file_id, 0) AS file_id, m.line, m.field, m.from_column, m.to_column, m.reference,
			m.expected_account, m.expected_name, m.expected_amount, m.actual_account, m.actual_name, m.actual_amount,
			m.status, m.code, m.detail, m.detail_id, m.raw, m.opened, `+mismatchState+` AS state, coalesce(f.name, '') AS file, coalesce(b.reference, '') AS batch
		FROM mismatches m LEFT JOIN files f ON f.id = m.file_id LEFT JOIN batches b ON b.id = m.batch_id WHERE m.facility_id = ?)
		WHERE ? OR state NOT IN ('resolved', 'cleared') ORDER BY id`, facility, all)
	if err != nil {
		return fmt.Errorf("ledger: mismatches: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	for rows.Next() {
		var m MismatchRow
		if err := rows.StructScan(&m); err != nil {
			return fmt.Errorf("ledger: mismatches: %w", err)
		}
		if err := fn(m); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("ledger: mismatches: %w", err)
	}
	return nil
}

// clear ends the mismatches of a deposit that an answer has overtaken: that it
// was missing or pending, or that an answer to it could not be read.
func (t *tx) clear(deposit int64, file, line int64) error {
	if i, ok := t.tables["mismatches"]; ok {
		if err := i.flush(); err != nil {
			return err
		}
	}
	var ids []int64
	err := t.SelectContext(t.ctx, &ids, `SELECT m.id FROM mismatches m WHERE m.deposit_id = ? AND m.kind IN ('missing','pending','unreadable') AND `+mismatchState+` NOT IN ('resolved','cleared') ORDER BY m.id`, deposit)
	if err != nil {
		return fmt.Errorf("ledger: mismatches: %w", err)
	}
	for _, id := range ids {
		if _, err := t.add("mismatch_events", id, "cleared", "the bank has answered", orNull(file), line, t.actor.User, t.actor.OSUser, t.at); err != nil {
			return err
		}
	}
	return nil
}

// MarkMissing enters every deposit of a delivered batch that has no answer at
// all as a mismatch, once, and returns how many were new. A deposit whose answer
// could not be read is one already, as long as that is on the list.
func (l *Ledger) MarkMissing(ctx context.Context, a Actor, b Batch, date, detail string) (int64, error) {
	var n int64
	err := l.write(ctx, a, "answers missing in batch "+b.Reference, func(t *tx) error {
		var spans []span
		if err := t.SelectContext(ctx, &spans, `SELECT first_deposit AS first, last_deposit AS last FROM batch_ranges WHERE batch_id = ? ORDER BY first_deposit`, b.ID); err != nil {
			return fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
		}
		for _, s := range spans {
			var open []struct {
				ID        int64  `db:"id"`
				Reference string `db:"reference"`
				Account   string `db:"account"`
				Name      string `db:"name"`
				Amount    Money  `db:"amount"`
			}
			// A million deposits of which all are missing come in portions.
			for after := s.First - 1; ; after = open[len(open)-1].ID {
				open = open[:0]
				err := t.SelectContext(ctx, &open, `SELECT d.id, coalesce((SELECT r.reference FROM recalled r WHERE r.deposit_id = d.id), d.reference) AS reference, d.account, d.name, d.amount FROM deposits d WHERE d.id > ? AND d.id <= ?
					AND NOT `+answeredIn(slotFinal)+` AND NOT `+answeredIn(slotMisdirected)+` AND NOT `+isPending+`
					AND NOT EXISTS (SELECT 1 FROM mismatches m WHERE m.deposit_id = d.id AND (m.kind = 'missing' OR m.kind = 'unreadable' AND `+mismatchState+` <> 'resolved')) ORDER BY d.id LIMIT 4096`, after, s.Last)
				if err != nil {
					return fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
				}
				if len(open) == 0 {
					break
				}
				for _, d := range open {
					m := MismatchRow{Kind: "missing", FacilityID: b.FacilityID, BankID: b.BankID, DepositID: d.ID, BatchID: b.ID, Reference: d.Reference,
						ExpectedAccount: &d.Account, ExpectedName: &d.Name, ExpectedAmount: &d.Amount, Detail: detail, Opened: date}
					if err := t.addMismatch(m); err != nil {
						return err
					}
					n++
				}
			}
		}
		return nil
	})
	return n, err
}

// Detached returns m with copies of the texts and amounts that it points to.
func (m MismatchRow) Detached() MismatchRow {
	for _, s := range []**string{&m.ExpectedAccount, &m.ExpectedName, &m.ActualAccount, &m.ActualName} {
		if *s != nil {
			c := **s
			*s = &c
		}
	}
	for _, v := range []**Money{&m.ExpectedAmount, &m.ActualAmount} {
		if *v != nil {
			c := **v
			*v = &c
		}
	}
	return m
}
