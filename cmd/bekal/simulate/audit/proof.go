package audit

import (
	"fmt"
	"maps"
	"slices"
)

// Sum is a number of deposits and what they come to, in sen.
type Sum struct{ Count, Total int64 }

// ProofLine is a line of the proof as the report of a night has it. Scope is
// batch, day, overall or payable; others are not looked at.
type ProofLine struct {
	Scope, Key                                            string
	Opening, Delivered, Settled, Rejected, Closing, Holds Sum // Holds: counted from the deposits
}

// examineProof holds the figures of the proof against the files. That a proof
// balances does not say that its figures are true.
func (a *Auditor) examineProof(n Night) error {
	if len(n.Proof) == 0 {
		return nil
	}
	want := map[string]ProofLine{}
	put := func(l ProofLine) { want[l.Scope+" "+l.Key] = l }
	all := ProofLine{Scope: "overall"}
	for _, b := range a.order {
		if !b.delivered {
			continue
		}
		l := ProofLine{Scope: "batch", Key: b.reference, Delivered: Sum{b.count, b.total}}
		for _, d := range b.deposits {
			switch d.final {
			case "":
				l.Holds.add(d.amount)
			case "settled":
				l.Settled.add(d.amount)
			default:
				l.Rejected.add(d.amount)
			}
		}
		l.Closing = l.Holds
		put(l)
		all.Delivered, all.Settled, all.Rejected = all.Delivered.plus(l.Delivered, 1), all.Settled.plus(l.Settled, 1), all.Rejected.plus(l.Rejected, 1)
		all.Closing = all.Closing.plus(l.Closing, 1)
	}
	all.Holds = all.Closing
	put(all)
	put(a.dayOf(n.Date, all.Holds))
	owed := ProofLine{Scope: "payable"}
	for _, first := range a.paying {
		d := first.latest()
		if oneOf(d.place(), "owed", "batched", "failed") {
			owed.Holds.add(d.amount)
		}
	}
	owed.Closing = owed.Holds
	put(owed)
	for _, got := range n.Proof {
		key := got.Scope + " " + got.Key
		line, known := want[key]
		switch {
		case !oneOf(got.Scope, "batch", "day", "overall", "payable"):
		case !known:
			a.say(Proof, key, "the report proves it, and there is no such thing")
		case line != got:
			a.say(Proof, key, "the report has %v, by the files it is %v", got, line)
		}
		delete(want, key)
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		// Where the clock went back, a day that is over cannot be drawn.
		if want[key].Scope != "day" {
			a.say(Proof, key, "the report does not prove it")
		}
	}
	return nil
}

// dayOf is what moved through transit on a date, and what was in it before.
func (a *Auditor) dayOf(date string, open Sum) ProofLine {
	l := ProofLine{Scope: "day", Key: date, Holds: open}
	for d, f := range a.flows {
		delivered, settled, rejected := f.delivered.sum(), f.settled.sum(), f.rejected.sum()
		switch {
		case d < date:
			l.Opening = l.Opening.plus(delivered, 1).plus(settled, -1).plus(rejected, -1)
		case d == date:
			l.Delivered, l.Settled, l.Rejected = delivered, settled, rejected
		}
	}
	l.Closing = l.Opening.plus(l.Delivered, 1).plus(l.Settled, -1).plus(l.Rejected, -1)
	return l
}

func (s *Sum) add(amount int64) {
	s.Count++
	s.Total += amount
}

func (s Sum) plus(t Sum, sign int64) Sum { return Sum{s.Count + sign*t.Count, s.Total + sign*t.Total} }

func (t tally) sum() Sum { return Sum{t.count, t.total} }

func (l ProofLine) String() string {
	return fmt.Sprintf("opening %v, delivered %v, settled %v, rejected %v, closing %v, open %v", l.Opening, l.Delivered, l.Settled, l.Rejected, l.Closing, l.Holds)
}
