package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bekal/configs"
)

// call is a system call of the real program, as strace saw it begin and end:
// the lines of its output are in the order in which things happened.
type call struct {
	name       string
	path       string // the file it is about; of a rename or a link, the new name
	from       string // the old name
	begin, end int
}

func (c call) String() string {
	return fmt.Sprintf("%s %s (lines %d-%d)", c.name, c.path, c.begin, c.end)
}

var (
	callLine    = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	resumedLine = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>`)
	openPath    = regexp.MustCompile(`^\d+<([^>]*)>`)
	quotedName  = regexp.MustCompile(`"([^"]*)"`)
)

// traced runs the real program under strace, and returns how it ended, and its
// calls that write, sync and name files.
func (f *facility) traced(t *testing.T, args ...string) (ran, []call) {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", append([]string{"-f", "-y", "-s", "4096", "-o", trace, "-e", "trace=fsync,fdatasync,pwrite64,write,rename,renameat,renameat2,link,linkat",
		path, "--config", f.path(configs.FileName)}, args...)...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatalf("strace: %v (`.ci/setup strace` installs it)", err)
	}
	r := ran{code: cmd.ProcessState.ExitCode(), stdout: out.String(), stderr: errs.String()}
	f.logs.add(r.stderr)
	calls, err := readTrace(trace)
	if err != nil || len(calls) == 0 {
		t.Fatalf("strace has seen %d calls: %v\n%s", len(calls), err, r.stderr)
	}
	return r, calls
}

func readTrace(path string) ([]call, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var calls []call
	unfinished := map[string]int{} // by process and name
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if m := resumedLine.FindStringSubmatch(lines.Text()); m != nil {
			if i, ok := unfinished[m[1]+m[2]]; ok {
				calls[i].end = n
				delete(unfinished, m[1]+m[2])
			}
			continue
		}
		m := callLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		c := call{name: m[2], begin: n, end: n}
		if p := openPath.FindStringSubmatch(m[3]); p != nil {
			c.path = p[1]
		}
		if names := quotedName.FindAllStringSubmatch(m[3], -1); (strings.HasPrefix(c.name, "rename") || strings.HasPrefix(c.name, "link")) && len(names) == 2 {
			c.from, c.path = names[0][1], names[1][1]
		}
		if strings.HasSuffix(m[3], "<unfinished ...>") {
			c.end = 1 << 60
			unfinished[m[1]+m[2]] = len(calls)
		} else if !strings.Contains(m[3], ") = ") && !strings.Contains(m[3], ")  ") {
			continue
		}
		calls = append(calls, c)
	}
	return calls, lines.Err()
}

func (c call) syncs() bool { return c.name == "fsync" || c.name == "fdatasync" }

// syncedBetween says whether a file, or a folder, was synced after one call had
// ended and before another began.
func syncedBetween(calls []call, path string, after, before int) bool {
	for _, c := range calls {
		if c.syncs() && c.path == path && c.begin > after && c.end < before {
			return true
		}
	}
	return false
}

// first is the first call of a kind on a file that begins after a line.
func first(calls []call, after int, fits func(call) bool) (call, bool) {
	for _, c := range calls {
		if c.begin > after && fits(c) {
			return c, true
		}
	}
	return call{}, false
}

// ordered checks what a power cut at any moment relies on, for every file that
// the program put into the archive:
//
//	its bytes are synced, then it gets its name, then both folders are synced,
//	and only then is a transaction of the ledger synced.
//
// And that what the program says it has done is on the disk before it says it.
func (f *facility) ordered(t *testing.T, r ran, calls []call, wantFiles int) {
	t.Helper()
	wal, archive := f.path("bekal.db-wal"), f.path("archive")
	files := 0
	for _, c := range calls {
		if !strings.HasPrefix(c.name, "rename") || !strings.HasPrefix(c.path, archive+"/") {
			continue
		}
		files++
		if !syncedBetween(calls, c.from, 0, c.begin) {
			t.Errorf("%v: its bytes were not synced before", c)
		}
		commit, ok := first(calls, c.end, func(x call) bool { return x.syncs() && x.path == wal })
		if !ok {
			t.Errorf("%v: no transaction was synced after it", c)
			continue
		}
		for _, dir := range []string{filepath.Dir(c.path), archive} {
			if !syncedBetween(calls, dir, c.end, commit.begin) {
				t.Errorf("%v: the entry in %s was not synced before the transaction (%v)", c, dir, commit)
			}
		}
	}
	if files != wantFiles {
		t.Errorf("%d files were put into the archive, want %d", files, wantFiles)
	}
	if r.stdout == "" {
		return
	}
	said, ok := first(calls, 0, func(x call) bool {
		return x.name == "write" && strings.HasPrefix(x.path, "pipe:") && x.begin > lastWrite(calls, wal)
	})
	if !ok {
		t.Errorf("the program has said nothing after its last write")
		return
	}
	if !syncedBetween(calls, wal, lastWrite(calls, wal), said.begin) {
		t.Errorf("the program says that it is done (%v) before the ledger was synced (last write at %d)", said, lastWrite(calls, wal))
	}
}

// lastWrite is where the last write to a file ended.
func lastWrite(calls []call, path string) int {
	last := 0
	for _, c := range calls {
		if c.name == "pwrite64" && c.path == path {
			last = c.end
		}
	}
	return last
}

// TestOrderOnDisk watches the real program write: an import, the night that
// sends, the night that collects, a backup, and a restore.
func TestOrderOnDisk(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.startBank(nil); err != nil {
		t.Fatal(err)
	}
	if err := f.approved(killWages, f.bank.Address(), authorizedLine(f.bank.HostKey())); err != nil {
		t.Fatal(err)
	}
	path, total := f.sheet(t, 11)
	does := func(files int, args ...string) []call {
		t.Helper()
		r, calls := f.traced(t, args...)
		if r.code != exitOK {
			t.Fatalf("bekal %v: exit code %d\n%s", args, r.code, r.stderr)
		}
		f.ordered(t, r, calls, files)
		return calls
	}
	does(1, "wages", "import", path, "--period", "2026-11", "--count", fmt.Sprint(restoreWages), "--total", fmt.Sprint(int64(total)/100), "--by", importer)
	does(0, "wages", "approve", "2", "--by", approver)
	does(2, "night", "--date", "2026-11-23") // a batch for each period
	f.bankWorks(t, "2026-11-24")
	does(4, "night", "--date", "2026-11-24") // two acknowledgements, two settlements

	backup := f.path("backup.tar")
	r, calls := f.traced(t, "ledger", "backup", backup)
	if r.code != exitOK {
		t.Fatal(r.stderr)
	}
	f.named(t, calls, backup, f.path(".bekal-backup-*/backup.part"))

	f.disaster(t, true)
	r, calls = f.traced(t, "ledger", "restore", backup, "--reason", "a test", "--by", importer)
	if r.code != exitOK {
		t.Fatal(r.stderr)
	}
	placed := f.named(t, calls, f.path("bekal.db"), f.path("restore.part/bekal.db"))
	for _, c := range calls {
		if !strings.HasPrefix(c.name, "rename") || !strings.HasPrefix(c.path, f.path("archive")+"/") {
			continue
		}
		for _, dir := range []string{filepath.Dir(c.path), f.path("archive")} {
			if !syncedBetween(calls, dir, c.end, placed.begin) {
				t.Errorf("%v: the entry in %s was not synced before the ledger was put in place (%v)", c, dir, placed)
			}
		}
	}
	f.sound(t)
}

// named checks that a file was synced before it got its name, and its folder
// after; it returns the call that gave it. from is a pattern of the name that it
// had before.
func (f *facility) named(t *testing.T, calls []call, path, from string) call {
	t.Helper()
	c, ok := first(calls, 0, func(x call) bool { return strings.HasPrefix(x.name, "link") && x.path == path })
	if fits, err := filepath.Match(from, c.from); !ok || err != nil || !fits {
		t.Fatalf("%s got its name by %v, want a link of %s", path, c, from)
	}
	if !syncedBetween(calls, c.from, 0, c.begin) {
		t.Errorf("%s was not synced before it got its name", path)
	}
	if !syncedBetween(calls, filepath.Dir(path), c.end, 1<<59) {
		t.Errorf("the folder of %s was not synced after it got its name", path)
	}
	return c
}
