package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// ErrNotFailed says that a deposit cannot be paid again, because it has not
// failed.
var ErrNotFailed = errors.New("has not failed")

// replacedBy is the deposit that pays deposit d again, unless the sheet that it
// was on has been refused.
const replacedBy = `(SELECT n.reference FROM repayments r JOIN deposits n ON n.id = r.deposit_id LEFT JOIN sheet_decisions y ON y.sheet_id = n.sheet_id
	WHERE r.replaces = d.id AND coalesce(y.decision, '') <> 'refused')`

// ProposeRepayment proposes that failed deposits are paid again: as new ones,
// linked to the old, with the name and account that accounts (the roster in
// force) holds now. Another person approves the sheet as they do any other.
func (l *Ledger) ProposeRepayment(ctx context.Context, a Actor, facility Facility, references []string, reason string, accounts *Accounts) (Sheet, error) {
	if err := reasoned(reason); err != nil {
		return Sheet{}, err
	}
	if len(references) == 0 {
		return Sheet{}, errors.New("no deposit is named")
	}
	references = append([]string(nil), references...)
	sort.Strings(references)
	var s Sheet
	err := l.write(ctx, a, "repayment proposed", func(t *tx) error {
		d, err := t.newDeposits(facility)
		if err != nil {
			return err
		}
		var problems []error
		var replaced []int64
		named := make(map[int64]string)
		for n, ref := range references {
			old, err := t.repay(d, int64(n+1), ref, accounts, &s.Period)
			if before, twice := named[old]; err == nil && twice {
				err = fmt.Errorf("deposit %s is named twice, as %s too: it is paid again once", ref, before)
			}
			if err != nil {
				problems = append(problems, err)
			}
			named[old] = ref
			replaced = append(replaced, old)
		}
		if len(problems) > 0 {
			return errors.Join(problems...)
		}
		if err := t.flush(); err != nil {
			return err
		}
		for n, old := range replaced {
			if _, err := t.add("repayments", d.first+int64(n), old); err != nil {
				return err
			}
		}
		content := sha256.Sum256([]byte(strings.Join(references, "\n")))
		s = Sheet{Kind: "repayment", Period: s.Period, Count: d.sum.Count, Total: d.sum.Total, ImportedBy: a.User, At: t.at, State: "proposed", Reason: plain(reason), FirstDeposit: d.first}
		if err := t.uncontradicted(s); err != nil {
			return err
		}
		s.ID, err = t.add("sheets", facility.ID, nil, s.Kind, s.Period, s.Count, int64(s.Total), hex.EncodeToString(content[:]), d.first, a.User, a.OSUser, s.Reason, t.at)
		return err
	})
	return s, err
}

func (t *tx) repay(d *newDeposits, line int64, reference string, accounts *Accounts, period *string) (int64, error) {
	var old struct {
		ID          int64  `db:"id"`
		Beneficiary string `db:"beneficiary"`
		Amount      Money  `db:"amount"`
		Remark      string `db:"remark"`
		Period      string `db:"period"`
		Failed      bool   `db:"failed"`
		ReplacedBy  string `db:"replaced_by"`
	}
	reference, err := t.ownReference(reference)
	if err != nil {
		return 0, err
	}
	id, err := DepositID(reference)
	if err != nil {
		return 0, fmt.Errorf("deposit %q: %w", reference, err)
	}
	err = t.GetContext(t.ctx, &old, `SELECT d.id, d.beneficiary, d.amount, d.remark, s.period,
		`+answeredIn(slotReturn)+` OR `+answeredIn(slotFinal)+` AND (SELECT z.outcome FROM answers z WHERE z.slot = 0 AND z.first_deposit <= d.id ORDER BY z.first_deposit DESC LIMIT 1) <> 'settled' AS failed,
		coalesce(`+replacedBy+`, '') AS replaced_by
		FROM deposits d JOIN sheets s ON s.id = d.sheet_id WHERE d.id = ? AND d.reference = ?`, id, reference)
	if err := found(err, "deposit "+reference); err != nil {
		return 0, err
	}
	switch {
	case !old.Failed:
		return 0, fmt.Errorf("deposit %s %w: it cannot be paid again", reference, ErrNotFailed)
	case old.ReplacedBy != "":
		return 0, fmt.Errorf("deposit %s %w: it is to be paid again by %s", reference, ErrDecided, old.ReplacedBy)
	}
	if *period != "" && *period != old.Period {
		return 0, fmt.Errorf("deposit %s is of period %s, others are of %s: propose them apart", reference, old.Period, *period)
	}
	*period = old.Period
	name, account, ok := accounts.Lookup(old.Beneficiary)
	if !ok {
		return 0, fmt.Errorf("deposit %s: beneficiary %s is not on the approved roster", reference, old.Beneficiary)
	}
	return old.ID, d.add(line, old.Beneficiary, name, account, old.Amount, old.Remark)
}
