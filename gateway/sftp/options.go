package sftp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// The defaults of Options.
const (
	DefaultDialTimeout    = 15 * time.Second
	DefaultRequestTimeout = 30 * time.Second
	DefaultStallTimeout   = 60 * time.Second
)

// Options say which bank to connect to, as whom, and how long to wait.
type Options struct {
	// Address is host:port; the port is not optional.
	Address string
	// User is the login name at the bank.
	User string
	// Signers are the private keys to offer, in this order. Each refused key is
	// one failed attempt at the bank: give the one that is meant.
	Signers []ssh.Signer
	// Password, when not empty, answers the "password" method or the one
	// hidden question of "keyboard-interactive", whichever the server asks for
	// first, alone or as the second step after a key. It is sent once at most.
	Password Secret
	// KnownHosts is the path of the file with the pinned host keys; mandatory.
	KnownHosts string
	// AllowLegacy names single outdated algorithms (of LegacyAlgorithms) that an
	// old server can't do without. Each allows itself alone, and is the last
	// choice; "ssh-rsa" is signing with an RSA key and SHA-1, of the server as of
	// ourselves. Empty is best: then only algorithms without known weaknesses are
	// offered. While it isn't empty every connection is warned about in the log.
	AllowLegacy []string

	// DialTimeout bounds Dial as a whole: connecting, key exchange,
	// authentication and the start of SFTP. 0: 15 seconds.
	DialTimeout time.Duration
	// RequestTimeout bounds the wait for the answer to one request. 0: 30 seconds.
	RequestTimeout time.Duration
	// StallTimeout bounds the time without progress while a file is carried.
	// 0: 60 seconds.
	StallTimeout time.Duration

	// Dialer makes the network connection. nil: a net.Dialer.
	Dialer func(ctx context.Context, network, address string) (net.Conn, error)
	// AfterFunc makes the timers of the request and stall timeouts; f is called
	// once in its own goroutine when the time is up. nil: time.AfterFunc.
	AfterFunc func(d time.Duration, f func()) Timer
	// Log receives what is odd but no error. nil: nothing is logged.
	Log *slog.Logger
}

// Timer is what is used of a [time.Timer].
type Timer interface {
	Reset(d time.Duration) bool
	Stop() bool
}

// complete checks o and fills in its defaults.
func (o Options) complete() (Options, error) {
	var errs []error
	if err := checkAddress(o.Address); err != nil {
		errs = append(errs, err)
	}
	if o.User == "" {
		errs = append(errs, errors.New("no user is configured"))
	}
	if o.KnownHosts == "" {
		errs = append(errs, errors.New("no known_hosts file is configured"))
	}
	if err := checkLegacy(o.AllowLegacy); err != nil {
		errs = append(errs, err)
	}
	if len(o.Signers) == 0 && o.Password == "" {
		errs = append(errs, errors.New("neither a key nor a password is configured"))
	}
	for _, limit := range []struct {
		name string
		is   *time.Duration
		or   time.Duration
	}{
		{"dial timeout", &o.DialTimeout, DefaultDialTimeout},
		{"request timeout", &o.RequestTimeout, DefaultRequestTimeout},
		{"stall timeout", &o.StallTimeout, DefaultStallTimeout},
	} {
		switch {
		case *limit.is == 0:
			*limit.is = limit.or
		case *limit.is < 0:
			errs = append(errs, fmt.Errorf("the %s is negative (%s)", limit.name, *limit.is))
		}
	}
	if o.Dialer == nil {
		o.Dialer = (&net.Dialer{}).DialContext
	}
	if o.AfterFunc == nil {
		o.AfterFunc = func(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, errors.Join(errs...)
}

// checkAddress refuses an address that is not host:port.
func checkAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %q is not host:port: %w", address, err)
	}
	if host == "" || port == "" {
		return fmt.Errorf("address %q is not host:port", address)
	}
	return nil
}
