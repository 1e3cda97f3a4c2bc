package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// line is the network connection. It remembers its first failure, because the
// layers above report a lost connection without saying why, and it is hung up
// when a deadline passes.
type line struct {
	net.Conn
	ctx  context.Context // ends the set-up; see settle
	stop func() bool
	done context.CancelFunc

	mu     sync.Mutex
	failed error
}

// errDial is the cause of a context that ran into the DialTimeout.
var errDial = fmt.Errorf("no connection in time: %w", os.ErrDeadlineExceeded)

// connect dials. Until settle is called the line is hung up when ctx ends or
// limit has passed. The line is never nil: after an error its explain tells
// what happened; hangUp is due in every case but a settled line's.
func connect(ctx context.Context, limit time.Duration, dial func(context.Context, string, string) (net.Conn, error), address string) (*line, error) {
	l := &line{stop: func() bool { return true }}
	l.ctx, l.done = context.WithTimeoutCause(ctx, limit, errDial)
	conn, err := dial(l.ctx, "tcp", address)
	if err != nil {
		return l, err
	}
	l.Conn = conn
	l.stop = context.AfterFunc(l.ctx, func() { _ = conn.Close() })
	return l, nil
}

// settle ends the set-up: from now on other deadlines watch the line. It
// reports false when the set-up's deadline came first.
func (l *line) settle() bool {
	if !l.stop() {
		return false
	}
	l.done()
	return true
}

// hangUp closes the line at once; it never waits for the other side.
func (l *line) hangUp() {
	l.stop()
	l.done()
	if l.Conn != nil {
		_ = l.Conn.Close()
	}
}

// Read implements net.Conn.
func (l *line) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	l.note(err)
	return n, err
}

// Write implements net.Conn.
func (l *line) Write(p []byte) (int, error) {
	n, err := l.Conn.Write(p)
	l.note(err)
	return n, err
}

func (l *line) note(err error) {
	if err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = err
	}
}

// failure is the first error of the line, or nil.
func (l *line) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// explain tells why the set-up failed: the deadline, the caller, the network,
// or, when none of these, what the other side said. Call it before hangUp.
func (l *line) explain(err error) (Reason, error) {
	cause := context.Cause(l.ctx)
	if cause == nil && isTimeout(err) { // the dialler was a moment faster than the context
		cause = errDial
	}
	if cause != nil {
		return contextReason(cause), cause
	}
	if failed := l.failure(); failed != nil {
		return ReasonNetwork, lost(failed)
	}
	if isNetwork(err) || isDisconnect(err) {
		return ReasonNetwork, err
	}
	return ReasonProtocol, err
}

// isDisconnect reports whether the server said goodbye in the SSH protocol,
// which x/crypto shows only as text.
func isDisconnect(err error) bool {
	return strings.Contains(err.Error(), "ssh: disconnect, reason")
}

// lost words the end of a connection.
func lost(failed error) error {
	if errors.Is(failed, io.EOF) {
		return fmt.Errorf("the server ended the connection: %w", io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("the connection was lost: %w", failed)
}

// contextReason tells a context's deadline from its cancellation.
func contextReason(cause error) Reason {
	if isTimeout(cause) {
		return ReasonTimeout
	}
	return ReasonCancelled
}

func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}

// isNetwork reports whether err comes from the connection rather than from an
// answer of the server.
func isNetwork(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	var number syscall.Errno
	return errors.As(err, &op) || errors.As(err, &dns) || errors.As(err, &number) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe)
}
