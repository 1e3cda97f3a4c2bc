package main

import (
	"errors"
	"strings"
	"testing"

	"bekal/gateway"
	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// TestMessageOfANight reads what people are told in the morning: one is one, and
// wages that were not sent are counted.
func TestMessageOfANight(t *testing.T) {
	t.Parallel()
	b := &books{facility: ledger.Facility{Code: "PWK"}}
	r := gateway.Result{Night: "2026-11-23.1", Outcome: gateway.Degraded, Steps: []gateway.StepResult{{Step: "deliver", Outcome: gateway.Degraded, Err: errors.New("no line")}},
		Report: &reconcile.Report{Mismatches: []reconcile.Mismatch{{Kind: reconcile.Rejected}}, Kinds: []reconcile.KindLine{{Kind: reconcile.Rejected, Tally: ledger.Tally{Count: 1, Total: 500_000_00}}},
			Summary: reconcile.Summary{Batched: ledger.Tally{Count: 1, Total: 500_000_00}}, Proof: reconcile.Proof{Proven: true}}}
	m := b.message(r)
	if !strings.HasSuffix(m.Subject, "degraded, 1 mismatch open") {
		t.Errorf("subject: %s", m.Subject)
	}
	for _, want := range []string{"What failed:\ndeliver: no line\n", "Not sent yet: 1 deposit, Rp 500.000,00.", "the next night goes on from here; nothing is sent twice", "The proof balances.", "Open: 1 rejected, Rp 500.000,00\n"} {
		if !strings.Contains(m.Body, want) {
			t.Errorf("the body lacks %q:\n%s", want, m.Body)
		}
	}
	r.Outcome, r.Steps = gateway.Ran, nil
	r.Report.Summary, r.Report.Mismatches, r.Report.Kinds = reconcile.Summary{}, nil, nil
	if m := b.message(r); strings.Contains(m.Body, "Not sent yet") || strings.Contains(m.Body, "goes on from here") || !strings.HasSuffix(m.Subject, "ran, 0 mismatches open") {
		t.Errorf("of a quiet night: %s\n%s", m.Subject, m.Body)
	}
}
