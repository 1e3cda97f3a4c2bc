package gateway

import (
	"context"
	"errors"
	"fmt"

	"bekal/formats"
	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// Classes of codes by which the night goes; reconcile knows those of a deposit.
const (
	classAccepted = "accepted" // of a file
	classRefused  = "refused"  // of a file
	classConflict = "conflict" // of a reason: the bank has had this reference before
)

// acknowledgement is what the bank says of a file as a whole.
type acknowledgement struct {
	corporateCode, batch, status, code, message string
	accepted, conflict                          bool
	count                                       int64
	total                                       ledger.Money
	raw                                         string
}

// acknowledge posts an acknowledgement. posted is false when the file was
// quarantined instead.
func (r *run) acknowledge(ctx context.Context, bank *Bank, f ledger.File) (posted bool, err error) {
	ack, faults, err := r.readAcknowledgement(bank, f)
	if err != nil {
		return false, err
	}
	if len(faults) > 0 {
		return false, r.quarantine(ctx, bank, f, faults)
	}
	if ack.corporateCode != bank.CorporateCode {
		return false, r.quarantine(ctx, bank, f, []*formats.Error{foreign(f, ack.corporateCode, bank.CorporateCode)})
	}
	restored, err := r.Ledger.Restored(ctx)
	if err != nil {
		return false, err
	}
	err = r.Ledger.PostFile(ctx, r.actor, f, bank.Bank.ID, r.date, func(p *ledger.Posting) error {
		b, err := p.Batch(ack.batch)
		if p.Again() {
			// The batch was recalled after its acknowledgement had come.
			if err != nil || !p.Unexplained(1) {
				return err
			}
			if err := p.Explain(1, 0); err != nil {
				return err
			}
		}
		if errors.Is(err, ledger.ErrNotFound) {
			r.count("mismatches found", 1)
			m := ledger.MismatchRow{Kind: string(reconcile.Unknown), Line: 1, Field: "batch_reference", Reference: ack.batch, ActualAmount: &ack.total, Status: ack.status, Code: ack.code, Raw: ack.raw}
			if restored && r.ours(ack.batch) {
				m.Detail = reconcile.DetailForgotten
			}
			return p.Mismatch(r.fileMismatch(m))
		}
		if err != nil {
			return err
		}
		return r.postAcknowledgement(p, b, ack)
	})
	return err == nil, err
}

// postAcknowledgement enters what the bank says of a batch as a whole. A refusal
// makes all of the batch owed again, and the bank may have taken one batch for
// another: so it holds only where it speaks of as much as we sent, and where the
// bank has paid nothing of the batch.
func (r *run) postAcknowledgement(p *ledger.Posting, b ledger.Batch, ack acknowledgement) error {
	if err := p.ProveDelivered(b); err != nil {
		return err
	}
	about := ledger.MismatchRow{Line: 1, BatchID: b.ID, Reference: b.Reference, ExpectedAmount: &b.Total, ActualAmount: &ack.total, Status: ack.status, Code: ack.code, Raw: ack.raw}
	mismatch := func(kind reconcile.Kind, field string) error {
		about.Kind, about.Field = string(kind), field
		r.count("mismatches found", 1)
		return p.Mismatch(r.fileMismatch(about))
	}
	sent, err := p.Ordered(b)
	if err != nil {
		return err
	}
	if !ack.speaksOf(sent) {
		about.Detail = fmt.Sprintf("%s; sent: %d, %s", ledger.Tally{Count: ack.count, Total: ack.total}.Words(), sent.Count, sent.Total)
		about.DetailID = fmt.Sprintf("%d setoran, %s; dikirim: %d, %s", ack.count, ack.total, sent.Count, sent.Total)
		return mismatch(reconcile.Control, "total")
	}
	if !ack.accepted && ack.conflict {
		// It has had the file before: that it refuses this one is no reason to
		// pay again. What it answered first decides.
		about.Detail = reconcile.DetailConflict
		return mismatch(reconcile.Duplicate, "batch_reference")
	}
	if answered, err := p.Acknowledged(b); err != nil {
		return err
	} else if answered {
		about.Detail = reconcile.DetailAcknowledged
		return mismatch(reconcile.Duplicate, "batch_reference")
	}
	if ack.accepted {
		r.count("batches acknowledged", 1)
		return p.Acknowledge(b, true, ack.message)
	}
	if taken, err := p.Taken(b); err != nil {
		return err
	} else if taken {
		return mismatch(reconcile.Control, "file_status")
	}
	if err := p.Acknowledge(b, false, ack.message); err != nil {
		return err
	}
	rejected, err := p.RejectRest(b, ack.status, ack.code)
	if err != nil {
		return err
	}
	about.ExpectedAmount = &rejected.Total
	about.Detail = rejected.Words()
	r.count("batches refused", 1)
	return mismatch(reconcile.Rejected, "file_status")
}

// speaksOf says whether an acknowledgement counts what was sent. A bank that
// refuses a file may not have counted it.
func (a acknowledgement) speaksOf(sent ledger.Tally) bool {
	return a.count == sent.Count && a.total == sent.Total || !a.accepted && a.count == 0 && a.total == 0
}

func (r *run) readAcknowledgement(bank *Bank, f ledger.File) (ack acknowledgement, faults []*formats.Error, err error) {
	src, err := r.Ledger.Archive().Open(f.SHA256)
	if err != nil {
		return ack, nil, err
	}
	defer src.Close() //nolint:errcheck // read only
	plan := bank.Acknowledgement
	dec := plan.NewDecoder(src, formats.DecodeOptions{File: f.Name})
	field := func(name string) formats.Field { return plan.Field("A", name) }
	total := moneyOf(field("total"))
	for dec.Next() {
		rec := dec.Record()
		if rec.Type() != "A" || ack.batch != "" {
			continue
		}
		text := func(name string) string { return string(rec.Text(field(name))) }
		status, _ := rec.Code(field("file_status"))
		reason, _ := rec.Code(field("code"))
		ack = acknowledgement{corporateCode: text("corporate_code"), batch: text("batch_reference"), status: text("file_status"), code: text("code"), message: text("message"),
			accepted: status.Class == classAccepted, conflict: reason.Class == classConflict,
			count: rec.Int(field("count")), total: total.read(rec), raw: string(rec.Raw())}
	}
	if err := dec.Err(); err != nil && dec.ErrorCount() == 0 {
		return ack, nil, err
	}
	r.tolerated(f.Name, dec)
	return ack, dec.Errors(), nil
}

// fileMismatch fills in what every mismatch of a file has.
func (r *run) fileMismatch(m ledger.MismatchRow) ledger.MismatchRow {
	m.FacilityID = r.Facility.ID
	return m
}

func foreign(f ledger.File, got, want string) *formats.Error {
	return &formats.Error{File: f.Name, Line: 1, Record: 1, Field: "corporate_code", Value: got, Expected: want, Err: formats.ErrControl, Detail: formats.Text{ID: "berkas ini untuk nasabah lain", EN: "the file is for another customer of the bank"}}
}

// quarantine sets a file aside: each fault becomes a mismatch (bounded), and
// nothing is posted.
func (r *run) quarantine(ctx context.Context, bank *Bank, f ledger.File, faults []*formats.Error) error {
	const most = 100
	var rows []ledger.MismatchRow
	for i, e := range faults {
		if i == most {
			break
		}
		words := e.Message()
		rows = append(rows, ledger.MismatchRow{Kind: string(reconcile.Control), FacilityID: r.Facility.ID, BankID: bank.Bank.ID, FileID: f.ID, Line: int64(e.Line), Field: e.Field,
			From: int64(e.From), To: int64(e.To), Reference: f.Name, Detail: words.EN, DetailID: words.ID, Opened: r.date})
	}
	r.count("mismatches found", int64(len(rows)))
	r.log.Error("file quarantined: nothing of it is posted", "file", f.Name, "faults", len(faults), "first", faults[0].Error())
	return r.Ledger.Quarantine(ctx, r.actor, f.ID, faults[0].Error(), rows)
}
