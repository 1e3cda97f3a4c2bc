package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Conn is a connection to one bank. Its methods may be called from several
// goroutines; they take turns. After an error with ReasonNetwork, ReasonTimeout
// or ReasonCancelled it is closed and of no more use: dial again.
type Conn struct {
	options Options
	line    *line
	host    *hostCheck
	ssh     *ssh.Client
	hello   hello
	wire    *wire
	client  *sftp.Client
	signed  *signatures

	turn    chan struct{}  // holds one token while an operation runs
	readers sync.WaitGroup // goroutines that read from the session

	hang  sync.Once
	gone  chan struct{} // closed when we hung up
	cause error         // why; set before gone is closed

	ended  chan struct{} // closed when the SSH connection is over
	sshEnd error         // what it ended with; set before ended is closed
}

// ServerVersion is the server's identification, such as "SSH-2.0-OpenSSH_9.2".
func (c *Conn) ServerVersion() string { return string(c.ssh.ServerVersion()) }

// HostKeyFingerprint is that of the key which the server proved to have:
// "SHA256:...".
func (c *Conn) HostKeyFingerprint() string { return ssh.FingerprintSHA256(c.host.presented) }

// Extensions lists the SFTP extensions that the server offers, sorted, such as
// "fsync@openssh.com" and "posix-rename@openssh.com".
func (c *Conn) Extensions() []string { return c.hello.names() }

// PosixRename reports whether the server offers posix-rename@openssh.com: a
// rename in one step.
func (c *Conn) PosixRename() bool { return c.hello.has(extPosixRename) }

// Fsync reports whether the server offers fsync@openssh.com: uploads are then
// flushed to its disk before Upload returns.
func (c *Conn) Fsync() bool { return c.hello.has(extFsync) }

// depth is the number of requests in flight while a file is carried.
func (c *Conn) depth() int { return max(8, inFlight/c.hello.payload) }

// Close hangs up at once, without waiting for the server; a running operation
// fails. When it returns, everything that the connection had running has ended.
// Closing again does nothing. The error is always nil.
func (c *Conn) Close() error {
	c.hangUp(ErrClosed)
	<-c.ended
	if c.client != nil {
		_ = c.client.Close() // the line is gone: this only waits for its reader
	}
	c.readers.Wait()
	return nil
}

// hangUp ends the connection, remembering the first cause.
func (c *Conn) hangUp(cause error) {
	c.hang.Do(func() {
		c.cause = cause
		close(c.gone)
		c.line.hangUp()
	})
}

// do runs one operation under watch, when its turn has come.
func (c *Conn) do(ctx context.Context, op, path string, run func(w *watch) error) error {
	fail := func(reason Reason, err error) error {
		return &Error{Op: op, Path: path, Address: c.options.Address, Reason: reason, Err: err}
	}
	if ctx.Err() != nil { // select would choose at random
		return fail(contextReason(context.Cause(ctx)), context.Cause(ctx))
	}
	select {
	case <-ctx.Done():
		return fail(contextReason(context.Cause(ctx)), context.Cause(ctx))
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	}
	select {
	case <-c.gone:
		if errors.Is(c.cause, ErrClosed) {
			return fail(ReasonNetwork, ErrClosed)
		}
		return fail(ReasonNetwork, fmt.Errorf("%w since an earlier failure: %w", ErrClosed, c.cause))
	default:
	}

	w := newWatch(ctx, c.options.AfterFunc, c.hangUp)
	w.expect(answers, c.options.RequestTimeout, "answer")
	c.wire.watch.Store(w)
	err := run(w)
	c.wire.watch.Store(nil)
	if cause := w.over(); err != nil && cause != nil {
		return fail(contextReason(cause), cause)
	}
	if err == nil {
		return nil
	}
	return fail(c.explain(err))
}

// explain tells an answer of the server from the end of the connection.
func (c *Conn) explain(err error) (Reason, error) {
	var ours *fault
	if errors.As(err, &ours) {
		return ours.reason, ours.err
	}
	select {
	case <-c.gone: // Close was called meanwhile
		return ReasonNetwork, c.cause
	default:
	}
	if !isLost(err) && c.line.failure() == nil {
		return classify(err)
	}
	// pkg/sftp says only that the connection is lost. The line knows why; if
	// it is well, either the server ended SFTP, or sent what isn't SFTP.
	failed := c.line.failure()
	c.hangUp(err)
	if failed != nil {
		return ReasonNetwork, lost(failed)
	}
	if end := c.client.Wait(); end != nil && !isNetwork(end) {
		return ReasonProtocol, fmt.Errorf("the server's answer isn't SFTP: %w", end)
	}
	<-c.ended
	if c.sshEnd != nil && !isNetwork(c.sshEnd) {
		return ReasonNetwork, lost(c.sshEnd) // such as a disconnect message
	}
	return ReasonNetwork, fmt.Errorf("the server ended the SFTP session: %w", io.ErrUnexpectedEOF)
}

// isLost reports whether pkg/sftp lost its connection. A bare io.EOF is an
// answer; the end of the channel comes wrapped or as ErrSSHFxConnectionLost.
func isLost(err error) bool {
	return errors.Is(err, sftp.ErrSSHFxConnectionLost) ||
		isNetwork(err) && err != io.EOF //nolint:errorlint // the wrapping is the difference
}
