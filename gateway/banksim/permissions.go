package banksim

import (
	"errors"
	"io/fs"
	"os"
	"path"

	"github.com/pkg/sftp"
)

// Permission bits of the owner. The server heeds them itself, since the
// operating system lets a bank that runs as root do everything.
const (
	mayRead  = 0o400
	mayWrite = 0o200
)

// allowed says whether a name that exists has the owner's permission bits. What
// does not exist is for the operation itself to report.
func (t *tree) allowed(name string, bits fs.FileMode) error {
	info, err := t.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&bits != bits:
		return sftp.ErrSSHFxPermissionDenied
	}
	return nil
}

// changeable says whether names may be made and removed beside name.
func (t *tree) changeable(name string) error { return t.allowed(path.Dir(name), mayWrite) }

// openable says whether a file may be opened with these flags.
func (t *tree) openable(name string, flags int) error {
	bits := fs.FileMode(mayRead)
	switch flags & (os.O_WRONLY | os.O_RDWR) {
	case os.O_WRONLY:
		bits = mayWrite
	case os.O_RDWR:
		bits |= mayWrite
	}
	if flags&os.O_CREATE != 0 {
		if _, err := t.root.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return t.changeable(name)
		}
	}
	return t.allowed(name, bits)
}
