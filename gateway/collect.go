package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"bekal/reconcile/ledger"
)

// emptyPatience is how old an empty file must be before it is taken for what it
// is; a younger one may still be being written.
const emptyPatience = 10 * time.Minute

// collect fetches what the bank has put into its folder and is new.
func (r *run) collect(ctx context.Context) error {
	var errs []error
	for _, s := range r.sessions {
		var files []fs.FileInfo
		if err := s.do(ctx, "list "+s.bank.Inbox, func(t Transport) (err error) {
			files, err = t.List(ctx, s.bank.Inbox)
			return err
		}); err != nil {
			errs = append(errs, err)
			continue
		}
		for _, f := range files {
			if err := r.collectOne(ctx, s, f); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

func (r *run) collectOne(ctx context.Context, s *session, f fs.FileInfo) error {
	kind, ok := s.bank.Names.kindOf(f.Name())
	if !ok {
		if !strings.HasSuffix(f.Name(), partSuffix) && !strings.HasPrefix(f.Name(), ".") {
			r.count("files of unknown names left alone", 1)
			r.log.Warn("a file in the bank's folder has a name that is none of ours; it is left alone", "bank", s.bank.Bank.Code, "file", f.Name())
		}
		return nil
	}
	if f.Size() == 0 && r.Now().Sub(f.ModTime()) < emptyPatience {
		r.count("files still empty", 1)
		return nil
	}
	known, seen, err := r.Ledger.Seen(ctx, s.bank.Bank.ID, f.Name(), f.Size(), f.ModTime())
	// A posted file that should be gone is read once more: what is removed
	// must be known by its bytes, not by its name.
	if err != nil || seen && (known.State != "posted" || !s.bank.tidies()) {
		return err
	}
	known = ledger.File{}
	err = s.do(ctx, "collect "+f.Name(), func(t Transport) error {
		stored, growing, err := r.fetch(ctx, s.bank, t, path.Join(s.bank.Inbox, f.Name()), f)
		if err != nil {
			return err
		}
		if growing {
			r.count("files still growing", 1)
			r.log.Info("a file of the bank is still growing; it is left for the next night", "file", f.Name())
			return nil
		}
		got, err := r.Ledger.Receive(ctx, r.actor, ledger.Arrival{Bank: s.bank.Bank.ID, Facility: r.Facility.ID, Kind: kind, Name: f.Name(), Stored: stored, Modified: f.ModTime(), Date: r.date})
		if err != nil {
			return err
		}
		if got.Known {
			r.count("files known already", 1)
			r.log.Info("these bytes were received before; nothing is done", "file", f.Name(), "first", got.FirstName)
			known = got.File
			return nil
		}
		r.count("files collected", 1)
		r.log.Info("file collected", "file", f.Name(), "bytes", stored.Size, "sha256", stored.SHA256)
		return nil
	})
	if err != nil || known.State != "posted" {
		return err
	}
	// It came again, or an earlier night could not tidy it.
	return r.tidy(ctx, s, known, f.Name())
}

// fetch downloads a file into the archive. growing is set when its size did not
// hold still.
func (r *run) fetch(ctx context.Context, bank *Bank, t Transport, remote string, f fs.FileInfo) (stored ledger.Stored, growing bool, err error) {
	limit := bank.MaxFileBytes
	if limit == 0 {
		limit = defaultMaxFileBytes
	}
	w, err := r.Ledger.Archive().Create()
	if err != nil {
		return ledger.Stored{}, false, err
	}
	defer w.Discard()
	if _, err := t.Download(ctx, remote, w, limit); err != nil {
		if changed(err) {
			return ledger.Stored{}, true, nil
		}
		return ledger.Stored{}, false, err
	}
	after, err := t.Stat(ctx, remote)
	if err != nil {
		return ledger.Stored{}, false, err
	}
	if after.Size() != f.Size() || w.Size() != f.Size() || !after.ModTime().Equal(f.ModTime()) {
		return ledger.Stored{}, true, nil
	}
	stored, err = w.Keep()
	return stored, false, err
}

// tidy moves or removes the bank's copy, under that name, of a file that was
// worked through. What the bank has put in its place since is left alone: it
// was not read yet.
func (r *run) tidy(ctx context.Context, s *session, f ledger.File, name string) error {
	if !s.bank.tidies() {
		return nil
	}
	event, what := "moved", "move "+name
	if s.bank.AfterCollect == "delete" {
		event, what = "removed", "remove "+name
	}
	remote, where := path.Join(s.bank.Inbox, name), ""
	err := s.do(ctx, what, func(t Transport) error {
		info, err := t.Stat(ctx, remote)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // tidied before, by us or by the bank
		}
		if err != nil {
			return err
		}
		if now, seen, err := r.Ledger.Seen(ctx, s.bank.Bank.ID, name, info.Size(), info.ModTime()); err != nil || !seen || now.ID != f.ID {
			return err
		}
		if event == "removed" {
			where = remote
			return ignoreMissing(t.Remove(ctx, remote))
		}
		where = path.Join(s.bank.Done, name)
		err = t.Rename(ctx, remote, where)
		// The bank may use a name twice; nothing in the done folder is
		// overwritten either.
		for n := 2; errors.Is(err, fs.ErrExist) && n < 100; n++ {
			where = path.Join(s.bank.Done, fmt.Sprintf("%s~%d", name, n))
			err = t.Rename(ctx, remote, where)
		}
		return ignoreMissing(err)
	})
	if err != nil || where == "" {
		return err
	}
	return r.Ledger.NoteFile(ctx, r.actor, f.ID, event, where)
}

// ignoreMissing takes a file that is gone for one that was tidied by the call
// whose answer was lost, or by the bank.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("tidy: %w", err)
	}
	return nil
}
