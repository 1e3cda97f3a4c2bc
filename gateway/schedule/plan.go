package schedule

import "time"

// Plan is a schedule on the days of a calendar.
type Plan struct {
	Schedule Schedule
	// Calendar keeps nights to its business days; nil: they run on all days.
	Calendar *Calendar
}

// runs reports whether a due time falls on a day that counts.
func (p Plan) runs(due time.Time) bool {
	if p.Calendar == nil {
		return true
	}
	is, _ := p.Calendar.IsBusinessDay(due)
	return is
}

// horizon bounds the search for a day that counts: an expression for Sundays
// has none on a calendar of business days.
const horizon = 12 * 366 * 24 * time.Hour

// Next returns the first due time after a moment, or zero when there is none
// within years: the schedule's days are all days off.
func (p Plan) Next(after time.Time) time.Time {
	for due := p.Schedule.Next(after); !due.IsZero() && due.Sub(after) < horizon; due = p.Schedule.Next(due) {
		if p.runs(due) {
			return due
		}
		// The rest of a day off need not be looked at.
		due = endOfDay(due)
	}
	return time.Time{}
}

// Missed returns the latest due time in (lastRun, now]: the one night that is
// caught up, however many were missed. A zero lastRun means that there never
// was a night, and then none was missed.
func (p Plan) Missed(lastRun, now time.Time) (due time.Time, missed bool) {
	if lastRun.IsZero() {
		return time.Time{}, false
	}
	return p.latest(lastRun, now)
}

// latest returns the latest due time in (after, until].
func (p Plan) latest(after, until time.Time) (time.Time, bool) {
	for due := p.Schedule.Previous(until); due.After(after); due = p.Schedule.Previous(due) {
		if p.runs(due) {
			return due, true
		}
		due = startOfDay(due).Add(-time.Nanosecond)
	}
	return time.Time{}, false
}

func startOfDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

func endOfDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+1, 0, 0, 0, -1, t.Location())
}
