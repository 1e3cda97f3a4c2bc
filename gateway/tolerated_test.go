package gateway_test

import (
	"strings"
	"testing"

	"bekal/gateway"
)

// TestToleratedIsTold: what a layout tolerates in a bank's file is posted as it
// stands, and the log says where; it does not say what, for it may be a name.
func TestToleratedIsTold(t *testing.T) {
	t.Parallel()
	o := sent(t, 1)
	ref := o.batch(1).Reference
	o.put(ref+"-01.STL", set(stl(ref, o.paid(1)), 2, 131, "berhasil"))
	r := o.night("2026-11-24", gateway.Ran)
	if rec := step(t, r, "reconcile"); count(rec, "files posted") != 1 || count(rec, "files quarantined") != 0 {
		t.Fatalf("reconcile: %v", rec.Counts)
	}
	o.deposit(1, "settled")
	log := o.log.String()
	if !strings.Contains(log, "only tolerates") || !strings.Contains(log, "line=2 field=message") || strings.Contains(log, "berhasil") {
		t.Errorf("the log says\n%s", log)
	}
}
