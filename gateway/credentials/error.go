package credentials

import "errors"

// Error says what is wrong with a file that holds a secret. It never quotes
// what is in the file.
type Error struct {
	Path string
	Err  error
	hint string
}

func (e *Error) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the error without the file.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do next.
func (e *Error) Hint() string { return e.hint }

func refuse(path, what, hint string) error { return &Error{path, errors.New(what), hint} }
