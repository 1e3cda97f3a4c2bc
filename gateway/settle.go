package gateway

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"bekal/formats"
	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// enoughFaults is how many faults of a file are gathered before it is given up:
// they are for people to read.
const enoughFaults = 100

// chunkAnswers is how many answers are looked up in the books at once.
const chunkAnswers = 4096

// settle posts a settlement or return file. It reads it twice: first to see
// that it agrees with its own totals, then to post it, in one transaction.
// posted is false when the file was quarantined instead.
func (r *run) settle(ctx context.Context, bank *Bank, f ledger.File) (posted bool, err error) {
	src, err := r.Ledger.Archive().Open(f.SHA256)
	if err != nil {
		return false, err
	}
	defer src.Close() //nolint:errcheck // read only
	s := newSettlement(r, bank, f)
	faults, err := s.check(ctx, src)
	if err != nil {
		return false, err
	}
	if len(faults) > 0 {
		return false, r.quarantine(ctx, bank, f, faults)
	}
	if _, err := src.Seek(0, 0); err != nil {
		return false, fmt.Errorf("archive: %w", err)
	}
	if s.restored, err = r.Ledger.Restored(ctx); err != nil {
		return false, err
	}
	err = r.Ledger.PostFile(ctx, r.actor, f, bank.Bank.ID, r.date, func(p *ledger.Posting) error { return s.post(ctx, p, src) })
	if err != nil {
		return false, err
	}
	for _, c := range []Count{{"deposits answered", s.answered}, {"mismatches found", s.found}} {
		if c.N > 0 {
			r.count(c.What, c.N)
		}
	}
	return true, nil
}

// settlement is one settlement file on its way into the books.
type settlement struct {
	r    *run
	bank *Bank
	file ledger.File
	plan *formats.Plan

	account, name, reference, status, code, posted formats.Field
	amount                                         moneyField
	detail                                         int // index of the record D

	header struct{ corporateCode, batch string }
	// misnumbered is the first detail whose running number does not follow, and
	// jumps how many there are.
	misnumbered *formats.Error
	jumps       int
	order       reconcile.Order
	// lateAfter remembers the last day in time of each batch of a return file.
	lateAfter map[int64]string
	classes   map[string]reconcile.Class

	restored bool // whether the books may have forgotten what they ordered

	chunk     []reconcile.Answer
	text      []byte // what the chunk's answers point into
	ids       []int64
	standings []ledger.Standing
	seen      map[int64]int

	answered, found int64
}

func newSettlement(r *run, bank *Bank, f ledger.File) *settlement {
	p := bank.Settlement
	d := func(name string) formats.Field { return p.Field("D", name) }
	s := &settlement{r: r, bank: bank, file: f, plan: p, account: d("account"), name: d("name"), amount: moneyOf(d("amount")), reference: d("payment_reference"),
		status: d("status"), code: d("code"), posted: d("posted"), lateAfter: make(map[int64]string), classes: make(map[string]reconcile.Class), seen: make(map[int64]int)}
	for i, rec := range p.Records() {
		if rec.Name() == "D" {
			s.detail = i
		}
	}
	return s
}

// check reads the whole file. It returns the faults for which nothing of the
// file may be believed: a broken structure, totals that disagree, a header that
// cannot be read. A detail that cannot be read is no such fault, nor are running
// numbers that jump while count, sum and hash agree.
func (s *settlement) check(ctx context.Context, src *os.File) (faults []*formats.Error, err error) {
	dec := s.plan.NewDecoder(src, formats.DecodeOptions{File: s.file.Name})
	lines, ofRecords := 0, 0
	for dec.Next() && len(faults) < enoughFaults {
		rec := dec.Record()
		if lines++; lines%65536 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if rec.Type() == "H" {
			s.header.corporateCode = string(rec.Text(s.plan.Field("H", "corporate_code")))
			s.header.batch = string(rec.Text(s.plan.Field("H", "batch_reference")))
		}
		ofRecords += len(rec.Errors())
		for _, e := range rec.Errors() {
			switch {
			case errors.Is(e, formats.ErrSequence):
				if s.jumps++; s.misnumbered == nil {
					s.misnumbered = e
				}
			case !ofOneLine(rec, s.detail, e):
				faults = append(faults, e)
			}
		}
	}
	// Errors of the file as a whole come at its end, beside those of records.
	// The decoder keeps so many errors only; that there were others counts even
	// where it no longer has them.
	if whole := dec.ErrorCount() - ofRecords; whole > 0 && len(faults) == 0 {
		list := dec.Errors()
		faults = append(faults, list[max(0, len(list)-whole):]...)
	}
	if err := dec.Err(); err != nil && dec.ErrorCount() == 0 {
		return nil, err
	}
	s.r.tolerated(s.file.Name, dec)
	if len(faults) == 0 && s.header.corporateCode != s.bank.CorporateCode {
		faults = append(faults, foreign(s.file, s.header.corporateCode, s.bank.CorporateCode))
	}
	return faults, nil
}

// ofOneLine says whether an error concerns nothing but the detail it is in: the
// other lines can be believed without it.
func ofOneLine(rec *formats.Record, detail int, e *formats.Error) bool {
	if errors.Is(e, formats.ErrControl) || errors.Is(e, formats.ErrStructure) || errors.Is(e, formats.ErrTruncated) {
		return false
	}
	return rec.Index() == detail || rec.Index() < 0
}

// post judges every answer and records what follows.
func (s *settlement) post(ctx context.Context, p *ledger.Posting, src *os.File) error {
	if err := s.orderOf(p); err != nil {
		return err
	}
	dec := s.plan.NewDecoder(src, formats.DecodeOptions{File: s.file.Name})
	for dec.Next() {
		rec := dec.Record()
		// What a file that is posted again said the first time stands; what it
		// answers of what was recalled since is all that is new.
		if p.Again() && !p.Unexplained(int64(rec.Line())) {
			continue
		}
		if !readable(rec) {
			// What the lines before it answered is answered by now.
			if err := s.judge(p); err != nil {
				return err
			}
			if err := s.unreadable(p, rec); err != nil {
				return err
			}
			continue
		}
		if rec.Index() != s.detail {
			continue
		}
		s.take(rec)
		if len(s.chunk) == chunkAnswers {
			if err := s.judge(p); err != nil {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	if err := dec.Err(); err != nil && dec.ErrorCount() == 0 {
		return err
	}
	if err := s.judge(p); err != nil {
		return err
	}
	return s.numbering(p)
}

// readable says whether a record can be taken: a running number that jumps
// takes nothing away from it.
func readable(rec *formats.Record) bool {
	for _, e := range rec.Errors() {
		if !errors.Is(e, formats.ErrSequence) {
			return false
		}
	}
	return true
}

// numbering enters, once for the file, that its running numbers jump. Its lines
// are posted all the same: they are known by their references, and the file
// agrees with its totals.
func (s *settlement) numbering(p *ledger.Posting) error {
	e := s.misnumbered
	if e == nil || p.Again() {
		return nil
	}
	words := e.Message()
	m := ledger.MismatchRow{Kind: string(reconcile.Control), Line: int64(e.Line), Field: e.Field, From: int64(e.From), To: int64(e.To), Reference: s.file.Name, Detail: words.EN, DetailID: words.ID}
	if s.jumps > 1 {
		m.Detail += fmt.Sprintf(" (and %d more)", s.jumps-1)
		m.DetailID += fmt.Sprintf(" (dan %d lagi)", s.jumps-1)
	}
	s.found++
	return p.Mismatch(s.r.fileMismatch(m))
}

// orderOf finds the batch that the file answers. That the bank answers it
// proves that it was delivered.
func (s *settlement) orderOf(p *ledger.Posting) error {
	// The bank answers with the name as it got it, and may have less room for it.
	sent := s.bank.Transfer.Field("D", "name")
	s.order = reconcile.Order{NameAsSent: func(n string) string { return asSent(s.name, asSent(sent, n)) }}
	if s.header.batch == "" {
		return nil
	}
	b, err := p.Batch(s.header.batch)
	if errors.Is(err, ledger.ErrNotFound) {
		s.order.Batch = -1 // no deposit is in it
		return nil
	}
	if err != nil {
		return err
	}
	s.order.Batch = b.ID
	s.order.LateAfter, err = s.late(b)
	if err != nil {
		return err
	}
	return p.ProveDelivered(b)
}

func (s *settlement) late(b ledger.Batch) (string, error) {
	last, err := s.bank.lastInTime(b.ValueDate)
	if err != nil {
		return "", fmt.Errorf("batch %s: %w", b.Reference, err)
	}
	return last.Format("20060102"), nil
}

// take adds a detail to the chunk. Its bytes are copied: the decoder goes on.
func (s *settlement) take(rec *formats.Record) {
	a := reconcile.Answer{Line: int64(rec.Line()), Amount: s.amount.read(rec), Class: s.class(rec)}
	a.Raw = s.keep(rec.Raw())
	a.Reference, a.Name = s.keep(rec.Text(s.reference)), s.keep(rec.Text(s.name))
	a.Status, a.Code = s.keep(rec.Text(s.status)), s.keep(rec.Text(s.code))
	start := len(s.text)
	s.text = appendAccount(s.text, rec.Text(s.account))
	a.Account = s.text[start:]
	// However the bank writes a date: its number is in the order of the days.
	if v := rec.Int(s.posted); v != 0 {
		start := len(s.text)
		s.text = strconv.AppendInt(s.text, v, 10)
		a.Posted = s.text[start:]
	}
	if a.Class == reconcile.ClassFailed {
		code, _ := rec.Code(s.code)
		a.Conflict = code.Class == classConflict
	}
	s.chunk = append(s.chunk, a)
}

// keep copies what the decoder will overwrite.
func (s *settlement) keep(b []byte) []byte {
	start := len(s.text)
	s.text = append(s.text, b...)
	return s.text[start:]
}

func (s *settlement) class(rec *formats.Record) reconcile.Class {
	status := rec.Text(s.status)
	if c, ok := s.classes[string(status)]; ok {
		return c
	}
	c, _ := rec.Code(s.status)
	s.classes[string(status)] = reconcile.Class(c.Class)
	return reconcile.Class(c.Class)
}

// judge looks the chunk's deposits up, judges its answers in the order of the
// file, and empties it.
func (s *settlement) judge(p *ledger.Posting) error {
	s.ids = s.ids[:0]
	for i := range s.chunk {
		id, err := p.DepositID(s.chunk[i].Reference)
		if err != nil {
			return err
		}
		s.ids = append(s.ids, id)
	}
	var err error
	if s.standings, err = p.Standings(s.standings, s.ids); err != nil {
		return err
	}
	clear(s.seen)
	for i := range s.chunk {
		st := &s.standings[i]
		if st.ID != 0 {
			meant, err := p.Means(st, s.chunk[i].Reference)
			if err != nil {
				return err
			}
			before, twice := s.seen[st.ID]
			switch {
			case !meant:
				// Another reference with its number, such as one that another
				// life of the books gave out: it says nothing of this deposit.
				*st = ledger.Standing{}
			case twice:
				// A deposit that the chunk answers twice stands, the second
				// time, where the first answer has put it.
				*st = s.standings[before]
			}
			if meant {
				s.seen[st.ID] = i
			}
		}
		if err := s.enter(p, &s.chunk[i], st); err != nil {
			return err
		}
	}
	s.chunk, s.text = s.chunk[:0], s.text[:0]
	return nil
}

// enter records one answer as it was judged.
func (s *settlement) enter(p *ledger.Posting, a *reconcile.Answer, st *ledger.Standing) error {
	order := &s.order
	if order.Batch == 0 && st.Batch != 0 {
		after, err := s.returnOrder(p, st.Batch)
		if err != nil {
			return err
		}
		own := s.order
		own.LateAfter = after
		order = &own
	}
	v := reconcile.Judge(a, st, order)
	if p.Again() {
		// How it was judged while nobody knew what it answers.
		before := reconcile.Judge(a, &ledger.Standing{}, order)
		if kinds := v.Kinds(); len(kinds) == 1 && kinds[0] == reconcile.Unknown {
			return nil
		}
		if err := p.Explain(a.Line, before.Unordered); err != nil {
			return err
		}
	}
	s.answered++
	for _, k := range v.Kinds() {
		m := s.r.fileMismatch(reconcile.Row(k, a, st))
		if k == reconcile.Unknown && st.Batch == 0 && s.restored && s.r.ourPayment(m.Reference) {
			m.Detail = reconcile.DetailForgotten
		}
		if m.Field != "" {
			if field := s.plan.Field("D", m.Field); !field.IsZero() {
				m.From, m.To = int64(field.From()), int64(field.To())
			}
		}
		s.found++
		if err := p.Mismatch(m); err != nil {
			return err
		}
	}
	if v.Unordered != 0 {
		p.Unordered(v.Unordered)
	}
	if v.Outcome == "" {
		return nil
	}
	return p.Answer(st, ledger.Answered{Outcome: v.Outcome, Line: a.Line, Status: string(a.Status), Code: string(a.Code), Amount: a.Amount})
}

// returnOrder proves a batch of which a return file has a line, and finds its
// last day in time.
func (s *settlement) returnOrder(p *ledger.Posting, batch int64) (string, error) {
	if after, ok := s.lateAfter[batch]; ok {
		return after, nil
	}
	b, err := p.BatchByID(batch)
	if err != nil {
		return "", err
	}
	if err := p.ProveDelivered(b); err != nil {
		return "", err
	}
	after, err := s.late(b)
	s.lateAfter[batch] = after
	return after, err
}

// unreadable enters a line that cannot be read. What it may have answered stays
// open.
func (s *settlement) unreadable(p *ledger.Posting, rec *formats.Record) error {
	errs := rec.Errors()
	e := errs[0]
	words := e.Message()
	m := ledger.MismatchRow{Kind: string(reconcile.Unreadable), Line: int64(rec.Line()), Field: e.Field, From: int64(e.From), To: int64(e.To), Detail: words.EN, DetailID: words.ID, Raw: string(rec.Raw()),
		Reference: string(rec.Text(s.reference))}
	if len(errs) > 1 {
		m.Detail += fmt.Sprintf(" (and %d more)", len(errs)-1)
		m.DetailID += fmt.Sprintf(" (dan %d lagi)", len(errs)-1)
	}
	if m.Reference == "" || rec.FieldErr(s.reference) != nil {
		m.Reference = s.file.Name
	} else if err := s.ofDeposit(p, &m); err != nil {
		return err
	}
	s.found++
	return p.Mismatch(s.r.fileMismatch(m))
}

// ofDeposit links the mismatch to the deposit whose reference could still be
// read, with what we ordered.
func (s *settlement) ofDeposit(p *ledger.Posting, m *ledger.MismatchRow) error {
	id, err := p.DepositID([]byte(m.Reference))
	if err != nil || id == 0 {
		return err
	}
	st, err := p.Standings(nil, []int64{id})
	if err != nil {
		return err
	}
	meant, err := p.Means(&st[0], []byte(m.Reference))
	if err != nil {
		return err
	}
	if d := st[0]; d.ID != 0 && meant && (s.order.Batch == 0 || d.Batch == s.order.Batch) && d.Final == "" {
		m.DepositID, m.BatchID = d.ID, d.Batch
		m.ExpectedAccount, m.ExpectedName, m.ExpectedAmount = &d.Account, &d.Name, &d.Amount
	}
	return nil
}
