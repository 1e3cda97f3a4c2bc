package sftptest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bekal/gateway/sftp"
)

func testDownloadLimit(b *bench) {
	conn := b.dial()
	b.put("file", random(1000))
	if n, err := conn.Download(b.Context(), b.at("file"), io.Discard, 1000); err != nil || n != 1000 {
		b.Errorf("at the limit: %d, %v", n, err)
	}
	var got bytes.Buffer
	_, err := conn.Download(b.Context(), b.at("file"), &got, 999)
	if b.fails(err, false, sftp.ReasonTooLarge); !errors.Is(err, sftp.ErrTooLarge) || got.Len() > 999 {
		b.Errorf("beyond the limit: %d bytes written, %v", got.Len(), err)
	}
	_, err = conn.Download(b.Context(), b.at("file"), io.Discard, 0)
	b.fails(err, false, sftp.ReasonLocal)
}

// hooked calls a function before its first write.
type hooked struct {
	io.Writer
	first func()
}

func (h *hooked) Write(p []byte) (int, error) {
	if h.first != nil {
		h.first()
		h.first = nil
	}
	return h.Writer.Write(p)
}

// full takes a few bytes and then no more.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return f.left, fmt.Errorf("the local disk: %w", fs.ErrInvalid)
	}
	f.left -= len(p)
	return len(p), nil
}

func testDownloadDestination(b *bench) {
	conn := b.dial()
	b.put("file", random(3<<20))
	_, err := conn.Download(b.Context(), b.at("file"), &full{left: 1 << 20}, limit)
	if b.fails(err, false, sftp.ReasonLocal); !errors.Is(err, fs.ErrInvalid) {
		b.Errorf("error is %v", err)
	}
	if _, err := conn.Stat(b.Context(), b.at("file")); err != nil {
		b.Errorf("the connection is of no more use: %v", err)
	}
}

// testDownloadGrowing appends to a file while it is downloaded.
func testDownloadGrowing(b *bench) {
	conn := b.dial()
	for _, size := range []int{100, 700_000} {
		b.put("file", random(size))
		var got bytes.Buffer
		_, err := conn.Download(b.Context(), b.at("file"), &hooked{&got, func() {
			f, err := os.OpenFile(filepath.Join(b.local, "file"), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				b.Error(err)
				return
			}
			_, err = f.WriteString("more")
			if err := errors.Join(err, f.Close()); err != nil {
				b.Error(err)
			}
		}}, limit)
		if b.fails(err, true, sftp.ReasonChanged); !errors.Is(err, sftp.ErrChanged) {
			b.Errorf("%d bytes: error is %v", size, err)
		}
	}
}

func testDownloadShrinking(b *bench) {
	conn := b.dial()
	b.put("file", random(12<<20)) // more than is asked for in advance
	_, err := conn.Download(b.Context(), b.at("file"), &hooked{io.Discard, func() {
		if err := os.Truncate(filepath.Join(b.local, "file"), 1000); err != nil {
			b.Error(err)
		}
	}}, limit)
	if b.fails(err, true, sftp.ReasonChanged); !errors.Is(err, sftp.ErrChanged) {
		b.Errorf("error is %v", err)
	}
}

// testDownloadRewritten writes other bytes in the place of those that are
// downloaded: the size is the same, and what was fetched is half of each.
func testDownloadRewritten(b *bench) {
	conn := b.dial()
	const size = 3 << 20
	b.put("file", random(size))
	_, err := conn.Download(b.Context(), b.at("file"), &hooked{io.Discard, func() {
		path := filepath.Join(b.local, "file")
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			b.Error(err)
			return
		}
		_, err = f.WriteAt([]byte("other"), size-5)
		later := time.Now().Add(5 * time.Second) // SFTP tells times in seconds
		if err := errors.Join(err, f.Close(), os.Chtimes(path, later, later)); err != nil {
			b.Error(err)
		}
	}}, limit)
	if b.fails(err, true, sftp.ReasonChanged); !errors.Is(err, sftp.ErrChanged) {
		b.Errorf("error is %v", err)
	}
}
