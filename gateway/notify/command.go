package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"syscall"
	"time"
)

const (
	// grace is how long the end of something that was stopped is waited for.
	grace = 2 * time.Second
	// maxStderr is how much of what a program complained is kept, in bytes.
	maxStderr = 512
)

// Command runs a program with the message as a JSON object on its standard
// input. No shell is involved. The program has done its work when it exits
// with 0; what it writes to its standard error is kept for the error.
type Command struct {
	Args    []string      // the program and its arguments
	Dir     string        // where it runs; empty: where we do
	Timeout time.Duration // 0: 30 seconds; then it is killed with its children
}

// Name names the program.
func (c Command) Name() string {
	if len(c.Args) == 0 {
		return "command"
	}
	return "command " + c.Args[0]
}

// Notify runs the program.
func (c Command) Notify(ctx context.Context, m Message) error {
	if len(c.Args) == 0 {
		return &Error{c.Name(), errors.New("no program is named"), "name it under command in bekal.yaml"}
	}
	text, err := json.Marshal(m.outgoing())
	if err != nil {
		return &Error{Channel: c.Name(), Err: err}
	}
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir = c.Dir
	cmd.Stdin = bytes.NewReader(append(text, '\n'))
	var stderr tail
	cmd.Stderr = &stderr
	// A script's children would outlive it and keep its pipes open, so all of
	// them are one group, and are killed as one.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = grace

	err = cmd.Run()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		// Not a broken promise of exec's, but the deadline or the caller.
		err = fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	if said := flat(string(stderr.kept)); said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return &Error{c.Name(), err, c.hint(err)}
}

func (c Command) hint(err error) string {
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "write the program's full path under command in bekal.yaml"
	case errors.Is(err, fs.ErrPermission):
		return "make the program executable: chmod +x " + c.Args[0]
	case errors.Is(err, context.DeadlineExceeded):
		return "the program must read its standard input and end by itself"
	}
	return "run it by hand, with a message such as {\"subject\":\"test\"} on its standard input"
}

// tail keeps the end of what is written to it.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - maxStderr; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}
