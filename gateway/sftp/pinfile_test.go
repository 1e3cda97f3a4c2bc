package sftp_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

// TestPinsThatAreNoFile: whatever stands in the place of the known_hosts file,
// nothing hangs, and nothing is read without an end.
func TestPinsThatAreNoFile(t *testing.T) {
	folder := t.TempDir()
	pipe, long := filepath.Join(folder, "pipe"), filepath.Join(folder, "long")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	comment := []byte("# a line that pins nothing, of which there are too many to be the bank's\n")
	if err := os.WriteFile(long, bytes.Repeat(comment, 1<<20/len(comment)+1), 0o600); err != nil {
		t.Fatal(err)
	}
	const address = "bank.example:22"
	key := sftptest.NewSigner(t)
	for _, c := range []struct{ path, want string }{
		{pipe, pipe + " is not a plain file"},
		{"/dev/zero", "/dev/zero is not a plain file"},
		{folder, folder + " is not a plain file"},
		{long, long + " is larger than 1024 KiB"},
	} {
		for what, run := range map[string]func() error{
			"pinned":   func() error { _, err := sftp.Pinned(c.path, address); return err },
			"pin":      func() error { return sftp.Pin(c.path, address, key.PublicKey()) },
			"pin next": func() error { return sftp.PinNext(c.path, address, key.PublicKey()) },
			"replace":  func() error { return sftp.Replace(c.path, address, key.PublicKey()) },
			"dial": func() error {
				_, err := sftp.Dial(t.Context(), sftp.Options{Address: address, User: "bekal", Signers: []ssh.Signer{key}, KnownHosts: c.path})
				fails(t, err, false, sftp.ReasonConfiguration)
				return err
			},
		} {
			err := run()
			var hinted interface{ Hint() string }
			if err == nil || !strings.Contains(err.Error(), c.want) || !errors.As(err, &hinted) || !strings.Contains(hinted.Hint(), "bekal bank trust") {
				t.Errorf("%s %s: %v, want %q and a hint", what, c.path, err, c.want)
			}
		}
	}
}

// TestPinsUpToTheBound: a long file of many hosts is one, and pins are found at
// its end.
func TestPinsUpToTheBound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known_hosts")
	const address = "bank.example:22"
	key := sftptest.NewSigner(t).PublicKey()
	pinning := "bank.example " + line(key) + "\n"
	content := bytes.Repeat([]byte("#\n"), 1<<19)
	copy(content[len(content)-len(pinning):], pinning)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := sftp.Pinned(file, address)
	if err != nil || len(keys) != 1 || !same(keys[0], key) {
		t.Errorf("pinned are %v, %v", keys, err)
	}
}
