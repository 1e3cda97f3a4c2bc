package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bekal/gateway/banksim"
)

// TestProofAfterAWrongDecision has a person decide, while the books are on hold,
// that the bank has not got a batch, and then the batch is found at the bank:
// what is seen counts, and it is not sent again.
func TestProofAfterAWrongDecision(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(restoreWages, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	f.night(t, "2026-11-23", exitDegraded)
	if err := f.startBank(nil); err != nil {
		t.Fatal(err)
	}
	f.must(t, exitOK, "ledger", "backup", f.path("backup.tar"))
	f.night(t, "2026-11-23", exitOK)
	f.disaster(t, true)
	f.must(t, exitOK, "ledger", "restore", f.path("backup.tar"), "--reason", "a test", "--by", importer)
	uncertain := f.holdShown(t, "--offline").Uncertain
	if len(uncertain) != 1 {
		t.Fatalf("uncertain: %v", uncertain)
	}
	said := f.must(t, exitOK, "batch", "decide", uncertain[0], "--not-delivered", "--reason", "somebody said so", "--by", importer).stdout
	if !strings.Contains(said, "sends it") || !strings.Contains(said, "hold") {
		t.Errorf("deciding while on hold says: %s", said)
	}
	// The bank moves what it has taken to a folder of its own.
	taken, name := f.path("bank/taken"), uncertain[0]+".TRF"
	if err := os.MkdirAll(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(f.path("bank/outbox/"+name), filepath.Join(taken, name)); err != nil {
		t.Fatal(err)
	}
	if sent := f.holdShown(t, "--remote", "/taken").Sent; len(sent) != 1 || sent[0] != uncertain[0] {
		t.Errorf("found at the bank: %v, want %v", sent, uncertain)
	}
	f.must(t, exitOK, "hold", "propose", "--all-known", "--reason", "a test", "--by", importer)
	f.must(t, exitOK, "hold", "release", "--all-known", "--reason", "a test", "--by", approver)
	f.night(t, "2026-11-24", exitOK)
	if files, err := filepath.Glob(f.path("bank/outbox/*")); err != nil || len(files) > 0 {
		t.Errorf("sent a second time: %v %v", files, err)
	}
	f.sound(t)
}

// TestHoldBeginsThoughAFileIsLost has a forgotten batch answered after the
// release, while another file of the bank cannot be read any more: the hold
// begins all the same.
func TestHoldBeginsThoughAFileIsLost(t *testing.T) {
	t.Parallel()
	x := loseNights(t, func(o *banksim.Options) { o.PickUpAtOnce = true })
	x.disaster(t, true)
	x.restored(t)
	x.must(t, exitOK, "hold", "adopt", x.batches[1], "--reason", "same references", "--by", importer)
	// A file that waits, and of which the bytes are lost.
	if err := os.WriteFile(x.path("bank/inbox/NONSENSE.STL"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	x.must(t, exitOK, "hold", "propose", "--all-known", "--reason", "nothing was sent", "--by", importer)
	x.must(t, exitOK, "hold", "release", "--all-known", "--reason", "nothing was sent", "--by", approver)
	archived, err := filepath.Glob(x.path("archive/*/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range archived {
		if data, err := os.ReadFile(path); err == nil && string(data) == "nonsense" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	x.bankWorks(t, "2026-11-28")
	x.run("night", "--date", "2026-11-28")
	if s := x.holdShown(t, "--offline"); s.Hold == nil || !strings.Contains(s.Hold.Reason, x.batches[2]) {
		t.Errorf("the hold: %+v", s.Hold)
	}
}
