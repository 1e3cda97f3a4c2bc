package ledger_test

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bekal/reconcile/ledger"
)

// TestRestoreFromNoFile: a pipe into which nobody writes, a folder and a device
// are refused at once.
func TestRestoreFromNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, dir, "/dev/zero"} {
		_, err := ledger.Restore(t.Context(), clerk, ledger.Restoration{Backup: path, Options: options(dir), Random: rand.Reader, Date: "2026-11-27", Reason: "a test", Facility: "PWK"})
		var bad *ledger.BackupError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
