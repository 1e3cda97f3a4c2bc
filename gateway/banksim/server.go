package banksim

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// maxPacket is the largest payload that a read may ask for. Clients ask for
// 32 KiB unless they are told otherwise; fewer, larger packets are faster.
const maxPacket = 255 * 1024

var errNoLogin = errors.New("login refused")

// Seen counts what the server has met since it started.
type Seen struct {
	Connections int64 // TCP connections accepted
	Logins      int64 // logins that succeeded
	Refused     int64 // keys and passwords that were refused
}

type counters struct{ connections, logins, refused atomic.Int64 }

func (c *counters) seen() Seen {
	return Seen{Connections: c.connections.Load(), Logins: c.logins.Load(), Refused: c.refused.Load()}
}

// session is one TCP connection of a client.
type session struct {
	bank *Bank
	conn net.Conn
	gone chan struct{} // closed when the connection is over
	over sync.Once
}

func (s *session) end() { s.over.Do(func() { close(s.gone) }) }

// cut drops the connection. The error is of no interest: it is gone either
// way.
func (s *session) cut() { _ = s.conn.Close() }

// accept serves connections until the listener is closed.
func (b *Bank) accept() {
	defer b.running.Done()
	for {
		conn, err := b.listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				b.o.Log.Error("bank cannot accept connections", "err", err)
			}
			return
		}
		s := &session{bank: b, conn: conn, gone: make(chan struct{})}
		if !b.admit(s) {
			s.cut()
			continue
		}
		b.count.connections.Add(1)
		go func() {
			defer b.running.Done()
			defer b.dismiss(s)
			s.serve()
		}()
	}
}

func (s *session) serve() {
	defer s.end()
	defer s.cut()
	if t, ok := s.bank.wire.next(OpConnect, Before, "", 0, 0); ok {
		if t.Act == Hang {
			s.silence()
		}
		return
	}
	conn, channels, requests, err := ssh.NewServerConn(s.conn, s.config())
	if err != nil {
		s.bank.o.Log.Debug("bank: handshake failed", "err", err)
		return
	}
	s.bank.count.logins.Add(1)
	var open sync.WaitGroup
	open.Go(func() { ssh.DiscardRequests(requests) })
	open.Go(func() {
		// The multiplexer notices the end of the connection even while a
		// handler hangs; that is what sets the handler free.
		if err := conn.Wait(); err != nil {
			s.bank.o.Log.Debug("bank: connection ended", "err", err)
		}
		s.end()
	})
	for offered := range channels {
		if offered.ChannelType() != "session" {
			if err := offered.Reject(ssh.UnknownChannelType, "only sessions are served here"); err != nil {
				break
			}
			continue
		}
		channel, in, err := offered.Accept()
		if err != nil {
			break
		}
		open.Go(func() { s.channel(channel, in) })
	}
	s.cut()
	open.Wait()
}

// silence is the server that accepts and never speaks. It returns when the
// client hangs up.
func (s *session) silence() {
	s.bank.hangs()
	sink := make([]byte, 512)
	for {
		if _, err := s.conn.Read(sink); err != nil {
			return
		}
	}
}

// meetLogin is meet for a login. Before the handshake is over nothing watches
// the connection yet, so a login that hangs has to do so itself.
func (s *session) meetLogin() error {
	t, ok := s.bank.wire.next(OpAuth, Before, "", 0, 0)
	if !ok {
		return nil
	}
	switch t.Act {
	case Hang:
		s.silence()
	case Drop:
		s.cut()
	}
	return errNoLogin
}

// config makes the server's side of the handshake for one connection.
func (s *session) config() *ssh.ServerConfig {
	o := &s.bank.o
	c := &ssh.ServerConfig{
		ServerVersion: "SSH-2.0-BekalSimulatedBank",
		AuthLogCallback: func(_ ssh.ConnMetadata, method string, err error) {
			var partial *ssh.PartialSuccessError
			// Every client begins with the method "none", to learn what there is.
			if err != nil && method != "none" && !errors.As(err, &partial) {
				s.bank.count.refused.Add(1)
			}
		},
	}
	password := func(m ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
		if err := s.meetLogin(); err != nil {
			return nil, err
		}
		right := subtle.ConstantTimeCompare(given, []byte(o.Password)) == 1
		if !right || m.User() != o.User {
			return nil, errNoLogin
		}
		return nil, nil
	}
	if o.AuthorizedKey != nil {
		wanted := o.AuthorizedKey.Marshal()
		c.PublicKeyCallback = func(m ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if err := s.meetLogin(); err != nil {
				return nil, err
			}
			if m.User() != o.User || !bytes.Equal(key.Marshal(), wanted) {
				return nil, errNoLogin
			}
			return nil, nil
		}
		if o.KeyAndPassword {
			c.VerifiedPublicKeyCallback = func(_ ssh.ConnMetadata, _ ssh.PublicKey, _ *ssh.Permissions, _ string) (*ssh.Permissions, error) {
				return nil, &ssh.PartialSuccessError{Next: ssh.ServerAuthCallbacks{PasswordCallback: password}}
			}
		}
	}
	if o.Password != "" && !o.KeyAndPassword {
		c.PasswordCallback = password
	}
	c.AddHostKey(o.HostKey)
	return c
}

// channel serves the sftp subsystem on one channel and refuses everything
// else.
func (s *session) channel(channel ssh.Channel, in <-chan *ssh.Request) {
	var serving sync.WaitGroup
	started := false
	for request := range in {
		sub := struct{ Name string }{}
		ok := request.Type == "subsystem" && !started && ssh.Unmarshal(request.Payload, &sub) == nil && sub.Name == "sftp"
		if err := request.Reply(ok, nil); err != nil {
			break
		}
		if ok {
			started = true
			serving.Go(func() { s.sftp(channel) })
		}
	}
	serving.Wait()
}

func (s *session) sftp(channel ssh.Channel) {
	t := &tree{session: s, root: s.bank.root}
	filtered := &greeting{Channel: newTap(channel, s), posixRename: !s.bank.o.Wire.NoPosixRename}
	server := sftp.NewRequestServer(filtered, sftp.Handlers{FileGet: t, FilePut: t, FileCmd: t, FileList: t},
		sftp.WithRSMaxTxPacket(maxPacket))
	if err := server.Serve(); err != nil {
		s.bank.o.Log.Debug("bank: sftp ended", "err", fmt.Sprint(err))
	}
	// The client may be gone already; then there is nobody to tell.
	_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{}))
	_ = channel.Close()
}
