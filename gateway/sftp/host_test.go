package sftp_test

import (
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

// host is an SSH server in this process whose every part a test can spoil.
type host struct {
	config  *ssh.ServerConfig
	key     ssh.Signer // host key
	client  ssh.Signer // the key that logs in
	address string

	accept  func(net.Conn) bool         // false: done with it, no SSH
	given   func(password string) error // judges a password; nil: only the right one is taken
	session func(ssh.NewChannel) bool
	serve   func(io.ReadWriteCloser) // speaks SFTP
	ended   chan struct{}            // closed when the test ends
}

// newHost makes a host that lets client in; start it when it is spoilt enough.
func newHost(t testing.TB) *host {
	h := &host{
		config: &ssh.ServerConfig{}, key: sftptest.NewSigner(t), client: sftptest.NewSigner(t), ended: make(chan struct{}),
	}
	h.config.PublicKeyCallback = func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if string(key.Marshal()) != string(h.client.PublicKey().Marshal()) {
			return nil, io.ErrNoProgress
		}
		return nil, nil
	}
	return h
}

// start listens and gives options that connect to it.
func (h *host) start(t testing.TB) sftp.Options {
	t.Helper()
	h.config.AddHostKey(h.key)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.address = listener.Addr().String()
	var work sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			work.Go(func() { h.meet(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		close(h.ended)
		mu.Lock()
		for _, conn := range open {
			_ = conn.Close()
		}
		mu.Unlock()
		work.Wait()
	})
	return sftp.Options{
		Address: h.address, User: "bekal", Signers: []ssh.Signer{h.client}, KnownHosts: pin(t, h.address, h.key.PublicKey()),
		DialTimeout: 5 * time.Second, RequestTimeout: 5 * time.Second, StallTimeout: 5 * time.Second,
	}
}

// meet serves one connection.
func (h *host) meet(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	if h.accept == nil || h.accept(conn) {
		h.speak(conn)
	}
}

// speak is the server's side of one connection.
func (h *host) speak(conn net.Conn) {
	server, channels, requests, err := ssh.NewServerConn(conn, h.config)
	if err != nil {
		return
	}
	var work sync.WaitGroup
	defer work.Wait()
	defer func() { _ = server.Close() }()
	work.Go(func() { ssh.DiscardRequests(requests) })
	for wanted := range channels {
		if h.session != nil && !h.session(wanted) {
			continue
		}
		channel, requests, err := wanted.Accept()
		if err != nil {
			return
		}
		work.Go(func() {
			for r := range requests {
				ok := r.Type == "subsystem" && h.serve != nil
				_ = r.Reply(ok, nil)
				if ok {
					work.Go(func() {
						h.serve(channel)
						_ = channel.Close()
					})
				}
			}
		})
	}
}

// hang waits until the test is over.
func (h *host) hang() { <-h.ended }

// pin makes a known_hosts file with one key.
func pin(t testing.TB, address string, key ssh.PublicKey) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known_hosts")
	if err := sftp.Pin(file, address, key); err != nil {
		t.Fatal(err)
	}
	return file
}

// dial connects or ends the test.
func dial(t *testing.T, o sftp.Options) *sftp.Conn {
	t.Helper()
	conn, err := sftp.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	return conn
}

// The packet types, draft-ietf-secsh-filexfer-02, section 3.
const (
	pktInit, pktVersion                                  = 1, 2
	pktOpen, pktClose, pktRead, pktWrite, pktLstat       = 3, 4, 5, 6, 7
	pktFstat, pktOpendir, pktReaddir, pktRemove          = 8, 11, 12, 13
	pktRename, pktStatus, pktHandle, pktData             = 18, 101, 102, 103
	pktName, pktAttrs, pktExtended, pktExtendedReply     = 104, 105, 200, 201
	fxOK, fxEOF, fxNoSuchFile, fxPermission, fxFailure   = 0, 1, 2, 3, 4
	fxBadMessage, fxNoConnection, fxLost, fxUnsupported  = 5, 6, 7, 8
	fxNoPath, fxExists, fxWriteProtect, fxSpace, fxQuota = 10, 11, 12, 14, 15
)

// packet is one that the client sent.
type packet struct {
	kind byte
	id   uint32
	body []byte // behind the id
}

// octets builds the body of an answer.
type octets []byte

func (b octets) u32(v uint32) octets { return binary.BigEndian.AppendUint32(b, v) }
func (b octets) u64(v uint64) octets { return binary.BigEndian.AppendUint64(b, v) }
func (b octets) str(s string) octets { return append(b.u32(uint32(len(s))), s...) }

// answer begins the answer to p.
func (p packet) answer(kind byte) octets { return octets{kind}.u32(p.id) }

func (p packet) status(code uint32, text string) octets {
	return p.answer(pktStatus).u32(code).str(text).str("")
}
func (p packet) handle() octets { return p.answer(pktHandle).str("h") }

// attrs describes a file of this size and mode.
func (b octets) attrs(size uint64, mode uint32) octets { return b.u32(1 | 4).u64(size).u32(mode) }

// script makes a server out of a function from packet to answers; nil answers
// nothing, and hangs. Extensions are offered with the version that is given.
func script(h *host, answer func(p packet) []octets, extensions ...[2]string) func(io.ReadWriteCloser) {
	return func(channel io.ReadWriteCloser) {
		for {
			p, err := receive(channel)
			if err != nil {
				return
			}
			var answers []octets
			if p.kind == pktInit {
				version := octets{pktVersion}.u32(3)
				for _, e := range extensions {
					version = version.str(e[0]).str(e[1])
				}
				answers = []octets{version}
			} else {
				answers = answer(p)
			}
			if answers == nil {
				h.hang()
				return
			}
			for _, a := range answers {
				if _, err := channel.Write(append(octets{}.u32(uint32(len(a))), a...)); err != nil {
					return
				}
			}
		}
	}
}

func receive(r io.Reader) (packet, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return packet{}, err
	}
	body := make([]byte, binary.BigEndian.Uint32(length[:]))
	if _, err := io.ReadFull(r, body); err != nil {
		return packet{}, err
	}
	return packet{kind: body[0], id: binary.BigEndian.Uint32(body[1:]), body: body[5:]}, nil
}

// fails checks an error's reason and whether it is temporary.
func fails(t *testing.T, err error, temporary bool, reason sftp.Reason) *sftp.Error {
	t.Helper()
	e, ok := err.(*sftp.Error) //nolint:errorlint // this package's errors are exactly this
	if !ok {
		t.Fatalf("error is %v (%T), want *sftp.Error", err, err)
	}
	if e.Reason != reason || e.Temporary() != temporary {
		t.Errorf("reason %q, temporary %v; want %q, %v: %v", e.Reason, e.Temporary(), reason, temporary, err)
	}
	return e
}
