package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// restoreWages is how many wages a sheet of these tests has.
const restoreWages = 12

// sheet writes a further wage sheet of a month for the people of the roster,
// whose amounts differ from month to month, and returns its path and total.
func (f *facility) sheet(t *testing.T, month int) (path string, total ledger.Money) {
	t.Helper()
	rows := [][]string{{"beneficiary_id", "name", "account", "amount", "remark"}}
	for i := range restoreWages {
		v := banksim.Invent(testSeed, i)
		// Two thirds earn the same every month.
		amount := v.Amount
		if i%3 == 0 {
			amount += ledger.Money(month) * 1000_00
		}
		rows = append(rows, []string{v.BeneficiaryID, v.Name, v.Account, fmt.Sprint(int64(amount) / 100), fmt.Sprintf("PREMI %d", month)})
		total += amount
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	path = f.path(fmt.Sprintf("wages-%d.csv", month))
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, total
}

// owes imports and approves the sheet of a month. It returns what approving
// said.
func (f *facility) owes(t *testing.T, month, sheet int) (ledger.Money, ran) {
	t.Helper()
	path, total := f.sheet(t, month)
	f.must(t, exitOK, "wages", "import", path, "--period", fmt.Sprintf("2026-%02d", month), "--count", fmt.Sprint(restoreWages), "--total", fmt.Sprint(int64(total)/100), "--by", importer)
	return total, f.must(t, exitOK, "wages", "approve", fmt.Sprint(sheet), "--by", approver)
}

// disaster loses the ledger, and the archive too where it says so.
func (f *facility) disaster(t *testing.T, archive bool) {
	t.Helper()
	for _, name := range []string{"bekal.db", "bekal.db-wal", "bekal.db-shm"} {
		if err := os.Remove(f.path(name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if archive {
		if err := os.RemoveAll(f.path("archive")); err != nil {
			t.Fatal(err)
		}
	}
}

// holdShown is what `bekal hold show --json` prints.
func (f *facility) holdShown(t *testing.T, args ...string) holdPage {
	t.Helper()
	var s holdPage
	if err := json.Unmarshal([]byte(f.must(t, exitOK, append([]string{"hold", "show", "--json"}, args...)...).stdout), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// atTheBank is what the bank has received and credited, whatever the references.
func (f *facility) atTheBank() (received, credited ledger.Tally) {
	total := f.bank.Books().Totals()
	return ledger.Tally{Count: total.Received.Count, Total: total.Received.Amount}, ledger.Tally{Count: total.Credited.Count, Total: total.Credited.Amount}
}

// lostNights plays up to the disaster: a backup, and two nights after it which
// the backup does not know. Sheet 2 is in the backup and was sent after it;
// sheet 3 was imported, approved and sent after it.
type lostNights struct {
	*facility
	backup  string
	all     ledger.Tally // the wages of sheets 1 to 3
	batches []string     // the references of the three batches
}

func loseNights(t *testing.T, edit func(*banksim.Options)) *lostNights {
	t.Helper()
	f := setUp(t)
	if err := f.ready(restoreWages, edit); err != nil {
		t.Fatal(err)
	}
	x := &lostNights{facility: f, backup: f.path("backup.tar"), all: ledger.Tally{Count: restoreWages, Total: f.paid}}
	f.night(t, "2026-11-23", exitOK)
	f.bankWorks(t, "2026-11-24")
	f.night(t, "2026-11-24", exitOK)
	second, _ := f.owes(t, 11, 2)
	said := f.must(t, exitOK, "ledger", "backup", x.backup).stdout
	if !strings.Contains(said, "wrote and verified") || !strings.Contains(said, "last night 2026-11-24.1") {
		t.Errorf("the backup says:\n%s", said)
	}
	// What follows is lost.
	f.night(t, "2026-11-25", exitOK)
	f.bankWorks(t, "2026-11-26")
	third, _ := f.owes(t, 12, 3)
	f.night(t, "2026-11-26", exitOK)
	x.all = x.all.Plus(ledger.Tally{Count: 2 * restoreWages, Total: second + third})
	if received, _ := f.atTheBank(); received.Count != 2*restoreWages {
		t.Fatalf("the bank has received %+v before the disaster, want two sheets and the third in its folder", received)
	}
	var batches []ledger.Batch
	if err := json.Unmarshal([]byte(f.must(t, exitOK, "batch", "list", "--json").stdout), &batches); err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		x.batches = append(x.batches, b.Reference)
	}
	return x
}

// restored puts the backup back on 27 November, and checks that it sends
// nothing then.
func (x *lostNights) restored(t *testing.T) {
	t.Helper()
	now, err := at("2026-11-27", 8)
	if err != nil {
		t.Fatal(err)
	}
	x.clock.set(now)
	said := x.must(t, exitOK, "ledger", "restore", x.backup, "--reason", "the disk failed", "--by", importer).stdout
	if !strings.Contains(said, "ON HOLD") || !strings.Contains(said, "next: bekal hold show") {
		t.Errorf("restoring says:\n%s", said)
	}
	before, _ := x.atTheBank()
	files := x.outbox(t)
	r := x.night(t, "2026-11-27", exitDegraded)
	for _, want := range []string{"error: compose: the books are on hold since ", "hint: nobody is paid twice meanwhile", `"msg":"the books are on hold: nothing is delivered"`} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("the night on hold does not say %q:\n%s", want, r.stderr)
		}
	}
	if !strings.Contains(r.stdout, "waiting until the hold is released") {
		t.Errorf("the night on hold says:\n%s", r.stdout)
	}
	if diff := cmp.Diff(files, x.outbox(t)); diff != "" {
		t.Errorf("a night on hold changed the bank's folder (-before +after):\n%s", diff)
	}
	if after, _ := x.atTheBank(); after != before {
		t.Errorf("a night on hold sent something: %+v, before %+v", after, before)
	}
	for lang, want := range map[string]string{"en": "The books are ON HOLD since 27 November 2026", "id": "Pembukuan DITAHAN sejak"} {
		if text := x.must(t, exitOK, "report", "--lang", lang).stdout; !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	x.sound(t)
}

func (x *lostNights) outbox(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(x.path("bank/outbox/*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// release lets two people end the hold, after the bank's time to answer.
func (x *lostNights) release(t *testing.T) {
	t.Helper()
	if r := x.must(t, exitFailed, "hold", "propose", "--reason", "compared", "--by", importer); !strings.Contains(r.stderr, "error: it is too early: until ") || !strings.Contains(r.stderr, "--all-known") {
		t.Errorf("a release that is too early: %s", r.stderr)
	}
	now, err := at("2026-12-03", 8)
	if err != nil {
		t.Fatal(err)
	}
	x.clock.set(now)
	if r := x.must(t, exitFailed, "hold", "release", "--reason", "compared", "--by", approver); !strings.Contains(r.stderr, "nobody has proposed the release") {
		t.Errorf("a release that nobody proposed: %s", r.stderr)
	}
	x.must(t, exitOK, "hold", "propose", "--reason", "compared", "--by", importer)
	if r := x.must(t, exitFailed, "hold", "release", "--reason", "compared", "--by", "Sari "); !strings.Contains(r.stderr, "who proposed the release cannot release") || !strings.Contains(r.stderr, "hint: a second person") {
		t.Errorf("a release by the same person: %s", r.stderr)
	}
	x.must(t, exitOK, "hold", "release", "--reason", "compared", "--by", approver)
}

// goesOn plays the nights after the release to the end: a further sheet is sent
// under the new generation, and everybody has been paid once for every sheet.
func (x *lostNights) goesOn(t *testing.T) {
	t.Helper()
	x.night(t, "2026-12-03", exitOK)
	fourth, _ := x.owes(t, 13-4, 4) // September, late
	x.night(t, "2026-12-04", exitOK)
	x.bankWorks(t, "2026-12-07")
	x.night(t, "2026-12-07", exitOK)
	x.bankWorks(t, "2026-12-08")
	x.night(t, "2026-12-08", exitOK)
	x.sound(t)
	want := x.all.Plus(ledger.Tally{Count: restoreWages, Total: fourth})
	received, credited := x.atTheBank()
	if received != want || credited != want {
		t.Errorf("the bank has received %+v and credited %+v, want %+v", received, credited, want)
	}
	if diff := cmp.Diff(summary{Settled: want}, x.summary(t)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if list := x.listed(t, "--all"); len(list) > 0 {
		t.Errorf("mismatches: %v", list)
	}
	var batches []ledger.Batch
	if err := json.Unmarshal([]byte(x.must(t, exitOK, "batch", "list", "--json").stdout), &batches); err != nil {
		t.Fatal(err)
	}
	marks := map[string]bool{}
	for _, b := range batches {
		mark, ok := ledger.BatchMark(b.Reference)
		if !ok {
			t.Errorf("batch %s", b.Reference)
		}
		marks[mark] = true
	}
	if len(batches) != 4 || len(marks) != 2 {
		t.Errorf("%d batches of generations %v, want 4 of 2", len(batches), marks)
	}
}

// TestRestoredTwoNightsLater restores a backup that does not know of two nights,
// and goes on: nobody is paid twice, and nobody is forgotten.
func TestRestoredTwoNightsLater(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		works   bool // the bank has taken and answered the last file
		archive bool // the archive was lost with the ledger
		by      []string
	}{
		{"its file still lies at the bank", false, true, []string{"answer", "transfer"}},
		{"the bank has answered everything", true, true, []string{"answer", "answer"}},
		{"the archive is still there", true, false, []string{"transfer", "transfer"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := loseNights(t, nil)
			if c.works {
				x.bankWorks(t, "2026-11-27")
			}
			x.disaster(t, c.archive)
			x.restored(t)
			s := x.holdShown(t)
			var got []string
			for i, f := range s.Forgotten {
				got = append(got, f.Evidence)
				if f.Batch != x.batches[i+1] || f.Named != restoreWages || f.Decision != "" {
					t.Errorf("forgotten: %+v, want %s", f, x.batches[i+1])
				}
			}
			if diff := cmp.Diff(c.by, got); diff != "" {
				t.Fatalf("what is known of the forgotten batches (-want +got):\n%s", diff)
			}
			// Sheet 2 is in these books, sheet 3 is not.
			if s.Forgotten[0].Matched != restoreWages || len(s.Held) != restoreWages {
				t.Errorf("matched %d, held back %d, want %d", s.Forgotten[0].Matched, len(s.Held), restoreWages)
			}
			if r := x.must(t, exitFailed, "hold", "propose", "--all-known", "--reason", "in a hurry", "--by", importer); !strings.Contains(r.stderr, "has been forgotten, and nobody has decided about it") {
				t.Errorf("released though batches are forgotten: %s", r.stderr)
			}
			x.must(t, exitOK, "hold", "adopt", x.batches[1], "--reason", "same references", "--by", importer)
			if r := x.must(t, exitFailed, "hold", "adopt", x.batches[2], "--reason", "hope", "--by", importer); !strings.Contains(r.stderr, "not all of its payments are wages that these books owe") {
				t.Errorf("adopted without its sheet: %s", r.stderr)
			}
			// The same sheet once more: these books have never seen it.
			_, said := x.owes(t, 12, 3)
			if !strings.Contains(said.stdout, "12 deposits are held back all the same") {
				t.Errorf("approving again says:\n%s", said.stdout)
			}
			x.must(t, exitOK, "hold", "adopt", x.batches[2], "--reason", "sheet imported again", "--by", importer)
			x.sound(t)
			if !c.works {
				x.bankWorks(t, "2026-11-30")
			}
			x.release(t)
			x.goesOn(t)
		})
	}
}

// TestAnswersDoNotNameEverybody loses the archive too, and the bank has answered
// a part of what it took: nobody knows whom the rest was for, until the bank
// sends a copy of the file.
func TestAnswersDoNotNameEverybody(t *testing.T) {
	t.Parallel()
	faults := map[banksim.Kind]int{banksim.Missing: 1, banksim.Rejected: 1, banksim.Pending: 1, banksim.Amount: 1, banksim.Account: 1, banksim.Unknown: 1, banksim.Unreadable: 1}
	x := loseNights(t, func(o *banksim.Options) { o.Faults = banksim.Faults{Exactly: faults, ExactlyBatches: 3} })
	x.bankWorks(t, "2026-11-27")
	x.disaster(t, true)
	x.restored(t)
	s := x.holdShown(t)
	if len(s.Forgotten) != 2 || s.Forgotten[0].Count != restoreWages || s.Forgotten[0].Named != restoreWages-2 {
		t.Fatalf("forgotten: %+v, want all but the one that was left out and the one that cannot be read", s.Forgotten)
	}
	text := x.must(t, exitOK, "hold", "show", "--offline").stdout
	if want := "next: ask the bank for a copy of the transfer file of " + x.batches[1]; !strings.Contains(text, want) {
		t.Errorf("it does not say %q:\n%s", want, text)
	}
	x.owes(t, 12, 3)
	for _, args := range [][]string{{"hold", "adopt", x.batches[1]}, {"hold", "leave", x.batches[1]}} {
		if r := x.must(t, exitFailed, append(args, "--reason", "hope", "--by", importer)...); !strings.Contains(r.stderr, "12") || !strings.Contains(r.stderr, "hint: ") {
			t.Errorf("%v: %s", args, r.stderr)
		}
	}
	// The bank sends copies of both files.
	copies := x.path("from-the-bank")
	if err := os.Mkdir(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, b := range x.batches[1:] {
		data, err := os.ReadFile(x.path("bank/.bank/taken/" + b + ".TRF"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copies, "copy of "+b), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range x.holdShown(t, "--from", copies).Forgotten {
		if f.Evidence != string(ledger.ByTransfer) || f.Named != restoreWages || !f.AtBank {
			t.Errorf("%+v", f)
		}
	}
	x.must(t, exitOK, "hold", "adopt", x.batches[1], x.batches[2], "--reason", "copies of the bank", "--by", importer)
	x.release(t)
	x.night(t, "2026-12-03", exitOK)
	x.bankWorks(t, "2026-12-04")
	x.night(t, "2026-12-04", exitOK)
	x.sound(t)
	x.count = int(x.all.Count)
	x.agrees(t)
	if received, _ := x.atTheBank(); received != x.all {
		t.Errorf("the bank has received %+v, want %+v", received, x.all)
	}
	if n := len(x.holdShown(t).Held); n > 0 {
		t.Errorf("%d are held back", n)
	}
}

// TestAdoptedWithoutNames adopts what the bank's answers name: every other wage
// is held back then, for it may be one of those that nobody can name.
func TestAdoptedWithoutNames(t *testing.T) {
	t.Parallel()
	x := loseNights(t, func(o *banksim.Options) {
		o.Faults = banksim.Faults{Exactly: map[banksim.Kind]int{banksim.Missing: 2}, ExactlyBatches: 2}
	})
	x.disaster(t, true)
	x.restored(t)
	x.holdShown(t)
	x.owes(t, 12, 3)
	x.must(t, exitOK, "hold", "adopt", x.batches[1], "--partly", "--reason", "the bank cannot find its copy", "--by", importer)
	x.must(t, exitOK, "hold", "adopt", x.batches[2], "--reason", "sheet imported again", "--by", importer)
	if n := len(x.holdShown(t).Held); n != 2 {
		t.Errorf("%d are held back, want the two that the bank has not answered", n)
	}
	x.release(t)
	before, _ := x.atTheBank()
	x.night(t, "2026-12-03", exitDegraded)
	x.bankWorks(t, "2026-12-04")
	if after, _ := x.atTheBank(); after.Count != before.Count+restoreWages {
		t.Errorf("the bank has received %+v, before %+v: want the third batch, which lay in its folder, and no more", after, before)
	}
	x.sound(t)
}

// leftTheLast has lost its ledger and its archive, adopts one forgotten batch,
// leaves the other, of which nobody finds the sheet, and is released.
func leftTheLast(t *testing.T) *lostNights {
	t.Helper()
	x := loseNights(t, nil)
	x.bankWorks(t, "2026-11-27")
	x.disaster(t, true)
	x.restored(t)
	x.holdShown(t)
	x.must(t, exitOK, "hold", "adopt", x.batches[1], "--reason", "same references", "--by", importer)
	x.must(t, exitOK, "hold", "leave", x.batches[2], "--reason", "nobody finds the sheet", "--by", importer)
	x.release(t)
	x.night(t, "2026-12-03", exitOK)
	return x
}

// TestReleasedWithoutTheSheet leaves a forgotten batch, releases, and imports
// its sheet only then: its wages are held back until two people say otherwise.
func TestReleasedWithoutTheSheet(t *testing.T) {
	t.Parallel()
	x := leftTheLast(t)
	unknown := len(x.listed(t, "--kind", "unknown"))
	if unknown != restoreWages+1 { // each line, and the acknowledgement
		t.Errorf("%d unknown, want %d", unknown, restoreWages+1)
	}
	received, _ := x.atTheBank()
	x.owes(t, 12, 3)
	r := x.night(t, "2026-12-04", exitDegraded)
	if !strings.Contains(r.stderr, "error: compose: held back: 12 deposits, ") || !strings.Contains(r.stderr, ": a batch that these books have forgotten may have paid it already") || !strings.Contains(r.stderr, "hint: `bekal hold show`") {
		t.Errorf("the night says:\n%s", r.stderr)
	}
	if after, _ := x.atTheBank(); after != received || len(x.outbox(t)) > 0 {
		t.Errorf("sent again: %+v, before %+v", after, received)
	}
	x.sound(t)

	// One of them really is another wage: two people say so, and it alone goes.
	held := x.holdShown(t).Held
	pay := []string{"hold", "pay", held[0].Reference, "--reason", "a bonus", "--by"}
	x.must(t, exitOK, append(pay, importer)...)
	if r := x.must(t, exitFailed, append(pay, importer)...); !strings.Contains(r.stderr, "who proposed cannot resolve") {
		t.Errorf("one person alone: %s", r.stderr)
	}
	x.must(t, exitOK, append(pay, approver)...)
	x.night(t, "2026-12-07", exitDegraded)
	x.bankWorks(t, "2026-12-08")
	if after, _ := x.atTheBank(); after != received.Plus(ledger.Tally{Count: 1, Total: held[0].Amount}) {
		t.Errorf("the bank has received %+v, want one more than %+v", after, received)
	}
	if n := len(x.holdShown(t).Held); n != restoreWages-1 {
		t.Errorf("%d are held back, want %d", n, restoreWages-1)
	}
	x.sound(t)
}

// adoptedFirst has lost its ledger and its archive, and adopts the one forgotten
// batch that the bank has answered; of the other nothing shows.
func adoptedFirst(t *testing.T) *lostNights {
	t.Helper()
	x := loseNights(t, func(o *banksim.Options) { o.PickUpAtOnce = true })
	x.disaster(t, true)
	x.restored(t)
	if n := len(x.holdShown(t).Forgotten); n != 1 {
		t.Fatalf("%d forgotten batches, want the one that is answered", n)
	}
	x.must(t, exitOK, "hold", "adopt", x.batches[1], "--reason", "same references", "--by", importer)
	return x
}

// releaseAtOnce has two people say that all is known: nobody waits then.
func (f *facility) releaseAtOnce(t *testing.T) {
	t.Helper()
	f.must(t, exitOK, "hold", "propose", "--all-known", "--reason", "a test", "--by", importer)
	f.must(t, exitOK, "hold", "release", "--all-known", "--reason", "a test", "--by", approver)
}

// TestAnswerAfterTheRelease releases too early, when nothing at the bank showed
// the last file: its answer puts the books on hold by itself.
func TestAnswerAfterTheRelease(t *testing.T) {
	t.Parallel()
	x := adoptedFirst(t)
	x.releaseAtOnce(t)
	x.bankWorks(t, "2026-11-28")
	r := x.night(t, "2026-11-28", exitDegraded)
	if !strings.Contains(r.stderr, "the bank answers batch "+x.batches[2]+", which these books have forgotten") {
		t.Errorf("the night says:\n%s", r.stderr)
	}
	x.owes(t, 12, 3)
	x.night(t, "2026-11-30", exitDegraded)
	x.holdShown(t)
	x.must(t, exitOK, "hold", "adopt", x.batches[2], "--reason", "sheet imported again", "--by", importer)
	x.release(t)
	x.goesOn(t)
}
