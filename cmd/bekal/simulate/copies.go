package simulate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bekal/reconcile/ledger"
)

// ask has the bank put copies of what it has into a folder: transfer files that
// these books do not know, and, where they are deleted once collected, the
// answers.
func (l *losses) ask(ctx context.Context) error {
	l.asked = true
	for _, folder := range []string{takenFolder, outboxFolder} {
		files, err := os.ReadDir(l.remote(folder))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		for _, f := range files {
			batch, rest, ok := strings.Cut(f.Name(), ".TRF")
			if !ok || rest != "" {
				continue
			}
			if _, err := l.program.books.BatchByReference(ctx, batch); err == nil {
				continue
			} else if !errors.Is(err, ledger.ErrNotFound) {
				return err
			}
			if l.slips.lacks(batch) {
				continue
			}
			if err := l.copy(batch); err != nil {
				return err
			}
		}
	}
	if l.gate.AfterCollect != "delete" {
		return nil
	}
	sent := make(map[string]int, len(l.courier.sent))
	for name := range l.courier.sent {
		sent[name] = 1
	}
	for _, name := range Sorted(sent) {
		if err := l.put(name, l.courier.sent[name]); err != nil {
			return err
		}
	}
	return nil
}

// copy has the bank put a copy of a transfer file into the folder.
func (l *losses) copy(batch string) error {
	for _, folder := range []string{takenFolder, outboxFolder} {
		data, err := os.ReadFile(filepath.Join(l.remote(folder), batch+".TRF"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		return l.put(batch+".TRF", data)
	}
	return nil
}

func (l *losses) put(name string, data []byte) error {
	path := filepath.Join(l.remote(copies), name)
	if now, err := os.ReadFile(path); err == nil && string(now) == string(data) {
		return nil
	}
	l.count("copy from the bank", "")
	at := l.clock.Now().Truncate(time.Second)
	return errors.Join(os.MkdirAll(l.remote(copies), 0o700), os.WriteFile(path, data, 0o600), os.Chtimes(path, at, at))
}
