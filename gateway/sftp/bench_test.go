package sftp_test

import (
	"io"
	"testing"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

// BenchmarkOpenSSH carries a file of about 640,000 deposits to a real sshd and
// back, on loopback.
func BenchmarkOpenSSH(b *testing.B) {
	const size = 128 << 20
	s := sftptest.StartOpenSSH(b)
	file := b.TempDir() + "/known_hosts"
	if err := sftp.Pin(file, s.Address, s.HostKeys[0]); err != nil {
		b.Fatal(err)
	}
	conn, err := sftp.Dial(b.Context(), sftp.Options{
		Address: s.Address, User: s.User, Signers: []ssh.Signer{s.Signer}, KnownHosts: file,
	})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := conn.Close(); err != nil {
			b.Error(err)
		}
	}()
	b.Run("Upload", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			if err := conn.Upload(b.Context(), s.Root+"/file", io.LimitReader(zeroes{}, size), size); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Download", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := conn.Download(b.Context(), s.Root+"/file", io.Discard, size); err != nil {
				b.Fatal(err)
			}
		}
	})
}
