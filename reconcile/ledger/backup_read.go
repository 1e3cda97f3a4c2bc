package ledger

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// readBackup reads a backup from its first byte to its last, hands each member
// but the manifest to take, and checks all of them against their hashes. take
// need not read a member to its end.
func readBackup(ctx context.Context, path string, take func(name string, r io.Reader) error) (m Manifest, err error) {
	// What is no file, such as a pipe into which nobody writes, must not be waited
	// for.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	info, err := f.Stat()
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	if !info.Mode().IsRegular() {
		return m, &BackupError{path, "it is no regular file", "copy the backup to a file first"}
	}
	bad := func(format string, args ...any) error {
		return &BackupError{path, fmt.Sprintf(format, args...), "nothing was put in place; try another backup, or another copy of this one"}
	}
	r := tar.NewReader(f)
	h, err := r.Next()
	if err != nil || h.Name != manifestMember {
		return m, bad("it is no backup of a Bekal ledger")
	}
	if err := json.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&m); err != nil {
		return m, bad("what it says of itself cannot be read: %v", err)
	}
	if known := newestSchema(); m.Format != backupFormat || m.Schema > known {
		return m, &BackupError{path, fmt.Sprintf("it was made by a newer program (format %d, tables %d; this one knows %d and %d)", m.Format, m.Schema, backupFormat, known), "restore it with the program that made it, or a later one"}
	}
	files, bytes, last, database := int64(0), int64(0), "", false
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return m, bad("it is damaged or cut off after %d files: %v", files, err)
		}
		if err := ctx.Err(); err != nil {
			return m, err
		}
		sha, archived := strings.CutPrefix(h.Name, archiveMember)
		switch {
		case h.Typeflag != tar.TypeReg:
			return m, bad("member %q is no file", h.Name)
		case h.Name == databaseMember && !database && files == 0:
			database, sha = true, m.Database.SHA256
		case archived && database && sha256Hex.MatchString(sha) && sha > last:
			files, bytes, last = files+1, bytes+h.Size, sha
		default:
			return m, bad("it has a member %q where none may be", h.Name)
		}
		// Before it is written: what a backup says it holds is all that it may
		// take of the disk.
		if database && files == 0 && h.Size != m.Database.Size || bytes > m.FileBytes {
			return m, bad("member %s has not the size that the backup says", h.Name)
		}
		if err := takeMember(r, h, sha, take); err != nil {
			if changed := (*memberError)(nil); errors.As(err, &changed) {
				return m, bad("%v", err)
			}
			return m, err
		}
	}
	switch {
	case !database:
		return m, bad("it has no database")
	case files != m.Files || bytes != m.FileBytes:
		return m, bad("it holds %d archived files of %d bytes, and says that it has %d of %d", files, bytes, m.Files, m.FileBytes)
	}
	return m, nil
}

// memberError says that a member has not the bytes that it should have.
type memberError struct{ err error }

func (e *memberError) Error() string { return e.err.Error() }

func takeMember(r io.Reader, h *tar.Header, sha string, take func(string, io.Reader) error) error {
	sum := sha256.New()
	src := &failing{r: io.TeeReader(r, sum)}
	if err := take(h.Name, src); err != nil {
		if src.err != nil {
			return &memberError{fmt.Errorf("it is damaged or cut off in %s: %w", h.Name, src.err)}
		}
		return err
	}
	if _, err := io.Copy(io.Discard, src); err != nil {
		return &memberError{fmt.Errorf("it is damaged or cut off in %s: %w", h.Name, err)}
	}
	if hex.EncodeToString(sum.Sum(nil)) != sha {
		return &memberError{fmt.Errorf("member %s: its bytes have been changed", h.Name)}
	}
	return nil
}

// failing remembers the error with which reading failed, so that it can be told
// from an error of writing.
type failing struct {
	r   io.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// newestSchema is the version of the tables that this program knows.
func newestSchema() int64 {
	var newest int64
	entries, err := fs.ReadDir(migrations, "migrations")
	if err != nil {
		return 0 // embedded: it cannot fail
	}
	for _, e := range entries {
		var n int64
		if _, err := fmt.Sscanf(e.Name(), "%d_", &n); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}
