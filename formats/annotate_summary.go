package formats

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// summary closes with what concerns the whole file.
func (a *annotator) summary(d *Decoder) {
	t := d.Tally()
	names := make([]string, 0, len(t.ByType))
	for name := range t.ByType {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int { return cmp.Compare(a.plan.order(x), a.plan.order(y)) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", t.ByType[name], name)
	}
	if t.Unknown > 0 {
		names = append(names, fmt.Sprintf("%d %s", t.Unknown, a.words.unknown))
	}
	count := fmt.Sprintf("%s: %d", a.words.records, t.Records)
	if len(names) > 0 {
		count += " (" + strings.Join(names, ", ") + ")"
	}
	a.printf("\n%s\n", a.paint(bold, a.words.whole))
	layout := a.plan.Name()
	if title := a.plan.layout.Title.In(a.words.lang); title != "" {
		layout += " (" + title + ")"
	}
	a.printf("  %s: %s\n  %s\n", a.words.layout, layout, count)
	form := d.Form()
	if form.Fillers > 0 {
		a.printf("  %s: %d\n", a.words.fillers, form.Fillers)
	}
	if a.blanks > 0 {
		a.printf("  %s: %d\n", a.words.blanks, a.blanks)
	}
	a.printf("  %s: %d\n", a.words.bytes, t.Bytes)
	if t.Lines > 0 {
		a.form(form)
	}
	whole := a.wholeErrors(d)
	a.wholeWarnings(d)
	if left := d.ErrorCount() - a.shownErrors - whole; left > 0 {
		a.printf("  %s\n", a.paint(red, fmt.Sprintf("! %s: %d", a.words.more, left)))
	}
	if u := d.Unverified(); len(u) > 0 {
		a.printf("  %s: %s\n", a.words.unverified, strings.Join(u, ", "))
	}
	if n := d.WarningCount(); n > 0 {
		a.printf("  %s\n", a.paint(yellow, fmt.Sprintf("%s: %d", a.words.warnings, n)))
	}
	switch {
	case d.in.err != nil:
		a.printf("  %s\n", a.paint(red, "! "+quote(d.in.err.Error())))
	case d.ErrorCount() == 0:
		a.printf("  %s\n", a.paint(green, a.words.clean))
	default:
		a.printf("  %s\n", a.paint(red, fmt.Sprintf("%s: %d", a.words.found, d.ErrorCount())))
	}
}

// form says how the file's lines end.
func (a *annotator) form(form Form) {
	end := form.End.shown()
	if form.End == NoEnd {
		a.printf("  %s: %s\n", lowerFirst(a.words.lineEnd), end)
		return
	}
	final := a.words.final
	if !form.Final {
		final = a.words.noFinal
	}
	a.printf("  %s: %s; %s\n", lowerFirst(a.words.lineEnd), end, final)
}

// wholeErrors shows the errors that concern no record alone, and says how many
// they are.
func (a *annotator) wholeErrors(d *Decoder) int {
	whole := 0
	for _, e := range d.Errors() {
		if e.Record != 0 && !(errors.Is(e.Err, ErrControl) && a.later(e)) {
			continue
		}
		whole++
		a.printf("  %s\n", a.paint(red, "! "+a.placeOf(e)+a.fault(e)))
		head := a.heads[e.Line]
		if head == nil || e.From == 0 || e.To > len(head.raw) {
			continue
		}
		from := (e.From - 1) / a.chunk * a.chunk
		to := min(from+a.chunk, len(head.raw))
		a.printf("%*s%s\n", margin, "", a.paint(dim, ruler(from, to)))
		a.printf("%s%s\n", a.paint(dim, fmt.Sprintf("%*d  ", margin-2, from+1)), head.glyphs(from, to))
		a.underline(remark{e, red}, from, to)
	}
	return whole
}

// glyphs shows some of the record's bytes, one column each.
func (h *keptHead) glyphs(from, to int) string {
	var b strings.Builder
	for at, f := range h.plan.owners()[:to] {
		switch {
		case at < from:
		case f == nil:
			b.WriteString(visible(h.raw[at : at+1]))
		default:
			b.WriteString(f.glyphs(h.raw[at : at+1]))
		}
	}
	return b.String()
}

// maxAlike is how many warnings that say the same are shown.
const maxAlike = 3

// wholeWarnings shows the warnings that concern no record; of those that say
// the same, the first.
func (a *annotator) wholeWarnings(d *Decoder) {
	alike := map[Text]int{}
	whole := 0
	for _, e := range d.Warnings() {
		if e.Record != 0 {
			continue
		}
		whole++
		if alike[e.Detail]++; alike[e.Detail] <= maxAlike {
			a.printf("  %s\n", a.paint(yellow, "! "+a.placeOf(e)+a.fault(e)))
		}
	}
	for _, n := range alike {
		if n > maxAlike {
			whole -= n - maxAlike
		}
	}
	if left := d.WarningCount() - a.shownWarnings - whole; left > 0 {
		a.printf("  %s\n", a.paint(yellow, fmt.Sprintf("! %s: %d", a.words.tolerable, left)))
	}
}

// fault is what is wrong; totals of amounts are shown as amounts.
func (a *annotator) fault(e *Error) string {
	f, ok := a.plan.field(e.RecordType, e.Field)
	if !ok || f.kind != KindAmount || !errors.Is(e.Err, ErrControl) {
		return printed(a.words.fault(e))
	}
	show := *e
	if v, err := strconv.ParseInt(e.Expected, 10, 64); err == nil {
		show.Expected = a.words.amount(v, f.def.Decimals, a.plan.layout.Currency)
	}
	return a.words.fault(&show)
}

// later says whether an error is of a total that is checked at the end of its
// scope.
func (a *annotator) later(e *Error) bool {
	return slices.ContainsFunc(a.plan.totals, func(t total) bool {
		return t.later && t.field.def.Name == e.Field && t.field.record.def.Name == e.RecordType
	})
}

// placeOf says where an error of the whole file is.
func (a *annotator) placeOf(e *Error) string {
	s := fmt.Sprintf("%s %d", a.words.line, e.Line)
	if e.RecordType != "" {
		s += ", " + e.RecordType
	}
	if e.Field != "" {
		s += "." + e.Field
	}
	if e.Value != "" {
		s += ": " + quote(e.Value)
	}
	return s + ": "
}

// order is the place of a record's name in the layout.
func (p *Plan) order(name string) int {
	return slices.IndexFunc(p.records, func(r *RecordPlan) bool { return r.def.Name == name })
}
