package simulate

import "math/rand/v2"

// chance is where everything that happens comes from. All draws are made by the
// one goroutine that plays the course, so that their order is the history's.
type chance struct{ r *rand.Rand }

func newChance(seed uint64) *chance {
	return &chance{rand.New(rand.NewPCG(seed, 0x62656b616c))} //nolint:gosec // what a seed gives has to come again
}

// newFate is where it comes from whether, when and how the ledger is lost and
// put back. It is a stream of its own, so that a course in which nothing is lost
// is played as if nothing could be.
func newFate(seed uint64) *chance {
	return &chance{rand.New(rand.NewPCG(seed, 0x6e61736962))} //nolint:gosec // what a seed gives has to come again
}

// newSlipChance is where it comes from when people err, and how. It is a stream
// of its own, too.
func newSlipChance(seed uint64) *chance {
	return &chance{rand.New(rand.NewPCG(seed, 0x6b68696c6166))} //nolint:gosec // what a seed gives has to come again
}

// Read gives random bytes.
func (c *chance) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c.r.Uint32())
	}
	return len(p), nil
}

// in says whether something happens that happens n times in a hundred.
func (c *chance) in(n int) bool { return c.r.IntN(100) < n }

// from returns a number from lo to hi, both included.
func (c *chance) from(lo, hi int) int { return lo + c.r.IntN(hi-lo+1) }

// pick returns one of the list.
func pick[T any](c *chance, list ...T) T { return list[c.r.IntN(len(list))] }
