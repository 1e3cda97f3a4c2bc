package sftp_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bekal/gateway/sftp"
)

// timed runs test in a bubble of false time, with a server that is reached
// through a pipe and Options whose deadlines are the defaults.
func timed(t *testing.T, spoil func(h *host), test func(t *testing.T, o sftp.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.config.AddHostKey(h.key)
		spoil(h)
		var work sync.WaitGroup
		defer work.Wait()
		defer close(h.ended)
		const address = "bank.example:22"
		test(t, sftp.Options{
			Address: address, User: "bekal", Password: password, KnownHosts: pin(t, address, h.key.PublicKey()),
			Dialer: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := newPipe()
				work.Go(func() { h.meet(theirs) })
				return ours, nil
			},
		})
	})
}

// took runs what should fail after a certain time, and checks that it did.
func took(t *testing.T, want time.Duration, run func() error) {
	t.Helper()
	begin := time.Now()
	err := run()
	fails(t, err, true, sftp.ReasonTimeout)
	if got := time.Since(begin); got != want {
		t.Errorf("it took %s, want %s: %v", got, want, err)
	}
}

func TestDefaultDialTimeout(t *testing.T) {
	timed(t, func(h *host) {
		h.accept = func(net.Conn) bool { h.hang(); return false }
	}, func(t *testing.T, o sftp.Options) {
		took(t, 15*time.Second, func() error { _, err := sftp.Dial(t.Context(), o); return err })
	})
}

func TestDefaultRequestTimeout(t *testing.T) {
	timed(t, func(h *host) {
		h.config.NoClientAuth = true
		h.serve = script(h, func(packet) []octets { return nil })
	}, func(t *testing.T, o sftp.Options) {
		conn, err := sftp.Dial(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		took(t, 30*time.Second, func() error { return stat(conn) })
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestDrippingListing: each answer comes in time, and there is no end of them; a
// long listing from a slow server is none of that sort.
func TestDrippingListing(t *testing.T) {
	for _, c := range []struct {
		name  string
		pages int // 0: no end
	}{
		{"without end", 0},
		{"of a slow server", 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			timed(t, func(h *host) {
				h.config.NoClientAuth = true
				s := &pages{page: func(p packet, i int) octets {
					if c.pages > 0 && i > c.pages {
						return nil
					}
					time.Sleep(29 * time.Second) // the bubble's time
					return entries(p, 1, func(int) string { return fmt.Sprint(i) })
				}}
				h.serve = script(h, s.answer)
			}, func(t *testing.T, o sftp.Options) {
				conn, err := sftp.Dial(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				if c.pages == 0 {
					took(t, 10*time.Minute, func() error { return list(conn) })
				} else if files, err := conn.List(t.Context(), "inbox"); err != nil || len(files) != c.pages {
					t.Errorf("%d files, %v", len(files), err)
				}
				if err := conn.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestDefaultStallTimeout: a minute without a byte ends a transfer; a piece
// every fifty seconds doesn't, however long it takes.
func TestDefaultStallTimeout(t *testing.T) {
	const pieces, size = 20, 32 << 10 // every server takes pieces of this size
	for _, c := range []struct {
		name  string
		run   func(*sftp.Conn) error
		gives int // pieces before it falls silent
	}{
		{"slow download", download, pieces},
		{"stalled download", download, 7},
		{"slow upload", func(c *sftp.Conn) error {
			return c.Upload(context.Background(), "file", io.LimitReader(zeroes{}, pieces*size), pieces*size)
		}, pieces},
		{"stalled upload", upload, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			timed(t, func(h *host) {
				h.config.NoClientAuth = true
				given := 0
				h.serve = script(h, func(p packet) []octets {
					switch p.kind {
					case pktOpen:
						return []octets{p.handle()}
					case pktFstat, pktLstat:
						return []octets{p.answer(pktAttrs).attrs(pieces*size, modeFile)}
					case pktRead, pktWrite:
						if p.kind == pktRead && given == pieces {
							return []octets{p.status(fxEOF, "")}
						}
						if given == c.gives {
							return nil
						}
						given++
						time.Sleep(50 * time.Second) // the bubble's time
						if p.kind == pktRead {
							return []octets{p.answer(pktData).str(string(make([]byte, size)))}
						}
					}
					return []octets{p.status(fxOK, "")}
				})
			}, func(t *testing.T, o sftp.Options) {
				conn, err := sftp.Dial(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				if c.gives == pieces {
					if err := c.run(conn); err != nil {
						t.Error(err)
					}
				} else {
					took(t, time.Duration(c.gives)*50*time.Second+time.Minute, func() error { return c.run(conn) })
				}
				if err := conn.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
