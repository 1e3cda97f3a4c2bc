package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"bekal/formats"
	"bekal/formats/layouts"

	"github.com/spf13/cobra"
)

// errInterrupted ends the reading of a large file when somebody stops it.
var errInterrupted = errors.New("interrupted")

// input is a fixed-width file, or one that becomes one, read from its beginning
// to its end.
type input struct {
	ctx  context.Context
	name string // as it was given
	file *os.File
	err  error // of reading, which says nothing about the file itself
}

// openInput opens a file on disk: its beginning is looked at before it is read,
// and part of it may be read again.
func openInput(ctx context.Context, name string) (*input, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &hinted{fmt.Errorf("%s is no regular file", name), "name a file on disk; what comes out of a pipe is written to one first"}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return &input{ctx: ctx, name: name, file: f}, nil
}

// Read reads on, until somebody interrupts the program.
func (in *input) Read(b []byte) (int, error) {
	if in.ctx.Err() != nil {
		in.err = errInterrupted
		return 0, in.err
	}
	n, err := in.file.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		in.err = err
	}
	return n, err
}

// head is the beginning of the file; reading it moves nothing.
func (in *input) head(n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := in.file.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b[:n], nil
}

func (in *input) close() { _ = in.file.Close() } // it was only read

// choice is where the layouts of files come from: one was named for all, or
// each file is looked at.
type choice struct {
	flag  string // what --layout says
	named *formats.Plan
	set   *layouts.Set
}

func layoutFlag(cmd *cobra.Command, layout *string) {
	cmd.Flags().StringVar(layout, "layout", "", "`NAME` of the layout, or the path of its .yaml file (default: the one that fits the beginning of the file)")
}

// choose reads the layouts, once for all files.
func (p *program) choose(flag string) (choice, error) {
	if flag == "" {
		set, err := p.layouts()
		return choice{set: set}, err
	}
	l, err := p.namedLayout(flag)
	if err != nil {
		return choice{}, &usageError{err}
	}
	return choice{flag: flag, named: l.plan}, nil
}

// plan is the layout of a file; detected says that nobody named it.
func (c choice) plan(in *input) (plan *formats.Plan, detected bool, err error) {
	if c.named != nil {
		return c.named, false, nil
	}
	head, err := in.head(layouts.HeadSize)
	if err != nil {
		return nil, false, err
	}
	if len(head) == 0 {
		return nil, false, &hinted{fmt.Errorf("%s is empty", in.name), "it was probably not carried whole; fetch it again and compare its size with the original"}
	}
	switch fit := c.set.Detect(head); len(fit) {
	case 0:
		return nil, false, &hinted{fmt.Errorf("no layout fits the beginning of %s", in.name), "name one with --layout: " + strings.Join(c.set.Names(), ", ")}
	case 1:
		plan, _ = c.set.Plan(fit[0])
		return plan, true, nil
	default:
		return nil, false, &hinted{fmt.Errorf("several layouts fit the beginning of %s equally well: %s", in.name, strings.Join(fit, ", ")), "say which one with --layout " + strings.Join(fit, ", or --layout ")}
	}
}

// again is a command on the same file with the same layout, for a hint.
func (c choice) again(command string, in *input) string {
	s := "`bekal file " + command + " " + in.name
	if c.flag != "" {
		s += " --layout " + c.flag
	}
	return s + "`"
}

// language is the one that was asked for; without one, English.
func language(lang string) (string, error) {
	switch lang {
	case "":
		return "en", nil
	case "id", "en":
		return lang, nil
	}
	return "", usagef("--lang %q is neither id nor en", lang)
}

// languageFlag is for what does not depend on a configuration.
func languageFlag(cmd *cobra.Command, lang *string) {
	cmd.Flags().StringVar(lang, "lang", "", "language, id or en (default en)")
}
