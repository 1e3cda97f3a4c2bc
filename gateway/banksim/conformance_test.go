package banksim_test

import (
	"testing"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/banksim"
	"bekal/gateway/sftp/sftptest"
)

// TestConformance runs the transport against the simulated bank, as it is run
// against OpenSSH.
func TestConformance(t *testing.T) {
	for name, wire := range map[string]banksim.Wire{
		"posix-rename": {},
		"plain rename": {NoPosixRename: true},
	} {
		t.Run(name, func(t *testing.T) {
			sftptest.Run(t, func(t *testing.T) sftptest.Server {
				o := options(t)
				client := sftptest.NewSigner(t)
				o.AuthorizedKey, o.Wire = client.PublicKey(), wire
				b := start(t, o)
				return sftptest.Server{
					Address: b.Address(), User: o.User, Signer: client, HostKeys: []ssh.PublicKey{b.HostKey()},
					Root: o.Root, Remote: "/",
					Lacks: sftptest.Lacks{PosixRename: wire.NoPosixRename, Fsync: true},
				}
			})
		})
	}
}
