package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"bekal/configs"
	"bekal/gateway/banksim"
	"bekal/gateway/credentials"
	"bekal/reconcile"
	"bekal/reconcile/ledger"
	"bekal/reconcile/report"

	"golang.org/x/crypto/ssh"
)

// What every test facility has. All account numbers of the tests, this one
// included, begin with 999.
const (
	testCorporate = "LPPWK"
	testDebit     = "999000000000001"
	testUser      = "lppwk"
	testPeriod    = "2026-10"
	testSeed      = 2026
)

// Two people, since one alone cannot move money.
const (
	importer = "sari"
	approver = "budi"
)

// clock is a clock that stands until it is set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// at is a time of a day in the zone of the tests' facility.
func at(day string, hour int) (time.Time, error) {
	date, err := time.ParseInLocation(time.DateOnly, day, time.FixedZone("WIB", 7*60*60))
	return date.Add(time.Duration(hour) * time.Hour), err
}

// facility is a prison's finance office as IT sets it up, in a folder of its
// own, with a simulated bank where the test wants one.
type facility struct {
	dir   string
	clock clock // of the bank, and of the program where it runs inside the test
	bank  *banksim.Bank
	paid  ledger.Money // total of the wages on the sheet
	count int
	logs  logs
}

// newFacility begins a facility in a folder.
func newFacility(dir string) (*facility, error) {
	f := &facility{dir: dir}
	begin, err := at("2026-11-23", 9)
	f.clock.set(begin)
	return f, err
}

func (f *facility) path(name string) string { return filepath.Join(f.dir, name) }

// identity makes the key that the bank knows us by, once.
func (f *facility) identity() (ssh.PublicKey, error) {
	if _, err := os.Stat(f.path("bank_ed25519")); err != nil {
		if _, err := credentials.GenerateIdentity(f.path("bank_ed25519"), "test"); err != nil {
			return nil, err
		}
	}
	signer, err := credentials.Signer(f.path("bank_ed25519"), "")
	if err != nil {
		return nil, err
	}
	return signer.PublicKey(), nil
}

// startBank starts a simulated bank; edit may change its options. One that ran
// before in this folder goes on, at its old address.
func (f *facility) startBank(edit func(*banksim.Options)) error {
	key, err := f.identity()
	if err != nil {
		return err
	}
	o := banksim.Options{Seed: testSeed, Now: f.clock.Now, Root: f.path("bank"), User: testUser, AuthorizedKey: key, CorporateCode: testCorporate}
	if f.bank != nil {
		o.Listen = f.bank.Address()
	}
	if edit != nil {
		edit(&o)
	}
	f.bank, err = banksim.Start(context.Background(), o)
	return err
}

func (f *facility) close() error {
	if f.bank == nil {
		return nil
	}
	return f.bank.Close()
}

// initArgs is the command line that sets the facility up.
func (f *facility) initArgs(address, hostKey string) []string {
	return []string{"init", "--dir", f.dir, "--facility", "PWK", "--facility-name", "Lapas Contoh", "--timezone", "Asia/Jakarta", "--corporate-code", testCorporate, "--debit-account", testDebit,
		"--bank-address", address, "--bank-user", testUser, "--identity", f.path("bank_ed25519"), "--host-key", hostKey, "--remote-outbox", "/outbox", "--remote-inbox", "/inbox", "--language", "en"}
}

// configure changes lines of the configuration file. Each pair is a text that
// must be there, and what takes its place.
func (f *facility) configure(pairs ...string) error {
	path := f.path(configs.FileName)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(data)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			return fmt.Errorf("%s does not say %q", path, pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// invent writes roster.csv and wages.csv of n invented people.
func (f *facility) invent(n int) error {
	people := [][]string{{"beneficiary_id", "register_number", "name", "account"}}
	wages := [][]string{{"beneficiary_id", "name", "account", "amount", "remark"}}
	f.paid, f.count = 0, n
	for i := range n {
		v := banksim.Invent(testSeed, i)
		people = append(people, []string{v.BeneficiaryID, v.RegisterNumber, v.Name, v.Account})
		wages = append(wages, []string{v.BeneficiaryID, v.Name, v.Account, fmt.Sprint(int64(v.Amount) / 100), "PREMI OKTOBER"})
		f.paid += v.Amount
	}
	for name, rows := range map[string][][]string{"roster.csv": people, "wages.csv": wages} {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
			return err
		}
		if err := os.WriteFile(f.path(name), b.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// approved sets everything up to the point where n wages are owed.
func (f *facility) approved(n int, address, hostKey string) error {
	if err := f.invent(n); err != nil {
		return err
	}
	for _, args := range [][]string{
		f.initArgs(address, hostKey),
		{"roster", "import", f.path("roster.csv"), "--by", importer},
		{"roster", "approve", "--by", approver},
		{"wages", "import", f.path("wages.csv"), "--period", testPeriod, "--count", fmt.Sprint(n), "--total", fmt.Sprint(int64(f.paid) / 100), "--by", importer},
		{"wages", "approve", "1", "--by", approver},
	} {
		if r := f.run(args...); r.code != exitOK {
			return fmt.Errorf("bekal %s: exit code %d\n%s", strings.Join(args, " "), r.code, r.stderr)
		}
	}
	// A test has no time for a patient program.
	return f.configure("retries: 4", "retries: 1")
}

// ready starts the bank and sets everything up to the point where n wages are
// owed.
func (f *facility) ready(n int, edit func(*banksim.Options)) error {
	if err := f.startBank(edit); err != nil {
		return err
	}
	return f.approved(n, f.bank.Address(), authorizedLine(f.bank.HostKey()))
}

func authorizedLine(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// work is a working pass of the bank at ten in the morning of a day.
func (f *facility) work(day string) (banksim.Day, error) {
	now, err := at(day, 10)
	if err != nil {
		return banksim.Day{}, err
	}
	f.clock.set(now)
	return f.bank.Work(context.Background(), now)
}

// ran is how a command line ended.
type ran struct {
	code           int
	stdout, stderr string
}

// run runs a command line inside the test, with the test's clock.
func (f *facility) run(args ...string) ran {
	var out, errs bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" }, now: f.clock.Now}
	if args[0] != "init" {
		args = append([]string{"--config", f.path(configs.FileName)}, args...)
	}
	r := ran{code: p.run(context.Background(), args)}
	r.stdout, r.stderr = out.String(), errs.String()
	f.logs.add(r.stderr)
	return r
}

// mismatches is what `bekal mismatch list --json` prints.
func (r ran) mismatches() ([]report.MismatchRow, error) {
	var rows []report.MismatchRow
	err := json.Unmarshal([]byte(r.stdout), &rows)
	return rows, err
}

// logs gathers what programs wrote to standard error.
type logs struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logs) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(s)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// accountForm fits every account number of the tests' data in full.
var accountForm = regexp.MustCompile(`999[0-9]{12}`)

// tellsNoAccount returns an error for the first line that holds an account
// number in full.
func tellsNoAccount(text string) error {
	for line := range strings.Lines(text) {
		if n := accountForm.FindString(line); n != "" {
			return fmt.Errorf("account number %s stands in full in: %s", n, strings.TrimSpace(line))
		}
	}
	return nil
}

// logLines are the lines that go to a log; errors and hints are for the person
// who sits there, and may say which account is meant.
func logLines(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "{") {
			out.WriteString(line)
		}
	}
	return out.String()
}

// logForm checks that standard error holds log lines, warnings, errors and
// hints, and nothing else.
func logForm(text string) error {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "{") {
			var record map[string]json.RawMessage
			if err := json.Unmarshal([]byte(line), &record); err != nil {
				return fmt.Errorf("log line %s: %w", line, err)
			}
			continue
		}
		if strings.HasPrefix(line, "  ") {
			continue // goes on from the error before it
		}
		if !strings.HasPrefix(line, "error: ") && !strings.HasPrefix(line, "hint: ") && !strings.HasPrefix(line, "warning: ") {
			return fmt.Errorf("standard error has a line of no kind: %q", line)
		}
	}
	return nil
}

// setUp is newFacility for a Go test: it closes the bank at the end, and checks
// what was logged.
func setUp(t *testing.T) *facility {
	t.Helper()
	f, err := newFacility(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.close(); err != nil {
			t.Errorf("close the bank: %v", err)
		}
		text := f.logs.String()
		if err := cmp.Or(logForm(text), tellsNoAccount(text)); err != nil {
			t.Error(err)
		}
	})
	return f
}

// must is run for a Go test that expects an exit code.
func (f *facility) must(t *testing.T, code int, args ...string) ran {
	t.Helper()
	r := f.run(args...)
	if r.code != code {
		t.Fatalf("bekal %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), r.code, code, r.stdout, r.stderr)
	}
	return r
}

// sound checks what must hold at any time: the books are whole, the proof
// balances, and the bank got nothing twice.
func (f *facility) sound(t *testing.T) {
	t.Helper()
	f.must(t, exitOK, "ledger", "verify")
	var proof struct {
		Proven bool
		Lines  []reconcile.ProofLine
	}
	if err := json.Unmarshal([]byte(f.must(t, exitOK, "proof", "--json").stdout), &proof); err != nil {
		t.Fatal(err)
	}
	if !proof.Proven || len(proof.Lines) == 0 {
		t.Errorf("not proven: %+v", proof)
	}
	if f.bank == nil {
		return
	}
	if err := f.bank.Books().CheckOnce(); err != nil {
		t.Error(err)
	}
	if v := f.bank.Books().Violations(); len(v) > 0 {
		t.Errorf("the bank met what a correct client never does: %+v", v)
	}
}

// summary is the part of the JSON report that counts the deposits.
type summary struct {
	Owed, Batched, Pending, Settled, Failed, Repaid ledger.Tally
	InTransit                                       ledger.Tally `json:"in_transit"`
}

func (f *facility) summary(t *testing.T) summary {
	t.Helper()
	var r struct{ Summary summary }
	if err := json.Unmarshal([]byte(f.must(t, exitOK, "report", "--format", "json").stdout), &r); err != nil {
		t.Fatal(err)
	}
	return r.Summary
}
