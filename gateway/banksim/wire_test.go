package banksim_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"bekal/gateway/banksim"
)

func upload(t *testing.T, c *sftp.Client, name string, b []byte) {
	t.Helper()
	if err := put(c, name, b); err != nil {
		t.Fatal(err)
	}
}

func put(c *sftp.Client, name string, b []byte) error {
	f, err := c.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if _, err := f.ReadFrom(bytes.NewReader(b)); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

func get(c *sftp.Client, name string) ([]byte, error) {
	f, err := c.Open(name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = f.WriteTo(&b)
	return b.Bytes(), errors.Join(err, f.Close())
}

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestLargeFilesThereAndBack(t *testing.T) {
	o := options(t)
	b := start(t, o)
	want := noise(5_000_003)
	for _, size := range []int{32 << 10, 128 << 10, 250 << 10} {
		c := dial(t, b, sftp.MaxPacketUnchecked(size), sftp.UseConcurrentWrites(true))
		upload(t, c, "/outbox/big.part", want)
		got, err := get(c, "/outbox/big.part")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("packets of %d: other bytes came back", size)
		}
	}
}

func TestTree(t *testing.T) {
	o := options(t)
	o.Done = "/done"
	b := start(t, o)
	c := dial(t, b)

	upload(t, c, "/outbox/a", []byte("long content"))
	upload(t, c, "/outbox/a", []byte("short"))
	if got, err := get(c, "/outbox/a"); err != nil || string(got) != "short" {
		t.Errorf("O_TRUNC: %q, %v", got, err)
	}
	if f, err := c.OpenFile("/outbox/a", os.O_WRONLY|os.O_CREATE|os.O_EXCL); err == nil {
		t.Error("O_EXCL opens an existing file")
		_ = f.Close()
	}
	upload(t, c, "/outbox/b", []byte("other"))
	if err := c.Rename("/outbox/a", "/outbox/b"); err == nil {
		t.Error("plain rename overwrites")
	}
	if err := c.PosixRename("/outbox/a", "/outbox/b"); err != nil {
		t.Errorf("posix-rename: %v", err)
	}
	if got, err := get(c, "/outbox/b"); err != nil || string(got) != "short" {
		t.Errorf("after posix-rename: %q, %v", got, err)
	}
	if err := c.Rename("/outbox/b", "/outbox/c"); err != nil {
		t.Errorf("rename: %v", err)
	}
	if _, err := c.Stat("/outbox/b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("stat of what is gone: %v", err)
	}
	if err := c.Rename("/outbox/b", "/outbox/d"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("rename of what is gone: %v", err)
	}
	if err := c.Truncate("/outbox/c", 2); err != nil {
		t.Errorf("truncate: %v", err)
	}
	if err := c.Chmod("/outbox/c", 0o600); err != nil {
		t.Errorf("chmod: %v", err)
	}
	if err := c.Chtimes("/outbox/c", noon, noon); err != nil {
		t.Errorf("chtimes: %v", err)
	}
	info, err := c.Stat("/outbox/c")
	if err != nil || info.Size() != 2 || info.Mode() != 0o600 || !info.ModTime().Equal(noon) {
		t.Errorf("stat: %v, %v", info, err)
	}
	if err := c.Chown("/outbox/c", 1, 1); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("chown: %v", err)
	}
	if err := c.Symlink("/outbox/c", "/outbox/link"); err == nil {
		t.Error("symbolic links can be made")
	}
	if err := c.Mkdir("/outbox/sub"); err != nil {
		t.Errorf("mkdir: %v", err)
	}
	if err := c.RemoveDirectory("/outbox/c"); err == nil {
		t.Error("rmdir removes a file")
	}
	if err := c.RemoveDirectory("/outbox/sub"); err != nil {
		t.Errorf("rmdir: %v", err)
	}
	if err := c.Remove("/outbox/c"); err != nil {
		t.Errorf("remove: %v", err)
	}
	if diff := cmp.Diff([]string{"done", "inbox", "outbox"}, names(t, c, "/")); diff != "" {
		t.Errorf("root (-want +got):\n%s", diff)
	}
	if _, ok := c.HasExtension("posix-rename@openssh.com"); !ok {
		t.Error("posix-rename is not offered")
	}
	for _, never := range []string{"statvfs@openssh.com", "hardlink@openssh.com"} {
		if _, ok := c.HasExtension(never); ok {
			t.Errorf("%s is offered and not carried out", never)
		}
	}
}

func names(t *testing.T, c *sftp.Client, dir string) []string {
	t.Helper()
	found, err := c.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range found {
		list = append(list, f.Name())
	}
	return list
}

func TestLongListing(t *testing.T) {
	o := options(t)
	b := start(t, o)
	for i := range 250 {
		send(t, o.Root, "f"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i/7), nil)
	}
	disk, err := os.ReadDir(filepath.Join(o.Root, "outbox"))
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, dial(t, b), "/outbox"); len(got) != len(disk) {
		t.Errorf("%d names, want %d", len(got), len(disk))
	}
}

func TestNobodyLeavesTheTree(t *testing.T) {
	o := options(t)
	outside := filepath.Join(t.TempDir(), "outside")
	write(t, outside, []byte("secret"))
	b := start(t, o)
	if err := os.Symlink(outside, filepath.Join(o.Root, "inbox", "link")); err != nil {
		t.Fatal(err)
	}
	send(t, o.Root, "a", []byte("x"))
	c := dial(t, b)
	for _, name := range []string{"/inbox/link", "/../" + outside, "/.bank/journal", "/outbox/../.bank/journal"} {
		if got, err := get(c, name); err == nil {
			t.Errorf("%s can be read: %q", name, got)
		}
		if err := put(c, name, []byte("x")); err == nil && !strings.HasPrefix(name, "/../") {
			t.Errorf("%s can be written", name)
		}
	}
	if _, err := c.ReadDir("/.bank"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the bank's own folder is listed: %v", err)
	}
	if err := c.Rename("/outbox/a", "/.bank/a"); err == nil {
		t.Error("a file can be moved into the bank's own folder")
	}
	if got, err := os.ReadFile(outside); err != nil || string(got) != "secret" {
		t.Errorf("outside: %q, %v", got, err)
	}
}

func TestNoPosixRename(t *testing.T) {
	o := options(t)
	o.Wire.NoPosixRename = true
	c := dial(t, start(t, o))
	upload(t, c, "/outbox/a", []byte("x"))
	if _, ok := c.HasExtension("posix-rename@openssh.com"); ok {
		t.Error("it is offered")
	}
	if err := c.PosixRename("/outbox/a", "/outbox/b"); err == nil {
		t.Error("it is carried out")
	}
	if err := c.Rename("/outbox/a", "/outbox/b"); err != nil {
		t.Errorf("plain rename: %v", err)
	}
}

func TestLogin(t *testing.T) {
	key := func(b byte) ssh.AuthMethod { return ssh.PublicKeys(signer(t, b)) }
	for _, test := range []struct {
		name     string
		user     string
		auth     []ssh.AuthMethod
		password string
		both     bool
		noKey    bool
		ok       bool
		refused  int64
	}{
		{name: "the key", user: user, auth: []ssh.AuthMethod{key(1)}, ok: true},
		{name: "another key", user: user, auth: []ssh.AuthMethod{key(2)}, refused: 1},
		{name: "another user", user: "other", auth: []ssh.AuthMethod{key(1)}, refused: 1},
		{name: "no password set", user: user, auth: []ssh.AuthMethod{ssh.Password("")}},
		{name: "the password", user: user, auth: []ssh.AuthMethod{ssh.Password("pw")}, password: "pw", ok: true},
		{name: "another password", user: user, auth: []ssh.AuthMethod{ssh.Password("no")}, password: "pw", refused: 1},
		{name: "password only", user: user, auth: []ssh.AuthMethod{ssh.Password("pw")}, password: "pw", noKey: true, ok: true},
		{name: "both", user: user, auth: []ssh.AuthMethod{key(1), ssh.Password("pw")}, password: "pw", both: true, ok: true},
		{name: "both, key alone", user: user, auth: []ssh.AuthMethod{key(1)}, password: "pw", both: true},
		{name: "both, password alone", user: user, auth: []ssh.AuthMethod{ssh.Password("pw")}, password: "pw", both: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := options(t)
			o.Password, o.KeyAndPassword = test.password, test.both
			if test.noKey {
				o.AuthorizedKey = nil
			}
			b := start(t, o)
			conn, err := ssh.Dial("tcp", b.Address(), &ssh.ClientConfig{
				User: test.user, Auth: test.auth, HostKeyCallback: ssh.FixedHostKey(b.HostKey()),
			})
			if (err == nil) != test.ok {
				t.Fatalf("login: %v", err)
			}
			if err == nil {
				c, err := sftp.NewClient(conn) // the server counts a login before it serves
				if err != nil {
					t.Fatal(err)
				}
				_ = c.Close()
				_ = conn.Close()
			}
			seen := b.Seen()
			if want := (banksim.Seen{Connections: 1, Refused: test.refused}); seen.Refused != want.Refused || (seen.Logins == 1) != test.ok {
				t.Errorf("seen %+v", seen)
			}
		})
	}
}

func TestOnlyLoopback(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "localhost:0", "example.org:22", "127.0.0.1"} {
		o := options(t)
		o.Listen = address
		if b, err := banksim.Start(t.Context(), o); err == nil {
			t.Errorf("%s is accepted", address)
			_ = b.Close()
		}
	}
}

func TestIncompleteOptions(t *testing.T) {
	for name, spoil := range map[string]func(*banksim.Options){
		"no root":              func(o *banksim.Options) { o.Root = "" },
		"no user":              func(o *banksim.Options) { o.User = "" },
		"no way in":            func(o *banksim.Options) { o.AuthorizedKey = nil },
		"half of both":         func(o *banksim.Options) { o.KeyAndPassword = true },
		"inbox is the root":    func(o *banksim.Options) { o.Inbox = "/" },
		"outbox is the bank's": func(o *banksim.Options) { o.Outbox = "/.bank/x" },
		"wrong layout":         func(o *banksim.Options) { o.Transfer = load(t).ack },
		"orders of one name":   func(o *banksim.Options) { o.Names.Transfer = "ORDER.TXT" },
		"answers of one name":  func(o *banksim.Options) { o.Names.Settlement = "RESULT.TXT" },
	} {
		o := options(t)
		spoil(&o)
		if b, err := banksim.Start(t.Context(), o); err == nil {
			t.Errorf("%s: accepted", name)
			_ = b.Close()
		}
	}
}

func TestHostKey(t *testing.T) {
	o := options(t)
	first := start(t, o)
	address := first.Address()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	o.Listen = address
	same := start(t, o)
	if !bytes.Equal(same.HostKey().Marshal(), first.HostKey().Marshal()) || same.Address() != address {
		t.Error("the seed does not decide the host key")
	}
	if err := same.Close(); err != nil {
		t.Fatal(err)
	}
	o.HostKey = signer(t, 9)
	other := start(t, o)
	c := clientConfig(t, first)
	c.User = user
	if conn, err := ssh.Dial("tcp", other.Address(), c); err == nil {
		t.Error("the key has not changed")
		_ = conn.Close()
	}
}

func TestPickUpAtOnce(t *testing.T) {
	o, p := options(t), load(t)
	o.PickUpAtOnce = true
	b := start(t, o)
	c := dial(t, b)
	raw := transfer(t, p.transfer, "B1", corporate, wages("NOW", 3))
	upload(t, c, "/outbox/B1.TRF.part", raw)
	if diff := cmp.Diff([]string{"B1.TRF.part"}, names(t, c, "/outbox")); diff != "" {
		t.Errorf("before the rename:\n%s", diff)
	}
	if err := c.PosixRename("/outbox/B1.TRF.part", "/outbox/B1.TRF"); err != nil {
		t.Fatal(err)
	}
	if got := names(t, c, "/outbox"); got != nil {
		t.Errorf("after the rename: %v", got)
	}
	// A careless client that writes the final name loses the file on close.
	upload(t, c, "/outbox/B2.TRF", transfer(t, p.transfer, "B2", corporate, wages("CARELESS", 3)))
	upload(t, c, "/outbox/probe.txt", []byte("x"))
	if diff := cmp.Diff([]string{"probe.txt"}, names(t, c, "/outbox")); diff != "" {
		t.Errorf("afterwards:\n%s", diff)
	}
	day := work(t, b, noon)
	if diff := cmp.Diff([]string{"B1.TRF", "B2.TRF"}, day.Taken); diff != "" || day.Credited != 6 {
		t.Errorf("%+v", day)
	}
	if got, err := get(c, "/inbox/B1-01.STL"); err != nil || len(got) != 5*202 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func writeInbox(t *testing.T, root, name string, b []byte) {
	t.Helper()
	write(t, filepath.Join(root, "inbox", name), b)
}
