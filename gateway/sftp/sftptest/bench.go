package sftptest

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
)

// limit is a download limit that no file of the suite reaches, but those that
// are there to go beyond it.
const limit = 1 << 30

// bench is what a case works with.
type bench struct {
	*testing.T
	server Server
	wants  Wants  // what the server was asked to be
	local  string // its folder, here
	remote string // the same folder, at the server
	pins   string // known_hosts with the first of the server's keys
}

func newBench(t *testing.T, s Server, name string, w Wants) *bench {
	b := &bench{T: t, server: s, wants: w, local: filepath.Join(s.Root, name), remote: path.Join(s.Remote, name)}
	b.mkdir(b.local)
	b.pins = b.pin(s.Address, s.HostKeys[0])
	return b
}

// also runs another case on the same server, in a folder of its own.
func (b *bench) also(name string, run func(*bench)) {
	b.Run(name, func(t *testing.T) { run(newBench(t, b.server, filepath.Base(b.local)+"-"+name, b.wants)) })
}

// mkdir makes a folder that the server's user may write in.
func (b *bench) mkdir(folder string) {
	b.Helper()
	if err := os.Mkdir(folder, 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.Chmod(folder, 0o777); err != nil { // the server may run as another user
		b.Fatal(err)
	}
}

// pin makes a known_hosts file with one key, or several.
func (b *bench) pin(address string, keys ...ssh.PublicKey) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "known_hosts")
	for i, key := range keys {
		pin := sftp.Pin
		if i > 0 {
			pin = sftp.PinNext
		}
		if err := pin(file, address, key); err != nil {
			b.Fatal(err)
		}
	}
	return file
}

// options are those of a good connection.
func (b *bench) options() sftp.Options {
	o := sftp.Options{Address: b.server.Address, User: b.server.User, Password: b.server.Password, KnownHosts: b.pins}
	if b.server.Signer != nil {
		o.Signers = []ssh.Signer{b.server.Signer}
	}
	return o
}

// dial connects, or ends the case.
func (b *bench) dial() *sftp.Conn { b.Helper(); return b.dialWith(b.options()) }

func (b *bench) dialWith(o sftp.Options) *sftp.Conn {
	b.Helper()
	conn, err := sftp.Dial(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := conn.Close(); err != nil {
			b.Error(err)
		}
	})
	return conn
}

// refused connects where that must fail. A connection that comes about all the
// same is ended, so that its server can end too.
func (b *bench) refused(o sftp.Options) error {
	conn, err := sftp.Dial(b.Context(), o)
	if err == nil {
		if err := conn.Close(); err != nil {
			b.Error(err)
		}
	}
	return err
}

// proxied gives a proxy and options that go through it, with short patience.
func (b *bench) proxied() (*Proxy, sftp.Options) {
	b.Helper()
	proxy := StartProxy(b.T, b.server.Address)
	o := b.options()
	o.Address = proxy.Address()
	o.KnownHosts = b.pin(o.Address, b.server.HostKeys[0])
	return proxy, o
}

// fails checks that err is an *sftp.Error of one of the reasons, and that it
// says right whether it is temporary.
func (b *bench) fails(err error, temporary bool, reasons ...sftp.Reason) *sftp.Error {
	b.Helper()
	var e *sftp.Error
	if !errors.As(err, &e) {
		b.Fatalf("error is %v (%T), want *sftp.Error", err, err)
	}
	found := false
	for _, reason := range reasons {
		found = found || e.Reason == reason
	}
	if !found {
		b.Errorf("reason is %q, want one of %q: %v", e.Reason, reasons, err)
	}
	if e.Temporary() != temporary {
		b.Errorf("temporary is %v, want %v: %v", e.Temporary(), temporary, err)
	}
	if !temporary && e.Hint() == "" && e.Reason != sftp.ReasonLocal {
		b.Errorf("no hint for: %v", err)
	}
	return e
}

// at gives the remote path of a name in the case's folder.
func (b *bench) at(name string) string { return b.remote + "/" + name }

// put makes a local file in the case's folder.
func (b *bench) put(name string, content []byte) {
	b.Helper()
	write(b.T, filepath.Join(b.local, name), content, 0o666)
}

// has checks a file's content in the case's folder.
func (b *bench) has(name string, want []byte) {
	b.Helper()
	got, err := os.ReadFile(filepath.Join(b.local, name))
	if err != nil {
		b.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		b.Errorf("%s holds %d bytes (%.32q...), want %d (%.32q...)", name, len(got), got, len(want), want)
	}
}

// exists reports whether a name is there, without following it.
func (b *bench) exists(name string) bool {
	b.Helper()
	_, err := os.Lstat(filepath.Join(b.local, name))
	if err != nil && !os.IsNotExist(err) {
		b.Fatal(err)
	}
	return err == nil
}

// upload puts content at a name, through conn.
func (b *bench) upload(ctx context.Context, conn *sftp.Conn, name string, content []byte) error {
	return conn.Upload(ctx, b.at(name), bytes.NewReader(content), int64(len(content)))
}

// random gives n bytes, the same ones every time.
func random(n int) []byte {
	r := rand.NewChaCha8([32]byte([]byte(strings.Repeat("bekal", 7)[:32])))
	content := make([]byte, n)
	_, _ = r.Read(content) // never fails
	return content
}

// soon fails the case when run takes longer than any deadline explains.
func (b *bench) soon(run func()) {
	b.Helper()
	begin := time.Now()
	run()
	if took := time.Since(begin); took > 20*time.Second {
		b.Errorf("it took %s", took)
	}
}
