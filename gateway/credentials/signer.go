package credentials

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// minRSABits is the shortest RSA key that is still taken seriously.
const minRSABits = 2048

// Source names the files that a login at the bank takes its secrets from.
type Source struct {
	Identity       string // private key
	PassphraseFile string // opens Identity; may be empty
	PasswordFile   string // a password beside the key; may be empty
}

// Signer returns the key of the source.
func (s Source) Signer() (ssh.Signer, error) { return Signer(s.Identity, s.PassphraseFile) }

// Password returns the password of the source; it is empty when there is none.
func (s Source) Password() (Secret, error) {
	if s.PasswordFile == "" {
		return Secret{}, nil
	}
	return Password(s.PasswordFile)
}

// Signer reads a private key (Ed25519, ECDSA, or RSA of at least 2048 bits) in
// OpenSSH or PEM form. The passphrase file is needed for an encrypted key
// only. What is wrong with either file comes back as an [*Error].
func Signer(path, passphrasePath string) (ssh.Signer, error) {
	const noun = "identity"
	f, err := read(path, noun)
	if err != nil {
		return nil, err
	}
	if err := mistaken(f); err != nil {
		return nil, err
	}
	if err := f.private(); err != nil {
		return nil, err
	}
	key, err := ssh.ParseRawPrivateKey(f.data)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		key, err = unlock(f, passphrasePath)
	}
	var known *Error
	if errors.As(err, &known) {
		return nil, err
	}
	if err != nil {
		return nil, &Error{path, fmt.Errorf("is not a private key that can be read: %w", err),
			"make a key with: ssh-keygen -t ed25519 -f " + path}
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		return nil, &Error{path, fmt.Errorf("cannot be used: %w", err), "use an Ed25519, ECDSA or RSA key"}
	}
	if k, ok := key.(*rsa.PrivateKey); ok && k.N.BitLen() < minRSABits {
		return nil, refuse(path, fmt.Sprintf("is an RSA key of %d bits, which is too short", k.N.BitLen()), "make a new key with: ssh-keygen -t ed25519")
	}
	return signer, nil
}

// unlock opens an encrypted key.
func unlock(f *secretFile, passphrasePath string) (any, error) {
	if passphrasePath == "" {
		return nil, refuse(f.path, "is encrypted, and no passphrase file is named",
			"write the passphrase into a file with mode 0600 and name it under passphrase_file in bekal.yaml")
	}
	passphrase, err := password(passphrasePath, "passphrase file")
	if err != nil {
		return nil, err
	}
	var key any
	err = passphrase.Use(func(plain string) error {
		key, err = ssh.ParseRawPrivateKeyWithPassphrase(f.data, []byte(plain))
		return err
	})
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, &Error{f.path, fmt.Errorf("the passphrase in %s does not open it: %w", passphrasePath, err),
			"check the passphrase with: ssh-keygen -y -f " + f.path}
	}
	return key, err
}

// mistaken names the files that are often given in place of a private key.
func mistaken(f *secretFile) error {
	data := bytes.TrimSpace(f.data)
	switch {
	case len(data) == 0:
		return refuse(f.path, "is empty", "make a key with: ssh-keygen -t ed25519")
	case bytes.HasPrefix(data, []byte("PuTTY-User-Key-File-")):
		return refuse(f.path, "is a PuTTY key, which only PuTTY reads",
			"convert it with: puttygen "+f.path+" -O private-openssh -o bank_key (in PuTTYgen: Conversions, Export OpenSSH key)")
	case isPublic(data):
		return refuse(f.path, "is a public key", "name the private key that belongs to it; its file has the same name without .pub")
	case bytes.HasPrefix(data, []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----")):
		return refuse(f.path, "is an encrypted PKCS#8 key, which cannot be opened here",
			"convert a copy to the OpenSSH form with: ssh-keygen -p -f "+f.path)
	case bytes.HasPrefix(data, []byte("-----BEGIN CERTIFICATE-----")):
		return refuse(f.path, "is a certificate, and not a private key", "name the private key that belongs to it")
	}
	return nil
}

func isPublic(data []byte) bool {
	for _, head := range []string{"---- BEGIN SSH2 PUBLIC KEY", "-----BEGIN PUBLIC KEY", "-----BEGIN RSA PUBLIC KEY"} {
		if bytes.HasPrefix(data, []byte(head)) {
			return true
		}
	}
	_, _, _, _, err := ssh.ParseAuthorizedKey(data)
	return err == nil
}
