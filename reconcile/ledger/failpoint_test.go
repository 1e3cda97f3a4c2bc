package ledger_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bekal/reconcile/ledger"
)

// TestFailPoints: each durable step has one before and one after; an error
// before a commit undoes the transaction, and what is after it stands, whether
// the program reports an error or dies.
func TestFailPoints(t *testing.T) {
	ctx := context.Background()
	broken := errors.New("broken")
	type death struct{}
	for _, test := range []struct {
		name, point string
		dies        bool
		entered     bool // the bank is in the books afterwards
	}{
		{"error before", "commit: bank entered", false, false},
		{"death before", "commit: bank entered", true, false},
		{"error after", "committed: bank entered", false, true},
		{"death after", "committed: bank entered", true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			armed := false
			o := ledger.Options{Path: filepath.Join(dir, "bekal.db"), Archive: filepath.Join(dir, "archive"), Fail: func(name string) error {
				if !armed || name != test.point {
					return nil
				}
				if test.dies {
					panic(death{})
				}
				return broken
			}}
			l, err := ledger.Create(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			armed = true
			err = func() (err error) {
				defer func() {
					if r := recover(); r != nil {
						err = broken
					}
				}()
				_, err = l.EnsureBank(ctx, ledger.Actor{User: "bekal", OSUser: "bekal"}, "BRI")
				return err
			}()
			if !errors.Is(err, broken) {
				t.Fatalf("error %v", err)
			}
			armed = false
			// The lock on the books must be free: the next transaction would wait
			// for half a minute.
			before, err := l.Head(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.EnsureBank(ctx, ledger.Actor{User: "bekal", OSUser: "bekal"}, "BRI"); err != nil {
				t.Fatal(err)
			}
			after, err := l.Head(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if entered := before == after; entered != test.entered {
				t.Errorf("entered: %v", entered)
			}
			if _, err := l.Verify(ctx); err != nil {
				t.Error(err)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFailPointsOfTheArchive: a file that was not kept is not there.
func TestFailPointsOfTheArchive(t *testing.T) {
	ctx := context.Background()
	broken := errors.New("broken")
	dir := t.TempDir()
	var passed []string
	point := ""
	l, err := ledger.Create(ctx, ledger.Options{Path: filepath.Join(dir, "bekal.db"), Archive: filepath.Join(dir, "archive"), Fail: func(name string) error {
		passed = append(passed, name)
		if name == point {
			return broken
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	passed = nil
	if _, err := l.Archive().Put(strings.NewReader("first")); err != nil {
		t.Fatal(err)
	}
	want := []string{"archive write", "archive sync", "archive rename", "archive renamed", "archive kept"}
	if !slices.Equal(passed, want) {
		t.Fatalf("fail points %q, want %q", passed, want)
	}
	for _, point = range want {
		if _, err := l.Archive().Put(strings.NewReader("at " + point)); !errors.Is(err, broken) {
			t.Errorf("%s: error %v", point, err)
		}
	}
}
