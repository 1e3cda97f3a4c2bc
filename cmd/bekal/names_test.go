package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ours are the names of all that a facility's folder holds beside the bank's.
var ours = regexp.MustCompile(`(?s)^(bekal\.(yaml|db|db-wal|db-shm|lock)|known_hosts|bank_ed25519|roster\.csv|wages\.csv|archive(/incoming|/[0-9a-f]{2}(/[0-9a-f]{64})?)?|reports(/2026-11-\d\d\.\d+\.(html|xlsx))?|bank(/.*)?|\.)$`)

// TestNamesOfTheBankStayNames: whatever a bank calls its files, no file of ours
// is called so, none lies outside of our folders, no terminal and no log obeys,
// and the files with honest names are worked through.
func TestNamesOfTheBankStayNames(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(3, nil); err != nil {
		t.Fatal(err)
	}
	f.night(t, "2026-11-23", exitOK)
	f.bankWorks(t, "2026-11-24")
	hostile := []string{"a\nerror: forged.STL", "a\r\nb.STL", "\x1b[2J\x1b]0;owned\x07.STL", "\u202elts.STL", "..\\..\\bekal.db.STL", "~.STL", "-rf.STL", "$(touch x).STL", "`id`.ACK", "a\x1fb.STL", "a\x1db.ACK", "\xff\xfe.STL",
		"=cmd|'/C calc'!A0.STL", "<script>alert(1)</script>.STL", "RET%2e%2e%2f.STL", "CON.STL", strings.Repeat("N", 251) + ".STL", "..STL", "...STL"}
	for i, name := range hostile {
		if strings.Contains(name, "/") {
			name = strings.ReplaceAll(name, "/", "\u2044")
		}
		if err := os.WriteFile(filepath.Join(f.path("bank/inbox"), name), []byte{byte('a' + i), '\n'}, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := f.run("night", "--date", "2026-11-24")
	if r.code != exitOK && r.code != exitDegraded {
		t.Fatalf("exit code %d\n%s", r.code, r.stderr)
	}
	// The bank's own three files were posted, whatever else lay there.
	if s := f.summary(t); s.Settled.Count != 3 {
		t.Errorf("%+v\n%s", s, r.stderr)
	}
	f.sound(t)
	tame := func(what, said string) {
		t.Helper()
		if at := strings.IndexAny(said, "\x1b\x07\u202e\x1f\x1d\r"); at >= 0 && !strings.Contains(what, "csv") {
			t.Errorf("%s: a terminal would obey %q", what, said[max(at-100, 0):min(at+100, len(said))])
		}
		if strings.Contains(said, "\nerror: forged") {
			t.Errorf("%s: a name forges a line", what)
		}
		if strings.Contains(what, "html") && strings.Contains(said, "<script>alert") {
			t.Errorf("%s: a page would obey a name", what)
		}
	}
	tame("night", r.stdout+r.stderr)
	for _, args := range [][]string{{"report"}, {"report", "--format", "csv"}, {"report", "--format", "html"}, {"report", "--format", "json"}, {"mismatch", "list"}, {"mismatch", "list", "--json"}, {"mismatch", "list", "--lang", "id"},
		{"ledger", "journal"}, {"ledger", "journal", "--json"}, {"ledger", "nights"}, {"batch", "list"}} {
		x := f.must(t, exitOK, args...)
		tame(strings.Join(args, " "), x.stdout+x.stderr)
	}
	if err := filepath.WalkDir(f.dir, func(path string, _ fs.DirEntry, err error) error {
		place, relErr := filepath.Rel(f.dir, path)
		if err == nil && relErr == nil && !ours.MatchString(place) {
			t.Errorf("%q was made", place)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
