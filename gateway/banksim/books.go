package banksim

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"bekal/reconcile/ledger"
)

// Outcome is what became of a deposit at the bank.
type Outcome string

// The outcomes.
const (
	WasPaid     Outcome = "paid"
	WasRejected Outcome = "rejected"
	IsPending   Outcome = "pending"
	WasLeftOut  Outcome = "left out" // neither credited nor answered
	WasReturned Outcome = "returned" // credited, and came back
	NeverSent   Outcome = "never sent"
)

var outcomes = [...]Outcome{WasPaid, WasRejected, IsPending, WasLeftOut, WasReturned, NeverSent}

// Deposit is what the bank did with one payment reference.
type Deposit struct {
	Reference string
	Received  int          // how many times it was sent to the bank
	Credited  int          // how many times the bank credited an account for it
	Answered  int          // how many lines of settlement and return files name it
	Ordered   ledger.Money // sen, as first sent
	Moved     ledger.Money // sen, as credited; stays when the money comes back
	Outcome   Outcome
}

// Batch is a transfer file that the bank took.
type Batch struct {
	Reference string
	File      string // as the bank keeps it
	Number    int    // of the accepted batches, from 1; 0 where refused
	BankID    string
	Refused   bool
	Code      string // response code of the acknowledgement
	Why       string
	Received  time.Time
	ValueDate time.Time
	Corporate string
	Debit     string
	Count     int64
	Total     ledger.Money
}

// Fault is one fault that the bank committed on request.
type Fault struct {
	Kind      Kind
	Batch     string
	Reference string // payment reference; empty where a file or batch is meant
	File      string // the bank's file in which it shows; empty for what shows in none
	Line      int    // from 1; 0 where no line is meant
	Note      string
}

// Violation is something that a correct client never does.
type Violation struct {
	What      string // "batch sent twice", "reference sent twice"
	Batch     string
	Reference string
	File      string
	Line      int
}

// Tally is a number of deposits and their sum.
type Tally struct {
	Count  int64
	Amount ledger.Money
}

func (t *Tally) add(n int64, amount int64) {
	t.Count += n
	t.Amount += ledger.Money(amount)
}

// Totals sums up the books. In count, Received is Credited + Rejected + Pending
// + LeftOut. Credited and Returned hold what was moved, the others what was
// ordered.
type Totals struct {
	Batches, Refused int
	Received         Tally
	Credited         Tally // deposits credited, also those that came back later
	Rejected         Tally
	Pending          Tally // undecided now
	LeftOut          Tally
	Returned         Tally // of Credited
	Unknown          Tally // credited without ever having been sent
	Again            int64 // deposits that arrived a second time; not in Received
}

// reference is a payment reference as a key.
type reference [20]byte

func refOf(b []byte) (r reference) {
	copy(r[:], b)
	return r
}

func (r reference) String() string { return string(bytes.TrimRight(r[:], "\x00")) }

// entry is one deposit in memory: 40 bytes, so that a million of them is no
// burden.
type entry struct {
	ref                          reference
	received, credited, answered uint8 // saturate
	outcome                      uint8 // index into outcomes
	ordered, moved               int64
}

const chunk = 8192

// Books is what the bank did. It is safe for concurrent use; everything that
// it hands out is a copy.
type Books struct {
	mu    sync.Mutex
	light bool
	state
}

// state is rebuilt from the journal at every start.
type state struct {
	entries    [][]entry
	index      map[reference]uint32
	batches    []Batch
	accepted   map[string]int // batch reference to its place in batches
	injected   []Fault
	violations []Violation
	totals     Totals
	done       map[string]bool // kept transfer files that were dealt with
	published  map[string]bool // names ever used in the inbox
	open       []openItem      // what a later pass has to decide or to return
	later      []string        // names to be written again with other bytes
}

func newState() state {
	return state{
		index: map[reference]uint32{}, accepted: map[string]int{},
		done: map[string]bool{}, published: map[string]bool{},
	}
}

func (s *state) at(i uint32) *entry { return &s.entries[i/chunk][i%chunk] }

func (s *state) find(r reference) *entry {
	if i, ok := s.index[r]; ok {
		return s.at(i)
	}
	return nil
}

func (s *state) add(e entry) {
	if n := len(s.entries); n == 0 || len(s.entries[n-1]) == chunk {
		s.entries = append(s.entries, make([]entry, 0, chunk))
	}
	last := len(s.entries) - 1
	s.index[e.ref] = uint32(last*chunk + len(s.entries[last]))
	s.entries[last] = append(s.entries[last], e)
}

func (e *entry) deposit() Deposit {
	return Deposit{
		Reference: e.ref.String(), Received: int(e.received), Credited: int(e.credited), Answered: int(e.answered),
		Ordered: ledger.Money(e.ordered), Moved: ledger.Money(e.moved), Outcome: outcomes[e.outcome],
	}
}

// Deposit looks a payment reference up.
func (b *Books) Deposit(ref string) (Deposit, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.find(refOf([]byte(ref))); e != nil && e.ref.String() == ref {
		return e.deposit(), true
	}
	return Deposit{}, false
}

// Deposits goes through every payment reference that the bank knows, in the
// order of first arrival. The books must not be asked anything else meanwhile.
func (b *Books) Deposits() iter.Seq[Deposit] {
	return func(yield func(Deposit) bool) {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, part := range b.entries {
			for i := range part {
				if !yield(part[i].deposit()) {
					return
				}
			}
		}
	}
}

// Totals sums up.
func (b *Books) Totals() Totals {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.totals
}

// Batches lists the transfer files that the bank took, in order.
func (b *Books) Batches() []Batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.batches)
}

// Injected lists the faults that the bank committed on request, in order.
func (b *Books) Injected() []Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.injected)
}

// Violations lists what a correct client never does, in order.
func (b *Books) Violations() []Violation {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.violations)
}

// Published lists the names that the bank ever wrote to the inbox, sorted.
func (b *Books) Published() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.published))
}

// OnceError says that deposits reached the bank, or an account, more than
// once.
type OnceError struct {
	Twice []Deposit // at most 20
	More  int
	Files []Violation // batches sent twice
}

// Error names the first deposit and counts the rest.
func (e *OnceError) Error() string {
	if len(e.Twice) == 0 {
		return fmt.Sprintf("bank: %s: %s", e.Files[0].What, e.Files[0].Batch)
	}
	d := e.Twice[0]
	return fmt.Sprintf("bank: deposit %s was received %d times and credited %d times (and %d more deposits like it)",
		d.Reference, d.Received, d.Credited, len(e.Twice)-1+e.More)
}

// CheckOnce returns an *OnceError unless every deposit reached the bank once
// and was credited once at most. In light mode it knows of batches alone.
func (b *Books) CheckOnce() error {
	const shown = 20
	found := &OnceError{}
	for d := range b.Deposits() {
		if d.Received <= 1 && d.Credited <= 1 {
			continue
		}
		if len(found.Twice) < shown {
			found.Twice = append(found.Twice, d)
		} else {
			found.More++
		}
	}
	for _, v := range b.Violations() {
		if v.Reference == "" {
			found.Files = append(found.Files, v)
		}
	}
	if len(found.Twice) == 0 && len(found.Files) == 0 {
		return nil
	}
	return found
}
