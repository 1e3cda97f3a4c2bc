package ledger

import (
	"errors"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// NoSpace says whether an error, or any that it joins or wraps, is that the disk
// is full, or that we may use no more of it.
func NoSpace(err error) bool {
	switch x := err.(type) { //nolint:errorlint // the tree is walked by hand: the first of a kind need not be the one
	case sqlite3.Error:
		return x.Code == sqlite3.ErrFull || full(x.SystemErrno)
	case syscall.Errno:
		return full(x)
	case interface{ Unwrap() error }:
		return NoSpace(x.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range x.Unwrap() {
			if NoSpace(e) {
				return true
			}
		}
	}
	return false
}

func full(e syscall.Errno) bool { return errors.Is(e, syscall.ENOSPC) || errors.Is(e, syscall.EDQUOT) }
