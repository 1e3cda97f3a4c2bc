package banksim

import (
	"slices"
	"time"
)

// takeOpen copies the open items that were credited, or those that are
// undecided.
func (p *pass) takeOpen(credited bool) []openItem {
	p.books.mu.Lock()
	defer p.books.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.books.open), func(i openItem) bool { return i.Credited != credited })
}

// decide answers what an earlier pass left pending, with one further
// settlement file for each batch. One in five is rejected after all.
func (p *pass) decide() error {
	items := p.takeOpen(false)
	for len(items) > 0 {
		batch := items[0].Batch
		n := 1
		for n < len(items) && items[n].Batch == batch {
			n++
		}
		if err := p.unit(func(u *unit) error { return u.decideBatch(items[:n]) }); err != nil {
			return err
		}
		items = items[n:]
	}
	return nil
}

func (u *unit) decideBatch(items []openItem) error {
	batch := u.books.batches[u.books.accepted[items[0].Batch]]
	pattern := numbered(u.o.Names.Settlement, batch.Reference)
	file, err := u.newAnswer(u.freeName(pattern, 2), u.headingOf(batch))
	if err != nil {
		return err
	}
	var refs []string
	for _, i := range items {
		refs = append(refs, i.Reference)
		event := depositEvent{ref: refOf([]byte(i.Reference)), was: IsPending, outcome: WasPaid, ordered: i.Ordered, moved: i.Ordered, answered: 1}
		line := i.line(i.Ordered, statusPaid, success, u.now)
		d := draw(u.o.Seed, drawOpen, []byte(i.Reference))
		if d.n(5) == 0 {
			event.outcome, event.moved = WasRejected, 0
			line.status, line.answer, line.posted = statusFailed, d.refusal(), time.Time{}
			u.fault(Fault{Kind: Rejected, Batch: i.Batch, Reference: i.Reference, File: file.name, Line: file.next(), Note: u.words.line.reasons.code(line.answer) + " after pending"})
			u.day.Rejected++
		} else {
			u.day.Credited++
		}
		u.deposit(markUpdate, event)
		if err := file.add(line); err != nil {
			return file.abandon(err)
		}
	}
	u.closeItems(refs)
	return file.finish(pattern, false, batch.Number-1)
}

// giveBack writes one return file for all that was credited at an earlier
// pass and comes back.
func (p *pass) giveBack() error {
	items := p.takeOpen(true)
	if len(items) == 0 {
		return nil
	}
	return p.unit(func(u *unit) error { return u.returnAll(items) })
}

func (u *unit) returnAll(items []openItem) error {
	batch := u.books.batches[u.books.accepted[items[0].Batch]]
	pattern := numbered(u.o.Names.Return, u.day.Date.Format("20060102"))
	name := u.freeName(pattern, 1)
	h := u.headingOf(batch)
	h.batch, h.bankID = "", ""
	h.valueDate = time.Date(u.day.Date.Year(), u.day.Date.Month(), u.day.Date.Day(), 0, 0, 0, 0, u.o.Location)
	file, err := u.newAnswer(name, h)
	if err != nil {
		return err
	}
	var refs []string
	for _, i := range items {
		refs = append(refs, i.Reference)
		d := draw(u.o.Seed, drawOpen, []byte(i.Reference))
		line := i.line(i.Moved, statusReturned, d.refusal(), u.now)
		u.deposit(markUpdate, depositEvent{
			ref: refOf([]byte(i.Reference)), was: WasPaid, outcome: WasReturned,
			ordered: i.Ordered, moved: i.Moved, answered: 1,
		})
		u.fault(Fault{Kind: Returned, Batch: i.Batch, Reference: i.Reference, File: name, Line: file.next(), Note: u.words.line.reasons.code(line.answer)})
		u.day.Returned++
		if err := file.add(line); err != nil {
			return file.abandon(err)
		}
	}
	u.closeItems(refs)
	return file.finish(pattern, false, batch.Number-1)
}

// line answers an open item.
func (i openItem) line(amount int64, status, said answer, posted time.Time) *entryLine {
	return &entryLine{
		account: []byte(i.Account), name: []byte(i.Name), reference: []byte(i.Reference),
		bankReference: []byte(i.BankRef[:len(i.BankRef)-1] + "C"),
		amount:        amount, status: status, answer: said, posted: posted,
	}
}
