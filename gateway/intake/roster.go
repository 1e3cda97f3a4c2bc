package intake

import "fmt"

func readRoster(src source, read Read, o Options, sink func(RosterLine) error) (Read, error) {
	r := newReader(src, read, o)
	ok, err := r.header([]column{colID, colRegister, colName, colAccount}, nil)
	if err != nil {
		return r.broken(err)
	}
	sum := newContent("roster")
	if !ok {
		return r.finish(sum)
	}
	ids, accounts := newSeen(), newSeen()
	err = r.rows(func(w row) error {
		line, good := r.rosterLine(w, ids, accounts)
		if !good {
			return nil
		}
		sum.text(line.BeneficiaryID)
		sum.text(line.RegisterNumber)
		sum.text(line.Name)
		sum.text(line.Account)
		sum.end()
		return r.sunk(w, sink(line))
	}, func() {})
	if err != nil {
		return r.broken(err)
	}
	if r.read.Count == 0 {
		r.errs.last(&problem{ErrNothing, "there is no beneficiary below the column names", nothingHint})
	}
	return r.finish(sum)
}

// rosterLine reads one row and records what is wrong with it.
func (r *reader) rosterLine(w row, ids, accounts *seen) (RosterLine, bool) {
	before := r.errs.count()
	line := RosterLine{Line: w.number}
	var err error
	if line.BeneficiaryID, err = beneficiaryID(r.cell(w, colID), w.plain); err != nil {
		r.failAt(w, colID, err)
	} else if first := ids.add(line.BeneficiaryID, w.number); first > 0 {
		r.failAt(w, colID, twice(first))
	}
	if line.RegisterNumber, err = registerNumber(r.cell(w, colRegister), w.plain); err != nil {
		r.failAt(w, colRegister, err)
	}
	if line.Name, err = personName(r.cell(w, colName), w.plain); err != nil {
		r.failAt(w, colName, err)
	}
	if line.Account, err = accountNumber(r.cell(w, colAccount), w.plain); err != nil {
		r.failAt(w, colAccount, err)
	} else if first := accounts.add(line.Account, w.number); first > 0 {
		r.failAt(w, colAccount, &problem{ErrDuplicate, fmt.Sprintf("the account already stands in row %d", first),
			"every beneficiary has an account of their own: find out whose it is"})
	}
	return line, r.errs.count() == before
}

func twice(first int) error {
	return &problem{ErrDuplicate, fmt.Sprintf("the beneficiary already stands in row %d", first), "leave one row for each beneficiary"}
}
