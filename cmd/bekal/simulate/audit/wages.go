package audit

import (
	"fmt"
	"sort"
)

// examineWages holds the sheets that were approved in the books against those
// that people approved, and looks where every wage is.
func (a *Auditor) examineWages(n Night) error {
	if a.disputed {
		a.compareWages()
	}
	if n.Reached && n.Outcome == Ran {
		for _, first := range a.paying {
			if d := first.latest(); d.batch == nil {
				a.say(Wages, d.reference, "it is owed, and after a night that ran it is in no batch")
			}
		}
	}
	return nil
}

func (a *Auditor) compareWages() {
	var odd []string
	for w, times := range a.approved {
		if a.wages[w] != times {
			odd = append(odd, fmt.Sprintf("%v is approved %d times in the books, people approved it %d times", w, a.wages[w], times))
		}
	}
	for w, times := range a.wages {
		if _, known := a.approved[w]; !known {
			odd = append(odd, fmt.Sprintf("%v is approved %d times in the books, and by nobody", w, times))
		}
	}
	sort.Strings(odd)
	for _, o := range odd {
		a.say(Wages, "approved wages", "%s", o)
	}
	a.disputed = len(odd) > 0
}

// latest is the deposit by which a wage is paid now: the last of those that took
// the place of one that had failed.
func (d *deposit) latest() *deposit {
	for d.replacedBy != nil {
		d = d.replacedBy
	}
	return d
}

// place is where a deposit stands: by the files, and by the rows of the ledger.
func (d *deposit) place() string {
	return where(d, d.batch != nil && d.batch.delivered, d.final, d.back)
}

func (d *deposit) bookedPlace() string {
	delivered := d.batch != nil && !oneOf(d.batch.state, "sealed", "staged", "uncertain")
	return where(d, delivered, d.answered.final, d.answered.back)
}

// The places, in the order in which a wage goes through them.
var places = [...]string{"owed", "batched", "in transit", "settled", "failed"}

func where(d *deposit, delivered bool, final string, back bool) string {
	switch {
	case d.batch == nil:
		return "owed"
	case !delivered:
		return "batched"
	case final == "":
		return "in transit"
	case final == "settled" && !back:
		return "settled"
	}
	return "failed"
}
