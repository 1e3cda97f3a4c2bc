package audit

// model is where everything must be, worked out from the files.
type model struct {
	deposits map[int64]*deposit // by id
	byRef    map[string]*deposit
	sheets   map[int64]*sheet
	batches  map[int64]*batch // by id
	byBatch  map[string]*batch
	order    []*batch // oldest first
	files    map[int64]*file
	names    map[string]int // how many files have come under a name
	notes    map[int64]*note
	nights   map[string]string // date by key
	wages    map[Wage]int      // on approved sheets of the ledger
	tellers  map[string]int64  // expected balances: debits less credits
	balances map[string]int64  // by the postings
	flows    map[string]*flow  // expected, by date
	booked   map[string]*flow  // in the journal, by date
	waiting  map[int64]bool    // files of the bank that are received, and no more
	lastStep string            // outcome of the last night, as the books have it
	lastDate string

	paying    []*deposit         // first deposits of approved wages
	sameBytes map[string][]*file // files of the bank, by SHA-256
	byName    map[string][]*file // files of the bank
	fetched   map[remote]*file

	recalled   map[string]*deposit // by the reference that the bank knows
	onHold     bool
	proposedBy string          // who proposed the release
	foundSince bool            // more was found since
	forgotten  map[string]bool // batches that were ever found forgotten
	said       map[string]found
	left       map[string]bool // of which people decided that they are left
	marks      map[string]bool // of generations
	disturbed  map[string]bool // days that the journal came back to
	lastBooked string          // the last day of the journal
	answersIn  string          // the last night in which a settlement or return file was worked through
}

// remote is a file as the night saw it in the inbox.
type remote struct {
	name     string
	size     int64
	modified string
}

// sheet is a list of deposits that people decide about.
type sheet struct {
	id, first, count, total int64
	kind, period            string
	approved, refused       bool
}

// deposit is one payment of one wage.
type deposit struct {
	id                         int64
	reference                  string
	beneficiary, name, account string
	amount                     int64
	sheet                      *sheet
	batch                      *batch
	recalledAs                 string // by which the bank knows it, where that is another reference than its own
	replaces, replacedBy       *deposit

	// What the files say of it.
	final   string // settled, rejected or returned
	back    bool   // it came back after it had settled
	astray  bool   // its money went to another account
	stray   bool   // and came back, after the deposit had settled
	pending bool   // some file says that it is pending
	// pendingIn is the last file that says so: it does not say more by saying it
	// twice.
	pendingIn int64
	noted     []*note // as missing or unreadable
	open      []*note
	answered  answers // what the books say of it
}

// answers is what the rows of the ledger say of a deposit.
type answers struct {
	final                        string
	back, astray, stray, pending bool
}

func (d *deposit) failed() bool { return d.final == "rejected" || d.final == "returned" || d.back }

// batch is the deposits of one transfer file.
type batch struct {
	id                   int64
	reference, valueDate string
	period               string
	file                 *file
	count, total         int64
	deposits             []*deposit
	state                string // its last event, as the books have it
	looked               string // the last date on which its answers that are missing were looked for
	delivered            bool
	bytes                bool // the bank must have its bytes: it was delivered by the program
	answered             bool // as a whole
	lastInTime           string
	adopted              bool // it was forgotten
	partly               bool // it was adopted, and not all of its payments may be known
	shown                bool // it was adopted as one that the bank has
	again                bool // it was forgotten and adopted, or became uncertain by a restore
}

// file is a file of the books.
type file struct {
	id              int64
	kind, name, sha string
	size            int64
	state           string // received, posted, quarantined
	bytes           string
	again           bool // it is, or was, to be posted a second time
}

// note is a mismatch.
type note struct {
	id      int64
	kind    string
	deposit *deposit
	state   string // open, proposed, resolved, reopened, cleared

	reference string
	file      *file
	line      int64
}

func (n *note) ended() bool { return n.state == "resolved" || n.state == "cleared" }

// flow is what moved through transit on one date.
type flow struct{ delivered, settled, rejected tally }

type tally struct{ count, total int64 }

func (t *tally) add(count, total int64) {
	t.count += count
	t.total += total
}

// The accounts of the journal.
const (
	expense  = "wages_expense"
	payable  = "wages_payable"
	transit  = "bank_in_transit"
	bank     = "bank"
	backing  = "returns"
	suspense = "suspense"
)

func newModel() model {
	return model{deposits: map[int64]*deposit{}, byRef: map[string]*deposit{}, sheets: map[int64]*sheet{}, batches: map[int64]*batch{}, byBatch: map[string]*batch{},
		files: map[int64]*file{}, names: map[string]int{}, notes: map[int64]*note{}, nights: map[string]string{}, wages: map[Wage]int{}, tellers: map[string]int64{}, balances: map[string]int64{},
		flows: map[string]*flow{}, booked: map[string]*flow{}, waiting: map[int64]bool{}, sameBytes: map[string][]*file{}, byName: map[string][]*file{}, fetched: map[remote]*file{}, answersIn: "-",
		recalled: map[string]*deposit{}, forgotten: map[string]bool{}, said: map[string]found{}, left: map[string]bool{}, marks: map[string]bool{}, disturbed: map[string]bool{}}
}

// on is the flow of a date.
func on(flows map[string]*flow, date string) *flow {
	f := flows[date]
	if f == nil {
		f = &flow{}
		flows[date] = f
	}
	return f
}
