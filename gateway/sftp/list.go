package sftp

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/pkg/sftp"
)

// listingPatience is how many times the RequestTimeout a listing may take. Each
// answer of a server may come in time, and there be no end of them.
const listingPatience = 20

// typeBits are the bits of a file's mode that say what kind of file it is.
const typeBits = 0o170000

// List describes the regular files of a folder, sorted by name. Folders,
// symbolic links and the like are left out. A name that is no plain name ("/"
// or NUL in it) is left out and logged; any other name, line breaks included,
// is given as it is. A listing of more than 100,000 entries, or one that never
// ends, is an error with ReasonTooLarge; one that takes 20 times the RequestTimeout ends
// with ReasonTimeout.
func (c *Conn) List(ctx context.Context, dir string) ([]fs.FileInfo, error) {
	var files []fs.FileInfo
	err := c.do(ctx, "list", dir, func(w *watch) error {
		if err := checkPath(dir); err != nil {
			return err
		}
		limit := listingPatience * c.options.RequestTimeout
		late := c.options.AfterFunc(limit, func() {
			w.end(fmt.Errorf("no end of the listing for %s: %w", limit, os.ErrDeadlineExceeded))
		})
		defer late.Stop()
		ctx, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		sent := c.wire.record(stop)
		entries, err := c.client.ReadDirContext(ctx, dir)
		c.wire.recorded()
		switch {
		case sent.failed != nil:
			return listingFault(sent.failed)
		case err != nil:
			return err
		case len(entries) != len(sent.names):
			return faultf(ReasonProtocol, "the listing has %d entries and %d names", len(entries), len(sent.names))
		}
		files, err = c.regular(ctx, dir, entries, sent.names)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	return slices.CompactFunc(files, func(a, b fs.FileInfo) bool { return a.Name() == b.Name() }), nil
}

// regular keeps the regular files whose name, as it was sent, is a plain one.
func (c *Conn) regular(ctx context.Context, dir string, entries []fs.FileInfo, sent []string) ([]fs.FileInfo, error) {
	var files []fs.FileInfo
	for i, entry := range entries {
		name := sent[i]
		if name == "" || strings.ContainsAny(name, "/\x00") || entry.Name() != name {
			c.options.Log.WarnContext(ctx, "left out of a listing: not a plain file name",
				slog.String("folder", dir), slog.String("name", name))
			continue
		}
		if err := checkInfo(entry); err != nil {
			return nil, err
		}
		if stat, _ := entry.Sys().(*sftp.FileStat); stat.Mode&typeBits == 0 {
			// This server doesn't say in listings what is a file. Ask.
			info, err := c.lstat(strings.TrimSuffix(dir, "/") + "/" + name)
			if isGone(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			entry = info
		}
		if entry.Mode().IsRegular() {
			files = append(files, entry)
		}
	}
	return files, nil
}
