package sftptest

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/ssh"
)

// ProFTPD is an FTP server whose module mod_sftp speaks SFTP, with an SSH of
// its own.
func ProFTPD() Kind {
	const (
		honest = "it lists what the file system holds: no such names, and an end"
		modern = "with an RSA key it always offers SHA-2 as well, and no setting is against it"
	)
	return Kind{
		Name: "ProFTPD", Real: true, Start: startProFTPD,
		Cannot: map[string]string{
			"EndlessListing":      honest,
			"ListingThatLeadsOut": honest,
			"LegacyHostKey":       modern,
			"LegacyUserKey":       modern,
		},
	}
}

// startProFTPD starts a real proftpd on a free loopback port, with host keys,
// configuration and user of its own, and stops it when the test ends. Where it
// isn't installed the test fails. As whom it logs in: see StartOpenSSH.
func startProFTPD(t testing.TB, w Wants) Server {
	t.Helper()
	daemon := find(t, "proftpd", "proftpd-core")
	login := loginUser(t)
	folder := openFolder(t)
	s := Server{User: login.Username, Signer: UserKey(t, w), Root: newRoot(t, folder)}
	for _, name := range w.Without {
		s.Lacks.PosixRename = s.Lacks.PosixRename || name == PosixRename
		s.Lacks.Fsync = s.Lacks.Fsync || name == Fsync
	}

	hash, err := bcrypt.GenerateFromPassword([]byte(Password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	users := filepath.Join(folder, "users")
	write(t, users, fmt.Appendf(nil, "%s:%s:%s:%s::%s:/bin/false\n", s.User, hash, login.Uid, login.Gid, s.Root), 0o600)
	var keys []byte
	for _, key := range append([]ssh.PublicKey{s.Signer.PublicKey()}, w.Keys...) {
		keys = fmt.Appendf(keys, "---- BEGIN SSH2 PUBLIC KEY ----\n%s\n---- END SSH2 PUBLIC KEY ----\n",
			folded(base64.StdEncoding.EncodeToString(key.Marshal())))
	}
	write(t, filepath.Join(folder, "user_keys"), keys, 0o644)

	modules := []string{"mod_sftp.c"}
	var lines []string
	environment, pam := os.Environ(), "off"
	methods := map[Login]string{
		ByKey: "publickey", ByPassword: "password", ByQuestion: "keyboard-interactive",
		ByKeyAndPassword: "publickey+password", ByKeyAndQuestion: "publickey+keyboard-interactive",
		ByPasswordAndKey: "password+publickey", ByQuestionAndKey: "keyboard-interactive+publickey",
	}[w.Login]
	if w.Login != ByKey {
		s.Password = Password
	}
	if w.Login.asks() {
		modules = append(modules, "mod_sftp_pam.c")
		lines = append(lines, "SFTPPAMEngine on", "SFTPPAMServiceName sftp")
		pam = "on"
		environment = newPAM(t, folder, "sftp", s.User).environment(t)
	}
	if !w.Login.NeedsKey() {
		s.Signer = nil
	}
	switch w.Legacy {
	case LegacyKeyExchange:
		lines = append(lines, "SFTPKeyExchanges "+w.Legacy.Name())
	case LegacyCipher:
		lines = append(lines, "SFTPCiphers "+w.Legacy.Name())
	case LegacyMAC:
		lines = append(lines, "SFTPCiphers aes128-ctr", "SFTPDigests "+w.Legacy.Name()) // other ciphers need no MAC
	case LegacyHostKey, LegacyUserKey: // see Cannot
	}
	extensions := map[string]string{PosixRename: "posixRename", Fsync: "fsync", StatVFS: "statvfs", Limits: ""}
	without := ""
	for _, name := range w.Without {
		if short := extensions[name]; short != "" {
			without += " -" + short
		}
	}
	if without != "" {
		lines = append(lines, "SFTPExtensions"+without)
	}
	if w.FileLimit > 0 {
		lines = append(lines, fmt.Sprintf("MaxStoreFileSize %d B", w.FileLimit))
	}
	if w.Quota > 0 {
		modules = append(modules, "mod_quotatab.c", "mod_quotatab_file.c")
		limits, tallies := filepath.Join(folder, "quota_limits"), filepath.Join(folder, "quota_tallies")
		// Empty tables are a magic number alone, which contrib/ftpquota writes.
		write(t, limits, []byte{0x26, 0x76, 0, 0}, 0o666)
		write(t, tallies, []byte{0x44, 0x76, 0, 0}, 0o666)
		lines = append(lines, "QuotaEngine on", "QuotaLimitTable file:"+limits, "QuotaTallyTable file:"+tallies,
			fmt.Sprintf("QuotaDefault user false hard %d 0 0 0 0 0", w.Quota))
	}
	overwrite := "on"
	if w.KeepsFiles {
		overwrite = "off" // which is what it does unless it is told otherwise
	}

	files, public := writeHostKeys(t, folder, w)
	s.HostKeys = public
	for _, file := range files {
		lines = append(lines, "SFTPHostKey "+file)
	}
	head := []string{"ModulePath " + modulePath(t)}
	for _, module := range modules {
		head = append(head, "LoadModule "+module)
	}
	group, err := user.LookupGroupId(login.Gid)
	if err != nil {
		t.Fatal(err)
	}
	lines = slices.Concat(append(head,
		"ServerName bekal-test", // before anything of mod_sftp, which crashes otherwise
		"ServerType standalone",
		"DefaultAddress 127.0.0.1",
		"UseIPv6 off",
		"SocketBindTight on",
		"User "+login.Username,
		"Group "+group.Name,
		"PidFile "+filepath.Join(folder, "pid"),
		"ScoreboardFile none",
		"DelayTable none",
		"WtmpLog off",
		"TransferLog none",
		"RequireValidShell off",
		"UseFtpUsers off",
		"UseReverseDNS off",
		"MaxInstances 100",
		"Umask 022",
		"AllowOverwrite "+overwrite,
		"AuthOrder mod_auth_file.c",
		"AuthPAM "+pam,
		"AuthUserFile "+users,
		"SFTPEngine on",
		"SFTPAuthMethods "+methods,
		"SFTPAuthorizedUserKeys file:"+filepath.Join(folder, "user_keys"),
		"SFTPLog "+filepath.Join(folder, "sftp.log"),
	), lines)
	s.Address = program{
		name: "proftpd", listens: "standalone mode STARTUP", hasty: true, taken: []string{"Address already in use"},
		command: func(port string) *exec.Cmd {
			config := filepath.Join(folder, "proftpd.conf")
			write(t, config, []byte(strings.Join(append(slices.Clone(lines), "Port "+port), "\n")+"\n"), 0o600)
			cmd := exec.Command(daemon, "--nodaemon", "--config", config) //nolint:gosec // the server that is tested against
			cmd.Env = environment
			return cmd
		},
	}.run(t)
	return s
}

// modulePath finds the folder of proftpd's modules.
func modulePath(t testing.TB) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/proftpd", "/usr/lib/*/proftpd", "/usr/lib64/proftpd", "/usr/libexec/proftpd", "/usr/local/libexec"} {
		if found, _ := filepath.Glob(pattern + "/mod_sftp.so"); len(found) > 0 {
			return filepath.Dir(found[0])
		}
	}
	t.Fatal("these tests run a real ProFTPD with mod_sftp: install it (apt-get install proftpd-core proftpd-mod-crypto)")
	return ""
}

// folded breaks base64 into the lines of RFC 4716.
func folded(text string) string {
	var lines []string
	for part := range slices.Chunk([]byte(text), 70) {
		lines = append(lines, string(part))
	}
	return strings.Join(lines, "\n")
}
