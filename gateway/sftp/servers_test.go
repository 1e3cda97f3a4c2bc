package sftp_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	remote "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

// TestServers runs the conformance suite against all kinds of server.
func TestServers(t *testing.T) {
	t.Parallel()
	kinds := []sftptest.Kind{sftptest.OpenSSH(), sftptest.ProFTPD(), inProcess()}
	for _, k := range kinds {
		kinds = append(kinds, sftptest.OverSlowLine(k))
	}
	sftptest.RunAll(t, kinds...)
}

// inProcess is the SSH of x/crypto with the SFTP of pkg/sftp, whose plain rename
// overwrites. What it is wanted to be it is made, where the other kinds can't.
func inProcess() sftptest.Kind {
	k := sftptest.Kind{
		Name: "InProcess", Start: startInProcess,
		Cannot: map[string]string{
			"FileLimit":     "it is this process, whose own files would be limited too",
			"QuotaExceeded": "it has no quotas; TestStatus sends what a server may say of one",
		},
	}
	if os.Geteuid() == 0 {
		const almighty = "it is this process, which as root may write everywhere"
		k.Cannot["ReadOnlyFolder"], k.Cannot["UploadOverKeptFile"] = almighty, almighty
	} else {
		k.Cannot["UploadOverKeptFile"] = "it has no setting for it"
	}
	return k
}

func startInProcess(t testing.TB, w sftptest.Wants) sftptest.Server {
	h := newHost(t)
	h.client = sftptest.UserKey(t, w)
	s := sftptest.Server{Root: t.TempDir(), Lacks: sftptest.Lacks{Fsync: true, PosixRename: slices.Contains(w.Without, sftptest.PosixRename)}}
	h.serve = func(channel io.ReadWriteCloser) {
		server, err := remote.NewServer(&modest{ReadWriteCloser: channel, without: w.Without})
		if err != nil {
			t.Error(err)
			return
		}
		_ = server.Serve() // ends when the client hangs up
	}
	if w.Listing != sftptest.Honest {
		h.serve = script(h, listing(w.Listing))
	}
	if w.OnlyRSA {
		h.key = sftptest.NewRSASigner(t)
	}
	h.logins(w.Login)
	switch w.Legacy {
	case sftptest.LegacyKeyExchange:
		h.config.KeyExchanges = []string{w.Legacy.Name()}
	case sftptest.LegacyCipher:
		h.config.Ciphers = []string{w.Legacy.Name()}
	case sftptest.LegacyMAC: // other ciphers need no MAC
		h.config.Ciphers, h.config.MACs = []string{"aes128-ctr"}, []string{w.Legacy.Name()}
	case sftptest.LegacyHostKey:
		h.key = signingOnly(t, sftptest.NewRSASigner(t), w.Legacy.Name())
	case sftptest.LegacyUserKey:
		h.config.PublicKeyAuthAlgorithms = []string{w.Legacy.Name()}
	}
	o := h.start(t)
	s.Address, s.User, s.HostKeys = o.Address, o.User, []ssh.PublicKey{h.key.PublicKey()}
	if w.Login.NeedsKey() {
		s.Signer = h.client
	}
	if w.Login != sftptest.ByKey {
		s.Password = password
	}
	return s
}

// logins lets the user in in this way and in no other.
func (h *host) logins(login sftptest.Login) {
	judge := func(given string) (*ssh.Permissions, error) {
		switch {
		case h.given != nil:
			return nil, h.given(given)
		case given != password:
			return nil, errors.New("wrong")
		}
		return nil, nil
	}
	byPassword := func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) { return judge(string(given)) }
	byQuestion := func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		answers, err := ask("", "", []string{"Password: "}, []bool{false})
		if err != nil || len(answers) != 1 {
			return nil, errors.New("no answer")
		}
		return judge(answers[0])
	}
	byKey := h.config.PublicKeyCallback
	thenAlso := func(next ssh.ServerAuthCallbacks) {
		h.config.PublicKeyCallback = func(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if _, err := byKey(c, key); err != nil {
				return nil, err
			}
			return nil, &ssh.PartialSuccessError{Next: next}
		}
	}
	switch login {
	case sftptest.ByKey:
	case sftptest.ByPassword:
		h.config.PublicKeyCallback, h.config.PasswordCallback = nil, byPassword
	case sftptest.ByQuestion:
		h.config.PublicKeyCallback, h.config.KeyboardInteractiveCallback = nil, byQuestion
	case sftptest.ByKeyAndPassword:
		thenAlso(ssh.ServerAuthCallbacks{PasswordCallback: byPassword})
	case sftptest.ByKeyAndQuestion:
		thenAlso(ssh.ServerAuthCallbacks{KeyboardInteractiveCallback: byQuestion})
	case sftptest.ByPasswordAndKey, sftptest.ByQuestionAndKey:
		m := ssh.ServerAuthCallbacks{PasswordCallback: byPassword}
		if login == sftptest.ByQuestionAndKey {
			m = ssh.ServerAuthCallbacks{KeyboardInteractiveCallback: byQuestion}
		}
		m = first(m, ssh.ServerAuthCallbacks{PublicKeyCallback: byKey})
		h.config.PublicKeyCallback = nil
		h.config.PasswordCallback, h.config.KeyboardInteractiveCallback = m.PasswordCallback, m.KeyboardInteractiveCallback
	}
}

// signingOnly is a key that signs with one algorithm.
func signingOnly(t testing.TB, signer ssh.Signer, algorithm string) ssh.Signer {
	t.Helper()
	chooser, ok := signer.(ssh.AlgorithmSigner)
	if !ok {
		t.Fatalf("%T signs in one way", signer)
	}
	one, err := ssh.NewSignerWithAlgorithms(chooser, []string{algorithm})
	if err != nil {
		t.Fatal(err)
	}
	return one
}

// listing answers a listing as it is wanted, and has files of every name.
func listing(l sftptest.Listing) func(p packet) []octets {
	number, listed := 0, false
	return func(p packet) []octets {
		switch {
		case p.kind == pktOpendir:
			listed = false
			return []octets{p.handle()}
		case p.kind == pktReaddir && l == sftptest.Endless:
			b := p.answer(pktName).u32(500)
			for range 500 {
				number++
				b = b.str(fmt.Sprintf("file-%d", number)).str("").attrs(1, modeFile)
			}
			return []octets{b}
		case p.kind == pktReaddir && !listed:
			listed = true
			names := []string{"..", "../../etc/passwd", "/etc/shadow", "z.STL", "sub/../../../x", "..", "./a.STL", "a.STL", "a.STL/", "a.STL/.."}
			b := p.answer(pktName).u32(uint32(len(names)))
			for _, name := range names {
				b = b.str(name).str("").attrs(1, modeFile)
			}
			return []octets{b}
		case p.kind == pktReaddir:
			return []octets{p.status(fxEOF, "")}
		case p.kind == pktLstat:
			return []octets{p.answer(pktAttrs).attrs(1, modeFile)}
		}
		return []octets{p.status(fxOK, "")}
	}
}

// modest takes extensions out of the first packet of a server, VERSION: the
// library has one list for all servers of a process.
type modest struct {
	io.ReadWriteCloser
	without []string
	held    []byte
	said    bool
}

func (m *modest) Write(p []byte) (int, error) {
	if m.said {
		return m.ReadWriteCloser.Write(p)
	}
	m.held = append(m.held, p...)
	if len(m.held) < 4 || len(m.held) < 4+int(binary.BigEndian.Uint32(m.held)) {
		return len(p), nil
	}
	m.said = true
	version := octets(m.held[4:9]) // type and number
	for rest := m.held[9:]; len(rest) > 0; {
		var pair [2]string
		for i := range pair {
			n := 4 + binary.BigEndian.Uint32(rest)
			pair[i], rest = string(rest[4:n]), rest[n:]
		}
		if !slices.Contains(m.without, pair[0]) {
			version = version.str(pair[0]).str(pair[1])
		}
	}
	_, err := m.ReadWriteCloser.Write(octets{}.str(string(version)))
	return len(p), err
}

// TestOpenSSHFailure: OpenSSH says no more than "Failure" when a write fails.
func TestOpenSSHFailure(t *testing.T) {
	s := sftptest.StartOpenSSH(t)
	conn := dial(t, sftp.Options{
		Address: s.Address, User: s.User, Signers: []ssh.Signer{s.Signer}, KnownHosts: pin(t, s.Address, s.HostKeys[0]),
	})
	if err := os.Symlink("/dev/full", filepath.Join(s.Root, "full")); err != nil {
		t.Fatal(err)
	}
	err := conn.Upload(t.Context(), s.Root+"/full", io.LimitReader(zeroes{}, 1<<20), 1<<20)
	fails(t, err, false, sftp.ReasonRefused)
	if _, err := conn.List(t.Context(), s.Root); err != nil {
		t.Errorf("the connection is of no more use: %v", err)
	}
}
