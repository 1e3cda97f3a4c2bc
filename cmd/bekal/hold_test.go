package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// suspense is what the books hold of money that the bank moved and nobody
// ordered.
func (f *facility) suspense(t *testing.T) (sum ledger.Money) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+f.path("bekal.db")+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), `SELECT coalesce(sum(debit - credit), 0) FROM postings WHERE account = 'suspense'`).Scan(&sum); err != nil {
		t.Fatal(err)
	}
	return sum
}

// undelivered is a facility with a batch that could not be carried: the bank was
// closed, and is open again.
func undelivered(t *testing.T) *facility {
	t.Helper()
	f := setUp(t)
	if err := f.ready(restoreWages, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	f.night(t, "2026-11-23", exitDegraded)
	if err := f.startBank(nil); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestProofAfterAWrongDecision has people decide, while the books are on hold,
// that the bank has not got a batch, and then the batch is found at the bank:
// what is seen counts, and it is not sent again.
func TestProofAfterAWrongDecision(t *testing.T) {
	t.Parallel()
	f := undelivered(t)
	f.must(t, exitOK, "ledger", "backup", f.path("backup.tar"))
	f.night(t, "2026-11-23", exitOK)
	f.disaster(t, true)
	f.must(t, exitOK, "ledger", "restore", f.path("backup.tar"), "--reason", "a test", "--by", importer)
	uncertain := f.holdShown(t, "--offline").Uncertain
	if len(uncertain) != 1 {
		t.Fatalf("uncertain: %v", uncertain)
	}
	decide := []string{"batch", "decide", uncertain[0], "--not-delivered", "--reason", "somebody said so", "--by"}
	f.must(t, exitOK, append(decide, importer)...)
	said := f.must(t, exitOK, append(decide, approver)...).stdout
	if !strings.Contains(said, "sends it") || !strings.Contains(said, "hold") {
		t.Errorf("deciding while on hold says: %s", said)
	}
	// The bank moves what it has taken to a folder of its own.
	taken, name := f.path("bank/taken"), uncertain[0]+".TRF"
	if err := os.MkdirAll(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(f.path("bank/outbox/"+name), filepath.Join(taken, name)); err != nil {
		t.Fatal(err)
	}
	if sent := f.holdShown(t, "--remote", "/taken").Sent; len(sent) != 1 || sent[0] != uncertain[0] {
		t.Errorf("found at the bank: %v, want %v", sent, uncertain)
	}
	f.releaseAtOnce(t)
	f.night(t, "2026-11-24", exitOK)
	if files, err := filepath.Glob(f.path("bank/outbox/*")); err != nil || len(files) > 0 {
		t.Errorf("sent a second time: %v %v", files, err)
	}
	f.sound(t)
}

// TestHoldBeginsThoughAFileIsLost has a forgotten batch answered after the
// release, while another file of the bank cannot be read any more: the hold
// begins all the same.
func TestHoldBeginsThoughAFileIsLost(t *testing.T) {
	t.Parallel()
	x := adoptedFirst(t)
	// A file that waits, and of which the bytes are lost.
	if err := os.WriteFile(x.path("bank/inbox/NONSENSE.STL"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	x.releaseAtOnce(t)
	archived, err := filepath.Glob(x.path("archive/*/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range archived {
		if data, err := os.ReadFile(path); err == nil && string(data) == "nonsense" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	x.bankWorks(t, "2026-11-28")
	x.run("night", "--date", "2026-11-28")
	if s := x.holdShown(t, "--offline"); s.Hold == nil || !strings.Contains(s.Hold.Reason, x.batches[2]) {
		t.Errorf("the hold: %+v", s.Hold)
	}
}

// TestAdoptedAfterItWasLeft leaves a forgotten batch, posts what the bank says
// of it as money that nobody ordered, and finds its sheet only then: adopted, the
// bank's answers are its own after all.
func TestAdoptedAfterItWasLeft(t *testing.T) {
	t.Parallel()
	x := leftTheLast(t)
	if n := len(x.listed(t, "--kind", "unknown")); n != restoreWages+1 {
		t.Fatalf("%d unknown, want %d", n, restoreWages+1)
	}
	// Nobody is told to have wages back that people were paid.
	if text := x.must(t, exitOK, "report").stdout; !strings.Contains(text, "Do not have the money returned.") || strings.Contains(text, "if money moved") {
		t.Errorf("the report says:\n%s", text)
	}
	x.owes(t, 12, 3)
	x.night(t, "2026-12-04", exitDegraded)
	x.sound(t)
	held := x.holdShown(t, "--offline").Held
	if text := x.must(t, exitOK, "deposit", "show", held[0].Reference).stdout; !strings.Contains(text, "not sent    it looks like payment "+held[0].Claim.Reference) {
		t.Errorf("a deposit that is held back:\n%s", text)
	}
	x.must(t, exitOK, "hold", "adopt", x.batches[2], "--reason", "the sheet was found", "--by", importer)
	x.sound(t)
	x.night(t, "2026-12-07", exitOK)
	x.sound(t)
	x.undamaged(t)
	if diff := cmp.Diff(summary{Settled: x.all}, x.summary(t)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if list := x.listed(t); len(list) > 0 {
		t.Errorf("mismatches: %v", list)
	}
	if received, _ := x.atTheBank(); received != x.all {
		t.Errorf("the bank has received %+v, want %+v", received, x.all)
	}
	if n := x.suspense(t); n != 0 {
		t.Errorf("%s are in suspense", n)
	}
}

// TestAdoptsTheRest adopts what the bank's answers name, and then the bank sends
// a copy of the file, which names the others: they are adopted too, and nobody
// else is held back any longer.
func TestAdoptsTheRest(t *testing.T) {
	t.Parallel()
	x := loseNights(t, func(o *banksim.Options) {
		o.Faults = banksim.Faults{Exactly: map[banksim.Kind]int{banksim.Missing: 2}, ExactlyBatches: 2}
	})
	x.bankWorks(t, "2026-11-27")
	x.disaster(t, true)
	x.restored(t)
	x.holdShown(t)
	if _, said := x.owes(t, 12, 3); !strings.Contains(said.stdout, "the books are on hold: nothing is sent") {
		t.Errorf("approving while on hold says:\n%s", said.stdout)
	}
	if r := x.must(t, exitFailed, "hold", "adopt", "PWK01B2611270003X", "--reason", "a slip", "--by", importer); !strings.Contains(r.stderr, "hint: `bekal hold show` lists") {
		t.Errorf("adopting what is not there: %s", r.stderr)
	}
	x.must(t, exitOK, "hold", "adopt", x.batches[1], "--partly", "--reason", "the bank looks for its copy", "--by", importer)
	x.must(t, exitOK, "hold", "adopt", x.batches[2], "--reason", "sheet imported again", "--by", importer)
	x.release(t)
	x.night(t, "2026-12-03", exitDegraded)
	x.sound(t)
	copies := x.path("from-the-bank")
	if err := os.Mkdir(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(x.path("bank/.bank/taken/" + x.batches[1] + ".TRF"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copies, "copy"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	text := x.must(t, exitOK, "hold", "show", "--from", copies).stdout
	if want := "next: bekal hold adopt " + x.batches[1]; !strings.Contains(text, want) {
		t.Errorf("it does not say %q:\n%s", want, text)
	}
	said := x.must(t, exitOK, "hold", "adopt", x.batches[1], "--reason", "the bank's copy", "--by", importer).stdout
	if !strings.Contains(said, "2 more deposits") {
		t.Errorf("adopting the rest says: %s", said)
	}
	x.sound(t)
	if r := x.must(t, exitFailed, "hold", "adopt", x.batches[1], "--reason", "once more", "--by", importer); !strings.Contains(r.stderr, "it is in the books") {
		t.Errorf("adopting it a third time: %s", r.stderr)
	}
	x.night(t, "2026-12-04", exitOK)
	x.sound(t)
	x.undamaged(t)
	if n := len(x.holdShown(t, "--offline").Held); n > 0 {
		t.Errorf("%d are held back", n)
	}
	if received, _ := x.atTheBank(); received != x.all {
		t.Errorf("the bank has received %+v, want %+v", received, x.all)
	}
}

// TestReturnOfAForgottenPayment has nothing left of a forgotten batch but a wage
// that came back: that proves that there is such a batch, and people are told.
func TestReturnOfAForgottenPayment(t *testing.T) {
	t.Parallel()
	x := loseNights(t, func(o *banksim.Options) {
		o.Faults = banksim.Faults{Exactly: map[banksim.Kind]int{banksim.Returned: 1}, ExactlyBatches: 3}
	})
	x.bankWorks(t, "2026-11-27")
	// The lost nights had removed its answers from the bank's folder.
	answers, err := filepath.Glob(x.path("bank/inbox/" + x.batches[2] + "*"))
	if err != nil || len(answers) != 2 {
		t.Fatal(answers, err)
	}
	for _, path := range answers {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	x.disaster(t, true)
	x.restored(t)
	for _, day := range []string{"2026-11-30", "2026-12-01", "2026-12-02"} {
		x.bankWorks(t, day)
	}
	s := x.holdShown(t)
	if len(s.Forgotten) != 1 || len(s.Returned) != 1 || !strings.Contains(s.Returned[0], "RET") {
		t.Fatalf("forgotten %+v, returned %v", s.Forgotten, s.Returned)
	}
	x.must(t, exitOK, "hold", "adopt", x.batches[1], "--reason", "same references", "--by", importer)
	if text := x.must(t, exitOK, "hold", "show").stdout; !strings.Contains(text, "came back, and is of no batch that is known: "+s.Returned[0]) || !strings.Contains(text, "next: ask the bank for a copy of the transfer file that paid") {
		t.Errorf("it says:\n%s", text)
	}
	now, err := at("2026-12-10", 8)
	if err != nil {
		t.Fatal(err)
	}
	x.clock.set(now)
	if r := x.must(t, exitFailed, "hold", "propose", "--reason", "compared", "--by", importer); !strings.Contains(r.stderr, s.Returned[0]) || !strings.Contains(r.stderr, "hint: ask the bank for a copy") {
		t.Errorf("proposing to release: %s", r.stderr)
	}
	x.must(t, exitOK, "hold", "propose", "--all-known", "--reason", "the bank's letter", "--by", importer)
}

// TestForgottenRepayment forgets that a wage which failed was paid again: it is
// failed once more in the restored books, and is not paid a third time.
func TestForgottenRepayment(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(restoreWages, func(o *banksim.Options) {
		o.Faults = banksim.Faults{Exactly: map[banksim.Kind]int{banksim.Rejected: 1}, ExactlyBatches: 1}
	}); err != nil {
		t.Fatal(err)
	}
	f.night(t, "2026-11-23", exitOK)
	f.must(t, exitOK, "ledger", "backup", f.path("backup.tar"))
	f.bankWorks(t, "2026-11-24")
	repays := func() {
		t.Helper()
		rejected := f.listed(t, "--kind", "rejected")
		if len(rejected) != 1 {
			t.Fatalf("rejected: %v", rejected)
		}
		f.must(t, exitOK, "deposit", "repay", rejected[0].Reference, "--reason", "the account is open again", "--by", importer)
		f.must(t, exitOK, "wages", "approve", "2", "--by", approver)
	}
	f.night(t, "2026-11-24", exitOK)
	repays()
	f.night(t, "2026-11-25", exitOK)
	f.bankWorks(t, "2026-11-26")
	before := f.bank.Books().Totals()
	f.disaster(t, true)
	f.must(t, exitOK, "ledger", "restore", f.path("backup.tar"), "--reason", "a test", "--by", importer)
	f.night(t, "2026-11-26", exitDegraded)
	s := f.holdShown(t)
	if len(s.Forgotten) != 1 || s.Forgotten[0].Matched != 0 {
		t.Fatalf("forgotten: %+v", s.Forgotten)
	}
	if text := f.must(t, exitOK, "hold", "show").stdout; !strings.Contains(text, "bekal deposit repay") {
		t.Errorf("it does not speak of repayments:\n%s", text)
	}
	repays()
	if held := f.holdShown(t, "--offline").Held; len(held) != 1 {
		t.Errorf("held back: %+v", held)
	}
	f.must(t, exitOK, "hold", "adopt", s.Forgotten[0].Batch, "--reason", "the same repayment", "--by", importer)
	f.releaseAtOnce(t)
	f.night(t, "2026-11-27", exitOK)
	f.bankWorks(t, "2026-11-30")
	f.night(t, "2026-11-30", exitOK)
	f.sound(t)
	if after := f.bank.Books().Totals(); after != before {
		t.Errorf("the bank's books: %+v, before %+v", after, before)
	}
	if got := f.summary(t); got.Settled.Count != restoreWages || got.Failed.Count != 0 || got.Owed.Count != 0 {
		t.Errorf("%+v", got)
	}
}

// TestClockWasWrong restores on a machine whose clock stands years back: by it,
// the bank's time to answer would be over as soon as it is put right.
func TestClockWasWrong(t *testing.T) {
	t.Parallel()
	x := loseNights(t, func(o *banksim.Options) { o.PickUpAtOnce = true })
	x.disaster(t, true)
	wrong, err := at("2020-01-01", 8)
	if err != nil {
		t.Fatal(err)
	}
	x.clock.set(wrong)
	x.must(t, exitOK, "ledger", "restore", x.backup, "--reason", "the disk failed", "--by", importer)
	right, err := at("2026-11-27", 8)
	if err != nil {
		t.Fatal(err)
	}
	x.clock.set(right)
	x.holdShown(t)
	x.must(t, exitOK, "hold", "adopt", x.batches[1], "--reason", "same references", "--by", importer)
	if r := x.must(t, exitFailed, "hold", "propose", "--reason", "compared", "--by", importer); !strings.Contains(r.stderr, "the clock was wrong") || !strings.Contains(r.stderr, "hint: `bekal hold begin") {
		t.Errorf("proposing: %s", r.stderr)
	}
	x.must(t, exitOK, "hold", "begin", "--reason", "the clock is right now", "--by", importer)
	if r := x.must(t, exitFailed, "hold", "propose", "--reason", "compared", "--by", importer); !strings.Contains(r.stderr, "it is too early") {
		t.Errorf("proposing after the hold began again: %s", r.stderr)
	}
}
