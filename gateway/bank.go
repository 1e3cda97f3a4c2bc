package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"path"
	"time"

	"bekal/formats"
	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// Bank is a bank as the night sees it.
type Bank struct {
	Bank ledger.Bank
	// Dial opens a connection that logs to log; it is called again after one
	// broke.
	Dial func(ctx context.Context, log *slog.Logger) (Transport, error)
	// Outbox takes our files, Inbox holds the bank's, Done takes what was
	// worked through when AfterCollect is "move".
	Outbox, Inbox, Done string
	AfterCollect        string // keep, move, delete
	Names               Names

	Transfer, Acknowledgement, Settlement *formats.Plan
	CorporateCode                         string
	DebitAccount                          string
	Purpose                               string

	Calendar         Calendar
	SettlementWindow int          // business days
	MaxDeposits      int64        // of a batch
	MaxTotal         ledger.Money // of a batch; 0 is no limit
	Retries          int          // after a temporary error
	MaxFileBytes     int64        // of a file of the bank; 0 is 4 GiB
}

// Calendar counts a bank's business days. known is false past the calendar's
// data, where only weekends count.
type Calendar interface {
	AddBusinessDays(t time.Time, n int) (day time.Time, known bool)
}

const defaultMaxFileBytes = 4 << 30

// partSuffix ends the name of a file that is not complete.
const partSuffix = ".part"

// part is the name under which a file is uploaded, and which the bank ignores.
func (b *Bank) part(name string) string { return path.Join(b.Outbox, name+partSuffix) }

// tidies says whether the bank's copy of a file goes once it is posted.
func (b *Bank) tidies() bool { return b.AfterCollect == "move" || b.AfterCollect == "delete" }

func (b *Bank) final(name string) string { return path.Join(b.Outbox, name) }

// lastInTime is the last date on which the bank answers in time for a value
// date.
func (b *Bank) lastInTime(valueDate string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, valueDate)
	if err != nil {
		return time.Time{}, fmt.Errorf("value date: %w", err)
	}
	last, _ := b.Calendar.AddBusinessDays(day, b.SettlementWindow)
	return last, nil
}

// Codes is the code book of the bank's answers.
func (b *Bank) Codes() reconcile.CodeBook { return codeBook{b} }

// codeBook reads a bank's codes out of its layouts: which list a code is from,
// the field says.
type codeBook struct{ bank *Bank }

func (c codeBook) Response(code string) (reconcile.Code, bool) {
	if known, ok := coded(c.bank.Settlement, "D", "code", code); ok {
		return known, true
	}
	return coded(c.bank.Acknowledgement, "A", "code", code)
}

func (c codeBook) Status(status string) (reconcile.Code, bool) {
	return coded(c.bank.Settlement, "D", "status", status)
}

func (c codeBook) FileStatus(status string) (reconcile.Code, bool) {
	return coded(c.bank.Acknowledgement, "A", "file_status", status)
}

// coded finds a value in the code list of a field.
func coded(p *formats.Plan, record, field, value string) (reconcile.Code, bool) {
	code, ok := p.Code(p.Field(record, field).Codes(), value)
	return reconcile.Code{Class: code.Class, Meaning: reconcile.Text{ID: code.Meaning.ID, EN: code.Meaning.EN},
		NextStep: reconcile.Text{ID: code.NextStep.ID, EN: code.NextStep.EN}}, ok
}
