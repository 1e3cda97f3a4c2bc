package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// inFlight is how many bytes of a file are asked for or sent before the first
// answer has come: more than SSH's own window of 2 MiB gains nothing.
const inFlight = 4 << 20

// Dial connects, checks the host key, authenticates and starts SFTP. It is one
// attempt; errors are *Error. Without a pinned host key it doesn't even dial.
func Dial(ctx context.Context, o Options) (*Conn, error) {
	fail := func(reason Reason, err error) error {
		return &Error{Op: "dial", Address: o.Address, Reason: reason, Err: err}
	}
	o, err := o.complete()
	if err != nil {
		return nil, fail(ReasonConfiguration, err)
	}
	signed := &signatures{}
	if o.Signers, err = restrain(o.Signers, o.AllowLegacy, signed); err != nil {
		return nil, fail(ReasonAlgorithm, err)
	}
	host, err := newHostCheck(o.KnownHosts, o.Address, o.AllowLegacy)
	if err != nil {
		var key *HostKeyError
		if errors.As(err, &key) {
			return nil, fail(ReasonHostKey, err)
		}
		return nil, fail(ReasonConfiguration, err)
	}

	line, err := connect(ctx, o.DialTimeout, o.Dialer, o.Address)
	if err != nil {
		defer line.hangUp()
		return nil, fail(line.explain(err))
	}
	login := &login{line: line, password: o.Password}
	client, err := handshake(line, host, login, o)
	if err != nil {
		defer line.hangUp()
		return nil, fail(explainHandshake(err, line, host, login, o))
	}
	c := &Conn{
		options: o, line: line, ssh: client, host: host, signed: signed,
		turn: make(chan struct{}, 1), gone: make(chan struct{}), ended: make(chan struct{}),
	}
	go func() {
		defer close(c.ended)
		c.sshEnd = client.Wait()
	}()
	if err := c.start(); err != nil {
		reason, err := line.explain(err)
		_ = c.Close()
		return nil, fail(reason, err)
	}
	if !line.settle() {
		reason, err := line.explain(errDial)
		_ = c.Close()
		return nil, fail(reason, err)
	}
	o.Log.DebugContext(ctx, "sftp connected", slog.String("address", o.Address), slog.String("user", o.User),
		slog.String("server", c.ServerVersion()), slog.String("host_key", c.HostKeyFingerprint()),
		slog.Any("extensions", c.Extensions()), slog.Int("payload", c.hello.payload))
	c.warnLegacy(ctx)
	return c, nil
}

// handshake exchanges keys and authenticates.
func handshake(line *line, host *hostCheck, login *login, o Options) (*ssh.Client, error) {
	config := &ssh.ClientConfig{
		Config:            cryptography(o.AllowLegacy),
		User:              o.User,
		Auth:              login.methods(o.Signers),
		AuthCallback:      login.next,
		HostKeyCallback:   host.check,
		HostKeyAlgorithms: host.algorithms,
	}
	conn, channels, requests, err := ssh.NewClientConn(line, o.Address, config)
	if err != nil {
		return nil, err
	}
	return ssh.NewClient(conn, channels, requests), nil
}

// explainHandshake finds out which part of the handshake failed.
func explainHandshake(err error, line *line, host *hostCheck, login *login, o Options) (Reason, error) {
	if host.failed != nil {
		return ReasonHostKey, host.failed
	}
	if reason, explained := explainNegotiation(err, host, o.AllowLegacy); explained != nil {
		return reason, explained
	}
	if explained := explainSignature(err, o.AllowLegacy); explained != nil {
		return ReasonAlgorithm, explained
	}
	if explained := login.explain(err, o.User); explained != nil {
		return ReasonAuthentication, explained
	}
	reason, err := line.explain(err)
	if explained := login.unanswered(reason, err, o.User); explained != nil {
		return ReasonAuthentication, explained
	}
	return reason, err
}

// start opens the SFTP subsystem on the connection.
func (c *Conn) start() error {
	session, err := c.ssh.NewSession()
	if err != nil {
		return fmt.Errorf("the server gives no session: %w", err)
	}
	in, err := session.StdinPipe()
	if err != nil {
		return err
	}
	out, err := session.StdoutPipe()
	if err != nil {
		return err
	}
	complaints, err := session.StderrPipe()
	if err != nil {
		return err
	}
	if err := session.RequestSubsystem("sftp"); err != nil {
		return fmt.Errorf("the server gives no SFTP: %w", err)
	}
	// Unread complaints would use up the channel's window and stall the files.
	c.readers.Go(func() { _, _ = io.Copy(io.Discard, complaints) })

	c.hello, err = greet(out, in)
	if err != nil {
		return fmt.Errorf("start SFTP: %w", err)
	}
	c.wire = newWire(out, in, c.hello)
	c.client, err = sftp.NewClientPipe(c.wire, c.wire,
		sftp.MaxPacketUnchecked(c.hello.payload),
		sftp.MaxConcurrentRequestsPerFile(c.depth()),
		sftp.UseConcurrentWrites(true),
		sftp.UseFstat(true),
	)
	if err != nil {
		return fmt.Errorf("start SFTP: %w", err)
	}
	return nil
}
