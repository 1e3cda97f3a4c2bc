package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
)

// output is where a command puts what it makes: standard output, or a file that
// is there whole or not at all.
type output struct {
	path  string
	force bool
}

func outputFlag(cmd *cobra.Command, o *output) {
	cmd.Flags().StringVarP(&o.path, "output", "o", "", "`FILE` to write to (default: standard output)")
}

func forceFlag(cmd *cobra.Command, o *output) {
	cmd.Flags().BoolVar(&o.force, "force", false, "replace FILE of -o when it exists")
}

// streams says that the output goes to standard output.
func (o *output) streams() bool { return o.path == "" || o.path == "-" }

// check refuses a file that must not be written, before any work is done: the
// one that is read, one that exists and may not be replaced, and what is no
// file at all.
func (o *output) check(read string) error {
	if o.streams() {
		return nil
	}
	to, err := os.Stat(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if from, err := os.Stat(read); err == nil && os.SameFile(from, to) {
		return &hinted{usagef("%s is the file that is read: it is not overwritten", o.path), "name another file with -o"}
	}
	if !to.Mode().IsRegular() {
		return &hinted{usagef("%s is no regular file: it is not replaced", o.path), "name another file with -o"}
	}
	if !o.force {
		return &hinted{usagef("%s exists already", o.path), "name another file with -o, or let it be replaced with --force"}
	}
	return nil
}

// write writes the output; what write returns decides whether a file appears.
func (o *output) write(stdout io.Writer, read string, write func(io.Writer) error) error {
	if o.streams() {
		return write(stdout)
	}
	return writeFile(o.path, func(w io.Writer) error {
		if err := write(w); err != nil {
			return err
		}
		// Writing may have taken a while: somebody may have made the file.
		return o.check(read)
	})
}

// said is where the output went, for a person.
func (o *output) said() string { return fmt.Sprintf("written: %s", o.path) }
