package simulate

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/gateway/sftp"
	"bekal/reconcile/ledger"

	"golang.org/x/crypto/ssh"
)

// The facility and its bank.
const (
	user      = "lpcontoh"
	corporate = "LPCONTOH"
	// facilityCode begins every reference.
	facilityCode = "PWK"
	debit        = "999000000000001"

	outboxFolder = "/outbox"
	inboxFolder  = "/inbox"
	doneFolder   = "/done"
	takenFolder  = "/.bank/taken" // where the simulated bank keeps what it took
)

// window is within how many business days the bank is to answer.
const window = 2

var (
	zone     = time.FixedZone("WIB", 7*60*60)
	firstDay = time.Date(2026, 1, 5, 0, 0, 0, 0, zone) // a Monday
)

const (
	errNoSpace = syscall.ENOSPC
	errNoSync  = syscall.EIO
)

// course is one simulated course of events.
type course struct {
	options Options
	weather weather
	chance  *chance
	clock   *clock
	history *history
	figures Figures
	found   []Violation
	before  []string // the history that led to the first of them

	exchange *exchange
	bank     *banksim.Bank
	bankOpts banksim.Options
	hostKeys int // how many the bank has had
	gate     gateway.Bank
	wire     sftp.Options
	facility ledger.Facility
	people   int // beneficiaries

	program *program
	office  *office
	courier *courier
	auditor *audit.Auditor
	witness *audit.Witness
	losses  *losses
	slips   *slips

	armed   []trouble // on the line, tonight
	day     int
	calm    bool
	refuses int // nights for which the bank still refuses our login
	foreign int // nights for which it still shows a host key that we do not know
}

// Run plays a course. An error says that it could not be played; what must
// never be is in the result.
func Run(ctx context.Context, o Options) (Result, error) {
	if err := o.check(); err != nil {
		return Result{}, err
	}
	c, err := newCourse(ctx, o)
	if err != nil {
		return Result{Options: o}, fmt.Errorf("simulate: seed %d: %w", o.Seed, err)
	}
	err = c.play(ctx)
	c.sumUp()
	head := ""
	if err == nil && !c.losses.gone {
		if err = c.program.open(ctx); err == nil {
			head, err = c.program.books.Head(ctx)
		}
	}
	c.note("the end: %d violations, chain %s", len(c.found), head)
	err = errors.Join(err, c.program.close(), c.bank.Close(), c.history.flush())
	if err != nil {
		err = fmt.Errorf("simulate: seed %d, day %d: %w", o.Seed, c.day, err)
	}
	return Result{Options: o, Figures: c.figures, Violations: c.found, Digest: c.history.digest(), Head: head, Last: c.events()}, err
}

func newCourse(ctx context.Context, o Options) (*course, error) {
	c := &course{options: o, weather: weatherOf(o.Faults), chance: newChance(o.Seed), clock: &clock{}, history: newHistory(o.History), figures: NewFigures(), exchange: newExchange()}
	c.clock.set(c.clockTime(0, 7, 0))
	if err := c.newGate(); err != nil {
		return nil, err
	}
	c.program = &program{course: c, seen: map[string]int{}}
	c.office = &office{course: c, repaid: map[string]bool{}, pondered: map[string]int{}, stuck: map[string]bool{}}
	c.courier = &courier{course: c, used: map[string]bool{}, misled: map[string]bool{}, sent: map[string][]byte{}}
	c.losses = newLosses(c)
	c.slips = newSlips(c)
	for _, dir := range []string{inboxFolder, doneFolder} {
		if err := os.MkdirAll(c.remote(dir), 0o700); err != nil {
			return nil, err
		}
	}
	c.wire = sftp.Options{Address: bankAddress, User: user, Signers: []ssh.Signer{signer(o.Seed, "client", 0)}, KnownHosts: c.path("known_hosts"), Dialer: c.exchange.dial, AfterFunc: c.clock.AfterFunc,
		DialTimeout: time.Hour} // of real time; in this course the line itself says when it was silent for too long
	c.bankOpts = banksim.Options{Seed: o.Seed, Now: c.clock.Now, Location: zone, Root: c.path("bank"), Outbox: outboxFolder, Inbox: answersFolder, Done: doneFolder, User: user,
		AuthorizedKey: c.wire.Signers[0].PublicKey(), CorporateCode: corporate, Transfer: c.gate.Transfer, Acknowledgement: c.gate.Acknowledgement, Settlement: c.gate.Settlement,
		Faults: c.bankFaults(), PickUpAtOnce: c.chance.in(50), OnHang: c.silence}
	c.bankOpts.Wire.NoPosixRename = c.chance.in(25)
	if err := c.openBank(ctx); err != nil {
		return nil, err
	}
	if err := sftp.Pin(c.wire.KnownHosts, bankAddress, c.bank.HostKey()); err != nil {
		return nil, errors.Join(err, c.bank.Close())
	}
	watched := audit.Options{Books: c.path("bekal.db"), Archive: c.path("archive"), Bank: func() *banksim.Books { return c.bank.Books() }, Outbox: c.remote(outboxFolder), Taken: c.remote(takenFolder),
		Corporate: corporate, Facility: facilityCode, BusinessDays: businessDays, Window: window, Location: zone}
	c.auditor, c.witness = audit.New(watched), audit.NewWitness(watched)
	c.office.plan(o.Deposits, o.Nights)
	c.slips.plan()
	var err error
	if c.program.books, err = ledger.Create(ctx, c.program.ledgerOptions()); err != nil {
		return nil, errors.Join(err, c.bank.Close())
	}
	if err := c.office.start(ctx); err != nil {
		return nil, errors.Join(err, c.program.close(), c.bank.Close())
	}
	c.note("seed %d, %d nights, %d deposits, faults %s; picks up at once: %v, posix-rename: %v, after collecting: %s, batches of %d", o.Seed, o.Nights, o.Deposits, o.Faults,
		c.bankOpts.PickUpAtOnce, !c.bankOpts.Wire.NoPosixRename, c.gate.AfterCollect, c.gate.MaxDeposits)
	return c, nil
}

// newGate is the bank as the night sees it.
func (c *course) newGate() error {
	set, err := layouts.Load("")
	if err != nil {
		return err
	}
	c.gate = gateway.Bank{Outbox: outboxFolder, Inbox: inboxFolder, Done: doneFolder, AfterCollect: pick(c.chance, "keep", "move", "delete"), CorporateCode: corporate, DebitAccount: debit,
		Calendar: weekdays{}, SettlementWindow: window, MaxDeposits: int64(c.chance.from(2, 60)), Retries: c.chance.from(0, 3)}
	for name, into := range map[string]**formats.Plan{"bri-transfer": &c.gate.Transfer, "bri-ack": &c.gate.Acknowledgement, "bri-settlement": &c.gate.Settlement} {
		p, ok := set.Plan(name)
		if !ok {
			return fmt.Errorf("no layout %s", name)
		}
		*into = p
	}
	return nil
}

// bankFaults are how often this bank errs.
func (c *course) bankFaults() banksim.Faults {
	d := func() int { return c.chance.from(0, c.weather.deposit) }
	f := func() int { return c.chance.from(0, c.weather.file) }
	return banksim.Faults{Missing: d(), Unknown: d(), Amount: d(), Account: d(), Name: d(), Duplicate: d(), Rejected: d(), Returned: d(), Pending: d(), Late: d(), Unreadable: d(),
		Control: f(), DuplicateFile: f(), SameNameOtherBytes: f(), RefuseBatch: f()}
}

// openBank starts the bank, with the host key that it has now.
func (c *course) openBank(ctx context.Context) (err error) {
	c.exchange.reopen()
	c.bankOpts.HostKey = signer(c.options.Seed, "bank", c.hostKeys)
	c.bankOpts.Listener = c.exchange
	c.bank, err = banksim.Start(ctx, c.bankOpts)
	return err
}

// signer derives a key of the course.
func signer(seed uint64, whose string, number int) ssh.Signer {
	material := make([]byte, ed25519.SeedSize)
	copy(material, whose)
	binary.BigEndian.PutUint64(material[8:], seed)
	binary.BigEndian.PutUint64(material[16:], uint64(number))
	s, err := ssh.NewSignerFromSigner(ed25519.NewKeyFromSeed(material))
	if err != nil {
		panic(err) // an Ed25519 key is always one
	}
	return s
}

// silence is what the bank's falling silent comes to: time passes until the
// transport gives up.
func (c *course) silence() {
	if c.clock.wait() {
		return
	}
	c.clock.pass(sftp.DefaultDialTimeout)
	c.exchange.silence()
}

// weekdays is a calendar that knows no holidays.
type weekdays struct{}

// AddBusinessDays implements gateway.Calendar.
func (weekdays) AddBusinessDays(t time.Time, n int) (time.Time, bool) {
	return businessDays(t, n), true
}

func businessDays(t time.Time, n int) time.Time {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if d := t.Weekday(); d != time.Saturday && d != time.Sunday {
			n--
		}
	}
	return t
}

func (c *course) path(name string) string { return filepath.Join(c.options.Dir, name) }

// remote is a folder of the bank on disk.
func (c *course) remote(folder string) string { return filepath.Join(c.options.Dir, "bank", folder) }

func (c *course) note(format string, args ...any) { c.history.note(c.clock.Now(), format, args...) }

func (c *course) date() string { return c.clock.Now().In(zone).Format(time.DateOnly) }

// count counts what happened.
func (c *course) count(what, about string) {
	if what == "crash" {
		c.figures.Deaths[about]++
		return
	}
	c.figures.Events[what]++
}

func (c *course) published(name string, data []byte, at time.Time) {
	c.auditor.Published(audit.Published{Name: name, Bytes: data, Modified: at, At: c.clock.Now()})
}

// violation enters something that must never be.
func (c *course) violation(rule, about, format string, args ...any) {
	v := Violation{Seed: c.options.Seed, Night: c.date(), Rule: rule, About: about, Text: fmt.Sprintf(format, args...)}
	c.found = append(c.found, v)
	c.note("VIOLATION %s: %s: %s", v.Rule, v.About, v.Text)
	if len(c.found) == 1 {
		c.before = slices.Clone(c.history.last)
	}
}

// events are the last ones: before the first violation, or of the course.
func (c *course) events() []string {
	if c.before != nil {
		return c.before
	}
	return c.history.last
}

// withdrawn tells the auditor which files the program has taken out of the
// inbox.
func (c *course) withdrawn() error {
	for _, name := range Sorted(countOf(c.courier.used)) {
		_, err := os.Lstat(filepath.Join(c.remote(inboxFolder), name))
		if errors.Is(err, fs.ErrNotExist) {
			c.auditor.Withdrawn(name)
			delete(c.courier.used, name)
		} else if err != nil {
			return err
		}
	}
	return nil
}

func countOf(names map[string]bool) map[string]int {
	m := make(map[string]int, len(names))
	for name := range names {
		m[name] = 1
	}
	return m
}
