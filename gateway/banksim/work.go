package banksim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"bekal/reconcile/ledger"
)

// Day is what happened in one working pass.
type Day struct {
	Date     time.Time
	Taken    []string // transfer files taken, as the bank keeps them
	Refused  []string // batch references of those that were refused
	Answered []string // names of the files written to the inbox, in order

	Deposits int64        // in the batches that were accepted
	Total    ledger.Money // sen
	// What became of deposits in this pass, of these batches and earlier ones.
	Credited, Rejected, Pending, Returned, LeftOut int64

	Faults map[Kind]int
}

func (d Day) clone() Day {
	d.Taken, d.Refused, d.Answered = slices.Clone(d.Taken), slices.Clone(d.Refused), slices.Clone(d.Answered)
	d.Faults = maps.Clone(d.Faults)
	return d
}

// Work is one working pass on the business date of day. The bank first writes
// again what it means to replace, decides what an earlier pass left pending,
// and sends back what comes back; then it takes the transfer files of the
// outbox, checks them, and answers them. What happened before an error has
// happened, and stands in Day; the rest waits for the next pass.
func (b *Bank) Work(ctx context.Context, day time.Time) (Day, error) {
	b.work.Lock()
	defer b.work.Unlock()
	b.mu.Lock()
	closing := b.closing
	b.mu.Unlock()
	p := &pass{Bank: b, ctx: ctx, now: b.o.Now().In(b.o.Location).Truncate(time.Second)}
	p.day = Day{Date: day, Faults: map[Kind]int{}}
	if closing {
		return p.day, errors.New("banksim: the bank is closed")
	}
	for _, step := range []func() error{p.replace, p.decide, p.giveBack, p.receive} {
		if err := step(); err != nil {
			return p.day, fmt.Errorf("banksim: work of %s: %w", day.Format(time.DateOnly), err)
		}
	}
	b.o.Log.Info("bank: pass done", "day", day.Format(time.DateOnly), "taken", len(p.day.Taken),
		"answered", len(p.day.Answered), "deposits", p.day.Deposits)
	return p.day, nil
}

// receive takes the transfer files of the outbox and answers every one that
// was not answered yet, also those that were taken before.
func (p *pass) receive() error {
	if err := p.takeAll(); err != nil {
		return err
	}
	kept, err := fs.ReadDir(p.root.FS(), takenFolder)
	if err != nil {
		return err
	}
	for _, f := range kept {
		if p.books.done[f.Name()] {
			continue
		}
		if err := p.unit(func(u *unit) error { return u.process(f.Name()) }); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	return nil
}

func (p *pass) takeAll() error {
	p.names.Lock()
	defer p.names.Unlock()
	found, err := fs.ReadDir(p.root.FS(), strings.TrimPrefix(p.o.Outbox, "/"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range found {
		if !f.Type().IsRegular() || !p.o.Names.isTransfer(f.Name()) {
			continue
		}
		if _, err := p.takeOne(f.Name()); err != nil {
			return err
		}
	}
	return nil
}

// takeOne moves a transfer file to where the bank keeps them, and returns the
// name there: a second file of one name gets a number. The caller holds the
// lock on names.
func (b *Bank) takeOne(name string) (string, error) {
	kept := name
	for n := 2; ; n++ {
		_, err := b.root.Lstat(path.Join(takenFolder, kept))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return "", err
		}
		kept = fmt.Sprintf("%s.%03d", name, n)
	}
	from := path.Join(strings.TrimPrefix(b.o.Outbox, "/"), name)
	return kept, b.root.Rename(from, path.Join(takenFolder, kept))
}

// replace writes what an earlier pass prepared under names that are in use.
func (p *pass) replace() error {
	for _, name := range slices.Clone(p.books.state.later) {
		err := p.unit(func(u *unit) error {
			// A link, so that the prepared file is still there if this unit fails.
			if err := u.root.Link(path.Join(laterFolder, name), path.Join(readyFolder, name)); err != nil {
				return err
			}
			u.promise(name)
			u.journal.text(markReplaced, name)
			u.enter(func(s *state) { s.later = slices.DeleteFunc(s.later, func(n string) bool { return n == name }) })
			u.fault(Fault{Kind: SameName, File: name, Note: "written again with other bytes"})
			return nil
		})
		if err != nil {
			return fmt.Errorf("replace %s: %w", name, err)
		}
		if err := p.root.Remove(path.Join(laterFolder, name)); err != nil {
			return err
		}
	}
	return nil
}

// nextBusinessDays goes n business days on. The simulated bank knows weekends
// and no holidays.
func nextBusinessDays(day time.Time, n int) time.Time {
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return day
}
