package simulate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bekal/gateway/banksim"
	"bekal/gateway/schedule"
	"bekal/reconcile/ledger"
)

// slips is where people err, and what they lack: they hand the same list in
// again, do alone what takes two, decide what is decided, put a wrong backup
// back, start a second process; and the bank has no copy any more of what it was
// sent. Each of these is refused, or harmless. What is drawn for it comes from a
// chance of its own, so that a course without slips is played as it ever was.
type slips struct {
	*course
	chance *chance
	may    bool            // this is a course in which people err
	bare   bool            // the bank does not keep copies of all that it was sent
	kept   map[string]bool // of forgotten batches, whether the bank has kept a copy
	enough map[string]bool // and whether people are content with a part of it
	same   bool            // a new life may draw the mark of one that is lost
	marks  [][2]byte       // that were drawn
	at     int             // fail point of tonight from which on another process acts; 0: none
	acted  bool            // it has, tonight, and money is owed that was not when the night began
	ctx    context.Context //nolint:containedctx // of tonight: fail points are passed without one
	again  int             // lists that were handed in with a line corrected
}

func newSlips(c *course) *slips {
	s := &slips{course: c, chance: newSlipChance(c.options.Seed), kept: map[string]bool{}, enough: map[string]bool{}}
	s.may = c.options.Slips && s.chance.in(c.weather.erring)
	// Where lives have the same mark and no file says whom one of them paid, nobody
	// can know which references the bank has had: not both.
	s.bare = s.may && s.chance.in(50)
	s.same = s.may && s.chance.in(60) && !s.bare
	return s
}

// plan adds lists of people who earn as much a second time in a month.
func (s *slips) plan() {
	if !s.may || s.chance.in(20) {
		return
	}
	for _, first := range slices.Clone(s.office.sheets) {
		if !s.chance.in(50) {
			continue
		}
		second := &sheet{name: "kedua-" + first.name, period: first.period, day: first.day + s.chance.from(0, 5), why: "minggu kedua"}
		for i, w := range first.wages {
			if i == 0 || s.chance.in(60) {
				w.Line = int64(len(second.wages) + 2)
				second.wages = append(second.wages, w)
			}
		}
		// Whichever of the two is approved later repeats the other.
		first.why = second.why
		s.office.sheets = append(s.office.sheets, second)
	}
}

// onceMore hands in a wage again that can never be sent: another life has given
// its reference to another wage, which the bank has had. That is done where nothing
// is lost any more, or who is owed what would have to be found out anew.
func (s *slips) onceMore(h ledger.Held) {
	name := "susulan-" + h.Reference + ".csv"
	if slices.ContainsFunc(s.office.sheets, func(x *sheet) bool { return x.name == name }) {
		return
	}
	s.count("wage handed in once more under another reference", "")
	s.note("%s is handed in once more", h.Reference)
	s.office.sheets = append(s.office.sheets, &sheet{name: name, period: h.Period, day: s.day, why: "nomornya terpakai", told: true,
		wages: []ledger.Wage{{Line: 2, Beneficiary: h.Beneficiary, Name: h.Name, Account: h.Account, Amount: h.Amount, Remark: "PREMI"}}})
}

// err lets people err by day.
func (s *slips) err(ctx context.Context) error {
	if !s.may || s.calm {
		return nil
	}
	for _, slip := range []func(context.Context) error{s.handInAgain, s.handInCorrected, s.reviewAlone, s.decideAgain, s.beginAnew} {
		if !s.chance.in(s.weather.slips) {
			continue
		}
		if err := s.program.open(ctx); err != nil {
			return err
		}
		if err := slip(ctx); err != nil {
			return err
		}
	}
	return nil
}

// refused enters that something was tried, and holds that it was refused for one
// of those reasons.
func (s *slips) refused(what string, err error, reasons ...error) {
	s.count("slip: "+what, "")
	s.note("slip: %s: %s", what, s.said(err))
	if !slices.ContainsFunc(reasons, func(r error) bool { return errors.Is(err, r) }) {
		s.violation("slip", what, "it was to be refused, and was not, or for another reason: %v", err)
	}
}

// harmless enters that something was done which changes nothing.
func (s *slips) harmless(what string, err error, changed bool) {
	s.count("slip: "+what, "")
	s.note("slip: %s: %s", what, s.said(err))
	if err != nil || changed {
		s.violation("slip", what, "it was to change nothing: %v", err)
	}
}

// said is an error without the folder of the course, which is no part of the
// history.
func (s *slips) said(err error) string {
	if err == nil {
		return "done"
	}
	return strings.ReplaceAll(err.Error(), s.options.Dir, "DIR")
}

// anyOf is a sheet of wages that is in the books and fits.
func (s *slips) anyOf(fits func(*sheet) bool) *sheet {
	var list []*sheet
	for _, x := range s.office.sheets {
		if x.id != 0 && x.repays == nil && fits(x) {
			list = append(list, x)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return pick(s.chance, list...)
}

// handInAgain imports a list once more: the same file, or the same wages in
// another one.
func (s *slips) handInAgain(ctx context.Context) error {
	x := s.anyOf(func(*sheet) bool { return true })
	if x == nil {
		return nil
	}
	same := s.chance.in(50)
	text := x.text()
	if !same {
		text += "\n"
	}
	var made ledger.Sheet
	var again bool
	_, err := s.program.live(ctx, mishaps{}, func() (err error) {
		made, again, err = s.office.enter(ctx, "lagi-"+x.name, text, x)
		return err
	})
	if same {
		s.harmless("the same list handed in again", err, !again || made.ID != x.id)
		return nil
	}
	s.refused("the same wages handed in again in another file", err, ledger.ErrSameWages)
	return nil
}

// handInCorrected imports an approved list once more, with one line corrected.
// One person tries to approve it alone; another does not look, and is told that
// the other wages are there already.
func (s *slips) handInCorrected(ctx context.Context) error {
	x := s.anyOf(func(x *sheet) bool { return x.approved && len(x.wages) > 1 })
	if x == nil {
		return nil
	}
	s.again++
	name := fmt.Sprintf("betul-%d-%s", s.again, x.name)
	y := &sheet{name: name, period: x.period, wages: slices.Clone(x.wages)}
	w := &y.wages[s.chance.from(0, len(y.wages)-1)]
	w.Amount += 25_000_00
	forgets := s.chance.in(30)
	_, err := s.program.live(ctx, mishaps{}, func() error {
		made, again, err := s.office.enter(ctx, name, y.text(), y)
		if err != nil {
			return err
		}
		b := s.program.books
		if !again {
			same := clerk
			same.User = pick(s.chance, clerk.User, " CONTOH SATU ")
			_, err = b.ApproveSheet(ctx, same, made.ID, s.date(), ledger.Limits{})
			s.refused("a list approved by who imported it", err, ledger.ErrSamePerson)
		}
		_, err = b.ApproveSheet(ctx, approver, made.ID, s.date(), ledger.Limits{})
		reasons := []error{ledger.ErrDecided}
		var repeats *ledger.RepeatsError
		if errors.As(err, &repeats) {
			reasons = append(reasons, repeats)
		}
		s.refused("a list with one line corrected approved", err, reasons...)
		if again || forgets {
			return nil // it lies there
		}
		_, err = b.RefuseSheet(ctx, approver, made.ID, "a simulated person has looked")
		return err
	})
	return err
}

// reviewAlone proposes that a mismatch is settled, and tries to resolve it alone.
func (s *slips) reviewAlone(ctx context.Context) error {
	var open []int64
	if err := s.program.books.Mismatches(ctx, s.facility.ID, false, func(m ledger.MismatchRow) error {
		if m.State == "open" || m.State == "reopened" {
			open = append(open, m.ID)
		}
		return nil
	}); err != nil || len(open) == 0 {
		return err
	}
	id, both := pick(s.chance, open...), s.chance.in(50)
	_, err := s.program.live(ctx, mishaps{}, func() error {
		b := s.program.books
		if err := b.ReviewMismatch(ctx, clerk, id, ledger.Propose, "asked"); err != nil {
			return err
		}
		s.refused("a mismatch resolved by who proposed it", b.ReviewMismatch(ctx, clerk, id, ledger.Resolve, "asked"), ledger.ErrSameReviewer)
		if !both {
			return nil
		}
		return b.ReviewMismatch(ctx, approver, id, ledger.Resolve, "asked")
	})
	return err
}

// decideAgain decides about a batch about which nothing is to be decided; and of
// one that is uncertain one person says twice that the bank has not got it.
func (s *slips) decideAgain(ctx context.Context) error {
	batches, err := s.program.books.Batches(ctx, s.gate.Bank.ID)
	if err != nil || len(batches) == 0 {
		return err
	}
	b := pick(s.chance, batches...)
	_, err = s.program.live(ctx, mishaps{}, func() error {
		l := s.program.books
		if b.State != "uncertain" {
			s.refused("a batch decided that is not uncertain", l.DecideDelivered(ctx, clerk, b, s.date(), "telephone"), ledger.ErrDecided)
			_, err := l.DecideNotDelivered(ctx, approver, b, "telephone", true)
			s.refused("a batch decided that is not uncertain", err, ledger.ErrDecided)
			return nil
		}
		if _, err := l.DecideNotDelivered(ctx, clerk, b, "telephone", false); err != nil {
			return ignoreRefusal(err)
		}
		_, err := l.DecideNotDelivered(ctx, clerk, b, "telephone", false)
		s.refused("a batch decided by one person", err, ledger.ErrSameReviewer)
		return nil
	})
	return err
}

// ignoreRefusal takes what has to be refused for no error.
func ignoreRefusal(err error) error {
	var rival *ledger.RivalError
	if errors.Is(err, ledger.ErrSameReviewer) || errors.As(err, &rival) {
		return nil
	}
	return err
}

// beginAnew tries to make an empty ledger, or to put a backup back, where the
// ledger is.
func (s *slips) beginAnew(ctx context.Context) error {
	_, err := ledger.Create(ctx, s.program.ledgerOptions())
	s.refused("a ledger made where one is", err, ledger.ErrExists)
	if len(s.losses.backups) > 0 {
		s.wrongBackup(ctx, "a backup put over a ledger", pick(s.chance, s.losses.backups...), facilityCode)
	}
	return nil
}

// wrongBackup tries to restore what must not be restored.
func (s *slips) wrongBackup(ctx context.Context, what, path, facility string) {
	in := ledger.Restoration{Backup: path, Options: s.program.ledgerOptions(), Random: s.chance, Date: s.date(), Reason: "a mistake", Facility: facility}
	_, err := s.program.run(mishaps{}, func() error {
		_, err := ledger.Restore(ctx, clerk, in)
		return err
	})
	var reasons []error
	if bad := (*ledger.BackupError)(nil); errors.As(err, &bad) {
		reasons = append(reasons, bad)
	}
	s.refused(what, err, reasons...)
}

// alone tries to do as the first person what takes a second one.
func (s *slips) alone(what string, do func(ledger.Actor) error, reasons ...error) {
	if !s.may || !s.chance.in(50) {
		return
	}
	same := clerk
	same.User = pick(s.chance, clerk.User, "Contoh Satu", " contoh satu ")
	s.refused(what, do(same), reasons...)
}

// lacks says whether the bank has no copy of a batch that was forgotten.
func (s *slips) lacks(batch string) bool {
	if !s.bare || s.turnedDown(batch) {
		return false
	}
	if _, asked := s.kept[batch]; !asked {
		s.kept[batch] = s.chance.in(30)
		if !s.kept[batch] {
			s.count("copy that the bank has not kept", "")
			s.note("the bank has no copy of %s any more", batch)
		}
	}
	return !s.kept[batch]
}

// turnedDown says whether the bank has refused a batch as a whole: of such it can
// say what was in it, since nothing became of it.
func (s *slips) turnedDown(batch string) bool {
	return slices.ContainsFunc(s.bank.Books().Batches(), func(b banksim.Batch) bool { return b.Reference == batch && b.Refused })
}

// settles says whether people are content with what the answers name.
func (s *slips) settles(batch string) bool {
	if _, asked := s.enough[batch]; !asked {
		s.enough[batch] = s.chance.in(70)
	}
	return s.enough[batch]
}

// found: somebody at the bank finds a copy after all.
func (s *slips) found(batch string) {
	s.note("the bank has found a copy of %s", batch)
	s.kept[batch] = true
}

// mark is the mark of a life that was lost, where the next one is to draw it. Books
// that know of that life take another.
func (s *slips) mark() (mark [2]byte, forced bool) {
	if !s.same || len(s.marks) == 0 || s.chance.in(30) {
		return mark, false
	}
	s.count("mark of a lost life drawn", "")
	return pick(s.chance, s.marks...), true
}

// tonight draws at which moment of the night another process acts.
func (s *slips) tonight(ctx context.Context) {
	s.at, s.acted, s.ctx = 0, false, ctx
	if s.may && s.chance.in(2*s.weather.slips) {
		s.at = s.chance.from(1, 60)
	}
}

// beside is asked behind each request to the bank, when no transaction is open:
// it is what another process does, beside a night that runs.
func (s *slips) beside() (err error) {
	if s.at == 0 || s.program.plan.passed < s.at {
		return nil
	}
	s.at = 0
	lock, err := schedule.Acquire(s.path(nightLock), "a second night")
	if err == nil {
		err = lock.Release()
		s.violation("slip", "a second night", "it was not refused while a night runs")
		return err
	}
	var held *schedule.HeldError
	s.count("slip: a second night beside one that runs", "")
	if !errors.As(err, &held) {
		return err
	}
	o := s.program.ledgerOptions()
	o.Fail = nil // this process meets no mishap
	books, err := ledger.Open(s.ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	if _, err := books.Verify(s.ctx); err != nil {
		s.violation("slip", "a second process", "the books do not verify beside a night that runs: %v", err)
	}
	for _, x := range s.office.sheets {
		if x.id == 0 || x.approved || x.void {
			continue
		}
		_, err := books.ApproveSheet(s.ctx, approver, x.id, s.date(), x.limits())
		if errors.Is(err, ledger.ErrDecided) {
			continue
		}
		if err != nil {
			return err
		}
		s.acted = true
		s.count("slip: a list approved while a night runs", "")
		s.note("%s is approved while the night runs", x.name)
	}
	return nil
}
