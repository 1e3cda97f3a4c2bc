package formats

import "math/big"

// bounds are what a number may be that is not known to the last: nil is no bound.
type bounds struct{ least, most *big.Int }

func exactly(n int64) bounds           { return bounds{big.NewInt(n), big.NewInt(n)} }
func between(least, most int64) bounds { return bounds{big.NewInt(least), big.NewInt(most)} }
func atLeast(n int64) bounds           { return bounds{least: big.NewInt(n)} }
func anything() bounds                 { return bounds{} }

func (b bounds) exact() bool { return b.least != nil && b.most != nil && b.least.Cmp(b.most) == 0 }

// admits says whether it may be n.
func (b bounds) admits(n int64) bool { return !b.under(n) && !b.over(n) }

// over says whether it is more than n for certain, under whether it is less.
func (b bounds) over(n int64) bool  { return b.least != nil && b.least.Cmp(big.NewInt(n)) > 0 }
func (b bounds) under(n int64) bool { return b.most != nil && b.most.Cmp(big.NewInt(n)) < 0 }

func (b *bounds) plus(o bounds) {
	add := func(x, y *big.Int) *big.Int {
		if x == nil || y == nil {
			return nil
		}
		return new(big.Int).Add(x, y)
	}
	b.least, b.most = add(b.least, o.least), add(b.most, o.most)
}

// of is a value so many times; how many is bounded on both sides.
func (b bounds) of(v bounds) bounds {
	if b.exact() && b.least.Sign() == 0 {
		return exactly(0)
	}
	out := bounds{}
	for i, n := range []*big.Int{b.least, b.most} {
		x, y := v.least, v.most
		if n.Sign() < 0 {
			x, y = y, x
		}
		if n.Sign() == 0 {
			x, y = n, n
		}
		x, y = product(n, x), product(n, y)
		if i == 0 || x == nil || out.least != nil && x.Cmp(out.least) < 0 {
			out.least = x
		}
		if i == 0 || y == nil || out.most != nil && y.Cmp(out.most) > 0 {
			out.most = y
		}
	}
	return out
}

func product(n, x *big.Int) *big.Int {
	if x == nil {
		return nil
	}
	return new(big.Int).Mul(n, x)
}

// absolute takes the sign away.
func (b *bounds) absolute() {
	switch {
	case b.exact():
		n := new(big.Int).Abs(b.least)
		*b = bounds{n, n}
	case b.least == nil || b.least.Sign() < 0:
		*b = atLeast(0)
	}
}

// per divides, and rounds up.
func (b *bounds) per(n int64) {
	up := func(x *big.Int) *big.Int {
		if x == nil {
			return nil
		}
		x = new(big.Int).Add(x, big.NewInt(n-1))
		return x.Quo(x, big.NewInt(n))
	}
	b.least, b.most = up(b.least), up(b.most)
}

// modulo takes the rest, with the sign of what is divided. Of what is not known
// to the last it says nothing.
func (b *bounds) modulo(m uint64) {
	if !b.exact() {
		*b = anything()
		return
	}
	n := new(big.Int).Rem(b.least, new(big.Int).SetUint64(m))
	*b = bounds{n, n}
}
