package ledger_test

import (
	"testing"

	"bekal/reconcile/ledger"
)

// Two people have settled with the bank that it answers an unreadable line again,
// and it never does: the deposit is missing then like any other.
func TestMissingAfterAnUnreadableLineWasResolved(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.wages(t, "2026-10", 1)
	batch, _ := b.compose(t, nil)
	b.deliver(t, batch)
	err := b.PostFile(t.Context(), clerk, b.receive(t, "A-01.STL", "one").File, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
		return p.Mismatch(ledger.MismatchRow{Kind: "unreadable", FacilityID: b.facility.ID, DepositID: 1, BatchID: batch.ID, Line: 2, Reference: "x"})
	})
	if err != nil {
		t.Fatal(err)
	}
	missing := func() int64 {
		n, err := b.MarkMissing(t.Context(), clerk, batch, "2026-11-27", "2026-11-26")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := missing(); n != 0 {
		t.Errorf("%d are missing, though a line that may answer it is listed", n)
	}
	if err := b.ReviewMismatch(t.Context(), clerk, 1, ledger.Propose, "the bank answers it again"); err != nil {
		t.Fatal(err)
	}
	if err := b.ReviewMismatch(t.Context(), approver, 1, ledger.Resolve, "the bank answers it again"); err != nil {
		t.Fatal(err)
	}
	if n := missing(); n != 1 {
		t.Errorf("%d are missing: nothing on the list says any more that the deposit is open", n)
	}
	if n := missing(); n != 0 {
		t.Errorf("%d are missing a second time", n)
	}
	b.verify(t)
}
