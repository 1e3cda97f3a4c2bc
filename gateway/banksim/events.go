package banksim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Marks of the journal's lines. A line is a mark, a space, what the mark
// carries, and a newline.
const (
	markBatch     = 'B' // JSON Batch
	markDeposit   = 'd' // a deposit arrives: see depositEvent
	markUpdate    = 'u' // a deposit changes: see depositEvent
	markStranger  = 'x' // the bank credits what nobody sent: see depositEvent
	markAgain     = 'a' // a deposit arrives once more: see depositEvent
	markFault     = 'f' // JSON Fault
	markViolation = 'v' // JSON Violation
	markOpen      = 'o' // JSON openItem
	markClosed    = 'c' // references of open items that are dealt with
	markDone      = 'k' // name of a kept transfer file that was dealt with
	markPublished = 'p' // name in the inbox
	markLater     = 'l' // name to be written again with other bytes
	markReplaced  = 'r' // that has been done
	markTotals    = 't' // JSON Totals, in light mode
	markCommit    = 'e' // everything since the last commit counts
)

// depositEvent is a change of one deposit. Its line holds the reference, the
// outcome's number, what was ordered, what was moved, and how many lines
// answered it, in one entry.
type depositEvent struct {
	ref            reference
	outcome        Outcome
	ordered, moved int64
	answered       uint8
	was            Outcome // updates only
}

// outcomeNumber is the place of o in outcomes; an event without one gets 0.
func outcomeNumber(o Outcome) uint8 { return uint8(max(slices.Index(outcomes[:], o), 0)) }

func (e depositEvent) appendTo(line []byte) []byte {
	line = append(line, bytes.TrimRight(e.ref[:], "\x00")...)
	for _, n := range [...]int64{int64(outcomeNumber(e.outcome)), e.ordered, e.moved, int64(e.answered), int64(outcomeNumber(e.was))} {
		line = append(line, ' ')
		line = strconv.AppendInt(line, n, 10)
	}
	return line
}

func parseDepositEvent(b []byte) (depositEvent, error) {
	word, rest, _ := bytes.Cut(b, []byte{' '})
	e := depositEvent{ref: refOf(word)}
	var n [5]int64
	for i := range n {
		word, rest, _ = bytes.Cut(rest, []byte{' '})
		var err error
		if n[i], err = strconv.ParseInt(string(word), 10, 64); err != nil {
			return e, err
		}
	}
	if n[0] < 0 || n[0] >= int64(len(outcomes)) || n[4] < 0 || n[4] >= int64(len(outcomes)) {
		return e, fmt.Errorf("no outcome %d", n[0])
	}
	e.outcome, e.ordered, e.moved, e.answered, e.was = outcomes[n[0]], n[1], n[2], uint8(n[3]), outcomes[n[4]]
	return e, nil
}

// arrive enters a deposit that was never seen before.
func (s *state) arrive(e depositEvent, light bool) {
	if !light {
		s.add(entry{
			ref: e.ref, received: 1, answered: e.answered, outcome: outcomeNumber(e.outcome),
			credited: boolToOne(e.outcome == WasPaid), ordered: e.ordered, moved: e.moved,
		})
	}
	s.totals.Received.add(1, e.ordered)
	s.count(e.outcome, 1, e)
}

// update enters what became of a deposit that was seen before.
func (s *state) update(e depositEvent) {
	if x := s.find(e.ref); x != nil {
		x.answered = plus(x.answered, e.answered)
		x.outcome = outcomeNumber(e.outcome)
		if e.outcome == WasPaid {
			x.credited, x.moved = plus(x.credited, 1), e.moved
		}
	}
	if e.was == IsPending {
		s.count(IsPending, -1, e)
	}
	s.count(e.outcome, 1, e)
}

// stranger enters a credit that nobody ordered.
func (s *state) stranger(e depositEvent, light bool) {
	if !light {
		s.add(entry{ref: e.ref, credited: 1, answered: e.answered, outcome: outcomeNumber(NeverSent), moved: e.moved})
	}
	s.totals.Unknown.add(1, e.moved)
}

func (s *state) again(e depositEvent) {
	if x := s.find(e.ref); x != nil {
		x.received, x.answered = plus(x.received, 1), plus(x.answered, e.answered)
	}
	s.totals.Again++
}

func (s *state) count(o Outcome, n int64, e depositEvent) {
	t := &s.totals
	switch o {
	case WasPaid:
		t.Credited.add(n, n*e.moved)
	case WasRejected:
		t.Rejected.add(n, n*e.ordered)
	case IsPending:
		t.Pending.add(n, n*e.ordered)
	case WasLeftOut:
		t.LeftOut.add(n, n*e.ordered)
	case WasReturned:
		t.Returned.add(n, n*e.moved)
	}
}

func (s *state) enterBatch(b Batch) {
	if b.Refused {
		s.totals.Refused++
	} else {
		s.totals.Batches++
	}
	if _, known := s.accepted[b.Reference]; !known && !b.Refused {
		s.accepted[b.Reference] = len(s.batches)
	}
	s.batches = append(s.batches, b)
}

func (s *state) close(refs []string) {
	gone := make(map[string]bool, len(refs))
	for _, r := range refs {
		gone[r] = true
	}
	s.open = slices.DeleteFunc(s.open, func(i openItem) bool { return gone[i.Reference] })
}

// replay enters one line of the journal.
func (s *state) replay(mark byte, b []byte, light bool) error {
	switch mark {
	case markDeposit, markUpdate, markStranger, markAgain:
		e, err := parseDepositEvent(b)
		if err != nil {
			return err
		}
		switch mark {
		case markDeposit:
			s.arrive(e, light)
		case markUpdate:
			s.update(e)
		case markAgain:
			s.again(e)
		default:
			s.stranger(e, light)
		}
	case markDone:
		s.done[string(b)] = true
	case markPublished:
		s.published[string(b)] = true
	case markLater:
		s.later = append(s.later, string(b))
	case markReplaced:
		s.later = slices.DeleteFunc(s.later, func(n string) bool { return n == string(b) })
	case markClosed:
		s.close(strings.Fields(string(b)))
	case markBatch:
		return enter(b, s.enterBatch)
	case markFault:
		return enter(b, func(f Fault) { s.injected = append(s.injected, f) })
	case markViolation:
		return enter(b, func(v Violation) { s.violations = append(s.violations, v) })
	case markOpen:
		return enter(b, func(o openItem) { s.open = append(s.open, o) })
	case markTotals:
		return enter(b, func(t Totals) { s.totals = t })
	default:
		return fmt.Errorf("unknown mark %q", mark)
	}
	return nil
}

func enter[T any](b []byte, into func(T)) error {
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	into(v)
	return nil
}

func plus(a, b uint8) uint8 { return uint8(min(int(a)+int(b), math.MaxUint8)) }

func boolToOne(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
