package simulate

import (
	"sync"
	"time"

	"bekal/gateway/sftp"
)

// clock is the time of the facility and of its bank. It stands still but for
// what the course and what waits for something let pass.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	timers []*timer
}

// timer is one that the transport waits for.
type timer struct {
	clock *clock
	due   time.Time
	fire  func()
	armed bool
}

// Now is the time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// set puts the clock to a time, whatever it was.
func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// pass lets time pass.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// AfterFunc makes a timer of the transport.
func (c *clock) AfterFunc(d time.Duration, f func()) sftp.Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{clock: c, due: c.now.Add(d), fire: f, armed: true}
	c.timers = append(c.timers, t)
	return t
}

// Reset implements sftp.Timer.
func (t *timer) Reset(d time.Duration) bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	was := t.armed
	if !was {
		t.clock.timers = append(t.clock.timers, t)
	}
	t.due, t.armed = t.clock.now.Add(d), true
	return was
}

// Stop implements sftp.Timer.
func (t *timer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	return t.clock.drop(t)
}

// drop needs the lock.
func (c *clock) drop(t *timer) bool {
	was := t.armed
	t.armed = false
	for i, x := range c.timers {
		if x == t {
			c.timers = append(c.timers[:i], c.timers[i+1:]...)
			break
		}
	}
	return was
}

// forget drops all timers, as the death of the process that waits for them does.
func (c *clock) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.timers {
		t.armed = false
	}
	c.timers = nil
}

// wait lets time pass until the first timer is due, and lets it fire; it
// returns false when there is none. It is what silence on the line comes to.
func (c *clock) wait() bool {
	c.mu.Lock()
	var first *timer
	for _, t := range c.timers {
		if first == nil || t.due.Before(first.due) {
			first = t
		}
	}
	if first == nil {
		c.mu.Unlock()
		return false
	}
	if first.due.After(c.now) {
		c.now = first.due
	}
	c.drop(first)
	c.mu.Unlock()
	go first.fire()
	return true
}
