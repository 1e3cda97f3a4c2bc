package gateway

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"bekal/formats"
	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// transferFound records a transfer file of a batch that the books have
// forgotten. One that cannot be read in full is recorded as such: nobody can
// say then whom it paid.
func (r *run) transferFound(ctx context.Context, bank *Bank, batch, name string, stored ledger.Stored, place string, atBank bool) error {
	f := ledger.Finding{Bank: bank.Bank.ID, Batch: batch, Name: name, Stored: stored, Evidence: ledger.ByTransfer, Place: place, AtBank: atBank}
	head, err := readTransfer(bank, r.Location, r.Ledger.Archive().Path(stored.SHA256), nil)
	if err != nil || head.corporateCode != bank.CorporateCode || head.batch != batch {
		if !atBank {
			r.log.Warn("a transfer file that was never delivered cannot be read; it is left alone", "file", name, "place", place, "error", err)
			return nil
		}
		f.Evidence = ledger.ByUnreadable
		return r.record(ctx, f, nil)
	}
	f.Count, f.Total, f.ValueDate, f.Created = head.count, head.total, head.valueDate, head.created
	return r.record(ctx, f, func(add func(ledger.FoundPayment) error) error {
		_, err := readTransfer(bank, r.Location, r.Ledger.Archive().Path(stored.SHA256), add)
		return err
	})
}

func (r *run) record(ctx context.Context, f ledger.Finding, each func(func(ledger.FoundPayment) error) error) error {
	isNew, err := r.Ledger.Find(ctx, r.actor, f, each)
	if err != nil {
		return err
	}
	if isNew {
		r.findings++
		r.log.Warn("a batch was found that these books have forgotten", "batch", f.Batch, "evidence", f.Evidence, "place", f.Place, "deposits", f.Count, "total", f.Total.String())
	}
	return nil
}

// transferHead is what a transfer file says of itself.
type transferHead struct {
	corporateCode, batch, valueDate, created string
	count                                    int64
	total                                    ledger.Money
}

// readTransfer reads a transfer file back, and hands its payments to add, which
// may be nil. A file with any fault is an error.
func readTransfer(bank *Bank, zone *time.Location, file string, add func(ledger.FoundPayment) error) (transferHead, error) {
	var h transferHead
	src, err := os.Open(file)
	if err != nil {
		return h, err
	}
	defer src.Close() //nolint:errcheck // read only
	p := bank.Transfer
	field := func(name string) formats.Field { return p.Field("D", name) }
	account, name, reference, amount := field("account"), field("name"), field("payment_reference"), moneyOf(field("amount"))
	dec := p.NewDecoder(src, formats.DecodeOptions{File: file})
	for dec.Next() {
		rec := dec.Record()
		switch rec.Type() {
		case "H":
			h.corporateCode, h.batch = string(rec.Text(p.Field("H", "corporate_code"))), string(rec.Text(p.Field("H", "batch_reference")))
			if day, ok := rec.Time(p.Field("H", "value_date"), time.UTC); ok {
				h.valueDate = day.Format(time.DateOnly)
			}
			if f := optional(p, "H", "created"); !f.IsZero() {
				if at, ok := rec.Time(f, zone); ok {
					h.created = at.UTC().Format(time.RFC3339)
				}
			}
		case "D":
			x := ledger.FoundPayment{Line: int64(rec.Line()), Reference: string(rec.Text(reference)), Account: string(appendAccount(nil, rec.Text(account))),
				Name: string(rec.Text(name)), Amount: amount.read(rec), Paid: true}
			h.count++
			h.total += x.Amount
			if add == nil {
				continue
			}
			if err := add(x); err != nil {
				return h, err
			}
		}
	}
	if err := dec.Err(); err != nil {
		return h, err
	}
	if dec.ErrorCount() > 0 {
		return h, dec.Errors()[0]
	}
	return h, nil
}

// rememberAnswers records every file of the bank that waits and answers a batch
// that the books have forgotten. It returns one such batch about which nobody
// has decided, or nothing.
func (r *run) rememberAnswers(ctx context.Context, bank *Bank) (undecided string, err error) {
	files, err := r.Ledger.Files(ctx, bank.Bank.ID, "received")
	if err != nil {
		return "", err
	}
	var errs []error
	for _, f := range files {
		batch, err := r.rememberAnswer(ctx, bank, f)
		if err != nil {
			errs = append(errs, fmt.Errorf("file %s: %w", f.Name, err))
		}
		if undecided == "" {
			undecided = batch
		}
	}
	return undecided, errors.Join(errs...)
}

func (r *run) rememberAnswer(ctx context.Context, bank *Bank, f ledger.File) (undecided string, err error) {
	finding := ledger.Finding{Bank: bank.Bank.ID, File: f.ID, Place: "the bank answers it in " + f.Name, AtBank: true}
	var each func(func(ledger.FoundPayment) error) error
	if f.Kind == ledger.AcknowledgementFile {
		ack, faults, err := r.readAcknowledgement(bank, f)
		if err != nil || len(faults) > 0 || ack.corporateCode != bank.CorporateCode {
			return "", err
		}
		if !ack.accepted && !ack.conflict {
			return "", nil // the bank has refused it whole: it paid nobody
		}
		finding.Batch, finding.Evidence, finding.Count, finding.Total = ack.batch, ledger.ByAcknowledgement, ack.count, ack.total
	} else {
		head, err := readAnswer(bank, r.Ledger.Archive().Path(f.SHA256), nil)
		if err != nil || head.corporateCode != bank.CorporateCode {
			return "", ignoreUnreadable(err)
		}
		finding.Batch, finding.Evidence = head.batch, ledger.ByAnswer
		each = func(add func(ledger.FoundPayment) error) error {
			_, err := readAnswer(bank, r.Ledger.Archive().Path(f.SHA256), func(x ledger.FoundPayment) error {
				if !r.ourPayment(x.Reference) {
					return nil
				}
				return add(x)
			})
			return err
		}
	}
	if finding.Batch == "" || !r.ours(finding.Batch) {
		return "", nil
	}
	if known, err := r.Ledger.Accounted(ctx, finding.Batch); err != nil || known {
		return "", err
	}
	if err := r.record(ctx, finding, each); err != nil {
		return "", err
	}
	all, err := r.Ledger.AllForgotten(ctx)
	for _, x := range all {
		if x.Batch == finding.Batch && x.Decision == "" {
			undecided = x.Batch
		}
	}
	return undecided, err
}

// ourPayment says whether a text can be a payment reference of this facility:
// what has none was ordered by nobody here.
func (n *Night) ourPayment(reference string) bool {
	_, err := ledger.DepositID(reference)
	return err == nil && strings.HasPrefix(reference, n.Facility.Code)
}

// ignoreUnreadable leaves what is wrong with a file to the step that works
// through it.
func ignoreUnreadable(err error) error {
	var e *formats.Error
	if errors.As(err, &e) {
		return nil
	}
	return err
}

// readAnswer reads a settlement file as far as it can be read, and hands what it
// says of each payment to add, which may be nil.
func readAnswer(bank *Bank, file string, add func(ledger.FoundPayment) error) (head struct{ corporateCode, batch string }, err error) {
	src, err := os.Open(file)
	if err != nil {
		return head, err
	}
	defer src.Close() //nolint:errcheck // read only
	p := bank.Settlement
	field := func(name string) formats.Field { return p.Field("D", name) }
	account, name, reference, status, code, amount := field("account"), field("name"), field("payment_reference"), field("status"), field("code"), moneyOf(field("amount"))
	dec := p.NewDecoder(src, formats.DecodeOptions{File: file})
	for dec.Next() {
		rec := dec.Record()
		if rec.Type() == "H" {
			head.corporateCode, head.batch = string(rec.Text(p.Field("H", "corporate_code"))), string(rec.Text(p.Field("H", "batch_reference")))
		}
		if add == nil {
			return head, nil
		}
		if rec.Type() != "D" || !readable(rec) {
			continue
		}
		said, _ := rec.Code(status)
		why, _ := rec.Code(code)
		x := ledger.FoundPayment{Line: int64(rec.Line()), Reference: string(rec.Text(reference)), Account: string(appendAccount(nil, rec.Text(account))),
			Name: string(rec.Text(name)), Amount: amount.read(rec), Paid: paidClass(reconcile.Class(said.Class), why.Class == classConflict)}
		if err := add(x); err != nil {
			return head, err
		}
	}
	if err := dec.Err(); err != nil && dec.ErrorCount() == 0 {
		return head, err
	}
	return head, nil
}

// recognise says which of the bank's files a file reads as, and of which batch
// it speaks.
func recognise(bank *Bank, file string) (ledger.FileKind, string) {
	if h, err := readTransfer(bank, time.UTC, file, nil); err == nil && h.corporateCode == bank.CorporateCode {
		return ledger.TransferFile, h.batch
	}
	if batch, ok := readsAs(file, bank.Acknowledgement, "A", bank.CorporateCode); ok {
		return ledger.AcknowledgementFile, batch
	}
	if batch, ok := readsAs(file, bank.Settlement, "H", bank.CorporateCode); ok {
		if batch == "" {
			return ledger.ReturnFile, ""
		}
		return ledger.SettlementFile, batch
	}
	return ledger.UnrecognisedFile, ""
}

// readsAs says whether the first record of a file is that one, without a fault
// and of our customer number.
func readsAs(file string, p *formats.Plan, record, corporateCode string) (batch string, ok bool) {
	src, err := os.Open(file)
	if err != nil {
		return "", false
	}
	defer src.Close() //nolint:errcheck // read only
	dec := p.NewDecoder(src, formats.DecodeOptions{File: file})
	if !dec.Next() {
		return "", false
	}
	rec := dec.Record()
	if rec.Type() != record || len(rec.Errors()) > 0 || string(rec.Text(p.Field(record, "corporate_code"))) != corporateCode {
		return "", false
	}
	return string(rec.Text(p.Field(record, "batch_reference"))), true
}
