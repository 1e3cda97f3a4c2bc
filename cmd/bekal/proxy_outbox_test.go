package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/reconcile/ledger"
)

// outboxHistory is what the kernel says of every name that ever stood in the
// bank's folder for transfer files, however short: a look into the folder would
// miss a half file that was there for a moment.
type outboxHistory struct {
	folder string
	queue  int             // of inotify
	stood  map[string]bool // the final names that appeared

	plan       *formats.Plan     // of transfer files
	known      map[string]bool   // the files that were read
	references map[string]string // of payments; in which file
	wages      map[wage]int      // how often each was ordered
}

// partName ends the names that the bank ignores.
const partName = ".part"

// newOutboxHistory begins to watch a folder.
func newOutboxHistory(t *testing.T, folder string) *outboxHistory {
	t.Helper()
	queue, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	set, err := layouts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	h := &outboxHistory{folder: folder, queue: queue, stood: map[string]bool{}, known: map[string]bool{}, references: map[string]string{}, wages: map[wage]int{}}
	h.plan, _ = set.Plan("bri-transfer")
	t.Cleanup(func() {
		if err := syscall.Close(queue); err != nil {
			t.Error(err)
		}
	})
	if _, err := syscall.InotifyAddWatch(queue, folder, syscall.IN_CREATE|syscall.IN_MODIFY|syscall.IN_MOVED_TO); err != nil {
		t.Fatal(err)
	}
	return h
}

// goOn reads what has happened since. A final name appears once in all of time,
// and nothing is ever written under it: so a file that is whole when the bank
// reads it has been whole for as long as it had its name.
func (h *outboxHistory) goOn() error {
	buf := make([]byte, 64<<10)
	for {
		n, err := syscall.Read(h.queue, buf)
		switch {
		case err == syscall.EINTR: //nolint:errorlint // a plain number
			continue
		case err == syscall.EAGAIN: //nolint:errorlint // as above: all is read
			return nil
		case err != nil:
			return fmt.Errorf("inotify: %w", err)
		}
		for events := buf[:n]; len(events) > 0; {
			mask, length := binary.NativeEndian.Uint32(events[4:]), binary.NativeEndian.Uint32(events[12:])
			name := string(bytes.TrimRight(events[16:16+length], "\x00"))
			events = events[16+length:]
			if err := h.event(mask, name); err != nil {
				return err
			}
		}
	}
}

func (h *outboxHistory) event(mask uint32, name string) error {
	switch {
	case mask&syscall.IN_Q_OVERFLOW != 0:
		return fmt.Errorf("inotify lost events of %s", h.folder)
	case strings.HasSuffix(name, partName):
		return nil
	case mask&syscall.IN_MODIFY != 0:
		return fmt.Errorf("%s was written to under its final name", name)
	}
	if h.stood[name] {
		return fmt.Errorf("%s got its final name twice", name)
	}
	h.stood[name] = true
	return nil
}

// read reads the files that have stood under a final name, each once: those that
// the bank has taken, and those that it has not. None may be missing. A server
// may still be doing what a broken connection has asked of it: then it is looked
// once more.
func (h *outboxHistory) read(taken string) error {
	for range 3 {
		for _, folder := range []string{h.folder, taken} {
			if err := h.readNew(folder); err != nil {
				return err
			}
		}
		if err := h.goOn(); err != nil {
			return err
		}
		if maps.Equal(h.known, h.stood) {
			return nil
		}
	}
	return fmt.Errorf("these names stood in the outbox: %v; these files are left of them: %v", h.stood, h.known)
}

// readNew reads the files of a folder that were not read yet.
func (h *outboxHistory) readNew(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), partName) || h.known[e.Name()] {
			continue
		}
		h.known[e.Name()] = true
		if err := h.readOne(filepath.Join(folder, e.Name())); err != nil {
			return fmt.Errorf("it stood under its final name: %w", err)
		}
	}
	return nil
}

// readOne reads a whole transfer file; the decoder holds it against its own
// totals.
func (h *outboxHistory) readOne(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	dec := h.plan.NewDecoder(file, formats.DecodeOptions{File: filepath.Base(path)})
	for dec.Next() {
		rec := dec.Record()
		if rec.Type() != "D" {
			continue
		}
		field := func(name string) string { return string(rec.Text(h.plan.Field("D", name))) }
		reference := field("payment_reference")
		if before, twice := h.references[reference]; twice {
			return errors.Join(fmt.Errorf("%s is in %s and in %s", reference, before, path), file.Close())
		}
		h.references[reference] = path
		h.wages[wage{field("account"), ledger.Money(rec.Int(h.plan.Field("D", "amount")))}]++
	}
	return errors.Join(dec.Err(), file.Close())
}
