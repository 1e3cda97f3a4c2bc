package report

import (
	"bufio"
	"embed"
	"fmt"
	"html/template"
	"io"
	"iter"
	"sync"

	"bekal/reconcile"
)

//go:embed page.html page.css
var pageFiles embed.FS

// parsed is the page, parsed when the first one is asked for.
var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(pageFiles, "page.html", "page.css")
})

// HTML writes the report as one page that needs nothing beside it: no script,
// no font, no picture, no address. It prints on A4 with page numbers and
// repeated table heads, and ends with the boxes to sign; a report that is not
// proven has its boxes crossed out.
func HTML(w io.Writer, r reconcile.Report, o Options) error {
	t, err := parsed()
	if err != nil {
		return fmt.Errorf("report as HTML: %w", err)
	}
	b := bufio.NewWriter(w)
	if err := t.ExecuteTemplate(b, "page.html", newPage(r, o)); err != nil {
		return fmt.Errorf("report as HTML: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("report as HTML: %w", err)
	}
	return nil
}

// page is what the template reads. Whatever came from outside has been made
// visible; the template escapes it for HTML and CSS.
type page struct {
	W         *words
	Verdict   verdict
	Quiet     bool
	Facility  string
	Code      string
	Bank      string
	Date      string
	Night     string
	Generated string
	Chain     string
	Check     string // the command that checks the head
	Foot      string

	Standings []figureRow
	Kinds     []figureRow
	Ageing    []figureRow
	Open      figureRow
	Batches   []batchView
	Overall   []sumView
	Rolling   []lineView
	Pairs     []pairView
	Boxes     []signBox

	r reconcile.Report
}

// figureRow is a label with a count and an amount.
type figureRow struct {
	Label, Meaning, Count, Total string
	Within                       bool
}

func row(label string, t reconcile.Tally) figureRow {
	return figureRow{Label: label, Count: number(t.Count), Total: t.Total.Figure()}
}

func newPage(r reconcile.Report, o Options) *page {
	w := o.words()
	p := &page{
		W: w, Verdict: w.verdict(r), Quiet: nothingOpen(r) && holds(r.Proof) && wholeStory(r),
		Facility: visible(r.FacilityName), Code: visible(r.FacilityCode), Bank: visible(r.Bank),
		Date: w.DayOf(r.Date), Night: visible(r.Night), Generated: w.Moment(r.GeneratedAt),
		Chain: visible(r.ChainHead), Check: check(r.ChainHead), Open: row(w.Sum, openTally(r)), r: r,
	}
	p.Foot = p.Code + " · " + p.Date + " · " + short(r.ChainHead)
	for _, s := range w.standings(r.Summary) {
		f := row(s.Label, s.Tally)
		f.Within = s.Within
		p.Standings = append(p.Standings, f)
	}
	for _, k := range r.Kinds {
		f := row(w.KindName(k.Kind), k.Tally)
		f.Meaning = w.KindMeaning(k.Kind)
		p.Kinds = append(p.Kinds, f)
	}
	for _, a := range r.Ageing {
		p.Ageing = append(p.Ageing, row(w.Band(a), a.Tally))
	}
	for _, b := range r.Batches {
		p.Batches = append(p.Batches, newBatchView(w, b))
	}
	for _, role := range []string{w.Prepared, w.Reviewed, w.Approved} {
		p.Boxes = append(p.Boxes, signBox{W: w, Role: role, Void: !p.Verdict.Proven})
	}
	for _, l := range r.Proof.Lines {
		switch {
		case !rolls(l.Scope):
			p.Pairs = append(p.Pairs, newPairView(w, l))
		case l.Scope == reconcile.ScopeOverall:
			p.Overall = append(p.Overall, newSumView(w, l))
			p.Rolling = append(p.Rolling, newLineView(w, l))
		default:
			p.Rolling = append(p.Rolling, newLineView(w, l))
		}
	}
	return p
}

// Mismatches yields the mismatches one by one, so that a page of any length
// is never held whole.
func (p *page) Mismatches() iter.Seq[mismatchView] {
	return func(yield func(mismatchView) bool) {
		var kind reconcile.Kind
		for i, m := range p.r.Mismatches {
			v := newMismatchView(p.W, m)
			v.NewKind = i == 0 || m.Kind != kind
			kind = m.Kind
			if !yield(v) {
				return
			}
		}
	}
}

// HasMismatches says whether there is anything to list.
func (p *page) HasMismatches() bool { return len(p.r.Mismatches) > 0 }
