package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var testNow = time.Date(2026, 11, 23, 19, 30, 0, 0, time.FixedZone("WIB", 7*3600))

func (s *smtpd) client(t *testing.T, mode string) Email {
	return Email{
		Host: "127.0.0.1", Port: s.port(t), From: "Bekal <bekal@example.go.id>",
		To:  []string{"keuangan@example.go.id", "operator@example.go.id"},
		TLS: mode, Roots: s.roots, Timeout: 10 * time.Second,
		Now: func() time.Time { return testNow },
	}
}

func lend(plain string) func(func(string) error) error {
	return func(login func(string) error) error { return login(plain) }
}

var night = Message{
	Subject: "Bekal PWK: 3 selisih – malam 23 November 2026", Level: LevelError, Night: "2026-11-23",
	Facility: "PWK", Outcome: "mismatch",
	Body: "Setoran 240, cocok 237.\n.\nRekening 001234567890123 tidak cocok.\nFrom here on: é.\n",
}

func TestEmail(t *testing.T) {
	for _, tt := range []struct {
		mode   string
		server *smtpd
		tls    bool
		user   string
	}{
		{StartTLS, &smtpd{}, true, ""},
		{"", &smtpd{login: "bekal:kata sandi"}, true, "bekal"},
		{ImplicitTLS, &smtpd{implicit: true}, true, ""},
		{ImplicitTLS, &smtpd{implicit: true, login: "bekal:kata sandi"}, true, "bekal"},
		{NoneOnLoopback, &smtpd{noStartTLS: true}, false, ""},
		{NoneOnLoopback, &smtpd{login: "bekal:kata sandi"}, false, "bekal"},
	} {
		t.Run(fmt.Sprintf("%s with login %q", tt.mode, tt.user), func(t *testing.T) {
			e := tt.server.start(t).client(t, tt.mode)
			if tt.user != "" {
				e.Username, e.Password = tt.user, lend("kata sandi")
			}
			if err := e.Notify(t.Context(), night); err != nil {
				t.Fatal(err)
			}
			mails := tt.server.received()
			if len(mails) != 1 {
				t.Fatalf("%d mails", len(mails))
			}
			got := mails[0]
			if got.tls != tt.tls || got.user != tt.user {
				t.Errorf("encrypted %v, user %q", got.tls, got.user)
			}
			if !strings.HasPrefix(got.from, "FROM:<bekal@example.go.id>") {
				t.Errorf("from %q", got.from)
			}
			if diff := cmp.Diff([]string{"TO:<keuangan@example.go.id>", "TO:<operator@example.go.id>"}, got.to); diff != "" {
				t.Errorf("recipients (-want +got):\n%s", diff)
			}
			checkMail(t, got.data)
		})
	}
}

func checkMail(t *testing.T, data string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != night.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	if date, err := m.Header.Date(); err != nil || !date.Equal(testNow) {
		t.Errorf("date %v, %v", date, err)
	}
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "X-Bekal-Night": "2026-11-23", "X-Bekal-Facility": "PWK", "X-Bekal-Outcome": "mismatch",
		"Importance": "high",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(night.Body, "001234567890123", "***********0123")
	if diff := cmp.Diff(want, strings.ReplaceAll(string(body), "\r\n", "\n")); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if strings.Contains(data, "001234567890123") {
		t.Error("an account number left the house")
	}
}

func TestEmailHeaderInjection(t *testing.T) {
	s := (&smtpd{noStartTLS: true}).start(t)
	e := s.client(t, NoneOnLoopback)
	evil := "Malam\r\nBcc: lain@example.com\r\n\r\nbody\u2028X: y\x00\x1b[31m"
	if err := e.Notify(t.Context(), Message{Subject: evil, Night: evil, Facility: evil, Outcome: evil, Body: "isi"}); err != nil {
		t.Fatal(err)
	}
	got := s.received()[0]
	if len(got.to) != 2 {
		t.Errorf("recipients %v", got.to)
	}
	m, err := mail.ReadMessage(strings.NewReader(got.data))
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("Bcc") != "" || m.Header.Get("X") != "" {
		t.Errorf("headers %v", m.Header)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Malam Bcc: lain@example.com body X: y [31m" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if body, err := io.ReadAll(m.Body); err != nil || strings.TrimSpace(string(body)) != "isi" {
		t.Errorf("body %q, %v", body, err)
	}
	for _, bad := range []Email{
		{From: "a@example.com\r\nBcc: x@example.com", To: []string{"b@example.com"}},
		{From: "a@example.com", To: []string{"b@example.com\nRCPT TO:<x@example.com>"}},
		{From: "a@example.com"},
		{From: "", To: []string{"b@example.com"}},
	} {
		e := s.client(t, NoneOnLoopback)
		e.From, e.To = bad.From, bad.To
		if err := e.Notify(t.Context(), night); err == nil {
			t.Errorf("from %q to %q is sent", bad.From, bad.To)
		}
	}
	if n := len(s.received()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

func TestEmailRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server *smtpd
		mode   string
		change func(*Email)
		want   string
		hint   string
	}{
		{"no STARTTLS", &smtpd{noStartTLS: true}, StartTLS, nil, "STARTTLS", "implicit"},
		{"strange certificate", &smtpd{}, StartTLS, func(e *Email) { e.Roots = nil }, "certificate", "authority"},
		{"strange certificate, implicit", &smtpd{implicit: true}, ImplicitTLS, func(e *Email) { e.Roots = nil }, "certificate", "authority"},
		{"another name", &smtpd{}, StartTLS, func(e *Email) { e.Host = "localhost" }, "certificate", "under host"},
		{"wrong password", &smtpd{login: "bekal:lain"}, StartTLS, func(e *Email) { e.Username, e.Password = "bekal", lend("kata sandi") }, "535", "password"},
		{"no password", &smtpd{login: "bekal:lain"}, StartTLS, func(e *Email) { e.Username = "bekal" }, "without a password", ""},
		{"password file lost", &smtpd{}, StartTLS, func(e *Email) {
			e.Username, e.Password = "bekal", func(func(string) error) error { return errors.New("file is gone") }
		}, "file is gone", ""},
		{"no login offered", &smtpd{}, StartTLS, func(e *Email) { e.Username, e.Password = "bekal", lend("kata sandi") }, "AUTH", "user name"},
		{"login demanded", &smtpd{login: "a:b"}, StartTLS, nil, "530", ""},
		{"sender refused", &smtpd{refuse: "MAIL"}, StartTLS, nil, "550", ""},
		{"recipient refused", &smtpd{refuse: "RCPT"}, StartTLS, nil, "550", ""},
		{"data refused", &smtpd{refuse: "DATA"}, StartTLS, nil, "550", ""},
		{"odd mode", &smtpd{}, "opportunistic", nil, "no way to encrypt", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := tt.server.start(t).client(t, tt.mode)
			if tt.change != nil {
				tt.change(&e)
			}
			err := e.Notify(t.Context(), night)
			var known *Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(known.Hint(), tt.hint) {
				t.Fatalf("error %v", err)
			}
			if !strings.HasPrefix(err.Error(), "notify by email through ") {
				t.Errorf("the error does not name the channel: %v", err)
			}
			if strings.Contains(err.Error(), "kata sandi") || strings.Contains(err.Error(), "001234567890123") {
				t.Errorf("the error says too much: %v", err)
			}
			if n := len(tt.server.received()); n != 0 {
				t.Errorf("%d mails went out", n)
			}
		})
	}
}

func TestEmailDeadlines(t *testing.T) {
	for _, at := range []string{"CONNECT", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA"} {
		t.Run(at, func(t *testing.T) {
			s := (&smtpd{hangAt: at}).start(t)
			e := s.client(t, StartTLS)
			e.Timeout = 200 * time.Millisecond
			if err := e.Notify(t.Context(), night); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("deadline: %v", err)
			}
			// The caller's own end is heard as well, long before the deadline.
			e.Timeout = time.Minute
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if err := e.Notify(ctx, night); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("caller: %v", err)
			}
		})
	}
}

// A server that loses its mind after taking the mail has taken it.
func TestEmailFarewellDoesNotMatter(t *testing.T) {
	s := (&smtpd{hangAt: "QUIT"}).start(t)
	e := s.client(t, StartTLS)
	e.Timeout = time.Second
	if err := e.Notify(t.Context(), night); err != nil || len(s.received()) != 1 {
		t.Errorf("%v, %d mails", err, len(s.received()))
	}
}

func TestEmailNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &smtpd{address: l.Addr().String()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var known *Error
	if err := s.client(t, StartTLS).Notify(t.Context(), night); !errors.As(err, &known) || !strings.Contains(known.Hint(), "firewall") {
		t.Errorf("error %v", err)
	}
}

// The connection counts, and not the name: a server that is not this machine is
// hung up on before a word is said.
func TestEmailUnencryptedStaysHere(t *testing.T) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	e := Email{Host: "mail.example.go.id", Port: 25, TLS: NoneOnLoopback}
	for _, a := range addrs {
		ip, ok := a.(*net.IPNet)
		if !ok || ip.IP.IsLoopback() || ip.IP.To4() == nil {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort(ip.IP.String(), "0"))
		if err != nil {
			t.Fatal(err)
		}
		conn, err := e.dial(t.Context(), "tcp", l.Addr().String())
		if conn != nil || !errors.Is(err, errNotLoopback) || e.hint(err) == "" {
			t.Errorf("%s: %v, %v", l.Addr(), conn, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	conn, err := e.dial(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatalf("loopback: %v", err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}
