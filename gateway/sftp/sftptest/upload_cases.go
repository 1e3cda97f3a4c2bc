package sftptest

import (
	"bytes"
	"io"
	"io/fs"
	"path/filepath"
	"testing/iotest"

	"bekal/gateway/sftp"
)

func testUploadTruncates(b *bench) {
	conn := b.dial()
	b.put("NAME.part", random(300_000))
	if err := b.upload(b.Context(), conn, "NAME.part", []byte("short")); err != nil {
		b.Fatal(err)
	}
	b.has("NAME.part", []byte("short"))
}

// testUploadOverKeptFile: where the server doesn't let a file be written to
// again, what an attempt has left must not be in the way of the next.
func testUploadOverKeptFile(b *bench) {
	conn := b.dial()
	for _, content := range [][]byte{random(300_000), []byte("short"), random(100_000)} {
		if err := b.upload(b.Context(), conn, "NAME.part", content); err != nil {
			b.Fatal(err)
		}
		b.has("NAME.part", content)
	}
	if err := conn.Rename(b.Context(), b.at("NAME.part"), b.at("NAME")); err != nil {
		b.Fatal(err)
	}
	// A folder is never made way.
	b.mkdir(filepath.Join(b.local, "folder"))
	if err := b.upload(b.Context(), conn, "folder", []byte("x")); err == nil || !b.exists("folder") {
		b.Errorf("upload onto a folder: %v, still there: %v", err, b.exists("folder"))
	}
}

// testUploadSource gives sources that are not what was stated; the connection
// stays of use.
func testUploadSource(b *bench) {
	conn := b.dial()
	content := random(100_000)
	for _, c := range []struct {
		what string
		src  io.Reader
	}{
		{"short", bytes.NewReader(content[:99_999])},
		{"long", bytes.NewReader(random(100_001))},
		{"broken", io.MultiReader(bytes.NewReader(content[:40_000]), iotest.ErrReader(fs.ErrInvalid))},
		{"broken at the end", io.MultiReader(bytes.NewReader(content), iotest.ErrReader(fs.ErrInvalid))},
	} {
		err := conn.Upload(b.Context(), b.at("file"), c.src, 100_000)
		if err == nil {
			b.Errorf("%s source: no error", c.what)
			continue
		}
		b.fails(err, false, sftp.ReasonLocal)
	}
	if err := conn.Upload(b.Context(), b.at("file"), iotest.OneByteReader(bytes.NewReader(content[:5000])), 5000); err != nil {
		b.Fatal(err)
	}
	b.has("file", content[:5000])
}
