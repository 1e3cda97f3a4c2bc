package sftp_test

import (
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

// TestLegacyHint: of several outdated algorithms the hint names the one that
// helps, and of those that help the least bad; what is allowed already stays.
func TestLegacyHint(t *testing.T) {
	old := sftptest.NewRSASigner(t)
	for _, c := range []struct {
		name    string
		spoil   func(h *host)
		allowed []string
		setting string
	}{
		{"the weakest first", func(h *host) {
			h.config.KeyExchanges = []string{"diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1"}
		}, nil, "diffie-hellman-group14-sha1"},
		{"the weakest alone", func(h *host) {
			h.config.KeyExchanges = []string{"diffie-hellman-group1-sha1"}
		}, nil, "diffie-hellman-group1-sha1"},
		{"one more", func(h *host) {
			h.config.KeyExchanges, h.config.Ciphers = []string{"diffie-hellman-group14-sha1"}, []string{"aes128-cbc"}
		}, []string{"diffie-hellman-group14-sha1"}, "diffie-hellman-group14-sha1, aes128-cbc"},
		{"the key of the pinned kind", func(h *host) {
			h.key = signingOnly(t, old, ssh.KeyAlgoRSA)
			h.config.AddHostKey(fakeDSA{sftptest.NewSigner(t)})
		}, nil, "ssh-rsa"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t)
			h.serve = inMemory
			c.spoil(h)
			o := h.start(t)
			o.AllowLegacy = c.allowed
			_, err := sftp.Dial(t.Context(), o)
			e := fails(t, err, false, sftp.ReasonAlgorithm)
			if !strings.Contains(e.Hint(), "allow_legacy: ["+c.setting+"]") {
				t.Errorf("hint %q, want the setting %s", e.Hint(), c.setting)
			}
			o.AllowLegacy = strings.Split(c.setting, ", ")
			dial(t, o)
		})
	}
}

// fakeDSA says that it is a DSA key, which nobody makes any more.
type fakeDSA struct{ ssh.Signer }

func (f fakeDSA) PublicKey() ssh.PublicKey { return dsaHalf{f.Signer.PublicKey()} }

type dsaHalf struct{ ssh.PublicKey }

func (dsaHalf) Type() string { return "ssh-dss" }

// TestLegacyIsChecked: a name that allows nothing is no setting.
func TestLegacyIsChecked(t *testing.T) {
	o := newHost(t).start(t)
	for _, name := range []string{"", "ssh-rs", "aes256-ctr", "SSH-RSA", "ssh-rsa-cert-v01@openssh.com"} {
		o.AllowLegacy = []string{"ssh-rsa", name}
		_, err := sftp.Dial(t.Context(), o)
		if e := fails(t, err, false, sftp.ReasonConfiguration); !strings.Contains(e.Hint(), "ssh-rsa") {
			t.Errorf("%q: hint %q", name, e.Hint())
		}
		_, err = sftp.FetchHostKey(t.Context(), o.Address, o.AllowLegacy)
		fails(t, err, false, sftp.ReasonConfiguration)
	}
}

// TestOutdatedKey: a key of ours that can only sign in an outdated way is not
// offered to anybody.
func TestOutdatedKey(t *testing.T) {
	h := newHost(t)
	h.serve = inMemory
	h.client = sftptest.NewRSASigner(t)
	o := h.start(t)
	o.Signers = []ssh.Signer{signingOnly(t, h.client, ssh.KeyAlgoRSA)}
	_, err := sftp.Dial(t.Context(), o)
	if e := fails(t, err, false, sftp.ReasonAlgorithm); !strings.Contains(e.Hint(), "[ssh-rsa]") || !strings.Contains(e.Hint(), "keygen") {
		t.Errorf("hint %q", e.Hint())
	}
	o.AllowLegacy = []string{"ssh-rsa"}
	if used := dial(t, o).Legacy(); len(used) != 1 || used[0] != "ssh-rsa" {
		t.Errorf("in use are %q", used)
	}
	// The same key in a better way.
	o.Signers, o.AllowLegacy = []ssh.Signer{h.client}, nil
	if used := dial(t, o).Legacy(); len(used) != 0 {
		t.Errorf("in use are %q", used)
	}
}
