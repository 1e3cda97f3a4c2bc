package sftptest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
)

func testGreeting(b *bench) {
	conn := b.dial()
	if got, want := conn.HostKeyFingerprint(), ssh.FingerprintSHA256(b.server.HostKeys[0]); got != want {
		b.Errorf("host key is %s, want %s", got, want)
	}
	if v := conn.ServerVersion(); !strings.HasPrefix(v, "SSH-2.0-") {
		b.Errorf("server version is %q", v)
	}
	extensions := conn.Extensions()
	if !slices.IsSorted(extensions) {
		b.Errorf("extensions are not sorted: %q", extensions)
	}
	for _, e := range []struct {
		name  string
		lacks bool
		says  bool
	}{
		{PosixRename, b.server.Lacks.PosixRename, conn.PosixRename()},
		{Fsync, b.server.Lacks.Fsync, conn.Fsync()},
	} {
		if listed := slices.Contains(extensions, e.name); listed == e.lacks || e.says == e.lacks {
			b.Errorf("%s: lacking is %v, listed %v, said %v", e.name, e.lacks, listed, e.says)
		}
	}
}

// testEachHostKey pins one of the server's keys at a time: the right kind of
// key must be asked for, whatever else the server has.
func testEachHostKey(b *bench) {
	for _, key := range b.server.HostKeys {
		o := b.options()
		o.KnownHosts = b.pin(o.Address, key)
		conn := b.dialWith(o)
		if got, want := conn.HostKeyFingerprint(), ssh.FingerprintSHA256(key); got != want {
			b.Errorf("%s: host key is %s, want %s", key.Type(), got, want)
		}
	}
}

func testUnknownHost(b *bench) {
	folder := b.TempDir()
	empty := filepath.Join(folder, "empty")
	write(b.T, empty, nil, 0o600)
	other := filepath.Join(folder, "other")
	if err := sftp.Pin(other, "bank.invalid:22", b.server.HostKeys[0]); err != nil {
		b.Fatal(err)
	}
	for _, file := range []string{empty, other, filepath.Join(folder, "missing")} {
		o := b.options()
		o.KnownHosts = file
		err := b.refused(o)
		e := b.fails(err, false, sftp.ReasonHostKey)
		if !e.HostKey() || e.Authentication() {
			b.Errorf("HostKey is %v, Authentication %v", e.HostKey(), e.Authentication())
		}
		if !strings.Contains(e.Hint(), "bekal bank trust") {
			b.Errorf("hint is %q", e.Hint())
		}
	}
}

func testChangedHostKey(b *bench) {
	right := b.server.HostKeys[0]
	wrong := NewSigner(b.T).PublicKey()
	o := b.options()
	o.KnownHosts = b.pin(o.Address, wrong)
	err := b.refused(o)
	e := b.fails(err, false, sftp.ReasonHostKey)
	if !e.HostKey() {
		b.Error("HostKey is false")
	}
	if !strings.Contains(err.Error(), ssh.FingerprintSHA256(wrong)) {
		b.Errorf("the pinned fingerprint is not named: %v", err)
	}
	if right.Type() == wrong.Type() && !strings.Contains(err.Error(), ssh.FingerprintSHA256(right)) {
		b.Errorf("the server's fingerprint is not named: %v", err)
	}
}

// testStagedHostKey pins a next key beside the present one, either way round.
func testStagedHostKey(b *bench) {
	now, other := b.server.HostKeys[0], NewSigner(b.T).PublicKey()
	for _, keys := range [][]ssh.PublicKey{{now, other}, {other, now}} {
		o := b.options()
		o.KnownHosts = b.pin(o.Address, keys...)
		conn := b.dialWith(o)
		if got, want := conn.HostKeyFingerprint(), ssh.FingerprintSHA256(now); got != want {
			b.Errorf("host key is %s, want %s", got, want)
		}
	}
}

func testFetchHostKey(b *bench) {
	for _, want := range b.server.HostKeys {
		algorithm := want.Type()
		if algorithm == ssh.KeyAlgoRSA {
			algorithm = ssh.KeyAlgoRSASHA256
		}
		key, err := sftp.FetchHostKey(b.Context(), b.server.Address, nil, algorithm)
		if err != nil {
			b.Fatal(err)
		}
		if !bytes.Equal(key.Marshal(), want.Marshal()) {
			b.Errorf("fetched %s, want %s", sftp.Fingerprint(key), sftp.Fingerprint(want))
		}
	}
	if _, err := sftp.FetchHostKey(b.Context(), b.server.Address, nil); err != nil {
		b.Error(err)
	}
}

// testOnlyRSA: a server that has dropped the kind of key that is pinned.
func testOnlyRSA(b *bench) {
	pinned := NewSigner(b.T).PublicKey()
	o := b.options()
	o.KnownHosts = b.pin(o.Address, pinned)
	err := b.refused(o)
	b.fails(err, false, sftp.ReasonHostKey)
	for _, want := range []string{"rsa-sha2", ssh.FingerprintSHA256(pinned)} {
		if !strings.Contains(err.Error(), want) {
			b.Errorf("%s isn't named: %v", want, err)
		}
	}
	key, err := sftp.FetchHostKey(b.Context(), o.Address, nil)
	if err != nil || key.Type() != ssh.KeyAlgoRSA {
		b.Fatalf("fetched %v, %v", key, err)
	}
	if err := sftp.Replace(o.KnownHosts, o.Address, key); err != nil {
		b.Fatal(err)
	}
	b.dialWith(o)
}

func testRefusedKey(b *bench) {
	o := b.options()
	o.Signers = []ssh.Signer{NewSigner(b.T)}
	err := b.refused(o)
	e := b.fails(err, false, sftp.ReasonAuthentication)
	if !e.Authentication() || e.HostKey() {
		b.Errorf("Authentication is %v, HostKey %v", e.Authentication(), e.HostKey())
	}
}

func testClosed(b *bench) {
	conn := b.dial()
	for range 2 {
		if err := conn.Close(); err != nil {
			b.Error(err)
		}
	}
	_, err := conn.List(b.Context(), b.remote)
	if b.fails(err, true, sftp.ReasonNetwork); !errors.Is(err, sftp.ErrClosed) {
		b.Errorf("error is %v, want one that wraps ErrClosed", err)
	}
	err = conn.Rename(b.Context(), b.at("a"), b.at("b"))
	if e := b.fails(err, true, sftp.ReasonNetwork); e.Undecided() {
		b.Errorf("nothing was sent, and yet: %v", err)
	}
	ended, cancel := context.WithCancel(b.Context())
	cancel()
	_, err = b.dial().Stat(ended, b.remote)
	b.fails(err, true, sftp.ReasonCancelled)
}

// testTurns uses one connection from several goroutines.
func testTurns(b *bench) {
	conn := b.dial()
	content := random(70_000)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			name := fmt.Sprintf("file-%d", i)
			if err := b.upload(b.Context(), conn, name, content[i:]); err != nil {
				b.Error(err)
				return
			}
			var got bytes.Buffer
			if _, err := conn.Download(b.Context(), b.at(name), &got, limit); err != nil {
				b.Error(err)
			} else if !bytes.Equal(got.Bytes(), content[i:]) {
				b.Errorf("%s came back otherwise", name)
			}
		})
	}
	wg.Wait()
	files, err := conn.List(b.Context(), b.remote)
	if err != nil || len(files) != 8 {
		b.Errorf("%d files, %v", len(files), err)
	}
}
