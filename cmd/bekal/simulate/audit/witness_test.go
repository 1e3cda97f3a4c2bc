package audit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/gateway/banksim"
)

// watched is an office with a witness, three wages on their way, and the file
// that carries them.
func watched(t *testing.T, approved int) (*office, *audit.Witness, string) {
	t.Helper()
	o := open(t, banksim.Faults{})
	w := audit.NewWitness(o.options(""))
	o.wages(3)
	var told []audit.Wage
	for n := range approved {
		x := wage(n + 1)
		told = append(told, audit.Wage{Beneficiary: x.Beneficiary, Name: x.Name, Account: x.Account, Amount: int64(x.Amount), Period: o.period})
	}
	w.Approved(told)
	o.night("ran")
	return o, w, filepath.Join(o.dir, "bank", "outbox", o.batches()[0].FileName)
}

// expects wants violations whose details hold these texts, one each.
func expects(t *testing.T, found []audit.Violation, err error, want ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != len(want) {
		t.Errorf("%v, want %d", found, len(want))
		return
	}
	for i, v := range found {
		if v.Rule != audit.Once || !strings.Contains(v.Detail, want[i]) {
			t.Errorf("%s, want %q", v, want[i])
		}
	}
}

// again puts the same payments into the outbox once more, under references of
// another generation.
func (o *office) again(path string) {
	o.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		o.Fatal(err)
	}
	as := strings.Replace(path, "PWK01", "PWK77", 1)
	if err := os.WriteFile(as, bytes.ReplaceAll(data, []byte("PWK01"), []byte("PWK77")), 0o600); err != nil {
		o.Fatal(err)
	}
}

func TestWitnessSeesWhatIsRight(t *testing.T) {
	t.Parallel()
	o, w, _ := watched(t, 3)
	found, err := w.Examine()
	expects(t, found, err)
	found, err = w.Freeze()
	expects(t, found, err)
	o.tomorrow()
	o.work() // the bank takes the file, and nothing new has come to it
	found, err = w.Examine()
	expects(t, found, err)
	w.Thaw()
	found, err = w.Settle(nil, nil)
	expects(t, found, err)
}

func TestWitnessCountsWhatIsSentTwice(t *testing.T) {
	t.Parallel()
	o, w, path := watched(t, 3)
	o.again(path)
	found, err := w.Examine()
	const twice = "approved it 1 times, and the bank holds it 2 times"
	expects(t, found, err, twice, twice, twice)
	found, err = w.Examine()
	expects(t, found, err) // said once
}

func TestWitnessMissesWhatIsNotSent(t *testing.T) {
	t.Parallel()
	_, w, _ := watched(t, 4)
	found, err := w.Examine()
	expects(t, found, err)
	found, err = w.Settle(nil, nil)
	expects(t, found, err, "approved it 1 times; the bank holds it 0 times")
}

func TestWitnessSeesWhatIsSentOnHold(t *testing.T) {
	t.Parallel()
	o, w, path := watched(t, 6)
	if found, err := w.Freeze(); err != nil || len(found) > 0 || !w.Frozen() {
		t.Fatal(found, err, w.Frozen())
	}
	o.wages(3)
	o.tomorrow()
	o.night("ran")
	if err := os.WriteFile(path+".part", []byte("H01"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := w.Examine()
	const held = "came to the bank while the books were on hold"
	expects(t, found, err, held, held)
	found, err = w.Examine()
	expects(t, found, err)
}

func TestWitnessSeesARepaymentTooSoon(t *testing.T) {
	t.Parallel()
	o, w, _ := watched(t, 3)
	o.tomorrow()
	o.work()
	found, err := w.Examine()
	expects(t, found, err)
	_, orders := o.sent(1)
	expects(t, w.Repaid([]string{orders[0].reference}), nil, "paid again while at the bank it is paid")
}
