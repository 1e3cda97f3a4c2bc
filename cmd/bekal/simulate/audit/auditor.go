package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"bekal/gateway/banksim"
)

// Options say where the auditor finds what it looks at.
type Options struct {
	Books   string // the ledger's SQLite file
	Archive string // the folder of its archive
	// Bank gives the bank's own books. The bank may be closed and started
	// again, so they are asked for anew each time.
	Bank   func() *banksim.Books
	Outbox string // the bank's outbox, a folder on disk
	Taken  string // where the bank keeps what it took (ROOT/.bank/taken)
	// Corporate is the corporate code in which our files are written.
	Corporate string
	// Facility is the code with which our references begin.
	Facility string
	// BusinessDays goes n business days on, in the bank's calendar. It gets and
	// gives midnights in Location.
	BusinessDays func(day time.Time, n int) time.Time
	Window       int            // within so many business days of the value date the bank answers
	Location     *time.Location // of the facility
	// Reread is how often the rows that were read at earlier examinations are
	// read again, to see that they are unchanged: at every Reread-th one. 0 is
	// every time. In between, rows that are gone are still noticed.
	Reread int
}

// Wage is a wage that people approved.
type Wage struct {
	Beneficiary string
	Name        string // as on the roster
	Account     string // 15 digits
	Amount      int64  // sen
	Period      string // 2026-10
}

// Published is a file that appeared in the bank's inbox, or took the place of
// another one under the same name.
type Published struct {
	Name     string
	Bytes    []byte
	Modified time.Time // as the folder says
	At       time.Time // when it appeared; zero: before whatever night comes next
}

// Outcomes of a night.
const (
	Ran      = "ran"
	Degraded = "degraded"
	Failed   = "failed"
	Crashed  = "crashed" // the program died in the middle
)

// Night is a night that has just ended.
type Night struct {
	Date    string // business date, yyyy-mm-dd
	Outcome string // Ran, Degraded, Failed, Crashed; empty: there was no night since the last examination
	// Reached says that the bank could be reached all night and that no fault of
	// the line or of the program was met.
	Reached bool
	// Began is when the night began. Files that appeared later (Published.At)
	// need not have been collected. Zero: all of them are to be.
	Began time.Time
	// Proof is the proof of the night's report; empty where none was made.
	Proof []ProofLine
}

// Auditor is the second model. It may be told things by several goroutines.
type Auditor struct {
	o  Options
	mu sync.Mutex

	tables  map[string]*table
	schema  int64 // the schema's version for which tables were made
	covered map[string]int64
	head    string // hash of the last link
	links   int64

	examined int
	thorough bool

	facts
	lives
	model
	bankSide
	found []Violation
}

// New makes an auditor of a ledger that it has not seen yet.
func New(o Options) *Auditor {
	if o.Location == nil {
		o.Location = time.UTC
	}
	return &Auditor{o: o, tables: map[string]*table{}, covered: map[string]int64{}, facts: newFacts(), lives: newLives(), model: newModel(), bankSide: newBankSide()}
}

// Approved tells that people approved these wages: each is to be paid once.
func (a *Auditor) Approved(sheet []Wage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range sheet {
		a.approved[w]++
	}
	a.disputed = true
}

// Corrected tells that people approved another name or account for a
// beneficiary: repayments that are approved from now on go there.
func (a *Auditor) Corrected(beneficiary, name, account string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.corrected[beneficiary] = append(a.corrected[beneficiary], payee{name, account})
}

// RepaymentApproved tells that people approved that these failed deposits are
// paid again, once each, by new deposits. It is to be called when that
// happens: what the bank's books say at this moment is held against it.
func (a *Auditor) RepaymentApproved(refs []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	books := a.o.Bank()
	for _, ref := range refs {
		a.repay[ref]++
		if d, ok := books.Deposit(ref); ok {
			a.repaidWhile[ref] = d.Outcome
		}
	}
}

// Published tells that a file appeared in the inbox.
func (a *Auditor) Published(f Published) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := &publication{name: f.Name, bytes: string(f.Bytes), modified: f.Modified.UTC().Format(timeFormat), at: f.At}
	sum := sha256.Sum256(f.Bytes)
	p.sha = hex.EncodeToString(sum[:])
	a.published = append(a.published, p)
	a.bySHA[p.sha] = append(a.bySHA[p.sha], p)
	a.inbox[f.Name] = p
}

// Withdrawn tells that a file went out of the inbox, whoever took it.
func (a *Auditor) Withdrawn(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.inbox, name)
}

// Foreign tells that somebody else put a file into the outbox under this name.
func (a *Auditor) Foreign(name string, data []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	sum := sha256.Sum256(data)
	a.foreign[hex.EncodeToString(sum[:])] = name
}

// Reread lets the next examination read all rows again, as the last one of a
// history should.
func (a *Auditor) Reread() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.thorough = true
}

// Decided tells that a person decided about an uncertain batch.
func (a *Auditor) Decided(batch string, delivered bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.decisions[decision{batch, delivered}]++
	a.decided[decision{batch, delivered}]++
}

// Examine looks at everything and returns what must not be. An error says that
// it could not look.
func (a *Auditor) Examine(ctx context.Context, n Night) ([]Violation, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.found = nil
	if err := a.read(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(Night) error{a.follow, a.examineWages, a.examineBank, a.examineMoney, a.examineProof, a.examineFaults, a.examineInbox, a.examineBatches, a.examineNight} {
		if err := step(n); err != nil {
			return a.found, err
		}
	}
	return a.found, nil
}

// say notes a violation.
func (a *Auditor) say(r Rule, about, format string, args ...any) {
	a.found = append(a.found, Violation{Rule: r, About: about, Detail: fmt.Sprintf(format, args...)})
}
