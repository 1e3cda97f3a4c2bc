package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"bekal/gateway/banksim"
)

// Witness watches the bank's side alone, and needs no ledger: it lives on when
// the ledger is lost, and what was lost it still knows. It counts the payments
// of each account and amount, whatever references they have: what the bank holds
// is never more than what people approved, and in the end it is no less.
type Witness struct {
	o        Options
	approved map[payment]int
	sent     map[string]payment // by reference, what the transfer files that reached the bank order
	order    []string           // the references, as they came
	by       map[payment][]string
	files    map[string]string // transfer files at the bank, by SHA-256
	taken    map[string]bool   // names of files that were read where the bank keeps them
	frozen   map[string]bool   // what lay at the bank when nothing more was to be sent; nil: it may be
	covered  map[payment]bool  // see Covers
	waiting  map[payment]int   // see Waits
	told     int               // how many of the bank's complaints were passed on
	found    []Violation
}

// payment is what one wage looks like from the bank.
type payment struct {
	account string
	amount  int64
}

func (p payment) String() string { return fmt.Sprintf("%d to account %s", p.amount, p.account) }

// NewWitness makes a witness of a bank to which nothing has been sent.
func NewWitness(o Options) *Witness {
	return &Witness{o: o, approved: map[payment]int{}, sent: map[string]payment{}, by: map[payment][]string{}, covered: map[payment]bool{}, waiting: map[payment]int{}, files: map[string]string{}, taken: map[string]bool{}}
}

// Approved tells that people approved these wages. What they approve once more,
// because the ledger has lost it, is not told again.
func (w *Witness) Approved(sheet []Wage) {
	for _, x := range sheet {
		w.approved[payment{x.Account, x.Amount}]++
	}
}

// Repaid looks at failed deposits, known by the references that the bank has, at
// the moment in which people approve that they are paid again: the bank must not
// hold them.
func (w *Witness) Repaid(refs []string) []Violation {
	w.found = nil
	books := w.o.Bank()
	for _, ref := range refs {
		if d, ok := books.Deposit(ref); ok && (d.Outcome == banksim.WasPaid || d.Outcome == banksim.IsPending) {
			w.say(ref, "it is to be paid again while at the bank it is %s", d.Outcome)
		}
	}
	return w.found
}

// Freeze tells that from now on nothing may be sent.
func (w *Witness) Freeze() ([]Violation, error) {
	if w.frozen != nil {
		return nil, nil
	}
	w.found = nil
	there, err := w.look()
	w.frozen = there
	return w.found, err
}

// Thaw tells that it may be again.
func (w *Witness) Thaw() { w.frozen = nil }

// Frozen says whether nothing may be sent.
func (w *Witness) Frozen() bool { return w.frozen != nil }

// Examine looks at the bank.
func (w *Witness) Examine() ([]Violation, error) {
	w.found = nil
	there, err := w.look()
	if err != nil {
		return nil, err
	}
	if w.frozen != nil {
		for _, what := range sorted(there) {
			if !w.frozen[what] {
				w.say(w.named(what), "it came to the bank while the books were on hold")
				w.frozen[what] = true
			}
		}
	}
	complaints := w.o.Bank().Violations()
	for _, v := range complaints[min(w.told, len(complaints)):] {
		w.say(v.Reference+v.Batch, "the bank complains: %s, %s line %d", v.What, v.File, v.Line)
	}
	w.told = len(complaints)
	for _, p := range w.payments() {
		if live := w.live(p); len(live) > w.approved[p] {
			w.say(p.String(), "people approved it %d times, and the bank holds it %d times: %s", w.approved[p], len(live), strings.Join(live, ", "))
			w.approved[p] = len(live) // said once
		}
	}
	return w.found, nil
}

// Settle looks at the end of all, when it is calm: whatever people approved is
// held by the bank, but for deposits that failed there and that nobody has had
// paid again (unrepaid; those of them that have not failed do not count). Books
// that have forgotten something, and were never told whose wages a batch had paid,
// cannot know that it has paid again what failed: for as many payments as are
// strange to them they may call more failed than the bank leaves unpaid.
func (w *Witness) Settle(unrepaid, strange []string) ([]Violation, error) {
	if _, err := w.look(); err != nil {
		return nil, err
	}
	w.found = nil
	left, may := map[payment]int{}, map[payment]int{}
	for _, ref := range unrepaid {
		if w.failed(ref) {
			left[w.sent[ref]]++
		}
	}
	for _, ref := range strange {
		switch p := w.sent[ref]; {
		case !w.failed(ref):
			may[p]++
		case w.covered[p]:
			left[p]++
		}
	}
	all := make([]payment, 0, len(w.approved))
	for p := range w.approved {
		all = append(all, p)
	}
	sortPayments(all)
	for _, p := range all {
		live := w.live(p)
		if n := len(live) + left[p]; n < w.approved[p]-w.waiting[p] || n > w.approved[p]+may[p] {
			w.say(p.String(), "people approved it %d times; the bank holds it %d times (%s), and %d failed and were not paid again", w.approved[p], len(live), strings.Join(live, ", "), left[p])
		}
	}
	return w.found, nil
}

// Live is how many payments of an amount to an account the bank holds.
func (w *Witness) Live(account string, amount int64) int {
	return len(w.live(payment{account, amount}))
}

// Ordered are the references of all payments that the bank was ever sent.
func (w *Witness) Ordered() []string { return slices.Clone(w.order) }

// Covers says whether the bank was sent, by others, all that a transfer file
// orders which it has not got: as often as people have approved it. Whoever finds
// that says that the file is never to be sent. What the bank has turned down of it
// the books never learn, and people see that it is missing.
func (w *Witness) Covers(data string) (bool, error) {
	f, err := readTransfer(data)
	if err != nil {
		return false, err
	}
	for _, l := range f.lines {
		if p := (payment{l.account, l.amount}); len(w.by[p]) < w.approved[p] {
			return false, nil
		}
	}
	for _, l := range f.lines {
		w.covered[payment{l.account, l.amount}] = true
	}
	return true, nil
}

// Waits tells of a transfer file that the bank has not got and that nobody can
// decide about: what it orders may be missing in the end.
func (w *Witness) Waits(data string) error {
	f, err := readTransfer(data)
	if err != nil {
		return err
	}
	for _, l := range f.lines {
		w.waiting[payment{l.account, l.amount}]++
	}
	return nil
}

// Orders says whether a transfer file orders that amount to that account.
func Orders(data, account string, amount int64) (bool, error) {
	f, err := readTransfer(data)
	if err != nil {
		return false, err
	}
	for _, l := range f.lines {
		if l.account == account && l.amount == amount {
			return true, nil
		}
	}
	return false, nil
}

func (w *Witness) failed(ref string) bool {
	d, ok := w.o.Bank().Deposit(ref)
	return ok && (d.Outcome == banksim.WasRejected || d.Outcome == banksim.WasReturned)
}

// live are the references by which the bank holds, or will hold, a payment.
func (w *Witness) live(p payment) []string {
	var list []string
	for _, ref := range w.by[p] {
		if !w.failed(ref) {
			list = append(list, ref)
		}
	}
	return list
}

// payments are what was ever sent.
func (w *Witness) payments() []payment {
	list := make([]payment, 0, len(w.by))
	for p := range w.by {
		list = append(list, p)
	}
	sortPayments(list)
	return list
}

func sortPayments(list []payment) {
	sort.Slice(list, func(i, j int) bool {
		if list[i].account != list[j].account {
			return list[i].account < list[j].account
		}
		return list[i].amount < list[j].amount
	})
}

// look reads what has come to the bank since, and says what lies there: transfer
// files by their bytes, half-written ones by their names too.
func (w *Witness) look() (map[string]bool, error) {
	there := map[string]bool{}
	for sha := range w.files {
		there[sha] = true
	}
	for _, folder := range []string{w.o.Taken, w.o.Outbox} {
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("audit: %w", err)
		}
		for _, e := range entries {
			name := e.Name()
			if folder == w.o.Taken && w.taken[name] || !e.Type().IsRegular() {
				continue
			}
			data, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				return nil, fmt.Errorf("audit: %w", err)
			}
			sum := sha256.Sum256(data)
			sha := hex.EncodeToString(sum[:])
			if strings.HasSuffix(name, ".part") {
				there[name+" "+sha] = true
				continue
			}
			w.taken[name] = folder == w.o.Taken
			there[sha] = true
			if w.files[sha] == "" {
				w.files[sha] = name
				w.enter(name, string(data))
			}
		}
	}
	return there, nil
}

// enter reads a transfer file that has reached the bank.
func (w *Witness) enter(name, data string) {
	f, err := readTransfer(data)
	if err != nil {
		w.say(name, "what reached the bank is no transfer file: %v", err)
		return
	}
	for _, l := range f.lines {
		p := payment{l.account, l.amount}
		if _, again := w.sent[l.reference]; again {
			w.say(l.reference, "%s orders it, and an earlier file had ordered it", name)
			continue
		}
		w.sent[l.reference] = p
		w.order, w.by[p] = append(w.order, l.reference), append(w.by[p], l.reference)
	}
}

func (w *Witness) named(what string) string {
	if name := w.files[what]; name != "" {
		return name
	}
	name, _, _ := strings.Cut(what, " ")
	return name
}

func (w *Witness) say(about, format string, args ...any) {
	w.found = append(w.found, Violation{Rule: Once, About: about, Detail: fmt.Sprintf(format, args...)})
}

func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for s := range set {
		list = append(list, s)
	}
	sort.Strings(list)
	return list
}

// Of is how many payments of an amount to an account people approved.
func (w *Witness) Of(account string, amount int64) int { return w.approved[payment{account, amount}] }

// Failed are the references of payments of an amount to an account that the bank has
// turned down, or given back.
func (w *Witness) Failed(account string, amount int64) []string {
	var list []string
	for _, ref := range w.by[payment{account, amount}] {
		if w.failed(ref) {
			list = append(list, ref)
		}
	}
	return list
}

// Orders says whether the bank was sent a payment of that reference, amount and
// account.
func (w *Witness) Orders(ref, account string, amount int64) bool {
	return w.sent[ref] == payment{account, amount}
}

// Sent says whether a payment of that reference has reached the bank.
func (w *Witness) Sent(ref string) bool {
	_, sent := w.sent[ref]
	return sent
}

// Holds says whether the bank holds a payment by that reference.
func (w *Witness) Holds(ref string) bool {
	_, sent := w.sent[ref]
	return sent && !w.failed(ref)
}
