package ledger

import (
	"context"
	"fmt"
	"slices"
)

// Batch is the deposits of one transfer file.
type Batch struct {
	ID         int64  `db:"id" json:"id"`
	Reference  string `db:"reference" json:"reference"`
	FacilityID int64  `db:"facility_id" json:"-"`
	BankID     int64  `db:"bank_id" json:"-"`
	Period     string `db:"period" json:"period"`
	Count      int64  `db:"count" json:"count"`
	Total      Money  `db:"total" json:"total"` // sen
	ValueDate  string `db:"value_date" json:"value_date"`
	Created    string `db:"created" json:"created"`
	State      string `db:"state" json:"state"` // sealed, staged, uncertain, delivered, acknowledged, refused
	Detail     string `db:"detail" json:"detail"`
	FileID     int64  `db:"file_id" json:"-"`
	FileName   string `db:"file_name" json:"file"`
	SHA256     string `db:"sha256" json:"sha256"`
	Size       int64  `db:"size" json:"size"`
	Delivered  string `db:"delivered" json:"delivered"` // when, empty before
}

// The state of a batch is its last event; what the bank said of the whole file
// stands above how it was delivered.
const batchQuery = `SELECT b.id, b.reference, b.facility_id, b.bank_id, b.period,
	b.count + (SELECT coalesce(sum(x.count), 0) FROM batch_additions x WHERE x.batch_id = b.id) AS count,
	b.total + (SELECT coalesce(sum(x.total), 0) FROM batch_additions x WHERE x.batch_id = b.id) AS total, b.value_date, b.created, b.file_id,
	f.name AS file_name, f.sha256, f.size,
	(SELECT e.event FROM batch_events e WHERE e.batch_id = b.id ORDER BY e.event IN ('acknowledged','refused') DESC, e.id DESC LIMIT 1) AS state,
	(SELECT e.detail FROM batch_events e WHERE e.batch_id = b.id ORDER BY e.event IN ('acknowledged','refused') DESC, e.id DESC LIMIT 1) AS detail,
	coalesce((SELECT e.at FROM batch_events e WHERE e.batch_id = b.id AND e.event = 'delivered'), '') AS delivered
	FROM batches b JOIN files f ON f.id = b.file_id `

// Batches returns the batches of a bank, oldest first; bank 0 means all.
func (l *Ledger) Batches(ctx context.Context, bank int64) ([]Batch, error) {
	batches := []Batch{}
	if err := l.reader.SelectContext(ctx, &batches, batchQuery+`WHERE ?1 = 0 OR b.bank_id = ?1 ORDER BY b.id`, bank); err != nil {
		return nil, fmt.Errorf("ledger: batches: %w", err)
	}
	return batches, nil
}

// Undelivered returns the batches of a bank that are sealed, staged or
// uncertain, oldest first.
func (l *Ledger) Undelivered(ctx context.Context, bank int64) ([]Batch, error) {
	var batches []Batch
	if err := l.reader.SelectContext(ctx, &batches, `SELECT * FROM (`+batchQuery+`WHERE b.bank_id = ?) WHERE delivered = '' ORDER BY id`, bank); err != nil {
		return nil, fmt.Errorf("ledger: batches: %w", err)
	}
	return batches, nil
}

// Unanswered returns the delivered batches of a bank that have deposits without
// a final answer, oldest first.
func (l *Ledger) Unanswered(ctx context.Context, bank int64) ([]Batch, error) {
	var batches []Batch
	err := l.reader.SelectContext(ctx, &batches, `SELECT * FROM (`+batchQuery+`WHERE b.bank_id = ?) x WHERE delivered <> ''
		AND x.count > (SELECT coalesce(sum(j.deposits), 0) FROM journal j WHERE j.batch_id = x.id AND j.event IN ('deposits settled', 'deposits rejected', 'deposits returned before they settled'))
		ORDER BY id`, bank)
	if err != nil {
		return nil, fmt.Errorf("ledger: batches: %w", err)
	}
	return batches, nil
}

// BatchByReference returns the batch with that reference, or ErrNotFound.
func (l *Ledger) BatchByReference(ctx context.Context, reference string) (Batch, error) {
	var b Batch
	err := l.reader.GetContext(ctx, &b, batchQuery+`WHERE b.reference = ?`, reference)
	return b, found(err, "batch "+reference)
}

// Batch returns the batch with that id, or ErrNotFound.
func (l *Ledger) Batch(ctx context.Context, id int64) (Batch, error) {
	var b Batch
	err := l.reader.GetContext(ctx, &b, batchQuery+`WHERE b.id = ?`, id)
	return b, found(err, fmt.Sprintf("batch %d", id))
}

// BatchEvent is something that happened to a batch.
type BatchEvent struct {
	Event     string `db:"event" json:"event"`
	Detail    string `db:"detail" json:"detail"`
	File      string `db:"file" json:"file"`
	Line      int64  `db:"line" json:"line"`
	DecidedBy string `db:"decided_by" json:"by"`
	OSUser    string `db:"os_user" json:"os_user"`
	Night     string `db:"night" json:"night"`
	At        string `db:"at" json:"at"`
}

// BatchEvents returns what happened to a batch, in order, and what people
// proposed.
func (l *Ledger) BatchEvents(ctx context.Context, batch int64) ([]BatchEvent, error) {
	events := []BatchEvent{}
	err := l.reader.SelectContext(ctx, &events, `SELECT e.event, e.detail, coalesce(f.name, '') AS file, e.line, e.decided_by, e.os_user, e.night, e.at
		FROM (SELECT id, 0 AS later, event, detail, file_id, line, decided_by, os_user, night, at FROM batch_events WHERE batch_id = ?1
			UNION ALL SELECT event_id, 1, 'proposed', 'that the bank has not got it: ' || reason, NULL, 0, decided_by, os_user, '', at FROM batch_proposals WHERE batch_id = ?1) e
		LEFT JOIN files f ON f.id = e.file_id ORDER BY e.id, e.later`, batch)
	if err != nil {
		return nil, fmt.Errorf("ledger: events of batch %d: %w", batch, err)
	}
	return events, nil
}

func (t *tx) batchEvent(batch int64, event, detail string, file, line int64) error {
	_, err := t.add("batch_events", batch, event, plain(detail), orNull(file), line, t.actor.User, t.actor.OSUser, t.actor.Night, t.at)
	return err
}

// MarkStaged records that the whole file lies at the bank under its part name.
// From here on, that name is there if and only if the rename has not happened.
func (l *Ledger) MarkStaged(ctx context.Context, a Actor, b Batch, detail string) error {
	return l.step(ctx, a, b, "staged", detail, []string{"sealed"})
}

// MarkUncertain records that nobody can know whether the bank has the file. It
// is never sent again until somebody, or an answer of the bank, decides.
func (l *Ledger) MarkUncertain(ctx context.Context, a Actor, b Batch, detail string) error {
	return l.step(ctx, a, b, "uncertain", detail, []string{"sealed", "staged"})
}

// MarkDelivered records that the bank has got the file, and takes its deposits
// from wages payable into transit.
func (l *Ledger) MarkDelivered(ctx context.Context, a Actor, b Batch, date, detail string) error {
	return l.deliver(ctx, a, b, date, detail, []string{"staged"})
}

func (l *Ledger) step(ctx context.Context, a Actor, b Batch, event, detail string, from []string) error {
	return l.write(ctx, a, "batch "+b.Reference+" "+event, func(t *tx) error {
		if _, err := t.inState(b, from); err != nil {
			return err
		}
		if event == "staged" {
			if err := t.notOnHold(); err != nil {
				return err
			}
			if err := t.checkRivals(b); err != nil {
				return err
			}
		}
		return t.batchEvent(b.ID, event, detail, 0, 0)
	})
}

func (l *Ledger) deliver(ctx context.Context, a Actor, b Batch, date, detail string, from []string) error {
	return l.write(ctx, a, "batch "+b.Reference+" delivered", func(t *tx) error {
		// As it stands now: more of an adopted one may have been found meanwhile.
		now, err := t.inState(b, from)
		if err != nil {
			return err
		}
		return t.delivered(now, date, detail, 0, 0)
	})
}

func (t *tx) delivered(b Batch, date, detail string, file, line int64) error {
	if err := t.batchEvent(b.ID, "delivered", detail, file, line); err != nil {
		return err
	}
	return t.post(Entry{Date: date, Facility: b.FacilityID, Bank: b.BankID, Event: "batch delivered", Batch: b.ID, File: b.FileID, Deposits: b.Count},
		debit(WagesPayable, b.Total), credit(InTransit, b.Total))
}

// inState refuses a step that does not follow from where the batch stands now,
// and returns it as it does.
func (t *tx) inState(b Batch, states []string) (now Batch, err error) {
	if err := found(t.GetContext(t.ctx, &now, batchQuery+`WHERE b.id = ?`, b.ID), "batch "+b.Reference); err != nil {
		return now, err
	}
	if !slices.Contains(states, now.State) {
		return now, fmt.Errorf("batch %s %w: it is %s", b.Reference, ErrDecided, now.State)
	}
	return now, nil
}
