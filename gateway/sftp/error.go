package sftp

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Reason is the kind of an error, for those who must decide what to do next.
type Reason string

// The temporary reasons: the same call may succeed a moment later.
const (
	// ReasonNetwork: refused, reset, cut or ended by the other side.
	ReasonNetwork Reason = "network"
	// ReasonTimeout: no answer, or no progress, for too long.
	ReasonTimeout Reason = "timeout"
	// ReasonCancelled: the caller's context was cancelled.
	ReasonCancelled Reason = "cancelled"
	// ReasonChanged: the file changed while it was read; see ErrChanged.
	ReasonChanged Reason = "changed"
	// ReasonSize: after an upload the server's file has another size.
	ReasonSize Reason = "size"
)

// The permanent reasons: a person has to change something first.
const (
	// ReasonAuthentication: the server refused the key or the password.
	ReasonAuthentication Reason = "authentication"
	// ReasonHostKey: the server's host key is unknown, revoked or another one.
	ReasonHostKey Reason = "host-key"
	// ReasonAlgorithm: no algorithm that both sides accept.
	ReasonAlgorithm Reason = "algorithm"
	// ReasonPermission: the server says permission denied.
	ReasonPermission Reason = "permission"
	// ReasonNotExist: no such file or folder; fs.ErrNotExist.
	ReasonNotExist Reason = "not-exist"
	// ReasonExist: the name is taken; fs.ErrExist.
	ReasonExist Reason = "exist"
	// ReasonNoSpace: disk or quota is full.
	ReasonNoSpace Reason = "no-space"
	// ReasonTooLarge: a file or a listing beyond the limit.
	ReasonTooLarge Reason = "too-large"
	// ReasonRefused: the server failed the request without saying why.
	ReasonRefused Reason = "refused"
	// ReasonUnsupported: the server can't do that.
	ReasonUnsupported Reason = "unsupported"
	// ReasonProtocol: the server's answer makes no sense.
	ReasonProtocol Reason = "protocol"
	// ReasonLocal: our own end failed: the source of an upload, the destination
	// of a download.
	ReasonLocal Reason = "local"
	// ReasonConfiguration: the Options or the known_hosts file can't be used.
	ReasonConfiguration Reason = "configuration"
)

var (
	// ErrChanged is wrapped when a file grew, shrank or was written while it
	// was downloaded: it is probably still being made.
	ErrChanged = errors.New("the file changed while it was read")
	// ErrNoSpace is wrapped when the server's disk or quota is full.
	ErrNoSpace = errors.New("no space left at the server")
	// ErrTooLarge is wrapped when a file or listing goes beyond its limit.
	ErrTooLarge = errors.New("too large")
	// ErrClosed is wrapped when the connection was closed by an earlier failure
	// or by Close.
	ErrClosed = errors.New("the connection is closed")
)

// Error is every error of this package: what was tried, on what, where, and
// why it failed.
type Error struct {
	Op      string // dial, list, stat, upload, download, rename, remove, ...
	Path    string // remote path; of a rename "FROM -> TO"; empty for dial
	Address string // host:port
	Reason  Reason
	Err     error

	undecided bool
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("sftp: ")
	b.WriteString(e.Op)
	if e.Path != "" {
		b.WriteByte(' ')
		b.WriteString(printable(e.Path))
	}
	if e.Address != "" {
		b.WriteString(" at ")
		b.WriteString(e.Address)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	if e.undecided {
		b.WriteString(" (no answer came: it may or may not have been carried out)")
	}
	return b.String()
}

// printable quotes a path that holds line breaks or other control characters.
func printable(path string) string {
	if quoted := strconv.Quote(path); quoted != `"`+path+`"` {
		return quoted
	}
	return path
}

// Unwrap gives the cause; errors.Is works with fs.ErrNotExist, fs.ErrExist,
// fs.ErrPermission, ErrNoSpace, ErrChanged, ErrTooLarge and the context errors.
func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether the same call may succeed a moment later.
func (e *Error) Temporary() bool {
	switch e.Reason {
	case ReasonNetwork, ReasonTimeout, ReasonCancelled, ReasonChanged, ReasonSize:
		return true
	default:
		return false
	}
}

// Authentication reports whether the server refused who we are. Whoever sees it
// must not try again before a person has changed something.
func (e *Error) Authentication() bool { return e.Reason == ReasonAuthentication }

// HostKey reports whether the server isn't the one whose key is pinned.
func (e *Error) HostKey() bool { return e.Reason == ReasonHostKey }

// Changed reports whether the file changed while it was read, as one that is
// still being made does.
func (e *Error) Changed() bool { return e.Reason == ReasonChanged }

// Undecided reports whether a request that changes something was sent and its
// answer lost: it may or may not have been carried out. Look before acting.
func (e *Error) Undecided() bool { return e.undecided }

// Hint says what a person can do next, or is empty.
func (e *Error) Hint() string {
	var hinted interface{ Hint() string }
	if errors.As(e.Err, &hinted) {
		if h := hinted.Hint(); h != "" {
			return h
		}
	}
	switch e.Reason {
	case ReasonNetwork:
		return "check that the bank's address and port are right and that the network and firewall let it through"
	case ReasonTimeout:
		return "the bank's server or the line is slow or hangs; it is tried again, and if it stays so call the bank"
	case ReasonAuthentication:
		return "check user, key and password with the bank before trying again: repeated failures may lock the account"
	case ReasonHostKey:
		return "ask the bank for its host key's fingerprint, then pin it with `bekal bank trust`"
	case ReasonPermission:
		return "ask the bank to let this user read, write, rename and remove files in its folders"
	case ReasonNotExist:
		return "check the remote folders in the configuration against the bank's"
	case ReasonExist:
		return "a file of this name is already at the bank, and Bekal never overwrites: find out whose it is"
	case ReasonNoSpace:
		return "the bank's disk or the user's quota is full: ask the bank to make room"
	case ReasonChanged:
		return "the bank is probably still writing this file; it is left for the next pass"
	case ReasonUnsupported, ReasonProtocol:
		return "check that address and port are those of the bank's SFTP server, and show the bank this message"
	case ReasonRefused:
		return "the bank's server failed without a reason: check its folders, permissions and free space with the bank"
	case ReasonConfiguration:
		return "correct the bank's settings in the configuration"
	case ReasonTooLarge:
		return "look at the folder with the bank: this is more than the configured limit allows"
	default:
		return ""
	}
}

// hinted is an error that brings its own hint.
type hinted struct {
	err  error
	hint string
}

func (h *hinted) Error() string { return h.err.Error() }
func (h *hinted) Unwrap() error { return h.err }

// Hint implements the interface that the command line looks for.
func (h *hinted) Hint() string { return h.hint }

// withHint adds a sentence about what to do next to err.
func withHint(err error, format string, args ...any) error {
	return &hinted{err: err, hint: fmt.Sprintf(format, args...)}
}
