package ledger

import (
	"context"
	"fmt"
	"sort"

	"github.com/jmoiron/sqlx"
)

// verification is a run of Verify.
type verification struct {
	l       *Ledger
	ctx     context.Context
	db      *sqlx.Tx
	covered map[string]int64 // last row of each table that the chain has sealed
	done    Verified
}

// uncovered finds rows that no link sealed.
func (v *verification) uncovered() error {
	tables := make([]string, 0, len(v.l.columns))
	for t := range v.l.columns {
		tables = append(tables, t)
	}
	sort.Strings(tables)
	for _, t := range tables {
		var outside int64
		if err := v.db.GetContext(v.ctx, &outside, `SELECT count(*) FROM `+t+` WHERE id < 1 OR id > ?`, v.covered[t]); err != nil {
			return fmt.Errorf("ledger: read %s: %w", t, err)
		}
		if outside > 0 {
			return &Break{Table: t, What: fmt.Sprintf("%d rows were added that no link of the chain has sealed", outside)}
		}
	}
	return nil
}

// archive reads every archived file again.
func (v *verification) archive() error {
	var files []struct {
		ID     int64  `db:"id"`
		Name   string `db:"name"`
		SHA256 string `db:"sha256"`
	}
	if err := v.db.SelectContext(v.ctx, &files, `SELECT id, name, sha256 FROM files ORDER BY id`); err != nil {
		return fmt.Errorf("ledger: read files: %w", err)
	}
	for _, f := range files {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if err := v.l.archive.Check(f.SHA256); err != nil {
			return &Break{Table: "files", First: f.ID, Last: f.ID, What: fmt.Sprintf("file %s: %v", f.Name, err)}
		}
		v.done.Files++
	}
	return nil
}

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
			GROUP BY b.id HAVING count(d.id) <> b.count OR sum(d.amount) <> b.total ORDER BY b.id LIMIT 1`, "count or total differ from the batch's deposits"},
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
