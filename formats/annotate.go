package formats

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// AnnotateOptions say how a file is shown.
type AnnotateOptions struct {
	File       string // the file's name
	Colour     bool   // colour for a terminal
	Lang       string // "id" (also when empty) or "en"
	MaxRecords int    // records shown in full, and broken ones shown after them; 0 for all
	Width      int    // columns of the terminal; 80 when 0
}

// Annotate shows a file with its meaning: each record with a ruler, each field
// with its name, columns, value and meaning, and each error underlined where
// it stands. Bytes that a terminal should not see are shown as "·".
//
// The error is that of reading or writing, or the *[Errors] of the file when
// it is not clean; those have been shown already.
func Annotate(w io.Writer, p *Plan, r io.Reader, o AnnotateOptions) error {
	a := &annotator{out: bufio.NewWriter(w), plan: p, options: o, words: wordsIn(o.Lang)}
	if o.Width == 0 {
		o.Width = 80
	}
	a.chunk = max((o.Width-margin)/10*10, 20)
	d := p.NewDecoder(r, DecodeOptions{File: o.File, MaxErrors: maxProblems})
	a.title()
	skipped, broken, shown := 0, 0, 0
	for d.Next() {
		rec := d.Record()
		a.keepHead(rec)
		switch wrong := rec.Err() != nil; {
		case o.MaxRecords == 0 || rec.Number() <= o.MaxRecords:
		case wrong && broken < o.MaxRecords:
			broken++
		case wrong:
			continue
		default:
			skipped++
			continue
		}
		if skipped > 0 {
			a.dots(skipped)
			skipped = 0
		}
		shown += len(rec.Errors())
		a.record(rec)
	}
	if skipped > 0 {
		a.dots(skipped)
	}
	a.summary(d, shown)
	if err := a.out.Flush(); err != nil {
		return fmt.Errorf("write annotated file: %w", err)
	}
	return d.Err()
}

// margin is what stands left of a record's bytes.
const margin = 8

type annotator struct {
	out     *bufio.Writer
	plan    *Plan
	options AnnotateOptions
	words   *words
	chunk   int // bytes of a record on one line

	// The record whose totals are checked at the end, to be underlined then.
	head     []byte
	headLine int
}

// The colours, as terminals know them.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	green  = "32"
	cyan   = "36"
	yellow = "33"
)

// paint colours a text, where colours are wanted.
func (a *annotator) paint(colour, s string) string {
	if !a.options.Colour || s == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// printf writes to the buffer, which keeps an error until it is flushed.
func (a *annotator) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.out, format, args...)
}

func (a *annotator) title() {
	name, title := a.options.File, a.plan.layout.Title.In(a.words.lang)
	if name != "" {
		name += "  "
	}
	if title != "" {
		title = a.paint(dim, "  "+title)
	}
	a.printf("%s%s\n", a.paint(bold, name+a.plan.Name()), title)
}

// keepHead keeps the first record with totals over the records behind it.
func (a *annotator) keepHead(r *Record) {
	if a.head != nil || r.plan == nil || r.whole != nil {
		return
	}
	for _, i := range r.plan.totals {
		if a.plan.totals[i].later {
			a.head, a.headLine = bytes.Clone(r.raw), r.line
			return
		}
	}
}

func (a *annotator) dots(n int) {
	a.printf("\n%s\n", a.paint(dim, fmt.Sprintf("  ... %s: %d", a.words.skipped, n)))
}

// record shows one record.
func (a *annotator) record(r *Record) {
	name, title := a.words.unknown, ""
	if r.plan != nil {
		name, title = r.Type(), r.plan.def.Title.In(a.words.lang)
	}
	if title != "" {
		title = " " + title
	}
	a.printf("\n%s%s\n", a.paint(bold, fmt.Sprintf("%s %d  %s", a.words.line, r.line, name)), title)
	a.raw(r)
	if r.plan == nil || r.whole != nil {
		return
	}
	a.fields(r)
}

// raw shows the bytes under a ruler, and what is wrong under the bytes.
func (a *annotator) raw(r *Record) {
	raw, cut := r.raw, false
	if most := 2 * a.plan.length; len(raw) > most {
		raw, cut = raw[:most], true
	}
	length := max(len(raw), 1)
	for _, e := range r.errs {
		// Where bytes are missing the underline shows where they begin.
		if e.From > length && e.To <= a.plan.length {
			length = min(e.From+9, e.To)
		}
	}
	for from := 0; from < length; from += a.chunk {
		to := min(from+a.chunk, length)
		a.printf("%*s%s\n", margin, "", a.paint(dim, ruler(from, to)))
		a.printf("%s%s\n", a.paint(dim, fmt.Sprintf("%*d  ", margin-2, from+1)), a.colouredBytes(r, raw, from, min(to, len(raw))))
		for _, e := range r.errs {
			a.underline(e, from, to)
		}
	}
	if cut {
		a.printf("%*s%s\n", margin, "", a.paint(dim, "... "+a.words.cut))
	}
	for _, e := range r.errs {
		if e.From == 0 || e.From > length {
			a.printf("%*s%s\n", margin, "", a.paint(red, "! "+a.fault(e)))
		}
	}
}

// ruler is ----+---10----+---20 for the columns after from, up to to.
func ruler(from, to int) string {
	var b strings.Builder
	for at := from / 10 * 10; at < to; at += 10 {
		n := fmt.Sprint(at + 10)
		b.WriteString("----+" + strings.Repeat("-", max(0, 5-len(n))) + n)
	}
	return b.String()[:to-from]
}

// colouredBytes shows bytes of a record; neighbouring fields differ in colour.
func (a *annotator) colouredBytes(r *Record, raw []byte, from, to int) string {
	if from >= to {
		return ""
	}
	if r.plan == nil || r.whole != nil || !a.options.Colour {
		return visible(raw[from:to])
	}
	var b strings.Builder
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		s, e := max(f.off, from), min(f.off+f.n, to)
		if s >= e {
			continue
		}
		colour := cyan
		switch {
		case r.FieldErr(Field{f}) != nil:
			colour = red
		case f.kind == KindFiller:
			colour = dim
		case i%2 == 1:
			colour = yellow
		}
		b.WriteString(a.paint(colour, visible(raw[s:e])))
	}
	return b.String()
}

// visible replaces bytes that are not printable ASCII.
func visible(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c < ' ' || c > '~' {
			s.WriteString("·")
		} else {
			s.WriteByte(c)
		}
	}
	return s.String()
}

// underline marks the part of an error that is in a chunk; the message stands
// where the error begins.
func (a *annotator) underline(e *Error, from, to int) {
	s, t := max(e.From-1, from), min(e.To, to)
	if e.From == 0 || s >= t {
		return
	}
	line := strings.Repeat("^", t-s)
	message := a.fault(e)
	if e.From-1 < from {
		message = ""
	}
	indent := strings.Repeat(" ", margin+s-from)
	switch {
	case message == "":
		a.printf("%s%s\n", indent, a.paint(red, line))
	case margin+t-from+1+len(message) <= margin+a.chunk:
		a.printf("%s%s\n", indent, a.paint(red, line+" "+message))
	default:
		// Not enough room to the right: the message goes below, as far right
		// as it fits.
		left := max(min(margin+s-from, margin+a.chunk-len(message)), 2)
		a.printf("%s%s\n%s%s\n", indent, a.paint(red, line), strings.Repeat(" ", left), a.paint(red, message))
	}
}

// fields lists the fields with their meanings.
func (a *annotator) fields(r *Record) {
	name, value := len(a.words.field), len(a.words.value)
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		if f.kind != KindFiller {
			name = max(name, len(f.def.Name))
			value = max(value, len(r.Text(Field{f})))
		}
	}
	a.printf("%s\n", a.paint(dim, fmt.Sprintf("%*s  %-*s  %-*s  %s", margin, a.words.columns, name, a.words.field, value, a.words.value, a.words.meaning)))
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		wrong := r.FieldErr(Field{f})
		if f.kind == KindFiller && wrong == nil {
			continue
		}
		columns := fmt.Sprintf("%d-%d", f.off+1, f.off+f.n)
		if f.n == 1 {
			columns = fmt.Sprint(f.off + 1)
		}
		text := visible(r.Text(Field{f}))
		pad := strings.Repeat(" ", max(0, value-len([]rune(text))))
		meaning := a.meaning(r, f)
		if e := (*Error)(nil); errors.As(wrong, &e) {
			text, meaning = a.paint(red, text), a.paint(red, a.fault(e))
		}
		a.printf("%s\n", strings.TrimRight(fmt.Sprintf("%*s  %-*s  %s%s  %s", margin, columns, name, f.def.Name, text, pad, meaning), " "))
	}
}

// meaning is what a field's value says.
func (a *annotator) meaning(r *Record, f *fieldPlan) string {
	v := r.Int(Field{f})
	switch {
	case f.constant != "":
		return ""
	case len(r.Text(Field{f})) == 0, f.zeros && v == 0 && f.numeric():
		return a.paint(dim, a.words.empty)
	}
	switch f.kind {
	case KindAmount:
		return a.paint(green, a.words.amount(v, f.def.Decimals, a.plan.layout.Currency))
	case KindNumber:
		return decimal(v)
	case KindDate, KindTime:
		switch {
		case !f.format.dated():
			return r.String(Field{f})
		case f.kind == KindDate:
			return a.words.day(v)
		}
		return a.words.clock(v)
	}
	if f.codes == nil {
		return ""
	}
	c, ok := r.Code(Field{f})
	if !ok {
		return a.paint(dim, a.words.unknown)
	}
	return fmt.Sprintf("%s [%s]", c.Meaning.In(a.words.lang), c.Class)
}

// summary closes with what concerns the whole file.
func (a *annotator) summary(d *Decoder, shown int) {
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
	a.printf("  %s\n  %s: %d\n", count, a.words.bytes, t.Bytes)
	whole := 0
	for _, e := range d.Errors() {
		if e.Record == 0 || errors.Is(e.Err, ErrControl) && a.later(e) {
			whole++
			a.printf("  %s\n", a.paint(red, "! "+a.placeOf(e)+a.fault(e)))
			if e.Line == a.headLine && e.From > 0 && e.To <= len(a.head) {
				from := (e.From - 1) / a.chunk * a.chunk
				to := min(from+a.chunk, len(a.head))
				a.printf("%*s%s\n", margin, "", a.paint(dim, ruler(from, to)))
				a.printf("%s%s\n", a.paint(dim, fmt.Sprintf("%*d  ", margin-2, from+1)), visible(a.head[from:to]))
				a.underline(e, from, to)
			}
		}
	}
	if left := d.ErrorCount() - shown - whole; left > 0 {
		a.printf("  %s\n", a.paint(red, fmt.Sprintf("! %s: %d", a.words.more, left)))
	}
	if u := d.Unverified(); len(u) > 0 {
		a.printf("  %s: %s\n", a.words.unverified, strings.Join(u, ", "))
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

// fault is what is wrong; totals of amounts are shown as amounts.
func (a *annotator) fault(e *Error) string {
	f, ok := a.plan.field(e.RecordType, e.Field)
	if !ok || f.kind != KindAmount || !errors.Is(e.Err, ErrControl) {
		return a.words.fault(e)
	}
	show := *e
	if v, err := strconv.ParseInt(e.Expected, 10, 64); err == nil {
		show.Expected = a.words.amount(v, f.def.Decimals, a.plan.layout.Currency)
	}
	return a.words.fault(&show)
}

// later says whether an error is of a total that is checked at the end.
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
