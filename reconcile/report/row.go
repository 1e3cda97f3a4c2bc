package report

import (
	"time"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// MismatchRow is a mismatch as JSON. The keys up to state are a contract with
// other programs; those after it may grow. Amounts are integer sen. What
// belongs to a side that does not exist is null.
type MismatchRow struct {
	ID              int64         `json:"id"`
	Kind            string        `json:"kind"`
	Reference       string        `json:"reference"`
	ExpectedAccount *string       `json:"expected_account"`
	ActualAccount   *string       `json:"actual_account"`
	ExpectedAmount  *ledger.Money `json:"expected_amount"`
	ActualAmount    *ledger.Money `json:"actual_amount"`
	Code            string        `json:"code"`
	Reason          string        `json:"reason"`
	NextStep        string        `json:"next_step"`
	File            string        `json:"file"`
	Line            int           `json:"line"`
	AgeDays         int           `json:"age_days"`
	State           string        `json:"state"`

	Batch        string       `json:"batch"`
	ExpectedName *string      `json:"expected_name"`
	ActualName   *string      `json:"actual_name"`
	Difference   ledger.Money `json:"difference"`
	Status       string       `json:"status"`
	Field        string       `json:"field"`
	From         int          `json:"from"`
	To           int          `json:"to"`
	Raw          string       `json:"raw"`
	Opened       string       `json:"opened"` // RFC 3339; empty when unknown
}

// NewMismatchRow returns m with its sentences in language lang.
func NewMismatchRow(m reconcile.Mismatch, lang string) MismatchRow {
	row := MismatchRow{
		ID:         m.ID,
		Kind:       string(m.Kind),
		Reference:  m.Reference,
		Code:       m.Code,
		Reason:     m.Reason.In(lang),
		NextStep:   m.NextStep.In(lang),
		File:       m.File,
		Line:       m.Line,
		AgeDays:    m.AgeDays,
		State:      string(m.State),
		Batch:      m.Batch,
		Difference: m.Difference(),
		Status:     m.Status,
		Field:      m.Field,
		From:       m.From,
		To:         m.To,
		Raw:        m.Raw,
	}
	if s := m.Expected; s != nil {
		row.ExpectedAccount, row.ExpectedName, row.ExpectedAmount = &s.Account, &s.Name, &s.Amount
	}
	if s := m.Actual; s != nil {
		row.ActualAccount, row.ActualName, row.ActualAmount = &s.Account, &s.Name, &s.Amount
	}
	if !m.Opened.IsZero() {
		row.Opened = m.Opened.Format(time.RFC3339)
	}
	return row
}
