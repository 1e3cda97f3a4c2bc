package sftp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

// maxPins is far above the host keys of any bank, and far below what would
// take memory from the night.
const maxPins = 1 << 20

// readPins reads a known_hosts file.
func readPins(path string) ([]byte, error) {
	// Not blocking, lest a named pipe in place of the file hang the night.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	var data []byte
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = withHint(fmt.Errorf("%s is not a plain file", path),
			"name a file under known_hosts in the configuration; `bekal bank trust` makes it")
	}
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(f, maxPins+1))
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(data) > maxPins {
		return nil, withHint(fmt.Errorf("%s is larger than %d KiB", path, maxPins>>10),
			"let it hold the bank's host keys alone, or name another file under known_hosts in the configuration; `bekal bank trust` makes it")
	}
	return data, nil
}

// pinsSoFar is readPins for a file that may not be there yet.
func pinsSoFar(path string) ([]byte, error) {
	data, err := readPins(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// openPins reads and understands a known_hosts file. Those who understand it
// open it themselves, read on without an end, and leave out what they cannot
// read; so it is read and checked before.
func openPins(path string) (*knownhosts.HostKeyDB, error) {
	data, err := readPins(path)
	if err != nil {
		return nil, err
	}
	if err := checkPins(path, data); err != nil {
		return nil, err
	}
	db, err := knownhosts.NewDB(path)
	var open *os.PathError
	if err != nil && !errors.As(err, &open) {
		return nil, withHint(err, "correct or remove that line of the known_hosts file")
	}
	return db, err
}

// Pinned lists the keys that the file pins for address, in the file's order.
// A missing file pins nothing.
func Pinned(knownHosts, address string) ([]ssh.PublicKey, error) {
	if err := checkAddress(address); err != nil {
		return nil, err
	}
	db, err := openPins(knownHosts)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("known_hosts: %w", err)
	}
	var keys []ssh.PublicKey
	for _, key := range db.HostKeys(address) {
		keys = append(keys, key.PublicKey)
	}
	return keys, nil
}
