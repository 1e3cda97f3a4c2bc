package reconcile

import (
	"time"

	"bekal/reconcile/ledger"
)

// Kind says in what way two sides do not tie.
type Kind string

// The kinds of mismatch. Each is found by comparing what we ordered with what
// the bank answered.
const (
	Missing    Kind = "missing"    // sent, and not answered within its window
	Unknown    Kind = "unknown"    // answered, and never sent
	Amount     Kind = "amount"     // answered with another amount
	Account    Kind = "account"    // answered with another account
	Name       Kind = "name"       // the bank knows another name (advisory)
	Duplicate  Kind = "duplicate"  // a reference answered twice, or a file name used twice
	Rejected   Kind = "rejected"   // the bank did not pay
	Returned   Kind = "returned"   // the money came back
	Pending    Kind = "pending"    // the bank has not decided
	Late       Kind = "late"       // posted after the window
	Control    Kind = "control"    // count, sum, hash or sequence of a file disagrees
	Unreadable Kind = "unreadable" // a line that cannot be parsed
)

// Kinds lists every kind, in the order in which reports show them: first what
// may have cost money, last what is only advice.
func Kinds() []Kind {
	return []Kind{Unknown, Account, Amount, Duplicate, Control, Missing, Unreadable, Returned, Rejected, Pending, Late, Name}
}

// State is where a mismatch stands in its review.
type State string

// The states of a mismatch. Cleared is set by the program when a later answer
// settles the matter; resolved takes two different people.
const (
	Open     State = "open"
	Proposed State = "proposed"
	Resolved State = "resolved"
	Reopened State = "reopened"
	Cleared  State = "cleared"
)

// Text is a sentence in the two languages of the screens.
type Text struct {
	ID string `json:"id"` // Indonesian
	EN string `json:"en"` // English
}

// In returns the text in language lang, "id" or "en"; anything else is read as
// "id".
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ID
}

// Side is one side of a mismatch: what we ordered, or what the bank answered.
type Side struct {
	Account string
	Name    string
	Amount  ledger.Money // sen
}

// Mismatch is one thing that does not tie, with everything a finance officer
// needs to act on it.
type Mismatch struct {
	ID        int64
	Kind      Kind
	Reference string // payment reference; batch reference or file name where the whole batch or file is meant
	Batch     string // batch reference, empty when unknown
	Expected  *Side  // what we ordered; nil when we ordered nothing
	Actual    *Side  // what the bank answered; nil when it answered nothing
	Status    string // the bank's status, as in the file
	Code      string // the bank's code, as in the file
	Reason    Text
	NextStep  Text
	File      string // name of the bank's file; empty for missing
	Line      int    // from 1; 0 when no line is meant
	Field     string // the field at fault, if one is
	From, To  int    // columns from 1, both included; 0 when no field is meant
	Raw       string // the line as it stood in the file, control bytes escaped
	Opened    time.Time
	AgeDays   int // calendar days since it was opened
	State     State
}

// Difference is what the bank moved more than we ordered (negative: less), in
// sen. Sides that are absent count as zero.
func (m Mismatch) Difference() ledger.Money {
	var d ledger.Money
	if m.Actual != nil {
		d += m.Actual.Amount
	}
	if m.Expected != nil {
		d -= m.Expected.Amount
	}
	return d
}

// AtStake is the amount that the mismatch is about: the ordered amount, or
// what the bank moved where nothing was ordered.
func (m Mismatch) AtStake() ledger.Money {
	if m.Expected != nil {
		return m.Expected.Amount
	}
	if m.Actual != nil {
		return m.Actual.Amount
	}
	return 0
}
