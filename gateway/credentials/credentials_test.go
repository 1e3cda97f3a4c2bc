package credentials

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/goccy/go-yaml"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const plainText = "kata sandi contoh"

func put(t *testing.T, name string, data []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	// WriteFile is subject to the umask.
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func pemOf(t *testing.T, key any, passphrase string) []byte {
	t.Helper()
	var block *pem.Block
	var err error
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(key, "contoh")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "contoh", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(block)
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestSigner(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	rs := must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048))
	pkcs8 := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must[[]byte](t)(x509.MarshalPKCS8PrivateKey(ec))})
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rs)})
	passphrase := put(t, "passphrase", []byte(plainText+"\n"), 0o600)
	for _, tt := range []struct {
		name       string
		data       []byte
		passphrase string
		kind       string
	}{
		{"ed25519", pemOf(t, ed, ""), "", ssh.KeyAlgoED25519},
		{"ecdsa", pemOf(t, ec, ""), "", ssh.KeyAlgoECDSA256},
		{"rsa", pemOf(t, rs, ""), "", ssh.KeyAlgoRSA},
		{"pkcs8", pkcs8, "", ssh.KeyAlgoECDSA256},
		{"pkcs1", pkcs1, "", ssh.KeyAlgoRSA},
		{"encrypted", pemOf(t, ed, plainText), passphrase, ssh.KeyAlgoED25519},
		{"passphrase not needed", pemOf(t, ed, ""), passphrase, ssh.KeyAlgoED25519},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Source{Identity: put(t, "key", tt.data, 0o600), PassphraseFile: tt.passphrase}.Signer()
			if err != nil {
				t.Fatal(err)
			}
			if got := s.PublicKey().Type(); got != tt.kind {
				t.Errorf("type %s, want %s", got, tt.kind)
			}
			sig, err := s.Sign(rand.Reader, []byte("x"))
			if err != nil || s.PublicKey().Verify([]byte("x"), sig) != nil {
				t.Errorf("it does not sign: %v", err)
			}
		})
	}
}

func TestSignerRefuses(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := pemOf(t, ed, "")
	public := ssh.MarshalAuthorizedKey(must[ssh.PublicKey](t)(ssh.NewPublicKey(ed.Public())))
	// Too short to be made by this program's own tools; made here from fixed primes.
	short := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(shortKey(t))})
	right := put(t, "right", []byte(plainText), 0o600)
	wrong := put(t, "wrong", []byte("bukan ini"), 0o600)
	open := put(t, "open", []byte(plainText), 0o644)
	locked := pemOf(t, ed, plainText)
	for _, tt := range []struct {
		name       string
		path       string
		passphrase string
		want, hint string
	}{
		{"missing", filepath.Join(t.TempDir(), "none"), "", "not exist", "correct its path"},
		{"no path", "", "", "not exist", "bekal.yaml"},
		{"group readable", put(t, "k", good, 0o640), "", "mode 0640", "chmod 600 "},
		{"world readable", put(t, "k", good, 0o604), "", "mode 0604", "chmod 600 "},
		{"group writable", put(t, "k", good, 0o620), "", "mode 0620", "chmod 600 "},
		{"public", put(t, "k.pub", public, 0o644), "", "is a public key", "without .pub"},
		{"public, SSH2", put(t, "k", []byte("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n"), 0o644), "", "is a public key", "private key"},
		{"PuTTY", put(t, "k.ppk", []byte("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"), 0o600), "", "PuTTY key", "puttygen"},
		{"encrypted", put(t, "k", locked, 0o600), "", "no passphrase file", "passphrase_file"},
		{"wrong passphrase", put(t, "k", locked, 0o600), wrong, "does not open it", "ssh-keygen -y"},
		{"open passphrase", put(t, "k", locked, 0o600), open, "mode 0644", "chmod 600 " + open},
		{"missing passphrase", put(t, "k", locked, 0o600), filepath.Join(t.TempDir(), "none"), "passphrase file", "put the file there"},
		{"encrypted PKCS#8", put(t, "k", []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"), 0o600), right, "PKCS#8", "ssh-keygen -p"},
		{"certificate", put(t, "k", []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o644), "", "certificate", "private key"},
		{"empty", put(t, "k", nil, 0o600), "", "empty", "ssh-keygen"},
		{"cut short", put(t, "k", good[:len(good)/2], 0o600), "", "not a private key", "ssh-keygen"},
		{"text", put(t, "k", []byte(plainText), 0o600), "", "not a private key", "ssh-keygen"},
		{"short RSA", put(t, "k", short, 0o600), "", "too short", "ed25519"},
		{"large", put(t, "k", bytes.Repeat([]byte("x"), maxSize+1), 0o600), "", "larger than", ""},
		{"folder", t.TempDir(), "", "not a plain file", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Signer(tt.path, tt.passphrase)
			var e *Error
			if !errors.As(err, &e) || s != nil {
				t.Fatalf("%v, error %v", s, err)
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(e.Hint(), tt.hint) || tt.hint != "" && e.Hint() == "" {
				t.Errorf("error: %v\nhint: %s", err, e.Hint())
			}
			if strings.Contains(err.Error()+e.Hint(), plainText) {
				t.Errorf("the secret is repeated: %v", err)
			}
		})
	}
}

// A named pipe where the key should be does not hang the night.
func TestSignerNamedPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Signer(path, ""); err == nil || !strings.Contains(err.Error(), "not a plain file") {
		t.Errorf("error %v", err)
	}
}

func TestForeign(t *testing.T) {
	for _, tt := range []struct {
		owner, user int
		want        bool
	}{{1000, 1000, false}, {0, 1000, false}, {1000, 0, false}, {0, 0, false}, {1001, 1000, true}} {
		if got := foreign(tt.owner, tt.user); got != tt.want {
			t.Errorf("file of %d read by %d: %v", tt.owner, tt.user, got)
		}
	}
}

func text(t *testing.T, s Secret) (plain string) {
	t.Helper()
	if err := s.Use(func(p string) error { plain = p; return nil }); err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestPassword(t *testing.T) {
	for in, want := range map[string]string{
		"a b":      "a b",
		"a b\n":    "a b",
		"a b\r\n":  "a b",
		" a \n":    " a ",
		"sandi é%": "sandi é%",
	} {
		s, err := Source{PasswordFile: put(t, "p", []byte(in), 0o600)}.Password()
		if err != nil {
			t.Errorf("%q: %v", in, err)
		} else if got := text(t, s); got != want || s.Empty() {
			t.Errorf("%q is %q", in, got)
		}
	}
	for in, want := range map[string]string{
		"":              "is empty",
		"\n":            "is empty",
		"a\n\n":         "more than one line",
		"a\nb":          "more than one line",
		"a\x00b":        "more than one line",
		"\xff\xfea\x00": "more than one line",
		"\xe9":          "not plain UTF-8",
		"\ufeffa":       "not plain UTF-8",
	} {
		_, err := Password(put(t, "p", []byte(in), 0o600))
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) || !strings.HasPrefix(e.Hint(), "write the password and nothing else") {
			t.Errorf("%q: %v", in, err)
		}
	}
	if _, err := Password(put(t, "p", []byte("x"), 0o660)); err == nil || !strings.Contains(err.Error(), "mode 0660") {
		t.Errorf("a readable file: %v", err)
	}
	if s, err := (Source{}).Password(); err != nil || !s.Empty() || text(t, s) != "" {
		t.Errorf("no file: %v, %v", s.Empty(), err)
	}
	cause := errors.New("login failed")
	if err := secretOf("x").Use(func(string) error { return cause }); !errors.Is(err, cause) {
		t.Errorf("Use returns %v", err)
	}
}

func TestSecretNeverPrints(t *testing.T) {
	s := secretOf(plainText)
	type inner struct{ hidden Secret }
	type outer struct {
		Shown Secret
		deep  *inner
		inner
	}
	o := outer{s, &inner{s}, inner{s}}
	var out bytes.Buffer
	for _, v := range []any{s, &s, o, &o, []Secret{s}, map[string]Secret{"k": s}, o.deep, any(s)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		fmt.Fprintln(&out, v)
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
		if b, err := yaml.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("x", "secret", s, "pointer", &s, "outer", o, slog.Group("g", "s", s))
	}
	fmt.Fprintln(&out, fmt.Errorf("login with %v: %w", s, errors.New("no")))
	if !strings.Contains(out.String(), placeholder) {
		t.Error("nothing was printed")
	}
	hexed := fmt.Sprintf("%x", plainText)
	for _, leak := range []string{plainText, "sandi", hexed, strings.ToUpper(hexed)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q is printed:\n%s", leak, out.String())
		}
	}
}

func TestGenerateIdentity(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "bank_ed25519")
	line, err := GenerateIdentity(path, "bekal PWK")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	public, comment, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || comment != "bekal PWK" || strings.Contains(line, "\n") {
		t.Fatalf("public line %q: %v", line, err)
	}
	s, err := Signer(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.PublicKey().Marshal(), public.Marshal()) {
		t.Error("the public line belongs to another key")
	}

	before := must[[]byte](t)(os.ReadFile(path))
	_, err = GenerateIdentity(path, "again")
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, fs.ErrExist) || e.Hint() == "" {
		t.Errorf("again: %v", err)
	}
	if after := must[[]byte](t)(os.ReadFile(path)); !bytes.Equal(before, after) {
		t.Error("the key was overwritten")
	}
	if _, err := GenerateIdentity(filepath.Join(t.TempDir(), "k"), "a\nssh-ed25519 AAAA"); err == nil {
		t.Error("a comment of two lines is taken")
	}
}
