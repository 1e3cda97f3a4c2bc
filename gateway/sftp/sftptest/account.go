package sftptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
)

// loginUser is whom a real server logs in: this user, or nobody when the test
// runs as root, so that permissions count.
func loginUser(t testing.TB) *user.User {
	t.Helper()
	login, err := user.Current()
	if err == nil && os.Geteuid() == 0 {
		login, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	return login
}

// newRoot makes the folder that the bank's files are in, open to every user.
func newRoot(t testing.TB, folder string) string {
	t.Helper()
	root := filepath.Join(folder, "bank")
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o777); err != nil {
		t.Fatal(err)
	}
	return root
}

// hostKeys makes an Ed25519, an ECDSA and an RSA key; or the last alone, or for
// a server that is not an ordinary one, the first alone, which is the quickest.
func hostKeys(t testing.TB, w Wants) []crypto.Signer {
	t.Helper()
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	onlyRSA := w.OnlyRSA || w.Legacy == LegacyHostKey
	if !w.ordinary() && !onlyRSA {
		return []crypto.Signer{edwards}
	}
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if onlyRSA {
		return []crypto.Signer{old}
	}
	nist, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return []crypto.Signer{edwards, nist, old}
}

// writeHostKeys makes host keys in a folder, and gives their files and public
// halves.
func writeHostKeys(t testing.TB, folder string, w Wants) (files []string, public []ssh.PublicKey) {
	t.Helper()
	for i, key := range hostKeys(t, w) {
		file := filepath.Join(folder, fmt.Sprintf("host_key_%d", i))
		block, err := ssh.MarshalPrivateKey(key, "")
		if err != nil {
			t.Fatal(err)
		}
		write(t, file, pem.EncodeToMemory(block), 0o600)
		half, err := ssh.NewPublicKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		files, public = append(files, file), append(public, half)
	}
	return files, public
}

// UserKey makes the key that logs in: an Ed25519 one, or where the user's
// signature is to be outdated, an RSA one.
func UserKey(t testing.TB, w Wants) ssh.Signer {
	t.Helper()
	if w.Legacy == LegacyUserKey {
		return NewRSASigner(t)
	}
	return NewSigner(t)
}

// NewRSASigner makes an RSA key pair.
func NewRSASigner(t testing.TB) ssh.Signer {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}
