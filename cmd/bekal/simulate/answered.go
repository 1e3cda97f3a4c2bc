package simulate

import (
	"context"
	"strings"

	"bekal/reconcile/ledger"
)

// byAnswers sees to a forgotten batch of which the bank has no copy any more:
// what it has answered is all that there is. Where that names all of its payments
// it is adopted by that alone. Where it does not, or some are nobody's wages, people
// wait, and then adopt the others; unless they hear that an answer was about other
// payments. Then somebody at the bank finds a copy after all.
func (l *losses) byAnswers(ctx context.Context, f ledger.Forgotten) (done bool, err error) {
	in := ledger.Adoption{Facility: l.facility, Batch: f.Batch, Date: l.date(), Reason: "a simulated person has looked", Partly: !f.Complete()}
	patient := l.waited(f.Batch) < 6
	if in.Partly && patient {
		return false, nil // more of them may come
	}
	would, err := l.program.books.Rehearse(ctx, clerk, in)
	switch {
	case err != nil:
		l.note("%s: %s", f.Batch, strings.ReplaceAll(err.Error(), "\n", "; "))
	case len(would.Unmatched) > 0:
		l.note("%s: %d payments are wages of these books, %d are not", f.Batch, would.Matched, len(would.Unmatched))
	case !in.Partly:
		return l.adopt(ctx, in, "by answers")
	}
	switch {
	case patient:
		return false, nil
	case err == nil && would.Matched > 0 && !l.courier.misled[f.Batch] && l.slips.settles(f.Batch):
		return l.adopt(ctx, in, "by answers, in part")
	}
	l.slips.found(f.Batch)
	return false, nil
}
