package simulate

import (
	"context"
	"net"
	"sync"
)

// exchange is where lines to the bank are made. It is the bank's listener, and
// the transport's dialler; no packet leaves the process.
type exchange struct {
	mu      sync.Mutex
	waiting []net.Conn
	came    *sync.Cond
	closed  bool
	latest  *line // the client's end of the latest connection
	down    bool  // nobody can be reached
}

func newExchange() *exchange {
	x := &exchange{}
	x.came = sync.NewCond(&x.mu)
	return x
}

// dial implements sftp.Options.Dialer.
func (x *exchange) dial(context.Context, string, string) (net.Conn, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed || x.down {
		return nil, errRefused
	}
	client, server := newLine()
	x.latest = client
	x.waiting = append(x.waiting, server)
	x.came.Broadcast()
	return client, nil
}

// Accept implements net.Listener.
func (x *exchange) Accept() (net.Conn, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for len(x.waiting) == 0 {
		if x.closed {
			return nil, net.ErrClosed
		}
		x.came.Wait()
	}
	c := x.waiting[0]
	x.waiting = x.waiting[1:]
	return c, nil
}

// Close implements net.Listener.
func (x *exchange) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed = true
	x.came.Broadcast()
	return nil
}

// Addr implements net.Listener.
func (x *exchange) Addr() net.Addr { return address{} }

// silence ends the latest connection as one on which nothing was heard.
func (x *exchange) silence() {
	x.mu.Lock()
	l := x.latest
	x.mu.Unlock()
	if l != nil {
		l.wire.end(errSilent)
	}
}

// reopen lets the exchange be listened at again.
func (x *exchange) reopen() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed, x.waiting = false, nil
}

// setDown says whether nobody can be reached.
func (x *exchange) setDown(down bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.down = down
}
