package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWordsOfALostLedger reads what a tired person is told whose ledger is gone.
func TestWordsOfALostLedger(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(4, nil); err != nil {
		t.Fatal(err)
	}
	// Neither the archive nor a name with a folder that is missing.
	for _, c := range []struct{ path, err, hint string }{
		{f.path("archive/b.tar"), "is in the archive", "another folder"},
		{f.path("archive/00/b.tar"), "is in the archive", "another folder"},
		{f.path("nowhere/b.tar"), "no such file", "check the path"},
	} {
		if r := f.must(t, exitFailed, "ledger", "backup", c.path); !strings.Contains(r.stderr, c.err) || !strings.Contains(r.stderr, "hint: ") || !strings.Contains(r.stderr, c.hint) {
			t.Errorf("backup to %s: %s", c.path, r.stderr)
		}
	}
	if said := f.must(t, exitOK, "ledger", "backup", f.path("inside.tar")).stdout; !strings.Contains(said, "it lies in the data folder") {
		t.Errorf("a backup beside the ledger: %s", said)
	}
	elsewhere := filepath.Join(t.TempDir(), "b.tar")
	if said := f.must(t, exitOK, "ledger", "backup", elsewhere).stdout; strings.Contains(said, "it lies in the data folder") {
		t.Errorf("a backup elsewhere: %s", said)
	}

	// The ledger is gone, and its archive is not.
	f.night(t, "2026-11-23", exitOK)
	f.disaster(t, false)
	if r := f.must(t, exitFailed, "batch", "list"); !strings.Contains(r.stderr, "there is no ledger") || !strings.Contains(r.stderr, "hint: put a backup back with `bekal ledger restore FILE --reason ") {
		t.Errorf("without a ledger: %s", r.stderr)
	}
	// An empty ledger would pay everybody again.
	if err := os.Rename(f.path("bekal.yaml"), f.path("kept.yaml")); err != nil {
		t.Fatal(err)
	}
	if r := f.must(t, exitFailed, f.initArgs(f.bank.Address(), authorizedLine(f.bank.HostKey()))...); !strings.Contains(r.stderr, "an earlier ledger") || !strings.Contains(r.stderr, "hint: ") {
		t.Errorf("init beside an archive: %s", r.stderr)
	}
	if _, err := os.Stat(f.path("bekal.db")); !os.IsNotExist(err) {
		t.Errorf("there is a ledger: %v", err)
	}
	if err := os.Rename(f.path("kept.yaml"), f.path("bekal.yaml")); err != nil {
		t.Fatal(err)
	}
	f.must(t, exitOK, "ledger", "restore", elsewhere, "--reason", "a test", "--by", importer)
	// What was not asked is not said.
	if text := f.must(t, exitOK, "hold", "show", "--offline").stdout; !strings.Contains(text, "not compared with the bank now") {
		t.Errorf("offline: %s", text)
	}
}

// TestRestoreByWhatIsPrinted restores a ledger and does nothing but what the
// program prints as next, with a reason and a name put in: that leads to the end
// of the hold, and pays nobody twice.
func TestRestoreByWhatIsPrinted(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(4, nil); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "b.tar")
	f.must(t, exitOK, "ledger", "backup", backup)
	f.night(t, "2026-11-23", exitOK)
	f.disaster(t, false)
	said := f.must(t, exitOK, "ledger", "restore", backup, "--reason", "a test", "--by", importer).stdout
	people := []string{importer, approver}
	var done []string
	for range 8 {
		command := nextCommand(said)
		if command == "" {
			t.Fatalf("after %q: no next command in\n%s", done, said)
		}
		args := shellWords(command)[1:]
		for i, a := range args {
			switch a {
			case "...":
				args[i] = "as it was printed"
			case "NAME":
				args[i] = people[0]
			}
		}
		if args[1] == "propose" {
			people = people[1:] // the rest takes another person
			if !strings.Contains(said, "ask the bank for a list of all files that it has had since the backup, and say --all-known") {
				t.Errorf("nobody is told what ends the waiting:\n%s", said)
			}
			args = append(args, "--all-known")
		}
		done = append(done, strings.Join(args[:2], " "))
		said = f.must(t, exitOK, args...).stdout
		if args[1] == "release" {
			break
		}
		if nextCommand(said) == "" {
			said = f.must(t, exitOK, "hold", "show").stdout
		}
	}
	if diff := cmp.Diff([]string{"hold show", "hold adopt", "hold propose", "hold release"}, done); diff != "" {
		t.Errorf("what was done (-want +got):\n%s", diff)
	}
	f.night(t, "2026-11-24", exitOK)
	f.sound(t)
}

// nextCommand is the command that a text names as next.
func nextCommand(text string) string {
	for line := range strings.Lines(text) {
		if command, ok := strings.CutPrefix(strings.TrimSpace(line), "next: bekal "); ok {
			return "bekal " + command
		}
	}
	return ""
}

// TestUndecidedComesBeforeWaiting: a person who is told to wait, waits, and must
// not learn only then that something had to be decided.
func TestUndecidedComesBeforeWaiting(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(1, nil); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "b.tar")
	f.must(t, exitOK, "ledger", "backup", backup)
	f.night(t, "2026-11-23", exitOK)
	f.disaster(t, false)
	f.must(t, exitOK, "ledger", "restore", backup, "--reason", "a test", "--by", importer)
	r := f.must(t, exitFailed, "hold", "propose", "--reason", "compared", "--by", importer)
	if !strings.Contains(r.stderr, "nobody has decided about it") {
		t.Errorf("propose: %s", r.stderr)
	}
	// One is one.
	if r := f.night(t, "2026-11-24", exitDegraded); !strings.Contains(r.stderr, "error: compose: ") {
		t.Errorf("the night says: %s", r.stderr)
	}
	shown := f.holdShown(t)
	said := f.must(t, exitOK, "hold", "leave", shown.Forgotten[0].Batch, "--reason", "a test", "--by", importer).stdout
	said += f.must(t, exitOK, "hold", "propose", "--all-known", "--reason", "a test", "--by", importer).stdout
	said += f.must(t, exitOK, "hold", "release", "--all-known", "--reason", "a test", "--by", approver).stdout
	if !strings.Contains(said, "1 deposit is held back all the same: it looks like a payment of a forgotten batch") {
		t.Errorf("after the release: %s", said)
	}
	if r := f.night(t, "2026-11-25", exitDegraded); !strings.Contains(r.stderr, "held back: 1 deposit, ") || !strings.Contains(r.stderr, ": a batch that these books have forgotten may have paid it already") {
		t.Errorf("the night says: %s", r.stderr)
	}
}
