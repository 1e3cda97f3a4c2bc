package sftp

import (
	"context"
	"io"
	"os"

	"github.com/pkg/sftp"
)

// The pieces of files that lie far out are carried in the ways of Upload and
// Download, but without all that lies before them.

// Piece writes what of a file lies between two offsets to dst, and makes sure
// that end is the file's end.
func (c *Conn) Piece(ctx context.Context, path string, dst io.Writer, from, to, end int64) error {
	return c.do(ctx, "piece", path, func(w *watch) error {
		f, err := c.client.OpenFile(path, os.O_RDONLY)
		if err != nil {
			return err
		}
		if _, err := c.copyChunks(w, f, dst, from, to); err != nil {
			return err
		}
		if err := probeEnd(f, end); err != nil {
			return err
		}
		return f.Close()
	})
}

// Put writes size bytes of src into a file that is there, from an offset on, and
// measures it.
func (c *Conn) Put(ctx context.Context, path string, offset int64, src io.Reader, size int64) error {
	return c.do(ctx, "put", path, func(w *watch) error {
		f, err := c.open(path, offset)
		if err != nil {
			return err
		}
		if err := c.send(ctx, w, f, src, size); err != nil {
			return err
		}
		return c.measure(path, offset+size)
	})
}

func (c *Conn) open(path string, offset int64) (*sftp.File, error) {
	f, err := c.client.OpenFile(path, os.O_WRONLY)
	if err != nil {
		return nil, err
	}
	_, err = f.Seek(offset, io.SeekStart)
	return f, err
}

// Stated is what Upload reads of a source whose size was stated.
func Stated(r io.Reader, size int64) io.Reader { return &source{r: r, left: size} }
