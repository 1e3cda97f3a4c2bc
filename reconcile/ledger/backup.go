package ledger

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// backupFormat is the version of the form in which backups are written.
const backupFormat = 1

// The members of a backup, which is a tar file: what it holds, the database,
// and every archived file that the database names, by its SHA-256.
const (
	manifestMember = "bekal-backup.json"
	databaseMember = "bekal.db"
	archiveMember  = "archive/"
)

// Manifest is what a backup says of itself, in its first member.
type Manifest struct {
	Format     int      `json:"format"`
	Made       string   `json:"made"`       // when
	Schema     int64    `json:"schema"`     // version of the tables
	Facilities []string `json:"facilities"` // their codes
	Generation string   `json:"generation"` // mark of the references that were given out then
	Night      string   `json:"night"`      // the last night that had begun, empty before the first
	Links      int64    `json:"links"`
	Rows       int64    `json:"rows"`
	Head       string   `json:"head"`
	Files      int64    `json:"files"`      // distinct archived files
	FileBytes  int64    `json:"file_bytes"` // their bytes
	Database   Stored   `json:"database"`
}

// BackupError says that a backup cannot be trusted, or cannot be put back here.
type BackupError struct {
	Path, What, Do string
}

func (e *BackupError) Error() string { return "backup " + e.Path + ": " + e.What }

// Hint says what to do about it.
func (e *BackupError) Hint() string { return e.Do }

// pagesAtOnce is how many pages of the database are copied before the context
// is asked again.
const pagesAtOnce = 2048

// Backup writes the whole ledger, as it is at one moment, into one new file at
// path, which only its owner may read: the database and every archived file that
// it names. Nights may run meanwhile; what they add comes into the next backup.
// The file appears when it is complete, on the disk, and has been read back and
// verified. It never replaces another file.
func (l *Ledger) Backup(ctx context.Context, path string) (m Manifest, size int64, err error) {
	if _, err := os.Lstat(path); err == nil {
		return m, 0, &BackupError{path, "the file exists already: it is not overwritten", "name a new file, for instance with the date in it"}
	}
	if inside, err := within(l.archive.dir, path); err != nil {
		return m, 0, err
	} else if inside {
		return m, 0, &BackupError{path, "its place is in the archive, where nothing may be but archived files", "name a file in another folder, best on another disk"}
	}
	if err := l.sweepBackups(filepath.Dir(path)); err != nil {
		return m, 0, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), halfWritten)
	if err != nil {
		return m, 0, fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// Beside the copy, in a folder that is ours alone: any name outside may be
	// somebody's, or lead elsewhere.
	part := filepath.Join(dir, "backup.part")
	copied := filepath.Join(dir, databaseMember)
	if err := l.snapshot(ctx, copied); err != nil {
		return m, 0, fullDisk(path, err)
	}
	if m, err = l.describe(ctx, copied); err != nil {
		return m, 0, err
	}
	if size, err = l.writeBackup(ctx, part, copied, m); err != nil {
		return m, 0, fullDisk(path, err)
	}
	// Read back as a stranger would, before anybody relies on it.
	if err := checkBackup(ctx, part, m); err != nil {
		return m, 0, err
	}
	// A hard link, unlike a rename, never replaces what somebody has put there.
	if err := os.Link(part, path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return m, 0, &BackupError{path, "the file exists already: it is not overwritten", "name a new file, for instance with the date in it"}
		}
		// A file system without hard links.
		if err := os.Rename(part, path); err != nil {
			return m, 0, fmt.Errorf("backup: %w", err)
		}
	}
	return m, size, syncDir(filepath.Dir(path))
}

// snapshot copies the database as it is now into a new file, page by page, by
// SQLite's own means. The read transaction that is held meanwhile keeps it one
// moment, and lets others write.
func (l *Ledger) snapshot(ctx context.Context, path string) (err error) {
	to, err := (&sqlite3.SQLiteDriver{}).Open("file:" + path + "?_journal_mode=DELETE&_synchronous=FULL")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	from, err := l.reader.Connx(ctx)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer from.Close() //nolint:errcheck // it only read
	if _, err := from.ExecContext(ctx, `BEGIN`); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer from.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`) //nolint:errcheck // it only read
	// Only a read begins the transaction.
	var links int64
	if err := from.GetContext(ctx, &links, `SELECT count(*) FROM chain`); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := from.Raw(func(c any) error { return copyPages(ctx, to, c) }); err != nil {
		return fmt.Errorf("backup: copy the database: %w", err)
	}
	return nil
}

func copyPages(ctx context.Context, to driver.Conn, from any) (err error) {
	src, ok := from.(*sqlite3.SQLiteConn)
	dst, ok2 := to.(*sqlite3.SQLiteConn)
	if !ok || !ok2 {
		return errors.New("the connections are not SQLite's")
	}
	b, err := dst.Backup("main", src, "main")
	if err != nil {
		return err
	}
	defer func() {
		// What failed is told once.
		if e := b.Finish(); err == nil {
			err = e
		}
	}()
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if done, err = b.Step(pagesAtOnce); err != nil {
			return err
		}
	}
	return nil
}

// describe verifies the copy of the database, with the archive that it names,
// and says what it holds.
func (l *Ledger) describe(ctx context.Context, copied string) (m Manifest, err error) {
	c, err := Open(ctx, Options{Path: copied, Archive: l.archive.dir, Now: l.now})
	if err != nil {
		return m, fmt.Errorf("backup: open the copy: %w", err)
	}
	m, err = c.manifest(ctx)
	if err := errors.Join(err, c.Close()); err != nil {
		return m, fmt.Errorf("backup: verify the copy: %w", err)
	}
	if m.Database, err = digestFile(copied); err != nil {
		return m, err
	}
	m.Format, m.Made = backupFormat, l.now().UTC().Format(timeFormat)
	return m, nil
}

// manifest verifies the whole ledger and says what it holds.
func (l *Ledger) manifest(ctx context.Context) (m Manifest, err error) {
	if err := l.Sound(ctx); err != nil {
		return m, err
	}
	v, err := l.Verify(ctx)
	if err != nil {
		return m, err
	}
	m.Links, m.Rows, m.Head = v.Links, v.Rows, v.Head
	var sum struct {
		Files int64 `db:"files"`
		Bytes int64 `db:"bytes"`
	}
	if err := l.reader.GetContext(ctx, &sum, `SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM (SELECT DISTINCT sha256, size FROM files)`); err != nil {
		return m, fmt.Errorf("ledger: files: %w", err)
	}
	m.Files, m.FileBytes = sum.Files, sum.Bytes
	if m.Schema, err = schemaOf(ctx, l.reader); err != nil {
		return m, err
	}
	if err := l.reader.SelectContext(ctx, &m.Facilities, `SELECT code FROM facilities ORDER BY id`); err != nil {
		return m, fmt.Errorf("ledger: facilities: %w", err)
	}
	if err := l.reader.GetContext(ctx, &m.Generation, `SELECT mark FROM generations ORDER BY id DESC LIMIT 1`); err != nil {
		return m, fmt.Errorf("ledger: generations: %w", err)
	}
	last, err := l.LastNight(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return m, err
	}
	m.Night = last.Key
	return m, nil
}

func schemaOf(ctx context.Context, db *sqlx.DB) (version int64, err error) {
	if err := db.GetContext(ctx, &version, `SELECT max(version_id) FROM goose_db_version`); err != nil {
		return 0, fmt.Errorf("ledger: version of the tables: %w", err)
	}
	return version, nil
}

// Sound has SQLite check the file and every foreign key, in full.
func (l *Ledger) Sound(ctx context.Context) error {
	var answers []string
	if err := l.reader.SelectContext(ctx, &answers, `PRAGMA integrity_check(3)`); err != nil {
		return fmt.Errorf("ledger: integrity check: %w", err)
	}
	if len(answers) != 1 || answers[0] != "ok" {
		return &Break{What: "SQLite finds the file damaged: " + strings.Join(answers, "; ")}
	}
	var table string
	err := found(l.reader.GetContext(ctx, &table, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`), "foreign keys")
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return &Break{Table: table, What: "a row names another one that is not there"}
}

// writeBackup writes the tar file and syncs it.
func (l *Ledger) writeBackup(ctx context.Context, part, copied string, m Manifest) (size int64, err error) {
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	defer func() {
		if e := f.Close(); e != nil && err == nil {
			err = fmt.Errorf("backup: %w", e)
		}
	}()
	w := tar.NewWriter(f)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	text = append(text, '\n')
	if err := addMember(w, manifestMember, int64(len(text)), strings.NewReader(string(text))); err != nil {
		return 0, err
	}
	if err := addFileMember(w, databaseMember, copied); err != nil {
		return 0, err
	}
	if err := l.addArchive(ctx, w, copied); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	if err := f.Sync(); err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	return info.Size(), nil
}

// addArchive adds every file that the copy names, in the order of their hashes.
func (l *Ledger) addArchive(ctx context.Context, w *tar.Writer, copied string) error {
	db, err := connect(ctx, copied, "_query_only=1", 1)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it only read
	for after := ""; ; {
		var sha []string
		if err := db.SelectContext(ctx, &sha, `SELECT DISTINCT sha256 FROM files WHERE sha256 > ? ORDER BY sha256 LIMIT 512`, after); err != nil {
			return fmt.Errorf("backup: files: %w", err)
		}
		if len(sha) == 0 {
			return nil
		}
		for _, s := range sha {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := addFileMember(w, archiveMember+s, l.archive.Path(s)); err != nil {
				return err
			}
		}
		after = sha[len(sha)-1]
	}
}

func addFileMember(w *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return addMember(w, name, info.Size(), f)
}

func addMember(w *tar.Writer, name string, size int64, r io.Reader) error {
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: size, Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	if _, err := io.Copy(w, r); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	return nil
}

// checkBackup reads a backup that has just been written: every member must have
// the bytes that it should have, and none may be missing.
func checkBackup(ctx context.Context, path string, want Manifest) error {
	got, err := readBackup(ctx, path, func(_ string, r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if err == nil && got.Head != want.Head {
		err = &BackupError{path, "it does not hold what was written", "the disk cannot be trusted: write the backup to another one"}
	}
	return err
}

func digestFile(path string) (Stored, error) {
	f, err := os.Open(path)
	if err != nil {
		return Stored{}, fmt.Errorf("backup: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return Stored{}, fmt.Errorf("backup: %w", err)
	}
	return Stored{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}, nil
}
