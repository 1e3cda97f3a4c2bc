package gateway

import (
	"context"
	"errors"
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
	return fmt.Sprintf("held back: %s: a batch that these books have forgotten may have paid it already (the first is %s: same %s as %s of batch %s)",
		e.Held.Words(), e.First.Reference, e.First.Like, e.First.Claim.Reference, e.First.Claim.Batch)
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

// waiting is what a reconciling step leaves alone while the books are on hold.
type waiting struct {
	all   bool
	files map[int64]bool
}

// awaitRelease says which files of a bank have to wait while the books are on
// hold: those that answer no batch that the books know. A file is posted once
// and for good, and what answers a forgotten batch would be posted as money that
// nobody ordered; it could not be tied to its wages after the batch is recalled.
// Collecting sends nothing, and keeps what the bank may remove; answers about
// batches that are known are posted as ever, so that people see where they stand.
//
// Books that were restored begin a hold by themselves when the bank answers a
// batch that they do not know.
func (r *run) awaitRelease(ctx context.Context, s *session) (waiting, error) {
	w := waiting{files: make(map[int64]bool)}
	restored, err := r.Ledger.Restored(ctx)
	if err != nil {
		return w, err
	}
	if restored {
		// One file that cannot be read keeps no other from beginning the hold.
		unknown, unread := r.rememberAnswers(ctx, s.bank)
		if unknown != "" && !r.onHold(ctx) {
			reason := "the bank answers batch " + unknown + ", which these books have forgotten"
			r.log.Error("the books are on hold from now on", "reason", reason)
			if err := r.Ledger.BeginHold(ctx, r.actor, r.date, reason); err != nil {
				return w, errors.Join(err, unread)
			}
		}
		if unread != nil {
			return w, unread
		}
	}
	if w.all = r.onHold(ctx); !w.all {
		return w, nil
	}
	files, err := r.Ledger.Files(ctx, s.bank.Bank.ID, "received")
	if err != nil {
		return w, err
	}
	for _, f := range files {
		known, err := r.answersKnown(ctx, s.bank, f)
		if err != nil {
			return w, err
		}
		if !known {
			w.files[f.ID] = true
		}
	}
	if n := int64(len(w.files)); n > 0 {
		r.count("files waiting until the hold is released", n)
	}
	r.log.Warn("the books are on hold: the bank's files about batches that they do not know are kept, and wait", "files", len(w.files))
	return w, nil
}

// answersKnown says whether a file of the bank answers what is in the books:
// the batch that it names, or each payment that it gives back.
func (r *run) answersKnown(ctx context.Context, bank *Bank, f ledger.File) (bool, error) {
	kind, batch := recognise(bank, r.Ledger.Archive().Path(f.SHA256))
	if kind == ledger.ReturnFile {
		return r.returnsKnown(ctx, bank, f)
	}
	if batch == "" {
		return false, nil
	}
	_, err := r.Ledger.BatchByReference(ctx, batch)
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// returnsKnown says whether the books have sent every payment that a return file
// gives back. Such a file cannot wait: what came back may have been paid again
// in the time that was lost, and the batch that did so is adopted only once that
// is approved anew, for which its failure has to be known.
func (r *run) returnsKnown(ctx context.Context, bank *Bank, f ledger.File) (known bool, err error) {
	known = true
	_, err = readAnswer(bank, r.Ledger.Archive().Path(f.SHA256), func(p ledger.FoundPayment) error {
		sent, err := r.Ledger.Sent(ctx, p.Reference)
		known = known && sent
		return err
	})
	if err != nil {
		return false, ignoreUnreadable(err)
	}
	return known, nil
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
