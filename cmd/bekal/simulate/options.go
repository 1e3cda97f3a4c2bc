package simulate

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Level says how much goes wrong.
type Level string

// The levels.
const (
	None  Level = "none"  // nothing: a bank and a line without fault
	Light Level = "light" // what a bad year brings
	Heavy Level = "heavy" // something nearly every night, often several things at once
)

// Levels are the levels, from good to bad.
func Levels() []Level { return []Level{None, Light, Heavy} }

// Options say which course to play.
type Options struct {
	Seed     uint64 // decides everything that happens
	Nights   int    // how many days and nights, before it all calms down
	Deposits int    // wages that people approve in that time
	Faults   Level
	Restores bool      // in some courses the ledger is lost, and restored from a backup
	Slips    bool      // in some courses people err, and the bank has not kept everything
	Dir      string    // an empty folder to work in
	History  io.Writer // hears what happens, a line each; nil: nobody
}

// OptionsError says that a course cannot be as it was asked for.
type OptionsError struct{ what string }

func (e *OptionsError) Error() string { return e.what }

func wrong(format string, args ...any) error { return &OptionsError{fmt.Sprintf(format, args...)} }

func (o Options) check() error {
	switch {
	case o.Nights < 1:
		return wrong("nights: %d is no course", o.Nights)
	case o.Deposits < 1:
		return wrong("deposits: %d is nothing to pay", o.Deposits)
	case o.Nights > 10_000 || o.Deposits > 1_000_000:
		return wrong("%d nights, %d deposits: at most 10000 and 1000000", o.Nights, o.Deposits)
	case !slices.Contains(Levels(), o.Faults):
		names := make([]string, 0, len(Levels()))
		for _, l := range Levels() {
			names = append(names, string(l))
		}
		return wrong("faults: %q is none of %s", o.Faults, strings.Join(names, ", "))
	}
	return nil
}
