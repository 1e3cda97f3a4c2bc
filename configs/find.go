package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Environment is the variable that names a configuration file.
const Environment = "BEKAL_CONFIG"

// NotFound says that there is no configuration file where it was looked for.
type NotFound struct {
	Looked []string
	err    error
}

// Error names the places that were looked at.
func (e *NotFound) Error() string {
	return "no configuration file: looked at " + strings.Join(e.Looked, " and ")
}

// Hint says how to get one.
func (e *NotFound) Hint() string {
	return "`bekal init` writes one; --config FILE or " + Environment + " names one that is elsewhere"
}

// Unwrap makes errors.Is(err, fs.ErrNotExist) true.
func (e *NotFound) Unwrap() error { return e.err }

// Find returns the configuration file to use: the one of the --config flag,
// else ./bekal.yaml, else the one that $BEKAL_CONFIG names. A file that was
// named is not looked for; [Load] says when it is not there.
func Find(flag string, getenv func(string) string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	_, err := os.Stat(FileName)
	if err == nil {
		return FileName, nil
	}
	// A file that is there and cannot be looked at must not make another one win.
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("configuration: %w", err)
	}
	if named := getenv(Environment); named != "" {
		return named, nil
	}
	return "", &NotFound{Looked: []string{"./" + FileName, "$" + Environment}, err: err}
}
