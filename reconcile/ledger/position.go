package ledger

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// BatchPosition is where a batch stands, counted from its deposits one by one.
type BatchPosition struct {
	Batch    Batch
	Sent     Tally // the batch's deposits
	Settled  Tally
	Rejected Tally // rejected, or returned before they settled
	Open     Tally // without a final answer
	Pending  Tally // of those open: the bank has said that it has not decided
	Returned Tally // of those settled: came back later
	Control  Money // what the journal holds in transit for it
	// Deposits counted by the journal's entries, for the same equation.
	JournalSettled, JournalRejected Tally
}

// Flow is what the journal moved through transit on one date.
type Flow struct {
	Date      string `db:"date"`
	Delivered Tally
	Settled   Tally
	Rejected  Tally
}

// Position is where all the deposits of a facility stand, from both sides: the
// deposits one by one, and the journal's control accounts.
type Position struct {
	Batches []BatchPosition
	Flows   []Flow // by date
	Owed    Tally  // approved, in no batch
	Batched Tally  // in a batch that is not delivered
	Failed  Tally  // rejected or returned, and not replaced
	Repaid  Tally  // rejected or returned, and replaced by a new deposit
	// Balances of the control accounts: credits less debits, in sen.
	InTransit Money
	Payable   Money
	Debits    Money
	Credits   Money
}

// Position reads where everything stands, in one moment.
func (l *Ledger) Position(ctx context.Context) (Position, error) {
	db, err := l.reader.BeginTxx(ctx, nil)
	if err != nil {
		return Position{}, fmt.Errorf("ledger: %w", err)
	}
	defer db.Rollback() //nolint:errcheck // it only read
	return readPosition(ctx, db)
}

func readPosition(ctx context.Context, db *sqlx.Tx) (Position, error) {
	var p Position
	for _, read := range []func(context.Context, *sqlx.Tx) error{p.readBatches, p.readFlows, p.readOwed, p.readFailed, p.readBalances} {
		if err := read(ctx, db); err != nil {
			return Position{}, fmt.Errorf("ledger: position: %w", err)
		}
	}
	return p, nil
}

func (p *Position) readFlows(ctx context.Context, db *sqlx.Tx) error {
	var flows []struct {
		Date     string `db:"date"`
		Event    string `db:"event"`
		Deposits int64  `db:"deposits"`
		Moved    Money  `db:"moved"`
	}
	err := db.SelectContext(ctx, &flows, `SELECT j.date, j.event, sum(j.deposits) AS deposits, sum(p.credit - p.debit) AS moved FROM journal j
		JOIN postings p ON p.entry_id = j.id WHERE p.account = 'bank_in_transit' GROUP BY j.date, j.event ORDER BY j.date, j.event`)
	if err != nil {
		return err
	}
	for _, f := range flows {
		if len(p.Flows) == 0 || p.Flows[len(p.Flows)-1].Date != f.Date {
			p.Flows = append(p.Flows, Flow{Date: f.Date})
		}
		day := &p.Flows[len(p.Flows)-1]
		switch f.Event {
		case "batch delivered":
			day.Delivered = day.Delivered.Plus(Tally{f.Deposits, f.Moved})
		case "deposits settled":
			day.Settled = day.Settled.Plus(Tally{f.Deposits, -f.Moved})
		default:
			day.Rejected = day.Rejected.Plus(Tally{f.Deposits, -f.Moved})
		}
	}
	return nil
}

// readOwed takes the approved sheets less what is in batches.
func (p *Position) readOwed(ctx context.Context, db *sqlx.Tx) error {
	var approved, batched Tally
	if err := db.GetContext(ctx, &approved, `SELECT coalesce(sum(s.count), 0) AS count, coalesce(sum(s.total), 0) AS total FROM sheets s
		JOIN sheet_decisions d ON d.sheet_id = s.id AND d.decision = 'approved'`); err != nil {
		return err
	}
	for _, b := range p.Batches {
		batched = batched.Plus(b.Sent)
	}
	p.Owed = approved.Minus(batched)
	return nil
}

func (p *Position) readFailed(ctx context.Context, db *sqlx.Tx) error {
	for _, b := range p.Batches {
		p.Failed = p.Failed.Plus(b.Rejected).Plus(b.Returned)
	}
	// Only a repayment that was approved takes the place of what failed.
	err := db.GetContext(ctx, &p.Repaid, `SELECT count(*) AS count, coalesce(sum(o.amount), 0) AS total FROM repayments r JOIN deposits n ON n.id = r.deposit_id JOIN deposits o ON o.id = r.replaces
		JOIN sheet_decisions x ON x.sheet_id = n.sheet_id AND x.decision = 'approved'`)
	p.Failed = p.Failed.Minus(p.Repaid)
	return err
}

func (p *Position) readBalances(ctx context.Context, db *sqlx.Tx) error {
	var balances []struct {
		Account Account `db:"account"`
		Debit   Money   `db:"debit"`
		Credit  Money   `db:"credit"`
	}
	if err := db.SelectContext(ctx, &balances, `SELECT account, debit, credit FROM balances`); err != nil {
		return err
	}
	for _, b := range balances {
		p.Debits += b.Debit
		p.Credits += b.Credit
		switch b.Account {
		case InTransit:
			p.InTransit = b.Credit - b.Debit
		case WagesPayable:
			p.Payable = b.Credit - b.Debit
		}
	}
	return nil
}

// Open is the sum of the delivered batches' open deposits.
func (p Position) Open() Tally {
	var t Tally
	for _, b := range p.Batches {
		if b.Batch.Delivered != "" {
			t = t.Plus(b.Open)
		}
	}
	return t
}

// check finds the first place where control and detail disagree.
func (p Position) check() error {
	for _, b := range p.Batches {
		open := b.Open.Total
		if b.Batch.Delivered == "" {
			open = 0
		}
		if b.Control != open {
			return &Break{Table: "journal", What: fmt.Sprintf("batch %s: the journal holds %s in transit, its open deposits are %s", b.Batch.Reference, b.Control, open)}
		}
	}
	if open := p.Open().Total; p.InTransit != open {
		return &Break{Table: "journal", What: fmt.Sprintf("bank in transit is %s, the open deposits are %s", p.InTransit, open)}
	}
	if owed := p.Owed.Plus(p.Batched).Plus(p.Failed).Total; p.Payable != owed {
		return &Break{Table: "journal", What: fmt.Sprintf("wages payable is %s, the deposits that are owed are %s", p.Payable, owed)}
	}
	if p.Debits != p.Credits {
		return &Break{Table: "postings", What: fmt.Sprintf("debits are %s, credits %s", p.Debits, p.Credits)}
	}
	return nil
}
