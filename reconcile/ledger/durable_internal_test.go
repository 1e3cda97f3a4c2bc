package ledger

import (
	"path/filepath"
	"testing"
)

// What was acknowledged must survive a power cut: the connection that writes
// waits for the disk at every commit.
func TestWriterWaitsForTheDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := Create(t.Context(), Options{Path: filepath.Join(dir, "bekal.db"), Archive: filepath.Join(dir, "archive")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
		var got string
		if err := l.writer.GetContext(t.Context(), &got, `PRAGMA `+pragma); err != nil || got != want {
			t.Errorf("%s of the writer: %q, want %q (%v)", pragma, got, want, err)
		}
	}
	// There is one writer, and it stays the same for as long as it is open.
	if n := l.writer.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d writers", n)
	}
	var got string
	if err := l.reader.GetContext(t.Context(), &got, `PRAGMA query_only`); err != nil || got != "1" {
		t.Errorf("readers can write: query_only is %q (%v)", got, err)
	}
}
