package simulate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// losses is what becomes of the ledger as a whole: backups are made of it, its
// disk fails, and people put a backup back. What is drawn for it comes from a
// chance of its own.
type losses struct {
	*course
	fate    *chance
	may     bool     // this is a course in which the ledger may be lost
	backups []string // paths, oldest first
	latest  string   // of them that was put back
	made    int
	gone    bool // there is no ledger
	back    int  // day on which people put one back
	lives   int  // how often they have
	strike  string
	midway  int              // fail point of tonight at which a backup is made; 0: none
	drawn   map[[2]byte]bool // marks of generations
	held    int              // last day on which there was no ledger, or it was on hold
	// promised are deposits of which people have said that they are paid all the
	// same; in another life nobody remembers.
	promised map[string]bool
	heldOn   int // the last day on which deposits were held back

	hold
}

// backupsKept is how many backups people keep.
const backupsKept = 5

// When the disk fails.
const (
	atNoon    = "at noon"
	atTea     = "in the afternoon"
	atMidway  = "in the middle of the night"
	copies    = "/copies" // where the bank puts copies for which people ask
	heldNight = 25        // calm nights after which a hold must have been released
)

func newLosses(c *course) *losses {
	l := &losses{course: c, fate: newFate(c.options.Seed), drawn: map[[2]byte]bool{}}
	l.may = c.options.Restores && l.fate.in(c.weather.fragile)
	return l
}

// longer is how many more calm nights there have to be: a hold takes its time.
func (l *losses) longer() int {
	if l.lives == 0 && !l.gone {
		return 0
	}
	// Deposits that are held back are decided about day by day, and answered then.
	return min(max(0, max(l.held, l.heldOn-calmNights+5)-l.options.Nights), 2*heldNight)
}

// morning says whether there is a ledger today.
func (l *losses) morning(ctx context.Context) (there bool, err error) {
	if !l.may {
		return true, nil
	}
	if !l.gone && !l.calm {
		if err := l.plan(ctx); err != nil {
			return false, err
		}
	}
	if l.gone && (l.calm || l.day >= l.back) {
		if err := l.restore(ctx); err != nil {
			return false, err
		}
	}
	if l.gone {
		l.held = l.day
	}
	return !l.gone, nil
}

// plan draws what will happen to the ledger today.
func (l *losses) plan(ctx context.Context) error {
	l.strike, l.midway = "", 0
	if l.fate.in(l.weather.backups) {
		if l.fate.in(50) {
			l.midway = l.fate.from(1, 80)
		} else if err := l.backUp(ctx); err != nil {
			return err
		}
	}
	if len(l.backups) == 0 || !l.fate.in(l.weather.lost) {
		return nil
	}
	if l.strike = pick(l.fate, atNoon, atTea, atMidway); l.strike == atNoon {
		return l.lose()
	}
	return nil
}

// afternoon lets people see to a hold, and says whether there is a ledger still.
func (l *losses) afternoon(ctx context.Context) (there bool, err error) {
	if l.lives > 0 {
		if err := l.people(ctx); err != nil {
			return false, err
		}
	}
	if l.strike == atTea {
		return false, l.lose()
	}
	return true, nil
}

// tonight adds what happens to the ledger to the mishaps of a night.
func (l *losses) tonight(ctx context.Context, m *mishaps) {
	if l.strike == atMidway {
		m.dieOf, m.dieAt = "", l.fate.from(1, 90)
	}
	if l.midway > 0 {
		before := m.meanwhile[l.midway]
		m.meanwhile[l.midway] = func() {
			if before != nil {
				before()
			}
			if err := l.backUp(ctx); err != nil {
				panic(err)
			}
		}
		l.midway = 0
	}
}

// struck loses the ledger behind a night in which its disk has failed.
func (l *losses) struck(context.Context) (bool, error) {
	if l.strike != atMidway {
		return false, nil
	}
	return true, l.lose()
}

// backUp makes a backup, and forgets the oldest.
func (l *losses) backUp(ctx context.Context) error {
	if err := l.program.open(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(l.path("backups"), 0o700); err != nil {
		return err
	}
	l.made++
	path := l.path(filepath.Join("backups", fmt.Sprintf("%04d.tar", l.made)))
	m, _, err := l.program.books.Backup(ctx, path)
	if err != nil {
		return fmt.Errorf("backup %d: %w", l.made, err)
	}
	l.count("backup made", "")
	l.note("backup %d: %d links, %d files, chain %s", l.made, m.Links, m.Files, m.Head)
	l.backups = append(l.backups, path)
	if len(l.backups) > backupsKept {
		oldest := l.backups[0]
		l.backups = l.backups[1:]
		return os.Remove(oldest)
	}
	return nil
}

// lose takes the ledger away, and the archive, or a part of it, or nothing of
// it.
func (l *losses) lose() error {
	l.strike = ""
	if err := l.program.close(); err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(l.path("bekal.db" + suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	what := pick(l.fate, "whole", "gone", "gone", "torn")
	switch what {
	case "gone":
		if err := os.RemoveAll(l.path("archive")); err != nil {
			return err
		}
	case "torn":
		if err := l.eachArchived(func(path string) error {
			if l.fate.in(50) {
				return os.Remove(path)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	l.gone, l.back, l.held = true, l.day+l.fate.from(0, 2), l.day
	l.count("ledger lost, its archive "+what, "")
	l.note("the ledger is lost; its archive is %s", what)
	return nil
}

// eachArchived goes through the files of the archive, in the order of their
// names.
func (l *losses) eachArchived(do func(path string) error) error {
	return filepath.WalkDir(l.path("archive"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() || filepath.Base(filepath.Dir(path)) == "incoming" {
			return err
		}
		return do(path)
	})
}
