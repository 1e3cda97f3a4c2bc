package sftp_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
)

// patience is a deadline that a test can wait for.
const patience = 250 * time.Millisecond

// TestDialHangs: at whichever point a server falls silent, Dial ends in time
// with a temporary error.
func TestDialHangs(t *testing.T) {
	for name, spoil := range map[string]func(h *host){
		"accepts and never speaks": func(h *host) {
			h.accept = func(net.Conn) bool { h.hang(); return false }
		},
		"stops in its version": func(h *host) {
			h.accept = func(conn net.Conn) bool { _, _ = io.WriteString(conn, "SSH-2.0-Lama"); h.hang(); return false }
		},
		"stops before the key exchange": func(h *host) {
			h.accept = func(conn net.Conn) bool {
				_, _ = io.WriteString(conn, "SSH-2.0-Lama\r\n")
				h.hang()
				return false
			}
		},
		"stops in the authentication": func(h *host) {
			h.config.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
				h.hang()
				return nil, io.EOF
			}
		},
		"never opens the session": func(h *host) {
			h.session = func(ssh.NewChannel) bool { h.hang(); return false }
		},
		"never greets": func(h *host) {
			h.serve = func(io.ReadWriteCloser) { h.hang() }
		},
		"never tells its limits": func(h *host) {
			h.serve = script(h, func(packet) []octets { return nil }, [2]string{"limits@openssh.com", "1"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			spoil(h)
			o := h.start(t)
			o.DialTimeout = patience
			_, err := sftp.Dial(t.Context(), o)
			if fails(t, err, true, sftp.ReasonTimeout); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("error is %v", err)
			}
			o.DialTimeout = time.Hour
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			_, err = sftp.Dial(ctx, o)
			fails(t, err, true, sftp.ReasonTimeout)
			ctx, cancel = context.WithCancel(t.Context())
			time.AfterFunc(patience/4, cancel)
			_, err = sftp.Dial(ctx, o)
			if fails(t, err, true, sftp.ReasonCancelled); !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// TestFetchHostKeyHangs: asking for the key ends with its context too.
func TestFetchHostKeyHangs(t *testing.T) {
	h := newHost(t)
	h.accept = func(net.Conn) bool { h.hang(); return false }
	o := h.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err := sftp.FetchHostKey(ctx, o.Address, nil)
	fails(t, err, true, sftp.ReasonTimeout)
}

func TestDialRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	h := newHost(t)
	o := h.start(t)
	o.Address = address
	o.KnownHosts = pin(t, address, h.key.PublicKey())
	_, err = sftp.Dial(t.Context(), o)
	fails(t, err, true, sftp.ReasonNetwork)
	_, err = sftp.FetchHostKey(t.Context(), address, nil)
	fails(t, err, true, sftp.ReasonNetwork)
}

// TestDialNotSSH: another kind of server is for a person to sort out.
func TestDialNotSSH(t *testing.T) {
	h := newHost(t)
	h.accept = func(conn net.Conn) bool {
		for range 2000 {
			if _, err := io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n"); err != nil {
				break
			}
		}
		h.hang()
		return false
	}
	o := h.start(t)
	_, err := sftp.Dial(t.Context(), o)
	if e := fails(t, err, false, sftp.ReasonProtocol); e.Hint() == "" {
		t.Error("no hint")
	}
}

// TestNoSFTP: SSH without the subsystem.
func TestNoSFTP(t *testing.T) {
	h := newHost(t) // serve is nil: no subsystem
	_, err := sftp.Dial(t.Context(), h.start(t))
	fails(t, err, false, sftp.ReasonProtocol)
}

// TestRequestHangs: a server that falls silent in the middle of something.
func TestRequestHangs(t *testing.T) {
	silent := func(kind byte) func(packet) []octets {
		return func(p packet) []octets {
			switch p.kind {
			case kind:
				return nil
			case pktLstat:
				return []octets{p.status(fxNoSuchFile, "")}
			case pktFstat:
				return []octets{p.answer(pktAttrs).attrs(1<<20, 0o100644)}
			case pktOpen, pktOpendir:
				return []octets{p.handle()}
			case pktReaddir:
				return []octets{p.answer(pktName).u32(1).str("file").str("").attrs(1, 0o100644)}
			case pktData:
				return []octets{p.answer(pktData).str("data")}
			}
			return []octets{p.status(fxOK, "")}
		}
	}
	for _, c := range []struct {
		name      string
		kind      byte
		run       func(*sftp.Conn) error
		undecided bool
	}{
		{"opendir", pktOpendir, list, false},
		{"listing", pktReaddir, list, false},
		{"stat", pktLstat, stat, false},
		{"open to read", pktOpen, download, false},
		{"fstat", pktFstat, download, false},
		{"read", pktRead, download, false},
		{"open to write", pktOpen, upload, false},
		{"write", pktWrite, upload, false},
		{"fsync", pktExtended, upload, false},
		{"close", pktClose, upload, false},
		{"look before a rename", pktLstat, rename, false},
		{"rename", pktRename, rename, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t)
			h.serve = script(h, silent(c.kind), [2]string{"fsync@openssh.com", "1"})
			o := h.start(t)
			o.RequestTimeout, o.StallTimeout = patience, patience
			conn := dial(t, o)
			err := c.run(conn)
			if e := fails(t, err, true, sftp.ReasonTimeout); e.Undecided() != c.undecided {
				t.Errorf("undecided is %v: %v", e.Undecided(), err)
			}
			_, err = conn.Stat(t.Context(), "file")
			fails(t, err, true, sftp.ReasonNetwork)
		})
	}
}

func list(c *sftp.Conn) error { _, err := c.List(context.Background(), "inbox"); return err }
func stat(c *sftp.Conn) error { _, err := c.Stat(context.Background(), "file"); return err }
func download(c *sftp.Conn) error {
	_, err := c.Download(context.Background(), "file", io.Discard, 1<<30)
	return err
}
func upload(c *sftp.Conn) error {
	return c.Upload(context.Background(), "file", io.LimitReader(zeroes{}, 1<<20), 1<<20)
}
func rename(c *sftp.Conn) error { return c.Rename(context.Background(), "file", "other") }
func remove(c *sftp.Conn) error { return c.Remove(context.Background(), "file") }

// zeroes is an endless source.
type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }
