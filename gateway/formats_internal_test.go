package gateway

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/reconcile"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// The formats of a bank that does everything otherwise than bri-*: whole
// rupiah, ten digits of an account, a character set without marks, no totals
// before the details, a date in two pieces, codes of its own.
const otherTransfer = `
layout: other-transfer
charset: upper-alphanumeric
line: {length: 80, end: lf}
structure: H D* T
records:
  H:
    match: {type: "1"}
    fields:
      type: {at: 1, len: 1}
      debit_account: {at: 2, len: 10, kind: digits}
      value_date: {at: 12, len: 6, kind: date, format: ddMMyy}
      batch_reference: {at: 18, len: 20, align: right}
      corporate_code: {at: 38, len: 8}
      filler: {at: 46, len: 35, kind: filler}
  D:
    match: {type: "2"}
    fields:
      type: {at: 1, len: 1}
      name: {at: 2, len: 12}
      amount: {at: 14, len: 9, kind: amount, decimals: 0}
      account: {at: 23, len: 10, kind: digits}
      payment_reference: {at: 33, len: 20, align: right}
      filler: {at: 53, len: 28, kind: filler}
  T:
    match: {type: "9"}
    fields:
      type: {at: 1, len: 1}
      total: {at: 2, len: 12, kind: amount, decimals: 0, compute: {sum: D.amount}}
      filler: {at: 14, len: 67, kind: filler}
`

const otherAcknowledgement = `
layout: other-ack
charset: upper-alphanumeric
line: {length: 80, end: lf}
structure: A
codes:
  said: {title: Said, list: [{code: Y, class: accepted, meaning: Yes}, {code: N, class: refused, meaning: "No"}]}
  why: {title: Why, list: [{code: "7", class: funds, meaning: No money}]}
records:
  A:
    match: {type: "5"}
    fields:
      type: {at: 1, len: 1}
      file_status: {at: 2, len: 1, codes: said}
      code: {at: 3, len: 1, empty: blank, codes: why}
      batch_reference: {at: 4, len: 20}
      corporate_code: {at: 24, len: 8}
      count: {at: 32, len: 6, kind: number}
      total: {at: 38, len: 12, kind: amount, decimals: 0}
      message: {at: 50, len: 31, empty: blank}
`

const otherSettlement = `
layout: other-settlement
charset: printable
line: {length: 80, end: lf}
structure: H D*
codes:
  became: {title: Became, list: [{code: K, class: paid, meaning: Paid}, {code: X, class: failed, meaning: Not paid}]}
  why: {title: Why, list: [{code: "1", class: account, meaning: Unknown account}, {code: "2", class: conflict, meaning: Had it before}]}
records:
  H:
    match: {type: "1"}
    fields:
      type: {at: 1, len: 1}
      batch_reference: {at: 2, len: 20, empty: blank}
      corporate_code: {at: 22, len: 8}
      filler: {at: 30, len: 51, kind: filler}
  D:
    match: {type: "2"}
    fields:
      type: {at: 1, len: 1}
      amount: {at: 2, len: 9, kind: amount, decimals: 0}
      account: {at: 11, len: 18, kind: digits, pad: " "}
      payment_reference: {at: 29, len: 20, align: right}
      posted: {at: [49, 60], len: [4, 8], kind: time, format: ddMMyyyyHHmm, empty: zeros}
      status: {at: 53, len: 1, codes: became}
      code: {at: 54, len: 6, align: right, empty: blank, codes: why}
      name: {at: 68, len: 8}
      filler: {at: 76, len: 5, kind: filler}
`

func otherPlan(t *testing.T, layout string) *formats.Plan {
	t.Helper()
	p, err := layouts.Compile("other.yaml", []byte(layout))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// otherBank is a bank with those formats.
func otherBank(t *testing.T) *Bank {
	t.Helper()
	return &Bank{Transfer: otherPlan(t, otherTransfer), Acknowledgement: otherPlan(t, otherAcknowledgement), Settlement: otherPlan(t, otherSettlement),
		CorporateCode: "LPPWK", DebitAccount: "000009990000001"}
}

func TestOtherFormatIsWritten(t *testing.T) {
	t.Parallel()
	b := otherBank(t)
	if problems := b.CheckLayouts(ledger.Facility{Code: "PWK"}); len(problems) > 0 {
		t.Fatal(problems[0])
	}
	batch := ledger.Batch{Reference: "PWK01B26112300013", ValueDate: "2026-11-24", Count: 2, Total: 75_000_00}
	lines := []ledger.DepositLine{
		{ID: 1, Sequence: 1, Name: []byte("WARGA O'CONTOH 1"), Account: []byte("000009990000002"), Amount: 50_000_00, Reference: []byte("PWK0100000001F"), Remark: []byte("PREMI")},
		{ID: 2, Sequence: 2, Name: []byte("A-B. CONTOH"), Account: []byte("000009990000003"), Amount: 25_000_00, Reference: []byte("PWK0100000002D")},
	}
	write := func() (string, error) {
		var out bytes.Buffer
		x := &transfer{bank: b, location: time.UTC}
		err := x.encode(&out, batch, time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC), func(each func(ledger.DepositLine) error) error {
			for _, l := range lines {
				if err := each(l); err != nil {
					return err
				}
			}
			return nil
		})
		return out.String(), err
	}
	got, err := write()
	if err != nil {
		t.Fatal(err)
	}
	want := "19990000001241126   PWK01B26112300013LPPWK   " + strings.Repeat(" ", 35) + "\n" +
		"2WARGA O CONT0000500009990000002      PWK0100000001F" + strings.Repeat(" ", 28) + "\n" +
		"2A B CONTOH  0000250009990000003      PWK0100000002D" + strings.Repeat(" ", 28) + "\n" +
		"9000000075000" + strings.Repeat(" ", 67) + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("transfer file (-want +got):\n%s", diff)
	}

	lines[1].Amount = 25_000_50
	if _, err := write(); err == nil || !strings.Contains(err.Error(), "PWK0100000002D") || !strings.Contains(err.Error(), "Rp 25.000,50 has sen") {
		t.Errorf("sen in whole rupiah: %v", err)
	}
	lines[1].Amount, lines[1].Account = 25_000_00, []byte("999000000000003")
	if _, err := write(); err == nil || !strings.Contains(err.Error(), "account") {
		t.Errorf("an account that is too long: %v", err)
	}
}

func TestOtherFormatIsRead(t *testing.T) {
	t.Parallel()
	b := otherBank(t)
	s := newSettlement(nil, b, ledger.File{})
	const file = "1PWK01B26112300013   LPPWK                                                      \n" +
		"2000050000        9990000002      PWK0100000001F2411K      20261030WARGA O      \n" +
		"2000025000   000009990000003      PWK0100000002D0000X     200000000A-B CONT     \n"
	dec := b.Settlement.NewDecoder(strings.NewReader(file), formats.DecodeOptions{})
	for dec.Next() {
		if dec.Record().Type() == "D" {
			s.take(dec.Record())
		}
	}
	if err := dec.Err(); err != nil {
		t.Fatal(err)
	}
	for i := range s.chunk {
		s.chunk[i].Raw = nil
	}
	want := []reconcile.Answer{
		{Line: 2, Reference: []byte("PWK0100000001F"), Account: []byte("000009990000002"), Name: []byte("WARGA O"), Amount: 50_000_00, Class: reconcile.ClassPaid, Status: []byte("K"), Code: []byte{}, Posted: []byte("20261124103000")},
		{Line: 3, Reference: []byte("PWK0100000002D"), Account: []byte("000009990000003"), Name: []byte("A-B CONT"), Amount: 25_000_00, Class: reconcile.ClassFailed, Status: []byte("X"), Code: []byte("2"), Conflict: true},
	}
	if diff := cmp.Diff(want, s.chunk); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// What a code means, and in which list it is, the layouts say.
func TestOtherCodes(t *testing.T) {
	t.Parallel()
	codes := otherBank(t).Codes()
	explain := func(m ledger.MismatchRow) string {
		m.Kind, m.Opened = string(reconcile.Rejected), "2026-11-24"
		return reconcile.Explain(m, codes, "2026-11-24").Reason.EN
	}
	for name, c := range map[string]struct {
		row  ledger.MismatchRow
		want string
	}{
		"of a deposit":                {ledger.MismatchRow{DepositID: 1, Field: "status", Status: "X", Code: "1"}, "Not paid: Unknown account"},
		"of a deposit, without a why": {ledger.MismatchRow{DepositID: 1, Field: "status", Status: "X", Code: "8"}, "Not paid: Not paid (code 8 is not in the list)"},
		"of a file":                   {ledger.MismatchRow{Field: "file_status", Status: "N", Code: "7"}, "The bank refused the whole file: No money"},
		"of a file, without a why":    {ledger.MismatchRow{Field: "file_status", Status: "N", Code: "8"}, "The bank refused the whole file: No (code 8 is not in the list)"},
	} {
		if got := explain(c.row); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestCheckLayouts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		transfer, ack, settlement []string // what is replaced by what
		want                      []string
	}{
		"nothing": {},
		"a field that nobody fills in": {transfer: []string{"filler: {at: 53, len: 28, kind: filler}", "branch: {at: 53, len: 28}"},
			want: []string{"transfer: layout other-transfer cannot carry a batch: deposit PWK0000000000X (line 2 of the file): line 2, record 2 (D), field branch, columns 53-80: value missing"}},
		"no room for the reference": {transfer: []string{"batch_reference: {at: 18, len: 20, align: right}", "batch_reference: {at: 18, len: 10, align: right}\n      more: {at: 28, len: 10, kind: filler}"},
			want: []string{`transfer: layout other-transfer cannot carry a batch: line 1, record 1 (H), field batch_reference, columns 18-27: "PWK00B26010200000": value does not fit`}},
		"three decimals":    {transfer: []string{"amount: {at: 14, len: 9, kind: amount, decimals: 0}", "amount: {at: 14, len: 9, kind: amount, decimals: 3}", "total: {at: 2, len: 12, kind: amount, decimals: 0", "total: {at: 2, len: 12, kind: amount, decimals: 3"}, want: []string{"transfer: layout other-transfer has field amount in record D as no amount with at most 2 decimals"}},
		"no corporate code": {settlement: []string{"corporate_code", "customer"}, want: []string{"settlement: layout other-settlement has no field corporate_code in record H, which Bekal works with"}},
		"no record D":       {ack: []string{"structure: A", "structure: R", "  A:\n", "  R:\n"}, want: []string{"acknowledgement: layout other-ack has no record A, which Bekal works with"}},
		"a status that is open": {settlement: []string{"codes: became}", "codes: became, open: true}"},
			want: []string{"settlement: layout other-settlement has no closed code list for field status of record D"}},
		"classes of another bank": {settlement: []string{"class: failed", "class: unpaid"}, ack: []string{"class: accepted", "class: ok"},
			want: []string{`acknowledgement: layout other-ack has code "Y" of list said in the class "ok", by which Bekal cannot go`, `settlement: layout other-settlement has code "X" of list became in the class "unpaid", by which Bekal cannot go`}},
		"a time without a day": {settlement: []string{"posted: {at: [49, 60], len: [4, 8], kind: time, format: ddMMyyyyHHmm, empty: zeros}", "posted: {at: 49, len: 4, kind: time, format: HHmm, empty: zeros}\n      rest: {at: 60, len: 8, kind: filler}"},
			want: []string{"settlement: layout other-settlement has field posted in record D as no date"}},
	} {
		b := otherBank(t)
		b.Transfer = otherPlan(t, strings.NewReplacer(c.transfer...).Replace(otherTransfer))
		b.Acknowledgement = otherPlan(t, strings.NewReplacer(c.ack...).Replace(otherAcknowledgement))
		b.Settlement = otherPlan(t, strings.NewReplacer(c.settlement...).Replace(otherSettlement))
		var got []string
		for _, p := range b.CheckLayouts(ledger.Facility{Code: "PWK"}) {
			got = append(got, p.Use+": "+p.Error())
			if p.Hint() == "" {
				t.Errorf("%s: %v has no hint", name, p)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	own := Names{Transfer: "PAY_{batch}.TXT", Acknowledgement: "RCP_*.TXT", Settlement: "R*_*.TXT", Return: "RTN_*.TXT"}
	for _, c := range []struct {
		names Names
		file  string
		want  ledger.FileKind
	}{
		{Names{}, "X.ACK", ledger.AcknowledgementFile},
		{Names{}, "x-01.stl", ledger.SettlementFile},
		{Names{}, "RET20261124-01.STL", ledger.ReturnFile},
		{Names{}, "X.TRF", ""},
		{Names{}, ".X.STL", ""},
		{own, "RCP_X.TXT", ledger.AcknowledgementFile},
		{own, "RES_X-01.TXT", ledger.SettlementFile},
		{own, "rtn_X.txt", ledger.ReturnFile},
		{own, "PAY_X.TXT", ""},
		{own, "X.STL", ""},
		{Names{Settlement: "*"}, "X.part", ""},
	} {
		if kind, ok := c.names.kindOf(c.file); kind != c.want || ok != (c.want != "") {
			t.Errorf("%s of %+v: %q %v, want %q", c.file, c.names, kind, ok, c.want)
		}
	}
	if got := own.transfer("B1") + " " + (Names{}).transfer("B1"); got != "PAY_B1.TXT B1.TRF" {
		t.Error(got)
	}
}

// An amount beyond what the books can hold does not turn into a small one.
func TestMoneyBeyondTheBooks(t *testing.T) {
	t.Parallel()
	p := otherPlan(t, "layout: big\ncharset: printable\nline: {length: 18, end: lf}\nstructure: D\nrecords:\n  D: {match: {1: \"9\"}, fields: {amount: {at: 1, len: 18, kind: amount, decimals: 0}}}\n")
	dec := p.NewDecoder(strings.NewReader(strings.Repeat("9", 18)+"\n"), formats.DecodeOptions{})
	if !dec.Next() || dec.Record().Err() != nil {
		t.Fatal(dec.Err())
	}
	if got := moneyOf(p.Field("D", "amount")).read(dec.Record()); got != ledger.MaxAmount {
		t.Error(got)
	}
}
