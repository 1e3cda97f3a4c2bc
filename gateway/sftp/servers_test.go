package sftp_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	remote "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

func TestOpenSSH(t *testing.T) {
	t.Parallel()
	sftptest.Run(t, func(t *testing.T) sftptest.Server { return sftptest.StartOpenSSH(t) })
}

// TestOpenSSHBare is an sshd that can do less, as older ones: no extensions but
// those of the protocol, so that the plain rename is used.
func TestOpenSSHBare(t *testing.T) {
	t.Parallel()
	sftptest.Run(t, func(t *testing.T) sftptest.Server {
		s := sftptest.StartOpenSSH(t, "ForceCommand internal-sftp -P posix-rename,fsync,limits,statvfs")
		s.Lacks.PosixRename, s.Lacks.Fsync = true, true
		return s
	})
}

// TestOtherServer is the server of pkg/sftp, whose plain rename overwrites.
func TestOtherServer(t *testing.T) {
	t.Parallel()
	sftptest.Run(t, func(t *testing.T) sftptest.Server {
		h := newHost(t)
		h.serve = func(channel io.ReadWriteCloser) {
			server, err := remote.NewServer(channel)
			if err != nil {
				t.Error(err)
				return
			}
			_ = server.Serve() // ends when the client hangs up
		}
		o := h.start(t)
		return sftptest.Server{
			Address: o.Address, User: o.User, Signer: h.client, HostKeys: []ssh.PublicKey{h.key.PublicKey()}, Root: t.TempDir(),
			Lacks: sftptest.Lacks{Fsync: true, Permissions: os.Geteuid() == 0},
		}
	})
}

// TestOpenSSHOnlyRSA: a server that dropped the kind of key that is pinned.
func TestOpenSSHOnlyRSA(t *testing.T) {
	s := sftptest.StartOpenSSH(t, "HostKeyAlgorithms rsa-sha2-512,rsa-sha2-256")
	o := sftp.Options{
		Address: s.Address, User: s.User, Signers: []ssh.Signer{s.Signer}, KnownHosts: pin(t, s.Address, s.HostKeys[0]),
	}
	_, err := sftp.Dial(t.Context(), o)
	fails(t, err, false, sftp.ReasonHostKey)
	key, err := sftp.FetchHostKey(t.Context(), s.Address)
	if err != nil || key.Type() != ssh.KeyAlgoRSA {
		t.Fatalf("fetched %v, %v", key, err)
	}
	if err := sftp.Replace(o.KnownHosts, s.Address, key); err != nil {
		t.Fatal(err)
	}
	dial(t, o)
}

// TestOpenSSHFailure: OpenSSH says no more than "Failure" when a write fails.
func TestOpenSSHFailure(t *testing.T) {
	s := sftptest.StartOpenSSH(t)
	conn := dial(t, sftp.Options{
		Address: s.Address, User: s.User, Signers: []ssh.Signer{s.Signer}, KnownHosts: pin(t, s.Address, s.HostKeys[0]),
	})
	if err := os.Symlink("/dev/full", filepath.Join(s.Root, "full")); err != nil {
		t.Fatal(err)
	}
	err := conn.Upload(t.Context(), s.Root+"/full", io.LimitReader(zeroes{}, 1<<20), 1<<20)
	fails(t, err, false, sftp.ReasonRefused)
	if _, err := conn.List(t.Context(), s.Root); err != nil {
		t.Errorf("the connection is of no more use: %v", err)
	}
}
