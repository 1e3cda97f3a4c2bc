package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"bekal/reconcile/ledger"
)

// Search says where to look for what restored books have forgotten, beside the
// bank's folders of the configuration and the books' own archive.
type Search struct {
	Remote []string // further folders at the bank: where it puts what it has taken
	Local  []string // folders on this machine: an old archive, files that the bank has sent
}

// Recollection is what a search has found.
type Recollection struct {
	New   int      // files that speak of forgotten batches, and were not known to
	Files int      // answers of the bank that were collected
	Sent  []string // batches of which the books now know that the bank has them
	Notes []string // what a person should know and nothing was recorded of
	// Returned are payments that came back, as "REFERENCE in FILE", and that no
	// batch is known to have made: there is one that is not found yet.
	Returned []string
}

// Recall compares what the books know with what lies at the bank, in its
// answers, and in archives: every transfer file and every answer about a batch
// that the books have forgotten is recorded, with the payments that it names.
// It sends nothing and changes nothing at the bank.
func (n *Night) Recall(ctx context.Context, date string, where Search) (Recollection, error) {
	r := &recall{run: &run{Night: n, actor: n.Actor, date: date, log: n.Log, result: &Result{}}}
	r.sessions = n.connections(n.Log)
	defer func() {
		for _, s := range r.sessions {
			s.close()
		}
	}()
	var errs []error
	for _, s := range r.sessions {
		errs = append(errs, r.atBank(ctx, s, where.Remote))
	}
	for _, s := range r.sessions {
		errs = append(errs, r.archived(ctx, s.bank), r.folders(ctx, s.bank, where.Local))
		_, err := r.rememberAnswers(ctx, s.bank)
		errs = append(errs, err, r.returned(ctx, s.bank))
	}
	r.found.New = r.findings
	return r.found, errors.Join(errs...)
}

// recall is a search as it runs.
type recall struct {
	*run
	found Recollection
}

func (r *recall) note(format string, args ...any) {
	r.found.Notes = append(r.found.Notes, fmt.Sprintf(format, args...))
}

// atBank looks through the bank's folders.
func (r *recall) atBank(ctx context.Context, s *session, further []string) error {
	var errs []error
	outgoing := append([]string{s.bank.Outbox}, further...)
	for _, dir := range outgoing {
		files, err := r.list(ctx, s, dir)
		errs = append(errs, err)
		for _, f := range files {
			if err := r.outgoing(ctx, s, dir, f); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", path.Join(dir, f.Name()), err))
			}
		}
	}
	before := len(r.counts)
	errs = append(errs, r.collect(ctx))
	for _, c := range r.counts[before:] {
		if c.What == "files collected" {
			r.found.Files += int(c.N)
		}
	}
	if s.bank.Done != "" {
		further = append(further, s.bank.Done)
	}
	for _, dir := range further {
		errs = append(errs, r.answersIn(ctx, s, dir))
	}
	return errors.Join(errs...)
}

func (r *recall) list(ctx context.Context, s *session, dir string) (files []fs.FileInfo, err error) {
	err = s.do(ctx, "list "+dir, func(t Transport) (err error) {
		files, err = t.List(ctx, dir)
		return err
	})
	return files, err
}

// outgoing compares one file of a folder that takes ours with the books.
func (r *recall) outgoing(ctx context.Context, s *session, dir string, f fs.FileInfo) error {
	name, part := strings.CutSuffix(f.Name(), partSuffix)
	batch, ok := s.bank.Names.batchOf(name)
	if !ok || !r.ours(batch) {
		return nil
	}
	remote := path.Join(dir, f.Name())
	known, err := r.Ledger.BatchByReference(ctx, batch)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	accounted, err := r.Ledger.Accounted(ctx, batch)
	if err != nil {
		return err
	}
	if accounted && (part || known.Delivered != "") {
		if part && known.Delivered == "" {
			r.note("batch %s: %s is at the bank: its delivery was broken off, and the bank has not taken it", batch, remote)
		}
		return nil
	}
	stored, growing, err := r.take(ctx, s, remote, f)
	if err != nil {
		return err
	}
	if growing {
		r.note("%s is still being written: look again in a while", remote)
		return nil
	}
	if accounted {
		if stored.SHA256 != known.SHA256 {
			r.note("batch %s: %s is not the file that these books hold (SHA-256 %s instead of %s): ask the bank", batch, remote, stored.SHA256, known.SHA256)
			return nil
		}
		// Sealed is, too, what people have decided that the bank has not got: that
		// it is there counts for more.
		if known.State != "uncertain" && known.State != "sealed" {
			return nil
		}
		r.found.Sent = append(r.found.Sent, batch)
		return r.Ledger.FoundAtBank(ctx, r.actor, known, r.date, "found as "+remote)
	}
	place := "at the bank as " + remote
	if part {
		place += ", not delivered"
	}
	return r.transferFound(ctx, s.bank, batch, name, stored, place, !part)
}

// ours says whether a text can be a reference of a batch of this facility.
func (n *Night) ours(batch string) bool {
	_, ok := ledger.BatchMark(batch)
	return ok && ledger.BatchFacility(batch) == n.Facility.Code
}

func (r *recall) take(ctx context.Context, s *session, remote string, f fs.FileInfo) (stored ledger.Stored, growing bool, err error) {
	err = s.do(ctx, "fetch "+remote, func(t Transport) (err error) {
		stored, growing, err = r.fetch(ctx, s.bank, t, remote, f)
		return err
	})
	return stored, growing, err
}

// answersIn collects the answers of a folder to which they were moved after
// they had been worked through.
func (r *recall) answersIn(ctx context.Context, s *session, dir string) error {
	files, err := r.list(ctx, s, dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range files {
		// A second file of a name was moved there with a number behind it.
		name, _, _ := strings.Cut(f.Name(), "~")
		kind, ok := s.bank.Names.kindOf(name)
		if !ok {
			continue
		}
		if _, seen, err := r.Ledger.Seen(ctx, s.bank.Bank.ID, f.Name(), f.Size(), f.ModTime()); err != nil || seen {
			errs = append(errs, err)
			continue
		}
		stored, growing, err := r.take(ctx, s, path.Join(dir, f.Name()), f)
		if err != nil || growing {
			errs = append(errs, err)
			continue
		}
		got, err := r.Ledger.Receive(ctx, r.actor, ledger.Arrival{Bank: s.bank.Bank.ID, Facility: r.Facility.ID, Kind: kind, Name: f.Name(), Stored: stored, Modified: f.ModTime(), Date: r.date})
		if err == nil && !got.Known {
			r.found.Files++
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// archived looks through what lies in the archive and is not in the books: what
// their forgotten life had archived before its database was lost.
func (r *recall) archived(ctx context.Context, bank *Bank) error {
	archive := r.Ledger.Archive()
	return archive.Each(func(sha string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if known, err := r.Ledger.KnownFile(ctx, sha); err != nil || known {
			return err
		}
		if err := archive.Check(sha); err != nil {
			r.note("%v: it is not looked at", err)
			return nil
		}
		info, err := os.Stat(archive.Path(sha))
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		return r.stray(ctx, bank, ledger.Stored{SHA256: sha, Size: info.Size()}, "in the archive as "+sha[:12]+"…", "archive-"+sha[:12])
	})
}

// folders looks through folders of this machine.
func (r *recall) folders(ctx context.Context, bank *Bank, dirs []string) error {
	var errs []error
	for _, dir := range dirs {
		errs = append(errs, filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if !r.readsAsOurs(bank, p) {
				return nil
			}
			f, err := os.Open(p)
			if err != nil {
				return err
			}
			defer f.Close() //nolint:errcheck // read only
			stored, err := r.Ledger.Archive().Put(f)
			if err != nil {
				return err
			}
			if known, err := r.Ledger.KnownFile(ctx, stored.SHA256); err != nil || known {
				return err
			}
			return r.stray(ctx, bank, stored, "in "+p, d.Name())
		}))
	}
	return errors.Join(errs...)
}

// stray records a file that came from no folder of the bank, as what it reads
// as; one that reads as none of the bank's files is left alone.
func (r *recall) stray(ctx context.Context, bank *Bank, stored ledger.Stored, place, name string) error {
	file := r.Ledger.Archive().Path(stored.SHA256)
	what, batch := recognise(bank, file)
	switch what {
	case ledger.TransferFile:
		if !r.ours(batch) {
			return nil
		}
		if known, err := r.Ledger.Accounted(ctx, batch); err != nil || known {
			return err
		}
		return r.transferFound(ctx, bank, batch, bank.Names.transfer(batch), stored, place, false)
	case ledger.AcknowledgementFile, ledger.SettlementFile, ledger.ReturnFile:
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		got, err := r.Ledger.Receive(ctx, r.actor, ledger.Arrival{Bank: bank.Bank.ID, Facility: r.Facility.ID, Kind: what, Name: name, Stored: stored, Modified: info.ModTime(), Date: r.date})
		if err == nil && !got.Known {
			r.found.Files++
		}
		return err
	case ledger.RosterFile, ledger.WageSheetFile, ledger.UnrecognisedFile:
	}
	return nil
}

func (r *recall) readsAsOurs(bank *Bank, file string) bool {
	what, _ := recognise(bank, file)
	return what != ledger.UnrecognisedFile
}

// returned looks for payments that came back and that the books know nothing of.
// A return names no batch, so there is nothing to record of it.
func (r *recall) returned(ctx context.Context, bank *Bank) error {
	restored, err := r.Ledger.Restored(ctx)
	if err != nil || !restored {
		return err
	}
	files, err := r.Ledger.Files(ctx, bank.Bank.ID, "received")
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range files {
		if f.Kind == ledger.ReturnFile {
			errs = append(errs, r.returnedIn(ctx, bank, f))
		}
	}
	return errors.Join(errs...)
}

func (r *recall) returnedIn(ctx context.Context, bank *Bank, f ledger.File) error {
	path := r.Ledger.Archive().Path(f.SHA256)
	head, err := readAnswer(bank, path, nil)
	if err != nil || head.corporateCode != bank.CorporateCode {
		return ignoreUnreadable(err)
	}
	_, err = readAnswer(bank, path, func(x ledger.FoundPayment) error {
		if !r.ourPayment(x.Reference) {
			return nil
		}
		known, err := r.Ledger.KnownPayment(ctx, x.Reference)
		if err == nil && !known {
			r.found.Returned = append(r.found.Returned, x.Reference+" in "+f.Name)
		}
		return err
	})
	return err
}
