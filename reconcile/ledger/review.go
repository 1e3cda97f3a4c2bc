package ledger

import (
	"context"
	"errors"
	"fmt"
)

// Review is a step in the review of a mismatch.
type Review string

// The steps of a review. What one person proposes, another resolves.
const (
	Propose Review = "proposed"
	Resolve Review = "resolved"
	Reopen  Review = "reopened"
)

// ErrNotReviewed says that a step does not follow from where a mismatch stands.
var ErrNotReviewed = errors.New("cannot be")

// ReviewMismatch records a step of a mismatch's review, with its reason. To
// resolve takes another person than the one who proposed; nothing is booked by
// it: money moves by what the bank answers and by new deposits alone.
func (l *Ledger) ReviewMismatch(ctx context.Context, a Actor, id int64, step Review, reason string) error {
	if err := reasoned(reason); err != nil {
		return fmt.Errorf("mismatch %d: %w", id, err)
	}
	return l.write(ctx, a, "mismatch "+string(step), func(t *tx) error {
		var m struct {
			State string `db:"state"`
			By    string `db:"decided_by"`
		}
		err := t.GetContext(ctx, &m, `SELECT `+mismatchState+` AS state, coalesce((SELECT e.decided_by FROM mismatch_events e WHERE e.mismatch_id = m.id ORDER BY e.id DESC LIMIT 1), '') AS decided_by FROM mismatches m WHERE m.id = ?`, id)
		if err := found(err, fmt.Sprintf("mismatch %d", id)); err != nil {
			return err
		}
		allowed := map[Review][]string{Propose: {"open", "reopened"}, Resolve: {"proposed"}, Reopen: {"proposed", "resolved"}}[step]
		ok := false
		for _, s := range allowed {
			ok = ok || s == m.State
		}
		if !ok {
			return fmt.Errorf("mismatch %d %w %s: it is %s", id, ErrNotReviewed, step, m.State)
		}
		if step == Resolve && samePerson(m.By, a.User) {
			return fmt.Errorf("mismatch %d was proposed by %s: %w", id, m.By, ErrSameReviewer)
		}
		_, err = t.add("mismatch_events", id, string(step), plain(reason), nil, int64(0), a.User, a.OSUser, t.at)
		return err
	})
}

// ErrSameReviewer says that a second person is needed.
var ErrSameReviewer = errors.New("who proposed cannot resolve")
