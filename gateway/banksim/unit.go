package banksim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// pass is one working pass of the bank.
type pass struct {
	*Bank
	ctx context.Context
	now time.Time // in the bank's zone
	day Day
}

// unit is a part of a pass that happens as a whole or not at all: events in
// the books, and answers that are published once the journal holds the events.
type unit struct {
	*pass
	ready  []string // names in the ready folder, in the order of publication
	faults map[Kind]int
}

// unit carries out do and commits; after an error everything is as before.
func (p *pass) unit(do func(*unit) error) error {
	u := &unit{pass: p, faults: map[Kind]int{}}
	before := p.day.clone()
	if err := do(u); err != nil {
		p.day = before
		return errors.Join(err, u.discard())
	}
	if p.o.Light {
		p.journal.json(markTotals, p.books.Totals())
	}
	if err := p.journal.commit(); err != nil {
		p.day = before
		return errors.Join(err, u.discard())
	}
	for k, n := range u.faults {
		p.day.Faults[k] += n
	}
	for _, name := range u.ready {
		if err := p.publish(name); err != nil {
			return err
		}
		p.day.Answered = append(p.day.Answered, name)
	}
	return nil
}

// discard removes the answers that were prepared and forgets the events.
func (u *unit) discard() error {
	var errs []error
	for _, name := range u.ready {
		if err := u.root.Remove(path.Join(readyFolder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, u.journal.reload(u.books))...)
}

// publish makes a ready answer appear in the inbox in one step.
func (b *Bank) publish(name string) error {
	b.names.Lock()
	defer b.names.Unlock()
	inbox := strings.TrimPrefix(b.o.Inbox, "/")
	if err := b.root.MkdirAll(inbox, folderPerm); err != nil {
		return fmt.Errorf("banksim: publish %s: %w", name, err)
	}
	// A file that was prepared at an earlier pass is of the day on which it
	// appears.
	now := b.o.Now()
	if err := b.root.Chtimes(path.Join(readyFolder, name), now, now); err != nil {
		return fmt.Errorf("banksim: publish %s: %w", name, err)
	}
	if err := b.root.Rename(path.Join(readyFolder, name), path.Join(inbox, name)); err != nil {
		return fmt.Errorf("banksim: publish %s: %w", name, err)
	}
	return nil
}

// tidy finishes what a crash may have left: answers that were committed are
// published, the others removed.
func (b *Bank) tidy() error {
	ready, err := fs.ReadDir(b.root.FS(), readyFolder)
	if err != nil {
		return fmt.Errorf("banksim: %w", err)
	}
	for _, f := range ready {
		if b.books.published[f.Name()] {
			err = b.publish(f.Name())
		} else {
			err = b.root.Remove(path.Join(readyFolder, f.Name()))
		}
		if err != nil {
			return err
		}
	}
	later, err := fs.ReadDir(b.root.FS(), laterFolder)
	if err != nil {
		return fmt.Errorf("banksim: %w", err)
	}
	for _, f := range later {
		if slices.Contains(b.books.later, f.Name()) {
			continue
		}
		if err := b.root.Remove(path.Join(laterFolder, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// freeName returns the first name of the pattern, counted from first, that was
// never used in the inbox. The caller must publish it in this unit.
func (u *unit) freeName(pattern string, first int) string {
	for n := first; ; n++ {
		name := fmt.Sprintf(pattern, n)
		if !u.books.published[name] {
			return name
		}
	}
}

// promise enters that name will be published at the end of the unit.
func (u *unit) promise(name string) {
	u.ready = append(u.ready, name)
	u.journal.text(markPublished, name)
	u.enter(func(s *state) { s.published[name] = true })
}

// enter changes the books.
func (u *unit) enter(change func(*state)) {
	u.books.mu.Lock()
	defer u.books.mu.Unlock()
	change(&u.books.state)
}

func (u *unit) fault(f Fault) {
	u.journal.json(markFault, f)
	u.enter(func(s *state) { s.injected = append(s.injected, f) })
	u.faults[f.Kind]++
}

func (u *unit) violation(v Violation) {
	u.journal.json(markViolation, v)
	u.enter(func(s *state) { s.violations = append(s.violations, v) })
}

func (u *unit) later(i openItem) {
	u.journal.json(markOpen, i)
	u.enter(func(s *state) { s.open = append(s.open, i) })
}

func (u *unit) closeItems(refs []string) {
	if len(refs) == 0 {
		return
	}
	u.journal.text(markClosed, strings.Join(refs, " "))
	u.enter(func(s *state) { s.close(refs) })
}

// deposit enters an event of a deposit. In light mode it counts and is not
// written down.
func (u *unit) deposit(mark byte, e depositEvent) {
	light := u.o.Light
	if !light {
		u.journal.write(mark, e.appendTo)
	}
	u.books.mu.Lock()
	defer u.books.mu.Unlock()
	switch mark {
	case markDeposit:
		u.books.arrive(e, light)
	case markUpdate:
		u.books.update(e)
	default:
		u.books.stranger(e, light)
	}
}

// known says whether a reference was seen before.
func (u *unit) known(r reference) bool {
	u.books.mu.Lock()
	defer u.books.mu.Unlock()
	return u.books.find(r) != nil
}

// again enters that a reference arrived once more, answered or not.
func (u *unit) again(r reference, answered uint8) {
	e := depositEvent{ref: r, answered: answered}
	if !u.o.Light {
		u.journal.write(markAgain, e.appendTo)
	}
	u.enter(func(s *state) { s.again(e) })
}
