package banksim_test

import (
	"slices"
	"testing"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/banksim"
	"bekal/gateway/sftp/sftptest"
)

// TestConformance runs the transport against the simulated bank, as it is run
// against OpenSSH and ProFTPD.
func TestConformance(t *testing.T) {
	const (
		questions = "the simulated bank asks no questions"
		modern    = "the simulated bank has good algorithms alone"
		roomy     = "the simulated bank is short of space when trouble is armed, and not before (TestTroubles)"
		honest    = "the simulated bank lists what the disk holds"
	)
	sftptest.Run(t, sftptest.Kind{
		Name: "Simulated bank",
		Start: func(t testing.TB, w sftptest.Wants) sftptest.Server {
			o := options(t)
			client := sftptest.NewSigner(t)
			s := sftptest.Server{User: o.User, Signer: client, Root: o.Root, Remote: "/"}
			s.Lacks = sftptest.Lacks{PosixRename: slices.Contains(w.Without, sftptest.PosixRename), Fsync: true}
			o.Wire = banksim.Wire{NoPosixRename: s.Lacks.PosixRename}
			o.AuthorizedKey = client.PublicKey()
			if w.Login != sftptest.ByKey {
				s.Password, o.Password = sftptest.Password, sftptest.Password
				o.KeyAndPassword = w.Login == sftptest.ByKeyAndPassword
			}
			if w.Login == sftptest.ByPassword {
				s.Signer, o.AuthorizedKey = nil, nil
			}
			if w.OnlyRSA {
				o.HostKey = sftptest.NewRSASigner(t)
			}
			b := start(t, o)
			s.Address, s.HostKeys = b.Address(), []ssh.PublicKey{b.HostKey()}
			return s
		},
		Cannot: map[string]string{
			"LoginByQuestion": questions, "LoginByKeyAndQuestion": questions, "LoginByQuestionAndKey": questions,
			"LoginByPasswordAndKey": "the simulated bank asks for the key first",
			"LegacyKeyExchange":     modern, "LegacyCipher": modern, "LegacyMAC": modern, "LegacyHostKey": modern, "LegacyUserKey": modern,
			"FileLimit": roomy, "QuotaExceeded": roomy,
			"EndlessListing": honest, "ListingThatLeadsOut": honest,
			"UploadOverKeptFile": "the simulated bank lets its user write to every file",
		},
	})
}
