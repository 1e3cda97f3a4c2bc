package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// hostileYAML are texts that make parsers of YAML recurse, multiply or wait.
func hostileYAML() map[string]string {
	aliases := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		aliases += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return map[string]string{
		"aliases that multiply": aliases, "an alias of itself": "version: 1\nbanks: &b\n  - *b\n", "a merge of itself": "a: &a\n  <<: *a\n",
		"brackets": "a: " + strings.Repeat("[", 4000), "braces": strings.Repeat("{a: ", 4000), "too many brackets": strings.Repeat("[", 100_000),
		"lists in lists": strings.Repeat("- ", 120_000), "shorter lists in lists": strings.Repeat("- ", 900), "keys": strings.Repeat("? ", 900), "many keys": strings.Repeat("? ", 100_000),
		"one long mapping": strings.Repeat("a: 1\n", 50_000), "a shorter mapping": strings.Repeat("a: 1\n", 2500), "one large text": "version: " + strings.Repeat("1", 1<<20), "anchors": strings.Repeat("&a ", 600),
	}
}

// None of them takes long, and each is an error.
func TestHostileConfigurations(t *testing.T) {
	t.Parallel()
	for name, text := range hostileYAML() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), FileName)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() {
				_, err := Load(path)
				done <- err
			}()
			select {
			case err := <-done:
				var p *Problems
				if !errors.As(err, &p) {
					t.Error(err)
				}
			case <-time.After(20 * time.Second):
				t.Error("it is read for more than 20 seconds")
			}
		})
	}
}

// What is no file is refused before it is read: a pipe would never end, and
// cannot be interrupted while it is opened.
func TestWhatIsNoFileIsNotRead(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.yaml")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, dir, "/dev/zero"} {
		_, err := Load(path)
		var p *Problems
		if !errors.As(err, &p) || !strings.Contains(err.Error(), "is no regular file") || len(p.List) != 1 || p.List[0].Hint() == "" {
			t.Errorf("%s: %v", path, err)
		}
		if _, _, _, err := new(Config).ReadCalendar(path); !errors.As(err, &p) {
			t.Errorf("as a calendar: %s: %v", path, err)
		}
	}
	if _, _, _, err := new(Config).ReadCalendar(filepath.Join(dir, "none.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a calendar that is not there: %v", err)
	}
}
