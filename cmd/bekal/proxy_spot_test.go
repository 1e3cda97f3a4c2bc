package main

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bekal/gateway/sftp/sftptest"
)

// ways are the two directions of a line.
var ways = []sftptest.Direction{sftptest.ToServer, sftptest.FromServer}

// The stretches of a night's conversation, in their order.
const (
	login   = "login"
	collect = "collect"
	upload  = "upload"
	witness = "witness" // what is asked before the rename
	rename  = "rename"
)

// stretch is a part of what goes one way over the line in a night.
type stretch struct {
	what     string
	from, to int64
}

// conversation is how many bytes a calm night carries, stretch by stretch.
type conversation map[sftptest.Direction][]stretch

// measured plays calm nights and notes how far the line has come at each step.
// The first has no answers to collect, so that up to its first batch it is login
// and listing alone. After "staged" come three looks and the rename, all of about
// the same length. Where the test was too slow to see a step before the next, it
// looks at one more night.
func (x *proxied) measured(t *testing.T) conversation {
	t.Helper()
	greeted := x.calmNight(t)[0]
	for range 5 {
		night, c, seen := x.calmNight(t), conversation{}, true
		for _, way := range ways {
			composed, staged, delivered := night[0][way], night[1][way], night[2][way]
			looked := delivered - (delivered-staged)/4
			c[way] = []stretch{{login, 0, greeted[way]}, {collect, greeted[way], composed}, {upload, composed, staged}, {witness, staged, looked}, {rename, looked, delivered}}
			for _, s := range c[way] {
				seen = seen && s.from < s.to
			}
		}
		if seen {
			return c
		}
	}
	t.Fatal("the steps of a calm night are not to be told apart")
	return nil
}

// calmNight is how many bytes a night has carried when its batch was composed,
// staged and delivered. Then the bank works.
func (x *proxied) calmNight(t *testing.T) (steps []map[sftptest.Direction]int64) {
	t.Helper()
	x.owes(t)
	before := x.carried()
	p := x.start(t, "night", "--date", x.today())
	for _, line := range []string{"batch composed", "batch staged", "batch delivered"} {
		p.awaits(t, line)
		now := x.carried()
		for _, way := range ways {
			now[way] -= before[way]
		}
		steps = append(steps, now)
	}
	if code := p.end(t); code != exitOK {
		t.Fatalf("a calm night: exit code %d\n%v", code, p.heard)
	}
	x.answers(t)
	return steps
}

func (x *proxied) carried() map[sftptest.Direction]int64 {
	now := map[sftptest.Direction]int64{}
	for _, way := range ways {
		now[way] = x.proxy.Carried(way)
	}
	return now
}

// spot is where a fault strikes a night, how, and what follows.
type spot struct {
	sftptest.Fault
	what string
	next next
}

func (s spot) String() string {
	return fmt.Sprintf("%s %s after byte %d (%s), %s", []string{"to the server:", "from the server:"}[s.Direction], []string{"cut", "reset", "stall"}[s.Act], s.After, s.what,
		[]string{"then the bank works", "then another night", "tried again in the same night"}[s.next])
}

// next is what comes after a fault.
type next int

// What comes.
const (
	thenBank  next = iota // the bank looks into its folder before another night comes
	thenNight             // the next night comes first
	sameNight             // the program tries again in the same night
	nexts                 // so many there are
)

// spots are n of them, spread evenly over each stretch of the conversation, the
// shorter ones denser: nearly half are around the rename. A sixth is drawn at
// random over the whole. They are the same ones every time, and in no order.
func (c conversation) spots(n int, random *rand.Rand) []spot {
	shares := map[string]int{login: 1, collect: 2, upload: 2, witness: 2, rename: 3} // of 12, one way
	var spots []spot
	for _, way := range ways {
		for k, s := range c[way] {
			many := max(1, n*shares[s.what]/24)
			for i := range many {
				after := s.from + (s.to-s.from)*int64(2*i+1)/int64(2*many)
				// So every stretch sees each act, and what may come after it.
				spots = append(spots, spot{sftptest.Fault{Direction: way, After: after, Act: actOf(i, s.to-s.from > longStretch)}, s.what, next(i+k+int(way)) % nexts})
			}
		}
	}
	for i := 0; len(spots) < n; i++ {
		way := ways[i%2]
		end := c[way][len(c[way])-1].to
		spots = append(spots, spot{sftptest.Fault{Direction: way, After: random.Int64N(end), Act: actOf(i/2, false)}, "at random", next(i) % nexts})
	}
	random.Shuffle(len(spots), func(i, j int) { spots[i], spots[j] = spots[j], spots[i] })
	return spots
}

// longStretch is more than requests and their answers have: a file is carried.
const longStretch = 8 << 10

// actOf alternates. Every eighth is a line that falls silent, which costs the
// patience that it takes to notice; where a file is carried, early enough for a
// short sweep to have one.
func actOf(i int, long bool) sftptest.Act {
	switch {
	case i%8 == 2, long && i == 1:
		return sftptest.Stall
	case i%2 == 0:
		return sftptest.Cut
	}
	return sftptest.Reset
}
