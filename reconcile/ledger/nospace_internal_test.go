package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFullDatabase: what does not fit is not done, the error says so and nothing
// else, and as soon as there is room the books go on.
func TestFullDatabase(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	l, err := Create(ctx, Options{Path: filepath.Join(dir, "bekal.db"), Archive: filepath.Join(dir, "archive"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	pages := func(n string) {
		t.Helper()
		if _, err := l.writer.Exec(`PRAGMA max_page_count = ` + n); err != nil {
			t.Fatal(err)
		}
	}
	pages("1") // as few as there are
	who := Actor{User: "contoh", OSUser: "contoh"}
	add := func(n int) error {
		_, err := l.EnsureFacility(ctx, who, Facility{Code: fmt.Sprintf("F%05d", n), Name: strings.Repeat("Lapas Contoh ", 100), Timezone: "Asia/Jakarta"})
		return err
	}
	n := 0
	for ; err == nil && n < 1000; n++ {
		err = add(n)
	}
	if !NoSpace(err) || strings.Contains(err.Error(), "roll back") {
		t.Fatalf("after %d facilities: %v", n, err)
	}
	pages("100000")
	if err := add(n - 1); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	if _, err := l.Verify(ctx); err != nil {
		t.Error(err)
	}
}

func TestNoSpace(t *testing.T) {
	t.Parallel()
	for _, err := range []error{syscall.ENOSPC, &fs.PathError{Err: syscall.EDQUOT}, errors.Join(fs.ErrNotExist, fmt.Errorf("x: %w", syscall.ENOSPC))} {
		if !NoSpace(err) {
			t.Errorf("%v is that there is no space", err)
		}
	}
	for _, err := range []error{nil, syscall.EIO, errors.Join(fs.ErrNotExist, fmt.Errorf("x"))} {
		if NoSpace(err) {
			t.Errorf("%v is not that there is no space", err)
		}
	}
}
