package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"
)

// troubled runs a night on which something goes wrong, and has it examined.
func (o *office) troubled(t banksim.Trouble) {
	o.Helper()
	o.at(19, 30)
	o.bank.Arm(t)
	r, err := o.run.Run(context.Background(), o.date(), "")
	if err != nil {
		o.Fatal(err)
	}
	o.bank.Disarm()
	o.look()
	o.examine(audit.Night{Date: o.date(), Outcome: string(r.Outcome), Began: o.Now()})
}

// decide lets a person decide about the n-th batch, as the bank says.
func (o *office) decide(n int) (delivered bool) {
	o.Helper()
	b := o.batches()[n-1]
	delivered = o.exists("outbox", b.FileName) || o.exists(".bank", "taken", b.FileName)
	var err error
	if delivered {
		err = o.books.DecideDelivered(context.Background(), approver, b, o.date(), "telephone")
	} else {
		if _, err = o.books.DecideNotDelivered(context.Background(), clerk, b, "telephone", false); err == nil {
			_, err = o.books.DecideNotDelivered(context.Background(), approver, b, "telephone", false)
		}
	}
	if err != nil {
		o.Fatal(err)
	}
	o.tell(func(a *audit.Auditor) { a.Decided(b.Reference, delivered) })
	return delivered
}

// uncertain brings the first batch where nobody knows whether the bank has it,
// and the bank has not got it: somebody has cleaned up.
func (o *office) uncertain() {
	o.Helper()
	o.wages(3)
	o.troubled(banksim.Trouble{Op: banksim.OpRename, Act: banksim.Drop, Times: -1})
	parts, err := filepath.Glob(filepath.Join(o.dir, "bank", "outbox", "*.part"))
	if err != nil || len(parts) != 1 {
		o.Fatal(parts, err)
	}
	if err := os.Remove(parts[0]); err != nil {
		o.Fatal(err)
	}
	o.tomorrow()
	o.night("degraded")
	if state := o.batches()[0].State; state != "uncertain" {
		o.Fatalf("the batch is %s", state)
	}
}

// TestUncertain: the auditor follows a batch that is uncertain, whichever way
// it is decided.
func TestUncertain(t *testing.T) {
	t.Parallel()
	t.Run("a person finds that it is not delivered", func(t *testing.T) {
		t.Parallel()
		o := open(t, banksim.Faults{})
		o.uncertain()
		if o.decide(1) {
			t.Fatal("the bank has it")
		}
		o.night("ran")
		o.tomorrow()
		o.work()
		o.night("ran")
	})
	for _, answered := range []bool{true, false} {
		t.Run(fmt.Sprintf("the bank has taken it, and answers: %t", answered), func(t *testing.T) {
			t.Parallel()
			o := open(t, banksim.Faults{})
			o.wages(3)
			// The file gets its name, the bank takes it, and nobody hears of it.
			o.troubled(banksim.Trouble{Op: banksim.OpRename, When: banksim.After, Act: banksim.Drop})
			o.tomorrow()
			o.work()
			outcome := gateway.Ran // it finds the answer
			if !answered {
				outcome = gateway.Degraded
				o.hide()
			}
			o.night(outcome)
			if state := o.batches()[0].State; state != map[bool]string{true: "acknowledged", false: "uncertain"}[answered] {
				t.Fatalf("the batch is %s", state)
			}
			if !answered {
				if !o.decide(1) {
					t.Fatal("the bank has not got it")
				}
				o.night("ran")
				o.unhide()
			}
			o.tomorrow()
			o.work()
			o.night("ran")
		})
	}
}

// hide takes the answers away, as if the bank had not published them.
func (o *office) hide() {
	o.Helper()
	dir := filepath.Join(o.dir, "bank", "inbox")
	if err := os.Rename(dir, dir+".later"); err != nil {
		o.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		o.Fatal(err)
	}
	o.look()
}

func (o *office) unhide() {
	o.Helper()
	dir := filepath.Join(o.dir, "bank", "inbox")
	if err := os.Remove(dir); err != nil {
		o.Fatal(err)
	}
	if err := os.Rename(dir+".later", dir); err != nil {
		o.Fatal(err)
	}
	o.look()
}

// TestNameTaken: the auditor knows a file in the outbox that is not ours.
func TestNameTaken(t *testing.T) {
	t.Parallel()
	o := open(t, banksim.Faults{})
	o.wages(3)
	o.troubled(banksim.Trouble{Op: banksim.OpRename, Act: banksim.Drop, Times: -1})
	name, data := o.batches()[0].FileName, []byte("not ours")
	path := filepath.Join(o.dir, "bank", "outbox", name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	o.tell(func(a *audit.Auditor) { a.Foreign(name, data) })
	o.tomorrow()
	o.night("degraded")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	o.tomorrow()
	o.night("ran")
}

// TestLineBreaks: whatever breaks, at whatever moment, the auditor finds the
// books in order.
func TestLineBreaks(t *testing.T) {
	t.Parallel()
	for _, op := range []banksim.Op{banksim.OpConnect, banksim.OpOpen, banksim.OpCreate, banksim.OpRead, banksim.OpWrite, banksim.OpClose, banksim.OpStat, banksim.OpList, banksim.OpRename} {
		for _, when := range []banksim.When{banksim.Before, banksim.After} {
			t.Run(fmt.Sprintf("%s %d", op, when), func(t *testing.T) {
				t.Parallel()
				o := open(t, banksim.Faults{Rejected: 1000, Unreadable: 1000}, func(b *gateway.Bank) { b.MaxDeposits = 5 })
				for range 3 {
					o.wages(8)
					o.troubled(banksim.Trouble{Op: op, When: when, Act: banksim.Drop, Times: 2})
					o.tomorrow()
					o.work()
				}
				o.calmNight()
				o.tomorrow()
				o.night("ran")
			})
		}
	}
}

// calmNight runs a night without trouble; what was left from before may still
// degrade it.
func (o *office) calmNight() {
	o.Helper()
	o.at(19, 30)
	r, err := o.run.Run(context.Background(), o.date(), "")
	if err != nil {
		o.Fatal(err)
	}
	o.look()
	o.examine(audit.Night{Date: o.date(), Outcome: string(r.Outcome), Reached: true, Began: o.Now()})
}

// failed are the references of deposits that have failed.
func (o *office) failed() (refs []string) {
	o.Helper()
	for n := range o.batches() {
		_, orders := o.sent(n + 1)
		for _, d := range orders {
			life, err := o.books.Life(context.Background(), d.reference)
			if err != nil {
				o.Fatal(err)
			}
			if (life.State == "rejected" || life.State == "returned") && life.ReplacedBy == "" {
				refs = append(refs, d.reference)
			}
		}
	}
	return refs
}

// TestRepayments: what failed is paid again, some of it into another account,
// and some of that fails again.
func TestRepayments(t *testing.T) {
	t.Parallel()
	o := open(t, banksim.Faults{Rejected: 3000, Returned: 3000, RefuseBatch: 2000})
	o.wages(20)
	repaid := 0
	for i := range 10 {
		o.night("ran")
		o.tomorrow()
		o.at(10, 0)
		if refs := o.failed(); len(refs) > 0 && i%2 == 1 {
			repaid += len(refs)
			o.repay(map[int]string{3: "999000000000333"}, refs...)
		}
		o.work()
	}
	o.night("ran")
	if repaid < 10 {
		t.Errorf("%d deposits were paid again, which tries nothing", repaid)
	}
}

// TestReviewed: people review mismatches, and answers overtake some of them.
func TestReviewed(t *testing.T) {
	t.Parallel()
	o := open(t, banksim.Faults{})
	o.wages(4)
	o.night("ran")
	ref, d := o.sent(1)
	o.tomorrow()
	o.at(9, 0)
	o.put(ref+"-01.STL", stl(ref, d[0].pending(), d[1].pending(), d[2].pending(), d[3].pending()))
	o.night("ran")
	ctx := context.Background()
	for _, step := range []struct {
		mismatch int64
		by       ledger.Actor
		does     ledger.Review
	}{{1, clerk, ledger.Propose}, {1, approver, ledger.Resolve}, {2, clerk, ledger.Propose}, {3, clerk, ledger.Propose}, {3, approver, ledger.Resolve}, {3, approver, ledger.Reopen}} {
		if err := o.books.ReviewMismatch(ctx, step.by, step.mismatch, step.does, "telephone"); err != nil {
			t.Fatal(err)
		}
	}
	o.tomorrow()
	o.at(9, 0)
	o.put(ref+"-02.STL", stl(ref, d[0].pending(), d[1].pending(), d[2].pending()))
	o.night("ran")
	o.put(ref+"-03.STL", stl(ref, d[0].paid(), d[1].paid(), d[2].rejected(), d[3].paid()))
	o.night("ran")
}

// TestClosedBooks: the auditor reads the books also when nobody has them open.
func TestClosedBooks(t *testing.T) {
	t.Parallel()
	o := open(t, banksim.Faults{})
	o.wages(3)
	n := o.night("ran")
	if err := o.books.Close(); err != nil {
		t.Fatal(err)
	}
	o.examine(n)
	if _, err := audit.New(o.options(filepath.Join(o.dir, "nowhere.db"))).Examine(context.Background(), n); err == nil {
		t.Error("books that are not there were examined")
	}
	reopened, err := ledger.Open(context.Background(), ledger.Options{Path: o.path(), Archive: filepath.Join(o.dir, "archive"), Now: o.Now})
	if err != nil {
		t.Fatal(err)
	}
	o.books, o.run.Ledger = reopened, reopened
	o.tomorrow()
	o.work()
	o.night("ran")
}
