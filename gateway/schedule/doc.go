// Package schedule says when nights run: cron expressions in the facility's
// time zone, business days from a calendar file, a missed night caught up
// once, and never two nights at a time.
//
// A due time is known by its date and time. It is run once: not again when the
// clock is set back, and not twice when it was late. The clock is asked at
// least once a minute, so that a machine that slept, or whose clock was
// stepped, neither loses a night nor doubles one.
//
// The [Lock] is what keeps a daemon and a person at the keyboard apart. The
// kernel holds it for the process, so that a crash releases it.
//
// The package refuses to guess: a date of a year that the calendar file does
// not list is a business day from Monday to Friday, and says that it does not
// know better. It refuses expressions that never fire, time zones inside an
// expression, and intervals such as @every, whose times would depend on when
// the daemon was started.
package schedule
