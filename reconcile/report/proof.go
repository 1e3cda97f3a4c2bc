package report

import (
	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// holds says whether a proof may be called proven. The lines are asked too, so
// that no face can stamp a page on which a line fails.
func holds(p reconcile.Proof) bool {
	return p.Proven && len(failedLines(p)) == 0
}

// failedLines returns the lines that do not balance.
func failedLines(p reconcile.Proof) []reconcile.ProofLine {
	var out []reconcile.ProofLine
	for _, l := range p.Lines {
		if !l.Proven {
			out = append(out, l)
		}
	}
	return out
}

// gap is a place in a proof line where two figures that must be equal are not.
type gap struct {
	Left, Right           string       // what is compared
	LeftTotal, RightTotal ledger.Money // sen
	LeftCount, RightCount int64
	Counted               bool // the counts were compared too
}

// Total is the left figure less the right one, in sen.
func (g gap) Total() ledger.Money { return g.LeftTotal - g.RightTotal }

// Count is the left count less the right one; 0 where nothing was counted.
func (g gap) Count() int64 {
	if !g.Counted {
		return 0
	}
	return g.LeftCount - g.RightCount
}

// gaps returns where a line does not balance. The journal holds no counts, so
// its figures are compared in rupiah only.
func (w *words) gaps(l reconcile.ProofLine) []gap {
	var found []gap
	add := func(g gap) {
		if g.Total() != 0 || g.Count() != 0 {
			found = append(found, g)
		}
	}
	switch l.Scope {
	case reconcile.ScopePayable:
		add(gap{Left: w.Journal, LeftTotal: l.Closing.Total, Right: w.Deposits, RightTotal: l.OpenDeposits.Total})
	case reconcile.ScopeJournal:
		add(gap{Left: w.Debits, LeftTotal: l.Delivered.Total, Right: w.Credits, RightTotal: l.Settled.Total})
	default:
		sum := l.Opening.Plus(l.Delivered).Minus(l.Settled).Minus(l.Rejected)
		add(tallied(w.Equation, sum, w.Closing, l.Closing))
		add(tallied(w.Closing, l.Closing, w.OpenDeposits, l.OpenDeposits))
		add(gap{Left: w.Closing, LeftTotal: l.Closing.Total, Right: w.Control, RightTotal: l.Control})
	}
	return found
}

func tallied(left string, l reconcile.Tally, right string, r reconcile.Tally) gap {
	return gap{
		Left: left, LeftTotal: l.Total, LeftCount: l.Count,
		Right: right, RightTotal: r.Total, RightCount: r.Count,
		Counted: true,
	}
}

// rolls says whether the scope is drawn as opening + delivered - settled -
// rejected; the other scopes compare two figures only.
func rolls(s reconcile.Scope) bool {
	return s != reconcile.ScopePayable && s != reconcile.ScopeJournal
}

// lineName names a proof line: its scope, and what of that scope.
func (w *words) lineName(l reconcile.ProofLine) string {
	if l.Key == "" {
		return w.ScopeName(l.Scope)
	}
	return w.ScopeName(l.Scope) + " " + visible(l.Key)
}

// isOpen says whether a person still has to look at a mismatch.
func isOpen(m reconcile.Mismatch) bool {
	return m.State != reconcile.Resolved && m.State != reconcile.Cleared
}

// openTally adds up the kinds, which count the open mismatches.
func openTally(r reconcile.Report) reconcile.Tally {
	var sum reconcile.Tally
	for _, k := range r.Kinds {
		sum = sum.Plus(k.Tally)
	}
	return sum
}

// nothingOpen says whether every mismatch is dealt with. The list is asked
// too: a page must not congratulate over a mismatch that it shows.
func nothingOpen(r reconcile.Report) bool {
	for _, m := range r.Mismatches {
		if isOpen(m) {
			return false
		}
	}
	return openTally(r).Count == 0
}
