package gateway

import (
	"context"
	"errors"
	"io"
	"io/fs"
)

// Transport is a connection to a bank's folders. Its errors may say more of
// themselves: see temporary and
// changed.
type Transport interface {
	// List returns the regular files of a folder.
	List(ctx context.Context, dir string) ([]fs.FileInfo, error)
	// Stat wraps fs.ErrNotExist when there is no such file.
	Stat(ctx context.Context, path string) (fs.FileInfo, error)
	// Upload writes the file from byte 0 on and returns nil only when the
	// server holds exactly size bytes.
	Upload(ctx context.Context, path string, src io.Reader, size int64) error
	// Download reads a file of at most limit bytes.
	Download(ctx context.Context, path string, dst io.Writer, limit int64) (int64, error)
	// Rename never overwrites: it wraps fs.ErrExist when to is there. After
	// any other error it may or may not have happened.
	Rename(ctx context.Context, from, to string) error
	Remove(ctx context.Context, path string) error
	Close() error
}

// changed says whether a file changed while it was read: it is still being made.
func changed(err error) bool {
	var c interface{ Changed() bool }
	return errors.As(err, &c) && c.Changed()
}

// temporary says whether it is worth trying again soon. An error that does not
// say so of itself is permanent.
func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}
