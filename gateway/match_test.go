package gateway_test

import (
	"context"
	"strings"
	"testing"

	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// kind returns the one mismatch of a kind.
func kind(t *testing.T, list []reconcile.Mismatch, k reconcile.Kind) reconcile.Mismatch {
	t.Helper()
	var found []reconcile.Mismatch
	for _, m := range list {
		if m.Kind == k {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d mismatches of kind %s", len(found), k)
	}
	if m := found[0]; m.Reason.ID == "" || m.Reason.EN == "" || m.NextStep.ID == "" || m.NextStep.EN == "" {
		t.Errorf("a mismatch without words: %+v", m)
	}
	return found[0]
}

// TestEveryKindOfTheBank lets the simulated bank make every fault once; what
// the books say of it is exactly what the bank did.
func TestEveryKindOfTheBank(t *testing.T) {
	t.Parallel()
	exactly := map[banksim.Kind]int{banksim.Missing: 1, banksim.Unknown: 1, banksim.Amount: 2, banksim.Account: 1, banksim.Name: 1, banksim.Duplicate: 1,
		banksim.Rejected: 2, banksim.Returned: 2, banksim.Pending: 2, banksim.Late: 1, banksim.Unreadable: 1}
	o := open(t, func(s *setup) { s.bank.Faults = banksim.Faults{Exactly: exactly, ExactlyBatches: 1} })
	o.wages(30)
	o.night("2026-11-23", gateway.Ran)
	o.work("2026-11-24")
	o.night("2026-11-24", gateway.Ran)
	o.work("2026-11-25")
	for _, date := range []string{"2026-11-25", "2026-11-27"} {
		o.night(date, gateway.Ran)
	}
	injected := map[string]int{}
	pending := map[string]bool{}
	for _, f := range o.bank.Books().Injected() {
		if f.Kind == banksim.Pending {
			pending[f.Reference] = true // decided by now: no mismatch any more
			continue
		}
		injected[string(f.Kind)+" "+f.Reference]++
	}
	if len(pending) != 2 {
		t.Errorf("%d were pending", len(pending))
	}
	list, err := o.run.Mismatches(context.Background(), "2026-11-27", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		what := string(m.Kind) + " " + m.Reference
		if injected[what] == 0 {
			t.Errorf("the bank did nothing like %s", o.line(m))
		}
		injected[what]--
	}
	for what, n := range injected {
		if n > 0 {
			t.Errorf("the books do not know of %s", what)
		}
	}
}

// TestMissing: sent, and not answered within the window; an answer clears it.
func TestMissing(t *testing.T) {
	t.Parallel()
	o := sent(t, 2) // value date 24 November, two business days
	o.answer(1, "01", o.paid(1))
	for _, date := range []string{"2026-11-24", "2026-11-25", "2026-11-26"} {
		o.night(date, gateway.Ran)
		o.mismatches()
	}
	for _, date := range []string{"2026-11-27", "2026-11-28", "2026-12-05"} {
		o.night(date, gateway.Ran)
		m := kind(t, o.mismatches("missing d2"), reconcile.Missing)
		if m.Expected == nil || m.Expected.Amount != 2000_00 || m.Actual != nil || m.Opened.Format("2006-01-02") != "2026-11-27" {
			t.Errorf("%+v", m)
		}
	}
	o.answer(1, "02", o.paid(2, func(a *answer) { a.posted = "20261126235959" }))
	o.night("2026-12-07", gateway.Ran)
	o.mismatches()
	o.deposit(2, "settled")
}

// TestWholeBatchMissing: not one answer.
func TestWholeBatchMissing(t *testing.T) {
	t.Parallel()
	o := sent(t, 3)
	o.night("2026-11-27", gateway.Ran)
	o.mismatches("missing d1", "missing d2", "missing d3")
	o.answer(1, "01", o.paid(1), o.rejected(2), o.pending(3))
	o.night("2026-11-30", gateway.Ran)
	o.mismatches("rejected d2 b1-01.STL:3 status[122-123]", "pending d3 b1-01.STL:4 status[122-123]")
	o.deposit(3, "pending")
}

// TestMissingAndThenAstray: the answer is a bad one, but it is one.
func TestMissingAndThenAstray(t *testing.T) {
	t.Parallel()
	o := sent(t, 1)
	o.night("2026-11-27", gateway.Ran)
	o.mismatches("missing d1")
	o.answer(1, "01", o.paid(1, account("999000000000777")))
	o.night("2026-11-30", gateway.Ran)
	o.mismatches("account d1 b1-01.STL:2 account[10-24]")
}

// TestUnknown: the bank answers what was never sent. Money that moved is in
// suspense.
func TestUnknown(t *testing.T) {
	t.Parallel()
	t.Run("paid", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		o.answer(1, "01", o.paid(1), stranger(70))
		o.night("2026-11-24", gateway.Ran)
		m := kind(t, o.mismatches("unknown ZZZ01000000000 b1-01.STL:3 payment_reference[82-101]"), reconcile.Unknown)
		if m.Expected != nil || m.Actual == nil || m.Actual.Amount != 70_00 {
			t.Errorf("%+v", m)
		}
		o.suspense(70)
		// It comes back.
		o.put(ret, stl("", func() answer { a := stranger(70); a.status = "04"; return a }()))
		o.night("2026-11-25", gateway.Ran)
		o.suspense(0)
	})
	t.Run("rejected or pending", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		no, wait, back := stranger(70), stranger(80), stranger(90)
		no.status, wait.status, back.status = "06", "03", "04"
		o.answer(1, "01", no, wait, back)
		o.night("2026-11-24", gateway.Ran)
		if list := o.mismatches("unknown ZZZ01000000000 b1-01.STL:2 payment_reference[82-101]", "unknown ZZZ01000000000 b1-01.STL:3 payment_reference[82-101]",
			"unknown ZZZ01000000000 b1-01.STL:4 payment_reference[82-101]"); len(list) != 3 {
			t.Error(list)
		}
		o.suspense(0)
	})
	t.Run("of a batch that was never sent", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		o.put("PWK01B26112399999-01.STL", stl("PWK01B2611239999X", o.paid(1)))
		o.night("2026-11-24", gateway.Ran)
		o.mismatches("unknown d1 PWK01B26112399999-01.STL:2 payment_reference[82-101]")
		o.suspense(1000)
		o.deposit(1, "delivered")
	})
	t.Run("that looks like ours", func(t *testing.T) {
		t.Parallel()
		// A check character that is right, and an id that nothing has.
		o := sent(t, 1)
		body := "PWK01" + "0000ZZZZ"
		fake := body + string(ledger.CheckCharacter(body))
		o.answer(1, "01", o.paid(1), o.paid(1, reference(fake)))
		o.night("2026-11-24", gateway.Ran)
		o.mismatches("unknown " + fake + " b1-01.STL:3 payment_reference[82-101]")
		o.suspense(1000)
	})
	t.Run("that has the number of one of ours", func(t *testing.T) {
		t.Parallel()
		// The reference of another life of the books, with the number of a deposit of
		// this one, takes nothing from the line that answers that.
		o := sent(t, 2)
		own := o.paid(1).reference
		body := "PWK77" + own[len("PWK01"):len(own)-1]
		fake := body + string(ledger.CheckCharacter(body))
		o.answer(1, "01", o.paid(1, reference(fake)), o.paid(1), o.paid(1, reference(fake)), o.rejected(2))
		o.night("2026-11-24", gateway.Ran)
		o.mismatches("unknown "+fake+" b1-01.STL:2 payment_reference[82-101]", "unknown "+fake+" b1-01.STL:4 payment_reference[82-101]", "rejected d2 b1-01.STL:5 status[122-123]")
		o.deposit(1, "settled")
		o.suspense(2000)
	})
}

// TestReferenceOfAnotherBatch: the key is the reference inside its batch.
func TestReferenceOfAnotherBatch(t *testing.T) {
	t.Parallel()
	o := open(t, func(s *setup) { s.gate.MaxDeposits = 2 })
	o.wages(4)
	o.night("2026-11-23", gateway.Ran)
	o.answer(1, "01", o.paid(1), o.paid(2), o.paid(3))
	o.night("2026-11-24", gateway.Ran)
	m := kind(t, o.mismatches("unknown d3 b1-01.STL:4 payment_reference[82-101]"), reconcile.Unknown)
	if !strings.Contains(m.Reason.EN, "another batch") || m.Expected != nil {
		t.Errorf("%+v", m)
	}
	o.suspense(3000)
	o.deposit(3, "delivered")
	// Its own batch answers it too: that one counts.
	o.answer(2, "01", o.paid(3), o.paid(4))
	o.night("2026-11-25", gateway.Ran)
	o.deposit(3, "settled")
	o.suspense(3000)
	// A return file may name any batch.
	o.put(ret, stl("", o.returned(1), o.returned(4)))
	o.night("2026-11-26", gateway.Ran)
	o.deposit(1, "returned")
	o.deposit(4, "returned")
}

// TestAmount: the bank moved another amount; the difference is in suspense, in
// its direction.
func TestAmount(t *testing.T) {
	t.Parallel()
	o := sent(t, 4)
	o.answer(1, "01", o.paid(1, amount(1500)), o.paid(2, amount(1800)), o.paid(3))
	o.night("2026-11-24", gateway.Ran)
	list := o.mismatches("amount d1 b1-01.STL:2 amount[65-81]", "amount d2 b1-01.STL:3 amount[65-81]")
	if d := list[0].Difference() + list[1].Difference(); d != 300_00 {
		t.Errorf("the differences add up to %s", d)
	}
	o.suspense(500 - 200)
	o.deposit(1, "settled")
	// One way and the other stand apart in the journal.
	entries, err := o.books.Journal(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var sides []ledger.Money
	for _, e := range entries {
		for _, p := range e.Postings {
			if p.Account == ledger.Suspense {
				sides = append(sides, p.Debit-p.Credit)
			}
		}
	}
	if len(sides) != 2 || sides[0] != 500_00 || sides[1] != -200_00 {
		t.Errorf("suspense: %v", sides)
	}
	// What came in too much comes back with the return, and what came too
	// little does too.
	o.put(ret, stl("", o.returned(1), func() answer { a := o.returned(2); a.amount = 1800_00; return a }()))
	o.night("2026-11-25", gateway.Ran)
	o.suspense(500)
}

// TestZeroAmount: the bank says that it paid nothing at all.
func TestZeroAmount(t *testing.T) {
	t.Parallel()
	o := sent(t, 1)
	o.answer(1, "01", o.paid(1, amount(0)))
	o.night("2026-11-24", gateway.Ran)
	o.mismatches("amount d1 b1-01.STL:2 amount[65-81]")
	o.suspense(-1000)
}

// TestAccount: paid into another account; the deposit stays open until the
// money is back.
func TestAccount(t *testing.T) {
	t.Parallel()
	const wrong = "999000000000777"
	t.Run("and returned", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 2)
		o.answer(1, "01", o.paid(1), o.paid(2, account(wrong)))
		o.night("2026-11-24", gateway.Ran)
		m := kind(t, o.mismatches("account d2 b1-01.STL:3 account[10-24]"), reconcile.Account)
		if m.Expected.Account == m.Actual.Account || m.Actual.Account != wrong {
			t.Errorf("%+v", m)
		}
		o.deposit(2, "misdirected")
		o.suspense(2000)
		// It is answered, so it is not missing.
		r := o.night("2026-11-30", gateway.Ran)
		if r.Report.Summary.InTransit.Count != 1 {
			t.Errorf("%+v", r.Report.Summary)
		}
		o.mismatches("account d2 b1-01.STL:3 account[10-24]")
		back := o.returned(2)
		back.account = wrong
		o.put(ret, stl("", back))
		o.night("2026-12-01", gateway.Ran)
		o.suspense(0)
		o.deposit(2, "returned")
		// In any order: it is not returned twice.
		o.put("RET20261202-01.STL", stl("", o.returned(2)))
		o.night("2026-12-02", gateway.Ran)
		o.suspense(0)
	})
	t.Run("and returned short", func(t *testing.T) {
		t.Parallel()
		// A fee was kept: it stays in suspense.
		o := sent(t, 2)
		o.answer(1, "01", o.paid(1), o.paid(2, account(wrong)))
		o.night("2026-11-24", gateway.Ran)
		back := o.returned(2)
		back.amount = 1900_00
		o.put(ret, stl("", back))
		o.night("2026-11-25", gateway.Ran)
		o.suspense(100)
		o.deposit(2, "returned")
	})
	t.Run("with another amount", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		o.answer(1, "01", o.paid(1, account(wrong), amount(1200)))
		o.night("2026-11-24", gateway.Ran)
		o.mismatches("account d1 b1-01.STL:2 account[10-24]", "amount d1 b1-01.STL:2 amount[65-81]")
		o.suspense(1200)
	})
	t.Run("and then paid rightly", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		o.answer(1, "01", o.paid(1, account(wrong)))
		o.night("2026-11-24", gateway.Ran)
		o.answer(1, "02", o.paid(1))
		o.night("2026-11-25", gateway.Ran)
		o.deposit(1, "settled")
		o.suspense(1000)
		o.mismatches("account d1 b1-01.STL:2 account[10-24]")
	})
	t.Run("and then paid rightly, and returned from there", func(t *testing.T) {
		t.Parallel()
		// It was paid twice, and the stray sum came back: the wage has arrived,
		// and nobody is owed anything.
		o := sent(t, 1)
		o.answer(1, "01", o.paid(1, account(wrong)), o.paid(1))
		o.night("2026-11-24", gateway.Ran)
		o.suspense(1000)
		back := o.returned(1)
		back.account = wrong
		o.put(ret, stl("", back))
		o.night("2026-11-25", gateway.Ran)
		o.suspense(0)
		o.deposit(1, "settled")
		o.put("RET20261126-01.STL", stl("", back, o.returned(1)))
		// The same again is nothing new; that the wage itself came back is.
		o.night("2026-11-26", gateway.Ran)
		o.suspense(0)
		o.deposit(1, "returned")
	})
	t.Run("twice, and then refused", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		o.answer(1, "01", o.paid(1, account(wrong)), o.paid(1, account("999000000000778")), o.rejected(1))
		o.night("2026-11-24", gateway.Ran)
		o.mismatches("account d1 b1-01.STL:2 account[10-24]", "duplicate d1 b1-01.STL:3 payment_reference[82-101]", "duplicate d1 b1-01.STL:4 payment_reference[82-101]")
		o.suspense(1000)
		o.deposit(1, "misdirected")
	})
	// Whoever was not paid, or gave the money back, was somebody else: the wage
	// is not owed again, or it would be paid twice.
	t.Run("of another deposit: rejected", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		no := o.rejected(1)
		no.account = wrong
		o.answer(1, "01", no)
		o.night("2026-11-24", gateway.Ran)
		o.mismatches("account d1 b1-01.STL:2 account[10-24]")
		o.deposit(1, "delivered")
		o.answer(1, "02", o.paid(1))
		o.night("2026-11-25", gateway.Ran)
		o.deposit(1, "settled")
		o.suspense(0)
	})
	t.Run("of another deposit: returned", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		o.answer(1, "01", o.paid(1))
		o.night("2026-11-24", gateway.Ran)
		back := o.returned(1)
		back.account = wrong
		o.put(ret, stl("", back))
		o.night("2026-11-25", gateway.Ran)
		m := kind(t, o.mismatches("account d1 "+ret+":2 account[10-24]"), reconcile.Account)
		if !strings.Contains(m.NextStep.EN, "Do not pay again") {
			t.Errorf("%+v", m)
		}
		o.deposit(1, "settled")
		o.suspense(-1000)
	})
	t.Run("of another deposit: pending", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		wait := o.paid(1, status("03", "5041700"))
		wait.account = wrong
		o.answer(1, "01", wait)
		o.night("2026-11-24", gateway.Ran)
		o.deposit(1, "delivered")
	})
}

// TestName is advice: the money has arrived.
func TestName(t *testing.T) {
	t.Parallel()
	o := sent(t, 2)
	o.answer(1, "01", o.paid(1, func(a *answer) { a.name = "WARGA CONTOH" }), o.paid(2, func(a *answer) { a.name = "" }))
	o.night("2026-11-24", gateway.Ran)
	o.mismatches("name d1 b1-01.STL:2 name[25-64]", "name d2 b1-01.STL:3 name[25-64]")
	o.deposit(1, "settled")
	o.suspense(0)
}

// TestDuplicate: the first answer counts; what contradicts it later is for
// people, and posts nothing.
func TestDuplicate(t *testing.T) {
	t.Parallel()
	t.Run("in one file", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 2)
		o.answer(1, "01", o.paid(1), o.paid(2), o.paid(1))
		o.night("2026-11-24", gateway.Ran)
		m := kind(t, o.mismatches("duplicate d1 b1-01.STL:4 payment_reference[82-101]"), reconcile.Duplicate)
		if !strings.Contains(m.Reason.EN, "first answer: paid") {
			t.Errorf("%s", m.Reason.EN)
		}
	})
	for _, c := range []struct {
		first, second string
		want          []string
		state         string
	}{
		{"paid", "paid", []string{"duplicate d1 b1-02.STL:2 payment_reference[82-101]"}, "settled"},
		{"paid", "rejected", []string{"duplicate d1 b1-02.STL:2 payment_reference[82-101]"}, "settled"},
		{"paid", "pending", nil, "settled"},
		{"paid", "returned", []string{"returned d1 b1-02.STL:2 status[122-123]"}, "returned"},
		{"rejected", "paid", []string{"duplicate d1 b1-02.STL:2 payment_reference[82-101]", "rejected d1 b1-01.STL:2 status[122-123]"}, "rejected"},
		{"rejected", "rejected", []string{"duplicate d1 b1-02.STL:2 payment_reference[82-101]", "rejected d1 b1-01.STL:2 status[122-123]"}, "rejected"},
		{"rejected", "pending", []string{"rejected d1 b1-01.STL:2 status[122-123]"}, "rejected"},
		{"rejected", "returned", []string{"duplicate d1 b1-02.STL:2 payment_reference[82-101]", "rejected d1 b1-01.STL:2 status[122-123]"}, "rejected"},
		{"pending", "paid", nil, "settled"},
		{"pending", "rejected", []string{"rejected d1 b1-02.STL:2 status[122-123]"}, "rejected"},
		{"pending", "pending", []string{"pending d1 b1-01.STL:2 status[122-123]"}, "pending"},
		{"pending", "returned", []string{"returned d1 b1-02.STL:2 status[122-123]"}, "returned"},
		{"returned", "paid", []string{"duplicate d1 b1-02.STL:2 payment_reference[82-101]", "returned d1 b1-01.STL:2 status[122-123]"}, "returned"},
		{"returned", "rejected", []string{"duplicate d1 b1-02.STL:2 payment_reference[82-101]", "returned d1 b1-01.STL:2 status[122-123]"}, "returned"},
		{"returned", "pending", []string{"returned d1 b1-01.STL:2 status[122-123]"}, "returned"},
		{"returned", "returned", []string{"duplicate d1 b1-02.STL:2 payment_reference[82-101]", "returned d1 b1-01.STL:2 status[122-123]"}, "returned"},
	} {
		t.Run(c.first+", then "+c.second, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 2)
			say := map[string]func(int) answer{"paid": func(n int) answer { return o.paid(n) }, "rejected": o.rejected, "pending": o.pending, "returned": o.returned}
			o.answer(1, "01", say[c.first](1), o.paid(2))
			o.night("2026-11-24", gateway.Ran)
			o.deposit(1, map[string]string{"paid": "settled"}[c.first]+map[string]string{"rejected": "rejected", "pending": "pending", "returned": "returned"}[c.first])
			o.answer(1, "02", say[c.second](1))
			o.night("2026-11-25", gateway.Ran)
			o.deposit(1, c.state)
			o.mismatches(c.want...)
			o.suspense(0)
		})
	}
	t.Run("both in one file", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 3)
		o.answer(1, "01", o.pending(1), o.paid(2), o.paid(1), o.rejected(2), o.rejected(3), o.paid(3))
		o.night("2026-11-24", gateway.Ran)
		o.deposit(1, "settled")
		o.deposit(2, "settled")
		o.deposit(3, "rejected")
		o.mismatches("duplicate d2 b1-01.STL:5 payment_reference[82-101]", "duplicate d3 b1-01.STL:7 payment_reference[82-101]", "rejected d3 b1-01.STL:6 status[122-123]")
	})
}

// TestPending: every status that means "not decided".
func TestPending(t *testing.T) {
	t.Parallel()
	o := sent(t, 3)
	o.answer(1, "01", o.paid(1, status("01", "2021700")), o.paid(2, status("02", "2021700")), o.paid(3, status("03", "5041700")))
	o.night("2026-11-24", gateway.Ran)
	want := []string{"pending d1 b1-01.STL:2 status[122-123]", "pending d2 b1-01.STL:3 status[122-123]", "pending d3 b1-01.STL:4 status[122-123]"}
	o.mismatches(want...)
	// They were answered, so they are not missing, however long it takes.
	r := o.night("2026-12-10", gateway.Ran)
	o.mismatches(want...)
	if s := r.Report.Summary; s.Pending.Count != 3 || s.InTransit.Count != 3 {
		t.Errorf("%+v", s)
	}
	for n := 1; n <= 3; n++ {
		o.deposit(n, "pending")
	}
	o.answer(1, "02", o.paid(1), o.paid(2), o.paid(3))
	o.night("2026-12-11", gateway.Ran)
	o.mismatches()
}

// TestPendingTwice: a file that says twice that a deposit is pending says
// nothing new the second time, and its other lines count.
func TestPendingTwice(t *testing.T) {
	t.Parallel()
	o := sent(t, 2)
	o.answer(1, "01", o.paid(1, status("03", "5041700")), o.paid(1, status("02", "2021700")), o.paid(2))
	o.night("2026-11-24", gateway.Ran)
	o.mismatches("pending d1 b1-01.STL:2 status[122-123]")
	o.deposit(2, "settled")
}

// TestUnreadableBehindAnAnswer: a line that cannot be read, of a deposit that the
// line before has answered, stays open: nobody knows what it says.
func TestUnreadableBehindAnAnswer(t *testing.T) {
	t.Parallel()
	o := sent(t, 1)
	data := stl(o.shadow.batches[0].reference, o.paid(1), o.paid(1))
	lines := strings.Split(string(data), "\r\n")
	lines[2] = lines[2][:69] + "X" + lines[2][70:]
	o.put(o.shadow.batches[0].reference+"-01.STL", []byte(strings.Join(lines, "\r\n")))
	o.night("2026-11-24", gateway.Ran)
	o.deposit(1, "settled")
	o.mismatches("unreadable d1 b1-01.STL:3 amount[65-81]")
}

// TestLate: posted after the window; the money has arrived.
func TestLate(t *testing.T) {
	t.Parallel()
	o := sent(t, 3) // in time until Thursday 26 November
	at := func(s string) func(*answer) { return func(a *answer) { a.posted = s } }
	o.answer(1, "01", o.paid(1, at("20261126235959")), o.paid(2, at("20261127000000")), o.paid(3, at("00000000000000")))
	o.night("2026-11-30", gateway.Ran)
	o.mismatches("late d2 b1-01.STL:3 posted[171-184]")
	o.deposit(2, "settled")
}

// TestLateInAReturnFile: such a file names no batch; each of its lines is late by
// the batch that its deposit is in.
func TestLateInAReturnFile(t *testing.T) {
	t.Parallel()
	o := sent(t, 3)
	o.wages(1)
	o.night("2026-11-25", gateway.Ran) // in time until Monday 30 November
	at := func(s string) func(*answer) { return func(a *answer) { a.posted = s } }
	o.put("RET20261127-01.STL", stl("", o.paid(1, at("20261127000000")), o.paid(4, at("20261127000000")), o.paid(2)))
	o.night("2026-11-27", gateway.Ran)
	o.deposit(1, "settled")
	o.deposit(4, "settled")
	o.mismatches("late d1 RET20261127-01.STL:2 posted[171-184]", "missing d3")
}

// TestRejected: every status that means "failed", and a code that nobody knows.
func TestRejected(t *testing.T) {
	t.Parallel()
	o := sent(t, 3)
	o.answer(1, "01", o.paid(1, status("05", "4031715")), o.paid(2, status("06", "9999999")), o.paid(3, status("07", "       ")))
	r := o.night("2026-11-24", gateway.Ran)
	list := o.mismatches("rejected d1 b1-01.STL:2 status[122-123]", "rejected d2 b1-01.STL:3 status[122-123]", "rejected d3 b1-01.STL:4 status[122-123]")
	for _, m := range list {
		if m.Reason.EN == "" || m.NextStep.EN == "" {
			t.Errorf("%+v", m)
		}
	}
	if s := r.Report.Summary; s.Failed.Count != 3 || s.Failed.Total != 6000_00 {
		t.Errorf("%+v", s)
	}
}

// TestAcknowledgement: the bank's answer about the file as a whole.
func TestAcknowledgement(t *testing.T) {
	t.Parallel()
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 5)
		o.put(o.batch(1).Reference+".ACK", o.ackOf(1, "06", "4031714"))
		r := o.night("2026-11-24", gateway.Ran)
		m := kind(t, o.mismatches("rejected b1 b1.ACK:1 file_status"), reconcile.Rejected)
		if m.Expected == nil || m.Expected.Amount != 15000_00 || !strings.Contains(m.Reason.EN, "whole file") {
			t.Errorf("%+v", m)
		}
		o.states("refused")
		o.deposit(5, "rejected")
		if s := r.Report.Summary; s.Failed.Count != 5 || s.InTransit.Count != 0 {
			t.Errorf("%+v", s)
		}
		// It is never missing, and a settlement file changes nothing.
		o.answer(1, "01", o.paid(1))
		o.night("2026-11-30", gateway.Ran)
		o.mismatches("rejected b1 b1.ACK:1 file_status", "duplicate d1 b1-01.STL:2 payment_reference[82-101]")
	})
	t.Run("refused after some were rejected", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 4)
		o.answer(1, "01", o.rejected(2))
		o.night("2026-11-24", gateway.Ran)
		o.put(o.batch(1).Reference+".ACK", o.ackOf(1, "06", "4031714"))
		o.night("2026-11-25", gateway.Ran)
		for n := 1; n <= 4; n++ {
			o.deposit(n, "rejected")
		}
		m := o.mismatches("rejected d2 b1-01.STL:2 status[122-123]", "rejected b1 b1.ACK:1 file_status")
		if m[1].Expected.Amount != 8000_00 {
			t.Errorf("%+v", m[1])
		}
	})
	// What the bank has paid or is still paying was in a file that it took: it
	// may have taken one batch for another. Owed again, the rest may be paid
	// twice.
	for said, c := range map[string]struct {
		change   func(*answer)
		mismatch []string
	}{
		"paid":     {func(*answer) {}, nil},
		"pending":  {status("03", "2021700"), []string{"pending d1 b1-01.STL:2 status[122-123]"}},
		"astray":   {account("999900000000098"), []string{"account d1 b1-01.STL:2 account[10-24]"}},
		"returned": {func(a *answer) { a.status, a.code = "04", "4031718" }, []string{"returned d1 b1-01.STL:2 status[122-123]"}},
	} {
		t.Run("refused after one was "+said, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 3)
			o.answer(1, "01", o.paid(1, c.change))
			o.night("2026-11-24", gateway.Ran)
			o.put(o.batch(1).Reference+".ACK", o.ackOf(1, "06", "4031714"))
			o.night("2026-11-25", gateway.Ran)
			o.states("delivered")
			o.deposit(2, "delivered")
			o.deposit(3, "delivered")
			m := kind(t, o.mismatches(append(c.mismatch, "control b1 b1.ACK:1 file_status")...), reconcile.Control)
			if !strings.Contains(m.Reason.EN, "refuses the whole file") {
				t.Errorf("%+v", m)
			}
			// What the bank says of each of them decides.
			o.answer(1, "02", o.rejected(2), o.paid(3))
			o.night("2026-11-26", gateway.Ran)
			o.deposit(2, "rejected")
			o.deposit(3, "settled")
		})
	}
	t.Run("refused with other totals", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 3)
		b := o.batch(1)
		o.put(b.Reference+".ACK", ack(b.Reference, "06", "4031714", 2, b.Total))
		o.put(b.Reference+"-2.ACK", ack(b.Reference, "06", "4031714", 3, b.Total-1))
		o.put(b.Reference+"-3.ACK", ack(b.Reference, "06", "4031714", 0, b.Total))
		o.night("2026-11-24", gateway.Ran)
		m := o.mismatches("control b1 b1.ACK:1 total", "control b1 b1-2.ACK:1 total", "control b1 b1-3.ACK:1 total")
		for _, m := range m {
			if !strings.Contains(m.Reason.EN, "; sent: 3, Rp 6.000,00") {
				t.Errorf("%+v", m)
			}
		}
		o.states("delivered")
		o.deposit(1, "delivered")
		// A bank that cannot read a file counts nothing in it.
		o.put(b.Reference+"-4.ACK", ack(b.Reference, "06", "4031714", 0, 0))
		o.night("2026-11-25", gateway.Ran)
		o.states("refused")
		o.deposit(1, "rejected")
	})
	t.Run("with other totals", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 3)
		b := o.batch(1)
		o.put(b.Reference+".ACK", ack(b.Reference, "00", "2001700", 2, b.Total))
		o.night("2026-11-24", gateway.Ran)
		o.mismatches("control b1 b1.ACK:1 total")
		o.states("delivered")
		o.put(b.Reference+"-2.ACK", ack(b.Reference, "00", "2001700", 3, b.Total+1))
		o.night("2026-11-25", gateway.Ran)
		o.mismatches("control b1 b1.ACK:1 total", "control b1 b1-2.ACK:1 total")
		// The right one is taken.
		o.put(b.Reference+"-3.ACK", o.ackOf(1, "00", "2001700"))
		o.night("2026-11-26", gateway.Ran)
		o.states("acknowledged")
	})
	t.Run("twice", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 2)
		o.put(o.batch(1).Reference+".ACK", o.ackOf(1, "00", "2001700"))
		o.night("2026-11-24", gateway.Ran)
		o.put(o.batch(1).Reference+"-2.ACK", o.ackOf(1, "00", "2021700"))
		o.put(o.batch(1).Reference+"-3.ACK", o.ackOf(1, "06", "4031714"))
		o.night("2026-11-25", gateway.Ran)
		o.mismatches("duplicate b1 b1-2.ACK:1 batch_reference", "duplicate b1 b1-3.ACK:1 batch_reference")
		o.states("acknowledged")
		o.deposit(1, "acknowledged")
	})
	t.Run("of an unknown batch", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 2)
		o.put("PWK01B2611239999X.ACK", ack("PWK01B2611239999X", "00", "2001700", 1, 100))
		o.put("PWK01B2611239999Y.ACK", ack("PWK01B2611239999Y", "06", "4031714", 1, 100))
		o.night("2026-11-24", gateway.Ran)
		o.mismatches("unknown PWK01B2611239999X PWK01B2611239999X.ACK:1 batch_reference", "unknown PWK01B2611239999Y PWK01B2611239999Y.ACK:1 batch_reference")
		o.states("delivered")
		o.suspense(0)
	})
	t.Run("after the settlement", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 1)
		o.answer(1, "01", o.paid(1))
		o.night("2026-11-24", gateway.Ran)
		o.put(o.batch(1).Reference+".ACK", o.ackOf(1, "00", "2001700"))
		o.night("2026-11-25", gateway.Ran)
		o.states("acknowledged")
		o.mismatches()
	})
}

// TestDuplicateWords: each duplicate says what was used twice.
func TestDuplicateWords(t *testing.T) {
	t.Parallel()
	o := sent(t, 1)
	o.put(o.batch(1).Reference+".ACK", o.ackOf(1, "00", "2001700"))
	o.night("2026-11-24", gateway.Ran)
	o.put(o.batch(1).Reference+"-2.ACK", o.ackOf(1, "00", "2021700"))
	o.night("2026-11-25", gateway.Ran)
	m := kind(t, o.mismatches("duplicate b1 b1-2.ACK:1 batch_reference"), reconcile.Duplicate)
	if strings.Contains(m.Reason.EN, "file name") {
		t.Errorf("the name was used once: %s", m.Reason.EN)
	}
}

// TestAnswerBeforeDelivery: a batch that is sealed only, and the bank answers
// it: then it has it.
func TestAnswerBeforeDelivery(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.wages(2)
	o.bank.Arm(banksim.Trouble{Op: banksim.OpCreate, Act: banksim.Refuse})
	o.night("2026-11-23", gateway.Degraded)
	o.states("sealed")
	o.answer(1, "01", o.paid(1), o.paid(2))
	o.night("2026-11-24", gateway.Ran)
	o.deposit(1, "settled")
	o.ls("outbox")
	o.events(1, "sealed", "delivered")
}

// TestManyAnswers: more than one chunk of lines, with a duplicate across
// chunks.
func TestManyAnswers(t *testing.T) {
	t.Parallel()
	const n = 4200
	o := open(t, func(s *setup) { s.gate.MaxDeposits = n })
	o.wages(n)
	o.night("2026-11-23", gateway.Ran)
	var answers []answer
	for _, number := range o.shadow.batches[0].numbers() {
		answers = append(answers, o.paid(number))
	}
	answers = append(answers, o.paid(1), o.paid(n))
	o.answer(1, "01", answers...)
	o.night("2026-11-24", gateway.Ran)
	o.mismatches("duplicate d1 b1-01.STL:4202 payment_reference[82-101]", "duplicate d4200 b1-01.STL:4203 payment_reference[82-101]")
}
