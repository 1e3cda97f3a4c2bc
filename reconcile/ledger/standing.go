package ledger

import (
	"fmt"
	"sort"
)

// Standing is a deposit with all that the bank has said of it so far.
type Standing struct {
	ID          int64
	Batch       int64 // 0: it was never put into a batch
	Reference   string
	Account     string
	Name        string
	Amount      Money
	Final       Outcome // settled, rejected, returned, or empty
	WasReturned bool    // after it settled
	Misdirected *Money  // what went to another account
	// StrayReturned is set when that came back after the deposit had settled.
	StrayReturned bool
}

// Standings returns the deposits with those ids, in their order; an id of no
// deposit gives a Standing with ID 0. dst is reused.
func (p *Posting) Standings(dst []Standing, ids []int64) ([]Standing, error) {
	dst = append(dst[:0], make([]Standing, len(ids))...)
	if len(ids) == 0 {
		return dst, nil
	}
	if err := p.flush(); err != nil {
		return nil, err
	}
	// Answers come mostly in the order of the file that went out, so that one
	// range holds the ids of a chunk; strays are looked up in ranges of their own.
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return ids[order[a]] < ids[order[b]] })
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && ids[order[to]]-ids[order[to-1]] <= 64 {
			to++
		}
		if err := p.stand(dst, ids, order[from:to]); err != nil {
			return nil, err
		}
		from = to
	}
	return dst, nil
}

// stand fills in the deposits of one range of ids; order is sorted by id.
func (p *Posting) stand(dst []Standing, ids []int64, order []int) error {
	first, last := ids[order[0]], ids[order[len(order)-1]]
	rows, err := p.t.QueryContext(p.t.steady, `SELECT `+pack("id", "reference", "account", "amount", "name")+` FROM deposits WHERE id BETWEEN ? AND ? ORDER BY id`, first, last)
	if err != nil {
		return fmt.Errorf("ledger: deposits: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	k := 0
	err = eachPacked(p.t.ctx, rows, 5, func(f [][]byte) error {
		id, err := number(f[0])
		if err != nil {
			return err
		}
		for k < len(order) && ids[order[k]] < id {
			k++
		}
		if k == len(order) || ids[order[k]] != id {
			return nil
		}
		amount, err := number(f[3])
		if err != nil {
			return err
		}
		s := Standing{ID: id, Reference: string(f[1]), Account: string(f[2]), Amount: Money(amount), Name: string(f[4])}
		for ; k < len(order) && ids[order[k]] == id; k++ {
			dst[order[k]] = s
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("ledger: deposits: %w", err)
	}
	if err := p.standInBatch(dst, order, first, last); err != nil {
		return err
	}
	return p.standAnswered(dst, ids, order)
}

func (p *Posting) standInBatch(dst []Standing, order []int, first, last int64) error {
	var ranges []struct {
		Batch int64 `db:"batch_id"`
		span
	}
	if err := p.t.SelectContext(p.t.ctx, &ranges, `SELECT batch_id, first_deposit AS first, last_deposit AS last FROM batch_ranges
		WHERE first_deposit <= ?2 AND first_deposit >= coalesce((SELECT max(first_deposit) FROM batch_ranges WHERE first_deposit <= ?1), ?1) ORDER BY first_deposit`, first, last); err != nil {
		return fmt.Errorf("ledger: batches: %w", err)
	}
	r := 0
	for _, i := range order {
		id := dst[i].ID
		for r < len(ranges) && ranges[r].Last < id {
			r++
		}
		if id > 0 && r < len(ranges) && ranges[r].First <= id {
			dst[i].Batch = ranges[r].Batch
		}
	}
	return nil
}

// standAnswered goes by the ids that were asked for, which are in order: those
// of no deposit have none in dst.
func (p *Posting) standAnswered(dst []Standing, ids []int64, order []int) error {
	first, last := ids[order[0]], ids[order[len(order)-1]]
	var rows []struct {
		First   int64   `db:"first_deposit"`
		Last    int64   `db:"last_deposit"`
		Slot    int64   `db:"slot"`
		Outcome Outcome `db:"outcome"`
		Amount  Money   `db:"amount"`
	}
	// A row that begins before the range may reach into it.
	if err := p.t.SelectContext(p.t.ctx, &rows, `SELECT a.first_deposit, a.last_deposit, a.slot, a.outcome, coalesce(a.amount, d.amount) AS amount FROM answers a JOIN deposits d ON d.id = a.first_deposit
		WHERE a.slot IN (0, 1, 2, 3) AND a.first_deposit > ? AND a.first_deposit <= ? AND a.last_deposit >= ? ORDER BY a.first_deposit`, first-longest, last, first); err != nil {
		return fmt.Errorf("ledger: answers: %w", err)
	}
	for i := range rows {
		x := &rows[i]
		k := sort.Search(len(order), func(k int) bool { return ids[order[k]] >= x.First })
		for ; k < len(order) && ids[order[k]] <= x.Last; k++ {
			s := &dst[order[k]]
			switch x.Slot {
			case slotFinal:
				s.Final = x.Outcome
			case slotReturn:
				s.WasReturned = true
			case slotMisdirected:
				s.Misdirected = &x.Amount
			case slotStray:
				s.StrayReturned = true
			}
		}
	}
	return nil
}
