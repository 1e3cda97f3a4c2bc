package simulate_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"bekal/cmd/bekal/simulate"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// play plays a course in a folder of its own, and fails when something was
// found.
func play(t *testing.T, o simulate.Options) (simulate.Result, string) {
	t.Helper()
	dir, err := os.MkdirTemp(simulate.Memory(), "bekal-simulate-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	var history bytes.Buffer
	o.Dir, o.History = dir, &history
	r, err := simulate.Run(context.Background(), o)
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(r.Last, "\n"))
	}
	if len(r.Violations) > 0 {
		t.Errorf("%s\n%v\nplay it again: %s", strings.Join(r.Last, "\n"), r.Violations, r.Command())
	}
	return r, history.String()
}

// budget is how many heavy seeds are played; BEKAL_COURSES sets another number.
func budget(t *testing.T) int {
	t.Helper()
	text := os.Getenv("BEKAL_COURSES")
	if text == "" {
		return 6
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("BEKAL_COURSES=%q is no number of seeds", text)
	}
	return n
}

// TestSeeds: whatever goes wrong, nothing is lost, nothing is paid twice, and
// the books say what there is to say.
func TestSeeds(t *testing.T) {
	t.Parallel()
	all := simulate.NewFigures()
	t.Run("heavy", func(t *testing.T) {
		for seed := range budget(t) {
			t.Run(strconv.Itoa(seed+1), func(t *testing.T) {
				r, _ := play(t, simulate.Options{Seed: uint64(seed + 1), Nights: 45, Deposits: 100, Faults: simulate.Heavy, Restores: true, Slips: true})
				all.Add(r.Figures)
			})
		}
	})
	// A simulation in which nothing goes wrong would prove nothing.
	for what, n := range map[string]int{"deaths": all.Crashes(), "wages": all.Approved, "delivered": all.Delivered, "full disks": all.Events["disk: no space left on device"],
		"host keys": all.Events["host key changed"], "logins": all.Events["credentials expired"], "clocks": all.Events["clock jumped"], "late answers": all.Events["answer late"],
		"truncated answers": all.Events["answer truncated"], "cut requests": all.Events["packet: request connection reset"], "cut answers": all.Events["packet: answer connection reset"],
		"silence": all.Events["packet: answer silence"], "wrong amounts": all.Bank["amount"], "left out": all.Bank["missing"], "returned": all.Bank["returned"], "backups": all.Events["backup made"], "restores": all.Events["ledger restored"], "forgotten sheets": all.Events["sheets approved again"],
		"forgotten batches": all.Events["forgotten batch adopted: the bank has it"], "releases": all.Events["hold released"], "lists handed in again": all.Events["slip: the same list handed in again"], "corrected lists": all.Events["slip: a list with one line corrected approved"],
		"nights beside one that runs": all.Events["slip: a second night beside one that runs"], "wrong backups": all.Events["slip: a backup put over a ledger"]} {
		if n == 0 {
			t.Errorf("there were no %s in all courses", what)
		}
	}
	t.Logf("%d nights, %d deaths at %d points, %d deposits", all.Nights, all.Crashes(), len(all.Deaths), all.Delivered)
}

// TestQuietYears: where little or nothing goes wrong, nothing is found either,
// and without faults every wage arrives.
func TestQuietYears(t *testing.T) {
	t.Parallel()
	for _, level := range []simulate.Level{simulate.None, simulate.Light} {
		t.Run(string(level), func(t *testing.T) {
			r, _ := play(t, simulate.Options{Seed: 3, Nights: 30, Deposits: 60, Faults: level, Restores: true, Slips: true})
			f := r.Figures
			if level == simulate.None && (f.Approved != 60 || f.Delivered != 60 || f.Settled != 60 || f.Degraded > 0 || f.Events["backup made"] > 0) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestSameSeedSameHistory: a seed decides everything, to the last link of the
// chain.
func TestSameSeedSameHistory(t *testing.T) {
	t.Parallel()
	o := simulate.Options{Seed: 1, Nights: 25, Deposits: 50, Faults: simulate.Heavy, Restores: true, Slips: true}
	a, first := play(t, o)
	b, second := play(t, o)
	if first != second {
		t.Errorf("the same seed has two histories: %s", difference(first, second))
	}
	if a.Digest != b.Digest || a.Head != b.Head || a.Head == "" {
		t.Errorf("digest %s, chain %s; and the second time %s, %s", a.Digest, a.Head, b.Digest, b.Head)
	}
	if a.Figures.Events["ledger restored"] == 0 {
		t.Error("no ledger was restored: another seed is needed")
	}
	o.Seed++
	if c, _ := play(t, o); c.Digest == a.Digest {
		t.Error("another seed has the same history")
	}
}

func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d:\n%s\n%s", i+1, x[i], y[i])
		}
	}
	return "one is longer"
}

// TestOptions: a course that cannot be is refused before anything is done.
func TestOptions(t *testing.T) {
	for _, o := range []simulate.Options{
		{Nights: 0, Deposits: 1, Faults: simulate.None}, {Nights: 1, Deposits: 0, Faults: simulate.None}, {Nights: 1, Deposits: 1, Faults: "some"},
		{Nights: 10_001, Deposits: 1, Faults: simulate.None}, {Nights: 1, Deposits: 1_000_001, Faults: simulate.None},
	} {
		o.Dir = t.TempDir()
		if _, err := simulate.Run(context.Background(), o); err == nil {
			t.Errorf("%+v is no course", o)
		}
		if left, err := os.ReadDir(o.Dir); err != nil || len(left) > 0 {
			t.Errorf("%v, %v", left, err)
		}
	}
}
