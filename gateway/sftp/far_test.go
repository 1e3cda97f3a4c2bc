package sftp_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

// TestFarOffsets carries what lies around 2 and 4 GiB of files of holes, there
// and back, and finds their ends.
func TestFarOffsets(t *testing.T) {
	content := make([]byte, 700_001) // several pieces of every server's size
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	size := int64(len(content))
	for _, k := range []sftptest.Kind{sftptest.OpenSSH(), sftptest.ProFTPD(), inProcess()} {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			s := k.Start(t, sftptest.Wants{Login: sftptest.ByKey})
			conn := dial(t, sftp.Options{
				Address: s.Address, User: s.User, Signers: []ssh.Signer{s.Signer}, KnownHosts: pin(t, s.Address, s.HostKeys[0]),
			})
			for _, offset := range []int64{1<<31 - size/2, 1<<32 - size/2, 5<<30 + 1} {
				path := filepath.Join(s.Root, fmt.Sprint(offset))
				f, err := os.Create(path)
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(f.Truncate(offset), f.Chmod(0o666)); err != nil {
					t.Fatal(err)
				}
				if err := conn.Put(t.Context(), path, offset, bytes.NewReader(content), size); err != nil {
					t.Errorf("at %d: %v", offset, err)
				}
				got := make([]byte, size)
				_, err = f.ReadAt(got, offset)
				if err := errors.Join(err, f.Close()); err != nil || !bytes.Equal(got, content) {
					t.Errorf("what was sent to %d isn't there: %v", offset, err)
				}
				var back bytes.Buffer
				err = conn.Piece(t.Context(), path, &back, offset, offset+size, offset+size)
				if err != nil || !bytes.Equal(back.Bytes(), content) {
					t.Errorf("from %d came %d bytes, %v; the content is the same: %v", offset, back.Len(), err, bytes.Equal(back.Bytes(), content))
				}
				err = conn.Piece(t.Context(), path, io.Discard, offset, offset+1, offset+size-1)
				if fails(t, err, true, sftp.ReasonChanged); !errors.Is(err, sftp.ErrChanged) {
					t.Error(err)
				}
			}
		})
	}
}

// vast is a source of that many bytes, which takes no time.
type vast struct{ left int64 }

func (v *vast) Read(p []byte) (int, error) {
	n := min(v.left, int64(len(p)))
	if n == 0 {
		return 0, io.EOF
	}
	v.left -= n
	return int(n), nil
}

// TestVastSource: a source is read to its stated end, and no further, however
// far that is.
func TestVastSource(t *testing.T) {
	p := make([]byte, 1<<20)
	read := func(has, stated int64) (n int64, err error) {
		r := sftp.Stated(&vast{has}, stated)
		for err == nil {
			var k int
			k, err = r.Read(p)
			n += int64(k)
		}
		return n, err
	}
	for _, size := range []int64{1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1<<32 + 1, 5<<30 + 17} {
		if n, err := read(size, size); n != size || !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d of %d bytes, %v", n, size, err)
		}
		if n, err := read(size+1, size); n != size || errors.Is(err, io.EOF) {
			t.Errorf("one too many: %d of %d bytes, %v", n, size, err)
		}
		if n, err := read(size-1, size); n != size-1 || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("one too few: %d of %d bytes, %v", n, size, err)
		}
	}
}
