package credentials

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"
)

// GenerateIdentity makes an Ed25519 key and writes it to path with mode 0600,
// and the folder around it when there is none. It never overwrites. What it
// returns is the public line to give to the bank; the key itself is not
// returned to anybody. The comment says whose key it is, and is public.
func GenerateIdentity(path, comment string) (publicLine string, err error) {
	if strings.ContainsFunc(comment, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", refuse(path, "the comment of a key must be one line", "")
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(private, comment)
	if err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	if err := writeNew(path, pem.EncodeToMemory(block)); err != nil {
		return "", err
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
	if comment = strings.TrimSpace(comment); comment != "" {
		line += " " + comment
	}
	return line, nil
}

func writeNew(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &Error{path, fmt.Errorf("identity: %w; it is never overwritten", fs.ErrExist),
			"ssh-keygen -y -f " + path + " prints its public half again; for a new key choose another name, and keep the old one until the bank has taken the new one"}
	}
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("identity: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}
