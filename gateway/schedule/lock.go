package schedule

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Lock is held by the one process that may run nights on a data folder. The
// kernel ties it to the open file, so that it cannot outlive the process.
type Lock struct {
	file *os.File
}

// holder is what the lock file says about who holds it. It is for people: the
// lock itself is the kernel's.
type holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"` // the folder may be seen by more than one
	Since time.Time `json:"since"`
	What  string    `json:"what"`
}

// HeldError says that another process holds the lock.
type HeldError struct {
	Path  string
	PID   int       // 0: the file does not say
	Host  string    // where it runs; empty: the file does not say
	Since time.Time // zero: the file does not say
	What  string    // what the other one does
}

func (e *HeldError) Error() string {
	if e.PID == 0 {
		return e.Path + ": held by another process"
	}
	on := ""
	if e.Host != "" {
		on = " on " + e.Host
	}
	return fmt.Sprintf("%s: held by process %d%s since %s, which does: %s", e.Path, e.PID, on, e.Since.Format(time.DateTime+" -0700"), e.What)
}

// Hint says what to do next.
func (e *HeldError) Hint() string {
	if e.PID == 0 {
		return "wait until it is done; the lock goes with its process, deleting the file does not help"
	}
	if here, err := os.Hostname(); err == nil && e.Host != "" && e.Host != here {
		return fmt.Sprintf("wait until process %d is done, or stop it on %s, where it runs; deleting the file does not help", e.PID, e.Host)
	}
	return fmt.Sprintf("wait until process %d is done, or stop it with: kill %d; deleting the file does not help", e.PID, e.PID)
}

// Acquire takes the lock file at path, creating it when there is none, and
// writes into it what this process is about to do. It never waits: a lock that
// is held is a [*HeldError].
func Acquire(path, what string) (*Lock, error) {
	// The file is never removed, since a process that has it open could then
	// lock what nobody else sees. Should somebody remove it, try the new one.
	for range 10 {
		l, err := acquire(path, what)
		if l != nil || err != nil {
			return l, err
		}
	}
	return nil, fmt.Errorf("lock %s: the file is being replaced all the time", path)
}

func acquire(path, what string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	l, err := lock(f, path, what)
	if l == nil {
		err = errors.Join(err, f.Close())
	}
	return l, err
}

// lock is nil without an error when the file is not the one at path any more.
func lock(f *os.File, path, what string) (*Lock, error) {
	switch err := flock(f, unix.LOCK_EX|unix.LOCK_NB); {
	case errors.Is(err, unix.EWOULDBLOCK):
		return nil, heldBy(f, path)
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	mine, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(mine, there) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	// The machine's own clock: this is about a process, not about a night.
	host, _ := os.Hostname() // for people; without it the lock is as good
	text, err := json.Marshal(holder{PID: os.Getpid(), Host: host, Since: time.Now().Truncate(time.Second), What: what})
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteAt(append(text, '\n'), 0)
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &Lock{f}, nil
}

func flock(f *os.File, how int) error {
	for {
		err := unix.Flock(int(f.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

func heldBy(f *os.File, path string) error {
	e := &HeldError{Path: path}
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	var h holder
	// The holder may be writing at this moment; that it is held is certain.
	if err == nil && json.Unmarshal(text, &h) == nil {
		e.PID, e.Host, e.Since, e.What = h.PID, h.Host, h.Since, h.What
	}
	return e
}

// Release gives the lock up and empties the file. A second call does nothing.
func (l *Lock) Release() error {
	if l.file == nil {
		return nil
	}
	// To close the file is not enough: a program that is being started has it
	// open, too, for a moment.
	err := errors.Join(l.file.Truncate(0), flock(l.file, unix.LOCK_UN), l.file.Close())
	l.file = nil
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}
