package sftptest

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is a server that runs as a program of its own, in the foreground, and
// says on its standard error what it does.
type program struct {
	name    string
	command func(port string) *exec.Cmd
	listens string   // it says so once it listens
	taken   []string // it says one of these when another has the port
	hasty   bool     // it says that it listens a moment before it does
}

// run starts it on a free loopback port, waits until it listens, and ends it,
// and what it started, when the test is over. It gives its address.
func (p program) run(t testing.TB) string {
	t.Helper()
	for range 10 { // a port that was free a moment ago may be taken by another
		port := freePort(t)
		if p.try(t, port) {
			return net.JoinHostPort("127.0.0.1", port)
		}
	}
	t.Fatalf("%s found no port to listen on", p.name)
	return ""
}

// try is false when the port is taken.
func (p program) try(t testing.TB, port string) bool {
	t.Helper()
	cmd := p.command(port)
	cmd.WaitDelay = 10 * time.Second
	// Sessions are processes of their own that outlive it; a group can be ended
	// as a whole.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	output, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var log bytes.Buffer
	listening, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		heard := false
		for lines := bufio.NewScanner(output); lines.Scan(); {
			mu.Lock()
			log.Write(lines.Bytes())
			log.WriteByte('\n')
			mu.Unlock()
			if !heard && strings.Contains(lines.Text(), p.listens) {
				heard = true
				close(listening)
			}
		}
	}()
	text := func() string { mu.Lock(); defer mu.Unlock(); return log.String() }
	select {
	case <-listening:
	case <-ended:
		err := cmd.Wait()
		for _, taken := range p.taken {
			if strings.Contains(text(), taken) {
				return false
			}
		}
		t.Fatalf("%s doesn't start (%v):\n%s", p.name, err, text())
	}
	for p.hasty { // there is no event to wait for
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
		if err == nil {
			_ = conn.Close()
			break
		}
		select {
		case <-ended:
			t.Fatalf("%s has ended:\n%s", p.name, text())
		case <-time.After(time.Millisecond):
		}
	}
	t.Cleanup(func() {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM); err != nil {
			t.Errorf("stop %s: %v", p.name, err)
		}
		<-ended        // all of its group have closed their standard error
		_ = cmd.Wait() // ends by the signal, which counts as an error
		if t.Failed() {
			said := strings.SplitAfter(text(), "\n")
			t.Logf("%s said last:\n%s", p.name, strings.Join(said[max(0, len(said)-20):], ""))
		}
	})
	return true
}

// find finds a server's program, which is rarely on an ordinary user's PATH.
func find(t testing.TB, program, debianPackage string) string {
	t.Helper()
	for _, folder := range []string{"/usr/sbin/", "/usr/local/sbin/", "/usr/bin/"} {
		if _, err := os.Stat(folder + program); err == nil {
			return folder + program
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("these tests run a real %s: install %s (apt-get install %s)", program, debianPackage, debianPackage)
	}
	return path
}

func freePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// openFolder makes a folder that a server's login user can reach too;
// t.TempDir's parent is closed to others.
func openFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "bekal-server-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

func write(t testing.TB, path string, content []byte, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
}
