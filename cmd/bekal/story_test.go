package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// found is where a mismatch stands: what the program's list and the bank's own
// list of its faults are compared by.
type found struct {
	Kind, Reference, File string
	Line                  int
}

func (f found) String() string {
	return fmt.Sprintf("%s %s %s:%d", f.Kind, f.Reference, f.File, f.Line)
}

func sorted(list []found) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.String())
	}
	slices.Sort(out)
	return out
}

// listed is what the program says does not tie.
func (f *facility) listed(t *testing.T, args ...string) []found {
	t.Helper()
	rows, err := f.must(t, exitOK, append([]string{"mismatch", "list", "--json"}, args...)...).mismatches()
	if err != nil {
		t.Fatal(err)
	}
	list := []found{}
	for _, r := range rows {
		list = append(list, found{r.Kind, r.Reference, r.File, r.Line})
	}
	return list
}

// committed is what the bank itself says it did wrong, so far as Bekal can
// know of it on a date: a deposit that the bank left out is missing only after
// its last day, and one that it has decided is not pending any more.
func (f *facility) committed(date, lastInTime string) []found {
	list := []found{}
	for _, x := range f.bank.Books().Injected() {
		switch x.Kind {
		case banksim.Missing:
			if date <= lastInTime {
				continue
			}
		case banksim.Pending:
			if d, _ := f.bank.Books().Deposit(x.Reference); d.Outcome != banksim.IsPending {
				continue
			}
		}
		list = append(list, found{string(x.Kind), x.Reference, x.File, x.Line})
	}
	return list
}

func (f *facility) night(t *testing.T, date string, code int) ran {
	t.Helper()
	now, err := at(date, 20)
	if err != nil {
		t.Fatal(err)
	}
	f.clock.set(now)
	return f.must(t, code, "night", "--date", date)
}

func (f *facility) bankWorks(t *testing.T, date string) banksim.Day {
	t.Helper()
	day, err := f.work(date)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// TestThreeNights is the story of the design: the wages go out, the bank
// answers with every kind of fault there is, and returns come back. After each
// night, what does not tie is exactly what the bank did wrong.
func TestThreeNights(t *testing.T) {
	t.Parallel()
	const wages, lastInTime = 240, "2026-11-26"
	faults := map[banksim.Kind]int{banksim.Missing: 2, banksim.Unknown: 2, banksim.Amount: 3, banksim.Account: 2, banksim.Name: 3, banksim.Duplicate: 2, banksim.Rejected: 5,
		banksim.Returned: 3, banksim.Pending: 8, banksim.Late: 2, banksim.Unreadable: 2}
	f := setUp(t)
	if err := f.ready(wages, func(o *banksim.Options) { o.Faults = banksim.Faults{Exactly: faults, ExactlyBatches: 1} }); err != nil {
		t.Fatal(err)
	}
	check := func(date string) {
		t.Helper()
		if diff := cmp.Diff(sorted(f.committed(date, lastInTime)), sorted(f.listed(t))); diff != "" {
			t.Errorf("night of %s: what the bank did wrong against what Bekal found (-bank +bekal):\n%s", date, diff)
		}
		f.sound(t)
	}

	f.night(t, "2026-11-23", exitOK)
	check("2026-11-23")
	if s := f.summary(t); s.InTransit != (ledger.Tally{Count: wages, Total: f.paid}) || s.Owed.Count != 0 {
		t.Errorf("after the first night: %+v", s)
	}

	day := f.bankWorks(t, "2026-11-24")
	if len(day.Taken) != 1 || len(day.Refused) != 0 {
		t.Fatalf("the bank took %v and refused %v", day.Taken, day.Refused)
	}
	f.night(t, "2026-11-24", exitOK)
	check("2026-11-24")
	if n := len(f.listed(t, "--kind", "pending")); n != faults[banksim.Pending] {
		t.Errorf("%d pending, want %d", n, faults[banksim.Pending])
	}

	f.bankWorks(t, "2026-11-25")
	f.night(t, "2026-11-27", exitOK)
	check("2026-11-27")
	if rest := f.listed(t, "--kind", "pending"); len(rest) > 0 {
		t.Errorf("still pending: %v", rest)
	}
	// Nothing that was ever found is forgotten.
	all := f.listed(t, "--all")
	kinds := map[string]int{}
	for _, m := range all {
		kinds[m.Kind]++
	}
	want := map[string]int{}
	for _, x := range f.bank.Books().Injected() {
		want[string(x.Kind)]++
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("all kinds (-bank +bekal):\n%s", diff)
	}
	f.agrees(t)
	f.paidAgain(t)
}

// agrees compares the program's summary with the bank's own totals.
func (f *facility) agrees(t *testing.T) {
	t.Helper()
	s, total, unread, wrong := f.summary(t), f.bank.Books().Totals(), 0, 0
	for _, x := range f.bank.Books().Injected() {
		switch x.Kind {
		case banksim.Unreadable:
			unread++
		case banksim.Account:
			wrong++
		}
	}
	// The bank has paid what it answered unreadably, or into another account;
	// Bekal cannot take either for settled.
	if want := total.Credited.Count - total.Returned.Count - int64(unread+wrong); s.Settled.Count != want {
		t.Errorf("%d settled, want %d", s.Settled.Count, want)
	}
	if want := total.Rejected.Count + total.Returned.Count; s.Failed.Count != want {
		t.Errorf("%d failed, want %d", s.Failed.Count, want)
	}
	if want := total.LeftOut.Count + int64(unread+wrong); s.InTransit.Count != want {
		t.Errorf("%d in transit, want %d", s.InTransit.Count, want)
	}
	if got := s.Owed.Count + s.Batched.Count + s.InTransit.Count + s.Settled.Count + s.Failed.Count; got != int64(f.count) {
		t.Errorf("%d deposits in the summary, want %d", got, f.count)
	}
}

// paidAgain pays what was rejected or returned again, once.
func (f *facility) paidAgain(t *testing.T) {
	t.Helper()
	failed := map[string]bool{}
	for _, m := range slices.Concat(f.listed(t, "--kind", "rejected"), f.listed(t, "--kind", "returned")) {
		failed[m.Reference] = true
	}
	refs := slices.Sorted(maps.Keys(failed))
	repay := append([]string{"deposit", "repay", "--reason", "accounts corrected", "--by", importer}, refs...)
	before := f.summary(t)
	f.must(t, exitOK, repay...)
	f.must(t, exitOK, "wages", "approve", "2", "--by", approver)
	if again := f.must(t, exitFailed, repay...); !strings.Contains(again.stderr, "is to be paid again by") {
		t.Errorf("repaid twice: %s", again.stderr)
	}
	f.night(t, "2026-11-30", exitOK)
	f.bankWorks(t, "2026-12-01")
	f.night(t, "2026-12-01", exitOK)
	f.sound(t)
	after := f.summary(t)
	if after.Failed.Count != 0 || after.Repaid != before.Failed || after.Settled != before.Settled.Plus(before.Failed) {
		t.Errorf("before %+v, after %+v; %d were to be repaid", before, after, len(refs))
	}
}

// TestFilesOfTheBank plays what can be wrong with a whole file.
func TestFilesOfTheBank(t *testing.T) {
	t.Parallel()
	const wages = 30
	begin := func(t *testing.T, kind banksim.Kind) *facility {
		t.Helper()
		t.Parallel()
		f := setUp(t)
		if err := f.ready(wages, func(o *banksim.Options) {
			o.Faults = banksim.Faults{Exactly: map[banksim.Kind]int{kind: 1}, ExactlyBatches: 1}
		}); err != nil {
			t.Fatal(err)
		}
		f.night(t, "2026-11-23", exitOK)
		f.bankWorks(t, "2026-11-24")
		f.night(t, "2026-11-24", exitOK)
		f.sound(t)
		return f
	}
	t.Run("control", func(t *testing.T) {
		f := begin(t, banksim.Control)
		if diff := cmp.Diff(1, len(f.listed(t))); diff != "" {
			t.Fatalf("mismatches (-want +got):\n%s", diff)
		}
		fault, m := f.bank.Books().Injected()[0], f.listed(t)[0]
		if m.Kind != "control" || m.File != fault.File || m.Line != fault.Line {
			t.Errorf("%v for %+v", m, fault)
		}
		if s := f.summary(t); s.InTransit.Count != wages || s.Settled.Count != 0 {
			t.Errorf("something of a file that does not agree with itself was posted: %+v", s)
		}
		f.night(t, "2026-11-27", exitOK)
		if n := len(f.listed(t, "--kind", "missing")); n != wages {
			t.Errorf("%d missing after the window, want %d", n, wages)
		}
		f.sound(t)
	})
	t.Run("duplicate file", func(t *testing.T) {
		f := begin(t, banksim.DuplicateFile)
		if list := f.listed(t, "--all"); len(list) != 0 {
			t.Errorf("the same bytes again made %v", list)
		}
		if s := f.summary(t); s.Settled != (ledger.Tally{Count: wages, Total: f.paid}) {
			t.Errorf("%+v", s)
		}
	})
	t.Run("same name", func(t *testing.T) {
		f := begin(t, banksim.SameName)
		if list := f.listed(t); len(list) != 0 {
			t.Fatalf("before: %v", list)
		}
		f.bankWorks(t, "2026-11-25")
		f.night(t, "2026-11-25", exitOK)
		fault := f.bank.Books().Injected()[0]
		whole := 0
		for _, m := range f.listed(t) {
			if m.Kind != "duplicate" || m.File != fault.File {
				t.Errorf("%v", m)
			}
			if m.Reference == fault.File {
				whole++
			}
		}
		if n := len(f.listed(t)); whole != 1 || n != wages+1 {
			t.Errorf("%d mismatches, %d of the file itself; want %d and 1", n, whole, wages+1)
		}
		if s := f.summary(t); s.Settled != (ledger.Tally{Count: wages, Total: f.paid}) {
			t.Errorf("%+v", s)
		}
		f.sound(t)
	})
	t.Run("refused", func(t *testing.T) {
		f := begin(t, banksim.RefuseBatch)
		fault := f.bank.Books().Injected()[0]
		if diff := cmp.Diff([]found{{"rejected", fault.Batch, fault.File, 1}}, f.listed(t)); diff != "" {
			t.Errorf("mismatches (-want +got):\n%s", diff)
		}
		if s := f.summary(t); s.Failed != (ledger.Tally{Count: wages, Total: f.paid}) {
			t.Errorf("a refused batch is owed again: %+v", s)
		}
	})
}
