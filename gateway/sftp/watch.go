package sftp

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// watch stands over one operation: when the caller's context ends, or nothing
// moves for too long, it hangs up, and whatever waits for the server returns.
type watch struct {
	hangUp func(cause error)
	unhook func() bool

	mu    sync.Mutex
	timer Timer
	limit time.Duration
	what  string
	moves movement
	cause error // why it hung up
	ended bool
}

// movement says what counts as progress.
type movement int

const (
	// answers: a complete packet from the server.
	answers movement = iota
	// bytesOut: bytes that the server's window took, and its answers.
	bytesOut
	// explicit: only what is reported with progress, as a server can answer
	// reads for ever without giving a byte.
	explicit
)

// newWatch begins to watch, with timers that after makes.
func newWatch(ctx context.Context, after func(time.Duration, func()) Timer, hangUp func(cause error)) *watch {
	w := &watch{hangUp: hangUp, limit: time.Hour}
	w.timer = after(w.limit, w.expire)
	w.unhook = context.AfterFunc(ctx, func() { w.end(context.Cause(ctx)) })
	return w
}

// expect sets what is waited for from now on, and how long.
func (w *watch) expect(moves movement, limit time.Duration, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moves, w.limit, w.what = moves, limit, what
	w.restart()
}

// restart needs w.mu.
func (w *watch) restart() {
	if !w.ended {
		w.timer.Reset(w.limit)
	}
}

// sent is called when bytes went out.
func (w *watch) sent() { w.moved(bytesOut) }

// received is called when a packet came in.
func (w *watch) received() { w.moved(answers, bytesOut) }

// progress is called when a transfer got ahead.
func (w *watch) progress() { w.moved(explicit) }

func (w *watch) moved(kinds ...movement) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, kind := range kinds {
		if kind == w.moves {
			w.restart()
		}
	}
}

func (w *watch) expire() {
	w.mu.Lock()
	cause := fmt.Errorf("no %s for %s: %w", w.what, w.limit, os.ErrDeadlineExceeded)
	w.mu.Unlock()
	w.end(cause)
}

// end hangs up, once.
func (w *watch) end(cause error) {
	w.mu.Lock()
	first := !w.ended
	if first {
		w.ended, w.cause = true, cause
		w.timer.Stop()
	}
	w.mu.Unlock()
	if first {
		w.hangUp(cause)
	}
}

// over ends watching and tells why it hung up, or nil.
func (w *watch) over() error {
	w.unhook()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.timer.Stop()
	return w.cause
}
