package ledger_test

import (
	"errors"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// TestRepeatedWages: a list that was handed in twice, corrected in one line,
// would pay all others a second time. Somebody has to say that it is meant.
func TestRepeatedWages(t *testing.T) {
	b := newBooks(t)
	b.wages(t, "2026-10", 4)
	// Five wages, of which four are those of the first sheet.
	second := b.propose(t, "2026-10", 5)
	want := &ledger.RepeatsError{Sheet: second.ID, Period: "2026-10", Repeated: ledger.Tally{Count: 4, Total: 1000000}, Beneficiary: "W0000000", Of: 1, File: "2026-10.csv"}
	for name, err := range map[string]error{
		"asked": b.Repeats(t.Context(), second),
		"approved": func() error {
			_, err := b.ApproveSheet(t.Context(), approver, second.ID, "2026-11-23", ledger.Limits{})
			return err
		}(),
	} {
		var got *ledger.RepeatsError
		if !errors.As(err, &got) {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	// A sheet that nobody approved, one of another period, and a repayment repeat
	// nothing.
	b.wages(t, "2026-11", 5)
	if _, err := b.RefuseSheet(t.Context(), approver, b.propose(t, "2026-12", 3).ID, "wrong month"); err != nil {
		t.Fatal(err)
	}
	b.wages(t, "2026-12", 4)
	if s, err := b.ApproveSheet(t.Context(), approver, second.ID, "2026-11-23", ledger.Limits{Repeats: "second week"}); err != nil || s.State != "approved" {
		t.Fatal(s, err)
	}
	b.verify(t)
}

// The same list, after the people on it got other ids: they are known by their
// accounts, of which everybody has one of his own.
func TestRepeatedWagesUnderOtherIDs(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.wages(t, "2026-10", 2)
	in := ledger.SheetImport{Facility: b.facility, Name: "again.csv", File: b.put(t, "again"), Period: "2026-10", Count: 3, Total: 600000}
	s, _, err := b.ImportWages(t.Context(), clerk, in, func(add func(ledger.Wage) error) (string, error) {
		return "again", errors.Join(
			add(ledger.Wage{Line: 2, Beneficiary: "W0000000", Name: nameOf(0), Account: accountOf(0), Amount: 100000}), // in every way the same
			add(ledger.Wage{Line: 3, Beneficiary: "X9", Name: nameOf(1), Account: accountOf(1), Amount: 200000}),       // another id
			add(ledger.Wage{Line: 4, Beneficiary: "X8", Name: nameOf(2), Account: accountOf(2), Amount: 300000}))       // nobody's
	})
	if err != nil {
		t.Fatal(err)
	}
	var got *ledger.RepeatsError
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{}); !errors.As(err, &got) {
		t.Fatal(err)
	}
	want := &ledger.RepeatsError{Sheet: s.ID, Period: "2026-10", Repeated: ledger.Tally{Count: 2, Total: 300000}, Beneficiary: "W0000000", Of: 1, File: "2026-10.csv"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
