package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// hashFolder is the name of a folder of the archive.
var hashFolder = regexp.MustCompile(`^[0-9a-f]{2}$`)

// archive reads every archived file again, and looks for files that are not the
// archive's.
func (v *verification) archive() error {
	var files []struct {
		ID     int64  `db:"id"`
		Name   string `db:"name"`
		SHA256 string `db:"sha256"`
		Size   int64  `db:"size"`
	}
	if err := v.db.SelectContext(v.ctx, &files, `SELECT id, name, sha256, size FROM files ORDER BY id`); err != nil {
		return fmt.Errorf("ledger: read files: %w", err)
	}
	named := make(map[string]bool, len(files))
	for _, f := range files {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		named[f.SHA256] = true
		what, err := v.l.archive.inspect(f.SHA256, f.Size)
		if err != nil {
			return fmt.Errorf("ledger: verify file %s: %w", plain(f.Name), err)
		}
		if what != "" {
			return &Break{Table: "files", Rows: []int64{f.ID}, File: f.Name, SHA256: f.SHA256, What: what}
		}
		v.done.Files++
	}
	return v.strays(named)
}

// inspect compares archived bytes with their name, and says what is wrong.
func (a *Archive) inspect(sha string, size int64) (string, error) {
	info, err := os.Lstat(a.Path(sha))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "the archived file is gone", nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return kindOf(info.Mode()) + " stands in the archived file's place", nil
	case info.Size() != size:
		return fmt.Sprintf("its bytes have been changed: there are %d of them, and were %d", info.Size(), size), nil
	}
	switch err := a.Check(sha); {
	case err == nil:
		return "", nil
	case errors.As(err, new(*fs.PathError)):
		return "", err // it cannot be read, which says nothing of its bytes
	default:
		return err.Error(), nil
	}
}

// kindOf is what is no regular file, in words.
func kindOf(m fs.FileMode) string {
	switch m.Type() {
	case fs.ModeDir:
		return "a folder"
	case fs.ModeSymlink:
		return "a link"
	case fs.ModeNamedPipe:
		return "a pipe"
	}
	return "something that is no file (" + m.Type().String() + ")"
}

// strays looks at what is in the archive beside the files that the books name.
func (v *verification) strays(named map[string]bool) error {
	a := v.l.archive
	err := filepath.WalkDir(a.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := v.ctx.Err(); err != nil {
			return err
		}
		place, err := filepath.Rel(a.dir, path)
		if err != nil {
			return err
		}
		name := e.Name()
		switch depth := strings.Count(place, string(filepath.Separator)); {
		case place == ".":
			return nil
		case place == "incoming" && e.IsDir():
			return fs.SkipDir // half files, which a crash may leave
		case depth == 0 && e.IsDir() && hashFolder.MatchString(name):
			return nil
		case depth == 1 && e.Type().IsRegular() && path == a.Path(name):
			return v.stray(name, named)
		}
		return &Break{What: fmt.Sprintf("archive: %s was added: it is not of the archive", plain(place))}
	})
	var b *Break
	if err != nil && !errors.As(err, &b) {
		return fmt.Errorf("ledger: verify the archive: %w", err)
	}
	slices.Sort(v.done.Unnamed)
	return err
}

// stray judges a file by its hash alone.
func (v *verification) stray(sha string, named map[string]bool) error {
	if named[sha] {
		return nil
	}
	if err := v.l.archive.Check(sha); err != nil {
		return &Break{SHA256: sha, What: fmt.Sprintf("archive: the file was added, or changed: no row of the books names it, and it is not what its name says: %v", err)}
	}
	v.done.Unnamed = append(v.done.Unnamed, sha)
	return nil
}
