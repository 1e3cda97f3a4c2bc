package reconcile

import (
	"sort"

	"bekal/reconcile/ledger"
)

// Prove draws the equations that must hold, from both sides of the books: the
// deposits one by one, and the journal's control accounts.
func Prove(p ledger.Position, date string) Proof {
	proof := Proof{Proven: true}
	add := func(l ProofLine) {
		proof.Proven = proof.Proven && l.Proven
		proof.Lines = append(proof.Lines, l)
	}
	periods := make(map[string]ProofLine)
	var all ProofLine
	for _, b := range p.Batches {
		if b.Batch.Delivered == "" {
			continue
		}
		l := ProofLine{Scope: ScopeBatch, Key: b.Batch.Reference, Delivered: b.Sent, Settled: b.JournalSettled, Rejected: b.JournalRejected, OpenDeposits: b.Open, Control: b.Control}
		// The journal's counts and the deposits' must agree one by one, not
		// only in their difference.
		l = l.closed(b.Settled == b.JournalSettled && b.Rejected == b.JournalRejected && b.Sent == Tally{Count: b.Batch.Count, Total: b.Batch.Total})
		add(l)
		sum := periods[b.Batch.Period]
		periods[b.Batch.Period] = sum.plus(l)
		all = all.plus(l)
	}
	if day, ok := dayLine(p, date, all.OpenDeposits); ok {
		add(day)
	}
	names := make([]string, 0, len(periods))
	for k := range periods {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		l := periods[k]
		l.Scope, l.Key = ScopePeriod, k
		add(l.closed(true))
	}
	all.Scope = ScopeOverall
	all.Control = p.InTransit
	add(all.closed(true))
	owed := p.Owed.Plus(p.Batched).Plus(p.Failed)
	// The journal knows sums only, so the count is the deposits' own.
	payable := ProofLine{Scope: ScopePayable, Closing: Tally{Count: owed.Count, Total: p.Payable}, OpenDeposits: owed, Control: p.Payable}
	payable.Proven = payable.Closing == payable.OpenDeposits
	add(payable)
	add(ProofLine{Scope: ScopeJournal, Delivered: Tally{Total: p.Debits}, Settled: Tally{Total: p.Credits}, Closing: Tally{Total: p.Debits - p.Credits}, Proven: p.Debits == p.Credits})
	return proof
}

// dayLine is the equation of one date: what was in transit when it began, what
// the journal moved on it, and what is open now. It can be drawn for the last
// date on which anything moved, and later ones.
func dayLine(p ledger.Position, date string, open Tally) (ProofLine, bool) {
	l := ProofLine{Scope: ScopeDay, Key: date, OpenDeposits: open, Control: p.InTransit}
	for _, f := range p.Flows {
		switch {
		case f.Date < date:
			l.Opening = l.Opening.Plus(f.Delivered).Minus(f.Settled).Minus(f.Rejected)
		case f.Date == date:
			l.Delivered, l.Settled, l.Rejected = f.Delivered, f.Settled, f.Rejected
		default:
			return ProofLine{}, false
		}
	}
	return l.closed(true), true
}

// closed computes the closing balance and compares the three.
func (l ProofLine) closed(sound bool) ProofLine {
	l.Closing = l.Opening.Plus(l.Delivered).Minus(l.Settled).Minus(l.Rejected)
	l.Proven = sound && l.Closing == l.OpenDeposits && l.OpenDeposits.Total == l.Control
	return l
}

func (l ProofLine) plus(m ProofLine) ProofLine {
	return ProofLine{Opening: l.Opening.Plus(m.Opening), Delivered: l.Delivered.Plus(m.Delivered), Settled: l.Settled.Plus(m.Settled), Rejected: l.Rejected.Plus(m.Rejected),
		OpenDeposits: l.OpenDeposits.Plus(m.OpenDeposits), Control: l.Control + m.Control}
}
