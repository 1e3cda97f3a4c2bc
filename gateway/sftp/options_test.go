package sftp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"bekal/gateway/sftp"
	"bekal/gateway/sftp/sftptest"
)

func TestSecretIsNeverShown(t *testing.T) {
	secret := sftp.Secret("rahasia")
	o := sftp.Options{Password: secret}
	var shown strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10.3s", "%T"} {
		fmt.Fprintf(&shown, verb+"\n", secret)
		fmt.Fprintf(&shown, verb+"\n", o)
		fmt.Fprintf(&shown, verb+"\n", &o)
		fmt.Fprintf(&shown, verb+"\n", []any{secret})
	}
	for _, v := range []any{secret, []sftp.Secret{secret}, map[string]sftp.Secret{"p": secret}} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(text)
	}
	slog.New(slog.NewTextHandler(&shown, nil)).Info("x", "secret", secret, "options", o, slog.Any("any", secret))
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("x", "secret", secret)
	for _, form := range []string{"rahasia", "72616861736961", "72616861", "rah"} {
		if strings.Contains(strings.ToLower(shown.String()), form) {
			t.Errorf("%q is shown in:\n%s", form, shown.String())
		}
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	good := newHost(t).start(t)
	for want, spoil := range map[string]func(o *sftp.Options){
		"host:port":      func(o *sftp.Options) { o.Address = "bank.example" },
		"is not host":    func(o *sftp.Options) { o.Address = ":22" },
		"no user":        func(o *sftp.Options) { o.User = "" },
		"known_hosts":    func(o *sftp.Options) { o.KnownHosts = "" },
		"neither a key":  func(o *sftp.Options) { o.Signers = nil },
		"dial timeout":   func(o *sftp.Options) { o.DialTimeout = -1 },
		"stall timeout":  func(o *sftp.Options) { o.StallTimeout = -time.Second },
		"no user is con": func(o *sftp.Options) { *o = sftp.Options{} },
	} {
		o := good
		spoil(&o)
		o.Dialer = func(context.Context, string, string) (net.Conn, error) {
			t.Error("dialled all the same")
			return nil, net.ErrClosed
		}
		_, err := sftp.Dial(t.Context(), o)
		if e := fails(t, err, false, sftp.ReasonConfiguration); !strings.Contains(err.Error(), want) || e.Hint() == "" {
			t.Errorf("error is %v, hint %q; want %q in it", err, e.Hint(), want)
		}
	}
	good.KnownHosts = t.TempDir() + "/missing"
	good.Dialer = func(context.Context, string, string) (net.Conn, error) {
		t.Error("dialled without known host keys")
		return nil, net.ErrClosed
	}
	_, err := sftp.Dial(t.Context(), good)
	fails(t, err, false, sftp.ReasonHostKey)
}

// TestDialer: the injected dialler is used, and the connection ends with Close.
func TestDialer(t *testing.T) {
	h := newHost(t)
	h.serve = inMemory
	o := h.start(t)
	listening := o.Address
	o.Address = "bank.invalid:22"
	o.KnownHosts = pin(t, o.Address, h.key.PublicKey())
	o.Dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != "bank.invalid:22" {
			t.Errorf("address is %s", address)
		}
		return (&net.Dialer{}).DialContext(ctx, network, listening)
	}
	dial(t, o)
}

func TestPathsAreChecked(t *testing.T) {
	h := newHost(t)
	h.serve = inMemory
	conn := dial(t, h.start(t))
	for _, path := range []string{"", "a\x00b"} {
		_, err := conn.Stat(t.Context(), path)
		fails(t, err, false, sftp.ReasonConfiguration)
		_, err = conn.List(t.Context(), path)
		fails(t, err, false, sftp.ReasonConfiguration)
		fails(t, conn.Rename(t.Context(), path, "b"), false, sftp.ReasonConfiguration)
		fails(t, conn.Rename(t.Context(), "a", path), false, sftp.ReasonConfiguration)
		fails(t, conn.Remove(t.Context(), path), false, sftp.ReasonConfiguration)
	}
	_, err := conn.Stat(t.Context(), "line\nbreak")
	fails(t, err, false, sftp.ReasonNotExist)
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("a line break in the message: %v", err)
	}
}

func TestUnknownSigner(t *testing.T) {
	h := newHost(t)
	o := h.start(t)
	h.client = sftptest.NewSigner(t)
	_, err := sftp.Dial(t.Context(), o)
	fails(t, err, false, sftp.ReasonAuthentication)
}
