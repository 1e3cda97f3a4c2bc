package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/jmoiron/sqlx"
)

// fullStory has several rows in most tables, and one at least in each.
func fullStory(t testing.TB) *books {
	t.Helper()
	b := story(t)
	if _, err := b.EnsureFacility(t.Context(), clerk, ledger.Facility{Code: "XYZ", Name: "Rutan Contoh", Timezone: "Asia/Jayapura"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.EnsureBank(t.Context(), clerk, "OTHER"); err != nil {
		t.Fatal(err)
	}
	night, err := b.BeginNight(t.Context(), approver, "2026-11-24", "2026-11-24T12:30:00Z")
	if err != nil {
		t.Fatal(err)
	}
	inNight := ledger.Actor{User: "bekal", OSUser: "tester", Night: night.Key}
	b.wages(t, "2026-11", 7)
	if _, err := b.RefuseSheet(t.Context(), approver, b.propose(t, "2026-12", 3).ID, "wrong month"); err != nil {
		t.Fatal(err)
	}
	batch, _ := b.compose(t, nil)
	if err := b.MarkUncertain(t.Context(), inNight, batch, "both names are gone"); err != nil {
		t.Fatal(err)
	}
	for i, by := range []ledger.Actor{clerk, approver} {
		if decided, err := b.DecideNotDelivered(t.Context(), by, batch, "the bank says so", false); err != nil || decided != (i == 1) {
			t.Fatal(decided, err)
		}
	}
	b.deliver(t, batch)
	file := b.receive(t, "A-03.STL", "three").File
	b.post(t, file, map[int64]ledger.Outcome{6: ledger.Settled, 7: ledger.Settled, 8: ledger.Rejected, 9: ledger.Pending}, 0)
	if err := errors.Join(b.NoteFile(t.Context(), inNight, file.ID, "removed", ""),
		b.Quarantine(t.Context(), inNight, b.receive(t, "A-04.STL", "four").File.ID, "damaged", []ledger.MismatchRow{{Kind: "control", FacilityID: b.facility.ID, BankID: b.bank.ID, Reference: "A-04.STL", Detail: "damaged", Opened: "2026-11-24"}}),
		b.EndStep(t.Context(), inNight, night.ID, "collect", "ran", ""), b.EndStep(t.Context(), inNight, night.ID, "night", "degraded", "one file")); err != nil {
		t.Fatal(err)
	}
	var open int64
	if err := b.Mismatches(t.Context(), b.facility.ID, false, func(m ledger.MismatchRow) error {
		open = m.ID
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.ReviewMismatch(t.Context(), clerk, open, ledger.Propose, "asked the bank"), b.ReviewMismatch(t.Context(), approver, open, ledger.Resolve, "it answered")); err != nil {
		t.Fatal(err)
	}
	b.forgets(t)
	b.verify(t)
	return b
}

// raw runs fn on a database with one connection of its own, as somebody with a
// database tool would.
func raw(dir string, fn func(db *sqlx.DB) error) error {
	db, err := sqlx.Open("sqlite3", "file:"+filepath.Join(dir, "bekal.db")+"?_foreign_keys=0&_synchronous=0")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`PRAGMA ignore_check_constraints = 1; PRAGMA writable_schema = ON`)
	return errors.Join(err, fn(db), db.Close())
}

type definition struct{ Type, Name, SQL string }

var typed = regexp.MustCompile(`( STRICT$| NOT NULL|(INTEGER|TEXT)( PRIMARY KEY)?)`)

// secretly lets fn work on the database without triggers, types and bounds, and
// then makes all of them again as they were, to the letter.
func secretly(dir string, fn func(db *sqlx.DB) error) error {
	var triggers, tables []definition
	err := raw(dir, func(db *sqlx.DB) error {
		err := errors.Join(
			db.Select(&triggers, `SELECT type, name, sql FROM sqlite_schema WHERE type = 'trigger'`),
			db.Select(&tables, `SELECT type, name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%) STRICT'`))
		for _, t := range triggers {
			_, dropped := db.Exec(`DROP TRIGGER ` + t.Name)
			err = errors.Join(err, dropped)
		}
		for _, t := range tables {
			loose := typed.ReplaceAllStringFunc(t.SQL, func(s string) string {
				if s == "INTEGER PRIMARY KEY" {
					return s
				}
				return ""
			})
			_, loosened := db.Exec(`UPDATE sqlite_schema SET sql = ? WHERE name = ? AND type = 'table'`, loose, t.Name)
			err = errors.Join(err, loosened)
		}
		return err
	})
	return errors.Join(err, raw(dir, fn), raw(dir, func(db *sqlx.DB) error {
		var err error
		for _, t := range tables {
			_, restored := db.Exec(`UPDATE sqlite_schema SET sql = ? WHERE name = ? AND type = 'table'`, t.SQL, t.Name)
			err = errors.Join(err, restored)
		}
		return err
	}), raw(dir, func(db *sqlx.DB) error {
		var err error
		for _, t := range triggers {
			_, made := db.Exec(t.SQL)
			err = errors.Join(err, made)
		}
		return err
	}))
}

// verified opens the books of a folder and verifies them. A ledger that cannot
// even be opened is no ledger that was found whole.
func verified(t testing.TB, dir string) (ledger.Verified, error) {
	t.Helper()
	l, err := ledger.Open(t.Context(), options(dir))
	if err != nil {
		return ledger.Verified{}, fmt.Errorf("open: %w", err)
	}
	v, err := l.Verify(t.Context())
	return v, errors.Join(err, l.Close())
}

// copyOf is a copy of books at rest, for as long as fn runs.
func copyOf(t testing.TB, from string, fn func(dir string)) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // TempDir removes what is left
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	fn(dir)
}

// To work secretly and do nothing leaves no trace: what the tests find is what
// they have done.
func TestSecretlyLeavesNoTrace(t *testing.T) {
	dir := fullStory(t).atRest(t)
	if err := secretly(dir, func(*sqlx.DB) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := verified(t, dir); err != nil {
		t.Error(err)
	}
	for table := range tables(t, dir) {
		var rows int
		if err := raw(dir, func(db *sqlx.DB) error { return db.Get(&rows, `SELECT count(*) FROM `+table) }); err != nil || rows == 0 {
			t.Errorf("table %s has %d rows: the story has to fill it: %v", table, rows, err)
		}
	}
}
