package banksim_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"bekal/gateway/banksim"
)

func TestTroubles(t *testing.T) {
	big := noise(1 << 20)
	rename := func(c *sftp.Client) error { return c.PosixRename("/outbox/b.part", "/outbox/b") }
	write := func(c *sftp.Client) error { return put(c, "/outbox/a", big) }
	read := func(c *sftp.Client) error { _, err := get(c, "/inbox/big"); return err }
	const has, lacks = true, false
	for _, test := range []struct {
		name    string
		trouble banksim.Trouble
		do      func(*sftp.Client) error
		path    string // below Root
		there   bool   // afterwards
		alive   bool   // the connection, afterwards
		is      error
		text    string
	}{
		{name: "drop before rename", trouble: banksim.Trouble{Op: banksim.OpRename, Act: banksim.Drop}, do: rename, path: "outbox/b", there: lacks},
		{name: "drop after rename", trouble: banksim.Trouble{Op: banksim.OpRename, When: banksim.After, Act: banksim.Drop}, do: rename, path: "outbox/b", there: has},
		{name: "refuse rename", trouble: banksim.Trouble{Op: banksim.OpRename, Act: banksim.Refuse}, do: rename, path: "outbox/b", there: lacks, alive: true, is: fs.ErrPermission},
		{name: "full disk", trouble: banksim.Trouble{Op: banksim.OpWrite, Act: banksim.Full, Bytes: 300_000, Times: -1}, do: write, path: "outbox/a", there: has, alive: true, text: "no space"},
		{name: "drop in upload", trouble: banksim.Trouble{Op: banksim.OpWrite, Act: banksim.Drop, Bytes: 300_000}, do: write, path: "outbox/a", there: has},
		{name: "drop in download", trouble: banksim.Trouble{Op: banksim.OpRead, Act: banksim.Drop, Bytes: 300_000}, do: read, path: "inbox/big", there: has},
		{name: "refuse create", trouble: banksim.Trouble{Op: banksim.OpCreate, Act: banksim.Refuse}, do: write, path: "outbox/a", there: lacks, alive: true, is: fs.ErrPermission},
		{name: "drop after create", trouble: banksim.Trouble{Op: banksim.OpCreate, When: banksim.After, Act: banksim.Drop}, do: write, path: "outbox/a", there: has},
		{name: "drop at close", trouble: banksim.Trouble{Op: banksim.OpClose, When: banksim.After, Act: banksim.Drop}, do: write, path: "outbox/a", there: has},
		{name: "refuse open", trouble: banksim.Trouble{Op: banksim.OpOpen, Act: banksim.Refuse}, do: read, path: "inbox/big", there: has, alive: true, is: fs.ErrPermission},
		{name: "refuse list", trouble: banksim.Trouble{Op: banksim.OpList, Act: banksim.Refuse}, do: func(c *sftp.Client) error { _, err := c.ReadDir("/inbox"); return err }, path: "inbox/big", there: has, alive: true, is: fs.ErrPermission},
		{name: "drop at stat", trouble: banksim.Trouble{Op: banksim.OpStat, Act: banksim.Drop}, do: func(c *sftp.Client) error { _, err := c.Stat("/inbox"); return err }, path: "inbox/big", there: has},
		{name: "drop after remove", trouble: banksim.Trouble{Op: banksim.OpRemove, When: banksim.After, Act: banksim.Drop}, do: func(c *sftp.Client) error { return c.Remove("/inbox/big") }, path: "inbox/big", there: lacks},
		{name: "refuse mkdir", trouble: banksim.Trouble{Op: banksim.OpMkdir, Act: banksim.Refuse}, do: func(c *sftp.Client) error { return c.Mkdir("/inbox/d") }, path: "inbox/d", there: lacks, alive: true, is: fs.ErrPermission},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := options(t)
			b := start(t, o)
			send(t, o.Root, "b.part", []byte("x"))
			writeInbox(t, o.Root, "big", big)
			c := dial(t, b)
			fired := b.Arm(test.trouble)
			err := test.do(c)
			if err == nil {
				t.Fatal("no error")
			}
			if test.is != nil && !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("error %v, want %v %s", err, test.is, test.text)
			}
			select {
			case <-fired:
			default:
				t.Error("it has not fired")
			}
			_, serr := os.Lstat(filepath.Join(o.Root, test.path))
			if (serr == nil) != test.there {
				t.Errorf("%s: %v", test.path, serr)
			}
			b.Disarm()
			if _, err := c.Stat("/inbox"); (err == nil) != test.alive {
				t.Errorf("connection afterwards: %v", err)
			}
			// The bank itself goes on.
			if _, err := dial(t, b).Stat("/inbox"); err != nil {
				t.Errorf("another connection: %v", err)
			}
		})
	}
}

func TestBytesBeforeTheCut(t *testing.T) {
	o := options(t)
	b := start(t, o)
	c := dial(t, b)
	b.Arm(banksim.Trouble{Op: banksim.OpWrite, Act: banksim.Drop, Bytes: 100_000, Match: "a.part"})
	upload(t, c, "/outbox/other", noise(200_000))
	f, err := c.Create("/outbox/a.part")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(struct{ io.Writer }{f}, bytes.NewReader(noise(200_000))); err == nil {
		t.Fatal("no error")
	}
	info, err := os.Stat(filepath.Join(o.Root, "outbox", "a.part"))
	if err != nil || info.Size() != 100_000 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestHanging(t *testing.T) {
	for _, op := range []banksim.Op{banksim.OpRename, banksim.OpList, banksim.OpWrite, banksim.OpStat} {
		t.Run(string(op), func(t *testing.T) {
			o := options(t)
			b := start(t, o)
			send(t, o.Root, "b.part", []byte("x"))
			c := dial(t, b)
			fired := b.Arm(banksim.Trouble{Op: op, Act: banksim.Hang})
			result := make(chan error, 1)
			go func() {
				switch op {
				case banksim.OpRename:
					result <- c.PosixRename("/outbox/b.part", "/outbox/b")
				case banksim.OpList:
					_, err := c.ReadDir("/outbox")
					result <- err
				case banksim.OpWrite:
					result <- put(c, "/outbox/a", noise(1<<20))
				default:
					_, err := c.Stat("/outbox")
					result <- err
				}
			}()
			<-fired
			select {
			case err := <-result:
				t.Fatalf("an answer came: %v", err)
			default:
			}
			b.Disconnect() // stands in for the client's deadline
			if err := <-result; err == nil {
				t.Error("no error after the cut")
			}
		})
	}
}

func TestSilence(t *testing.T) {
	o := options(t)
	o.Wire.Troubles = []banksim.Trouble{{Op: banksim.OpConnect, Act: banksim.Hang}}
	b := start(t, o)
	conn, err := net.Dial("tcp", b.Address())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var word [1]byte
	if _, err := conn.Read(word[:]); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the server spoke, or hung up: %v", err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	dial(t, b)
}

func TestLoginTroubles(t *testing.T) {
	for name, act := range map[string]banksim.Act{"refuse": banksim.Refuse, "drop": banksim.Drop} {
		t.Run(name, func(t *testing.T) {
			b := start(t, options(t))
			b.Arm(banksim.Trouble{Op: banksim.OpAuth, Act: act})
			if conn, err := ssh.Dial("tcp", b.Address(), clientConfig(t, b)); err == nil {
				t.Error("login succeeded")
				_ = conn.Close()
			}
			dial(t, b)
		})
	}
	t.Run("hang", func(t *testing.T) {
		b := start(t, options(t))
		fired := b.Arm(banksim.Trouble{Op: banksim.OpAuth, Act: banksim.Hang})
		conn, err := net.Dial("tcp", b.Address())
		if err != nil {
			t.Fatal(err)
		}
		result := make(chan error, 1)
		go func() {
			_, _, _, err := ssh.NewClientConn(conn, b.Address(), clientConfig(t, b))
			result <- err
		}()
		<-fired
		if err := conn.Close(); err != nil { // the client's deadline
			t.Error(err)
		}
		if err := <-result; err == nil {
			t.Error("login succeeded")
		}
		dial(t, b)
	})
}

func TestContextEndsTheBank(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b, err := banksim.Start(ctx, options(t))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := ssh.Dial("tcp", b.Address(), clientConfig(t, b))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := conn.Wait(); err == nil {
		t.Error("the connection ended in peace")
	}
	if err := b.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

func TestCloseEndsHangingSessions(t *testing.T) {
	o := options(t)
	b := start(t, o)
	c := dial(t, b)
	fired := b.Arm(banksim.Trouble{Op: banksim.OpStat, Act: banksim.Hang})
	result := make(chan error, 1)
	go func() { _, err := c.Stat("/"); result <- err }()
	<-fired
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err == nil {
		t.Error("no error")
	}
	if _, err := b.Work(t.Context(), noon); err == nil {
		t.Error("a closed bank works")
	}
}
