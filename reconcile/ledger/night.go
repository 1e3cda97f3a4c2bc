package ledger

import (
	"context"
	"errors"
	"fmt"
)

// NightRow is one night as the books keep it.
type NightRow struct {
	ID      int64  `db:"id" json:"-"`
	Key     string `db:"key" json:"night"` // 2026-11-23.1
	Date    string `db:"date" json:"date"`
	Due     string `db:"due" json:"due"` // empty when a person began it
	Started string `db:"started" json:"started"`
	Outcome string `db:"outcome" json:"outcome"` // the worst of its steps; empty while it runs, or when it died
}

const nightQuery = `SELECT n.id, n.key, n.date, n.due, n.started,
	coalesce((SELECT s.outcome FROM night_steps s WHERE s.night_id = n.id AND s.step = 'night'), '') AS outcome FROM nights n `

// BeginNight enters a night of a business date. due is when it should have
// begun, empty when a person began it.
func (l *Ledger) BeginNight(ctx context.Context, a Actor, date, due string) (NightRow, error) {
	var n NightRow
	err := l.write(ctx, a, "night begun", func(t *tx) error {
		var before int64
		if err := t.GetContext(ctx, &before, `SELECT count(*) FROM nights WHERE date = ?`, date); err != nil {
			return fmt.Errorf("ledger: nights: %w", err)
		}
		n = NightRow{Key: fmt.Sprintf("%s.%d", date, before+1), Date: date, Due: due, Started: t.at}
		var err error
		n.ID, err = t.add("nights", n.Key, date, due, t.at)
		return err
	})
	return n, err
}

// EndStep records how a step of a night ended; step "night" ends the night.
func (l *Ledger) EndStep(ctx context.Context, a Actor, night int64, step, outcome, detail string) error {
	return l.write(ctx, a, "step "+step+" "+outcome, func(t *tx) error {
		_, err := t.add("night_steps", night, step, outcome, plain(detail), t.at)
		return err
	})
}

// LastNight returns the night that began last, or ErrNotFound.
func (l *Ledger) LastNight(ctx context.Context) (NightRow, error) {
	var n NightRow
	err := l.reader.GetContext(ctx, &n, nightQuery+`ORDER BY n.id DESC LIMIT 1`)
	return n, found(err, "night")
}

// StepOutcomes returns how the steps of a night ended; one that has not ended is
// not among them.
func (l *Ledger) StepOutcomes(ctx context.Context, night int64) (map[string]string, error) {
	var steps []struct {
		Step    string `db:"step"`
		Outcome string `db:"outcome"`
	}
	if err := l.reader.SelectContext(ctx, &steps, `SELECT step, outcome FROM night_steps WHERE night_id = ? ORDER BY id`, night); err != nil {
		return nil, fmt.Errorf("ledger: steps of night %d: %w", night, err)
	}
	outcomes := make(map[string]string, len(steps))
	for _, s := range steps {
		outcomes[s.Step] = s.Outcome
	}
	return outcomes, nil
}

// LastDue returns when the last scheduled night was due, empty when there was
// none.
func (l *Ledger) LastDue(ctx context.Context) (string, error) {
	var due string
	err := found(l.reader.GetContext(ctx, &due, `SELECT due FROM nights WHERE due <> '' ORDER BY due DESC LIMIT 1`), "night")
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return due, err
}

// Nights returns the nights, newest first, limit of them.
func (l *Ledger) Nights(ctx context.Context, limit int) ([]NightRow, error) {
	nights := []NightRow{}
	if err := l.reader.SelectContext(ctx, &nights, nightQuery+`ORDER BY n.id DESC LIMIT ?`, limit); err != nil {
		return nil, fmt.Errorf("ledger: nights: %w", err)
	}
	return nights, nil
}
