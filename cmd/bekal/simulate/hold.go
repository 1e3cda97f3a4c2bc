package simulate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"bekal/gateway"
	"bekal/reconcile/ledger"
)

// hold is what people have in mind while a restored ledger is on hold.
type hold struct {
	allKnown bool           // they do not wait for the bank's answers, since they have its list
	asks     bool           // they ask the bank for its list before they do anything else
	asked    bool           // and have asked
	since    map[string]int // day on which a forgotten batch was first seen that cannot be adopted
	released bool           // a second person has tried to release it
}

// The fail points that are passed while people see to a hold.
var holdPoints = []string{"list", "list: done", "download", "download: done", "archive kept", "commit: hold released", "committed: hold released", "commit: release proposed", "committed: release proposed"}

// act is something that a person does, at which the program may die. done is
// false when it has to be done again.
func (l *losses) act(ctx context.Context, what string, points []string, do func() error) (done bool, err error) {
	crashed, err := l.program.live(ctx, l.mishaps(points, 30), do)
	switch {
	case crashed != "":
		l.count("death on hold", "")
		l.note("%s: the program dies at %q", what, crashed)
		return false, err
	case isSimulated(err):
		l.note("%s: %v", what, err)
		return false, nil
	case err != nil:
		return false, err
	}
	l.note("%s", what)
	return true, nil
}

// people do on a day what `bekal hold show` tells them.
func (l *losses) people(ctx context.Context) error {
	if err := l.program.open(ctx); err != nil {
		return err
	}
	h, on, err := l.program.books.Hold(ctx)
	if err != nil {
		return err
	}
	if on {
		err = l.onHold(ctx, h)
	} else {
		err = l.heldBack(ctx)
	}
	if err != nil {
		return err
	}
	if err := l.program.open(ctx); err != nil {
		return err
	}
	return l.watch(ctx)
}

// learn asks the books whether they are on hold, and tells the witness.
func (l *losses) learn(ctx context.Context) error {
	if l.gone {
		return nil
	}
	if err := l.program.open(ctx); err != nil {
		return err
	}
	h, on, err := l.program.books.Hold(ctx)
	if err != nil {
		return err
	}
	switch frozen := l.witness.Frozen(); {
	case on && !frozen:
		l.count("hold begun by the bank's answer", "")
		l.note("on hold: %s", h.Reason)
		l.hold = hold{allKnown: l.fate.in(50), asks: true}
		found, err := l.witness.Freeze()
		if err != nil {
			return err
		}
		l.report(found)
	case !on && frozen:
		if !l.released {
			l.violation("hold", h.Began, "the hold has ended, and nobody released it")
		}
		l.count("hold released", "")
		l.witness.Thaw()
	}
	if on {
		l.held = l.day
	}
	return nil
}

// onHold is a day of people whose books are on hold.
func (l *losses) onHold(ctx context.Context, h ledger.Hold) error {
	if !l.calm && l.fate.in(25) {
		return nil // another day
	}
	if l.asks || l.calm {
		if err := l.ask(ctx); err != nil {
			return err
		}
	}
	if ok, err := l.compare(ctx); err != nil || !ok {
		return err
	}
	waiting, err := l.seeTo(ctx)
	if err != nil {
		return err
	}
	if waiting && l.asked && l.fate.in(20) {
		l.count("release tried in haste", "")
		return l.release(ctx, h) // it has to be refused
	}
	if waiting {
		return nil
	}
	if !l.asked {
		return l.ask(ctx) // and compare again
	}
	last, err := l.gate.AnswersBy(h.Date)
	if err != nil {
		return err
	}
	if !l.allKnown && l.date() <= last {
		return nil
	}
	return l.release(ctx, h)
}

// compare is `bekal hold show`.
func (l *losses) compare(ctx context.Context) (ok bool, err error) {
	l.armLine(l.fate)
	var found gateway.Recollection
	ok, err = l.act(ctx, "compare with the bank", holdPoints, func() (err error) {
		found, err = l.recall(ctx)
		return err
	})
	l.bank.Disarm()
	if met := l.met(); err != nil {
		if met == 0 && l.foreign == 0 {
			l.violation("recall", "", "it failed, and nothing was wrong: %v", err)
		}
		l.note("compare with the bank: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
		return false, nil
	}
	if !ok {
		return false, nil
	}
	for _, s := range found.Sent {
		l.count("batch found delivered", "")
		l.note("  %s lies at the bank", s)
	}
	for _, n := range found.Notes {
		l.note("  %s", n)
	}
	return true, nil
}

// recall compares the books with the bank and the archive. When a file came into
// the archive is no part of the history.
func (l *losses) recall(ctx context.Context) (gateway.Recollection, error) {
	then := l.clockTime(0, 0, 0)
	if err := l.eachArchived(func(path string) error { return os.Chtimes(path, then, then) }); err != nil {
		return gateway.Recollection{}, err
	}
	where := gateway.Search{}
	if _, err := os.Stat(l.remote(copies)); err == nil {
		where.Remote = []string{copies}
	}
	return l.program.night().Recall(ctx, l.date(), where)
}

// seeTo has people decide about forgotten batches, the oldest first. waiting is
// true while one has to wait.
func (l *losses) seeTo(ctx context.Context) (waiting bool, err error) {
	all, err := l.program.books.AllForgotten(ctx)
	if err != nil {
		return false, err
	}
	for _, f := range all {
		if f.Decision != "" {
			continue
		}
		done, err := l.forgotten(ctx, f)
		if err != nil {
			return false, err
		}
		if l.program.books == nil {
			return true, nil // it died
		}
		waiting = waiting || !done
	}
	if waiting {
		return true, l.office.repay(ctx) // some may be payments of what had failed
	}
	return false, nil
}

// forgotten sees to one forgotten batch.
func (l *losses) forgotten(ctx context.Context, f ledger.Forgotten) (done bool, err error) {
	has, err := l.office.bankHas(ledger.Batch{Reference: f.Batch})
	if err != nil {
		return false, err
	}
	if f.Evidence != string(ledger.ByTransfer) {
		// This bank errs in its answers, in accounts and references too. What it
		// was sent is known for certain by the file alone.
		l.note("%s: %d of %d payments are named in answers", f.Batch, f.Named, f.Count)
		if l.slips.lacks(f.Batch) {
			return l.byAnswers(ctx, f)
		}
		return false, l.copy(f.Batch)
	}
	in := ledger.Adoption{Facility: l.facility, Batch: f.Batch, Date: l.date(), Reason: "a simulated person has looked"}
	would, err := l.program.books.Rehearse(ctx, clerk, in)
	if err != nil {
		// Its payments are those of another batch: the bank has one of the two.
		l.note("%s: %s", f.Batch, strings.ReplaceAll(err.Error(), "\n", "; "))
		var rival *ledger.RivalError
		if errors.As(err, &rival) && l.waited(f.Batch) < 5 {
			return false, nil // the other comes first
		}
		if !has {
			return l.leave(ctx, f.Batch)
		}
		if l.waited(f.Batch) < 3 || !l.office.idle() {
			return false, nil // the other may be left, or adopted, first
		}
		if done, err := l.adopt(ctx, in, "in part"); err != nil || done || l.waited(f.Batch) < 6 {
			return done, err
		}
		return l.leave(ctx, f.Batch)
	}
	if len(would.Unmatched) > 0 {
		// Its sheets are to be imported again, or a repayment to be approved. When
		// that takes too long it is left, and adopted when they are there.
		l.note("%s: %d payments are wages of these books, %d are not", f.Batch, would.Matched, len(would.Unmatched))
		if l.waited(f.Batch) < 5 {
			return false, nil
		}
		return l.leave(ctx, f.Batch)
	}
	if !has && l.fate.in(20) && !l.sameReference(ctx, f.Batch) {
		return l.leave(ctx, f.Batch)
	}
	return l.adopt(ctx, in, map[bool]string{true: "the bank has it", false: "the bank has it not"}[has])
}

// adopt adopts a forgotten batch.
func (l *losses) adopt(ctx context.Context, in ledger.Adoption, how string) (done bool, err error) {
	in.Partly = strings.HasSuffix(how, "in part")
	var adopted ledger.Adopted
	done, err = l.act(ctx, "adopt "+in.Batch+": "+how, holdPoints, func() (err error) {
		adopted, err = l.program.books.Adopt(ctx, clerk, in)
		var rival *ledger.RivalError
		if errors.Is(err, ledger.ErrUnmatched) || errors.As(err, &rival) || err != nil && l.slips.same {
			err = fmt.Errorf("simulated: %w", err) // something has come between
		}
		return err
	})
	if done {
		l.note("  %d payments are wages of these books, %d are not", adopted.Matched, len(adopted.Unmatched))
		l.count("forgotten batch adopted: "+how, "")
	}
	return done, err
}

// leave leaves a forgotten batch as it is.
func (l *losses) leave(ctx context.Context, batch string) (done bool, err error) {
	if done, err = l.act(ctx, "leave "+batch, holdPoints, func() error {
		return l.program.books.LeaveForgotten(ctx, clerk, batch, "a simulated person has looked", false)
	}); done {
		l.count("forgotten batch left", "")
	}
	return done, err
}

// waited is for how many days a forgotten batch has been known that cannot be
// adopted.
func (l *losses) waited(batch string) int {
	if l.since == nil {
		l.since = map[string]int{}
	}
	if _, noticed := l.since[batch]; !noticed {
		l.since[batch] = l.day
	}
	return l.day - l.since[batch]
}

// sameReference says whether a deposit of these books is a payment of that batch
// by its very reference.
func (l *losses) sameReference(ctx context.Context, batch string) bool {
	held, err := l.program.books.Held(ctx, l.facility.ID)
	if err != nil {
		return true
	}
	for _, h := range held {
		if h.Claim.Batch == batch && h.Like == ledger.SameReference {
			return true
		}
	}
	return false
}
