package simulate

import (
	"context"
	"errors"
	"os"
	"slices"

	"bekal/reconcile/ledger"
)

// restorePoints are the fail points that a restore passes and nothing else.
var restorePoints = []string{"restore: unpacked", "commit: ledger restored", "committed: ledger restored", "restore: file placed", "restore: place", "restore: placed"}

// restore puts a backup back. The program may die at it: then people do it again
// another day, unless it turns out to be done.
func (l *losses) restore(ctx context.Context) error {
	newest := len(l.backups) - 1
	n := newest
	if l.fate.in(50) {
		n = l.fate.from(0, newest)
	}
	if again := slices.Index(l.backups, l.latest); again >= 0 && l.slips.same {
		n = again // two lives of one backup
	}
	l.latest = l.backups[n]
	if err := l.slips.wrongBackups(ctx, l.backups[n]); err != nil {
		return err
	}
	in := ledger.Restoration{Backup: l.backups[n], Options: l.program.ledgerOptions(), Random: &random{l.fate, l.drawn, l.slips, false}, Date: l.date(), Reason: "the disk has failed", Facility: l.facility.Code}
	var done ledger.Restored
	crashed, err := l.program.run(l.mishaps(restorePoints, 60), func() (err error) {
		done, err = ledger.Restore(ctx, clerk, in)
		return err
	})
	switch {
	case crashed != "":
		l.count("death in a restore", "")
		l.note("restore: the program dies at %q", crashed)
	case isSimulated(err):
		l.note("restore: %v", err)
	case err == nil:
		l.note("restored: generation %s, %d batches uncertain, chain %s", done.NewGeneration, done.Uncertain, done.RestoredHead)
	}
	if err != nil && !isSimulated(err) {
		return err
	}
	if _, err := os.Lstat(in.Path); errors.Is(err, os.ErrNotExist) {
		return nil // another day
	} else if err != nil {
		return err
	}
	return l.restored(ctx, newest-n)
}

// random is where the mark of a new generation comes from: one of two letters,
// each drawn by five bits. Two lives of one backup, which do not know of each
// other, would draw the same one time in a thousand; here they do not, but for
// courses in which they are made to.
type random struct {
	*chance
	drawn map[[2]byte]bool
	slips *slips
	tried bool // the mark of a life that is lost
}

// Read implements io.Reader.
func (r *random) Read(p []byte) (int, error) {
	n, err := r.chance.Read(p)
	if len(p) != 2 || err != nil {
		return n, err
	}
	if lost, forced := r.slips.mark(); forced && !r.tried {
		r.tried = true
		copy(p, lost[:])
		return n, nil
	}
	mark := [2]byte{p[0] & 31, p[1] & 31}
	if r.drawn[mark] {
		return r.Read(p)
	}
	r.drawn[mark] = true
	r.slips.marks = append(r.slips.marks, mark)
	return n, nil
}

// restored begins the life of a ledger that was put back.
func (l *losses) restored(ctx context.Context, older int) error {
	l.gone, l.held, l.promised = false, l.day, map[string]bool{}
	l.lives++
	l.hold = hold{allKnown: l.fate.in(50), asks: l.fate.in(50)}
	l.count("ledger restored", "")
	if older > 0 {
		l.count("ledger restored from an older backup", "")
	}
	if err := l.program.open(ctx); err != nil {
		return err
	}
	if _, on, err := l.program.books.Hold(ctx); err != nil {
		return err
	} else if !on {
		l.violation("hold", "restore", "a restored ledger is in its place and is not on hold")
	}
	found, err := l.witness.Freeze()
	if err != nil {
		return err
	}
	l.report(found)
	l.auditor.Restored()
	return l.office.takeStock(ctx)
}

// mishaps draws what happens to the program while people do something: it dies
// at one of those points or within so many, or the disk is in trouble.
func (l *losses) mishaps(points []string, within int) (m mishaps) {
	switch {
	case l.fate.in(2 * l.weather.acts):
		if l.fate.in(50) {
			m.dieOf = pick(l.fate, points...)
		} else {
			m.dieAt = l.fate.from(1, within)
		}
	case l.fate.in(l.weather.disk):
		m = l.fate.diskTrouble(within)
	}
	return m
}

// takeStock compares what people know of their sheets with what the books hold
// now. What the books have forgotten is imported and approved again, in another
// order; who is to be paid again turns out anew.
func (o *office) takeStock(ctx context.Context) error {
	known, err := o.program.books.Sheets(ctx, o.facility.ID)
	if err != nil {
		return err
	}
	there := map[string]ledger.Sheet{}
	for _, k := range known {
		if k.Kind == "repayment" {
			there[k.Reason] = k
		} else {
			there[k.File] = k
		}
	}
	fate := o.losses.fate
	for _, s := range o.sheets {
		k, ok := there[s.name]
		switch {
		case ok:
			s.id, s.approved, s.void = k.ID, k.State == "approved", false
			for _, ref := range s.repays {
				o.repaid[ref] = true
			}
			if s.approved {
				o.tell(s)
			}
		case s.repays != nil:
			s.id, s.approved, s.void = 0, false, true
			for _, ref := range s.repays {
				delete(o.repaid, ref)
			}
		case s.id != 0:
			s.id, s.approved = 0, false
			if s.day = o.day + fate.from(0, 3); fate.in(20) && !o.calm {
				s.day = o.day + fate.from(6, 14) // nobody finds it
			}
			o.count("sheets forgotten", "")
			o.note("%s is forgotten", s.name)
		}
	}
	fate.r.Shuffle(len(o.sheets), func(i, j int) { o.sheets[i], o.sheets[j] = o.sheets[j], o.sheets[i] })
	o.pondered, o.stuck = map[string]int{}, map[string]bool{}
	return nil
}

// idle says whether every sheet is in the books, and approved.
func (o *office) idle() bool {
	for _, s := range o.sheets {
		if s.day <= o.day && !s.approved && !s.void || s.told && !s.approved {
			return false
		}
	}
	return true
}
