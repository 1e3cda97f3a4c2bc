package ledger

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// Each of these looks at all batches at once: a night of the second year would
// wait for thousands of small questions. The rows of answers are found through
// the range of the batch's deposits, since they are in its order; and batches
// stand outermost, in the order of their ids, so that nothing has to be sorted.
const (
	sentQuery = `SELECT r.batch_id AS batch, count(*) AS count, coalesce(sum(d.amount), 0) AS total
		FROM batch_ranges r CROSS JOIN deposits d WHERE d.id BETWEEN r.first_deposit AND r.last_deposit GROUP BY r.batch_id`

	ofBatch = ` a.batch_id = b.id AND a.first_deposit BETWEEN (SELECT min(first_deposit) FROM batch_ranges WHERE batch_id = b.id) AND (SELECT max(last_deposit) FROM batch_ranges WHERE batch_id = b.id)
		AND d.id BETWEEN a.first_deposit AND a.last_deposit `

	finalQuery = `SELECT b.id AS batch, count(*) AS count, coalesce(sum(d.amount), 0) AS total, sum(a.outcome = 'settled') AS settled, sum(iif(a.outcome = 'settled', d.amount, 0)) AS settled_total
		FROM batches b CROSS JOIN answers a CROSS JOIN deposits d WHERE a.slot = 0 AND` + ofBatch + `GROUP BY b.id`

	returnedQuery = `SELECT b.id AS batch, count(*) AS count, coalesce(sum(d.amount), 0) AS total
		FROM batches b CROSS JOIN answers a CROSS JOIN deposits d WHERE a.slot = 1 AND` + ofBatch + `GROUP BY b.id`

	controlQuery = `SELECT j.batch_id AS batch, j.event, j.deposits AS count, p.credit - p.debit AS total
		FROM journal j JOIN postings p ON p.entry_id = j.id WHERE j.batch_id IS NOT NULL AND p.account = 'bank_in_transit'`
)

// pendingQuery: several files may have said that one deposit is pending. Few
// ever are, so these stand outermost.
func pendingQuery() string {
	return `SELECT batch, count(*) AS count, coalesce(sum(amount), 0) AS total FROM (SELECT DISTINCT b.id AS batch, d.id, d.amount
		FROM answers a CROSS JOIN batches b CROSS JOIN deposits d WHERE a.slot >= 100 AND` + ofBatch + `AND NOT ` + answeredIn(slotFinal) + `) GROUP BY batch`
}

// batchSum is a sum of one batch.
type batchSum struct {
	Batch int64 `db:"batch"`
	Tally
	Settled      int64  `db:"settled"` // of a final answer
	SettledTotal Money  `db:"settled_total"`
	Event        string `db:"event"` // of the journal
}

func (p *Position) readBatches(ctx context.Context, db *sqlx.Tx) error {
	var batches []Batch
	if err := db.SelectContext(ctx, &batches, batchQuery+`ORDER BY b.id`); err != nil {
		return err
	}
	at := make(map[int64]*BatchPosition, len(batches))
	for _, b := range batches {
		p.Batches = append(p.Batches, BatchPosition{Batch: b})
	}
	for i := range p.Batches {
		at[p.Batches[i].Batch.ID] = &p.Batches[i]
	}
	for _, part := range []struct {
		query string
		enter func(q *BatchPosition, s batchSum)
	}{
		{sentQuery, func(q *BatchPosition, s batchSum) { q.Sent = s.Tally }},
		{finalQuery, func(q *BatchPosition, s batchSum) {
			q.Settled = Tally{s.Settled, s.SettledTotal}
			q.Rejected = s.Minus(q.Settled)
		}},
		{returnedQuery, func(q *BatchPosition, s batchSum) { q.Returned = s.Tally }},
		{pendingQuery(), func(q *BatchPosition, s batchSum) { q.Pending = s.Tally }},
		{controlQuery, (*BatchPosition).enter},
	} {
		if err := sumBatches(ctx, db, part.query, func(s batchSum) {
			if q := at[s.Batch]; q != nil {
				part.enter(q, s)
			}
		}); err != nil {
			return err
		}
	}
	for i := range p.Batches {
		q := &p.Batches[i]
		q.Open = q.Sent.Minus(q.Settled).Minus(q.Rejected)
		if q.Batch.Delivered == "" {
			p.Batched = p.Batched.Plus(q.Sent)
		}
	}
	return nil
}

// sumBatches runs a query whose rows are sums of batches.
func sumBatches(ctx context.Context, db *sqlx.Tx, query string, enter func(batchSum)) error {
	var sums []batchSum
	if err := db.SelectContext(ctx, &sums, query); err != nil {
		return err
	}
	for _, s := range sums {
		enter(s)
	}
	return nil
}

// enter takes up what an entry of the journal moved through transit.
func (q *BatchPosition) enter(s batchSum) {
	q.Control += s.Total
	switch s.Event {
	case "batch delivered":
	case "deposits settled":
		q.JournalSettled = q.JournalSettled.Plus(Tally{s.Count, -s.Total})
	default:
		q.JournalRejected = q.JournalRejected.Plus(Tally{s.Count, -s.Total})
	}
}
