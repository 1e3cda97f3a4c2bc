package ledger

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3" // the database driver
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Options are what a ledger needs from outside.
type Options struct {
	Path    string           // the SQLite file
	Archive string           // folder of the archive
	Now     func() time.Time // the clock; nil is time.Now
	Fail    FailPoint        // nil but in simulations
}

// Ledger is an open set of books. It may be used by several goroutines; writes
// follow one another.
type Ledger struct {
	writer  *sqlx.DB // one connection: SQLite has one writer
	reader  *sqlx.DB // cannot write
	archive *Archive
	now     func() time.Time
	fail    FailPoint
	columns map[string][]string // of every table of the chain, without id
}

// Actor is who does something: the person who decides, the operating-system
// user beside it, and the night in whose course it happens.
type Actor struct {
	User   string
	OSUser string
	Night  string // id of the night, empty outside one
}

// Sentinel errors of the ledger.
var (
	ErrNoLedger   = errors.New("there is no ledger")
	ErrEmpty      = errors.New("the file holds no books")
	ErrExists     = errors.New("exists already")
	ErrNotFound   = errors.New("not found")
	ErrSamePerson = errors.New("who imported cannot approve")
	ErrDecided    = errors.New("is decided already")
	// ErrEarlierLedger says that an empty ledger would not know what has been paid.
	ErrEarlierLedger = errors.New("it holds files of an earlier ledger")
)

// Create makes an empty ledger. It never touches one that exists, and is not made
// beside what is left of another: it would pay again what that one has paid.
func Create(ctx context.Context, o Options) (*Ledger, error) {
	if _, err := os.Lstat(o.Path); err == nil {
		return nil, fmt.Errorf("ledger %s: %w", o.Path, ErrExists)
	}
	earlier := (&Archive{dir: o.Archive}).Each(func(string) error { return ErrEarlierLedger })
	if earlier != nil && !errors.Is(earlier, fs.ErrNotExist) {
		return nil, fmt.Errorf("archive %s: %w", o.Archive, earlier)
	}
	f, err := os.OpenFile(o.Path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if err := syncDir(filepath.Dir(o.Path)); err != nil {
		return nil, err
	}
	l, err := open(ctx, o, true)
	if err != nil {
		return nil, err
	}
	err = l.write(ctx, Actor{User: "bekal", OSUser: "bekal"}, "ledger created", func(t *tx) error {
		_, err := t.add("generations", "01", "ledger created", t.at)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Open opens the ledger at o.Path and brings its tables up to date. A file
// without any is no ledger, and stays as it is.
func Open(ctx context.Context, o Options) (*Ledger, error) { return open(ctx, o, false) }

func open(ctx context.Context, o Options, create bool) (*Ledger, error) {
	switch info, err := os.Stat(o.Path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("ledger %s: %w", o.Path, ErrNoLedger)
	case err == nil && !create && info.Mode().IsRegular() && info.Size() == 0:
		// SQLite would begin to fill it at once.
		return nil, fmt.Errorf("ledger %s: %w", o.Path, ErrEmpty)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	archive, err := OpenArchive(o.Archive)
	if err != nil {
		return nil, err
	}
	archive.fail = o.Fail
	l := &Ledger{archive: archive, now: o.Now, fail: o.Fail}
	if l.writer, err = connect(ctx, o.Path, "_txlock=immediate&_journal_mode=WAL&_synchronous=FULL", 1); err != nil {
		return nil, err
	}
	if !create {
		if err := holdsBooks(ctx, l.writer); err != nil {
			return nil, errors.Join(fmt.Errorf("ledger %s: %w", o.Path, err), l.writer.Close())
		}
	}
	if err := migrate(ctx, l.writer); err != nil {
		if broken := spoilt(ctx, l.writer); broken != nil {
			err = broken
		}
		return nil, errors.Join(err, l.writer.Close())
	}
	if l.reader, err = connect(ctx, o.Path, "_query_only=1", 4); err != nil {
		return nil, errors.Join(err, l.writer.Close())
	}
	if l.columns, err = chainedColumns(ctx, l.reader); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// holdsBooks is an error for a database in which nothing is.
func holdsBooks(ctx context.Context, db *sqlx.DB) error {
	var things int
	if err := db.GetContext(ctx, &things, `SELECT count(*) FROM sqlite_schema`); err != nil {
		return err
	}
	if things == 0 {
		return ErrEmpty
	}
	return nil
}

func connect(ctx context.Context, path, options string, connections int) (*sqlx.DB, error) {
	// The cache is bounded: what a night reads and writes streams past it.
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_foreign_keys=1&_busy_timeout=30000&_cache_size=-16384&" + options
	db, err := sqlx.Open("sqlite3", dsn)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("ledger %s: %w", path, err), db.Close())
	}
	return db, nil
}

func migrate(ctx context.Context, db *sqlx.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db.DB, dir)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("ledger: bring the tables up to date: %w", err)
	}
	return nil
}

// chainedColumns reads the columns of every table that the chain covers from
// the schema itself, so that they stand in one place only.
func chainedColumns(ctx context.Context, db *sqlx.DB) (map[string][]string, error) {
	var rows []struct{ Name, Column string }
	err := db.SelectContext(ctx, &rows, `SELECT m.name AS name, c.name AS "column" FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%' AND m.name <> 'chain' AND c.name <> 'id'
		ORDER BY m.name, c.cid`)
	if err != nil {
		return nil, fmt.Errorf("ledger: read the tables: %w", err)
	}
	columns := make(map[string][]string)
	for _, r := range rows {
		columns[r.Name] = append(columns[r.Name], r.Column)
	}
	return columns, nil
}

// Archive is where the ledger's files are kept.
func (l *Ledger) Archive() *Archive { return l.archive }

// Close closes the ledger.
func (l *Ledger) Close() error {
	var errs []error
	for _, db := range []*sqlx.DB{l.reader, l.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
