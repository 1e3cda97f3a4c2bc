package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// report compiles the report of the night and has it kept.
func (r *run) report(ctx context.Context) error {
	rep, err := r.Report(ctx, r.date)
	if err != nil {
		return err
	}
	r.result.Report = &rep
	r.count("mismatches open", int64(len(rep.Mismatches)))
	if r.Keep != nil {
		if r.result.Reports, err = r.Keep(ctx, rep); err != nil {
			return fmt.Errorf("keep the report: %w", err)
		}
	}
	if !rep.Proof.Proven {
		return ErrNotProven
	}
	return nil
}

// ErrNotProven says that the books do not balance.
var ErrNotProven = errors.New("the proof does not balance: the report is stamped NOT PROVEN")

// mostReadings is how often the books are read anew for a report, while somebody
// changes them.
const mostReadings = 20

// ErrBusy says that the books changed each time that they were read.
var ErrBusy = errors.New("the books were changed each time that they were read for a report: make it again in a while")

// Report compiles the report of a business date from the books, as they stand at
// one moment. Whatever is written moves the head of the chain: where it is the
// same after everything was read, it is the head of what was read, and whoever
// signs it signs the figures above it.
func (n *Night) Report(ctx context.Context, date string) (reconcile.Report, error) {
	for range mostReadings {
		f, err := n.facts(ctx, date)
		if err != nil {
			return reconcile.Report{}, err
		}
		switch now, err := n.Ledger.Head(ctx); {
		case err != nil:
			return reconcile.Report{}, err
		case now == f.ChainHead:
			return reconcile.Compile(f), nil
		}
	}
	return reconcile.Report{}, ErrBusy
}

// facts reads what a report is compiled from, the head of the chain first.
func (n *Night) facts(ctx context.Context, date string) (f reconcile.Facts, err error) {
	f = reconcile.Facts{FacilityCode: n.Facility.Code, FacilityName: n.Facility.Name, Date: date, At: n.Now().In(n.Location)}
	if f.ChainHead, err = n.Ledger.Head(ctx); err != nil {
		return f, err
	}
	if f.Position, err = n.Ledger.Position(ctx); err != nil {
		return f, err
	}
	var names []string
	for _, b := range n.Banks {
		names = append(names, b.Bank.Code)
	}
	f.Bank = strings.Join(names, ", ")
	hold, on, err := n.Ledger.Hold(ctx)
	if err != nil {
		return f, err
	}
	if on {
		f.Hold = &hold
	}
	if f.Mismatches, err = n.Mismatches(ctx, date, false); err != nil {
		return f, err
	}
	switch last, err := n.Ledger.LastNight(ctx); {
	case err == nil:
		f.Night = last.Key
		if f.FailedSteps, err = n.failedSteps(ctx, last); err != nil {
			return f, err
		}
	case !errors.Is(err, ledger.ErrNotFound):
		return f, err
	}
	return f, nil
}

// failedSteps are those steps of a night before its report that did not run to
// their end: they failed, or the night died before them.
func (n *Night) failedSteps(ctx context.Context, night ledger.NightRow) ([]string, error) {
	outcomes, err := n.Ledger.StepOutcomes(ctx, night.ID)
	if err != nil {
		return nil, err
	}
	var failed []string
	for _, s := range Steps() {
		if s == "report" {
			break
		}
		if outcomes[s] != string(Ran) {
			failed = append(failed, s)
		}
	}
	return failed, nil
}

// Mismatches returns the mismatches in words, the open ones or all.
func (n *Night) Mismatches(ctx context.Context, date string, all bool) ([]reconcile.Mismatch, error) {
	books := make(map[int64]reconcile.CodeBook)
	for _, b := range n.Banks {
		books[b.Bank.ID] = b.Codes()
	}
	list := []reconcile.Mismatch{}
	err := n.Ledger.Mismatches(ctx, n.Facility.ID, all, func(m ledger.MismatchRow) error {
		list = append(list, reconcile.Explain(m, books[m.BankID], date))
		return nil
	})
	return list, err
}

// notify tells people how the night went.
func (r *run) notify(ctx context.Context) error {
	if r.Tell == nil {
		return nil
	}
	return r.Tell(ctx, *r.result)
}
