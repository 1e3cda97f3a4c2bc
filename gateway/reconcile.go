package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bekal/reconcile/ledger"
)

// reconcile works through every file that was collected and is not yet posted,
// acknowledgements first, and then looks for answers that are missing.
func (r *run) reconcile(ctx context.Context) error {
	var errs []error
	for _, s := range r.sessions {
		waits, err := r.awaitRelease(ctx, s)
		if err != nil {
			return err
		}
		files, err := r.Ledger.Files(ctx, s.bank.Bank.ID, "received")
		if err != nil {
			return err
		}
		for _, acks := range []bool{true, false} {
			for _, f := range files {
				if (f.Kind == ledger.AcknowledgementFile) != acks || waits.files[f.ID] {
					continue
				}
				if err := r.reconcileFile(ctx, s, f); err != nil {
					errs = append(errs, fmt.Errorf("file %s: %w", f.Name, err))
				}
			}
		}
		if waits.all {
			continue // an answer may be among what waits
		}
		if err := r.missing(ctx, s.bank); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (r *run) reconcileFile(ctx context.Context, s *session, f ledger.File) error {
	var posted bool
	var err error
	if f.Kind == ledger.AcknowledgementFile {
		posted, err = r.acknowledge(ctx, s.bank, f)
	} else {
		posted, err = r.settle(ctx, s.bank, f)
	}
	if err != nil {
		return err
	}
	if !posted {
		r.count("files quarantined", 1)
		return nil
	}
	r.count("files posted", 1)
	return r.tidy(ctx, s, f, f.Name)
}

// missing enters every deposit that the bank should have answered by now.
func (r *run) missing(ctx context.Context, bank *Bank) error {
	batches, err := r.Ledger.Unanswered(ctx, bank.Bank.ID)
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range batches {
		last, err := bank.lastInTime(b.ValueDate)
		if err != nil {
			errs = append(errs, fmt.Errorf("batch %s: %w", b.Reference, err))
			continue
		}
		limit := last.Format(time.DateOnly)
		if r.date <= limit {
			continue
		}
		n, err := r.Ledger.MarkMissing(ctx, r.actor, b, r.date, limit)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if n > 0 {
			r.count("answers missing", n)
		}
	}
	return errors.Join(errs...)
}
