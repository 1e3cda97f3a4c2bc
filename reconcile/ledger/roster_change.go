package ledger

import (
	"errors"
	"fmt"
)

// AccountChangedError says that a sheet would be paid into accounts which the
// roster in force has no more for these people: it was approved after the sheet
// had been imported, or proposed.
type AccountChangedError struct {
	Sheet       int64
	Roster      int64
	Count       int64
	Beneficiary string // the first of them
	Repayment   bool
}

func (e *AccountChangedError) Error() string {
	who := "beneficiary " + e.Beneficiary
	if e.Count > 1 {
		who = fmt.Sprintf("%d beneficiaries, the first of whom is %s,", e.Count, e.Beneficiary)
	}
	return fmt.Sprintf("sheet %d: roster %d, which is in force, has another account for %s than the sheet", e.Sheet, e.Roster, who)
}

// Hint says what to do about it.
func (e *AccountChangedError) Hint() string {
	again := "correct the list and import it again"
	if e.Repayment {
		again = "propose it again: it then has the accounts of the roster in force"
	}
	return fmt.Sprintf("bekal wages refuse %d --reason \"accounts changed\", then %s", e.Sheet, again)
}

// onRoster compares the accounts of a sheet with the roster in force. Those who are
// not on it any more keep theirs: they have earned the wage. A sheet was compared
// when it was imported, so books with one roster need no second look.
func (t *tx) onRoster(s Sheet) error {
	var rosters int64
	if err := t.GetContext(t.ctx, &rosters, `SELECT count(*) FROM roster_decisions d JOIN rosters r ON r.id = d.roster_id WHERE r.facility_id = ? AND d.decision = 'approved'`, s.FacilityID); err != nil {
		return fmt.Errorf("ledger: rosters: %w", err)
	}
	if rosters < 2 {
		return nil
	}
	var r Roster
	if err := found(t.GetContext(t.ctx, &r, inForce, s.FacilityID), "approved roster"); err != nil {
		return err
	}
	var first struct {
		Count   int64  `db:"count"`
		Deposit *int64 `db:"deposit"`
	}
	if err := t.GetContext(t.ctx, &first, `SELECT count(*) AS count, min(d.id) AS deposit FROM deposits d JOIN roster_lines l ON l.beneficiary = d.beneficiary AND l.id >= ? AND l.id < ?
		WHERE d.id >= ? AND d.id < ? AND l.account <> d.account`, r.FirstLine, r.FirstLine+r.Lines, s.FirstDeposit, s.FirstDeposit+s.Count); err != nil {
		return fmt.Errorf("ledger: compare sheet %d with the roster: %w", s.ID, err)
	}
	if first.Deposit == nil {
		return nil
	}
	e := &AccountChangedError{Sheet: s.ID, Roster: r.ID, Count: first.Count, Repayment: s.Kind == "repayment"}
	err := found(t.GetContext(t.ctx, &e.Beneficiary, `SELECT beneficiary FROM deposits WHERE id = ?`, *first.Deposit), "deposit")
	return errors.Join(err, e)
}
