package banksim

import (
	"fmt"
	"strings"
	"time"

	"bekal/formats"
)

// words are the fields of the three layouts that the bank reads and writes, and
// what it says in them. A field that a layout may lack is the zero Field there.
type words struct {
	order struct { // transfer file
		corporate, batch, valueDate, debit, count, total formats.Field // H
		account, name, amount, reference                 formats.Field // D
	}
	ack struct { // acknowledgement, A
		version, corporate, batch, bankID, received, status, code, message, count, total formats.Field
		statuses, reasons                                                                vocabulary
	}
	head struct { // settlement, H
		corporate, batch, bankID, processed, valueDate, debit, status, code, message formats.Field
		statuses, reasons                                                            vocabulary
	}
	line struct { // settlement, D
		account, name, amount, reference, bankReference, status, code, message, posted formats.Field
		statuses, reasons                                                              vocabulary
	}
	totals []string // of the settlement's trailer, which a Control fault may falsify
}

// newWords finds the fields, or says which layout lacks which.
func newWords(o Options) (words, error) {
	var w words
	for _, want := range []struct {
		plan          *formats.Plan
		record, field string
		into          *formats.Field
		may           bool // be lacking
	}{
		{o.Transfer, "H", "corporate_code", &w.order.corporate, false},
		{o.Transfer, "H", "batch_reference", &w.order.batch, false},
		{o.Transfer, "H", "value_date", &w.order.valueDate, false},
		{o.Transfer, "H", "debit_account", &w.order.debit, false},
		{o.Transfer, "H", "count", &w.order.count, true},
		{o.Transfer, "H", "total", &w.order.total, true},
		{o.Transfer, "D", "account", &w.order.account, false},
		{o.Transfer, "D", "name", &w.order.name, false},
		{o.Transfer, "D", "amount", &w.order.amount, false},
		{o.Transfer, "D", "payment_reference", &w.order.reference, false},
		{o.Acknowledgement, "A", "version", &w.ack.version, true},
		{o.Acknowledgement, "A", "corporate_code", &w.ack.corporate, false},
		{o.Acknowledgement, "A", "batch_reference", &w.ack.batch, false},
		{o.Acknowledgement, "A", "bank_batch_id", &w.ack.bankID, true},
		{o.Acknowledgement, "A", "received", &w.ack.received, true},
		{o.Acknowledgement, "A", "file_status", &w.ack.status, false},
		{o.Acknowledgement, "A", "code", &w.ack.code, false},
		{o.Acknowledgement, "A", "message", &w.ack.message, true},
		{o.Acknowledgement, "A", "count", &w.ack.count, false},
		{o.Acknowledgement, "A", "total", &w.ack.total, false},
		{o.Settlement, "H", "corporate_code", &w.head.corporate, false},
		{o.Settlement, "H", "batch_reference", &w.head.batch, false},
		{o.Settlement, "H", "bank_batch_id", &w.head.bankID, true},
		{o.Settlement, "H", "processed", &w.head.processed, true},
		{o.Settlement, "H", "value_date", &w.head.valueDate, true},
		{o.Settlement, "H", "debit_account", &w.head.debit, true},
		{o.Settlement, "H", "file_status", &w.head.status, true},
		{o.Settlement, "H", "code", &w.head.code, true},
		{o.Settlement, "H", "message", &w.head.message, true},
		{o.Settlement, "D", "account", &w.line.account, false},
		{o.Settlement, "D", "name", &w.line.name, false},
		{o.Settlement, "D", "amount", &w.line.amount, false},
		{o.Settlement, "D", "payment_reference", &w.line.reference, false},
		{o.Settlement, "D", "bank_reference", &w.line.bankReference, true},
		{o.Settlement, "D", "status", &w.line.status, false},
		{o.Settlement, "D", "code", &w.line.code, false},
		{o.Settlement, "D", "message", &w.line.message, true},
		{o.Settlement, "D", "posted", &w.line.posted, false},
	} {
		if want.plan.HasField(want.record, want.field) {
			*want.into = want.plan.Field(want.record, want.field)
		} else if !want.may {
			return w, fmt.Errorf("banksim: layout %s has no field %s in record %s", want.plan.Name(), want.field, want.record)
		}
	}
	for _, amount := range []formats.Field{w.order.amount, w.line.amount, w.ack.total} {
		if amount.Kind() != formats.KindAmount || amount.Decimals() != 2 {
			return w, fmt.Errorf("banksim: field %s of record %s is no amount with two decimals: the simulated bank counts in sen", amount.Name(), amount.Record())
		}
	}
	for _, total := range [...]string{"count", "total", "account_hash"} {
		if o.Settlement.HasField("T", total) {
			w.totals = append(w.totals, total)
		}
	}
	if len(w.totals) == 0 {
		return w, fmt.Errorf("banksim: layout %s has none of the totals count, total and account_hash in record T", o.Settlement.Name())
	}
	err := w.speak(o)
	return w, err
}

// speak finds out what the bank says in the fields that hold codes.
func (w *words) speak(o Options) error {
	files := []answer{statusAccepted, statusRefused}
	lines := []answer{statusPaid, statusPending, statusReturned, statusFailed}
	ofFiles := []answer{success, notUnique, badFormat, badCorporate, noFunds}
	ofLines := append(refusals[:len(refusals):len(refusals)], success, inProgress, notUnique)
	for _, field := range []struct {
		plan  *formats.Plan
		field formats.Field
		says  []answer
		exact bool // by the class, and nothing else
		into  *vocabulary
	}{
		{o.Acknowledgement, w.ack.status, files, true, &w.ack.statuses},
		{o.Acknowledgement, w.ack.code, ofFiles, false, &w.ack.reasons},
		{o.Settlement, w.head.status, []answer{statusAccepted}, true, &w.head.statuses},
		{o.Settlement, w.head.code, []answer{success}, false, &w.head.reasons},
		{o.Settlement, w.line.status, lines, true, &w.line.statuses},
		{o.Settlement, w.line.code, ofLines, false, &w.line.reasons},
	} {
		if field.field.IsZero() {
			continue
		}
		var err error
		if *field.into, err = newVocabulary(field.plan, field.field, field.says, field.exact); err != nil {
			return err
		}
	}
	return nil
}

// say sets a text field, where there is one, to as much of a text as it may
// hold.
func say(rec *formats.Writer, f formats.Field, text string) {
	if f.IsZero() {
		return
	}
	if f.Kind() == formats.KindText {
		text = strings.Map(func(r rune) rune {
			if f.Allows(byte(r)) { // all that the bank says is ASCII
				return r
			}
			return ' '
		}, text)
		text = strings.TrimSpace(text[:min(len(text), f.Len())])
	}
	rec.SetText(f, text)
}

// tell sets a time, where there is one.
func tell(rec *formats.Writer, f formats.Field, t time.Time) {
	if !f.IsZero() {
		rec.SetTime(f, t)
	}
}

// heading is what the header of an answer says.
type heading struct {
	corporate, batch, bankID, debit string
	processed, valueDate            time.Time
	answer                          answer
}

// entryLine is one line of a settlement or return file.
type entryLine struct {
	account, name, reference, bankReference []byte
	amount                                  int64
	status                                  answer
	answer                                  answer
	posted                                  time.Time // zero: nothing was posted
}
