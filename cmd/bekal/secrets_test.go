package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bekal/gateway/banksim"

	"golang.org/x/crypto/ssh"
)

// The secrets of a facility that has all kinds of them.
const (
	testPassphrase   = "kata-sandi-kunci-4711"
	testPassword     = "kata-sandi-bank-0815"
	testMailPassword = "kata-sandi-surat-1234"
)

// TestNothingTellsASecret lets a facility with every kind of secret live
// through nights with every kind of fault, and through what goes wrong with
// secrets, and then looks through all that was logged, printed, mailed and
// handed to the program that is told: no secret, and no account number.
func TestNothingTellsASecret(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	mail := receiveMail(t)
	if err := f.startBank(func(o *banksim.Options) {
		key, err := f.lockedIdentity()
		if err != nil {
			t.Fatal(err)
		}
		o.AuthorizedKey = key
		o.Faults = banksim.Faults{ExactlyBatches: 1, Exactly: map[banksim.Kind]int{banksim.Missing: 1, banksim.Unknown: 1, banksim.Amount: 1, banksim.Account: 2, banksim.Name: 1, banksim.Duplicate: 1,
			banksim.Rejected: 2, banksim.Returned: 1, banksim.Unreadable: 2}}
	}); err != nil {
		t.Fatal(err)
	}
	if err := f.approved(40, f.bank.Address(), authorizedLine(f.bank.HostKey())); err != nil {
		t.Fatal(err)
	}
	told := f.path("told")
	for name, text := range map[string]string{"passphrase": testPassphrase, "password": testPassword, "mail": testMailPassword,
		"alarm": fmt.Sprintf("#!/bin/sh\n{ cat; tr '\\000' '\\n' </proc/$$/cmdline; env; echo; } >>%s\n", told)} {
		if err := os.WriteFile(f.path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	host, port, err := net.SplitHostPort(mail.address)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(f.path("alarm"), 0o700), f.configure(`passphrase_file: ""`, "passphrase_file: passphrase", `password_file: ""`, "password_file: password", "level: info", "level: debug",
		"\nnotify: []", fmt.Sprintf(`
notify:
  - { type: log, on: [failed, degraded, mismatch, ran] }
  - { type: command, command: [%s, --from, bekal], on: [failed, degraded, mismatch, ran] }
  - { type: email, host: %q, port: %s, tls: none-on-loopback, username: bekal, password_file: mail, from: bekal@example.go.id, to: [keuangan@example.go.id], on: [failed, degraded, mismatch, ran] }`,
			f.path("alarm"), host, port))); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	night := func(date string, code int) {
		t.Helper()
		r := f.night(t, date, code)
		said.WriteString(r.stdout + r.stderr)
	}
	night("2026-11-23", exitOK)
	f.bankWorks(t, "2026-11-24")
	// Files of the bank that are none, or hold accounts where none belongs.
	v := banksim.Invent(testSeed, 0)
	for name, text := range map[string]string{"GARBAGE.STL": "D00000001" + v.Account + v.Name + "\n", v.Account + ".STL": v.Account, "X" + v.Account + "X.ACK": strings.Repeat(v.Account, 20), "RET\x1b[2J" + v.Account + ".STL": ""} {
		if err := os.WriteFile(filepath.Join(f.path("bank/inbox"), name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	night("2026-11-24", exitOK)
	f.bankWorks(t, "2026-11-25")
	night("2026-11-27", exitOK)
	said.WriteString(f.run("bank", "check").stderr)
	said.WriteString(f.must(t, exitOK, "night", "--json", "--date", "2026-11-27").stdout)

	// What goes wrong with secrets, and with the bank.
	wrong := func(name, text string, mode fs.FileMode) {
		t.Helper()
		before, err := os.ReadFile(f.path(name))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.WriteFile(f.path(name), []byte(text), 0o600), os.Chmod(f.path(name), mode)); err != nil {
			t.Fatal(err)
		}
		r := f.run("night", "--date", "2026-11-27")
		if r.code == exitOK {
			t.Errorf("a night ran with %s as %q, mode %v", name, text, mode)
		}
		check := f.run("bank", "check")
		said.WriteString(r.stdout + r.stderr + check.stdout + check.stderr)
		if err := errors.Join(os.Chmod(f.path(name), 0o600), os.WriteFile(f.path(name), before, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	wrong("passphrase", testPassphrase+"x", 0o600)
	wrong("passphrase", testPassphrase, 0o644)
	wrong("password", testPassword+"\nsecond line", 0o600)
	wrong("bank_ed25519", testPassphrase+" is no key", 0o600)
	mail.refuses("535 5.7.8 not you")
	wrong("mail", testMailPassword+"x", 0o600)
	if err := f.bank.Close(); err != nil {
		t.Fatal(err)
	}
	// The address of a bank that is gone.
	r := f.run("night", "--date", "2026-11-30")
	said.WriteString(r.stdout + r.stderr)

	alarm, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	mails := mail.text()
	for where, text := range map[string]string{"the logs": f.logs.String(), "what nights print": said.String(), "the program that is told": string(alarm), "mail": mails} {
		if len(text) < 500 {
			t.Errorf("%s: only %q", where, text)
		}
		tellsNoSecret(t, where, text)
	}
	// The command was told what it has to know.
	if !strings.Contains(string(alarm), `"night":"2026-11-23.1"`) || !strings.Contains(string(alarm), "--from\nbekal\n") || !strings.Contains(mails, "mismatches open") {
		t.Errorf("the program was told %s\nby mail: %s", alarm, mails)
	}
}

// tellsNoSecret looks for the secrets, their usual wrappings, and for accounts,
// also for most of one.
func tellsNoSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{testPassphrase, testPassword, testMailPassword, "PRIVATE KEY"} {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), fmt.Sprintf("%x", secret), fmt.Sprintf("%d", []byte(secret))} {
			if strings.Contains(text, form) {
				t.Errorf("%s: %q stands there", where, form)
			}
		}
	}
	if err := tellsNoAccount(text); err != nil {
		t.Errorf("%s: %v", where, err)
	}
	for i := range 40 {
		if account := banksim.Invent(testSeed, i).Account; strings.Contains(text, account[:12]) || strings.Contains(text, account[2:13]) {
			t.Errorf("%s: most of account %s stands there", where, account)
		}
	}
	if strings.ContainsAny(text, "\x1b\x07\u009b") {
		t.Errorf("%s: a terminal would obey it", where)
	}
}

// lockedIdentity makes a key that a passphrase opens.
func (f *facility) lockedIdentity() (ssh.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(private, "test", []byte(testPassphrase))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(f.path("bank_ed25519"), pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, err
	}
	return ssh.NewPublicKey(public)
}

// mailbox is a small mail server on loopback that keeps what it is given.
type mailbox struct {
	address string
	mu      sync.Mutex
	data    strings.Builder
	refusal string // what it answers to a login, when it refuses it
}

func (m *mailbox) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.data.String()
}

func (m *mailbox) refuses(answer string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refusal = answer
}

func receiveMail(t *testing.T) *mailbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailbox{address: l.Addr().String()}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { m.serve(c) })
		}
	})
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		conns.Wait()
	})
	return m
}

// serve speaks as much SMTP as a mail needs.
func (m *mailbox) serve(c net.Conn) {
	defer c.Close() //nolint:errcheck // whoever mails notices
	say := func(s string) { fmt.Fprintf(c, "%s\r\n", s) }
	say("220 mail.example.go.id")
	inData := false
	for s := bufio.NewScanner(c); s.Scan(); {
		line := s.Text()
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); {
		case inData:
			if inData = line != "."; !inData {
				say("250 taken")
				continue
			}
			m.mu.Lock()
			m.data.WriteString(line + "\n")
			m.mu.Unlock()
		case verb == "EHLO":
			say("250-mail.example.go.id\r\n250 AUTH PLAIN LOGIN")
		case verb == "AUTH":
			m.mu.Lock()
			refusal := m.refusal
			m.mu.Unlock()
			if refusal != "" {
				say(refusal)
				continue
			}
			say("235 welcome")
		case verb == "DATA":
			inData = true
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
