package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"time"
)

// Composition says how deposits that are owed become a batch.
type Composition struct {
	Facility    Facility
	Bank        Bank
	ValueDate   string    // 2026-11-24
	Created     time.Time // in the facility's time zone; its date enters the batch's reference
	MaxDeposits int64     // of one batch; 0 is no limit
	MaxTotal    Money     // of one batch; 0 is no limit
	// FileName is the transfer file's name for a batch reference.
	FileName func(reference string) string
	// Encode writes the transfer file. It calls each once, with a function
	// that gets the batch's deposits in order.
	Encode func(w io.Writer, b Batch, created time.Time, each func(fn func(DepositLine) error) error) error
}

// DepositLine is a deposit of a batch. Its slices are valid until the next one.
type DepositLine struct {
	ID          int64
	Sequence    int64 // from 1
	Beneficiary []byte
	Name        []byte
	Account     []byte
	Amount      Money
	Remark      []byte
	Reference   []byte
}

// span is a range of deposit ids, both ends included.
type span struct {
	First int64 `db:"first"`
	Last  int64 `db:"last"`
}

// Compose makes the next batch out of what is owed: one period, oldest sheets
// first. The bytes are archived, and synced, before the batch is entered as
// sealed. ok is false when nothing is owed.
func (l *Ledger) Compose(ctx context.Context, a Actor, c Composition) (b Batch, ok bool, err error) {
	err = l.write(ctx, a, "batch composed", func(t *tx) error {
		if err := t.notOnHold(); err != nil {
			return err
		}
		spans, period, err := t.owed(c.Facility.ID)
		if err != nil || len(spans) == 0 {
			return err
		}
		spans, sum, err := t.fit(spans, c)
		if err != nil {
			return err
		}
		mark, err := t.mark()
		if err != nil {
			return err
		}
		var n int64
		if err := t.GetContext(ctx, &n, `SELECT count(*) FROM batches`); err != nil {
			return fmt.Errorf("ledger: batches: %w", err)
		}
		b = Batch{FacilityID: c.Facility.ID, BankID: c.Bank.ID, Period: period, Count: sum.Count, Total: sum.Total, ValueDate: c.ValueDate,
			Created: c.Created.UTC().Format(timeFormat), State: "sealed"}
		if b.Reference, err = batchReference(c.Facility.Code, mark, c.Created.Format("060102"), n+1); err != nil {
			return err
		}
		b.FileName = c.FileName(b.Reference)
		file, err := t.archiveBatch(c, b, spans)
		if err != nil {
			return fmt.Errorf("batch %s: %w", b.Reference, err)
		}
		b.SHA256, b.Size = file.SHA256, file.Size
		if b.FileID, err = t.addFile(TransferFile, b.FileName, file, c.Bank.ID); err != nil {
			return err
		}
		if b.ID, err = t.add("batches", b.FacilityID, b.BankID, b.Reference, b.Period, b.FileID, b.Count, int64(b.Total), b.ValueDate, b.Created); err != nil {
			return err
		}
		sequence := int64(1)
		for _, s := range spans {
			if _, err := t.add("batch_ranges", b.ID, s.First, s.Last, sequence); err != nil {
				return err
			}
			sequence += s.Last - s.First + 1
		}
		ok = true
		return t.batchEvent(b.ID, "sealed", fmt.Sprintf("%s, SHA-256 %s", Tally{b.Count, b.Total}.Words(), b.SHA256), b.FileID, 0)
	})
	return b, ok && err == nil, err
}

// owed returns the deposits of approved sheets that are in no batch, for the
// oldest period that has any.
func (t *tx) owed(facility int64) ([]span, string, error) {
	var sheets []struct {
		Period string `db:"period"`
		span
	}
	err := t.SelectContext(t.ctx, &sheets, `SELECT s.period, s.first_deposit AS first, s.first_deposit + s.count - 1 AS last FROM sheets s
		JOIN sheet_decisions d ON d.sheet_id = s.id AND d.decision = 'approved' WHERE s.facility_id = ? ORDER BY s.period, s.id`, facility)
	if err != nil {
		return nil, "", fmt.Errorf("ledger: approved sheets: %w", err)
	}
	var taken []span
	if err := t.SelectContext(t.ctx, &taken, `SELECT first_deposit AS first, last_deposit AS last FROM batch_ranges ORDER BY first_deposit`); err != nil {
		return nil, "", fmt.Errorf("ledger: batches: %w", err)
	}
	held, err := t.heldBack(facility)
	if err != nil {
		return nil, "", err
	}
	doubtful, err := t.contradictedSpans()
	if err != nil {
		return nil, "", err
	}
	taken = slices.SortedFunc(slices.Values(slices.Concat(taken, held, doubtful)), func(a, b span) int { return cmp.Compare(a.First, b.First) })
	var spans []span
	period := ""
	for _, s := range sheets {
		if period != "" && s.Period != period {
			break
		}
		if free := subtract(s.span, taken); len(free) > 0 {
			spans, period = append(spans, free...), s.Period
		}
	}
	return spans, period, nil
}

// subtract returns what of s is in none of the sorted spans.
func subtract(s span, taken []span) []span {
	var free []span
	i := sort.Search(len(taken), func(i int) bool { return taken[i].Last >= s.First })
	for ; i < len(taken) && taken[i].First <= s.Last; i++ {
		if taken[i].First > s.First {
			free = append(free, span{s.First, taken[i].First - 1})
		}
		s.First = taken[i].Last + 1
	}
	if s.First <= s.Last {
		free = append(free, s)
	}
	return free
}

// fit cuts the spans where the batch is full, and returns what is in it.
func (t *tx) fit(spans []span, c Composition) ([]span, Tally, error) {
	var sum Tally
	for i, s := range spans {
		if c.MaxDeposits > 0 && sum.Count+s.Last-s.First+1 > c.MaxDeposits {
			s.Last = s.First + c.MaxDeposits - sum.Count - 1
		}
		if s.Last < s.First {
			return spans[:i], sum, nil
		}
		part := Tally{Count: s.Last - s.First + 1}
		if err := t.GetContext(t.ctx, &part.Total, `SELECT sum(amount) FROM deposits WHERE id BETWEEN ? AND ?`, s.First, s.Last); err != nil {
			return nil, Tally{}, fmt.Errorf("ledger: deposits: %w", err)
		}
		if c.MaxTotal > 0 && sum.Total+part.Total > c.MaxTotal {
			var err error
			if s.Last, part, err = t.fill(s, c.MaxTotal-sum.Total); err != nil {
				return nil, Tally{}, err
			}
			if part.Count == 0 && sum.Count == 0 {
				return nil, Tally{}, fmt.Errorf("deposit %d alone is more than the limit of %s for a batch", s.First, c.MaxTotal)
			}
			if part.Count == 0 {
				return spans[:i], sum, nil
			}
			spans[i] = s
			return spans[:i+1], sum.Plus(part), nil
		}
		cut := s != spans[i]
		spans[i], sum = s, sum.Plus(part)
		if cut {
			return spans[:i+1], sum, nil
		}
	}
	return spans, sum, nil
}

// fill takes deposits from the start of s while their sum is within room.
func (t *tx) fill(s span, room Money) (last int64, sum Tally, err error) {
	rows, err := t.QueryContext(t.steady, `SELECT amount FROM deposits WHERE id BETWEEN ? AND ? ORDER BY id`, s.First, s.Last)
	if err != nil {
		return 0, Tally{}, fmt.Errorf("ledger: deposits: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	last = s.First - 1
	for rows.Next() {
		var m Money
		if err := rows.Scan(&m); err != nil {
			return 0, Tally{}, fmt.Errorf("ledger: deposits: %w", err)
		}
		if sum.Total+m > room {
			break
		}
		last++
		sum = sum.Plus(Tally{1, m})
	}
	return last, sum, rows.Err()
}

// archiveBatch composes the transfer file into the archive.
func (t *tx) archiveBatch(c Composition, b Batch, spans []span) (Stored, error) {
	w, err := t.l.archive.Create()
	if err != nil {
		return Stored{}, err
	}
	defer w.Discard()
	called := false
	err = c.Encode(w, b, c.Created, func(fn func(DepositLine) error) error {
		called = true
		return t.lines(spans, fn)
	})
	if err != nil {
		return Stored{}, err
	}
	if !called {
		return Stored{}, errors.New("the deposits were not written")
	}
	return w.Keep()
}

func (t *tx) lines(spans []span, fn func(DepositLine) error) error {
	sequence := int64(0)
	for _, s := range spans {
		rows, err := t.QueryContext(t.steady, `SELECT `+pack("id", "beneficiary", "name", "account", "amount", "remark", "reference")+` FROM deposits WHERE id BETWEEN ? AND ? ORDER BY id`, s.First, s.Last)
		if err != nil {
			return fmt.Errorf("ledger: deposits: %w", err)
		}
		if err := eachDepositLine(t.ctx, rows, &sequence, fn); err != nil {
			return err
		}
	}
	return nil
}

func eachDepositLine(ctx context.Context, rows *sql.Rows, sequence *int64, fn func(DepositLine) error) error {
	defer rows.Close() //nolint:errcheck // Err is asked
	return eachPacked(ctx, rows, 7, func(f [][]byte) error {
		id, err := number(f[0])
		if err != nil {
			return fmt.Errorf("ledger: deposits: %w", err)
		}
		amount, err := number(f[4])
		if err != nil {
			return fmt.Errorf("ledger: deposit %d: %w", id, err)
		}
		*sequence++
		return fn(DepositLine{ID: id, Sequence: *sequence, Beneficiary: f[1], Name: f[2], Account: f[3], Amount: Money(amount), Remark: f[5], Reference: f[6]})
	})
}
