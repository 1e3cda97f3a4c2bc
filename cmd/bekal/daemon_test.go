package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"bekal/configs"
	"bekal/reconcile/ledger"
)

// missedNight sets the schedule so that today's night was due two hours ago,
// and enters a night of the daemon three days before it. It returns when the
// missed one was due.
func (f *facility) missedNight(t *testing.T) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Jakarta")
	if err != nil {
		t.Fatal(err)
	}
	// The daemon's clock is the real one.
	due := time.Now().In(zone).Add(-2 * time.Hour).Truncate(time.Minute)
	cron := fmt.Sprintf("%d %d * * *", due.Minute(), due.Hour())
	if err := f.configure(`cron: "30 19 * * *"`, `cron: "`+cron+`"`, "only_business_days: true", "only_business_days: false", "level: info", "level: debug"); err != nil {
		t.Fatal(err)
	}
	c, err := configs.Load(f.path(configs.FileName))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	l, err := ledger.Open(ctx, ledgerOptions(c, time.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	a := ledger.Actor{User: "bekal", OSUser: "bekal"}
	last := due.AddDate(0, 0, -3)
	n, err := l.BeginNight(ctx, a, last.Format(time.DateOnly), last.UTC().Format(time.RFC3339))
	if err == nil {
		err = l.EndStep(ctx, a, n.ID, "night", "ran", "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return due
}

// TestDaemon starts the real daemon after nights were missed: it catches up
// one, waits for the next, and ends when it is told to.
func TestDaemon(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(killWages, nil); err != nil {
		t.Fatal(err)
	}
	due := f.missedNight(t)
	const waiting = `"waiting for the next night"`

	p := f.start(t, "daemon")
	p.awaits(t, waiting)
	second := f.does(t, "daemon")
	if want := fmt.Sprintf("held by process %d", p.cmd.Process.Pid); second.code != exitFailed || !strings.Contains(second.stderr, want) {
		t.Errorf("a second daemon: exit code %d, want %d and %q\n%s", second.code, exitFailed, want, second.stderr)
	}
	p.stop(t)
	if code := p.end(t); code != exitOK {
		t.Errorf("after SIGTERM: exit code %d, want 0\n%s", code, strings.Join(p.heard, "\n"))
	}
	if n := checkLogs(t, p.heard); n != 1 {
		t.Errorf("%d nights in the log, want the one that was missed last", n)
	}
	nights := f.nights(t)
	if len(nights) != 2 || nights[0].Outcome != "ran" || nights[0].Date != due.Format(time.DateOnly) || nights[0].Due != due.UTC().Format(time.RFC3339) {
		t.Errorf("nights: %+v, want one more, due at %s", nights, due)
	}
	if s := f.summary(t); s.InTransit.Count != killWages {
		t.Errorf("the night that was caught up sent nothing: %+v", s)
	}

	// Caught up once, also when the daemon starts again.
	p = f.start(t, "daemon")
	p.awaits(t, waiting)
	p.stop(t)
	if code := p.end(t); code != exitOK {
		t.Errorf("the second time: exit code %d\n%s", code, strings.Join(p.heard, "\n"))
	}
	if n := len(f.nights(t)); n != 2 {
		t.Errorf("%d nights after another start, want 2", n)
	}
	f.sound(t)
}

// TestDaemonStoppedInANight tells the daemon to stop while its night delivers.
func TestDaemonStoppedInANight(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(killWages, nil); err != nil {
		t.Fatal(err)
	}
	f.missedNight(t)
	reached := f.bank.Arm(write(killSize / 2).Trouble)
	p := f.start(t, "daemon")
	p.reaches(t, reached, "the upload")
	// A person who runs a night meanwhile is told who is at it.
	if r := f.does(t, "night"); r.code != exitFailed || !strings.Contains(r.stderr, fmt.Sprintf("held by process %d", p.cmd.Process.Pid)) {
		t.Errorf("a night beside the daemon's: exit code %d\n%s", r.code, r.stderr)
	}
	p.stop(t)
	f.bank.Disconnect()
	if code := p.end(t); code != exitOK {
		t.Errorf("exit code %d, want 0\n%s", code, strings.Join(p.heard, "\n"))
	}
	checkLogs(t, p.heard)
	f.sound(t)
	if s := f.summary(t); s.InTransit.Count != killWages {
		t.Errorf("the step that ran did not run to its end: %+v", s)
	}
}

// TestDaemonRefusesNonsense checks that a schedule that can never run anything
// is refused before the daemon begins.
func TestDaemonRefusesNonsense(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(1, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.configure(`cron: "30 19 * * *"`, `cron: "30 19 30 2 *"`); err != nil {
		t.Fatal(err)
	}
	r := f.does(t, "daemon")
	if r.code != exitUsage || !strings.Contains(r.stderr, "never fires") || !strings.Contains(r.stderr, "hint: ") {
		t.Errorf("exit code %d, want %d\n%s", r.code, exitUsage, r.stderr)
	}
}

func (f *facility) nights(t *testing.T) []ledger.NightRow {
	t.Helper()
	var nights []ledger.NightRow
	if err := json.Unmarshal([]byte(f.must(t, exitOK, "ledger", "nights", "--json").stdout), &nights); err != nil {
		t.Fatal(err)
	}
	return nights
}

// checkLogs checks that the daemon logs JSON only, and that from the beginning
// of a night to its end every line has the night's id. It returns the number of
// nights.
func checkLogs(t *testing.T, lines []string) int {
	t.Helper()
	nights, now := 0, ""
	for _, line := range lines {
		var entry struct{ Time, Level, Msg, Night string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Time == "" || entry.Level == "" || entry.Msg == "" {
			t.Errorf("not a log line (%v): %s", err, line)
			continue
		}
		if entry.Msg == "night begins" && entry.Night != "" {
			nights++
			now = entry.Night
		}
		if entry.Night != now {
			t.Errorf("a line without the id of night %s: %s", now, line)
		}
		if entry.Msg == "night ends" {
			now = ""
		}
	}
	return nights
}
