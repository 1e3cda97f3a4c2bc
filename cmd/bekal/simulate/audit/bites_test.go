package audit_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/gateway/banksim"
)

// eventful is an office with a history in which everything has happened.
func eventful(t testing.TB) *office {
	t.Helper()
	o := open(t, banksim.Faults{Missing: 700, Unknown: 700, Amount: 700, Account: 700, Name: 700, Duplicate: 700, Rejected: 700, Returned: 700, Pending: 700, Late: 700, Unreadable: 700,
		Exactly: map[banksim.Kind]int{banksim.Control: 1}, ExactlyBatches: 1})
	o.uncertain()
	o.decide(1)
	for i := range 8 {
		if i < 4 {
			o.wages(25)
		}
		o.night("ran")
		o.tomorrow()
		o.at(10, 0)
		if refs := o.failed(); len(refs) > 0 && i > 2 {
			o.repay(nil, refs...)
		}
		o.work()
	}
	o.night("ran")
	return o
}

// copyBooks copies the ledger's file, with what is still in its log.
func (o *office) copyBooks(name string) string {
	o.Helper()
	path := filepath.Join(o.dir, name+".db")
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(o.path() + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(path+suffix, data, 0o600)
		}
		if err != nil {
			o.Fatal(err)
		}
	}
	return path
}

// tamper changes books behind the ledger's back. When seal is set, whoever does
// it makes a new chain, too.
func tamper(t testing.TB, path string, seal bool, statements ...string) {
	t.Helper()
	ctx := context.Background()
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the test looks at what is in it
	db.SetMaxOpenConns(1)
	for _, name := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'trigger'`) {
		if _, err := db.ExecContext(ctx, `DROP TRIGGER `+name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(ctx, `PRAGMA synchronous = OFF`); err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		done, err := db.ExecContext(ctx, s)
		if err != nil {
			t.Fatal(s, err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s: changes nothing: %v", s, err)
		}
	}
	if !seal {
		return
	}
	if _, err := db.ExecContext(ctx, `BEGIN`); err != nil {
		t.Fatal(err)
	}
	reseal(t, db)
	if _, err := db.ExecContext(ctx, `COMMIT`); err != nil {
		t.Fatal(err)
	}
}

func column(t testing.TB, db *sql.DB, query string, args ...any) (list []string) {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// reseal makes the chain anew over what the tables hold.
func reseal(t testing.TB, db *sql.DB) {
	t.Helper()
	prev := ""
	forms := map[string]string{}
	for _, id := range column(t, db, `SELECT id FROM chain ORDER BY id`) {
		var at, actor, osUser, night, action, content string
		if err := db.QueryRowContext(context.Background(), `SELECT at, actor, os_user, night, action, content FROM chain WHERE id = ?`, id).Scan(&at, &actor, &osUser, &night, &action, &content); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for line := range strings.Lines(content) {
			f := strings.Fields(line)
			if forms[f[0]] == "" {
				forms[f[0]] = strings.Join(column(t, db, `SELECT 'coalesce(' || name || ',char(30))' FROM pragma_table_info(?) ORDER BY cid`, f[0]), "||char(31)||") + "||char(29)"
			}
			rows := column(t, db, `SELECT `+forms[f[0]]+` FROM `+f[0]+` WHERE id BETWEEN ? AND ? ORDER BY id`, f[1], f[2])
			fmt.Fprintf(&b, "%s %s %s %x\n", f[0], f[1], f[2], sha256.Sum256([]byte(strings.Join(rows, ""))))
		}
		hash := sha256.Sum256([]byte(strings.Join([]string{"bekal chain 1", id, at, actor, osUser, night, action, b.String(), prev}, "\x1f")))
		if _, err := db.ExecContext(context.Background(), `UPDATE chain SET content = ?, prev = ?, hash = ? WHERE id = ?`, b.String(), prev, hex.EncodeToString(hash[:]), id); err != nil {
			t.Fatal(err)
		}
		prev = hex.EncodeToString(hash[:])
	}
}

// another hires an auditor for books, who is told all that the first was told.
func (o *office) another(books string, change ...func(*audit.Options)) *audit.Auditor {
	options := o.options(books)
	for _, c := range change {
		c(&options)
	}
	a := audit.New(options)
	for _, fn := range o.told {
		fn(a)
	}
	return a
}

// rules examines, and returns the rules that were broken.
func rules(t testing.TB, a *audit.Auditor, n audit.Night) (list []audit.Rule) {
	t.Helper()
	found, err := a.Examine(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		if !slices.Contains(list, v.Rule) {
			list = append(list, v.Rule)
			t.Log(v)
		}
	}
	return list
}

// TestTampered: whatever is changed in the books, the auditor names it; also
// when the chain has been made to fit.
func TestTampered(t *testing.T) {
	t.Parallel()
	o := eventful(t)
	night := audit.Night{Date: o.date(), Outcome: audit.Ran, Reached: true, Began: o.Now()}
	if list := rules(t, o.another(o.copyBooks("as-it-is")), night); list != nil {
		t.Fatalf("nothing was changed, and the auditor names %v", list)
	}
	const anySettled = `(SELECT min(id) FROM answers WHERE outcome = 'settled' AND first_deposit = last_deposit AND amount IS NULL)`
	for i, c := range []struct {
		does string
		seal bool
		sql  []string
		want []audit.Rule
	}{
		{"a mismatch is of another kind", true, []string{`UPDATE mismatches SET kind = 'name' WHERE id = (SELECT min(id) FROM mismatches WHERE kind = 'amount')`}, []audit.Rule{audit.Mismatches, audit.Faults}},
		{"the bank's fault is not shown", true, []string{`UPDATE mismatches SET reference = 'X', line = 0 WHERE kind = 'account'`}, []audit.Rule{audit.Mismatches, audit.Faults}},
		{"a mismatch has another amount", true, []string{`UPDATE mismatches SET actual_amount = actual_amount + 1 WHERE id = (SELECT min(id) FROM mismatches WHERE kind = 'unknown')`}, []audit.Rule{audit.Mismatches}},
		{"a mismatch has another account", true, []string{`UPDATE mismatches SET expected_account = actual_account WHERE kind = 'account'`}, []audit.Rule{audit.Mismatches}},
		{"a mismatch is of another line", true, []string{`UPDATE mismatches SET line = line + 1 WHERE id = (SELECT min(id) FROM mismatches WHERE kind = 'rejected')`}, []audit.Rule{audit.Mismatches}},
		{"a mismatch is of another day", true, []string{`UPDATE mismatches SET opened = '2026-11-01' WHERE kind = 'late'`}, []audit.Rule{audit.Mismatches}},
		{"a missing deposit is another one", true, []string{`UPDATE mismatches SET deposit_id = 50 WHERE id = (SELECT min(id) FROM mismatches WHERE kind = 'missing')`}, []audit.Rule{audit.Mismatches}},
		{"what a file that was set aside lacks is of another kind", true, []string{`UPDATE mismatches SET kind = 'late' WHERE kind = 'control'`}, []audit.Rule{audit.Mismatches, audit.Faults}},
		{"another mismatch is cleared", true, []string{`UPDATE mismatch_events SET mismatch_id = (SELECT id FROM mismatches WHERE kind = 'account' LIMIT 1) WHERE id = (SELECT min(id) FROM mismatch_events WHERE event = 'cleared')`}, []audit.Rule{audit.Mismatches}},
		{"a mismatch is resolved instead of cleared", true, []string{`UPDATE mismatch_events SET event = 'resolved' WHERE id = (SELECT min(id) FROM mismatch_events WHERE event = 'cleared')`}, []audit.Rule{audit.Mismatches}},
		{"what settled is rejected", true, []string{`UPDATE answers SET outcome = 'rejected' WHERE id = ` + anySettled}, []audit.Rule{audit.Answers, audit.Money}},
		{"another deposit has settled", true, []string{`UPDATE answers SET first_deposit = 100, last_deposit = 100, slot = 7 WHERE id = ` + anySettled}, []audit.Rule{audit.Answers}},
		{"another amount was moved", true, []string{`UPDATE answers SET amount = 5 WHERE id = ` + anySettled}, []audit.Rule{audit.Answers}},
		{"an entry is larger", true, []string{`UPDATE postings SET debit = debit + (debit > 0), credit = credit + (credit > 0) WHERE entry_id = (SELECT min(id) FROM journal WHERE event = 'deposits settled')`}, []audit.Rule{audit.Money, audit.Proof}},
		{"an entry has one side", true, []string{`UPDATE postings SET debit = debit + 1 WHERE id = (SELECT max(id) FROM postings WHERE debit > 0)`}, []audit.Rule{audit.Money}},
		{"an entry is on other accounts", true, []string{`UPDATE postings SET account = 'returns' WHERE account = 'suspense'`}, []audit.Rule{audit.Money}},
		{"an entry is of another day", true, []string{`UPDATE journal SET date = '2026-11-29' WHERE id = (SELECT min(id) FROM journal WHERE event = 'deposits settled')`}, []audit.Rule{audit.Money, audit.Proof}},
		{"an entry is of more deposits", true, []string{`UPDATE journal SET deposits = deposits + 1 WHERE event = 'batch delivered'`}, []audit.Rule{audit.Proof}},
		{"a wage is larger", true, []string{`UPDATE deposits SET amount = amount + 1 WHERE id = 5`}, []audit.Rule{audit.Wages}},
		{"a wage goes to another account", true, []string{`UPDATE deposits SET account = '999000000000666' WHERE id = 5`}, []audit.Rule{audit.Wages}},
		{"a wage goes to another name", true, []string{`UPDATE deposits SET name = 'SIAPA' WHERE id = 5`}, []audit.Rule{audit.Wages}},
		{"a wage is another beneficiary's", true, []string{`UPDATE deposits SET beneficiary = 'W99999' WHERE id = 5`}, []audit.Rule{audit.Wages}},
		{"two deposits have one reference", true, []string{`UPDATE deposits SET reference = (SELECT reference FROM deposits WHERE id = 6) WHERE id = 5`}, []audit.Rule{audit.Once}},
		{"a sheet was refused", true, []string{`UPDATE sheet_decisions SET decision = 'refused' WHERE sheet_id = 2`}, []audit.Rule{audit.Wages, audit.Money}},
		{"a repayment replaces another deposit", true, []string{`UPDATE repayments SET replaces = (SELECT first_deposit FROM answers WHERE outcome = 'settled' LIMIT 1) WHERE id = 1`}, []audit.Rule{audit.Wages}},
		{"a deposit is in two batches", true, []string{`UPDATE batch_ranges SET first_deposit = first_deposit - 1 WHERE id = 2`}, []audit.Rule{audit.Once, audit.Batches}},
		{"a batch has another value date", true, []string{`UPDATE batches SET value_date = '2026-12-24' WHERE id = 2`}, []audit.Rule{audit.Batches}},
		{"a batch is of another month", true, []string{`UPDATE batches SET period = '2026-11' WHERE id = 2`}, []audit.Rule{audit.Batches}},
		{"a mismatch points at other columns", true, []string{`UPDATE mismatches SET from_column = from_column + 1 WHERE id = (SELECT min(id) FROM mismatches WHERE kind = 'amount')`}, []audit.Rule{audit.Mismatches}},
		{"a batch has another total", true, []string{`UPDATE batches SET total = total + 1 WHERE id = 2`}, []audit.Rule{audit.Batches, audit.Once}},
		{"a delivery is forgotten", true, []string{`UPDATE batch_events SET event = 'staged' WHERE event = 'delivered' AND batch_id = 2`}, []audit.Rule{audit.Batches, audit.Money}},
		{"a batch is refused", true, []string{`UPDATE batch_events SET event = 'refused' WHERE event = 'acknowledged' AND batch_id = 2`}, []audit.Rule{audit.Batches}},
		{"a file is set aside", true, []string{`UPDATE file_events SET event = 'quarantined' WHERE id = (SELECT max(e.id) FROM file_events e JOIN files f ON f.id = e.file_id WHERE e.event = 'posted' AND f.kind = 'settlement')`}, []audit.Rule{audit.Files, audit.Answers}},
		{"a file is posted", true, []string{`UPDATE file_events SET event = 'posted' WHERE event = 'quarantined'`}, []audit.Rule{audit.Files}},
		{"a file is posted twice", true, []string{`UPDATE file_events SET file_id = (SELECT min(file_id) FROM file_events WHERE event = 'posted') WHERE id = (SELECT max(id) FROM file_events WHERE event = 'posted')`}, []audit.Rule{audit.Files}},
		{"a file has another name", true, []string{`UPDATE files SET name = 'X' || name WHERE kind = 'settlement'`}, []audit.Rule{audit.Files}},
		{"a file is of another kind", true, []string{`UPDATE files SET kind = 'return' WHERE id = (SELECT max(id) FROM files WHERE kind = 'settlement')`}, []audit.Rule{audit.Files}},
		{"a file has other bytes", true, []string{`UPDATE files SET sha256 = (SELECT sha256 FROM files WHERE kind = 'wage_sheet' LIMIT 1) WHERE id = (SELECT max(id) FROM files WHERE kind = 'settlement')`}, []audit.Rule{audit.Files}},
		{"a file was fetched at another time", true, []string{`UPDATE remote_files SET modified = '2026-11-24T00:00:00Z' WHERE id = 1`}, []audit.Rule{audit.Files}},
		{"a night is of another date", true, []string{`UPDATE nights SET date = '2026-11-01' WHERE id = (SELECT max(id) FROM nights)`}, []audit.Rule{audit.Nights}},
		{"a night ended otherwise", true, []string{`UPDATE night_steps SET outcome = 'degraded' WHERE step = 'night' AND id = (SELECT max(id) FROM night_steps)`}, []audit.Rule{audit.Nights}},

		{"a row is changed", false, []string{`UPDATE mismatches SET code = 'X' WHERE id = 1`}, []audit.Rule{audit.Chain}},
		{"a mismatch is gone", false, []string{`DELETE FROM mismatches WHERE id = (SELECT min(id) FROM mismatches WHERE kind = 'rejected')`}, []audit.Rule{audit.Chain, audit.Mismatches}},
		{"an answer is gone", false, []string{`DELETE FROM answers WHERE id = ` + anySettled}, []audit.Rule{audit.Chain, audit.Answers}},
		{"there is a row too many", false, []string{`INSERT INTO mismatch_events SELECT max(id) + 1, 1, 'resolved', 'x', NULL, 0, 'x', 'x', at FROM mismatch_events`}, []audit.Rule{audit.Chain}},
		{"a link says something else", false, []string{`UPDATE chain SET actor = 'contoh tiga' WHERE id = 9`}, []audit.Rule{audit.Chain}},
		{"a link continues another one", false, []string{`UPDATE chain SET prev = hash WHERE id = 9`}, []audit.Rule{audit.Chain}},
		{"a link is gone", false, []string{`DELETE FROM chain WHERE id = 9`}, []audit.Rule{audit.Chain}},
		{"the last link is gone", false, []string{`DELETE FROM chain WHERE id = (SELECT max(id) FROM chain)`}, []audit.Rule{audit.Chain}},
	} {
		t.Run(c.does, func(t *testing.T) {
			path := o.copyBooks(fmt.Sprintf("tampered-%d", i))
			tamper(t, path, c.seal, c.sql...)
			list := rules(t, o.another(path), night)
			for _, want := range c.want {
				if !slices.Contains(list, want) {
					t.Errorf("the auditor names %v, and not %s", list, want)
				}
			}
			if c.seal && slices.Contains(list, audit.Chain) {
				t.Error("the chain was made to fit, and the auditor names it")
			}
		})
	}
}

// TestHistoryRewritten: what an auditor has seen may not change, even where
// everything fits.
func TestHistoryRewritten(t *testing.T) {
	t.Parallel()
	o := open(t, banksim.Faults{Rejected: 3000})
	o.wages(10)
	o.night("ran")
	o.tomorrow()
	o.work()
	night := o.night("ran")
	for i, c := range []struct {
		does, sql string
		seldom    bool // noticed also when old rows are not read again
	}{
		{"a row is changed", `UPDATE nights SET due = 'x' WHERE id = 1`, false},
		{"a row is gone", `DELETE FROM night_steps WHERE id = 1`, true},
		{"the last row is gone", `DELETE FROM night_steps WHERE id = (SELECT max(id) FROM night_steps)`, true},
		{"a table is empty", `DELETE FROM mismatches`, true},
		{"a row comes before the first", `INSERT INTO nights VALUES (0, 'x', '2026-11-01', '', '')`, true},
		{"a table is gone", `DROP TABLE mismatch_events`, true},
		{"a table has another column", `ALTER TABLE nights ADD COLUMN more TEXT`, true},
	} {
		t.Run(c.does, func(t *testing.T) {
			path := o.copyBooks(fmt.Sprintf("rewritten-%d", i))
			often := o.another(path)
			seldom := o.another(path, func(o *audit.Options) { o.Reread = 100 })
			for _, a := range []*audit.Auditor{often, seldom} {
				if list := rules(t, a, night); list != nil {
					t.Fatal(list)
				}
				if list := rules(t, a, night); list != nil {
					t.Fatal(list)
				}
			}
			// What a new chain would be is not looked at: it is not the old one.
			tamperOnly(t, path, c.sql)
			if list := rules(t, often, night); !slices.Contains(list, audit.History) {
				t.Errorf("the auditor names %v", list)
			}
			if list := rules(t, seldom, night); c.seldom && !slices.Contains(list, audit.History) {
				t.Errorf("without reading all again, the auditor names %v", list)
			}
			seldom.Reread()
			if list := rules(t, seldom, night); !c.seldom && !slices.Contains(list, audit.History) {
				t.Errorf("when it reads all again, the auditor names %v", list)
			}
		})
	}
}

// tamperOnly changes books and nothing else.
func tamperOnly(t testing.TB, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the test looks at what is in it
	db.SetMaxOpenConns(1)
	for _, name := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'trigger'`) {
		if _, err := db.ExecContext(context.Background(), `DROP TRIGGER `+name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

// TestToldOtherwise: where the facts are others than the books and the bank go
// by, the auditor names it.
func TestToldOtherwise(t *testing.T) {
	t.Parallel()
	o := eventful(t)
	night := audit.Night{Date: o.date(), Outcome: audit.Ran, Reached: true, Began: o.Now()}
	path := o.copyBooks("told")
	unlike := wage(5)
	for _, c := range []struct {
		does   string
		change func(*audit.Options)
		tell   func(*audit.Auditor)
		night  func(*audit.Night)
		want   audit.Rule
	}{
		{"more wages were approved", nil, func(a *audit.Auditor) {
			a.Approved([]audit.Wage{{Beneficiary: unlike.Beneficiary, Name: unlike.Name, Account: unlike.Account, Amount: int64(unlike.Amount), Period: period}})
		}, nil, audit.Wages},
		{"a file was not collected", nil, func(a *audit.Auditor) {
			a.Published(audit.Published{Name: "MORE.ACK", Bytes: []byte("x"), Modified: o.Now()})
		}, nil, audit.Files},
		{"the bank answers in time for one day only", func(o *audit.Options) { o.Window = 1 }, nil, nil, audit.Mismatches},
		{"the bank may answer for weeks", func(o *audit.Options) { o.Window = 30 }, nil, nil, audit.Mismatches},
		{"there is no weekend", func(o *audit.Options) {
			o.BusinessDays = func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) }
		}, nil, nil, audit.Batches},
		{"we have another corporate code", func(o *audit.Options) { o.Corporate = "LPLAIN" }, nil, nil, audit.Files},
		{"the night was another one", nil, nil, func(n *audit.Night) { n.Outcome = audit.Degraded }, audit.Nights},
		{"the night was of another date", nil, nil, func(n *audit.Night) { n.Date = "2026-11-01" }, audit.Nights},
	} {
		t.Run(c.does, func(t *testing.T) {
			change := c.change
			if change == nil {
				change = func(*audit.Options) {}
			}
			a, n := o.another(path, change), night
			if c.tell != nil {
				c.tell(a)
			}
			if c.night != nil {
				c.night(&n)
			}
			if list := rules(t, a, n); !slices.Contains(list, c.want) {
				t.Errorf("the auditor names %v, and not %s", list, c.want)
			}
		})
	}
	t.Run("one thing or another was not told", func(t *testing.T) {
		// Whatever one leaves out, somebody did something that nobody approved,
		// or the bank published something that it did not.
		for i := 0; i < len(o.told); i += 4 { // they are alike enough
			a := audit.New(o.options(path))
			for j, fn := range o.told {
				if i != j {
					fn(a)
				}
			}
			if list := rules(t, a, night); list == nil {
				t.Errorf("without the %d. fact of %d, the auditor finds nothing", i+1, len(o.told))
			}
		}
	})
}
