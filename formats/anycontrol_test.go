package formats

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
)

// What follows says a second time, and simply, what the controls of a layout
// are: it goes by the layout's compute and check alone, keeps the whole file,
// and adds up with big numbers. The decoder has to agree with it.

// spot is a field of a record of a file.
type spot struct{ record, field int }

// why is the reason for which a control may hold although a digit of what it
// speaks of was changed.
type why string

const (
	noReason why = ""
	modular  why = "the hash changes by a multiple of its modulus"
	unsigned why = "the total changes its sign only, and has none"
	rises    why = "a number that only has to rise still does"
	begins   why = "the first number of a series that goes on from another file may be any"
)

// control is one equation of a file.
type control struct {
	kind   ComputedKind
	name   string
	over   []spot // the fields that it speaks of
	holds  bool
	excuse why
	bounds      // of a total: what it may be, for all that can be read
	unread bool // something of it cannot be
}

// readFile is a file for its controls: its records as they stand, their
// numbers, and the groups that they stand in.
type readFile struct {
	p       *Plan
	records []readRecord
}

type readRecord struct {
	r       *RecordPlan
	raw     []byte
	numbers []int64
	groups  []int
	bad     bool
	broken  fieldSet // those of its fields that cannot be read
	lost    bool     // nobody can tell which record it is
}

// readRecords takes a file apart by its records, which are known.
func (f *wholeFile) readRecords() *readFile {
	out := &readFile{p: f.p}
	end := f.form.End.bytes()
	at := 0
	for i := range f.records {
		rec := readRecord{r: f.records[i].r, groups: f.records[i].groups}
		rec.raw = f.bytes[at : at+rec.r.length]
		at += rec.r.length + len(end)
		rec.read()
		out.records = append(out.records, rec)
	}
	return out
}

func (r *readRecord) read() {
	r.numbers = make([]int64, r.r.numbers)
	r.broken = fieldSet{}
	r.bad = len(r.r.examineRecord(r.raw, false, r.numbers, &r.broken)) > 0
}

// scoped are the records of the same part of the file as record i, in a scope.
func (f *readFile) scoped(i int, scope Scope) []int {
	group := slices.IndexFunc(f.p.layout.Groups, func(g Group) bool { return g.Name == string(scope) })
	var out []int
	for j := range f.records {
		if group < 0 || f.records[j].groups[group] == f.records[i].groups[group] {
			out = append(out, j)
		}
	}
	return out
}

// controls are the equations of the file.
func (f *readFile) controls() []control {
	var out []control
	done := map[string]bool{} // running numbers that are one
	for i := range f.records {
		rec := &f.records[i]
		for k := range rec.r.fields {
			p := &rec.r.fields[k]
			d := p.def.Compute
			if d == nil {
				continue
			}
			switch d.Kind {
			case Sequence, Rising:
				key := fmt.Sprint(f.scoped(i, d.Scope), d.Series)
				if d.Series == "" {
					key = fmt.Sprint(key, rec.r.index, k)
				}
				if !done[key] {
					done[key] = true
					out = append(out, f.running(i, p)...)
				}
			case Copy:
				if !p.blank(rec.raw) {
					out = append(out, f.copied(i, p)...)
				}
			case Count, Sum, Hash:
				if !p.blank(rec.raw) {
					out = append(out, f.total(i, p))
				}
			}
		}
	}
	return out
}

// running are the equations of a running number: each with the one before.
func (f *readFile) running(i int, p *fieldPlan) []control {
	d := p.def.Compute
	var out []control
	var before spot
	first := true
	for _, j := range f.scoped(i, d.Scope) {
		rec := &f.records[j]
		for k := range rec.r.fields {
			q := &rec.r.fields[k]
			c := q.def.Compute
			if c == nil || c.Kind != d.Kind || c.Series != d.Series || c.Series == "" && q.def != p.def {
				continue
			}
			now := spot{j, k}
			one := control{kind: d.Kind, name: rec.r.Name() + "." + q.def.Name, over: []spot{now}}
			is := rec.numbers[k]
			switch {
			case q.blank(rec.raw): // it says nothing, and has no number
				continue
			case first && d.Kind == Rising:
				one.holds, one.excuse = true, rises
			case first && d.Scope == ScopeFiles:
				one.holds, one.excuse = true, begins
			case first:
				one.holds = is == d.First
			case d.Kind == Rising:
				one.over = append(one.over, before)
				one.holds, one.excuse = is > f.records[before.record].numbers[before.field], rises
			default:
				one.over = append(one.over, before)
				one.holds = is == f.records[before.record].numbers[before.field]+1
			}
			first, before = false, now
			out = append(out, one)
		}
	}
	return out
}

// copied is the equation of a field that repeats one before, if there is one.
func (f *readFile) copied(i int, p *fieldPlan) []control {
	s := p.def.Compute.Sources[0]
	var from *control
	for _, j := range f.scoped(i, p.def.Compute.Scope) {
		if j >= i {
			break
		}
		src := &f.records[j]
		if src.r.Name() != s.Record {
			continue
		}
		q, _ := src.r.field(s.Field)
		text := func(q *fieldPlan, raw []byte) string {
			v := (&Record{plan: q.record, raw: raw}).String(Field{q})
			switch {
			case q.kind == KindDigits:
				return strings.TrimLeft("0"+strings.TrimLeft(v, "0"), "0") // wide ones, too
			case q.format != nil && q.format.clockOnly() && strings.Trim(v, "0:") == "":
				return "" // midnight is zero
			case q.numberKind():
				g, _ := parseFigure(v) // no value is as good as zero
				for g.decimals > 0 && g.digits%10 == 0 {
					g.digits, g.decimals = g.digits/10, g.decimals-1
				}
				g.negative = g.negative && g.digits > 0
				return g.String()
			}
			return v
		}
		from = &control{kind: Copy, name: p.record.def.Name + "." + p.def.Name, over: []spot{{i, p.index}, {j, q.index}},
			holds: text(p, f.records[i].raw) == text(q, src.raw)}
	}
	if from == nil {
		return nil
	}
	return []control{*from}
}

// total is the equation of a count, sum or hash.
func (f *readFile) total(i int, p *fieldPlan) control {
	d := p.def.Compute
	one := control{kind: d.Kind, name: p.record.def.Name + "." + p.def.Name, over: []spot{{i, p.index}}, bounds: exactly(0)}
	for _, j := range f.scoped(i, d.Scope) {
		rec := &f.records[j]
		if rec.lost {
			one.unread = true
			one.plus(f.mayBe(d))
			continue
		}
		if d.All {
			one.plus(exactly(1))
		}
		for _, s := range d.Sources {
			if s.Record == rec.r.Name() {
				f.addUp(&one, j, s, d)
			}
		}
	}
	if d.Absolute {
		one.absolute()
		one.excuse = unsigned
	}
	if d.Per > 1 {
		one.per(int64(d.Per))
	}
	if d.Kind == Hash {
		m := d.Modulus
		if m == 0 {
			m = pow10[min(p.digits(), maxDigits)]
		}
		one.modulo(m)
		one.excuse = modular
	}
	one.holds = one.exact() && one.admits(f.records[i].numbers[p.index])
	return one
}

// mayBe is what a line of which nobody can tell which record it is may give to a
// total.
func (f *readFile) mayBe(d *Computed) bounds {
	if d.Kind != Count {
		if f.p.neverBelowZero(d) {
			return atLeast(0)
		}
		return anything()
	}
	most := int64(0)
	if d.All {
		most = 1
	}
	for _, s := range d.Sources {
		n := int64(1)
		r := recordNamed(f.p, s.Record)
		for i := range r.slots {
			if r.slots[i].def.Name == s.Field {
				n = int64(len(r.slots[i].repetitions))
			}
		}
		most = max(most, n)
	}
	return between(0, most)
}

// addUp adds what a record gives to a total.
func (f *readFile) addUp(one *control, j int, s Source, d *Computed) {
	rec := &f.records[j]
	// A slot, or a field in one, is as many sources as there are repetitions.
	type place struct{ present, from, to int }
	places := []place{{-1, 0, len(rec.r.fields)}}
	for i := range rec.r.slots {
		slot := &rec.r.slots[i]
		if slot.def.Name != s.Field && !slices.ContainsFunc(slot.def.Fields, func(d FieldLayout) bool { return d.Name == s.Field }) {
			continue
		}
		places = nil
		for _, rep := range slot.repetitions {
			places = append(places, place{rep.present, rep.from, rep.to})
		}
	}
	for _, pl := range places {
		if pl.present >= 0 && rec.numbers[pl.present] == 0 {
			continue
		}
		find := func(name string) int {
			for k := pl.from; k < pl.to; k++ {
				if rec.r.fields[k].def.Name == name {
					return k
				}
			}
			return slices.IndexFunc(rec.r.fields, func(f fieldPlan) bool { return f.def.Name == name })
		}
		// How often a filter lets it through: 0 or 1, or who knows.
		passes := func(w *Where) (n int64, sure bool) {
			k := find(w.Field)
			one.over = append(one.over, spot{j, k})
			if rec.broken.has(k) {
				one.unread = true
				return 0, false
			}
			q := &rec.r.fields[k]
			v := (&Record{plan: rec.r, raw: rec.raw}).String(Field{q})
			for _, c := range q.codes.codes {
				if c.Value == v && (slices.Contains(w.Classes, c.Class) || slices.Contains(w.Codes, c.Value)) {
					return 1, true
				}
			}
			return 0, true
		}
		times := exactly(1)
		if d.Where != nil {
			times = between(0, 1)
			if n, sure := passes(d.Where); sure {
				times = exactly(n)
			}
		}
		if d.Minus != nil {
			// Without another filter it is not among those that are added, either.
			by := int64(1)
			if d.Where == nil {
				by = 2
			}
			less := between(-by, 0)
			if n, sure := passes(d.Minus); sure {
				less = exactly(-by * n)
			}
			times.plus(less)
		}
		if d.Kind == Count {
			one.plus(times)
			continue
		}
		k := find(s.Field)
		if !times.exact() || times.least.Sign() != 0 {
			one.over = append(one.over, spot{j, k})
		}
		value := exactly(rec.numbers[k])
		if q := &rec.r.fields[k]; rec.broken.has(k) && (!times.exact() || times.least.Sign() != 0) {
			one.unread = true
			value = anything()
			if q.def.Sign == nil {
				value = atLeast(0)
			}
		}
		one.plus(times.of(value))
	}
}

// digitsOf are the bytes of a field that are digits, by their place in the
// record; the last one of an overpunched number is one, too.
func digitsOf(f *fieldPlan, raw []byte) []int {
	var out []int
	add := func(off, n int) {
		for at := off; at < off+n; at++ {
			if c := raw[at]; c >= '0' && c <= '9' || f.sign == SignOverpunch && at == off+n-1 {
				out = append(out, at)
			}
		}
	}
	if f.pieces == nil {
		add(f.off, f.n)
	}
	for _, p := range f.pieces {
		add(p.off, p.n)
	}
	return out
}

// flips changes digits of a file, each in a copy of it. What a control speaks
// of must be found to be wrong, unless the control still holds, for one of the
// reasons that there are; what no control speaks of must not.
func (f *wholeFile) flips(t failer, seen map[string]int) {
	t.Helper()
	read := f.readRecords()
	for _, c := range read.controls() {
		if !c.holds {
			t.Fatalf("%s does not hold in a good file\n%s", c.name, f.shown())
		}
	}
	start := make([]int, len(read.records))
	at := 0
	for i := range read.records {
		seen[read.records[i].r.Name()]++
		start[i] = at
		at += read.records[i].r.length + len(f.form.End.bytes())
	}
	for range 12 {
		i := f.rng.IntN(len(read.records))
		rec := &read.records[i]
		field := &rec.r.fields[f.rng.IntN(len(rec.r.fields))]
		places := digitsOf(field, rec.raw)
		if field.constant != "" || len(places) == 0 || field.slotted >= 0 && rec.numbers[rec.r.slots[field.slotted].repetitions[field.slot].present] == 0 {
			continue
		}
		f.flip(t, read, i, field, places[f.rng.IntN(len(places))], start[i], seen)
	}
}

// flip changes one digit.
func (f *wholeFile) flip(t failer, read *readFile, i int, field *fieldPlan, place, start int, seen map[string]int) {
	t.Helper()
	old := read.records[i]
	defer func() { read.records[i] = old }()
	was := old.raw[place]
	by := byte(1 + f.rng.IntN(9))
	now := '0' + (was-'0'+by)%10
	if was < '0' || was > '9' {
		digit, negative, _ := punched(was)
		now = punch((digit+by)%10, negative)
	}
	file := bytes.Clone(f.bytes)
	file[start+place] = now
	changed := old
	changed.raw = file[start : start+old.r.length]
	changed.read()
	window := append(bytes.Clone(changed.raw), make([]byte, slack)...)
	if !old.r.matches(window, old.r.length) {
		return // it is another record now
	}
	spoken := slices.ContainsFunc(read.controls(), func(c control) bool { return slices.Contains(c.over, spot{i, field.index}) })
	read.records[i] = changed

	broken := changed.bad // in itself: a code, a date, a check digit
	for _, c := range read.controls() {
		over := slices.Contains(c.over, spot{i, field.index})
		broken = broken || !c.holds
		// One that was not stated before may be right now.
		if over && c.holds && c.excuse == noReason && field.isSummed(c) && !field.blank(old.raw) {
			t.Fatalf("%s still holds, though %s.%s of record %d changed\n%s", c.name, old.r.Name(), field.def.Name, i+1, f.shown())
		}
	}
	name := old.r.Name() + "." + field.def.Name
	// What is not stated says nothing, be it so before or now.
	stated := !field.blank(old.raw) && !field.blank(changed.raw)
	if stated && !spoken && !broken && coverageOf(f.p).always[field.def] && !field.tens(changed.raw) {
		t.Fatalf("no control speaks of %s of record %d\n%s", name, i+1, f.shown())
	}
	d := f.p.NewDecoder(bytes.NewReader(file), DecodeOptions{Expect: f.following})
	for d.Next() {
	}
	if (d.Err() != nil) != (broken || f.expected(read)) {
		t.Fatalf("%s of record %d, byte %d: %q is now %q; the controls say broken: %v, the decoder says %v\n%s", name, i+1, place+1, was, now, broken, d.Err(), f.shown())
	}
}

// tens says whether the field is checked by a digit that 0 is for two sums: mod11
// writes both 10 and 11 as 0, so a change from one to the other does not show.
func (f *fieldPlan) tens(raw []byte) bool {
	return slices.ContainsFunc(f.record.fields, func(o fieldPlan) bool {
		return o.digit == checkMod11 && slices.Contains(o.over, f) && raw[o.off] == '0'
	})
}

// isSummed says whether a control speaks of a field's digits, and not only of
// what code it is.
func (f *fieldPlan) isSummed(c control) bool {
	return f.kind != KindText && !f.closed && !(c.kind == Copy)
}

// expected says whether the first number of a series that goes on from another
// file is not what was told.
func (f *wholeFile) expected(read *readFile) bool {
	for name, want := range f.following {
		for i := range read.records {
			rec := &read.records[i]
			k := slices.IndexFunc(rec.r.fields, func(q fieldPlan) bool {
				c := q.def.Compute
				return c != nil && c.Kind == Sequence && c.Series == name && !q.blank(rec.raw)
			})
			if k >= 0 {
				if rec.numbers[k] != want {
					return true
				}
				break
			}
		}
	}
	return false
}

// coverage is what the controls of a layout speak of.
type coverage struct {
	always    map[*FieldLayout]bool
	never     []string // fields of which no control speaks at all
	sometimes []string // those of which one speaks under a condition
}

var coverages sync.Map // by plan

func coverageOf(p *Plan) *coverage {
	c, ok := coverages.Load(p)
	if !ok {
		c, _ = coverages.LoadOrStore(p, newCoverage(p))
	}
	return c.(*coverage)
}

// speaks are the conditions under which controls speak of the fields of a
// layout; "" is none.
func speaks(p *Plan) map[*FieldLayout][]string {
	out := map[*FieldLayout][]string{}
	note := func(record, field string, conditions ...string) {
		if f, ok := p.field(record, field); ok {
			conditions = slices.DeleteFunc(conditions, func(s string) bool { return s == "" })
			out[f.def] = append(out[f.def], strings.Join(conditions, ", "))
		}
	}
	for _, r := range p.records {
		for i := range r.fields {
			f := &r.fields[i]
			if f.digit != noDigit {
				note(r.Name(), f.def.Name)
				for _, o := range f.over {
					note(r.Name(), o.def.Name)
				}
			}
			d := f.def.Compute
			if d == nil {
				continue
			}
			stated, there := "", ""
			if f.def.Empty != EmptyNever {
				stated = "when " + r.Name() + "." + f.def.Name + " is stated"
			}
			group := slices.IndexFunc(p.layout.Groups, func(g Group) bool { return g.Name == string(d.Scope) })
			c, scope := &compiler{p: p}, max(0, slices.IndexFunc(p.scopes, func(s scope) bool { return s.group == group }))
			if !c.required(r, group) {
				there = "when there is a " + r.Name()
			}
			switch {
			case d.Scope == ScopeFiles:
				note(r.Name(), f.def.Name, "unless it is the first of the file and nobody says what it must be")
			case d.Kind == Rising:
				note(r.Name(), f.def.Name, "when it does not rise any more")
			case d.Kind == Copy && (!c.required(recordNamed(p, d.Sources[0].Record), group) || c.mayFollow(r, recordNamed(p, d.Sources[0].Record), scope)):
				note(r.Name(), f.def.Name, "when there is a "+d.Sources[0].Record+" before it")
			default:
				note(r.Name(), f.def.Name)
			}
			file := there
			for _, s := range d.Sources {
				there = file
				if group >= 0 && !c.always(recordNamed(p, s.Record), group) {
					there = "when it stands in a " + string(d.Scope)
				}
				switch {
				case d.Kind == Count:
				case d.Kind == Copy && there == "" && (c.mayFollow(recordNamed(p, s.Record), recordNamed(p, s.Record), scope) || c.mayFollow(r, recordNamed(p, s.Record), scope)):
					note(s.Record, s.Field, stated, "when it is the last before a "+r.Name())
				case d.Where != nil:
					by, _ := p.field(s.Record, d.Where.Field)
					var with []string
					for _, c := range by.codes.codes {
						if d.Where.wants(c) != (d.Minus != nil && d.Minus.wants(c)) {
							with = append(with, c.Value)
						}
					}
					note(s.Record, s.Field, "code "+strings.Join(with, " "), stated, there)
				default:
					note(s.Record, s.Field, stated, there)
				}
			}
		}
	}
	return out
}

func recordNamed(p *Plan, name string) *RecordPlan {
	r, _ := p.Record(name)
	return r
}

func newCoverage(p *Plan) *coverage {
	c := &coverage{always: map[*FieldLayout]bool{}}
	said := speaks(p)
	told := map[*FieldLayout]bool{}
	for _, r := range p.records {
		for i := range r.fields {
			f := &r.fields[i]
			account := f.kind == KindText && strings.Contains(f.def.Name, "account") && f.codes == nil
			if f.constant != "" || told[f.def] || !f.numberKind() && !account {
				continue
			}
			told[f.def] = true
			name := r.Name() + "." + f.def.Name
			switch {
			case f.closed:
				name += " (codes)"
			case account:
				name += " (text)"
			}
			conditions := said[f.def]
			switch {
			case len(conditions) == 0:
				c.never = append(c.never, name)
			case slices.Contains(conditions, "") || allCodes(r, conditions):
				c.always[f.def] = true
			default:
				sort.Strings(conditions)
				c.sometimes = append(c.sometimes, name+": "+strings.Join(slices.Compact(conditions), "; "))
			}
		}
	}
	return c
}

// allCodes says whether the codes under which a field is added up are all
// there are of some field of its record.
func allCodes(r *RecordPlan, conditions []string) bool {
	said := " "
	for _, c := range conditions {
		if codes, ok := strings.CutPrefix(c, "code "); ok && !strings.Contains(codes, ", ") {
			said += codes + " "
		}
	}
	for i := range r.fields {
		f := &r.fields[i]
		if !f.closed || f.def.Empty != EmptyNever {
			continue
		}
		all := true
		for _, c := range f.codes.codes {
			// One by which the record is known has only what it is known by.
			all = all && (strings.Contains(said, " "+c.Value+" ") || !r.mayHold(f, c.Value))
		}
		if all {
			return true
		}
	}
	return false
}

// mayHold says whether a record that is known by a field may have a value in it.
func (r *RecordPlan) mayHold(f *fieldPlan, value string) bool {
	for _, all := range r.def.Match {
		ok := true
		for _, m := range all {
			ok = ok && (m.Field != f.def.Name || slices.Contains(m.Values, value) != m.Not)
		}
		if ok {
			return true
		}
	}
	return false
}

// TestUncoveredFields lists in which fields a changed digit is not found, or
// not always: no control of the layout speaks of it. Run it with -v to read it.
func TestUncoveredFields(t *testing.T) {
	for _, p := range everyLayout(t) {
		c := coverageOf(p)
		t.Logf("%s\n  always: %d fields\n  never: %s\n  sometimes:\n    %s", p.Name(), len(c.always), strings.Join(c.never, ", "), strings.Join(c.sometimes, "\n    "))
	}
}
