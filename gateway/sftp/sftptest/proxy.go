package sftptest

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Direction is one of the two ways through a Proxy.
type Direction int

// The two ways.
const (
	ToServer Direction = iota
	FromServer
)

// Act is what a Proxy does to a connection.
type Act int

// What a fault does.
const (
	// Cut ends the connection in the ordinary way, on both sides.
	Cut Act = iota
	// Reset ends it with a TCP reset on both sides.
	Reset
	// Stall forwards nothing more, in either direction, and ends nothing.
	Stall
	// Pause holds back the bytes behind it for a moment, and then goes on.
	Pause
)

// moment is how long a Pause is: longer than a packet takes, shorter than any
// deadline.
const moment = 50 * time.Millisecond

// largestPiece is as much as is handed on at once.
const largestPiece = 32 << 10

// Fault happens once, when After bytes have gone in its Direction since it was
// armed; the bytes behind these are not forwarded, or with Pause, late.
type Fault struct {
	Direction Direction
	After     int64
	Act       Act
}

// Proxy forwards TCP connections to a server and spoils them on demand.
type Proxy struct {
	target   string
	listener net.Listener
	work     sync.WaitGroup

	mu      sync.Mutex
	fault   *Fault
	left    int64
	delay   time.Duration
	piece   int      // bytes at most
	carried [2]int64 // by Direction
	fired   chan struct{}
	closing chan struct{}
	links   map[*link]struct{}
}

// link is one forwarded connection.
type link struct {
	client, server *net.TCPConn
	stalled        chan struct{}
	stall          sync.Once
}

// StartProxy starts a proxy on loopback before the server at target; it ends
// with the test.
func StartProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{
		target: target, listener: listener, piece: largestPiece, fired: make(chan struct{}),
		closing: make(chan struct{}), links: map[*link]struct{}{},
	}
	p.work.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// Address is where clients connect to.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Arm sets the next fault in the place of an earlier one, counting from now,
// over all connections. The channel is closed when it happens.
func (p *Proxy) Arm(f Fault) (happened <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.left, p.fired = &f, f.After, make(chan struct{})
	return p.fired
}

// Disarm takes back a fault that hasn't happened.
func (p *Proxy) Disarm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = nil
}

// Delay holds every piece of data back for d, both ways.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// Shred hands the data on in pieces of n bytes at most.
func (p *Proxy) Shred(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.piece = min(n, largestPiece)
}

// Carried is how many bytes have come from one side, over all connections.
func (p *Proxy) Carried(way Direction) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.carried[way]
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	close(p.closing)
	for l := range p.links {
		l.end(Cut)
	}
	p.mu.Unlock()
	p.work.Wait()
}

func (p *Proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = conn.Close()
			continue
		}
		l := &link{client: conn.(*net.TCPConn), server: server.(*net.TCPConn), stalled: make(chan struct{})}
		p.mu.Lock()
		p.links[l] = struct{}{}
		p.mu.Unlock()
		p.work.Go(func() { p.carry(l, ToServer, l.server, l.client) })
		p.work.Go(func() { p.carry(l, FromServer, l.client, l.server) })
	}
}

// carry forwards one direction of a link until it ends.
func (p *Proxy) carry(l *link, way Direction, to io.Writer, from io.Reader) {
	defer func() {
		l.end(Cut)
		p.mu.Lock()
		delete(p.links, l)
		p.mu.Unlock()
	}()
	buf := make([]byte, largestPiece)
	for {
		n, err := from.Read(buf[:p.most()])
		if n > 0 {
			pass, act, spoil := p.judge(way, n)
			if !l.flows(p.closing) {
				return
			}
			if _, err := to.Write(buf[:pass]); err != nil {
				return
			}
			if spoil && act == Pause {
				wait(moment, p.closing)
				if _, err := to.Write(buf[pass:n]); err != nil {
					return
				}
			} else if spoil {
				l.end(act)
			}
		}
		if err != nil || !l.flows(p.closing) {
			return
		}
	}
}

// most is how many bytes are handed on at once.
func (p *Proxy) most() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.piece
}

// judge says how many of n bytes may pass, and whether the fault happens then.
func (p *Proxy) judge(way Direction, n int) (pass int, act Act, spoil bool) {
	p.mu.Lock()
	delay := p.delay
	p.carried[way] += int64(n)
	pass = n
	if p.fault != nil && p.fault.Direction == way {
		if int64(n) < p.left {
			p.left -= int64(n)
		} else {
			pass, act, spoil = int(p.left), p.fault.Act, true
			p.fault = nil
			close(p.fired)
		}
	}
	p.mu.Unlock()
	if delay > 0 {
		wait(delay, p.closing)
	}
	return pass, act, spoil
}

// wait lets time pass, unless the proxy ends.
func wait(d time.Duration, closing <-chan struct{}) {
	select {
	case <-time.After(d):
	case <-closing:
	}
}

// flows waits out a stall; false when the proxy ends.
func (l *link) flows(closing <-chan struct{}) bool {
	select {
	case <-l.stalled:
		<-closing
		return false
	default:
		return true
	}
}

func (l *link) end(act Act) {
	switch act {
	case Stall:
		l.stall.Do(func() { close(l.stalled) })
		return
	case Reset:
		_ = l.client.SetLinger(0)
		_ = l.server.SetLinger(0)
	}
	_ = l.client.Close()
	_ = l.server.Close()
}
