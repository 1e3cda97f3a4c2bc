package sftp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// The bounds of a listing.
const (
	maxEntries      = 100_000 // beside the folder itself and the one above it
	maxListingBytes = 64 << 20
	maxBarren       = 1000 // packets without a single name
)

// wire sits between pkg/sftp and the SSH channel. It tells the watch of the
// running operation that something moved, and it keeps the names of a listing
// as the server sent them: pkg/sftp cuts everything before the last slash off
// them, and would collect an endless listing until the memory is full.
type wire struct {
	r    io.Reader
	w    io.WriteCloser
	skip int // bytes of pkg/sftp's own greeting that were sent already

	watch atomic.Pointer[watch]

	// The packet that is coming in; used by the one goroutine that reads.
	header [4]byte
	have   int    // bytes of header that are known
	left   int    // bytes of the body still to come
	body   []byte // the body so far, while a listing is recorded

	mu      sync.Mutex
	listing *listing
}

// newWire hands pkg/sftp the VERSION packet that greet has read and drops the
// INIT packet that greet has sent.
func newWire(r io.Reader, w io.WriteCloser, h hello) *wire {
	const initPacket = 4 + 1 + 4
	return &wire{r: io.MultiReader(bytes.NewReader(h.version), r), w: w, skip: initPacket}
}

// Write implements io.Writer.
func (x *wire) Write(p []byte) (int, error) {
	dropped := min(x.skip, len(p))
	x.skip -= dropped
	if dropped == len(p) {
		return dropped, nil
	}
	n, err := x.w.Write(p[dropped:])
	if w := x.watch.Load(); w != nil && n > 0 {
		w.sent()
	}
	return dropped + n, err
}

// Close implements io.Closer.
func (x *wire) Close() error { return x.w.Close() }

// Read implements io.Reader and follows the packets' boundaries.
func (x *wire) Read(p []byte) (int, error) {
	n, err := x.r.Read(p)
	for b := p[:n]; len(b) > 0; {
		if x.have < len(x.header) {
			k := copy(x.header[x.have:], b)
			x.have += k
			b = b[k:]
			if x.have == len(x.header) {
				x.left = int(binary.BigEndian.Uint32(x.header[:]))
				x.body = x.body[:0]
			}
		}
		k := min(x.left, len(b))
		if x.recording() && x.left+len(x.body) <= maxPacket {
			x.body = append(x.body, b[:k]...)
		}
		x.left -= k
		b = b[k:]
		if x.have == len(x.header) && x.left == 0 {
			x.have = 0
			x.packet()
		}
	}
	return n, err
}

// packet is called when a packet has arrived as a whole.
func (x *wire) packet() {
	if w := x.watch.Load(); w != nil {
		w.received()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.listing != nil {
		x.listing.record(x.body)
	}
}

func (x *wire) recording() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.listing != nil
}

// record starts recording a listing; stop is called when it is beyond bounds.
func (x *wire) record(stop func(error)) *listing {
	l := &listing{stop: stop}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.listing = l
	return l
}

// recorded ends the recording.
func (x *wire) recorded() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.listing, x.body = nil, nil
}

// listing is what the server sent about one folder.
type listing struct {
	names  []string // in the order received, without "." and ".."
	barren int      // packets that brought no name; these could come for ever
	bytes  int
	failed error
	stop   func(error)
}

// record takes the names out of a NAME packet: type, id, count, and for each
// entry name, long name and attributes.
func (l *listing) record(body []byte) {
	if l.failed != nil || len(body) < 9 || body[0] != packetName {
		return
	}
	n := binary.BigEndian.Uint32(body[5:])
	l.bytes += len(body)
	known := len(l.names)
	rest := body[9:]
	for range n {
		var name []byte
		var ok bool
		if name, rest, ok = cutString(rest); ok {
			_, rest, ok = cutString(rest)
		}
		if ok {
			rest, ok = cutAttributes(rest)
		}
		if !ok {
			l.fail(errors.New("the server's listing is cut short"))
			return
		}
		if s := string(name); s != "." && s != ".." {
			l.names = append(l.names, s)
		}
	}
	if len(l.names) == known {
		l.barren++
	}
	switch {
	case l.barren > maxBarren:
		l.fail(fmt.Errorf("%w: the folder's listing doesn't end", ErrTooLarge))
	case len(l.names) > maxEntries || l.bytes > maxListingBytes:
		l.fail(fmt.Errorf("%w: the folder's listing has more than %d entries or %d MiB",
			ErrTooLarge, maxEntries, maxListingBytes>>20))
	}
}

func (l *listing) fail(err error) {
	l.failed = err
	l.stop(err)
}

// cutAttributes skips over the attributes of one entry.
func cutAttributes(b []byte) (rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, false
	}
	flags := binary.BigEndian.Uint32(b)
	b = b[4:]
	skip := 0
	for _, field := range []struct{ flag, size int }{{1, 8}, {2, 8}, {4, 4}, {8, 8}} {
		if flags&uint32(field.flag) != 0 {
			skip += field.size
		}
	}
	if len(b) < skip {
		return nil, false
	}
	b = b[skip:]
	if flags&0x80000000 == 0 {
		return b, true
	}
	if len(b) < 4 {
		return nil, false
	}
	n := binary.BigEndian.Uint32(b)
	b = b[4:]
	for range n {
		for range 2 { // type and data
			if _, b, ok = cutString(b); !ok {
				return nil, false
			}
		}
	}
	return b, true
}
