package audit

import "fmt"

// Rule names what must hold.
type Rule string

// The rules.
const (
	// Once: every wage reaches the bank once, and is credited once.
	Once Rule = "once"
	// Wages: what is owed and sent is what people approved, to the letter.
	Wages Rule = "wages"
	// Answers: what the books say of each deposit is what the bank's files say.
	Answers Rule = "answers"
	// Money: every account, and every wage, is where the files put it.
	Money Rule = "money"
	// Mismatches: every difference is a mismatch of its kind, and nothing else
	// is; and those that an answer has overtaken are cleared.
	Mismatches Rule = "mismatches"
	// Faults: what the bank did wrong, by its own list, shows.
	Faults Rule = "faults"
	// Files: what is sound is posted, once; what is unsound is set aside; and
	// nothing is left lying.
	Files Rule = "files"
	// Batches: a batch goes from state to state as it may, and nothing is
	// uncertain, or left behind, that could have been decided.
	Batches Rule = "batches"
	// Holds: on hold nothing is sent, two people end it, and what was forgotten is
	// what it was.
	Holds Rule = "holds"
	// Proof: the flows of each day add up to what is open.
	Proof Rule = "proof"
	// Chain: every row is sealed by the link that added it.
	Chain Rule = "chain"
	// History: what was seen once is there for ever, unchanged.
	History Rule = "history"
	// Nights: the books know the night as it was.
	Nights Rule = "nights"
)

// Violation is one thing that must not be.
type Violation struct {
	Rule   Rule
	About  string // a payment or batch reference, a file, a table
	Detail string
}

func (v Violation) String() string { return fmt.Sprintf("%s: %s: %s", v.Rule, v.About, v.Detail) }
