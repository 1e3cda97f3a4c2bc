package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"bekal/gateway/banksim"
)

// bankSide is what the auditor has seen of the bank.
type bankSide struct {
	taken      map[string]bool         // files that the bank keeps, by their names there
	reached    map[string]string       // by SHA-256, where a transfer file lies at the bank
	violations int                     // how many of the bank's complaints were passed on
	injected   int                     // how many of its faults were looked at
	waitingFor []banksim.Fault         // faults that have not shown yet
	astray     map[string]bool         // references that the bank credited to another account
	shown      map[string]bool         // what the mismatches show, see seen
	inPosted   map[string][]answerLine // lines of posted files, by file name and reference
}

func newBankSide() bankSide {
	return bankSide{taken: map[string]bool{}, reached: map[string]string{}, astray: map[string]bool{}, shown: map[string]bool{}, inPosted: map[string][]answerLine{}}
}

// examineBank holds what the bank got and did against what was to be sent.
func (a *Auditor) examineBank(Night) error {
	if err := a.examineFolders(); err != nil {
		return err
	}
	books := a.o.Bank()
	complaints := books.Violations()
	for _, v := range complaints[min(a.violations, len(complaints)):] {
		a.say(Once, v.Reference+v.Batch, "the bank complains: %s, %s line %d", v.What, v.File, v.Line)
	}
	a.violations = len(complaints)
	faults := books.Injected()
	for _, f := range faults[min(a.injected, len(faults)):] {
		a.waitingFor = append(a.waitingFor, f)
		if f.Kind == banksim.Account {
			a.astray[f.Reference] = true
		}
	}
	a.injected = len(faults)
	accepted := map[string]bool{}
	for _, b := range books.Batches() {
		if !b.Refused {
			a.acceptedBatch(b, accepted)
		}
	}
	holds := map[string]bool{} // references whose money the bank has put where it belongs
	for d := range books.Deposits() {
		a.atBank(d)
		if d.Outcome == banksim.WasPaid && !a.astray[d.Reference] {
			holds[d.Reference] = true
		}
	}
	for _, first := range a.paying {
		if first.replacedBy != nil {
			a.paidOnce(first, holds)
		}
	}
	a.repaidTooSoon()
	return nil
}

func (a *Auditor) acceptedBatch(b banksim.Batch, accepted map[string]bool) {
	ours := a.byBatch[b.Reference]
	switch {
	case accepted[b.Reference]:
		a.say(Once, b.Reference, "the bank has accepted it twice")
	case ours != nil && ours.partly && b.Count > ours.count && int64(b.Total) > ours.total: // not all of its payments could be told
	case ours == nil && a.restored > 0: // a forgotten one: the witness counts what it pays
	case ours == nil:
		a.say(Once, b.Reference, "the bank has accepted it, and the books do not have it")
	case b.Count != ours.count || int64(b.Total) != ours.total || b.Corporate != a.o.Corporate:
		a.say(Once, b.Reference, "the bank has accepted %d deposits, %d, for %s", b.Count, int64(b.Total), b.Corporate)
	}
	accepted[b.Reference] = true
}

// atBank looks at one payment reference in the bank's books.
func (a *Auditor) atBank(x banksim.Deposit) {
	if x.Received > 1 || x.Credited > 1 {
		a.say(Once, x.Reference, "the bank has received it %d times and credited it %d times", x.Received, x.Credited)
	}
	d := a.means(x.Reference)
	if a.restored > 0 && (d == nil || d.batch == nil || d.known() != x.Reference) {
		return // a payment of a forgotten batch, or of one that left no trace: the witness counts it
	}
	if x.Outcome == banksim.NeverSent {
		if d != nil && d.batch != nil {
			a.say(Once, x.Reference, "the bank says that it was never sent, and it is in batch %s", d.batch.reference)
		}
		return
	}
	if d == nil || d.batch == nil || int64(x.Ordered) != d.amount {
		a.say(Once, x.Reference, "the bank was sent %d by it, and the books have no such order", int64(x.Ordered))
		return
	}
	// What the bank has credited and kept is never owed again, and what it has
	// not credited is never settled. What it decides later may not be known yet.
	wrong := map[banksim.Outcome][]string{
		banksim.WasPaid:     {"rejected", "returned"},
		banksim.WasRejected: {"settled", "returned", "misdirected"},
		banksim.WasLeftOut:  {"settled", "returned", "misdirected"},
		banksim.IsPending:   {"settled", "returned", "misdirected", "rejected"},
		banksim.WasReturned: {"rejected"},
	}[x.Outcome]
	is := d.answered.final
	switch {
	case d.answered.back:
		is = "returned"
	case is == "" && d.answered.astray:
		is = "misdirected"
	}
	if oneOf(is, wrong...) {
		a.say(Money, x.Reference, "the books have it as %s, and at the bank it is %s", is, x.Outcome)
	}
}

// paidOnce: of the deposits that pay one wage, one at most is where it belongs.
func (a *Auditor) paidOnce(first *deposit, holds map[string]bool) {
	var paid []string
	for d := first; d != nil; d = d.replacedBy {
		if holds[d.known()] {
			paid = append(paid, d.known())
		}
	}
	if len(paid) > 1 {
		a.say(Once, first.reference, "the wage of %s has been paid %d times: by %s", first.beneficiary, len(paid), strings.Join(paid, ", "))
	}
}

// repaidTooSoon looks at what the bank had when people approved that a deposit
// is paid again.
func (a *Auditor) repaidTooSoon() {
	refs := make([]string, 0, len(a.repaidWhile))
	for ref := range a.repaidWhile {
		refs = append(refs, ref)
	}
	sort.Strings(refs)
	for _, ref := range refs {
		was := a.repaidWhile[ref]
		delete(a.repaidWhile, ref)
		if was == banksim.WasPaid && !a.astray[ref] || was == banksim.IsPending {
			a.say(Once, ref, "it was paid again while at the bank it was %s", was)
		}
	}
}

// examineFolders looks for new files in the bank's folders: each of them must be
// one that the ledger has sealed, byte for byte.
func (a *Auditor) examineFolders() error {
	sealed := map[string]*file{}
	for _, b := range a.order {
		if b.file != nil {
			sealed[b.file.sha] = b.file
		}
	}
	for _, folder := range []string{a.o.Taken, a.o.Outbox} {
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("audit: %w", err)
		}
		for _, e := range entries {
			name := e.Name()
			if folder == a.o.Taken && a.taken[name] || strings.HasSuffix(name, ".part") || !e.Type().IsRegular() {
				continue
			}
			data, err := os.ReadFile(filepath.Join(folder, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue // the bank took it just now
			}
			if err != nil {
				return fmt.Errorf("audit: %w", err)
			}
			if folder == a.o.Taken {
				a.taken[name] = true
			}
			sum := sha256.Sum256(data)
			sha := hex.EncodeToString(sum[:])
			if a.foreign[sha] != "" {
				continue
			}
			// The bank numbers a second file of one name.
			as := name
			if i := strings.Index(name, ".TRF."); i >= 0 {
				as = name[:i+len(".TRF")]
			}
			if f := a.sealedIn[sha]; f != nil && sealed[sha] == nil {
				sealed[sha] = f
			}
			if f := sealed[sha]; f == nil || f.name != as && f.name != as+"~"+sha[:8] {
				a.say(Once, name, "the bank has got a file that the ledger has not sealed")
				continue
			}
			a.reached[sha] = name
		}
	}
	return nil
}
