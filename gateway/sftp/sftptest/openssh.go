package sftptest

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// StartOpenSSH starts a real OpenSSH sshd on a free loopback port, with host
// keys and configuration of its own, and stops it when the test ends. Lines of
// sshd_config given here stand before (and so win over) its own. Where no sshd
// is installed the test fails.
//
// When the test runs as root, the login is that of the user nobody, so that
// permissions count.
func StartOpenSSH(t testing.TB, config ...string) Server {
	t.Helper()
	sshd := findSSHD(t)
	login, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if login, err = user.Lookup("nobody"); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // sshd's empty folder, as its service would make it
			t.Fatal(err)
		}
	}
	folder := openFolder(t)
	s := Server{User: login.Username, Signer: NewSigner(t), Root: filepath.Join(folder, "bank")}
	if err := os.Mkdir(s.Root, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.Root, 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "authorized_keys"), ssh.MarshalAuthorizedKey(s.Signer.PublicKey()), 0o644)

	lines := append([]string{}, config...)
	for i, key := range hostKeys(t) {
		path := filepath.Join(folder, fmt.Sprintf("host_key_%d", i))
		block, err := ssh.MarshalPrivateKey(key, "")
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, pem.EncodeToMemory(block), 0o600)
		public, err := ssh.NewPublicKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		s.HostKeys = append(s.HostKeys, public)
		lines = append(lines, "HostKey "+path)
	}
	lines = append(lines,
		"ListenAddress 127.0.0.1",
		"PidFile none",
		"AuthorizedKeysFile "+filepath.Join(folder, "authorized_keys"),
		"StrictModes no",
		"UsePAM no",
		"PasswordAuthentication no",
		"KbdInteractiveAuthentication no",
		"MaxStartups 100",
		"UseDNS no",
		"PrintMotd no",
		"LogLevel INFO",
		"Subsystem sftp internal-sftp",
		"ForceCommand internal-sftp",
	)
	path := filepath.Join(folder, "sshd_config")
	// Newer ones punish loopback, which the tests' failures all come from.
	for _, extra := range []string{"PerSourcePenalties no", ""} {
		write(t, path, []byte(strings.Join(append(lines, extra), "\n")+"\n"), 0o600)
		if exec.Command(sshd, "-t", "-f", path).Run() == nil {
			break
		}
	}
	for range 10 { // a port that was free a moment ago may be taken by another
		port := freePort(t)
		if run(t, sshd, path, port) {
			s.Address = net.JoinHostPort("127.0.0.1", port)
			return s
		}
	}
	t.Fatal("sshd found no port to listen on")
	return s
}

// findSSHD finds sshd, which is rarely on an ordinary user's PATH.
func findSSHD(t testing.TB) string {
	t.Helper()
	for _, path := range []string{"/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"} {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	path, err := exec.LookPath("sshd")
	if err != nil {
		t.Fatal("these tests run a real OpenSSH server: install openssh-server (apt-get install openssh-server)")
	}
	return path
}

// openFolder makes a folder that the login user can reach too; t.TempDir's
// parent is closed to others.
func openFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "bekal-sshd-")
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

// hostKeys makes an Ed25519, an ECDSA and an RSA key.
func hostKeys(t testing.TB) []crypto.Signer {
	t.Helper()
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	nist, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return []crypto.Signer{edwards, nist, old}
}

// run starts sshd and waits until it listens; false if the port is taken.
func run(t testing.TB, sshd, config, port string) bool {
	t.Helper()
	cmd := exec.Command(sshd, "-D", "-e", "-f", config, "-p", port)
	cmd.WaitDelay = 10 * time.Second
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
			if !heard && strings.Contains(lines.Text(), "Server listening on") {
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
		if strings.Contains(text(), "in use") || strings.Contains(text(), "Cannot bind") {
			return false
		}
		t.Fatalf("sshd doesn't start (%v):\n%s", err, text())
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("stop sshd: %v", err)
		}
		_ = cmd.Wait() // ends by the signal, which counts as an error
		<-ended
		if t.Failed() {
			t.Logf("sshd said:\n%s", text())
		}
	})
	return true
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

func write(t testing.TB, path string, content []byte, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
}
