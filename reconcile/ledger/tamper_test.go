package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/jmoiron/sqlx"
)

// story fills every table with at least one row.
func story(t testing.TB) *books {
	t.Helper()
	b := newBooks(t)
	roster, _, err := b.ImportRoster(t.Context(), clerk, b.facility, "roster.csv", b.put(t, "roster"), func(add func(ledger.RosterLine) error) error {
		for i := range 4 {
			if err := add(ledger.RosterLine{Line: int64(i + 2), Beneficiary: fmt.Sprintf("W%07d", i), Name: fmt.Sprintf("CONTOH %07d", i), Account: fmt.Sprintf("999%012d", i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.ApproveRoster(t.Context(), approver, roster.ID); err != nil {
		t.Fatal(err)
	}
	night, err := b.BeginNight(t.Context(), clerk, "2026-11-23", "")
	if err != nil {
		t.Fatal(err)
	}
	b.wages(t, "2026-10", 4)
	batch, _ := b.compose(t, nil)
	b.deliver(t, batch)
	file := b.receive(t, "A-01.STL", "one").File
	b.post(t, file, map[int64]ledger.Outcome{1: ledger.Settled, 2: ledger.Rejected, 3: ledger.Settled}, 0)
	if n, err := b.MarkMissing(t.Context(), clerk, batch, "2026-11-27", "2026-11-26"); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	b.post(t, b.receive(t, "A-02.STL", "two").File, map[int64]ledger.Outcome{4: ledger.Settled}, 5)
	accounts, err := b.Accounts(t.Context(), roster)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ProposeRepayment(t.Context(), clerk, b.facility, []string{reference(t, b, 2)}, "corrected", accounts); err != nil {
		t.Fatal(err)
	}
	if err := b.EndStep(t.Context(), clerk, night.ID, "night", "ran", ""); err != nil {
		t.Fatal(err)
	}
	b.verify(t)
	return b
}

// copied opens a copy of the books on which fn has worked from outside, with
// the triggers gone, as somebody with a database tool would.
func copied(t *testing.T, from string, fn func(db *sqlx.DB) error) *ledger.Ledger {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	db, err := sqlx.Open("sqlite3", "file:"+filepath.Join(dir, "bekal.db")+"?_foreign_keys=0")
	if err != nil {
		t.Fatal(err)
	}
	var triggers []string
	if err := db.Select(&triggers, `SELECT name FROM sqlite_schema WHERE type = 'trigger'`); err != nil {
		t.Fatal(err)
	}
	for _, name := range triggers {
		if _, err := db.Exec(`DROP TRIGGER ` + name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(`PRAGMA ignore_check_constraints = 1`); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(fn(db), db.Close()); err != nil {
		t.Fatal(err)
	}
	return open(t, dir)
}

// tables lists the tables that the chain covers, and itself, with their columns.
func tables(t *testing.T, dir string) map[string][]string {
	t.Helper()
	db, err := sqlx.Open("sqlite3", filepath.Join(dir, "bekal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // read only
	var rows []struct{ Name, Column string }
	if err := db.Select(&rows, `SELECT m.name AS name, c.name AS "column" FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%'`); err != nil {
		t.Fatal(err)
	}
	columns := make(map[string][]string)
	for _, r := range rows {
		columns[r.Name] = append(columns[r.Name], r.Column)
	}
	return columns
}

// atRest closes the books so that their folder can be copied as it is.
func (b *books) atRest(t *testing.T) string {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(b.dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Whatever single value is changed, and whatever row is removed or added, in
// whichever table: the books say so.
func TestVerifyFindsEveryTampering(t *testing.T) {
	dir := fullStory(t).atRest(t)
	found := func(t *testing.T, what string, fn func(db *sqlx.DB) error) {
		t.Helper()
		_, err := copied(t, dir, fn).Verify(t.Context())
		var b *ledger.Break
		if !errors.As(err, &b) {
			t.Errorf("%s was not found: %v", what, err)
		}
	}
	for table, columns := range tables(t, dir) {
		t.Run(table, func(t *testing.T) {
			found(t, table+": last row removed", func(db *sqlx.DB) error {
				return one(db, `DELETE FROM `+table+` WHERE id = (SELECT max(id) FROM `+table+`)`)
			})
			found(t, table+": first row removed", func(db *sqlx.DB) error {
				return one(db, `DELETE FROM `+table+` WHERE id = 1`)
			})
			for _, c := range columns {
				found(t, table+"."+c+" changed", func(db *sqlx.DB) error {
					change := c + ` = CASE typeof(` + c + `) WHEN 'integer' THEN ` + c + ` + 1000 WHEN 'null' THEN 1 ELSE ` + c + ` || 'x' END`
					return one(db, `UPDATE `+table+` SET `+change+` WHERE id = (SELECT max(id) FROM `+table+`)`)
				})
			}
			if table == "chain" {
				return
			}
			found(t, table+": row added", func(db *sqlx.DB) error {
				rest := strings.Join(columns[1:], ", ")
				// Unique values cannot be there twice; anything else can be.
				if err := one(db, `INSERT INTO `+table+` (`+strings.Join(columns, ", ")+`) SELECT id + 1, `+rest+` FROM `+table+` ORDER BY id DESC LIMIT 1`); err != nil && !strings.Contains(err.Error(), "UNIQUE") {
					return err
				} else if err != nil {
					return one(db, `UPDATE `+table+` SET id = id + 1 WHERE id = (SELECT max(id) FROM `+table+`)`)
				}
				return nil
			})
		})
	}
	t.Run("archive", func(t *testing.T) {
		l := copied(t, dir, func(*sqlx.DB) error { return nil })
		f, err := l.FileByBytes(t.Context(), ledger.RosterFile, sum("roster"))
		if err != nil {
			t.Fatal(err)
		}
		some := l.Archive().Path(f.SHA256)
		if err := os.WriteFile(some, []byte("rosteR"), 0o600); err != nil {
			t.Fatal(err)
		}
		var b *ledger.Break
		if _, err := l.Verify(t.Context()); !errors.As(err, &b) || !strings.Contains(err.Error(), "roster.csv") {
			t.Errorf("a changed file: %v", err)
		}
		if err := os.Remove(some); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Verify(t.Context()); !errors.As(err, &b) {
			t.Errorf("a removed file: %v", err)
		}
	})
}

func one(db *sqlx.DB, query string) error {
	r, err := db.Exec(query)
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n != 1 {
		err = fmt.Errorf("%s: %d rows", query, n)
	}
	return err
}

// The triggers refuse what the program itself would never do.
func TestNothingCanBeChangedOrRemoved(t *testing.T) {
	dir := fullStory(t).atRest(t)
	columns := tables(t, dir)
	db, err := sqlx.Open("sqlite3", filepath.Join(dir, "bekal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing was written
	for table := range columns {
		for _, query := range []string{`DELETE FROM ` + table, `UPDATE ` + table + ` SET id = id`} {
			if _, err := db.Exec(query); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", query, err)
			}
		}
	}
	if _, err := db.Exec(`INSERT INTO batch_ranges SELECT id + 1, batch_id, first_deposit + 1, last_deposit, 1 FROM batch_ranges LIMIT 1`); err == nil || !strings.Contains(err.Error(), "one batch only") {
		t.Errorf("a deposit in two batches: %v", err)
	}
}

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// A link that has lost a value is named like any that was changed.
func TestVerifyFindsAnEmptiedLink(t *testing.T) {
	t.Parallel()
	dir := fullStory(t).atRest(t)
	for _, column := range []string{"at", "actor", "content", "prev", "hash"} {
		copyOf(t, dir, func(dir string) {
			if err := secretly(dir, func(db *sqlx.DB) error { return one(db, `UPDATE chain SET `+column+` = NULL WHERE id = 7`) }); err != nil {
				t.Fatal(err)
			}
			_, err := verified(t, dir)
			var b *ledger.Break
			if !errors.As(err, &b) || b.Link != 7 {
				t.Errorf("%s: %v", column, err)
			}
		})
	}
}
