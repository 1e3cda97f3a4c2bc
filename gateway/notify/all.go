package notify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Channel carries a message to somebody.
type Channel interface {
	// Name says what the channel is, in errors.
	Name() string
	// Notify returns once the message is handed over, or the context ends.
	Notify(ctx context.Context, m Message) error
}

// defaultTimeout is the deadline of a channel that is given none.
const defaultTimeout = 30 * time.Second

// All carries a message through every channel at the same time.
type All []Channel

// Name names the channels.
func (a All) Name() string { return fmt.Sprintf("%d channels", len(a)) }

// Notify returns when every channel is done. The errors of those that failed
// come joined, in the order of the channels, each an [*Error]; the others have
// carried the message all the same.
func (a All) Notify(ctx context.Context, m Message) error {
	errs := make([]error, len(a))
	var wg sync.WaitGroup
	for i, c := range a {
		wg.Go(func() {
			err := c.Notify(ctx, m)
			var known *Error
			if err != nil && !errors.As(err, &known) {
				err = &Error{Channel: c.Name(), Err: err}
			}
			errs[i] = err
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Error says that a channel did not carry a message.
type Error struct {
	Channel string
	Err     error
	hint    string
}

// Error is one line without account numbers: it may repeat what a server or a
// program said, and it reaches logs.
func (e *Error) Error() string { return "notify by " + e.Channel + ": " + Mask(flat(e.Err.Error())) }

// Unwrap returns the channel's own error.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do next; it is empty when nothing is known.
func (e *Error) Hint() string { return e.hint }
