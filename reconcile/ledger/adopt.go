package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Errors of adopting.
var (
	// ErrNeverAgain says that the bank has had a payment for certain.
	ErrNeverAgain = errors.New("is never sent again")
	// ErrUnmatched says that payments of a batch are nobody's wages in these
	// books.
	ErrUnmatched = errors.New("not all of its payments are wages that these books owe")
)

// Adoption says which forgotten batch becomes a batch of the books again.
type Adoption struct {
	Facility Facility
	Batch    string
	Date     string // business date
	Reason   string
	// Partly adopts it although some of its payments are nobody's wages in the
	// books, or not all are known, or some are in another batch already, which
	// was adopted as a wage that is like them: they stay as they are.
	Partly bool
}

// Adopted is what an adoption found.
type Adopted struct {
	Batch     Batch   `json:"batch"`
	Added     Tally   `json:"added"`     // the deposits that it got now
	Period    string  `json:"period"`    // of the first of them
	Matched   int64   `json:"matched"`   // payments that are wages of these books
	Unmatched []Claim `json:"unmatched"` // payments that are no wages of these books
}

// foundLine is a payment of the batch that is adopted, and its deposit.
type foundLine struct {
	Claim
	sequence int64 // in the file, from 1
	deposit  int64
}

// Adopt enters a forgotten batch under its old reference, with the deposits that
// its payments were: those with its references, and else deposits that are owed
// to the same account with the same amount. None of them is sent again. Where a
// file proves that the bank has it, it is entered as delivered, and otherwise as
// uncertain. What the bank answers about its payments is then posted as ever, and
// what it has answered before is posted again.
//
// A batch that was adopted in part is adopted again as more of its payments turn
// out to be wages of these books.
func (l *Ledger) Adopt(ctx context.Context, a Actor, in Adoption) (Adopted, error) {
	var done Adopted
	if err := reasoned(in.Reason); err != nil {
		return done, fmt.Errorf("batch %s: %w", plain(in.Batch), err)
	}
	err := l.write(ctx, a, "forgotten batch "+plain(in.Batch)+" adopted", func(t *tx) error {
		done = Adopted{}
		f, lines, err := t.matched(in, &done)
		if err != nil {
			return err
		}
		switch {
		case done.Matched == 0:
			return fmt.Errorf("batch %s: %w: of %d that are known, none is", in.Batch, ErrUnmatched, len(lines))
		case !in.Partly && len(done.Unmatched) > 0:
			return fmt.Errorf("batch %s: %w: of %d, %d are not (%s)", in.Batch, ErrUnmatched, len(lines), len(done.Unmatched), someOf(done.Unmatched))
		case !in.Partly && !f.Complete() && f.Decision != "adopted":
			return fmt.Errorf("batch %s: %w: it has %s payments, %s, and the bank's answers name %d, %s", in.Batch, ErrUnmatched, countOf(f), f.Total, f.Named, f.NamedSum)
		}
		if f.Decision == "adopted" {
			return t.adoptRest(in, f, lines, &done)
		}
		return t.adopt(in, f, lines, &done)
	})
	return done, err
}

// errRehearsed ends a rehearsal, of which nothing stays.
var errRehearsed = errors.New("rehearsed")

// Rehearse says what an adoption would find, and changes nothing.
func (l *Ledger) Rehearse(ctx context.Context, a Actor, in Adoption) (Adopted, error) {
	var done Adopted
	err := l.write(ctx, a, "rehearsal", func(t *tx) error {
		if _, _, err := t.matched(in, &done); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		err = nil
	}
	return done, err
}

// matched finds the deposits of a batch that is still forgotten, or of what is
// still unexplained of it.
func (t *tx) matched(in Adoption, done *Adopted) (Forgotten, []foundLine, error) {
	f, err := t.forgotten(in.Batch)
	if err != nil {
		return f, nil, err
	}
	lines, err := t.foundLines(f.Batch)
	if err != nil {
		return f, nil, err
	}
	if f.Decision == "adopted" && len(lines) == 0 {
		return f, nil, fmt.Errorf("batch %s %w: it is in the books", in.Batch, ErrDecided)
	}
	if err := t.findDeposits(in, f, lines); err != nil {
		return f, nil, err
	}
	for _, x := range lines {
		if x.deposit > 0 {
			done.Matched++
		} else {
			done.Unmatched = append(done.Unmatched, x.Claim)
		}
	}
	return f, lines, nil
}

func countOf(f Forgotten) string {
	if f.Count == 0 {
		return "an unknown number of"
	}
	return fmt.Sprint(f.Count)
}

// someOf names the first of them.
func someOf(list []Claim) string {
	var names []string
	for i, c := range list {
		if i == 3 {
			names = append(names, "…")
			break
		}
		names = append(names, c.Reference)
	}
	return strings.Join(names, ", ")
}

// foundLines reads the payments of a forgotten batch from the best evidence, in
// the order of the file, but for those of which the deposit is known.
func (t *tx) foundLines(batch string) ([]foundLine, error) {
	var list []Claim
	err := t.SelectContext(t.ctx, &list, `SELECT l.reference, f.batch, l.account, l.name, l.amount FROM forgotten_lines l JOIN forgotten f ON f.id = l.forgotten_id
		WHERE f.batch = ? AND `+best+` GROUP BY l.reference ORDER BY min(l.id)`, batch)
	if err != nil {
		return nil, fmt.Errorf("ledger: forgotten batch %s: %w", batch, err)
	}
	var known []string
	if err := t.SelectContext(t.ctx, &known, `SELECT r.reference FROM recalled r JOIN batches b ON b.id = r.batch_id WHERE b.reference = ?`, batch); err != nil {
		return nil, fmt.Errorf("ledger: recalled deposits: %w", err)
	}
	recalled := make(map[string]bool, len(known))
	for _, r := range known {
		recalled[r] = true
	}
	var lines []foundLine
	for i, c := range list {
		if !recalled[c.Reference] {
			lines = append(lines, foundLine{Claim: c, sequence: int64(i) + 1})
		}
	}
	return lines, nil
}

// findDeposits finds the deposit of every line, where there is one.
func (t *tx) findDeposits(in Adoption, f Forgotten, lines []foundLine) error {
	spans, err := unbatched(t.ctx, t.Tx, in.Facility.ID)
	if err != nil {
		return err
	}
	byReference := make(map[string]int, len(lines))
	for i := range lines {
		byReference[lines[i].Reference] = i
	}
	var problem error
	strange := make(map[int]bool)
	if err := eachUnbatched(t.ctx, t.Tx, spans, func(d *Held) {
		i, ok := byReference[d.Reference]
		if !ok {
			return
		}
		// What we have sent is what we owed. An answer may be wrong in anything,
		// in the reference, too: then nobody knows which wage it was.
		switch x := lines[i]; {
		case x.Account == d.Account && x.Amount == d.Amount:
		case f.Evidence == string(ByTransfer):
			problem = errors.Join(problem, fmt.Errorf("deposit %s: the books owe %s to one account, the file pays %s, or to another account", d.Reference, d.Amount, x.Amount))
			return
		default:
			strange[i] = true
			return
		}
		lines[i].deposit = d.Deposit
	}); err != nil || problem != nil {
		return errors.Join(err, problem)
	}
	if !in.Partly {
		err = t.notSentTwice(lines)
	}
	if err := errors.Join(err, t.notElsewhere(f, lines)); err != nil {
		return err
	}
	// A deposit that a forgotten file names by its own reference is that payment
	// and no other.
	named := make(map[int64]bool)
	var refs []string
	if err := t.SelectContext(t.ctx, &refs, `SELECT DISTINCT l.reference FROM forgotten_lines l`); err != nil {
		return fmt.Errorf("ledger: forgotten payments: %w", err)
	}
	own := make(map[string]bool, len(refs))
	for _, r := range refs {
		own[r] = true
	}
	var waived []int64
	if err := t.SelectContext(t.ctx, &waived, `SELECT deposit_id FROM claim_decisions WHERE event = 'approved'`); err != nil {
		return fmt.Errorf("ledger: decisions on forgotten payments: %w", err)
	}
	for _, id := range waived {
		named[id] = true
	}
	unknown, err := t.unknownPayments(f.Batch)
	if err != nil {
		return err
	}
	now, err := t.mark()
	if err != nil {
		return err
	}
	waiting := make(map[string][]int)
	for i := range lines {
		if lines[i].deposit == 0 && !strange[i] {
			k := alikeKey(SameWage, "", lines[i].Account, lines[i].Amount)
			waiting[k] = append(waiting[k], i)
		}
	}
	if err := eachUnbatched(t.ctx, t.Tx, spans, func(d *Held) {
		k := alikeKey(SameWage, "", d.Account, d.Amount)
		if len(waiting[k]) == 0 || own[d.Reference] || named[d.Deposit] {
			return
		}
		// What was owed before the books were put back may be, under its own
		// reference, what the other batch paid.
		if unknown && referenceMark(d.Reference) != now {
			return
		}
		lines[waiting[k][0]].deposit = d.Deposit
		waiting[k] = waiting[k][1:]
	}); err != nil || f.AtBank {
		return err
	}
	// The bank has not got this one: then what it has comes first, or this one, sent
	// again, pays the same wages.
	want := make(map[string]int)
	for _, x := range lines {
		if x.deposit > 0 {
			want[alikeKey(SameWage, "", x.Account, x.Amount)]++
		}
	}
	return t.rivals(in.Facility.ID, f.Batch, want, true)
}

// notSentTwice refuses lines whose deposits are in another batch: then the bank
// was ordered to pay them twice already, and people must know.
func (t *tx) notSentTwice(lines []foundLine) error {
	var errs []error
	for i := range lines {
		if lines[i].deposit > 0 {
			continue
		}
		id, err := DepositID(lines[i].Reference)
		if err != nil {
			continue
		}
		var batches []string
		if err := t.SelectContext(t.ctx, &batches, `SELECT b.reference FROM deposits d JOIN batch_ranges r ON r.first_deposit <= d.id AND r.last_deposit >= d.id JOIN batches b ON b.id = r.batch_id
			WHERE d.id = ? AND d.reference = ?`, id, lines[i].Reference); err != nil {
			return fmt.Errorf("ledger: batches: %w", err)
		}
		if len(batches) > 0 && len(errs) < 10 {
			errs = append(errs, fmt.Errorf("deposit %s is in batch %s too: ask the bank whether it was paid twice", lines[i].Reference, batches[0]))
		}
	}
	return errors.Join(errs...)
}

// unknownPayments says whether another forgotten batch, about which nobody has
// decided, has payments that no file names.
func (t *tx) unknownPayments(batch string) (bool, error) {
	var list []Forgotten
	if err := t.SelectContext(t.ctx, &list, forgottenQuery+`WHERE g.batch <> ? ORDER BY g.batch`, batch); err != nil {
		return false, fmt.Errorf("ledger: forgotten batches: %w", err)
	}
	for _, f := range list {
		if f.Decision == "" && !f.Complete() {
			return true, nil
		}
	}
	return false, nil
}

// notElsewhere refuses a batch whose payments another forgotten batch names as
// well, unless the bank has this one. A file that was archived and never sealed,
// since its transaction failed, names payments that were sent by another.
func (t *tx) notElsewhere(f Forgotten, lines []foundLine) error {
	if f.AtBank {
		return nil
	}
	own := make(map[string]bool, len(lines))
	for _, x := range lines {
		own[x.Reference] = true
	}
	var others []struct {
		Batch     string `db:"batch"`
		Reference string `db:"reference"`
	}
	if err := t.SelectContext(t.ctx, &others, `SELECT DISTINCT g.batch, l.reference FROM forgotten_lines l JOIN forgotten g ON g.id = l.forgotten_id
		WHERE g.batch <> ? AND NOT EXISTS (SELECT 1 FROM forgotten_decisions d WHERE d.batch = g.batch) ORDER BY g.batch, l.reference`, f.Batch); err != nil {
		return fmt.Errorf("ledger: forgotten payments: %w", err)
	}
	for _, o := range others {
		if own[o.Reference] {
			return fmt.Errorf("batch %s: payment %s is in batch %s too: ask the bank which of them it has, and leave the other", f.Batch, o.Reference, o.Batch)
		}
	}
	return nil
}

// adopt enters the batch.
func (t *tx) adopt(in Adoption, f Forgotten, lines []foundLine, done *Adopted) error {
	b := Batch{Reference: f.Batch, FacilityID: in.Facility.ID, BankID: f.BankID, FileID: f.FileID, ValueDate: f.ValueDate, Created: f.Created}
	if b.ValueDate == "" {
		b.ValueDate = in.Date
	}
	if b.Created == "" {
		b.Created = t.at
	}
	sum, period, err := t.sumOf(lines)
	if err != nil {
		return err
	}
	b.Count, b.Total, b.Period = sum.Count, sum.Total, period
	if b.ID, err = t.add("batches", b.FacilityID, b.BankID, b.Reference, b.Period, b.FileID, b.Count, int64(b.Total), b.ValueDate, b.Created); err != nil {
		return err
	}
	if err := t.recall(b, lines); err != nil {
		return err
	}
	done.Batch, done.Added, done.Period = b, sum, period
	return t.adoptedEvents(in, f, &done.Batch)
}

// adoptRest enters further deposits of a batch that was adopted without them.
func (t *tx) adoptRest(in Adoption, f Forgotten, lines []foundLine, done *Adopted) error {
	var b Batch
	if err := found(t.GetContext(t.ctx, &b, batchQuery+`WHERE b.reference = ?`, f.Batch), "batch "+f.Batch); err != nil {
		return err
	}
	if b.State == "refused" {
		return fmt.Errorf("batch %s %w: the bank has refused it, and paid nobody", f.Batch, ErrDecided)
	}
	sum, period, err := t.sumOf(lines)
	if err != nil {
		return err
	}
	if _, err := t.add("batch_additions", b.ID, sum.Count, int64(sum.Total), t.at); err != nil {
		return err
	}
	if err := t.recall(b, lines); err != nil {
		return err
	}
	done.Batch, done.Added, done.Period = b, sum, period
	done.Batch.Count += sum.Count
	done.Batch.Total += sum.Total
	if b.Delivered == "" {
		return nil // all of it goes into transit when it is known to be delivered
	}
	return t.post(Entry{Date: in.Date, Facility: b.FacilityID, Bank: b.BankID, Event: "batch delivered", Batch: b.ID, File: f.FileID, Deposits: sum.Count, Memo: "found to be of it, too: " + in.Reason},
		debit(WagesPayable, sum.Total), credit(InTransit, sum.Total))
}

// sumOf counts the deposits that were found, and says of which period the first
// is.
func (t *tx) sumOf(lines []foundLine) (sum Tally, period string, err error) {
	for _, x := range lines {
		if x.deposit == 0 {
			continue
		}
		var d struct {
			Amount Money  `db:"amount"`
			Period string `db:"period"`
		}
		if err := t.GetContext(t.ctx, &d, `SELECT d.amount, s.period FROM deposits d JOIN sheets s ON s.id = d.sheet_id WHERE d.id = ?`, x.deposit); err != nil {
			return sum, "", found(err, fmt.Sprintf("deposit %d", x.deposit))
		}
		sum = sum.Plus(Tally{1, d.Amount})
		if period == "" {
			period = d.Period
		}
	}
	return sum, period, nil
}

// recall ties the payments of a batch to the deposits that were found, as ranges
// of their ids, and has the bank's answers that named them in vain posted again.
func (t *tx) recall(b Batch, lines []foundLine) error {
	type row struct{ first, last, sequence int64 }
	var rows []row
	recalled, err := t.into("recalled")
	if err != nil {
		return err
	}
	names := []string{b.Reference}
	for _, x := range lines {
		if x.deposit == 0 {
			continue
		}
		if _, err := recalled.append(x.Reference, x.deposit, b.ID); err != nil {
			return err
		}
		names = append(names, x.Reference)
		if n := len(rows); n > 0 && x.deposit == rows[n-1].last+1 && x.sequence == rows[n-1].sequence+rows[n-1].last-rows[n-1].first+1 {
			rows[n-1].last++
			continue
		}
		rows = append(rows, row{x.deposit, x.deposit, x.sequence})
	}
	ranges, err := t.into("batch_ranges")
	if err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := ranges.append(b.ID, r.first, r.last, r.sequence); err != nil {
			return err
		}
	}
	if err := errors.Join(ranges.flush(), recalled.flush()); err != nil {
		return err
	}
	return t.postAgain(names)
}

func (t *tx) adoptedEvents(in Adoption, f Forgotten, b *Batch) error {
	what := "recalled from its transfer file"
	if f.Evidence != string(ByTransfer) {
		what = "its transfer file is lost: recalled from the bank's answer"
	}
	if err := t.batchEvent(b.ID, "sealed", fmt.Sprintf("%s, %s: %s: %s", what, f.Place, Tally{b.Count, b.Total}.Words(), in.Reason), f.FileID, 0); err != nil {
		return err
	}
	if f.AtBank {
		b.State = "delivered"
		return t.delivered(*b, in.Date, "the bank has it: "+f.Place, f.FileID, 0)
	}
	b.State = "uncertain"
	return t.batchEvent(b.ID, "uncertain", "nothing says yet whether the bank has it", 0, 0)
}
