package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Archive keeps the bytes of every file that came in or went out, by their
// SHA-256. What it has said it holds is on the disk: bytes and folder entries
// are synced before Close of a writer returns, so that a row of the ledger may
// name them.
type Archive struct {
	dir  string
	fail FailPoint
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// OpenArchive opens the archive in folder dir, and makes it when there is none.
func OpenArchive(dir string) (*Archive, error) {
	_, missing := os.Stat(filepath.Join(dir, "incoming"))
	if err := os.MkdirAll(filepath.Join(dir, "incoming"), 0o700); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	if missing != nil {
		// A folder whose entry is lost takes all its files with it.
		if err := syncDir(filepath.Dir(dir)); err != nil {
			return nil, err
		}
	}
	return &Archive{dir: dir}, nil
}

// Sweep removes what crashed writers have left behind before a moment. Younger
// files may still be written by somebody.
func (a *Archive) Sweep(before time.Time) error {
	left, err := os.ReadDir(filepath.Join(a.dir, "incoming"))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	var errs []error
	for _, e := range left {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // its writer has ended meanwhile
		}
		if err == nil && info.ModTime().Before(before) {
			err = os.Remove(filepath.Join(a.dir, "incoming", e.Name()))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("archive: %w", err))
		}
	}
	return errors.Join(errs...)
}

// Stored names archived bytes.
type Stored struct {
	SHA256 string // hex
	Size   int64  // bytes
}

// Path is where the bytes with that SHA-256 lie, or would.
func (a *Archive) Path(sha string) string {
	if !sha256Hex.MatchString(sha) {
		return filepath.Join(a.dir, "no-such-file")
	}
	return filepath.Join(a.dir, sha[:2], sha)
}

// Open opens archived bytes for reading.
func (a *Archive) Open(sha string) (*os.File, error) {
	f, err := os.Open(a.Path(sha))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return f, nil
}

// Put archives what r holds.
func (a *Archive) Put(r io.Reader) (Stored, error) {
	w, err := a.Create()
	if err != nil {
		return Stored{}, err
	}
	defer w.Discard()
	if _, err := io.Copy(w, r); err != nil {
		return Stored{}, fmt.Errorf("archive: %w", err)
	}
	return w.Keep()
}

// ArchiveWriter takes bytes that are to be archived. Keep or Discard ends it.
type ArchiveWriter struct {
	a    *Archive
	f    *os.File
	sum  hash.Hash
	size int64
	done bool
}

// Create begins a file.
func (a *Archive) Create() (*ArchiveWriter, error) {
	f, err := os.CreateTemp(filepath.Join(a.dir, "incoming"), "*.part")
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return &ArchiveWriter{a: a, f: f, sum: sha256.New()}, nil
}

func (w *ArchiveWriter) Write(p []byte) (int, error) {
	if err := w.a.fail.at("archive write"); err != nil {
		return 0, err
	}
	n, err := w.f.Write(p)
	w.sum.Write(p[:n])
	w.size += int64(n)
	return n, err
}

// Size is the number of bytes written so far.
func (w *ArchiveWriter) Size() int64 { return w.size }

// Keep syncs the bytes, gives them their place and syncs the folders. Bytes
// that the archive holds already are not written a second time.
func (w *ArchiveWriter) Keep() (Stored, error) {
	if w.done {
		return Stored{}, errors.New("archive: file is closed already")
	}
	s := Stored{SHA256: hex.EncodeToString(w.sum.Sum(nil)), Size: w.size}
	target := w.a.Path(s.SHA256)
	if err := errors.Join(w.a.fail.at("archive sync"), w.f.Sync()); err != nil {
		return Stored{}, fmt.Errorf("archive: sync: %w", err)
	}
	if err := w.f.Chmod(0o600); err != nil {
		return Stored{}, fmt.Errorf("archive: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return Stored{}, fmt.Errorf("archive: %w", err)
	}
	if err := w.a.fail.at("archive rename"); err != nil {
		return Stored{}, fmt.Errorf("archive: %w", err)
	}
	if err := os.Rename(w.f.Name(), target); err != nil {
		return Stored{}, fmt.Errorf("archive: %w", err)
	}
	w.done = true
	if err := errors.Join(w.f.Close(), w.a.fail.at("archive renamed")); err != nil {
		return Stored{}, fmt.Errorf("archive: %w", err)
	}
	for _, dir := range []string{filepath.Dir(target), w.a.dir} {
		if err := syncDir(dir); err != nil {
			return Stored{}, err
		}
	}
	if err := w.a.fail.at("archive kept"); err != nil {
		return Stored{}, fmt.Errorf("archive: %w", err)
	}
	return s, nil
}

// Discard drops the file unless it was kept. It may be called at any time.
func (w *ArchiveWriter) Discard() {
	if w.done {
		return
	}
	w.done = true
	_ = w.f.Close()           // nothing of it is wanted
	_ = os.Remove(w.f.Name()) // Sweep takes what stays
}

// Check reads archived bytes again and compares them with their name.
func (a *Archive) Check(sha string) error {
	f, err := a.Open(sha)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("archive: file %s is gone: %w", sha, err)
	}
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("archive: file %s: %w", sha, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != sha {
		return fmt.Errorf("archive: file %s: its bytes have been changed (their SHA-256 is %s)", sha, got)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer d.Close() //nolint:errcheck // read only
	if err := d.Sync(); err != nil {
		return fmt.Errorf("archive: sync folder: %w", err)
	}
	return nil
}
