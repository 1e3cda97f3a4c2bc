package ledger

import (
	"context"
	"errors"
	"fmt"
	"sort"
)

// Life is a deposit with all that happened to it, in order.
type Life struct {
	Reference   string      `json:"reference"`
	Beneficiary string      `json:"beneficiary"`
	Name        string      `json:"name"`
	Account     string      `json:"account"`
	Amount      Money       `json:"amount"` // sen
	Period      string      `json:"period"`
	State       string      `json:"state"`
	Batch       string      `json:"batch"`       // reference, empty while in none
	Sequence    int64       `json:"sequence"`    // in the transfer file, from 1
	Replaces    string      `json:"replaces"`    // reference of the failed deposit that it pays again
	ReplacedBy  string      `json:"replaced_by"` // reference of the deposit that pays it again
	Events      []LifeEvent `json:"events"`
}

// LifeEvent is one thing that happened to a deposit.
type LifeEvent struct {
	At     string `json:"at"`
	Event  string `json:"event"`
	Detail string `json:"detail,omitempty"`
	By     string `json:"by,omitempty"`
	OSUser string `json:"os_user,omitempty"`
	Night  string `json:"night,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int64  `json:"line,omitempty"`
	Entry  int64  `json:"journal_entry,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // of the file, as archived
}

// Life returns the life of a deposit by its payment reference, or ErrNotFound.
func (l *Ledger) Life(ctx context.Context, reference string) (Life, error) {
	var d struct {
		ID          int64  `db:"id"`
		Sheet       int64  `db:"sheet_id"`
		Line        int64  `db:"line"`
		Beneficiary string `db:"beneficiary"`
		Name        string `db:"name"`
		Account     string `db:"account"`
		Amount      Money  `db:"amount"`
		Replaces    string `db:"replaces"`
		ReplacedBy  string `db:"replaced_by"`
	}
	reference, err := l.OwnReference(ctx, reference)
	if err != nil {
		return Life{}, err
	}
	id, err := DepositID(reference)
	if err != nil {
		return Life{}, fmt.Errorf("deposit %q: %w", reference, err)
	}
	err = l.reader.GetContext(ctx, &d, `SELECT d.id, d.sheet_id, d.line, d.beneficiary, d.name, d.account, d.amount,
		coalesce((SELECT o.reference FROM repayments r JOIN deposits o ON o.id = r.replaces WHERE r.deposit_id = d.id), '') AS replaces,
		coalesce(`+replacedBy+`, '') AS replaced_by
		FROM deposits d WHERE d.id = ? AND d.reference = ?`, id, reference)
	if err := found(err, "deposit "+reference); err != nil {
		return Life{}, err
	}
	life := Life{Reference: reference, Beneficiary: d.Beneficiary, Name: d.Name, Account: d.Account, Amount: d.Amount, Replaces: d.Replaces, ReplacedBy: d.ReplacedBy}
	s, err := l.Sheet(ctx, d.Sheet)
	if err != nil {
		return Life{}, err
	}
	life.Period, life.State = s.Period, s.State
	if s.State == "approved" {
		life.State = "owed"
	}
	if err := l.sheetLife(ctx, &life, s, d.Line); err != nil {
		return Life{}, err
	}
	if err := l.batchLife(ctx, &life, d.ID); err != nil {
		return Life{}, err
	}
	if err := l.answerLife(ctx, &life, d.ID); err != nil {
		return Life{}, err
	}
	// What happened in one second keeps the order of the books.
	sort.SliceStable(life.Events, func(i, j int) bool { return life.Events[i].At < life.Events[j].At })
	return life, nil
}

func (l *Ledger) sheetLife(ctx context.Context, life *Life, s Sheet, line int64) error {
	event := LifeEvent{At: s.At, Event: "imported", Detail: fmt.Sprintf("sheet %d, period %s", s.ID, s.Period), By: s.ImportedBy, OSUser: s.OSUser, File: s.File, Line: line}
	if s.Kind == "repayment" {
		event.Event, event.Detail = "to be paid again", fmt.Sprintf("sheet %d: %s", s.ID, s.Reason)
	}
	life.Events = append(life.Events, event)
	if s.State == "proposed" {
		return nil
	}
	var decided struct {
		At     string `db:"at"`
		By     string `db:"decided_by"`
		OSUser string `db:"os_user"`
		Reason string `db:"reason"`
		Entry  int64  `db:"entry"`
	}
	err := l.reader.GetContext(ctx, &decided, `SELECT x.at, x.decided_by, x.os_user, x.reason, coalesce((SELECT j.id FROM journal j WHERE j.sheet_id = x.sheet_id), 0) AS entry
		FROM sheet_decisions x WHERE x.sheet_id = ?`, s.ID)
	if err := found(err, fmt.Sprintf("decision on sheet %d", s.ID)); err != nil {
		return err
	}
	life.Events = append(life.Events, LifeEvent{At: decided.At, Event: s.State, Detail: decided.Reason, By: decided.By, OSUser: decided.OSUser, Entry: decided.Entry})
	return nil
}

func (l *Ledger) batchLife(ctx context.Context, life *Life, deposit int64) error {
	var in struct {
		Batch    int64 `db:"batch_id"`
		Sequence int64 `db:"sequence"`
	}
	err := found(l.reader.GetContext(ctx, &in, `SELECT batch_id, first_sequence + ?1 - first_deposit AS sequence FROM batch_ranges WHERE first_deposit <= ?1 AND last_deposit >= ?1`, deposit), "batch")
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := l.Batch(ctx, in.Batch)
	if err != nil {
		return err
	}
	life.Batch, life.Sequence, life.State = b.Reference, in.Sequence, "batched"
	switch {
	case b.State == "acknowledged":
		life.State = "acknowledged"
	case b.Delivered != "":
		life.State = "delivered"
	case b.State == "uncertain":
		life.State = "uncertain"
	}
	events, err := l.BatchEvents(ctx, b.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		x := LifeEvent{At: e.At, Event: e.Event, Detail: e.Detail, By: e.DecidedBy, OSUser: e.OSUser, Night: e.Night, File: e.File, Line: e.Line}
		switch e.Event {
		case "sealed":
			x.File, x.Line, x.SHA256 = b.FileName, in.Sequence+1, b.SHA256 // line 1 is the header
		case "delivered":
			var entries []int64
			if err := l.reader.SelectContext(ctx, &entries, `SELECT id FROM journal WHERE batch_id = ? AND event = 'batch delivered'`, b.ID); err != nil {
				return fmt.Errorf("ledger: journal: %w", err)
			}
			if len(entries) > 0 {
				x.Entry = entries[0]
			}
		}
		life.Events = append(life.Events, x)
	}
	return nil
}

func (l *Ledger) answerLife(ctx context.Context, life *Life, deposit int64) error {
	var answers []struct {
		Slot    int64   `db:"slot"`
		Outcome Outcome `db:"outcome"`
		Line    int64   `db:"line"`
		Status  string  `db:"status"`
		Code    string  `db:"code"`
		Amount  *Money  `db:"amount"`
		File    string  `db:"file"`
		SHA256  string  `db:"sha256"`
		At      string  `db:"at"`
		Entry   int64   `db:"entry"`
		Night   string  `db:"night"`
	}
	err := l.reader.SelectContext(ctx, &answers, `SELECT a.slot, a.outcome, a.first_line + a.line_step * (?1 - a.first_deposit) AS line, a.status, a.code, a.amount, f.name AS file, f.sha256, e.at,
		coalesce((SELECT min(j.id) FROM journal j WHERE j.file_id = a.file_id AND j.batch_id = a.batch_id AND j.event LIKE 'deposits ' || a.outcome || '%'), 0) AS entry,
		coalesce((SELECT c.night FROM chain c WHERE c.at = e.at AND c.action = 'file posted: ' || f.name LIMIT 1), '') AS night
		FROM answers a JOIN files f ON f.id = a.file_id JOIN file_events e ON e.id = (SELECT min(x.id) FROM file_events x WHERE x.file_id = f.id AND x.event = 'posted'
			AND (x.at >= (SELECT min(y.at) FROM batch_events y WHERE y.batch_id = a.batch_id) OR NOT EXISTS (SELECT 1 FROM recalled r WHERE r.deposit_id = ?1)))
		WHERE a.first_deposit > ?1 - ?2 AND a.first_deposit <= ?1 AND a.last_deposit >= ?1 ORDER BY a.id`, deposit, longest)
	if err != nil {
		return fmt.Errorf("ledger: answers: %w", err)
	}
	for _, a := range answers {
		detail := "status " + a.Status
		if a.Code != "" {
			detail += ", code " + a.Code
		}
		if a.Amount != nil {
			detail += ", amount " + a.Amount.String()
		}
		if a.Slot == slotStray {
			detail += ", of what had gone to another account"
		}
		life.Events = append(life.Events, LifeEvent{At: a.At, Event: string(a.Outcome), Detail: detail, Night: a.Night, File: a.File, Line: a.Line, Entry: a.Entry, SHA256: a.SHA256})
		switch {
		case a.Slot == slotFinal, a.Slot == slotReturn:
			life.State = string(a.Outcome)
		case life.State == "acknowledged" || life.State == "delivered":
			life.State = string(a.Outcome)
		}
	}
	return nil
}
