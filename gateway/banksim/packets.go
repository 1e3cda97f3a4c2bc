package banksim

import (
	"encoding/binary"
	"io"
	"sync"

	"golang.org/x/crypto/ssh"
)

// Side is who sends a packet of SFTP.
type Side int

// The sides.
const (
	Request Side = iota // the client: what is cut off there is not carried out
	Answer              // the server: it has been carried out, and the client does not learn of it
)

// PacketTrouble breaks a conversation in the middle of a packet of SFTP.
type PacketTrouble struct {
	Side  Side
	After int // packets of that side that still pass, counted from when it is armed
	Bytes int // bytes of the packet that still pass; never all of them
	Act   Act // Drop, or Hang
}

// packets is what is armed.
type packets struct {
	mu    sync.Mutex
	armed []armedPacket
}

type armedPacket struct {
	PacketTrouble
	fired chan struct{}
}

// ArmPacket lets t happen. The channel is closed when it does.
func (b *Bank) ArmPacket(t PacketTrouble) <-chan struct{} {
	a := armedPacket{t, make(chan struct{})}
	b.packets.mu.Lock()
	defer b.packets.mu.Unlock()
	b.packets.armed = append(b.packets.armed, a)
	return a.fired
}

// next counts a packet that begins, and takes the trouble that is meant for it.
func (p *packets) next(side Side) (PacketTrouble, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := -1
	for i := range p.armed {
		switch t := &p.armed[i]; {
		case t.Side != side:
		case t.After > 0:
			t.After--
		case found < 0:
			found = i
		}
	}
	if found < 0 {
		return PacketTrouble{}, false
	}
	t := p.armed[found]
	p.armed = append(p.armed[:found], p.armed[found+1:]...)
	close(t.fired)
	return t.PacketTrouble, true
}

func (p *packets) disarm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = nil
}

// tap follows the packets in both directions of a channel, and lets trouble
// happen to them. Each direction is used by one goroutine.
type tap struct {
	ssh.Channel
	session *session
	in, out flow
	rest    []byte // came in, and was not read yet
	buffer  []byte
}

// flow is one direction: where in a packet it stands.
type flow struct {
	header [4]byte
	have   int // bytes of the header
	left   int // bytes of the body still to come
	limit  int // bytes of this packet that still pass, header included; negative: all
	act    Act
}

func newTap(c ssh.Channel, s *session) *tap {
	return &tap{Channel: c, session: s, in: flow{limit: -1}, out: flow{limit: -1}, buffer: make([]byte, maxPacket)}
}

// pass follows p and returns how much of it passes; all of it, unless trouble
// comes.
func (f *flow) pass(p []byte, begin func() (PacketTrouble, bool)) (n int, whole bool) {
	for n < len(p) {
		if f.have == 0 && f.limit < 0 {
			if t, ok := begin(); ok {
				f.limit, f.act = t.Bytes, t.Act
			}
		}
		if f.limit == 0 {
			return n, false
		}
		var step int
		if f.have < len(f.header) {
			step = copy(f.header[f.have:], p[n:f.bound(n, len(p))])
			f.have += step
			if f.have == len(f.header) {
				f.left = int(binary.BigEndian.Uint32(f.header[:]))
				if f.limit >= 0 {
					f.limit = min(f.limit, f.left-1+step) // the last byte is never let through
				}
			}
		} else {
			step = min(f.left, f.bound(n, len(p))-n)
			f.left -= step
		}
		if f.limit > 0 {
			f.limit -= step
		}
		n += step
		if f.have == len(f.header) && f.left == 0 {
			f.have = 0
		}
	}
	return n, true
}

// bound is how far of so many bytes may be looked at in one step.
func (f *flow) bound(from, to int) int {
	if f.limit > 0 {
		return min(to, from+f.limit)
	}
	return to
}

// Read gives the server what the client sent.
func (t *tap) Read(p []byte) (int, error) {
	if len(t.rest) == 0 {
		n, err := t.Channel.Read(t.buffer)
		if n == 0 {
			return 0, err
		}
		t.rest = t.buffer[:n]
	}
	k := min(len(p), len(t.rest))
	n, whole := t.in.pass(t.rest[:k], func() (PacketTrouble, bool) { return t.session.bank.packets.next(Request) })
	copy(p, t.rest[:n])
	t.rest = t.rest[n:]
	if !whole && n == 0 {
		_ = t.session.suffer(Trouble{Act: t.in.act})
		return 0, io.ErrUnexpectedEOF
	}
	return n, nil
}

// Write gives the client what the server answers.
func (t *tap) Write(p []byte) (int, error) {
	n, whole := t.out.pass(p, func() (PacketTrouble, bool) { return t.session.bank.packets.next(Answer) })
	if n > 0 {
		if n, err := t.Channel.Write(p[:n]); err != nil {
			return n, err
		}
	}
	if !whole {
		return n, t.session.suffer(Trouble{Act: t.out.act})
	}
	return n, nil
}
