package banksim

import (
	"bytes"
	"cmp"
	"slices"
)

// pick is a deposit that may get one of the exact faults.
type pick struct {
	rank uint64
	ref  reference
}

// picks finds the deposits of a batch that get the exact faults: those with
// the lowest ranks, where the seed and the reference alone give the rank.
type picks struct {
	seed  uint64
	kinds []Kind
	best  []pick // sorted, at most len(kinds)
}

// offer considers one deposit.
func (p *picks) offer(ref []byte) {
	if len(p.kinds) == 0 {
		return
	}
	d := draw(p.seed, drawPick, ref)
	c := pick{rank: d.pcg.Uint64(), ref: refOf(ref)}
	full := len(p.best) == len(p.kinds)
	if full && p.best[len(p.best)-1].rank <= c.rank {
		return
	}
	at, known := slices.BinarySearchFunc(p.best, c, func(a, b pick) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), bytes.Compare(a.ref[:], b.ref[:]))
	})
	if known {
		return
	}
	if full {
		p.best = p.best[:len(p.best)-1]
	}
	p.best = slices.Insert(p.best, at, c)
}

// chosen maps the picked deposits to their faults.
func (p *picks) chosen() map[reference]Kind {
	m := make(map[reference]Kind, len(p.best))
	for i, c := range p.best {
		m[c.ref] = p.kinds[i]
	}
	return m
}
