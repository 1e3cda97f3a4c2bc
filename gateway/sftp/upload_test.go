package sftp_test

import (
	"slices"
	"testing"

	"bekal/gateway/sftp"
)

// TestUploadMakesWay: only a regular file is removed for an upload, and only
// when the server has refused to open it. Whatever else it says is the error.
func TestUploadMakesWay(t *testing.T) {
	for _, c := range []struct {
		name   string
		code   uint32 // what the first open is answered with
		mode   uint32 // of what is there; 0: nothing
		remove uint32 // what a removal is answered with
		again  uint32 // what the second open is answered with
		kinds  []byte // what is asked, up to the second open
		reason sftp.Reason
	}{
		{"a file", fxPermission, modeFile, fxOK, fxOK, []byte{pktOpen, pktLstat, pktRemove, pktOpen}, ""},
		{"a file, said otherwise", fxFailure, modeFile, fxOK, fxOK, []byte{pktOpen, pktLstat, pktRemove, pktOpen}, ""},
		{"a file, said as what it is", fxExists, modeFile, fxOK, fxOK, []byte{pktOpen, pktLstat, pktRemove, pktOpen}, ""},
		{"a folder", fxFailure, modeFolder, fxOK, fxOK, []byte{pktOpen, pktLstat}, sftp.ReasonRefused},
		{"a link", fxPermission, modeLink, fxOK, fxOK, []byte{pktOpen, pktLstat}, sftp.ReasonPermission},
		{"nothing", fxPermission, 0, fxOK, fxOK, []byte{pktOpen, pktLstat}, sftp.ReasonPermission},
		{"no folder for it", fxNoSuchFile, 0, fxOK, fxOK, []byte{pktOpen}, sftp.ReasonNotExist},
		{"a full disk", fxSpace, modeFile, fxOK, fxOK, []byte{pktOpen}, sftp.ReasonNoSpace},
		{"a file that can't be removed", fxPermission, modeFile, fxPermission, fxOK, []byte{pktOpen, pktLstat, pktRemove}, sftp.ReasonPermission},
		{"a folder that takes no other", fxPermission, modeFile, fxOK, fxQuota, []byte{pktOpen, pktLstat, pktRemove, pktOpen}, sftp.ReasonNoSpace},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked []byte
			opened := 0
			conn := serve(t, func(p packet) []octets {
				if opened < 2 && len(asked) < len(c.kinds) {
					asked = append(asked, p.kind)
				}
				switch p.kind {
				case pktOpen:
					code := []uint32{c.code, c.again}[min(opened, 1)]
					if opened++; code == fxOK {
						return []octets{p.handle()}
					}
					return []octets{p.status(code, "")}
				case pktLstat:
					if opened < 2 && c.mode == 0 {
						return []octets{p.status(fxNoSuchFile, "")}
					}
					mode := c.mode
					return []octets{p.answer(pktAttrs).attrs(1<<20, mode)}
				case pktRemove:
					return []octets{p.status(c.remove, "")}
				case 15: // RMDIR, which pkg/sftp tries after it
					return []octets{p.status(c.remove, "")}
				}
				return []octets{p.status(fxOK, "")}
			})
			err := upload(conn)
			if c.reason == "" && err != nil {
				t.Error(err)
			}
			if c.reason != "" {
				fails(t, err, false, c.reason)
			}
			if !slices.Equal(asked, c.kinds) || opened > 2 {
				t.Errorf("asked %v (%d opens), want %v", asked, opened, c.kinds)
			}
		})
	}
}

// TestUploadFlushed: a file is at the bank when it is on its disk. Servers often
// learn only then that there is no room for it.
func TestUploadFlushed(t *testing.T) {
	for _, c := range []struct {
		name   string
		code   uint32 // what fsync is answered with
		text   string
		reason sftp.Reason
	}{
		{"flushed", fxOK, "", ""},
		{"a failure without a reason", fxFailure, "Failure", sftp.ReasonRefused},
		{"a full disk", fxFailure, "No space left on device", sftp.ReasonNoSpace},
		{"used up", fxQuota, "", sftp.ReasonNoSpace},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked []byte
			conn := serve(t, func(p packet) []octets {
				if p.kind != pktWrite {
					asked = append(asked, p.kind)
				}
				switch p.kind {
				case pktOpen:
					return []octets{p.handle()}
				case pktExtended:
					return []octets{p.status(c.code, c.text)}
				case pktLstat:
					return []octets{p.answer(pktAttrs).attrs(1<<20, modeFile)}
				}
				return []octets{p.status(fxOK, "")}
			}, [2]string{"fsync@openssh.com", "1"})
			want := []byte{pktOpen, pktExtended, pktClose}
			if err := upload(conn); c.reason != "" {
				fails(t, err, false, c.reason)
			} else if want = append(want, pktLstat); err != nil {
				t.Error(err)
			}
			if !slices.Equal(asked, want) {
				t.Errorf("asked %v, want %v", asked, want)
			}
		})
	}
}
