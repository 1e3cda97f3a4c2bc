package formats

// scope is a part of a file over which something is computed: the file itself,
// or each time that a group stands in it.
type scope struct {
	group  int // -1 for the file
	name   string
	totals []int  // that stand in it and are computed over it
	series []int  // that begin again with it
	held   []int  // values that are forgotten when it begins
	rolls  []roll // accumulators that go on to the scope around it
	flush  []roll // what had been added up outside of it goes on when it begins, the innermost first
	all    bool   // all of its records are counted
}

// roll adds the cells of an accumulator to those of the next scope around, and
// begins anew. Without a next scope, to is -1.
type roll struct {
	from, to, size int
	scope          int // of the cells that are added to
}

// series is a running number.
type series struct {
	first  int64
	open   bool   // it goes on from file to file
	rising bool   // it is not counted, it only has to grow
	name   string // of one that goes on, for the caller
}

// counter is a running number of a record.
type counter struct {
	field  int
	series int
	silent bool // the field may be empty, and says nothing then
}

// repeat is a field that repeats a value of a record before.
type repeat struct {
	field  int
	held   int
	scope  int  // within which the value is remembered
	number bool // its number says all
}

// held is a value that later records repeat.
type held struct {
	field  *fieldPlan
	scope  int  // within which it is remembered
	number bool // its number says all: it has at most 18 digits
}

// turn ends a scope and begins it anew, where the end needs no look.
func (s *sums) turn(scope int) bool {
	if !s.idle(scope) {
		return false
	}
	sc := &s.plan.scopes[scope]
	s.marks[scope].all = s.all
	for _, i := range sc.series {
		s.next[i], s.missed[i] = s.plan.series[i].first, s.lost
	}
	for _, i := range sc.held {
		s.held[i].set = false
	}
	for _, i := range sc.totals {
		s.stated[i].seen, s.stated[i].set, s.stated[i].doubtful = false, false, false
	}
	return true
}

// close ends a scope: what it has added up goes on to the next one around.
func (s *sums) close(scope int) {
	if s.fed[scope] {
		s.roll(s.plan.scopes[scope].rolls)
		s.fed[scope] = false
	}
}

// idle says whether a scope that ends can do so without a look: nothing that
// could be added up or counted has been in it, and its totals say so. The
// scopes inside it have ended.
func (s *sums) idle(scope int) bool {
	if s.fed[scope] || s.strays || s.lost != s.marks[scope].lost {
		return false
	}
	for _, i := range s.plan.scopes[scope].totals {
		if st := &s.stated[i]; !st.seen || st.set && (st.value != 0 || !st.readable || s.plan.totals[i].all) {
			return false
		}
	}
	return true
}

func (s *sums) roll(rolls []roll) {
	for k := range rolls {
		r := &rolls[k]
		for i := range r.size {
			from := &s.cells[r.from+i]
			if from.n == 0 && from.maybe == 0 {
				continue // nothing was fed, as mostly
			}
			if r.to >= 0 {
				s.fed[r.scope] = true
				s.cells[r.to+i].join(from)
			}
			*from = cell{}
		}
	}
}
