package audit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/gateway/sftp"
	"bekal/reconcile/ledger"
)

const (
	user      = "lpcontoh"
	corporate = "LPCONTOH"
	debit     = "999000000000001"
	period    = "2026-10"
)

var (
	wib      = time.FixedZone("WIB", 7*60*60)
	itself   = ledger.Actor{User: "bekal", OSUser: "tester"}
	clerk    = ledger.Actor{User: "contoh satu", OSUser: "tester"}
	approver = ledger.Actor{User: "contoh dua", OSUser: "tester"}
)

// businessDays goes n business days on: there are no holidays.
func businessDays(t time.Time, n int) time.Time {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if d := t.Weekday(); d != time.Saturday && d != time.Sunday {
			n--
		}
	}
	return t
}

type weekdays struct{}

func (weekdays) AddBusinessDays(t time.Time, n int) (time.Time, bool) {
	return businessDays(t, n), true
}

// office is a facility with its books, its bank, its nights and its auditor,
// all real but for the bank's money.
type office struct {
	testing.TB
	mu       sync.Mutex
	now      time.Time
	dir      string
	books    *ledger.Ledger
	facility ledger.Facility
	bank     *banksim.Bank
	gate     *gateway.Bank
	run      *gateway.Night
	log      bytes.Buffer
	auditor  *audit.Auditor
	told     []func(*audit.Auditor) // everything that the auditor was told, in order
	inbox    map[string]string      // bytes of the files there, as published
	period   string
	proposed int
	day      time.Time
}

func key(b byte) ssh.Signer {
	s, err := ssh.NewSignerFromSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize)))
	if err != nil {
		panic(err)
	}
	return s
}

var shipped = sync.OnceValues(func() (*layouts.Set, error) { return layouts.Load("") })

func plan(t testing.TB, name string) *formats.Plan {
	t.Helper()
	set, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := set.Plan(name)
	if !ok {
		t.Fatalf("no layout %s", name)
	}
	return p
}

// open opens an office on Monday 2026-11-23 at noon.
func open(t testing.TB, faults banksim.Faults, changes ...func(*gateway.Bank)) *office {
	t.Helper()
	dir, err := os.MkdirTemp(memory(), "bekal-audit-")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{TB: t, dir: dir, inbox: map[string]string{}, day: time.Date(2026, 11, 23, 0, 0, 0, 0, wib), period: period}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log:\n%s", o.log.String())
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	o.at(12, 0)
	ctx := context.Background()
	o.gate = &gateway.Bank{Outbox: "/outbox", Inbox: "/inbox", AfterCollect: "keep", CorporateCode: corporate, DebitAccount: debit, Calendar: weekdays{}, SettlementWindow: 2, MaxDeposits: 1000,
		Transfer: plan(t, "bri-transfer"), Acknowledgement: plan(t, "bri-ack"), Settlement: plan(t, "bri-settlement")}
	for _, change := range changes {
		change(o.gate)
	}
	o.bank, err = banksim.Start(ctx, banksim.Options{Seed: 7, Now: o.Now, Location: wib, Root: filepath.Join(dir, "bank"), User: user, AuthorizedKey: key(1).PublicKey(), CorporateCode: corporate, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.bank.Close(); err != nil {
			t.Error(err)
		}
	})
	wire := sftp.Options{User: user, Signers: []ssh.Signer{key(1)}, KnownHosts: filepath.Join(dir, "known_hosts"), Address: o.bank.Address()}
	if err := sftp.Pin(wire.KnownHosts, o.bank.Address(), o.bank.HostKey()); err != nil {
		t.Fatal(err)
	}
	if o.books, err = ledger.Create(ctx, ledger.Options{Path: o.path(), Archive: filepath.Join(dir, "archive"), Now: o.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.books.Close(); err != nil {
			t.Error(err)
		}
	})
	if o.facility, err = o.books.EnsureFacility(ctx, itself, ledger.Facility{Code: "PWK", Name: "Lapas Contoh", Timezone: "Asia/Jakarta"}); err != nil {
		t.Fatal(err)
	}
	if o.gate.Bank, err = o.books.EnsureBank(ctx, itself, "BRI"); err != nil {
		t.Fatal(err)
	}
	o.gate.Dial = func(ctx context.Context, _ *slog.Logger) (gateway.Transport, error) { return sftp.Dial(ctx, wire) }
	o.run = &gateway.Night{Ledger: o.books, Facility: o.facility, Location: wib, Banks: []*gateway.Bank{o.gate}, Actor: itself, Now: o.Now, Log: slog.New(slog.NewTextHandler(&o.log, nil))}
	o.auditor = audit.New(o.options(o.path()))
	return o
}

func (o *office) path() string { return filepath.Join(o.dir, "bekal.db") }

func (o *office) options(books string) audit.Options {
	root := filepath.Join(o.dir, "bank")
	return audit.Options{Books: books, Archive: filepath.Join(o.dir, "archive"), Bank: func() *banksim.Books { return o.bank.Books() },
		Outbox: filepath.Join(root, "outbox"), Taken: filepath.Join(root, ".bank", "taken"), Corporate: corporate, Facility: "PWK", BusinessDays: businessDays, Window: o.gate.SettlementWindow, Location: wib}
}

// memory is a folder in memory, where there is one.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func (o *office) Now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) at(hour, minute int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

func (o *office) date() string { return o.day.Format(time.DateOnly) }

func (o *office) tomorrow() { o.day = o.day.AddDate(0, 0, 1) }

// tell tells the auditor something, and keeps it for other auditors.
func (o *office) tell(fn func(*audit.Auditor)) {
	fn(o.auditor)
	o.told = append(o.told, fn)
}

// wage is the wage of the n-th invented beneficiary, n from 1. Some names are
// not written in the bank's letters.
func wage(n int) ledger.Wage {
	name := fmt.Sprintf("WARGA CONTOH %03d", n)
	switch n % 10 {
	case 3:
		name = fmt.Sprintf("Réka d’Aneh %03d", n)
	case 7:
		name = fmt.Sprintf("WARGA DENGAN NAMA YANG TERLALU PANJANG SEKALI %03d", n)
	}
	return ledger.Wage{Beneficiary: fmt.Sprintf("W%05d", n), Name: name, Account: fmt.Sprintf("9990%011d", n), Amount: ledger.Money(n) * 1000_00, Remark: "PREMI"}
}

// wages imports and approves a sheet of n wages.
func (o *office) wages(n int) {
	o.Helper()
	first := o.proposed + 1
	o.proposed += n
	var total ledger.Money
	var told []audit.Wage
	for i := range n {
		w := wage(first + i)
		total += w.Amount
		told = append(told, audit.Wage{Beneficiary: w.Beneficiary, Name: w.Name, Account: w.Account, Amount: int64(w.Amount), Period: o.period})
	}
	stored, err := o.books.Archive().Put(strings.NewReader(fmt.Sprintf("wages from %d, %d of them", first, n)))
	if err != nil {
		o.Fatal(err)
	}
	in := ledger.SheetImport{Facility: o.facility, Name: fmt.Sprintf("premi-%d.csv", first), File: stored, Period: o.period, Count: int64(n), Total: total}
	ctx := context.Background()
	s, again, err := o.books.ImportWages(ctx, clerk, in, func(add func(ledger.Wage) error) (string, error) {
		for i := range n {
			w := wage(first + i)
			w.Line = int64(i + 2)
			if err := add(w); err != nil {
				return "", err
			}
		}
		return fmt.Sprintf("%064d", first), nil
	})
	if err != nil || again {
		o.Fatal(again, err)
	}
	if _, err := o.books.ApproveSheet(ctx, approver, s.ID, o.date(), ledger.Limits{}); err != nil {
		o.Fatal(err)
	}
	o.tell(func(a *audit.Auditor) { a.Approved(told) })
}

// roster is the roster in force: everybody's account as in their wages, but for
// those that were moved.
func (o *office) roster(moved map[int]string) *ledger.Accounts {
	o.Helper()
	ctx := context.Background()
	stored, err := o.books.Archive().Put(strings.NewReader(fmt.Sprintf("roster %v of %d", moved, o.proposed)))
	if err != nil {
		o.Fatal(err)
	}
	r, again, err := o.books.ImportRoster(ctx, clerk, o.facility, "roster.csv", stored, func(add func(ledger.RosterLine) error) error {
		for n := 1; n <= o.proposed; n++ {
			w := wage(n)
			if account := moved[n]; account != "" {
				w.Account = account
			}
			if err := add(ledger.RosterLine{Line: int64(n), Beneficiary: w.Beneficiary, RegisterNumber: "B.I", Name: w.Name, Account: w.Account}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		o.Fatal(err)
	}
	if !again {
		if err := o.books.ApproveRoster(ctx, approver, r.ID); err != nil {
			o.Fatal(err)
		}
	}
	accounts, err := o.books.Accounts(ctx, r)
	if err != nil {
		o.Fatal(err)
	}
	for n, account := range moved {
		w := wage(n)
		o.tell(func(a *audit.Auditor) { a.Corrected(w.Beneficiary, w.Name, account) })
	}
	return accounts
}

// repay lets people approve that failed deposits are paid again.
func (o *office) repay(moved map[int]string, refs ...string) {
	o.Helper()
	ctx := context.Background()
	s, err := o.books.ProposeRepayment(ctx, clerk, o.facility, refs, "once more", o.roster(moved))
	if err != nil {
		o.Fatal(err)
	}
	if _, err := o.books.ApproveSheet(ctx, approver, s.ID, o.date(), ledger.Limits{}); err != nil {
		o.Fatal(err)
	}
	o.tell(func(a *audit.Auditor) { a.RepaymentApproved(refs) })
}

// look tells the auditor what has changed in the inbox.
func (o *office) look() {
	o.Helper()
	dir := filepath.Join(o.dir, "bank", "inbox")
	entries, err := os.ReadDir(dir)
	if err != nil {
		o.Fatal(err)
	}
	there := map[string]bool{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			o.Fatal(err)
		}
		info, err := e.Info()
		if err != nil {
			o.Fatal(err)
		}
		there[e.Name()] = true
		if as := string(data) + info.ModTime().String(); o.inbox[e.Name()] != as {
			o.inbox[e.Name()] = as
			f := audit.Published{Name: e.Name(), Bytes: data, Modified: info.ModTime(), At: o.Now()}
			o.tell(func(a *audit.Auditor) { a.Published(f) })
		}
	}
	for name := range o.inbox {
		if !there[name] {
			delete(o.inbox, name)
			o.tell(func(a *audit.Auditor) { a.Withdrawn(name) })
		}
	}
}

// put lets a file appear in the inbox.
func (o *office) put(name string, data []byte) {
	o.Helper()
	path := filepath.Join(o.dir, "bank", "inbox", name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		o.Fatal(err)
	}
	if err := os.Chtimes(path, o.Now(), o.Now()); err != nil {
		o.Fatal(err)
	}
	o.look()
}

// work lets the bank work in the morning.
func (o *office) work() {
	o.Helper()
	o.at(9, 0)
	if _, err := o.bank.Work(context.Background(), o.Now()); err != nil {
		o.Fatal(err)
	}
	o.look()
}

// night runs a night in the evening, and has it examined.
func (o *office) night(want gateway.Outcome) audit.Night {
	o.Helper()
	o.at(19, 30)
	r, err := o.run.Run(context.Background(), o.date(), "")
	if err != nil {
		o.Fatal(err)
	}
	if r.Outcome != want {
		o.Fatalf("night of %s: %s, want %s: %v", o.date(), r.Outcome, want, r.Err())
	}
	n := audit.Night{Date: o.date(), Outcome: string(r.Outcome), Reached: true, Began: o.Now()}
	o.look()
	o.examine(n)
	return n
}

func (o *office) examine(n audit.Night) {
	o.Helper()
	found, err := o.auditor.Examine(context.Background(), n)
	if err != nil {
		o.Fatal(err)
	}
	for _, v := range found {
		o.Errorf("night of %s: %s", n.Date, v)
	}
}

// batches returns the batches, oldest first.
func (o *office) batches() []ledger.Batch {
	o.Helper()
	list, err := o.books.Batches(context.Background(), 0)
	if err != nil {
		o.Fatal(err)
	}
	return list
}

// exists says whether a file of the bank is there.
func (o *office) exists(elements ...string) bool {
	o.Helper()
	_, err := os.Stat(filepath.Join(append([]string{o.dir, "bank"}, elements...)...))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		o.Fatal(err)
	}
	return err == nil
}
