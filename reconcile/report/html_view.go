package report

import (
	"strconv"

	"bekal/reconcile"
)

// mismatchView is a mismatch as the page shows it.
type mismatchView struct {
	NewKind                          bool
	Kind, Meaning                    string
	ID, Reference, Batch             string
	Ours, Bank                       *sideView
	Difference, Age, State           string
	Undone                           bool // someone still has to act
	Where, Status, Code              string
	Reason, NextStep                 string
	RawBefore, RawFault, RawAfter    string
	Opened                           string
	DiffersAccount, DiffersName, Off bool
}

type sideView struct{ Account, Name, Amount string }

func newSideView(s *reconcile.Side) *sideView {
	if s == nil {
		return nil
	}
	return &sideView{visible(s.Account), visible(s.Name), s.Amount.String()}
}

func newMismatchView(w *words, m reconcile.Mismatch) mismatchView {
	d := compare(m)
	v := mismatchView{
		Kind: w.KindName(m.Kind), Meaning: w.KindMeaning(m.Kind),
		ID: strconv.FormatInt(m.ID, 10), Reference: visible(m.Reference), Batch: visible(m.Batch),
		Ours: newSideView(m.Expected), Bank: newSideView(m.Actual),
		Age: age(m), State: w.StateName(m.State), Undone: isOpen(m), Opened: w.Day(m.Opened),
		Where: w.where(m), Status: visible(m.Status), Code: visible(m.Code),
		Reason: visible(m.Reason.In(w.Lang)), NextStep: visible(m.NextStep.In(w.Lang)),
		DiffersAccount: d.account, DiffersName: d.name, Off: d.amount,
	}
	v.Difference = difference(m)
	v.RawBefore, v.RawFault, v.RawAfter = fault(m)
	return v
}

// signBox is a place to sign.
type signBox struct {
	W    *words
	Role string
	Void bool // crossed out
}

type batchView struct {
	Reference, State, ValueDate string
	Sent, Settled, Failed, Open figureRow
}

func newBatchView(w *words, b reconcile.BatchLine) batchView {
	return batchView{
		visible(b.Reference), w.BatchState(b.State), w.shortDayOf(b.ValueDate),
		row("", b.Sent), row("", b.Settled), row("", b.Failed), row("", b.Open),
	}
}

// sumView is a proof line written as a sum, one figure below the other.
type sumView struct {
	Proven bool
	Name   string
	Rows   []addendView
}

type addendView struct {
	Sign string
	Rule bool
	figureRow
}

func newSumView(w *words, l reconcile.ProofLine) sumView {
	v := sumView{Proven: l.Proven, Name: w.lineName(l)}
	for _, a := range w.addends(l) {
		f := row(a.Label, a.Tally)
		if !a.Counted {
			f.Count = ""
		}
		v.Rows = append(v.Rows, addendView{a.Sign, a.Rule, f})
	}
	return v
}

// lineView is a proof line written as a row.
type lineView struct {
	Proven  bool
	Name    string
	Figures []figureRow
	Gaps    []string
}

func newLineView(w *words, l reconcile.ProofLine) lineView {
	v := lineView{Proven: l.Proven, Name: w.lineName(l), Gaps: gapSentences(w, l)}
	for _, a := range w.addends(l) {
		f := row("", a.Tally)
		if !a.Counted {
			f.Count = ""
		}
		v.Figures = append(v.Figures, f)
	}
	return v
}

// pairView is a proof line of two figures that must be equal.
type pairView struct {
	Proven           bool
	Name, Rule       string
	LeftName, Left   string
	RightName, Right string
	Gaps             []string
}

func newPairView(w *words, l reconcile.ProofLine) pairView {
	v := pairView{Proven: l.Proven, Name: w.lineName(l), Gaps: gapSentences(w, l)}
	if l.Scope == reconcile.ScopeJournal {
		v.Rule, v.LeftName, v.RightName = w.JournalRule, w.Debits, w.Credits
		v.Left, v.Right = l.Delivered.Total.String(), l.Settled.Total.String()
	} else {
		v.Rule, v.LeftName, v.RightName = w.PayableRule, w.Journal, w.Deposits
		v.Left, v.Right = l.Closing.Total.String(), l.OpenDeposits.Total.String()
	}
	return v
}

func gapSentences(w *words, l reconcile.ProofLine) []string {
	var out []string
	for _, g := range w.gaps(l) {
		out = append(out, w.gapSentence(g))
	}
	return out
}
