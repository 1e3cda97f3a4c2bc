package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule holds the due times of a cron expression in one time zone. The zero
// value has none.
type Schedule struct {
	expr string
	loc  *time.Location
	spec cron.Schedule
}

// CronError says why an expression is refused.
type CronError struct {
	Expr string
	Err  error
	hint string
}

func (e *CronError) Error() string { return fmt.Sprintf("cron expression %q: %v", e.Expr, e.Err) }

// Unwrap returns the reason.
func (e *CronError) Unwrap() error { return e.Err }

// Hint says how to write it.
func (e *CronError) Hint() string {
	if e.hint != "" {
		return e.hint
	}
	return `write minute, hour, day, month and weekday, such as "30 19 * * *" for 19:30 every day`
}

// search is how far ahead the library looks for a due time, and searches how
// often it is asked to look on: 29 February can be eight years away.
const (
	search   = 5
	searches = 3
)

// ParseCron reads an expression of five fields (minute, hour, day of the
// month, month, weekday) or a word such as @daily, in the time zone loc. It
// refuses, with a [*CronError], what the library panics on and what would
// never fire.
func ParseCron(expr string, loc *time.Location) (s Schedule, err error) {
	refuse := func(hint, format string, args ...any) (Schedule, error) {
		return Schedule{}, &CronError{Expr: expr, Err: fmt.Errorf(format, args...), hint: hint}
	}
	if loc == nil {
		return refuse("", "no time zone is given")
	}
	trimmed := strings.TrimSpace(expr)
	if strings.Contains(strings.ToUpper(trimmed), "TZ=") {
		return refuse("leave the time zone out: the facility's own, "+loc.String()+", is used", "has a time zone of its own")
	}
	if strings.HasPrefix(trimmed, "@every") {
		return refuse("", "an interval has no fixed times")
	}
	defer func() {
		if p := recover(); p != nil {
			s, err = refuse("", "cannot be read: %v", p)
		}
	}()
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	spec, err := parser.Parse(trimmed)
	if err != nil {
		return Schedule{}, &CronError{Expr: expr, Err: err}
	}
	s = Schedule{expr: trimmed, loc: loc, spec: spec}
	// Any day will do to ask from: the calendar repeats well within the search.
	if s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, loc)).IsZero() {
		return Schedule{}, &CronError{Expr: expr, Err: errors.New("never fires"), hint: "no date fits the day and the month; correct one of them"}
	}
	return s, nil
}

// String returns the expression and its time zone.
func (s Schedule) String() string {
	if s.spec == nil {
		return "never"
	}
	return s.expr + " " + s.loc.String()
}

// Location returns the time zone of the due times; nil for the zero Schedule.
func (s Schedule) Location() *time.Location { return s.loc }

// Next returns the first due time after a moment, in the schedule's time zone.
// It is zero only for the zero Schedule.
func (s Schedule) Next(after time.Time) time.Time {
	if s.spec == nil {
		return time.Time{}
	}
	after = after.Round(0).In(s.loc)
	for range searches {
		if t := s.spec.Next(after); !t.IsZero() {
			return t
		}
		after = after.AddDate(search, 0, 0)
	}
	return time.Time{}
}

// Previous returns the last due time that is not after a moment. It is zero
// for the zero Schedule.
func (s Schedule) Previous(at time.Time) time.Time {
	if s.spec == nil {
		return time.Time{}
	}
	at = at.Round(0)
	// The library looks ahead only. The window grows, so that a frequent
	// schedule is walked over an hour and a rare one over years.
	for window := time.Hour; window < 30*366*24*time.Hour; window *= 8 {
		var last time.Time
		for t := s.Next(at.Add(-window)); !t.IsZero() && !t.After(at); t = s.Next(t) {
			last = t
		}
		if !last.IsZero() {
			return last
		}
	}
	return time.Time{}
}
