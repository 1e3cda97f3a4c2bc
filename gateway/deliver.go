package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"bekal/reconcile/ledger"
)

// NameTakenError says that a file of ours cannot get its name at the bank,
// because another file has it.
type NameTakenError struct {
	Batch string
	Path  string
}

func (e *NameTakenError) Error() string {
	return fmt.Sprintf("batch %s: %s is at the bank already, and was not put there by this delivery: it is not overwritten", e.Batch, e.Path)
}

// Hint says what to do about it.
func (e *NameTakenError) Hint() string {
	return "ask the bank where that file comes from; once it is gone, the next night delivers the batch"
}

// UncertainError says that nobody can know whether the bank has a batch.
type UncertainError struct{ Batch string }

func (e *UncertainError) Error() string {
	return fmt.Sprintf("batch %s is uncertain: the bank may have it, or have paid its wages by another batch; it is not sent by itself", e.Batch)
}

// Hint says what to do about it.
func (e *UncertainError) Hint() string {
	return "most likely the bank has taken it: its acknowledgement or settlement file will decide; `bekal batch show " + e.Batch + "` says what happened; otherwise ask the bank, then `bekal batch decide " + e.Batch + "`"
}

// OtherBankError says that nobody carries a batch, or listens for what the bank
// says of it.
type OtherBankError struct{ Batch string }

func (e *OtherBankError) Error() string {
	return fmt.Sprintf("batch %s is of another bank than the configuration names: it is not carried, and no answer to it is missed", e.Batch)
}

// Hint says what to do about it.
func (e *OtherBankError) Hint() string {
	return "the code of a bank is for ever: if banks[0].code was changed in bekal.yaml, change it back; a new bank gets a code of its own once the old one has answered everything"
}

// sweepAge is how old a half-written file of the archive must be before it is
// taken for what a crash has left: a person may be importing a sheet just now.
const sweepAge = 24 * time.Hour

// recover finishes what an earlier night left between two calls: it asks the
// witness of every batch that is staged. One that is uncertain is in the books
// and in the counts, and no error yet: an answer may lie in the bank's folder.
// Deliver, which comes behind the answers, says which ones still are.
func (r *run) recover(ctx context.Context) error {
	var errs []error
	if err := r.Ledger.Archive().Sweep(r.Now().Add(-sweepAge)); err != nil {
		errs = append(errs, err)
	}
	for _, s := range r.sessions {
		batches, err := r.Ledger.Undelivered(ctx, s.bank.Bank.ID)
		if err != nil {
			return err
		}
		for _, b := range batches {
			if b.State != "staged" || r.onHold(ctx) {
				continue
			}
			err := r.carry(ctx, s, b)
			var uncertain *UncertainError
			if errors.As(err, &uncertain) {
				r.uncertainties = append(r.uncertainties, b)
				err = nil
			}
			if err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// decided tells of the batches that the night found uncertain, and that are not
// any more.
func (r *run) decided(ctx context.Context) error {
	for _, b := range r.uncertainties {
		now, err := r.Ledger.Batch(ctx, b.ID)
		if err != nil {
			return err
		}
		if now.State == "uncertain" {
			continue
		}
		r.count("batches decided meanwhile", 1)
		r.log.Info("batch not uncertain any more", "batch", now.Reference, "state", now.State)
	}
	return nil
}

// deliver carries every sealed or staged batch to the bank.
func (r *run) deliver(ctx context.Context) error {
	if r.onHold(ctx) {
		r.log.Warn("the books are on hold: nothing is delivered")
		return nil // compose has said so
	}
	if err := r.decided(ctx); err != nil {
		return err
	}
	var errs []error
	for _, s := range r.sessions {
		batches, err := r.Ledger.Undelivered(ctx, s.bank.Bank.ID)
		if err != nil {
			return err
		}
		for _, b := range batches {
			if b.State == "uncertain" {
				errs = append(errs, &UncertainError{b.Reference})
				continue
			}
			if err := r.carry(ctx, s, b); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(append(errs, r.ofOtherBanks(ctx))...)
}

// ofOtherBanks is an error for every open batch of a bank that the night does not
// know.
func (r *run) ofOtherBanks(ctx context.Context) error {
	banks, err := r.Ledger.Banks(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range banks {
		if slices.ContainsFunc(r.Banks, func(known *Bank) bool { return known.Bank.ID == b.ID }) {
			continue
		}
		undelivered, err := r.Ledger.Undelivered(ctx, b.ID)
		if err != nil {
			return err
		}
		unanswered, err := r.Ledger.Unanswered(ctx, b.ID)
		if err != nil {
			return err
		}
		for _, x := range append(undelivered, unanswered...) {
			errs = append(errs, &OtherBankError{x.Reference})
		}
	}
	return errors.Join(errs...)
}

// carry brings one batch to the bank, exactly once. It may be run again from
// its start after any error or crash: where the batch stands is asked from the
// books, and what the bank's folder holds decides.
func (r *run) carry(ctx context.Context, s *session, b ledger.Batch) error {
	return s.do(ctx, "deliver batch "+b.Reference, func(t Transport) error {
		now, err := r.Ledger.Batch(ctx, b.ID)
		if err != nil {
			return err
		}
		switch now.State {
		case "sealed":
			if err := r.maySend(ctx); err != nil {
				return err
			}
			if err := r.stage(ctx, s.bank, t, now); err != nil {
				return err
			}
		case "staged":
		default:
			return nil // an answer of the bank has decided meanwhile
		}
		if err := r.maySend(ctx); err != nil {
			return err
		}
		return r.rename(ctx, s.bank, t, now)
	})
}

// stage uploads the whole file under its part name, and records that it is
// there. Nothing that an earlier attempt left under that name is trusted.
func (r *run) stage(ctx context.Context, bank *Bank, t Transport, b ledger.Batch) error {
	var rival *ledger.RivalError
	if err := r.Ledger.CheckRivals(ctx, b); errors.As(err, &rival) {
		return errors.Join(rival, r.uncertain(ctx, b, rival.Error()))
	} else if err != nil {
		return err
	}
	switch _, err := t.Stat(ctx, bank.final(b.FileName)); {
	case err == nil:
		return &NameTakenError{b.Reference, bank.final(b.FileName)}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := r.upload(ctx, bank, t, b); err != nil {
		return err
	}
	r.log.Info("batch staged", "batch", b.Reference, "bytes", b.Size)
	return r.Ledger.MarkStaged(ctx, r.actor, b, fmt.Sprintf("%s, %d bytes", bank.part(b.FileName), b.Size))
}

// upload puts the whole file under its part name, from byte 0 on.
func (r *run) upload(ctx context.Context, bank *Bank, t Transport, b ledger.Batch) error {
	f, err := r.Ledger.Archive().Open(b.SHA256)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	if err := t.Upload(ctx, bank.part(b.FileName), f, b.Size); err != nil {
		return err
	}
	info, err := t.Stat(ctx, bank.part(b.FileName))
	if err != nil {
		return err
	}
	if info.Size() != b.Size {
		return fmt.Errorf("batch %s: %s has %d bytes at the bank, %d were sent", b.Reference, bank.part(b.FileName), info.Size(), b.Size)
	}
	return nil
}

// rename gives a staged file its name. The witness: once a batch is staged, its
// part name is there if and only if the rename has not happened.
func (r *run) rename(ctx context.Context, bank *Bank, t Transport, b ledger.Batch) error {
	part, final := bank.part(b.FileName), bank.final(b.FileName)
	partInfo, partErr := t.Stat(ctx, part)
	if partErr != nil && !errors.Is(partErr, fs.ErrNotExist) {
		return partErr
	}
	info, finalErr := t.Stat(ctx, final)
	if finalErr != nil && !errors.Is(finalErr, fs.ErrNotExist) {
		return finalErr
	}
	switch {
	case partErr == nil && finalErr == nil:
		return &NameTakenError{b.Reference, final}
	case partErr == nil:
		if partInfo.Size() != b.Size {
			// The server has lost some of what it had confirmed. The rename has
			// not happened, so the file may be written again.
			r.log.Warn("the staged file has another size; it is uploaded again", "batch", b.Reference, "bytes", partInfo.Size(), "want", b.Size)
			if err := r.upload(ctx, bank, t, b); err != nil {
				return err
			}
		}
		if err := t.Rename(ctx, part, final); err != nil {
			if errors.Is(err, fs.ErrExist) {
				return &NameTakenError{b.Reference, final}
			}
			return err
		}
		return r.delivered(ctx, b, "renamed to "+final)
	case finalErr == nil && info.Size() == b.Size:
		return r.delivered(ctx, b, "found as "+final+": the rename had happened")
	case finalErr == nil:
		return r.uncertain(ctx, b, fmt.Sprintf("%s is gone and %s has %d bytes instead of %d", part, final, info.Size(), b.Size))
	}
	return r.uncertain(ctx, b, part+" and "+final+" are both gone")
}

func (r *run) delivered(ctx context.Context, b ledger.Batch, detail string) error {
	if err := r.Ledger.MarkDelivered(ctx, r.actor, b, r.date, detail); err != nil {
		return err
	}
	r.count("batches delivered", 1)
	r.count("deposits delivered", b.Count)
	r.log.Info("batch delivered", "batch", b.Reference, "deposits", b.Count, "total", b.Total.String())
	return nil
}

func (r *run) uncertain(ctx context.Context, b ledger.Batch, detail string) error {
	if err := r.Ledger.MarkUncertain(ctx, r.actor, b, detail); err != nil {
		return err
	}
	r.count("batches uncertain", 1)
	r.log.Error("batch uncertain", "batch", b.Reference, "detail", detail)
	return &UncertainError{b.Reference}
}

// compose makes batches out of what is owed, until nothing is.
func (r *run) compose(ctx context.Context) error {
	if err := r.maySend(ctx); err != nil {
		return err
	}
	var errs []error
	for _, s := range r.sessions {
		for {
			b, ok, err := r.composeOne(ctx, s.bank)
			if err != nil {
				errs = append(errs, err)
				break
			}
			if !ok {
				break
			}
			r.count("batches composed", 1)
			r.count("deposits composed", b.Count)
			r.log.Info("batch composed", "batch", b.Reference, "deposits", b.Count, "total", b.Total.String())
		}
	}
	return errors.Join(append(errs, r.heldBack(ctx), r.contradicted(ctx))...)
}

// contradicted is an error for every deposit that was not composed since the bank
// may have paid the one that it is to pay again.
func (r *run) contradicted(ctx context.Context) error {
	list, err := r.Ledger.Contradicted(ctx, r.Facility.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	r.count("deposits not paid again", int64(len(list)))
	var errs []error
	for _, e := range list {
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

func (r *run) composeOne(ctx context.Context, bank *Bank) (ledger.Batch, bool, error) {
	value, known := bank.Calendar.AddBusinessDays(r.day, 1)
	if !known {
		r.log.Warn("the bank's calendar has no data for this value date: only weekends were counted", "date", value.Format(time.DateOnly))
	}
	enc := &transfer{bank: bank, location: r.Location}
	// The time inside the file is of the night's date, so that the file is the
	// same whenever the night runs.
	clock := r.Now().In(r.Location)
	created := time.Date(r.day.Year(), r.day.Month(), r.day.Day(), clock.Hour(), clock.Minute(), clock.Second(), 0, r.Location)
	return r.Ledger.Compose(ctx, r.actor, ledger.Composition{Facility: r.Facility, Bank: bank.Bank, ValueDate: value.Format(time.DateOnly), Created: created,
		MaxDeposits: bank.MaxDeposits, MaxTotal: bank.MaxTotal, FileName: bank.Names.transfer, Encode: enc.encode})
}
