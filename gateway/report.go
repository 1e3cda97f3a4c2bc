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

// Report compiles the report of a business date from the books.
func (n *Night) Report(ctx context.Context, date string) (reconcile.Report, error) {
	position, err := n.Ledger.Position(ctx)
	if err != nil {
		return reconcile.Report{}, err
	}
	f := reconcile.Facts{FacilityCode: n.Facility.Code, FacilityName: n.Facility.Name, Date: date, At: n.Now().In(n.Location), Position: position}
	var names []string
	for _, b := range n.Banks {
		names = append(names, b.Bank.Code)
	}
	f.Bank = strings.Join(names, ", ")
	hold, on, err := n.Ledger.Hold(ctx)
	if err != nil {
		return reconcile.Report{}, err
	}
	if on {
		f.Hold = &hold
	}
	if f.Mismatches, err = n.Mismatches(ctx, date, false); err != nil {
		return reconcile.Report{}, err
	}
	if f.ChainHead, err = n.Ledger.Head(ctx); err != nil {
		return reconcile.Report{}, err
	}
	switch last, err := n.Ledger.LastNight(ctx); {
	case err == nil:
		f.Night = last.Key
	case !errors.Is(err, ledger.ErrNotFound):
		return reconcile.Report{}, err
	}
	return reconcile.Compile(f), nil
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
