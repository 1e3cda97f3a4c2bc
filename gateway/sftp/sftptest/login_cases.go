package sftptest

import (
	"strings"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
)

// testLogin logs in as the server wants it, and in all ways that lack a part of
// that. Each refusal is one that is not repeated.
func testLogin(b *bench) {
	conn := b.dial()
	if err := b.upload(b.Context(), conn, "file", []byte("x")); err != nil {
		b.Error(err)
	}
	stranger := []ssh.Signer{NewSigner(b.T)}
	for _, c := range []struct {
		what  string
		spoil func(o *sftp.Options)
		when  bool
		says  string
	}{
		{"a wrong password", func(o *sftp.Options) { o.Password = "salah-contoh" }, true, "refused the password of user " + b.server.User},
		{"no password", func(o *sftp.Options) { o.Password, o.Signers = "", append(o.Signers, stranger...) }, true, "user " + b.server.User},
		{"another's key", func(o *sftp.Options) { o.Signers = stranger }, b.wants.Login.NeedsKey(), "refused the key of user " + b.server.User},
		{"no key", func(o *sftp.Options) { o.Signers = nil }, b.wants.Login.NeedsKey(), "user " + b.server.User},
	} {
		if !c.when {
			continue
		}
		o := b.options()
		c.spoil(&o)
		err := b.refused(o)
		if err == nil {
			b.Errorf("%s: logged in", c.what)
			continue
		}
		if e := b.fails(err, false, sftp.ReasonAuthentication); !e.Authentication() || e.HostKey() {
			b.Errorf("%s: Authentication is %v, HostKey %v", c.what, e.Authentication(), e.HostKey())
		}
		if !strings.Contains(err.Error(), c.says) {
			b.Errorf("%s: it isn't said that the server %s: %v", c.what, c.says, err)
		}
		for _, secret := range []string{Password, "salah-contoh"} {
			if strings.Contains(err.Error(), secret) {
				b.Errorf("%s: the password is in the error: %v", c.what, err)
			}
		}
	}
	// A key that isn't asked for doesn't hinder.
	if !b.wants.Login.NeedsKey() {
		o := b.options()
		o.Signers = stranger
		b.dialWith(o)
	}
}
