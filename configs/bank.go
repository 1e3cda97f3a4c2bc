package configs

import (
	"net"
	"strconv"
	"strings"
	"time"
)

// Bank is a bank that takes transfer files and answers them.
type Bank struct {
	Code string // 2 to 6 characters of A-Z and 0-9

	Address        string // host:port, the port filled in
	User           string
	Identity       string // private key file
	PassphraseFile string // optional: opens Identity
	PasswordFile   string // optional: a password beside the key
	KnownHosts     string // pinned host keys

	CorporateCode string // of the bank's character set; the layouts say how long it may be
	DebitAccount  string // 15 digits; personal enough to stay out of logs

	Remote   Remote
	Layouts  Layouts
	Files    Files
	Timeouts Timeouts
	// AllowLegacy names single outdated SSH algorithms, out of LegacyAlgorithms,
	// that an old server can't do without.
	AllowLegacy []string
	Retries     int // temporary errors that a step survives

	// SettlementWindowDays counts business days: how long a deposit may stay
	// unanswered before it is missing, and how late a posted date may be.
	SettlementWindowDays int
	MaxDepositsPerBatch  int
	Calendar             string // the bank's calendar file; empty: the embedded one
}

// Remote names the folders on the bank's server.
type Remote struct {
	Outbox       string
	Inbox        string
	AfterCollect string // "keep", "move" or "delete"
	Done         string // where "move" moves to
}

// Layouts names the layout of each kind of file.
type Layouts struct {
	Transfer        string
	Acknowledgement string
	Settlement      string
}

// Files names the files: the transfer files by a name in which {batch} stands
// for the batch's reference, the bank's answers by patterns.
type Files struct {
	Transfer        string
	Acknowledgement string
	Settlement      string
	Returns         string
}

// Timeouts are the deadlines of the transport.
type Timeouts struct {
	Dial    time.Duration // connection and login together
	Request time.Duration // one answer of the server
	Stall   time.Duration // a transfer that does not move
}

const (
	defaultPort   = "22"
	accountDigits = 15
	// bankCharset is what a text field of the bank's files may hold.
	bankCharset = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,'-/()&+:"
)

// LegacyAlgorithms are the names that may stand under allow_legacy: those that
// the transport can do. A test of the command line holds the two together.
func LegacyAlgorithms() []string {
	return []string{
		"diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1",
		"aes128-cbc", "3des-cbc", "arcfour256", "arcfour128", "arcfour", "hmac-sha1-96", "ssh-rsa",
	}
}

// readBanks reads the list, which holds exactly one bank today.
func readBanks(top *object) []Bank {
	items := top.list("banks")
	var banks []Bank
	for _, item := range items {
		if o := item.object(); o != nil {
			banks = append(banks, readBank(o))
			o.done()
		}
	}
	top.exactlyOne("banks", "bank", items)
	return banks
}

func readBank(o *object) Bank {
	b := Bank{
		Code:                 readCode(o),
		User:                 o.required("user", "the user name that the bank gave you"),
		Identity:             o.requiredPath("identity", "the private key file, such as keys/bank_ed25519"),
		PassphraseFile:       o.path("passphrase_file", ""),
		PasswordFile:         o.path("password_file", ""),
		KnownHosts:           o.path("known_hosts", "known_hosts"),
		CorporateCode:        o.required("corporate_code", "the code that the bank knows you by"),
		DebitAccount:         o.required("debit_account", `the account that pays: 15 digits in quotes, such as "000000000000000"`),
		AllowLegacy:          o.choices("allow_legacy", nil, LegacyAlgorithms()...),
		Retries:              o.integer("retries", 4, 0, 20),
		SettlementWindowDays: o.integer("settlement_window_days", 2, 1, 60),
		MaxDepositsPerBatch:  o.integer("max_deposits_per_batch", 50_000, 1, 99_999_999),
		Calendar:             o.path("calendar", ""),
	}
	b.Address = readAddress(o)
	if b.KnownHosts == "" && o.has("known_hosts") {
		o.problem("known_hosts", "empty: without pinned host keys the bank cannot be told from a stranger",
			"name a file; `bekal bank trust` pins the first key")
	}
	if strings.ContainsFunc(b.CorporateCode, notBankCharset) {
		o.problem("corporate_code", quote(b.CorporateCode)+" has characters that the bank's files cannot hold",
			"use A-Z 0-9 and space . , ' - / ( ) & + : only; letters are capitals")
	} else if b.CorporateCode != strings.TrimSpace(b.CorporateCode) {
		o.problem("corporate_code", quote(b.CorporateCode)+" has spaces around it", "")
	}
	// The number itself is not repeated: what is said here reaches logs.
	if b.DebitAccount != "" && (len(b.DebitAccount) != accountDigits || strings.Trim(b.DebitAccount, "0123456789") != "") {
		o.problem("debit_account", "must be exactly 15 digits; this has "+strconv.Itoa(len(b.DebitAccount))+" characters",
			"pad a shorter account number with zeros on the left, without dots or spaces, in quotes")
	}
	r := o.section("remote")
	b.Remote = readRemote(r)
	r.done()
	l := o.section("layouts")
	b.Layouts = Layouts{
		Transfer:        l.text("transfer", "bri-transfer"),
		Acknowledgement: l.text("acknowledgement", "bri-ack"),
		Settlement:      l.text("settlement", "bri-settlement"),
	}
	l.done()
	f := o.section("files")
	b.Files = readFiles(f)
	f.done()
	t := o.section("timeouts")
	b.Timeouts = Timeouts{
		Dial:    t.duration("dial", 15*time.Second),
		Request: t.duration("request", 30*time.Second),
		Stall:   t.duration("stall", time.Minute),
	}
	t.done()
	return b
}

func notBankCharset(r rune) bool { return !strings.ContainsRune(bankCharset, r) }

// readAddress reads host, host:port, [v6]:port or a bare v6 address.
func readAddress(o *object) string {
	const hint = "write host:port, such as sftp.bank.example:22"
	raw := o.required("address", hint)
	if raw == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(raw)
	if err != nil {
		host, port = strings.Trim(raw, "[]"), defaultPort
		if strings.Contains(host, ":") && net.ParseIP(host) == nil {
			o.problem("address", quote(raw)+" is not host:port", hint)
			return raw
		}
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		o.problem("address", quote(raw)+" has no port between 1 and 65535", hint)
		return raw
	}
	if host == "" || strings.ContainsAny(host, " /@") {
		o.problem("address", quote(raw)+" names no host", hint+"; the user name has a key of its own")
		return raw
	}
	return net.JoinHostPort(host, strconv.Itoa(n))
}

func readRemote(o *object) Remote {
	r := Remote{
		Outbox:       o.required("outbox", "the folder on the bank's server that takes transfer files"),
		Inbox:        o.required("inbox", "the folder on the bank's server that answers appear in"),
		AfterCollect: o.choice("after_collect", "keep", "keep", "move", "delete"),
		Done:         o.text("done", ""),
	}
	switch {
	case r.AfterCollect == "move" && r.Done == "":
		o.problem("after_collect", "move needs a folder to move collected files to", "name it under done, or write after_collect: keep")
	case r.AfterCollect != "move" && r.Done != "":
		o.problem("done", "is used by after_collect: move alone", "write after_collect: move, or leave done empty")
	case r.Done != "" && (r.Done == r.Inbox || r.Done == r.Outbox):
		o.problem("done", "must not be the inbox or the outbox", "")
	}
	return r
}

func readFiles(o *object) Files {
	const batch = "{batch}"
	f := Files{
		Transfer:        o.text("transfer", batch+".TRF"),
		Acknowledgement: readPattern(o, "acknowledgement", "*.ACK"),
		Settlement:      readPattern(o, "settlement", "*.STL"),
		Returns:         readPattern(o, "returns", "RET*.STL"),
	}
	const hint = "write a name such as {batch}.TRF; {batch} becomes the reference of the batch, which makes the name one that is used once"
	before, after, found := strings.Cut(f.Transfer, batch)
	switch {
	case !found || strings.Contains(after, batch):
		o.problem("transfer", quote(f.Transfer)+" does not hold {batch} once", hint)
	case strings.ContainsFunc(before+after, notFileName):
		o.problem("transfer", quote(f.Transfer)+" has characters beyond A-Z a-z 0-9 . _ and -", hint)
	case strings.HasPrefix(f.Transfer, ".") || strings.HasSuffix(f.Transfer, ".part"):
		o.problem("transfer", quote(f.Transfer)+" is a name that the bank ignores", "hidden names and names that end in .part are for files that are not complete")
	}
	return f
}

// readPattern reads which of the bank's files are of a kind.
func readPattern(o *object, name, fallback string) string {
	const hint = "write a name in which * stands for any characters, such as *.ACK"
	p := o.text(name, fallback)
	rest := strings.ReplaceAll(p, "*", "")
	if rest == "" || strings.ContainsFunc(rest, notFileName) {
		o.problem(name, quote(p)+" is no pattern of file names", hint)
	}
	return p
}

// notFileName says whether a character is none of those that the names of files
// may be made of: servers agree about these.
func notFileName(r rune) bool {
	return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r))
}
