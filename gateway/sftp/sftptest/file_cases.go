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
	"strings"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bekal/gateway/sftp"
)

// names lists the case's folder over SFTP.
func (b *bench) names(conn *sftp.Conn) []string {
	b.Helper()
	files, err := conn.List(b.Context(), b.remote)
	if err != nil {
		b.Fatal(err)
	}
	names := []string{}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

func testList(b *bench) {
	conn := b.dial()
	if diff := cmp.Diff([]string{}, b.names(conn)); diff != "" {
		b.Errorf("an empty folder (-want +got):\n%s", diff)
	}
	b.put("b.STL", []byte("12345"))
	b.put("a.STL", nil)
	b.put(".hidden", []byte("x"))
	b.mkdir(filepath.Join(b.local, "folder"))
	if diff := cmp.Diff([]string{".hidden", "a.STL", "b.STL"}, b.names(conn)); diff != "" {
		b.Errorf("(-want +got):\n%s", diff)
	}
	files, err := conn.List(b.Context(), b.remote+"/")
	if err != nil {
		b.Fatal(err)
	}
	if last := files[len(files)-1]; last.Size() != 5 || time.Since(last.ModTime()) > time.Hour || last.IsDir() {
		b.Errorf("%s: size %d, time %s", last.Name(), last.Size(), last.ModTime())
	}
}

// testListSymlinks shows that links out of the folder are not taken for files.
func testListSymlinks(b *bench) {
	b.put("real", []byte("real"))
	for name, target := range map[string]string{"out": "/etc/passwd", "up": "..", "dangling": "nothing", "in": "real"} {
		if err := os.Symlink(target, filepath.Join(b.local, name)); err != nil {
			b.Fatal(err)
		}
	}
	conn := b.dial()
	if diff := cmp.Diff([]string{"real"}, b.names(conn)); diff != "" {
		b.Errorf("(-want +got):\n%s", diff)
	}
	info, err := conn.Stat(b.Context(), b.at("dangling"))
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		b.Errorf("a dangling link: %v, %v; it is a name that is taken", info, err)
	}
	if err := conn.Rename(b.Context(), b.at("real"), b.at("dangling")); !errors.Is(err, fs.ErrExist) {
		b.Errorf("rename onto a dangling link: %v, want fs.ErrExist", err)
	}
}

func testListMany(b *bench) {
	want := make([]string, 10_000)
	for i := range want {
		want[i] = fmt.Sprintf("RET20261123-%05d.STL", i)
		if i == 0 {
			b.put(want[i], nil)
		} else if err := os.Link(filepath.Join(b.local, want[0]), filepath.Join(b.local, want[i])); err != nil {
			b.Fatal(err) // a link is made much faster than a file
		}
	}
	if got := b.names(b.dial()); !slices.Equal(got, want) {
		b.Errorf("%d names, want %d", len(got), len(want))
	}
}

// testEndlessListing: a listing that never ends is ended here.
func testEndlessListing(b *bench) {
	conn := b.dial()
	b.soon(func() {
		files, err := conn.List(b.Context(), b.remote)
		if b.fails(err, false, sftp.ReasonTooLarge); files != nil {
			b.Errorf("%d files", len(files))
		}
	})
	if _, err := conn.Stat(b.Context(), b.at("a.STL")); err != nil {
		b.Errorf("the connection is of no more use: %v", err)
	}
}

// testListingThatLeadsOut: nothing in a listing leads out of its folder.
func testListingThatLeadsOut(b *bench) {
	if diff := cmp.Diff([]string{"a.STL", "z.STL"}, b.names(b.dial())); diff != "" {
		b.Errorf("(-want +got):\n%s", diff)
	}
}

// testPlainRename is a delivery without posix-rename.
func testPlainRename(b *bench) {
	testBare(b)
	b.also("CutRename", testCutRename)
	b.also("FaultsInDelivery", testFaultsInDelivery)
}

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

// room is how many bytes a server that is short of it has.
const room = 128 << 10

// testFileLimit: a file that is larger than the server takes.
func testFileLimit(b *bench) { b.overflows() }

// testQuotaExceeded: a file for which the user's quota is too small.
func testQuotaExceeded(b *bench) { b.overflows() }

// overflows uploads more than there is room for. No server says that in the
// same way, and some take every byte and remove the file when it is closed:
// it is a failure that a person has to look at, and the connection lives on.
func (b *bench) overflows() {
	conn := b.dial()
	content := random(4 * room)
	if err := b.upload(b.Context(), conn, "NAME.part", content[:room/4]); err != nil {
		b.Fatal(err)
	}
	for range 2 {
		err := b.upload(b.Context(), conn, "NAME.part", content)
		e := b.fails(err, false, sftp.ReasonNoSpace, sftp.ReasonRefused)
		if hint := e.Hint(); !strings.Contains(hint, "space") && !strings.Contains(hint, "quota") {
			b.Errorf("hint %q doesn't speak of space", hint)
		}
	}
	if b.exists("NAME") {
		b.Error("it has got its name")
	}
	if b.wants.Quota == 0 {
		if err := b.upload(b.Context(), conn, "NAME.part", content[:room/4]); err != nil {
			b.Fatal(err)
		}
		b.has("NAME.part", content[:room/4])
	}
	if _, err := conn.List(b.Context(), b.remote); err != nil {
		b.Errorf("the connection is of no more use: %v", err)
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

func testRename(b *bench) {
	conn := b.dial()
	content := random(5000)
	if err := b.upload(b.Context(), conn, "NAME.part", content); err != nil {
		b.Fatal(err)
	}
	if err := conn.Rename(b.Context(), b.at("NAME.part"), b.at("NAME")); err != nil {
		b.Fatal(err)
	}
	if b.exists("NAME.part") {
		b.Error("the old name is still there")
	}
	b.has("NAME", content)
}

func testRenameNeverOverwrites(b *bench) {
	conn := b.dial()
	b.put("NAME", []byte("the bank's"))
	b.put("NAME.part", []byte("ours"))
	err := conn.Rename(b.Context(), b.at("NAME.part"), b.at("NAME"))
	if e := b.fails(err, false, sftp.ReasonExist); !errors.Is(err, fs.ErrExist) || e.Undecided() {
		b.Errorf("error is %v", err)
	}
	b.has("NAME", []byte("the bank's"))
	b.has("NAME.part", []byte("ours"))
}

func testRemove(b *bench) {
	conn := b.dial()
	b.put("file", []byte("x"))
	if err := conn.Remove(b.Context(), b.at("file")); err != nil || b.exists("file") {
		b.Errorf("%v, still there: %v", err, b.exists("file"))
	}
	b.mkdir(filepath.Join(b.local, "folder"))
	err := conn.Remove(b.Context(), b.at("folder"))
	if b.fails(err, false, sftp.ReasonRefused); !b.exists("folder") {
		b.Error("a folder was removed")
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

func testOddNames(b *bench) {
	conn := b.dial()
	names := []string{"dengan spasi.STL", "garis\nbaru.STL", "ujung ", "ünïcödé-✓.STL", "'petik\"; rm -rf *", `back\slash`, "-rf"}
	slices.Sort(names)
	for _, name := range names {
		if err := b.upload(b.Context(), conn, name, []byte(name)); err != nil {
			b.Fatal(err)
		}
		b.has(name, []byte(name))
	}
	if diff := cmp.Diff(names, b.names(conn)); diff != "" {
		b.Errorf("(-want +got):\n%s", diff)
	}
	for _, name := range names {
		if err := conn.Rename(b.Context(), b.at(name), b.at(name+"+")); err != nil {
			b.Error(err)
		}
		if err := conn.Remove(b.Context(), b.at(name+"+")); err != nil {
			b.Error(err)
		}
	}
}
