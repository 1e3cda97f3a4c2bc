package sftp_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

// line is a key as the bank sends it.
func line(key ssh.PublicKey) string { return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) }

func same(a, b ssh.PublicKey) bool { return bytes.Equal(a.Marshal(), b.Marshal()) }

func TestParseHostKey(t *testing.T) {
	key := sftptest.NewSigner(t).PublicKey()
	for _, text := range []string{
		line(key), "  " + line(key) + "\r\n", line(key) + " root@bank", "bank.example " + line(key), "[bank.example]:2222 " + line(key),
	} {
		got, err := sftp.ParseHostKey(text)
		if err != nil || !same(got, key) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "ssh-ed25519", "ssh-ed25519 AAAA", "SHA256:abc", strings.Replace(line(key), "ed25519", "rsa", 1),
		line(key) + "\n" + line(key), "-----BEGIN OPENSSH PRIVATE KEY-----",
	} {
		if _, err := sftp.ParseHostKey(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestPin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known_hosts")
	const bank = "bank.example:2222"
	a, b, c := sftptest.NewSigner(t).PublicKey(), sftptest.NewSigner(t).PublicKey(), sftptest.NewRSASigner(t).PublicKey()
	check := func(address string, want ...ssh.PublicKey) {
		t.Helper()
		got, err := sftp.Pinned(file, address)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %d keys, want %d, %v", address, len(got), len(want), err)
		}
		for i := range got {
			if !same(got[i], want[i]) {
				t.Errorf("%s: key %d is %s", address, i, sftp.Fingerprint(got[i]))
			}
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(bank)
	if err := sftp.PinNext(file, bank, b); err == nil {
		t.Error("a next key without a present one: no error")
	}
	must(sftp.Pin(file, bank, a))
	must(sftp.Pin(file, bank, a))
	check(bank, a)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}

	err := sftp.Pin(file, bank, b)
	var pinned *sftp.PinnedError
	if !errors.As(err, &pinned) || pinned.Hint() == "" {
		t.Fatalf("error is %v, want *PinnedError with a hint", err)
	}
	for _, key := range []ssh.PublicKey{a, b} {
		if !strings.Contains(err.Error(), ssh.FingerprintSHA256(key)) {
			t.Errorf("%s isn't named: %v", ssh.FingerprintSHA256(key), err)
		}
	}
	check(bank, a)

	must(sftp.PinNext(file, bank, b))
	must(sftp.PinNext(file, bank, b))
	check(bank, a, b)
	if err := sftp.PinNext(file, bank, c); !errors.As(err, &pinned) {
		t.Errorf("a third key: %v", err)
	}

	// What others put into the file stays.
	old, err := os.ReadFile(file)
	must(err)
	extra := "# the bank's second site\n[other.example]:2222 " + line(c) + "\nbank.example " + line(c)
	must(os.WriteFile(file, append(old, extra...), 0o600))
	must(sftp.Replace(file, bank, b))
	check(bank, b)
	check("other.example:2222", c)
	check("bank.example:22", c)
	text, err := os.ReadFile(file)
	must(err)
	if !strings.Contains(string(text), "# the bank's second site\n") || strings.Count(string(text), "\n") != 4 {
		t.Errorf("the file is:\n%s", text)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestReplaceShared: a line for several hosts isn't torn apart.
func TestReplaceShared(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known_hosts")
	a, b := sftptest.NewSigner(t).PublicKey(), sftptest.NewSigner(t).PublicKey()
	content := "bank.example,10.0.0.1 " + line(a) + "\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sftp.Replace(file, "bank.example:22", b); err == nil {
		t.Error("no error")
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != content {
		t.Errorf("the file is %q, %v", text, err)
	}
}

func TestPinnedBroken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(file, []byte("bank.example ssh-ed25519 AAAA\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sftp.Pinned(file, "bank.example:22")
	var hinted interface{ Hint() string }
	if err == nil || !strings.Contains(err.Error(), file+":1") || !errors.As(err, &hinted) {
		t.Errorf("error is %v, want one with file and line and a hint", err)
	}
	if err := sftp.Pin(file, "bank.example:22", sftptest.NewSigner(t).PublicKey()); err == nil {
		t.Error("pinned into a broken file")
	}
	if _, err := sftp.Pinned(file, "bank.example"); err == nil {
		t.Error("an address without port: no error")
	}
	h := newHost(t)
	o := h.start(t)
	o.KnownHosts = file
	_, err = sftp.Dial(t.Context(), o)
	fails(t, err, false, sftp.ReasonConfiguration)
}

// TestHostKeyKinds: what the server has beside, or instead of, what is pinned.
func TestHostKeyKinds(t *testing.T) {
	t.Run("changed", func(t *testing.T) {
		h := newHost(t)
		o := h.start(t)
		wrong := sftptest.NewSigner(t).PublicKey()
		o.KnownHosts = pin(t, o.Address, wrong)
		_, err := sftp.Dial(t.Context(), o)
		e := fails(t, err, false, sftp.ReasonHostKey)
		var key *sftp.HostKeyError
		if !errors.As(err, &key) || !same(key.Presented, h.key.PublicKey()) || len(key.Pinned) != 1 || !same(key.Pinned[0], wrong) {
			t.Errorf("error is %#v", key)
		}
		for _, want := range []string{ssh.FingerprintSHA256(h.key.PublicKey()), ssh.FingerprintSHA256(wrong)} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s isn't named: %v", want, err)
			}
		}
		if !strings.Contains(e.Hint(), "telephone") {
			t.Errorf("hint: %s", e.Hint())
		}
	})
	t.Run("only RSA beside an Ed25519 pin", func(t *testing.T) {
		h := newHost(t)
		pinned := h.key.PublicKey()
		h.key = sftptest.NewRSASigner(t)
		o := h.start(t)
		o.KnownHosts = pin(t, o.Address, pinned)
		_, err := sftp.Dial(t.Context(), o)
		fails(t, err, false, sftp.ReasonHostKey)
		if !strings.Contains(err.Error(), "rsa-sha2") || !strings.Contains(err.Error(), ssh.FingerprintSHA256(pinned)) {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("revoked", func(t *testing.T) {
		h := newHost(t)
		h.serve = inMemory
		o := h.start(t)
		text, err := os.ReadFile(o.KnownHosts)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, "@revoked * "+line(h.key.PublicKey())+"\n"...)
		if err := os.WriteFile(o.KnownHosts, text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = sftp.Dial(t.Context(), o)
		if fails(t, err, false, sftp.ReasonHostKey); !strings.Contains(err.Error(), "revoked") {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("next key of another kind", func(t *testing.T) {
		h := newHost(t)
		h.serve = inMemory
		old := h.key.PublicKey()
		h.key = sftptest.NewRSASigner(t)
		o := h.start(t)
		o.KnownHosts = pin(t, o.Address, old)
		if err := sftp.PinNext(o.KnownHosts, o.Address, h.key.PublicKey()); err != nil {
			t.Fatal(err)
		}
		if got := dial(t, o).HostKeyFingerprint(); got != ssh.FingerprintSHA256(h.key.PublicKey()) {
			t.Errorf("host key is %s", got)
		}
	})
}
