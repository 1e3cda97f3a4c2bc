package banksim

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"bekal/formats"
	"bekal/formats/layouts"
)

// Options says which bank to start. Root, User and one way to log in are
// required; everything else has a default.
type Options struct {
	Seed     uint64           // decides every fault and the default host key
	Now      func() time.Time // the bank's clock; default time.Now
	Location *time.Location   // the zone of the times in files; default Asia/Jakarta's offset, UTC+7

	Root   string // folder on disk that the server shows as "/"; created when absent
	Outbox string // remote folder that the client uploads to; default "/outbox"
	Inbox  string // remote folder that the bank answers in; default "/inbox"
	Done   string // remote folder for collected files; default none

	User           string
	AuthorizedKey  ssh.PublicKey // the only key that may log in; nil: no key
	Password       string        // empty: no password
	KeyAndPassword bool          // key and password are both needed, instead of either
	HostKey        ssh.Signer    // default: Ed25519, derived from Seed
	Listen         string        // default "127.0.0.1:0"; a loopback IP address and a port
	Listener       net.Listener  // instead of Listen: a line of the caller's, such as one in memory

	// The layouts of the files; each defaults to the embedded BRI-style one.
	Transfer, Acknowledgement, Settlement *formats.Plan
	Names                                 Names // of the files; each defaults to the BRI-style one

	CorporateCode string // the only corporate code that the bank accepts; empty: any
	Faults        Faults
	PickUpAtOnce  bool // a transfer file is taken the moment that it appears, instead of at Work
	Light         bool // keep totals only: single references are not remembered, so duplicates of them go unnoticed
	Wire          Wire
	OnHang        func()       // called when trouble lets the server fall silent; it stays so until the client hangs up
	Log           *slog.Logger // default: discarded
}

// complete checks o and fills in the defaults.
func (o Options) complete() (Options, error) {
	if o.Root == "" {
		return o, errors.New("banksim: Root is empty: name the folder for the remote tree")
	}
	if o.User == "" {
		return o, errors.New("banksim: User is empty")
	}
	if o.AuthorizedKey == nil && o.Password == "" {
		return o, errors.New("banksim: neither AuthorizedKey nor Password: nobody could log in")
	}
	if o.KeyAndPassword && (o.AuthorizedKey == nil || o.Password == "") {
		return o, errors.New("banksim: KeyAndPassword needs both AuthorizedKey and Password")
	}
	if err := o.Faults.check(); err != nil {
		return o, fmt.Errorf("banksim: faults: %w", err)
	}
	var err error
	if o.Names, err = o.Names.complete(); err != nil {
		return o, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.FixedZone("WIB", 7*60*60)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if err := loopbackOnly(o.Listen); err != nil {
		return o, err
	}
	if o.Outbox, err = folder(o.Outbox, "/outbox"); err != nil {
		return o, err
	}
	if o.Inbox, err = folder(o.Inbox, "/inbox"); err != nil {
		return o, err
	}
	if o.Done != "" {
		if o.Done, err = folder(o.Done, ""); err != nil {
			return o, err
		}
	}
	if o.HostKey == nil {
		if o.HostKey, err = seededKey(o.Seed); err != nil {
			return o, err
		}
	}
	return o.withLayouts()
}

func (o Options) withLayouts() (Options, error) {
	if o.Transfer != nil && o.Acknowledgement != nil && o.Settlement != nil {
		return o, nil
	}
	set, err := layouts.Load("")
	if err != nil {
		return o, fmt.Errorf("banksim: embedded layouts: %w", err)
	}
	for _, want := range []struct {
		name string
		plan **formats.Plan
	}{
		{"bri-transfer", &o.Transfer},
		{"bri-ack", &o.Acknowledgement},
		{"bri-settlement", &o.Settlement},
	} {
		if *want.plan != nil {
			continue
		}
		p, ok := set.Plan(want.name)
		if !ok {
			return o, fmt.Errorf("banksim: no embedded layout %s", want.name)
		}
		*want.plan = p
	}
	return o, nil
}

// loopbackOnly refuses every address but a literal loopback one: a name could
// resolve to anything.
func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("banksim: listen address %q: %w", address, err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() {
		return fmt.Errorf("banksim: listen address %q: the simulated bank listens on a loopback address only, such as 127.0.0.1:0", address)
	}
	return nil
}

// folder checks a remote folder's name and makes it absolute and clean.
func folder(name, otherwise string) (string, error) {
	if name == "" {
		name = otherwise
	}
	clean := path.Join("/", name)
	if clean == "/" {
		return "", fmt.Errorf("banksim: remote folder %q: the root itself cannot be an outbox or an inbox", name)
	}
	if hidden(strings.TrimPrefix(clean, "/")) {
		return "", fmt.Errorf("banksim: remote folder %q: %s is the bank's own", name, private)
	}
	return clean, nil
}

// seededKey derives the bank's host key, so that a test or a demo can pin it
// before the bank runs.
func seededKey(seed uint64) (ssh.Signer, error) {
	material := binary.BigEndian.AppendUint64([]byte("bekal simulated bank host key "), seed)
	sum := sha256.Sum256(material)
	signer, err := ssh.NewSignerFromSigner(ed25519.NewKeyFromSeed(sum[:]))
	if err != nil {
		return nil, fmt.Errorf("banksim: host key: %w", err)
	}
	return signer, nil
}

// closeInto closes c and keeps its error when nothing else went wrong before.
func closeInto(err *error, c io.Closer) {
	if cerr := c.Close(); *err == nil {
		*err = cerr
	}
}
