package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// restoreSeeds is how many lives are lost; BEKAL_SEEDS sets another number.
func restoreSeeds(t *testing.T) uint64 {
	t.Helper()
	if s := os.Getenv("BEKAL_SEEDS"); s != "" {
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil || n < 1 {
			t.Fatalf("BEKAL_SEEDS is %q", s)
		}
		return n
	}
	return 4
}

// lostLife is a facility of which everything is drawn: when sheets come, when the
// bank works, when the backup is made and when the ledger is lost, and what is
// left of it then.
type lostLife struct {
	*facility
	random *rand.Rand
	months []int // whose sheets were imported and approved, in order
	saved  int   // how many of them the backup knows
	late   int   // the month whose sheet is found after the release; 0: none
	day    time.Time
	all    ledger.Tally
}

func (x *lostLife) today() string { return x.day.Format(time.DateOnly) }

// nextDay goes on to the next business day.
func (x *lostLife) nextDay() {
	for {
		x.day = x.day.AddDate(0, 0, 1)
		if w := x.day.Weekday(); w != time.Saturday && w != time.Sunday {
			return
		}
	}
}

// approves imports and approves the sheet of a month as the next sheet, whatever
// the number that it gets.
func (x *lostLife) approves(t *testing.T, month int) {
	t.Helper()
	path, total := x.sheet(t, month)
	said := x.must(t, exitOK, "wages", "import", path, "--period", fmt.Sprintf("2026-%02d", month), "--count", fmt.Sprint(restoreWages), "--total", fmt.Sprint(int64(total)/100), "--by", importer).stdout
	var sheet, n int
	if _, err := fmt.Sscanf(said, "imported sheet %d: %d wages", &sheet, &n); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	x.must(t, exitOK, "wages", "approve", fmt.Sprint(sheet), "--by", approver)
}

// chance says whether something happens that does so in one of n cases.
func (x *lostLife) chance(n int) bool { return x.random.IntN(n) == 0 }

// lives plays days until the ledger is lost.
func (x *lostLife) lives(t *testing.T, days, backupOn int) {
	t.Helper()
	for d := range days {
		if len(x.months) < 9 && x.random.IntN(3) > 0 {
			month := len(x.months) + 1
			x.approves(t, month)
			_, total := x.sheet(t, month)
			x.all = x.all.Plus(ledger.Tally{Count: restoreWages, Total: total})
			x.months = append(x.months, month)
		}
		early := d == backupOn && x.chance(2)
		if early {
			x.backs(t)
		}
		x.night(t, x.today(), exitOK)
		if d == backupOn && !early {
			x.backs(t)
		}
		x.nextDay()
		if x.random.IntN(4) > 0 {
			x.bankWorks(t, x.today())
		}
	}
}

func (x *lostLife) backs(t *testing.T) {
	t.Helper()
	x.must(t, exitOK, "ledger", "backup", x.path("backup.tar"))
	x.saved = len(x.months)
}

// TestRestoredAtAnyTime loses ledgers at all kinds of moments, restores old
// backups, and has people do what the program tells them. Whatever was lost, the
// bank pays every wage once.
func TestRestoredAtAnyTime(t *testing.T) {
	t.Parallel()
	for seed := range restoreSeeds(t) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			x := &lostLife{facility: setUp(t), random: rand.New(rand.NewPCG(seed, 11)), day: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
			pickup := x.chance(2)
			if err := x.ready(restoreWages, func(o *banksim.Options) { o.PickUpAtOnce = pickup }); err != nil {
				t.Fatal(err)
			}
			x.all = ledger.Tally{Count: restoreWages, Total: x.paid}
			if x.chance(3) {
				if err := x.configure("after_collect: keep", "after_collect: move", `done: ""`, "done: /done"); err != nil {
					t.Fatal(err)
				}
				if err := os.Mkdir(x.path("bank/done"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			days := 2 + x.random.IntN(5)
			backupOn := x.random.IntN(days)
			x.lives(t, days, backupOn)
			archive := x.chance(2)
			t.Logf("seed %d: %d days, backup on day %d with %d of %d sheets, picked up at once %v, archive lost %v", seed, days, backupOn, x.saved, len(x.months), pickup, archive)
			x.disaster(t, archive)
			x.must(t, exitOK, "ledger", "restore", x.path("backup.tar"), "--reason", "a test", "--by", importer)
			x.recovers(t)
			x.endsWell(t)
		})
	}
}

// recovers does what `bekal hold show` says, in some order.
func (x *lostLife) recovers(t *testing.T) {
	t.Helper()
	if x.chance(2) {
		x.night(t, x.today(), exitDegraded)
	}
	forgotten := append([]int(nil), x.months[x.saved:]...)
	x.random.Shuffle(len(forgotten), func(i, j int) { forgotten[i], forgotten[j] = forgotten[j], forgotten[i] })
	adopt := func(partly bool) (left int) {
		for _, f := range x.holdShown(t).Forgotten {
			if f.Decision != "" {
				continue
			}
			if r := x.run("hold", "adopt", f.Batch, "--reason", "a test", "--by", importer); r.code != exitOK {
				left++
				if !partly {
					t.Errorf("hold adopt %s: %s", f.Batch, r.stderr)
				}
			}
		}
		return left
	}
	if n := len(forgotten); n > 0 && x.chance(2) {
		x.late, forgotten = forgotten[n-1], forgotten[:n-1]
		t.Logf("the sheet of month %d is found late", x.late)
	}
	for _, month := range forgotten {
		adopt(true)
		x.approves(t, month)
	}
	adopt(true)
	// Until it may be released, the bank has answered all that it took.
	for range 4 {
		x.nextDay()
		x.bankWorks(t, x.today())
		x.night(t, x.today(), exitDegraded)
	}
	if x.late > 0 {
		x.leaves(t, adopt)
	} else if left := adopt(false); left > 0 {
		t.Fatalf("%d batches are still forgotten:\n%s", left, x.must(t, exitOK, "hold", "show").stdout)
	}
	now, err := at(x.today(), 8)
	if err != nil {
		t.Fatal(err)
	}
	x.clock.set(now)
	x.must(t, exitOK, "hold", "propose", "--reason", "a test", "--by", importer)
	x.must(t, exitOK, "hold", "release", "--reason", "a test", "--by", approver)
}

// leaves lets the hold end though the sheet of a batch is lost.
func (x *lostLife) leaves(t *testing.T, adopt func(partly bool) int) {
	t.Helper()
	adopt(true)
	for _, f := range x.holdShown(t).Forgotten {
		if f.Decision == "" {
			x.must(t, exitOK, "hold", "leave", f.Batch, "--reason", "nobody finds the sheet", "--by", importer)
		}
	}
}

// finds imports the sheet that was lost, and adopts the batch that was left.
func (x *lostLife) finds(t *testing.T) {
	t.Helper()
	x.approves(t, x.late)
	for _, f := range x.holdShown(t, "--offline").Forgotten {
		if f.Decision == "left" {
			x.must(t, exitOK, "hold", "adopt", f.Batch, "--reason", "the sheet was found", "--by", importer)
		}
	}
}

// endsWell plays nights until everything is answered. A batch that was sealed in
// the backup and that the bank never got is decided by people who have asked.
func (x *lostLife) endsWell(t *testing.T) {
	t.Helper()
	for n := range 3 {
		if n == 1 && x.late > 0 {
			x.finds(t)
		}
		r := x.run("night", "--date", x.today())
		if r.code != exitOK && !strings.Contains(r.stderr, "is uncertain") && (n > 0 || x.late == 0 || !strings.Contains(r.stderr, "are held back")) {
			t.Fatalf("night of %s: exit code %d\n%s", x.today(), r.code, r.stderr)
		}
		for _, ref := range x.holdShown(t, "--offline").Uncertain {
			if x.bank.Books().Totals().Batches > 0 && x.hasBatch(ref) {
				continue
			}
			for _, by := range []string{importer, approver} {
				x.must(t, exitOK, "batch", "decide", ref, "--not-delivered", "--reason", "the bank says so", "--by", by)
			}
		}
		x.nextDay()
		x.bankWorks(t, x.today())
	}
	x.night(t, x.today(), exitOK)
	x.sound(t)
	x.undamaged(t)
	received, credited := x.atTheBank()
	if received != x.all || credited != x.all {
		t.Errorf("the bank has received %+v and credited %+v, want %+v", received, credited, x.all)
	}
	if diff := cmp.Diff(summary{Settled: x.all}, x.summary(t)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	for _, m := range x.listed(t, "--kind", "unknown") {
		t.Errorf("still unknown: %v", m)
	}
	for _, m := range x.listed(t, "--all") {
		// The bank works when it likes; and what it answered of a batch that was
		// left was unknown, and is so no more.
		if m.Kind != "late" && m.Kind != "missing" && !(m.Kind == "unknown" && x.late > 0) {
			t.Errorf("mismatch: %v", m)
		}
	}
}

func (x *lostLife) hasBatch(reference string) bool {
	for _, b := range x.bank.Books().Batches() {
		if b.Reference == reference {
			return true
		}
	}
	return false
}
