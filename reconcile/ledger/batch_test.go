package ledger_test

import (
	"testing"

	"bekal/reconcile/ledger"
)

// A batch was looked up, and before it is recorded as delivered a person finds
// that another wage is of it, too. All of it is in transit then.
func TestDeliveredAsTheBatchStandsNow(t *testing.T) {
	t.Parallel()
	for name, deliver := range map[string]func(b *books, stale ledger.Batch) error{
		"found at the bank": func(b *books, stale ledger.Batch) error {
			return b.FoundAtBank(t.Context(), clerk, stale, "2026-11-25", "found")
		},
		"decided": func(b *books, stale ledger.Batch) error {
			return b.DecideDelivered(t.Context(), clerk, stale, "2026-11-25", "the bank says so")
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := restoredBooks(t)
			b.wages(t, "2026-10", 1)
			ref := batchOf("01", "0001")
			b.find(t, ref, false, payment("A", 0, 100000), payment("B", 1, 200000))
			in := ledger.Adoption{Facility: b.facility, Batch: ref, Date: "2026-11-25", Reason: "a test", Partly: true}
			if _, err := b.Adopt(t.Context(), clerk, in); err != nil {
				t.Fatal(err)
			}
			stale, err := b.BatchByReference(t.Context(), ref)
			if err != nil {
				t.Fatal(err)
			}
			b.owedTo(t, "2026-11", 1, 200000)
			if done, err := b.Adopt(t.Context(), clerk, in); err != nil || done.Batch.Count != 2 {
				t.Fatalf("%+v %v", done, err)
			}
			if err := deliver(b, stale); err != nil {
				t.Fatal(err)
			}
			b.verify(t)
		})
	}
}
