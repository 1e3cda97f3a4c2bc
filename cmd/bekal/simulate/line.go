package simulate

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// address is what both ends are called.
type address struct{}

func (address) Network() string { return "tcp" }
func (address) String() string  { return bankAddress }

// bankAddress is where the bank is, by a name that nobody can have.
const bankAddress = "bank.invalid:22"

// errReset is what a line ends with: the same on both ends, whoever was doing
// what.
var errReset error = &net.OpError{Op: "read", Net: "tcp", Addr: address{}, Err: syscall.ECONNRESET}

// errSilent is what a line ends with on which nothing was heard for too long.
var errSilent error = &net.OpError{Op: "read", Net: "tcp", Addr: address{}, Err: os.ErrDeadlineExceeded}

// errRefused is what dialling gives while nobody can be reached.
var errRefused error = &net.OpError{Op: "dial", Net: "tcp", Addr: address{}, Err: syscall.ECONNREFUSED}

// wire is what the two ends of a line share.
type wire struct {
	mu    sync.Mutex
	moved *sync.Cond
	data  [2][]byte // on its way to each end
	over  error     // what both ends get from now on
}

func (w *wire) end(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over == nil {
		w.over = err
		w.data = [2][]byte{}
	}
	w.moved.Broadcast()
}

// line is one end of a connection in memory.
type line struct {
	*wire
	me int
}

func newLine() (client, server *line) {
	w := &wire{}
	w.moved = sync.NewCond(&w.mu)
	return &line{w, 0}, &line{w, 1}
}

// Read implements net.Conn.
func (l *line) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if l.over != nil {
			return 0, l.over
		}
		if len(l.data[l.me]) > 0 {
			n := copy(p, l.data[l.me])
			l.data[l.me] = l.data[l.me][n:]
			return n, nil
		}
		l.moved.Wait()
	}
}

// Write implements net.Conn.
func (l *line) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over != nil {
		return 0, l.over
	}
	l.data[1-l.me] = append(l.data[1-l.me], p...)
	l.moved.Broadcast()
	return len(p), nil
}

// Close implements net.Conn: the other end finds the line reset.
func (l *line) Close() error {
	l.end(errReset)
	return nil
}

// LocalAddr implements net.Conn.
func (l *line) LocalAddr() net.Addr { return address{} }

// RemoteAddr implements net.Conn.
func (l *line) RemoteAddr() net.Addr { return address{} }

// SetDeadline implements net.Conn. Nobody here sets one: the transport's own
// timers watch the line.
func (l *line) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (l *line) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (l *line) SetWriteDeadline(time.Time) error { return nil }

var _ io.ReadWriteCloser = (*line)(nil)
