package gateway_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/gateway/sftp"
	"bekal/reconcile"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"
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

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(child())
	}
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	// Nights mostly wait, for the disk and for one another's answers. A course
	// of events takes a second or two: more of them by -rapid.checks.
	for name, value := range map[string]string{"test.parallel": "8", "rapid.checks": "12"} {
		if given[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// tb is what both testing.T and rapid.T give.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Failed() bool
	Cleanup(func())
}

// weekdays is a calendar that knows no holidays.
type weekdays struct{}

func (weekdays) AddBusinessDays(t time.Time, n int) (time.Time, bool) {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if d := t.Weekday(); d != time.Saturday && d != time.Sunday {
			n--
		}
	}
	return t, true
}

// watch is the clock of the facility and of its bank.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func (w *watch) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) set(date string, hour, minute int) {
	day, err := time.ParseInLocation(time.DateOnly, date, wib)
	if err != nil {
		panic(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// setup is what tests change before an office opens.
type setup struct {
	bank  banksim.Options
	wire  sftp.Options
	gate  gateway.Bank
	known ssh.PublicKey // pinned instead of the bank's own key
}

// office is a facility with its books, its bank and its nights, all real but
// for the bank's money.
type office struct {
	tb
	*watch
	books    *ledger.Ledger
	facility ledger.Facility
	bank     *banksim.Bank
	gate     *gateway.Bank
	run      *gateway.Night
	wire     sftp.Options
	dir      string // everything lies here; the bank's tree in "bank"
	log      *notes
	shadow   *shadow
	dials    int
}

func key(b byte) ssh.Signer {
	s, err := ssh.NewSignerFromSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize)))
	if err != nil {
		panic(err)
	}
	return s
}

// shipped are the layouts of the program, compiled once for all tests.
var shipped = sync.OnceValues(func() (*layouts.Set, error) { return layouts.Load("") })

// gateDefaults is the bank as the night sees it, without a way to dial it.
func gateDefaults() (gateway.Bank, error) {
	b := gateway.Bank{Outbox: "/outbox", Inbox: "/inbox", AfterCollect: "keep", CorporateCode: corporate, DebitAccount: debit, Calendar: weekdays{}, SettlementWindow: 2, MaxDeposits: 1000}
	set, err := shipped()
	if err != nil {
		return b, err
	}
	for name, into := range map[string]**formats.Plan{"bri-transfer": &b.Transfer, "bri-ack": &b.Acknowledgement, "bri-settlement": &b.Settlement} {
		p, ok := set.Plan(name)
		if !ok {
			return b, fmt.Errorf("no layout %s", name)
		}
		*into = p
	}
	return b, nil
}

// memory is a folder that is a file system in memory, where there is one with
// room: the books sync often, and hundreds of nights would wait for the disk.
func memory() string {
	const dir, room = "/dev/shm", 512 << 20
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil || uint64(fs.Bsize)*fs.Bavail < room {
		return ""
	}
	return dir
}

// open opens an office on Monday 2026-11-23 at noon, with a bank that makes no
// faults.
func open(t tb, changes ...func(*setup)) *office {
	t.Helper()
	dir, err := os.MkdirTemp(memory(), "bekal-night-")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{tb: t, watch: &watch{}, dir: dir, log: &notes{}, shadow: newShadow()}
	t.Cleanup(func() {
		tellsNoAccount(t, o.log.String())
		if t.Failed() {
			t.Logf("log:\n%s", o.log)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("%v", err)
		}
	})
	o.set("2026-11-23", 12, 0)
	gate, err := gateDefaults()
	if err != nil {
		t.Fatal(err)
	}
	s := &setup{bank: banksim.Options{Seed: 7, Now: o.Now, Location: wib, Root: filepath.Join(dir, "bank"), User: user, AuthorizedKey: key(1).PublicKey(), CorporateCode: corporate},
		wire: sftp.Options{User: user, Signers: []ssh.Signer{key(1)}, KnownHosts: filepath.Join(dir, "known_hosts")},
		gate: gate}
	s.bank.Transfer, s.bank.Acknowledgement, s.bank.Settlement = s.gate.Transfer, s.gate.Acknowledgement, s.gate.Settlement
	for _, change := range changes {
		change(s)
	}
	o.start(s)
	return o
}

func (o *office) start(s *setup) {
	o.Helper()
	ctx := context.Background()
	var err error
	if o.bank, err = banksim.Start(ctx, s.bank); err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() {
		if err := o.bank.Close(); err != nil {
			o.Errorf("close the bank: %v", err)
		}
	})
	if s.known == nil {
		s.known = o.bank.HostKey()
	}
	if err := sftp.Pin(s.wire.KnownHosts, o.bank.Address(), s.known); err != nil {
		o.Fatal(err)
	}
	s.wire.Address = o.bank.Address()
	o.wire, o.gate = s.wire, &s.gate
	if o.books, err = ledger.Create(ctx, o.ledgerOptions()); err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() {
		if err := o.books.Close(); err != nil {
			o.Errorf("close the ledger: %v", err)
		}
	})
	if o.facility, err = o.books.EnsureFacility(ctx, itself, ledger.Facility{Code: "PWK", Name: "Lapas Contoh", Timezone: "Asia/Jakarta"}); err != nil {
		o.Fatal(err)
	}
	if o.gate.Bank, err = o.books.EnsureBank(ctx, itself, "BRI"); err != nil {
		o.Fatal(err)
	}
	o.gate.Dial = func(ctx context.Context, log *slog.Logger) (gateway.Transport, error) {
		o.dials++
		wire := o.wire
		wire.Log = log
		return sftp.Dial(ctx, wire)
	}
	o.run = &gateway.Night{Ledger: o.books, Facility: o.facility, Location: wib, Banks: []*gateway.Bank{o.gate}, Actor: itself, Now: o.Now,
		Log: logTo(o.log)}
}

func (o *office) ledgerOptions() ledger.Options {
	return ledger.Options{Path: filepath.Join(o.dir, "bekal.db"), Archive: filepath.Join(o.dir, "archive"), Now: o.Now}
}

// wages imports and approves a sheet of n wages: 1000, 2000, ... rupiah, all of
// them different.
func (o *office) wages(n int) {
	o.Helper()
	o.approve(o.propose(n))
}

func (o *office) propose(n int) ledger.Sheet {
	o.Helper()
	first := o.shadow.proposed + 1
	o.shadow.proposed += n
	var total ledger.Money
	for i := range n {
		total += wage(first + i).Amount
	}
	stored, err := o.books.Archive().Put(strings.NewReader(fmt.Sprintf("wages from %d, %d of them", first, n)))
	if err != nil {
		o.Fatal(err)
	}
	in := ledger.SheetImport{Facility: o.facility, Name: fmt.Sprintf("premi-%d.csv", first), File: stored, Period: period, Count: int64(n), Total: total}
	s, again, err := o.books.ImportWages(context.Background(), clerk, in, func(add func(ledger.Wage) error) (string, error) {
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
	return s
}

// wage is the wage of the n-th invented beneficiary, n from 1.
func wage(n int) ledger.Wage {
	return ledger.Wage{Beneficiary: fmt.Sprintf("W%05d", n), Name: fmt.Sprintf("WARGA CONTOH %03d", n), Account: fmt.Sprintf("9990%011d", n), Amount: ledger.Money(n) * 1000_00, Remark: "PREMI"}
}

func (o *office) approve(s ledger.Sheet) {
	o.Helper()
	s, err := o.books.ApproveSheet(context.Background(), approver, s.ID, o.Now().Format(time.DateOnly), ledger.Limits{})
	if err != nil {
		o.Fatal(err)
	}
	o.shadow.approved += s.Total
	o.check()
}

// night runs a night at half past seven in the evening, checks the books, and
// fails the test when the outcome is another one.
func (o *office) night(date string, want gateway.Outcome) gateway.Result {
	o.Helper()
	return o.nightIn(context.Background(), date, want)
}

func (o *office) nightIn(ctx context.Context, date string, want gateway.Outcome) gateway.Result {
	o.Helper()
	o.set(date, 19, 30)
	r, err := o.run.Run(ctx, date, "")
	if err != nil {
		o.Fatal(err)
	}
	if r.Outcome != want {
		o.Fatalf("night of %s: %s, want %s: %v", date, r.Outcome, want, r.Err())
	}
	o.check()
	return r
}

// work lets the bank work on a morning.
func (o *office) work(date string) banksim.Day {
	o.Helper()
	o.set(date, 9, 0)
	d, err := o.bank.Work(context.Background(), o.Now())
	if err != nil {
		o.Fatal(err)
	}
	return d
}

// check holds the books against themselves, and against what the test has
// worked out by itself.
func (o *office) check() {
	o.Helper()
	ctx := context.Background()
	if _, err := o.books.Verify(ctx); err != nil {
		o.Fatal(err)
	}
	report, err := o.run.Report(ctx, o.Now().Format(time.DateOnly))
	if err != nil {
		o.Fatal(err)
	}
	if !report.Proof.Proven {
		o.Fatalf("the proof does not hold: %+v", report.Proof)
	}
	o.follow()
	if diff := cmp.Diff(o.shadow.balances(), o.balances()); diff != "" {
		o.Fatalf("the journal is not what the files say (-files +journal):\n%s", diff)
	}
	if diff := cmp.Diff(o.shadow.standing(), standing(report.Summary)); diff != "" {
		o.Fatalf("the deposits are not where the files say (-files +books):\n%s", diff)
	}
	if err := o.bank.Books().CheckOnce(); err != nil {
		o.Fatal(err)
	}
}

// balances are the debits less the credits of every account.
func (o *office) balances() map[ledger.Account]ledger.Money {
	o.Helper()
	entries, err := o.books.Journal(context.Background(), 0)
	if err != nil {
		o.Fatal(err)
	}
	m := map[ledger.Account]ledger.Money{}
	for _, e := range entries {
		for _, p := range e.Postings {
			m[p.Account] += p.Debit - p.Credit
		}
	}
	for a, v := range m {
		if v == 0 {
			delete(m, a)
		}
	}
	return m
}

// suspense is the balance of the suspense account, in rupiah.
func (o *office) suspense(want int64) {
	o.Helper()
	if got := o.balances()[ledger.Suspense]; got != ledger.Money(want*100) {
		o.Errorf("suspense is %s, want %s", got, ledger.Money(want*100))
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

// batch returns the n-th batch, n from 1.
func (o *office) batch(n int) ledger.Batch {
	o.Helper()
	list := o.batches()
	if len(list) < n {
		o.Fatalf("there are %d batches, not %d", len(list), n)
	}
	return list[n-1]
}

// states compares the states of all batches.
func (o *office) states(want ...string) {
	o.Helper()
	var got []string
	for _, b := range o.batches() {
		got = append(got, b.State)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		o.Fatalf("batches (-want +got):\n%s", diff)
	}
}

// events compares what happened to the n-th batch.
func (o *office) events(n int, want ...string) {
	o.Helper()
	events, err := o.books.BatchEvents(context.Background(), o.batch(n).ID)
	if err != nil {
		o.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, e.Event)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		o.Fatalf("events of batch %d (-want +got):\n%s", n, diff)
	}
}

// deposit compares the state of deposit n.
func (o *office) deposit(n int, want string) ledger.Life {
	o.Helper()
	life, err := o.books.Life(context.Background(), o.shadow.deposit(o, n).reference)
	if err != nil {
		o.Fatal(err)
	}
	if life.State != want {
		o.Errorf("deposit %d is %s, want %s", n, life.State, want)
	}
	return life
}

// mismatches compares the open mismatches, each in one line: kind, reference,
// file and line, field and columns. Deposit 3 reads d3, batch 1 reads b1.
func (o *office) mismatches(want ...string) []reconcile.Mismatch {
	o.Helper()
	list, err := o.run.Mismatches(context.Background(), o.Now().Format(time.DateOnly), false)
	if err != nil {
		o.Fatal(err)
	}
	var got []string
	for _, m := range list {
		got = append(got, o.line(m))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		o.Fatalf("mismatches (-want +got):\n%s", diff)
	}
	return list
}

func (o *office) line(m reconcile.Mismatch) string {
	s := string(m.Kind) + " " + m.Reference
	if m.File != "" {
		s += fmt.Sprintf(" %s:%d", m.File, m.Line)
	}
	if m.Field != "" {
		s += " " + m.Field
	}
	if m.From > 0 {
		s += fmt.Sprintf("[%d-%d]", m.From, m.To)
	}
	return o.short(s)
}

// short writes d3 and b1 for the references of ours.
func (o *office) short(s string) string {
	for i, b := range o.shadow.batches {
		s = strings.ReplaceAll(s, b.reference, fmt.Sprintf("b%d", i+1))
		for _, d := range b.deposits {
			s = strings.ReplaceAll(s, d.reference, fmt.Sprintf("d%d", d.number))
		}
	}
	return s
}

// step returns how a step of a night ended.
func step(t tb, r gateway.Result, name string) gateway.StepResult {
	t.Helper()
	for _, s := range r.Steps {
		if s.Step == name {
			return s
		}
	}
	t.Fatalf("the night had no step %s", name)
	return gateway.StepResult{}
}

// outcomes compares the outcomes of the steps: those that are named, and all
// others ran.
func outcomes(t tb, r gateway.Result, degraded ...string) {
	t.Helper()
	var got []string
	for _, s := range r.Steps {
		if s.Outcome != gateway.Ran {
			got = append(got, s.Step)
		}
	}
	if diff := cmp.Diff(degraded, got); diff != "" {
		t.Fatalf("steps that did not run well (-want +got):\n%s\n%v", diff, r.Err())
	}
	if len(r.Steps) != len(gateway.Steps()) {
		t.Fatalf("%d steps, want %d", len(r.Steps), len(gateway.Steps()))
	}
}

// count is a number that a step gives.
func count(s gateway.StepResult, what string) int64 {
	for _, c := range s.Counts {
		if c.What == what {
			return c.N
		}
	}
	return 0
}

// hint is what an error tells people to do.
func hint(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// says fails unless err says all the words.
func says(t tb, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", words)
	}
	for _, w := range words {
		if !regexp.MustCompile(w).MatchString(err.Error()) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

// outbox and inbox are the bank's folders on disk.
func (o *office) outbox(name string) string { return filepath.Join(o.dir, "bank", "outbox", name) }
func (o *office) inbox(name string) string  { return filepath.Join(o.dir, "bank", "inbox", name) }

// put lets a file appear in the bank's inbox.
func (o *office) put(name string, data []byte) {
	o.Helper()
	o.write(o.inbox(name), data)
}

func (o *office) write(path string, data []byte) {
	o.Helper()
	if err := os.WriteFile(path, data, 0o640); err != nil {
		o.Fatal(err)
	}
}

func (o *office) read(path string) []byte {
	o.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		o.Fatal(err)
	}
	return data
}

// ls lists a folder of the bank.
func (o *office) ls(folder string, want ...string) {
	o.Helper()
	entries, err := os.ReadDir(filepath.Join(o.dir, "bank", folder))
	if err != nil {
		o.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, o.short(e.Name()))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		o.Fatalf("%s (-want +got):\n%s", folder, diff)
	}
}

// archived returns the bytes of a file of the books.
func (o *office) archived(sha string) []byte {
	o.Helper()
	f, err := o.books.Archive().Open(sha)
	if err != nil {
		o.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		o.Fatal(err)
	}
	return data
}

func (o *office) remove(path string) {
	o.Helper()
	if err := os.Remove(path); err != nil {
		o.Fatal(err)
	}
}

// hooked is a connection on which somebody else acts at the worst moment. Each
// function is called once.
type hooked struct {
	gateway.Transport
	rename func(from, to string)
	// Each gets the path.
	download, downloading, downloaded func(string)
}

// wrap lets h stand between the night and the bank.
func (o *office) wrap(h *hooked) {
	dial := o.gate.Dial
	o.gate.Dial = func(ctx context.Context, log *slog.Logger) (gateway.Transport, error) {
		t, err := dial(ctx, log)
		if err != nil {
			return nil, err
		}
		h.Transport = t
		return h, nil
	}
}

// Rename lets somebody act just before the server renames.
func (h *hooked) Rename(ctx context.Context, from, to string) error {
	if h.rename != nil {
		h.rename(from, to)
		h.rename = nil
	}
	return h.Transport.Rename(ctx, from, to)
}
