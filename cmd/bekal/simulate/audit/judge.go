package audit

import (
	"fmt"
	"time"
)

// follows works out what a settlement or return file has to change.
func (a *Auditor) follows(f *file, x *answerFile, e *expectation) {
	var in *batch
	if x.batch != "" {
		if in = a.byBatch[x.batch]; in != nil {
			a.proven(in, f, e)
		}
	}
	for i := range x.lines {
		l := &x.lines[i]
		d := a.means(l.reference)
		if l.reference == "" {
			d = nil
		}
		if !l.readable && f.again {
			continue
		}
		if !l.readable {
			a.unreadable(f, x, l, d, in, e)
			continue
		}
		known := d != nil && d.batch != nil && (x.batch == "" || d.batch == in)
		if f.again {
			n := a.unexplained(f, l.n)
			if n == nil || !known {
				continue // it says what it said the first time
			}
			e.explained(n)
			switch {
			case isPaid(l.status):
				e.move(bank, suspense, l.amount)
			case isReturn(l.status) && x.batch == "":
				e.move(suspense, bank, l.amount)
			}
		}
		if known && x.batch == "" {
			a.proven(d.batch, f, e)
		}
		j := judgement{a: a, f: f, l: l, d: d, e: e, returns: x.batch == ""}
		if known {
			j.ours()
		} else {
			j.unknown(x.batch == "")
		}
	}
	if x.jump > 0 && !f.again {
		e.notes = append(e.notes, control(f, place{line: x.jump, field: "sequence", columns: columns{2, 9}}))
	}
}

// proven: that the bank answers a batch proves that it has got it.
func (a *Auditor) proven(b *batch, f *file, e *expectation) {
	if b.delivered {
		return
	}
	e.event(b, "delivered", f)
	a.deliver(b, e)
}

func (a *Auditor) deliver(b *batch, e *expectation) {
	b.delivered = true
	e.move(payable, transit, b.total)
	e.flow.delivered.add(b.count, b.total)
}

// unreadable: nobody knows what the line says. It is noted, with the deposit
// that it may have been about, and that deposit stays as it was.
func (a *Auditor) unreadable(f *file, x *answerFile, l *answerLine, d *deposit, in *batch, e *expectation) {
	n := &expected{kind: "unreadable", reference: l.reference, file: f.id, line: l.n, raw: l.raw, field: l.first.field, columns: l.first.columns, inside: l.first.inside,
		ours: none(), theirs: none(), note: &note{kind: "unreadable", state: "open"}}
	if l.reference == "" {
		n.reference = f.name
	}
	if d != nil && d.final == "" && (x.batch == "" || in != nil && d.batch == in) {
		n.deposit, n.ours, n.note.deposit = d.id, d.side(), d
		if d.batch != nil {
			n.batch = d.batch.id
		}
		d.noted = append(d.noted, n.note)
		d.open = append(d.open, n.note)
	}
	e.notes = append(e.notes, n)
}

// judgement is what one line means for one deposit.
type judgement struct {
	a *Auditor
	f *file
	l *answerLine
	d *deposit
	e *expectation

	returns bool // the file names no batch: it brings back what was paid before
}

// note enters a mismatch with both sides.
func (j *judgement) note(kind, field, detail string) *expected {
	n := &expected{kind: kind, reference: j.l.reference, field: field, columns: answerColumns(field), status: j.l.status, code: j.l.code, raw: j.l.raw, detail: detail, deposit: j.d.id, batch: j.d.batch.id,
		file: j.f.id, line: j.l.n, ours: j.d.side(), theirs: j.theirs(), note: &note{kind: kind, deposit: j.d, state: "open"}}
	j.e.notes = append(j.e.notes, n)
	return n
}

func (j *judgement) theirs() side { return side{j.l.account, j.l.name, fmt.Sprint(j.l.amount)} }

// unknown: the bank answers what we never sent, or not in that batch. What it
// moved, it moved without an order.
func (j *judgement) unknown(returnFile bool) {
	n := &expected{kind: "unknown", reference: j.l.reference, field: "payment_reference", columns: answerColumns("payment_reference"), status: j.l.status, code: j.l.code, raw: j.l.raw, file: j.f.id, line: j.l.n,
		ours: none(), theirs: j.theirs(), note: &note{kind: "unknown", state: "open"}}
	if j.d != nil {
		n.detail = "of another batch"
		if j.d.batch != nil {
			n.batch = j.d.batch.id
		}
	}
	if j.a.restored > 0 && (j.d == nil || j.d.batch == nil) && j.a.ourPayment(j.l.reference) {
		n.detail = "forgotten"
	}
	j.e.notes = append(j.e.notes, n)
	switch {
	case isPaid(j.l.status):
		j.e.move(suspense, bank, j.l.amount)
	case isReturn(j.l.status) && returnFile:
		j.e.move(bank, suspense, j.l.amount)
	}
}

func (j *judgement) ours() {
	switch d, l := j.d, j.l; {
	case isPaid(l.status) && d.final != "":
		j.duplicate()
	case isPaid(l.status) && l.account != d.account && d.astray:
		j.duplicate()
	case isPaid(l.status) && l.account != d.account:
		// The money is gone and is not where it belongs.
		j.sides()
		d.astray = true
		j.e.move(suspense, bank, l.amount)
		j.end(2, "misdirected")
	case isPaid(l.status):
		j.paid()
	case isPending(l.status):
		j.pending()
	case isFailed(l.status) && (isConflict(l.code) || d.final != "" || d.astray):
		j.duplicate()
	case isFailed(l.status) && l.account != d.account:
		j.elsewhere() // it may be about another deposit
	case isFailed(l.status):
		j.note("rejected", "status", "")
		j.sides()
		j.finally("rejected")
		j.e.move(transit, payable, d.amount)
		j.e.flow.rejected.add(1, d.amount)
	case d.final == "settled" && d.astray && l.account != d.account && d.stray:
		j.duplicate()
	case d.final == "settled" && d.astray && l.account != d.account:
		// The stray sum came back; the wage has arrived, and is owed to nobody.
		j.note("returned", "status", "stray")
		j.sides()
		d.stray = true
		j.e.move(bank, suspense, l.amount)
		j.end(3, "returned")
	case d.back || d.final != "" && d.final != "settled":
		j.duplicate()
	case l.account != d.account && !d.astray:
		j.elsewhere()
		if j.returns {
			j.e.move(bank, suspense, l.amount)
		}
	default:
		j.note("returned", "status", "")
		j.sides()
		j.returned()
	}
}

// elsewhere: who was not paid, or returned the money, is not whom we ordered to
// be paid. The deposit stays as it is.
func (j *judgement) elsewhere() {
	j.note("account", "account", "elsewhere")
	if j.l.amount != j.d.amount {
		j.note("amount", "amount", "")
	}
}

// sides notes where the two sides differ.
func (j *judgement) sides() {
	if j.l.account != j.d.account {
		j.note("account", "account", "")
	}
	if j.l.amount != j.d.amount {
		j.note("amount", "amount", "")
	}
}

func (j *judgement) duplicate() {
	detail := "conflict"
	switch {
	case j.d.final != "":
		detail = j.d.final
	case j.d.astray:
		detail = "misdirected"
	}
	j.note("duplicate", "payment_reference", detail)
}

func (j *judgement) paid() {
	d, l := j.d, j.l
	j.sides()
	if l.name != d.name && l.name != asSent(d.name) {
		j.note("name", "name", "")
	}
	if len(l.posted) >= 8 && l.posted[:8] > d.batch.lastInTime {
		j.note("late", "posted", l.posted)
	}
	j.finally("settled")
	j.e.move(transit, bank, d.amount)
	j.e.move(suspense, bank, l.amount-d.amount)
	j.e.flow.settled.add(1, d.amount)
}

// pending: the bank has not decided. That is noted once, for as long as it
// lasts; and where there is an answer already it is older news.
func (j *judgement) pending() {
	d := j.d
	if d.final != "" || d.astray {
		return
	}
	if j.l.account != d.account {
		j.elsewhere()
		return
	}
	if d.pendingIn == j.f.id {
		return
	}
	j.e.answer(d, 100+j.f.id, "pending", j.f, j.l, j.l.amount)
	d.pending, d.pendingIn = true, j.f.id
	for _, n := range d.open {
		if n.kind == "pending" && !n.ended() {
			return
		}
	}
	j.clear()
	d.open = append(d.open, j.note("pending", "status", "").note)
}

// returned: the money came back after it had settled, or never arrived. Either
// way it is owed again. One line brings one sum back: where the deposit had
// settled, what had gone astray before stays astray.
func (j *judgement) returned() {
	d, l := j.d, j.l
	if d.final == "settled" {
		d.back = true
		j.end(1, "returned")
		j.e.move(bank, payable, d.amount)
		j.e.move(suspense, bank, d.amount-l.amount)
		return
	}
	j.finally("returned")
	j.e.move(transit, payable, d.amount)
	j.e.flow.rejected.add(1, d.amount)
	if d.astray {
		j.e.move(bank, suspense, l.amount)
	}
}

// finally enters the final answer.
func (j *judgement) finally(outcome string) {
	j.d.final = outcome
	j.end(0, outcome)
}

// end enters an answer that ends what waited for one.
func (j *judgement) end(slot int64, outcome string) {
	j.e.answer(j.d, slot, outcome, j.f, j.l, j.l.amount)
	j.clear()
}

// clear ends the mismatches of the deposit that waited for an answer.
func (j *judgement) clear() {
	for _, n := range j.d.open {
		if !n.ended() {
			n.state = "cleared"
			j.e.cleared = append(j.e.cleared, clearing{n, j.l.n})
		}
	}
	j.d.open = j.d.open[:0]
}

// acknowledges works out what an acknowledgement has to change.
func (a *Auditor) acknowledges(f *file, x acknowledged, e *expectation) {
	n := &expected{reference: x.batch, status: x.status, code: x.code, raw: x.raw, file: f.id, line: 1,
		ours: none(), theirs: side{nothing, nothing, fmt.Sprint(x.total)}, note: &note{state: "open"}}
	enter := func(kind, field, detail string) {
		n.kind, n.field, n.detail, n.note.kind = kind, field, detail, kind
		e.notes = append(e.notes, n)
	}
	b := a.byBatch[x.batch]
	if f.again {
		unknown := a.unexplained(f, 1)
		if unknown == nil || b == nil {
			return
		}
		e.explained(unknown)
	}
	if b == nil {
		detail := ""
		if a.restored > 0 && a.ourBatch(x.batch) {
			detail = "forgotten"
		}
		enter("unknown", "batch_reference", detail)
		return
	}
	a.proven(b, f, e)
	n.batch, n.ours.amount = b.id, fmt.Sprint(b.total)
	accepted := x.status == "00"
	uncounted := !accepted && x.count == 0 && x.total == 0 // a bank that refuses a file may not have counted it
	switch {
	case (tally{x.count, x.total}) != a.sent(b) && !uncounted:
		enter("control", "total", "")
	case !accepted && isConflict(x.code):
		enter("duplicate", "batch_reference", "conflict")
	case b.answered:
		enter("duplicate", "batch_reference", "acknowledged twice")
	case !accepted && b.taken():
		enter("control", "file_status", "")
	case accepted:
		b.answered = true
		e.event(b, "acknowledged", f)
	default:
		b.answered = true
		e.event(b, "refused", f)
		n.ours.amount = fmt.Sprint(a.refused(b, f, x, e))
		enter("rejected", "file_status", "")
	}
}

// taken says whether the bank has said of any deposit of the batch that it was
// paid, is being paid, or came back: it cannot have refused the whole.
func (b *batch) taken() bool {
	for _, d := range b.deposits {
		if d.final != "" && d.final != "rejected" || d.astray || d.pending {
			return true
		}
	}
	return false
}

// refused: none of the batch was paid, but for what has an answer already, and
// what went astray.
func (a *Auditor) refused(b *batch, f *file, x acknowledged, e *expectation) (total int64) {
	for _, d := range b.deposits {
		if d.final != "" || d.astray {
			continue
		}
		j := judgement{a: a, f: f, d: d, e: e, l: &answerLine{n: 1, status: x.status, code: x.code, amount: d.amount}}
		j.finally("rejected")
		e.move(transit, payable, d.amount)
		e.flow.rejected.add(1, d.amount)
		total += d.amount
	}
	return total
}

// missing are the deposits of a batch that should have been answered by a date
// and were not heard of at all.
func (a *Auditor) missing(b *batch, date string) (list []*deposit) {
	if !b.delivered || date <= dashed(b.lastInTime) {
		return nil
	}
	for _, d := range b.deposits {
		if d.final == "" && !d.astray && !d.pending && !d.noticed() {
			list = append(list, d)
		}
	}
	return list
}

// noticed says whether a deposit is, or was, on the list as one without an answer.
// What people took off it for settled, and was unreadable, is still not answered.
func (d *deposit) noticed() bool {
	for _, n := range d.noted {
		if n.kind == "missing" || n.state != "resolved" {
			return true
		}
	}
	return false
}

// dashed writes yyyyMMdd as yyyy-mm-dd.
func dashed(date string) string {
	if len(date) != 8 {
		return date
	}
	return date[:4] + "-" + date[4:6] + "-" + date[6:]
}

// day reads a date.
func (a *Auditor) day(date string) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, date, a.o.Location)
	return t, err == nil
}
