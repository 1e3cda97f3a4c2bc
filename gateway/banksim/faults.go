package banksim

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// Kind is a kind of fault that the bank can be asked for. The words for what
// goes wrong with a deposit are those of Bekal's mismatches.
type Kind string

// Faults of deposits.
const (
	Missing    Kind = "missing"    // neither credited nor answered
	Unknown    Kind = "unknown"    // beside the deposit, another one is credited that nobody sent
	Amount     Kind = "amount"     // another amount is credited
	Account    Kind = "account"    // another account is credited
	Name       Kind = "name"       // credited; the bank knows another name
	Duplicate  Kind = "duplicate"  // credited once, answered twice
	Rejected   Kind = "rejected"   // not credited, status 06
	Returned   Kind = "returned"   // credited; the money comes back at a later pass
	Pending    Kind = "pending"    // undecided, status 03, until the next pass
	Late       Kind = "late"       // credited several business days after the value date
	Unreadable Kind = "unreadable" // credited; the line of the answer is damaged
)

// Faults of files.
const (
	Control       Kind = "control"        // the trailer does not agree with the lines
	DuplicateFile Kind = "duplicate-file" // the same bytes again under another name
	SameName      Kind = "same-name"      // at a later pass, other bytes under the same name
	RefuseBatch   Kind = "refused"        // the whole batch is refused
)

var (
	depositKinds = [...]Kind{Missing, Unknown, Amount, Account, Name, Duplicate, Rejected, Returned, Pending, Late, Unreadable}
	fileKinds    = [...]Kind{Control, DuplicateFile, SameName, RefuseBatch}
)

// perfect is what the rates are parts of.
const perfect = 10_000

// Faults says how often the bank errs. A deposit has one fault at most.
type Faults struct {
	// Of 10,000 deposits; the sum may not pass 10,000.
	Missing, Unknown, Amount, Account, Name, Duplicate, Rejected, Returned, Pending, Late, Unreadable int
	// Of 10,000 settlement files.
	Control, DuplicateFile, SameNameOtherBytes int
	// Of 10,000 batches.
	RefuseBatch int

	// Exactly asks for an exact number of each kind in a batch, on top of the
	// rates; the seed chooses which deposits. For a kind of file fault, 1 means
	// the batch and its first settlement file. A batch with fewer deposits has
	// as many faults as deposits.
	Exactly map[Kind]int
	// ExactlyBatches limits Exactly to so many batches: the first that the
	// bank accepts, or for RefuseBatch the first that it takes. 0 means every
	// batch.
	ExactlyBatches int
}

func (f Faults) ofDeposits() [len(depositKinds)]int {
	return [...]int{f.Missing, f.Unknown, f.Amount, f.Account, f.Name, f.Duplicate, f.Rejected, f.Returned, f.Pending, f.Late, f.Unreadable}
}

func (f Faults) ofFiles() [len(fileKinds)]int {
	return [...]int{f.Control, f.DuplicateFile, f.SameNameOtherBytes, f.RefuseBatch}
}

func (f Faults) check() error {
	sum := 0
	deposits := f.ofDeposits()
	for i, n := range deposits {
		if n < 0 || n > perfect {
			return fmt.Errorf("%s: %d of %d", depositKinds[i], n, perfect)
		}
		sum += n
	}
	if sum > perfect {
		return fmt.Errorf("the rates add up to %d of %d deposits", sum, perfect)
	}
	files := f.ofFiles()
	for i, n := range files {
		if n < 0 || n > perfect {
			return fmt.Errorf("%s: %d of %d", fileKinds[i], n, perfect)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(f.Exactly)) {
		if !slices.Contains(depositKinds[:], k) && !slices.Contains(fileKinds[:], k) {
			return fmt.Errorf("exactly: there is no kind %q", k)
		}
		if n := f.Exactly[k]; n < 0 {
			return fmt.Errorf("exactly: %s: %d", k, n)
		}
	}
	return nil
}

// exact is the list of faults that Exactly asks for in a batch, of which
// number batches were accepted before.
func (f Faults) exact(number int) []Kind {
	if f.ExactlyBatches > 0 && number >= f.ExactlyBatches {
		return nil
	}
	var list []Kind
	for _, k := range depositKinds {
		for range f.Exactly[k] {
			list = append(list, k)
		}
	}
	return list
}

// draws gives the random numbers that belong to one name: the same for the
// same seed, purpose and name, whatever else was drawn.
type draws struct{ pcg rand.PCG }

func draw(seed uint64, purpose byte, name []byte) draws {
	// FNV-1a: short, stable across versions, and good enough to tell names apart.
	h := uint64(14695981039346656037)
	h = (h ^ uint64(purpose)) * 1099511628211
	for _, c := range name {
		h = (h ^ uint64(c)) * 1099511628211
	}
	var d draws
	d.pcg.Seed(seed, h)
	d.pcg.Uint64()
	return d
}

// n returns a number from 0 to n-1. The bias of the remainder is far below one
// in 10^14 for the small n that are asked for here.
func (d *draws) n(n uint64) uint64 { return d.pcg.Uint64() % n }

// Purposes of draws.
const (
	drawFault   = 'f'
	drawPick    = 'p'
	drawDetail  = 'd'
	drawControl = 'c'
	drawUnknown = 'u'
	drawOpen    = 'o'
)

// fault decides by the rates what goes wrong with a deposit; empty: nothing.
func (f Faults) fault(seed uint64, reference []byte) Kind {
	rates := f.ofDeposits()
	d := draw(seed, drawFault, reference)
	at := int(d.n(perfect))
	for i, rate := range rates {
		if at < rate {
			return depositKinds[i]
		}
		at -= rate
	}
	return ""
}

// fileFault decides whether a fault of kind k befalls a file or batch. first
// is set for a batch and its first settlement file, number is how many batches
// there were before.
func (f Faults) fileFault(seed uint64, k Kind, name string, first bool, number int) bool {
	if first && f.Exactly[k] > 0 && (f.ExactlyBatches == 0 || number < f.ExactlyBatches) {
		return true
	}
	rates := f.ofFiles()
	d := draw(seed, drawControl, []byte(string(k)+" "+name))
	return int(d.n(perfect)) < rates[slices.Index(fileKinds[:], k)]
}
