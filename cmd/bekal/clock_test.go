package main

import (
	"strings"
	"testing"
)

// TestClockThatStandsBehindTheBooks: value dates are counted from this machine's
// clock, so that somebody has to hear when it was set back.
func TestClockThatStandsBehindTheBooks(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(1, nil); err != nil {
		t.Fatal(err)
	}
	const warning = "this machine's clock stands before the night that ran last"
	if r := f.night(t, "2026-11-25", exitOK); strings.Contains(r.stderr, warning) {
		t.Errorf("a clock that is right: %s", r.stderr)
	}
	head, _, _ := strings.Cut(strings.TrimPrefix(f.must(t, exitOK, "ledger", "verify").stdout[strings.Index(f.must(t, exitOK, "ledger", "verify").stdout, "head of the chain: "):], "head of the chain: "), "\n")
	f.night(t, "2026-11-26", exitOK)
	if r := f.night(t, "2026-11-20", exitOK); !strings.Contains(r.stderr, warning) {
		t.Errorf("a clock that was set back: %s", r.stderr)
	}
	if said := f.must(t, exitOK, "ledger", "verify", "--head", head).stdout; strings.Contains(said, "minute") || !strings.Contains(said, "added since, by a clock that stood later than this machine's does now") {
		t.Errorf("verify by a clock that was set back: %s", said)
	}
}
