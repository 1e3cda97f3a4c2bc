package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	if r := f.must(t, exitFailed, "batch", "list"); !strings.Contains(r.stderr, "there is no ledger") || !strings.Contains(r.stderr, "hint: put a backup back with `bekal ledger restore FILE`") {
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
