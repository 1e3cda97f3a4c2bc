package formats

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// fieldLine is what is shown of a field.
type fieldLine struct {
	f       *fieldPlan
	columns string
	text    string
	meaning []string // on lines below one another
}

// fields lists the fields with their meanings. Fillers are left out, and the
// fields of repetitions of a slot that are absent.
func (a *annotator) fields(r *Record) {
	column, name, value := margin, utf8.RuneCountInString(a.words.field), utf8.RuneCountInString(a.words.value)
	var lines []fieldLine
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		if !r.there(f) || f.kind == KindFiller && about(r.errs, f) == nil {
			continue
		}
		columns, _ := extentText(f, 0)
		line := fieldLine{f: f, columns: columns, text: a.shown(r, f), meaning: a.meaning(r, f)}
		column = max(column, len(columns))
		name = max(name, len(f.def.Name))
		value = max(value, utf8.RuneCountInString(line.text))
		lines = append(lines, line)
	}
	a.printf("%s\n", a.paint(dim, fmt.Sprintf("%*s  %-*s  %-*s  %s", column, a.words.columns, name, a.words.field, value, a.words.value, a.words.meaning)))
	var in *fieldPlan
	for _, l := range lines {
		if f := l.f; f.slotted >= 0 && (in == nil || in.slotted != f.slotted || in.slot != f.slot) {
			s := &r.plan.slots[f.slotted]
			rep := s.repetitions[f.slot]
			a.printf("%s\n", a.paint(bold, fmt.Sprintf("%*s  %s %d", column, columnsText(rep.off+1, rep.off+rep.n), s.def.Name, f.slot+1)))
		}
		in = l.f
		pad := strings.Repeat(" ", max(0, value-utf8.RuneCountInString(l.text)))
		if e := about(r.errs, l.f); e != nil {
			l.text, l.meaning = a.paint(red, l.text), []string{a.paint(red, a.fault(e))}
		} else if e := about(r.warnings, l.f); e != nil {
			l.text = a.paint(yellow, l.text)
		}
		first, rest := "", l.meaning
		if len(rest) > 0 {
			first, rest = rest[0], rest[1:]
		}
		a.printf("%s\n", strings.TrimRight(fmt.Sprintf("%*s  %-*s  %s%s  %s", column, l.columns, name, l.f.def.Name, l.text, pad, first), " "))
		for _, more := range rest {
			a.printf("%*s  %s\n", column+2+name+2+value, "", more)
		}
	}
}

// shown is a field's value as it stands in the file, without its padding.
func (a *annotator) shown(r *Record, f *fieldPlan) string {
	if f.kind == KindText && f.constant == "" && about(r.errs, f) == nil {
		return printed(r.String(Field{f}))
	}
	var parts []string
	for _, p := range f.spans() {
		from, to := min(p.off, len(r.raw)), min(p.off+p.n, len(r.raw))
		parts = append(parts, f.glyphs(r.raw[from:to]))
	}
	return strings.TrimRight(strings.Join(parts, " "), " ")
}

// meaning is what a field's value says, on one line or several.
func (a *annotator) meaning(r *Record, f *fieldPlan) []string {
	v := r.Int(Field{f})
	switch {
	case f.constant != "":
		return nil
	case a.shown(r, f) == "", f.zeros && v == 0 && f.numeric():
		return []string{a.paint(dim, a.words.empty)}
	case f.codes != nil:
		return a.codes(r, f)
	}
	switch f.kind {
	case KindAmount:
		return []string{a.paint(green, a.amount(r, f, v))}
	case KindNumber:
		return []string{decimal(v)}
	case KindDate, KindTime:
		return []string{a.words.moment(v, f)}
	case KindText, KindDigits, KindFiller:
	}
	return nil
}

// amount shows an amount. Where another field says how many decimals it has,
// so many are shown.
func (a *annotator) amount(r *Record, f *fieldPlan, v int64) string {
	decimals := f.def.Decimals
	if f.decimalsBy != nil {
		if n := r.Int(Field{f.decimalsBy}); n >= 0 && n < int64(decimals) {
			v /= int64(pow10[decimals-int(n)])
			decimals = int(n)
		}
	}
	return a.words.amount(v, decimals, a.plan.layout.Currency)
}

// codes are the meanings of the code or codes in a field, a line each; where
// there can be several, each behind its code.
func (a *annotator) codes(r *Record, f *fieldPlan) []string {
	var out []string
	for _, c := range r.Codes(Field{f}) {
		s := ""
		if f.each > 0 {
			s = printed(c.Value) + ": "
		}
		switch meaning := c.Meaning.In(a.words.lang); {
		case meaning == "" && c.Class == "":
			s += a.paint(dim, a.words.unknown)
		case c.Class == "":
			s += meaning
		default:
			s += meaning + " [" + c.Class + "]"
		}
		out = append(out, s)
	}
	return out
}
