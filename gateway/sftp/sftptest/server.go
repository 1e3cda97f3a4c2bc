package sftptest

import (
	"crypto/ed25519"
	"crypto/rand"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Server describes a running server to the suite.
type Server struct {
	Address  string // host:port, on loopback
	User     string
	Signer   ssh.Signer      // logs User in
	HostKeys []ssh.PublicKey // all that it has; the suite pins each in turn

	// Root is a local folder of the server's, in which the suite makes and
	// inspects files directly; Remote is the name of the same folder over SFTP.
	// Empty Remote: the same name.
	Root   string
	Remote string

	Lacks Lacks
}

// Lacks says what a server can't do. The suite checks that it says so too, or
// leaves out what can't be checked there.
type Lacks struct {
	PosixRename bool // doesn't offer posix-rename@openssh.com
	Fsync       bool // doesn't offer fsync@openssh.com
	Symlinks    bool // symbolic links made in Root are not shown as such
	Permissions bool // doesn't heed the permission bits in Root
}

// NewSigner makes an Ed25519 key pair.
func NewSigner(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}
