package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/pkg/sftp"
)

// Download writes the file at path to dst, and gives the number of bytes that
// it wrote there. A file of more than limit bytes (which must be positive) is
// an error wrapping ErrTooLarge; a file whose size or time of change differs
// before and after, one that wraps ErrChanged. After any error what dst got is
// of no use.
func (c *Conn) Download(ctx context.Context, path string, dst io.Writer, limit int64) (int64, error) {
	var written int64
	err := c.do(ctx, "download", path, func(w *watch) error {
		if err := checkPath(path); err != nil {
			return err
		}
		if limit <= 0 {
			return faultf(ReasonLocal, "the limit of a download must be positive, not %d", limit)
		}
		f, err := c.client.OpenFile(path, os.O_RDONLY)
		if err != nil {
			return err
		}
		if f == nil {
			return noAnswer
		}
		written, err = c.fetch(w, f, dst, limit)
		w.expect(answers, c.options.RequestTimeout, "answer")
		if closed := f.Close(); err == nil {
			err = closed
		}
		return err
	})
	return written, err
}

// fetch reads an open file and makes sure that it stood still meanwhile.
func (c *Conn) fetch(w *watch, f *sftp.File, dst io.Writer, limit int64) (int64, error) {
	before, err := fstat(f)
	switch {
	case err != nil:
		return 0, err
	case before.IsDir():
		return 0, faultf(ReasonRefused, "it is a folder")
	case before.Size() > limit:
		return 0, faultf(ReasonTooLarge, "%w: %d bytes, the limit is %d", ErrTooLarge, before.Size(), limit)
	}
	w.expect(explicit, c.options.StallTimeout, "progress")
	written, err := c.copyChunks(w, f, dst, 0, before.Size())
	if err != nil {
		return written, err
	}
	w.expect(answers, c.options.RequestTimeout, "answer")
	if err := probeEnd(f, before.Size()); err != nil {
		return written, err
	}
	after, err := fstat(f)
	if err != nil {
		return written, err
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return written, faultf(ReasonChanged, "%w: %d bytes of %s before, %d bytes of %s after", ErrChanged,
			before.Size(), before.ModTime().UTC(), after.Size(), after.ModTime().UTC())
	}
	return written, nil
}

// fstat describes an open file.
func fstat(f *sftp.File) (fs.FileInfo, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return info, checkInfo(info)
}

// chunk is one piece of a file on its way.
type chunk struct {
	buf  []byte
	n    int
	err  error
	done chan struct{}
}

// copyChunks reads what lies between two offsets, several pieces at a time, and
// writes it in order. pkg/sftp's own concurrent WriteTo is not used: it takes a short
// answer, which the protocol allows, for a whole one, and leaves bytes out.
func (c *Conn) copyChunks(w *watch, f *sftp.File, dst io.Writer, from, to int64) (written int64, err error) {
	payload, size := int64(c.hello.payload), to-from
	var flying []*chunk // in the order of their offsets
	defer func() {      // those under way use f
		for _, piece := range flying {
			<-piece.done
		}
	}()
	var idle [][]byte
	for asked := from; written < size; {
		for len(flying) < c.depth() && asked < to {
			if len(idle) == 0 {
				idle = append(idle, make([]byte, min(payload, size)))
			}
			buf := idle[len(idle)-1]
			idle = idle[:len(idle)-1]
			piece := readChunk(w, f, buf[:min(payload, to-asked)], asked)
			flying = append(flying, piece)
			asked += int64(len(piece.buf))
		}
		piece := flying[0]
		<-piece.done
		flying = flying[1:]
		if piece.n < len(piece.buf) {
			return written, shortRead(piece, written, size)
		}
		n, err := dst.Write(piece.buf)
		written += int64(n)
		if err != nil {
			return written, &fault{reason: ReasonLocal, err: fmt.Errorf("write the destination: %w", err)}
		}
		idle = append(idle, piece.buf[:cap(piece.buf)])
	}
	return written, nil
}

// readChunk asks for the piece at offset, and asks on until it is whole.
func readChunk(w *watch, f *sftp.File, buf []byte, offset int64) *chunk {
	piece := &chunk{buf: buf, done: make(chan struct{})}
	go func() {
		defer close(piece.done)
		piece.n, piece.err = f.ReadAt(buf, offset)
		if piece.n > 0 { // in whichever order they come
			w.progress()
		}
	}()
	return piece
}

// shortRead explains a piece that is shorter than the file's size promised.
func shortRead(piece *chunk, written, size int64) error {
	switch {
	case piece.err == nil:
		return noAnswer
	case errors.Is(piece.err, io.EOF) && !isLost(piece.err):
		return faultf(ReasonChanged, "%w: it ends after %d of %d bytes", ErrChanged, written+int64(piece.n), size)
	default:
		return piece.err
	}
}

// probeEnd makes sure that nothing is behind the end.
func probeEnd(f *sftp.File, size int64) error {
	var extra [1]byte
	n, err := f.ReadAt(extra[:], size)
	switch {
	case n > 0:
		return faultf(ReasonChanged, "%w: there is more behind its %d bytes", ErrChanged, size)
	case err == nil:
		return noAnswer
	case errors.Is(err, io.EOF) && !isLost(err):
		return nil
	default:
		return err
	}
}
