package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// owedTo imports and approves wages of the n-th person, one for each amount; each
// has a sheet of its own.
func (b *books) owedTo(t testing.TB, period string, n int, amounts ...ledger.Money) {
	t.Helper()
	for i, amount := range amounts {
		text := fmt.Sprint(period, n, i, amount)
		in := ledger.SheetImport{Facility: b.facility, Name: text + ".csv", File: b.put(t, text), Period: period, Count: 1, Total: amount}
		s, _, err := b.ImportWages(t.Context(), clerk, in, func(add func(ledger.Wage) error) (string, error) {
			return text, add(ledger.Wage{Line: 2, Beneficiary: fmt.Sprintf("W%07d", n), Name: nameOf(n), Account: accountOf(n), Amount: amount})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{}); err != nil {
			t.Fatal(err)
		}
	}
}

// heldAmounts are the amounts that are held back, in the order in which they
// were imported.
func (b *books) heldAmounts(t testing.TB) []ledger.Money {
	t.Helper()
	held, err := b.Held(t.Context(), b.facility.ID)
	if err != nil {
		t.Fatal(err)
	}
	var list []ledger.Money
	for _, h := range held {
		list = append(list, h.Amount)
	}
	return list
}

// payHeld has two people say that all that is held back are other wages.
func (b *books) payHeld(t testing.TB) {
	t.Helper()
	held, err := b.Held(t.Context(), b.facility.ID)
	if err != nil {
		t.Fatal(err)
	}
	var refs []string
	for _, h := range held {
		refs = append(refs, h.Reference)
	}
	for _, who := range []ledger.Actor{clerk, approver} {
		if _, err := b.PayHeld(t.Context(), who, b.facility.ID, refs, "December; the bank paid November"); err != nil {
			t.Fatal(err)
		}
	}
}

// That a wage is another one than the forgotten payment which it looks like says
// nothing of the wage that the payment was: it is held back when its sheet
// comes to light later.
func TestAnotherWageLeavesThePaymentUnexplained(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.find(t, batchOf("01", "0001"), true, payment("NOVEMBER", 0, 500))
	b.owedTo(t, "2026-12", 0, 500)
	b.payHeld(t)
	if held := b.heldAmounts(t); len(held) > 0 {
		t.Errorf("%v are held back, and two people have said that they may be paid", held)
	}
	b.owedTo(t, "2026-11", 0, 500)
	if diff := cmp.Diff([]ledger.Money{500}, b.heldAmounts(t)); diff != "" {
		t.Errorf("November is held back (-want +got):\n%s", diff)
	}
	b.payHeld(t)
	// Wages of a later time were not in that batch: nobody has to decide
	// about them month after month.
	b.owedTo(t, "2027-01", 0, 500)
	if held := b.heldAmounts(t); len(held) > 0 {
		t.Errorf("%v of January is held back", held)
	}
	b.verify(t)
}

// A payment whose wage was imported again in parts holds back all of them.
func TestHeldBackInParts(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.find(t, batchOf("01", "0001"), true, payment("A", 0, 500))
	b.owedTo(t, "2026-11", 0, 300, 200, 100)
	if diff := cmp.Diff([]ledger.Money{300, 200}, b.heldAmounts(t)); diff != "" {
		t.Errorf("held back (-want +got):\n%s", diff)
	}
}

// A name is known again though a bank's file could not carry all of its letters.
func TestHeldBackByNameAsSent(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	text := "name"
	in := ledger.SheetImport{Facility: b.facility, Name: "n.csv", File: b.put(t, text), Period: "2026-11", Count: 1, Total: 500}
	s, _, err := b.ImportWages(t.Context(), clerk, in, func(add func(ledger.Wage) error) (string, error) {
		return text, add(ledger.Wage{Line: 2, Beneficiary: "W1", Name: "Contoh Nur'aini (Ani)", Account: accountOf(0), Amount: 500})
	})
	if err == nil {
		_, err = b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{})
	}
	if err != nil {
		t.Fatal(err)
	}
	b.find(t, batchOf("01", "0001"), true, ledger.FoundPayment{Reference: "A", Account: accountOf(7), Name: "CONTOH NUR AINI ANI", Amount: 500})
	if diff := cmp.Diff([]ledger.Money{500}, b.heldAmounts(t)); diff != "" {
		t.Errorf("held back (-want +got):\n%s", diff)
	}
}

// findAnswer records an answer of the bank that names these payments of a batch
// of count.
func (b *books) findAnswer(t testing.TB, batch string, count int64, payments ...ledger.FoundPayment) {
	t.Helper()
	ack, stl := b.receive(t, batch+".ACK", "ack "+batch).File, b.receive(t, batch+".STL", "stl "+batch).File
	for _, f := range []ledger.Finding{
		{Bank: b.bank.ID, Batch: batch, File: ack.ID, Evidence: ledger.ByAcknowledgement, Place: "an acknowledgement", AtBank: true, Count: count, Total: 1},
		{Bank: b.bank.ID, Batch: batch, File: stl.ID, Evidence: ledger.ByAnswer, Place: "an answer", AtBank: true},
	} {
		if _, err := b.Find(t.Context(), clerk, f, func(add func(ledger.FoundPayment) error) error {
			for i, p := range payments {
				p.Line, p.Paid = int64(i+2), true
				if f.Evidence == ledger.ByAnswer {
					if err := add(p); err != nil {
						return err
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// A batch of which not everybody is named holds back every wage of its time, and
// none of a later time: or nobody could be paid any more without two decisions.
func TestUnnamedHoldsBackItsOwnTime(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.wages(t, "2026-10", 2)
	batch := batchOf("01", "0001")
	b.findAnswer(t, batch, 2, payment("A", 0, 100000))
	if _, err := b.Adopt(t.Context(), clerk, ledger.Adoption{Facility: b.facility, Batch: batch, Date: "2026-11-25", Reason: "matches", Partly: true}); err != nil {
		t.Fatal(err)
	}
	b.owedTo(t, "2026-12", 5, 777)
	b.owedTo(t, "2027-02", 5, 778)
	if diff := cmp.Diff([]ledger.Money{200000, 777}, b.heldAmounts(t)); diff != "" {
		t.Errorf("held back (-want +got):\n%s", diff)
	}
}

// A reference that the bank has had is not used again, though it was not paid: the
// bank would say that it has had it, and the wage would be answered never. The
// batch is adopted, and what was rejected is paid again under a new one.
func TestRejectedReferenceIsNotSentAgain(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.owedTo(t, "2026-10", 0, 500)
	own := ownReference(t, b, 1)
	b.putBack(t)
	batch := batchOf("01", "0001")
	stl := b.receive(t, batch+".STL", "stl").File
	f := ledger.Finding{Bank: b.bank.ID, Batch: batch, File: stl.ID, Evidence: ledger.ByAnswer, Place: "an answer", AtBank: true}
	if _, err := b.Find(t.Context(), clerk, f, func(add func(ledger.FoundPayment) error) error {
		rejected := payment(own, 0, 500)
		rejected.Line = 2
		other := payment("PWK01OTHER", 3, 700)
		other.Line = 3
		return errors.Join(add(rejected), add(other))
	}); err != nil {
		t.Fatal(err)
	}
	b.owedTo(t, "2026-11", 0, 500)
	b.owedTo(t, "2026-11", 3, 700)
	held, err := b.Held(t.Context(), b.facility.ID)
	if err != nil || len(held) != 1 || held[0].Reference != own || held[0].Like != ledger.SameReference {
		t.Errorf("held back: %+v %v, want what the bank has rejected and nothing that looks like it", held, err)
	}
}

// Two forgotten batches that name the same deposits were paid twice, or the second
// in vain: one is adopted, the other is left, and nothing is held back for it.
func TestSentTwiceAndForgotten(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.owedTo(t, "2026-10", 0, 500)
	own := ownReference(t, b, 1)
	b.putBack(t)
	first, second := batchOf("01", "0001"), batchOf("7H", "0001")
	b.find(t, first, true, payment(own, 0, 500))
	b.find(t, second, true, payment(own, 0, 500))
	in := ledger.Adoption{Facility: b.facility, Batch: first, Date: "2026-11-25", Reason: "matches"}
	if _, err := b.Adopt(t.Context(), clerk, in); err != nil {
		t.Fatal(err)
	}
	in.Batch = second
	if _, err := b.Adopt(t.Context(), clerk, in); err == nil || !strings.Contains(err.Error(), "is in batch "+first+" too: ask the bank whether it was paid twice") {
		t.Errorf("adopting the second: %v", err)
	}
	b.free(t)
	if held := b.heldAmounts(t); len(held) > 0 {
		t.Errorf("%v are held back", held)
	}
	if batch, ok := b.compose(t, nil); ok {
		t.Errorf("composed %+v", batch)
	}
	b.verify(t)
}

// TestReferenceThatWasRecalled: the payment of another life was adopted before the
// wage was approved that has the same reference here. Under it that one is never
// sent, now that nothing is to be explained of it any more.
func TestReferenceThatWasRecalled(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.owedTo(t, "2026-10", 2, 200_00)
	in := ledger.SheetImport{Facility: b.facility, Name: "later.csv", File: b.put(t, "later"), Period: "2026-10", Count: 1, Total: 100_00}
	s, _, err := b.ImportWages(t.Context(), clerk, in, func(add func(ledger.Wage) error) (string, error) {
		return "later", add(ledger.Wage{Line: 2, Beneficiary: "W1", Name: nameOf(1), Account: accountOf(1), Amount: 100_00})
	})
	if err != nil {
		t.Fatal(err)
	}
	mine := reference(t, b, 2)
	b.find(t, batchOf("77", "0001"), true, payment(mine, 2, 200_00))
	if _, err := b.adopt(t, batchOf("77", "0001")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-25", ledger.Limits{}); err != nil {
		t.Fatal(err)
	}
	b.free(t)
	if batch, ok := b.compose(t, nil); ok {
		t.Errorf("%+v is composed of a reference that the bank has had", batch)
	}
	held, err := b.Held(t.Context(), b.facility.ID)
	if err != nil || len(held) != 1 || held[0].Reference != mine || held[0].Like != ledger.SameReference {
		t.Fatalf("%+v %v", held, err)
	}
	if _, err := b.PayHeld(t.Context(), clerk, b.facility.ID, []string{mine}, "another wage"); !errors.Is(err, ledger.ErrNeverAgain) {
		t.Errorf("under a reference that the bank has had: %v", err)
	}
}

// TestReferenceOfAnotherLife: another life took the mark of this one, and gave a
// reference to another wage. What has it here is never sent under it; and the
// payment goes on to hold back the wage that it was, or that is paid twice.
func TestReferenceOfAnotherLife(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.owedTo(t, "2026-10", 1, 100_00) // gets the reference
	b.owedTo(t, "2026-10", 2, 200_00) // what the other life paid by it
	mine := reference(t, b, 1)
	b.find(t, batchOf("77", "0001"), true, payment(mine, 2, 200_00))
	if diff := cmp.Diff([]ledger.Money{100_00, 200_00}, b.heldAmounts(t)); diff != "" {
		t.Error(diff)
	}
	if _, err := b.PayHeld(t.Context(), clerk, b.facility.ID, []string{mine}, "another wage"); !errors.Is(err, ledger.ErrNeverAgain) {
		t.Errorf("under a reference that the bank has had: %v", err)
	}
}
