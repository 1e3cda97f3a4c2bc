package ledger_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"bekal/reconcile/ledger"
)

// Nothing is decided without a word why, and a blank is none.
func TestNothingIsDecidedWithoutAReason(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	ctx := t.Context()
	batch := ledger.Batch{ID: 1, Reference: "x"}
	for _, reason := range []string{"", " \t", "-", "..."} {
		for what, err := range map[string]error{
			"a mismatch is resolved": b.ReviewMismatch(ctx, clerk, 1, ledger.Resolve, reason),
			"a batch is delivered":   b.DecideDelivered(ctx, clerk, batch, "2026-11-24", reason),
			"a batch is not delivered": func() error {
				_, err := b.DecideNotDelivered(ctx, clerk, batch, reason, false)
				return err
			}(),
			"a sheet is refused": func() error {
				_, err := b.RefuseSheet(ctx, clerk, 1, reason)
				return err
			}(),
			"a deposit is paid again": func() error {
				_, err := b.ProposeRepayment(ctx, clerk, b.facility, []string{"x"}, reason, nil)
				return err
			}(),
			"a batch is left": b.LeaveForgotten(ctx, clerk, "x", reason, false),
			"a batch is adopted": func() error {
				_, err := b.Adopt(ctx, clerk, ledger.Adoption{Facility: b.facility, Batch: "x", Reason: reason})
				return err
			}(),
			"a deposit that is held back is paid": func() error {
				_, err := b.PayHeld(ctx, clerk, b.facility.ID, []string{"x"}, reason)
				return err
			}(),
			"a hold begins":         b.BeginHold(ctx, clerk, "2026-11-24", reason),
			"a life begins":         b.BeginLife(ctx, clerk, "2026-11-24", reason, rand.Reader),
			"a release is proposed": b.ProposeRelease(ctx, clerk, "2026-11-24", reason),
			"a hold is released":    b.ReleaseHold(ctx, clerk, "2026-11-24", reason),
			"a ledger is restored": func() error {
				_, err := ledger.Restore(ctx, clerk, ledger.Restoration{Options: options(t.TempDir()), Random: rand.Reader, Reason: reason})
				return err
			}(),
		} {
			if !errors.Is(err, ledger.ErrNoReason) {
				t.Errorf("%s, for the reason %q: %v", what, reason, err)
			}
		}
	}
	// That wages are repeated on purpose is said in words, too.
	b.wages(t, "2026-10", 2)
	again := b.propose(t, "2026-10", 3)
	var repeats *ledger.RepeatsError
	if _, err := b.ApproveSheet(ctx, approver, again.ID, "2026-11-24", ledger.Limits{Repeats: " "}); !errors.As(err, &repeats) {
		t.Errorf("repeated for a blank: %v", err)
	}
	b.verify(t)
}
