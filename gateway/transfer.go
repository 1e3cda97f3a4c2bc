package gateway

import (
	"fmt"
	"io"
	"strconv"
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
	valueDate, err := time.ParseInLocation(time.DateOnly, b.ValueDate, x.location)
	if err != nil {
		return fmt.Errorf("value date: %w", err)
	}
	h := enc.Begin("H")
	h.SetText(p.Field("H", "corporate_code"), x.bank.CorporateCode)
	h.SetText(p.Field("H", "batch_reference"), b.Reference)
	h.SetTime(p.Field("H", "created"), created)
	h.SetTime(p.Field("H", "value_date"), valueDate)
	h.SetText(p.Field("H", "debit_account"), x.bank.DebitAccount)
	h.SetInt(p.Field("H", "count"), b.Count)
	h.SetInt(p.Field("H", "total"), int64(b.Total))
	if err := h.End(); err != nil {
		return err
	}
	d := newDetail(p)
	if err := each(func(line ledger.DepositLine) error { return d.write(enc, line) }); err != nil {
		return err
	}
	if err := enc.Begin("T").End(); err != nil {
		return err
	}
	return enc.Close()
}

// detail writes the deposits of a transfer file.
type detail struct {
	account, name, amount, reference, remark, payee formats.Field
	nameLength, remarkLength                        int
	number                                          []byte // is used again for every deposit
}

func newDetail(p *formats.Plan) *detail {
	d := &detail{account: p.Field("D", "account"), name: p.Field("D", "name"), amount: p.Field("D", "amount"), reference: p.Field("D", "payment_reference"),
		remark: p.Field("D", "remark"), payee: p.Field("D", "payee_id")}
	d.nameLength, d.remarkLength = d.name.Len(), d.remark.Len()
	return d
}

func (d *detail) write(enc *formats.Encoder, line ledger.DepositLine) error {
	w := enc.Begin("D")
	w.SetBytes(d.account, line.Account)
	w.SetText(d.name, asSent(string(line.Name), d.nameLength))
	w.SetInt(d.amount, int64(line.Amount))
	w.SetBytes(d.reference, line.Reference)
	if len(line.Remark) > 0 {
		w.SetText(d.remark, asSent(string(line.Remark), d.remarkLength))
	}
	// The payee id is opaque to the bank: our number of the deposit.
	d.number = strconv.AppendInt(d.number[:0], line.ID, 10)
	w.SetBytes(d.payee, d.number)
	if err := w.End(); err != nil {
		return fmt.Errorf("deposit %s (line %d of the file): %w", line.Reference, line.Sequence+1, err)
	}
	return nil
}

// asSent is a text in the letters and the length in which a file carries it.
func asSent(s string, length int) string {
	s = formats.Fold(s)
	if len(s) > length {
		s = s[:length]
	}
	// A cut may leave a space at the end, which the padding would swallow.
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}
