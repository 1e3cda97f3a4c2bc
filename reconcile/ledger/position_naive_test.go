package ledger

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// NaiveBatches is where the batches stand, asked one by one: the position must
// say the same.
func (l *Ledger) NaiveBatches(ctx context.Context) ([]BatchPosition, Tally, error) {
	db, err := l.reader.BeginTxx(ctx, nil)
	if err != nil {
		return nil, Tally{}, err
	}
	defer db.Rollback() //nolint:errcheck // it only read
	var p Position
	err = p.naiveBatches(ctx, db)
	return p.Batches, p.Batched, err
}

func (p *Position) naiveBatches(ctx context.Context, db *sqlx.Tx) error {
	var batches []Batch
	if err := db.SelectContext(ctx, &batches, batchQuery+`ORDER BY b.id`); err != nil {
		return err
	}
	for _, b := range batches {
		q := BatchPosition{Batch: b}
		var spans []span
		if err := db.SelectContext(ctx, &spans, `SELECT first_deposit AS first, last_deposit AS last FROM batch_ranges WHERE batch_id = ? ORDER BY first_deposit`, b.ID); err != nil {
			return err
		}
		for _, s := range spans {
			var t Tally
			if err := db.GetContext(ctx, &t, `SELECT count(*) AS count, coalesce(sum(amount), 0) AS total FROM deposits WHERE id BETWEEN ? AND ?`, s.First, s.Last); err != nil {
				return err
			}
			q.Sent = q.Sent.Plus(t)
		}
		if err := q.naiveCount(ctx, db); err != nil {
			return err
		}
		var control []struct {
			Event    string `db:"event"`
			Deposits int64  `db:"deposits"`
			Moved    Money  `db:"moved"`
		}
		err := db.SelectContext(ctx, &control, `SELECT j.event, j.deposits, p.credit - p.debit AS moved FROM journal j JOIN postings p ON p.entry_id = j.id
			WHERE j.batch_id = ? AND p.account = 'bank_in_transit'`, b.ID)
		if err != nil {
			return err
		}
		for _, c := range control {
			q.Control += c.Moved
			switch c.Event {
			case "batch delivered":
			case "deposits settled":
				q.JournalSettled = q.JournalSettled.Plus(Tally{c.Deposits, -c.Moved})
			default:
				q.JournalRejected = q.JournalRejected.Plus(Tally{c.Deposits, -c.Moved})
			}
		}
		p.Batches = append(p.Batches, q)
		if b.Delivered == "" {
			p.Batched = p.Batched.Plus(q.Sent)
		}
	}
	return nil
}

// naiveCount adds up the batch's deposits by what the bank has answered.
func (q *BatchPosition) naiveCount(ctx context.Context, db *sqlx.Tx) error {
	// The rows of answers are found through the deposits' range, since they
	// are in its order.
	const within = ` FROM answers a JOIN deposits d ON d.id BETWEEN a.first_deposit AND a.last_deposit
		WHERE a.first_deposit BETWEEN (SELECT min(first_deposit) FROM batch_ranges WHERE batch_id = ?1) AND (SELECT max(last_deposit) FROM batch_ranges WHERE batch_id = ?1) AND a.batch_id = ?1 AND `
	for _, part := range []struct {
		sum   *Tally
		where string
	}{
		{&q.Settled, `a.slot = 0 AND a.outcome = 'settled'`},
		{&q.Rejected, `a.slot = 0 AND a.outcome <> 'settled'`},
		{&q.Returned, `a.slot = 1`},
	} {
		if err := db.GetContext(ctx, part.sum, `SELECT count(*) AS count, coalesce(sum(d.amount), 0) AS total`+within+part.where, q.Batch.ID); err != nil {
			return err
		}
	}
	q.Open = q.Sent.Minus(q.Settled).Minus(q.Rejected)
	// Several files may have said that one deposit is pending.
	return db.GetContext(ctx, &q.Pending, `SELECT count(*) AS count, coalesce(sum(amount), 0) AS total FROM (SELECT DISTINCT d.id, d.amount`+within+`a.slot >= 100 AND NOT `+answeredIn(slotFinal)+`)`, q.Batch.ID)
}
