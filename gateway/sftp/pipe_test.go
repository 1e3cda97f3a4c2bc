package sftp_test

import (
	"io"
	"net"
	"sync"
	"time"
)

// newPipe is a connection in memory that holds what was written until it is
// read (net.Pipe doesn't, and both sides of SSH begin by writing). It works in
// a bubble of false time.
func newPipe() (a, b net.Conn) {
	there, back := newBuffer(), newBuffer()
	return &end{r: there, w: back}, &end{r: back, w: there}
}

type buffer struct {
	mu     sync.Mutex
	moved  *sync.Cond
	data   []byte
	closed bool
}

func newBuffer() *buffer {
	b := &buffer{}
	b.moved = sync.NewCond(&b.mu)
	return b
}

func (b *buffer) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.data) == 0 && !b.closed {
		b.moved.Wait()
	}
	if len(b.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.data)
	b.data = b.data[n:]
	return n, nil
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return 0, io.ErrClosedPipe
	}
	b.data = append(b.data, p...)
	b.moved.Broadcast()
	return len(p), nil
}

func (b *buffer) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.moved.Broadcast()
}

// end is one side of a pipe.
type end struct{ r, w *buffer }

func (e *end) Read(p []byte) (int, error)       { return e.r.Read(p) }
func (e *end) Write(p []byte) (int, error)      { return e.w.Write(p) }
func (e *end) Close() error                     { e.r.close(); e.w.close(); return nil }
func (e *end) LocalAddr() net.Addr              { return e }
func (e *end) RemoteAddr() net.Addr             { return e }
func (e *end) Network() string                  { return "memory" }
func (e *end) String() string                   { return "memory" }
func (e *end) SetDeadline(time.Time) error      { return nil }
func (e *end) SetReadDeadline(time.Time) error  { return nil }
func (e *end) SetWriteDeadline(time.Time) error { return nil }
