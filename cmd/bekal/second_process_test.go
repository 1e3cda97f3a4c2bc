package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// refused checks that a command ends at once and names the process that is in
// its way: which it is, since when, where, and what it does.
func (f *facility) refused(t *testing.T, first *process, does string, args ...string) {
	t.Helper()
	r := f.does(t, args...)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if r.code != exitFailed {
		t.Errorf("bekal %s beside another process: exit code %d, want %d\n%s", strings.Join(args, " "), r.code, exitFailed, r.stderr)
	}
	for _, want := range []string{fmt.Sprintf("held by process %d on %s since 2", first.cmd.Process.Pid, host), "which does: " + does, fmt.Sprintf("hint: wait until process %d is done, or stop it with: kill %[1]d", first.cmd.Process.Pid)} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("bekal %s does not say %q:\n%s", strings.Join(args, " "), want, r.stderr)
		}
	}
}

// TestSecondProcess starts, by mistake, what must not run beside a daemon that
// waits: another daemon, and a restore of the ledger that the daemon has open,
// even where its file is gone.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(killWages, nil); err != nil {
		t.Fatal(err)
	}
	backup := f.path("backup.tar")
	if r := f.does(t, "ledger", "backup", backup); r.code != exitOK {
		t.Fatal(r.stderr)
	}
	f.missedNight(t)
	p := f.start(t, "daemon")
	p.awaits(t, `"waiting for the next night"`)
	f.refused(t, p, "bekal daemon", "daemon")
	f.disaster(t, false)
	f.refused(t, p, "bekal daemon", "ledger", "restore", backup, "--reason", "the file is gone")
	if _, err := os.Stat(f.path("bekal.db")); !os.IsNotExist(err) {
		t.Errorf("a ledger was put beside the daemon: %v", err)
	}
	p.stop(t)
	if code := p.end(t); code != exitOK {
		t.Errorf("the daemon ends with %d", code)
	}
	if r := f.does(t, "ledger", "restore", backup, "--reason", "the file is gone"); r.code != exitOK {
		t.Errorf("after the daemon has ended: %s", r.stderr)
	}
	f.sound(t)
}

// TestSecondProcessInANight starts, by mistake, what must not run beside a night;
// a backup may.
func TestSecondProcessInANight(t *testing.T) {
	t.Parallel()
	f, p := uploading(t)
	backup := f.path("backup.tar")
	if r := f.does(t, "ledger", "backup", backup); r.code != exitOK || !strings.Contains(r.stdout, "last night 2026-11-23.1") {
		t.Errorf("a backup beside a night: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := f.does(t, "hold", "begin", "--reason", "the bank has called"); r.code != exitOK {
		t.Errorf("a hold beside a night: %s", r.stderr)
	}
	for _, args := range [][]string{
		{"night"}, {"hold", "show"}, {"hold", "propose", "--reason", "x"}, {"hold", "release", "--reason", "x"}, {"ledger", "restore", backup, "--reason", "x"},
	} {
		f.refused(t, p, "bekal night", args...)
	}
	// The night goes on, and stops before it renames: the bank gets nothing.
	f.bank.Disconnect()
	if code := p.end(t); code != exitDegraded {
		t.Errorf("exit code %d, want %d\n%s", code, exitDegraded, strings.Join(p.heard, "\n"))
	}
	if said := strings.Join(p.heard, "\n"); !strings.Contains(said, "the books are on hold") {
		t.Errorf("the night does not say that the books are on hold:\n%s", said)
	}
	f.sound(t)
	if s := f.summary(t); s.Batched.Count != killWages || s.InTransit.Count != 0 {
		t.Errorf("%+v, want everything in a batch that is not delivered", s)
	}
	f.must(t, exitOK, "hold", "propose", "--reason", "cleared", "--by", importer)
	f.must(t, exitOK, "hold", "release", "--reason", "cleared", "--by", approver)
	f.night(t, "2026-11-23", exitOK)
	f.bankWorks(t, "2026-11-24")
	f.night(t, "2026-11-24", exitOK)
	f.onceAndForAll(t)
}
