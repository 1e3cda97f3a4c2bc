package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Break is the first thing that Verify found wrong.
type Break struct {
	Link  int64  // the chain's link, 0 when none is meant
	Table string // empty when none is meant
	First int64  // ids of the rows that are meant
	Last  int64
	What  string
}

func (b *Break) Error() string {
	s := "ledger: the books are broken"
	if b.Link > 0 {
		s += fmt.Sprintf(" at link %d of the chain", b.Link)
	}
	if b.Table != "" {
		s += fmt.Sprintf(", table %s", b.Table)
		if b.First > 0 {
			s += fmt.Sprintf(", rows %d to %d", b.First, b.Last)
		}
	}
	return s + ": " + b.What
}

// Hint says what to do about it.
func (b *Break) Hint() string {
	return "somebody or something has changed the ledger outside Bekal: stop the daemon, keep a copy of the data folder, and compare with the last signed report's chain head and with a backup"
}

// Verified is what Verify has checked.
type Verified struct {
	Links int64  `json:"links"`
	Rows  int64  `json:"rows"`
	Files int64  `json:"files"`
	Head  string `json:"head"`
}

// HasHead says whether a hash, as printed on a report, is that of a link of the
// chain, and of which.
func (l *Ledger) HasHead(ctx context.Context, hash string) (link int64, ok bool, err error) {
	err = found(l.reader.GetContext(ctx, &link, `SELECT id FROM chain WHERE hash = ?`, hash), "link "+hash)
	if errors.Is(err, ErrNotFound) {
		return 0, false, nil
	}
	return link, err == nil, err
}

// Verify recomputes the chain over every row of every table, the archive's
// bytes, the balance of every journal entry and the control totals. The error
// is a *Break that names the first thing that is wrong.
func (l *Ledger) Verify(ctx context.Context) (Verified, error) {
	// One read transaction, so that a night that runs meanwhile does not show.
	db, err := l.reader.BeginTxx(ctx, &sql.TxOptions{})
	if err != nil {
		return Verified{}, fmt.Errorf("ledger: %w", err)
	}
	defer db.Rollback() //nolint:errcheck // it only read
	v := &verification{l: l, ctx: ctx, db: db, covered: make(map[string]int64)}
	for _, step := range []func() error{v.integrity, v.chain, v.uncovered, v.archive, v.journal, v.controls} {
		if err := step(); err != nil {
			return v.done, err
		}
	}
	return v.done, nil
}

func (v *verification) integrity() error {
	var answers []string
	if err := v.db.SelectContext(v.ctx, &answers, `PRAGMA quick_check(1)`); err != nil {
		return fmt.Errorf("ledger: quick check: %w", err)
	}
	if len(answers) != 1 || answers[0] != "ok" {
		return &Break{What: "SQLite finds the file damaged: " + strings.Join(answers, "; ")}
	}
	return nil
}

func (v *verification) chain() error {
	links, err := v.db.QueryxContext(v.ctx, `SELECT id, at, actor, os_user, night, action, content, prev, hash FROM chain ORDER BY id`)
	if err != nil {
		return fmt.Errorf("ledger: read the chain: %w", err)
	}
	defer links.Close() //nolint:errcheck // Err is asked
	var prev Link
	for links.Next() {
		var k Link
		if err := links.StructScan(&k); err != nil {
			return fmt.Errorf("ledger: read the chain: %w", err)
		}
		switch {
		case k.ID != prev.ID+1:
			return &Break{Link: k.ID, What: fmt.Sprintf("the link before it is %d, not %d: links were removed", prev.ID, k.ID-1)}
		case k.Prev != prev.Hash:
			return &Break{Link: k.ID, What: "it does not continue the link before it"}
		case k.sum() != k.Hash:
			return &Break{Link: k.ID, What: "its own words were changed: they do not give its hash"}
		}
		if err := v.rows(k); err != nil {
			return err
		}
		prev = k
		v.done.Links++
		v.done.Head = k.Hash
	}
	if err := links.Err(); err != nil {
		return fmt.Errorf("ledger: read the chain: %w", err)
	}
	return nil
}

// rows recomputes what one link says of the rows that it sealed.
func (v *verification) rows(k Link) error {
	for line := range strings.Lines(k.Content) {
		var table, want string
		var first, last int64
		if _, err := fmt.Sscanf(line, "%s %d %d %s", &table, &first, &last, &want); err != nil {
			return &Break{Link: k.ID, What: fmt.Sprintf("its content %q cannot be read", line)}
		}
		columns, ok := v.l.columns[table]
		if !ok {
			return &Break{Link: k.ID, Table: table, What: "the table is gone"}
		}
		if first != v.covered[table]+1 {
			return &Break{Link: k.ID, Table: table, First: first, Last: last, What: fmt.Sprintf("it should begin with row %d", v.covered[table]+1)}
		}
		v.covered[table] = last
		got, n, err := v.digest(table, columns, first, last)
		if err != nil {
			return err
		}
		if n != last-first+1 {
			return &Break{Link: k.ID, Table: table, First: first, Last: last, What: fmt.Sprintf("%d rows were sealed, %d are there", last-first+1, n)}
		}
		if got != want {
			return &Break{Link: k.ID, Table: table, First: first, Last: last, What: fmt.Sprintf("a row was changed after %q (%s, by %s)", k.Action, k.At, k.Actor)}
		}
		v.done.Rows += n
	}
	return nil
}

func (v *verification) digest(table string, columns []string, first, last int64) (digest string, n int64, err error) {
	rows, err := v.db.QueryContext(context.WithoutCancel(v.ctx), `SELECT `+packed(columns)+` FROM `+table+` WHERE id BETWEEN ? AND ? ORDER BY id`, first, last)
	if err != nil {
		return "", 0, fmt.Errorf("ledger: read %s: %w", table, err)
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	sum := sha256.New()
	var row sql.RawBytes
	for rows.Next() {
		if n%1024 == 0 && v.ctx.Err() != nil {
			return "", 0, v.ctx.Err()
		}
		if err := rows.Scan(&row); err != nil {
			return "", 0, fmt.Errorf("ledger: read %s: %w", table, err)
		}
		sum.Write(row)
		sum.Write([]byte{rowSeparator})
		n++
	}
	if err := rows.Err(); err != nil {
		return "", 0, fmt.Errorf("ledger: read %s: %w", table, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), n, nil
}
