package audit

import "sort"

// examineMoney looks at all of the money: every wage is somewhere, the accounts
// are where the deposits are, and the flows add up to what is open.
func (a *Auditor) examineMoney(Night) error {
	for _, d := range a.deposits {
		if d.answered != (answers{d.final, d.back, d.astray, d.stray, d.pending}) {
			a.say(Answers, d.reference, "the books have %+v, the files say %+v", d.answered, answers{d.final, d.back, d.astray, d.stray, d.pending})
		}
	}
	by, booked := map[string]tally{}, map[string]tally{}
	var wages, stand, open tally
	for _, first := range a.paying {
		wages.add(1, first.amount)
		d := first.latest()
		for _, p := range []struct {
			in    map[string]tally
			place string
		}{{by, d.place()}, {booked, d.bookedPlace()}} {
			t := p.in[p.place]
			t.add(1, d.amount)
			p.in[p.place] = t
		}
	}
	for _, p := range places {
		if by[p] != booked[p] {
			a.say(Money, p, "%+v by the files, %+v by the books", by[p], booked[p])
		}
		stand.add(by[p].count, by[p].total)
	}
	if stand != wages {
		a.say(Money, "approved wages", "%+v were approved, %+v are somewhere", wages, stand)
	}
	for _, account := range []string{expense, payable, transit, bank, backing, suspense} {
		if a.balances[account] != a.tellers[account] {
			a.say(Money, account, "it holds %d, by the files it must hold %d", a.balances[account], a.tellers[account])
		}
	}
	for _, b := range a.order {
		for _, d := range b.deposits {
			if b.delivered && d.final == "" {
				open.add(1, d.amount)
			}
		}
	}
	owed := by["owed"].total + by["batched"].total + by["failed"].total
	for _, want := range []struct {
		account string
		holds   int64
	}{{expense, wages.total}, {payable, -owed}, {transit, -open.total}, {backing, 0}} {
		if a.balances[want.account] != want.holds {
			a.say(Money, want.account, "it holds %d, the deposits behind it are %d", a.balances[want.account], want.holds)
		}
	}
	a.prove(open)
	return nil
}

// prove adds up the flows of every day: what was in transit, and what was
// delivered, less what settled and what was rejected, is what is in transit
// now, and in the end that is what is open.
func (a *Auditor) prove(open tally) {
	var dates []string
	for date := range a.booked {
		dates = append(dates, date)
	}
	for date := range a.flows {
		if a.booked[date] == nil {
			dates = append(dates, date)
		}
	}
	sort.Strings(dates)
	var closing tally
	for _, date := range dates {
		want, got := on(a.flows, date), on(a.booked, date)
		if *want != *got {
			a.say(Proof, date, "%+v by the files, %+v by the journal", *want, *got)
		}
		closing.add(got.delivered.count-got.settled.count-got.rejected.count, got.delivered.total-got.settled.total-got.rejected.total)
		if (closing.count < 0 || closing.total < 0) && !a.disturbed[date] {
			a.say(Proof, date, "less than nothing is in transit: %+v", closing)
		}
	}
	if closing != open || closing.total != -a.balances[transit] {
		a.say(Proof, "in transit", "the days add up to %+v, %+v is open, and the control account holds %d", closing, open, -a.balances[transit])
	}
}
