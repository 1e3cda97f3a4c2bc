package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// restoreFolder is where a backup is unpacked, in the folder of the ledger that
// is to be, until it has been verified. One that is left was never put in place.
const restoreFolder = "restore.part"

// Restoration says where a backup is put back, and by whom.
type Restoration struct {
	Backup  string // the file
	Options        // of the ledger that is to be; its file must not exist
	Random  io.Reader
	Date    string // business date
	Reason  string
	// Facility is the code of the facility that the ledger must be of.
	Facility string
}

// Restored is what was put back.
type Restored struct {
	Manifest
	NewGeneration string `json:"new_generation"`
	Uncertain     int64  `json:"uncertain"` // batches of which it is not known whether they were sent
	RestoredHead  string `json:"restored_head"`
}

// Restore puts a backup back as the ledger of an empty folder. Everything is
// verified before anything is in place, and the ledger itself is put in place
// last, in one step. It begins a new generation, so that no reference is given
// out twice, and it is on hold: what was sent after the backup it has forgotten.
func Restore(ctx context.Context, a Actor, in Restoration) (done Restored, err error) {
	if err := reasoned(in.Reason); err != nil {
		return done, fmt.Errorf("restore: %w", err)
	}
	dir := filepath.Dir(in.Path)
	if err := in.free(); err != nil {
		return done, err
	}
	work := filepath.Join(dir, restoreFolder)
	if err := os.RemoveAll(work); err != nil {
		return done, fmt.Errorf("restore: %w", err)
	}
	if err := os.MkdirAll(work, 0o700); err != nil {
		return done, fmt.Errorf("restore: %w", err)
	}
	// Not deferred: what a death of the process leaves, a fail point must leave.
	done, err = in.carryOut(ctx, a, Options{Path: filepath.Join(work, databaseMember), Archive: filepath.Join(work, "archive"), Now: in.Now, Fail: in.Fail})
	return done, errors.Join(err, os.RemoveAll(work))
}

func (in *Restoration) carryOut(ctx context.Context, a Actor, unpacked Options) (done Restored, err error) {
	if done.Manifest, err = in.unpack(ctx, unpacked); err != nil {
		return done, err
	}
	if err := in.Fail.at("restore: unpacked"); err != nil {
		return done, fmt.Errorf("restore: %w", err)
	}
	if err := in.begin(ctx, a, unpacked, &done); err != nil {
		return done, err
	}
	return done, in.place(ctx, unpacked)
}

// free refuses a place where a ledger is, or remains of one.
func (in *Restoration) free() error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		path := in.Path + suffix
		switch _, err := os.Lstat(path); {
		case err == nil && suffix == "":
			return &BackupError{in.Backup, "there is a ledger at " + path + ": nothing is put over it", "restore into an empty folder: set data_dir to one, or move what is there away, and keep it"}
		case err == nil:
			return &BackupError{in.Backup, path + " is left of another ledger, and would be taken for a part of this one", "move it away together with the ledger that it belongs to, and keep both"}
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("restore: %w", err)
		}
	}
	return nil
}

// unpack takes the backup apart into the work folder, and checks every byte.
func (in *Restoration) unpack(ctx context.Context, to Options) (Manifest, error) {
	archive, err := OpenArchive(to.Archive)
	if err != nil {
		return Manifest{}, err
	}
	archive.fail = to.Fail
	m, err := readBackup(ctx, in.Backup, func(name string, r io.Reader) error {
		if name == databaseMember {
			return writeNew(to.Path, r)
		}
		_, err := archive.Put(r)
		return err
	})
	if err != nil {
		return m, err
	}
	if in.Facility != "" && len(m.Facilities) > 0 && !contains(m.Facilities, in.Facility) {
		return m, &BackupError{in.Backup, fmt.Sprintf("it is of facility %s, and the configuration is of %s", strings.Join(m.Facilities, ", "), in.Facility),
			"restore with the configuration of that facility (--config)"}
	}
	return m, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func writeNew(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if _, err := io.Copy(f, r); err != nil {
		return errors.Join(fmt.Errorf("restore: %w", err), f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

// begin verifies the unpacked ledger, and begins its new life while nobody can
// see it yet: it never stands in its place without being on hold.
func (in *Restoration) begin(ctx context.Context, a Actor, unpacked Options, done *Restored) (err error) {
	l, err := Open(ctx, unpacked)
	if err != nil {
		return &BackupError{in.Backup, "its database cannot be opened: " + err.Error(), "try an older backup"}
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	m, err := l.manifest(ctx)
	if broken := (*Break)(nil); errors.As(err, &broken) {
		return &BackupError{in.Backup, "what it holds is not whole: " + err.Error(), "nothing was put in place; try an older backup, and keep this one: somebody or something has changed it"}
	}
	if err != nil {
		return fmt.Errorf("backup %s: %w", in.Backup, err)
	}
	if m.Head != done.Head || m.Links != done.Links || m.Rows != done.Rows || m.Files != done.Files {
		return &BackupError{in.Backup, "the database is not the one that the backup says it holds", "try an older backup"}
	}
	err = l.write(ctx, a, "ledger restored", func(t *tx) error {
		mark, err := t.randomMark(in.Random)
		if err != nil {
			return err
		}
		reason := fmt.Sprintf("restored from the backup of %s (head %s): %s", done.Made, done.Head, in.Reason)
		if err := t.newLife(reason, mark); err != nil {
			return err
		}
		done.NewGeneration = mark
		if i, ok := t.tables["batch_events"]; ok {
			done.Uncertain = i.last - i.first + 1
		}
		// By a clock that stands before the backup, the bank's time to answer
		// would be over at once.
		date := in.Date
		if made, err := time.Parse(timeFormat, done.Made); err == nil {
			date = max(date, made.Format(time.DateOnly))
		}
		return t.holdEvent("begun", date, reason)
	})
	if err != nil {
		return err
	}
	if _, err := l.Verify(ctx); err != nil {
		return err
	}
	done.RestoredHead, err = l.Head(ctx)
	if err != nil {
		return err
	}
	// All of it into the one file.
	if _, err := l.writer.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// randomMark draws a mark that these books have not used. Two lives that were
// restored from one backup do not know of each other, and must not take the
// same; should they, Find notices.
func (t *tx) randomMark(random io.Reader) (string, error) {
	taken, err := t.marks()
	if err != nil {
		return "", err
	}
	for range 1000 {
		var b [markLength]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("restore: %w", err)
		}
		for i := range b {
			b[i] = digits32[b[i]&31]
		}
		if m := string(b[:]); !taken[m] && m != "00" {
			return m, nil
		}
	}
	return "", errors.New("restore: no generation mark is left")
}

// place moves the archived files to the archive, and then the ledger to its
// place. What is there of the archive stays; files have their hashes for names.
func (in *Restoration) place(ctx context.Context, unpacked Options) error {
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if info, err := os.Lstat(unpacked.Path + suffix); err == nil && info.Size() > 0 {
			return fmt.Errorf("restore: %s is still there", unpacked.Path+suffix)
		}
	}
	archive, err := OpenArchive(in.Archive)
	if err != nil {
		return err
	}
	from := Archive{dir: unpacked.Archive}
	if err := from.Each(func(sha string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := archive.adopt(from.Path(sha), sha); err != nil {
			return err
		}
		return in.Fail.at("restore: file placed")
	}); err != nil {
		return err
	}
	if err := syncDir(in.Archive); err != nil {
		return err
	}
	if err := syncFile(unpacked.Path); err != nil {
		return err
	}
	if err := in.Fail.at("restore: place"); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	// A link, unlike a rename, replaces nothing that came there meanwhile.
	if err := os.Link(unpacked.Path, in.Path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return in.free()
		}
		if err := in.free(); err != nil {
			return err
		}
		if err := os.Rename(unpacked.Path, in.Path); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	if err := syncDir(filepath.Dir(in.Path)); err != nil {
		return err
	}
	return in.Fail.at("restore: placed")
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// Each calls fn with the SHA-256 of every file of the archive.
func (a *Archive) Each(fn func(sha string) error) error {
	folders, err := os.ReadDir(a.dir)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	for _, d := range folders {
		if !d.IsDir() || len(d.Name()) != 2 {
			continue
		}
		files, err := os.ReadDir(filepath.Join(a.dir, d.Name()))
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		for _, f := range files {
			if sha256Hex.MatchString(f.Name()) && f.Type().IsRegular() {
				if err := fn(f.Name()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// adopt moves a file of another archive, whose bytes have been checked, to its
// place in this one. Bytes that are there already and are right stay.
func (a *Archive) adopt(path, sha string) error {
	if a.Check(sha) == nil {
		return nil
	}
	target := a.Path(sha)
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if err := os.Rename(path, target); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return syncDir(filepath.Dir(target))
}
