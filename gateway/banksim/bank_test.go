package banksim_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	user      = "lpcontoh"
	corporate = "LPCONTOH"
	debit     = "000901000000001"
)

var (
	wib  = time.FixedZone("WIB", 7*60*60)
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, wib)
)

// signer is the client's key, the same in every run.
func signer(t testing.TB, b byte) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// options are those of a faultless bank on a clock that stands still.
func options(t testing.TB) banksim.Options {
	t.Helper()
	return banksim.Options{
		Seed: 7, Now: func() time.Time { return noon }, Location: wib, Root: t.TempDir(),
		User: user, AuthorizedKey: signer(t, 1).PublicKey(), CorporateCode: corporate,
	}
}

func start(t testing.TB, o banksim.Options) *banksim.Bank {
	t.Helper()
	b, err := banksim.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return b
}

func clientConfig(t testing.TB, b *banksim.Bank) *ssh.ClientConfig {
	return &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(t, 1))},
		HostKeyCallback: ssh.FixedHostKey(b.HostKey()),
	}
}

func dial(t testing.TB, b *banksim.Bank, o ...sftp.ClientOption) *sftp.Client {
	t.Helper()
	conn, err := ssh.Dial("tcp", b.Address(), clientConfig(t, b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // many tests have it cut before
	c, err := sftp.NewClient(conn, o...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// plans are the embedded layouts.
type plans struct{ transfer, ack, settlement *formats.Plan }

func load(t testing.TB) plans {
	t.Helper()
	set, err := layouts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	get := func(name string) *formats.Plan {
		p, ok := set.Plan(name)
		if !ok {
			t.Fatalf("no layout %s", name)
		}
		return p
	}
	return plans{get("bri-transfer"), get("bri-ack"), get("bri-settlement")}
}

// sent is a deposit of a transfer file.
type sent struct {
	account, name, reference string
	amount                   ledger.Money
}

// wages invents n deposits; prefix keeps references of batches apart.
func wages(prefix string, n int) []sent {
	list := make([]sent, n)
	for i := range list {
		w := banksim.Invent(1, i)
		list[i] = sent{w.Account, w.Name, fmt.Sprintf("%s%0*d", prefix, 20-len(prefix), i), w.Amount}
	}
	return list
}

// transfer writes a transfer file.
func transfer(t testing.TB, p *formats.Plan, batch, code string, list []sent) []byte {
	t.Helper()
	var out bytes.Buffer
	enc := p.NewEncoder(&out, formats.EncodeOptions{})
	var total ledger.Money
	for _, s := range list {
		total += s.amount
	}
	end := func(w *formats.Writer) {
		t.Helper()
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	h := enc.Begin("H")
	h.SetText(p.Field("H", "corporate_code"), code)
	h.SetText(p.Field("H", "batch_reference"), batch)
	h.SetTime(p.Field("H", "created"), noon)
	h.SetTime(p.Field("H", "value_date"), noon)
	h.SetText(p.Field("H", "debit_account"), debit)
	h.SetInt(p.Field("H", "count"), int64(len(list)))
	h.SetInt(p.Field("H", "total"), int64(total))
	end(h)
	account, name, amount := p.Field("D", "account"), p.Field("D", "name"), p.Field("D", "amount")
	reference, remark, payee := p.Field("D", "payment_reference"), p.Field("D", "remark"), p.Field("D", "payee_id")
	for i, s := range list {
		d := enc.Begin("D")
		d.SetText(account, s.account)
		d.SetText(name, s.name)
		d.SetInt(amount, int64(s.amount))
		d.SetText(reference, s.reference)
		d.SetText(remark, "PREMI CONTOH")
		d.SetText(payee, fmt.Sprintf("P%09d", i))
		end(d)
	}
	end(enc.Begin("T"))
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// send puts a file into the outbox on disk, as if it had been delivered.
func send(t testing.TB, root, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, "outbox", name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func work(t testing.TB, b *banksim.Bank, day time.Time) banksim.Day {
	t.Helper()
	d, err := b.Work(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// line is a D record of a settlement file.
type line struct {
	Line                                   int
	Account, Name, Reference, Status, Code string
	Amount                                 ledger.Money
	Posted                                 time.Time
	Unreadable                             bool
}

// answered is a settlement file as the client sees it.
type answered struct {
	Batch, BankID string
	Lines         []line
	Control       int // disagreements of the trailer
	Errors        int
}

func (a answered) find(ref string) []line {
	var l []line
	for _, x := range a.Lines {
		if x.Reference == ref {
			l = append(l, x)
		}
	}
	return l
}

// settlement decodes a file of the inbox.
func settlement(t testing.TB, p *formats.Plan, root, name string) answered {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "inbox", name))
	if err != nil {
		t.Fatal(err)
	}
	var a answered
	text := func(r *formats.Record, f string) string { return string(r.Text(p.Field(r.Type(), f))) }
	dec := p.NewDecoder(bytes.NewReader(raw), formats.DecodeOptions{File: name})
	for dec.Next() {
		r := dec.Record()
		switch r.Type() {
		case "H":
			a.Batch, a.BankID = text(r, "batch_reference"), text(r, "bank_batch_id")
		case "D":
			l := line{
				Line: r.Line(), Account: text(r, "account"), Name: text(r, "name"), Reference: text(r, "payment_reference"),
				Status: text(r, "status"), Code: text(r, "code"), Unreadable: r.Err() != nil,
			}
			l.Amount = ledger.Money(r.Int(p.Field("D", "amount")))
			l.Posted, _ = r.Time(p.Field("D", "posted"), wib)
			a.Lines = append(a.Lines, l)
		}
	}
	a.Errors = dec.ErrorCount()
	for _, e := range dec.Errors() {
		if errors.Is(e, formats.ErrControl) {
			a.Control++
		}
	}
	if err := dec.Err(); err != nil && a.Errors == 0 {
		t.Fatal(err)
	}
	return a
}

// acknowledgement decodes an ACK: status and code.
func acknowledgement(t testing.TB, p *formats.Plan, root, name string) (status, code string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "inbox", name))
	if err != nil {
		t.Fatal(err)
	}
	dec := p.NewDecoder(bytes.NewReader(raw), formats.DecodeOptions{File: name})
	for dec.Next() {
		r := dec.Record()
		status, code = string(r.Text(p.Field("A", "file_status"))), string(r.Text(p.Field("A", "code")))
	}
	if err := dec.Err(); err != nil {
		t.Fatal(err)
	}
	return status, code
}

// snapshot reads every file below root that a client can see.
func snapshot(t testing.TB, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".bank" {
				return filepath.SkipDir
			}
			return nil
		}
		raw, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		files[name] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
