package ledger_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bekal/reconcile/ledger"

	gocmp "github.com/google/go-cmp/cmp"
)

// asOneByOne checks that the position says of the batches what they say one by
// one.
func (b *books) asOneByOne(t testing.TB) ledger.Position {
	t.Helper()
	p, err := b.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, batched, err := b.NaiveBatches(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, p.Batches); diff != "" {
		t.Fatalf("batches (-one by one +position):\n%s", diff)
	}
	if p.Batched != batched {
		t.Fatalf("batched %+v, one by one %+v", p.Batched, batched)
	}
	return p
}

// TestPositionOfAllBatches plays random stories in which batches are cut out of
// several sheets, and go through every state, and deposits through every answer.
func TestPositionOfAllBatches(t *testing.T) {
	states, figures := map[string]bool{}, map[string]bool{}
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 9))
		b := newBooks(t)
		b.asOneByOne(t) // of none
		var batches []ledger.Batch
		for round := range 5 {
			// A batch of two sheets of one period has two ranges, and a sheet of the
			// other period may lie between them.
			for i := range 1 + rng.IntN(5) {
				sheet := b.propose(t, fmt.Sprintf("2026-%02d", 1+rng.IntN(2)), 6*round+i+1)
				if _, err := b.ApproveSheet(t.Context(), approver, sheet.ID, "2026-11-23", ledger.Limits{Repeats: "a test"}); err != nil {
					t.Fatal(err)
				}
			}
			for {
				batch, ok := b.compose(t, func(c *ledger.Composition) { c.MaxDeposits = 1 + rng.Int64N(40) })
				if !ok || rng.IntN(6) == 0 {
					break
				}
				batches = append(batches, batch)
			}
			b.asOneByOne(t)
			for i := range batches {
				if rng.IntN(2) == 0 {
					b.goesOn(t, rng, &batches[i])
				}
			}
			b.asOneByOne(t)
			for i := range 2 {
				b.answers(t, rng, fmt.Sprintf("%d-%d-%d", seed, round, i))
				p := b.asOneByOne(t)
				for _, q := range p.Batches {
					states[q.Batch.State] = true
					for what, is := range map[string]ledger.Tally{"settled": q.Settled, "rejected": q.Rejected, "returned": q.Returned, "pending": q.Pending, "open": q.Open, "journal rejected": q.JournalRejected} {
						figures[what] = figures[what] || is.Count > 1
					}
					figures["control"] = figures["control"] || q.Control > 0
				}
			}
		}
		b.verify(t)
	}
	for _, s := range []string{"sealed", "staged", "uncertain", "delivered", "acknowledged", "refused"} {
		if !states[s] {
			t.Errorf("no batch was ever %s", s)
		}
	}
	for _, f := range []string{"settled", "rejected", "returned", "pending", "open", "journal rejected", "control"} {
		if !figures[f] {
			t.Errorf("no batch ever had %s", f)
		}
	}
}

// goesOn takes a batch one step on.
func (b *books) goesOn(t testing.TB, rng *rand.Rand, batch *ledger.Batch) {
	t.Helper()
	now, err := b.Batch(t.Context(), batch.ID)
	if err != nil {
		t.Fatal(err)
	}
	switch now.State {
	case "sealed":
		err = b.MarkStaged(t.Context(), clerk, now, "")
	case "staged":
		if rng.IntN(3) == 0 {
			err = b.MarkUncertain(t.Context(), clerk, now, "gone")
		} else {
			err = b.MarkDelivered(t.Context(), clerk, now, "2026-11-23", "renamed")
		}
	case "uncertain":
		if rng.IntN(4) == 0 {
			err = b.DecideDelivered(t.Context(), approver, now, "2026-11-24", "asked")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// answers lets a file answer some of what was delivered, in any way that is
// possible, and some batches as a whole.
func (b *books) answers(t testing.TB, rng *rand.Rand, name string) {
	t.Helper()
	list, err := b.Batches(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	delivered := map[int64]bool{}
	for _, x := range list {
		delivered[x.ID] = x.Delivered != ""
	}
	err = b.PostFile(t.Context(), clerk, b.receive(t, name+".STL", name).File, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
		var ids []int64
		for id := range int64(1000) {
			ids = append(ids, id+1)
		}
		standings, err := p.Standings(nil, ids)
		if err != nil {
			return err
		}
		outcomes := []ledger.Outcome{ledger.Settled, ledger.Settled, ledger.Settled, ledger.Rejected, ledger.Returned, ledger.Pending, ledger.Misdirected}
		for i := range standings {
			s := &standings[i]
			if s.ID == 0 || !delivered[s.Batch] || rng.IntN(3) > 0 {
				continue
			}
			o := outcomes[rng.IntN(len(outcomes))]
			switch {
			case o == ledger.Misdirected && (s.Misdirected != nil || s.Final != ""), o == ledger.Pending && s.Final != "":
				continue
			case s.Final == ledger.Settled && !s.WasReturned:
				o = ledger.Returned
			case s.Final != "":
				continue
			}
			if err := p.Answer(s, answer(int64(i+2), o, s.Amount)); err != nil {
				return err
			}
		}
		for _, x := range list {
			if !delivered[x.ID] || rng.IntN(6) > 0 {
				continue
			}
			if answered, err := p.Acknowledged(x); err != nil || answered {
				if err != nil {
					return err
				}
				continue
			}
			accepted := rng.IntN(3) > 0
			if err := p.Acknowledge(x, accepted, ""); err != nil {
				return err
			}
			if accepted {
				continue
			}
			if _, err := p.RejectRest(x, "06", "4031714"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// history is books with so many settled batches of ten deposits.
func history(t testing.TB, batches int) *books {
	t.Helper()
	b := newBooks(t)
	for month := 0; batches > 0; month++ {
		n := min(batches, 100)
		batches -= n
		b.wages(t, fmt.Sprintf("%d-%02d", 2020+month/12, month%12+1), 10*n)
		for {
			batch, ok := b.compose(t, func(c *ledger.Composition) { c.MaxDeposits = 10 })
			if !ok {
				break
			}
			b.deliver(t, batch)
			first := batch.ID*10 - 9
			err := b.PostFile(t.Context(), clerk, b.receive(t, batch.Reference+"-01.STL", batch.Reference).File, b.bank.ID, "2026-11-24", func(p *ledger.Posting) error {
				var ids []int64
				for i := range int64(10) {
					ids = append(ids, first+i)
				}
				standings, err := p.Standings(nil, ids)
				if err != nil {
					return err
				}
				for i := range standings {
					if err := p.Answer(&standings[i], answer(int64(i+2), ledger.Settled, standings[i].Amount)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return b
}

// median is the middle of some times that something takes.
func median(t testing.TB, times int, what func() error) time.Duration {
	t.Helper()
	var took []time.Duration
	for range times {
		began := time.Now()
		if err := what(); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.SortFunc(took, cmp.Compare)
	return took[len(took)/2]
}

// BenchmarkPosition reports how many times longer it takes to ask the batches
// one by one, in books that have some hundreds of them.
func BenchmarkPosition(b *testing.B) {
	for _, n := range []int{10, 400} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			k := history(b, n)
			ratios := 0.0
			for b.Loop() {
				at := median(b, 9, func() error { _, err := k.Position(b.Context()); return err })
				one := median(b, 9, func() error { _, _, err := k.NaiveBatches(b.Context()); return err })
				ratios += float64(one) / float64(at)
			}
			b.ReportMetric(ratios/float64(b.N), "one-by-one/position")
		})
	}
}
