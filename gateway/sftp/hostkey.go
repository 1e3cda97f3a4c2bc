package sftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"

	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// HostKeyError says that the server's host key is not one that is pinned.
type HostKeyError struct {
	Address   string
	Presented ssh.PublicKey   // what the server showed; nil when it wasn't seen
	Pinned    []ssh.PublicKey // what was expected; empty: nothing is pinned
	Revoked   bool            // the presented key is marked @revoked
}

// Error implements error; it names both fingerprints.
func (e *HostKeyError) Error() string {
	switch {
	case e.Revoked:
		return fmt.Sprintf("the host key of %s, %s, is marked as revoked", e.Address, describe(e.Presented))
	case len(e.Pinned) == 0 && e.Presented == nil:
		return fmt.Sprintf("no host key of %s is pinned", e.Address)
	case len(e.Pinned) == 0:
		return fmt.Sprintf("no host key of %s is pinned; the server shows %s", e.Address, describe(e.Presented))
	case e.Presented == nil:
		return fmt.Sprintf("the server at %s doesn't offer a host key of the pinned kind; pinned is %s",
			e.Address, describe(e.Pinned...))
	default:
		return fmt.Sprintf("the host key of %s changed: the server shows %s, pinned is %s",
			e.Address, describe(e.Presented), describe(e.Pinned...))
	}
}

// Hint implements the interface that the command line looks for.
func (e *HostKeyError) Hint() string {
	switch {
	case e.Revoked:
		return "do not connect: ask the bank which host key is right, by telephone"
	case len(e.Pinned) == 0:
		return "compare the fingerprint with the one the bank gave you and pin it with `bekal bank trust`"
	default:
		return "somebody may be between you and the bank: ask the bank, by telephone, whether it changed its host key; " +
			"only then pin the new one beside the old one with `bekal bank trust --next`, or in its place with `bekal bank trust --replace`"
	}
}

// describe lists keys as "ssh-ed25519 SHA256:...".
func describe(keys ...ssh.PublicKey) string {
	each := make([]string, len(keys))
	for i, key := range keys {
		each[i] = key.Type() + " " + ssh.FingerprintSHA256(key)
	}
	return strings.Join(each, " or ")
}

// hostCheck checks one server's host key against the pinned ones.
type hostCheck struct {
	address    string
	pinned     []ssh.PublicKey
	algorithms []string // in the order of the pins, so that the first one is preferred
	callback   ssh.HostKeyCallback

	presented ssh.PublicKey
	failed    error
}

// newHostCheck reads the known_hosts file. Without a pinned key there is
// nothing to dial for.
func newHostCheck(knownHosts, address string, allowLegacy []string) (*hostCheck, error) {
	db, err := openPins(knownHosts)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("known_hosts file %s is missing: %w", knownHosts, &HostKeyError{Address: address})
	case err != nil:
		return nil, fmt.Errorf("known_hosts file can't be used: %w", err)
	}
	h := &hostCheck{address: address, callback: db.HostKeyCallback()}
	for _, key := range db.HostKeys(address) {
		h.pinned = append(h.pinned, key.PublicKey)
	}
	if len(h.pinned) == 0 {
		return nil, &HostKeyError{Address: address}
	}
	h.algorithms = without(db.HostKeyAlgorithms(address), without(ssh.InsecureAlgorithms().HostKeys, allowLegacy))
	if len(h.algorithms) == 0 {
		return nil, withLegacyHint(fmt.Errorf("the pinned key %s is of an outdated kind", describe(h.pinned...)), h.pinned[0].Type(), allowLegacy)
	}
	return h, nil
}

// ofPinnedKind gives what of the offered algorithms is for a pinned key, though
// only in an outdated way, or it would have been agreed upon.
func (h *hostCheck) ofPinnedKind(offered []string) []string {
	var kinds []string
	for _, key := range h.pinned {
		kinds = append(kinds, key.Type())
	}
	return both(offered, kinds)
}

// check is the ssh.HostKeyCallback; it keeps what it saw.
func (h *hostCheck) check(hostname string, remote net.Addr, key ssh.PublicKey) error {
	h.presented = key
	if _, ok := remote.(*net.TCPAddr); !ok {
		// A Dialer of the caller's own may have no TCP address, which the
		// callback can't do without; what counts is the configured name.
		remote = &net.TCPAddr{IP: net.IPv4zero}
	}
	err := h.callback(hostname, remote, key)
	if err == nil {
		return nil
	}
	var revoked *xknownhosts.RevokedError
	h.failed = &HostKeyError{
		Address: h.address, Presented: key, Pinned: h.pinned, Revoked: errors.As(err, &revoked),
	}
	return h.failed
}

// errSeen ends a handshake that only wanted to see the host key.
var errSeen = errors.New("host key seen")

// FetchHostKey connects to address (host:port), sees which host key the server
// shows, and hangs up before any authentication. The key is not trusted by
// this: show its fingerprint to a person, then Pin it. The algorithms, if any,
// are the kinds of key to ask for, best first; without them Ed25519 is
// preferred, and what is outdated comes last, and only if allowLegacy names it
// (see Options.AllowLegacy). DefaultDialTimeout bounds it, and ctx.
func FetchHostKey(ctx context.Context, address string, allowLegacy []string, algorithms ...string) (ssh.PublicKey, error) {
	fail := func(reason Reason, err error) error {
		return &Error{Op: "fetch host key", Address: address, Reason: reason, Err: err}
	}
	if err := errors.Join(checkAddress(address), checkLegacy(allowLegacy)); err != nil {
		return nil, fail(ReasonConfiguration, err)
	}
	if len(algorithms) == 0 {
		algorithms = append([]string{
			ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
			ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
		}, both(legacies().keys, allowLegacy)...)
	}
	var seen ssh.PublicKey
	config := &ssh.ClientConfig{
		Config:            cryptography(allowLegacy),
		User:              "bekal",
		HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			seen = key
			return errSeen
		},
	}
	line, err := connect(ctx, DefaultDialTimeout, (&net.Dialer{}).DialContext, address)
	defer line.hangUp()
	if err == nil {
		_, _, _, err = ssh.NewClientConn(line, address, config)
	}
	if seen != nil {
		return seen, nil
	}
	if reason, explained := explainNegotiation(err, nil, allowLegacy); explained != nil {
		return nil, fail(reason, explained)
	}
	reason, err := line.explain(err)
	return nil, fail(reason, err)
}

// ParseHostKey reads a public key as the bank sends it: "ssh-ed25519 AAAA...",
// with or without a comment behind it or a host name before it.
func ParseHostKey(line string) (ssh.PublicKey, error) {
	text := strings.TrimSpace(line)
	if strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("a host key is one line, this is several")
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
	if err == nil && strings.HasPrefix(text, key.Type()) {
		return key, nil
	}
	_, _, key, _, _, err = ssh.ParseKnownHosts([]byte(text))
	if err != nil {
		return nil, withHint(fmt.Errorf("not a host key: %.80q", text),
			"give the key as the bank sends it: ssh-ed25519 AAAA... (the content of its ssh_host_ed25519_key.pub)")
	}
	return key, nil
}

// Fingerprint is how a host key is shown to people: SHA256:...
func Fingerprint(key ssh.PublicKey) string { return ssh.FingerprintSHA256(key) }
