package reconcile

import (
	"time"

	"bekal/reconcile/ledger"
)

// Explain turns a mismatch of the books into one for people, on a date
// (yyyy-mm-dd) from which its age is counted.
func Explain(m ledger.MismatchRow, codes CodeBook, date string) Mismatch {
	reason, next := words(m, codes)
	x := Mismatch{ID: m.ID, Kind: Kind(m.Kind), Reference: m.Reference, Batch: m.Batch, Status: m.Status, Code: m.Code, Reason: reason, NextStep: next,
		File: m.File, Line: int(m.Line), Field: m.Field, From: int(m.From), To: int(m.To), Raw: m.Raw, State: State(m.State)}
	if m.ExpectedAmount != nil {
		x.Expected = &Side{Account: text(m.ExpectedAccount), Name: text(m.ExpectedName), Amount: *m.ExpectedAmount}
	}
	if m.ActualAmount != nil {
		x.Actual = &Side{Account: text(m.ActualAccount), Name: text(m.ActualName), Amount: *m.ActualAmount}
	}
	if opened, err := time.Parse(time.DateOnly, m.Opened); err == nil {
		x.Opened = opened
		if now, err := time.Parse(time.DateOnly, date); err == nil && now.After(opened) {
			x.AgeDays = int(now.Sub(opened).Hours() / 24)
		}
	}
	return x
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
