package ledger_test

import (
	"errors"
	"testing"

	"bekal/reconcile/ledger"
)

// TestNotDeliveredTakesTwo: for each time that a batch is uncertain two people
// say it, and what one said the time before counts no more.
func TestNotDeliveredTakesTwo(t *testing.T) {
	b := newBooks(t)
	b.wages(t, "2026-10", 3)
	batch, _ := b.compose(t, nil)
	say := func(by ledger.Actor, decided bool, want error) {
		t.Helper()
		if got, err := b.DecideNotDelivered(t.Context(), by, batch, "telephone", false); got != decided || !errors.Is(err, want) {
			t.Fatalf("%s: decided %v, %v", by.User, got, err)
		}
	}
	say(clerk, false, ledger.ErrDecided) // it is sealed
	for range 2 {
		if err := b.MarkUncertain(t.Context(), clerk, batch, "both names are gone"); err != nil {
			t.Fatal(err)
		}
		say(clerk, false, nil)
		say(clerk, false, ledger.ErrSameReviewer)
		say(approver, true, nil)
		say(approver, false, ledger.ErrDecided)
	}
	if err := b.MarkUncertain(t.Context(), clerk, batch, "both names are gone"); err != nil {
		t.Fatal(err)
	}
	say(approver, false, nil)
	if err := b.DecideDelivered(t.Context(), clerk, batch, "2026-11-24", "letter"); err != nil {
		t.Fatal(err)
	}
	say(clerk, false, ledger.ErrDecided)
	b.verify(t)
}
