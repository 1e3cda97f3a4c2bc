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
	v.Sentences = append(w.cautions(r), v.Sentences...)
	return v
}

// cautions are what a reader must know before any figure: as long as there is
// one, the figures are not the whole of it, however quiet they look.
func (w *words) cautions(r reconcile.Report) []string {
	var says []string
	if r.Hold != nil {
		// What the bank has answered meanwhile is not in the figures.
		says = append(says, fmt.Sprintf(w.OnHold, w.DayOf(r.Hold.Date)))
	}
	uncertain := uncertainBatches(r)
	for i, b := range uncertain {
		if i == failuresNamed {
			says = append(says, fmt.Sprintf("… + %d", len(uncertain)-i))
			break
		}
		says = append(says, fmt.Sprintf(w.Uncertain, visible(b.Reference)))
	}
	var steps []string
	for _, s := range r.FailedSteps {
		if s != "compose" || r.Hold == nil { // on hold nothing is composed: that was said
			steps = append(steps, w.StepName(s))
		}
	}
	if len(steps) > 0 {
		says = append(says, fmt.Sprintf(w.StepsFailed, strings.Join(steps, ", ")))
	}
	return says
}

// uncertainBatches are those of which nobody knows whether the bank has them.
func uncertainBatches(r reconcile.Report) []reconcile.BatchLine {
	var found []reconcile.BatchLine
	for _, b := range r.Batches {
		if b.State == "uncertain" {
			found = append(found, b)
		}
	}
	return found
}

// wholeStory says that the figures are all that there is to know: nothing is held
// up, uncertain, or left undone by the night.
func wholeStory(r reconcile.Report) bool {
	return r.Hold == nil && len(r.FailedSteps) == 0 && len(uncertainBatches(r)) == 0
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
	v := verdict{Proven: true, Final: nothingOpen(r) && wholeStory(r), Stamp: w.Proven, Sentences: []string{w.Balanced}}
	switch {
	case v.Final:
		v.Sentences = append(v.Sentences, w.ProvenFinal)
	case nothingOpen(r):
		v.Sentences = append(v.Sentences, w.ProvenWaiting)
	case open.Count == 1:
		v.Sentences = append(v.Sentences, fmt.Sprintf(w.ProvenProvisionalOne, open.Total))
	default:
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
