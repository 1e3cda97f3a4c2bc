package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bekal/configs"
	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

// TestLegacyAlgorithms: what may be configured is what there is.
func TestLegacyAlgorithms(t *testing.T) {
	want, got := sftp.LegacyAlgorithms(), configs.LegacyAlgorithms()
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-transport +configuration):\n%s", diff)
	}
	for _, name := range want {
		if !strings.Contains(configs.Example, name) {
			t.Errorf("%s is not in the example", name)
		}
	}
}

// TestLegacyBank goes the way of whoever has to deal with an outdated server: a
// refusal that names the setting, the setting, trust, and a warning from then
// on.
func TestLegacyBank(t *testing.T) {
	server := sftptest.OpenSSH().Start(t, sftptest.Wants{Legacy: sftptest.LegacyKeyExchange})
	f := setUp(t)
	key, err := f.identity()
	if err != nil {
		t.Fatal(err)
	}
	keys := filepath.Join(filepath.Dir(server.Root), "authorized_keys")
	if err := os.WriteFile(keys, ssh.MarshalAuthorizedKey(key), 0o644); err != nil { //nolint:gosec // public
		t.Fatal(err)
	}
	f.must(t, exitOK, f.initArgs(server.Address, authorizedLine(server.HostKeys[0]))...)
	if err := f.configure("user: "+testUser, "user: "+server.User, "outbox: /outbox", "outbox: "+server.Root, "inbox: /inbox", "inbox: "+server.Root); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(f.path("known_hosts")); err != nil {
		t.Fatal(err)
	}
	says := func(text, want string) {
		t.Helper()
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
	trust := []string{"bank", "trust", "--fingerprint", sftp.Fingerprint(server.HostKeys[0])}
	setting := "allow_legacy: [" + sftptest.LegacyKeyExchange.Name() + "]"
	says(f.must(t, exitFailed, trust...).stderr, setting)
	if err := f.configure("allow_legacy: []", "allow_legacy: [ssh-rsa]"); err != nil {
		t.Fatal(err)
	}
	says(f.must(t, exitFailed, trust...).stderr, "allow_legacy: [ssh-rsa, "+sftptest.LegacyKeyExchange.Name()+"]")
	if err := f.configure("allow_legacy: [ssh-rsa]", setting); err != nil {
		t.Fatal(err)
	}
	says(f.must(t, exitOK, trust...).stdout, "pinned")
	check := f.must(t, exitOK, "bank", "check")
	says(check.stderr, "warning: "+setting)
	says(check.stderr, `"level":"WARN"`)
	says(check.stderr, `"in_use":["`+sftptest.LegacyKeyExchange.Name()+`"]`)
}
