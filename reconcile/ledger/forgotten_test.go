package ledger_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// batchOf makes a batch reference.
func batchOf(mark, n string) string {
	ref := "PWK" + mark + "B261125" + n
	return ref + string(ledger.CheckCharacter(ref))
}

// putBack begins the life of books that were put back from a copy.
func (b *books) putBack(t testing.TB) {
	t.Helper()
	if err := b.BeginLife(t.Context(), clerk, "2026-11-25", "restored", rand.Reader); err != nil {
		t.Fatal(err)
	}
}

// find records a transfer file of a forgotten batch with these payments.
func (b *books) find(t testing.TB, batch string, atBank bool, payments ...ledger.FoundPayment) {
	t.Helper()
	f := ledger.Finding{Bank: b.bank.ID, Batch: batch, Name: batch + ".TRF", Stored: b.put(t, batch), Evidence: ledger.ByTransfer, Place: "at the bank", AtBank: atBank, ValueDate: "2026-11-26", Count: int64(len(payments))}
	for _, p := range payments {
		f.Total += p.Amount
	}
	isNew, err := b.Find(t.Context(), clerk, f, func(add func(ledger.FoundPayment) error) error {
		for i, p := range payments {
			p.Line, p.Paid = int64(i+2), true
			if err := add(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || !isNew {
		t.Fatal(isNew, err)
	}
}

// payment is a payment to the account of the n-th wage of a sheet.
func payment(reference string, n int, amount ledger.Money) ledger.FoundPayment {
	return ledger.FoundPayment{Reference: reference, Account: accountOf(n), Name: nameOf(n), Amount: amount}
}

// forgets puts a row into every table of what restored books have to decide.
func (b *books) forgets(t testing.TB) {
	t.Helper()
	b.putBack(t)
	b.wages(t, "2027-01", 3)
	b.find(t, batchOf("01", "0009"), true, payment("OLD1", 0, 100000), payment("OLD2", 1, 200000), payment("OLD5", 5, 500))
	b.find(t, batchOf("01", "000A"), false, payment("OLD3", 2, 999))
	b.find(t, batchOf("01", "000B"), false, payment("OLD4", 3, 999))
	in := ledger.Adoption{Facility: b.facility, Batch: batchOf("01", "0009"), Date: "2026-11-25", Reason: "matches", Partly: true}
	if _, err := b.Adopt(t.Context(), clerk, in); err != nil {
		t.Fatal(err)
	}
	b.owedTo(t, "2027-01", 5, 500)
	if _, err := b.Adopt(t.Context(), clerk, in); err != nil {
		t.Fatal(err)
	}
	held, err := b.Held(t.Context(), b.facility.ID)
	if err != nil || len(held) != 1 || held[0].Like != ledger.SameAccount {
		t.Fatalf("%+v %v", held, err)
	}
	for _, who := range []ledger.Actor{clerk, approver} {
		if _, err := b.PayHeld(t.Context(), who, b.facility.ID, []string{held[0].Reference}, "another wage"); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []string{"000A", "000B"} {
		if err := b.LeaveForgotten(t.Context(), clerk, batchOf("01", n), "unknown", false); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.ProposeRelease(t.Context(), clerk, "2026-11-25", "looked"); err != nil {
		t.Fatal(err)
	}
	if err := b.ReleaseHold(t.Context(), approver, "2026-11-25", "looked"); err != nil {
		t.Fatal(err)
	}
}

func restoredBooks(t testing.TB) *books {
	t.Helper()
	b := newBooks(t)
	b.putBack(t)
	return b
}

// owingBooks are books that owed n wages when they were put back.
func owingBooks(t testing.TB, n int) *books {
	t.Helper()
	b := newBooks(t)
	b.wages(t, "2026-10", n)
	b.putBack(t)
	return b
}

// Every forgotten payment holds one deposit back at most, and the surest one:
// the order in which they lie in the books does not matter.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	const hundred, other = 100000, 777
	for _, c := range []struct {
		name     string
		payments []ledger.FoundPayment
		want     []string // amount and what is alike, by deposit
	}{
		{"nothing", nil, nil},
		{"the same wage", []ledger.FoundPayment{payment("A", 1, 2*hundred)}, []string{"200000 account and amount"}},
		{"the same wage before the same account", []ledger.FoundPayment{payment("A", 0, other), payment("B", 0, hundred)}, []string{"100000 account and amount", "100000 account"}},
		{"one payment of two equal wages", []ledger.FoundPayment{payment("A", 0, hundred)}, []string{"100000 account and amount"}},
		{"two payments of two equal wages", []ledger.FoundPayment{payment("A", 0, hundred), payment("B", 0, hundred)}, []string{"100000 account and amount", "100000 account and amount"}},
		{"three payments of two", []ledger.FoundPayment{payment("A", 0, hundred), payment("B", 0, hundred), payment("C", 0, hundred)}, []string{"100000 account and amount", "100000 account and amount"}},
		{"another account, the same name, cut", []ledger.FoundPayment{{Reference: "A", Account: "999999999999999", Name: nameOf(2)[:12], Amount: 3 * hundred}}, []string{"300000 name and amount"}},
		{"nobody's", []ledger.FoundPayment{{Reference: "A", Account: "999999999999999", Name: "SIAPA", Amount: 5}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := restoredBooks(t)
			b.wages(t, "2026-10", 3)
			// The first wage of the second sheet is that of the first again.
			b.wages(t, "2026-11", 1)
			if len(c.payments) > 0 {
				b.find(t, batchOf("01", "0001"), true, c.payments...)
			}
			held, err := b.Held(t.Context(), b.facility.ID)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			var sum ledger.Tally
			for _, h := range held {
				got = append(got, fmt.Sprintf("%d %s", int64(h.Amount), h.Like))
				sum = sum.Plus(ledger.Tally{Count: 1, Total: h.Amount})
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatalf("held back (-want +got):\n%s", diff)
			}
			// What is composed is all the rest.
			b.free(t)
			all := ledger.Tally{Count: 4, Total: 700000}
			for {
				batch, ok := b.compose(t, nil)
				if !ok {
					break
				}
				sum = sum.Plus(ledger.Tally{Count: batch.Count, Total: batch.Total})
			}
			if sum != all {
				t.Errorf("composed and held back %+v, want %+v", sum, all)
			}
			b.verify(t)
		})
	}
}

// free ends the hold with whatever is forgotten left.
func (b *books) free(t testing.TB) {
	t.Helper()
	all, err := b.AllForgotten(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.Decision == "" {
			if err := b.LeaveForgotten(t.Context(), clerk, f.Batch, "a test", false); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.ProposeRelease(t.Context(), clerk, "2026-11-25", "a test"); err != nil {
		t.Fatal(err)
	}
	if err := b.ReleaseHold(t.Context(), approver, "2026-11-25", "a test"); err != nil {
		t.Fatal(err)
	}
}

// A file that comes to light between the two decisions undoes the first.
func TestReleaseSeesWhatIsNew(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.wages(t, "2026-10", 3)
	if err := b.ProposeRelease(t.Context(), clerk, "2026-11-25", "nothing there"); err != nil {
		t.Fatal(err)
	}
	batch := batchOf("01", "0001")
	b.find(t, batch, true, payment("A", 0, 100000))
	if err := b.ReleaseHold(t.Context(), approver, "2026-11-25", "fine"); !errors.Is(err, ledger.ErrUndecided) {
		t.Errorf("released over an undecided batch: %v", err)
	}
	if _, err := b.Adopt(t.Context(), clerk, ledger.Adoption{Facility: b.facility, Batch: batch, Date: "2026-11-25", Reason: "matches"}); err != nil {
		t.Fatal(err)
	}
	if err := b.ReleaseHold(t.Context(), approver, "2026-11-25", "fine"); !errors.Is(err, ledger.ErrNotProposed) {
		t.Errorf("released on a proposal that did not know of the batch: %v", err)
	}
	if err := b.ProposeRelease(t.Context(), approver, "2026-11-25", "adopted"); err != nil {
		t.Fatal(err)
	}
	if err := b.ReleaseHold(t.Context(), clerk, "2026-11-25", "fine"); err != nil {
		t.Error(err)
	}
	if err := b.ReleaseHold(t.Context(), clerk, "2026-11-25", "again"); !errors.Is(err, ledger.ErrNoHold) {
		t.Errorf("released twice: %v", err)
	}
}

// Adopting takes deposits by their references first, then by account and amount,
// never one that another forgotten file names by its reference; and the answers
// of the bank under the old references find them.
func TestAdopt(t *testing.T) {
	t.Parallel()
	b := owingBooks(t, 1) // deposit 1: 100000
	own := ownReference(t, b, 1)
	b.wages(t, "2026-11", 2) // deposits 2 and 3: 100000, 200000
	first, second := batchOf("01", "0001"), batchOf("01", "0002")
	b.find(t, first, true, payment(own, 0, 100000))
	b.find(t, second, false, payment("OLD2", 1, 200000), payment("OLD1", 0, 100000))

	adopt := func(batch string, partly bool) (ledger.Adopted, error) {
		return b.Adopt(t.Context(), clerk, ledger.Adoption{Facility: b.facility, Batch: batch, Date: "2026-11-25", Reason: "matches", Partly: partly})
	}
	// The second one first: it must not take deposit 1, which the first names.
	done, err := adopt(second, false)
	if err != nil || done.Batch.State != "uncertain" || done.Batch.Count != 2 {
		t.Fatalf("%+v %v", done, err)
	}
	if done, err = adopt(first, false); err != nil || done.Batch.State != "delivered" || done.Batch.Count != 1 {
		t.Fatalf("%+v %v", done, err)
	}
	if _, err := adopt(first, false); !errors.Is(err, ledger.ErrDecided) {
		t.Errorf("adopted twice: %v", err)
	}
	b.verify(t)
	for old, sequence := range map[string]int64{"OLD2": 1, "OLD1": 2, own: 1} {
		life, err := b.Life(t.Context(), old)
		if err != nil || life.Sequence != sequence {
			t.Errorf("%s: %+v %v", old, life, err)
		}
	}
	file := b.receive(t, "A.STL", "answer").File
	err = b.PostFile(t.Context(), clerk, file, b.bank.ID, "2026-11-26", func(p *ledger.Posting) error {
		batch, err := p.Batch(second)
		if err != nil {
			return err
		}
		if err := p.ProveDelivered(batch); err != nil {
			return err
		}
		for line, ref := range []string{"OLD2", "OLD1"} {
			id, err := p.DepositID([]byte(ref))
			if err != nil {
				return err
			}
			s, err := p.Standings(nil, []int64{id})
			if err != nil {
				return err
			}
			if ok, err := p.Means(&s[0], []byte(ref)); !ok || err != nil {
				t.Errorf("%s is not deposit %d: %v", ref, id, err)
			}
			if err := p.Answer(&s[0], ledger.Answered{Outcome: ledger.Settled, Line: int64(line + 2), Amount: s[0].Amount}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.verify(t)
	p, err := b.Position(t.Context())
	if err != nil || p.Owed.Count != 0 || p.Open().Count != 1 {
		t.Errorf("%+v %v", p, err)
	}
	b.free(t)
	if batch, ok := b.compose(t, nil); ok {
		t.Errorf("composed %+v, and everything was sent", batch)
	}
}

// Nothing is adopted halfway unless a person says so, and what stays unexplained
// goes on to hold back what looks like it.
func TestAdoptPartly(t *testing.T) {
	t.Parallel()
	b := restoredBooks(t)
	b.wages(t, "2026-10", 2)
	batch := batchOf("01", "0001")
	b.find(t, batch, true, payment("A", 0, 100000), payment("B", 7, 500), payment("C", 1, 200000))
	in := ledger.Adoption{Facility: b.facility, Batch: batch, Date: "2026-11-25", Reason: "matches"}
	if _, err := b.Adopt(t.Context(), clerk, in); !errors.Is(err, ledger.ErrUnmatched) || !strings.Contains(err.Error(), "of 3, 1 are not (B)") {
		t.Errorf("%v", err)
	}
	in.Partly = true
	done, err := b.Adopt(t.Context(), clerk, in)
	if err != nil || done.Batch.Count != 2 || len(done.Unmatched) != 1 || done.Unmatched[0].Reference != "B" {
		t.Fatalf("%+v %v", done, err)
	}
	b.verify(t)
	b.wages(t, "2026-11", 8)
	held, err := b.Held(t.Context(), b.facility.ID)
	if err != nil || len(held) != 1 || held[0].Claim.Reference != "B" || held[0].Account != accountOf(7) {
		t.Errorf("%+v %v", held, err)
	}
	// What it was turns up: the batch takes it, and is whole.
	b.owedTo(t, "2026-11", 7, 500)
	in.Partly = false
	if done, err = b.Adopt(t.Context(), clerk, in); err != nil || done.Batch.ID != 1 || done.Batch.Count != 3 || done.Batch.Total != 300500 || done.Added != (ledger.Tally{Count: 1, Total: 500}) {
		t.Fatalf("%+v %v", done, err)
	}
	if _, err := b.Adopt(t.Context(), clerk, in); !errors.Is(err, ledger.ErrDecided) {
		t.Errorf("adopted again, and nothing is left of it: %v", err)
	}
	if held := b.heldAmounts(t); len(held) > 0 {
		t.Errorf("%v are held back", held)
	}
	b.verify(t)
	if p, err := b.Position(t.Context()); err != nil || p.Open() != (ledger.Tally{Count: 3, Total: 300500}) || p.InTransit != 300500 {
		t.Errorf("%+v %v", p, err)
	}
}

// A wage that the bank has had under its own reference is never paid again,
// whoever says so.
func TestNeverAgain(t *testing.T) {
	t.Parallel()
	b := owingBooks(t, 2)
	own := ownReference(t, b, 2)
	b.find(t, batchOf("01", "0001"), true, payment(own, 1, 200000))
	if _, err := b.PayHeld(t.Context(), clerk, b.facility.ID, []string{own}, "really"); !errors.Is(err, ledger.ErrNeverAgain) {
		t.Errorf("%v", err)
	}
}

func TestBatchMark(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]string{batchOf("01", "0001"): "01", batchOf("7H", "00ZZ"): "7H", "": "", "PWK": "", "PWK01B26112500010": "", "PWK01C261125000116": "", "pwk01b2611250001x": ""} {
		if mark, ok := ledger.BatchMark(ref); mark != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", ref, mark, ok, want)
		}
	}
	b := newBooks(t)
	b.wages(t, "2026-10", 1)
	batch, _ := b.compose(t, nil)
	if mark, ok := ledger.BatchMark(batch.Reference); !ok || mark != "01" {
		t.Errorf("%s: %q %v", batch.Reference, mark, ok)
	}
}

// accountOf and nameOf are those of the n-th wage of a sheet.
func accountOf(n int) string { return fmt.Sprintf("999%012d", n) }

func nameOf(n int) string { return fmt.Sprintf("CONTOH %07d", n) }
