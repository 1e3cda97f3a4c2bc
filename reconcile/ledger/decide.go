package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// How the event begins by which two people have a batch sent again: knowing of
// nothing that speaks against it, or knowing.
const (
	decidedNotDelivered = "decided: the bank has not got it"
	decidedAllTheSame   = "decided, whoever was paid by another: the bank has not got it"
)

// proposal is a person's word that the bank has not got an uncertain batch.
type proposal struct {
	By     string `db:"decided_by"`
	Reason string `db:"reason"`
}

// DecideNotDelivered records a person's word that the bank has not got an
// uncertain file. It pays every wage of the batch twice when it is wrong, so the
// first person only proposes it. When another one says the same, decided is true
// and the file will be sent again, under the same name.
//
// In books that were restored, another batch may have paid the same wages: that
// is a RivalError, unless mayPayTwice says that people have looked.
func (l *Ledger) DecideNotDelivered(ctx context.Context, a Actor, b Batch, reason string, mayPayTwice bool) (decided bool, err error) {
	if err := reasoned(reason); err != nil {
		return false, fmt.Errorf("batch %s: %w", b.Reference, err)
	}
	err = l.write(ctx, a, "batch "+b.Reference+" decided", func(t *tx) error {
		if _, err := t.inState(b, []string{"uncertain"}); err != nil {
			return err
		}
		if !mayPayTwice {
			if err := t.maySendAgain(b); err != nil {
				return err
			}
		}
		var since int64
		if err := t.GetContext(ctx, &since, `SELECT max(id) FROM batch_events WHERE batch_id = ? AND event = 'uncertain'`, b.ID); err != nil {
			return fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
		}
		var p proposal
		err := t.GetContext(ctx, &p, `SELECT decided_by, reason FROM batch_proposals WHERE event_id = ?`, since)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err := t.add("batch_proposals", b.ID, since, plain(reason), a.User, a.OSUser, t.at)
			return err
		case err != nil:
			return fmt.Errorf("ledger: batch %s: %w", b.Reference, err)
		case samePerson(p.By, a.User):
			return fmt.Errorf("batch %s: that it was not delivered was proposed by %s: %w", b.Reference, p.By, ErrSameReviewer)
		}
		decided = true
		how := decidedNotDelivered
		if mayPayTwice {
			how = decidedAllTheSame
		}
		return t.batchEvent(b.ID, "sealed", fmt.Sprintf("%s: %s (proposed by %s: %s)", how, reason, p.By, p.Reason), 0, 0)
	})
	return decided && err == nil, err
}

// DecideDelivered records a person's decision that the bank has got an
// uncertain file. One person is enough: should it be wrong, wages come late and
// are missed, and none is paid twice.
func (l *Ledger) DecideDelivered(ctx context.Context, a Actor, b Batch, date, reason string) error {
	if err := reasoned(reason); err != nil {
		return fmt.Errorf("batch %s: %w", b.Reference, err)
	}
	return l.deliver(ctx, a, b, date, "decided: the bank has got it: "+reason, []string{"uncertain"})
}
