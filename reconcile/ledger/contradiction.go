package ledger

import (
	"context"
	"errors"
	"fmt"
)

// ContradictedError says that the bank has rejected a deposit and then answered it
// otherwise: it may have paid it. It is not paid again before people have found
// out, and two of them have resolved the mismatch.
type ContradictedError struct {
	Deposit  string // reference of the deposit that was rejected
	Mismatch int64  // its second answer
	Again    string // reference of the deposit that was to pay it again; empty while there is none
	Amount   Money
}

func (e *ContradictedError) Error() string {
	what := "it is not paid again"
	if e.Again != "" {
		what = e.Again + ", which is to pay it again, is not sent"
	}
	return fmt.Sprintf("deposit %s: the bank has said that it was rejected, and then something else (mismatch %d): %s", e.Deposit, e.Mismatch, what)
}

// Hint says what to do about it.
func (e *ContradictedError) Hint() string {
	return fmt.Sprintf("ask the bank which of the two holds, and look at the account statement; only when it was not paid: bekal mismatch propose %d, and another person bekal mismatch resolve %[1]d", e.Mismatch)
}

// contradiction joins deposit d with the mismatch, m, in which the bank says
// something else of it than that it was rejected, while nobody has decided about
// that. What says the same again is none.
const contradiction = ` JOIN mismatches m ON m.deposit_id = d.id AND m.kind = 'duplicate' AND m.detail = 'rejected' AND ` + mismatchState + ` NOT IN ('resolved', 'cleared')
	AND m.status <> (SELECT z.status FROM answers z WHERE z.slot = 0 AND z.first_deposit <= d.id ORDER BY z.first_deposit DESC LIMIT 1) `

// uncontradicted refuses deposits, of a range, that would pay again what the bank
// may have paid.
func (t *tx) uncontradicted(s Sheet) error {
	var list []ContradictedError
	if err := t.SelectContext(t.ctx, &list, `SELECT d.reference AS deposit, max(m.id) AS mismatch, d.amount FROM repayments r JOIN deposits d ON d.id = r.replaces `+contradiction+`
		WHERE r.deposit_id >= ? AND r.deposit_id < ? GROUP BY d.id ORDER BY d.id`, s.FirstDeposit, s.FirstDeposit+s.Count); err != nil {
		return fmt.Errorf("ledger: contradictions: %w", err)
	}
	errs := make([]error, 0, len(list))
	for i := range list {
		errs = append(errs, &list[i])
	}
	return errors.Join(errs...)
}

// contradictedSpans are the deposits that are not sent for that reason.
func (t *tx) contradictedSpans() ([]span, error) {
	var spans []span
	if err := t.SelectContext(t.ctx, &spans, `SELECT DISTINCT r.deposit_id AS first, r.deposit_id AS last FROM repayments r JOIN deposits d ON d.id = r.replaces `+contradiction); err != nil {
		return nil, fmt.Errorf("ledger: contradictions: %w", err)
	}
	return spans, nil
}

// Contradicted returns the deposits of a facility that are owed and are not sent,
// since the bank may have paid those which they are to pay again.
func (l *Ledger) Contradicted(ctx context.Context, facility int64) ([]*ContradictedError, error) {
	var list []*ContradictedError
	if err := l.reader.SelectContext(ctx, &list, `SELECT d.reference AS deposit, max(m.id) AS mismatch, n.reference AS again, n.amount FROM repayments r JOIN deposits d ON d.id = r.replaces
		JOIN deposits n ON n.id = r.deposit_id JOIN sheets s ON s.id = n.sheet_id JOIN sheet_decisions x ON x.sheet_id = s.id AND x.decision = 'approved' `+contradiction+`
		WHERE s.facility_id = ? AND NOT EXISTS (SELECT 1 FROM batch_ranges b WHERE b.first_deposit <= n.id AND b.last_deposit >= n.id) GROUP BY n.id ORDER BY n.id`, facility); err != nil {
		return nil, fmt.Errorf("ledger: contradictions: %w", err)
	}
	return list, nil
}
