package reconcile_test

import (
	"testing"

	"bekal/reconcile"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

const account = "999000000000001"

func standing(change func(*ledger.Standing)) ledger.Standing {
	s := ledger.Standing{ID: 7, Batch: 3, Reference: "R", Account: account, Name: "Contoh Satu", Amount: 50000000}
	if change != nil {
		change(&s)
	}
	return s
}

func answer(class reconcile.Class, change func(*reconcile.Answer)) reconcile.Answer {
	a := reconcile.Answer{Line: 2, Reference: []byte("R"), Account: []byte(account), Name: []byte("CONTOH SATU"), Amount: 50000000, Class: class, Posted: []byte("20261124090000")}
	if change != nil {
		change(&a)
	}
	return a
}

func TestJudge(t *testing.T) {
	final := func(o ledger.Outcome) ledger.Standing {
		return standing(func(s *ledger.Standing) { s.Final = o })
	}
	returned := standing(func(s *ledger.Standing) { s.Final, s.WasReturned = ledger.Settled, true })
	astray := standing(func(s *ledger.Standing) { m := ledger.Money(1); s.Misdirected = &m })
	both := standing(func(s *ledger.Standing) { m := ledger.Money(1); s.Final, s.Misdirected = ledger.Settled, &m })
	brought := standing(func(s *ledger.Standing) {
		m := ledger.Money(1)
		s.Final, s.Misdirected, s.StrayReturned = ledger.Settled, &m, true
	})
	elsewhere := standing(func(s *ledger.Standing) { s.Batch = 4 })
	never := standing(func(s *ledger.Standing) { s.Batch = 0 })
	paid := func(change func(*reconcile.Answer)) reconcile.Answer { return answer(reconcile.ClassPaid, change) }
	failed, pending, back := answer(reconcile.ClassFailed, nil), answer(reconcile.ClassPending, nil), answer(reconcile.ClassReturned, nil)
	more := func(a *reconcile.Answer) { a.Amount = 60000000 }
	other := func(a *reconcile.Answer) { a.Account = []byte("999000000000002") }
	for _, c := range []struct {
		name      string
		answer    reconcile.Answer
		standing  ledger.Standing
		returns   bool // in a return file
		outcome   ledger.Outcome
		unordered ledger.Money
		kinds     []reconcile.Kind
	}{
		{"paid", paid(nil), standing(nil), false, ledger.Settled, 0, nil},
		{"paid, another amount", paid(more), standing(nil), false, ledger.Settled, 0, []reconcile.Kind{reconcile.Amount}},
		{"paid to another account", paid(other), standing(nil), false, ledger.Misdirected, 0, []reconcile.Kind{reconcile.Account}},
		{"paid to another account, another amount", paid(func(a *reconcile.Answer) { more(a); other(a) }), standing(nil), false, ledger.Misdirected, 0, []reconcile.Kind{reconcile.Account, reconcile.Amount}},
		{"paid to another account twice", paid(other), astray, false, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"paid where it belongs, after it went astray", paid(nil), astray, false, ledger.Settled, 0, nil},
		{"paid, another name", paid(func(a *reconcile.Answer) { a.Name = []byte("CONTOH SATV") }), standing(nil), false, ledger.Settled, 0, []reconcile.Kind{reconcile.Name}},
		{"paid on the last day", paid(func(a *reconcile.Answer) { a.Posted = []byte("20261126235959") }), standing(nil), false, ledger.Settled, 0, nil},
		{"paid late", paid(func(a *reconcile.Answer) { a.Posted = []byte("20261127000000") }), standing(nil), false, ledger.Settled, 0, []reconcile.Kind{reconcile.Late}},
		{"paid late, another amount, another name", paid(func(a *reconcile.Answer) { more(a); a.Name, a.Posted = []byte("CONTOH SATV"), []byte("20261127000000") }), standing(nil), false, ledger.Settled, 0,
			[]reconcile.Kind{reconcile.Amount, reconcile.Name, reconcile.Late}},
		{"paid twice", paid(nil), final(ledger.Settled), false, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"paid after it was rejected", paid(nil), final(ledger.Rejected), false, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"pending", pending, standing(nil), false, ledger.Pending, 0, []reconcile.Kind{reconcile.Pending}},
		{"pending, older than the final answer", pending, final(ledger.Settled), false, "", 0, nil},
		{"rejected", failed, standing(nil), false, ledger.Rejected, 0, []reconcile.Kind{reconcile.Rejected}},
		{"rejected, another amount", answer(reconcile.ClassFailed, more), standing(nil), false, ledger.Rejected, 0, []reconcile.Kind{reconcile.Rejected, reconcile.Amount}},
		{"rejected after it was paid", failed, final(ledger.Settled), false, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"rejected after it went astray", failed, astray, false, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"rejected, since the bank has had it before", answer(reconcile.ClassFailed, func(a *reconcile.Answer) { a.Conflict = true }), standing(nil), false, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"returned after it was paid", back, final(ledger.Settled), true, ledger.Returned, 0, []reconcile.Kind{reconcile.Returned}},
		{"returned before it was paid", back, standing(nil), false, ledger.Returned, 0, []reconcile.Kind{reconcile.Returned}},
		{"returned after it went astray", back, astray, true, ledger.Returned, 0, []reconcile.Kind{reconcile.Returned}},
		{"what went astray returned, after it was paid where it belongs", answer(reconcile.ClassReturned, other), both, true, ledger.StrayReturned, 0, []reconcile.Kind{reconcile.Returned, reconcile.Account}},
		{"what went astray returned twice", answer(reconcile.ClassReturned, other), brought, true, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"returned where it belongs, while another sum is astray", back, both, true, ledger.Returned, 0, []reconcile.Kind{reconcile.Returned}},
		{"rejected, another account", answer(reconcile.ClassFailed, other), standing(nil), false, "", 0, []reconcile.Kind{reconcile.Account}},
		{"rejected, another account, after it was paid", answer(reconcile.ClassFailed, other), final(ledger.Settled), false, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"pending, another account", answer(reconcile.ClassPending, other), standing(nil), false, "", 0, []reconcile.Kind{reconcile.Account}},
		{"returned from another account after it was paid", answer(reconcile.ClassReturned, other), final(ledger.Settled), true, "", -50000000, []reconcile.Kind{reconcile.Account}},
		{"returned from another account before it was paid", answer(reconcile.ClassReturned, func(a *reconcile.Answer) { other(a); more(a) }), standing(nil), false, "", 0, []reconcile.Kind{reconcile.Account, reconcile.Amount}},
		{"returned twice", back, returned, true, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"returned after it was rejected", back, final(ledger.Rejected), true, "", 0, []reconcile.Kind{reconcile.Duplicate}},
		{"never sent, paid", paid(nil), ledger.Standing{}, false, "", 50000000, []reconcile.Kind{reconcile.Unknown}},
		{"never sent, rejected", failed, ledger.Standing{}, false, "", 0, []reconcile.Kind{reconcile.Unknown}},
		{"never sent, returned", back, ledger.Standing{}, true, "", -50000000, []reconcile.Kind{reconcile.Unknown}},
		{"in no batch, paid", paid(nil), never, false, "", 50000000, []reconcile.Kind{reconcile.Unknown}},
		{"of another batch, paid", paid(nil), elsewhere, false, "", 50000000, []reconcile.Kind{reconcile.Unknown}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := reconcile.Order{Batch: 3, LateAfter: "20261126", NameAsSent: func(string) string { return "CONTOH SATU" }}
			if c.returns {
				o.Batch = 0
			}
			v := reconcile.Judge(&c.answer, &c.standing, &o)
			if v.Outcome != c.outcome || v.Unordered != c.unordered {
				t.Errorf("outcome %q, unordered %s; want %q, %s", v.Outcome, v.Unordered, c.outcome, c.unordered)
			}
			if diff := cmp.Diff(c.kinds, append([]reconcile.Kind(nil), v.Kinds()...)); diff != "" {
				t.Error(diff)
			}
			for _, k := range v.Kinds() {
				row := reconcile.Row(k, &c.answer, &c.standing)
				if row.ActualAmount == nil || *row.ActualAmount != c.answer.Amount {
					t.Errorf("%s does not show the bank's side", k)
				}
				if ordered := row.ExpectedAmount != nil; ordered == (k == reconcile.Unknown) {
					t.Errorf("%s: our side is shown: %v", k, ordered)
				}
				x := reconcile.Explain(row, nil, "2026-11-24")
				if x.Reason.ID == "" || x.Reason.EN == "" || x.NextStep.ID == "" || x.NextStep.EN == "" {
					t.Errorf("%s has no words: %+v", k, x)
				}
			}
		})
	}
}

// Judging an answer that ties costs no memory: a million of them are judged a
// night.
func TestJudgeAllocatesNothing(t *testing.T) {
	a, s := answer(reconcile.ClassPaid, func(a *reconcile.Answer) { a.Name = []byte("Contoh Satu") }), standing(nil)
	o := reconcile.Order{Batch: 3, LateAfter: "20261126"}
	if n := testing.AllocsPerRun(100, func() { reconcile.Judge(&a, &s, &o) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
