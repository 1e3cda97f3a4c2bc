package gateway

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"bekal/formats"
	"bekal/reconcile/ledger"
)

// transfer writes transfer files in a bank's layout.
type transfer struct {
	bank     *Bank
	location *time.Location
}

func (x *transfer) encode(w io.Writer, b ledger.Batch, created time.Time, each func(func(ledger.DepositLine) error) error) error {
	p := x.bank.Transfer
	enc := p.NewEncoder(w, formats.EncodeOptions{})
	if err := x.head(enc, b, created); err != nil {
		return err
	}
	d := newDetail(p)
	if err := each(func(line ledger.DepositLine) error { return d.write(enc, line) }); err != nil {
		return err
	}
	if trailer, ok := p.Record("T"); ok {
		if err := enc.BeginRecord(trailer).End(); err != nil {
			return err
		}
	}
	return enc.Close()
}

// head writes what stands before the deposits.
func (x *transfer) head(enc *formats.Encoder, b ledger.Batch, created time.Time) error {
	p := x.bank.Transfer
	valueDate, err := time.ParseInLocation(time.DateOnly, b.ValueDate, x.location)
	if err != nil {
		return fmt.Errorf("value date: %w", err)
	}
	h := enc.Begin("H")
	h.SetText(p.Field("H", "corporate_code"), x.bank.CorporateCode)
	h.SetText(p.Field("H", "batch_reference"), b.Reference)
	h.SetTime(p.Field("H", "value_date"), valueDate)
	debit := p.Field("H", "debit_account")
	h.SetText(debit, accountAsSent(x.bank.DebitAccount, debit.Len()))
	if f := optional(p, "H", "created"); !f.IsZero() {
		h.SetTime(f, created)
	}
	if f := optional(p, "H", "count"); !f.IsZero() {
		h.SetInt(f, b.Count)
	}
	if f := optional(p, "H", "total"); !f.IsZero() {
		total, err := moneyOf(f).counts(b.Total)
		if err != nil {
			return fmt.Errorf("batch %s: %w", b.Reference, err)
		}
		h.SetInt(f, total)
	}
	return h.End()
}

// detail writes the deposits of a transfer file.
type detail struct {
	account, name, reference, remark, payee formats.Field
	amount                                  moneyField
	accountLength                           int
	number                                  []byte // is used again for every deposit
}

func newDetail(p *formats.Plan) *detail {
	d := &detail{account: p.Field("D", "account"), name: p.Field("D", "name"), amount: moneyOf(p.Field("D", "amount")), reference: p.Field("D", "payment_reference"),
		remark: optional(p, "D", "remark"), payee: optional(p, "D", "payee_id")}
	d.accountLength = d.account.Len()
	return d
}

func (d *detail) write(enc *formats.Encoder, line ledger.DepositLine) error {
	amount, err := d.amount.counts(line.Amount)
	if err != nil {
		return fmt.Errorf("deposit %s: %w", line.Reference, err)
	}
	w := enc.Begin("D")
	w.SetBytes(d.account, accountAsSent(line.Account, d.accountLength))
	w.SetText(d.name, asSent(d.name, string(line.Name)))
	w.SetInt(d.amount.field, amount)
	w.SetBytes(d.reference, line.Reference)
	if !d.remark.IsZero() && len(line.Remark) > 0 {
		w.SetText(d.remark, asSent(d.remark, string(line.Remark)))
	}
	if !d.payee.IsZero() {
		// The payee id is opaque to the bank: our number of the deposit.
		d.number = strconv.AppendInt(d.number[:0], line.ID, 10)
		w.SetBytes(d.payee, d.number)
	}
	if err := w.End(); err != nil {
		return fmt.Errorf("deposit %s (line %d of the file): %w", line.Reference, line.Sequence+1, err)
	}
	return nil
}

// asSent is a text in the letters and the length in which a field carries it: a
// name is no reason to leave a wage unpaid.
func asSent(f formats.Field, s string) string {
	s = formats.Fold(s)
	foreign := func(r rune) bool { return !f.Allows(byte(r)) } // folded text is ASCII
	if strings.ContainsFunc(s, foreign) {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || foreign(r) }), " ")
	}
	if length := f.Len(); len(s) > length {
		s = s[:length]
	}
	// A cut may leave a space at the end, which the padding would swallow.
	return strings.TrimRight(s, " ")
}
