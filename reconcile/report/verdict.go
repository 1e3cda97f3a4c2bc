package report

import (
	"fmt"
	"strings"

	"bekal/reconcile"
)

// verdict is what a report says about itself, before any figure.
type verdict struct {
	Proven    bool
	Final     bool // proven, and nothing is open
	Stamp     string
	Sentences []string
}

// failuresNamed bounds the failing lines that the verdict names; the proof
// itself shows them all.
const failuresNamed = 5

func (w *words) verdict(r reconcile.Report) verdict {
	v := w.proven(r)
	if r.Hold != nil {
		// What the bank has answered meanwhile is not in the figures.
		v.Final = false
		v.Sentences = append([]string{fmt.Sprintf(w.OnHold, w.DayOf(r.Hold.Date))}, v.Sentences...)
	}
	return v
}

func (w *words) proven(r reconcile.Report) verdict {
	open := openTally(r)
	if !holds(r.Proof) {
		says := []string{w.MayNotSign + " " + w.NotBalanced}
		failed := failedLines(r.Proof)
		for i, l := range failed {
			if i == failuresNamed {
				says = append(says, fmt.Sprintf("… + %d", len(failed)-i))
				break
			}
			for _, g := range w.gaps(l) {
				says = append(says, w.lineName(l)+": "+w.gapSentence(g)+".")
			}
			if len(w.gaps(l)) == 0 {
				says = append(says, w.lineName(l)+": "+w.Fails+".")
			}
		}
		return verdict{Stamp: w.NotProven, Sentences: says}
	}
	v := verdict{Proven: true, Final: nothingOpen(r), Stamp: w.Proven, Sentences: []string{w.Balanced}}
	if v.Final {
		v.Sentences = append(v.Sentences, w.ProvenFinal)
	} else {
		v.Sentences = append(v.Sentences, fmt.Sprintf(w.ProvenProvisional, number(open.Count), open.Total))
	}
	return v
}

// gapSentence says which two figures differ, and by how much.
func (w *words) gapSentence(g gap) string {
	s := fmt.Sprintf(w.GapLine,
		strings.ToLower(g.Left), g.LeftTotal, strings.ToLower(g.Right), g.RightTotal, g.Total())
	if n := g.Count(); n != 0 {
		s += " " + fmt.Sprintf(w.GapCount, number(n))
	}
	return s
}
