package reconcile

import (
	"slices"
	"time"

	"bekal/reconcile/ledger"
)

// Facts are what a report is compiled from, read from the books in one go.
type Facts struct {
	FacilityCode string
	FacilityName string
	Bank         string
	Date         string // business date
	Night        string
	At           time.Time // in the facility's time zone
	ChainHead    string
	Position     ledger.Position
	Mismatches   []Mismatch // the open ones
	Hold         *ledger.Hold
	FailedSteps  []string // of the night
}

// Compile makes the report.
func Compile(f Facts) Report {
	r := Report{FacilityCode: f.FacilityCode, FacilityName: f.FacilityName, Bank: f.Bank, Date: f.Date, Night: f.Night, GeneratedAt: f.At, ChainHead: f.ChainHead,
		Mismatches: f.Mismatches, Hold: f.Hold, FailedSteps: f.FailedSteps, Proof: Prove(f.Position, f.Date), Ageing: ageBands()}
	order := Kinds()
	slices.SortStableFunc(r.Mismatches, func(a, b Mismatch) int {
		if a.Kind != b.Kind {
			return slices.Index(order, a.Kind) - slices.Index(order, b.Kind)
		}
		return a.Opened.Compare(b.Opened)
	})
	r.summarise(f.Position)
	r.count()
	return r
}

func ageBands() []AgeBand {
	return []AgeBand{{FromDays: 0, ToDays: 2}, {FromDays: 3, ToDays: 5}, {FromDays: 6, ToDays: 30}, {FromDays: 31, ToDays: 60}, {FromDays: 61}}
}

// count adds the mismatches up by kind and by age.
func (r *Report) count() {
	kinds := make(map[Kind]Tally)
	for _, m := range r.Mismatches {
		one := Tally{Count: 1, Total: m.AtStake()}
		kinds[m.Kind] = kinds[m.Kind].Plus(one)
		for i := range r.Ageing {
			if b := &r.Ageing[i]; m.AgeDays >= b.FromDays && (b.ToDays == 0 || m.AgeDays <= b.ToDays) {
				b.Tally = b.Tally.Plus(one)
			}
		}
	}
	for _, k := range Kinds() {
		if t := kinds[k]; t.Count > 0 {
			r.Kinds = append(r.Kinds, KindLine{Kind: k, Tally: t})
		}
	}
}

func (r *Report) summarise(p ledger.Position) {
	r.Summary = Summary{Owed: p.Owed, Batched: p.Batched, Failed: p.Failed, Repaid: p.Repaid}
	for _, b := range p.Batches {
		line := BatchLine{Reference: b.Batch.Reference, State: b.Batch.State, ValueDate: b.Batch.ValueDate, Sent: b.Sent,
			Settled: b.Settled.Minus(b.Returned), Failed: b.Rejected.Plus(b.Returned), Open: b.Open}
		if b.Batch.Delivered != "" {
			r.Summary.InTransit = r.Summary.InTransit.Plus(b.Open)
			r.Summary.Pending = r.Summary.Pending.Plus(b.Pending)
			if b.Open.Count == 0 && line.State != "refused" {
				line.State = "closed"
			}
		}
		r.Summary.Settled = r.Summary.Settled.Plus(line.Settled)
		r.Batches = append(r.Batches, line)
	}
}
