package formats

import (
	"fmt"
	"slices"
	"strings"
)

// record describes a record.
func (a *author) record(r *RecordPlan) recordSheet {
	t := a.words
	out := recordSheet{Anchor: recordAnchor(r), Name: r.def.Name, Title: r.def.Title.In(t.lang)}
	out.Facts = append(out.Facts, a.knownFact(r))
	if paths := a.plan.paths(r); len(a.plan.layout.Groups) > 0 {
		var lines []phrase
		for _, path := range paths {
			if path == "" {
				lines = append(lines, a.say("berkas itu sendiri", "the file itself"))
			} else {
				lines = append(lines, compose("{}", code(path)))
			}
		}
		out.Facts = append(out.Facts, fact{t.stands, lines})
	}
	if a.plan.shared == 0 {
		out.Facts = append(out.Facts, fact{t.recordLength, []phrase{compose("{} {}", r.length, t.bytes)}})
	}
	keys := map[string]string{}
	out.Fields = table{Head: []string{t.number, t.columns, t.length, t.field, t.name, t.contents}, Right: 3}
	shown := make([]bool, len(r.slots))
	for i := range r.fields {
		f := &r.fields[i]
		key := fmt.Sprint(len(out.Fields.Rows) + 1)
		switch {
		case f.slotted < 0:
			keys[f.def.Name] = key
			columns, length := extentText(f, 0)
			out.Fields.Rows = append(out.Fields.Rows, []phrase{
				compose(key), compose(columns), compose(length), {word{Text: f.def.Name}}, {word{Text: f.def.Title.In(t.lang)}}, a.contents(f)})
		case !shown[f.slotted]:
			shown[f.slotted] = true
			s := &r.slots[f.slotted]
			out.Fields.Rows = append(out.Fields.Rows, []phrase{
				compose(key), compose(columnsText(s.def.At, s.def.At+s.def.Len*s.def.Times-1)), compose(fmt.Sprintf("%d x %d", s.def.Times, s.def.Len)),
				{word{Text: s.def.Name, Link: slotAnchor(r, s)}}, {word{Text: s.def.Title.In(t.lang)}},
				a.say("berulang {} kali, lihat di bawah", "repeated {} times, see below", s.def.Times)})
		}
	}
	out.Picture = r.picture(keys)
	for i := range r.slots {
		out.Slots = append(out.Slots, a.slot(r, &r.slots[i]))
	}
	return out
}

// slot describes a slot of a record.
func (a *author) slot(r *RecordPlan, s *slotPlan) slotSheet {
	t, d := a.words, s.def
	out := slotSheet{Anchor: slotAnchor(r, s), Name: r.def.Name + "." + d.Name, Title: d.Title.In(t.lang)}
	var starts []string
	for n := range d.Times {
		if n == 6 && d.Times > 8 {
			starts = append(starts, "...", fmt.Sprint(d.At+(d.Times-1)*d.Len))
			break
		}
		starts = append(starts, fmt.Sprint(d.At+n*d.Len))
	}
	out.Facts = []fact{
		{upperFirst(t.columns), []phrase{a.say("{}: {} kali {} bita, mulai di kolom {}", "{}: {} times {} bytes, beginning in columns {}",
			columnsText(d.At, d.At+d.Len*d.Times-1), d.Times, d.Len, strings.Join(starts, ", "))}},
		{t.absent, []phrase{a.say("ulangan yang hanya berisi spasi tidak ada; yang ada berdiri di depan", "a repetition of spaces only is absent; those that are there come first")}},
	}
	keys := map[string]string{}
	rep := s.repetitions[0]
	out.Fields = table{Head: []string{t.number, t.columns, t.inFirst, t.length, t.field, t.name, t.contents}, Right: 4}
	for i := rep.from; i < rep.to; i++ {
		f := &r.fields[i]
		key := fmt.Sprint(i - rep.from + 1)
		keys[f.def.Name] = key
		inside, length := extentText(f, rep.off)
		absolute, _ := extentText(f, 0)
		out.Fields.Rows = append(out.Fields.Rows, []phrase{
			compose(key), compose(inside), compose(absolute), compose(length), {word{Text: f.def.Name}}, {word{Text: f.def.Title.In(t.lang)}}, a.contents(f)})
	}
	out.Picture = s.picture(keys)
	return out
}

// extentText is where a field stands, behind a base, and how long it is.
func extentText(f *fieldPlan, base int) (columns, length string) {
	var at, sizes []string
	for _, p := range f.spans() {
		at = append(at, columnsText(p.off-base+1, p.off-base+p.n))
		sizes = append(sizes, fmt.Sprint(p.n))
	}
	return strings.Join(at, ", "), strings.Join(sizes, "+")
}

func columnsText(from, to int) string {
	if from == to {
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}

func (a *author) knownFact(r *RecordPlan) fact {
	known := a.known(r)
	for i := range known {
		if i > 0 {
			known[i] = append(a.say("atau ", "or "), known[i]...)
		}
	}
	return fact{upperFirst(a.words.known), known}
}

// known says by what a record is known, an alternative each.
func (a *author) known(r *RecordPlan) []phrase {
	var out []phrase
	for _, all := range r.def.Match {
		var conditions []phrase
		for i := range all {
			m := &all[i]
			var what phrase
			switch {
			case m.Field != "":
				what = compose("{}", code(m.Field))
			case m.From == m.To:
				what = a.say("kolom {}", "column {}", m.From)
			default:
				what = a.say("kolom {}-{}", "columns {}-{}", m.From, m.To)
			}
			if m.Not {
				conditions = append(conditions, a.say("{} bukan {}", "{} is not {}", what, a.either(m.Values)))
			} else {
				conditions = append(conditions, a.say("{} = {}", "{} = {}", what, a.either(m.Values)))
			}
		}
		out = append(out, listed(conditions, Text{ID: " dan ", EN: " and "}.In(a.words.lang)))
	}
	return out
}

// paths are the groups in which a record stands, from the outermost, one for
// each place that differs.
func (p *Plan) paths(r *RecordPlan) []string {
	var out []string
	for _, leaf := range p.leaves[1:] {
		if leaf.record != r.index {
			continue
		}
		var names []string
		for _, n := range leaf.groups() {
			names = append(names, p.layout.Groups[n.group].Name)
		}
		if path := strings.Join(names, " > "); !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	return out
}

// groups are the groups around a node, from the outermost.
func (n *node) groups() []*node {
	var out []*node
	for ; n != nil; n = n.parent {
		if n.group >= 0 {
			out = append(out, n)
		}
	}
	slices.Reverse(out)
	return out
}
