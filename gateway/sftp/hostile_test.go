package sftp_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bekal/gateway/sftp"
)

// serve starts a scripted server and connects to it.
func serve(t *testing.T, answer func(p packet) []octets, extensions ...[2]string) *sftp.Conn {
	t.Helper()
	h := newHost(t)
	h.serve = script(h, answer, extensions...)
	return dial(t, h.start(t))
}

// folder answers a listing with one NAME packet, and whatever else with ok.
func folder(name func(p packet) octets, then func(p packet) octets) func(packet) []octets {
	sent := false
	return func(p packet) []octets {
		switch {
		case p.kind == pktOpendir:
			return []octets{p.handle()}
		case p.kind == pktReaddir && !sent:
			sent = true
			return []octets{name(p)}
		case p.kind == pktReaddir:
			return []octets{p.status(fxEOF, "")}
		case p.kind == pktLstat && then != nil:
			return []octets{then(p)}
		}
		return []octets{p.status(fxOK, "")}
	}
}

const (
	modeFile   = 0o100644
	modeFolder = 0o040755
	modeLink   = 0o120777
)

// TestListDropsWhatIsNoPlainName: nothing in a listing leads out of the folder.
func TestListDropsWhatIsNoPlainName(t *testing.T) {
	entries := []struct {
		name string
		mode uint32
	}{
		{".", modeFolder},
		{"..", modeFolder},
		{"../../etc/passwd", modeFile},
		{"/etc/shadow", modeFile},
		{"sub/file", modeFile},
		{"nul\x00byte", modeFile},
		{"", modeFile},
		{"z.STL", modeFile},
		{"passwd", modeLink},
		{"trailing/", modeFile},
		{"a.STL", modeFile},
		{"a.STL", modeFile},
		{"folder", modeFolder},
		{"...", modeFile},
	}
	h := newHost(t)
	h.serve = script(h, folder(func(p packet) octets {
		b := p.answer(pktName).u32(uint32(len(entries)))
		for _, e := range entries {
			b = b.str(e.name).str("-rw-r--r-- long name").attrs(7, e.mode)
		}
		return b
	}, nil))
	o := h.start(t)
	var log bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	files, err := dial(t, o).List(t.Context(), "inbox")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if diff := cmp.Diff([]string{"...", "a.STL", "z.STL"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, name := range []string{"../../etc/passwd", "/etc/shadow", "sub/file", `nul\x00byte`, "trailing/"} {
		if !strings.Contains(log.String(), name) {
			t.Errorf("%s is not in the log:\n%s", name, log.String())
		}
	}
}

// TestListWithoutModes: some servers don't say what is a file, so it is asked.
func TestListWithoutModes(t *testing.T) {
	conn := serve(t, folder(func(p packet) octets {
		b := p.answer(pktName).u32(3)
		for _, name := range []string{"file", "folder", "gone"} {
			b = b.str(name).str("").u32(1).u64(5) // flags: only the size
		}
		return b
	}, func(p packet) octets {
		switch {
		case strings.HasSuffix(string(p.body), "inbox/file"):
			return p.answer(pktAttrs).attrs(5, modeFile)
		case strings.HasSuffix(string(p.body), "inbox/folder"):
			return p.answer(pktAttrs).attrs(5, modeFolder)
		}
		return p.status(fxNoSuchFile, "")
	}))
	files, err := conn.List(t.Context(), "inbox/")
	if err != nil || len(files) != 1 || files[0].Name() != "file" {
		t.Errorf("files %v, %v", files, err)
	}
}

// TestNonsense: answers that make no sense are errors, never a panic, never a
// success.
func TestNonsense(t *testing.T) {
	always := func(answer func(p packet) octets) func(packet) []octets {
		return func(p packet) []octets { return []octets{answer(p)} }
	}
	after := func(kind byte, answer func(p packet) octets) func(packet) []octets {
		return func(p packet) []octets {
			switch p.kind {
			case kind:
				return []octets{answer(p)}
			case pktOpen, pktOpendir:
				return []octets{p.handle()}
			case pktFstat, pktLstat:
				return []octets{p.answer(pktAttrs).attrs(100, modeFile)}
			}
			return []octets{p.status(fxOK, "")}
		}
	}
	ok := func(p packet) octets { return p.status(fxOK, "") }
	for _, c := range []struct {
		name   string
		answer func(packet) []octets
		run    func(*sftp.Conn) error
	}{
		{"ok for attributes", always(ok), stat},
		{"ok for a handle", always(ok), download},
		{"ok for a handle to write", always(ok), upload},
		{"ok for an open file's attributes", after(pktFstat, ok), download},
		{"ok for data", after(pktRead, ok), download},
		{"handle for attributes", always(packet.handle), stat},
		{"attributes cut short", always(func(p packet) octets { return p.answer(pktAttrs).u32(15) }), stat},
		{"end of file for attributes", always(func(p packet) octets { return p.status(fxEOF, "") }), stat},
		{"another's answer", always(func(p packet) octets { return octets{pktAttrs}.u32(p.id+77).attrs(1, modeFile) }), stat},
		{"an endless packet", always(func(p packet) octets { return p.answer(pktAttrs).str(strings.Repeat("x", 300<<10)) }), stat},
		{"an empty packet", always(func(packet) octets { return octets{} }), stat},
		{"names cut short", after(pktReaddir, func(p packet) octets { return p.answer(pktName).u32(2).str("a").str("a").attrs(1, modeFile) }), list},
		{"four billion names", after(pktReaddir, func(p packet) octets { return p.answer(pktName).u32(1<<32 - 1) }), list},
		{"a negative size", after(pktFstat, func(p packet) octets { return p.answer(pktAttrs).attrs(1<<63, modeFile) }), download},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.run(serve(t, c.answer)), false, sftp.ReasonProtocol) })
	}
}

// TestDataWithoutBytes: reads that are answered for ever and give nothing are
// a stall.
func TestDataWithoutBytes(t *testing.T) {
	h := newHost(t)
	h.serve = script(h, func(p packet) []octets {
		switch p.kind {
		case pktOpen:
			return []octets{p.handle()}
		case pktFstat:
			return []octets{p.answer(pktAttrs).attrs(1<<20, modeFile)}
		case pktRead:
			return []octets{p.answer(pktData).str("")}
		}
		return []octets{p.status(fxOK, "")}
	})
	o := h.start(t)
	o.StallTimeout = patience
	fails(t, download(dial(t, o)), true, sftp.ReasonTimeout)
}

// TestShortAnswers: a server may give less than was asked for; no byte is lost.
func TestShortAnswers(t *testing.T) {
	content := make([]byte, 300_000)
	for i := range content {
		content[i] = byte(i * 7 >> 3)
	}
	conn := serve(t, func(p packet) []octets {
		switch p.kind {
		case pktOpen:
			return []octets{p.handle()}
		case pktFstat:
			return []octets{p.answer(pktAttrs).attrs(uint64(len(content)), modeFile)}
		case pktRead: // handle, offset, length
			offset := binary.BigEndian.Uint64(p.body[5:])
			length := binary.BigEndian.Uint32(p.body[13:])
			if offset >= uint64(len(content)) {
				return []octets{p.status(fxEOF, "")}
			}
			piece := content[offset:min(uint64(len(content)), offset+uint64(length))]
			return []octets{p.answer(pktData).str(string(piece[:min(len(piece), 10_007)]))}
		}
		return []octets{p.status(fxOK, "")}
	})
	var got bytes.Buffer
	n, err := conn.Download(t.Context(), "file", &got, 1<<30)
	if err != nil || n != int64(len(content)) || !bytes.Equal(got.Bytes(), content) {
		t.Errorf("%d bytes, %v; the content is the same: %v", n, err, bytes.Equal(got.Bytes(), content))
	}
}

// TestLargeSizes: sizes and limits beyond 32 bits are understood.
func TestLargeSizes(t *testing.T) {
	for _, c := range []struct {
		size, limit int64
		reason      sftp.Reason
	}{
		{2<<30 + 17, 2<<30 + 16, sftp.ReasonTooLarge},
		{1<<32 + 17, 1 << 30, sftp.ReasonTooLarge},
		{1<<32 + 17, 1<<32 - 1, sftp.ReasonTooLarge},
		{17, 1 << 32, sftp.ReasonProtocol}, // it begins, and then there is nothing
		{1 << 31, 1 << 31, sftp.ReasonProtocol},
	} {
		conn := serve(t, func(p packet) []octets {
			switch p.kind {
			case pktLstat, pktFstat:
				return []octets{p.answer(pktAttrs).attrs(uint64(c.size), modeFile)}
			case pktOpen:
				return []octets{p.handle()}
			}
			return []octets{p.status(fxOK, "")}
		})
		info, err := conn.Stat(t.Context(), "file")
		if err != nil || info.Size() != c.size {
			t.Errorf("%v, %v", info, err)
		}
		_, err = conn.Download(t.Context(), "file", io.Discard, c.limit)
		fails(t, err, false, c.reason)
	}
}

// TestCountsAreNotTrusted: a server that says ok to every write and keeps less.
func TestCountsAreNotTrusted(t *testing.T) {
	for _, c := range []struct {
		size   uint64
		mode   uint32
		reason sftp.Reason
	}{
		{1<<20 - 1, modeFile, sftp.ReasonSize},
		{1<<20 + 1, modeFile, sftp.ReasonSize},
		{1<<32 + 1<<20, modeFile, sftp.ReasonSize}, // the lower 32 bits are right
		{1<<33 + 1<<20, modeFile, sftp.ReasonSize},
		{0, modeFile, sftp.ReasonSize},
		{1 << 20, modeLink, sftp.ReasonRefused},
	} {
		conn := serve(t, func(p packet) []octets {
			switch p.kind {
			case pktOpen:
				return []octets{p.handle()}
			case pktLstat:
				return []octets{p.answer(pktAttrs).attrs(c.size, c.mode)}
			}
			return []octets{p.status(fxOK, "")}
		})
		fails(t, upload(conn), c.reason == sftp.ReasonSize, c.reason)
	}
}

// TestStatus: what the server's status codes become.
func TestStatus(t *testing.T) {
	for _, c := range []struct {
		code      uint32
		text      string
		reason    sftp.Reason
		temporary bool
		is        error
	}{
		{fxNoSuchFile, "", sftp.ReasonNotExist, false, fs.ErrNotExist},
		{fxNoPath, "", sftp.ReasonNotExist, false, fs.ErrNotExist},
		{fxPermission, "", sftp.ReasonPermission, false, fs.ErrPermission},
		{fxWriteProtect, "", sftp.ReasonPermission, false, fs.ErrPermission},
		{fxExists, "", sftp.ReasonExist, false, fs.ErrExist},
		{fxSpace, "", sftp.ReasonNoSpace, false, sftp.ErrNoSpace},
		{fxQuota, "", sftp.ReasonNoSpace, false, sftp.ErrNoSpace},
		{fxFailure, "write: No space left on device", sftp.ReasonNoSpace, false, sftp.ErrNoSpace},
		{fxFailure, "Disk quota exceeded", sftp.ReasonNoSpace, false, sftp.ErrNoSpace},
		{fxFailure, "rename a b: permission denied", sftp.ReasonPermission, false, fs.ErrPermission},
		{fxFailure, "Access is denied.", sftp.ReasonPermission, false, fs.ErrPermission},
		{fxFailure, "Failure", sftp.ReasonRefused, false, nil},
		{fxUnsupported, "", sftp.ReasonUnsupported, false, nil},
		{fxBadMessage, "", sftp.ReasonProtocol, false, nil},
		{fxNoConnection, "", sftp.ReasonNetwork, true, nil},
		{fxLost, "", sftp.ReasonNetwork, true, nil},
		{4711, "apa?", sftp.ReasonRefused, false, nil},
	} {
		t.Run(fmt.Sprintf("%d %s", c.code, c.text), func(t *testing.T) {
			for name, run := range map[string]func(*sftp.Conn) error{"list": list, "upload": upload, "download": download, "remove": remove} {
				conn := serve(t, func(p packet) []octets {
					if p.kind == pktLstat { // there is something to remove
						return []octets{p.answer(pktAttrs).attrs(1, modeFile)}
					}
					if name != "list" && p.kind == pktOpen {
						return []octets{p.handle()}
					}
					return []octets{p.status(c.code, c.text)}
				})
				err := run(conn)
				if e := fails(t, err, c.temporary, c.reason); e.Hint() == "" {
					t.Error("no hint")
				}
				if c.is != nil && !errors.Is(err, c.is) {
					t.Errorf("%s: %v isn't %v", name, err, c.is)
				}
			}
		})
	}
}

// TestFullDisk: OpenSSH says only "Failure" when the disk is full; it is asked.
func TestFullDisk(t *testing.T) {
	for _, c := range []struct {
		size   int64
		free   uint64 // blocks of 4096 bytes
		reason sftp.Reason
	}{
		{1 << 20, 0, sftp.ReasonNoSpace},
		{1 << 20, 100, sftp.ReasonNoSpace},
		{1 << 20, 1 << 20, sftp.ReasonRefused},
		{1<<32 + 1, 1 << 20, sftp.ReasonNoSpace}, // one byte less than it takes
		{1<<32 + 1, 1<<20 + 1, sftp.ReasonRefused},
	} {
		conn := serve(t, func(p packet) []octets {
			switch p.kind {
			case pktOpen:
				return []octets{p.handle()}
			case pktWrite:
				return []octets{p.status(fxFailure, "Failure")}
			case pktExtended: // statvfs: block size, fragment size, blocks, free, available, ...
				b := p.answer(pktExtendedReply).u64(4096).u64(4096).u64(1 << 30).u64(c.free).u64(c.free)
				for range 6 {
					b = b.u64(0)
				}
				return []octets{b}
			}
			return []octets{p.status(fxOK, "")}
		}, [2]string{"statvfs@openssh.com", "2"})
		err := conn.Upload(t.Context(), "file", &vast{c.size}, c.size)
		fails(t, err, false, c.reason)
	}
}

// TestEmptyPromises: extensions that are offered and then not there.
func TestEmptyPromises(t *testing.T) {
	renamed := false
	conn := serve(t, func(p packet) []octets {
		switch p.kind {
		case pktExtended:
			return []octets{p.status(fxUnsupported, "")}
		case pktOpen:
			return []octets{p.handle()}
		case pktLstat:
			if strings.HasSuffix(string(p.body), "other") {
				return []octets{p.status(fxNoSuchFile, "")}
			}
			return []octets{p.answer(pktAttrs).attrs(1<<20, modeFile)}
		case pktRename:
			renamed = true
		}
		return []octets{p.status(fxOK, "")}
	}, [2]string{"fsync@openssh.com", "1"}, [2]string{"posix-rename@openssh.com", "1"}, [2]string{"limits@openssh.com", "1"})
	if err := upload(conn); err != nil {
		t.Error(err)
	}
	if err := rename(conn); err != nil || !renamed {
		t.Errorf("renamed in the plain way: %v, %v", renamed, err)
	}
	want := []string{"fsync@openssh.com", "limits@openssh.com", "posix-rename@openssh.com"}
	if diff := cmp.Diff(want, conn.Extensions()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLimits: no request is larger than the server said.
func TestLimits(t *testing.T) {
	for _, c := range []struct{ packet, read, write, want uint64 }{
		{0, 0, 0, 255 << 10},
		{256 << 10, 255 << 10, 255 << 10, 255 << 10},
		{34 << 10, 0, 0, 33 << 10},
		{0, 0, 5000, 5000},
		{1 << 40, 1 << 40, 1 << 40, 255 << 10},
		{0, 0, 1, 1024},
	} {
		longest := uint64(0)
		conn := serve(t, func(p packet) []octets {
			switch p.kind {
			case pktExtended:
				return []octets{p.answer(pktExtendedReply).u64(c.packet).u64(c.read).u64(c.write).u64(0)}
			case pktOpen:
				return []octets{p.handle()}
			case pktWrite: // handle "h", offset, data
				longest = max(longest, uint64(binary.BigEndian.Uint32(p.body[13:])))
			case pktLstat:
				return []octets{p.answer(pktAttrs).attrs(1<<20, modeFile)}
			}
			return []octets{p.status(fxOK, "")}
		}, [2]string{"limits@openssh.com", "1"})
		if err := upload(conn); err != nil {
			t.Error(err)
		}
		if longest != c.want {
			t.Errorf("limits %+v: the longest write has %d bytes, want %d", c, longest, c.want)
		}
	}
}
