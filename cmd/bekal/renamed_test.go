package main

import (
	"strings"
	"testing"
)

// TestBankRenamed changes the bank's code in the configuration while a batch is
// on its way: nobody would carry it any more, and the night says so.
func TestBankRenamed(t *testing.T) {
	t.Parallel()
	f := undelivered(t)
	rename := func(from, to string) {
		t.Helper()
		if err := f.configure("code: "+from, "code: "+to); err != nil {
			t.Fatal(err)
		}
	}
	told := func(r ran) {
		t.Helper()
		if !strings.Contains(r.stderr, "error: deliver: batch PWK01B") || !strings.Contains(r.stderr, "is of another bank than the configuration names") || !strings.Contains(r.stderr, "hint: ") || !strings.Contains(r.stderr, "banks[0].code") {
			t.Errorf("the night says:\n%s", r.stderr)
		}
	}
	rename("BRI", "BRIX")
	told(f.night(t, "2026-11-24", exitDegraded)) // it is sealed
	rename("BRIX", "BRI")
	f.night(t, "2026-11-24", exitOK)
	rename("BRI", "BRIX")
	told(f.night(t, "2026-11-25", exitDegraded)) // it is not answered
	rename("BRIX", "BRI")
	f.bankWorks(t, "2026-11-25")
	f.night(t, "2026-11-25", exitOK)
	rename("BRI", "BRIX")
	f.night(t, "2026-11-26", exitOK) // nothing is open: another bank may pay from now on
	f.sound(t)
}

// TestFacilityRenamed changes the facility's code: its wages would be owed in
// another's name, and nobody would pay them.
func TestFacilityRenamed(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(restoreWages, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.configure("code: PWK", "code: PWX"); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"night", "--date", "2026-11-23"}, {"wages", "list"}, {"hold", "show", "--offline"}} {
		if r := f.must(t, exitUsage, args...); !strings.Contains(r.stderr, "is of facility PWK") || !strings.Contains(r.stderr, "PWX") || !strings.Contains(r.stderr, "hint: ") {
			t.Errorf("bekal %v: %s", args, r.stderr)
		}
	}
}
