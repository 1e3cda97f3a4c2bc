package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// RepeatsError says that wages of a sheet are in an approved sheet of the same
// period already: it may be the same list, handed in twice.
type RepeatsError struct {
	Sheet       int64
	Period      string
	Repeated    Tally
	Beneficiary string // of the first that is repeated
	Of          int64  // the sheet that holds it already
	File        string // from which that one came
}

func (e *RepeatsError) Error() string {
	wages, are := "wages", "are"
	if e.Repeated.Count == 1 {
		wages, are = "wage", "is"
	}
	return fmt.Sprintf("sheet %d: %d %s (%s) %s in an approved sheet of %s already, with the same beneficiary or account and the same amount (the first is that of %s, in sheet %d from %s)",
		e.Sheet, e.Repeated.Count, wages, e.Repeated.Total, are, e.Period, e.Beneficiary, e.Of, e.File)
}

// Hint says what to do about it.
func (e *RepeatsError) Hint() string {
	return fmt.Sprintf("when it is the same wages again: bekal wages refuse %d --reason \"the same again\"; when people have earned as much a second time in %s, who approves says why with --repeats", e.Sheet, e.Period)
}

// Repeats is a RepeatsError when a sheet holds wages that an approved sheet of
// its period holds already, and nil when it does not.
func (l *Ledger) Repeats(ctx context.Context, s Sheet) error { return repeats(ctx, l.reader, s) }

func repeats(ctx context.Context, db sqlx.QueryerContext, s Sheet) error {
	if s.Kind != "wages" {
		return nil // what is paid again failed before; that it is once only is held elsewhere
	}
	const others = ` FROM sheets s JOIN sheet_decisions x ON x.sheet_id = s.id AND x.decision = 'approved'`
	const ofPeriod = ` WHERE s.facility_id = ?1 AND s.period = ?2 AND s.kind = 'wages' AND s.id <> ?3`
	var some bool
	if err := sqlx.GetContext(ctx, db, &some, `SELECT EXISTS (SELECT 1`+others+ofPeriod+`)`, s.FacilityID, s.Period, s.ID); err != nil {
		return fmt.Errorf("ledger: repeated wages: %w", err)
	}
	if !some {
		return nil
	}
	repeated := `SELECT id, beneficiary, amount, min(sheet) AS sheet FROM (` + alikeIn("beneficiary", others, ofPeriod) + ` UNION ALL ` + alikeIn("account", others, ofPeriod) + `) GROUP BY id`
	e := &RepeatsError{Sheet: s.ID, Period: s.Period}
	var found struct {
		Tally
		First *int64 `db:"first"`
	}
	args := []any{s.FacilityID, s.Period, s.ID, s.FirstDeposit, s.Count}
	if err := sqlx.GetContext(ctx, db, &found, `SELECT count(*) AS count, coalesce(sum(amount), 0) AS total, min(id) AS first FROM (`+repeated+`)`, args...); err != nil {
		return fmt.Errorf("ledger: repeated wages: %w", err)
	}
	if found.First == nil {
		return nil
	}
	e.Repeated = found.Tally
	var first struct {
		Beneficiary string `db:"beneficiary"`
		Sheet       int64  `db:"sheet"`
		File        string `db:"file"`
	}
	if err := sqlx.GetContext(ctx, db, &first, `SELECT r.beneficiary, r.sheet, f.name AS file FROM (`+repeated+`) r JOIN sheets s ON s.id = r.sheet JOIN files f ON f.id = s.file_id WHERE r.id = ?6`, append(args, *found.First)...); err != nil {
		return fmt.Errorf("ledger: repeated wages: %w", err)
	}
	e.Beneficiary, e.Of, e.File = first.Beneficiary, first.Sheet, first.File
	return e
}

// alikeIn selects the deposits of a sheet that have a column and the amount in
// common with those of other sheets. People are known by their ids, and by their
// accounts where their ids have changed.
func alikeIn(column, sheets, which string) string {
	return `SELECT n.id, n.beneficiary, n.amount, o.sheet FROM deposits n JOIN
		(SELECT d.` + column + `, d.amount, min(s.id) AS sheet` + sheets + ` JOIN deposits d ON d.id >= s.first_deposit AND d.id < s.first_deposit + s.count` + which + ` GROUP BY d.` + column + `, d.amount) o
		ON o.` + column + ` = n.` + column + ` AND o.amount = n.amount WHERE n.id >= ?4 AND n.id < ?4 + ?5`
}

// meant says whether repeated wages are allowed for: somebody has said why.
func (t *tx) meant(s Sheet, why string) error {
	err := repeats(t.ctx, t.Tx, s)
	var again *RepeatsError
	if errors.As(err, &again) && reasoned(why) == nil {
		return nil
	}
	return err
}
