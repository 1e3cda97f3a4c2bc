package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bekal/configs"
)

// patience is how long a test waits for something that should happen at once.
// It only ends tests that have failed.
const patience = time.Minute

// build builds the real program, once for all tests, in a folder that TestMain
// removes.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bekal-program-")
	if err != nil {
		return "", err
	}
	built.Store(&dir)
	path := filepath.Join(dir, "bekal")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// built is the folder of the program, once there is one.
var built atomic.Pointer[string]

func removeProgram() error {
	if dir := built.Load(); dir != nil {
		return os.RemoveAll(*dir)
	}
	return nil
}

// process is the real program as it runs.
type process struct {
	cmd    *exec.Cmd
	stdout bytes.Buffer
	lines  chan string // of standard error; closed at its end
	heard  []string    // what was taken from lines
	ended  bool
}

// start starts the real program over the facility's books.
func (f *facility) start(t *testing.T, args ...string) *process {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(path, append([]string{"--config", f.path(configs.FileName)}, args...)...), lines: make(chan string, 1<<14)}
	p.cmd.Stdout = &p.stdout
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(stderr); s.Scan(); {
			f.logs.add(s.Text() + "\n")
			p.lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		if !p.ended {
			p.kill(t)
		}
	})
	return p
}

// awaits waits until the program has written a line that holds text.
func (p *process) awaits(t *testing.T, text string) string {
	t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("%v ended without saying %q; it said:\n%s", p.cmd.Args, text, strings.Join(p.heard, "\n"))
			}
			p.heard = append(p.heard, line)
			if strings.Contains(line, text) {
				return line
			}
		case <-timeout.C:
			t.Fatalf("%v did not say %q; it said:\n%s", p.cmd.Args, text, strings.Join(p.heard, "\n"))
		}
	}
}

// reaches waits until the bank has met what was armed.
func (p *process) reaches(t *testing.T, event <-chan struct{}, what string) {
	t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		select {
		case <-event:
			return
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("the program ended without reaching %s; it said:\n%s", what, strings.Join(p.heard, "\n"))
			}
			p.heard = append(p.heard, line)
		case <-timeout.C:
			t.Fatalf("the program did not reach %s; it said:\n%s", what, strings.Join(p.heard, "\n"))
		}
	}
}

// kill ends the program as a power cut does.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	if code := p.end(t); code != -1 {
		t.Errorf("%v ended by itself with exit code %d\n%s", p.cmd.Args, code, strings.Join(p.heard, "\n"))
	}
}

// killIfAlive is kill for a program that may have ended by now.
func (p *process) killIfAlive(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	p.end(t)
}

// stop asks the program to end.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// end waits for the end and returns the exit code; -1 is a signal.
func (p *process) end(t *testing.T) int {
	t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for open := true; open; {
		var line string
		select {
		case line, open = <-p.lines:
			if open {
				p.heard = append(p.heard, line)
			}
		case <-timeout.C:
			t.Errorf("%v does not end; it said:\n%s", p.cmd.Args, strings.Join(p.heard, "\n"))
			if err := p.cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
			timeout.Reset(patience)
		}
	}
	p.ended = true
	var code *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &code) {
		t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// does runs the real program to its end.
func (f *facility) does(t *testing.T, args ...string) ran {
	t.Helper()
	p := f.start(t, args...)
	code := p.end(t)
	return ran{code: code, stdout: p.stdout.String(), stderr: strings.Join(p.heard, "\n")}
}
