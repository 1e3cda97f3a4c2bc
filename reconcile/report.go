package reconcile

import (
	"time"

	"bekal/reconcile/ledger"
)

// Report is what a finance officer reads and signs: a value, computed here and
// only rendered elsewhere.
type Report struct {
	FacilityCode string
	FacilityName string
	Bank         string
	Date         string    // business date, 2026-11-23
	Night        string    // id of the last night, empty before the first
	GeneratedAt  time.Time // in the facility's time zone
	ChainHead    string    // SHA-256 of the ledger's chain, hex; anchors the books outside the database
	Summary      Summary
	Kinds        []KindLine // kinds that occur, in the order of Kinds()
	Ageing       []AgeBand  // always all five bands
	Batches      []BatchLine
	Mismatches   []Mismatch // in the order of Kinds(), then oldest first
	Proof        Proof
	Hold         *ledger.Hold // nil unless the books are on hold, and nothing is sent
	FailedSteps  []string     // of the night, in order: what it has not fetched, or not sent, is not here
}

// Summary counts the deposits by where they stand.
type Summary struct {
	Owed      Tally // approved, in no batch yet
	Batched   Tally // in a batch that is not delivered
	InTransit Tally // delivered, and without a final answer (pending included)
	Pending   Tally // of those in transit: the bank has not decided
	Settled   Tally // paid into the account, and not returned
	Failed    Tally // rejected or returned: owed again, waiting for a decision
	Repaid    Tally // of all failed ones: already replaced by a new deposit; not counted in Failed
}

// KindLine counts the open mismatches of one kind.
type KindLine struct {
	Kind  Kind
	Tally Tally // number, and the sum of what is at stake
}

// AgeBand counts the open mismatches of one age: T+0-2, 3-5, 6-30, 31-60,
// over 60 days.
type AgeBand struct {
	FromDays int
	ToDays   int // 0: no upper bound
	Tally    Tally
}

// BatchLine is one batch of the report.
type BatchLine struct {
	Reference string
	State     string // sealed, staged, delivered, acknowledged, refused, uncertain, closed
	ValueDate string
	Sent      Tally
	Settled   Tally
	Failed    Tally
	Open      Tally
}
