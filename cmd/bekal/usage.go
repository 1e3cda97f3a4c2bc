package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageError is an error of the command line itself.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// wrapUsage makes wrong arguments usage errors, in words of ours, and gives
// groups of commands their help.
func wrapUsage(cmd *cobra.Command) {
	// Cobra would report a required flag that is missing as a failure.
	cmd.PreRunE = func(c *cobra.Command, _ []string) error { return missingFlags(c) }
	if args := cmd.Args; args != nil {
		cmd.Args = func(c *cobra.Command, a []string) error {
			err := args(c, a)
			if err == nil {
				return nil
			}
			if len(hints(err)) > 0 {
				return &usageError{err} // it knows better what to do
			}
			return wrongArguments(c, a, err)
		}
	}
	for _, sub := range cmd.Commands() {
		wrapUsage(sub)
	}
}

// helpHint sends a person to the help of a command.
func helpHint(cmd *cobra.Command) string {
	return "`" + cmd.CommandPath() + " --help` shows what there is"
}

// exampleHint shows a person what the command line looks like.
func exampleHint(cmd *cobra.Command) string {
	example, _, _ := strings.Cut(strings.ReplaceAll(cmd.Example, "\\\n   ", ""), "\n")
	if example = strings.TrimSpace(example); example == "" {
		return helpHint(cmd)
	}
	return "for example: " + example
}

// missingFlags says which flags a command cannot do without.
func missingFlags(cmd *cobra.Command) error {
	var missing, empty []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		switch {
		case !slices.Contains(f.Annotations[cobra.BashCompOneRequiredFlag], "true"):
		case !f.Changed:
			missing = append(missing, "--"+f.Name)
		case strings.TrimSpace(f.Value.String()) == "":
			empty = append(empty, "--"+f.Name+" is empty")
		}
	})
	switch {
	case len(missing) > 0:
		return &hinted{usagef("missing: %s", strings.Join(missing, " ")), exampleHint(cmd)}
	case len(empty) > 0:
		return &hinted{usagef("%s", strings.Join(empty, ", ")), exampleHint(cmd)}
	}
	return nil
}

// wrongArguments says of a command line what it lacks, or has too much. What
// the arguments are is in the line that shows how the command is used.
func wrongArguments(cmd *cobra.Command, given []string, err error) error {
	if cmd.HasSubCommands() || !cmd.HasParent() {
		return &hinted{&usageError{err}, helpHint(cmd)} // a command that does not exist
	}
	_, takes, _ := strings.Cut(cmd.Use, " ")
	takes, _, _ = strings.Cut(takes, " ")
	noun, many := strings.CutSuffix(strings.Trim(takes, "[]"), "...")
	switch {
	case noun == "":
		return &hinted{usagef("%q is too much: %s takes flags only", given[0], cmd.CommandPath()), exampleHint(cmd)}
	case len(given) == 0 || many:
		return &hinted{usagef("missing: %s", noun), exampleHint(cmd)}
	}
	return &hinted{usagef("%q is too much: %s takes one %s", given[len(given)-1], cmd.CommandPath(), noun), exampleHint(cmd)}
}

// wrongFlag says what is wrong with a flag.
func wrongFlag(cmd *cobra.Command, err error) error {
	var value *pflag.InvalidValueError
	if errors.As(err, &value) {
		what := "cannot be read: " + value.Unwrap().Error()
		switch value.GetFlag().Value.Type() {
		case "int", "int64", "uint64":
			what = "is no whole number"
			if errors.Is(err, strconv.ErrRange) {
				what = "is too large"
			}
		case "bool":
			what = "is neither true nor false"
		}
		err = fmt.Errorf("--%s %q %s", value.GetFlag().Name, value.GetValue(), what)
	}
	return &hinted{&usageError{err}, helpHint(cmd)}
}

// isDate refuses what is no date, on a flag.
func isDate(flag, date string) error {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return &hinted{usagef("%s %q is not a date", flag, date), "write it as 2026-11-23"}
	}
	return nil
}
