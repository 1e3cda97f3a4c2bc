package ledger_test

import (
	"fmt"
	"testing"

	"bekal/reconcile/ledger"
)

// Full chunks are written in few calls where columns are constant or count up.
// The chain is computed over what was given, and Verify over what is there: so
// it finds every row that was written otherwise.
func TestChunksWriteWhatWasGiven(t *testing.T) {
	b := newBooks(t)
	for n, row := range []func(i int64) ledger.RosterLine{
		func(i int64) ledger.RosterLine { // line counts, the rest differs
			return ledger.RosterLine{Line: i + 2, Beneficiary: fmt.Sprint("A", i), RegisterNumber: fmt.Sprint(i % 3), Name: fmt.Sprint("CONTOH ", i), Account: fmt.Sprintf("999%012d", i)}
		},
		func(i int64) ledger.RosterLine { // nearly counts, nearly constant
			line := i + 2
			if i%64 == 63 {
				line = 7
			}
			name := "CONTOH"
			if i%64 == 1 {
				name = ""
			}
			return ledger.RosterLine{Line: line, Beneficiary: fmt.Sprint("B", i), RegisterNumber: "", Name: name, Account: "999000000000000"}
		},
		func(i int64) ledger.RosterLine { // constant, negative, falling
			return ledger.RosterLine{Line: 5 - i, Beneficiary: fmt.Sprint("C", i/2), RegisterNumber: "5", Name: "5", Account: "000000000000005"}
		},
		func(i int64) ledger.RosterLine { // everything constant but the id
			return ledger.RosterLine{Line: 3, Beneficiary: "D", RegisterNumber: "D", Name: "D", Account: "999000000000000"}
		},
	} {
		name := fmt.Sprint("roster", n)
		_, _, err := b.ImportRoster(t.Context(), clerk, b.facility, name, b.put(t, name), func(add func(ledger.RosterLine) error) error {
			for i := range int64(64*3 + 5) {
				if err := add(row(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		b.verify(t)
	}
}

func TestLookupInAnyOrder(t *testing.T) {
	b := newBooks(t)
	roster, _, err := b.ImportRoster(t.Context(), clerk, b.facility, "roster", b.put(t, "roster"), func(add func(ledger.RosterLine) error) error {
		for i := range int64(3000) {
			k := i * 7 % 3000 // not in order
			if err := add(ledger.RosterLine{Line: i + 2, Beneficiary: fmt.Sprintf("W%05d", k), Name: fmt.Sprint("CONTOH ", k), Account: fmt.Sprintf("999%012d", k)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := b.Accounts(t.Context(), roster)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []int{0, 1, 2, 2999, 2998, 1500, 1500, 0, 2999} {
		name, account, ok := a.Lookup(fmt.Sprintf("W%05d", k))
		if !ok || name != fmt.Sprint("CONTOH ", k) || account != fmt.Sprintf("999%012d", k) {
			t.Errorf("%d: %q %q %v", k, name, account, ok)
		}
	}
	for _, nobody := range []string{"", "W", "W03000", "X", "A"} {
		if _, _, ok := a.Lookup(nobody); ok {
			t.Errorf("%q was found", nobody)
		}
	}
}

func TestReviewTakesTwoPeople(t *testing.T) {
	b := story(t)
	review := func(who ledger.Actor, step ledger.Review) error {
		return b.ReviewMismatch(t.Context(), who, 1, step, "because")
	}
	// The story's mismatch was cleared by the bank's answer: nothing is left to
	// review.
	if err := review(clerk, ledger.Propose); err == nil {
		t.Error("a cleared mismatch was proposed")
	}
	batch, err := b.Batch(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	err = b.PostFile(t.Context(), clerk, b.receive(t, "A-09.STL", "nine").File, b.bank.ID, "2026-11-28", func(p *ledger.Posting) error {
		return p.Mismatch(ledger.MismatchRow{Kind: "unknown", FacilityID: b.facility.ID, BatchID: batch.ID, Reference: "X"})
	})
	if err != nil {
		t.Fatal(err)
	}
	second := func(who ledger.Actor, step ledger.Review) error {
		return b.ReviewMismatch(t.Context(), who, 2, step, "because")
	}
	for _, c := range []struct {
		who  ledger.Actor
		step ledger.Review
		ok   bool
	}{{approver, ledger.Resolve, false}, {clerk, ledger.Reopen, false}, {clerk, ledger.Propose, true}, {clerk, ledger.Propose, false}, {clerk, ledger.Resolve, false},
		{approver, ledger.Resolve, true}, {approver, ledger.Resolve, false}, {clerk, ledger.Reopen, true}, {clerk, ledger.Propose, true}} {
		if err := second(c.who, c.step); (err == nil) != c.ok {
			t.Errorf("%s by %s: %v", c.step, c.who.User, err)
		}
	}
	b.verify(t)
}
