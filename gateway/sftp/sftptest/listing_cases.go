package sftptest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
