package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"bekal/reconcile/ledger"
)

// answered records what the bank says of a forgotten batch: an acknowledgement
// of so many payments and so much, and answers that name these.
func (b *books) answered(t testing.TB, batch string, count int64, total ledger.Money, payments ...ledger.FoundPayment) {
	t.Helper()
	for evidence, f := range map[ledger.Evidence]ledger.Finding{ledger.ByAcknowledgement: {Count: count, Total: total}, ledger.ByAnswer: {}} {
		f.Bank, f.Batch, f.Evidence, f.Place, f.AtBank = b.bank.ID, batch, evidence, "the bank answers", true
		f.File = b.receive(t, batch+"."+string(evidence), batch+string(evidence)).File.ID
		_, err := b.Find(t.Context(), clerk, f, func(add func(ledger.FoundPayment) error) error {
			for i, p := range payments {
				p.Line, p.Paid = int64(i+2), true
				if err := add(p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (b *books) adopt(t testing.TB, batch string) (ledger.Adopted, error) {
	t.Helper()
	return b.Adopt(t.Context(), clerk, ledger.Adoption{Facility: b.facility, Batch: batch, Date: "2026-11-25", Reason: "a test"})
}

// A transfer file is archived before its batch is sealed. Where that failed, the
// archive keeps a file whose payments another batch has made since. It looks
// like a forgotten batch; nothing is held back for it, and it is left.
func TestFileThatWasNeverSealed(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.wages(t, "2026-10", 2)
	sent, _ := b.compose(t, nil)
	b.deliver(t, sent)
	first, second := ownReference(t, b, 1), ownReference(t, b, 2)
	b.putBack(t)
	unsealed := batchOf("01", "0001")
	b.find(t, unsealed, false, payment(first, 0, 100000), payment(second, 1, 200000))
	if _, err := b.adopt(t, unsealed); err == nil || !strings.Contains(err.Error(), "is in batch "+sent.Reference+" too") {
		t.Errorf("adopted: %v", err)
	}
	if err := b.LeaveForgotten(t.Context(), clerk, unsealed, "the bank has never had it", false); err != nil {
		t.Fatal(err)
	}
	b.wages(t, "2026-11", 2) // the same people, as much
	held, err := b.Held(t.Context(), b.facility.ID)
	if err != nil || len(held) > 0 {
		t.Errorf("held back for payments that are known to be others: %+v %v", held, err)
	}
	b.free(t)
	if next, ok := b.compose(t, nil); !ok || next.Count != 2 {
		t.Errorf("%+v %v", next, ok)
	}
}

// The same, where the batch that made the payments is forgotten too: only the
// one that the bank has is adopted, or that people left over.
func TestTwoFilesOfTheSamePayments(t *testing.T) {
	t.Parallel()
	for name, atBank := range map[string]bool{"the bank has the second": true, "nobody knows": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := owingBooks(t, 1)
			own := ownReference(t, b, 1)
			unsealed, sent := batchOf("01", "0001"), batchOf("01", "0002")
			b.find(t, unsealed, false, payment(own, 0, 100000))
			b.find(t, sent, atBank, payment(own, 0, 100000))
			if _, err := b.adopt(t, unsealed); err == nil || !strings.Contains(err.Error(), "is in batch "+sent+" too: ask the bank which of them it has") {
				t.Fatalf("adopted, and would be sent a second time: %v", err)
			}
			if err := b.LeaveForgotten(t.Context(), clerk, unsealed, "the bank has never had it", false); err != nil {
				t.Fatal(err)
			}
			if done, err := b.adopt(t, sent); err != nil || done.Batch.Count != 1 {
				t.Fatalf("%+v %v", done, err)
			}
			b.wages(t, "2026-11", 1)
			if held, err := b.Held(t.Context(), b.facility.ID); err != nil || len(held) > 0 {
				t.Errorf("%+v %v", held, err)
			}
			b.verify(t)
		})
	}
}

// The bank's answers may err. A batch that is known by them alone is adopted
// only where they add up to what it has acknowledged.
func TestAnswersThatDoNotAddUp(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.wages(t, "2026-10", 2) // 100000, 200000
	b.wages(t, "2026-11", 1) // 100000, to the first account too
	wrong, right := batchOf("01", "0001"), batchOf("01", "0002")
	b.answered(t, wrong, 1, 250000, payment("A", 1, 200000))
	if _, err := b.adopt(t, wrong); !errors.Is(err, ledger.ErrUnmatched) {
		t.Errorf("adopted as a wage that it may not have been: %v", err)
	}
	b.answered(t, right, 2, 200000, payment("B", 0, 100000), payment("C", 0, 100000))
	if done, err := b.adopt(t, right); err != nil || done.Batch.Count != 2 {
		t.Errorf("%+v %v", done, err)
	}
}

// An answer may have the reference of another payment: where the rest does not
// agree with it, nobody knows which wage it was.
func TestAnswerUnderAnotherReference(t *testing.T) {
	t.Parallel()
	b := owingBooks(t, 2)
	second := ownReference(t, b, 2)
	batch := batchOf("01", "0001")
	b.answered(t, batch, 1, 100000, payment(second, 0, 100000)) // the first wage under the second reference
	if done, err := b.adopt(t, batch); !errors.Is(err, ledger.ErrUnmatched) {
		t.Errorf("adopted: %+v %v", done, err)
	}
	// The transfer file shows what it was.
	b.find(t, batch, true, payment(ownReference(t, b, 1), 0, 100000))
	if done, err := b.adopt(t, batch); err != nil || done.Batch.Count != 1 {
		t.Errorf("%+v %v", done, err)
	}
	b.verify(t)
}

// While nobody knows whom a forgotten batch paid, another one is not taken for
// wages that it may have paid: those that were owed before the books were put
// back. It could not be adopted afterwards.
func TestOneOfTwoEqualWages(t *testing.T) {
	t.Parallel()
	b := owingBooks(t, 1)
	own := ownReference(t, b, 1)
	first, second := batchOf("01", "0001"), batchOf("01", "0002")
	b.answered(t, first, 1, 100000) // it paid deposit 1, and the answer has left it out
	b.find(t, second, true, payment("OTHER", 0, 100000))
	if done, err := b.adopt(t, second); !errors.Is(err, ledger.ErrUnmatched) {
		t.Fatalf("adopted as the wage that the first batch may have paid: %+v %v", done, err)
	}
	b.wages(t, "2026-11", 1) // the wage that it was, imported again
	if _, err := b.adopt(t, second); err != nil {
		t.Fatal(err)
	}
	b.find(t, first, true, payment(own, 0, 100000))
	if done, err := b.adopt(t, first); err != nil || done.Batch.Count != 1 {
		t.Fatalf("%+v %v", done, err)
	}
	b.verify(t)
	b.free(t)
	if next, ok := b.compose(t, nil); ok {
		t.Errorf("composed %+v, and everything was paid", next)
	}
}

// A deposit that was adopted as a payment like its own leaves the batch of its
// own payment to be adopted in part: the others of that one would be held back
// for ever.
func TestAdoptedAsAnother(t *testing.T) {
	t.Parallel()
	b := owingBooks(t, 2)
	first, second := ownReference(t, b, 1), ownReference(t, b, 2)
	refused, paid := batchOf("01", "0001"), batchOf("01", "0002")
	b.find(t, paid, true, payment("AGAIN", 0, 100000)) // pays the first wage again, which had failed
	if _, err := b.adopt(t, paid); err != nil {
		t.Fatal(err)
	}
	b.find(t, refused, true, payment(first, 0, 100000), payment(second, 1, 200000))
	if _, err := b.adopt(t, refused); err == nil || !strings.Contains(err.Error(), "is in batch "+paid+" too") {
		t.Fatalf("adopted without a word: %v", err)
	}
	done, err := b.Adopt(t.Context(), clerk, ledger.Adoption{Facility: b.facility, Batch: refused, Date: "2026-11-25", Reason: "the bank had refused it", Partly: true})
	if err != nil || done.Batch.Count != 1 || len(done.Unmatched) != 1 {
		t.Fatalf("%+v %v", done, err)
	}
	b.verify(t)
	b.wages(t, "2026-11", 2)
	if held, err := b.Held(t.Context(), b.facility.ID); err != nil || len(held) > 0 {
		t.Errorf("%+v %v", held, err)
	}
}
