package ledger_test

import (
	"errors"
	"testing"

	"bekal/reconcile/ledger"
)

// imports imports a file of one wage.
func (b *books) imports(t testing.TB, text, period string) (ledger.Sheet, bool, error) {
	t.Helper()
	in := ledger.SheetImport{Facility: b.facility, Name: text + ".csv", File: b.put(t, text), Period: period, Count: 1, Total: 500}
	return b.ImportWages(t.Context(), clerk, in, func(add func(ledger.Wage) error) (string, error) {
		return text, add(ledger.Wage{Line: 2, Beneficiary: "W0000000", Name: nameOf(0), Account: accountOf(0), Amount: 500})
	})
}

// People earn the same in two months, and the file says nothing of the month: that
// the bytes are known must not pass for the second month's wages being entered.
func TestSameFileForAnotherMonth(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	first, _, err := b.imports(t, "fixed", "2026-10")
	if err != nil {
		t.Fatal(err)
	}
	var other *ledger.OtherPeriodError
	if s, again, err := b.imports(t, "fixed", "2026-11"); !errors.As(err, &other) || other.Sheet != first.ID || other.Period != "2026-10" || other.Asked != "2026-11" {
		t.Errorf("%+v %v %v", s, again, err)
	}
	if s, again, err := b.imports(t, "fixed", "2026-10"); err != nil || !again || s.ID != first.ID {
		t.Errorf("%+v %v %v", s, again, err)
	}
	b.verify(t)
}

// A sheet was refused, since its month was a slip. The same file is imported for
// the right one, and is known from then on.
func TestSameFileAfterItWasRefused(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	slip, _, err := b.imports(t, "a", "2062-10")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.RefuseSheet(t.Context(), approver, slip.ID, "a slip"); err != nil {
		t.Fatal(err)
	}
	s, again, err := b.imports(t, "a", "2026-10")
	if err != nil || again || s.ID == slip.ID || s.Period != "2026-10" || s.State != "proposed" {
		t.Fatalf("%+v %v %v", s, again, err)
	}
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{}); err != nil {
		t.Fatal(err)
	}
	if s, again, err := b.imports(t, "a", "2026-10"); err != nil || !again || s.State != "approved" {
		t.Errorf("%+v %v %v", s, again, err)
	}
	if batch, ok := b.compose(t, nil); !ok || batch.Count != 1 {
		t.Errorf("composed %v %+v", ok, batch)
	}
	b.verify(t)
}

// enforces imports and approves a roster of one person.
func (b *books) enforces(t testing.TB, text, account string) ledger.Roster {
	t.Helper()
	r, _, err := b.ImportRoster(t.Context(), clerk, b.facility, text, b.put(t, text), func(add func(ledger.RosterLine) error) error {
		return add(ledger.RosterLine{Line: 2, Beneficiary: "W0000000", Name: nameOf(0), Account: account})
	})
	if err == nil {
		err = b.ApproveRoster(t.Context(), approver, r.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The account of a person changes between the import of a sheet and its approval:
// it is not paid into the old one, whose it may not be any more.
func TestAccountChangedBeforeTheApproval(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.enforces(t, "old", accountOf(0))
	s, _, err := b.imports(t, "a", "2026-10")
	if err != nil {
		t.Fatal(err)
	}
	b.enforces(t, "new", accountOf(7))
	var changed *ledger.AccountChangedError
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{}); !errors.As(err, &changed) || changed.Count != 1 || changed.Beneficiary != "W0000000" || changed.Hint() == "" {
		t.Errorf("approved: %v", err)
	}
	// Who is not on the roster any more has earned the wage all the same.
	if _, _, err := b.ImportRoster(t.Context(), clerk, b.facility, "other", b.put(t, "other"), func(add func(ledger.RosterLine) error) error {
		return add(ledger.RosterLine{Line: 2, Beneficiary: "W0000001", Name: nameOf(1), Account: accountOf(1)})
	}); err != nil {
		t.Fatal(err)
	}
	if err := b.ApproveRoster(t.Context(), approver, 3); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{}); err != nil {
		t.Error(err)
	}
	b.verify(t)
}

// So it is with a repayment, whose account is that of the roster when it was
// proposed.
func TestAccountChangedBeforeTheRepayment(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	roster := b.enforces(t, "old", accountOf(0))
	accounts, err := b.Accounts(t.Context(), roster)
	if err != nil {
		t.Fatal(err)
	}
	b.wages(t, "2026-10", 1)
	batch, _ := b.compose(t, nil)
	b.deliver(t, batch)
	b.post(t, b.receive(t, "A-01.STL", "one").File, map[int64]ledger.Outcome{1: ledger.Rejected}, 0)
	s, err := b.ProposeRepayment(t.Context(), clerk, b.facility, []string{reference(t, b, 1)}, "again", accounts)
	if err != nil {
		t.Fatal(err)
	}
	b.enforces(t, "new", accountOf(7))
	var changed *ledger.AccountChangedError
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-25", ledger.Limits{}); !errors.As(err, &changed) {
		t.Errorf("approved: %v", err)
	}
}
