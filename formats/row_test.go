package formats

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestRowsAndSettersAgree: whatever is set to whatever, a row writes what the
// setters would write, refuses what they refuse, for the same reasons, and
// leaves the encoder in the same state.
func TestRowsAndSettersAgree(t *testing.T) {
	for _, p := range everyLayout(t) {
		t.Run(p.Name(), func(t *testing.T) {
			t.Parallel()
			var tally rowTally
			rapid.Check(t, func(t *rapid.T) {
				f := anyFileOf(t, p)
				pairOfWriters{p: p, rng: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "rows"), 1)), tally: &tally}.write(t, f)
			})
			if tally.written == 0 || tally.refused == 0 || tally.quick == 0 {
				t.Errorf("the test looked at too little: %+v", tally)
			}
		})
	}
}

// rowTally is how much a test has looked at.
type rowTally struct{ written, refused, quick int }

// pairOfWriters writes the records of a file twice, by rows and by setters.
type pairOfWriters struct {
	p     *Plan
	rng   *rand.Rand
	tally *rowTally
}

func (b pairOfWriters) write(t failer, f *wholeFile) {
	t.Helper()
	var byRow, bySetter bytes.Buffer
	o := EncodeOptions{Form: &f.form, Following: f.following, AsRead: b.rng.IntN(8) == 0}
	rows, setters := b.p.NewEncoder(&byRow, o), b.p.NewEncoder(&bySetter, o)
	d := b.p.NewDecoder(bytes.NewReader(f.bytes), DecodeOptions{Expect: f.following})
	spoil := b.rng.IntN(3) // some files are whole
	for i := 0; d.Next(); i++ {
		rec := d.Record()
		for _, spoilt := range []bool{true, false} { // what was refused is written as it should be
			if spoilt && (spoil == 0 || b.rng.IntN(3) > 0) {
				continue
			}
			row, values := b.row(rec, &f.records[i])
			if spoilt {
				row, values = b.spoil(row, values)
			}
			w := setters.BeginRecord(row.plan)
			for k, field := range row.fields {
				w.setValue(field, values[k])
			}
			want := w.End()
			var got error
			switch {
			case b.rng.IntN(5) == 0: // the two may be mixed
				w := rows.BeginRecord(row.plan)
				for k, field := range row.fields {
					w.setValue(field, values[k])
				}
				got = w.End()
			case row.quick && rows.writeQuick(row, values):
				b.tally.quick++
			default:
				got = rows.WriteRow(row, values...)
			}
			if diff := cmp.Diff(told(want), told(got)); diff != "" {
				t.Fatalf("record %d, %s: %s\n%v", i+1, row.plan.Name(), diff, b.shown(row, values))
			}
			if want == nil {
				b.tally.written++
			} else {
				b.tally.refused++
			}
			if diff := cmp.Diff(stateOf(setters), stateOf(rows)); diff != "" {
				t.Fatalf("record %d, %s (%v): %s\n%v", i+1, row.plan.Name(), want, diff, b.shown(row, values))
			}
			if want == nil {
				break
			}
		}
	}
	if diff := cmp.Diff(told(setters.Close()), told(rows.Close())); diff != "" {
		t.Fatalf("closing: %s", diff)
	}
	if diff := cmp.Diff(bySetter.String(), byRow.String()); diff != "" {
		t.Fatalf("written: %s", diff)
	}
}

// row is a row for the fields that a record of the file was made of, in any
// order, and their values.
func (b pairOfWriters) row(rec *Record, made *fileRecord) (*Row, []Value) {
	var fields []Field
	var values []Value
	order := slices.Clone(made.order)
	for _, k := range made.spaces {
		if !slices.Contains(order, k) {
			order = append(order, k)
		}
	}
	if b.rng.IntN(3) == 0 {
		b.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	for _, k := range order {
		f := Field{&rec.plan.fields[k]}
		fields, values = append(fields, f), append(values, b.value(rec, f))
	}
	return b.p.Row(rec.Type(), fields...), values
}

// value is the value of a field, in one of the ways in which it can be set.
func (b pairOfWriters) value(rec *Record, f Field) Value {
	empty := rec.String(f) == ""
	moment, dated := rec.Time(f, time.UTC)
	switch b.rng.IntN(4) {
	case 0:
		if dated {
			return TimeValue(moment)
		}
		if f.p.format != nil && empty {
			return TimeValue(time.Time{})
		}
	case 1:
		return TextValue(rec.plan.fields[f.p.index].show(bytes.Clone(f.p.appendBytes(nil, rec.raw))))
	}
	if f.p.numeric() && !empty {
		return IntValue(rec.Int(f))
	}
	if f.p.kind == KindText && !empty || f.p.constant != "" {
		return TextValue(rec.String(f))
	}
	return Value{}
}

// spoil changes what is set, or to what.
func (b pairOfWriters) spoil(row *Row, values []Value) (*Row, []Value) {
	fields := slices.Clone(row.fields)
	marks := "0123456789 09 AZaz.'*+-}J\x00\x1f\x7f\x80é/ｱ€"
	for range 1 + b.rng.IntN(2) {
		n := len(fields)
		switch i := b.rng.IntN(n + 1); {
		case i == n: // another field, which may be there already
			k := b.rng.IntN(len(row.plan.fields))
			fields = append(fields, Field{&row.plan.fields[k]})
			values = append(values, TextValue(row.plan.fields[k].show(row.plan.template[:0])))
		case b.rng.IntN(8) == 0:
			fields, values = slices.Delete(fields, i, i+1), slices.Delete(slices.Clone(values), i, i+1)
		case b.rng.IntN(20) == 0:
			other := b.p.records[b.rng.IntN(len(b.p.records))]
			fields[i] = Field{&other.fields[b.rng.IntN(len(other.fields))]}
		default:
			values = slices.Clone(values)
			v, size := &values[i], 0
			if fields[i].p != nil {
				size = fields[i].Len()
			}
			switch b.rng.IntN(10) {
			case 0:
				*v = Value{}
			case 1:
				*v = IntValue([]int64{0, 1, -1, 9, 10, 99, math.MaxInt64, math.MinInt64, 1e8, 1e16, 1e18, 20260229, 20260228, 20260228235959, 20260228240000}[b.rng.IntN(15)])
			case 2:
				*v = IntValue(b.rng.Int64N(1 << b.rng.IntN(62)))
			case 3:
				*v = TimeValue([]time.Time{{}, time.Date(2026, 2, 28, 23, 59, 58, 0, time.UTC), time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)}[b.rng.IntN(3)])
			case 4, 5: // one character is another one
				if v.kind == valueText && v.text != "" {
					chars, m := []rune(v.text), []rune(marks)
					chars[b.rng.IntN(len(chars))] = m[b.rng.IntN(len(m))]
					*v = TextValue(string(chars))
				}
			case 6: // longer or shorter
				*v = TextValue(strings.Repeat(string(marks[b.rng.IntN(20)]), max(0, size-1+b.rng.IntN(3))))
			case 9: // just what fits, and what just does not
				*v = IntValue(int64(pow10[min(size, maxDigits)]) - int64(b.rng.IntN(2)))
			case 7:
				*v = TextValue(" " + v.text)
			case 8:
				*v = TextValue(v.text + " ")
			}
		}
	}
	return b.p.Row(row.plan.Name(), fields...), values
}

func (b pairOfWriters) shown(row *Row, values []Value) string {
	var s strings.Builder
	for i, f := range row.fields {
		name := "?"
		if f.p != nil {
			name = f.Record() + "." + f.Name()
		}
		fmt.Fprintf(&s, "%s %+v\n", name, values[i])
	}
	return s.String()
}

// told is all that an error says.
func told(err error) []string {
	if err == nil {
		return nil
	}
	var errs *Errors
	if !errors.As(err, &errs) {
		return []string{err.Error()}
	}
	var out []string
	for _, e := range errs.List {
		out = append(out, fmt.Sprintf("%+v", *e))
	}
	return out
}

// stateOf is what an encoder knows of the file so far.
func stateOf(e *Encoder) map[string]string {
	s := e.sums
	held := make([]string, len(s.held))
	for i, h := range s.held {
		held[i] = fmt.Sprint(h.set, h.readable, h.number, string(h.bytes))
	}
	return map[string]string{
		"place": fmt.Sprint(e.place), "count": fmt.Sprint(e.count, e.lines, e.used), "buffer": string(e.buf[:e.used]),
		"cells": fmt.Sprint(s.cells), "all": fmt.Sprint(s.all, s.strays), "next": fmt.Sprint(s.next, s.known),
		"held": fmt.Sprint(held), "stated": fmt.Sprint(s.stated), "marks": fmt.Sprint(s.marks), "errors": fmt.Sprint(told(&Errors{List: e.errs})),
	}
}

// TestRowsAreQuick: the details of the layouts that matter most are written
// without a look back, but for a check digit.
func TestRowsAreQuick(t *testing.T) {
	for name, fields := range map[string][]string{
		"nacha entry":      {"transaction_code", "rdfi", "check_digit", "account", "amount", "individual_id", "individual_name", "addenda_indicator", "trace_sequence"},
		"bri-transfer D":   {"account", "name", "amount", "payment_reference"},
		"bri-settlement D": {"account", "name", "amount", "payment_reference", "bank_reference", "status", "code", "message", "posted"},
	} {
		layout, record, _ := strings.Cut(name, " ")
		p := filePlan(t, layout)
		var handles []Field
		for _, f := range fields {
			handles = append(handles, p.Field(record, f))
		}
		row := p.Row(record, handles...)
		if !row.quick || row.other || row.fills {
			t.Errorf("%s: quick %v, ordinary setters %v, ordinary totals %v", name, row.quick, row.other, row.fills)
		}
		if digit := slices.ContainsFunc(row.rest, func(o op) bool { return o.kind != opRouting }); digit {
			t.Errorf("%s: %d operations look back", name, len(row.rest))
		}
	}
}

// TestRowMisused: what no program should do is told at once.
func TestRowMisused(t *testing.T) {
	p, other := filePlan(t, "bri-transfer"), filePlan(t, "bri-transfer")
	row := p.Row("T")
	for name, f := range map[string]func(){
		"no such record": func() { p.Row("X") },
		"too many":       func() { _ = p.NewEncoder(io.Discard, EncodeOptions{}).WriteRow(row, IntValue(1)) },
		"another plan":   func() { _ = other.NewEncoder(io.Discard, EncodeOptions{}).WriteRow(row) },
	} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.HasPrefix(said, "formats: ") {
					t.Errorf("%s: %s", name, said)
				}
			}()
			f()
		}()
	}
	e := p.NewEncoder(io.Discard, EncodeOptions{})
	if err := e.Close(); err == nil {
		t.Error("an empty file was closed without an error")
	}
	if err := e.WriteRow(row); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
