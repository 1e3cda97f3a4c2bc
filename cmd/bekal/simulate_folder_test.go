package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bekal/cmd/bekal/simulate"
	"bekal/gateway/schedule"

	"golang.org/x/sys/unix"
)

// TestSweepSimulations: only what a simulation of ours left behind is removed.
func TestSweepSimulations(t *testing.T) {
	t.Parallel()
	parent, elsewhere := t.TempDir(), t.TempDir()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	in := func(name, lock, text string) string {
		t.Helper()
		path := filepath.Join(parent, name)
		check(os.MkdirAll(filepath.Join(path, "books"), 0o700))
		if lock != "" {
			check(os.WriteFile(filepath.Join(path, lock), []byte(text), 0o600))
		}
		return path
	}
	const holder = `{"pid":1}`
	in(simulationPrefix+"left", simulationLock, holder)
	check(os.Symlink(elsewhere, filepath.Join(parent, simulationPrefix+"left", "books", "link")))
	in(simulationPrefix+"left-too", simulationLock, holder)
	// A process that begins has made the file, and does not hold it yet.
	in(simulationPrefix+"begins", simulationLock, "")
	in(simulationPrefix+"without", "", "")
	in("bekal-other-1", simulationLock, holder)
	check(os.WriteFile(filepath.Join(parent, simulationPrefix+"file"), []byte(holder), 0o600))
	check(os.WriteFile(filepath.Join(elsewhere, simulationLock), []byte(holder), 0o600))
	check(os.Symlink(elsewhere, filepath.Join(parent, simulationPrefix+"link")))
	check(os.Symlink(filepath.Join(elsewhere, simulationLock), filepath.Join(in(simulationPrefix+"lock-is-a-link", "", ""), simulationLock)))
	check(unix.Mkfifo(filepath.Join(in(simulationPrefix+"lock-is-a-pipe", "", ""), simulationLock), 0o600))
	held, err := newSimulationFolder(parent)
	check(err)

	want := []string{"bekal-other-1", filepath.Base(held.path), simulationPrefix + "begins", simulationPrefix + "file", simulationPrefix + "link", simulationPrefix + "lock-is-a-link", simulationPrefix + "lock-is-a-pipe", simulationPrefix + "without"}
	if os.Geteuid() == 0 { // only root can give things away
		for _, name := range []string{"of-another", "lock-of-another"} {
			of := in(simulationPrefix+name, simulationLock, holder)
			if name == "lock-of-another" {
				of = filepath.Join(of, simulationLock)
			}
			check(os.Chown(of, 12345, -1))
			want = append(want, simulationPrefix+name)
		}
	}
	slices.Sort(want)
	there := func() (names []string) {
		entries, err := os.ReadDir(parent)
		check(err)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	check(sweepSimulations(parent))
	if got := there(); !slices.Equal(got, want) {
		t.Errorf("there are\n%q, want\n%q", got, want)
	}
	if _, err := os.Stat(filepath.Join(elsewhere, simulationLock)); err != nil {
		t.Errorf("a link was followed: %v", err)
	}
	check(held.remove())
	check(held.remove()) // a second time does nothing
	if got := there(); slices.Contains(got, filepath.Base(held.path)) {
		t.Errorf("%q is still there", held.path)
	}
}

// simulating starts a real simulation that nobody listens to for long, and returns its folder
// once there is one.
func simulating(t *testing.T) (*exec.Cmd, string) {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "simulate", "--nights", "10000", "--deposits", "1", "--history")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, cmd) })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(simulationParent(), simulationPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		// Other simulations come and go on this machine.
		var by struct{ PID int }
		if text, err := os.ReadFile(filepath.Join(f, simulationLock)); err == nil && json.Unmarshal(text, &by) == nil && by.PID == cmd.Process.Pid {
			return cmd, f
		}
	}
	t.Fatalf("process %d has no folder among %q", cmd.Process.Pid, folders)
	return nil, ""
}

// end kills a process as nothing else can.
func end(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if cmd.ProcessState != nil {
		return
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("it ended by itself: %v", err)
	}
}

// TestSimulationKilled: a simulation that is killed leaves its folder in
// memory, and the next one removes it; that of one that runs stays.
func TestSimulationKilled(t *testing.T) {
	t.Parallel()
	killed, left := simulating(t)
	_, running := simulating(t)
	end(t, killed)
	if _, err := os.Stat(left); err != nil {
		t.Fatalf("the process that was killed has removed its folder: %v", err)
	}
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(path, "simulate", "--nights", "1", "--deposits", "1", "--faults", string(simulate.None)).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("what was killed is still there: %v", err)
	}
	if _, err := os.Stat(running); err != nil {
		t.Errorf("what runs has lost its folder: %v", err)
	}
	var held *schedule.HeldError
	if _, err := schedule.Acquire(filepath.Join(running, simulationLock), "a test"); err == nil || !errors.As(err, &held) {
		t.Errorf("its lock can be had: %v", err)
	}
}
