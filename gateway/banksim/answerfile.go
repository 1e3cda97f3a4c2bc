package banksim

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"time"

	"bekal/formats"
)

// answerFile is a settlement or return file while it is written.
type answerFile struct {
	u       *unit
	name    string
	heading heading
	file    *os.File
	enc     *formats.Encoder
	lines   int   // written so far
	damaged []int // lines whose amount gets a letter
}

// newAnswer begins a settlement or return file.
func (u *unit) newAnswer(name string, h heading) (*answerFile, error) {
	f, err := u.create(name)
	if err != nil {
		return nil, err
	}
	u.promise(name)
	a := &answerFile{u: u, name: name, heading: h, file: f, enc: u.o.Settlement.NewEncoder(f, formats.EncodeOptions{})}
	if err := u.writeHeading(a.enc, h); err != nil {
		return nil, a.abandon(err)
	}
	a.lines++
	return a, nil
}

func (u *unit) writeHeading(enc *formats.Encoder, h heading) error {
	w := &u.words.head
	rec := enc.Begin("H")
	say(rec, w.corporate, h.corporate)
	say(rec, w.batch, h.batch)
	say(rec, w.bankID, h.bankID)
	tell(rec, w.processed, h.processed)
	tell(rec, w.valueDate, h.valueDate)
	say(rec, w.debit, h.debit)
	say(rec, w.status, w.statuses.code(statusAccepted))
	say(rec, w.code, w.reasons.code(h.answer))
	say(rec, w.message, h.answer.message)
	return rec.End()
}

// next is the number of the line that add writes next.
func (a *answerFile) next() int { return a.lines + 1 }

func (a *answerFile) add(l *entryLine) error {
	w := &a.u.words.line
	rec := a.enc.Begin("D")
	rec.SetBytes(w.account, l.account)
	rec.SetBytes(w.name, l.name)
	rec.SetInt(w.amount, l.amount)
	rec.SetBytes(w.reference, l.reference)
	if !w.bankReference.IsZero() {
		rec.SetBytes(w.bankReference, l.bankReference)
	}
	rec.SetText(w.status, w.statuses.code(l.status))
	rec.SetText(w.code, w.reasons.code(l.answer))
	say(rec, w.message, l.answer.message)
	if !l.posted.IsZero() {
		rec.SetTime(w.posted, l.posted)
	}
	a.lines++
	return rec.End()
}

// damage marks a line for a letter in its amount.
func (a *answerFile) damage(line int) { a.damaged = append(a.damaged, line) }

// abandon closes the file after an error.
func (a *answerFile) abandon(err error) error { return errors.Join(err, a.file.Close()) }

// finish writes the trailer and lets the file's own faults happen: pattern
// names copies of it; number is how many batches were accepted before, and
// first is set for the first file of a batch.
func (a *answerFile) finish(pattern string, first bool, number int) error {
	u := a.u
	if err := u.trailer(a.enc); err != nil {
		return a.abandon(err)
	}
	a.lines++
	for _, line := range a.damaged {
		if err := a.spoil(line, "D", "amount", func(b []byte) { b[len(b)-3] = 'X' }); err != nil {
			return a.abandon(err)
		}
	}
	draws := func(k Kind) bool { return u.o.Faults.fileFault(u.o.Seed, k, a.name, first, number) }
	if draws(Control) {
		if err := a.wrongTrailer(); err != nil {
			return a.abandon(err)
		}
	}
	if err := a.file.Close(); err != nil {
		return err
	}
	if draws(DuplicateFile) {
		copied := u.freeName(pattern, 1)
		if err := u.root.Link(path.Join(readyFolder, a.name), path.Join(readyFolder, copied)); err != nil {
			return err
		}
		u.promise(copied)
		u.fault(Fault{Kind: DuplicateFile, Batch: a.heading.batch, File: copied, Note: "the bytes of " + a.name})
	}
	if draws(SameName) {
		return a.prepareOther()
	}
	return nil
}

func (u *unit) trailer(enc *formats.Encoder) error {
	if err := enc.Begin("T").End(); err != nil {
		return err
	}
	return enc.Close()
}

// wrongTrailer makes one total of the trailer disagree.
func (a *answerFile) wrongTrailer() error {
	d := draw(a.u.o.Seed, drawControl, []byte(a.name))
	totals := a.u.words.totals
	field := totals[d.n(uint64(len(totals)))]
	err := a.spoil(a.lines, "T", field, func(b []byte) { b[len(b)-1] = '0' + (b[len(b)-1]-'0'+1)%10 })
	if err != nil {
		return err
	}
	a.u.fault(Fault{Kind: Control, Batch: a.heading.batch, File: a.name, Line: a.lines, Note: "wrong " + field})
	return nil
}

// spoil changes a field of a written line in place.
func (a *answerFile) spoil(line int, record, field string, change func([]byte)) error {
	f := a.u.o.Settlement.Field(record, field)
	value := make([]byte, f.To()-f.From()+1)
	at := a.u.lineOffset(line) + int64(f.From()-1)
	if _, err := a.file.ReadAt(value, at); err != nil {
		return err
	}
	change(value)
	_, err := a.file.WriteAt(value, at)
	return err
}

// lineOffset is where a line of a settlement file begins: line 1 is the header,
// and all between it and the trailer are details.
func (u *unit) lineOffset(line int) int64 {
	at := int64(0)
	if line > 1 {
		at += u.lineSize("H") + int64(line-2)*u.lineSize("D")
	}
	return at
}

// lineSize is the length of a record of a settlement file with its line end.
func (u *unit) lineSize(record string) int64 {
	p := u.o.Settlement
	r, _ := p.Record(record)
	ends := map[formats.LineEnd]int{formats.CRLF: 2, formats.LF: 1, formats.CR: 1}
	return int64(r.Length() + ends[p.LineEnd()])
}

// prepareOther writes the file that a later pass puts under the same name: the
// same lines below another header.
func (a *answerFile) prepareOther() (err error) {
	u := a.u
	var header bytes.Buffer
	other := a.heading
	other.processed = other.processed.Add(time.Hour)
	other.answer.message = "CORRECTED FILE"
	enc := u.o.Settlement.NewEncoder(&header, formats.EncodeOptions{})
	if err := u.writeHeading(enc, other); err != nil {
		return err
	}
	if err := u.trailer(enc); err != nil {
		return err
	}
	size := u.lineSize("H")
	in, err := u.root.Open(path.Join(readyFolder, a.name))
	if err != nil {
		return err
	}
	defer closeInto(&err, in)
	out, err := u.root.Create(path.Join(laterFolder, a.name))
	if err != nil {
		return err
	}
	defer closeInto(&err, out)
	if _, err := in.Seek(size, io.SeekStart); err != nil {
		return err
	}
	if _, err := out.Write(header.Bytes()[:size]); err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	u.journal.text(markLater, a.name)
	u.enter(func(s *state) { s.later = append(s.later, a.name) })
	return nil
}
