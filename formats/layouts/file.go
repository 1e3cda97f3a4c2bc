package layouts

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"bekal/formats"
)

// fileError is a file that is no layout's, whatever is in it.
type fileError struct{ path, what string }

func (e *fileError) Error() string { return e.path + " " + e.what }

// Hint says what to do.
func (e *fileError) Hint() string { return "Name the file of a layout." }

// ReadFile reads the file of a layout, as it is written.
func ReadFile(path string) ([]byte, error) {
	// Not blocking: nobody might ever write into a pipe of that name.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("read layout: %w", err)
	}
	src, err := readFile(f, path)
	return src, errors.Join(err, f.Close())
}

func readFile(f *os.File, path string) ([]byte, error) {
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fileError{path, "is no regular file"}
	}
	if err != nil {
		return nil, err
	}
	src, err := io.ReadAll(io.LimitReader(f, formats.MaxLayoutSize+1))
	if err == nil && len(src) > formats.MaxLayoutSize {
		err = &fileError{path, fmt.Sprintf("is larger than %d KiB", formats.MaxLayoutSize>>10)}
	}
	return src, err
}
