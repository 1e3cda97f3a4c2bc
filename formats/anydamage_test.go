package formats

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestAnyDamage: bytes of any file of any layout are spoilt, so that fields
// cannot be read, and lines are no record any more; and a total may say
// something else. A total that is as it was is never called wrong, for with the
// bytes that were there it is right; and one that is below what can be read, of
// values that are never below zero, always is.
func TestAnyDamage(t *testing.T) {
	tally := map[string]int{}
	for _, p := range everyLayout(t) {
		rapid.Check(t, func(t *rapid.T) {
			anyFileOf(t, p).damage(t, tally)
		})
	}
	t.Log(tally)
	for _, what := range []string{"below", "right, with lost lines", "right, with lost lines in a group", "unverified", "exact"} {
		if tally[what] == 0 {
			t.Errorf("there was no total of this kind: %s", what)
		}
	}
}

// spoil is a byte that no field can hold.
const spoil = 0x01

// damage spoils some bytes of a file, and looks what is said of its totals.
func (f *wholeFile) damage(t failer, tally map[string]int) {
	t.Helper()
	if f.form.End == NoEnd {
		return // behind a record that nobody knows nothing can be read
	}
	read := f.readRecords()
	file := bytes.Clone(f.bytes)
	start, at := make([]int, len(read.records)), 0
	for i := range read.records {
		start[i] = at
		at += read.records[i].r.length + len(f.form.End.bytes())
		read.records[i].raw = file[start[i] : start[i]+read.records[i].r.length]
	}
	restated := map[spot]bool{} // totals that say something else now
	for range 1 + f.rng.IntN(4) {
		f.spoilt(read, f.rng.IntN(len(read.records)))
	}
	if f.rng.IntN(2) == 0 {
		f.restate(read, restated)
	}
	anyLost := slices.ContainsFunc(read.records, func(r readRecord) bool { return r.lost })

	d := f.p.NewDecoder(bytes.NewReader(file), DecodeOptions{Expect: f.following, MaxErrors: 1 << 20})
	var taken []string // for which records they are taken
	for d.Next() {
		taken = append(taken, d.Record().Type())
	}
	wrong := map[spot]bool{}
	for _, e := range d.Errors() {
		if !errors.Is(e, ErrControl) {
			continue
		}
		if len(restated) == 0 {
			t.Fatalf("a total is called wrong, and all are as they were\n%v\n%q", d.Err(), file)
		}
		if taken[e.Record-1] != read.records[e.Record-1].r.Name() {
			continue
		}
		k := slices.IndexFunc(read.records[e.Record-1].r.fields, func(q fieldPlan) bool { return q.def.Name == e.Field })
		wrong[spot{e.Record - 1, k}] = true
	}
	for i := range read.records {
		rec := &read.records[i]
		for k := range rec.r.fields {
			q := &rec.r.fields[k]
			c := q.def.Compute
			if taken[i] != rec.r.Name() || c == nil || c.Kind != Count && c.Kind != Sum && c.Kind != Hash || q.blank(rec.raw) || rec.broken.has(k) {
				continue
			}
			here, said := spot{i, k}, rec.numbers[k]
			total := read.total(i, q)
			grouped := c.Scope != "" && c.Scope != ScopeFile
			asItWas := !slices.ContainsFunc(total.over, func(s spot) bool { return restated[s] })
			if asItWas && wrong[here] {
				t.Fatalf("%s of record %d is called wrong, and is as it was\n%v\n%q", total.name, i+1, d.Err(), file)
			}
			switch {
			case anyLost && asItWas:
				tally["right, with lost lines"]++
				if grouped {
					tally["right, with lost lines in a group"]++
				}
			case anyLost && grouped, anyLost && !f.p.told(rec.r, c):
				// Where the group begins and ends, and which record is which, is not known.
			case wrong[here] && total.admits(said):
				t.Fatalf("%s of record %d is called wrong, and may be right: it is between %s and %s\n%v\n%q", total.name, i+1, total.least, total.most, d.Err(), file)
			case !wrong[here] && !total.unread && !total.admits(said):
				t.Fatalf("%s of record %d is wrong, and is not called so: it is %s\n%v\n%q", total.name, i+1, total.least, d.Err(), file)
			case !wrong[here] && total.bounds.over(said) && f.p.neverBelowZero(c):
				t.Fatalf("%s of record %d is less than %s, and is not called wrong\n%v\n%q", total.name, i+1, total.least, d.Err(), file)
			case total.unread && !wrong[here] && !slices.Contains(d.Unverified(), total.name):
				t.Fatalf("%s of record %d cannot be checked, and is not among the unverified %v\n%v\n%q", total.name, i+1, d.Unverified(), d.Err(), file)
			case !total.unread:
				tally["exact"]++
			case wrong[here]:
				tally["below"]++
			default:
				tally["unverified"]++
			}
		}
	}
}

// spoilt spoils a byte of a record, unless it then is another record.
func (f *wholeFile) spoilt(read *readFile, i int) {
	rec := &read.records[i]
	field := &rec.r.fields[f.rng.IntN(len(rec.r.fields))]
	if rec.lost || field.slotted >= 0 && rec.numbers[rec.r.slots[field.slotted].repetitions[field.slot].present] == 0 {
		return
	}
	at := field.off + f.rng.IntN(field.n)
	was := rec.raw[at]
	rec.raw[at] = spoil
	window := append(bytes.Clone(rec.raw), make([]byte, slack)...)
	for _, r := range f.p.records {
		if r != rec.r && r.matches(window, len(rec.raw)) {
			rec.raw[at] = was
			return
		}
	}
	rec.lost = !rec.r.matches(window, len(rec.raw))
	rec.read()
}

// restate lets a total say something else.
func (f *wholeFile) restate(read *readFile, restated map[spot]bool) {
	i := f.rng.IntN(len(read.records))
	rec := &read.records[i]
	for k := range rec.r.fields {
		q := &rec.r.fields[k]
		c := q.def.Compute
		if rec.lost || c == nil || c.Kind != Count && c.Kind != Sum && c.Kind != Hash || q.blank(rec.raw) || f.rng.IntN(2) == 0 {
			continue
		}
		places := digitsOf(q, rec.raw)
		if len(places) == 0 {
			continue
		}
		at := places[f.rng.IntN(len(places))]
		if was := rec.raw[at]; was >= '0' && was <= '9' {
			rec.raw[at] = '0' + byte(f.rng.IntN(10))
			if rec.read(); q.blank(rec.raw) {
				rec.raw[at] = was
				rec.read()
			}
			if rec.raw[at] != was {
				restated[spot{i, k}] = true
			}
		}
	}
}

// neverBelowZero says whether nothing makes a total less.
func (p *Plan) neverBelowZero(d *Computed) bool {
	return d.Kind != Hash && d.Minus == nil && !slices.ContainsFunc(d.Sources, func(s Source) bool {
		q, ok := p.field(s.Record, s.Field)
		return d.Kind == Sum && ok && q.def.Sign != nil
	})
}

// told says whether a total and its records are known wherever they stand.
func (p *Plan) told(of *RecordPlan, d *Computed) bool {
	alone := func(r *RecordPlan) bool {
		return !slices.ContainsFunc(p.records, func(o *RecordPlan) bool { return o != r && !apart(o, r) })
	}
	return alone(of) && !slices.ContainsFunc(d.Sources, func(s Source) bool { return !alone(recordNamed(p, s.Record)) })
}
