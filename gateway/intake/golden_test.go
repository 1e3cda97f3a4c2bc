package intake

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// What an officer sees for each file of testdata, word for word.
func TestListings(t *testing.T) {
	for kind, read := range map[string]func(path string) error{
		"roster": func(path string) error {
			_, err := ReadRoster(path, Options{}, func(RosterLine) error { return nil })
			return err
		},
		"wages": func(path string) error {
			_, err := ReadWages(path, Options{}, Declared{2, 1_000_000_00}, manyContoh(), func(WageLine) error { return nil })
			return err
		},
	} {
		files, err := filepath.Glob(filepath.Join("testdata", kind, "*.*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			t.Fatalf("no files for %s", kind)
		}
		for _, path := range files {
			if strings.HasSuffix(path, ".golden") {
				continue
			}
			t.Run(kind+"/"+filepath.Base(path), func(t *testing.T) {
				err := read(path)
				var all *Errors
				if !errors.As(err, &all) {
					t.Fatalf("no *Errors: %v", err)
				}
				compareGolden(t, path+".golden", "error: "+err.Error()+"\nhint: "+all.Hint()+"\n")
				for _, e := range all.List {
					if e.Hint() == "" {
						t.Errorf("no hint: %v", e)
					}
				}
			})
		}
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// manyContoh is the roster behind the files of testdata.
func manyContoh() book {
	b := book{}
	for i, name := range []string{"SATU", "DUA", "TIGA", "EMPAT", "LIMA", "ENAM", "TUJUH", "DELAPAN", "SEMBILAN", "SEPULUH", "SEBELAS", "DUA BELAS", "TIGA BELAS"} {
		b[contohID(i+1)] = [2]string{"CONTOH " + name, contohAccount(i + 1)}
	}
	return b
}
