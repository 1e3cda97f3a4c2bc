package schedule

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// clock shows the bubble's time, moved to a date of choice, and can be stepped.
type clock struct{ shift atomic.Int64 }

func clockAt(t time.Time) *clock {
	c := &clock{}
	c.shift.Store(int64(time.Until(t)))
	return c
}

func (c *clock) now() time.Time           { return time.Now().Add(time.Duration(c.shift.Load())) }
func (c *clock) step(d time.Duration)     { c.shift.Add(int64(d)) }
func (c *clock) days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// diary notes the nights that ran.
type diary struct {
	clock *clock
	loc   *time.Location
	lines []string
	takes time.Duration
	fails error
}

func (d *diary) night(_ context.Context, due time.Time, catchUp bool) error {
	line := due.In(d.loc).Format("2006-01-02 15:04")
	if catchUp {
		line += " caught up " + d.clock.now().In(d.loc).Format("01-02 15:04")
	}
	d.lines = append(d.lines, line)
	// A night ends its step first, whatever ctx says.
	time.Sleep(d.takes)
	return d.fails
}

// live runs the runner while script plays, and returns the nights that ran.
func live(t *testing.T, r *Runner, c *clock, d *diary, script func()) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r.Now = c.now
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx, d.night) }()
	script()
	synctest.Wait()
	cancel()
	if err := <-done; err != nil {
		t.Fatalf("Run: %v", err)
	}
	return d.lines
}

func TestRunner(t *testing.T) {
	loc := zone(t, "Asia/Jakarta")
	nightly := Plan{Schedule: cronOf(t, "30 19 * * *", loc), Calendar: calendar(t)}
	hourly := Plan{Schedule: cronOf(t, "0 * * * *", loc)}
	for _, tt := range []struct {
		name    string
		plan    Plan
		start   string
		last    string
		noCatch bool
		takes   time.Duration
		script  func(*clock)
		want    []string
	}{
		{
			name: "a week with days off", plan: nightly, start: "2026-08-13 08:00",
			script: func(c *clock) { time.Sleep(c.days(7)) },
			want:   []string{"2026-08-13 19:30", "2026-08-14 19:30", "2026-08-19 19:30"},
		},
		{
			name: "the first start catches nothing up", plan: nightly, start: "2026-08-13 20:00",
			script: func(c *clock) { time.Sleep(time.Hour) },
		},
		{
			name: "missed nights are caught up once", plan: nightly, start: "2026-08-17 07:00", last: "2026-08-11 19:30",
			script: func(c *clock) { time.Sleep(c.days(3)) },
			want:   []string{"2026-08-14 19:30 caught up 08-17 07:00", "2026-08-19 19:30"},
		},
		{
			name: "no catching up", plan: nightly, start: "2026-08-13 07:00", last: "2026-08-11 19:30", noCatch: true,
			script: func(c *clock) { time.Sleep(c.days(1)) },
			want:   []string{"2026-08-13 19:30"},
		},
		{
			name: "a start in the minute after is in time", plan: nightly, start: "2026-08-13 19:31", last: "2026-08-12 19:30", noCatch: true,
			script: func(c *clock) { time.Sleep(time.Hour) },
			want:   []string{"2026-08-13 19:30"},
		},
		{
			name: "a restart after the night does not repeat it", plan: nightly, start: "2026-08-13 19:31", last: "2026-08-13 19:30",
			script: func(c *clock) { time.Sleep(time.Hour) },
		},
		{
			name: "the machine slept over two nights", plan: nightly, start: "2026-08-12 08:00",
			script: func(c *clock) {
				time.Sleep(time.Hour + 30*time.Second)
				c.step(c.days(2) + 12*time.Hour) // Friday, half a minute past 21:00
				time.Sleep(time.Hour)
			},
			want: []string{"2026-08-14 19:30 caught up 08-14 21:01"},
		},
		{
			name: "the machine slept, and nothing is caught up", plan: nightly, start: "2026-08-12 08:00", noCatch: true,
			script: func(c *clock) {
				c.step(c.days(2) + 13*time.Hour)
				time.Sleep(c.days(1))
			},
		},
		{
			name: "the clock is set back over a night", plan: nightly, start: "2026-08-13 19:00",
			script: func(c *clock) {
				time.Sleep(40 * time.Minute)
				c.step(-30 * time.Minute) // 19:10 again
				time.Sleep(24 * time.Hour)
				c.step(-5 * time.Minute) // 19:05
				time.Sleep(time.Hour)
			},
			want: []string{"2026-08-13 19:30", "2026-08-14 19:30"},
		},
		{
			name: "the clock steps forward over a night by a little", plan: nightly, start: "2026-08-13 19:28",
			script: func(c *clock) {
				time.Sleep(90 * time.Second)
				c.step(2 * time.Minute)
				time.Sleep(time.Hour)
			},
			want: []string{"2026-08-13 19:30"},
		},
		{
			name: "a clock ten years ahead is put right", plan: nightly, start: "2036-08-13 19:00",
			script: func(c *clock) {
				time.Sleep(time.Hour) // Wednesday 13 August 2036
				c.step(-time.Hour * 24 * 3653)
				time.Sleep(c.days(2))
			},
			want: []string{"2036-08-13 19:30", "2026-08-14 19:30"},
		},
		{
			name: "the last night lies in the future", plan: nightly, start: "2026-08-13 19:00", last: "2026-08-13 19:30",
			script: func(c *clock) { time.Sleep(25 * time.Hour) },
			want:   []string{"2026-08-14 19:30"},
		},
		{
			name: "nights that take longer than their interval", plan: hourly, start: "2026-08-13 08:30", takes: 150 * time.Minute,
			script: func(c *clock) { time.Sleep(6 * time.Hour) },
			want:   []string{"2026-08-13 09:00", "2026-08-13 11:00 caught up 08-13 11:30", "2026-08-13 14:00"},
		},
		{
			name: "a Sunday counts where no calendar is", plan: Plan{Schedule: nightly.Schedule}, start: "2026-08-16 08:00",
			script: func(c *clock) { time.Sleep(c.days(1)) },
			want:   []string{"2026-08-16 19:30"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := clockAt(at(t, loc, tt.start))
				d := &diary{clock: c, loc: loc, takes: tt.takes}
				r := &Runner{Plan: tt.plan, CatchUp: !tt.noCatch}
				if tt.last != "" {
					r.LastRun = at(t, loc, tt.last)
				}
				got := live(t, r, c, d, func() { tt.script(c) })
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("nights (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A night begins at its second, and not at the next glance at the clock.
func TestRunnerIsPunctual(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loc := zone(t, "Asia/Jayapura")
		c := clockAt(at(t, loc, "2026-08-13 08:00").Add(17*time.Second + 123*time.Millisecond))
		var began time.Time
		ctx, cancel := context.WithCancel(t.Context())
		r := &Runner{Plan: Plan{Schedule: cronOf(t, "30 19 * * *", loc)}, Now: c.now}
		err := r.Run(ctx, func(context.Context, time.Time, bool) error {
			began = c.now()
			cancel()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if late := began.Sub(at(t, loc, "2026-08-13 19:30")); late < 0 || late > 10*time.Millisecond {
			t.Errorf("late by %s", late)
		}
	})
}

// Cancelling waits for the running night, and starts no other.
func TestRunnerWaitsForTheNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loc := zone(t, "Asia/Jakarta")
		c := clockAt(at(t, loc, "2026-08-13 19:00"))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var ended atomic.Bool
		done := make(chan error, 1)
		r := &Runner{Plan: Plan{Schedule: cronOf(t, "*/1 * * * *", loc)}, Now: c.now}
		nights := 0
		go func() {
			done <- r.Run(ctx, func(ctx context.Context, _ time.Time, _ bool) error {
				nights++
				<-ctx.Done()
				time.Sleep(10 * time.Minute) // the step at hand
				ended.Store(true)
				return ctx.Err()
			})
		}()
		time.Sleep(5 * time.Minute)
		cancel()
		synctest.Wait()
		if ended.Load() || len(done) != 0 {
			t.Fatal("Run returned before its night had ended")
		}
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if !ended.Load() || nights != 1 {
			t.Errorf("ended %v, nights %d", ended.Load(), nights)
		}
	})
}

func TestRunnerLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loc := zone(t, "Asia/Jakarta")
		c := clockAt(at(t, loc, "2027-08-12 08:00"))
		var log bytes.Buffer
		d := &diary{clock: c, loc: loc, fails: errors.New("bank is closed")}
		r := &Runner{Plan: Plan{Schedule: cronOf(t, "30 19 * * *", loc), Calendar: calendar(t)}, Log: slog.New(slog.NewTextHandler(&log, nil))}
		nights := live(t, r, c, d, func() { time.Sleep(c.days(2)) })
		if len(nights) != 2 {
			t.Errorf("a night that failed stopped the next one: %v", nights)
		}
		for _, want := range []string{"bank is closed", "add the holidays of 2027 to contoh.yaml", "waiting for the next night", "due=2027-08-12T19:30:00.000+07:00"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q:\n%s", want, log.String())
			}
		}
	})
}

func TestRunnerNeverDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loc := zone(t, "Asia/Jakarta")
		c := clockAt(at(t, loc, "2026-08-13 08:00"))
		night := func(context.Context, time.Time, bool) error { return errors.New("ran") }
		for _, p := range []Plan{{}, {Schedule: cronOf(t, "0 9 * * 6,0", loc), Calendar: calendar(t)}} {
			if err := (&Runner{Plan: p, Now: c.now}).Run(t.Context(), night); !errors.Is(err, ErrNeverDue) {
				t.Errorf("%s: %v", p.Schedule, err)
			}
		}
	})
}

// A whole year of nights, with the machine asleep now and then and a clock that
// is stepped to and fro: each business day has its night, and has it once.
func TestRunnerForAYear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loc := zone(t, "Asia/Makassar")
		cal := shippedCalendar(t)
		c := clockAt(at(t, loc, "2026-01-01 00:00"))
		d := &diary{clock: c, loc: loc, takes: 20 * time.Minute}
		r := &Runner{Plan: Plan{Schedule: cronOf(t, "30 19 * * *", loc), Calendar: cal}, CatchUp: true}
		end := at(t, loc, "2026-12-31 23:00")
		live(t, r, c, d, func() {
			time.Sleep(30 * time.Second) // never in the instant of a glance
			for i := 0; c.now().Before(end); i++ {
				time.Sleep(5 * time.Hour)
				c.step([]time.Duration{-47 * time.Minute, 90 * time.Second, 2 * time.Hour, -time.Second, 31 * time.Minute, -2 * time.Hour, 7 * time.Hour}[i%7])
			}
		})
		seen := map[string]int{}
		for _, line := range d.lines {
			seen[line[:10]]++
		}
		for day := at(t, loc, "2026-01-01 12:00"); day.Before(end); day = day.AddDate(0, 0, 1) {
			is, _ := cal.IsBusinessDay(day)
			if n := seen[day.Format(time.DateOnly)]; (n == 1) != is || n > 1 {
				t.Errorf("%s: business day %v, %d nights", day.Format(time.DateOnly), is, n)
			}
		}
	})
}
