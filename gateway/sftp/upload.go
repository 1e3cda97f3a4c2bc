package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"

	"github.com/pkg/sftp"
)

// Upload writes src, which must give exactly size bytes, to path: from byte 0,
// in the place of whatever file is there, in one attempt. Many writes are under
// way at once, so after an error the remote file may have holes or any length:
// start over from byte 0. Where the server doesn't open an existing file again,
// that file is removed first. When it returns nil the server has flushed the file
// (where it can) and says that it is a regular file of size bytes.
func (c *Conn) Upload(ctx context.Context, path string, src io.Reader, size int64) error {
	return c.do(ctx, "upload", path, func(w *watch) error {
		if err := checkPath(path); err != nil {
			return err
		}
		if size < 0 {
			return faultf(ReasonLocal, "the size to upload is negative (%d)", size)
		}
		f, err := c.create(path)
		if err != nil {
			return err
		}
		if err := c.send(ctx, w, f, src, size); err != nil {
			return c.explainFull(path, size, err)
		}
		return c.measure(path, size)
	})
}

// send writes src into an open file, from where that stands, and flushes and
// closes it.
func (c *Conn) send(ctx context.Context, w *watch, f *sftp.File, src io.Reader, size int64) error {
	w.expect(bytesOut, c.options.StallTimeout, "progress")
	source := &source{r: src, left: size}
	_, err := f.ReadFromWithConcurrency(source, c.depth())
	if source.failed != nil {
		err = source.failed
	}
	w.expect(answers, c.options.RequestTimeout, "answer")
	if err == nil {
		err = c.flush(ctx, f)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// create opens the file at path for writing, and empties it.
func (c *Conn) create(path string) (*sftp.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	f, err := c.client.OpenFile(path, flags)
	if err != nil && c.makeWay(path, err) {
		f, err = c.client.OpenFile(path, flags)
	}
	if err == nil && f == nil {
		err = noAnswer
	}
	return f, err
}

// makeWay removes the file in whose place another was refused. There are
// servers that never open a file again once it is there (ProFTPD, unless it is
// told AllowOverwrite), and what a broken attempt has left would stop all that
// come after it.
func (c *Conn) makeWay(path string, refused error) bool {
	if isLost(refused) || c.line.failure() != nil {
		return false
	}
	if reason, _ := classify(refused); reason != ReasonPermission && reason != ReasonExist && reason != ReasonRefused {
		return false
	}
	info, err := c.lstat(path)
	return err == nil && info.Mode().IsRegular() && c.client.Remove(path) == nil
}

// flush has the server write the file to its disk, where it offers that.
func (c *Conn) flush(ctx context.Context, f *sftp.File) error {
	if c.hello.extensions[extFsync] != "1" {
		return nil
	}
	err := f.Sync()
	if isUnsupported(err) {
		c.options.Log.WarnContext(ctx, "the server offers fsync and then can't do it", slog.String("path", f.Name()))
		return nil
	}
	return err
}

// measure compares the file at the server with what was sent.
func (c *Conn) measure(path string, size int64) error {
	info, err := c.lstat(path)
	if err != nil && isGone(err) {
		// ProFTPD does this to a file that is beyond a hard quota.
		return &fault{reason: ReasonRefused, err: withHint(errors.New("the server took all of it and then removed it"),
			"the user's quota at the bank is probably used up: ask the bank to make room, or what else removes files from this folder")}
	}
	if err != nil {
		return fmt.Errorf("after the upload: %w", err)
	}
	if !info.Mode().IsRegular() {
		return faultf(ReasonRefused, "after the upload it is not a regular file but %s", info.Mode())
	}
	if info.Size() != size {
		return faultf(ReasonSize, "the server has %d bytes of it, %d were sent", info.Size(), size)
	}
	return nil
}

// explainFull looks whether the disk is full when a server says only
// "failure", as OpenSSH does.
func (c *Conn) explainFull(file string, size int64, err error) error {
	if !isFailure(err) || c.hello.extensions[extStatVFS] != "2" {
		return err
	}
	disk, asked := c.client.StatVFS(path.Dir(file))
	if asked != nil || disk == nil {
		return err
	}
	free := disk.Frsize * disk.Bavail
	if free >= uint64(size) && free > 0 {
		return err
	}
	return &fault{reason: ReasonNoSpace, err: fmt.Errorf("%w: %d bytes are free: %w", ErrNoSpace, free, err)}
}

// source gives exactly the stated number of bytes, and remembers why not.
type source struct {
	r      io.Reader
	left   int64
	failed error
}

func (s *source) Read(p []byte) (int, error) {
	if s.failed != nil {
		return 0, s.failed
	}
	if s.left == 0 {
		var extra [1]byte
		switch n, err := io.ReadFull(s.r, extra[:]); {
		case n > 0:
			s.failed = faultf(ReasonLocal, "the source has more bytes than stated")
		case !errors.Is(err, io.EOF):
			s.failed = &fault{reason: ReasonLocal, err: fmt.Errorf("read the source: %w", err)}
		default:
			return 0, io.EOF
		}
		return 0, s.failed
	}
	if int64(len(p)) > s.left {
		p = p[:s.left]
	}
	n, err := s.r.Read(p)
	s.left -= int64(n)
	switch {
	case err == nil, errors.Is(err, io.EOF) && s.left == 0:
		return n, nil
	case errors.Is(err, io.EOF):
		s.failed = faultf(ReasonLocal, "the source ended %d bytes early: %w", s.left, io.ErrUnexpectedEOF)
	default:
		s.failed = &fault{reason: ReasonLocal, err: fmt.Errorf("read the source: %w", err)}
	}
	return n, s.failed
}
