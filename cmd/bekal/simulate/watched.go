package simulate

import (
	"context"
	"io"
	"io/fs"

	"bekal/gateway"
)

// watched is a connection with a fail point before and after each request.
type watched struct {
	gateway.Transport
	p *program
}

func (w *watched) around(what string, do func() error) error {
	if err := w.p.fail(what); err != nil {
		return err
	}
	err := do()
	if failed := w.p.fail(what + ": done"); failed != nil {
		return failed
	}
	return err
}

// List implements gateway.Transport.
func (w *watched) List(ctx context.Context, dir string) (files []fs.FileInfo, err error) {
	err = w.around("list", func() error { files, err = w.Transport.List(ctx, dir); return err })
	return files, err
}

// Stat implements gateway.Transport.
func (w *watched) Stat(ctx context.Context, path string) (info fs.FileInfo, err error) {
	err = w.around("stat", func() error { info, err = w.Transport.Stat(ctx, path); return err })
	return info, err
}

// Download implements gateway.Transport.
func (w *watched) Download(ctx context.Context, path string, dst io.Writer, limit int64) (n int64, err error) {
	err = w.around("download", func() error { n, err = w.Transport.Download(ctx, path, dst, limit); return err })
	return n, err
}

// Upload implements gateway.Transport.
func (w *watched) Upload(ctx context.Context, path string, src io.Reader, size int64) error {
	return w.around("upload", func() error { return w.Transport.Upload(ctx, path, src, size) })
}

// Rename implements gateway.Transport.
func (w *watched) Rename(ctx context.Context, from, to string) error {
	return w.around("rename", func() error { return w.Transport.Rename(ctx, from, to) })
}

// Remove implements gateway.Transport.
func (w *watched) Remove(ctx context.Context, path string) error {
	return w.around("remove", func() error { return w.Transport.Remove(ctx, path) })
}
