package sftptest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"bekal/gateway/sftp"
)

// testBare is what must go well without an extension that isn't there.
func testBare(b *bench) {
	b.also("Greeting", testGreeting)
	b.also("RoundTrip", testRoundTrip)
	b.also("Rename", testRename)
	b.also("RenameNeverOverwrites", testRenameNeverOverwrites)
	b.also("Missing", testMissing)
}

func testMissing(b *bench) {
	conn := b.dial()
	ctx := b.Context()
	_, listErr := conn.List(ctx, b.at("none"))
	_, statErr := conn.Stat(ctx, b.at("none"))
	_, downloadErr := conn.Download(ctx, b.at("none"), io.Discard, limit)
	for _, c := range []struct {
		what string
		err  error
	}{
		{"list", listErr},
		{"stat", statErr},
		{"download", downloadErr},
		{"upload", b.upload(ctx, conn, "none/file", []byte("x"))},
		{"rename", conn.Rename(ctx, b.at("none"), b.at("other"))},
		{"remove", conn.Remove(ctx, b.at("none"))},
	} {
		if c.err == nil {
			b.Errorf("%s: no error", c.what)
			continue
		}
		if e := b.fails(c.err, false, sftp.ReasonNotExist); !errors.Is(c.err, fs.ErrNotExist) || e.Undecided() {
			b.Errorf("%s: %v, want fs.ErrNotExist", c.what, c.err)
		}
	}
}

func testStat(b *bench) {
	conn := b.dial()
	b.put("file", make([]byte, 4711))
	info, err := conn.Stat(b.Context(), b.at("file"))
	if err != nil {
		b.Fatal(err)
	}
	if info.Size() != 4711 || !info.Mode().IsRegular() || info.Name() != "file" {
		b.Errorf("%s: size %d, mode %s", info.Name(), info.Size(), info.Mode())
	}
	info, err = conn.Stat(b.Context(), b.remote)
	if err != nil || !info.IsDir() {
		b.Errorf("folder: %v, %v", info, err)
	}
}

// testEmptyFile: nothing in it is no reason to treat it otherwise.
func testEmptyFile(b *bench) {
	conn := b.dial()
	if err := b.upload(b.Context(), conn, "NAME.part", nil); err != nil {
		b.Fatal(err)
	}
	b.has("NAME.part", nil)
	if err := conn.Rename(b.Context(), b.at("NAME.part"), b.at("NAME")); err != nil {
		b.Fatal(err)
	}
	files, err := conn.List(b.Context(), b.remote)
	if err != nil || len(files) != 1 || files[0].Name() != "NAME" || files[0].Size() != 0 {
		b.Errorf("listed: %v, %v", files, err)
	}
	var got bytes.Buffer
	if n, err := conn.Download(b.Context(), b.at("NAME"), &got, 1); err != nil || n != 0 || got.Len() != 0 {
		b.Errorf("downloaded %d bytes: %q, %v", n, got.Bytes(), err)
	}
	err = conn.Rename(b.Context(), b.at("NAME"), b.at("NAME"))
	if b.fails(err, false, sftp.ReasonExist); !b.exists("NAME") {
		b.Error("renamed away")
	}
}

// testLargeSizes: files beyond 2 and 4 GiB, of holes, whose sizes are told right
// and which are refused before anything is carried.
func testLargeSizes(b *bench) {
	conn := b.dial()
	for name, size := range map[string]int64{"beyond-31-bits": 1<<31 + 17, "beyond-32-bits": 1<<32 + 17, "whole-32-bits": 1 << 32} {
		b.put(name, nil)
		if err := os.Truncate(filepath.Join(b.local, name), size); err != nil {
			b.Fatal(err)
		}
		info, err := conn.Stat(b.Context(), b.at(name))
		if err != nil || info.Size() != size {
			b.Errorf("stat: %v, %v, want size %d", info, err, size)
		}
		files, err := conn.List(b.Context(), b.remote)
		if err != nil || !slices.ContainsFunc(files, func(f fs.FileInfo) bool { return f.Name() == name && f.Size() == size }) {
			b.Errorf("%s is not listed with size %d: %v, %v", name, size, files, err)
		}
		n, err := conn.Download(b.Context(), b.at(name), io.Discard, size-1)
		if b.fails(err, false, sftp.ReasonTooLarge); n != 0 {
			b.Errorf("%d bytes of %s were carried", n, name)
		}
		// Within the limit it begins.
		n, err = conn.Download(b.Context(), b.at(name), &full{left: 1 << 20}, size)
		if b.fails(err, false, sftp.ReasonLocal); n == 0 || n > 1<<20 {
			b.Errorf("%d bytes of %s were carried", n, name)
		}
		// A short file in its place is not mistaken for it.
		if err := b.upload(b.Context(), conn, name, []byte("short")); err != nil {
			b.Errorf("upload over %s: %v", name, err)
		}
	}
}

// testRoundTrip carries files whose sizes lie around the packets' sizes.
func testRoundTrip(b *bench) {
	conn := b.dial()
	content := random(5<<20 + 1)
	for _, size := range []int{
		0, 1, 3200, 32<<10 - 1, 32 << 10, 32<<10 + 1, 64 << 10, 255<<10 - 1, 255 << 10, 255<<10 + 1, 5<<20 + 1,
	} {
		name := fmt.Sprintf("size-%d", size)
		if err := b.upload(b.Context(), conn, name, content[:size]); err != nil {
			b.Errorf("upload %d bytes: %v", size, err)
			continue
		}
		b.has(name, content[:size])
		var got bytes.Buffer
		n, err := conn.Download(b.Context(), b.at(name), &got, limit)
		if err != nil || n != int64(size) || !bytes.Equal(got.Bytes(), content[:size]) {
			b.Errorf("download %d bytes: %d bytes, %v", size, n, err)
		}
	}
}

// testReadOnlyFolder: permission denied is never success, nor temporary.
func testReadOnlyFolder(b *bench) {
	conn := b.dial()
	b.put("file", []byte("here"))
	if err := os.Chmod(b.local, 0o555); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := os.Chmod(b.local, 0o777); err != nil { // or nobody but root could remove it
			b.Error(err)
		}
	})
	ctx := b.Context()
	for _, c := range []struct {
		what string
		err  error
	}{
		{"upload", b.upload(ctx, conn, "new", []byte("x"))},
		{"rename", conn.Rename(ctx, b.at("file"), b.at("other"))},
		{"remove", conn.Remove(ctx, b.at("file"))},
	} {
		if c.err == nil {
			b.Errorf("%s: no error", c.what)
			continue
		}
		if e := b.fails(c.err, false, sftp.ReasonPermission); !errors.Is(c.err, fs.ErrPermission) || e.Undecided() {
			b.Errorf("%s: %v, want fs.ErrPermission", c.what, c.err)
		}
	}
	b.has("file", []byte("here"))
	if err := os.Chmod(filepath.Join(b.local, "file"), 0); err != nil {
		b.Fatal(err)
	}
	_, err := conn.Download(ctx, b.at("file"), io.Discard, limit)
	b.fails(err, false, sftp.ReasonPermission)
}
