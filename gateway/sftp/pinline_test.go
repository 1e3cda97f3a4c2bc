package sftp_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

// TestPinsWithBrokenLine: a line that cannot be read is not left out. It may be
// the one that takes a key back.
func TestPinsWithBrokenLine(t *testing.T) {
	t.Parallel()
	const address = "bank.example:22"
	key, other := sftptest.NewSigner(t), line(sftptest.NewSigner(t).PublicKey())
	good := "bank.example " + line(key.PublicKey())
	hashed := knownhosts.HashHostname("other.example")
	for what, broken := range map[string]string{
		"one word":                    "bank.example",
		"two words":                   "bank.example ssh-ed25519",
		"a key that is cut off":       "bank.example " + other[:len(other)-8],
		"a key that is taken back":    "@revoked bank.example " + line(key.PublicKey())[:40],
		"an unknown marker":           "@revoke bank.example " + other,
		"two markers":                 "@revoked @cert-authority bank.example " + other,
		"a marker alone":              "@revoked " + other,
		"another kind than it says":   "bank.example " + strings.Replace(other, "ssh-ed25519", "ssh-rsa", 1),
		"a kind that nobody reads":    "bank.example ssh-dss AAAAB3NzaC1kc3MAAAABAQ==",
		"no host":                     ",! " + other,
		"a bracket":                   "[bank.example " + other,
		"a hashed host that is cut":   strings.TrimSuffix(hashed, "=")[:len(hashed)-3] + " " + other,
		"a hashed host of a new kind": strings.Replace(hashed, "|1|", "|2|", 1) + " " + other,
		"two hashed hosts":            hashed + "," + hashed + " " + other,
	} {
		t.Run(what, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "known_hosts")
			if err := os.WriteFile(file, []byte("# pins\n\n"+good+"\n"+broken+"\r\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			for which, run := range map[string]func() error{
				"pinned": func() error { _, err := sftp.Pinned(file, address); return err },
				"pin":    func() error { return sftp.Pin(file, address, key.PublicKey()) },
				"dial": func() error {
					_, err := sftp.Dial(t.Context(), sftp.Options{Address: address, User: "bekal", Signers: []ssh.Signer{key}, KnownHosts: file})
					fails(t, err, false, sftp.ReasonConfiguration)
					return err
				},
			} {
				err := run()
				var hinted interface{ Hint() string }
				if err == nil || !strings.Contains(err.Error(), file+":4: ") || !errors.As(err, &hinted) {
					t.Errorf("%s: %v, want one with file and line and a hint", which, err)
				}
			}
		})
	}
}

// TestPinsOfAllKinds: what OpenSSH writes into the file is read.
func TestPinsOfAllKinds(t *testing.T) {
	t.Parallel()
	const address = "bank.example:2222"
	key, other := sftptest.NewSigner(t).PublicKey(), line(sftptest.NewSigner(t).PublicKey())
	file := filepath.Join(t.TempDir(), "known_hosts")
	content := fmt.Sprintf("# pins\n\t\n%s %s\n*.example,!bad.example %[2]s a comment\n@cert-authority *.other.example %[2]s\n@revoked * %[2]s\n[2001:db8::1]:22,10.0.0.1 %[2]s\r\n%s %s",
		knownhosts.HashHostname("other.example"), other, knownhosts.HashHostname("[bank.example]:2222"), line(key))
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := sftp.Pinned(file, address)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, k := range keys {
		found = found || same(k, key)
	}
	if !found {
		t.Errorf("%d keys are pinned, and not that of the last line", len(keys))
	}
}
