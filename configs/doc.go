// Package configs says what is configured: the types of bekal.yaml, its strict
// loading, the commented file that a new installation starts from, and the
// calendars that ship inside the program.
//
// The file is written by people and read by a program that moves money, so
// loading is strict. A key that is not known, a value of the wrong type and a
// value that is missing are problems; each one names file, line, column and
// key and, where a person can do something, says what. All problems of a file
// are listed at once. YAML's conveniences that hide a value from the eye
// (anchors, aliases, merge keys, tags) are refused.
//
// The package knows no other package of Bekal, and only the command line knows
// it: everything else takes small options of its own. So it does not parse
// cron expressions, read keys or open calendars; whoever does so hands the
// error to [Config.Locate], which puts the place in the file in front of it.
//
// It refuses to hold secrets: passwords and keys stay in files of their own,
// which the configuration only names.
package configs
