package simulate

import (
	"bytes"
	"fmt"

	"bekal/formats"
)

// remake writes a settlement file anew: in two parts, or with running numbers
// that do not begin at 1. Both agree with their totals. ok is false when the
// file is none that can be written anew.
func (c *courier) remake(how string, data []byte) (parts [][]byte, ok bool) {
	plan := c.gate.Settlement
	dec := plan.NewDecoder(bytes.NewReader(data), formats.DecodeOptions{})
	details := 0
	for dec.Next() {
		if dec.Record().Type() == "D" {
			details++
		}
	}
	if dec.Err() != nil || details < 2 {
		return nil, false
	}
	if how == "stale numbers" {
		part, err := c.part(data, 0, details, c.chance.from(2, 5000))
		return [][]byte{part}, err == nil
	}
	at := c.chance.from(1, details-1)
	first, err := c.part(data, 0, at, 1)
	if err != nil {
		return nil, false
	}
	second, err := c.part(data, at, details, 1)
	return [][]byte{first, second}, err == nil
}

// part is a settlement file of some of the details, counted from 0. Running
// numbers begin at number.
func (c *courier) part(data []byte, from, to, number int) ([]byte, error) {
	plan := c.gate.Settlement
	dec := plan.NewDecoder(bytes.NewReader(data), formats.DecodeOptions{})
	var out bytes.Buffer
	enc := plan.NewEncoder(&out, formats.EncodeOptions{})
	n := 0
	for dec.Next() {
		rec := dec.Record()
		w := enc.Begin(rec.Type())
		if rec.Type() != "T" {
			for _, f := range mustRecord(plan, rec.Type()).Fields() {
				if f.Name() != "sequence" && len(rec.Text(f)) > 0 {
					w.SetBytes(f, rec.Text(f))
				}
			}
		}
		if rec.Type() == "D" {
			if n++; n <= from || n > to {
				continue
			}
		}
		if err := w.End(); err != nil {
			return nil, err
		}
	}
	if err := dec.Err(); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	if number == 1 {
		return out.Bytes(), nil
	}
	// An encoder writes no wrong numbers.
	lines := bytes.Split(out.Bytes(), []byte("\r\n"))
	for i, line := range lines {
		if len(line) > 0 && line[0] == 'D' {
			f := plan.Field("D", "sequence")
			copy(line[f.From()-1:f.To()], fmt.Sprintf("%0*d", f.To()-f.From()+1, number+i-1))
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
