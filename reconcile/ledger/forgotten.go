package ledger

import (
	"context"
	"errors"
	"fmt"
)

// Evidence says how a file speaks of a batch that the books have forgotten.
type Evidence string

// The kinds of evidence, from the best one down.
const (
	ByTransfer        Evidence = "transfer"        // the transfer file itself: it names every deposit
	ByAnswer          Evidence = "answer"          // a settlement file: it names those that it answers
	ByAcknowledgement Evidence = "acknowledgement" // it knows count and total only
	ByUnreadable      Evidence = "unreadable"      // it has the name of a transfer file and cannot be read
)

// Finding is a file that speaks of a batch which the books do not know.
type Finding struct {
	Bank      int64
	Batch     string // its reference
	Name      string // of the file, where it is not in the books yet
	Stored    Stored // as archived, likewise
	File      int64  // the file, where it is in the books
	Evidence  Evidence
	Place     string // where it was found, for people
	AtBank    bool   // it proves that the bank has the batch
	Count     int64  // what the file says; 0 where it does not
	Total     Money
	ValueDate string
	Created   string
}

// FoundPayment is a payment that such a file names.
type FoundPayment struct {
	Line      int64
	Reference string
	Account   string // AccountDigits digits
	Name      string
	Amount    Money
	Paid      bool // false: the bank says that it was not paid
}

// Find records a file that speaks of a forgotten batch, with the payments that
// it names, which each hands to its function. The same again changes nothing,
// and new is false. A batch that has the mark of the present generation was
// given out by another life that took the same mark: a new generation begins
// then, so that no reference is given out twice.
func (l *Ledger) Find(ctx context.Context, a Actor, f Finding, each func(add func(FoundPayment) error) error) (isNew bool, err error) {
	err = l.write(ctx, a, "forgotten batch "+plain(f.Batch)+" found", func(t *tx) error {
		isNew = false
		if f.File == 0 {
			known, err := t.fileByBytes(TransferFile, f.Stored.SHA256)
			switch {
			case err == nil:
				f.File = known.ID
			case f.Evidence == ByUnreadable:
				if f.File, err = t.unreadable(f); err != nil {
					return err
				}
			default:
				// The name is the batch's for ever; what else has it (composed,
				// and never sent) gets another.
				var taken int64
				if err := t.GetContext(ctx, &taken, `SELECT count(*) FROM files WHERE kind = 'transfer' AND name = ?`, f.Name); err != nil {
					return fmt.Errorf("ledger: files: %w", err)
				}
				if taken > 0 {
					f.Name += "~" + f.Stored.SHA256[:8]
				}
				if f.File, err = t.addFile(TransferFile, f.Name, f.Stored, f.Bank); err != nil {
					return err
				}
			}
		}
		var known int64
		if err := t.GetContext(ctx, &known, `SELECT count(*) FROM forgotten WHERE batch = ? AND file_id = ? AND at_bank >= ?`, plain(f.Batch), f.File, flag(f.AtBank)); err != nil {
			return fmt.Errorf("ledger: forgotten batches: %w", err)
		}
		if known > 0 {
			return nil
		}
		isNew = true
		return t.addFinding(f, each)
	})
	return isNew && err == nil, err
}

func (t *tx) unreadable(f Finding) (int64, error) {
	known, err := t.fileByBytes(UnrecognisedFile, f.Stored.SHA256)
	if err == nil {
		return known.ID, nil
	}
	return t.addFile(UnrecognisedFile, f.Name, f.Stored, f.Bank)
}

func (t *tx) addFinding(f Finding, each func(add func(FoundPayment) error) error) error {
	rows, err := t.into("forgotten")
	if err != nil {
		return err
	}
	lines, err := t.into("forgotten_lines")
	if err != nil {
		return err
	}
	id := rows.last + 1
	if each != nil {
		err := each(func(p FoundPayment) error {
			_, err := lines.append(id, p.Line, plain(p.Reference), plain(p.Account), plain(p.Name), int64(p.Amount), flag(p.Paid))
			return err
		})
		if err != nil {
			return err
		}
	}
	if _, err := t.add("forgotten", f.Bank, plain(f.Batch), f.File, string(f.Evidence), plain(f.Place), flag(f.AtBank), f.Count, int64(f.Total), f.ValueDate, f.Created, t.at); err != nil {
		return err
	}
	if err := lines.flush(); err != nil {
		return err
	}
	now, err := t.mark()
	if err != nil {
		return err
	}
	if m, ok := BatchMark(f.Batch); ok && m == now {
		return t.newGeneration("batch "+f.Batch+" has the mark of this generation, and is not of it", "")
	}
	return nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Forgotten is a batch that the books have forgotten, as the files that were
// found speak of it.
type Forgotten struct {
	Batch     string `db:"batch" json:"batch"`
	BankID    int64  `db:"bank_id" json:"-"`
	Evidence  string `db:"evidence" json:"evidence"` // the best there is
	AtBank    bool   `db:"at_bank" json:"at_bank"`
	Place     string `db:"place" json:"found"`
	Count     int64  `db:"count" json:"count"`       // as the files say
	Total     Money  `db:"total" json:"total"`       // sen
	Named     int64  `db:"named" json:"named"`       // payments that the files name
	NamedSum  Money  `db:"named_sum" json:"-"`       // of these, in sen
	Decision  string `db:"decision" json:"decision"` // empty, adopted, left
	DecidedBy string `db:"decided_by" json:"decided_by"`
	Reason    string `db:"reason" json:"reason"`
	FileID    int64  `db:"file_id" json:"-"`
	ValueDate string `db:"value_date" json:"value_date"`
	Created   string `db:"created" json:"created"`
	Until     string `db:"until" json:"-"` // the last period whose wages it can have paid
}

// Complete says whether the files name every payment of the batch. The bank's
// answers do when they are as many, and as much, as it has acknowledged: one
// that errs in an amount could be taken for another wage.
func (f Forgotten) Complete() bool {
	return f.Named > 0 && (f.Evidence == string(ByTransfer) || f.Named == f.Count && f.NamedSum == f.Total)
}

// best is an SQL condition: evidence f is the best that there is of its batch.
// Answers add up; a transfer file says all, and the one that lies at the bank
// is the one that was sent.
const best = `(f.evidence = 'transfer' AND f.at_bank = (SELECT max(z.at_bank) FROM forgotten z WHERE z.batch = f.batch AND z.evidence = 'transfer')
	OR NOT EXISTS (SELECT 1 FROM forgotten z WHERE z.batch = f.batch AND z.evidence = 'transfer'))`

const forgottenQuery = `SELECT g.batch, f.bank_id, f.evidence, (SELECT max(x.at_bank) FROM forgotten x WHERE x.batch = g.batch) AS at_bank, f.place, f.file_id,
	(SELECT max(x.count) FROM forgotten x WHERE x.batch = g.batch) AS count, (SELECT max(x.total) FROM forgotten x WHERE x.batch = g.batch) AS total,
	(SELECT max(x.value_date) FROM forgotten x WHERE x.batch = g.batch) AS value_date, (SELECT max(x.created) FROM forgotten x WHERE x.batch = g.batch) AS created,
	(SELECT count(DISTINCT l.reference) FROM forgotten_lines l JOIN forgotten x ON x.id = l.forgotten_id WHERE x.batch = g.batch) AS named,
	(SELECT coalesce(sum(amount), 0) FROM (SELECT l.amount, min(l.id) FROM forgotten_lines l JOIN forgotten x ON x.id = l.forgotten_id WHERE x.batch = g.batch GROUP BY l.reference)) AS named_sum,
	` + untilPeriod + ` AS until,
	CASE WHEN EXISTS (SELECT 1 FROM batches b WHERE b.reference = g.batch) THEN 'adopted' ELSE coalesce(d.decision, '') END AS decision,
	coalesce(d.decided_by, '') AS decided_by, coalesce(d.reason, '') AS reason
	FROM (SELECT DISTINCT batch FROM forgotten) g
	JOIN forgotten f ON f.id = (SELECT x.id FROM forgotten x WHERE x.batch = g.batch ORDER BY x.evidence = 'transfer' DESC, x.evidence = 'answer' DESC, x.evidence = 'acknowledgement' DESC, x.at_bank DESC, x.id LIMIT 1)
	LEFT JOIN forgotten_decisions d ON d.batch = g.batch `

// AllForgotten returns every batch that was ever found forgotten, oldest first.
func (l *Ledger) AllForgotten(ctx context.Context) ([]Forgotten, error) {
	list := []Forgotten{}
	if err := l.reader.SelectContext(ctx, &list, forgottenQuery+`ORDER BY g.batch`); err != nil {
		return nil, fmt.Errorf("ledger: forgotten batches: %w", err)
	}
	return list, nil
}

// Accounted says whether the books know a batch with all of its payments: what
// else speaks of it is no news. One that was adopted though not everybody in it
// is named is not.
func (l *Ledger) Accounted(ctx context.Context, reference string) (bool, error) {
	if _, err := l.BatchByReference(ctx, reference); err != nil {
		if errors.Is(err, ErrNotFound) {
			err = nil
		}
		return false, err
	}
	var list []Forgotten
	if err := l.reader.SelectContext(ctx, &list, forgottenQuery+`WHERE g.batch = ?`, reference); err != nil {
		return false, fmt.Errorf("ledger: forgotten batches: %w", err)
	}
	return len(list) == 0 || list[0].Complete(), nil
}

func (t *tx) forgotten(batch string) (Forgotten, error) {
	var f Forgotten
	err := t.GetContext(t.ctx, &f, forgottenQuery+`WHERE g.batch = ?`, batch)
	return f, found(err, "forgotten batch "+batch)
}

// LeaveForgotten records that a forgotten batch is left as it is, and why:
// nobody can say whose wages it paid. What it paid keeps deposits that look like
// it from being sent, and the bank's answers to it will be unknown.
//
// Payments that no file names cannot be held back, and may be made a second
// time: mayPayTwice says that people know that.
func (l *Ledger) LeaveForgotten(ctx context.Context, a Actor, batch, reason string, mayPayTwice bool) error {
	if err := reasoned(reason); err != nil {
		return fmt.Errorf("forgotten batch %s: %w", plain(batch), err)
	}
	return l.write(ctx, a, "forgotten batch "+plain(batch)+" left", func(t *tx) error {
		f, err := t.forgotten(batch)
		if err != nil {
			return err
		}
		if f.Decision != "" {
			return fmt.Errorf("forgotten batch %s %w: it is %s", batch, ErrDecided, f.Decision)
		}
		if !f.Complete() && !mayPayTwice {
			return fmt.Errorf("forgotten batch %s: it has %s payments, %d are named in files: %w", batch, countOf(f), f.Named, ErrUnnamed)
		}
		_, err = t.add("forgotten_decisions", f.Batch, "left", plain(reason), a.User, a.OSUser, t.at)
		return err
	})
}

// Restored says whether these books were ever put back from a copy.
func (l *Ledger) Restored(ctx context.Context) (bool, error) {
	var n int64
	if err := l.reader.GetContext(ctx, &n, `SELECT count(*) FROM generations`); err != nil {
		return false, fmt.Errorf("ledger: generations: %w", err)
	}
	return n > 1, nil
}

// KnownFile says whether some file of the books has those bytes.
func (l *Ledger) KnownFile(ctx context.Context, sha string) (bool, error) {
	var n int64
	if err := l.reader.GetContext(ctx, &n, `SELECT count(*) FROM files WHERE sha256 = ?`, sha); err != nil {
		return false, fmt.Errorf("ledger: files: %w", err)
	}
	return n > 0, nil
}

// KnownPayment says whether the books know a payment by its reference: as a
// deposit, or from what speaks of a forgotten batch.
func (l *Ledger) KnownPayment(ctx context.Context, reference string) (bool, error) {
	id, err := DepositID(reference)
	if err != nil {
		return false, nil //nolint:nilerr // it is none of ours
	}
	var known bool
	if err := l.reader.GetContext(ctx, &known, `SELECT EXISTS (SELECT 1 FROM deposits WHERE id = ? AND reference = ?) OR EXISTS (SELECT 1 FROM forgotten_lines WHERE reference = ?)`, id, reference, reference); err != nil {
		return false, fmt.Errorf("ledger: payment %s: %w", reference, err)
	}
	return known, nil
}

// FoundAtBank records that a batch of which the books did not know whether it
// was sent, or of which people had decided that it was not, lies at the bank,
// whole and under its name.
func (l *Ledger) FoundAtBank(ctx context.Context, a Actor, b Batch, date, detail string) error {
	return l.deliver(ctx, a, b, date, detail, []string{"uncertain", "sealed"})
}
