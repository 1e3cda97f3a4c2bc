package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bekal/configs"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// pages are the documents for people, by their paths in the checkout.
var pages = []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", languagePage}

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blockAfter is the content of the code block that follows a mark.
func blockAfter(t *testing.T, text, mark string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "\n"+mark+"\n```")
	_, rest, opened := strings.Cut(rest, "\n")
	block, _, closed := strings.Cut(rest, "\n```\n")
	if !found || !opened || !closed {
		t.Fatalf("README.md has no code block after %s", mark)
	}
	return block + "\n"
}

func TestReadmeShowsTheExample(t *testing.T) {
	if diff := cmp.Diff(configs.Example, blockAfter(t, page(t, "README.md"), "<!-- example -->")); diff != "" {
		t.Errorf("the configuration in README.md is not configs/bekal.example.yaml (-want +got):\n%s", diff)
	}
}

// cutMark stands in the README where lines of the report were left out.
const cutMark = "[…]"

// The report in the README is what the demo prints, but for what was left out.
func TestReadmeShowsTheDemo(t *testing.T) {
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, now: time.Now}
	if code := p.run(t.Context(), []string{"demo", "--once", "--dir", filepath.Join(t.TempDir(), "demo")}); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, stderr.Bytes())
	}
	if err := excerpt(stdout.String(), blockAfter(t, page(t, "README.md"), "<!-- capture -->")); err != nil {
		t.Errorf("%v\nthe demo prints:\n%s", err, stdout.Bytes())
	}
}

// excerpt says whether block is made of pieces of whole in their order, with a
// cut mark on a line of its own between them.
func excerpt(whole, block string) error {
	whole = "\n" + whole
	for piece := range strings.SplitSeq(block, cutMark+"\n") {
		piece = strings.Trim(piece, "\n")
		_, rest, found := strings.Cut(whole, "\n"+piece+"\n")
		if !found {
			return fmt.Errorf("not in the output, or not in this order:\n%s", piece)
		}
		whole = "\n" + rest
	}
	return nil
}

func TestExcerptBites(t *testing.T) {
	const whole = "one\ntwo\n\nthree\nfour\n"
	for block, ok := range map[string]bool{
		"one\ntwo\n\nthree\nfour\n":        true,
		"one\n" + cutMark + "\nthree\n":    true,
		"two\n" + cutMark + "\n\nfour\n":   true,
		"one\nthree\n":                     false,
		"three\n" + cutMark + "\none\n":    false,
		"on\n":                             false,
		"one\n" + cutMark + "\ntwo, too\n": false,
	} {
		if err := excerpt(whole, block); (err == nil) != ok {
			t.Errorf("%q: %v", block, err)
		}
	}
}

// commandLine is a line of a document that runs the program.
var commandLine = regexp.MustCompile("(?m)^(?:\\$ )?bekal [^\n]*(?:\\\\\n[^\n]*)*|`bekal ([^`\n]+)`")

// Every command and every flag that a document names is there.
func TestDocumentedCommands(t *testing.T) {
	for _, name := range pages {
		found := 0
		for _, line := range commandLine.FindAllString(page(t, name), -1) {
			found++
			if err := knownCommand(line); err != nil {
				t.Errorf("%s: %s: %v", name, line, err)
			}
		}
		if name == "README.md" && found < 20 {
			t.Errorf("only %d commands found in %s", found, name)
		}
	}
}

// knownCommand says whether a command line names a command and flags of it.
func knownCommand(line string) error {
	line, _, _ = strings.Cut(strings.TrimPrefix(strings.Trim(line, "`"), "$ "), "  #")
	words := strings.Fields(strings.ReplaceAll(line, "\\\n", " "))
	words = slices.DeleteFunc(words, func(w string) bool { return w == "..." })
	root := (&program{}).root()
	root.InitDefaultCompletionCmd()
	var names []string
	for _, w := range words[1:] {
		if strings.HasPrefix(w, "-") {
			break
		}
		names = append(names, w)
	}
	cmd, _, err := root.Find(names)
	if err != nil {
		return err
	}
	if cmd == root {
		return errors.New("names no command")
	}
	if rest := names[strings.Count(cmd.CommandPath(), " "):]; len(rest) > 0 && cmd.HasSubCommands() {
		return fmt.Errorf("%s has no command %s", cmd.CommandPath(), rest[0])
	}
	for _, w := range words {
		flag, isLong := strings.CutPrefix(w, "--")
		if isLong && hasFlag(cmd, flag) == nil {
			return fmt.Errorf("%s has no flag --%s", cmd.CommandPath(), flag)
		}
	}
	return nil
}

func hasFlag(cmd *cobra.Command, name string) *pflag.Flag {
	if f := cmd.Flags().Lookup(name); f != nil {
		return f
	}
	return cmd.InheritedFlags().Lookup(name)
}

func TestDocumentedCommandsBite(t *testing.T) {
	for line, ok := range map[string]bool{
		"bekal night --date 2026-11-23":    true,
		"`bekal ledger verify`":            true,
		"bekal bank trust --fingerprint X": true,
		"$ bekal layout check mine.yaml":   true,
		"$ bekal layout mend mine.yaml":    false,
		"bekal nights":                     false,
		"bekal ledger repair":              false,
		"bekal night --force":              false,
		"bekal --config x":                 false,
	} {
		if err := knownCommand(line); (err == nil) != ok {
			t.Errorf("%s: %v", line, err)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#]+)(?:#[^)]*)?\)`)

// A link to a file of ours leads somewhere.
func TestDocumentedFiles(t *testing.T) {
	for _, name := range pages {
		for _, m := range link.FindAllStringSubmatch(page(t, name), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", "..", filepath.Dir(name), m[1])); errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
}
