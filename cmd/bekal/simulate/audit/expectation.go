package audit

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// expectation is what one transaction has to add to the books.
type expectation struct {
	date    string // business date, empty when nobody knows it
	notes   []*expected
	answers map[string]int
	money   map[string]int64
	events  map[string]int // of batches
	cleared []clearing
	flow    flow
}

func newExpectation(date string) *expectation {
	return &expectation{date: date, answers: map[string]int{}, money: map[string]int64{}, events: map[string]int{}}
}

// expected is a mismatch that has to be entered. Amounts are texts, so that
// there may be none.
type expected struct {
	kind, reference, field, status, code, raw, detail string
	deposit, batch, file, line                        int64
	columns                                           columns
	inside                                            bool // the books may point at some of the columns
	ours, theirs                                      side
	note                                              *note
}

// side is one side of a mismatch.
type side struct{ account, name, amount string }

const nothing = "-"

func none() side { return side{nothing, nothing, nothing} }

func (d *deposit) side() side { return side{d.account, d.name, fmt.Sprint(d.amount)} }

func (x *expected) String() string {
	return fmt.Sprintf("%s of %q: deposit %d, batch %d, file %d line %d, field %q, columns %v, ours %v, theirs %v, status %q, code %q, detail %q, line %q",
		x.kind, x.reference, x.deposit, x.batch, x.file, x.line, x.field, x.columns, x.ours, x.theirs, x.status, x.code, x.detail, x.raw)
}

// clearing ends a mismatch because of an answer.
type clearing struct {
	note *note
	line int64
}

// move books an amount from one account to another.
func (e *expectation) move(debit, credit string, amount int64) {
	e.money[debit] += amount
	e.money[credit] -= amount
}

func (e *expectation) event(b *batch, event string, f *file) {
	line, id := 0, int64(0)
	if f != nil {
		line, id = 1, f.id
	}
	e.events[fmt.Sprintf("%s %s, file %d line %d", b.reference, event, id, line)]++
}

func (e *expectation) answer(d *deposit, slot int64, outcome string, f *file, l *answerLine, amount int64) {
	moved := nothing
	if amount != d.amount {
		moved = fmt.Sprint(amount)
	}
	e.answers[answerKey(d.id, slot, outcome, d.batch.id, f.id, l.n, l.status, l.code, moved)]++
}

func answerKey(deposit, slot int64, outcome string, batch, file, line int64, status, code, amount string) string {
	return fmt.Sprintf("deposit %d in slot %d: %s, batch %d, file %d line %d, status %s, code %q, amount %s", deposit, slot, outcome, batch, file, line, status, code, amount)
}

// compare holds what a link added against what it had to add.
func (a *Auditor) compare(k *link, e *expectation) {
	a.compareNotes(k, e)
	a.compareClearings(k, e)
	a.compareAnswers(k, e)
	a.compareMoney(k, e)
	got := map[string]int{}
	for _, r := range k.of("batch_events") {
		b, event := a.batches[r.num("batch_id")], r.text("event")
		reference := "?"
		if b != nil {
			reference, b.state = b.reference, event
		}
		got[fmt.Sprintf("%s %s, file %d line %d", reference, event, r.num("file_id"), r.num("line"))]++
	}
	a.differ(Batches, k, "event", e.events, got)
}

// differ reports the difference of two multisets.
func (a *Auditor) differ(r Rule, k *link, what string, want, got map[string]int) {
	var keys []string
	for key, n := range want {
		if got[key] != n {
			keys = append(keys, key)
		}
	}
	for key := range got {
		if _, there := want[key]; !there {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	for _, key := range keys {
		a.say(r, k.about(), "%s %s: %d in the books, %d expected", what, key, got[key], want[key])
	}
}

// noteOf reads a row of mismatches as far as it can be foretold.
func noteOf(r row) *expected {
	text := func(column string) string {
		if r.null(column) {
			return nothing
		}
		return r.text(column)
	}
	x := &expected{kind: r.text("kind"), reference: r.text("reference"), field: r.text("field"), status: r.text("status"), code: r.text("code"), raw: r.text("raw"), detail: r.text("detail"),
		deposit: r.num("deposit_id"), batch: r.num("batch_id"), file: r.num("file_id"), line: r.num("line"),
		columns: columns{r.num("from_column"), r.num("to_column")},
		ours:    side{text("expected_account"), text("expected_name"), text("expected_amount")},
		theirs:  side{text("actual_account"), text("actual_name"), text("actual_amount")}}
	x.plainly()
	return x
}

// plainly drops what is words for people or cannot be foretold.
func (x *expected) plainly() {
	switch x.kind {
	case "unreadable", "control":
		x.detail = ""
	case "duplicate":
		if x.field == "" { // a file name: the detail is a sentence
			x.detail = ""
		}
	case "rejected":
		x.detail = ""
	}
	if strings.ContainsFunc(x.raw, func(r rune) bool { return r < ' ' || r > '~' || r == '\\' }) {
		x.raw = "" // the books escape it
	}
}

func (a *Auditor) compareNotes(k *link, e *expectation) {
	var extra []*expected
	for _, x := range e.notes {
		x.plainly()
	}
	want := slices.Clone(e.notes)
	for _, r := range k.of("mismatches") {
		got := noteOf(r)
		n := &note{id: r.id, kind: got.kind, deposit: a.deposits[got.deposit], state: "open"}
		if e.date != "" && r.text("opened") != e.date {
			a.say(Mismatches, k.about(), "mismatch %d is of %s, not of %s", r.id, r.text("opened"), e.date)
		}
		i := slices.IndexFunc(want, func(x *expected) bool { return same(x, got) })
		switch {
		case i >= 0:
			n = want[i].note
			n.id = r.id
			want = slices.Delete(want, i, i+1)
		default:
			extra = append(extra, got)
		}
		n.reference, n.file, n.line = got.reference, a.files[got.file], got.line
		a.notes[r.id] = n
	}
	for _, x := range want {
		a.say(Mismatches, k.about(), "there is no mismatch %s", x)
	}
	for _, x := range extra {
		a.say(Mismatches, k.about(), "there should be no mismatch %s", x)
	}
}

// same says whether what was found is the mismatch that was expected.
func same(want, got *expected) bool {
	p, q := *want, *got
	p.note, q.note = nil, nil
	if p.inside && q.columns.from >= p.columns.from && q.columns.to <= p.columns.to && q.columns.from > 0 {
		q.inside, q.columns = true, p.columns
	}
	if p.raw == "" || q.raw == "" {
		p.raw, q.raw = "", ""
	}
	return p == q
}

func (a *Auditor) compareClearings(k *link, e *expectation) {
	want, got := map[string]int{}, map[string]int{}
	for _, c := range e.cleared {
		want[fmt.Sprintf("cleared %d by line %d", c.note.id, c.line)]++
		c.note.state = "cleared"
	}
	for _, r := range k.of("mismatch_events") {
		n := a.notes[r.num("mismatch_id")]
		event := r.text("event")
		if event == "cleared" {
			got[fmt.Sprintf("cleared %d by line %d", r.num("mismatch_id"), r.num("line"))]++
			continue
		}
		if n == nil {
			a.say(Mismatches, k.about(), "mismatch %d is %s, and is not there", r.num("mismatch_id"), event)
			continue
		}
		n.state = event
	}
	a.differ(Mismatches, k, "mismatch", want, got)
}

func (a *Auditor) compareAnswers(k *link, e *expectation) {
	got := map[string]int{}
	for _, r := range k.of("answers") {
		first, last, slot := r.num("first_deposit"), r.num("last_deposit"), r.num("slot")
		outcome, amount := r.text("outcome"), nothing
		if !r.null("amount") {
			amount = r.text("amount")
		}
		for id := first; id <= last && id-first <= 1<<20; id++ {
			line := r.num("first_line") + r.num("line_step")*(id-first)
			got[answerKey(id, slot, outcome, r.num("batch_id"), r.num("file_id"), line, r.text("status"), r.text("code"), amount)]++
			if d := a.deposits[id]; d != nil {
				d.answered.take(slot, outcome)
			}
		}
	}
	a.differ(Answers, k, "answer", e.answers, got)
}

// take enters a row of answers.
func (s *answers) take(slot int64, outcome string) {
	switch slot {
	case 0:
		s.final = outcome
	case 1:
		s.back = true
	case 2:
		s.astray = true
	case 3:
		s.stray = true
	default:
		s.pending = true
	}
}

func (a *Auditor) compareMoney(k *link, e *expectation) {
	got := map[string]int64{}
	sides := map[int64][2]int64{}
	date := e.date
	for _, r := range k.of("postings") {
		debit, credit := r.num("debit"), r.num("credit")
		got[r.text("account")] += debit - credit
		s := sides[r.num("entry_id")]
		sides[r.num("entry_id")] = [2]int64{s[0] + debit, s[1] + credit}
	}
	for _, r := range k.of("journal") {
		s := sides[r.id]
		delete(sides, r.id)
		if s[0] != s[1] || s[0] == 0 {
			a.say(Money, k.about(), "entry %d: debits are %d, credits %d", r.id, s[0], s[1])
		}
		if e.date != "" && r.text("date") != e.date {
			a.say(Money, k.about(), "entry %d is of %s, not of %s", r.id, r.text("date"), e.date)
		}
		date = r.text("date")
		a.book(r, s[0])
	}
	if date != "" && e.flow != (flow{}) {
		on(a.flows, date).join(e.flow)
	}
	for id := range sides {
		a.say(Money, k.about(), "postings of entry %d stand outside of it", id)
	}
	for _, account := range []string{expense, payable, transit, bank, backing, suspense} {
		if got[account] != e.money[account] {
			a.say(Money, k.about(), "%s moves by %d, expected %d", account, got[account], e.money[account])
		}
		a.tellers[account] += e.money[account]
		a.balances[account] += got[account]
	}
}

// book enters an entry of the journal into the flows as they were booked.
func (a *Auditor) book(r row, total int64) {
	date := r.text("date")
	f := on(a.booked, date)
	a.disturb(date)
	switch r.text("event") {
	case "batch delivered":
		f.delivered.add(r.num("deposits"), total)
	case "deposits settled":
		f.settled.add(r.num("deposits"), total)
	case "deposits rejected", "deposits returned before they settled":
		f.rejected.add(r.num("deposits"), total)
	}
}

// disturb marks the days that a clock which went back has put out of order: a
// batch that people adopt at noon may be answered in the same evening, on the day
// before.
func (a *Auditor) disturb(date string) {
	if a.restored == 0 || date >= a.lastBooked {
		a.lastBooked = max(a.lastBooked, date)
		return
	}
	for d := range a.booked {
		if d >= date && d < a.lastBooked {
			a.disturbed[d] = true
		}
	}
}

func (f *flow) join(g flow) {
	f.delivered.add(g.delivered.count, g.delivered.total)
	f.settled.add(g.settled.count, g.settled.total)
	f.rejected.add(g.rejected.count, g.rejected.total)
}
