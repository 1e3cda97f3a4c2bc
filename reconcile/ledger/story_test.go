package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

func answer(line int64, outcome ledger.Outcome, amount ledger.Money) ledger.Answered {
	return ledger.Answered{Outcome: outcome, Line: line, Status: "00", Code: "2001700", Amount: amount}
}

// post answers the deposits with those ids.
func (b *books) post(t testing.TB, file ledger.File, outcomes map[int64]ledger.Outcome, more ledger.Money) {
	t.Helper()
	err := b.PostFile(t.Context(), clerk, file, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
		for id := range int64(100) {
			o, ok := outcomes[id]
			if !ok {
				continue
			}
			s, err := p.Standings(nil, []int64{id})
			if err != nil {
				return err
			}
			if err := p.Answer(&s[0], answer(id, o, s[0].Amount+more)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStory(t *testing.T) {
	b := newBooks(t)
	b.wages(t, "2026-10", 10)
	batch, ok := b.compose(t, nil)
	if !ok || batch.Count != 10 || batch.Total != 5500000 {
		t.Fatalf("composed %v %+v", ok, batch)
	}
	if _, again := b.compose(t, nil); again {
		t.Fatal("deposits were composed twice")
	}
	b.deliver(t, batch)
	first := b.receive(t, "A-01.STL", "one").File
	b.post(t, first, map[int64]ledger.Outcome{1: ledger.Settled, 2: ledger.Settled, 3: ledger.Rejected, 4: ledger.Pending}, 0)
	second := b.receive(t, "RET-01.STL", "two").File
	b.post(t, second, map[int64]ledger.Outcome{1: ledger.Returned, 4: ledger.Settled, 5: ledger.Misdirected}, 0)
	b.verify(t)

	p, err := b.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	q := p.Batches[0]
	got := []ledger.Tally{q.Sent, q.Settled, q.Rejected, q.Open, q.Pending, q.Returned, p.Failed, q.JournalSettled, q.JournalRejected}
	want := []ledger.Tally{{10, 5500000}, {3, 700000}, {1, 300000}, {6, 4500000}, {0, 0}, {1, 100000}, {2, 400000}, {3, 700000}, {1, 300000}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if p.InTransit != 4500000 || p.Payable != 400000 {
		t.Errorf("in transit %s, payable %s", p.InTransit, p.Payable)
	}
	life, err := b.Life(t.Context(), reference(t, b, 1))
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for _, e := range life.Events {
		events = append(events, e.Event)
	}
	if diff := cmp.Diff([]string{"imported", "approved", "sealed", "staged", "delivered", "settled", "returned"}, events); diff != "" {
		t.Error(diff)
	}
	if life.State != "returned" {
		t.Errorf("state %s", life.State)
	}
}

func reference(t testing.TB, b *books, id int64) string {
	t.Helper()
	var ref string
	file := b.receive(t, "probe", "probe").File
	err := b.PostFile(t.Context(), clerk, file, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
		s, err := p.Standings(nil, []int64{id})
		ref = s[0].Reference
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestFinalAnswerIsOnce(t *testing.T) {
	b := newBooks(t)
	b.wages(t, "2026-10", 3)
	batch, _ := b.compose(t, nil)
	b.deliver(t, batch)
	b.post(t, b.receive(t, "A-01.STL", "one").File, map[int64]ledger.Outcome{1: ledger.Settled}, 0)
	file := b.receive(t, "A-02.STL", "two").File
	err := b.PostFile(t.Context(), clerk, file, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
		return p.Answer(&ledger.Standing{ID: 1, Batch: 1, Amount: 100000}, answer(1, ledger.Rejected, 100000))
	})
	if err == nil {
		t.Fatal("a deposit was answered for good twice")
	}
	b.verify(t)
}

func TestAmountDifferencesDoNotCancel(t *testing.T) {
	b := newBooks(t)
	b.wages(t, "2026-10", 2)
	batch, _ := b.compose(t, nil)
	b.deliver(t, batch)
	err := b.PostFile(t.Context(), clerk, b.receive(t, "A-01.STL", "one").File, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
		return errors.Join(
			p.Answer(&ledger.Standing{ID: 1, Batch: 1, Amount: 100000}, answer(2, ledger.Settled, 150000)),
			p.Answer(&ledger.Standing{ID: 2, Batch: 1, Amount: 200000}, answer(3, ledger.Settled, 150000)))
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := b.Journal(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var suspense []ledger.Money
	for _, e := range entries {
		for _, p := range e.Postings {
			if p.Account == ledger.Suspense {
				suspense = append(suspense, p.Debit-p.Credit)
			}
		}
	}
	if diff := cmp.Diff([]ledger.Money{50000, -50000}, suspense); diff != "" {
		t.Error(diff)
	}
	b.verify(t)
}

func TestSameBytesChangeNothing(t *testing.T) {
	b := newBooks(t)
	b.wages(t, "2026-10", 3)
	s, again, err := b.ImportWages(t.Context(), clerk, ledger.SheetImport{Facility: b.facility, Name: "other.csv", File: b.put(t, "2026-103"), Period: "2026-10"}, nil)
	if err != nil || !again || s.ID != 1 || s.State != "approved" {
		t.Fatal(s, again, err)
	}
	first := b.receive(t, "A-01.STL", "one")
	for _, name := range []string{"A-01.STL", "A-02.STL"} {
		r := b.receive(t, name, "one")
		if !r.Known || r.File.ID != first.File.ID || r.FirstName != "A-01.STL" || r.Other {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := b.receive(t, "A-01.STL", "other bytes"); r.Known || !r.Other {
		t.Errorf("other bytes under a used name: %+v", r)
	}
	b.verify(t)
}

func TestFourEyes(t *testing.T) {
	b := newBooks(t)
	s := b.propose(t, "2026-10", 3)
	for _, same := range []string{"clerk", " Clerk "} {
		_, err := b.ApproveSheet(t.Context(), ledger.Actor{User: same, OSUser: "x"}, s.ID, "2026-11-23", ledger.Limits{})
		if !errors.Is(err, ledger.ErrSamePerson) {
			t.Errorf("%q: %v", same, err)
		}
	}
	if _, ok := b.compose(t, nil); ok {
		t.Error("a sheet that nobody approved was composed")
	}
	var over *ledger.OverLimit
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{Deposit: 250000}); !errors.As(err, &over) || over.Beneficiary != "W0000002" {
		t.Errorf("limit: %v", err)
	}
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{}); err != nil {
		t.Error(err)
	}
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-23", ledger.Limits{}); !errors.Is(err, ledger.ErrDecided) {
		t.Errorf("approved twice: %v", err)
	}
	// The month's limit counts all the sheets of a period.
	other := b.propose(t, "2026-10", 2)
	if _, err := b.ApproveSheet(t.Context(), approver, other.ID, "2026-11-23", ledger.Limits{BeneficiaryMonth: 300000}); !errors.As(err, &over) || over.Beneficiary != "W0000001" || over.Amount != 400000 {
		t.Errorf("month: %v", err)
	}
}

func TestBatchesAreCut(t *testing.T) {
	for name, change := range map[string]func(*ledger.Composition){
		"count": func(c *ledger.Composition) { c.MaxDeposits = 4 },
		"total": func(c *ledger.Composition) { c.MaxTotal = 1900000 },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t)
			b.wages(t, "2026-10", 10)
			b.wages(t, "2026-09", 1)
			var sum ledger.Tally
			periods := ""
			for {
				batch, ok := b.compose(t, change)
				if !ok {
					break
				}
				periods += batch.Period[5:] + " "
				sum = sum.Plus(ledger.Tally{Count: batch.Count, Total: batch.Total})
				b.deliver(t, batch)
			}
			if sum != (ledger.Tally{Count: 11, Total: 5600000}) || periods != "09 10 10 10 " && periods != "09 10 10 10 10 " {
				t.Errorf("composed %+v in batches of %s", sum, periods)
			}
			b.verify(t)
		})
	}
}

func TestRepayment(t *testing.T) {
	b := newBooks(t)
	roster, _, err := b.ImportRoster(t.Context(), clerk, b.facility, "roster.csv", b.put(t, "roster"), func(add func(ledger.RosterLine) error) error {
		return errors.Join(add(ledger.RosterLine{Line: 2, Beneficiary: "W0000001", Name: "CONTOH 0000001", Account: "999000000009999"}),
			add(ledger.RosterLine{Line: 3, Beneficiary: "W0000000", Name: "CONTOH 0000000", Account: "999000000000000"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.ApproveRoster(t.Context(), approver, roster.ID); err != nil {
		t.Fatal(err)
	}
	accounts, err := b.Accounts(t.Context(), roster)
	if err != nil {
		t.Fatal(err)
	}
	b.wages(t, "2026-10", 3)
	batch, _ := b.compose(t, nil)
	b.deliver(t, batch)
	b.post(t, b.receive(t, "A-01.STL", "one").File, map[int64]ledger.Outcome{1: ledger.Settled, 2: ledger.Rejected}, 0)
	failed := reference(t, b, 2)
	life, err := b.Life(t.Context(), failed)
	if err != nil {
		t.Fatal(err)
	}
	again := func() (ledger.Sheet, error) {
		return b.ProposeRepayment(t.Context(), clerk, b.facility, []string{life.Reference}, "account corrected", accounts)
	}
	if _, err := b.ProposeRepayment(t.Context(), clerk, b.facility, []string{failed, failed}, "twice", accounts); err == nil || !strings.Contains(err.Error(), "is named twice") {
		t.Errorf("named twice: %v", err)
	}
	s, err := again()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again(); !errors.Is(err, ledger.ErrDecided) {
		t.Errorf("proposed twice: %v", err)
	}
	if _, err := b.RefuseSheet(t.Context(), approver, s.ID, "not yet"); err != nil {
		t.Fatal(err)
	}
	if s, err = again(); err != nil {
		t.Fatalf("a refused repayment cannot be proposed again: %v", err)
	}
	if _, err := b.ApproveSheet(t.Context(), approver, s.ID, "2026-11-25", ledger.Limits{}); err != nil {
		t.Fatal(err)
	}
	repaid, ok := b.compose(t, nil)
	if !ok || repaid.Count != 1 || repaid.Total != 200000 {
		t.Fatalf("%v %+v", ok, repaid)
	}
	b.deliver(t, repaid)
	b.verify(t)
	p, err := b.Position(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if p.Repaid != (ledger.Tally{Count: 1, Total: 200000}) || p.Failed != (ledger.Tally{}) || p.Payable != 0 {
		t.Errorf("repaid %+v, failed %+v, payable %s", p.Repaid, p.Failed, p.Payable)
	}
}

// TestStandingsBesideNoDeposit: ids of no deposit stand beside those that are
// one, and hide no answer.
func TestStandingsBesideNoDeposit(t *testing.T) {
	b := newBooks(t)
	b.wages(t, "2026-10", 3)
	batch, _ := b.compose(t, nil)
	b.deliver(t, batch)
	b.post(t, b.receive(t, "A-01.STL", "one").File, map[int64]ledger.Outcome{1: ledger.Settled, 2: ledger.Rejected, 3: ledger.Settled}, 0)
	for unknown := range int64(20) {
		ids := []int64{1, 2, 3}
		for i := range unknown {
			ids = append(ids, 4+i, -i)
		}
		err := b.PostFile(t.Context(), clerk, b.receive(t, "A-02.STL", fmt.Sprint(unknown)).File, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
			s, err := p.Standings(nil, ids)
			if err == nil && (s[0].Final != ledger.Settled || s[1].Final != ledger.Rejected || s[2].Final != ledger.Settled || s[0].Batch != 1 || s[2].Batch != 1) {
				t.Errorf("beside %d of no deposit: %+v", 2*unknown, s[:3])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
