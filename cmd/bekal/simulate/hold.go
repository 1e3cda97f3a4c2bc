package simulate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

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
	if waiting, err := l.seeTo(ctx); err != nil || waiting {
		return err
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
		return false, l.copy(f.Batch)
	}
	in := ledger.Adoption{Facility: l.facility, Batch: f.Batch, Date: l.date(), Reason: "a simulated person has looked"}
	would, err := l.program.books.Rehearse(ctx, clerk, in)
	if err != nil {
		// Its payments are those of another batch: the bank has one of the two.
		l.note("%s: %s", f.Batch, strings.ReplaceAll(err.Error(), "\n", "; "))
		if has {
			return false, l.stuck(f.Batch, err)
		}
		return l.leave(ctx, f.Batch)
	}
	if len(would.Unmatched) > 0 {
		since, noticed := l.since[f.Batch]
		if !noticed {
			if l.since == nil {
				l.since = map[string]int{}
			}
			l.since[f.Batch], since = l.day, l.day
		}
		l.note("%s: %d payments are wages of these books, %d are not", f.Batch, would.Matched, len(would.Unmatched))
		if l.day-since < 8 {
			return false, nil
		}
		in.Partly = true
	}
	if would.Matched == 0 || !has && len(would.Unmatched) == 0 && l.fate.in(20) && !l.sameReference(ctx, f.Batch) {
		return l.leave(ctx, f.Batch)
	}
	what := fmt.Sprintf("adopt %s, the bank has it: %v, %d payments, %d unknown", f.Batch, has, would.Matched, len(would.Unmatched))
	if done, err = l.act(ctx, what, holdPoints, func() error {
		_, err := l.program.books.Adopt(ctx, clerk, in)
		return err
	}); done {
		how := map[bool]string{true: "the bank has it", false: "the bank has it not"}[has]
		if in.Partly {
			how = "in part"
		}
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

// stuck says so when a batch that the bank has cannot be adopted for too long.
func (l *losses) stuck(batch string, why error) error {
	since, noticed := l.since[batch]
	if !noticed {
		if l.since == nil {
			l.since = map[string]int{}
		}
		l.since[batch], since = l.day, l.day
	}
	if l.day-since == 10 {
		l.violation("adopt", batch, "the bank has it, and it cannot be adopted: %v", why)
	}
	return nil
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

// ask has the bank put copies of what it has into a folder: transfer files that
// these books do not know, and, where they are deleted once collected, the
// answers.
func (l *losses) ask(ctx context.Context) error {
	l.asked = true
	for _, folder := range []string{takenFolder, outboxFolder} {
		files, err := os.ReadDir(l.remote(folder))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		for _, f := range files {
			batch, rest, ok := strings.Cut(f.Name(), ".TRF")
			if !ok || rest != "" {
				continue
			}
			if _, err := l.program.books.BatchByReference(ctx, batch); err == nil {
				continue
			} else if !errors.Is(err, ledger.ErrNotFound) {
				return err
			}
			if err := l.copy(batch); err != nil {
				return err
			}
		}
	}
	if l.gate.AfterCollect != "delete" {
		return nil
	}
	sent := make(map[string]int, len(l.courier.sent))
	for name := range l.courier.sent {
		sent[name] = 1
	}
	for _, name := range Sorted(sent) {
		if err := l.put(name, l.courier.sent[name]); err != nil {
			return err
		}
	}
	return nil
}

// copy has the bank put a copy of a transfer file into the folder.
func (l *losses) copy(batch string) error {
	for _, folder := range []string{takenFolder, outboxFolder} {
		data, err := os.ReadFile(filepath.Join(l.remote(folder), batch+".TRF"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		return l.put(batch+".TRF", data)
	}
	return nil
}

func (l *losses) put(name string, data []byte) error {
	path := filepath.Join(l.remote(copies), name)
	if now, err := os.ReadFile(path); err == nil && string(now) == string(data) {
		return nil
	}
	l.count("copy from the bank", "")
	at := l.clock.Now().Truncate(time.Second)
	return errors.Join(os.MkdirAll(l.remote(copies), 0o700), os.WriteFile(path, data, 0o600), os.Chtimes(path, at, at))
}

// release takes two people; each compares once more.
func (l *losses) release(ctx context.Context, h ledger.Hold) error {
	if h.Proposed == "" {
		if ok, err := l.compare(ctx); err != nil || !ok {
			return err
		}
		if _, err := l.act(ctx, "propose the release", holdPoints, func() error {
			return undecided(l.program.books.ProposeRelease(ctx, clerk, l.date(), "compared"))
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
	for _, h := range held {
		l.note("held back: %s, same %s as %s of %s", h.Reference, h.Like, h.Claim.Reference, h.Claim.Batch)
		if !l.calm && l.fate.in(30) {
			continue
		}
		if l.witness.Holds(h.Claim.Reference) || h.Like == ledger.SameReference {
			in := ledger.Adoption{Facility: l.facility, Batch: h.Claim.Batch, Date: l.date(), Reason: "it is found", Partly: true}
			if _, err := l.act(ctx, "adopt "+h.Claim.Batch+" after all", holdPoints, func() error {
				_, err := l.program.books.Adopt(ctx, clerk, in)
				if errors.Is(err, ledger.ErrUnmatched) || errors.Is(err, ledger.ErrDecided) {
					return fmt.Errorf("simulated: %w", err)
				}
				return err
			}); err != nil {
				return err
			}
			continue
		}
		if l.witness.Live(h.Account, int64(h.Amount)) >= l.witness.Of(h.Account, int64(h.Amount)) {
			continue
		}
		for _, who := range []ledger.Actor{clerk, approver} {
			if h.Proposed != "" && who == clerk {
				continue
			}
			if ok, err := l.act(ctx, "pay "+h.Reference+" all the same, says "+who.User, holdPoints, func() error {
				_, err := l.program.books.PayHeld(ctx, who, l.facility.ID, []string{h.Reference}, "the bank has not paid it")
				if errors.Is(err, ledger.ErrSameReviewer) || errors.Is(err, ledger.ErrNotFound) {
					return fmt.Errorf("simulated: %w", err)
				}
				return err
			}); err != nil || !ok {
				return err
			}
		}
		l.count("held back and paid all the same", "")
	}
	return nil
}

// settled looks at the end of all.
func (l *losses) settled(ctx context.Context) error {
	var left []string
	for _, ref := range l.witness.Failed() {
		life, err := l.program.books.Life(ctx, ref)
		switch {
		case errors.Is(err, ledger.ErrNotFound):
		case err != nil:
			return err
		case life.ReplacedBy == "":
			left = append(left, ref)
		}
	}
	found, err := l.witness.Settle(left)
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
		l.violation("end", h.Reference, "it is held back for ever: same %s as %s of %s", h.Like, h.Claim.Reference, h.Claim.Batch)
	}
	return nil
}
