package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bekal/cmd/bekal/simulate"
	"bekal/gateway/schedule"

	"golang.org/x/sys/unix"
)

const (
	// simulationPrefix begins the names of the folders of simulations.
	simulationPrefix = "bekal-simulate-"
	// simulationLock is the file in such a folder that its process holds locked.
	simulationLock = "lock"
)

// simulationFolder holds the books of a simulation, in memory where it can. The
// lock in it goes with its process, however that ends: so the next simulation
// knows whose folder nobody needs any more.
type simulationFolder struct {
	path string
	lock *schedule.Lock
}

// simulationParent is where the folders lie.
func simulationParent() string {
	if memory := simulate.Memory(); memory != "" {
		return memory
	}
	return os.TempDir()
}

// simulationFolder makes a folder, and clears up after those that were killed.
func (p *program) simulationFolder() (*simulationFolder, error) {
	if err := sweepSimulations(simulationParent()); err != nil {
		_, _ = fmt.Fprintf(p.stderr, "warning: %v\n", err) // it is in nobody's way but the memory's
	}
	return newSimulationFolder(simulationParent())
}

func newSimulationFolder(parent string) (*simulationFolder, error) {
	path, err := os.MkdirTemp(parent, simulationPrefix)
	if err != nil {
		return nil, err
	}
	lock, err := schedule.Acquire(filepath.Join(path, simulationLock), "bekal simulate")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	return &simulationFolder{path, lock}, nil
}

func (f *simulationFolder) remove() error {
	return errors.Join(os.RemoveAll(f.path), f.lock.Release())
}

// sweepSimulations removes the folders in parent that simulations left which
// were killed: our own user's, and those only whose process is gone.
func sweepSimulations(parent string) error {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return fmt.Errorf("folders of earlier simulations: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if ok, err := filepath.Match(simulationPrefix+"*", e.Name()); err != nil || !ok || !e.IsDir() {
			continue
		}
		if err := sweepSimulation(filepath.Join(parent, e.Name())); err != nil {
			errs = append(errs, fmt.Errorf("folder of an earlier simulation: %w", err))
		}
	}
	return errors.Join(errs...)
}

func sweepSimulation(path string) error {
	// Other people may put what they like beside our folders: no link is
	// followed, nothing is waited for, and what is not as we make it stays.
	folder, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil // it is not ours, or is gone by now
	}
	defer unix.Close(folder) //nolint:errcheck // read only
	if !oursAndOf(folder, unix.S_IFDIR) {
		return nil
	}
	lock, err := unix.Openat(folder, simulationLock, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil // it is just being made, or removed
	}
	defer unix.Close(lock) //nolint:errcheck // read only
	// Who holds it has written into it: an empty one is not held yet.
	if !oursAndOf(lock, unix.S_IFREG) || !written(lock) || unix.Flock(lock, unix.LOCK_EX|unix.LOCK_NB) != nil {
		return nil
	}
	return os.RemoveAll(path)
}

// oursAndOf says whether an open file belongs to our user and is of a kind.
func oursAndOf(fd int, kind uint32) bool {
	var s unix.Stat_t
	return unix.Fstat(fd, &s) == nil && s.Mode&unix.S_IFMT == kind && s.Uid == uint32(os.Geteuid())
}

// written says whether an open file holds something.
func written(fd int) bool {
	var s unix.Stat_t
	return unix.Fstat(fd, &s) == nil && s.Size > 0
}
