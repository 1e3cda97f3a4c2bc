package ledger

import (
	"context"
	"errors"
	"fmt"
)

// Sheet is a wage sheet: a list of wages for one period, or a list of failed
// deposits that are to be paid again.
type Sheet struct {
	ID         int64  `db:"id" json:"sheet"`
	Kind       string `db:"kind" json:"kind"` // wages, repayment
	File       string `db:"file" json:"file"` // empty for a repayment
	Period     string `db:"period" json:"period"`
	Count      int64  `db:"count" json:"count"`
	Total      Money  `db:"total" json:"total"` // sen
	ImportedBy string `db:"imported_by" json:"imported_by"`
	At         string `db:"at" json:"imported_at"`
	State      string `db:"state" json:"state"` // proposed, approved, refused
	DecidedBy  string `db:"decided_by" json:"decided_by"`
	DecidedAt  string `db:"decided_at" json:"decided_at"`
	Reason     string `db:"reason" json:"reason"` // of a repayment
	// DecisionReason says why it was refused, or approved though it repeats wages.
	DecisionReason string `db:"decision_reason" json:"decision_reason"`
	FacilityID     int64  `db:"facility_id" json:"-"`
	FirstDeposit   int64  `db:"first_deposit" json:"-"`
	OSUser         string `db:"os_user" json:"-"`
}

const sheetQuery = `SELECT s.id, s.kind, coalesce(f.name, '') AS file, s.period, s.count, s.total, s.imported_by, s.os_user, s.at, s.reason, s.facility_id, s.first_deposit,
	coalesce(d.decision, 'proposed') AS state, coalesce(d.decided_by, '') AS decided_by, coalesce(d.at, '') AS decided_at, coalesce(d.reason, '') AS decision_reason
	FROM sheets s LEFT JOIN files f ON f.id = s.file_id LEFT JOIN sheet_decisions d ON d.sheet_id = s.id `

// Wage is one line of a wage sheet.
type Wage struct {
	Line        int64
	Beneficiary string
	Name        string
	Account     string // 15 digits
	Amount      Money
	Remark      string
}

// SheetImport describes a wage sheet whose bytes are archived.
type SheetImport struct {
	Facility Facility
	Name     string // file name
	File     Stored
	Period   string // 2026-10
	Count    int64  // declared
	Total    Money  // declared
}

// ErrSameWages says that the wages of a sheet were imported before, from a file
// with other bytes.
var ErrSameWages = errors.New("the same wages were imported before")

// OtherPeriodError says that a file was imported before, for another period. A
// file need not say of which month it is, and people may earn the same in two.
type OtherPeriodError struct {
	Name          string
	Sheet         int64  // that it made
	Period, Asked string // of that sheet, and now
}

func (e *OtherPeriodError) Error() string {
	return fmt.Sprintf("sheet %s: the same file was imported before, as sheet %d for period %s: nothing is imported for %s", e.Name, e.Sheet, e.Period, e.Asked)
}

// Hint says what to do about it.
func (e *OtherPeriodError) Hint() string {
	return fmt.Sprintf("when these are other wages, write %s into the file (a remark) and import it again; when %s was a slip and nobody has approved it: bekal wages refuse %d --reason \"wrong month\", then import it again", e.Asked, e.Period, e.Sheet)
}

// ImportWages enters a wage sheet as proposed deposits. read streams its lines
// into add and returns the SHA-256 of their canonical form; when it fails,
// nothing is entered. The same bytes again return the sheet that they made, and
// again = true, unless that was refused; the same bytes for another period are an
// OtherPeriodError, and the same wages in other bytes are refused with
// ErrSameWages.
func (l *Ledger) ImportWages(ctx context.Context, a Actor, in SheetImport, read func(add func(Wage) error) (content string, err error)) (s Sheet, again bool, err error) {
	err = l.write(ctx, a, "wage sheet imported", func(t *tx) error {
		fileID, err := t.sheetOfBytes(in, &s)
		if again = err == nil && s.ID > 0; again || err != nil {
			return err
		}
		if fileID == 0 {
			if fileID, err = t.addFile(WageSheetFile, in.Name, in.File, 0); err != nil {
				return err
			}
		}
		d, err := t.newDeposits(in.Facility)
		if err != nil {
			return err
		}
		content, err := read(func(w Wage) error {
			return d.add(w.Line, w.Beneficiary, w.Name, w.Account, w.Amount, w.Remark)
		})
		if err != nil {
			return err
		}
		if d.sum != (Tally{in.Count, in.Total}) {
			return fmt.Errorf("sheet %s: %d wages of %s were read, %d of %s were declared", in.Name, d.sum.Count, d.sum.Total, in.Count, in.Total)
		}
		var same Sheet
		err = t.GetContext(ctx, &same, sheetQuery+`WHERE s.facility_id = ? AND s.period = ? AND s.content = ? AND coalesce(d.decision, '') <> 'refused'`, in.Facility.ID, in.Period, content)
		if err = found(err, "sheet"); err == nil {
			return fmt.Errorf("sheet %s: %w, as sheet %d from %s", in.Name, ErrSameWages, same.ID, same.File)
		} else if !errors.Is(err, ErrNotFound) {
			return err
		}
		s = Sheet{Kind: "wages", File: in.Name, Period: in.Period, Count: in.Count, Total: in.Total, ImportedBy: a.User, At: t.at, State: "proposed", FacilityID: in.Facility.ID, FirstDeposit: d.first}
		s.ID, err = t.add("sheets", in.Facility.ID, fileID, s.Kind, s.Period, s.Count, int64(s.Total), content, d.first, a.User, a.OSUser, "", t.at)
		if err == nil && s.ID != d.sheet {
			err = fmt.Errorf("ledger: sheet %d was to be %d", s.ID, d.sheet)
		}
		return err
	})
	return s, again, err
}

// sheetOfBytes finds the sheet that a file has made, and the file: 0 when it was
// never imported. Sheets that were refused do not count.
func (t *tx) sheetOfBytes(in SheetImport, s *Sheet) (file int64, err error) {
	known, err := t.fileByBytes(WageSheetFile, in.File.SHA256)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	err = found(t.GetContext(t.ctx, s, sheetQuery+`WHERE s.file_id = ? AND coalesce(d.decision, '') <> 'refused'`, known.ID), "sheet of file "+in.Name)
	switch {
	case errors.Is(err, ErrNotFound):
		return known.ID, nil
	case err == nil && s.Period != in.Period:
		return known.ID, &OtherPeriodError{Name: in.Name, Sheet: s.ID, Period: s.Period, Asked: in.Period}
	}
	return known.ID, err
}

// Sheets returns the sheets of a facility, newest first.
func (l *Ledger) Sheets(ctx context.Context, facility int64) ([]Sheet, error) {
	sheets := []Sheet{}
	if err := l.reader.SelectContext(ctx, &sheets, sheetQuery+`WHERE s.facility_id = ? ORDER BY s.id DESC`, facility); err != nil {
		return nil, fmt.Errorf("ledger: sheets: %w", err)
	}
	return sheets, nil
}

// Sheet returns one sheet, or ErrNotFound.
func (l *Ledger) Sheet(ctx context.Context, id int64) (Sheet, error) {
	var s Sheet
	err := l.reader.GetContext(ctx, &s, sheetQuery+`WHERE s.id = ?`, id)
	return s, found(err, fmt.Sprintf("sheet %d", id))
}

// Limits are what a sheet may not exceed; zero is no limit.
type Limits struct {
	Deposit          Money // one deposit
	BeneficiaryMonth Money // all deposits of a beneficiary in one period
	// Repeats says why the sheet holds wages that an approved sheet of the same
	// period holds already. Empty: it may hold none.
	Repeats string
}

// OverLimit names what exceeds a limit.
type OverLimit struct {
	Sheet       int64  `db:"-"`
	Beneficiary string `db:"beneficiary"`
	Amount      Money  `db:"amount"`
	Limit       Money  `db:"-"`
	What        string `db:"-"`
}

func (e *OverLimit) Error() string {
	return fmt.Sprintf("sheet %d: beneficiary %s: %s is more than the limit of %s for %s", e.Sheet, e.Beneficiary, e.Amount, e.Limit, e.What)
}

// Hint says what to do about it.
func (e *OverLimit) Hint() string {
	return "correct the sheet and import it again; if the amount is right, raise the limit in the configuration (limits:)"
}

// ApproveSheet makes the deposits of a sheet owed. Who imported it cannot
// approve it. A repayment costs nothing anew: its wages are owed already.
func (l *Ledger) ApproveSheet(ctx context.Context, a Actor, sheet int64, date string, limits Limits) (Sheet, error) {
	var s Sheet
	err := l.write(ctx, a, "sheet approved", func(t *tx) error {
		if err := t.undecided(&s, sheet); err != nil {
			return err
		}
		if samePerson(s.ImportedBy, a.User) {
			return fmt.Errorf("sheet %d was imported by %s: %w", sheet, s.ImportedBy, ErrSamePerson)
		}
		if err := t.withinLimits(s, limits); err != nil {
			return err
		}
		if err := t.meant(s, limits.Repeats); err != nil {
			return err
		}
		if err := t.uncontradicted(s); err != nil {
			return err
		}
		if err := t.onRoster(s); err != nil {
			return err
		}
		if _, err := t.add("sheet_decisions", sheet, "approved", a.User, a.OSUser, plain(limits.Repeats), t.at); err != nil {
			return err
		}
		s.State, s.DecidedBy, s.DecidedAt = "approved", a.User, t.at
		if s.Kind == "repayment" {
			return nil
		}
		return t.post(Entry{Date: date, Facility: s.FacilityID, Event: "wage sheet approved", Sheet: sheet, Deposits: s.Count},
			debit(WagesExpense, s.Total), credit(WagesPayable, s.Total))
	})
	return s, err
}

// RefuseSheet ends a sheet without paying it.
func (l *Ledger) RefuseSheet(ctx context.Context, a Actor, sheet int64, reason string) (Sheet, error) {
	if err := reasoned(reason); err != nil {
		return Sheet{}, fmt.Errorf("sheet %d: %w", sheet, err)
	}
	var s Sheet
	err := l.write(ctx, a, "sheet refused", func(t *tx) error {
		if err := t.undecided(&s, sheet); err != nil {
			return err
		}
		s.State, s.DecidedBy, s.DecidedAt = "refused", a.User, t.at
		_, err := t.add("sheet_decisions", sheet, "refused", a.User, a.OSUser, plain(reason), t.at)
		return err
	})
	return s, err
}

func (t *tx) undecided(s *Sheet, id int64) error {
	if err := found(t.GetContext(t.ctx, s, sheetQuery+`WHERE s.id = ?`, id), fmt.Sprintf("sheet %d", id)); err != nil {
		return err
	}
	if s.State != "proposed" {
		return fmt.Errorf("sheet %d %w: %s by %s", id, ErrDecided, s.State, s.DecidedBy)
	}
	return nil
}

func (t *tx) withinLimits(s Sheet, limits Limits) error {
	var over []OverLimit
	if limits.Deposit > 0 {
		err := t.SelectContext(t.ctx, &over, `SELECT beneficiary, amount FROM deposits WHERE id >= ? AND id < ? AND amount > ? ORDER BY id LIMIT 1`, s.FirstDeposit, s.FirstDeposit+s.Count, limits.Deposit)
		if err != nil {
			return fmt.Errorf("ledger: limits: %w", err)
		}
		if len(over) > 0 {
			over[0].Sheet, over[0].Limit, over[0].What = s.ID, limits.Deposit, "one deposit"
			return &over[0]
		}
	}
	if limits.BeneficiaryMonth == 0 || s.Kind == "repayment" {
		return nil
	}
	var others int64
	if err := t.GetContext(t.ctx, &others, `SELECT count(*) FROM sheets s JOIN sheet_decisions d ON d.sheet_id = s.id AND d.decision = 'approved'
		WHERE s.facility_id = ? AND s.period = ? AND s.kind = 'wages'`, s.FacilityID, s.Period); err != nil {
		return fmt.Errorf("ledger: limits: %w", err)
	}
	// A sheet names each beneficiary once, so one sheet alone needs no sums.
	query := `SELECT beneficiary, amount FROM deposits WHERE id >= ?1 AND id < ?1 + ?2 AND amount > ?3 ORDER BY id LIMIT 1`
	if others > 0 {
		query = `SELECT d.beneficiary, sum(d.amount) AS amount FROM deposits d JOIN sheets s ON d.id >= s.first_deposit AND d.id < s.first_deposit + s.count
			LEFT JOIN sheet_decisions x ON x.sheet_id = s.id
			WHERE s.facility_id = ?4 AND s.period = ?5 AND s.kind = 'wages' AND (x.decision = 'approved' OR s.id = ?6)
			GROUP BY d.beneficiary HAVING sum(d.amount) > ?3 ORDER BY d.beneficiary LIMIT 1`
	}
	if err := t.SelectContext(t.ctx, &over, query, s.FirstDeposit, s.Count, limits.BeneficiaryMonth, s.FacilityID, s.Period, s.ID); err != nil {
		return fmt.Errorf("ledger: limits: %w", err)
	}
	if len(over) > 0 {
		over[0].Sheet, over[0].Limit, over[0].What = s.ID, limits.BeneficiaryMonth, "one beneficiary in period "+s.Period
		return &over[0]
	}
	return nil
}
