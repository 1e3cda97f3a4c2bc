package ledger

import (
	"context"
	"fmt"
	"sort"
)

// Outcome is what an answer of the bank makes of a deposit.
type Outcome string

// The outcomes.
const (
	Settled     Outcome = "settled"     // paid into the account that we named
	Rejected    Outcome = "rejected"    // not paid: owed again
	Returned    Outcome = "returned"    // came back, or never arrived: owed again
	Misdirected Outcome = "misdirected" // paid into another account
	Pending     Outcome = "pending"     // the bank has not decided
	// StrayReturned is kept as "returned": of a deposit that settled, what had
	// gone to another account before came back. It is owed to nobody.
	StrayReturned Outcome = "stray returned"
)

// Posting is the transaction in which a file of the bank enters the books. All
// of it is posted, or nothing.
type Posting struct {
	t       *tx
	file    File
	bank    int64
	date    string
	sums    map[postingKey]*postingSum
	open    map[int64]bool // deposits with a mismatch that an answer clears: whether it is that they are pending
	batches map[int64]Batch
	answers *inserter
	run     answerRun      // the row of answers that is growing
	pending map[int64]bool // deposits that this file says are pending
	recalls *bool          // whether the books have recalled deposits; nil until asked
	// unexplained are the mismatches, by line, of what was unknown when the file
	// was posted before; nil when it is posted for the first time.
	unexplained map[int64]int64
}

type postingKey struct {
	batch int64
	event string
}

type postingSum struct {
	ordered Tally // what the deposits say
	moved   Money // what the bank says it moved
	// Differences in the two directions are booked apart: they must not
	// cancel one another out.
	over, under Money
}

// PostFile enters a file of the bank that was received. fn judges its answers
// and records them; the journal entries, one per batch and kind of answer, are
// made from what it recorded. A file that answers what was recalled after it had
// been posted is received once more: see Again.
func (l *Ledger) PostFile(ctx context.Context, a Actor, file File, bank int64, date string, fn func(*Posting) error) error {
	return l.write(ctx, a, "file posted: "+file.Name, func(t *tx) error {
		var state string
		if err := t.GetContext(ctx, &state, `SELECT state FROM (SELECT `+fileColumns+` FROM files f WHERE f.id = ?)`, file.ID); err != nil {
			return found(err, "file "+file.Name)
		}
		if state != "received" {
			return fmt.Errorf("file %s %w: %s", file.Name, ErrDecided, state)
		}
		p := &Posting{t: t, file: file, bank: bank, date: date, sums: make(map[postingKey]*postingSum), batches: make(map[int64]Batch), open: make(map[int64]bool), pending: make(map[int64]bool)}
		var open []struct {
			Deposit int64 `db:"deposit_id"`
			Pending bool  `db:"pending"`
		}
		err := t.SelectContext(ctx, &open, `SELECT m.deposit_id, m.kind = 'pending' AS pending FROM mismatches m WHERE m.deposit_id IS NOT NULL AND m.kind IN ('missing','pending','unreadable') AND `+mismatchState+` NOT IN ('resolved','cleared')`)
		if err != nil {
			return fmt.Errorf("ledger: mismatches: %w", err)
		}
		for _, m := range open {
			p.open[m.Deposit] = p.open[m.Deposit] || m.Pending
		}
		if p.answers, err = t.into("answers"); err != nil {
			return err
		}
		if err := p.readUnexplained(); err != nil {
			return err
		}
		if err := fn(p); err != nil {
			return err
		}
		if err := p.endRun(); err != nil {
			return err
		}
		if err := p.journal(); err != nil {
			return err
		}
		_, err = t.add("file_events", file.ID, "posted", "", t.at)
		return err
	})
}

// Batch returns a batch by its reference, or ErrNotFound.
func (p *Posting) Batch(reference string) (Batch, error) {
	var b Batch
	err := p.t.GetContext(p.t.ctx, &b, batchQuery+`WHERE b.reference = ?`, reference)
	if err = found(err, "batch "+reference); err != nil {
		return Batch{}, err
	}
	p.batches[b.ID] = b
	return b, nil
}

// BatchByID returns a batch by its id, or ErrNotFound.
func (p *Posting) BatchByID(id int64) (Batch, error) {
	if b, ok := p.batches[id]; ok {
		return b, nil
	}
	var b Batch
	err := p.t.GetContext(p.t.ctx, &b, batchQuery+`WHERE b.id = ?`, id)
	if err = found(err, fmt.Sprintf("batch %d", id)); err != nil {
		return Batch{}, err
	}
	p.batches[b.ID] = b
	return b, nil
}

// ProveDelivered records that the bank has got a batch of which we did not know
// it for certain: it answers it.
func (p *Posting) ProveDelivered(b Batch) error {
	if b.Delivered != "" {
		return nil
	}
	if err := p.t.delivered(b, p.date, "the bank answers it in "+p.file.Name, p.file.ID, 1); err != nil {
		return err
	}
	delete(p.batches, b.ID)
	return nil
}

// Acknowledged says whether the bank has answered a batch as a whole.
func (p *Posting) Acknowledged(b Batch) (bool, error) {
	return p.ask(b, `SELECT EXISTS (SELECT 1 FROM batch_events WHERE batch_id = ? AND event IN ('acknowledged','refused'))`)
}

// Taken says whether the bank has paid any deposit of a batch, is paying it, or
// has sent it back: then it cannot have refused the whole.
func (p *Posting) Taken(b Batch) (bool, error) {
	if err := p.flush(); err != nil {
		return false, err
	}
	return p.ask(b, `SELECT EXISTS (SELECT 1 FROM answers WHERE batch_id = ? AND outcome <> 'rejected')`)
}

func (p *Posting) ask(b Batch, question string) (yes bool, err error) {
	if err := p.t.GetContext(p.t.ctx, &yes, question, b.ID); err != nil {
		return false, fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
	}
	return yes, nil
}

// Acknowledge records the bank's answer about a batch as a whole, once.
func (p *Posting) Acknowledge(b Batch, accepted bool, detail string) error {
	event := "refused"
	if accepted {
		event = "acknowledged"
	}
	return p.t.batchEvent(b.ID, event, detail, p.file.ID, 1)
}

// RejectRest rejects every deposit of a batch that has no final answer, as the
// bank's refusal of the whole file says. One whose money went astray stays open:
// that it was not paid contradicts what the bank has said before.
func (p *Posting) RejectRest(b Batch, status, code string) (Tally, error) {
	if err := p.flush(); err != nil {
		return Tally{}, err
	}
	var spans []span
	if err := p.t.SelectContext(p.t.ctx, &spans, `SELECT first_deposit AS first, last_deposit AS last FROM batch_ranges WHERE batch_id = ? ORDER BY first_deposit`, b.ID); err != nil {
		return Tally{}, fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
	}
	var sum Tally
	for _, s := range spans {
		var rest []struct {
			ID     int64 `db:"id"`
			Amount Money `db:"amount"`
		}
		for after := s.First - 1; ; after = rest[len(rest)-1].ID {
			rest = rest[:0]
			if err := p.flush(); err != nil {
				return Tally{}, err
			}
			err := p.t.SelectContext(p.t.ctx, &rest, `SELECT d.id, d.amount FROM deposits d WHERE d.id > ? AND d.id <= ?
				AND NOT `+answeredIn(slotFinal)+` AND NOT `+answeredIn(slotMisdirected)+` ORDER BY d.id LIMIT 4096`, after, s.Last)
			if err != nil {
				return Tally{}, fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
			}
			if len(rest) == 0 {
				break
			}
			for _, d := range rest {
				sum = sum.Plus(Tally{1, d.Amount})
				if err := p.Answer(&Standing{ID: d.ID, Batch: b.ID, Amount: d.Amount}, Answered{Outcome: Rejected, Status: status, Code: code, Line: 1, Amount: d.Amount}); err != nil {
					return Tally{}, err
				}
			}
		}
	}
	return sum, nil
}

// flush writes what is still in memory, so that it can be read.
func (p *Posting) flush() error {
	if err := p.endRun(); err != nil {
		return err
	}
	return p.t.flush()
}

// Answered is an answer of the bank as it was judged.
type Answered struct {
	Outcome Outcome
	Line    int64
	Status  string
	Code    string
	Amount  Money // what the bank says it moved
}

// Answer records an answer about a deposit that is in a delivered batch, and
// brings its standing up to date.
func (p *Posting) Answer(s *Standing, x Answered) error {
	slot, err := p.slotOf(s, x.Outcome)
	if err != nil {
		return err
	}
	event := "deposits " + string(x.Outcome)
	kept := x.Outcome
	stray := x.Outcome == Returned && slot == slotFinal && s.Misdirected != nil
	switch {
	case x.Outcome == Pending && p.pending[s.ID]:
		return nil // this file has said so before
	case x.Outcome == Pending:
		event = ""
		p.pending[s.ID] = true
	case x.Outcome == StrayReturned:
		event, kept, stray = "", Returned, true
		s.StrayReturned = true
	case x.Outcome == Misdirected:
		moved := x.Amount
		s.Misdirected = &moved
	case slot == slotReturn:
		s.WasReturned = true
	case x.Outcome == Returned:
		event = "deposits returned before they settled"
		s.Final = Returned
	case x.Outcome == Settled || x.Outcome == Rejected:
		s.Final = x.Outcome
	default:
		return fmt.Errorf("ledger: outcome %q", x.Outcome)
	}
	if stray {
		// What went astray came back. (Where the deposit had settled, a line
		// brings one of the two sums back, and not both.)
		p.sum(s.Batch, "misdirected deposits returned").add(*s.Misdirected, x.Amount)
	}
	row := answerRun{first: s.ID, last: s.ID, slot: slot, outcome: kept, batch: s.Batch, line: x.Line, step: -1, status: x.Status, code: x.Code}
	if x.Amount != s.Amount {
		row.amount = int64(x.Amount)
	}
	if err := p.record(row); err != nil {
		return err
	}
	if event != "" {
		p.sum(s.Batch, event).add(s.Amount, x.Amount)
	}
	if x.Outcome == Pending {
		return nil // Mismatch enters it
	}
	return p.clear(s.ID, x.Line)
}

// clear ends the mismatches of a deposit that waited for this answer.
func (p *Posting) clear(deposit, line int64) error {
	if _, open := p.open[deposit]; !open {
		return nil
	}
	delete(p.open, deposit)
	return p.t.clear(deposit, p.file.ID, line)
}

// Mismatch records what does not tie. A deposit is entered as pending once, and
// is then missing no more.
func (p *Posting) Mismatch(m MismatchRow) error {
	m.FileID, m.BankID, m.Opened = p.file.ID, p.bank, p.date
	switch {
	case m.DepositID == 0:
	case m.Kind == "unreadable":
		if _, there := p.open[m.DepositID]; !there {
			p.open[m.DepositID] = false
		}
	case m.Kind == "pending":
		if p.open[m.DepositID] {
			return nil
		}
		if err := p.clear(m.DepositID, m.Line); err != nil {
			return err
		}
		p.open[m.DepositID] = true
	}
	return p.t.addMismatch(m)
}

// Unordered records that the bank moved money which we never ordered; a
// negative amount came back to us.
func (p *Posting) Unordered(m Money) {
	p.sum(0, "money moved that was not ordered").add(0, m)
}

func (p *Posting) sum(batch int64, event string) *postingSum {
	k := postingKey{batch, event}
	s := p.sums[k]
	if s == nil {
		s = &postingSum{}
		p.sums[k] = s
	}
	return s
}

func (s *postingSum) add(ordered, moved Money) {
	s.ordered = s.ordered.Plus(Tally{1, ordered})
	s.moved = atMost(s.moved, moved)
	if moved > ordered {
		s.over = atMost(s.over, moved-ordered)
	} else {
		s.under = atMost(s.under, ordered-moved)
	}
}

// atMost adds up to where the journal takes no more, which then says so: what
// wraps around would be booked as another amount.
func atMost(a, b Money) Money { return min(a+min(b, MaxEntry+1), MaxEntry+1) }

// journal makes the entries of the file.
func (p *Posting) journal() error {
	keys := make([]postingKey, 0, len(p.sums))
	for k := range p.sums {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if keys[i].batch != keys[j].batch {
			return keys[i].batch < keys[j].batch
		}
		return keys[i].event < keys[j].event
	})
	for _, k := range keys {
		if err := p.entry(k, p.sums[k]); err != nil {
			return err
		}
	}
	return nil
}

func (p *Posting) entry(k postingKey, s *postingSum) error {
	facility := int64(0)
	if k.batch > 0 {
		b, err := p.BatchByID(k.batch)
		if err != nil {
			return err
		}
		facility = b.FacilityID
	} else if err := p.t.GetContext(p.t.ctx, &facility, `SELECT min(id) FROM facilities`); err != nil {
		return fmt.Errorf("ledger: facilities: %w", err)
	}
	e := Entry{Date: p.date, Facility: facility, Bank: p.bank, Event: k.event, Batch: k.batch, File: p.file.ID, Deposits: s.ordered.Count}
	ordered := s.ordered.Total
	switch k.event {
	case "deposits settled":
		if err := p.t.post(e, debit(InTransit, ordered), credit(BankAccount, ordered)); err != nil {
			return err
		}
		e.Event = "bank moved another amount"
		return p.suspend(e, s.over, s.under)
	case "deposits rejected", "deposits returned before they settled":
		return p.t.post(e, debit(InTransit, ordered), credit(WagesPayable, ordered))
	case "deposits returned":
		if err := p.t.post(e, debit(BankAccount, ordered), credit(Returns, ordered), debit(Returns, ordered), credit(WagesPayable, ordered)); err != nil {
			return err
		}
		e.Event = "bank returned another amount"
		return p.suspend(e, s.under, s.over)
	case "misdirected deposits returned":
		return p.suspend(e, 0, s.moved)
	case "deposits misdirected":
		return p.suspend(e, s.moved, 0)
	case "money moved that was not ordered":
		return p.suspend(e, s.over, s.under)
	}
	return fmt.Errorf("ledger: event %q", k.event)
}

// suspend books what the bank moved and we did not order (out), and what came
// back or was not moved though we ordered it (back).
func (p *Posting) suspend(e Entry, out, back Money) error {
	if out > 0 {
		if err := p.t.post(e, debit(Suspense, out), credit(BankAccount, out)); err != nil {
			return err
		}
	}
	if back > 0 {
		return p.t.post(e, debit(BankAccount, back), credit(Suspense, back))
	}
	return nil
}
