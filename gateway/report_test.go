package gateway_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// TestReportAndNotify: people get the report and the result of every night,
// and a night says when they did not.
func TestReportAndNotify(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.wages(2)
	var kept reconcile.Report
	var told gateway.Result
	broken := errors.New("the printer is on fire")
	var fails error
	o.run.Keep = func(_ context.Context, r reconcile.Report) ([]string, error) {
		kept = r
		return []string{"report.txt"}, fails
	}
	o.run.Tell = func(_ context.Context, r gateway.Result) error {
		told = r
		return fails
	}
	r := o.night("2026-11-23", gateway.Ran)
	head, err := o.books.Head(context.Background())
	if err != nil || len(head) != 64 || kept.ChainHead == "" || kept.ChainHead == head {
		t.Errorf("the report's chain head is %q, the books' %q, %v", kept.ChainHead, head, err)
	}
	if kept.FacilityCode != "PWK" || kept.Bank != "BRI" || kept.Date != "2026-11-23" || kept.Night != "2026-11-23.1" || kept.Summary.InTransit.Count != 2 {
		t.Errorf("%+v", kept)
	}
	// The message goes out before the night's last step has ended.
	if told.Night != r.Night || told.Report == nil || len(told.Reports) != 1 || len(told.Steps) != len(gateway.Steps())-1 {
		t.Errorf("%+v", told)
	}
	fails = broken
	r = o.night("2026-11-24", gateway.Degraded)
	outcomes(t, r, "report", "notify")
	if !errors.Is(r.Err(), broken) {
		t.Error(r.Err())
	}
}

// TestWatch hears of every step twice, in order.
func TestWatch(t *testing.T) {
	t.Parallel()
	o := open(t)
	var heard []string
	o.run.Watch = func(s gateway.StepResult) { heard = append(heard, s.Step+" "+string(s.Outcome)) }
	o.night("2026-11-23", gateway.Ran)
	if len(heard) != 2*len(gateway.Steps()) {
		t.Fatal(heard)
	}
	for i, name := range gateway.Steps() {
		if heard[2*i] != name+" " || heard[2*i+1] != name+" ran" {
			t.Errorf("heard %q", heard[2*i:2*i+2])
		}
	}
}

// TestProbe proves a connection, and takes its traces away.
func TestProbe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		trouble *banksim.Trouble
		failed  int // which check, from 1; 0: none
		rest    []string
	}{
		{"all is well", nil, 0, nil},
		{"no login", &banksim.Trouble{Op: banksim.OpConnect, Act: banksim.Drop}, 1, nil},
		{"the outbox cannot be listed", &banksim.Trouble{Op: banksim.OpList, Match: "outbox", Act: banksim.Refuse}, 2, nil},
		{"the inbox cannot be listed", &banksim.Trouble{Op: banksim.OpList, Match: "inbox", Act: banksim.Refuse}, 3, nil},
		{"nothing can be put there", &banksim.Trouble{Op: banksim.OpCreate, Act: banksim.Refuse}, 4, nil},
		{"nothing can be renamed", &banksim.Trouble{Op: banksim.OpRename, Act: banksim.Refuse}, 5, nil},
		{"nothing can be removed", &banksim.Trouble{Op: banksim.OpRemove, Act: banksim.Refuse, Times: -1}, 7, []string{"bekal-probe-20261123T050000.2.part"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			if c.trouble != nil {
				o.bank.Arm(*c.trouble)
			}
			for i, check := range (gateway.Probe{Bank: o.gate, Now: o.Now, Log: slog.New(slog.DiscardHandler)}).Run(context.Background()) {
				want := "ok"
				switch {
				case c.failed == i+1, i == 7: // the eighth is the second try to remove
					want = "FAILED"
				case c.failed > 0 && i+1 > c.failed:
					want = "skipped"
				}
				if check.Mark() != want {
					t.Errorf("%d. %s: %s, want %s: %v", i+1, check.What, check.Mark(), want, check.Err)
				}
			}
			o.ls("outbox", c.rest...)
		})
	}
}

// TestShippedLayoutsHaveTheFields that the gateway works with, and whatever else
// a night needs of them.
func TestShippedLayoutsHaveTheFields(t *testing.T) {
	t.Parallel()
	gate, err := gateDefaults()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range gate.CheckLayouts(ledger.Facility{Code: "PWKPWK"}) {
		t.Errorf("%s: %v", p.Use, p)
	}
}
