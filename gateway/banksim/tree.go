package banksim

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/pkg/sftp"
)

// private is the folder below Root that holds the bank's own memory. The
// server never shows it.
const private = ".bank"

const (
	filePerm   = 0o600
	folderPerm = 0o700
)

// hidden says whether a path below Root belongs to the bank alone.
func hidden(rel string) bool {
	first, _, _ := strings.Cut(rel, "/")
	return first == private
}

// tree is the remote file tree as one client sees it. It cannot leave Root:
// every access goes through os.Root.
type tree struct {
	session *session
	root    *os.Root
}

// rel turns a remote path into one below Root.
func rel(remote string) (string, error) {
	r := strings.TrimPrefix(path.Clean("/"+remote), "/")
	if r == "" {
		r = "."
	}
	if hidden(r) {
		return "", &fs.PathError{Op: "open", Path: remote, Err: syscall.ENOENT}
	}
	return r, nil
}

// Fileread opens a file for reading.
func (t *tree) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	return t.open(OpOpen, r.Filepath, os.O_RDONLY)
}

// Filewrite opens a file for writing.
func (t *tree) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	return t.open(OpCreate, r.Filepath, openFlags(r)|os.O_WRONLY)
}

// OpenFile opens a file for reading and writing.
func (t *tree) OpenFile(r *sftp.Request) (sftp.WriterAtReaderAt, error) {
	return t.open(OpCreate, r.Filepath, openFlags(r)|os.O_RDWR)
}

// openFlags leaves O_APPEND out: writes carry their offsets.
func openFlags(r *sftp.Request) int {
	asked, flags := r.Pflags(), 0
	if asked.Creat {
		flags |= os.O_CREATE
	}
	if asked.Trunc {
		flags |= os.O_TRUNC
	}
	if asked.Excl {
		flags |= os.O_EXCL
	}
	return flags
}

func (t *tree) open(op Op, remote string, flags int) (*handle, error) {
	name, err := rel(remote)
	if err != nil {
		return nil, err
	}
	h := &handle{session: t.session, remote: remote, written: op == OpCreate}
	err = t.session.around(op, remote, func() error {
		if err := t.openable(name, flags); err != nil {
			return err
		}
		f, err := t.root.OpenFile(name, flags, filePerm)
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err == nil && !info.Mode().IsRegular() {
			err = &fs.PathError{Op: "open", Path: remote, Err: syscall.EISDIR}
		}
		if err != nil {
			return errors.Join(err, f.Close())
		}
		h.file = f
		return nil
	})
	if err != nil {
		if h.file != nil {
			err = errors.Join(err, h.file.Close())
		}
		return nil, err
	}
	return h, nil
}

// Filecmd carries out what changes names and attributes.
func (t *tree) Filecmd(r *sftp.Request) error {
	name, err := rel(r.Filepath)
	if err != nil {
		return err
	}
	switch r.Method {
	case "Setstat":
		return t.session.around(OpSetstat, r.Filepath, func() error { return t.setstat(name, r) })
	case "Rename":
		return t.rename(r, false)
	case "Remove", "Rmdir":
		return t.session.around(OpRemove, r.Filepath, func() error { return t.remove(name, r) })
	case "Mkdir":
		return t.session.around(OpMkdir, r.Filepath, func() error {
			if err := t.changeable(name); err != nil {
				return err
			}
			return t.root.Mkdir(name, folderPerm)
		})
	default:
		return sftp.ErrSSHFxOpUnsupported
	}
}

// PosixRename renames and overwrites, as OpenSSH does.
func (t *tree) PosixRename(r *sftp.Request) error {
	if t.session.bank.o.Wire.NoPosixRename {
		return sftp.ErrSSHFxOpUnsupported
	}
	return t.rename(r, true)
}

// rename fails where the target exists, unless overwrite is set. The bank's
// lock on names makes the check and the rename one step.
func (t *tree) rename(r *sftp.Request, overwrite bool) error {
	from, err := rel(r.Filepath)
	if err != nil {
		return err
	}
	to, err := rel(r.Target)
	if err != nil {
		return sftp.ErrSSHFxPermissionDenied
	}
	b := t.session.bank
	return t.session.around(OpRename, r.Filepath, func() error {
		b.names.Lock()
		defer b.names.Unlock()
		for _, name := range [...]string{from, to} {
			if err := t.changeable(name); err != nil {
				return err
			}
		}
		if !overwrite {
			switch _, err := t.root.Lstat(to); {
			case err == nil:
				return &fs.PathError{Op: "rename", Path: r.Target, Err: syscall.EEXIST}
			case !errors.Is(err, fs.ErrNotExist):
				return err
			}
		}
		if err := t.root.Rename(from, to); err != nil {
			return err
		}
		return b.arrived(r.Target)
	})
}

func (t *tree) remove(name string, r *sftp.Request) error {
	info, err := t.root.Lstat(name)
	if err != nil {
		return err
	}
	if info.IsDir() != (r.Method == "Rmdir") {
		wrong := syscall.EISDIR
		if r.Method == "Rmdir" {
			wrong = syscall.ENOTDIR
		}
		return &fs.PathError{Op: "remove", Path: r.Filepath, Err: wrong}
	}
	if err := t.changeable(name); err != nil {
		return err
	}
	return t.root.Remove(name)
}

func (t *tree) setstat(name string, r *sftp.Request) error {
	given, want := r.AttrFlags(), r.Attributes()
	if given.UidGid {
		return sftp.ErrSSHFxPermissionDenied
	}
	if given.Size {
		f, err := t.root.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Truncate(int64(want.Size)), f.Close()); err != nil {
			return err
		}
	}
	if given.Permissions {
		if err := t.root.Chmod(name, want.FileMode().Perm()); err != nil {
			return err
		}
	}
	if given.Acmodtime {
		return t.root.Chtimes(name, want.AccessTime(), want.ModTime())
	}
	return nil
}

// Filelist answers listings and stats.
func (t *tree) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	return t.look(r, t.root.Stat)
}

// Lstat is Filelist for a name that is not followed.
func (t *tree) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	return t.look(r, t.root.Lstat)
}

func (t *tree) look(r *sftp.Request, stat func(string) (fs.FileInfo, error)) (sftp.ListerAt, error) {
	name, err := rel(r.Filepath)
	if err != nil {
		return nil, err
	}
	var found listing
	switch r.Method {
	case "List":
		err = t.session.around(OpList, r.Filepath, func() (err error) {
			found, err = t.list(name)
			return err
		})
	case "Stat", "Lstat":
		err = t.session.around(OpStat, r.Filepath, func() error {
			info, err := stat(name)
			found = listing{info}
			return err
		})
	default:
		err = sftp.ErrSSHFxOpUnsupported
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (t *tree) list(name string) (_ listing, err error) {
	dir, err := t.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer closeInto(&err, dir)
	found, err := dir.Readdir(-1)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(i fs.FileInfo) bool { return name == "." && hidden(i.Name()) })
	slices.SortFunc(found, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	return found, nil
}

// listing hands out file infos in portions.
type listing []fs.FileInfo

// ListAt copies the entries from offset on.
func (l listing) ListAt(into []os.FileInfo, offset int64) (int, error) {
	if offset >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(into, l[offset:])
	if n < len(into) {
		return n, io.EOF
	}
	return n, nil
}
