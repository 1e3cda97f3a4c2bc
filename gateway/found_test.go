package gateway_test

import (
	"context"
	"errors"
	"testing"

	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"
)

// TestBatchThatAnotherHasPaid: a batch that waits is not sent any more when one is
// found that the bank has, and that orders a wage of it under the same reference.
// It is uncertain then, so that people can decide.
func TestBatchThatAnotherHasPaid(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.wages(2)
	o.bank.Arm(banksim.Trouble{Op: banksim.OpStat, Match: ".TRF", Act: banksim.Drop})
	o.night("2026-11-23", gateway.Degraded)
	o.states("sealed")
	w, err := o.books.Archive().Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("the file of another life")); err != nil {
		t.Fatal(err)
	}
	stored, err := w.Keep()
	if err != nil {
		t.Fatal(err)
	}
	d := o.shadow.deposit(o, 1)
	const other = "PWK02B26112000079"
	f := ledger.Finding{Bank: o.gate.Bank.ID, Batch: other, Name: other + ".TRF", Stored: stored, Evidence: ledger.ByTransfer, Place: "at the bank", AtBank: true, Count: 1, Total: d.amount}
	if _, err := o.books.Find(context.Background(), clerk, f, func(add func(ledger.FoundPayment) error) error {
		return add(ledger.FoundPayment{Line: 2, Reference: d.reference, Account: d.account, Name: d.name, Amount: d.amount, Paid: true})
	}); err != nil {
		t.Fatal(err)
	}

	r := o.night("2026-11-24", gateway.Degraded)
	var rival *ledger.RivalError
	var uncertain *gateway.UncertainError
	if !errors.As(r.Err(), &rival) || rival.Of != other || !errors.As(r.Err(), &uncertain) {
		t.Errorf("the night says %v", r.Err())
	}
	o.states("uncertain")
	o.ls("outbox")
	o.night("2026-11-25", gateway.Degraded)
	o.ls("outbox")
}
