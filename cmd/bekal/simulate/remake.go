package simulate

import (
	"bytes"
	"fmt"

	"bekal/formats"
)

// remake writes a settlement file anew: in two parts, with a line that comes
// twice, or with running numbers that do not begin at 1. Each agrees with its
// totals. ok is false when the
// file is none that can be written anew.
func (c *courier) remake(how string, data []byte) (parts [][]byte, ok bool) {
	plan := c.gate.Settlement
	dec := plan.NewDecoder(bytes.NewReader(data), formats.DecodeOptions{})
	details, undecided := 0, 0
	for dec.Next() {
		if dec.Record().Type() != "D" {
			continue
		}
		details++
		if string(dec.Record().Text(plan.Field("D", "status"))) == "03" {
			undecided = details
		}
	}
	if dec.Err() != nil || details < 2 {
		return nil, false
	}
	all := piece{to: details, number: 1}
	switch how {
	case "stale numbers":
		all.number = c.chance.from(2, 5000)
	case "line twice":
		all.twice = c.chance.from(1, details)
		if undecided > 0 && c.chance.in(60) {
			all.twice = undecided
		}
	}
	if how != "in parts" {
		part, err := c.part(data, all)
		return [][]byte{part}, err == nil
	}
	at := c.chance.from(1, details-1)
	first, err := c.part(data, piece{to: at, number: 1})
	if err != nil {
		return nil, false
	}
	second, err := c.part(data, piece{from: at, to: details, number: 1})
	return [][]byte{first, second}, err == nil
}

// piece says which details of a settlement file are written: those behind the
// first from of them, up to the to-th. The twice-th comes twice, and running
// numbers begin at number.
type piece struct{ from, to, twice, number int }

func (c *courier) part(data []byte, want piece) ([]byte, error) {
	plan := c.gate.Settlement
	dec := plan.NewDecoder(bytes.NewReader(data), formats.DecodeOptions{})
	var out bytes.Buffer
	enc := plan.NewEncoder(&out, formats.EncodeOptions{})
	n := 0
	for dec.Next() {
		rec := dec.Record()
		times := 1
		if rec.Type() == "D" {
			switch n++; {
			case n <= want.from || n > want.to:
				times = 0
			case n == want.twice:
				times = 2
			}
		}
		for range times {
			w := enc.Begin(rec.Type())
			if rec.Type() != "T" {
				for _, f := range mustRecord(plan, rec.Type()).Fields() {
					if f.Name() != "sequence" && len(rec.Text(f)) > 0 {
						w.SetBytes(f, rec.Text(f))
					}
				}
			}
			if err := w.End(); err != nil {
				return nil, err
			}
		}
	}
	if err := dec.Err(); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	if want.number == 1 {
		return out.Bytes(), nil
	}
	// An encoder writes no wrong numbers.
	lines := bytes.Split(out.Bytes(), []byte("\r\n"))
	for i, line := range lines {
		if len(line) > 0 && line[0] == 'D' {
			f := plan.Field("D", "sequence")
			copy(line[f.From()-1:f.To()], fmt.Sprintf("%0*d", f.To()-f.From()+1, want.number+i-1))
		}
	}
	return bytes.Join(lines, []byte("\r\n")), nil
}

func mustRecord(p *formats.Plan, name string) *formats.RecordPlan {
	r, ok := p.Record(name)
	if !ok {
		panic("simulate: layout without record " + name)
	}
	return r
}
