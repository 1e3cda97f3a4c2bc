package formats

import "slices"

// least finds out what is certain of a total when not everything can be read.
func (c *compiler) least(t *total) {
	t.told = c.told(t.field.record) && !slices.ContainsFunc(t.sources, func(i int) bool { return !c.told(c.p.records[i]) })
	t.grows = c.grows(t.field.def.Compute)
	t.each = 1
	for _, o := range t.field.def.Compute.Sources {
		r, _ := c.p.Record(o.Record)
		if slot := c.slotOf(r, o.Field); slot != nil {
			t.each = max(t.each, uint64(len(slot.repetitions)))
		}
	}
}

// told says whether no line of a record can be taken for another record,
// wherever it stands.
func (c *compiler) told(r *RecordPlan) bool {
	told, looked := c.alone[r]
	if !looked {
		told = !slices.ContainsFunc(c.p.records, func(other *RecordPlan) bool { return other != r && *c.pair(r, other) != pairApart })
		c.alone[r] = told
	}
	return told
}

// grows says whether nothing of a total can make it less: no value of it is
// below zero or subtracted, and it does not begin again.
func (c *compiler) grows(d *Computed) bool {
	if d.Kind == Hash || d.Minus != nil {
		return false
	}
	return d.Kind == Count || !slices.ContainsFunc(d.Sources, func(s Source) bool {
		f, _ := c.p.field(s.Record, s.Field)
		return f.signed()
	})
}
