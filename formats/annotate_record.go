package formats

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// record shows one record, which stands at a place of the structure.
func (a *annotator) record(r *Record, place int) {
	if names := a.outline.news(); names != nil {
		head := strings.Join(names, " > ")
		a.printf("\n%s\n", a.paint(bold, "== "+head+" "+strings.Repeat("=", max(0, a.chunk+margin-4-utf8.RuneCountInString(head)))))
	}
	name, title := a.words.unknown, ""
	if r.plan != nil {
		name, title = r.Type(), r.plan.def.Title.In(a.words.lang)
	}
	if title != "" {
		title = " " + title
	}
	path := ""
	// A record that is out of place stands in no group.
	if r.plan != nil && place > 0 && a.plan.leaves[place].record == r.plan.index {
		if path = a.outline.path(); path != "" {
			path = a.paint(dim, "  ["+path+"]")
		}
	}
	a.printf("\n%s%s%s\n", a.paint(bold, fmt.Sprintf("%s %d  %s", a.words.line, r.line, name)), title, path)
	a.raw(r)
	if r.plan == nil || r.whole != nil {
		return
	}
	a.fields(r)
}

// remark is something to be said about a place of a record: an error or a
// warning.
type remark struct {
	*Error
	colour string
}

// remarks are the errors and warnings of a record.
func remarks(r *Record) []remark {
	var out []remark
	for _, e := range r.errs {
		out = append(out, remark{e, red})
	}
	for _, e := range r.warnings {
		out = append(out, remark{e, yellow})
	}
	return out
}

// raw shows the bytes under a ruler, and what is wrong under the bytes.
func (a *annotator) raw(r *Record) {
	raw, cut := r.raw, false
	if most := 2 * a.plan.length; len(raw) > most {
		raw, cut = raw[:most], true
	}
	expected := a.plan.length
	if r.plan != nil {
		expected = r.plan.length
	}
	length := max(len(raw), 1)
	said := remarks(r)
	for _, e := range said {
		// Where bytes are missing the underline shows where they begin.
		if e.From > length && e.To <= expected {
			length = min(e.From+9, e.To)
		}
	}
	for from := 0; from < length; from += a.chunk {
		to := min(from+a.chunk, length)
		a.printf("%*s%s\n", margin, "", a.paint(dim, ruler(from, to)))
		a.printf("%s%s\n", a.paint(dim, fmt.Sprintf("%*d  ", margin-2, from+1)), a.bytes(r, raw, from, min(to, len(raw))))
		for _, e := range said {
			a.underline(e, from, to)
		}
	}
	if cut {
		a.printf("%*s%s\n", margin, "", a.paint(dim, "... "+a.words.cut))
	}
	for _, e := range said {
		if e.From == 0 || e.From > length {
			a.printf("%*s%s\n", margin, "", a.paint(e.colour, "! "+a.fault(e.Error)))
		}
	}
}

// bytes shows bytes of a record; neighbouring fields differ in colour.
func (a *annotator) bytes(r *Record, raw []byte, from, to int) string {
	if from >= to {
		return ""
	}
	if r.plan == nil || r.whole != nil {
		return visible(raw[from:to])
	}
	var b strings.Builder
	owners := r.plan.owners()
	for at := from; at < to; {
		f := owners[at]
		end := at + 1
		for end < to && owners[end] == f {
			end++
		}
		if f == nil {
			b.WriteString(visible(raw[at:end]))
			at = end
			continue
		}
		colour := cyan
		switch {
		case about(r.errs, f) != nil:
			colour = red
		case f.kind == KindFiller || !r.there(f):
			colour = dim
		case f.index%2 == 1:
			colour = yellow
		}
		b.WriteString(a.paint(colour, f.glyphs(raw[at:end])))
		at = end
	}
	return b.String()
}

// owners are the fields to which the bytes of a record belong.
func (r *RecordPlan) owners() []*fieldPlan {
	out := make([]*fieldPlan, r.length)
	for i := range r.fields {
		f := &r.fields[i]
		for _, p := range f.spans() {
			for at := p.off; at < p.off+p.n && at < len(out); at++ {
				out[at] = f
			}
		}
	}
	return out
}

// about finds what is said about a field: of one in a slot, in the repetition
// in which it stands.
func about(errs []*Error, f *fieldPlan) *Error {
	for _, e := range errs {
		if e.Field != f.def.Name {
			continue
		}
		if f.slotted < 0 || e.From > f.off && e.From <= f.off+f.n {
			return e
		}
	}
	return nil
}

// underline marks the part of an error that is in a chunk; the message stands
// where the error begins.
func (a *annotator) underline(e remark, from, to int) {
	s, t := max(e.From-1, from), min(e.To, to)
	if e.From == 0 || s >= t {
		return
	}
	line := strings.Repeat("^", t-s)
	message := a.fault(e.Error)
	if e.From-1 < from {
		message = ""
	}
	size := utf8.RuneCountInString(message)
	indent := strings.Repeat(" ", margin+s-from)
	switch {
	case message == "":
		a.printf("%s%s\n", indent, a.paint(e.colour, line))
	case margin+t-from+1+size <= margin+a.chunk:
		a.printf("%s%s\n", indent, a.paint(e.colour, line+" "+message))
	default:
		// Not enough room to the right: the message goes below, as far right
		// as it fits.
		left := max(min(margin+s-from, margin+a.chunk-size), 2)
		a.printf("%s%s\n%s%s\n", indent, a.paint(e.colour, line), strings.Repeat(" ", left), a.paint(e.colour, message))
	}
}
