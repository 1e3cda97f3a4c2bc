package formats

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// everyPlan are the layouts that come with Bekal, and the one that holds the
// whole language, compiled once for all tests.
var everyPlan = sync.OnceValues(func() ([]*Plan, error) {
	files, err := filepath.Glob(filepath.Join("layouts", "*.yaml"))
	if err != nil {
		return nil, err
	}
	var out []*Plan
	for _, file := range append(files, filepath.Join("testdata", "whole.yaml")) {
		src, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		l, err := Parse(file, src)
		if err != nil {
			return nil, err
		}
		p, err := l.Compile()
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
})

func everyLayout(tb testing.TB) []*Plan {
	tb.Helper()
	plans, err := everyPlan()
	if err != nil {
		tb.Fatal(err)
	}
	if len(plans) < 20 {
		tb.Fatalf("there are %d layouts only", len(plans))
	}
	return plans
}

// TestAnyFile: any valid file of any layout encodes and decodes to itself, by
// all ways that there are; and a changed digit in it is found whenever a
// control of the layout says something about it, and only then.
func TestAnyFile(t *testing.T) {
	for _, p := range everyLayout(t) {
		t.Run(p.Name(), func(t *testing.T) {
			t.Parallel()
			seen := map[string]int{}
			rapid.Check(t, func(t *rapid.T) {
				f := anyFileOf(t, p)
				f.comesBack(t)
				f.flips(t, seen)
			})
			// Records that are rare among so many others have their files, too.
			missing := func() bool {
				return slices.ContainsFunc(p.records, func(r *RecordPlan) bool { return seen[r.Name()] == 0 })
			}
			for seed := uint64(0); missing(); seed++ {
				if seed > 2000 {
					t.Fatalf("not all records were in a file: %v", seen)
				}
				f, err := newWholeFile(p, seed, rand.New(rand.NewPCG(seed, 1)).IntN)
				if err != nil {
					t.Fatal(err)
				}
				f.comesBack(t)
				f.flips(t, seen)
			}
		})
	}
}

// failer is what a check needs of a test: a rapid one or a plain one.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// wholeFile is a file as it is to be written.
type wholeFile struct {
	p         *Plan
	rng       *rand.Rand // values; the structure is drawn by rapid, for shrinking
	choose    func(n int) int
	form      Form
	following map[string]int64
	records   []fileRecord
	small     int // how often it was too large for its totals
	odd       bool
	bytes     []byte
}

// fileRecord is a record as it is to be written: the values of its fields that
// are set, in the order in which they are.
type fileRecord struct {
	r      *RecordPlan
	groups []int // by group: which of them it stands in, from 1; 0 for none
	order  []int
	values map[int]string
	spaces []int // fields whose empty form is spaces, though zeros would be written
}

// anyFileOf draws a file: its structure by rapid, its values by a generator
// that rapid gives the seed of, for there are thousands of them.
func anyFileOf(t *rapid.T, p *Plan) *wholeFile {
	seed := rapid.Uint64().Draw(t, "values")
	draw := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }
	f, err := newWholeFile(p, seed, draw)
	if err != nil {
		t.Fatalf("no file of layout %s could be made: %v", p.Name(), err)
	}
	return f
}

// newWholeFile makes a file. It fails when there is none that it can find.
func newWholeFile(p *Plan, seed uint64, choose func(n int) int) (*wholeFile, error) {
	f := &wholeFile{p: p, choose: choose}
	f.form = Form{End: p.layout.Line.Ends[choose(len(p.layout.Line.Ends))], Final: true, Fillers: -1}
	switch p.layout.Line.Final {
	case FinalNever:
		f.form.Final = false
	case FinalEither:
		f.form.Final = choose(2) == 0 || f.form.End == NoEnd
	}
	if f.form.End == NoEnd {
		f.form.Final = true // there is none to be missed
	}
	var err error
	root := p.leaves[1]
	for root.parent != nil {
		root = root.parent
	}
	// A file may be too large for its totals: then the numbers get smaller,
	// and in the end all of them are zero and nothing repeats.
	// Or a record cannot be, where its totals are what it is known by: then the
	// structure is another one.
	for attempt := range 40 {
		f.small = min(attempt/2, 5)
		f.rng = rand.New(rand.NewPCG(seed, 0))
		f.records = nil
		f.following = map[string]int64{}
		for _, s := range p.series {
			if s.open && f.rng.IntN(2) == 0 {
				f.following[s.name] = int64(f.rng.IntN(50))
			}
		}
		g := &walker{f: f, instances: make([]int, len(p.layout.Groups)), in: make([]int, len(p.layout.Groups))}
		g.walk(root)
		if len(f.records) > mostRecords {
			return nil, errTooMany
		}
		if len(f.records) == 0 {
			f.small = 0
			g.most = 1
			for len(f.records) == 0 && g.most < 50 {
				g.walk(root)
				g.most++
			}
			if len(f.records) == 0 {
				return nil, errors.New("every file is empty")
			}
		}
		if err = f.write(); err == nil {
			return f, nil
		}
		if !errors.Is(err, ErrOverflow) && !errors.Is(err, errNotKnown) && !errors.Is(err, ErrRecordType) {
			return nil, err
		}
	}
	return nil, err
}

// mostRecords is how long a file gets; a structure may ask for any number.
const mostRecords = 1000

// walker walks a structure and makes records.
type walker struct {
	f         *wholeFile
	instances []int // of each group, so far
	in        []int // by group, the one that is open
	most      int
}

func (g *walker) walk(n *node) {
	more := min(3, n.max-n.min)
	if g.f.small > 3 || len(g.f.records) > 60 {
		more = 0
	}
	times := n.min + g.f.choose(more+1)
	if g.most > 0 && n.max > 0 {
		times = max(times, min(1, n.max))
	}
	for range times {
		if len(g.f.records) > mostRecords {
			return
		}
		switch {
		case n.record >= 0:
			g.f.records = append(g.f.records, fileRecord{r: g.f.p.records[n.record], groups: slices.Clone(g.in)})
		case n.choice:
			g.walk(n.children[g.f.choose(len(n.children))])
		case n.group >= 0:
			before := g.in[n.group]
			g.instances[n.group]++
			g.in[n.group] = g.instances[n.group]
			g.walk(n.children[0])
			g.in[n.group] = before
		default:
			for _, c := range n.children {
				g.walk(c)
			}
		}
	}
}

// write draws the values and encodes the file: as often as the totals before
// their records have to be corrected, which is told by what Close complains
// about.
func (f *wholeFile) write() error {
	drawn := 0
again:
	for range 3 + len(f.records) {
		var out bytes.Buffer
		e := f.p.NewEncoder(&out, EncodeOptions{Form: &f.form, Following: f.following})
		for i := range f.records {
			rec := &f.records[i]
			if drawn == i {
				drawn++
				if err := f.draw(e, rec, i); err != nil {
					return err
				}
			}
			w := e.BeginRecord(rec.r)
			for _, k := range rec.order {
				w.SetString(Field{&rec.r.fields[k]}, rec.values[k])
			}
			for _, k := range rec.spaces {
				w.setJSON(&rec.r.fields[k], nil)
			}
			if err := w.End(); err != nil {
				// A total may stand several times, and then always be the same.
				if f.corrected(e, err) {
					continue again
				}
				return fmt.Errorf("%s %v: %w", rec.r.Name(), rec.values, err)
			}
		}
		err := e.Close()
		if err == nil {
			f.bytes = out.Bytes()
			return nil
		}
		if !f.corrected(e, err) {
			return err
		}
	}
	return errors.New("the totals of headers do not settle")
}

// corrected sets totals to what an encoder says that they should be, and fields
// that repeat one; it is false when anything else is wrong.
func (f *wholeFile) corrected(e *Encoder, err error) bool {
	var errs *Errors
	if !errors.As(err, &errs) {
		return false
	}
	for _, one := range errs.List {
		if one.Record < 1 {
			return false
		}
		rec := &f.records[one.Record-1]
		k := slices.IndexFunc(rec.r.fields, func(p fieldPlan) bool { return p.def.Name == one.Field })
		if k < 0 || rec.values[k] == "" {
			return false
		}
		field := &rec.r.fields[k]
		now := rec.values[k]
		switch {
		case errors.Is(one, ErrControl):
			now = minorUnits(one.Expected, field.def.Decimals)
		case errors.Is(one, ErrCopy):
			now = heldValue(e, field)
		}
		if now == rec.values[k] {
			return false
		}
		rec.values[k] = now
	}
	return true
}

// minorUnits is a number of minor units as an exact decimal number.
func minorUnits(s string, decimals int) string {
	digits, minus := strings.CutPrefix(s, "-")
	for len(digits) <= decimals {
		digits = "0" + digits
	}
	if decimals > 0 {
		digits = digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
	}
	if minus {
		return "-" + digits
	}
	return digits
}

// draw draws the values of a record that make it known as what it is.
func (f *wholeFile) draw(e *Encoder, rec *fileRecord, index int) error {
	for range 200 {
		d := &recordDraw{f: f, e: e, rec: rec, r: rec.r, need: map[int]byte{}, minus: map[*fieldPlan]int{}, places: map[*fieldPlan]int{}}
		all := rec.r.alternatives[f.rng.IntN(len(rec.r.alternatives))]
		for _, m := range all {
			if m.not {
				continue
			}
			v := m.values[f.rng.IntN(len(m.values))]
			for i := range len(v) {
				d.need[m.off+i] = v[i]
			}
		}
		if d.values() {
			f.odd = f.odd || len(rec.spaces) > 0
			return nil
		}
	}
	return fmt.Errorf("record %d (%s): %w", index+1, rec.r.Name(), errNotKnown)
}

// errTooMany: the structure asks for more records than are made here.
var errTooMany = errors.New("too many records")

// errNotKnown: what the fields of a record hold is not what it is known by.
var errNotKnown = errors.New("the record cannot be known")

// recordDraw draws one record.
type recordDraw struct {
	f      *wholeFile
	e      *Encoder
	rec    *fileRecord
	r      *RecordPlan
	need   map[int]byte       // bytes by which the record is known
	minus  map[*fieldPlan]int // what a field that says a sign says: 1 minus, 0 plus
	places map[*fieldPlan]int // what a field that says decimals says
}

// values draws all values; it is false when the record is not known by them.
func (d *recordDraw) values() bool {
	rng, r := d.f.rng, d.r
	d.rec.values, d.rec.order, d.rec.spaces = map[int]string{}, nil, nil
	present := make([]int, len(r.slots))
	for i := range r.slots {
		present[i] = rng.IntN(len(r.slots[i].repetitions) + 1)
	}
	d.others()
	scratch := r.begin()
	for i := range r.fields {
		f := &r.fields[i]
		if f.constant != "" || f.kind == KindFiller || f.slotted >= 0 && f.slot >= present[f.slotted] {
			continue
		}
		v, set, ok := d.value(f)
		if !ok {
			return false
		}
		if !set {
			continue
		}
		d.rec.values[i] = v
		d.rec.order = append(d.rec.order, i)
		if v == "" && f.blanks && f.zeros && f.slotted < 0 && rng.IntN(3) == 0 {
			d.rec.spaces = append(d.rec.spaces, i)
		}
		scratch.SetString(Field{f}, v)
	}
	// A repetition of a slot in which nothing is set is not there, and ends them.
	for i := range r.slots {
		over := false
		for k, rep := range r.slots[i].repetitions {
			set := false
			for j := rep.from; j < rep.to; j++ {
				set = set || d.rec.values[j] != ""
			}
			over = over || !set || k >= present[i]
			for j := rep.from; over && j < rep.to; j++ {
				delete(d.rec.values, j)
				d.rec.order = slices.DeleteFunc(d.rec.order, func(x int) bool { return x == j })
			}
		}
	}
	rng.Shuffle(len(d.rec.order), func(i, j int) { o := d.rec.order; o[i], o[j] = o[j], o[i] })
	// What the encoder fills in is as it has to be.
	for _, i := range r.totals {
		if t := &d.e.plan.totals[i]; !t.later && d.rec.values[t.field.index] == "" && t.field.def.Empty == EmptyNever {
			if sum := d.total(t); sum.hi == 0 {
				scratch.put(t.field, int64(sum.lo))
			}
		}
	}
	for i := range r.fields {
		f := &r.fields[i]
		if _, set := d.rec.values[i]; !set && f.def.Compute != nil && f.constant == "" {
			for at := f.off; at < f.off+f.n; at++ {
				if b, needed := d.need[at]; needed {
					scratch.window[at] = b
				}
			}
		}
	}
	return r.matches(scratch.window, r.length)
}

// total is what a total of the record is to be.
func (d *recordDraw) total(t *total) computed {
	s := d.e.sums
	opens := d.e.plan.moves[d.e.place.at*len(d.e.plan.records)+d.r.index].open
	s.ahead = ahead{record: d.r, window: append(bytes.Clone(d.r.template), make([]byte, slack)...), opens: opens}
	defer func() { s.ahead = ahead{} }()
	return s.compute(t)
}

// others decides what the fields say that say the sign or the decimals of
// others. They are left to a number that is computed.
func (d *recordDraw) others() {
	for i := range d.r.fields {
		f := &d.r.fields[i]
		left := f.def.Compute != nil && f.def.Compute.Kind != Copy
		if s := f.signBy; s != nil {
			if _, there := d.minus[s]; !there {
				d.minus[s] = d.f.rng.IntN(2)
			}
			if left {
				d.minus[s] = -1
			}
		}
		if s := f.decimalsBy; s != nil {
			most := f.def.Decimals
			if before, there := d.places[s]; there && before >= 0 {
				most = min(most, before)
			}
			if _, there := d.places[s]; !there || d.places[s] > most {
				d.places[s] = d.f.rng.IntN(most + 1)
			}
			if left {
				d.places[s] = -1
			}
		}
	}
	// One that is computed leaves it to itself, whatever the others need.
	for i := range d.r.fields {
		f := &d.r.fields[i]
		if f.def.Compute != nil && f.signBy != nil {
			d.minus[f.signBy] = -1
		}
		if f.def.Compute != nil && f.decimalsBy != nil {
			d.places[f.decimalsBy] = -1
		}
	}
}

// value draws the value of a field; set is false when it is left alone, and ok
// when there is none.
func (d *recordDraw) value(f *fieldPlan) (v string, set, ok bool) {
	if c := f.def.Compute; c != nil {
		v, set, ok, done := d.computed(f, c)
		if done {
			return v, set, ok
		}
	}
	if f.digit != noDigit && f.over != nil {
		return "", false, true
	}
	if by, says := d.minus[f]; says {
		if by < 0 {
			return "", false, true
		}
		return d.signSaid(f, by == 1)
	}
	if places, says := d.places[f]; says {
		switch {
		case places < 0:
			return "", false, true
		case places == 0 && f.def.Empty != EmptyNever && d.f.rng.IntN(2) == 0:
			return "", true, true
		}
		return fmt.Sprint(places), true, true
	}
	fixed, free := 0, f.size()
	for at := f.off; at < f.off+f.n; at++ {
		if _, needed := d.need[at]; needed {
			fixed++
			free--
		}
	}
	if fixed > 0 && free == 0 {
		return d.laid(f, nil)
	}
	for range 100 {
		v := d.f.fieldValue(f, d)
		if fixed == 0 {
			return v, true, true
		}
		w := d.r.begin()
		w.SetString(Field{f}, v)
		if w.errs != nil {
			continue
		}
		if v, set, ok := d.laid(f, w.window); ok {
			return v, set, ok
		}
	}
	return "", false, false
}

// laid is the value of a field whose bytes are needed for the record to be
// known, over what else it holds.
func (d *recordDraw) laid(f *fieldPlan, window []byte) (string, bool, bool) {
	rec := &Record{plan: d.r, raw: bytes.Clone(d.r.template)}
	if window != nil {
		copy(rec.raw, window)
	}
	for at := f.off; at < f.off+f.n; at++ {
		if b, needed := d.need[at]; needed {
			rec.raw[at] = b
		}
	}
	if _, wrong := f.examine(rec.raw, true); wrong != nil {
		return "", false, false
	}
	return rec.String(Field{f}), true, true
}

// signSaid is a value of a field that says the sign of numbers.
func (d *recordDraw) signSaid(f *fieldPlan, minus bool) (string, bool, bool) {
	for i := range d.r.fields {
		n := &d.r.fields[i]
		if n.signBy != f {
			continue
		}
		switch {
		case minus:
			return n.def.Sign.Minus, true, true
		case n.def.Sign.Plus != "":
			return n.def.Sign.Plus, true, true
		case f.def.Empty != EmptyNever:
			return "", true, true
		}
		for range 100 {
			if v := d.f.fieldValue(f, d); v != "" && v != n.def.Sign.Minus {
				return v, true, true
			}
		}
	}
	return "", false, false
}

// computed is a value of a field that follows from others; done is false when
// it is like any other after all.
func (d *recordDraw) computed(f *fieldPlan, c *Computed) (v string, set, ok, done bool) {
	rng, e := d.f.rng, d.e
	opened := func(i int) bool {
		m := &e.plan.moves[e.place.at*len(e.plan.records)+d.r.index]
		for _, s := range m.open {
			if slices.Contains(e.plan.scopes[s].series, i) {
				return true
			}
		}
		return false
	}
	switch c.Kind {
	case Sequence, Rising:
		n := d.r.runs[slices.IndexFunc(d.r.runs, func(n counter) bool { return n.field == f.index })]
		next := e.sums.next[n.series]
		if c.Kind == Rising {
			if opened(n.series) || next < 0 {
				next = int64(rng.IntN(3))
			}
			if f.def.Empty != EmptyNever && next == 0 {
				next++ // zero may be no value
			}
			return minorUnits(fmt.Sprint(next+1+int64(rng.IntN(3))), f.def.Decimals), true, true, true
		}
		switch {
		case f.def.Empty != EmptyNever && rng.IntN(3) == 0:
			return "", true, true, true
		case f.def.Empty != EmptyNever && e.sums.known[n.series]:
			return minorUnits(fmt.Sprint(e.next(d.r, n.series)), f.def.Decimals), true, true, true
		case e.sums.known[n.series]:
			return "", false, true, true
		}
		return minorUnits(fmt.Sprint(1+rng.IntN(90)), f.def.Decimals), true, true, true
	case Copy:
		h := &e.sums.held[f.repeats]
		m := &e.plan.moves[e.place.at*len(e.plan.records)+d.r.index]
		fresh := false // the record begins the scope, so nothing is held in it yet
		for _, s := range m.open {
			fresh = fresh || slices.Contains(e.plan.scopes[s].held, f.repeats)
		}
		if !h.set || fresh {
			return "", false, false, false
		}
		if f.def.Empty == EmptyNever {
			return "", false, true, true
		}
		if rng.IntN(3) == 0 {
			return "", true, true, true
		}
		return heldValue(e, f), true, true, true
	case Count, Sum, Hash:
		t := &e.plan.totals[slices.IndexFunc(e.plan.totals, func(t total) bool { return t.field == f })]
		switch {
		case t.later && f.def.Empty != EmptyNever && rng.IntN(2) == 0:
			return "", true, true, true
		case t.later:
			return "0", true, true, true
		case f.def.Empty != EmptyNever:
			if rng.IntN(2) == 0 {
				return "", true, true, true
			}
			sum := d.total(t)
			return minorUnits(sum.String(), f.def.Decimals), true, true, true
		}
		return "", false, true, true
	}
	return "", false, false, false
}

// heldValue is the value that a field is to repeat.
func heldValue(e *Encoder, f *fieldPlan) string {
	h := &e.sums.held[f.repeats]
	src := e.plan.held[f.repeats].field
	rec := &Record{plan: src.record, raw: bytes.Repeat([]byte(" "), src.record.length)}
	if e.plan.held[f.repeats].number {
		w := src.record.begin()
		if w.put(src, h.number); w.errs != nil {
			return "" // it is more than the field can say by itself
		}
		rec.raw = w.window[:src.record.length]
	} else {
		scatter(src, rec.raw, h.bytes)
	}
	return rec.String(Field{src})
}

// fieldValue draws a value that a field may have by itself.
func (f *wholeFile) fieldValue(p *fieldPlan, d *recordDraw) string {
	rng := f.rng
	if p.def.Empty != EmptyNever && rng.IntN(3) == 0 && d.minus[p.signBy] < 1 {
		return ""
	}
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = '0' + byte(rng.IntN(10))
		}
		return string(b)
	}
	checkedBy := slices.ContainsFunc(d.r.fields, func(o fieldPlan) bool { return slices.Contains(o.over, p) })
	switch {
	case p.each > 0:
		var codes []string
		for range 1 + rng.IntN(p.n/p.each) {
			codes = append(codes, p.codes.codes[rng.IntN(len(p.codes.codes))].Value)
		}
		return strings.Join(codes, " ")
	case p.codes != nil && (!p.def.Open || rng.IntN(3) > 0):
		return p.codes.codes[rng.IntN(len(p.codes.codes))].Value
	case p.digit == checkIBAN && p.over == nil:
		body := digits(1 + rng.IntN(p.n-5))
		country := string([]byte{'A' + byte(rng.IntN(26)), 'A' + byte(rng.IntN(26))})
		out, _ := p.digit.compute([]byte(body + country))
		return country + string(out[:2]) + body
	case p.digit != noDigit && p.over == nil:
		body := digits(p.n - p.digit.size())
		if p.kind == KindText {
			body = body[rng.IntN(len(body)):]
			if p.pad == '0' {
				body = strings.TrimLeft(body, "0") + "1"
				body = body[max(0, len(body)-(p.n-p.digit.size())):]
				body = "1" + body[1:]
			}
		}
		out, _ := p.digit.compute([]byte(body))
		if p.pad == '0' && p.kind == KindText && p.align != AlignRight && out[p.digit.size()-1] == '0' {
			return f.fieldValue(p, d) // it would end with what pads it
		}
		return body + string(out[:p.digit.size()])
	case p.picture != nil:
		return f.drawn(p)
	case p.kind == KindText && checkedBy:
		return digits(p.n)
	case p.kind == KindText:
		return f.text(p)
	case p.kind == KindDigits:
		if f.summed(p) && f.small > 3 {
			return "0"
		}
		if rng.IntN(8) == 0 {
			return digits(1 + rng.IntN(p.n))
		}
		return digits(p.n)
	case p.format != nil:
		return f.moment(p)
	}
	return f.number(p, d)
}

// summed says whether a total adds up the field.
func (f *wholeFile) summed(p *fieldPlan) bool {
	for _, r := range f.p.records {
		for i := range r.fields {
			if c := r.fields[i].def.Compute; c != nil && c.Kind == Sum && slices.Contains(c.Sources, Source{p.record.def.Name, p.def.Name}) {
				return true
			}
		}
	}
	return false
}

// number draws a number or an amount, with the sign and the decimals that are
// said elsewhere.
func (f *wholeFile) number(p *fieldPlan, d *recordDraw) string {
	rng := f.rng
	n := p.digits()
	if f.summed(p) {
		n = max(0, n-2-3*f.small)
	}
	v := uint64(0)
	if n > 0 {
		v = rng.Uint64N(pow10[min(n, maxDigits)])
		if rng.IntN(4) == 0 {
			v %= pow10[1+rng.IntN(n)]
		}
	}
	g := figure{digits: v, decimals: p.def.Decimals}
	if p.decimalsBy != nil {
		if places := d.places[p.decimalsBy]; places >= 0 {
			g.decimals = places
		}
		// In the units of the most decimals it has at most 18 digits, too.
		g.digits %= pow10[maxDigits-(p.def.Decimals-g.decimals)]
	}
	switch {
	case p.signBy != nil:
		g.negative = d.minus[p.signBy] == 1
	case p.sign != "":
		g.negative = rng.IntN(2) == 0
	}
	return g.String()
}

// moment draws a date or time that the format can hold.
func (f *wholeFile) moment(p *fieldPlan) string {
	rng := f.rng
	first, last := 1900, 2199
	if !strings.Contains(p.format.text, "yyyy") && strings.Contains(p.format.text, "yy") {
		first = 1900 + p.format.pivot
		last = first + 99
	}
	year := uint64(first + rng.IntN(last-first+1))
	month := uint64(1 + rng.IntN(12))
	day := 1 + rng.Uint64N(daysIn(year, month))
	v := (year*10000+month*100+day)*1e6 + uint64(rng.IntN(24)*10000+rng.IntN(60)*100+rng.IntN(60))
	return p.format.show(p.format.fromClock(v))
}

// drawn draws a text of a picture.
func (f *wholeFile) drawn(p *fieldPlan) string {
	set := p.writing
	pick := func(ok func(b byte) bool) byte {
		for {
			if b := byte(f.rng.IntN(256)); set.has(b) && ok(b) {
				return b
			}
		}
	}
	shape := bytes.Clone(p.picture)
	for i, c := range shape {
		edge := i == 0 || i == len(shape)-1
		switch c {
		case '9':
			shape[i] = pick(func(b byte) bool { return b >= '0' && b <= '9' && (!edge || b != p.pad) })
		case 'A':
			shape[i] = pick(func(b byte) bool { return b >= 'A' && b <= 'Z' })
		case 'X':
			shape[i] = pick(func(b byte) bool { return !edge || b != ' ' && b != p.pad })
		}
	}
	return set.decode(shape)
}

// text draws a text of the field's character set.
func (f *wholeFile) text(p *fieldPlan) string {
	set := p.writing
	b := make([]byte, 1+f.rng.IntN(p.n))
	if f.rng.IntN(3) == 0 {
		b = make([]byte, p.n)
	}
	for i := range b {
		for {
			b[i] = byte(f.rng.IntN(256))
			edge := i == 0 && p.align != AlignFree || i == len(b)-1
			if set.has(b[i]) && (!edge || b[i] != ' ' && b[i] != p.pad) {
				break
			}
		}
	}
	return set.decode(b)
}

// shown is a file for messages, with its line ends to be seen.
func (f *wholeFile) shown() string {
	return fmt.Sprintf("layout %s:\n%s", f.p.Name(), strings.ReplaceAll(strings.ReplaceAll(string(f.bytes), "\r", "\\r"), "\n", "\\n\n"))
}

// comesBack shows that a file is understood to the last byte: it is clean, all
// values are what was set, and every way of writing it again gives it again.
func (f *wholeFile) comesBack(t failer) {
	t.Helper()
	p := f.p
	d := p.NewDecoder(iotest.HalfReader(bytes.NewReader(f.bytes)), DecodeOptions{Expect: f.following})
	i := 0
	for d.Next() {
		r := d.Record()
		if i >= len(f.records) || r.plan != f.records[i].r {
			t.Fatalf("record %d is %s\n%s", i+1, r.Type(), f.shown())
		}
		for k, want := range f.records[i].values {
			h := Field{&r.plan.fields[k]}
			if got := r.String(h); (want != "" || h.p.def.Compute == nil) && !same(h.p, got, want) {
				t.Fatalf("record %d (%s): %s was set to %q and is %q\n%s", i+1, r.Type(), h.Name(), want, got, f.shown())
			}
		}
		i++
	}
	if d.Err() != nil || d.WarningCount() > 0 || d.Unverified() != nil || i != len(f.records) {
		t.Fatalf("%d of %d records, errors %v, warnings %v, unverified %v\n%s", i, len(f.records), d.Err(), d.Warnings(), d.Unverified(), f.shown())
	}
	if n := d.Tally().Bytes; n != int64(len(f.bytes)) {
		t.Fatalf("%d of %d bytes were read", n, len(f.bytes))
	}
	// One line without its end does not tell which one it would have.
	if got := d.Form(); (f.form.Final || len(f.records) > 1) && (got.End != f.form.End || got.Final != f.form.Final) {
		t.Fatalf("the form is %+v, was %+v\n%s", got, f.form, f.shown())
	}
	if what := againDiffers(p, f.bytes, f.odd); what != "" {
		t.Fatalf("%s\n%s", what, f.shown())
	}
}

// againDiffers writes a file without faults and warnings again, in all ways;
// it says which of them makes another file. The strict one may do so where an
// empty value is in a form that would not be written.
func againDiffers(p *Plan, file []byte, odd bool) string {
	var again bytes.Buffer
	if _, err := p.Recode(&again, bytes.NewReader(file), RecodeOptions{AsRead: true}); err != nil {
		return fmt.Sprintf("it is not encoded again, as it was read: %v", err)
	}
	if !bytes.Equal(again.Bytes(), file) {
		return fmt.Sprintf("encoded again as it was read it differs:\n%q\n%q", file, again.Bytes())
	}
	again.Reset()
	if _, err := p.Recode(&again, bytes.NewReader(file), RecodeOptions{}); err != nil {
		return fmt.Sprintf("it is not encoded again: %v", err)
	}
	if !odd && !bytes.Equal(again.Bytes(), file) {
		return fmt.Sprintf("encoded again it differs:\n%q\n%q", file, again.Bytes())
	}
	if what := otherValues(p, file, again.Bytes()); what != "" {
		return "encoded again " + what
	}
	var js bytes.Buffer
	if err := p.WriteJSON(&js, bytes.NewReader(file), DecodeOptions{}); err != nil {
		return fmt.Sprintf("there is no JSON of it: %v", err)
	}
	again.Reset()
	if err := p.ReadJSON(&again, bytes.NewReader(js.Bytes()), EncodeOptions{}); err != nil {
		return fmt.Sprintf("it is not read from JSON: %v", err)
	}
	if !bytes.Equal(again.Bytes(), file) {
		return fmt.Sprintf("from JSON it differs:\n%q\n%q", file, again.Bytes())
	}
	return ""
}

// otherValues says how a file that was written strictly is not clean, or has
// other values than the one that it was made from.
func otherValues(p *Plan, file, strict []byte) string {
	a, b := p.NewDecoder(bytes.NewReader(file), DecodeOptions{}), p.NewDecoder(bytes.NewReader(strict), DecodeOptions{})
	for {
		more := a.Next()
		if b.Next() != more {
			return "it has not as many records"
		}
		if !more {
			break
		}
		x, y := a.Record(), b.Record()
		if x.plan != y.plan {
			return fmt.Sprintf("record %d is %s, was %s", x.Number(), y.Type(), x.Type())
		}
		for i := range x.plan.fields {
			h := Field{&x.plan.fields[i]}
			if was, is := x.String(h), y.String(h); was != is {
				return fmt.Sprintf("%s.%s of record %d is %q, was %q", x.Type(), h.Name(), x.Number(), is, was)
			}
		}
	}
	if b.Err() != nil || b.WarningCount() > 0 || b.Unverified() != nil {
		return fmt.Sprintf("it has errors %v, warnings %v, unverified %v", b.Err(), b.Warnings(), b.Unverified())
	}
	return ""
}
