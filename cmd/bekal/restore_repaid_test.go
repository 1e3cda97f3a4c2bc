package main

import (
	"fmt"
	"strings"
	"testing"

	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"
)

// TestRepaidInTheLostTime loses the time in which the bank gave a wage back and
// people had it paid again. The restored books learn of the return while they
// are on hold: only then can the repayment be approved anew, and the batch that
// paid it be adopted.
func TestRepaidInTheLostTime(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(restoreWages, func(o *banksim.Options) {
		o.Faults = banksim.Faults{Exactly: map[banksim.Kind]int{banksim.Returned: 1}, ExactlyBatches: 1}
	}); err != nil {
		t.Fatal(err)
	}
	f.night(t, "2026-11-23", exitOK)
	f.bankWorks(t, "2026-11-24")
	f.night(t, "2026-11-24", exitOK)
	f.must(t, exitOK, "ledger", "backup", f.path("backup.tar"))

	// What follows is lost.
	f.bankWorks(t, "2026-11-25")
	f.night(t, "2026-11-25", exitOK)
	returned := f.listed(t, "--kind", "returned")
	if len(returned) != 1 {
		t.Fatalf("returned: %v, want one", returned)
	}
	f.repays(t, returned[0].Reference, 2)
	f.night(t, "2026-11-26", exitOK)
	f.bankWorks(t, "2026-11-27")
	f.night(t, "2026-11-27", exitOK)
	f.disaster(t, true)

	f.must(t, exitOK, "ledger", "restore", f.path("backup.tar"), "--reason", "the disk failed", "--by", importer)
	s := f.holdShown(t)
	if len(s.Forgotten) != 1 || s.Forgotten[0].Matched != 0 {
		t.Fatalf("forgotten: %+v, want the batch of the repayment, which is not owed here", s.Forgotten)
	}
	f.night(t, "2026-11-27", exitDegraded)
	if again := f.listed(t, "--kind", "returned"); len(again) != 1 || again[0].Reference != returned[0].Reference {
		t.Fatalf("on hold the books do not learn what the bank gave back: %v", again)
	}
	f.repays(t, returned[0].Reference, 2)
	f.must(t, exitOK, "hold", "adopt", s.Forgotten[0].Batch, "--reason", "repayment approved again", "--by", importer)
	x := &lostNights{facility: f}
	x.release(t)
	f.night(t, "2026-12-03", exitOK)
	f.sound(t)
	all := ledger.Tally{Count: restoreWages, Total: f.paid}
	if got := f.summary(t); got.Settled != all || got.Repaid.Count != 1 {
		t.Errorf("summary: %+v, want %+v settled, one of them paid again", got, all)
	}
	if received, _ := f.atTheBank(); received.Count != restoreWages+1 {
		t.Errorf("the bank has received %+v, want all wages and one of them again", received)
	}
}

// repays has two people have a deposit paid again; sheet is the number that it
// gets.
func (f *facility) repays(t *testing.T, reference string, sheet int) {
	t.Helper()
	said := f.must(t, exitOK, "deposit", "repay", reference, "--reason", "given back", "--by", importer).stdout
	if !strings.Contains(said, fmt.Sprint(sheet)) {
		t.Errorf("it is sheet %d: %s", sheet, said)
	}
	f.must(t, exitOK, "wages", "approve", fmt.Sprint(sheet), "--by", approver)
}
