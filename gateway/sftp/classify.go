package sftp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/pkg/sftp"
)

// fault is an error whose reason is known where it happens.
type fault struct {
	reason Reason
	err    error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// faultf makes a fault.
func faultf(reason Reason, format string, args ...any) error {
	return &fault{reason: reason, err: fmt.Errorf(format, args...)}
}

// The status codes beyond version 3 that some servers send all the same;
// draft-ietf-secsh-filexfer-13, section 9.1.
const (
	statusFailure        = 4
	statusBadMessage     = 5
	statusNoConnection   = 6
	statusConnectionLost = 7
	statusUnsupported    = 8
	statusNoSuchPath     = 10
	statusExists         = 11
	statusWriteProtected = 12
	statusNoSpace        = 14
	statusQuota          = 15
)

// classify turns an answer of the server into a reason, and into an error that
// errors.Is knows.
func classify(err error) (Reason, error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ReasonNotExist, fmt.Errorf("no such file or folder: %w", fs.ErrNotExist)
	case errors.Is(err, fs.ErrPermission):
		return ReasonPermission, fmt.Errorf("the server denies it: %w", fs.ErrPermission)
	case errors.Is(err, fs.ErrExist):
		return ReasonExist, err
	}
	var status *sftp.StatusError
	if !errors.As(err, &status) {
		return ReasonProtocol, fmt.Errorf("the server's answer makes no sense: %w", err)
	}
	switch status.Code {
	case statusNoSuchPath:
		return ReasonNotExist, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case statusExists:
		return ReasonExist, fmt.Errorf("%w: %w", fs.ErrExist, err)
	case statusWriteProtected:
		return ReasonPermission, fmt.Errorf("%w: %w", fs.ErrPermission, err)
	case statusNoSpace, statusQuota:
		return ReasonNoSpace, fmt.Errorf("%w: %w", ErrNoSpace, err)
	case statusUnsupported:
		return ReasonUnsupported, err
	case statusBadMessage:
		return ReasonProtocol, err
	case statusNoConnection, statusConnectionLost:
		return ReasonNetwork, err
	}
	text := strings.ToLower(err.Error())
	for _, phrase := range []string{"no space", "quota", "disk full", "disk is full", "not enough space"} {
		if strings.Contains(text, phrase) {
			return ReasonNoSpace, fmt.Errorf("%w: %w", ErrNoSpace, err)
		}
	}
	for _, phrase := range []string{"permission denied", "access denied", "access is denied"} {
		if strings.Contains(text, phrase) {
			return ReasonPermission, fmt.Errorf("%w: %w", fs.ErrPermission, err)
		}
	}
	return ReasonRefused, fmt.Errorf("the server refuses without a reason: %w", err)
}

// isUnsupported reports whether the server answered that it can't do this.
func isUnsupported(err error) bool {
	var status *sftp.StatusError
	return errors.As(err, &status) && status.Code == statusUnsupported
}

// isFailure reports the answer that says nothing.
func isFailure(err error) bool {
	var status *sftp.StatusError
	return errors.As(err, &status) && status.Code == statusFailure
}

// checkPath refuses what no server can mean.
func checkPath(path string) error {
	switch {
	case path == "":
		return faultf(ReasonConfiguration, "the remote path is empty")
	case strings.ContainsRune(path, 0):
		return faultf(ReasonConfiguration, "the remote path %q holds a NUL", path)
	}
	return nil
}

// noAnswer stands for an answer that pkg/sftp takes for success although
// nothing came with it.
var noAnswer = &fault{reason: ReasonProtocol, err: fmt.Errorf("the server's answer is empty: %w", io.ErrNoProgress)}

// isGone reports whether there is nothing of that name.
func isGone(err error) bool {
	if err == nil {
		return false
	}
	reason, _ := classify(err)
	return reason == ReasonNotExist
}

// listingFault gives a listing's own failure its reason.
func listingFault(err error) error {
	if errors.Is(err, ErrTooLarge) {
		return &fault{reason: ReasonTooLarge, err: err}
	}
	return &fault{reason: ReasonProtocol, err: err}
}
