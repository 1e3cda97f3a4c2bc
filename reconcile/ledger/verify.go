package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sort"

	"github.com/jmoiron/sqlx"
	sqlite "github.com/mattn/go-sqlite3"
)

// Verified is what Verify has checked.
type Verified struct {
	Links int64  `json:"links"`
	Rows  int64  `json:"rows"`
	Files int64  `json:"files"`
	Head  string `json:"head"`
	// Unnamed are archived files that no row names: such are left by an import
	// that was refused, or by a crash. Their bytes are those of their names.
	Unnamed []string `json:"unnamed_files"`
}

// Verify recomputes the chain over every row of every table, the archive's
// bytes, the balance of every journal entry and the control totals, and
// compares the database's schema with the one that this program makes. The
// error is a *Break that names the first thing that is wrong.
func (l *Ledger) Verify(ctx context.Context) (Verified, error) {
	// One read transaction, so that a night that runs meanwhile does not show.
	db, err := l.reader.BeginTxx(ctx, &sql.TxOptions{})
	if err != nil {
		return Verified{}, fmt.Errorf("ledger: %w", err)
	}
	defer db.Rollback() //nolint:errcheck // it only read
	v := &verification{l: l, ctx: ctx, db: db, covered: make(map[string]int64), done: Verified{Unnamed: []string{}}}
	// The tables' columns come first, since what follows reads them; then what
	// tells most: a row rather than the total that it spoils.
	for _, step := range []func() error{v.tables, v.chain, v.uncovered, v.integrity, v.archive, v.schema, v.journal, v.controls} {
		err := step()
		if damaged(err) {
			// The check of the whole file may say where; if not, the error does.
			if b := (*Break)(nil); errors.As(v.integrity(), &b) {
				return v.done, b
			}
			return v.done, &Break{What: fmt.Sprintf("SQLite finds the file damaged: %v", err)}
		}
		if err != nil {
			return v.done, err
		}
	}
	return v.done, nil
}

// damaged says whether an error of SQLite means that the file itself is broken.
func damaged(err error) bool {
	var e sqlite.Error
	return errors.As(err, &e) && (e.Code == sqlite.ErrCorrupt || e.Code == sqlite.ErrNotADB)
}

// verification is a run of Verify.
type verification struct {
	l       *Ledger
	ctx     context.Context
	db      *sqlx.Tx
	covered map[string]int64 // last row of each table that the chain has sealed
	done    Verified
}

// names lists the tables that the chain covers, in order.
func (v *verification) names() []string {
	names := make([]string, 0, len(v.l.columns))
	for t := range v.l.columns {
		names = append(names, t)
	}
	sort.Strings(names)
	return names
}

// mostRows is how many rows, tables or files a Break names one by one.
const mostRows = 5

// ids reads ids, one more than a Break names.
func (v *verification) ids(query string, args ...any) ([]int64, error) {
	var ids []int64
	if err := v.db.SelectContext(v.ctx, &ids, query+fmt.Sprintf(" LIMIT %d", mostRows+1), args...); err != nil {
		return nil, fmt.Errorf("ledger: verify: %w", err)
	}
	return ids, nil
}
