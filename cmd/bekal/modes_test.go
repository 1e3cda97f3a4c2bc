package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// onlyOwner fails for whatever below dir anybody else may look into.
func onlyOwner(t *testing.T, dir string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		n++
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", strings.TrimPrefix(path, dir), got, want)
		}
		return nil
	})
	if err != nil || n < 10 {
		t.Errorf("%d files: %v", n, err)
	}
}

// Whatever the program makes is its owner's alone, however generous the umask
// is: the demo makes one of everything.
func TestOnlyTheOwnerReadsWhatIsMade(t *testing.T) {
	t.Parallel()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	// The umask is the process's: a shell sets it for the program alone.
	out, err := sh(t, dir, `umask 000 && exec "$0" demo --once --dir demo`, program)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	onlyOwner(t, filepath.Join(dir, "demo"))
	script := `umask 000
"$0" --config demo/bekal.yaml report --format html -o made.html
"$0" --config demo/bekal.yaml report --format xlsx -o made.xlsx
"$0" --config demo/bekal.yaml ledger backup made.tar
mkdir -m 700 again && cp demo/bekal.yaml again && chmod 600 again/bekal.yaml
"$0" --config again/bekal.yaml ledger restore made.tar --reason moved --by sari
"$0" layout schema -o made.json
"$0" layout doc bri-settlement -o made.md
"$0" --config demo/bekal.yaml bank keygen --help >/dev/null
"$0" init --dir new/house --facility PWK --facility-name Contoh --timezone Asia/Jakarta --corporate-code LPPWK --debit-account 000000000000001 --bank-address bank.example:22 --bank-user x --identity new/house/keys/k --remote-outbox /o --remote-inbox /i
"$0" --config new/house/bekal.yaml bank keygen`
	if out, err := sh(t, dir, "set -e\n"+script, program); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	onlyOwner(t, dir)
}

// sh runs a script in a folder, with the program as $0.
func sh(t *testing.T, dir, script, program string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script, program)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}
