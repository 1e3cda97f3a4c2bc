package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Facility is a prison whose wages are paid.
type Facility struct {
	ID       int64  `db:"id"`
	Code     string `db:"code"` // 2 to 6 of A-Z0-9: it begins every reference
	Name     string `db:"name"`
	Timezone string `db:"timezone"` // IANA name
}

// Bank is a bank that pays.
type Bank struct {
	ID   int64  `db:"id"`
	Code string `db:"code"`
}

// EnsureFacility returns the facility with that code, and enters it when it is
// new. Its code is for ever; a new name or zone is refused, for it would change
// what earlier reports said.
func (l *Ledger) EnsureFacility(ctx context.Context, a Actor, f Facility) (Facility, error) {
	if !facilityCode.MatchString(f.Code) {
		return Facility{}, fmt.Errorf("facility code %q: must be 2 to 6 characters of A-Z and 0-9", f.Code)
	}
	found, err := l.Facility(ctx, f.Code)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return found, err
	}
	err = l.write(ctx, a, "facility entered", func(t *tx) error {
		f.ID, err = t.add("facilities", f.Code, f.Name, f.Timezone)
		return err
	})
	return f, err
}

// Facility returns the facility with that code, or ErrNotFound.
func (l *Ledger) Facility(ctx context.Context, code string) (Facility, error) {
	var f Facility
	err := l.reader.GetContext(ctx, &f, `SELECT id, code, name, timezone FROM facilities WHERE code = ?`, code)
	return f, found(err, "facility "+code)
}

// Facilities returns the facilities of the books, in the order in which they were
// entered.
func (l *Ledger) Facilities(ctx context.Context) ([]Facility, error) {
	var list []Facility
	if err := l.reader.SelectContext(ctx, &list, `SELECT id, code, name, timezone FROM facilities ORDER BY id`); err != nil {
		return nil, fmt.Errorf("ledger: facilities: %w", err)
	}
	return list, nil
}

// Banks returns the banks of the books, in the order in which they were entered.
func (l *Ledger) Banks(ctx context.Context) ([]Bank, error) {
	var list []Bank
	if err := l.reader.SelectContext(ctx, &list, `SELECT id, code FROM banks ORDER BY id`); err != nil {
		return nil, fmt.Errorf("ledger: banks: %w", err)
	}
	return list, nil
}

// EnsureBank returns the bank with that code, and enters it when it is new.
func (l *Ledger) EnsureBank(ctx context.Context, a Actor, code string) (Bank, error) {
	var b Bank
	err := found(l.reader.GetContext(ctx, &b, `SELECT id, code FROM banks WHERE code = ?`, code), "bank "+code)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return b, err
	}
	b.Code = code
	err = l.write(ctx, a, "bank entered", func(t *tx) error {
		b.ID, err = t.add("banks", code)
		return err
	})
	return b, err
}

// found turns "no rows" into ErrNotFound and names what was looked for.
func found(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	return fmt.Errorf("ledger: %s: %w", what, err)
}
