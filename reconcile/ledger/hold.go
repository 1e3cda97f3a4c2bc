package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Hold is a time in which nothing is sent: from when somebody, or a restore,
// began it until two people have released it.
type Hold struct {
	Began      string `db:"began" json:"began"` // when
	Date       string `db:"date" json:"date"`   // business date on which it began
	Reason     string `db:"reason" json:"reason"`
	By         string `db:"decided_by" json:"by"`
	OSUser     string `db:"os_user" json:"os_user"`
	Proposed   string `db:"proposed" json:"release_proposed_by"` // who proposed the release, empty while nobody has
	ProposedAt string `db:"proposed_at" json:"release_proposed_at"`
	Why        string `db:"why" json:"release_reason"` // reason of the proposal
	Seen       int64  `db:"seen" json:"-"`             // last row of forgotten that was known then
}

// Errors of holds.
var (
	// ErrOnHold says that nothing may be sent.
	ErrOnHold = errors.New("the books are on hold: nothing is sent")
	// ErrNoHold says that there is nothing to release.
	ErrNoHold = errors.New("the books are not on hold")
	// ErrNotProposed says that a first person is missing.
	ErrNotProposed = errors.New("nobody has proposed the release")
	// ErrSameReleaser says that a second person is missing.
	ErrSameReleaser = errors.New("who proposed the release cannot release")
	// ErrUnnamed says that nobody can hold back a wage that may have been paid.
	ErrUnnamed = errors.New("the others would be paid a second time if they are owed here")
	// ErrUndecided says that a forgotten batch is neither adopted nor left.
	ErrUndecided = errors.New("has been forgotten, and nobody has decided about it")
)

// The hold that began last, unless it was released, with the proposal that was
// made since.
const holdQuery = `SELECT b.at AS began, b.date, b.reason, b.decided_by, b.os_user,
	coalesce(p.decided_by, '') AS proposed, coalesce(p.at, '') AS proposed_at, coalesce(p.reason, '') AS why, coalesce(p.seen, b.seen) AS seen
	FROM holds b LEFT JOIN holds p ON p.id = (SELECT max(id) FROM holds x WHERE x.event = 'proposed' AND x.id > b.id)
	WHERE b.event = 'begun' AND NOT EXISTS (SELECT 1 FROM holds r WHERE r.event = 'released' AND r.id > b.id) ORDER BY b.id DESC LIMIT 1`

// Hold returns the hold that the books are on; ok is false when they are on
// none.
func (l *Ledger) Hold(ctx context.Context) (h Hold, ok bool, err error) {
	return held(l.reader.GetContext(ctx, &h, holdQuery), &h)
}

func held(err error, h *Hold) (Hold, bool, error) {
	err = found(err, "hold")
	if errors.Is(err, ErrNotFound) {
		return Hold{}, false, nil
	}
	return *h, err == nil, err
}

func (t *tx) hold() (h Hold, ok bool, err error) {
	return held(t.GetContext(t.ctx, &h, holdQuery), &h)
}

// notOnHold refuses what would send money while the books are on hold.
func (t *tx) notOnHold() error {
	h, ok, err := t.hold()
	if err == nil && ok {
		err = fmt.Errorf("%w, since %s", ErrOnHold, h.Began)
	}
	return err
}

// BeginHold puts the books on hold.
func (l *Ledger) BeginHold(ctx context.Context, a Actor, date, reason string) error {
	if err := reasoned(reason); err != nil {
		return err
	}
	return l.write(ctx, a, "hold begun", func(t *tx) error { return t.holdEvent("begun", date, reason) })
}

// BeginLife puts books on hold that were put back from a copy of whatever kind:
// what a later life of them may have sent must never be sent again, and no
// reference that it gave out be given out again. One copy may be put back twice,
// so the mark of this life is drawn.
func (l *Ledger) BeginLife(ctx context.Context, a Actor, date, reason string, random io.Reader) error {
	if err := reasoned(reason); err != nil {
		return err
	}
	return l.write(ctx, a, "hold begun", func(t *tx) error {
		mark, err := t.randomMark(random)
		if err != nil {
			return err
		}
		if err := t.newLife(reason, mark); err != nil {
			return err
		}
		return t.holdEvent("begun", date, reason)
	})
}

func (t *tx) holdEvent(event, date, reason string) error {
	var seen int64
	if err := t.GetContext(t.ctx, &seen, `SELECT coalesce(max(id), 0) FROM forgotten`); err != nil {
		return fmt.Errorf("ledger: forgotten batches: %w", err)
	}
	_, err := t.add("holds", event, plain(reason), t.actor.User, t.actor.OSUser, date, seen, t.at)
	return err
}

// newLife begins a generation and takes every batch that is not known to be
// delivered for uncertain: a life of these books that they have forgotten may
// have sent it.
func (t *tx) newLife(reason, mark string) error {
	if err := t.newGeneration(reason, mark); err != nil {
		return err
	}
	var batches []Batch
	if err := t.SelectContext(t.ctx, &batches, `SELECT * FROM (`+batchQuery+`) WHERE delivered = '' AND state IN ('sealed', 'staged') ORDER BY id`); err != nil {
		return fmt.Errorf("ledger: batches: %w", err)
	}
	for _, b := range batches {
		if err := t.batchEvent(b.ID, "uncertain", "the books were put back from a copy: whether it was sent since is not known", 0, 0); err != nil {
			return err
		}
	}
	return nil
}

// newGeneration begins a generation with a mark, or with the next free one.
func (t *tx) newGeneration(reason, mark string) error {
	taken, err := t.marks()
	if err != nil {
		return err
	}
	for n := int64(1); mark == "" && n < 1<<(5*markLength); n++ {
		if m := string(appendBase32(nil, n, markLength)); !taken[m] {
			mark = m
		}
	}
	if !generationMark.MatchString(mark) || taken[mark] {
		return fmt.Errorf("ledger: generation mark %q: it is used, or none is left", mark)
	}
	_, err = t.add("generations", mark, plain(reason), t.at)
	return err
}

// marks are those that no new generation may have: of the generations that
// these books know, and of those that gave out a forgotten reference.
func (t *tx) marks() (map[string]bool, error) {
	taken := make(map[string]bool)
	var list []string
	if err := t.SelectContext(t.ctx, &list, `SELECT mark FROM generations`); err != nil {
		return nil, fmt.Errorf("ledger: generations: %w", err)
	}
	var batches []string
	if err := t.SelectContext(t.ctx, &batches, `SELECT DISTINCT batch FROM forgotten`); err != nil {
		return nil, fmt.Errorf("ledger: forgotten batches: %w", err)
	}
	for _, b := range batches {
		if m, ok := BatchMark(b); ok {
			list = append(list, m)
		}
	}
	for _, m := range list {
		taken[m] = true
	}
	return taken, nil
}

// ProposeRelease records that a person wants the hold to end. Another one
// releases it.
func (l *Ledger) ProposeRelease(ctx context.Context, a Actor, date, reason string) error {
	if err := reasoned(reason); err != nil {
		return err
	}
	return l.write(ctx, a, "release proposed", func(t *tx) error {
		if _, err := t.releasable(); err != nil {
			return err
		}
		return t.holdEvent("proposed", date, reason)
	})
}

// ReleaseHold ends the hold: what is owed is sent again, but for deposits that
// look like payments of batches which were forgotten (see Held). Who proposed it
// cannot do it, and nobody can while a forgotten batch is undecided.
func (l *Ledger) ReleaseHold(ctx context.Context, a Actor, date, reason string) error {
	if err := reasoned(reason); err != nil {
		return err
	}
	return l.write(ctx, a, "hold released", func(t *tx) error {
		h, err := t.releasable()
		if err != nil {
			return err
		}
		if h.Proposed == "" {
			return ErrNotProposed
		}
		if samePerson(h.Proposed, a.User) {
			return fmt.Errorf("the release was proposed by %s: %w", h.Proposed, ErrSameReleaser)
		}
		// What came to light after the proposal, nobody has looked at twice.
		var since int64
		if err := t.GetContext(t.ctx, &since, `SELECT count(*) FROM forgotten WHERE id > ?`, h.Seen); err != nil {
			return fmt.Errorf("ledger: forgotten batches: %w", err)
		}
		if since > 0 {
			return fmt.Errorf("%w since %d more files of forgotten batches were found", ErrNotProposed, since)
		}
		return t.holdEvent("released", date, reason)
	})
}

func (t *tx) releasable() (Hold, error) {
	h, ok, err := t.hold()
	if err != nil {
		return h, err
	}
	if !ok {
		return h, ErrNoHold
	}
	var undecided []string
	if err := t.SelectContext(t.ctx, &undecided, `SELECT DISTINCT f.batch FROM forgotten f WHERE NOT EXISTS (SELECT 1 FROM batches b WHERE b.reference = f.batch)
		AND NOT EXISTS (SELECT 1 FROM forgotten_decisions d WHERE d.batch = f.batch) ORDER BY f.batch`); err != nil {
		return h, fmt.Errorf("ledger: forgotten batches: %w", err)
	}
	var errs []error
	for _, b := range undecided {
		errs = append(errs, fmt.Errorf("batch %s %w", b, ErrUndecided))
	}
	return h, errors.Join(errs...)
}
