package ledger

import "fmt"

// Account is an account of the general journal.
type Account string

// The chart of accounts. Wages payable and bank in transit are control
// accounts: the deposits stand behind them one by one.
const (
	WagesExpense Account = "wages_expense"
	WagesPayable Account = "wages_payable"   // what is owed to beneficiaries and is not on its way
	InTransit    Account = "bank_in_transit" // delivered to the bank, and not answered for good
	BankAccount  Account = "bank"            // what the bank has moved
	Returns      Account = "returns"         // what came back passes through here
	Suspense     Account = "suspense"        // what the bank moved and we did not order
)

// Entry is one entry of the general journal.
type Entry struct {
	Date     string // business date
	Facility int64
	Bank     int64 // 0 for none, as below
	Event    string
	Sheet    int64
	Batch    int64
	File     int64
	Deposits int64 // how many deposits it speaks of
	Memo     string
}

type side struct {
	account       Account
	debit, credit Money
}

func debit(a Account, m Money) side  { return side{account: a, debit: m} }
func credit(a Account, m Money) side { return side{account: a, credit: m} }

// post writes an entry, whose sides must agree.
func (t *tx) post(e Entry, sides ...side) error {
	var sum Money
	for _, s := range sides {
		if most := max(s.debit, s.credit); most > MaxEntry {
			return fmt.Errorf("ledger: entry %q: %s %w", e.Event, most, ErrBeyond)
		}
		sum += s.debit - s.credit
	}
	if sum != 0 {
		return fmt.Errorf("ledger: entry %q: debits and credits differ by %s", e.Event, sum)
	}
	id, err := t.add("journal", e.Date, e.Facility, orNull(e.Bank), e.Event, orNull(e.Sheet), orNull(e.Batch), orNull(e.File), e.Deposits, plain(e.Memo), t.at)
	if err != nil {
		return err
	}
	for _, s := range sides {
		if s.debit == 0 && s.credit == 0 {
			continue
		}
		if _, err := t.add("postings", id, string(s.account), int64(s.debit), int64(s.credit)); err != nil {
			return err
		}
	}
	return nil
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
