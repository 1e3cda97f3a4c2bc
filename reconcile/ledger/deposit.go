package ledger

import (
	"fmt"
)

// newDeposits adds deposits to a sheet that is still being read.
type newDeposits struct {
	rows     *inserter
	facility string
	mark     string
	sheet    int64 // the id that the sheet will have
	first    int64
	sum      Tally
	ref      []byte
}

func (t *tx) newDeposits(f Facility) (*newDeposits, error) {
	rows, err := t.into("deposits")
	if err != nil {
		return nil, err
	}
	sheets, err := t.into("sheets")
	if err != nil {
		return nil, err
	}
	mark, err := t.mark()
	if err != nil {
		return nil, err
	}
	return &newDeposits{rows: rows, facility: f.Code, mark: mark, sheet: sheets.last + 1, first: rows.last + 1}, nil
}

func (d *newDeposits) add(line int64, beneficiary, name, account string, amount Money, remark string) error {
	id := d.rows.last + 1
	if id >= 1<<(5*idDigits) {
		return fmt.Errorf("ledger: payment references are used up")
	}
	d.ref = appendReference(d.ref[:0], d.facility, d.mark, id)
	if _, err := d.rows.append(d.sheet, line, beneficiary, name, account, int64(amount), remark, string(d.ref)); err != nil {
		return err
	}
	d.sum.Count++
	d.sum.Total += amount
	return nil
}

// mark is the mark of the generation that gives out references now.
func (t *tx) mark() (string, error) {
	var m string
	err := t.GetContext(t.ctx, &m, `SELECT mark FROM generations ORDER BY id DESC LIMIT 1`)
	if err = found(err, "generation"); err != nil {
		return "", err
	}
	if !generationMark.MatchString(m) {
		return "", fmt.Errorf("ledger: generation mark %q", m)
	}
	return m, nil
}
