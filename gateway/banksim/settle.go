package banksim

import (
	"fmt"
	"strconv"
	"time"

	"bekal/formats"
	"bekal/reconcile/ledger"
)

// openItem is a deposit that a later pass has to deal with.
type openItem struct {
	Reference string
	Batch     string
	Account   string
	Name      string
	Ordered   int64 // sen
	Moved     int64 // sen; 0 while undecided
	BankRef   string
	Credited  bool // it was credited, and comes back; otherwise it is undecided
}

// settlement answers the deposits of one batch, line by line. Its buffers are
// used again for every deposit.
type settlement struct {
	*unit
	batch   Batch
	file    *answerFile
	chosen  map[reference]Kind
	seq     int64
	line    entryLine
	account []byte
	name    []byte
	bankRef []byte
	extra   []byte
}

// settle writes the first settlement file of an accepted batch.
func (u *unit) settle(batch Batch, chosen map[reference]Kind) error {
	pattern := numbered(u.o.Names.Settlement, batch.Reference)
	name := u.freeName(pattern, 1)
	file, err := u.newAnswer(name, u.headingOf(batch))
	if err != nil {
		return err
	}
	s := &settlement{unit: u, batch: batch, file: file, chosen: chosen}
	if err := u.each(batch.File, s.deposit); err != nil {
		return file.abandon(err)
	}
	return file.finish(pattern, true, batch.Number-1)
}

func (u *unit) headingOf(b Batch) heading {
	return heading{
		corporate: b.Corporate, batch: b.Reference, bankID: b.BankID, debit: b.Debit,
		processed: u.now, valueDate: b.ValueDate, answer: success,
	}
}

// deposit answers one deposit.
func (s *settlement) deposit(rec *formats.Record) error {
	w := &s.words.order
	s.seq++
	s.account = append(s.account[:0], rec.Text(w.account)...)
	s.name = append(s.name[:0], rec.Text(w.name)...)
	s.bankRef = s.appendBankRef(s.bankRef[:0], s.seq, 'A')
	ordered := rec.Int(w.amount)
	ref := rec.Text(w.reference)
	key := refOf(ref)
	s.line = entryLine{
		account: s.account, name: s.name, reference: ref, bankReference: s.bankRef,
		amount: ordered, status: statusPaid, answer: success, posted: s.now,
	}
	if s.known(key) {
		return s.twice(key, rec.Line())
	}
	kind, exact := s.chosen[key]
	if !exact {
		kind = s.o.Faults.fault(s.o.Seed, ref)
	}
	event := depositEvent{ref: key, outcome: WasPaid, ordered: ordered, moved: ordered, answered: 1}
	fault := Fault{Kind: kind, Batch: s.batch.Reference, File: s.file.name, Line: s.file.next()}
	if kind == "" {
		s.day.Credited++
		s.unit.deposit(markDeposit, event)
		return s.file.add(&s.line)
	}
	fault.Reference = string(ref)
	return s.faulty(kind, event, fault)
}

// twice answers a reference that the bank has met before: nothing is credited.
func (s *settlement) twice(key reference, line int) error {
	s.line.status, s.line.answer, s.line.posted = statusFailed, notUnique, time.Time{}
	s.again(key, 1)
	s.violation(Violation{What: "reference sent twice", Batch: s.batch.Reference, Reference: key.String(), File: s.batch.File, Line: line})
	return s.file.add(&s.line)
}

// faulty answers one deposit with a fault.
func (s *settlement) faulty(kind Kind, event depositEvent, fault Fault) error {
	d := draw(s.o.Seed, drawDetail, s.line.reference)
	damaged, repeated, stranger := false, false, false
	switch kind {
	case Missing:
		event.outcome, event.moved, event.answered = WasLeftOut, 0, 0
		fault.File, fault.Line = "", 0
	case Unknown:
		stranger = true
	case Amount:
		s.line.amount = otherAmount(&d, s.line.amount)
		event.moved = s.line.amount
		fault.Note = fmt.Sprintf("ordered %s, moved %s", ledger.Money(event.ordered), ledger.Money(event.moved))
	case Account:
		otherAccount(&d, s.account)
		fault.Note = "credited account " + string(s.account)
	case Name:
		s.name = otherName(&d, s.name, s.words.line.name.Len())
		s.line.name = s.name
		fault.Note = string(s.name)
	case Duplicate:
		repeated = true
		event.answered = 2
	case Rejected:
		s.line.status, s.line.answer, s.line.posted = statusFailed, d.refusal(), time.Time{}
		event.outcome, event.moved = WasRejected, 0
		fault.Note = s.words.line.reasons.code(s.line.answer)
	case Returned:
		s.later(s.item(event, true))
	case Pending:
		s.line.status, s.line.answer, s.line.posted = statusPending, inProgress, time.Time{}
		event.outcome, event.moved = IsPending, 0
		s.later(s.item(event, false))
	case Late:
		due := nextBusinessDays(s.batch.ValueDate, 5+int(d.n(4)))
		s.line.posted = time.Date(due.Year(), due.Month(), due.Day(), 10, int(d.n(60)), 0, 0, s.o.Location)
		fault.Note = "posted " + due.Format(time.DateOnly)
	case Unreadable:
		damaged = true
		fault.Note = "a letter in the amount"
	}
	s.tally(event.outcome)
	s.unit.deposit(markDeposit, event)
	if kind == Missing {
		s.fault(fault)
		return nil
	}
	if err := s.file.add(&s.line); err != nil {
		return err
	}
	switch {
	case damaged:
		s.file.damage(fault.Line)
	case repeated:
		fault.Line = s.file.next()
		s.line.bankReference = s.appendBankRef(s.bankRef[:0], s.seq, 'B')
		if err := s.file.add(&s.line); err != nil {
			return err
		}
	case stranger:
		return s.stranger(fault)
	}
	if kind != Returned { // that one shows when the money comes back
		s.fault(fault)
	}
	return nil
}

// stranger credits a deposit that nobody sent, beside the one that drew it.
func (s *settlement) stranger(fault Fault) error {
	d := draw(s.o.Seed, drawUnknown, s.line.reference)
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	width := max(len(s.line.reference), 8)
	s.extra = append(s.extra[:0], 'Z')
	for len(s.extra) < width {
		s.extra = append(s.extra, letters[d.n(uint64(len(letters)))])
	}
	for i := 4; i < len(s.account); i++ {
		s.account[i] = byte('0' + d.n(10))
	}
	s.name = append(s.name[:0], "TIDAK DIKENAL"...)
	s.line.name, s.line.reference = s.name, s.extra
	s.line.amount = int64(100+d.n(1301)) * 500_00
	s.line.bankReference = s.appendBankRef(s.bankRef[:0], s.seq, 'X')
	fault.Note, fault.Reference, fault.Line = "beside "+fault.Reference, string(s.extra), s.file.next()
	s.unit.deposit(markStranger, depositEvent{ref: refOf(s.extra), moved: s.line.amount, answered: 1})
	s.fault(fault)
	return s.file.add(&s.line)
}

func (s *settlement) tally(o Outcome) {
	switch o {
	case WasPaid:
		s.day.Credited++
	case WasRejected:
		s.day.Rejected++
	case IsPending:
		s.day.Pending++
	default:
		s.day.LeftOut++
	}
}

func (s *settlement) item(e depositEvent, credited bool) openItem {
	return openItem{
		Reference: e.ref.String(), Batch: s.batch.Reference, Account: string(s.account), Name: string(s.name),
		Ordered: e.ordered, Moved: e.moved, BankRef: string(s.bankRef), Credited: credited,
	}
}

// appendBankRef writes the bank's own reference of a line.
func (s *settlement) appendBankRef(b []byte, seq int64, suffix byte) []byte {
	b = append(b, 'S')
	b = appendPadded(b, int64(s.batch.Number), 6)
	b = appendPadded(b, seq, 8)
	return append(b, suffix)
}

func appendPadded(b []byte, n int64, width int) []byte {
	var digits [20]byte
	text := strconv.AppendInt(digits[:0], n, 10)
	for i := len(text); i < width; i++ {
		b = append(b, '0')
	}
	return append(b, text...)
}

// otherAmount is never the amount itself, and never below one sen.
func otherAmount(d *draws, amount int64) int64 {
	by := int64(1+d.n(20)) * 500_00
	if d.n(2) == 0 && amount > by {
		return amount - by
	}
	return amount + by
}

// otherAccount changes one of the last six digits.
func otherAccount(d *draws, account []byte) {
	if len(account) == 0 {
		return
	}
	i := len(account) - 1 - int(d.n(uint64(min(6, len(account)))))
	account[i] = '0' + (account[i]-'0'+1+byte(d.n(9)))%10
}

// otherName leaves a letter out, or writes the name with a title, as banks and
// clerks do; room is how long it may be.
func otherName(d *draws, name []byte, room int) []byte {
	const title = " S.H."
	if len(name) < 4 || d.n(3) == 0 && len(name)+len(title) <= room {
		return append(name, title...)
	}
	for at := 1 + int(d.n(uint64(len(name)-2))); at > 0; at-- {
		if name[at] != ' ' && name[at-1] != ' ' {
			return append(name[:at], name[at+1:]...)
		}
	}
	return append(name[:1:1], name[2:]...)
}
