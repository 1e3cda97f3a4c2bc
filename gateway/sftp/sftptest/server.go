package sftptest

import (
	"crypto/ed25519"
	"crypto/rand"
	"maps"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"bekal/gateway/sftp"
)

// Server describes a running server to the suite.
type Server struct {
	Address  string // host:port, on loopback
	User     string
	Signer   ssh.Signer      // logs User in; nil: no key does
	Password sftp.Secret     // as Wants.Login asks; empty: there is none
	HostKeys []ssh.PublicKey // all that it has; the suite pins each in turn

	// Root is a local folder of the server's, in which the suite makes and
	// inspects files directly; Remote is the name of the same folder over SFTP.
	// Empty Remote: the same name.
	Root   string
	Remote string

	// Lacks is what of the extensions that Bekal uses it doesn't offer; the
	// suite checks that it says so too.
	Lacks Lacks
}

// Lacks says which extensions a server doesn't offer.
type Lacks struct {
	PosixRename bool // posix-rename@openssh.com
	Fsync       bool // fsync@openssh.com
}

// Kind is a kind of server that the suite is run against.
type Kind struct {
	Name string
	Real bool // a program of its own that others wrote and banks run

	// Start starts one that is as w wants it, and stops it when t ends.
	Start func(t testing.TB, w Wants) Server

	// Cannot names the cases that this kind can't be made to take part in, and
	// why not.
	Cannot map[string]string
}

// OverSlowLine is the same kind of server behind a proxy that holds the data
// back and tears it to pieces which are no packets. Cases that spoil the line
// themselves are left out.
func OverSlowLine(k Kind) Kind {
	start := k.Start
	k.Name += "OverSlowLine"
	k.Start = func(t testing.TB, w Wants) Server {
		s := start(t, w)
		proxy := StartProxy(t, s.Address)
		proxy.Delay(time.Millisecond)
		proxy.Shred(7919)
		s.Address = proxy.Address()
		return s
	}
	cannot := maps.Clone(k.Cannot)
	for _, c := range cases() {
		if c.line {
			cannot[c.name] = "it brings a proxy of its own"
		}
	}
	k.Cannot = cannot
	return k
}

// Wants says what a server is asked to be. The zero value is an ordinary one:
// it has everything that it can, and host keys of all kinds that it can; one
// key logs in, and nothing else does.
type Wants struct {
	Without []string // extensions that it must not offer
	OnlyRSA bool     // has no other host key than an RSA one
	Login   Login
	Legacy  Legacy

	FileLimit int64 // a file may grow to about so many bytes
	Quota     int64 // the user may store about so many bytes

	Keys []ssh.PublicKey // log in too; of the real servers only

	KeepsFiles bool // doesn't open an existing file for writing
	Listing    Listing
}

// ordinary reports whether nothing is asked for. (Wants holds slices, so it
// can't be compared.)
func (w Wants) ordinary() bool {
	return len(w.Without) == 0 && !w.OnlyRSA && w.Login == ByKey && w.Legacy == "" &&
		w.FileLimit == 0 && w.Quota == 0 && len(w.Keys) == 0 && !w.KeepsFiles && w.Listing == Honest
}

// Login is the way that a user is let in.
type Login int

// The ways.
const (
	ByKey            Login = iota
	ByPassword             // the method "password"
	ByQuestion             // the method "keyboard-interactive", one question
	ByKeyAndPassword       // both, key first
	ByKeyAndQuestion       // both, key first
	ByPasswordAndKey       // both, key last
	ByQuestionAndKey       // both, key last
)

// NeedsKey reports whether nobody is let in without a key.
func (l Login) NeedsKey() bool { return l != ByPassword && l != ByQuestion }

// asks reports whether the password is asked for by keyboard-interactive.
func (l Login) asks() bool { return l == ByQuestion || l == ByKeyAndQuestion || l == ByQuestionAndKey }

// Legacy is the outdated algorithm that a server has in the place of all better
// ones of its sort.
type Legacy string

// One of each sort that there is.
const (
	LegacyKeyExchange Legacy = "diffie-hellman-group14-sha1"
	LegacyCipher      Legacy = "aes128-cbc"
	LegacyMAC         Legacy = "hmac-sha1-96"
	LegacyHostKey     Legacy = "ssh-rsa"           // the server signs with SHA-1
	LegacyUserKey     Legacy = "ssh-rsa, the user" // the user's RSA key is to sign with SHA-1
)

// Name is how the algorithm is called on the wire, and in the configuration.
func (l Legacy) Name() string {
	if l == LegacyUserKey {
		return ssh.KeyAlgoRSA
	}
	return string(l)
}

// Listing is what a server answers when a folder is listed.
type Listing int

// What it lists.
const (
	Honest Listing = iota
	// Endless: one more name, for ever.
	Endless
	// LeadsOut: names with slashes and dots that lead out of the folder, and
	// the plain names "a.STL" and "z.STL".
	LeadsOut
)

// NewSigner makes an Ed25519 key pair.
func NewSigner(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}
