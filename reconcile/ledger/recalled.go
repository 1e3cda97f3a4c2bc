package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// recalledAs is the id of the deposit that the bank knows by a reference which
// a forgotten life of these books gave out; 0 for none.
const recalledAs = `SELECT deposit_id FROM recalled WHERE reference = ?`

// DepositID is the deposit that the bank means by a payment reference; 0 where
// it cannot be one of ours. The deposit still has to be compared: see Means.
func (p *Posting) DepositID(reference []byte) (int64, error) {
	if id, err := p.recalled(reference); err != nil || id > 0 {
		return id, err
	}
	id, err := DepositID(reference)
	if err != nil {
		return 0, nil //nolint:nilerr // a reference that cannot be ours is no error here
	}
	return id, nil
}

// Means says whether the bank means that deposit by that reference.
func (p *Posting) Means(s *Standing, reference []byte) (bool, error) {
	if s.Reference == string(reference) {
		return true, nil
	}
	id, err := p.recalled(reference)
	return id > 0 && id == s.ID, err
}

func (p *Posting) recalled(reference []byte) (int64, error) {
	if p.recalls == nil {
		some := false
		if err := p.t.GetContext(p.t.ctx, &some, `SELECT EXISTS (SELECT 1 FROM recalled)`); err != nil {
			return 0, fmt.Errorf("ledger: recalled deposits: %w", err)
		}
		p.recalls = &some
	}
	if !*p.recalls {
		return 0, nil
	}
	var id int64
	err := found(p.t.GetContext(p.t.ctx, &id, recalledAs, string(reference)), "recalled deposit")
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return id, err
}

// Sent says whether the bank may know a deposit of these books by that reference:
// it is in a batch, or was recalled under it.
func (l *Ledger) Sent(ctx context.Context, reference string) (bool, error) {
	id, err := DepositID(reference)
	if err != nil {
		return false, nil //nolint:nilerr // a reference that cannot be ours is no error here
	}
	var sent bool
	err = l.reader.GetContext(ctx, &sent, `SELECT EXISTS (SELECT 1 FROM recalled WHERE reference = ?1) OR EXISTS (SELECT 1 FROM deposits d
		JOIN batch_ranges r ON r.first_deposit <= d.id AND r.last_deposit >= d.id WHERE d.id = ?2 AND d.reference = ?1)`, reference, id)
	if err != nil {
		return false, fmt.Errorf("ledger: deposit %s: %w", plain(reference), err)
	}
	return sent, nil
}

// OwnReference is the reference of the deposit that the bank knows by another,
// which a forgotten life of these books gave out; any other is returned as it
// is.
func (l *Ledger) OwnReference(ctx context.Context, reference string) (string, error) {
	var own string
	err := found(l.reader.GetContext(ctx, &own, `SELECT d.reference FROM recalled r JOIN deposits d ON d.id = r.deposit_id WHERE r.reference = ?`, reference), "recalled deposit")
	if errors.Is(err, ErrNotFound) {
		return reference, nil
	}
	return own, err
}

func (t *tx) ownReference(reference string) (string, error) {
	var own string
	err := found(t.GetContext(t.ctx, &own, `SELECT d.reference FROM recalled r JOIN deposits d ON d.id = r.deposit_id WHERE r.reference = ?`, reference), "recalled deposit")
	if errors.Is(err, ErrNotFound) {
		return reference, nil
	}
	return own, err
}

// Ordered is what the transfer file of a batch ordered. That is the batch, unless it
// was forgotten and adopted in part: then the files that were found say it.
func (p *Posting) Ordered(b Batch) (Tally, error) {
	sent := Tally{b.Count, b.Total}
	var adopted bool
	err := p.t.GetContext(p.t.ctx, &adopted, `SELECT EXISTS (SELECT 1 FROM recalled WHERE batch_id = ?)`, b.ID)
	if err == nil && adopted {
		err = p.t.GetContext(p.t.ctx, &sent, `SELECT count, total FROM forgotten WHERE batch = ? AND count > 0 ORDER BY evidence = 'transfer' DESC, at_bank DESC, id LIMIT 1`, b.Reference)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
	}
	if err != nil {
		return Tally{}, fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
	}
	return sent, nil
}
