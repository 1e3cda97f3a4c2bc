package schedule

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bekal.lock")
	l, err := Acquire(path, "night of 2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	_, err = Acquire(path, "another")
	var held *HeldError
	if !errors.As(err, &held) {
		t.Fatalf("second: %v", err)
	}
	if held.PID != os.Getpid() || held.What != "night of 2026-11-23" || time.Since(held.Since) > time.Minute || held.Hint() == "" {
		t.Errorf("held: %+v", held)
	}
	for _, want := range []string{path, "since 20", "which does: night of 2026-11-23"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
	if err := l.Release(); err != nil {
		t.Errorf("second release: %v", err)
	}
	l, err = Acquire(path, "another")
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
}

// The process that holds the lock is killed: the lock goes with it, and what it
// wrote into the file misleads nobody.
func TestLockSurvivesACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bekal.lock")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(exe)
	child.Env = append(os.Environ(), holdLock+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill := func() {
		if !killed {
			killed = true
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
			if err := child.Wait(); err == nil {
				t.Error("the child ended by itself")
			}
		}
	}
	defer kill()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("child says %q, %v", line, err)
	}
	var held *HeldError
	if _, err := Acquire(path, "me"); !errors.As(err, &held) || held.PID != child.Process.Pid || held.What != "a night that will be killed" {
		t.Fatalf("while the child lives: %v", err)
	}
	kill()
	l, err := Acquire(path, "me")
	if err != nil {
		t.Fatalf("after the crash: %v", err)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
}

func TestLockOddFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := Acquire(filepath.Join(dir, "none", "bekal.lock"), "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := Acquire(dir, "x"); err == nil {
		t.Error("a folder is a lock")
	}
	// What is in the file does not matter, and garbage names nobody.
	path := filepath.Join(dir, "bekal.lock")
	if err := os.WriteFile(path, []byte("{garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Acquire(path, "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("{garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	var held *HeldError
	if _, err := Acquire(path, "y"); !errors.As(err, &held) || held.PID != 0 || held.Hint() == "" || !strings.Contains(held.Error(), "another process") {
		t.Errorf("garbage: %v", err)
	}
	// Somebody removes the file to "free" the lock: the next one gets a new file.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	other, err := Acquire(path, "y")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Release(), other.Release()); err != nil {
		t.Error(err)
	}
}

// Of many at a time, one holds it.
func TestLockRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bekal.lock")
	var inside, taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				l, err := Acquire(path, "race")
				var held *HeldError
				if errors.As(err, &held) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if inside.Add(1) != 1 {
					t.Error("two hold the lock")
				}
				taken.Add(1)
				inside.Add(-1)
				if err := l.Release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if taken.Load() == 0 {
		t.Error("nobody got it")
	}
}

// A program that is being started holds, for a moment, all that its parent has
// open: the lock is free all the same as soon as it is released.
func TestReleaseFreesALockThatAChildHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bekal.lock")
	l, err := Acquire(path, "x")
	if err != nil {
		t.Fatal(err)
	}
	child, err := unix.Dup(int(l.file.Fd())) // as between fork and exec
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(child) //nolint:errcheck // it was not written to
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := Acquire(path, "y")
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}
