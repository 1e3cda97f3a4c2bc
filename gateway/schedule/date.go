package schedule

import "time"

// date is a day of the calendar, without a time and a zone.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// weekend reports whether the day is a Saturday or a Sunday.
func (d date) weekend() bool {
	w := time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Weekday()
	return w == time.Saturday || w == time.Sunday
}

func (d date) String() string {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}
