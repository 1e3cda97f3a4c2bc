package schedule

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"
)

// Night is one pass over all steps. It is given its due time, and whether that
// time was missed and is being caught up. It ends soon after ctx is cancelled,
// at a point where it is safe to end.
type Night func(ctx context.Context, due time.Time, catchUp bool) error

const (
	// glance is how often the clock is asked: a timer sleeps with the machine
	// and knows nothing of a clock that was set.
	glance = time.Minute
	// punctual is how late a night may be noticed without having been missed.
	punctual = 5 * time.Minute
	// remembered bounds the due times that a clock set back cannot repeat.
	remembered = 2048
)

// Runner runs nights when they are due. All fields are read only.
type Runner struct {
	Plan Plan
	// Now is the clock.
	Now func() time.Time
	// LastRun is the due time of the latest night that ran before this start;
	// zero when there never was one.
	LastRun time.Time
	// CatchUp runs a missed night once; otherwise it is let go, and logged.
	CatchUp bool
	// Log hears what is run, caught up and let go; nil: nobody.
	Log *slog.Logger
}

// ErrNeverDue says that the schedule and the calendar have no day in common.
var ErrNeverDue = errors.New("no night is ever due: the schedule's days are all days off in the calendar")

// Run runs nights, one at a time, until ctx is cancelled; it then waits for
// the running night to end and returns nil. A night that fails is logged and
// does not stop the next one. Run fails only when no night can ever be due.
func (r *Runner) Run(ctx context.Context, night Night) error {
	if r.Plan.Schedule.Location() == nil {
		return ErrNeverDue
	}
	l := &loop{Runner: r, log: r.Log, night: night}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	l.seen = r.now()
	if !r.LastRun.IsZero() {
		l.remember(r.LastRun)
		// What was missed while nobody looked lies after the last night.
		if r.LastRun.Before(l.seen) {
			l.seen = r.LastRun
		}
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for announced := false; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		// With both ready, select may have chosen the timer.
		if ctx.Err() != nil {
			return nil
		}
		if l.look(ctx) {
			// A night takes its time; another may have come due meanwhile.
			timer.Reset(0)
			continue
		}
		if l.next.IsZero() {
			return ErrNeverDue
		}
		if !announced {
			l.log.Info("waiting for the next night", "due", l.next)
			announced = true
		}
		timer.Reset(min(max(l.next.Sub(r.now()), time.Millisecond), glance))
	}
}

func (r *Runner) now() time.Time { return r.Now().Round(0) }

// loop is the state of one Run.
type loop struct {
	*Runner
	log   *slog.Logger
	night Night
	seen  time.Time // due times up to here have been dealt with
	next  time.Time // the first due time after seen; zero: not known
	ran   []string  // the latest due times that ran, whatever the clock says
}

// look deals with the due times since the last look. When there are several,
// the latest stands for all of them. It reports whether a night ran.
func (l *loop) look(ctx context.Context) bool {
	now := l.now()
	if now.Before(l.seen) {
		l.log.Warn("the clock was set back; nights that ran are not repeated", "from", l.seen, "to", now)
		l.seen, l.next = now, l.Plan.Next(now)
		return false
	}
	if now.Before(l.next) {
		l.seen = now
		return false
	}
	due, ok := l.Plan.latest(l.seen, now)
	l.seen, l.next = now, l.Plan.Next(now)
	if !ok || l.remembers(due) {
		return false
	}
	late := now.Sub(due) > punctual
	if late && !l.CatchUp {
		l.log.Warn("a missed night is let go", "due", due)
		return false
	}
	if c := l.Plan.Calendar; c != nil {
		var unknown *UnknownYearError
		if errors.As(c.Check(due), &unknown) {
			l.log.Warn(unknown.Error(), "hint", unknown.Hint())
		}
	}
	l.remember(due)
	l.log.Info("night begins", "due", due, "catch_up", late)
	if err := l.night(ctx, due, late); err != nil {
		l.log.Error("night failed", "due", due, "error", err)
	}
	return true
}

// name is what a due time is known by: its date and time as a clock on the wall
// shows them.
func (l *loop) name(due time.Time) string {
	return due.In(l.Plan.Schedule.Location()).Format(time.DateTime)
}

func (l *loop) remembers(due time.Time) bool { return slices.Contains(l.ran, l.name(due)) }

func (l *loop) remember(due time.Time) {
	l.ran = append(l.ran, l.name(due))
	if len(l.ran) > remembered {
		l.ran = slices.Delete(l.ran, 0, len(l.ran)-remembered)
	}
}
