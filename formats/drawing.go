package formats

import (
	"fmt"
	"slices"
)

// pictureColumns is how many columns of a record a picture shows side by side.
const pictureColumns = 80

// picture is a record, or one repetition of a slot, drawn to scale.
type picture struct{ Rows []pictureRow }

// pictureRow is a stretch of columns; From and To count from 1. A stretch of
// several rows in which nothing begins or ends is one row that is Long.
type pictureRow struct {
	From, To int
	Long     bool
	Boxes    []box
}

// box is the part of a field, or of a repetition of a slot, in a row.
type box struct {
	From, To     int    // columns of the part
	First, Last  int    // columns of the whole
	Begins, Ends bool   // the whole begins, or ends, with this part
	Label        string // what is written into it where there is room
	Key          string // where there is not: the number in the table below
	Kind         string // how it is coloured: a kind of field, const or slot
	Filler       bool
	Link         string
}

// Size is how many columns the part has.
func (b box) Size() int { return b.To - b.From + 1 }

// extent is something that stands in a record, to be drawn.
type extent struct {
	from, to int // columns
	box      box
}

// draw breaks what stands in so many columns into rows.
func draw(extents []extent, length int) picture {
	slices.SortStableFunc(extents, func(a, b extent) int { return a.from - b.from })
	var p picture
	for from := 1; from <= length; from += pictureColumns {
		row := pictureRow{From: from, To: min(from+pictureColumns-1, length)}
		for _, e := range extents {
			if e.to < row.From || e.from > row.To {
				continue
			}
			b := e.box
			b.First, b.Last = e.from, e.to
			b.From, b.To = max(e.from, row.From), min(e.to, row.To)
			b.Begins, b.Ends = b.From == e.from, b.To == e.to
			row.Boxes = append(row.Boxes, b)
		}
		p.Rows = append(p.Rows, row)
	}
	p.Rows = shortened(p.Rows)
	return p
}

// shortened joins rows in which nothing begins or ends, where there are at
// least two of them.
func shortened(rows []pictureRow) []pictureRow {
	passes := func(r pictureRow) bool { return len(r.Boxes) == 1 && !r.Boxes[0].Begins && !r.Boxes[0].Ends }
	var out []pictureRow
	for i := 0; i < len(rows); {
		j := i
		for j < len(rows) && passes(rows[j]) {
			j++
		}
		if j-i < 2 {
			out = append(out, rows[i])
			i++
			continue
		}
		long := rows[i]
		long.Long, long.To = true, rows[j-1].To
		long.Boxes[0].To = long.To
		out = append(out, long)
		i = j
	}
	return out
}

// extentsOf is a field, one for each of its pieces; its columns count behind a
// base.
func extentsOf(f *fieldPlan, base int, key string) []extent {
	kind := string(f.kind)
	if f.constant != "" {
		kind = "const"
	}
	var out []extent
	for _, p := range f.spans() {
		out = append(out, extent{p.off - base + 1, p.off - base + p.n,
			box{Label: f.def.Name, Key: key, Kind: kind, Filler: f.kind == KindFiller}})
	}
	return out
}

// spans are where the bytes of a field are, in the order of its value.
func (f *fieldPlan) spans() []piece {
	base := f.off - (f.def.At - 1) // of the slot
	out := []piece{{f.off, f.def.Len}}
	for _, p := range f.def.More {
		out = append(out, piece{base + p.At - 1, p.Len})
	}
	return out
}

// picture draws a record; the keys are those of its table. A repetition of a
// slot is one box.
func (r *RecordPlan) picture(keys map[string]string) picture {
	var all []extent
	for i := range r.fields {
		if f := &r.fields[i]; f.slotted < 0 {
			all = append(all, extentsOf(f, 0, keys[f.def.Name])...)
		}
	}
	for i := range r.slots {
		s := &r.slots[i]
		for n, rep := range s.repetitions {
			all = append(all, extent{rep.off + 1, rep.off + rep.n, box{
				Label: fmt.Sprintf("%s %d", s.def.Name, n+1), Key: fmt.Sprint(n + 1), Kind: "slot", Link: slotAnchor(r, s)}})
		}
	}
	return draw(all, r.length)
}

// picture draws one repetition of a slot.
func (s *slotPlan) picture(keys map[string]string) picture {
	rep := s.repetitions[0]
	var all []extent
	for i := rep.from; i < rep.to; i++ {
		f := &s.record.fields[i]
		all = append(all, extentsOf(f, rep.off, keys[f.def.Name])...)
	}
	return draw(all, rep.n)
}
