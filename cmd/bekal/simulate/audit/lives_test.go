package audit_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"
)

// restored is an office that has lost its ledger after a night, restored the
// backup of before, adopted what it had sent, and gone on to the end.
func restored(t testing.TB) *office {
	t.Helper()
	o := open(t, banksim.Faults{})
	ctx := context.Background()
	o.wages(3)
	backup := filepath.Join(o.dir, "backup.tar")
	if _, _, err := o.books.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	o.night("ran") // it is lost
	if err := o.books.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(o.path() + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	o.tomorrow()
	o.at(8, 0)
	options := ledger.Options{Path: o.path(), Archive: filepath.Join(o.dir, "archive"), Now: o.Now}
	if _, err := ledger.Restore(ctx, clerk, ledger.Restoration{Backup: backup, Options: options, Random: strings.NewReader("ZZ"), Date: o.date(), Reason: "a test"}); err != nil {
		t.Fatal(err)
	}
	var err error
	if o.books, err = ledger.Open(ctx, options); err != nil {
		t.Fatal(err)
	}
	o.run.Ledger = o.books
	approved := o.told[0]
	o.tell(func(a *audit.Auditor) { a.Restored() })
	o.tell(approved)
	o.night("degraded") // on hold
	o.tomorrow()
	o.at(10, 0)
	if _, err := o.run.Recall(ctx, o.date(), gateway.Search{}); err != nil {
		t.Fatal(err)
	}
	all, err := o.books.AllForgotten(ctx)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if _, err := o.books.Adopt(ctx, clerk, ledger.Adoption{Facility: o.facility, Batch: all[0].Batch, Date: o.date(), Reason: "a test"}); err != nil {
		t.Fatal(err)
	}
	if err := o.books.ProposeRelease(ctx, clerk, o.date(), "a test"); err != nil {
		t.Fatal(err)
	}
	if err := o.books.ReleaseHold(ctx, approver, o.date(), "a test"); err != nil {
		t.Fatal(err)
	}
	o.wages(2)
	o.night("ran")
	o.tomorrow()
	o.work()
	o.night("ran")
	return o
}

// TestRestoredBooksTampered: the auditor follows restored books from their first
// link, finds nothing in them, and names what is changed.
func TestRestoredBooksTampered(t *testing.T) {
	t.Parallel()
	o := restored(t)
	night := audit.Night{Date: o.date(), Outcome: audit.Ran, Reached: true, Began: o.Now()}
	if list := rules(t, o.another(o.copyBooks("as-it-is")), night); list != nil {
		t.Fatalf("nothing was changed, and the auditor names %v", list)
	}
	for i, c := range []struct {
		does string
		sql  string
		want audit.Rule
	}{
		{"one person alone releases", `UPDATE holds SET decided_by = 'contoh satu' WHERE event = 'released'`, audit.Holds},
		{"nobody has proposed it", `UPDATE holds SET event = 'begun' WHERE event = 'proposed'`, audit.Holds},
		{"it is not on hold", `UPDATE holds SET event = 'released' WHERE event = 'begun'`, audit.Holds},
		{"a payment is recalled as another deposit", `UPDATE recalled SET reference = (SELECT reference FROM recalled WHERE id = 1) || 'X' WHERE id = 2`, audit.Holds},
		{"the bank has not got it", `UPDATE batches SET reference = 'PWK01B2611240009X' WHERE id = 1`, audit.Holds},
		{"the answer is another deposit's", `UPDATE answers SET first_deposit = 2 WHERE first_deposit = 1`, audit.Answers},
	} {
		t.Run(c.does, func(t *testing.T) {
			copied := o.copyBooks(fmt.Sprint("holds-", i))
			tamper(t, copied, true, c.sql)
			if got := rules(t, o.another(copied), night); !slices.Contains(got, c.want) {
				t.Errorf("the auditor names %v, want %s", got, c.want)
			}
		})
	}
}
