package banksim

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"

	"bekal/formats"
	"bekal/reconcile/ledger"
)

// refusal is why a transfer file is refused: what the bank answers, and a
// longer sentence for its books.
type refusal struct {
	answer
	why string
}

// process checks one kept transfer file and answers it.
func (u *unit) process(kept string) error {
	batch, chosen, no, err := u.check(kept)
	if err != nil {
		return err
	}
	u.day.Taken = append(u.day.Taken, kept)
	u.journal.text(markDone, kept)
	u.enter(func(s *state) { s.done[kept] = true })
	duplicate := no != nil && no.answer == notUnique
	if no == nil && u.o.Faults.fileFault(u.o.Seed, RefuseBatch, batch.Reference, true, len(u.books.batches)) {
		no = &refusal{noFunds, "refused on request"}
		u.fault(Fault{Kind: RefuseBatch, Batch: batch.Reference, File: u.o.Names.acknowledgement(u.o.Names.stem(kept)), Note: noFunds.message})
	}
	if no != nil {
		batch.Refused, batch.Code, batch.Why = true, u.words.ack.reasons.code(no.answer), no.why
		u.day.Refused = append(u.day.Refused, batch.Reference)
	} else {
		batch.Code = u.words.ack.reasons.code(success)
		batch.Number = len(u.books.accepted) + 1
		batch.BankID = fmt.Sprintf("SIM%s%06d", u.day.Date.Format("20060102"), batch.Number)
		u.day.Deposits += batch.Count
		u.day.Total += batch.Total
	}
	u.journal.json(markBatch, batch)
	u.enter(func(s *state) { s.enterBatch(batch) })
	u.o.Log.Info("bank: batch taken", "batch", batch.Reference, "refused", batch.Refused, "code", batch.Code, "count", batch.Count)
	if err := u.acknowledge(batch, no); err != nil {
		return err
	}
	switch {
	case no == nil:
		return u.settle(batch, chosen)
	case duplicate:
		u.violation(Violation{What: "batch sent twice", Batch: batch.Reference, File: kept})
		return u.each(kept, func(rec *formats.Record) error {
			u.again(refOf(rec.Text(u.words.order.reference)), 0)
			return nil
		})
	case no.answer == noFunds:
		return u.each(kept, u.turnDown)
	}
	return nil
}

// turnDown enters a deposit of a batch that is refused although it is in
// order.
func (u *unit) turnDown(rec *formats.Record) error {
	e := depositEvent{
		ref: refOf(rec.Text(u.words.order.reference)), outcome: WasRejected,
		ordered: rec.Int(u.words.order.amount),
	}
	if u.known(e.ref) {
		u.again(e.ref, 0)
		return nil
	}
	u.deposit(markDeposit, e)
	u.day.Rejected++
	return nil
}

// check reads a kept file from end to end: whether it may be accepted, and
// which of its deposits get the exact faults. An error is one of the bank's
// own disk, never of the file.
func (u *unit) check(kept string) (Batch, map[reference]Kind, *refusal, error) {
	w := &u.words.order
	batch := Batch{Reference: cmp.Or(clip(formats.Fold(u.o.Names.stem(kept))), "UNKNOWN"), File: kept, Received: u.now}
	number := len(u.books.accepted)
	best := picks{seed: u.o.Seed, kinds: u.o.Faults.exact(number)}
	long := 0
	stated := false
	var counted Tally // by the lines; a header may say it before, and be wrong
	dec, err := u.read(kept, func(rec *formats.Record) error {
		switch {
		case rec.Type() == "H" && rec.Err() == nil:
			stated = !w.count.IsZero() && !w.total.IsZero()
			if stated {
				batch.Count, batch.Total = rec.Int(w.count), ledger.Money(rec.Int(w.total))
			}
			batch.Reference = string(rec.Text(w.batch))
			batch.Corporate = string(rec.Text(w.corporate))
			batch.Debit = string(rec.Text(w.debit))
			batch.ValueDate, _ = rec.Time(w.valueDate, u.o.Location)
		case rec.Type() == "D":
			ref := rec.Text(w.reference)
			if len(ref) > len(reference{}) && long == 0 {
				long = rec.Line()
			}
			best.offer(ref)
			counted.add(1, rec.Int(w.amount))
		}
		return nil
	})
	if err != nil {
		return batch, nil, nil, err
	}
	if !stated && batch.Corporate != "" {
		batch.Count, batch.Total = counted.Count, counted.Amount
	}
	no := u.refusalOf(batch, dec, long)
	return batch, best.chosen(), no, nil
}

func (u *unit) refusalOf(batch Batch, dec *formats.Decoder, long int) *refusal {
	if found := dec.Errors(); len(found) > 0 {
		first, no := found[0], badFormat
		switch {
		case errors.Is(first, formats.ErrControl):
			no.message = "TOTALS DO NOT AGREE"
		case first.Line > 0:
			no.message = fmt.Sprintf("INVALID DATA, LINE %d", first.Line)
		}
		return &refusal{no, fmt.Sprintf("%d errors, first: %v", dec.ErrorCount(), first)}
	}
	switch _, twice := u.books.accepted[batch.Reference]; {
	case long > 0:
		return &refusal{badFormat, fmt.Sprintf("line %d: payment reference longer than %d", long, len(reference{}))}
	case batch.Reference != u.o.Names.stem(batch.File):
		return &refusal{answer{badFormat.class, badFormat.usual, "FILE NAME IS NOT THE BATCH REFERENCE"}, "the header names batch " + batch.Reference}
	case u.o.CorporateCode != "" && batch.Corporate != u.o.CorporateCode:
		return &refusal{badCorporate, "corporate code " + batch.Corporate}
	case twice:
		return &refusal{notUnique, "this batch reference was accepted before"}
	}
	return nil
}

// read decodes a kept file and hands every record to use. The decoder comes
// back for what it found; the error is one of the disk, of ctx, or of use.
func (u *unit) read(kept string, use func(*formats.Record) error) (_ *formats.Decoder, err error) {
	f, err := u.root.Open(path.Join(takenFolder, kept))
	if err != nil {
		return nil, err
	}
	defer closeInto(&err, f)
	dec := u.o.Transfer.NewDecoder(f, formats.DecodeOptions{File: kept, MaxErrors: 10})
	for n := 0; dec.Next(); n++ {
		if n%4096 == 0 && u.ctx.Err() != nil {
			return nil, u.ctx.Err()
		}
		if err := use(dec.Record()); err != nil {
			return nil, err
		}
	}
	if err := dec.Err(); err != nil && dec.ErrorCount() == 0 {
		return nil, err
	}
	return dec, nil
}

// each hands every deposit of a checked file to use.
func (u *unit) each(kept string, use func(*formats.Record) error) error {
	_, err := u.read(kept, func(rec *formats.Record) error {
		if rec.Type() != "D" {
			return nil
		}
		return use(rec)
	})
	return err
}

// acknowledge writes the acknowledgement of a batch.
func (u *unit) acknowledge(batch Batch, no *refusal) (err error) {
	stem := u.o.Names.stem(batch.File)
	name := u.o.Names.acknowledgement(stem)
	if u.books.published[name] {
		name = u.freeName(numbered(u.o.Names.Acknowledgement, stem), 2)
	}
	f, err := u.create(name)
	if err != nil {
		return err
	}
	defer closeInto(&err, f)
	u.promise(name)
	status, said := statusAccepted, success
	if no != nil {
		status, said = statusRefused, no.answer
	}
	w := &u.words.ack
	enc := u.o.Acknowledgement.NewEncoder(f, formats.EncodeOptions{})
	rec := enc.Begin("A")
	say(rec, w.version, "01")
	// A file whose header could not be read tells no corporate code.
	say(rec, w.corporate, cmp.Or(batch.Corporate, u.o.CorporateCode, "UNKNOWN"))
	say(rec, w.batch, batch.Reference)
	say(rec, w.bankID, batch.BankID)
	tell(rec, w.received, u.now)
	say(rec, w.status, w.statuses.code(status))
	say(rec, w.code, w.reasons.code(said))
	say(rec, w.message, said.message)
	rec.SetInt(w.count, batch.Count)
	rec.SetInt(w.total, int64(batch.Total))
	if err := rec.End(); err != nil {
		return err
	}
	return enc.Close()
}

// create makes a file for an answer in the ready folder.
func (u *unit) create(name string) (*os.File, error) {
	return u.root.OpenFile(path.Join(readyFolder, name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, filePerm)
}

// clip keeps a batch reference to the length that the layouts have room for.
func clip(s string) string {
	return strings.TrimSpace(s[:min(len(s), len(reference{}))])
}
