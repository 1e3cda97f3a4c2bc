package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sys/unix"
)

// Whatever is changed in the schema is named: a trigger that is gone is a door
// that stands open.
func TestVerifyFindsAChangedSchema(t *testing.T) {
	t.Parallel()
	dir := fullStory(t).atRest(t)
	for name, c := range map[string]struct{ statements, want string }{
		"trigger gone":       {`DROP TRIGGER deposits_no_update`, "table deposits: the trigger deposits_no_update is gone"},
		"trigger of nothing": {`DROP TRIGGER answers_once; CREATE TRIGGER answers_once BEFORE INSERT ON answers BEGIN SELECT 1; END`, "table answers: the trigger answers_once was changed"},
		"trigger added":      {`CREATE TRIGGER mine AFTER INSERT ON deposits BEGIN UPDATE deposits SET amount = 1 WHERE id = NEW.id; END`, "table deposits: the trigger mine was added"},
		"index gone":         {`DROP INDEX batch_events_delivered`, "table batch_events: the index batch_events_delivered is gone"},
		"index changed":      {`DROP INDEX answers_slot; CREATE INDEX answers_slot ON answers(slot, first_deposit)`, "table answers: the index answers_slot was changed"},
		"index added":        {`CREATE INDEX mine ON deposits(name)`, "table deposits: the index mine was added"},
		"view changed":       {`DROP VIEW balances; CREATE VIEW balances AS SELECT account, 0 AS debit, 0 AS credit, 0 AS balance FROM postings`, "balances"},
		"view added":         {`CREATE VIEW mine AS SELECT 1`, "the view mine was added"},
		"table added":        {`CREATE TABLE mine (id INTEGER PRIMARY KEY, x)`, "table mine: the table was added"},
		"table gone":         {`DROP TRIGGER night_steps_no_delete; DROP TABLE night_steps`, "table night_steps: the table is gone"},
		"table of the chain": {`ALTER TABLE chain ADD COLUMN mine TEXT`, "table chain, columns"},
		"table's rules":      {`PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (amount > 0)', '') WHERE name = 'deposits'`, "table deposits: the table deposits was changed"},
		"column added":       {`ALTER TABLE deposits ADD COLUMN mine TEXT`, "table deposits, column mine: the column was added"},
		"column gone":        {`DROP TRIGGER deposits_no_update; ALTER TABLE deposits DROP COLUMN remark`, "table deposits, column remark: the column is gone"},
		"column renamed":     {`ALTER TABLE deposits RENAME COLUMN remark TO mine`, "table deposits, column remark: the column is gone"},
		"user_version":       {`PRAGMA user_version = 7`, `PRAGMA user_version: it says "7", and should say "0"`},
		"application_id":     {`PRAGMA application_id = 7`, "PRAGMA application_id"},
		"sqlite_sequence":    {`UPDATE sqlite_sequence SET seq = 70`, "table sqlite_sequence: the last number given out"},
		"version added":      {`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`, "table goose_db_version: which changes of the tables were made"},
		"number as text":     {`UPDATE sqlite_sequence SET seq = CAST(seq AS TEXT)`, "table sqlite_sequence: the last number given out"},
		"number as bytes":    {`UPDATE sqlite_sequence SET seq = CAST(seq AS BLOB)`, "table sqlite_sequence: the last number given out"},
		"name as bytes":      {`UPDATE sqlite_sequence SET name = CAST(name AS BLOB)`, "table sqlite_sequence: the last number given out"},
		"version as bytes":   {`UPDATE goose_db_version SET version_id = CAST(version_id AS BLOB) WHERE version_id = 2`, "table goose_db_version: which changes of the tables were made"},
		"applied as bytes":   {`UPDATE goose_db_version SET is_applied = CAST(is_applied AS BLOB) WHERE version_id = 2`, "table goose_db_version: which changes of the tables were made"},
		"no moment":          {`UPDATE goose_db_version SET tstamp = tstamp || 'x' WHERE version_id = 2`, "table goose_db_version: which changes of the tables were made"},
		"empty moment":       {`UPDATE goose_db_version SET tstamp = NULL WHERE version_id = 2`, "table goose_db_version: which changes of the tables were made"},
		"statistics":         {`ANALYZE`, "the table sqlite_stat1 was added"},
	} {
		t.Run(name, func(t *testing.T) {
			copyOf(t, dir, func(dir string) {
				if err := raw(dir, func(db *sqlx.DB) error {
					_, err := db.Exec(c.statements)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				_, err := verified(t, dir)
				var b *ledger.Break
				if !errors.As(err, &b) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("want %s; found: %v", c.want, err)
				}
			})
		})
	}
	// Where the list of versions is spoilt, the program stops before anything is
	// read, and says which table that is and what to do.
	for _, statement := range []string{`DELETE FROM goose_db_version WHERE version_id = 2`, `DELETE FROM goose_db_version`, `DROP TABLE goose_db_version`,
		`UPDATE goose_db_version SET version_id = version_id || 'x' WHERE version_id = 2`, `UPDATE goose_db_version SET version_id = -2 WHERE version_id = 2`} {
		copyOf(t, dir, func(dir string) {
			if err := raw(dir, func(db *sqlx.DB) error {
				_, err := db.Exec(statement)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			_, err := verified(t, dir)
			var b *ledger.Break
			if !errors.As(err, &b) || b.Table != "goose_db_version" || b.Hint() == "" {
				t.Errorf("%s: %v", statement, err)
			}
		})
	}
}

// Books of which everything is gone are not whole books without rows: neither an
// empty file, which the program would fill with tables, nor empty tables.
func TestVerifyFindsThatAllIsGone(t *testing.T) {
	t.Parallel()
	dir := fullStory(t).atRest(t)
	copyOf(t, dir, func(dir string) {
		path := filepath.Join(dir, "bekal.db")
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := verified(t, dir); !errors.Is(err, ledger.ErrEmpty) {
			t.Errorf("an empty file: %v", err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() > 0 {
			t.Errorf("it was filled: %v, %v", info, err)
		}
	})
	copyOf(t, dir, func(dir string) {
		if err := secretly(dir, func(db *sqlx.DB) error {
			var errs []error
			for table := range tables(t, dir) {
				_, err := db.Exec(`DELETE FROM ` + table)
				errs = append(errs, err)
			}
			return errors.Join(errs...)
		}); err != nil {
			t.Fatal(err)
		}
		_, err := verified(t, dir)
		var b *ledger.Break
		if !errors.As(err, &b) || b.Table != "chain" || !strings.Contains(err.Error(), "there is no link") {
			t.Errorf("empty tables: %v", err)
		}
	})
}

// Whatever is done to the archive is named, by the file's name and hash.
func TestVerifyFindsAChangedArchive(t *testing.T) {
	t.Parallel()
	dir := fullStory(t).atRest(t)
	l := open(t, dir)
	f, err := l.FileByBytes(t.Context(), ledger.SettlementFile, sum("three"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		do   func(path string) error
		want string
	}{
		"one byte":      {func(p string) error { return os.WriteFile(p, []byte("thref"), 0o600) }, "its bytes have been changed"},
		"shorter":       {func(p string) error { return os.Truncate(p, 4) }, "there are 4 of them, and were 5"},
		"empty":         {func(p string) error { return os.Truncate(p, 0) }, "there are 0 of them, and were 5"},
		"longer":        {func(p string) error { return os.WriteFile(p, []byte("three "), 0o600) }, "there are 6 of them, and were 5"},
		"other":         {func(p string) error { return os.WriteFile(p, []byte("two"), 0o600) }, "there are 3 of them, and were 5"},
		"gone":          {os.Remove, "the archived file is gone"},
		"folder":        {func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) }, "a folder stands in the archived file's place"},
		"link":          {func(p string) error { return errors.Join(os.Rename(p, p+".x"), os.Symlink(p+".x", p)) }, "a link stands in the archived file's place"},
		"whole archive": {func(p string) error { return os.RemoveAll(filepath.Dir(filepath.Dir(p))) }, "is gone"},
		"hash's folder": {func(p string) error { return os.Rename(filepath.Dir(p), filepath.Dir(p)+"x") }, "is gone"},
		"added":         {func(p string) error { return os.WriteFile(filepath.Join(filepath.Dir(p), "mine"), nil, 0o600) }, "mine was added"},
		"added on top": {func(p string) error {
			return os.WriteFile(filepath.Join(filepath.Dir(filepath.Dir(p)), "\x1b[2Jmine"), nil, 0o600)
		}, `archive: \x1b[2Jmine was added`},
		"folder of none": {func(p string) error { return os.Mkdir(filepath.Join(filepath.Dir(filepath.Dir(p)), "zz"), 0o700) }, "archive: zz was added"},
		"pipe":           {func(p string) error { return errors.Join(os.Remove(p), unix.Mkfifo(p, 0o600)) }, "a pipe stands in the archived file's place"},
		"false hash":     {func(p string) error { return os.WriteFile(p[:len(p)-1]+"!", nil, 0o600) }, "was added"},
		"of other bytes": {func(p string) error { return os.WriteFile(swapLast(p), []byte("mine"), 0o600) }, "the file was added, or changed"},
	} {
		t.Run(name, func(t *testing.T) {
			copyOf(t, dir, func(dir string) {
				path := filepath.Join(dir, "archive", f.SHA256[:2], f.SHA256)
				if err := c.do(path); err != nil {
					t.Fatal(err)
				}
				_, err := verified(t, dir)
				var b *ledger.Break
				if !errors.As(err, &b) || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("want %s; found: %v", c.want, err)
				}
				if b.Table == "files" && (b.File == "" || b.SHA256 == "" || !strings.Contains(err.Error(), b.File) || !strings.Contains(err.Error(), b.SHA256)) {
					t.Errorf("name and hash are not told: %v", err)
				}
			})
		})
	}
	// What a refused import leaves is told, and is no break.
	copyOf(t, dir, func(dir string) {
		path := filepath.Join(dir, "archive", sum("refused")[:2], sum("refused"))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("refused"), 0o600)); err != nil {
			t.Fatal(err)
		}
		v, err := verified(t, dir)
		if err != nil || len(v.Unnamed) != 1 || v.Unnamed[0] != sum("refused") {
			t.Error(v, err)
		}
	})
}

// swapLast is a path with another last digit.
func swapLast(path string) string {
	last := "0"
	if strings.HasSuffix(path, last) {
		last = "1"
	}
	return path[:len(path)-1] + last
}
