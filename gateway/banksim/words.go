package banksim

import (
	"fmt"
	"time"

	"bekal/formats"
)

// words are the fields of the three layouts that the bank reads and writes.
type words struct {
	order struct { // transfer file
		corporate, batch, valueDate, debit, count, total formats.Field // H
		account, name, amount, reference                 formats.Field // D
	}
	ack struct { // acknowledgement, A
		version, corporate, batch, bankID, received, status, code, message, count, total formats.Field
	}
	head struct { // settlement, H
		corporate, batch, bankID, processed, valueDate, debit, status, code, message formats.Field
	}
	line struct { // settlement, D
		account, name, amount, reference, bankReference, status, code, message, posted formats.Field
	}
}

// newWords finds the fields, or says which layout lacks which.
func newWords(o Options) (words, error) {
	var w words
	for _, want := range []struct {
		plan          *formats.Plan
		record, field string
		into          *formats.Field
	}{
		{o.Transfer, "H", "corporate_code", &w.order.corporate},
		{o.Transfer, "H", "batch_reference", &w.order.batch},
		{o.Transfer, "H", "value_date", &w.order.valueDate},
		{o.Transfer, "H", "debit_account", &w.order.debit},
		{o.Transfer, "H", "count", &w.order.count},
		{o.Transfer, "H", "total", &w.order.total},
		{o.Transfer, "D", "account", &w.order.account},
		{o.Transfer, "D", "name", &w.order.name},
		{o.Transfer, "D", "amount", &w.order.amount},
		{o.Transfer, "D", "payment_reference", &w.order.reference},
		{o.Acknowledgement, "A", "version", &w.ack.version},
		{o.Acknowledgement, "A", "corporate_code", &w.ack.corporate},
		{o.Acknowledgement, "A", "batch_reference", &w.ack.batch},
		{o.Acknowledgement, "A", "bank_batch_id", &w.ack.bankID},
		{o.Acknowledgement, "A", "received", &w.ack.received},
		{o.Acknowledgement, "A", "file_status", &w.ack.status},
		{o.Acknowledgement, "A", "code", &w.ack.code},
		{o.Acknowledgement, "A", "message", &w.ack.message},
		{o.Acknowledgement, "A", "count", &w.ack.count},
		{o.Acknowledgement, "A", "total", &w.ack.total},
		{o.Settlement, "H", "corporate_code", &w.head.corporate},
		{o.Settlement, "H", "batch_reference", &w.head.batch},
		{o.Settlement, "H", "bank_batch_id", &w.head.bankID},
		{o.Settlement, "H", "processed", &w.head.processed},
		{o.Settlement, "H", "value_date", &w.head.valueDate},
		{o.Settlement, "H", "debit_account", &w.head.debit},
		{o.Settlement, "H", "file_status", &w.head.status},
		{o.Settlement, "H", "code", &w.head.code},
		{o.Settlement, "H", "message", &w.head.message},
		{o.Settlement, "D", "account", &w.line.account},
		{o.Settlement, "D", "name", &w.line.name},
		{o.Settlement, "D", "amount", &w.line.amount},
		{o.Settlement, "D", "payment_reference", &w.line.reference},
		{o.Settlement, "D", "bank_reference", &w.line.bankReference},
		{o.Settlement, "D", "status", &w.line.status},
		{o.Settlement, "D", "code", &w.line.code},
		{o.Settlement, "D", "message", &w.line.message},
		{o.Settlement, "D", "posted", &w.line.posted},
	} {
		if !want.plan.HasField(want.record, want.field) {
			return w, noField(want.plan, want.record, want.field)
		}
		*want.into = want.plan.Field(want.record, want.field)
	}
	for _, total := range trailerTotals {
		if !o.Settlement.HasField("T", total) {
			return w, noField(o.Settlement, "T", total)
		}
	}
	return w, nil
}

func noField(p *formats.Plan, record, field string) error {
	return fmt.Errorf("banksim: layout %s has no field %s in record %s", p.Name(), field, record)
}

// trailerTotals are the totals of a settlement file that a Control fault may
// falsify.
var trailerTotals = [...]string{"count", "total", "account_hash"}

// Statuses of lines and files.
const (
	statusPaid     = "00"
	statusPending  = "03"
	statusReturned = "04"
	statusFailed   = "06"
)

// answer is a code of the bank and the words that go with it.
type answer struct{ code, message string }

var (
	success      = answer{"2001700", "SUCCESS"}
	inProgress   = answer{"2021700", "TRANSACTION IN PROGRESS"}
	notUnique    = answer{"4091701", "DUPLICATE REFERENCE"}
	badFormat    = answer{"4001701", "INVALID DATA"}
	badCorporate = answer{"4011700", "UNKNOWN CORPORATE CODE"}
	noFunds      = answer{"4031714", "INSUFFICIENT FUNDS ON DEBIT ACCOUNT"}
)

// refusals are why a bank does not pay, each as often as it stands here of 20
// times: dormant accounts are the most common cause.
var refusals = [20]answer{
	dormant, dormant, dormant, dormant, dormant, dormant, dormant, dormant,
	invalid, invalid, invalid, invalid, invalid,
	inactive, inactive, inactive, inactive,
	blocked, blocked,
	forbidden,
}

var (
	dormant   = answer{"4031709", "DORMANT ACCOUNT"}
	invalid   = answer{"4041711", "INVALID ACCOUNT"}
	inactive  = answer{"4031718", "INACTIVE OR CLOSED ACCOUNT"}
	blocked   = answer{"4031705", "ACCOUNT BLOCKED OR ABNORMAL"}
	forbidden = answer{"4031715", "TRANSACTION NOT PERMITTED"}
)

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
	status                                  string
	answer                                  answer
	posted                                  time.Time // zero: nothing was posted
}
