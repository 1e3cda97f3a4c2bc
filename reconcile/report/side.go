package report

import (
	"fmt"
	"strings"

	"bekal/reconcile"
)

// differences says in what the two sides of a mismatch differ. Nothing differs
// where a side is absent.
type differences struct {
	account, name, amount bool
	same                  bool // both sides are there, and agree in all three
}

func compare(m reconcile.Mismatch) differences {
	e, a := m.Expected, m.Actual
	if e == nil || a == nil {
		return differences{}
	}
	d := differences{
		account: e.Account != a.Account,
		name:    m.Kind == reconcile.Name || !sameName(e.Name, a.Name),
		amount:  e.Amount != a.Amount,
	}
	d.same = !d.account && !d.name && !d.amount
	return d
}

// sameName passes over case and runs of blanks: a bank writes capitals.
func sameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// where says in which file a mismatch was found: name, line, columns, field.
func (w *words) where(m reconcile.Mismatch) string {
	if m.File == "" {
		return ""
	}
	s := visible(m.File)
	if m.Line > 0 {
		s += fmt.Sprintf(", %s %d", strings.ToLower(w.Line), m.Line)
	}
	if m.From > 0 {
		s += fmt.Sprintf(", %s %d–%d", w.Columns, m.From, m.To)
	}
	if m.Field != "" {
		s += " (" + visible(m.Field) + ")"
	}
	return s
}

// places says where the mismatches of one cause were found: a file once, with
// all its lines, unless columns have to be told too.
func (w *words) places(ms []reconcile.Mismatch) []string {
	var out []string
	gathered := make(map[string]int) // file: where in out its lines are
	for _, m := range ms {
		if m.File == "" {
			continue
		}
		at, seen := gathered[m.File]
		switch {
		case m.From > 0 || m.Line == 0:
			out = append(out, w.where(m))
		case seen:
			// The second line makes a plural of the first.
			out[at] = strings.Replace(out[at], ", "+strings.ToLower(w.Line)+" ", ", "+w.Lines+" ", 1)
			out[at] += fmt.Sprintf(", %d", m.Line)
		default:
			gathered[m.File] = len(out)
			out = append(out, w.where(m))
		}
	}
	return out
}

// fault cuts a raw line around the columns at fault. The columns are those of
// the file, so nothing is marked on a line with escaped or multi-byte
// characters up to there: at is then empty and before holds all of it.
func fault(m reconcile.Mismatch) (before, at, after string) {
	if m.From < 1 || m.To < m.From || m.To > len(m.Raw) {
		return visible(m.Raw), "", ""
	}
	head := m.Raw[:m.To]
	if !isVisible(head) || strings.Contains(head, `\`) {
		return visible(m.Raw), "", ""
	}
	return m.Raw[:m.From-1], m.Raw[m.From-1 : m.To], visible(m.Raw[m.To:])
}
