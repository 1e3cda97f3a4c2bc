package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"bekal/reconcile/ledger"
)

// A batch was left, its wages were imported again and paid by another one, and
// then the ledger was lost once more: both batches are forgotten now, and name
// the same wages under references that have nothing in common. The one that the
// bank has comes first.
func TestTwoBatchesOfTheSameWages(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.wages(t, "2026-10", 3)
	never, sent := batchOf("01", "0001"), batchOf("02", "0002")
	b.find(t, never, false, payment("A", 0, 100000), payment("B", 1, 200000))
	b.find(t, sent, true, payment("C", 1, 200000), payment("D", 2, 300000))
	var rival *ledger.RivalError
	if _, err := b.adopt(t, never); !errors.As(err, &rival) || rival.Wages != 1 || rival.Of != sent || rival.Payment != "C" || rival.Sealed {
		t.Fatalf("adopted: sent again, it pays a wage twice: %v", err)
	}
	if done, err := b.adopt(t, sent); err != nil || done.Matched != 2 {
		t.Fatalf("%+v %v", done, err)
	}
	if _, err := b.adopt(t, never); !errors.Is(err, ledger.ErrUnmatched) {
		t.Errorf("%v", err)
	}
	// In part it can be; its file, which pays the other, too, is not sent again.
	done, err := b.Adopt(t.Context(), clerk, ledger.Adoption{Facility: b.facility, Batch: never, Date: "2026-11-25", Reason: "a test", Partly: true})
	if err != nil || done.Matched != 1 || done.Batch.State != "uncertain" {
		t.Fatalf("%+v %v", done, err)
	}
	if _, err := b.DecideNotDelivered(t.Context(), clerk, done.Batch, "the bank says so", false); !errors.As(err, &rival) || rival.Wages != 0 || rival.Others != 1 {
		t.Errorf("%v", err)
	}
	b.verify(t)
}

// Where as many wages are owed besides, each of the two batches has its own.
func TestTwoBatchesOfEqualWages(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.wages(t, "2026-10", 1)
	b.wages(t, "2026-11", 1)
	never, sent := batchOf("01", "0001"), batchOf("02", "0002")
	b.find(t, never, false, payment("A", 0, 100000))
	b.find(t, sent, true, payment("B", 0, 100000))
	for _, batch := range []string{never, sent} {
		if done, err := b.adopt(t, batch); err != nil || done.Matched != 1 {
			t.Errorf("%s: %+v %v", batch, done, err)
		}
	}
	b.verify(t)
}

// An uncertain batch of the backup may have been paid by one that was made in a
// life before, of an older backup.
func TestUncertainBatchThatAnotherPaid(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.wages(t, "2026-10", 2)
	batch, _ := b.compose(t, nil)
	if err := b.MarkUncertain(t.Context(), clerk, batch, "restored"); err != nil {
		t.Fatal(err)
	}
	b.forgets(t)
	b.find(t, batchOf("02", "0002"), true, payment("X", 1, 200000))
	var rival *ledger.RivalError
	if _, err := b.DecideNotDelivered(t.Context(), clerk, batch, "the bank says so", false); !errors.As(err, &rival) || rival.Wages != 1 || !rival.Sealed {
		t.Fatalf("to be sent again, it pays a wage twice: %v", err)
	}
	if hint := rival.Hint(); !strings.Contains(hint, "say --delivered") {
		t.Errorf("there is nothing to say where the other has paid all: %s", hint)
	}
	for i, by := range []ledger.Actor{clerk, approver} {
		if decided, err := b.DecideNotDelivered(t.Context(), by, batch, "the bank has paid somebody else", true); err != nil || decided != (i == 1) {
			t.Errorf("%v %v", decided, err)
		}
	}
	b.verify(t)
}

// Another batch may have paid a wage under its very reference: a life before gave
// that out, and composed it anew.
func TestReferenceThatAnotherBatchHas(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.wages(t, "2026-10", 2)
	batch, _ := b.compose(t, nil)
	own := ownReference(t, b, 1)
	b.putBack(t)
	b.find(t, batchOf("02", "0002"), true, payment(own, 0, 100000))
	var rival *ledger.RivalError
	if _, err := b.DecideNotDelivered(t.Context(), clerk, batch, "the bank says so", false); !errors.As(err, &rival) || rival.Wages != 1 || rival.Payment != own || rival.Of != batchOf("02", "0002") || !rival.Sealed {
		t.Fatalf("to be sent again, it orders %s a second time: %v", own, err)
	}
	b.verify(t)
}

// What two people have said holds for what they could know: a batch that is found
// afterwards, and has paid the same wages, keeps theirs from being sent.
func TestFoundAfterItWasDecided(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		mayPayTwice bool
		found       func(own string) ledger.FoundPayment
		sent        bool
	}{
		{"under its reference", false, func(own string) ledger.FoundPayment { return payment(own, 0, 100000) }, false},
		{"a wage like one of it", false, func(string) ledger.FoundPayment { return payment("X", 1, 200000) }, false},
		{"another wage", false, func(string) ledger.FoundPayment { return payment("X", 1, 250000) }, true},
		{"though people have looked for that", true, func(string) ledger.FoundPayment { return payment("X", 1, 200000) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBooks(t)
			b.wages(t, "2026-10", 2)
			batch, _ := b.compose(t, nil)
			own := ownReference(t, b, 1)
			b.putBack(t)
			for _, by := range []ledger.Actor{clerk, approver} {
				if _, err := b.DecideNotDelivered(t.Context(), by, batch, "the bank says so", c.mayPayTwice); err != nil {
					t.Fatal(err)
				}
			}
			b.find(t, batchOf("02", "0002"), true, c.found(own))
			if err := errors.Join(b.LeaveForgotten(t.Context(), clerk, batchOf("02", "0002"), "looked", false), b.ProposeRelease(t.Context(), clerk, "2026-11-25", "looked"),
				b.ReleaseHold(t.Context(), approver, "2026-11-25", "looked")); err != nil {
				t.Fatal(err)
			}
			var rival *ledger.RivalError
			for what, err := range map[string]error{"before it is uploaded": b.CheckRivals(t.Context(), batch), "when it was": b.MarkStaged(t.Context(), clerk, batch, "there")} {
				if c.sent && err != nil || !c.sent && !errors.As(err, &rival) {
					t.Errorf("%s: %v", what, err)
				}
			}
			b.verify(t)
		})
	}
}

// A batch that was archived, and that the bank has never had, may name a wage of
// these books by its very reference. Two people may have it paid.
func TestReferenceThatTheBankHasNotHad(t *testing.T) {
	t.Parallel()
	b := owingBooks(t, 1)
	own := ownReference(t, b, 1)
	b.find(t, batchOf("01", "0001"), false, payment(own, 0, 100000))
	for i, by := range []ledger.Actor{clerk, approver} {
		if paid, err := b.PayHeld(t.Context(), by, b.facility.ID, []string{own}, "the bank has never had it"); err != nil || paid != (i == 1) {
			t.Errorf("%v %v", paid, err)
		}
	}
	if held := b.heldAmounts(t); len(held) > 0 {
		t.Errorf("held back all the same: %v", held)
	}
	// Another wage of that person and amount is not taken for it.
	b.wages(t, "2026-11", 1)
	if held := b.heldAmounts(t); len(held) > 0 {
		t.Errorf("another one is held back for it: %v", held)
	}
	b.free(t)
	if batch, ok := b.compose(t, nil); !ok || batch.Count != 1 || batch.Period != "2026-10" {
		t.Errorf("composed: %v %+v", ok, batch)
	}
	b.verify(t)
}

// Should the bank turn out to have had it after all, before it was sent, nobody's
// word sends it.
func TestReferenceThatTheBankHadAfterAll(t *testing.T) {
	t.Parallel()
	b := owingBooks(t, 1)
	own, ref := ownReference(t, b, 1), batchOf("01", "0001")
	b.find(t, ref, false, payment(own, 0, 100000))
	for _, by := range []ledger.Actor{clerk, approver} {
		if _, err := b.PayHeld(t.Context(), by, b.facility.ID, []string{own}, "the bank has never had it"); err != nil {
			t.Fatal(err)
		}
	}
	b.findAnswer(t, ref, 1, payment(own, 0, 100000))
	if held := b.heldAmounts(t); len(held) != 1 {
		t.Errorf("held back: %v", held)
	}
	b.verify(t)
}

// The bank acknowledges what it was sent, not what the books have found of it.
func TestSentOfABatchThatIsKnownInPart(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.wages(t, "2026-10", 1)
	ref := batchOf("01", "0001")
	b.find(t, ref, true, payment("A", 0, 100000), payment("B", 5, 500000))
	done, err := b.Adopt(t.Context(), clerk, ledger.Adoption{Facility: b.facility, Batch: ref, Date: "2026-11-25", Reason: "a test", Partly: true})
	if err != nil {
		t.Fatal(err)
	}
	b.wages(t, "2026-11", 2)
	b.free(t)
	own, _ := b.compose(t, nil)
	err = b.PostFile(t.Context(), clerk, b.receive(t, "A.ACK", "one").File, b.bank.ID, "2026-11-25", func(p *ledger.Posting) error {
		for _, c := range []struct {
			batch ledger.Batch
			want  ledger.Tally
		}{{done.Batch, ledger.Tally{Count: 2, Total: 600000}}, {own, ledger.Tally{Count: own.Count, Total: own.Total}}} {
			if got, err := p.Ordered(c.batch); err != nil || got != c.want {
				t.Errorf("%s: %+v %v, want %+v", c.batch.Reference, got, err, c.want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two batches name one payment: one was archived and never sent, the other is at
// the bank. In whatever order they are found, the bank has had the payment.
func TestReferenceInTwoBatches(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]bool{"the bank's first": {true, false}, "the bank's last": {false, true}} {
		t.Run(name, func(t *testing.T) {
			b := owingBooks(t, 1)
			own := ownReference(t, b, 1)
			sent := ""
			for i, atBank := range order {
				ref := batchOf("01", "000"+string(rune('1'+i)))
				b.find(t, ref, atBank, payment(own, 0, 100000))
				if atBank {
					sent = ref
				}
			}
			if _, err := b.PayHeld(t.Context(), clerk, b.facility.ID, []string{own}, "the bank has never had it"); !errors.Is(err, ledger.ErrNeverAgain) {
				t.Errorf("to be paid: %v", err)
			}
			held, err := b.Held(t.Context(), b.facility.ID)
			if err != nil || len(held) != 1 || held[0].Claim.Batch != sent {
				t.Errorf("held back: %+v %v, want it for batch %s", held, err, sent)
			}
		})
	}
}
