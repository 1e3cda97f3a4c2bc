package formats

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAnyLayout: any layout is refused with problems that have a place and a
// hint, or compiles; and then any file of it comes back, and what is wrong
// with it is found.
func TestAnyLayout(t *testing.T) {
	compiled, refused, files := 0, 0, 0
	var tally rowTally
	rapid.Check(t, func(t *rapid.T) {
		b := newLayoutBuilder(t)
		src := b.yaml()
		p, err := placedProblems(src)
		if err != "" {
			t.Fatalf("%s\n%s", err, src)
		}
		if p == nil {
			refused++
			return
		}
		compiled++
		for range 3 {
			f, err := newWholeFile(p, rapid.Uint64().Draw(t, "values"), b.choose)
			if err != nil {
				if !errors.Is(err, ErrOverflow) && !errors.Is(err, errNotKnown) && !errors.Is(err, ErrRecordType) {
					t.Fatalf("%v\n%s", err, src)
				}
				continue
			}
			files++
			checked := &withLayout{t, src}
			f.comesBack(checked)
			f.flips(checked, map[string]int{})
			pairOfWriters{p: p, rng: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "rows"), 1)), tally: &tally}.write(checked, f)
		}
	})
	t.Logf("%d layouts compiled, %d were refused, %d files; of their rows %+v", compiled, refused, files, tally)
}

// withLayout shows the layout beside what is wrong with a file.
type withLayout struct {
	t   failer
	src string
}

func (w *withLayout) Helper() { w.t.Helper() }

func (w *withLayout) Fatalf(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), w.src)
}

// placedProblems compiles a layout. A plan is nil when it was refused; what is
// wrong says that it was refused without a place or a hint.
func placedProblems(src string) (p *Plan, wrong string) {
	l, err := Parse("any.yaml", []byte(src))
	if err == nil {
		p, err = l.Compile()
	}
	if err == nil {
		return p, ""
	}
	var problems *Problems
	if !errors.As(err, &problems) || !errors.Is(err, ErrLayout) {
		return nil, fmt.Sprintf("an error that is no problem: %v", err)
	}
	for _, one := range problems.List {
		if one.Line < 1 || one.Column < 1 || one.Message == "" || one.Hint() == "" || one.Line > strings.Count(src, "\n")+strings.Count(src, "\r")+1 { // a CR ends a line of YAML, too
			return nil, fmt.Sprintf("a problem without a place or a hint: %d:%d: %q, %q", one.Line, one.Column, one.Message, one.Hint())
		}
	}
	return nil, ""
}

// layoutBuilder makes a layout at random. It is right in most things, so that
// many compile; the last step makes some of it wrong.
type layoutBuilder struct {
	t      *rapid.T
	l      *Layout
	groups []string
}

func (b *layoutBuilder) choose(n int) int { return rapid.IntRange(0, n-1).Draw(b.t, "choice") }

// one is true once in n times.
func (b *layoutBuilder) one(n int) bool { return b.choose(n) == n-1 }

func pick[T any](b *layoutBuilder, of ...T) T { return of[b.choose(len(of))] }

func newLayoutBuilder(t *rapid.T) *layoutBuilder {
	b := &layoutBuilder{t: t, l: lists()}
	b.l.Name, b.l.Charset = "any", charsetPrintable
	b.l.Charsets = append(kana().Charsets, CharsetLayout{Name: "hex", Base: "ascii", Allow: "0-9A-F"})
	b.l.Codes = append(b.l.Codes, CodeList{Name: "side", List: []Code{{Value: "C", Class: "credit"}, {Value: "D", Class: "debit"}, {Value: "X"}}})
	if b.one(3) {
		b.l.Tolerate = rapid.SliceOfDistinct(rapid.SampledFrom(tolerances()), rapid.ID[Tolerance]).Draw(t, "tolerate")
	}
	b.l.Line.Ends = rapid.SliceOfNDistinct(rapid.SampledFrom([]LineEnd{LF, CRLF, CR, NoEnd}), 1, 4, rapid.ID[LineEnd]).Draw(t, "ends")
	b.l.Line.Final = pick(b, "", FinalAlways, FinalNever, FinalEither)
	if b.one(4) {
		b.l.Line.Block = &Block{Records: 2 + b.choose(5), Filler: pick(b, "9", "X", " ")}
	}
	n := 1 + b.choose(5)
	for i := range n {
		b.record(i)
	}
	b.structure()
	for i := range b.l.Records {
		for range b.choose(4) {
			b.compute(i)
		}
	}
	b.lengths()
	return b
}

// record makes a record: its type, a few fields of any kind, and those that
// totals are made of.
func (b *layoutBuilder) record(i int) {
	r := RecordLayout{Name: string(rune('A' + i))}
	r.Fields = append(r.Fields, FieldLayout{Name: "type", At: 1, Len: 1, Kind: KindText})
	r.Match = [][]Match{{{Field: "type", Values: []string{r.Name}}}}
	next := 2
	add := func(f FieldLayout) {
		f.At = next
		next += f.Len
		r.Fields = append(r.Fields, f)
	}
	switch b.choose(6) {
	case 0: // known by more than its type
		add(FieldLayout{Name: "class", Len: 2, Kind: KindText, Charset: "upper-alphanumeric"})
		r.Match[0] = append(r.Match[0], Match{Field: "class", Not: b.one(2), Values: []string{"AA", "BB"}})
	case 1: // by one of two types
		r.Match = append(r.Match, []Match{{From: 1, To: 1, Values: []string{strings.ToLower(r.Name)}}})
	}
	for k := range b.choose(3) {
		_, fields := anyField(b.t)
		base, end := next-1, next
		for _, f := range fields {
			if f.At == 0 {
				f.At = end - base
			}
			f.At += base
			end = max(end, f.At+f.Len)
			f.More = slices.Clone(f.More)
			for j := range f.More {
				f.More[j].At += base
				end = max(end, f.More[j].At+f.More[j].Len)
			}
			f.Name += fmt.Sprint(k)
			if f.DecimalsBy != "" {
				f.DecimalsBy += fmt.Sprint(k)
			}
			if f.Sign != nil && f.Sign.Field != "" {
				s := *f.Sign
				s.Field += fmt.Sprint(k)
				if s.Plus == "" {
					s.Plus = "C" // YAML wants both
				}
				f.Sign = &s
			}
			r.Fields = append(r.Fields, f)
		}
		next = end
	}
	if b.one(2) {
		add(FieldLayout{Name: "side", Len: 1, Kind: KindText, Codes: "side", Empty: pick(b, EmptyNever, EmptyNever, EmptyBlank)})
	}
	amount := FieldLayout{Name: "amount", Len: 2 + b.choose(9), Kind: KindAmount, Decimals: 2, Empty: pick(b, EmptyNever, EmptyNever, EmptyZeros)}
	if b.one(4) {
		amount.Sign = &Sign{Form: pick(b, SignOverpunch, SignLeading, SignTrailing)}
	}
	add(amount)
	if b.one(2) {
		add(FieldLayout{Name: "id", Len: 1 + b.choose(18), Kind: KindDigits, Empty: pick(b, EmptyNever, EmptyNever, EmptyBlank, EmptyEither)})
	}
	if b.one(3) {
		add(FieldLayout{Name: "owner", Len: 1 + b.choose(6), Kind: KindText, Charset: pick(b, "kana", "bank-upper", "latin-1"), Align: pick(b, AlignLeft, AlignRight), Empty: pick(b, EmptyNever, EmptyBlank)})
	}
	if b.one(5) {
		s := SlotLayout{Name: "slot", At: next, Len: 9, Times: 1 + b.choose(4)}
		s.Fields = []FieldLayout{
			{Name: "part", At: 1, Len: 6, Kind: KindAmount, Decimals: 2, Empty: pick(b, EmptyNever, EmptyBlank)},
			{Name: "kind", At: 7, Len: 1, Kind: KindText, Codes: "side"},
			{Name: "note", At: 8, Len: 2, Kind: KindText, Empty: EmptyBlank},
		}
		next += s.Len * s.Times
		r.Slots = append(r.Slots, s)
	}
	r.Length = next - 1
	b.l.Records = append(b.l.Records, r)
}

// structure lets the records follow one another, some of them in groups.
func (b *layoutBuilder) structure() {
	var parts []Part
	for i := range b.l.Records {
		parts = append(parts, b.times(Part{Name: b.l.Records[i].Name}))
	}
	if b.one(6) { // one that stands at a second place
		again := b.l.Records[b.choose(len(b.l.Records))].Name
		parts = slices.Insert(parts, b.choose(len(parts)+1), b.times(Part{Name: again}))
	}
	for range b.choose(4) {
		if len(parts) < 2 && len(b.groups) > 1 {
			break
		}
		from := b.choose(len(parts))
		to := from + 1 + b.choose(len(parts)-from)
		inner := Part{Parts: slices.Clone(parts[from:to]), Min: 1, Max: 1, Choice: to-from > 1 && b.one(4)}
		if b.one(4) {
			parts = slices.Replace(parts, from, to, b.times(inner))
			continue
		}
		name := fmt.Sprintf("g%d", len(b.groups))
		b.groups = append(b.groups, name)
		b.l.Groups = append(b.l.Groups, Group{Name: name, Structure: inner})
		parts = slices.Replace(parts, from, to, b.times(Part{Name: name}))
	}
	b.l.Structure = Part{Parts: parts, Min: 1, Max: 1}
}

func (b *layoutBuilder) times(p Part) Part {
	switch b.choose(7) {
	case 0:
		p.Min, p.Max = 0, 1
	case 1:
		p.Min, p.Max = 0, Unbounded
	case 2:
		p.Min, p.Max = 1, Unbounded
	case 3:
		p.Min = b.choose(3)
		p.Max = max(1, p.Min+b.choose(3))
	default:
		p.Min, p.Max = 1, 1
	}
	return p
}

// within are the records of a part of the structure.
func (b *layoutBuilder) within(p Part) []string {
	out := []string{}
	for _, inner := range p.Parts {
		out = append(out, b.within(inner)...)
	}
	for _, g := range b.l.Groups {
		if g.Name == p.Name {
			return b.within(g.Structure)
		}
	}
	if p.Name != "" {
		out = append(out, p.Name)
	}
	return out
}

// scope chooses over what a field of a record is computed, and says which
// records stand in it.
func (b *layoutBuilder) scope(record string) (Scope, []string) {
	scope, in := ScopeFile, b.within(b.l.Structure)
	for _, g := range b.l.Groups {
		if of := b.within(g.Structure); slices.Contains(of, record) && b.one(2) || b.one(30) {
			scope, in = Scope(g.Name), of
		}
	}
	return scope, in
}

// having are the sources among some records that have a field or a slot; "" is
// the record itself.
func (b *layoutBuilder) having(records []string, field string) []Source {
	var out []Source
	for i := range b.l.Records {
		r := &b.l.Records[i]
		has := field == "" || field == "slot" && r.Slots != nil || field == "part" && r.Slots != nil ||
			slices.ContainsFunc(r.Fields, func(f FieldLayout) bool { return f.Name == field })
		if s := (Source{r.Name, field}); has && slices.Contains(records, r.Name) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// compute adds a field that follows from others.
func (b *layoutBuilder) compute(i int) {
	r := &b.l.Records[i]
	f := FieldLayout{Name: fmt.Sprintf("c%d", len(r.Fields)), At: r.Length + 1, Len: 3 + b.choose(12), Kind: KindNumber, Empty: pick(b, EmptyNever, EmptyNever, EmptyNever, EmptyBlank, EmptyZeros, EmptyEither)}
	c := &Computed{}
	var in []string
	c.Scope, in = b.scope(r.Name)
	others := slices.DeleteFunc(slices.Clone(in), func(name string) bool { return name == r.Name })
	c.Kind = pick(b, Count, Count, Sum, Sum, Hash, Sequence, Rising, Copy)
	var from []Source
	switch c.Kind {
	case Count:
		from = b.having(in, pick(b, "", "", "", "slot"))
		if c.All = b.one(3) || from == nil; c.All {
			from = nil
		}
		if b.one(4) {
			c.Per = 2 + b.choose(9)
		}
	case Sum:
		f.Kind, f.Decimals = KindAmount, 2
		if from = b.having(others, pick(b, "amount", "amount", "part")); from == nil {
			return
		}
		if b.one(2) {
			f.Sign = &Sign{Form: pick(b, SignOverpunch, SignLeading, SignTrailing)}
		}
	case Hash:
		if from = b.having(others, pick(b, "id", "amount")); from == nil {
			return
		}
		if b.one(2) {
			c.Modulus = pow10[1+b.choose(f.Len)]
			if b.one(3) {
				c.Modulus = uint64(2 + b.choose(96))
			}
		}
	case Sequence:
		f.Kind = pick(b, KindNumber, KindDigits)
		c.First = int64(b.choose(3))
		if b.one(3) {
			c.Series = "line_" + string(c.Scope)
			c.First = 1
		}
		if b.one(5) {
			c.Scope, c.Series = ScopeFiles, f.Name+"_files"
		}
	case Rising:
		f.Kind = pick(b, KindNumber, KindDigits)
	case Copy:
		if len(others) == 0 {
			return
		}
		name := pick(b, others...)
		src := &b.l.Records[slices.IndexFunc(b.l.Records, func(r RecordLayout) bool { return r.Name == name })]
		from := src.Fields[b.choose(len(src.Fields))]
		f.Kind, f.Len, f.Decimals, f.Charset, f.Align, f.Pad, f.Codes, f.Open, f.Each, f.Format, f.Pivot, f.Picture = from.Kind, from.Len, from.Decimals, from.Charset, from.Align, from.Pad, from.Codes, from.Open, from.Each, from.Format, from.Pivot, from.Picture
		for _, p := range from.More {
			f.Len += p.Len
		}
		f.Point, f.Sign = from.Point, from.Sign
		if f.Sign != nil && f.Sign.Form == SignField {
			f.Sign = nil
		}
		if f.Empty = from.Empty; b.one(8) { // they need not be alike
			f.Empty = EmptyBlank
			f.Codes, f.Open = "", false
			f.Len += b.choose(3)
		}
		c.Sources = []Source{{src.Name, from.Name}}
	}
	for k := 0; k < len(from); k++ {
		if k == 0 || b.one(2) {
			c.Sources = append(c.Sources, from[(k+b.choose(len(from)))%len(from)])
		}
	}
	c.Sources = slices.Compact(c.Sources)
	filter := func() *Where {
		by := "side"
		if c.Sources[0].Field == "part" || c.Sources[0].Field == "slot" {
			by = "kind"
		}
		for _, s := range c.Sources {
			if by == "side" && b.having([]string{s.Record}, by) == nil {
				return nil
			}
		}
		w := &Where{Field: by, Classes: pick(b, []string{"credit"}, []string{"debit"}, []string{"credit", "debit"}, nil)}
		if w.Classes == nil {
			w.Codes = []string{"X"}
		}
		return w
	}
	switch {
	case c.Kind == Count && !c.All && b.one(3):
		c.Where = filter()
	case c.Kind == Sum || c.Kind == Hash:
		switch b.choose(5) {
		case 1:
			c.Where = filter()
		case 2:
			c.Minus = filter()
		case 3:
			c.Where, c.Minus = filter(), filter()
		}
		c.Absolute = b.one(4)
	}
	f.Compute = c
	r.Length += f.Len
	r.Fields = append(r.Fields, f)
}

// lengths gives all records one length, or each its own.
func (b *layoutBuilder) lengths() {
	longest := 0
	for i := range b.l.Records {
		longest = max(longest, b.l.Records[i].Length)
	}
	b.l.Line.Length = longest
	if b.one(4) {
		return // each has its own, and the line is that of the longest
	}
	for i := range b.l.Records {
		r := &b.l.Records[i]
		if free := longest - r.Length; free > 0 {
			r.Fields = append(r.Fields, FieldLayout{Name: "rest", At: r.Length + 1, Len: free, Kind: KindFiller})
		}
		r.Length = 0
	}
}

// yaml writes the layout, and once in a while makes it wrong.
func (b *layoutBuilder) yaml() string {
	src := yamlOf(b.l)
	if !b.one(4) {
		return src
	}
	return string(mutateYAML(rand.New(rand.NewPCG(rapid.Uint64().Draw(b.t, "mistake"), 0)), []byte(src)))
}

// yamlOf writes a layout in YAML.
func yamlOf(l *Layout) string {
	var b strings.Builder
	fmt.Fprintf(&b, "layout: %s\ncharset: %s\n", l.Name, l.Charset)
	fmt.Fprintf(&b, "line: {length: %d, end: %s", l.Line.Length, flow(l.Line.Ends))
	if l.Line.Final != "" {
		fmt.Fprintf(&b, ", final: %s", l.Line.Final)
	}
	if l.Line.Block != nil {
		fmt.Fprintf(&b, ", block: {records: %d, filler: %q}", l.Line.Block.Records, l.Line.Block.Filler)
	}
	b.WriteString("}\n")
	if l.Tolerate != nil {
		fmt.Fprintf(&b, "tolerate: %s\n", flow(l.Tolerate))
	}
	fmt.Fprintf(&b, "structure: %q\n", structureText(l.Structure))
	if l.Groups != nil {
		b.WriteString("groups:\n")
	}
	for _, g := range l.Groups {
		fmt.Fprintf(&b, "  %s: %q\n", g.Name, structureText(g.Structure))
	}
	used := map[string]bool{}
	for _, r := range l.Records {
		fields := r.Fields
		for _, s := range r.Slots {
			fields = append(slices.Clone(fields), s.Fields...)
		}
		for _, f := range fields {
			used[f.Codes], used[f.Charset] = true, true
		}
	}
	b.WriteString("charsets:\n")
	for _, c := range l.Charsets {
		fmt.Fprintf(&b, "  %s: {base: %s, allow: %q}\n", c.Name, c.Base, c.Allow)
	}
	head := "codes:\n"
	for _, c := range l.Codes {
		if !used[c.Name] {
			continue
		}
		fmt.Fprintf(&b, "%s  %s:\n    list:\n", head, c.Name)
		head = ""
		for _, one := range c.List {
			fmt.Fprintf(&b, "      - {code: %q", one.Value)
			if one.Class != "" {
				fmt.Fprintf(&b, ", class: %s", one.Class)
			}
			b.WriteString("}\n")
		}
	}
	b.WriteString("records:\n")
	for _, r := range l.Records {
		fmt.Fprintf(&b, "  %s:\n", r.Name)
		if r.Length > 0 {
			fmt.Fprintf(&b, "    length: %d\n", r.Length)
		}
		b.WriteString("    match:\n")
		for _, all := range r.Match {
			b.WriteString("      - {")
			for i, m := range all {
				name, values := m.Field, flow(m.Values)
				if name == "" {
					name = fmt.Sprintf("%d-%d", m.From, m.To)
				}
				if m.Not {
					values = "{not: " + values + "}"
				}
				if i > 0 {
					b.WriteString(", ")
				}
				b.WriteString(name + ": " + values)
			}
			b.WriteString("}\n")
		}
		b.WriteString("    fields:\n")
		for i := range r.Fields {
			b.WriteString("      " + yamlField(&r.Fields[i]) + "\n")
		}
		if r.Slots != nil {
			b.WriteString("    slots:\n")
		}
		for _, s := range r.Slots {
			fmt.Fprintf(&b, "      %s:\n        at: %d\n        len: %d\n        times: %d\n        fields:\n", s.Name, s.At, s.Len, s.Times)
			for i := range s.Fields {
				b.WriteString("          " + yamlField(&s.Fields[i]) + "\n")
			}
		}
	}
	return b.String()
}

// flow writes a list in one line.
func flow[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = fmt.Sprintf("%q", string(w))
	}
	return "[" + strings.Join(words, ", ") + "]"
}

func yamlField(f *FieldLayout) string {
	var b strings.Builder
	if f.More == nil {
		fmt.Fprintf(&b, "%s: {at: %d, len: %d", f.Name, f.At, f.Len)
	} else {
		at, n := fmt.Sprint(f.At), fmt.Sprint(f.Len)
		for _, p := range f.More {
			at, n = at+fmt.Sprintf(", %d", p.At), n+fmt.Sprintf(", %d", p.Len)
		}
		fmt.Fprintf(&b, "%s: {at: [%s], len: [%s]", f.Name, at, n)
	}
	say := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, ", %s: %q", key, value)
		}
	}
	say("kind", string(f.Kind))
	say("const", f.Const)
	say("align", string(f.Align))
	say("pad", f.Pad)
	say("charset", f.Charset)
	say("picture", f.Picture)
	switch {
	case f.DecimalsBy != "":
		fmt.Fprintf(&b, ", decimals: {field: %s, most: %d}", f.DecimalsBy, f.Decimals)
	case f.Decimals > 0:
		fmt.Fprintf(&b, ", decimals: %d", f.Decimals)
	}
	say("point", f.Point)
	if s := f.Sign; s != nil {
		if s.Form == SignField {
			fmt.Fprintf(&b, ", sign: {field: %s, minus: %q, plus: %q}", s.Field, s.Minus, s.Plus)
		} else {
			say("sign", string(s.Form))
		}
	}
	say("format", f.Format)
	if f.Pivot != nil {
		fmt.Fprintf(&b, ", pivot: %d", *f.Pivot)
	}
	say("empty", string(f.Empty))
	say("codes", f.Codes)
	if f.Each > 0 {
		fmt.Fprintf(&b, ", each: %d", f.Each)
	}
	if f.Open {
		b.WriteString(", open: true")
	}
	if c := f.Check; c != nil {
		fmt.Fprintf(&b, ", check: {digit: %s", c.Digit)
		if c.Over != nil {
			b.WriteString(", over: " + flow(c.Over))
		}
		b.WriteString("}")
	}
	if c := f.Compute; c != nil {
		b.WriteString(", compute: {" + yamlComputed(c) + "}")
	}
	return b.String() + "}"
}

func yamlComputed(c *Computed) string {
	var b strings.Builder
	var sources []string
	for _, s := range c.Sources {
		if s.Field == "" {
			sources = append(sources, s.Record)
		} else {
			sources = append(sources, s.Record+"."+s.Field)
		}
	}
	switch {
	case c.All:
		b.WriteString(`count: "*"`)
	case c.Kind == Sequence:
		fmt.Fprintf(&b, "sequence: %d", c.First)
	case c.Kind == Rising:
		b.WriteString("rising: true")
	case c.Kind == Copy:
		fmt.Fprintf(&b, "copy: %s", sources[0])
	default:
		fmt.Fprintf(&b, "%s: %s", c.Kind, flow(sources))
	}
	for _, w := range []struct {
		key   string
		where *Where
	}{{"where", c.Where}, {"minus", c.Minus}} {
		if w.where == nil {
			continue
		}
		fmt.Fprintf(&b, ", %s: {field: %s", w.key, w.where.Field)
		if w.where.Classes != nil {
			b.WriteString(", class: " + flow(w.where.Classes))
		}
		if w.where.Codes != nil {
			b.WriteString(", code: " + flow(w.where.Codes))
		}
		b.WriteString("}")
	}
	if c.Per > 0 {
		fmt.Fprintf(&b, ", per: %d", c.Per)
	}
	if c.Modulus > 0 {
		fmt.Fprintf(&b, ", modulus: %d", c.Modulus)
	}
	if c.Absolute {
		b.WriteString(", absolute: true")
	}
	if c.Series != "" {
		fmt.Fprintf(&b, ", series: %s", c.Series)
	}
	if c.Scope != ScopeFile {
		fmt.Fprintf(&b, ", scope: %s", c.Scope)
	}
	return b.String()
}
