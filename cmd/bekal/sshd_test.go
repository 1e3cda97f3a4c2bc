package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/gateway/sftp/sftptest"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

// paper is a bank that the test plays itself, by files in the folders of a real
// server.
type paper struct {
	outbox, inbox        string
	order, ack, settling *formats.Plan
	batch                string
	head                 map[string]string // of the transfer file
	count, total         int64
	orders               []order
	when                 time.Time
}

// order is one deposit of a transfer file.
type order struct {
	account, name, reference string
	amount                   int64
}

// answerOf is what the bank says of an order.
type answerOf struct {
	order
	status, code string
}

func newPaper(t *testing.T, root string) *paper {
	t.Helper()
	set, err := layouts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	b := &paper{outbox: filepath.Join(root, "outbox"), inbox: filepath.Join(root, "inbox")}
	for name, plan := range map[string]**formats.Plan{"bri-transfer": &b.order, "bri-ack": &b.ack, "bri-settlement": &b.settling} {
		*plan, _ = set.Plan(name)
	}
	for _, dir := range []string{b.outbox, b.inbox} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		// The server may run as another user than the test.
		if err := os.Chmod(dir, 0o777); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
	}
	return b
}

// take reads the one transfer file that must be there, and takes it away.
func (b *paper) take(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(b.outbox, "*"))
	if err != nil || len(files) != 1 || filepath.Ext(files[0]) != ".TRF" {
		t.Fatalf("the outbox holds %v (%v), want one transfer file", files, err)
	}
	src, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	b.head, b.orders = map[string]string{}, nil
	dec := b.order.NewDecoder(src, formats.DecodeOptions{File: filepath.Base(files[0])})
	for dec.Next() {
		rec := dec.Record()
		text := func(f string) string { return string(rec.Text(b.order.Field(rec.Type(), f))) }
		switch rec.Type() {
		case "H":
			b.batch = text("batch_reference")
			for _, f := range []string{"corporate_code", "debit_account"} {
				b.head[f] = text(f)
			}
			b.count, b.total = rec.Int(b.order.Field("H", "count")), rec.Int(b.order.Field("H", "total"))
		case "D":
			b.orders = append(b.orders, order{text("account"), text("name"), text("payment_reference"), rec.Int(b.order.Field("D", "amount"))})
		}
	}
	if err := dec.Err(); err != nil {
		t.Fatal(err)
	}
	if err := src.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if filepath.Base(files[0]) != b.batch+".TRF" || int64(len(b.orders)) != b.count {
		t.Fatalf("%s holds batch %s with %d of %d deposits", files[0], b.batch, len(b.orders), b.count)
	}
}

// file writes a file into the inbox, under a name that nobody reads first.
func (b *paper) file(t *testing.T, name string, plan *formats.Plan, write func(*formats.Encoder) error) {
	t.Helper()
	hidden := filepath.Join(b.inbox, "."+name)
	dst, err := os.Create(hidden)
	if err != nil {
		t.Fatal(err)
	}
	enc := plan.NewEncoder(dst, formats.EncodeOptions{})
	if err := write(enc); err != nil {
		t.Fatal(err)
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	if err := dst.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(hidden, 0o644); err != nil { //nolint:gosec // the server may be another user
		t.Fatal(err)
	}
	if err := os.Rename(hidden, filepath.Join(b.inbox, name)); err != nil {
		t.Fatal(err)
	}
}

func (b *paper) acknowledge(t *testing.T) {
	t.Helper()
	p := b.ack
	b.file(t, b.batch+".ACK", p, func(enc *formats.Encoder) error {
		w := enc.Begin("A")
		w.SetText(p.Field("A", "corporate_code"), b.head["corporate_code"])
		w.SetText(p.Field("A", "batch_reference"), b.batch)
		w.SetText(p.Field("A", "bank_batch_id"), "PAPER0001")
		w.SetTime(p.Field("A", "received"), b.when)
		w.SetText(p.Field("A", "file_status"), "00")
		w.SetText(p.Field("A", "code"), "2001700")
		w.SetInt(p.Field("A", "count"), b.count)
		w.SetInt(p.Field("A", "total"), b.total)
		return w.End()
	})
}

// answer writes a settlement file, or a return file when it names no batch.
func (b *paper) answer(t *testing.T, name, batch string, answers []answerOf) {
	t.Helper()
	p := b.settling
	b.file(t, name, p, func(enc *formats.Encoder) error {
		h := enc.Begin("H")
		h.SetText(p.Field("H", "corporate_code"), b.head["corporate_code"])
		h.SetText(p.Field("H", "batch_reference"), batch)
		h.SetText(p.Field("H", "bank_batch_id"), "PAPER0001")
		h.SetTime(p.Field("H", "processed"), b.when)
		h.SetTime(p.Field("H", "value_date"), b.when)
		h.SetText(p.Field("H", "debit_account"), b.head["debit_account"])
		h.SetText(p.Field("H", "file_status"), "00")
		h.SetText(p.Field("H", "code"), "2001700")
		if err := h.End(); err != nil {
			return err
		}
		for i, a := range answers {
			w := enc.Begin("D")
			w.SetText(p.Field("D", "account"), a.account)
			w.SetText(p.Field("D", "name"), a.name)
			w.SetInt(p.Field("D", "amount"), a.amount)
			w.SetText(p.Field("D", "payment_reference"), a.reference)
			w.SetText(p.Field("D", "bank_reference"), fmt.Sprintf("PAPER%06d", i))
			w.SetText(p.Field("D", "status"), a.status)
			w.SetText(p.Field("D", "code"), a.code)
			if a.status == "00" || a.status == "04" {
				w.SetTime(p.Field("D", "posted"), b.when)
			}
			if err := w.End(); err != nil {
				return err
			}
		}
		return enc.Begin("T").End()
	})
}

// TestThreeNightsOverOpenSSH plays the three nights against a real OpenSSH
// server, with a bank made of files.
func TestThreeNightsOverOpenSSH(t *testing.T) {
	t.Parallel()
	const wages = 25
	server := sftptest.StartOpenSSH(t)
	f := setUp(t)
	key, err := f.identity()
	if err != nil {
		t.Fatal(err)
	}
	// The server lets our key in beside its own.
	keys := filepath.Join(filepath.Dir(server.Root), "authorized_keys")
	if err := os.WriteFile(keys, ssh.MarshalAuthorizedKey(key), 0o644); err != nil { //nolint:gosec // public
		t.Fatal(err)
	}
	bank := newPaper(t, server.Root)
	if err := f.approved(wages, server.Address, authorizedLine(server.HostKeys[0])); err != nil {
		t.Fatal(err)
	}
	if err := f.configure("user: "+testUser, "user: "+server.User, "outbox: /outbox", "outbox: "+bank.outbox, "inbox: /inbox", "inbox: "+bank.inbox); err != nil {
		t.Fatal(err)
	}
	f.must(t, exitOK, "bank", "check")
	zone := time.FixedZone("WIB", 7*60*60)

	f.night(t, "2026-11-23", exitOK)
	bank.take(t)
	if bank.count != wages || ledger.Money(bank.total) != f.paid || bank.head["debit_account"] != testDebit {
		t.Errorf("the file orders %d wages, %d sen, from %s", bank.count, bank.total, bank.head["debit_account"])
	}
	bank.when = time.Date(2026, 11, 24, 10, 0, 0, 0, zone)
	bank.acknowledge(t)
	rejected, pending, left, back, other := bank.orders[3], bank.orders[7], bank.orders[11], bank.orders[13], bank.orders[17]
	var answers []answerOf
	for _, o := range bank.orders {
		a := answerOf{o, "00", "2001700"}
		switch o {
		case rejected:
			a.status, a.code = "06", "4031709"
		case pending:
			a.status, a.code = "03", "2021700"
		case left:
			continue
		case other:
			a.amount += 500_00
		}
		answers = append(answers, a)
	}
	first := bank.batch + "-01.STL"
	bank.answer(t, first, bank.batch, answers)

	f.night(t, "2026-11-24", exitOK)
	f.sound(t)
	// A line of the file is two after its place: the header, and the one that
	// was left out before it.
	want := []found{{"amount", other.reference, first, 18}, {"pending", pending.reference, first, 9}, {"rejected", rejected.reference, first, 5}}
	if diff := cmp.Diff(sorted(want), sorted(f.listed(t))); diff != "" {
		t.Errorf("second night (-want +got):\n%s", diff)
	}

	bank.when = time.Date(2026, 11, 25, 10, 0, 0, 0, zone)
	bank.answer(t, bank.batch+"-02.STL", bank.batch, []answerOf{{pending, "00", "2001700"}})
	bank.answer(t, "RET20261125-01.STL", "", []answerOf{{back, "04", "4031718"}})
	f.night(t, "2026-11-27", exitOK)
	f.sound(t)
	want = []found{{"amount", other.reference, first, 18}, {"rejected", rejected.reference, first, 5},
		{"returned", back.reference, "RET20261125-01.STL", 2}, {"missing", left.reference, "", 0}}
	if diff := cmp.Diff(sorted(want), sorted(f.listed(t))); diff != "" {
		t.Errorf("third night (-want +got):\n%s", diff)
	}
	money := func(list ...order) (sum ledger.Tally) {
		for _, o := range list {
			sum = sum.Plus(ledger.Tally{Count: 1, Total: ledger.Money(o.amount)})
		}
		return sum
	}
	wantSummary := summary{InTransit: money(left), Failed: money(rejected, back), Settled: ledger.Tally{Count: wages, Total: f.paid}.Minus(money(left, rejected, back))}
	if diff := cmp.Diff(wantSummary, f.summary(t)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if files, err := filepath.Glob(filepath.Join(bank.outbox, "*")); err != nil || len(files) != 0 {
		t.Errorf("something was sent again, or left behind: %v (%v)", files, err)
	}
}
