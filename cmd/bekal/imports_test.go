package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkout is the top of the module, seen from this package.
const checkout = "../.."

// houseImports is the house: every package, and which of ours it may import
// outside its tests. Imports point down only, and subpackages of gateway do not
// know one another. A new package needs a line here.
var houseImports = map[string][]string{
	"formats":         nil,
	"formats/layouts": {"formats"},
	"formats/schema":  {"formats"},

	"reconcile/ledger": nil,
	"reconcile":        {"reconcile/ledger"},
	"reconcile/report": {"reconcile", "reconcile/ledger"},

	"gateway":             {"formats", "reconcile", "reconcile/ledger"},
	"gateway/banksim":     {"formats", "formats/layouts", "reconcile/ledger"},
	"gateway/credentials": nil,
	"gateway/intake":      {"formats", "reconcile/ledger"},
	"gateway/notify":      nil,
	"gateway/schedule":    nil,
	"gateway/sftp":        nil,
	// The conformance suite of the transport; for tests, so nobody may import it.
	"gateway/sftp/sftptest": {"gateway/sftp"},

	"configs": nil,

	"cmd/bekal": {"configs", "formats", "formats/layouts", "formats/schema", "gateway", "gateway/banksim", "gateway/credentials", "gateway/intake", "gateway/notify", "gateway/schedule", "gateway/sftp",
		"reconcile", "reconcile/ledger", "reconcile/report", "cmd/bekal/simulate"},
	// It drives the real night, ledger and transport.
	"cmd/bekal/simulate": {"cmd/bekal/simulate/audit", "formats", "formats/layouts", "gateway", "gateway/banksim", "gateway/schedule", "gateway/sftp", "reconcile", "reconcile/ledger"},
	// It shares no code with what it audits: the bank's books are the other side.
	"cmd/bekal/simulate/audit": {"gateway/banksim"},
}

// houseFolders are the top-level folders.
var houseFolders = []string{"cmd", "configs", "formats", "gateway", "reconcile"}

// leftBehind are folders that make makes; .gitignore names them.
var leftBehind = []string{"bin", "demo"}

// onlyThere are packages from outside that one room has to itself.
var onlyThere = map[string][]string{
	"formats/schema":   {"github.com/invopop/jsonschema"},
	"reconcile/ledger": {"database/sql", "github.com/jmoiron/sqlx", "github.com/mattn/go-sqlite3", "github.com/pressly/goose"},
}

// alsoThere are the exceptions from onlyThere.
var alsoThere = map[string][]string{
	// The auditor of the simulation reads the ledger's file by SQL of its own,
	// read-only: by the ledger's code it would see what that code believes.
	"cmd/bekal/simulate/audit": {"database/sql", "github.com/mattn/go-sqlite3"},
}

// pure are the packages that do no I/O of their own: bytes and values come in,
// bytes and values go out.
var (
	pure   = []string{"formats", "reconcile", "reconcile/report"}
	impure = []string{"os", "os/exec", "net", "net/http", "syscall", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand"}
)

// noNames say nothing about what is in a package.
var noNames = []string{"util", "utils", "common", "helper", "helpers", "misc", "shared", "base", "lib"}

// listed is a package as `go list -json` prints it.
type listed struct {
	ImportPath string
	Name       string
	Doc        string
	Imports    []string
	Module     struct{ Path string }
}

// room is where a package is in the house.
func (p *listed) room() string { return strings.TrimPrefix(p.ImportPath, p.Module.Path+"/") }

// faultsOfHouse is everything about the packages that the design forbids.
func faultsOfHouse(packages []listed) []string {
	var faults []string
	there := map[string]bool{}
	for _, p := range packages {
		room := p.room()
		there[room] = true
		may, known := houseImports[room]
		if !known {
			faults = append(faults, room+" is not in the table: say there what it may import")
		}
		for _, i := range p.Imports {
			if of, ours := strings.CutPrefix(i, p.Module.Path+"/"); ours {
				if known && !slices.Contains(may, of) {
					faults = append(faults, fmt.Sprintf("%s must not import %s: imports point down only", room, of))
				}
				continue
			}
			for owner, reserved := range onlyThere {
				for _, r := range reserved {
					if room != owner && (i == r || strings.HasPrefix(i, r+"/")) && !slices.Contains(alsoThere[room], i) {
						faults = append(faults, fmt.Sprintf("%s must not import %s: only %s may", room, i, owner))
					}
				}
			}
			if slices.Contains(pure, room) && slices.Contains(impure, i) {
				faults = append(faults, fmt.Sprintf("%s must not import %s: it does no I/O of its own", room, i))
			}
		}
		if strings.TrimSpace(p.Doc) == "" {
			faults = append(faults, room+" has no package comment")
		}
		if slices.Contains(noNames, p.Name) || slices.Contains(noNames, path.Base(room)) {
			faults = append(faults, fmt.Sprintf("%s is called %s, which says nothing", room, p.Name))
		}
	}
	for room := range houseImports {
		if !there[room] {
			faults = append(faults, room+" is in the table and nowhere else: take it out")
		}
	}
	slices.Sort(faults)
	return faults
}

// faultsOfFolders is what is wrong about the folders at the top.
func faultsOfFolders(top []string) []string {
	var faults []string
	for _, name := range houseFolders {
		if !slices.Contains(top, name) {
			faults = append(faults, name+" is missing at the top")
		}
	}
	for _, name := range top {
		if !strings.HasPrefix(name, ".") && !slices.Contains(houseFolders, name) && !slices.Contains(leftBehind, name) {
			faults = append(faults, name+" is a folder too many at the top")
		}
	}
	return faults
}

func TestHouse(t *testing.T) {
	// Looking at every folder first lets the test cache know what this test
	// depends on, which it cannot see of a program that is run.
	folders := goFolders(t)
	packages := listPackages(t)
	if len(folders) != len(packages) {
		t.Errorf("%d folders hold Go files, go list knows %d packages:\n%v", len(folders), len(packages), folders)
	}
	for _, f := range faultsOfHouse(packages) {
		t.Error(f)
	}
}

func TestTopFolders(t *testing.T) {
	entries, err := os.ReadDir(checkout)
	if err != nil {
		t.Fatal(err)
	}
	var top []string
	for _, e := range entries {
		if e.IsDir() {
			top = append(top, e.Name())
		}
	}
	for _, f := range faultsOfFolders(top) {
		t.Error(f)
	}
	ignored, err := os.ReadFile(filepath.Join(checkout, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range leftBehind {
		if !bytes.Contains(ignored, []byte("\n/"+name+"/\n")) {
			t.Errorf(".gitignore does not name /%s/", name)
		}
	}
}

// goFolders are the folders that hold Go files beside tests.
func goFolders(t *testing.T) []string {
	t.Helper()
	var folders []string
	for _, top := range houseFolders {
		err := filepath.WalkDir(filepath.Join(checkout, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			if !d.IsDir() && filepath.Ext(path) == ".go" && !strings.HasSuffix(path, "_test.go") && !slices.Contains(folders, filepath.Dir(path)) {
				folders = append(folders, filepath.Dir(path))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return folders
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Doc,Imports,Module", "./...")
	cmd.Dir = checkout
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// soundHouse is a graph that breaks no rule: each package imports all that it
// may.
func soundHouse() []listed {
	var packages []listed
	for room, may := range houseImports {
		p := listed{ImportPath: "bekal/" + room, Name: path.Base(room), Doc: "Package is for a test."}
		p.Module.Path = "bekal"
		for _, m := range may {
			p.Imports = append(p.Imports, "bekal/"+m)
		}
		packages = append(packages, p)
	}
	return packages
}

// The rules themselves are tested on graphs that break them, one by one.
func TestHouseBites(t *testing.T) {
	imports := func(room, what string) func([]listed) []listed {
		return func(packages []listed) []listed {
			for i := range packages {
				if packages[i].room() == room {
					packages[i].Imports = append(packages[i].Imports, what)
				}
			}
			return packages
		}
	}
	for _, c := range []struct {
		name   string
		change func([]listed) []listed
		want   []string
	}{
		{"nothing is wrong", func(p []listed) []listed { return p }, nil},
		{"up, from a leaf", imports("formats", "bekal/formats/layouts"), []string{"formats must not import formats/layouts"}},
		{"up, from the books", imports("reconcile/ledger", "bekal/reconcile"), []string{"reconcile/ledger must not import reconcile"}},
		{"up, from reconcile to the gateway", imports("reconcile", "bekal/gateway"), []string{"reconcile must not import gateway"}},
		{"across, from reconcile to formats", imports("reconcile", "bekal/formats"), []string{"reconcile must not import formats"}},
		{"up, from reports to the night", imports("reconcile/report", "bekal/gateway"), []string{"reconcile/report must not import gateway"}},
		{"sideways, between subpackages of gateway", imports("gateway/intake", "bekal/gateway/schedule"), []string{"gateway/intake must not import gateway/schedule"}},
		{"up, from a subpackage to gateway", imports("gateway/sftp", "bekal/gateway"), []string{"gateway/sftp must not import gateway"}},
		{"down, from gateway to a subpackage", imports("gateway", "bekal/gateway/sftp"), []string{"gateway must not import gateway/sftp"}},
		{"down, from gateway to the reports", imports("gateway", "bekal/reconcile/report"), []string{"gateway must not import reconcile/report"}},
		{"the configuration, by anybody but cmd", imports("gateway", "bekal/configs"), []string{"gateway must not import configs"}},
		{"anything, by the configuration", imports("configs", "bekal/reconcile/ledger"), []string{"configs must not import reconcile/ledger"}},
		{"the command line, by anybody", imports("gateway/notify", "bekal/cmd/bekal"), []string{"gateway/notify must not import cmd/bekal"}},
		{"a test suite, by the product", imports("cmd/bekal", "bekal/gateway/sftp/sftptest"), []string{"cmd/bekal must not import gateway/sftp/sftptest"}},
		{"SQL outside the books", imports("reconcile", "database/sql"), []string{"reconcile must not import database/sql: only reconcile/ledger may"}},
		{"SQL's drivers outside the books", imports("cmd/bekal", "database/sql/driver"), []string{"cmd/bekal must not import database/sql/driver"}},
		{"migrations outside the books", imports("cmd/bekal", "github.com/pressly/goose/v3"), []string{"cmd/bekal must not import github.com/pressly/goose/v3"}},
		{"SQLite outside the books", imports("gateway", "github.com/mattn/go-sqlite3"), []string{"gateway must not import github.com/mattn/go-sqlite3"}},
		{"JSON Schema outside its package", imports("formats", "github.com/invopop/jsonschema"), []string{"formats must not import github.com/invopop/jsonschema: only formats/schema may"}},
		{"SQL in the auditor", imports("cmd/bekal/simulate/audit", "database/sql"), nil},
		{"SQL's tools in the auditor", imports("cmd/bekal/simulate/audit", "github.com/jmoiron/sqlx"), []string{"cmd/bekal/simulate/audit must not import github.com/jmoiron/sqlx"}},
		{"what is audited, by the auditor", imports("cmd/bekal/simulate/audit", "bekal/reconcile/ledger"), []string{"cmd/bekal/simulate/audit must not import reconcile/ledger"}},
		{"SQL where it belongs", imports("reconcile/ledger", "database/sql"), nil},
		{"files in a pure package", imports("reconcile", "os"), []string{"reconcile must not import os: it does no I/O"}},
		{"the network in a pure package", imports("formats", "net"), []string{"formats must not import net: it does no I/O"}},
		{"a package that nobody entered", func(p []listed) []listed {
			n := listed{ImportPath: "bekal/gateway/fax", Name: "fax", Doc: "Package fax sends faxes."}
			n.Module.Path = "bekal"
			return append(p, n)
		}, []string{"gateway/fax is not in the table"}},
		{"a package that is gone", func(p []listed) []listed {
			return slices.DeleteFunc(p, func(l listed) bool { return l.room() == "gateway/notify" })
		}, []string{"gateway/notify is in the table and nowhere else"}},
		{"no package comment", func(p []listed) []listed {
			p[slices.IndexFunc(p, func(l listed) bool { return l.room() == "formats" })].Doc = " \n"
			return p
		}, []string{"formats has no package comment"}},
		{"a name that says nothing", func(p []listed) []listed {
			p[slices.IndexFunc(p, func(l listed) bool { return l.room() == "gateway/notify" })].Name = "common"
			return p
		}, []string{"gateway/notify is called common"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := faultsOfHouse(c.change(soundHouse()))
			if len(got) != len(c.want) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("got %q, want %q", got[i], c.want[i])
				}
			}
		})
	}
}

func TestTopFoldersBite(t *testing.T) {
	for _, c := range []struct{ top, want []string }{
		{[]string{".ci", ".git", "bin", "cmd", "configs", "demo", "formats", "gateway", "reconcile"}, nil},
		{[]string{"cmd", "configs", "formats", "gateway", "internal", "reconcile"}, []string{"internal is a folder too many at the top"}},
		{[]string{"cmd", "configs", "formats", "reconcile"}, []string{"gateway is missing at the top"}},
	} {
		if diff := cmp.Diff(c.want, faultsOfFolders(c.top)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.top, diff)
		}
	}
}
