package sftptest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Password is that of every server which wants one.
const Password = "rahasia-contoh"

// pam is what a server on Linux asks about passwords, with one user and one
// password: a real PAM, whose configuration comes from a folder of ours rather
// than from the machine's (pam_wrapper, of the cwrap project), so that neither
// the machine's users nor its configuration are touched.
type pam struct{ folder string }

// newPAM makes a configuration for a service in folder.
func newPAM(t testing.TB, folder, service, user string) pam {
	t.Helper()
	p := pam{filepath.Join(folder, "pam.d")}
	if err := os.Mkdir(p.folder, 0o755); err != nil { //nolint:gosec // the server's user reads it
		t.Fatal(err)
	}
	passwords := filepath.Join(folder, "passwords")
	write(t, passwords, []byte(user+":"+Password+":"+service+"\n"), 0o600)
	module := p.library(t, "pam_wrapper/pam_matrix.so")
	var lines strings.Builder
	for _, kind := range []string{"auth", "account", "session"} {
		fmt.Fprintf(&lines, "%s required %s passdb=%s\n", kind, module, passwords)
	}
	write(t, filepath.Join(p.folder, service), []byte(lines.String()), 0o644)
	t.Cleanup(func() { p.tidy(t) })
	return p
}

// environment makes a program use it.
func (p pam) environment(t testing.TB) []string {
	t.Helper()
	return append(os.Environ(), "LD_PRELOAD="+p.library(t, "libpam_wrapper.so"), "PAM_WRAPPER=1", "PAM_WRAPPER_SERVICE_DIR="+p.folder)
}

// library finds a file of pam_wrapper, whose folder differs by architecture.
func (pam) library(t testing.TB, name string) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/*-linux-gnu*/", "/usr/lib64/", "/usr/lib/", "/usr/local/lib/"} {
		if found, _ := filepath.Glob(pattern + name); len(found) > 0 {
			return found[0]
		}
	}
	t.Fatalf("these tests ask a real PAM about passwords: %s is missing; install libpam-wrapper (apt-get install libpam-wrapper)", name)
	return ""
}

// tidy removes the folders that pam_wrapper leaves when its program is ended by
// a signal: those that hold a copy of our configuration.
func (p pam) tidy(t testing.TB) {
	copies, _ := filepath.Glob("/tmp/pam.?/*")
	for _, file := range copies {
		content, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(content), filepath.Dir(p.folder)+"/") {
			if err := os.RemoveAll(filepath.Dir(file)); err != nil {
				t.Error(err)
			}
		}
	}
}
