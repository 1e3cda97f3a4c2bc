package sftptest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// OpenSSH is the sshd that most servers run.
func OpenSSH() Kind {
	const (
		honest = "it lists what the file system holds: no such names, and an end"
		modern = "it says that it takes SHA-2 signatures, whatever its setting is"
	)
	return Kind{
		Name: "OpenSSH", Real: true, Start: startOpenSSH,
		Cannot: map[string]string{
			"EndlessListing":      honest,
			"ListingThatLeadsOut": honest,
			"LegacyUserKey":       modern,
			"QuotaExceeded":       "it has no quotas; a file system's are set by its mount, which a test may not change",
		},
	}
}

// StartOpenSSH starts a real OpenSSH sshd on a free loopback port, with host
// keys and configuration of its own, and stops it when the test ends. Lines of
// sshd_config given here stand before (and so win over) its own. Where no sshd
// is installed the test fails.
//
// When the test runs as root, the login is that of the user nobody, so that
// permissions count.
func StartOpenSSH(t testing.TB, config ...string) Server {
	t.Helper()
	return openSSH(t, Wants{}, config)
}

// startOpenSSH turns what is wanted into configuration.
func startOpenSSH(t testing.TB, w Wants) Server {
	t.Helper()
	var config []string
	command := "internal-sftp"
	if len(w.Without) > 0 {
		names := strings.ReplaceAll(strings.Join(w.Without, ","), "@openssh.com", "")
		command += " -P " + names
	}
	if w.KeepsFiles {
		command += " -u 0333" // whoever made a file may not write to it again
	}
	config = append(config, "ForceCommand "+command)
	switch w.Login {
	case ByKey:
	case ByPassword:
		config = append(config, "PasswordAuthentication yes", "AuthenticationMethods password")
	case ByQuestion:
		config = append(config, "KbdInteractiveAuthentication yes", "AuthenticationMethods keyboard-interactive")
	case ByKeyAndPassword:
		config = append(config, "PasswordAuthentication yes", "AuthenticationMethods publickey,password")
	case ByKeyAndQuestion:
		config = append(config, "KbdInteractiveAuthentication yes", "AuthenticationMethods publickey,keyboard-interactive")
	case ByPasswordAndKey:
		config = append(config, "PasswordAuthentication yes", "AuthenticationMethods password,publickey")
	case ByQuestionAndKey:
		config = append(config, "KbdInteractiveAuthentication yes", "AuthenticationMethods keyboard-interactive,publickey")
	}
	switch w.Legacy {
	case LegacyKeyExchange:
		config = append(config, "KexAlgorithms "+w.Legacy.Name())
	case LegacyCipher:
		config = append(config, "Ciphers "+w.Legacy.Name())
	case LegacyMAC:
		config = append(config, "Ciphers aes128-ctr", "MACs "+w.Legacy.Name()) // other ciphers need no MAC
	case LegacyHostKey:
		config = append(config, "HostKeyAlgorithms "+w.Legacy.Name())
	case LegacyUserKey:
		config = append(config, "PubkeyAcceptedAlgorithms "+w.Legacy.Name())
	}
	return openSSH(t, w, config)
}

// openSSH starts one with these lines before its own.
func openSSH(t testing.TB, w Wants, lines []string) Server {
	t.Helper()
	sshd := find(t, "sshd", "openssh-server")
	login := loginUser(t)
	if os.Geteuid() == 0 {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil { //nolint:gosec // sshd's empty folder, as its service would make it
			t.Fatal(err)
		}
	}
	folder := openFolder(t)
	s := Server{User: login.Username, Signer: UserKey(t, w), Root: newRoot(t, folder)}
	var keys []byte
	for _, key := range append([]ssh.PublicKey{s.Signer.PublicKey()}, w.Keys...) {
		keys = append(keys, ssh.MarshalAuthorizedKey(key)...)
	}
	write(t, filepath.Join(folder, "authorized_keys"), keys, 0o644)
	environment := os.Environ()
	if w.Login == ByKey {
		lines = append(lines, "UsePAM no")
	} else {
		s.Password = Password
		lines = append(lines, "UsePAM yes")
		environment = newPAM(t, folder, "sshd", s.User).environment(t)
	}
	if !w.Login.NeedsKey() {
		s.Signer = nil
	}
	for _, name := range w.Without {
		s.Lacks.PosixRename = s.Lacks.PosixRename || name == PosixRename
		s.Lacks.Fsync = s.Lacks.Fsync || name == Fsync
	}
	files, public := writeHostKeys(t, folder, w)
	s.HostKeys = public
	for _, file := range files {
		lines = append(lines, "HostKey "+file)
	}
	lines = append(lines,
		"ListenAddress 127.0.0.1",
		"PidFile none",
		"AuthorizedKeysFile "+filepath.Join(folder, "authorized_keys"),
		"StrictModes no",
		"PasswordAuthentication no",
		"KbdInteractiveAuthentication no",
		"MaxStartups 100",
		"UseDNS no",
		"PrintMotd no",
		"LogLevel INFO",
		"Subsystem sftp internal-sftp",
		"ForceCommand internal-sftp",
	)
	config := filepath.Join(folder, "sshd_config")
	// Newer ones punish loopback, which the tests' failures all come from.
	for _, extra := range []string{"PerSourcePenalties no", ""} {
		write(t, config, []byte(strings.Join(append(slices.Clone(lines), extra), "\n")+"\n"), 0o600)
		if exec.Command(sshd, "-t", "-f", config).Run() == nil { //nolint:gosec // the server that is tested against
			break
		}
	}
	s.Address = program{
		name: "sshd", listens: "Server listening on", taken: []string{"in use", "Cannot bind"},
		command: func(port string) *exec.Cmd {
			args := []string{sshd, "-D", "-e", "-f", config, "-p", port}
			if w.FileLimit > 0 {
				// In blocks of 512 bytes. Without the signal that comes with it,
				// a write beyond the limit fails as one beyond a quota does.
				args = append([]string{"sh", "-c", fmt.Sprintf(`trap "" XFSZ; ulimit -f %d; exec "$@"`, w.FileLimit/512), "sh"}, args...)
			}
			cmd := exec.Command(args[0], args[1:]...) //nolint:gosec // as above
			cmd.Env = environment
			return cmd
		},
	}.run(t)
	return s
}
