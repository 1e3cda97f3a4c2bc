package banksim

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pkg/sftp"
)

// Op is something that a client asks of the server.
type Op string

// The operations that trouble can meet.
const (
	OpConnect Op = "connect" // a TCP connection was accepted; nothing has been said yet
	OpAuth    Op = "auth"    // a key or a password is offered
	OpOpen    Op = "open"    // a file is opened for reading
	OpCreate  Op = "create"  // a file is opened for writing
	OpRead    Op = "read"
	OpWrite   Op = "write"
	OpClose   Op = "close" // a file is closed
	OpStat    Op = "stat"
	OpSetstat Op = "setstat"
	OpList    Op = "list"
	OpRename  Op = "rename" // plain and posix-rename
	OpRemove  Op = "remove"
	OpMkdir   Op = "mkdir"
)

// When says whether trouble comes before or after the operation is carried
// out.
type When int

// Before: the operation is not carried out. After: it is, and the client does
// not learn of it.
const (
	Before When = iota
	After
)

// Act is what happens.
type Act int

// The acts.
const (
	Hang   Act = iota // no answer, until the client gives up
	Drop              // the connection is cut
	Refuse            // SSH_FX_PERMISSION_DENIED; at auth: the login is refused
	Full              // SSH_FX_FAILURE, "no space left on device"
)

// Trouble is one thing that goes wrong on the wire.
type Trouble struct {
	Op    Op
	When  When
	Act   Act
	Times int    // how often; 0 means once, negative means always
	Match string // only paths that contain this; empty: all
	Bytes int64  // read and write: only once this many bytes of a file have passed, which are carried out
}

// Wire is the state of the connection that the bank starts with.
type Wire struct {
	NoPosixRename bool // posix-rename@openssh.com is neither offered nor carried out
	Troubles      []Trouble
}

var errFull = errors.New("no space left on device")

// errCut is what a handler returns when nobody is there to read it any more.
var errCut = errors.New("connection is gone")

// armed is a trouble that waits for its operation.
type armed struct {
	Trouble
	left  int // < 0: always
	fired chan struct{}
	once  sync.Once
}

// troubles holds what is armed.
type troubles struct {
	waiting atomic.Int64 // spares the common case the lock
	mu      sync.Mutex
	list    []*armed
}

// arm adds t; the channel closes when t first fires.
func (w *troubles) arm(t Trouble) <-chan struct{} {
	a := &armed{Trouble: t, left: t.Times, fired: make(chan struct{})}
	if t.Times == 0 {
		a.left = 1
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, a)
	w.waiting.Store(int64(len(w.list)))
	return a.fired
}

func (w *troubles) disarm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = nil
	w.waiting.Store(0)
}

// next takes the trouble that fits, if there is one. passed is the number of
// bytes of the file before this operation, n the bytes that it carries.
func (w *troubles) next(op Op, when When, name string, passed, n int64) (Trouble, bool) {
	if w.waiting.Load() == 0 {
		return Trouble{}, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, a := range w.list {
		if a.Op != op || a.When != when || !strings.Contains(name, a.Match) {
			continue
		}
		if a.Bytes > 0 && passed+n <= a.Bytes {
			continue
		}
		if a.left > 0 {
			a.left--
		}
		if a.left == 0 {
			w.list = append(w.list[:i:i], w.list[i+1:]...)
			w.waiting.Store(int64(len(w.list)))
		}
		a.once.Do(func() { close(a.fired) })
		return a.Trouble, true
	}
	return Trouble{}, false
}

// meet lets the trouble that fits happen to the session. A nil error means
// that there was none.
func (s *session) meet(op Op, when When, name string) error {
	t, ok := s.bank.wire.next(op, when, name, 0, 0)
	if !ok {
		return nil
	}
	return s.suffer(t)
}

func (s *session) suffer(t Trouble) error {
	switch t.Act {
	case Refuse:
		return sftp.ErrSSHFxPermissionDenied
	case Full:
		return errFull
	case Drop:
		s.cut()
		<-s.gone
		return errCut
	default:
		s.bank.hangs()
		<-s.gone
		return errCut
	}
}

// hangs tells that the server has fallen silent.
func (b *Bank) hangs() {
	if b.o.OnHang != nil {
		b.o.OnHang()
	}
}

// around carries out do between the troubles before and after it.
func (s *session) around(op Op, name string, do func() error) error {
	if err := s.meet(op, Before, name); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return s.meet(op, After, name)
}
