package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strings"
	"time"
)

// Probe proves that a connection to a bank does all that a night needs.
type Probe struct {
	Bank *Bank
	Now  func() time.Time
	Log  *slog.Logger
}

// Check is one thing that was tried.
type Check struct {
	What string
	Err  error
	Done bool // false: not tried, since something before it failed
}

// Mark is "ok", "FAILED" or "skipped".
func (c Check) Mark() string {
	switch {
	case c.Err != nil:
		return "FAILED"
	case c.Done:
		return "ok"
	}
	return "skipped"
}

// Run tries everything in order. After the first failure the rest is skipped,
// but for the removal of what was put there.
func (p Probe) Run(ctx context.Context) []Check {
	// The name ends in .part, which the bank ignores.
	name := "bekal-probe-" + p.Now().UTC().Format("20060102T150405")
	first, second := path.Join(p.Bank.Outbox, name+".1.part"), path.Join(p.Bank.Outbox, name+".2.part")
	const text = "This is a probe of Bekal. It can be removed.\r\n"
	var t Transport
	defer func() {
		if t != nil {
			_ = t.Close() // the probe is over
		}
	}()
	there := "" // the probe file, while it is there
	checks := []Check{}
	try := func(what string, fn func() error) {
		c := Check{What: what}
		if len(checks) == 0 || checks[len(checks)-1].Mark() == "ok" {
			c.Done = true
			c.Err = fn()
		}
		checks = append(checks, c)
	}
	try("connect, check the host key and log in", func() error {
		conn, err := p.Bank.Dial(ctx, p.Log)
		if err == nil {
			t = conn
		}
		return err
	})
	try("list the outbox "+p.Bank.Outbox, func() error {
		_, err := t.List(ctx, p.Bank.Outbox)
		return err
	})
	try("list the inbox "+p.Bank.Inbox, func() error {
		_, err := t.List(ctx, p.Bank.Inbox)
		return err
	})
	try("put a probe file into the outbox", func() error {
		err := t.Upload(ctx, first, strings.NewReader(text), int64(len(text)))
		if err == nil {
			there = first
		}
		return err
	})
	try("rename it", func() error {
		err := t.Rename(ctx, first, second)
		if err == nil {
			there = second
		}
		return err
	})
	try("find it in the listing", func() error {
		files, err := t.List(ctx, p.Bank.Outbox)
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.Name() == path.Base(second) && f.Size() == int64(len(text)) {
				return nil
			}
		}
		return fmt.Errorf("the listing of %s does not show %s", p.Bank.Outbox, path.Base(second))
	})
	try("remove it", func() error {
		err := t.Remove(ctx, second)
		if err == nil {
			there = ""
		}
		return err
	})
	if there != "" {
		if err := t.Remove(ctx, there); err != nil && !errors.Is(err, fs.ErrNotExist) {
			checks = append(checks, Check{What: "take the probe file away again", Done: true, Err: err})
		}
	}
	return checks
}
