package gateway

import (
	"context"
	"fmt"
	"time"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// HoldError says that the books are on hold, and nothing was sent.
type HoldError struct{ Hold ledger.Hold }

func (e *HoldError) Error() string {
	return fmt.Sprintf("the books are on hold since %s: nothing is composed and nothing is sent (%s)", e.Hold.Began, e.Hold.Reason)
}

// Hint says what to do about it.
func (e *HoldError) Hint() string {
	return "nobody is paid twice meanwhile, and nothing is lost: what is owed stays owed; `bekal hold show` compares with the bank and lists what has to be decided"
}

// Unwrap lets errors.Is find ledger.ErrOnHold.
func (e *HoldError) Unwrap() error { return ledger.ErrOnHold }

// HeldBackError says that deposits were not sent, since they look like payments
// that the bank has had already.
type HeldBackError struct {
	Held  ledger.Tally
	First ledger.Held
}

func (e *HeldBackError) Error() string {
	return fmt.Sprintf("%d deposits, %s, are held back: they look like payments of batches that these books have forgotten (the first is %s: same %s as %s of batch %s)",
		e.Held.Count, e.Held.Total, e.First.Reference, e.First.Like, e.First.Claim.Reference, e.First.Claim.Batch)
}

// Hint says what to do about it.
func (e *HeldBackError) Hint() string {
	return "`bekal hold show` lists them: adopt the batch that paid them, or say with `bekal hold pay` that they are other wages"
}

// maySend is an error while the books are on hold.
func (n *Night) maySend(ctx context.Context) error {
	h, on, err := n.Ledger.Hold(ctx)
	if err == nil && on {
		err = &HoldError{h}
	}
	return err
}

// onHold says whether nothing may be sent; that nobody can know it, too, is a
// reason to send nothing.
func (n *Night) onHold(ctx context.Context) bool { return n.maySend(ctx) != nil }

// heldBack is an error when deposits that are owed were not composed.
func (r *run) heldBack(ctx context.Context) error {
	held, err := r.Ledger.Held(ctx, r.Facility.ID)
	if err != nil || len(held) == 0 {
		return err
	}
	e := &HeldBackError{First: held[0]}
	for _, h := range held {
		e.Held = e.Held.Plus(ledger.Tally{Count: 1, Total: h.Amount})
	}
	r.count("deposits held back", e.Held.Count)
	return e
}

// awaitRelease says whether the files of a bank have to wait. A file is posted
// once and for good: what answers a batch that these books have forgotten would
// be posted as money that nobody ordered, and could not be tied to its wages
// after the batch is recalled. So while the books are on hold, files are
// collected, which sends nothing and keeps what the bank may remove, and wait.
//
// Books that were restored begin a hold by themselves when the bank answers a
// batch that they do not know.
func (r *run) awaitRelease(ctx context.Context, s *session) (bool, error) {
	restored, err := r.Ledger.Restored(ctx)
	if err != nil {
		return false, err
	}
	if restored {
		unknown, err := r.rememberAnswers(ctx, s.bank)
		if err != nil {
			return false, err
		}
		if unknown != "" && !r.onHold(ctx) {
			reason := "the bank answers batch " + unknown + ", which these books have forgotten"
			r.log.Error("the books are on hold from now on", "reason", reason)
			if err := r.Ledger.BeginHold(ctx, r.actor, r.date, reason, false); err != nil {
				return false, err
			}
		}
	}
	if !r.onHold(ctx) {
		return false, nil
	}
	files, err := r.Ledger.Files(ctx, s.bank.Bank.ID, "received")
	if err != nil {
		return false, err
	}
	r.count("files waiting until the hold is released", int64(len(files)))
	r.log.Warn("the books are on hold: the bank's files are kept and wait", "files", len(files))
	return true, nil
}

// AnswersBy is the last day on which the bank may still answer, in time, what
// it took on a business date: until then nobody can know all that it has.
func (b *Bank) AnswersBy(date string) (string, error) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return "", fmt.Errorf("date: %w", err)
	}
	value, _ := b.Calendar.AddBusinessDays(day, 1)
	last, err := b.lastInTime(value.Format(time.DateOnly))
	return last.Format(time.DateOnly), err
}

// paidClass says whether an answer of that class may mean that money moved.
func paidClass(c reconcile.Class, conflict bool) bool {
	return c == reconcile.ClassPaid || c == reconcile.ClassPending || conflict
}
