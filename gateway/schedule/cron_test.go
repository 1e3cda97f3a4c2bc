package schedule

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func cronOf(t testing.TB, expr string, loc *time.Location) Schedule {
	t.Helper()
	s, err := ParseCron(expr, loc)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseCronRefuses(t *testing.T) {
	loc := zone(t, "Asia/Jakarta")
	for expr, want := range map[string]string{
		"":                              "empty",
		"   ":                           "empty",
		"TZ=0":                          "time zone of its own",
		"CRON_TZ=":                      "time zone of its own",
		"TZ=Asia/Jakarta 30 19 * * *":   "time zone of its own",
		"CRON_TZ=UTC 30 19 * * *":       "time zone of its own",
		"cron_tz=UTC 30 19 * * *":       "time zone of its own",
		"0 0 30 2 *":                    "never fires",
		"0 0 31 4,6,9,11 *":             "never fires",
		", * * * *":                     "never fires",
		"* * , * *":                     "never fires",
		"30 19 * *":                     "5 fields",
		"0 30 19 * * *":                 "5 fields",
		"60 19 * * *":                   "above maximum",
		"30 24 * * *":                   "above maximum",
		"30 19 0 * *":                   "below minimum",
		"30 19 * * 7":                   "above maximum",
		"30 19 * * mon-":                "",
		"*/0 * * * *":                   "step",
		"@every 1h":                     "no fixed times",
		"@every":                        "no fixed times",
		"@yesterday":                    "unrecognized",
		"30 19 * * x":                   "",
		"30-10 19 * * *":                "beyond end",
		"30 19 * * *\n30 20 * * *":      "5 fields",
		"99999999999999999999 19 * * *": "",
	} {
		_, err := ParseCron(expr, loc)
		var ce *CronError
		if !errors.As(err, &ce) || ce.Hint() == "" || errors.Unwrap(err) == nil {
			t.Errorf("%q: error %v", expr, err)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v does not say %q", expr, err, want)
		}
	}
	if _, err := ParseCron("30 19 * * *", nil); err == nil {
		t.Error("no time zone is accepted")
	}
	_, err := ParseCron("TZ=UTC 30 19 * * *", loc)
	var ce *CronError
	if !errors.As(err, &ce) || !strings.Contains(ce.Hint(), "Asia/Jakarta") {
		t.Errorf("the hint does not name the facility's zone: %v", err)
	}
}

func TestNextAndPrevious(t *testing.T) {
	jakarta, jayapura := zone(t, "Asia/Jakarta"), zone(t, "Asia/Jayapura")
	for _, tt := range []struct {
		expr     string
		loc      *time.Location
		from     string // in UTC
		next     string // in loc
		previous string // in loc
	}{
		{"30 19 * * *", jakarta, "2026-11-23 12:29", "2026-11-23 19:30", "2026-11-22 19:30"},
		{"30 19 * * *", jakarta, "2026-11-23 12:30", "2026-11-24 19:30", "2026-11-23 19:30"},
		{"30 19 * * *", jayapura, "2026-11-23 12:30", "2026-11-24 19:30", "2026-11-23 19:30"},
		{"30 19 * * *", jayapura, "2026-11-23 10:29", "2026-11-23 19:30", "2026-11-22 19:30"},
		{"0 0 * * *", jakarta, "2026-12-31 17:00", "2027-01-02 00:00", "2027-01-01 00:00"},
		{"@daily", jakarta, "2026-12-31 16:59", "2027-01-01 00:00", "2026-12-31 00:00"},
		{"0 9 1 * *", jakarta, "2026-11-23 00:00", "2026-12-01 09:00", "2026-11-01 09:00"},
		{"*/15 * * * *", jakarta, "2026-11-23 00:01", "2026-11-23 07:15", "2026-11-23 07:00"},
		{"0 0 29 2 *", jakarta, "2026-11-23 00:00", "2028-02-29 00:00", "2024-02-29 00:00"},
		{"0 0 29 2 *", jakarta, "2097-01-01 00:00", "2104-02-29 00:00", "2096-02-29 00:00"},
		{"0 0 1 1 *", jakarta, "2026-11-23 00:00", "2027-01-01 00:00", "2026-01-01 00:00"},
	} {
		s := cronOf(t, tt.expr, tt.loc)
		from := at(t, time.UTC, tt.from)
		if got, want := s.Next(from), at(t, tt.loc, tt.next); !got.Equal(want) || got.Location() != tt.loc {
			t.Errorf("%s: after %s UTC is %s, want %s", s, tt.from, got, want)
		}
		if got, want := s.Previous(from), at(t, tt.loc, tt.previous); !got.Equal(want) {
			t.Errorf("%s: before %s UTC is %s, want %s", s, tt.from, got, want)
		}
	}
	var none Schedule
	if now := time.Unix(0, 0); !none.Next(now).IsZero() || !none.Previous(now).IsZero() || none.String() != "never" {
		t.Error("the zero Schedule fires")
	}
}

// Next and Previous are each other's inverse, and keep to the wall clock.
func TestNextPreviousProperty(t *testing.T) {
	zones := []*time.Location{zone(t, "Asia/Jakarta"), zone(t, "Asia/Makassar"), zone(t, "Asia/Jayapura"), time.UTC}
	rapid.Check(t, func(rt *rapid.T) {
		loc := rapid.SampledFrom(zones).Draw(rt, "zone")
		expr := rapid.SampledFrom([]string{"30 19 * * *", "0 6,18 * * *", "*/7 * * * *", "5 4 1,15 * *", "0 0 * * 1-5", "59 23 31 * *", "0 12 13 * 5"}).Draw(rt, "expr")
		s, err := ParseCron(expr, loc)
		if err != nil {
			rt.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(1_700_000_000, 2_000_000_000).Draw(rt, "now"), rapid.Int64Range(0, 999_999_999).Draw(rt, "ns"))
		next, previous := s.Next(now), s.Previous(now)
		if !next.After(now) || previous.After(now) || previous.IsZero() {
			rt.Fatalf("%s: %s < %s < %s does not hold", s, previous, now, next)
		}
		if !s.Next(previous).Equal(next) || !s.Previous(next).Equal(next) || !s.Previous(next.Add(-time.Nanosecond)).Equal(previous) {
			rt.Fatalf("%s: %s and %s are no neighbours", s, previous, next)
		}
	})
}

func FuzzParseCron(f *testing.F) {
	for _, s := range []string{"30 19 * * *", "TZ=0", "@every -1h", "0 0 30 2 *", "1-5/2,7 * * jan-mar sun", "@"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 23, 19, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, expr string) {
		s, err := ParseCron(expr, time.UTC)
		if err != nil {
			return
		}
		if next := s.Next(now); !next.After(now) {
			t.Fatalf("%q: next %s", expr, next)
		}
	})
}

func TestPlan(t *testing.T) {
	loc := zone(t, "Asia/Makassar")
	p := Plan{Schedule: cronOf(t, "30 19 * * *", loc), Calendar: calendar(t)}
	// Saturday to Tuesday are off.
	if got, want := p.Next(at(t, loc, "2026-08-14 19:30")), at(t, loc, "2026-08-19 19:30"); !got.Equal(want) {
		t.Errorf("next %s, want %s", got, want)
	}
	for _, tt := range []struct{ last, now, want string }{
		{"2026-08-13 19:30", "2026-08-14 19:29", ""},
		{"2026-08-13 19:30", "2026-08-14 19:30", "2026-08-14 19:30"},
		{"2026-08-14 19:30", "2026-08-14 19:30", ""},
		{"2026-08-14 19:30", "2026-08-18 23:00", ""},
		{"2026-08-13 19:30", "2026-08-18 23:00", "2026-08-14 19:30"}, // once, however many days went by
		{"2026-01-05 19:30", "2026-08-18 23:00", "2026-08-14 19:30"},
		{"2026-08-19 19:30", "2026-08-14 20:00", ""}, // the clock went back
	} {
		due, missed := p.Missed(at(t, loc, tt.last), at(t, loc, tt.now))
		if missed != (tt.want != "") || missed && !due.Equal(at(t, loc, tt.want)) {
			t.Errorf("missed in (%s, %s]: %s, %v; want %q", tt.last, tt.now, due, missed, tt.want)
		}
	}
	if _, missed := p.Missed(time.Time{}, at(t, loc, "2026-08-14 20:00")); missed {
		t.Error("a night was missed before the first one")
	}
	p.Calendar = nil
	if got, want := p.Next(at(t, loc, "2026-08-14 19:30")), at(t, loc, "2026-08-15 19:30"); !got.Equal(want) {
		t.Errorf("on all days: next %s, want %s", got, want)
	}
	sundays := Plan{Schedule: cronOf(t, "30 19 * * 0", loc), Calendar: calendar(t)}
	if got := sundays.Next(at(t, loc, "2026-08-14 19:30")); !got.IsZero() {
		t.Errorf("a Sunday is a business day: %s", got)
	}
}
