package intake

import (
	"fmt"
	"math"

	"bekal/reconcile/ledger"
)

func readWages(src source, read Read, o Options, d Declared, roster Roster, sink func(WageLine) error) (Read, error) {
	r := newReader(src, read, o)
	ok, err := r.header([]column{colID, colName, colAccount, colAmount}, []column{colRemark})
	if err != nil {
		return r.broken(err)
	}
	sum := newContent("wages")
	if !ok {
		return r.finish(sum)
	}
	w := wages{reader: r, roster: roster, ids: newSeen()}
	err = r.rows(func(at row) error {
		line, good := w.line(at)
		if !good {
			return nil
		}
		sum.text(line.BeneficiaryID)
		sum.text(line.Name)
		sum.text(line.Account)
		sum.int(int64(line.Amount))
		sum.text(line.Remark)
		sum.end()
		return r.sunk(at, sink(line))
	}, func() { w.unreadable++ })
	if err != nil {
		return r.broken(err)
	}
	w.checkDeclared(d)
	return r.finish(sum)
}

// wages is the state of reading one wage sheet.
type wages struct {
	*reader
	roster     Roster
	ids        *seen
	unreadable int64 // rows whose amount is not in the total
}

// line reads one row, checks it against the roster, and records what is wrong.
func (r *wages) line(w row) (WageLine, bool) {
	before := r.errs.count()
	line := WageLine{Line: w.number}
	var idErr, nameErr, accountErr, err error
	line.BeneficiaryID, idErr = beneficiaryID(r.cell(w, colID), w.plain)
	line.Name, nameErr = personName(r.cell(w, colName), w.plain)
	line.Account, accountErr = accountNumber(r.cell(w, colAccount), w.plain)

	if idErr != nil {
		r.failAt(w, colID, idErr)
	} else if first := r.ids.add(line.BeneficiaryID, w.number); first > 0 {
		r.failAt(w, colID, twice(first))
	}
	name, account, listed := "", "", false
	if idErr == nil {
		if name, account, listed = r.roster.Lookup(line.BeneficiaryID); !listed {
			r.failAt(w, colID, &problem{ErrNotListed, "the beneficiary is not on the approved roster", "correct the id, or import a roster with this beneficiary and have it approved first"})
		}
	}
	switch {
	case nameErr != nil:
		r.failAt(w, colName, nameErr)
	case listed && !SameName(name, line.Name):
		r.failAt(w, colName, &problem{ErrDiffers, fmt.Sprintf("the roster has %s for %s", quoted(name), line.BeneficiaryID), rosterHint})
	}
	switch {
	case accountErr != nil:
		r.failAt(w, colAccount, accountErr)
	case listed && account != line.Account:
		r.failAt(w, colAccount, &problem{ErrDiffers, fmt.Sprintf("found account %s, and the roster has %s for %s", line.Account, account, line.BeneficiaryID), rosterHint})
	}
	if line.Amount, err = wageAmount(r.cell(w, colAmount), w.plain); err != nil {
		r.unreadable++
		r.failAt(w, colAmount, err)
	} else if r.read.Total > math.MaxInt64-line.Amount {
		// Eight thousand times the largest wage: nobody's sheet.
		r.unreadable++
		r.failAt(w, colAmount, &problem{ErrAmount, "the total of the sheet is too large to be counted", "look whether account numbers stand in the amount column"})
	} else {
		r.read.Total += line.Amount
	}
	if line.Remark, err = remark(r.cell(w, colRemark), w.plain); err != nil {
		r.failAt(w, colRemark, err)
	}
	return line, r.errs.count() == before
}

const rosterHint = "correct the wage sheet; if the roster is out of date, import a corrected roster and have it approved first"

// checkDeclared compares what was declared with what stands in the file. Rows
// that were refused stand in it too: a slip in a name must not show as a missing
// wage. Only amounts that could not be read make the total incomparable.
func (r *wages) checkDeclared(d Declared) {
	if r.read.Count == 0 {
		r.errs.last(&problem{ErrNothing, "there is no wage below the column names", nothingHint})
		return
	}
	if d.Count != r.read.Count {
		r.errs.last(&problem{ErrDeclared, fmt.Sprintf("declared %s, found %s: %s", wagesOf(d.Count), wagesOf(r.read.Count),
			difference(d.Count, r.read.Count, wagesOf)), declaredHint})
	}
	if r.unreadable > 0 {
		// Not passed over in silence, but no difference either.
		r.warn("the declared total was not compared: %d of the amounts could not be read", r.unreadable)
		return
	}
	if d.Total != r.read.Total {
		r.errs.last(&problem{ErrDeclared, fmt.Sprintf("declared %s, found %s: %s", d.Total, r.read.Total,
			difference(int64(d.Total), int64(r.read.Total), func(n int64) string { return ledger.Money(n).String() })), declaredHint})
	}
}

const declaredHint = "find out which is right, the sheet or the declaration, before importing it again"

func wagesOf(n int64) string {
	if n == 1 {
		return "1 wage"
	}
	return fmt.Sprintf("%d wages", n)
}

// difference says by how much found is off, as what show makes of it. Found is
// never negative; a declaration may be anything.
func difference(declared, found int64, show func(int64) string) string {
	switch {
	case declared < 0:
		return "a declaration can't be negative"
	case found < declared:
		return show(declared-found) + " less than declared"
	}
	return show(found-declared) + " more than declared"
}
