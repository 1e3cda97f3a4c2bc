package reconcile

import (
	"bekal/reconcile/ledger"
)

// Class is what a status of the bank means for the deposit.
type Class string

// The classes of a status.
const (
	ClassPaid     Class = "paid"
	ClassPending  Class = "pending" // never pay again
	ClassReturned Class = "returned"
	ClassFailed   Class = "failed"
)

// Answer is one record of a settlement or return file, as it was read. Its
// slices belong to the caller.
type Answer struct {
	Line      int64
	Reference []byte // payment reference
	Account   []byte
	Name      []byte
	Amount    ledger.Money
	Class     Class
	Status    []byte
	Code      []byte
	Posted    []byte // yyyyMMdd, or with HHmmss behind it; empty where nothing was posted
	Raw       []byte // the line without its end
	// Conflict is set when the code says that the bank has had this reference
	// before: whatever the status, that is no reason to pay again.
	Conflict bool
}

// Order is what was agreed about the deposits that a file answers.
type Order struct {
	// Batch is the batch that the file names; 0 for a return file, whose lines
	// may belong to any earlier batch.
	Batch int64
	// LateAfter is the last day, yyyyMMdd, on which a posting is in time; empty
	// when there is none.
	LateAfter string
	// NameAsSent is a name in the letters and length in which the transfer
	// file carried it.
	NameAsSent func(string) string
}

// Verdict is what an answer means: what to record of the deposit, and what does
// not tie.
type Verdict struct {
	// Outcome is to be recorded; empty where the answer changes nothing.
	Outcome ledger.Outcome
	// Unordered is what the bank moved and we did not order; negative: what
	// came back of such.
	Unordered ledger.Money
	kinds     [6]Kind
	n         int
}

// Kinds are the mismatches that the answer makes.
func (v *Verdict) Kinds() []Kind { return v.kinds[:v.n] }

func (v *Verdict) add(k Kind) { v.kinds[v.n], v.n = k, v.n+1 }

// Judge matches an answer with the deposit that it answers. The key is the
// payment reference inside its batch; s is the deposit with that reference, or
// the zero Standing when there is none. An answer is claimed once: when the
// deposit has a final one, a further one posts nothing and is a mismatch.
//
// An answer that the money was not paid, or came back, counts only where it
// names the account that we ordered. The bank may have taken one reference for
// another: a deposit that is owed again by such an answer would be paid twice.
func Judge(a *Answer, s *ledger.Standing, o *Order) (v Verdict) {
	if s.ID == 0 || s.Batch == 0 || o.Batch != 0 && s.Batch != o.Batch {
		v.add(Unknown)
		switch {
		case a.Class == ClassPaid:
			v.Unordered = a.Amount
		case a.Class == ClassReturned && o.Batch == 0:
			v.Unordered = -a.Amount
		}
		return v
	}
	switch a.Class {
	case ClassPaid:
		v.paid(a, s, o)
	case ClassPending:
		v.pending(a, s)
	case ClassFailed:
		if a.Conflict || s.Final != "" || s.Misdirected != nil {
			v.add(Duplicate)
			return v
		}
		if string(a.Account) != s.Account {
			v.compare(a, s)
			return v
		}
		v.Outcome = ledger.Rejected
		v.add(Rejected)
		v.compare(a, s)
	case ClassReturned:
		if stray(a, s) {
			// What went astray came back. The deposit itself was paid, and stays
			// so: owed again, it would be paid twice.
			if s.StrayReturned {
				v.add(Duplicate)
				return v
			}
			v.Outcome = ledger.StrayReturned
			v.add(Returned)
			v.compare(a, s)
			return v
		}
		if s.WasReturned || s.Final != "" && s.Final != ledger.Settled {
			v.add(Duplicate)
			return v
		}
		if string(a.Account) != s.Account && s.Misdirected == nil {
			// Money came back, and nobody knows of which deposit.
			if o.Batch == 0 {
				v.Unordered = -a.Amount
			}
			v.compare(a, s)
			return v
		}
		v.Outcome = ledger.Returned
		v.add(Returned)
		v.compare(a, s)
	}
	return v
}

// stray says whether a return brings back what had gone to another account,
// before the deposit was paid where it belongs.
func stray(a *Answer, s *ledger.Standing) bool {
	return s.Final == ledger.Settled && s.Misdirected != nil && string(a.Account) != s.Account
}

func (v *Verdict) paid(a *Answer, s *ledger.Standing, o *Order) {
	switch {
	case s.Final != "":
		// It says again what is known, or contradicts it: either way a
		// person must look before anything more is booked.
		v.add(Duplicate)
		return
	case string(a.Account) != s.Account:
		if s.Misdirected != nil {
			v.add(Duplicate)
			return
		}
		// The money is gone, and is not where it belongs: the deposit stays
		// open until somebody has decided.
		v.Outcome = ledger.Misdirected
		v.compare(a, s)
		return
	}
	v.Outcome = ledger.Settled
	v.compare(a, s)
	if string(a.Name) != s.Name && string(a.Name) != o.NameAsSent(s.Name) {
		v.add(Name)
	}
	if o.LateAfter != "" && len(a.Posted) >= 8 && string(a.Posted[:8]) > o.LateAfter {
		v.add(Late)
	}
}

func (v *Verdict) pending(a *Answer, s *ledger.Standing) {
	if s.Final != "" || s.Misdirected != nil {
		return // older news than what we have
	}
	if string(a.Account) != s.Account {
		v.compare(a, s)
		return
	}
	v.Outcome = ledger.Pending
	v.add(Pending)
}

// compare holds both sides against each other.
func (v *Verdict) compare(a *Answer, s *ledger.Standing) {
	if string(a.Account) != s.Account {
		v.add(Account)
	}
	if a.Amount != s.Amount {
		v.add(Amount)
	}
}

// DetailConflict marks a duplicate of which we know no first answer: the bank
// says that it has had the reference before.
const DetailConflict = "conflict"

// DetailAcknowledged marks a batch that the bank has answered as a whole twice.
const DetailAcknowledged = "acknowledged twice"

// DetailElsewhere marks an answer, other than that it was paid, which names
// another account than the deposit's: it may be about another deposit.
const DetailElsewhere = "elsewhere"

// DetailStray marks a return of what had gone to another account, where the
// deposit itself was paid.
const DetailStray = "stray"

// DetailForgotten marks an answer about a payment that restored books may have
// ordered before they forgot it.
const DetailForgotten = "forgotten"

// Row is the mismatch of that kind which the answer makes, as the books keep
// it.
func Row(k Kind, a *Answer, s *ledger.Standing) ledger.MismatchRow {
	account, name, amount := string(a.Account), string(a.Name), a.Amount
	m := ledger.MismatchRow{Kind: string(k), Line: a.Line, Reference: string(a.Reference), ActualAccount: &account, ActualName: &name, ActualAmount: &amount,
		Status: string(a.Status), Code: string(a.Code), Raw: string(a.Raw)}
	if s.ID != 0 {
		m.DepositID, m.BatchID = s.ID, s.Batch
		m.ExpectedAccount, m.ExpectedName, m.ExpectedAmount = &s.Account, &s.Name, &s.Amount
	}
	switch k {
	case Amount:
		m.Field = "amount"
	case Account:
		m.Field = "account"
		if a.Class != ClassPaid && !(a.Class == ClassReturned && s.Misdirected != nil) {
			m.Detail = DetailElsewhere
		}
	case Name:
		m.Field = "name"
	case Late:
		m.Field = "posted"
		m.Detail = string(a.Posted)
	case Rejected, Returned, Pending:
		m.Field = "status"
		if k == Returned && stray(a, s) {
			m.Detail = DetailStray
		}
	case Unknown, Duplicate:
		m.Field = "payment_reference"
	case Missing, Control, Unreadable:
	}
	if k == Unknown && s.ID != 0 {
		// The reference is ours, and of another batch: what we ordered there
		// is not what this line answers.
		m.ExpectedAccount, m.ExpectedName, m.ExpectedAmount = nil, nil, nil
		m.DepositID = 0
		m.Detail = "of another batch"
	}
	if k == Duplicate {
		switch {
		case s.Final != "":
			m.Detail = string(s.Final)
		case s.Misdirected != nil:
			m.Detail = string(ledger.Misdirected)
		default:
			m.Detail = DetailConflict
		}
	}
	// The standing changes as its answers are recorded; the mismatch keeps
	// what it was.
	return m.Detached()
}
