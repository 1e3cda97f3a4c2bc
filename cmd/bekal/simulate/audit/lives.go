package audit

import (
	"maps"
	"strings"

	"bekal/gateway/banksim"
)

// A ledger that was lost and restored from a backup is another ledger: the
// auditor follows it from its first link again, as it followed the one before.
// What it keeps are the facts: the files that were published, what people
// decided, what the bank has. What people approved it is told anew, as far as
// the restored ledger knows of it, since the rest has to be approved again.

// lives is what the auditor remembers of ledgers that were lost.
type lives struct {
	restored int              // how often a ledger was restored
	sealedIn map[string]*file // transfer files that any ledger has sealed, by SHA-256
	decided  map[decision]int // what people decided in all lives
}

func newLives() lives {
	return lives{sealedIn: map[string]*file{}, decided: map[decision]int{}}
}

// Restored tells that the ledger was lost, and that another one, an older copy
// of it, stands in its place.
func (a *Auditor) Restored() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range a.order {
		if b.file != nil {
			a.sealedIn[b.file.sha] = b.file
		}
	}
	a.restored++
	a.tables, a.schema, a.covered, a.head, a.links = map[string]*table{}, 0, map[string]int64{}, "", 0
	a.model = newModel()
	a.approved, a.repay, a.repaidWhile = map[Wage]int{}, map[string]int{}, map[string]banksim.Outcome{}
	a.decisions = maps.Clone(a.decided)
	seen := newBankSide()
	seen.taken, seen.reached, seen.violations = a.taken, a.reached, a.violations
	a.bankSide = seen
}

// means is the deposit that the bank means by a reference: one of these books,
// or one that was recalled under a reference of a life that they have forgotten.
func (a *Auditor) means(ref string) *deposit {
	if d := a.recalled[ref]; d != nil {
		return d
	}
	return a.byRef[ref]
}

// known is the reference by which the bank knows a deposit.
func (d *deposit) known() string {
	if d.recalledAs != "" {
		return d.recalledAs
	}
	return d.reference
}

// enterHold follows when the books are on hold: from when that begins until two
// people have ended it.
func (a *Auditor) enterHold(k *link) {
	for _, r := range k.of("holds") {
		by := r.text("decided_by")
		switch r.text("event") {
		case "begun":
			a.onHold, a.proposedBy = true, ""
		case "proposed":
			a.proposedBy, a.foundSince = by, false
		case "released":
			switch {
			case !a.onHold:
				a.say(Holds, k.about(), "it was released, and was no hold")
			case a.proposedBy == "" || strings.EqualFold(a.proposedBy, by):
				a.say(Holds, k.about(), "it was proposed by %q and released by %q", a.proposedBy, by)
			case a.foundSince:
				a.say(Holds, k.about(), "it was released though more has come to light since it was proposed")
			}
			for _, b := range sorted(a.forgotten) {
				if a.byBatch[b] == nil && !a.left[b] {
					a.say(Holds, b, "it has been forgotten, nobody has decided, and the hold was released")
				}
			}
			a.onHold = false
		}
	}
	for _, r := range k.of("forgotten") {
		a.evidence(r)
		if batch := r.text("batch"); a.byBatch[batch] == nil || a.byBatch[batch].partly {
			a.forgotten[batch], a.foundSince = true, true
		} else {
			a.say(Holds, batch, "it is in the books, and is said to be forgotten")
		}
	}
	for _, r := range k.of("forgotten_decisions") {
		a.left[r.text("batch")] = true
	}
	for _, r := range k.of("generations") {
		if mark := r.text("mark"); a.marks[mark] {
			a.say(Holds, k.about(), "generation %s was there before", mark)
		} else {
			a.marks[mark] = true
		}
	}
	if k.restores() && (len(k.of("generations")) != 1 || !a.onHold) {
		a.say(Holds, k.about(), "a restored ledger begins %d generations, and is on hold: %v", len(k.of("generations")), a.onHold)
	}
	if a.onHold && len(k.of("batches")) > 0 && !k.adopts() {
		a.say(Holds, k.about(), "a batch was composed while the books were on hold")
	}
}

// adopts says whether the link enters a batch that was forgotten.
func (k *link) adopts() bool {
	return strings.HasPrefix(k.text("action"), "forgotten batch ") && strings.HasSuffix(k.text("action"), " adopted")
}

// restores says whether the link is the first one of a ledger that was put back.
func (k *link) restores() bool { return k.text("action") == "ledger restored" }

// adopt follows a forgotten batch that is entered again, with the deposits that
// its payments were.
func (a *Auditor) adopt(k *link, e *expectation, r row) {
	b := &batch{id: r.id, reference: r.text("reference"), period: r.text("period"), valueDate: strings.ReplaceAll(r.text("value_date"), "-", ""), file: a.files[r.num("file_id")], count: r.num("count"), total: r.num("total"), again: true}
	if a.byBatch[b.reference] != nil || !a.forgotten[b.reference] {
		a.say(Holds, b.reference, "it was adopted, and was not forgotten")
	}
	a.batches[b.id], a.byBatch[b.reference], a.order = b, b, append(a.order, b)
	b.adopted = true
	if b.file == nil {
		a.say(Batches, b.reference, "it has no file")
		return
	}
	if day, ok := a.day(dashed(b.valueDate)); ok {
		b.lastInTime = a.o.BusinessDays(day, a.o.Window).Format("20060102")
	}
	a.recalls(k)
	if in := a.adoptedIn(k, b); in != (tally{b.count, b.total}) {
		a.say(Batches, b.reference, "it is of %d deposits, %d, and has %+v", b.count, b.total, in)
	}
	b.partial()
	// It is delivered where a file proves it, and uncertain otherwise.
	delivered := false
	for _, x := range k.of("batch_events") {
		delivered = delivered || x.text("event") == "delivered"
	}
	e.events[b.reference+" sealed, file "+r.text("file_id")+" line 0"]++
	if !delivered {
		e.event(b, "uncertain", nil)
		return
	}
	e.events[b.reference+" delivered, file "+r.text("file_id")+" line 0"]++
	a.deliver(b, e)
	b.shown = true
}

// recalls takes in under which references the bank knows deposits.
func (a *Auditor) recalls(k *link) {
	for _, x := range k.of("recalled") {
		d := a.deposits[x.num("deposit_id")]
		switch ref := x.text("reference"); {
		case d == nil:
			a.say(Holds, ref, "it was recalled as a deposit that is not there")
		case a.recalled[ref] != nil || d.recalledAs != "":
			a.say(Once, ref, "it was recalled before, or its deposit was")
		default:
			a.recalled[ref], d.recalledAs = d, ref
		}
	}
}

// adoptedIn enters the deposits that a link adopts into a batch. They may be of
// several months: wages of the same account and amount are not told apart.
func (a *Auditor) adoptedIn(k *link, b *batch) (in tally) {
	for _, x := range k.of("batch_ranges") {
		for id := x.num("first_deposit"); id <= x.num("last_deposit"); id++ {
			d := a.deposits[id]
			if d == nil {
				a.say(Batches, b.reference, "there is no deposit %d", id)
				continue
			}
			b.deposits = append(b.deposits, d)
			in.add(1, d.amount)
			a.adoptedInto(d, b, x.num("first_sequence")+id-x.num("first_deposit"))
		}
	}
	return in
}

// partial works out whether payments of the batch are missing in the books.
func (b *batch) partial() {
	x, err := readTransfer(b.file.bytes)
	b.partly = b.file.kind != "transfer" || err == nil && x.count > b.count
}

// adoptedInto holds a deposit against the line of the file that it is said to
// have been.
func (a *Auditor) adoptedInto(d *deposit, b *batch, sequence int64) {
	switch {
	case d.batch != nil:
		a.say(Once, d.reference, "it is in batches %s and %s", d.batch.reference, b.reference)
	case d.sheet == nil || !d.sheet.approved:
		a.say(Wages, d.reference, "it is in batch %s, and nobody approved it", b.reference)
	case d.recalledAs == "":
		a.say(Holds, d.reference, "it was adopted into %s, and nothing says as which payment", b.reference)
	}
	d.batch = b
	if b.file.kind != "transfer" {
		return
	}
	x, err := readTransfer(b.file.bytes)
	if err != nil || x.batch != b.reference || sequence < 1 || sequence > int64(len(x.lines)) {
		a.say(Holds, b.reference, "deposit %s was line %d of its file, which cannot be (%v)", d.reference, sequence, err)
		return
	}
	if l := x.lines[sequence-1]; l.reference != d.known() || l.account != d.account || l.amount != d.amount {
		a.say(Holds, d.reference, "it was adopted as line %d of %s, which is %v", sequence+1, b.reference, l)
	}
}

// everGot says whether a file of that batch has reached the bank.
func (a *Auditor) everGot(batch string) bool {
	for _, name := range a.reached {
		if stem, _, _ := strings.Cut(name, ".TRF"); stem == batch {
			return true
		}
	}
	return false
}

// waits says whether a file of the bank has to wait while the books are on hold:
// it answers no batch, and gives back no payments, of which they know.
func (a *Auditor) waits(f *file) bool {
	if f.kind == acknowledgement {
		x := readAcknowledgement(f.bytes)
		return !x.sound() || x.corporate != a.o.Corporate || a.byBatch[x.batch] == nil
	}
	x := readAnswers(f.bytes, a.o.Corporate)
	if x.corporate != a.o.Corporate || x.batch != "" {
		return x.corporate != a.o.Corporate || a.byBatch[x.batch] == nil
	}
	for _, l := range x.lines {
		if d := a.means(l.reference); l.readable && (d == nil || d.batch == nil) {
			return true
		}
	}
	return false
}
