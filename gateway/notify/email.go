package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// How a connection to a mail server is encrypted.
const (
	StartTLS       = "starttls"         // from its second command on, and never without
	ImplicitTLS    = "implicit"         // from its first byte on
	NoneOnLoopback = "none-on-loopback" // not at all, which only this machine's own server may ask for
)

// Email sends messages by SMTP.
type Email struct {
	Host     string
	Port     int // 0: 587, 465 or 25, as TLS demands
	From     string
	To       []string
	Username string // empty: no login
	// Password lends the password to the login; nil: none. It is a function, so
	// that no copy of this value can print it.
	Password func(login func(plain string) error) error
	TLS      string           // empty: StartTLS
	Roots    *x509.CertPool   // nil: those of the system
	Timeout  time.Duration    // of the whole delivery; 0: 30 seconds
	Now      func() time.Time // for the Date of a mail
}

// Name names the server.
func (e Email) Name() string { return "email through " + e.address() }

func (e Email) address() string {
	port := e.Port
	if port == 0 {
		port = map[string]int{ImplicitTLS: 465, NoneOnLoopback: 25}[e.TLS]
	}
	if port == 0 {
		port = 587
	}
	return net.JoinHostPort(e.Host, strconv.Itoa(port))
}

// Notify sends one mail to all recipients. A server that refuses one of them
// fails the mail.
func (e Email) Notify(ctx context.Context, m Message) error {
	timeout := e.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	msg, err := e.compose(m.outgoing())
	if err == nil {
		err = e.send(ctx, msg, timeout+grace)
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return &Error{e.Name(), err, e.hint(err)}
}

func (e Email) compose(m Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(e.From); err != nil {
		return nil, fmt.Errorf("sender %q: %w", e.From, err)
	}
	if len(e.To) == 0 {
		return nil, errors.New("no recipient")
	}
	if err := msg.To(e.To...); err != nil {
		return nil, fmt.Errorf("recipients: %w", err)
	}
	msg.Subject(m.Subject)
	if e.Now != nil {
		msg.SetDateWithValue(e.Now())
	} else {
		msg.SetDate()
	}
	msg.SetMessageID()
	// Nobody's out-of-office reply is wanted.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Bekal-Night", m.Night)
	msg.SetGenHeader("X-Bekal-Facility", m.Facility)
	msg.SetGenHeader("X-Bekal-Outcome", m.Outcome)
	if m.Level == LevelError {
		msg.SetImportance(mail.ImportanceHigh)
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Body)
	return msg, nil
}

// send hands the mail over in one connection, which is closed whatever happens
// and as soon as ctx ends. That is why it dials by itself: the library sets
// deadlines of its own (later ones, so that ctx has the word), and keeps a
// connection whose login failed.
func (e Email) send(ctx context.Context, msg *mail.Msg, timeout time.Duration) error {
	options, err := e.options(timeout)
	if err != nil {
		return err
	}
	var hangUp func()
	defer func() {
		if hangUp != nil {
			hangUp()
		}
	}()
	options = append(options, mail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := e.dial(dialing, network, address)
		if err != nil {
			return nil, err
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		hangUp = func() {
			stop()
			// The mail is delivered or it is not; closing tells nothing new.
			_ = conn.Close()
		}
		return conn, nil
	}))
	client, err := mail.NewClient(e.Host, options...)
	if err != nil {
		return err
	}
	if e.Username != "" {
		if e.Password == nil {
			return errors.New("a user name without a password")
		}
		client.SetUsername(e.Username)
		if err := e.Password(func(plain string) error { client.SetPassword(plain); return nil }); err != nil {
			return err
		}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	if err := client.Send(msg); err != nil {
		return err
	}
	// The server has taken the mail; what it says to a farewell is no matter.
	_ = client.Close()
	return nil
}

func (e Email) options(timeout time.Duration) ([]mail.Option, error) {
	_, text, err := net.SplitHostPort(e.address())
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, err
	}
	// A server that has taken the mail, and then stumbles over a command that
	// nobody needs, has not failed.
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(timeout), mail.WithTLSConfig(e.settings()), mail.WithoutNoop(), mail.WithoutRset()}
	logins := []mail.SMTPAuthType{mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin}
	switch e.TLS {
	case "", StartTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case ImplicitTLS:
		options = append(options, mail.WithSSL())
	case NoneOnLoopback:
		logins = []mail.SMTPAuthType{mail.SMTPAuthPlainNoEnc, mail.SMTPAuthLoginNoEnc}
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		return nil, fmt.Errorf("%q is no way to encrypt mail", e.TLS)
	}
	if e.Username != "" {
		options = append(options, mail.WithOpportunisticSMTPAuth(logins...))
	}
	return options, nil
}

func (e Email) settings() *tls.Config {
	return &tls.Config{ServerName: e.Host, RootCAs: e.Roots, MinVersion: tls.VersionTLS12}
}

var errNotLoopback = errors.New("mail would travel unencrypted")

func (e Email) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if e.TLS == ImplicitTLS {
		return (&tls.Dialer{Config: e.settings()}).DialContext(ctx, network, address)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil || e.TLS != NoneOnLoopback {
		return conn, err
	}
	// Judged by where the connection went, not by what the name promised.
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("%s is not this machine: %w", address, errNotLoopback), conn.Close())
	}
	return conn, nil
}

func (e Email) hint(err error) string {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var dns *net.DNSError
	var op *net.OpError
	switch text := err.Error(); {
	case errors.Is(err, errNotLoopback):
		return "write tls: starttls or tls: implicit"
	case errors.As(err, &unknown):
		return "this machine does not know the authority behind the mail server's certificate: install it"
	case errors.As(err, &name):
		return "write the name that stands in the mail server's certificate under host"
	case strings.Contains(text, "does not support STARTTLS"):
		return "try tls: implicit with port 465, or ask who runs the mail server"
	case strings.Contains(text, "AUTH"):
		return "check the user name and the file with the password"
	case errors.As(err, &dns):
		return "check the mail server's name"
	case errors.As(err, &op) && op.Op == "dial":
		return "check host and port of the mail server, and the firewall between"
	}
	return ""
}
