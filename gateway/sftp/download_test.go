package sftp_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"bekal/gateway/sftp"
)

// TestDownloadLooksAgain: a file that is said to be another after it was read
// was not whole, though all bytes came that were promised.
func TestDownloadLooksAgain(t *testing.T) {
	const size, then = 1000, 1_700_000_000
	for _, c := range []struct {
		name  string
		size  uint64
		time  uint32
		wants error
	}{
		{"as it was", size, then, nil},
		{"longer", size + 1, then, sftp.ErrChanged},
		{"shorter", size - 1, then, sftp.ErrChanged},
		{"longer by what 32 bits don't hold", size + 1<<32, then, sftp.ErrChanged},
		{"of another time", size, then + 1, sftp.ErrChanged},
	} {
		t.Run(c.name, func(t *testing.T) {
			looks := 0
			conn := serve(t, func(p packet) []octets {
				switch p.kind {
				case pktOpen:
					return []octets{p.handle()}
				case pktFstat: // size, mode, times of access and change
					now, at := uint64(size), uint32(then)
					if looks++; looks > 1 {
						now, at = c.size, c.time
					}
					return []octets{p.answer(pktAttrs).u32(1 | 4 | 8).u64(now).u32(modeFile).u32(at).u32(at)}
				case pktRead:
					// Behind the handle "h" stands the offset.
					if binary.BigEndian.Uint64(p.body[5:]) == 0 {
						return []octets{p.answer(pktData).str(string(make([]byte, size)))}
					}
					return []octets{p.status(fxEOF, "")}
				}
				return []octets{p.status(fxOK, "")}
			})
			err := download(conn)
			if c.wants == nil {
				if err != nil || looks != 2 {
					t.Errorf("%v after %d looks", err, looks)
				}
				return
			}
			if fails(t, err, true, sftp.ReasonChanged); !errors.Is(err, c.wants) {
				t.Error(err)
			}
		})
	}
}
