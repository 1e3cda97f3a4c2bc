package ledger

import (
	"errors"
	"fmt"
	"strconv"
)

// The slots of a deposit's answers: each holds one answer, for ever.
const (
	slotFinal       = 0
	slotReturn      = 1
	slotMisdirected = 2
	slotStray       = 3
	slotPending     = 100 // plus the file's id
)

// answeredIn is an SQL condition: deposit d has an answer in a slot that only
// one may fill. Rows of a slot do not overlap, so the one that begins last at
// or before the deposit is the only one that can hold it.
func answeredIn(slot int) string {
	n := strconv.Itoa(slot)
	return `coalesce((SELECT z.last_deposit FROM answers z WHERE z.slot = ` + n + ` AND z.first_deposit <= d.id ORDER BY z.first_deposit DESC LIMIT 1), 0) >= d.id`
}

// isPending is an SQL condition: some file has said that deposit d is pending.
const isPending = `EXISTS (SELECT 1 FROM answers z WHERE z.slot >= 100 AND z.first_deposit = d.id)`

// answerRun is a row of answers that is still growing: neighbouring deposits
// that the file answers alike.
type answerRun struct {
	first, last int64 // deposits; first 0: there is none
	slot        int64
	outcome     Outcome
	batch       int64
	line, step  int64 // first line; step -1 while there is one deposit only
	status      string
	code        string
	amount      any // what was moved, where it is not what we ordered
}

// longest bounds a run, so that the deposits of one row stay few enough to look
// at.
const longest = 4096

// takes says whether a run can take the next answer, and takes it.
func (r *answerRun) takes(x *answerRun) bool {
	if r.first == 0 || x.first != r.last+1 || x.slot != r.slot || r.slot != slotFinal || x.outcome != r.outcome || x.batch != r.batch ||
		x.status != r.status || x.code != r.code || r.amount != nil || x.amount != nil || r.last-r.first+1 >= longest {
		return false
	}
	step := r.step
	if step < 0 {
		step = x.line - r.line
	}
	if step != 0 && step != 1 || x.line != r.line+step*(x.first-r.first) {
		return false
	}
	r.step, r.last = step, x.last
	return true
}

// record adds an answer to the run that is growing, or begins another.
func (p *Posting) record(x answerRun) error {
	if p.run.takes(&x) {
		return nil
	}
	if err := p.endRun(); err != nil {
		return err
	}
	p.run = x
	return nil
}

// endRun writes the run that is growing.
func (p *Posting) endRun() error {
	r := p.run
	if r.first == 0 {
		return nil
	}
	p.run = answerRun{}
	_, err := p.answers.append(r.first, r.last, r.slot, string(r.outcome), r.batch, p.file.ID, r.line, max(r.step, 0), r.status, r.code, r.amount)
	return err
}

// ErrAnswered says that a deposit has an answer of this kind already.
var ErrAnswered = errors.New("is answered already")

// slotOf finds the slot of an answer, which must be free.
func (p *Posting) slotOf(s *Standing, o Outcome) (int64, error) {
	slot, taken := int64(slotFinal), s.Final != ""
	switch {
	case o == Pending:
		slot = slotPending + p.file.ID
		taken = false // Answer takes it once
	case o == StrayReturned:
		slot, taken = slotStray, s.StrayReturned
	case o == Misdirected:
		slot, taken = slotMisdirected, s.Misdirected != nil
	case o == Returned && s.Final == Settled:
		slot, taken = slotReturn, s.WasReturned
	}
	if taken {
		return 0, fmt.Errorf("ledger: deposit %s %w", s.Reference, ErrAnswered)
	}
	return slot, nil
}
