package main_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bekal/gateway/banksim"
	"bekal/gateway/credentials"

	"golang.org/x/crypto/ssh"
)

const (
	cycleSeed     = 1
	cycleDeposits = 1_000_000 // unless BEKAL_BENCH_DEPOSITS says otherwise
	cycleSendDay  = "2026-11-23"
	cycleReadDay  = "2026-11-24"
)

// BenchmarkCycle is the whole life of a great many deposits through the real
// program: it builds bekal and runs its commands as processes of their own, one
// after the other, as a facility would. The simulated bank is in the process of
// the benchmark, so that its memory does not count; its working time stands
// apart. Nothing here fails for being slow.
//
// Beside it the sqlite3 shell does the least that could be called the same
// work: it imports the same deposits and the same answers of the bank as CSV,
// and joins them.
func BenchmarkCycle(b *testing.B) {
	n := cycleCount(b)
	for b.Loop() {
		c := newCycle(b, n)
		c.run()
		c.table(b)
		c.report(b)
	}
}

func cycleCount(b *testing.B) int {
	text := os.Getenv("BEKAL_BENCH_DEPOSITS")
	if text == "" {
		return cycleDeposits
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("BEKAL_BENCH_DEPOSITS=%s: must be a number of deposits", text)
	}
	return n
}

// cycle is one facility, its bank, and what was measured of them.
type cycle struct {
	b        *testing.B
	n        int
	total    int64 // rupiah
	dir      string
	binary   string
	bank     *banksim.Bank
	bankRoot string

	roster, wages, approve, send, read, verify usage
	sent, answered                             nightSteps
	work                                       time.Duration // of the bank
	shell                                      shellTimes
}

// usage is what one process took.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // KiB of memory
}

func (u usage) plus(v usage) usage {
	return usage{u.wall + v.wall, u.cpu + v.cpu, max(u.peak, v.peak)}
}

// nightSteps is what `bekal night --json` says.
type nightSteps struct {
	Outcome string `json:"outcome"`
	Steps   []struct {
		Step    string           `json:"step"`
		Seconds float64          `json:"seconds"`
		Counts  map[string]int64 `json:"counts"`
	} `json:"steps"`
}

func newCycle(b *testing.B, n int) *cycle {
	c := &cycle{b: b, n: n, dir: b.TempDir()}
	c.binary = filepath.Join(c.dir, "bekal")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", c.binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	c.startBank()
	c.sheets()
	c.init()
	return c
}

// startBank starts a bank that errs about as often as a bad one does. It
// repeats and damages no line: the shell could not import those.
func (c *cycle) startBank() {
	identity := filepath.Join(c.dir, "bank_ed25519")
	if _, err := credentials.GenerateIdentity(identity, "bekal benchmark"); err != nil {
		c.b.Fatal(err)
	}
	signer, err := credentials.Signer(identity, "")
	if err != nil {
		c.b.Fatal(err)
	}
	zone := time.FixedZone("WIB", 7*60*60)
	now := func() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, zone) }
	c.bankRoot = filepath.Join(c.dir, "bank")
	c.bank, err = banksim.Start(c.b.Context(), banksim.Options{Seed: cycleSeed, Now: now, Location: zone, Root: c.bankRoot, User: "lppwk", AuthorizedKey: signer.PublicKey(),
		CorporateCode: "LPPWK", Light: true,
		Faults: banksim.Faults{Missing: 2, Unknown: 1, Amount: 1, Account: 1, Name: 5, Rejected: 20, Returned: 2, Pending: 5, Late: 3}})
	if err != nil {
		c.b.Fatal(err)
	}
	c.b.Cleanup(func() {
		if err := c.bank.Close(); err != nil {
			c.b.Error(err)
		}
	})
}

// sheets writes the invented roster and wage sheet.
func (c *cycle) sheets() {
	c.writeCSV("roster.csv", func(add func(...string)) {
		add("beneficiary_id", "register_number", "name", "account")
		for i := range c.n {
			v := banksim.Invent(cycleSeed, i)
			add(v.BeneficiaryID, v.RegisterNumber, v.Name, v.Account)
		}
	})
	c.writeCSV("wages.csv", func(add func(...string)) {
		add("beneficiary_id", "name", "account", "amount", "remark")
		for i := range c.n {
			v := banksim.Invent(cycleSeed, i)
			rupiah := int64(v.Amount) / 100
			c.total += rupiah
			add(v.BeneficiaryID, v.Name, v.Account, strconv.FormatInt(rupiah, 10), "PREMI OKTOBER")
		}
	})
}

func (c *cycle) writeCSV(name string, rows func(add func(...string))) {
	f, err := os.Create(filepath.Join(c.dir, name))
	if err != nil {
		c.b.Fatal(err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	w := csv.NewWriter(out)
	rows(func(cells ...string) {
		if err := w.Write(cells); err != nil {
			c.b.Fatal(err)
		}
	})
	w.Flush()
	for _, err := range []error{w.Error(), out.Flush(), f.Close()} {
		if err != nil {
			c.b.Fatal(err)
		}
	}
}

// init sets the facility up, with batches as large as the sheet.
func (c *cycle) init() {
	key := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(c.bank.HostKey())))
	c.bekal(nil, "init", "--dir", c.dir, "--facility", "PWK", "--facility-name", "Lapas Contoh", "--timezone", "Asia/Jakarta", "--corporate-code", "LPPWK",
		"--debit-account", "999000000000001", "--bank-address", c.bank.Address(), "--bank-user", "lppwk", "--identity", filepath.Join(c.dir, "bank_ed25519"),
		"--host-key", key, "--remote-outbox", "/outbox", "--remote-inbox", "/inbox")
	path := filepath.Join(c.dir, "bekal.yaml")
	config, err := os.ReadFile(path)
	if err != nil {
		c.b.Fatal(err)
	}
	text := string(config)
	for _, edit := range [][2]string{
		{"max_deposits_per_batch: 50000", "max_deposits_per_batch: " + strconv.Itoa(c.n)},
		{`batch: "Rp 10.000.000.000"`, `batch: ""`},
	} {
		if strings.Count(text, edit[0]) != 1 {
			c.b.Fatalf("bekal.yaml does not say %q once", edit[0])
		}
		text = strings.Replace(text, edit[0], edit[1], 1)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.b.Fatal(err)
	}
}

// run takes every deposit from the sheet to the report.
func (c *cycle) run() {
	c.roster = c.bekal(nil, "roster", "import", filepath.Join(c.dir, "roster.csv"), "--by", "sari")
	c.roster = c.roster.plus(c.bekal(nil, "roster", "approve", "--by", "budi"))

	c.wages = c.bekal(nil, "wages", "import", filepath.Join(c.dir, "wages.csv"), "--period", "2026-10", "--count", strconv.Itoa(c.n), "--total", strconv.FormatInt(c.total, 10), "--by", "sari")
	c.approve = c.bekal(nil, "wages", "approve", "1", "--by", "budi")
	c.send = c.bekal(&c.sent, "night", "--date", cycleSendDay, "--json")
	c.shellDeposits()
	c.settle()
	c.read = c.bekal(&c.answered, "night", "--date", cycleReadDay, "--json")
	lines := c.shellAnswers()
	c.runShell()

	c.verify = c.bekal(nil, "ledger", "verify")
	c.check(lines)
}

// settle is the bank's working day.
func (c *cycle) settle() {
	day, err := time.Parse(time.DateOnly, cycleReadDay)
	if err != nil {
		c.b.Fatal(err)
	}
	began := time.Now()
	done, err := c.bank.Work(c.b.Context(), day)
	c.work = time.Since(began)
	if err != nil {
		c.b.Fatal(err)
	}
	if done.Deposits != int64(c.n) {
		c.b.Fatalf("the bank got %d deposits of %d", done.Deposits, c.n)
	}
}

// check makes sure that what was measured did what it should.
func (c *cycle) check(lines int64) {
	for _, night := range []nightSteps{c.sent, c.answered} {
		if night.Outcome != "ran" {
			c.b.Fatalf("a night ended %s", night.Outcome)
		}
	}
	if got := c.answered.count("deposits answered"); got != lines {
		c.b.Fatalf("%d of %d answers were reconciled", got, lines)
	}
	var proof struct {
		Proven bool `json:"proven"`
	}
	c.bekal(&proof, "proof", "--json")
	if !proof.Proven {
		c.b.Fatal("the proof does not balance")
	}
}

func (s nightSteps) count(what string) int64 {
	var n int64
	for _, step := range s.Steps {
		n += step.Counts[what]
	}
	return n
}

func (s nightSteps) seconds(step string) float64 {
	for _, x := range s.Steps {
		if x.Step == step {
			return x.Seconds
		}
	}
	return 0
}

// bekal runs one command to its end. What it prints is decoded into out, unless
// that is nil.
func (c *cycle) bekal(out any, args ...string) usage {
	args = append([]string{"--config", filepath.Join(c.dir, "bekal.yaml")}, args...)
	printed, u := c.measure(exec.CommandContext(c.b.Context(), c.binary, args...))
	if out != nil {
		if err := json.Unmarshal(printed, out); err != nil {
			c.b.Fatalf("bekal %s: %v", strings.Join(args, " "), err)
		}
	}
	return u
}

// measure runs a process to its end.
func (c *cycle) measure(cmd *exec.Cmd) ([]byte, usage) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// Linux counts the peak of the process that starts another one into the
	// peak of the started one. So this one shrinks first, and forgets its own
	// peak; where that can't be done, the figure is too high rather than too low.
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	began := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(began)}
	if err != nil {
		c.b.Fatalf("%s: %v\n%s%s", cmd, err, &stdout, &stderr)
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.peak = r.Maxrss
	}
	return stdout.Bytes(), u
}
