package reconcile_test

import (
	"testing"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// position is a batch of ten deposits of 1.000 sen: six settled, one rejected,
// three open; and two owed ones.
func position() ledger.Position {
	tally := func(n int64) ledger.Tally { return ledger.Tally{Count: n, Total: ledger.Money(n) * 1000} }
	return ledger.Position{
		Batches: []ledger.BatchPosition{{Batch: ledger.Batch{Reference: "B1", Period: "2026-10", Count: 10, Total: 10000, Delivered: "2026-11-23T12:00:00Z"},
			Sent: tally(10), Settled: tally(6), Rejected: tally(1), Open: tally(3), Control: 3000, JournalSettled: tally(6), JournalRejected: tally(1)}},
		Flows: []ledger.Flow{{Date: "2026-11-23", Delivered: tally(10)}, {Date: "2026-11-24", Settled: tally(6), Rejected: tally(1)}},
		Owed:  tally(2), Failed: tally(1), InTransit: 3000, Payable: 3000, Debits: 99, Credits: 99,
	}
}

func TestProve(t *testing.T) {
	p := reconcile.Prove(position(), "2026-11-24")
	if !p.Proven {
		t.Errorf("%+v", p)
	}
	day := p.Lines[1]
	if day.Scope != reconcile.ScopeDay || day.Opening.Count != 10 || day.Closing.Count != 3 {
		t.Errorf("day %+v", day)
	}
}

// Whatever single figure is wrong, the proof must not hold.
func TestProveFindsEveryWrongFigure(t *testing.T) {
	for name, change := range map[string]func(*ledger.Position){
		"sent count":       func(p *ledger.Position) { p.Batches[0].Sent.Count++ },
		"sent total":       func(p *ledger.Position) { p.Batches[0].Sent.Total++ },
		"settled count":    func(p *ledger.Position) { p.Batches[0].Settled.Count++ },
		"settled total":    func(p *ledger.Position) { p.Batches[0].Settled.Total-- },
		"rejected total":   func(p *ledger.Position) { p.Batches[0].Rejected.Total++ },
		"open count":       func(p *ledger.Position) { p.Batches[0].Open.Count-- },
		"open total":       func(p *ledger.Position) { p.Batches[0].Open.Total++ },
		"journal settled":  func(p *ledger.Position) { p.Batches[0].JournalSettled.Count-- },
		"journal rejected": func(p *ledger.Position) { p.Batches[0].JournalRejected.Total++ },
		"batch control":    func(p *ledger.Position) { p.Batches[0].Control++ },
		"flow":             func(p *ledger.Position) { p.Flows[1].Settled.Total++ },
		"in transit":       func(p *ledger.Position) { p.InTransit-- },
		"payable":          func(p *ledger.Position) { p.Payable++ },
		"owed":             func(p *ledger.Position) { p.Owed.Total++ },
		"failed":           func(p *ledger.Position) { p.Failed.Total-- },
		"debits":           func(p *ledger.Position) { p.Debits++ },
	} {
		p := position()
		change(&p)
		if reconcile.Prove(p, "2026-11-24").Proven {
			t.Errorf("%s is wrong, and the proof holds", name)
		}
	}
}

func TestCompileCountsAges(t *testing.T) {
	amount := ledger.Money(500)
	var list []reconcile.Mismatch
	for _, opened := range []string{"2026-11-24", "2026-11-22", "2026-11-21", "2026-10-25", "2026-10-24", "2026-09-24"} {
		list = append(list, reconcile.Explain(ledger.MismatchRow{Kind: "missing", ExpectedAmount: &amount, Opened: opened}, nil, "2026-11-24"))
	}
	list = append(list, reconcile.Explain(ledger.MismatchRow{Kind: "unknown", ActualAmount: &amount, Opened: "2026-11-24"}, nil, "2026-11-24"))
	r := reconcile.Compile(reconcile.Facts{Date: "2026-11-24", Position: position(), Mismatches: list})
	want := []int64{3, 1, 1, 1, 1}
	for i, b := range r.Ageing {
		if b.Tally.Count != want[i] {
			t.Errorf("band from %d days: %d, want %d", b.FromDays, b.Tally.Count, want[i])
		}
	}
	if r.Mismatches[0].Kind != reconcile.Unknown || len(r.Kinds) != 2 || r.Kinds[0].Kind != reconcile.Unknown || r.Kinds[1].Tally.Total != 3000 {
		t.Errorf("kinds %+v", r.Kinds)
	}
	if r.Summary.InTransit.Count != 3 || r.Summary.Settled.Count != 6 || r.Summary.Owed.Count != 2 {
		t.Errorf("summary %+v", r.Summary)
	}
}
