package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestHelpOfEveryCommand holds help to what it promises: each command has a
// worked example, each example is a command line that the program takes, and
// each flag names its value in one word.
func TestHelpOfEveryCommand(t *testing.T) {
	t.Parallel()
	tree := func() *cobra.Command {
		p := &program{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, now: time.Now, getenv: func(string) string { return "" }}
		return p.root()
	}
	commands := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if value, _ := pflag.UnquoteUsage(f); strings.Contains(value, " ") {
				t.Errorf("%s --%s: its value is called %q", cmd.CommandPath(), f.Name, value)
			}
		})
		if cmd.HasSubCommands() {
			return
		}
		commands++
		lines := exampleLines(cmd.Example)
		if len(lines) == 0 {
			t.Errorf("%s: no worked example", cmd.CommandPath())
		}
		for _, line := range lines {
			words := shellWords(line)
			if words[0] != "bekal" {
				t.Errorf("%s: the example is no command of ours: %s", cmd.CommandPath(), line)
				continue
			}
			called, rest, err := tree().Find(words[1:])
			if err == nil {
				err = called.ParseFlags(rest)
			}
			if err == nil {
				err = called.ValidateArgs(called.Flags().Args())
			}
			if err == nil {
				err = called.ValidateRequiredFlags()
			}
			if err != nil {
				t.Errorf("%s: the example %q: %v", cmd.CommandPath(), line, err)
			}
		}
	}
	walk(tree())
	if commands < 40 {
		t.Errorf("only %d commands were looked at", commands)
	}
}

// exampleLines are the command lines of an example, without where their output
// goes.
func exampleLines(example string) []string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(example, "\\\n", " ")) {
		line, _, _ = strings.Cut(line, " > ")
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// shellWords splits a command line as a shell does, as far as examples need it.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	quoted, begun := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, begun = !quoted, true
		case r == ' ' && !quoted:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}
