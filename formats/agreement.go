package formats

// agreement of a stated value with what was computed.
type agreement uint8

const (
	agrees agreement = iota
	disagrees
	unsure
	below // less than what can be read, though not all can be
)

// compare checks a stated value.
func (s *sums) compare(t *total, value int64) (computed, agreement) {
	c := s.compute(t)
	verdict := s.holds(t, c, value)
	if (verdict == disagrees || verdict == below) && s.astray(t, c.exceeds(value)) {
		return c, unsure
	}
	return c, verdict
}

// holds takes what has been read for what belongs to the total. A count is
// exact but for lines that could not be told: each of them may have been one of
// the records, with all of its slots.
func (s *sums) holds(t *total, c computed, value int64) agreement {
	if t.kind == Count {
		most := (s.lost - s.marks[t.scope].lost) * t.each
		if !c.sure {
			for i := range t.parts {
				for _, j := range t.parts[i].unsure {
					most += s.cells[j].n + uint64(s.cells[j].maybe)
				}
				for _, j := range t.parts[i].cells {
					most += uint64(s.cells[j].maybe)
				}
			}
		}
		switch {
		case most > 0 && c.exceeds(value):
			return below
		case value < 0 || uint64(value) < c.lo || uint64(value) > c.lo+most:
			return disagrees
		case most > 0:
			return unsure
		}
		return agrees
	}
	switch {
	case !c.sure && t.grows && c.exceeds(value):
		return below
	case !c.sure:
		return unsure
	case c.equals(value):
		return agrees
	}
	return disagrees
}

// astray says whether lines that were lost leave it open what belongs to a
// total. One of them may have ended its group and begun it again, and then less
// belongs to it than has been read; and where records are known by their place
// alone, any may have made one the other.
func (s *sums) astray(t *total, less bool) bool {
	switch {
	case s.lost == 0:
		return false
	case !t.told:
		return true
	}
	return less && s.plan.scopes[t.scope].group >= 0 && s.lost > s.marks[t.scope].lost
}
