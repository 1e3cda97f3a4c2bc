package sftp

import (
	"context"
	"os"
)

// Piece reads n bytes of a file from an offset on, and makes sure that end is
// its end, in the ways that Download does; so that far offsets can be tried
// without carrying all that lies before them.
func (c *Conn) Piece(ctx context.Context, path string, offset int64, n int, end int64) ([]byte, error) {
	var got []byte
	err := c.do(ctx, "piece", path, func(w *watch) error {
		f, err := c.client.OpenFile(path, os.O_RDONLY)
		if err != nil {
			return err
		}
		piece := readChunk(w, f, make([]byte, n), offset)
		<-piece.done
		if err := piece.err; err != nil {
			return err
		}
		got = piece.buf[:piece.n]
		if err := probeEnd(f, end); err != nil {
			return err
		}
		return f.Close()
	})
	return got, err
}
