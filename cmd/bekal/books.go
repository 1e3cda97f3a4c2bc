package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"bekal/configs"
	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/gateway"
	"bekal/gateway/credentials"
	"bekal/gateway/schedule"
	"bekal/gateway/sftp"
	"bekal/reconcile/ledger"

	"golang.org/x/crypto/ssh"
)

// books is an opened configuration with its ledger: what most commands need.
type books struct {
	config   *configs.Config
	ledger   *ledger.Ledger
	facility ledger.Facility
	bank     *gateway.Bank
	office   *schedule.Calendar
	layouts  *layouts.Set
	log      *slog.Logger
	now      func() time.Time
}

// load finds and loads the configuration.
func (p *program) load() (*configs.Config, error) {
	path, err := configs.Find(p.configPath, p.getenv)
	if err != nil {
		return nil, err
	}
	c, err := configs.Load(path)
	if err != nil {
		return nil, &usageError{err}
	}
	// What only the rooms that use it can judge is judged now, not at night.
	if _, err := schedule.ParseCron(c.Schedule.Cron, c.Facility().Location); err != nil {
		return nil, &usageError{c.Locate("schedule.cron", err)}
	}
	return c, nil
}

// open opens the books that the configuration names.
func (p *program) open(ctx context.Context) (*books, error) {
	c, err := p.load()
	if err != nil {
		return nil, err
	}
	return p.openWith(ctx, c)
}

func (p *program) openWith(ctx context.Context, c *configs.Config) (*books, error) {
	b := &books{config: c, now: p.now, log: p.logger(c)}
	var err error
	if b.layouts, err = layouts.Load(c.Resolve(c.LayoutsDir)); err != nil {
		return nil, &usageError{err}
	}
	if b.office, err = calendar(c, c.Schedule.Calendar); err != nil {
		return nil, &usageError{err}
	}
	if b.ledger, err = ledger.Open(ctx, ledgerOptions(c, p.now)); err != nil {
		return nil, err
	}
	if err := b.wire(ctx, p); err != nil {
		return nil, errors.Join(err, b.ledger.Close())
	}
	return b, nil
}

func ledgerOptions(c *configs.Config, now func() time.Time) ledger.Options {
	dir := c.Resolve(c.DataDir)
	return ledger.Options{Path: filepath.Join(dir, "bekal.db"), Archive: filepath.Join(dir, "archive"), Now: now}
}

func calendar(c *configs.Config, path string) (*schedule.Calendar, error) {
	name, data, builtIn, err := c.ReadCalendar(path)
	if err != nil {
		return nil, err
	}
	if builtIn {
		return schedule.BuiltInCalendar(name, data)
	}
	return schedule.ParseCalendar(name, data)
}

// wire enters the facility and the bank in the books and makes the bank that
// the night uses.
func (b *books) wire(ctx context.Context, p *program) error {
	itself, err := p.itself()
	if err != nil {
		return err
	}
	f := b.config.Facility()
	// One facility is possible today: what another one is owed, nobody would pay.
	known, err := b.ledger.Facilities(ctx)
	if err != nil {
		return err
	}
	if len(known) > 0 && known[0].Code != f.Code {
		return &hinted{usagef("the ledger in %s is of facility %s, and the configuration is of %s", b.config.Resolve(b.config.DataDir), known[0].Code, f.Code),
			"the code of a facility is for ever: set facilities[0].code back to " + known[0].Code + "; another facility has a configuration and a data_dir of its own"}
	}
	if b.facility, err = b.ledger.EnsureFacility(ctx, itself, ledger.Facility{Code: f.Code, Name: f.Name, Timezone: f.Timezone}); err != nil {
		return err
	}
	c := b.config.Bank()
	row, err := b.ledger.EnsureBank(ctx, itself, c.Code)
	if err != nil {
		return err
	}
	days, err := calendar(b.config, c.Calendar)
	if err != nil {
		return &usageError{err}
	}
	b.bank = &gateway.Bank{Bank: row, Outbox: c.Remote.Outbox, Inbox: c.Remote.Inbox, Done: c.Remote.Done, AfterCollect: c.Remote.AfterCollect,
		CorporateCode: c.CorporateCode, DebitAccount: c.DebitAccount, Calendar: days, SettlementWindow: c.SettlementWindowDays,
		MaxDeposits: int64(c.MaxDepositsPerBatch), MaxTotal: ledger.Money(b.config.Limits.BatchSen), Retries: c.Retries,
		Names: gateway.Names{Transfer: c.Files.Transfer, Acknowledgement: c.Files.Acknowledgement, Settlement: c.Files.Settlement, Return: c.Files.Returns},
		Dial:  b.dial}
	for _, l := range []struct {
		key, name string
		plan      **formats.Plan
	}{
		{"transfer", c.Layouts.Transfer, &b.bank.Transfer},
		{"acknowledgement", c.Layouts.Acknowledgement, &b.bank.Acknowledgement},
		{"settlement", c.Layouts.Settlement, &b.bank.Settlement},
	} {
		plan, ok := b.layouts.Plan(l.name)
		if !ok {
			return &usageError{fmt.Errorf("banks[0].layouts.%s: %w", l.key, noLayout(l.name))}
		}
		*l.plan = plan
	}
	var problems []error
	for _, p := range b.bank.CheckLayouts(b.facility) {
		problems = append(problems, fmt.Errorf("banks[0].layouts.%s: %w", p.Use, p))
	}
	if len(problems) > 0 {
		return &usageError{errors.Join(problems...)}
	}
	return nil
}

// noLayout says that a configuration names a layout that is not there.
func noLayout(name string) error {
	return &hinted{fmt.Errorf("there is no layout %q", name), "`bekal layout list` shows what there is"}
}

// dial connects to the bank with the configured credentials.
func (b *books) dial(ctx context.Context, log *slog.Logger) (gateway.Transport, error) {
	o, err := b.transport()
	if err != nil {
		return nil, err
	}
	o.Log = log
	conn, err := sftp.Dial(ctx, o)
	if err != nil {
		return nil, err // and not a *sftp.Conn that is nil, which is no nil Transport
	}
	return conn, nil
}

func (b *books) transport() (sftp.Options, error) {
	c := b.config.Bank()
	src := credentials.Source{Identity: b.config.Resolve(c.Identity), PassphraseFile: b.config.Resolve(c.PassphraseFile), PasswordFile: b.config.Resolve(c.PasswordFile)}
	signer, err := src.Signer()
	if err != nil {
		return sftp.Options{}, err
	}
	o := sftp.Options{Address: c.Address, User: c.User, Signers: []ssh.Signer{signer}, KnownHosts: b.config.Resolve(c.KnownHosts),
		DialTimeout: c.Timeouts.Dial, RequestTimeout: c.Timeouts.Request, StallTimeout: c.Timeouts.Stall, AllowLegacy: c.AllowLegacy}
	password, err := src.Password()
	if err != nil {
		return sftp.Options{}, err
	}
	if !password.Empty() {
		err = password.Use(func(plain string) error {
			o.Password = sftp.Secret(plain)
			return nil
		})
	}
	return o, err
}

// night makes the night over these books.
func (b *books) night(p *program) (*gateway.Night, error) {
	itself, err := p.itself()
	if err != nil {
		return nil, err
	}
	return &gateway.Night{Ledger: b.ledger, Facility: b.facility, Location: b.config.Facility().Location, Banks: []*gateway.Bank{b.bank}, Actor: itself,
		Now: b.now, Log: b.log, Keep: b.keepReport, Tell: b.tell}, nil
}

// today is the business date now, in the facility's time zone.
func (b *books) today() string {
	return b.now().In(b.config.Facility().Location).Format(time.DateOnly)
}

func (b *books) close() error { return b.ledger.Close() }

// withBooks runs fn over opened books.
func (p *program) withBooks(ctx context.Context, fn func(*books) error) error {
	b, err := p.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(fn(b), b.close())
}

// logger writes to standard error: text on a terminal, JSON otherwise.
func (p *program) logger(c *configs.Config) *slog.Logger {
	if p.quiet {
		return slog.New(slog.DiscardHandler)
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: maskAccounts}
	if c.Log.Format == "text" || c.Log.Format == "auto" && p.logToTerminal {
		return slog.New(slog.NewTextHandler(p.stderr, o))
	}
	return slog.New(slog.NewJSONHandler(p.stderr, o))
}

// nightLock is the file that only one night may hold.
const nightLock = "bekal.lock"

// daemonLock is the file that only one daemon may hold.
const daemonLock = "daemon.lock"

// lock takes a lock in the data folder.
func (b *books) lock(name, what string) (*schedule.Lock, error) {
	dir := b.config.Resolve(b.config.DataDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return schedule.Acquire(filepath.Join(dir, name), what)
}
