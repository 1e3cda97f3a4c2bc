package ledger

import (
	"context"
	"fmt"
)

// journal checks that every entry has two sides that agree.
func (v *verification) journal() error {
	var bad []int64
	err := v.db.SelectContext(v.ctx, &bad, `SELECT j.id FROM journal j LEFT JOIN postings p ON p.entry_id = j.id
		GROUP BY j.id HAVING coalesce(sum(p.debit), 0) = 0 OR sum(p.debit) <> sum(p.credit) ORDER BY j.id LIMIT 1`)
	if err != nil {
		return fmt.Errorf("ledger: read the journal: %w", err)
	}
	if len(bad) > 0 {
		return &Break{Table: "journal", First: bad[0], Last: bad[0], What: "the entry's debits and credits do not agree"}
	}
	return nil
}

// controls checks the sheets and batches against their deposits, and the
// control accounts against the deposits that stand behind them.
func (v *verification) controls() error {
	for _, c := range []struct{ table, query, what string }{
		// Asked so, SQLite looks the deposits up by their ids; in a join it would
		// first make an index of all of them.
		{"sheets", `SELECT s.id FROM sheets s WHERE (s.count, s.total) <> (SELECT count(*), coalesce(sum(d.amount), 0) FROM deposits d
			WHERE d.id >= s.first_deposit AND d.id < s.first_deposit + s.count AND d.sheet_id = s.id) ORDER BY s.id LIMIT 1`, "count or total differ from the sheet's deposits"},
		{"batches", `SELECT b.id FROM batches b LEFT JOIN batch_ranges r ON r.batch_id = b.id LEFT JOIN deposits d ON d.id BETWEEN r.first_deposit AND r.last_deposit
			GROUP BY b.id HAVING count(d.id) <> b.count + (SELECT coalesce(sum(x.count), 0) FROM batch_additions x WHERE x.batch_id = b.id)
			OR sum(d.amount) <> b.total + (SELECT coalesce(sum(x.total), 0) FROM batch_additions x WHERE x.batch_id = b.id) ORDER BY b.id LIMIT 1`, "count or total differ from the batch's deposits"},
	} {
		var bad []int64
		if err := v.db.SelectContext(v.ctx, &bad, c.query); err != nil {
			return fmt.Errorf("ledger: control totals of %s: %w", c.table, err)
		}
		if len(bad) > 0 {
			return &Break{Table: c.table, First: bad[0], Last: bad[0], What: c.what}
		}
	}
	if err := v.references(); err != nil {
		return err
	}
	position, err := readPosition(v.ctx, v.db)
	if err != nil {
		return err
	}
	return position.check()
}

// references checks that every payment reference is the one that its deposit's
// id gives, which makes them unique.
func (v *verification) references() error {
	rows, err := v.db.QueryContext(context.WithoutCancel(v.ctx), `SELECT `+pack("id", "reference")+` FROM deposits ORDER BY id`)
	if err != nil {
		return fmt.Errorf("ledger: read deposits: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	return eachPacked(v.ctx, rows, 2, func(f [][]byte) error {
		id, err := number(f[0])
		if err != nil {
			return fmt.Errorf("ledger: read deposits: %w", err)
		}
		if got, err := DepositID(f[1]); err != nil || got != id {
			return &Break{Table: "deposits", First: id, Last: id, What: fmt.Sprintf("%q is not the payment reference of this deposit", f[1])}
		}
		return nil
	})
}
