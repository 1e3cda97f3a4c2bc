package credentials

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// maxSize is far above any key, and far below a wrong file.
const maxSize = 64 << 10

// secretFile is a file that was read, whose privacy is not checked yet.
type secretFile struct {
	path string
	data []byte
	info fs.FileInfo
}

// read reads a file. Its permissions are judged afterwards, by private: a
// public key given by mistake is readable by all, and rightly so.
func read(path, noun string) (*secretFile, error) {
	if path == "" {
		return nil, &Error{noun, fs.ErrNotExist, "name the file in bekal.yaml"}
	}
	// Not blocking, lest a named pipe in place of the file hang the night.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint := "put the file there, or correct its path in bekal.yaml; a relative path begins at the folder of bekal.yaml"
		if noun == "identity" {
			hint = "`bekal bank keygen` makes it; where there is one already, " + hint
		}
		return nil, &Error{path, fmt.Errorf("%s: %w", noun, fs.ErrNotExist), hint}
	case errors.Is(err, fs.ErrPermission):
		return nil, &Error{path, fmt.Errorf("%s: %w", noun, fs.ErrPermission), fmt.Sprintf("make the user that runs bekal (uid %d) the owner of the file", os.Geteuid())}
	case err != nil:
		return nil, &Error{path, fmt.Errorf("%s: %w", noun, err), ""}
	}
	s := &secretFile{path: path}
	s.info, err = f.Stat()
	if err == nil && !s.info.Mode().IsRegular() {
		err = errors.New("is not a plain file")
	}
	if err == nil {
		s.data, err = io.ReadAll(io.LimitReader(f, maxSize+1))
	}
	err = errors.Join(err, f.Close())
	if err == nil && len(s.data) > maxSize {
		err = fmt.Errorf("is larger than %d KiB", maxSize>>10)
	}
	if err != nil {
		return nil, &Error{path, fmt.Errorf("%s: %w", noun, err), ""}
	}
	return s, nil
}

// private refuses a file that anybody but its owner can read or change, or
// whose owner is somebody else.
func (s *secretFile) private() error {
	if mode := s.info.Mode().Perm(); mode&0o077 != 0 {
		return refuse(s.path, fmt.Sprintf("others can read or change it (mode %04o)", mode), "chmod 600 "+s.path)
	}
	if st, ok := s.info.Sys().(*syscall.Stat_t); ok && foreign(int(st.Uid), os.Geteuid()) {
		return refuse(s.path, fmt.Sprintf("belongs to another user (uid %d)", st.Uid), fmt.Sprintf("chown %d %s", os.Geteuid(), s.path))
	}
	return nil
}

// foreign reports whether a file's owner is somebody else. Root may read what
// it likes; what root put in place is trusted.
func foreign(owner, user int) bool { return owner != user && owner != 0 && user != 0 }
