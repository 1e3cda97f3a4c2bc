package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Calendar knows business days: Monday to Friday, less the public holidays and
// the collective leave of its file. It never changes once it is loaded.
type Calendar struct {
	name    string
	builtIn bool
	years   []int // sorted; those whose days are complete
	days    map[date]string
}

// ParseCalendar makes a calendar of a file that was read; the name is used in
// messages. What is wrong with it comes back as a [*CalendarError], with line
// and column.
func ParseCalendar(name string, data []byte) (*Calendar, error) {
	return parseCalendar(name, data)
}

// BuiltInCalendar is [ParseCalendar] for a calendar that ships inside the
// program, and so cannot be edited where it is: hints say to copy it.
func BuiltInCalendar(name string, data []byte) (*Calendar, error) {
	c, err := parseCalendar(name, data)
	if err != nil {
		return nil, err
	}
	c.builtIn = true
	return c, nil
}

// Name returns the name that the calendar was loaded under.
func (c *Calendar) Name() string { return c.name }

// IsBusinessDay reports whether the day of t, in t's own time zone, is a
// business day. It is not known for a weekday of a year that the calendar does
// not list; such a day is taken for a business day, and [Calendar.Check] says
// which file to edit.
func (c *Calendar) IsBusinessDay(t time.Time) (is, known bool) {
	d := dateOf(t)
	if d.weekend() {
		return false, true
	}
	if _, off := c.days[d]; off {
		return false, true
	}
	return true, slices.Contains(c.years, d.year)
}

// Holiday returns the name of the day off that t's date is, if it is one.
func (c *Calendar) Holiday(t time.Time) (name string, ok bool) {
	name, ok = c.days[dateOf(t)]
	return name, ok
}

// AddBusinessDays returns the n-th business day after t (before it for a
// negative n), at the same time of day. For n = 0 it is t itself, business day
// or not. It is known when every day on the way was.
func (c *Calendar) AddBusinessDays(t time.Time, n int) (day time.Time, known bool) {
	step, known := 1, true
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		t = t.AddDate(0, 0, step)
		is, sure := c.IsBusinessDay(t)
		known = known && sure
		if is {
			n--
		}
	}
	return t, known
}

// Check returns an [*UnknownYearError] when the calendar cannot know whether
// t's day is a business day, and nil when it can.
func (c *Calendar) Check(t time.Time) error {
	if _, known := c.IsBusinessDay(t); known {
		return nil
	}
	return &UnknownYearError{Calendar: c.name, Date: dateOf(t).String(), Year: t.Year(), Years: slices.Clone(c.years), builtIn: c.builtIn}
}

// UnknownYearError is a warning: the calendar has no data for a date, and the
// day was taken for a business day.
type UnknownYearError struct {
	Calendar string // the file
	Date     string // yyyy-mm-dd
	Year     int
	Years    []int // those that the file lists
	builtIn  bool
}

func (e *UnknownYearError) Error() string {
	years := make([]string, len(e.Years))
	for i, y := range e.Years {
		years[i] = strconv.Itoa(y)
	}
	return fmt.Sprintf("%s: %s is taken for a business day: the calendar lists %s only", e.Calendar, e.Date, strings.Join(years, ", "))
}

// Hint names the file to edit.
func (e *UnknownYearError) Hint() string {
	if e.builtIn {
		return fmt.Sprintf("%s is built in: write a calendar file with the holidays of %d and name it under calendar in bekal.yaml", e.Calendar, e.Year)
	}
	return fmt.Sprintf("add the holidays of %d to %s, and %d to its years", e.Year, e.Calendar, e.Year)
}
