package ledger_test

import (
	"testing"
	"time"

	"bekal/reconcile/ledger"
)

// BenchmarkBooks takes deposits through the books alone, without files and
// bank: imported and approved, composed, answered, and verified. It reports
// nanoseconds per deposit for each.
func BenchmarkBooks(b *testing.B) {
	const n = 200_000
	spent := make(map[string]time.Duration)
	lap := func(what string, from time.Time) time.Time {
		now := time.Now()
		spent[what] += now.Sub(from)
		return now
	}
	for b.Loop() {
		k := newBooks(b)
		at := time.Now()
		k.wages(b, "2026-10", n)
		lap("import", at)
		at = time.Now()
		batch, _ := k.compose(b, nil)
		lap("compose", at)
		k.deliver(b, batch)
		file := k.receive(b, "A-01.STL", "one").File
		at = time.Now()
		answerAll(b, k, file, n)
		at = lap("answer", at)
		if _, err := k.Position(b.Context()); err != nil {
			b.Fatal(err)
		}
		at = lap("position", at)
		k.verify(b)
		lap("verify", at)
	}
	for what, d := range spent {
		b.ReportMetric(float64(d.Nanoseconds())/float64(b.N)/n, what+"-ns/deposit")
	}
}

func answerAll(b *testing.B, k *books, file ledger.File, n int64) {
	b.Helper()
	err := k.PostFile(b.Context(), clerk, file, k.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
		var ids []int64
		var standings []ledger.Standing
		for id := int64(1); id <= n; id++ {
			if ids = append(ids, id); len(ids) < 4096 && id < n {
				continue
			}
			var err error
			if standings, err = p.Standings(standings, ids); err != nil {
				return err
			}
			for i := range standings {
				if err := p.Answer(&standings[i], answer(standings[i].ID+1, ledger.Settled, standings[i].Amount)); err != nil {
					return err
				}
			}
			ids = ids[:0]
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
