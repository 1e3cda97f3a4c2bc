package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// halfWritten is the pattern of the folders in which backups are written; one
// that was killed leaves its own.
const halfWritten = ".bekal-backup-*"

// sweepBackups removes what killed backups have left in a folder a day ago or
// earlier: younger ones may still be written.
func (l *Ledger) sweepBackups(folder string) error {
	left, err := filepath.Glob(filepath.Join(folder, halfWritten))
	if err != nil {
		return nil //nolint:nilerr // a folder whose name is a pattern is not swept
	}
	for _, path := range left {
		info, err := os.Lstat(path)
		if err == nil && info.IsDir() && info.ModTime().Before(l.now().Add(-24*time.Hour)) {
			err = os.RemoveAll(path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("backup: %w", err)
		}
	}
	return nil
}

// fullDisk says plainly that there is no room.
func fullDisk(path string, err error) error {
	if NoSpace(err) {
		return &BackupError{path, "there is no room for it: " + err.Error(), "make room, or name a file on another disk: for a while a backup takes the room of the database and of all archived files, and that of the database once more"}
	}
	return err
}

// within says whether a path leads into a folder, or a folder below it.
func within(folder, path string) (bool, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return false, fmt.Errorf("backup: %w", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return false, fmt.Errorf("backup: %w", err)
	}
	return strings.HasPrefix(path, folder+string(filepath.Separator)), nil
}
