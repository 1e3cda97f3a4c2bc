package report

import (
	"fmt"
	"strconv"
	"time"

	"bekal/reconcile"
)

// term is a word for something that the books name, with a few words on what
// it means where a reader needs them.
type term struct {
	Name    string
	Meaning string
}

// words is everything that a report says in one language. The fields are
// exported for the HTML template; those that hold a verb of fmt are formats.
type words struct {
	Lang   string
	Months [12]string
	Clock  string // layout of a time of day

	// Head of the page.
	Title, Bank, Date, Night, Generated, ChainHead, ToCheck, ChainNote string
	Page                                                               string

	// Verdict.
	Proven, NotProven              string
	ProvenFinal, ProvenProvisional string
	ProvenProvisionalOne           string // one mismatch is open
	ProvenWaiting                  string // none is open, and yet it is not final
	Balanced, NotBalanced          string
	MayNotSign                     string
	OnHold                         string // with the day since when
	Uncertain                      string // with the batch
	StepsFailed                    string // with the steps of the night
	GapLine, GapCount              string // where a line fails, and by how much
	AllTies                        string // nothing is open

	// Summary, kinds and ageing.
	Summary, Count, Total, Sum                                               string
	Owed, Batched, InTransit, Pending, Settled, Failed, Repaid               string
	OpenMismatches, Ageing, Age, AgeDays, Deposits, NoMismatches, NoneListed string

	// Mismatches.
	Mismatches, ID, Kind, State, Reference, Batch            string
	Ours, Banks, Both, Off, OurBooks, BanksAnswer            string
	Account, Name, Amount, Difference                        string
	ExpectedAccount, ExpectedName, ExpectedAmount            string
	ActualAccount, ActualName, ActualAmount                  string
	Status, Code, Reason, NextStep, Step                     string
	File, Line, Lines, Columns, Field, From, To, Raw, Opened string
	NothingOrdered, NothingAnswered                          string
	MoreMismatches, MoreBatches, MoreLines                   string

	// Batches.
	Batches, ValueDate, Sent, Open, Closed string
	PaidNow, FailedNow                     string // of a batch as it stands: what came back is failed, and was settled before

	// Proof.
	Proof, Rule, Scope, Opening, Delivered, Rejected, Closing string
	OpenDeposits, Control, Journal, Debits, Credits, Equation string
	Result, Gap, Holds, Fails                                 string
	PayableRule, JournalRule                                  string

	// Signatures.
	Signatures, Prepared, Reviewed, Approved string
	SignName, SignNumber, SignDate           string
	ThreePeople, NotToBeSigned               string

	Steps       map[string]string // of a night
	Kinds       map[reconcile.Kind]term
	States      map[reconcile.State]string
	Scopes      map[reconcile.Scope]string
	BatchStates map[string]string
}

// KindName returns the word for k; a kind without a word is shown as it is.
func (w *words) KindName(k reconcile.Kind) string {
	if t, ok := w.Kinds[k]; ok {
		return t.Name
	}
	return visible(string(k))
}

// KindMeaning returns what k means, in half a sentence.
func (w *words) KindMeaning(k reconcile.Kind) string { return w.Kinds[k].Meaning }

// StateName returns the word for the state of a review.
func (w *words) StateName(s reconcile.State) string {
	if n, ok := w.States[s]; ok {
		return n
	}
	return visible(string(s))
}

// ScopeName returns the word for what a proof line is drawn over.
func (w *words) ScopeName(s reconcile.Scope) string {
	if n, ok := w.Scopes[s]; ok {
		return n
	}
	return visible(string(s))
}

// StepName returns what a step of a night does.
func (w *words) StepName(s string) string {
	if n, ok := w.Steps[s]; ok {
		return n
	}
	return visible(s)
}

// BatchState returns the word for the state of a batch.
func (w *words) BatchState(s string) string {
	if n, ok := w.BatchStates[s]; ok {
		return n
	}
	return visible(s)
}

// Day writes a day: 23 November 2026. A zero time is a dash.
func (w *words) Day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return fmt.Sprintf("%d %s %d", t.Day(), w.Months[t.Month()-1], t.Year())
}

// DayOf writes a date given as 2026-11-23; anything else is shown as it is.
func (w *words) DayOf(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		if date == "" {
			return "-"
		}
		return visible(date)
	}
	return w.Day(t)
}

// shortDayOf is DayOf with three letters of the month, for narrow columns.
func (w *words) shortDayOf(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return w.DayOf(date)
	}
	return fmt.Sprintf("%d %.3s %d", t.Day(), w.Months[t.Month()-1], t.Year())
}

// Moment writes a day and a time of day in the time's own zone.
func (w *words) Moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return w.Day(t) + ", " + t.Format(w.Clock)
}

// Band names an age band: T+0–2, >T+60.
func (w *words) Band(b reconcile.AgeBand) string {
	if b.ToDays == 0 {
		return fmt.Sprintf(">T+%d", b.FromDays-1)
	}
	return fmt.Sprintf("T+%d–%d", b.FromDays, b.ToDays)
}

// number writes a count with points between the thousands, as amounts are
// written.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits := s
	if n < 0 {
		digits = s[1:]
	}
	out := make([]byte, 0, len(s)+len(s)/3)
	out = append(out, s[:len(s)-len(digits)]...)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, '.')
		}
		out = append(out, digits[i])
	}
	return string(out)
}
