package sftp

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// PinnedError says that another key of this address is pinned already.
type PinnedError struct {
	Address string
	Pinned  []ssh.PublicKey
	Refused ssh.PublicKey
}

// Error implements error; it names the fingerprints.
func (e *PinnedError) Error() string {
	return fmt.Sprintf("another host key of %s is pinned: %s; refused is %s",
		e.Address, describe(e.Pinned...), describe(e.Refused))
}

// Hint implements the interface that the command line looks for.
func (e *PinnedError) Hint() string {
	return "ask the bank whether it changes its host key; then pin the new one beside the old one with `bekal bank trust --next`, " +
		"or in its place with `bekal bank trust --replace`"
}

// Pin makes key the trusted host key of address (host:port), in a file that is
// created with mode 0600 if need be. Pinning the same key again changes
// nothing; when another key is pinned the error is a *PinnedError. The file is
// replaced as a whole, so a crash leaves the old one or the new one.
func Pin(knownHosts, address string, key ssh.PublicKey) error {
	pinned, err := Pinned(knownHosts, address)
	switch {
	case err != nil:
		return fmt.Errorf("pin: %w", err)
	case holds(pinned, key):
		return nil
	case len(pinned) > 0:
		return fmt.Errorf("pin: %w", &PinnedError{Address: address, Pinned: pinned, Refused: key})
	}
	return add(knownHosts, address, key)
}

// PinNext stages the key that the bank will change to: from then on the present
// key and this one are both accepted. There must be one pinned key, and only
// one; afterwards Replace ends the change.
func PinNext(knownHosts, address string, key ssh.PublicKey) error {
	pinned, err := Pinned(knownHosts, address)
	switch {
	case err != nil:
		return fmt.Errorf("pin next: %w", err)
	case holds(pinned, key):
		return nil
	case len(pinned) == 0:
		return fmt.Errorf("pin next: %w", withHint(fmt.Errorf("no host key of %s is pinned yet", address),
			"pin the present key first with `bekal bank trust`"))
	case len(pinned) > 1:
		return fmt.Errorf("pin next: %w", &PinnedError{Address: address, Pinned: pinned, Refused: key})
	}
	return add(knownHosts, address, key)
}

// Replace makes key the only trusted host key of address. Lines of other hosts,
// comments and revocations stay as they are.
func Replace(knownHosts, address string, key ssh.PublicKey) error {
	old, err := pinsSoFar(knownHosts)
	if err != nil {
		return fmt.Errorf("replace pin: %w", err)
	}
	var kept []byte
	for line := range bytes.Lines(old) {
		if !pinsOnly(line, address) {
			kept = append(kept, line...)
		}
	}
	return rewrite(knownHosts, withLine(kept, address, key), func(name string) error {
		pinned, err := Pinned(name, address)
		if err != nil {
			return err
		}
		if len(pinned) != 1 {
			return withHint(fmt.Errorf("%s pins keys of %s on a line for several hosts", knownHosts, address),
				"edit that line of the known_hosts file by hand")
		}
		return nil
	})
}

// add appends a line for address.
func add(knownHosts, address string, key ssh.PublicKey) error {
	old, err := pinsSoFar(knownHosts)
	if err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	return rewrite(knownHosts, withLine(old, address, key), func(name string) error {
		pinned, err := Pinned(name, address)
		if err == nil && !holds(pinned, key) {
			err = errors.New("the new line is not found again")
		}
		return err
	})
}

// holds reports whether key is one of keys.
func holds(keys []ssh.PublicKey, key ssh.PublicKey) bool {
	return slices.ContainsFunc(keys, func(k ssh.PublicKey) bool { return bytes.Equal(k.Marshal(), key.Marshal()) })
}

// pinsOnly reports whether a line pins a key of this one address and no other.
func pinsOnly(line []byte, address string) bool {
	marker, hosts, _, _, _, err := ssh.ParseKnownHosts(line)
	return err == nil && marker == "" && len(hosts) == 1 && hosts[0] == knownhosts.Normalize(address)
}

func withLine(old []byte, address string, key ssh.PublicKey) []byte {
	if len(old) > 0 && old[len(old)-1] != '\n' {
		old = append(old, '\n')
	}
	return append(old, knownhosts.Line([]string{address}, key)+"\n"...)
}

// rewrite puts content in the place of the file in one step, once check is
// satisfied with it.
func rewrite(path string, content []byte, check func(name string) error) error {
	name, err := writeBeside(path, content)
	if err == nil {
		err = check(name)
	}
	if err == nil {
		err = os.Rename(name, path)
	}
	if err != nil {
		if name != "" {
			err = errors.Join(err, os.Remove(name))
		}
		return fmt.Errorf("write %s: %w", path, err)
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("flush folder of %s: %w", path, err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// writeBeside makes a flushed file of mode 0600 in path's folder.
func writeBeside(path string, content []byte) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	return f.Name(), errors.Join(err, f.Sync(), f.Close())
}
