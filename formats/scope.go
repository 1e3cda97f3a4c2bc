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
