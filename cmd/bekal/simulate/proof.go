package simulate

import (
	"bekal/cmd/bekal/simulate/audit"
	"bekal/reconcile"
)

// proofOf is the proof of a night's report, in the auditor's words.
func proofOf(r *reconcile.Report) []audit.ProofLine {
	if r == nil {
		return nil
	}
	sum := func(t reconcile.Tally) audit.Sum { return audit.Sum{Count: t.Count, Total: int64(t.Total)} }
	lines := make([]audit.ProofLine, 0, len(r.Proof.Lines))
	for _, l := range r.Proof.Lines {
		lines = append(lines, audit.ProofLine{Scope: string(l.Scope), Key: l.Key, Opening: sum(l.Opening), Delivered: sum(l.Delivered), Settled: sum(l.Settled), Rejected: sum(l.Rejected),
			Closing: sum(l.Closing), Holds: sum(l.OpenDeposits)})
	}
	return lines
}
