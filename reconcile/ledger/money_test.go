package ledger_test

import (
	"errors"
	"math"
	"testing"

	"bekal/reconcile/ledger"
)

// A damaged file states amounts that no number can be the sum of. Nothing of it
// is booked, and the books can still be added up.
func TestAmountsBeyondTheBooks(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.wages(t, "2026-10", 3)
	batch, _ := b.compose(t, nil)
	b.deliver(t, batch)
	for name, moved := range map[string][]ledger.Money{
		"one":             {math.MaxInt64},
		"two":             {math.MaxInt64, math.MaxInt64},
		"that wrap round": {math.MaxInt64, math.MaxInt64, 500},
		"many":            {ledger.MaxEntry, 1},
		"back":            {-math.MaxInt64, -math.MaxInt64},
	} {
		file := b.receive(t, name+".STL", name).File
		err := b.PostFile(t.Context(), clerk, file, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
			for _, m := range moved {
				p.Unordered(m)
			}
			return nil
		})
		if !errors.Is(err, ledger.ErrBeyond) {
			t.Errorf("%s: %v", name, err)
		}
		b.verify(t)
	}
	// Damaged lines, each taken for the most that one can be, are booked.
	err := b.PostFile(t.Context(), clerk, b.receive(t, "A.STL", "A").File, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
		for range 10 {
			p.Unordered(ledger.MaxAmount)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	b.verify(t)
}
