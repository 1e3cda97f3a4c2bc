package reconcile

import "bekal/reconcile/ledger"

// Tally is a number of deposits and their sum.
type Tally = ledger.Tally

// Scope says over what a line of the proof is drawn.
type Scope string

// The scopes of a proof line.
const (
	ScopeBatch   Scope = "batch"   // one batch, over its whole life
	ScopeDay     Scope = "day"     // one business date of nights
	ScopePeriod  Scope = "period"  // one wage period
	ScopeOverall Scope = "overall" // everything
	ScopePayable Scope = "payable" // what is owed and not on its way
	ScopeJournal Scope = "journal" // debits and credits
)

// ProofLine is one equation that must hold, in count and rupiah:
// Opening + Delivered - Settled - Rejected = Closing = OpenDeposits = Control.
//
// For the payable scope, Closing is what the journal says and OpenDeposits
// what the deposits say; for the journal scope, Delivered holds the debits and
// Settled the credits.
type ProofLine struct {
	Scope        Scope  `json:"scope"`
	Key          string `json:"key"` // batch reference, date, period; empty overall
	Opening      Tally  `json:"opening"`
	Delivered    Tally  `json:"delivered"`
	Settled      Tally  `json:"settled"`
	Rejected     Tally  `json:"rejected"`
	Closing      Tally  `json:"closing"`
	OpenDeposits Tally  `json:"open_deposits"` // counted from the deposits
	// Control is the balance of the control account, in sen. The journal holds
	// no counts.
	Control ledger.Money `json:"control"`
	Proven  bool         `json:"proven"`
}

// Proof is all the lines together. It is proven when every line is.
type Proof struct {
	Proven bool        `json:"proven"`
	Lines  []ProofLine `json:"lines"`
}
