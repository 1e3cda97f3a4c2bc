package notify

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// smtpd is a small mail server on loopback, with the faults of its elders.
type smtpd struct {
	implicit   bool   // TLS from the first byte
	noStartTLS bool   // does not offer it
	login      string // user:password that it demands; empty: none
	hangAt     string // the command that it never answers; "CONNECT": says nothing at all
	refuse     string // the command that it refuses for good

	address string
	roots   *x509.CertPool
	config  *tls.Config
	conns   sync.WaitGroup
	done    chan struct{}

	mu    sync.Mutex
	mails []received
}

type received struct {
	from string
	to   []string
	data string
	tls  bool
	user string
}

func (s *smtpd) start(t *testing.T) *smtpd {
	t.Helper()
	s.certify(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.implicit {
		l = tls.NewListener(l, s.config)
	}
	s.address = l.Addr().String()
	s.done = make(chan struct{})
	s.conns.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.conns.Go(func() {
				defer func() { _ = conn.Close() }() // the client has mostly hung up
				if err := s.serve(conn); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
					var op *net.OpError
					if !errors.As(err, &op) { // the other side hung up
						t.Errorf("mail server: %v", err)
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		close(s.done)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		s.conns.Wait()
	})
	return s
}

// port returns the port for the client's configuration.
func (s *smtpd) port(t *testing.T) int {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	return a.Port
}

func (s *smtpd) received() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

func (s *smtpd) certify(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail contoh"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(cert)
	s.config = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// hang waits until the client has given up, or the test is over.
func (s *smtpd) hang(r io.Reader) error {
	gone := make(chan error, 1)
	s.conns.Go(func() {
		_, err := io.Copy(io.Discard, r)
		gone <- err
	})
	select {
	case err := <-gone:
		return err
	case <-s.done:
		return nil
	}
}

func (s *smtpd) serve(conn net.Conn) error {
	r := bufio.NewReader(conn)
	if s.hangAt == "CONNECT" {
		return s.hang(r)
	}
	say := func(lines ...string) error {
		_, err := io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n")
		return err
	}
	if err := say("220 contoh ESMTP"); err != nil {
		return err
	}
	now := received{tls: s.implicit}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, " ")
		verb = strings.ToUpper(verb)
		if verb == s.hangAt {
			return s.hang(r)
		}
		reply := []string{"250 ok"}
		switch {
		case verb == s.refuse:
			reply = []string{"550 5.7.1 not for you, account 001234567890123"}
		case verb == "EHLO":
			reply = []string{"250-contoh", "250-8BITMIME"}
			if !now.tls && !s.noStartTLS {
				reply = append(reply, "250-STARTTLS")
			}
			if s.login != "" {
				reply = append(reply, "250-AUTH PLAIN")
			}
			reply = append(reply, "250 HELP")
		case verb == "STARTTLS":
			if err := say("220 go ahead"); err != nil {
				return err
			}
			secure := tls.Server(conn, s.config)
			if err := secure.Handshake(); err != nil {
				return io.EOF // the client does not like the certificate
			}
			conn, r, now = secure, bufio.NewReader(secure), received{tls: true}
			continue
		case verb == "AUTH":
			plain, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if err != nil {
				return err
			}
			if strings.ReplaceAll(strings.TrimPrefix(string(plain), "\x00"), "\x00", ":") != s.login {
				reply = []string{"535 5.7.8 wrong user name or password"}
			} else {
				now.user, _, _ = strings.Cut(s.login, ":")
				reply = []string{"235 welcome"}
			}
		case verb == "MAIL" && s.login != "" && now.user == "":
			reply = []string{"530 5.7.0 log in first"}
		case verb == "MAIL":
			now.from = rest
		case verb == "RCPT":
			now.to = append(now.to, rest)
		case verb == "DATA":
			if err := say("354 go ahead"); err != nil {
				return err
			}
			var data strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return err
				}
				if line == ".\r\n" {
					break
				}
				data.WriteString(strings.TrimPrefix(line, "."))
			}
			now.data = data.String()
			s.mu.Lock()
			s.mails = append(s.mails, now)
			s.mu.Unlock()
		case verb == "QUIT":
			return say("221 bye")
		}
		if err := say(reply...); err != nil {
			return err
		}
	}
}
