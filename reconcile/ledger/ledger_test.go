package ledger_test

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bekal/reconcile/ledger"
)

var (
	clerk    = ledger.Actor{User: "clerk", OSUser: "tester"}
	approver = ledger.Actor{User: "approver", OSUser: "tester"}
)

// books is a ledger with one facility and one bank.
type books struct {
	*ledger.Ledger
	dir      string
	facility ledger.Facility
	bank     ledger.Bank
}

func open(t testing.TB, dir string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func options(dir string) ledger.Options {
	return ledger.Options{Path: filepath.Join(dir, "bekal.db"), Archive: filepath.Join(dir, "archive"), Now: func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }}
}

func newBooks(t testing.TB) *books {
	t.Helper()
	dir := t.TempDir()
	l, err := ledger.Create(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	b := &books{Ledger: l, dir: dir}
	if b.facility, err = l.EnsureFacility(t.Context(), clerk, ledger.Facility{Code: "PWK", Name: "Lapas Contoh", Timezone: "Asia/Jakarta"}); err != nil {
		t.Fatal(err)
	}
	if b.bank, err = l.EnsureBank(t.Context(), clerk, "BRI"); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *books) put(t testing.TB, text string) ledger.Stored {
	t.Helper()
	s, err := b.Archive().Put(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wages imports and approves a sheet of n wages of 100.000, 200.000, ... sen.
func (b *books) wages(t testing.TB, period string, n int) ledger.Sheet {
	t.Helper()
	s := b.propose(t, period, n)
	s, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b *books) propose(t testing.TB, period string, n int) ledger.Sheet {
	t.Helper()
	in := ledger.SheetImport{Facility: b.facility, Name: period + ".csv", File: b.put(t, fmt.Sprint(period, n)), Period: period, Count: int64(n), Total: ledger.Money(n) * ledger.Money(n+1) / 2 * 100000}
	s, again, err := b.ImportWages(t.Context(), clerk, in, func(add func(ledger.Wage) error) (string, error) {
		for i := range n {
			w := ledger.Wage{Line: int64(i + 2), Beneficiary: fmt.Sprintf("W%07d", i), Name: fmt.Sprintf("CONTOH %07d", i), Account: fmt.Sprintf("999%012d", i), Amount: ledger.Money(i+1) * 100000}
			if err := add(w); err != nil {
				return "", err
			}
		}
		return fmt.Sprintf("%064d", n), nil
	})
	if err != nil || again {
		t.Fatal(again, err)
	}
	return s
}

func (b *books) compose(t testing.TB, change func(*ledger.Composition)) (ledger.Batch, bool) {
	t.Helper()
	c := ledger.Composition{Facility: b.facility, Bank: b.bank, ValueDate: "2026-11-24", Created: time.Date(2026, 11, 23, 19, 30, 0, 0, time.UTC),
		FileName: func(ref string) string { return ref + ".TRF" },
		Encode: func(w io.Writer, _ ledger.Batch, _ time.Time, each func(func(ledger.DepositLine) error) error) error {
			return each(func(d ledger.DepositLine) error {
				_, err := fmt.Fprintf(w, "%d %s %s %d %s\n", d.Sequence, d.Account, d.Name, d.Amount, d.Reference)
				return err
			})
		}}
	if change != nil {
		change(&c)
	}
	batch, ok, err := b.Compose(t.Context(), clerk, c)
	if err != nil {
		t.Fatal(err)
	}
	return batch, ok
}

func (b *books) deliver(t testing.TB, batch ledger.Batch) {
	t.Helper()
	if err := b.MarkStaged(t.Context(), clerk, batch, ""); err != nil {
		t.Fatal(err)
	}
	if err := b.MarkDelivered(t.Context(), clerk, batch, "2026-11-23", "renamed"); err != nil {
		t.Fatal(err)
	}
}

func (b *books) receive(t testing.TB, name, text string) ledger.Received {
	t.Helper()
	r, err := b.Receive(t.Context(), clerk, ledger.Arrival{Bank: b.bank.ID, Facility: b.facility.ID, Kind: ledger.SettlementFile, Name: name, Stored: b.put(t, text), Modified: time.Unix(0, 0), Date: "2026-11-24"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *books) verify(t testing.TB) {
	t.Helper()
	if _, err := b.Verify(context.Background()); err != nil {
		t.Fatal(err)
	}
}
