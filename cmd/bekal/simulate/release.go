package simulate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bekal/reconcile/ledger"
)

// release takes two people; each compares once more.
func (l *losses) release(ctx context.Context, h ledger.Hold) error {
	if h.Proposed == "" {
		if ok, err := l.compare(ctx); err != nil || !ok {
			return err
		}
		if _, err := l.act(ctx, "propose the release", holdPoints, func() error {
			err := undecided(l.program.books.ProposeRelease(ctx, clerk, l.date(), "compared"))
			if err == nil {
				l.slips.alone("a hold released by who proposed it", func(same ledger.Actor) error { return l.program.books.ReleaseHold(ctx, same, l.date(), "alone") }, ledger.ErrSameReleaser)
			}
			return err
		}); err != nil {
			return err
		}
		if !l.calm && l.fate.in(50) {
			return nil // tomorrow
		}
	}
	if ok, err := l.compare(ctx); err != nil || !ok {
		return err
	}
	l.released = true
	_, err := l.act(ctx, "release", holdPoints, func() error {
		return undecided(l.program.books.ReleaseHold(ctx, approver, l.date(), "compared"))
	})
	return err
}

// undecided takes what came to light since for no error: people look again.
func undecided(err error) error {
	if errors.Is(err, ledger.ErrUndecided) || errors.Is(err, ledger.ErrNotProposed) || errors.Is(err, ledger.ErrNoHold) {
		return fmt.Errorf("simulated: %w", err)
	}
	return err
}

// heldBack sees to deposits that look like payments of forgotten batches, when
// the books are not on hold.
func (l *losses) heldBack(ctx context.Context) error {
	held, err := l.program.books.Held(ctx, l.facility.ID)
	if err != nil {
		return err
	}
	if len(held) > 0 {
		l.heldOn = l.day
	}
	tried := map[string]bool{}
	for _, h := range held {
		// Where people know the batch by answers alone, the others may be other wages
		// though the first is not.
		if tried[h.Claim.Batch] && !l.slips.may {
			continue
		}
		// It may have died over the one before.
		if err := l.program.open(ctx); err != nil {
			return err
		}
		l.note("held back: %s, same %s as %s of %s", h.Reference, h.Like, h.Claim.Reference, h.Claim.Batch)
		if !l.calm && l.fate.in(60) {
			continue // another day
		}
		short, err := l.short(ctx, h)
		if err != nil {
			return err
		}
		if h.Like == ledger.SameReference && l.slips.same && l.calm {
			if lost, err := l.surely(ctx, h); err != nil {
				return err
			} else if repayable, err := l.repayable(ctx, h); err != nil {
				return err
			} else if lost && !repayable && l.waited(h.Claim.Batch) > 8 && l.office.idle() {
				l.slips.onceMore(h)
			}
		}
		another := short && h.Like != ledger.SameReference && l.office.idle() && l.waited(h.Claim.Batch) > 5
		if l.witness.Holds(h.Claim.Reference) && !another || h.Like == ledger.SameReference && h.Claim.AtBank {
			if tried[h.Claim.Batch] {
				continue
			}
			tried[h.Claim.Batch] = true
			if err := l.office.repay(ctx); err != nil {
				return err // it may be a payment of what had failed
			}
			in := ledger.Adoption{Facility: l.facility, Batch: h.Claim.Batch, Date: l.date(), Reason: "it is found", Partly: l.office.idle() && l.waited(h.Claim.Batch) > 3}
			if _, err := l.act(ctx, "adopt "+h.Claim.Batch+" after all", holdPoints, func() error {
				_, err := l.program.books.Adopt(ctx, clerk, in)
				if err != nil {
					return fmt.Errorf("simulated: %w", err) // another day
				}
				l.count("forgotten batch adopted after its release", "")
				return nil
			}); err != nil {
				return err
			}
			continue
		}
		if !short && h.Like == ledger.Unnamed {
			short, err = l.surely(ctx, h)
			if err != nil {
				return err
			}
		}
		if !short || l.turnedDown(h) {
			continue
		}
		for _, who := range []ledger.Actor{clerk, approver} {
			if h.Proposed != "" && who == clerk {
				continue
			}
			if ok, err := l.act(ctx, "pay "+h.Reference+" all the same, says "+who.User, holdPoints, func() error {
				_, err := l.program.books.PayHeld(ctx, who, l.facility.ID, []string{h.Reference}, "the bank has not paid it")
				if err == nil && who == clerk {
					l.slips.alone("a wage that is held back paid by one person", func(same ledger.Actor) error {
						_, err := l.program.books.PayHeld(ctx, same, l.facility.ID, []string{h.Reference}, "alone")
						return err
					}, ledger.ErrSameReviewer)
				}
				if errors.Is(err, ledger.ErrSameReviewer) || errors.Is(err, ledger.ErrNotFound) {
					return fmt.Errorf("simulated: %w", err)
				}
				return err
			}); err != nil || !ok {
				return err
			}
		}
		l.promised[h.Reference] = true
		l.count("held back and paid all the same", "")
	}
	return nil
}

// short says whether a wage that is held back has certainly not been paid: the
// bank has fewer such payments than people approved, and none is on its way.
func (l *losses) short(ctx context.Context, h ledger.Held) (bool, error) {
	for ref := range l.promised {
		if !l.witness.Sent(ref) {
			return false, nil
		}
	}
	undelivered, err := l.program.books.Undelivered(ctx, l.gate.Bank.ID)
	if err != nil {
		return false, err
	}
	for _, b := range undelivered {
		if holds, err := l.office.holds(b, h.Account, int64(h.Amount)); err != nil || holds || !l.office.stuck[b.Reference] {
			return false, err
		}
	}
	return l.witness.Live(h.Account, int64(h.Amount)) < l.witness.Of(h.Account, int64(h.Amount)), nil
}

// turnedDown says whether the bank has had a wage that is held back under its very
// reference, and has not paid it, in a batch of which no file names everybody. People
// ask, and do not have it sent once more: the bank would take it for the same.
func (l *losses) turnedDown(h ledger.Held) bool {
	return l.slips.may && l.witness.Orders(h.Reference, h.Account, int64(h.Amount))
}

// repayable says whether the bank has turned down a payment of that account and
// amount which these books know: what is missing is to be paid again by it.
func (l *losses) repayable(ctx context.Context, h ledger.Held) (bool, error) {
	for _, ref := range l.witness.Failed(h.Account, int64(h.Amount)) {
		life, err := l.program.books.Life(ctx, ref)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		if life.Account == h.Account && life.Amount == h.Amount && life.ReplacedBy == "" {
			return true, nil
		}
	}
	return false, nil
}

// surely says the same of a wage that is held back since it may have been in a
// batch of which nobody knows all payments. There may be many of them, and people
// let them through at once: each is one that the bank has not, nor will have by
// others that were let through.
func (l *losses) surely(ctx context.Context, h ledger.Held) (bool, error) {
	undelivered, err := l.program.books.Undelivered(ctx, l.gate.Bank.ID)
	if err != nil || len(undelivered) > 0 {
		return false, err
	}
	coming := 0
	for ref := range l.promised {
		if l.witness.Sent(ref) {
			continue
		}
		life, err := l.program.books.Life(ctx, ref)
		if err != nil {
			return false, err
		}
		if life.Account == h.Account && life.Amount == h.Amount {
			coming++
		}
	}
	return l.witness.Live(h.Account, int64(h.Amount))+coming < l.witness.Of(h.Account, int64(h.Amount)), nil
}

// settled looks at the end of all.
func (l *losses) settled(ctx context.Context) error {
	var left, strange []string
	own := map[string]string{} // by a reference that the bank has had, that of the deposit
	holds := map[string]bool{} // deposits that the bank holds by one of their references
	for _, ref := range l.witness.Ordered() {
		life, err := l.program.books.Life(ctx, ref)
		switch {
		case errors.Is(err, ledger.ErrNotFound):
			strange = append(strange, ref)
		case err != nil:
			return err
		case !l.witness.Orders(ref, life.Account, int64(life.Amount)):
			strange = append(strange, ref) // it is another wage's in these books
		default:
			own[ref] = life.Reference
			holds[life.Reference] = holds[life.Reference] || l.witness.Holds(ref)
			if life.ReplacedBy == "" {
				left = append(left, ref)
			}
		}
	}
	// The bank may have had one under its own reference, too, of which no file says
	// so.
	left = slices.DeleteFunc(left, func(ref string) bool { return holds[own[ref]] })
	found, err := l.witness.Settle(left, strange)
	if err != nil {
		return err
	}
	l.report(found)
	if l.lives == 0 {
		return nil
	}
	if l.gone {
		l.violation("end", "ledger", "it could not be restored")
	}
	if h, on, err := l.program.books.Hold(ctx); err != nil {
		return err
	} else if on {
		l.violation("end", "hold", "the books are still on hold since %s: %s", h.Began, h.Reason)
	}
	held, err := l.program.books.Held(ctx, l.facility.ID)
	if err != nil {
		return err
	}
	for _, h := range held {
		if l.witness.Live(h.Account, int64(h.Amount)) >= l.witness.Of(h.Account, int64(h.Amount)) {
			l.count("held back for ever, and the bank has paid it", "")
			continue
		}
		if l.turnedDown(h) {
			l.count("held back for ever, and the bank has turned it down", "")
			continue
		}
		l.violation("end", h.Reference, "it is held back for ever: same %s as %s of %s", h.Like, h.Claim.Reference, h.Claim.Batch)
	}
	return nil
}
