package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bekal/configs"
	"bekal/gateway/banksim"
	"bekal/gateway/sftp/sftptest"
	"bekal/reconcile/ledger"

	"golang.org/x/crypto/ssh"
)

// proxyWages is how many wages a sheet of these tests has: as many as make a
// transfer file of more than one SSH packet.
const proxyWages = 220

// proxied is a facility whose bank has its folders on a real server, behind a
// proxy that spoils the line.
type proxied struct {
	*facility
	proxy   *sftptest.Proxy
	history *outboxHistory
	root    string // of the bank
	day     time.Time
	sheets  int
	all     ledger.Tally // what was approved
	wages   map[wage]int // the same, one by one
	config  string       // the text of the configuration
}

// wage tells the wages of these tests apart.
type wage struct {
	account string
	amount  ledger.Money
}

// newProxied sets a facility up, up to where it has a roster. tidies is what
// becomes of an answer that was read: "keep", "move" or "delete".
func newProxied(t *testing.T, kind sftptest.Kind, tidies string) *proxied {
	t.Helper()
	f := setUp(t)
	key, err := f.identity()
	if err != nil {
		t.Fatal(err)
	}
	server := kind.Start(t, sftptest.Wants{Keys: []ssh.PublicKey{key}})
	x := &proxied{facility: f, proxy: sftptest.StartProxy(t, server.Address), root: server.Root, wages: map[wage]int{}, day: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	for _, name := range []string{"outbox", "inbox", "done"} {
		folder := filepath.Join(x.root, name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(folder, 0o777); err != nil { //nolint:gosec // the server may run as another user than the test
			t.Fatal(err)
		}
	}
	// The bank works in the folders of that server, and nobody asks its own.
	if err := f.startBank(func(o *banksim.Options) { o.Root, o.Done = x.root, "/done" }); err != nil {
		t.Fatal(err)
	}
	x.history = newOutboxHistory(t, filepath.Join(x.root, "outbox"))
	if err := f.invent(proxyWages); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		f.initArgs(x.proxy.Address(), authorizedLine(server.HostKeys[0])),
		{"roster", "import", f.path("roster.csv"), "--by", importer},
		{"roster", "approve", "--by", approver},
	} {
		f.must(t, exitOK, args...)
	}
	done := ""
	if tidies == "move" {
		done = filepath.Join(x.root, "done")
	}
	// Many nights may pass before an answer is read: that is not what is looked
	// at here.
	if err := f.configure("user: "+testUser, "user: "+server.User, "outbox: /outbox", "outbox: "+filepath.Join(x.root, "outbox"), "inbox: /inbox", "inbox: "+filepath.Join(x.root, "inbox"),
		"after_collect: keep", "after_collect: "+tidies, `done: ""`, fmt.Sprintf("done: %q", done), "settlement_window_days: 2", "settlement_window_days: 60"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(f.path(configs.FileName))
	if err != nil {
		t.Fatal(err)
	}
	x.config = string(text)
	f.must(t, exitOK, "bank", "check")
	return x
}

func (x *proxied) today() string { return x.day.Format(time.DateOnly) }

// owes imports and approves the sheet of one more month.
func (x *proxied) owes(t *testing.T) {
	t.Helper()
	x.sheets++
	rows := [][]string{{"beneficiary_id", "name", "account", "amount", "remark"}}
	sum := ledger.Tally{}
	for i := range proxyWages {
		v := banksim.Invent(testSeed, i)
		amount := v.Amount + ledger.Money(x.sheets)*1000_00
		rows = append(rows, []string{v.BeneficiaryID, v.Name, v.Account, fmt.Sprint(int64(amount) / 100), fmt.Sprintf("PREMI %d", x.sheets)})
		x.wages[wage{v.Account, amount}]++
		sum = sum.Plus(ledger.Tally{Count: 1, Total: amount})
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	path := x.path(fmt.Sprintf("wages-%d.csv", x.sheets))
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	month := time.Date(2026, time.Month(x.sheets), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	x.must(t, exitOK, "wages", "import", path, "--period", month, "--count", fmt.Sprint(sum.Count), "--total", fmt.Sprint(int64(sum.Total)/100), "--by", importer)
	x.must(t, exitOK, "wages", "approve", fmt.Sprint(x.sheets), "--by", approver)
	x.all = x.all.Plus(sum)
}

// nextDay goes on to the next business day.
func (x *proxied) nextDay() {
	for {
		x.day = x.day.AddDate(0, 0, 1)
		if w := x.day.Weekday(); w != time.Saturday && w != time.Sunday {
			return
		}
	}
}

// answers has the bank work, and says how many files it answered with. They are
// made to be read by the server's user too.
func (x *proxied) answers(t *testing.T) int {
	t.Helper()
	x.nextDay()
	day := x.bankWorks(t, x.today())
	if len(day.Refused) > 0 {
		t.Errorf("the bank refused %v", day.Refused)
	}
	files, err := filepath.Glob(filepath.Join(x.root, "inbox", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.Chmod(file, 0o644); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
	}
	return len(day.Answered)
}

// noWageTwice reads every file that has got its final name since: it must be
// whole, and order no wage that was ordered before.
func (x *proxied) noWageTwice(t *testing.T) {
	t.Helper()
	if err := x.history.read(filepath.Join(x.root, ".bank", "taken")); err != nil {
		t.Error(err)
	}
	for w, n := range x.history.wages {
		if n > x.wages[w] {
			t.Errorf("a wage of %s was ordered %d times, and approved %d times", w.amount, n, x.wages[w])
		}
	}
}
