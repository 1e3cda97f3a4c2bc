package formats

import (
	"slices"
)

// forgets says whether a record begins the scope in which what it repeats was
// remembered.
func (e *Encoder) forgets(m *move, f *fieldPlan) bool {
	return m.open != nil && slices.Contains(m.open, e.plan.held[f.repeats].scope)
}

// stands says whether a total before its records has been stated already, in a
// scope that goes on with a record.
func (e *Encoder) stands(m *move, i int) bool {
	t := &e.plan.totals[i]
	return t.later && e.sums.stated[i].set && !slices.Contains(m.open, t.scope)
}

// settleQuick is settle for a record that neither ends nor begins anything big,
// and in which all is as it should be. When it is false nothing has changed.
func (e *Encoder) settleQuick(w *Writer, m *move) bool {
	p, r, numbers := e.plan, w.plan, w.numbers
	for _, i := range r.totals {
		if !p.totals[i].later || e.stands(m, i) {
			return false
		}
	}
	for _, n := range r.runs {
		switch s := &p.series[n.series]; {
		case s.open || n.silent || m.open != nil && !s.rising:
			return false
		case s.rising:
			if numbers[n.field] <= e.sums.next[n.series] {
				return false
			}
		case numbers[n.field] != e.sums.next[n.series]:
			return false
		}
	}
	for _, i := range r.copies {
		f := &r.fields[i]
		if h := &e.sums.held[f.repeats]; !h.set || !p.held[f.repeats].number || numbers[i] != h.number || e.forgets(m, f) {
			return false
		}
	}
	for _, s := range m.close {
		e.closeScope(s)
	}
	for _, s := range m.open {
		e.sums.open(s, false)
	}
	e.place.at = m.to
	for _, n := range r.runs {
		e.sums.next[n.series] = numbers[n.field]
		if !p.series[n.series].rising {
			e.sums.next[n.series]++
		}
	}
	e.state(w)
	return true
}

// settleSwift is settleQuick for a swift move: it has less to look at.
func (e *Encoder) settleSwift(w *Writer, m *move) bool {
	r, s, numbers := w.plan, e.sums, w.numbers
	for _, n := range r.runs {
		found, next := numbers[n.field], s.next[n.series]
		if rising := e.plan.series[n.series].rising; rising && found <= next || !rising && found != next {
			return false
		}
	}
	for i := range r.repeats {
		one := &r.repeats[i]
		if h := &s.held[one.held]; !h.set || numbers[one.field] != h.number {
			return false
		}
	}
	switch {
	case m.turns && s.turn(m.open[0]):
	case m.open != nil || m.close != nil:
		for _, scope := range m.close {
			e.closeScope(scope)
		}
		for _, scope := range m.open {
			s.open(scope, false)
		}
	}
	e.place.at = m.to
	for _, n := range r.runs {
		next := numbers[n.field]
		if !e.plan.series[n.series].rising {
			next++
		}
		s.next[n.series] = next
	}
	for _, i := range r.totals {
		f, st := e.plan.totals[i].field, &s.stated[i]
		st.seen = true
		if (f.blanks || f.zeros) && f.blank(w.window) {
			continue
		}
		st.set, st.readable = true, true
		st.line, st.record, st.value = e.lines+1, e.count+1, numbers[f.index]
	}
	return true
}

// state notes what totals before their records say.
func (e *Encoder) state(w *Writer) {
	for _, i := range w.plan.totals {
		t, s := &e.plan.totals[i], &e.sums.stated[i]
		s.seen = true
		if t.later && !s.set && !t.field.blank(w.window) {
			s.set, s.readable, s.line, s.record, s.value = true, true, e.lines+1, e.count+1, w.numbers[t.field.index]
		}
	}
}

// settle checks order, running numbers, repeated values and totals of a
// record, and moves on only when all is well.
func (e *Encoder) settle(w *Writer) []*Error {
	p, r := e.plan, w.plan
	m, v, missing := e.place.look(p, r.index)
	if v != inPlace {
		detail := Text{"tidak boleh di sini", "it may not stand here"}
		switch {
		case v == afterGap:
			detail = missingBefore(p.records[missing])
		case e.place.ended(p):
			detail = Text{"berkas sudah lengkap", "the file is complete"}
		case e.place.missing(p) >= 0:
			detail = missingBefore(p.records[e.place.missing(p)])
		}
		return []*Error{{RecordType: r.def.Name, Err: ErrStructure, Detail: detail}}
	}
	var errs []*Error
	for _, n := range r.runs {
		if one := e.running(w, n); one != nil {
			errs = append(errs, one)
		}
	}
	for _, i := range r.copies {
		f := &r.fields[i]
		if f.blank(w.window) || e.forgets(m, f) {
			continue
		}
		if same, sure := e.sums.repeats(f, w.window, w.numbers); sure && !same {
			errs = append(errs, e.sums.differs(f, w.window))
		}
	}
	e.sums.ahead = ahead{record: r, window: w.window, opens: m.open}
	for _, i := range r.totals {
		t := &p.totals[i]
		if t.field.blank(w.window) {
			continue
		}
		if t.later {
			if v := w.numbers[t.field.index]; e.stands(m, i) && v != e.sums.stated[i].value {
				errs = append(errs, t.other(v, &e.sums.stated[i]))
			}
			continue
		}
		if c, verdict := e.sums.compare(t, w.numbers[t.field.index]); verdict != agrees {
			errs = append(errs, t.field.numberError(ErrControl, t.field.amount(w.numbers[t.field.index]), c.amount(t.field)))
		}
	}
	e.sums.ahead = ahead{}
	if errs != nil {
		return errs
	}
	for _, s := range m.close {
		e.closeScope(s)
	}
	for _, s := range m.open {
		e.sums.open(s, false)
	}
	e.place.move(m)
	for _, n := range r.runs {
		if n.silent && r.fields[n.field].blank(w.window) {
			continue
		}
		e.sums.known[n.series] = true
		e.sums.next[n.series] = w.numbers[n.field]
		if !p.series[n.series].rising {
			e.sums.next[n.series]++
		}
	}
	e.state(w)
	return nil
}

// running checks a running number.
func (e *Encoder) running(w *Writer, n counter) *Error {
	s := &e.plan.series[n.series]
	f := &w.plan.fields[n.field]
	found, expected := w.numbers[n.field], e.next(w.plan, n.series)
	switch {
	case n.silent && f.blank(w.window):
		return nil
	case s.rising && found > expected, !s.rising && found == expected, !s.rising && !e.sums.known[n.series]:
		return nil
	case s.rising:
		one := f.numberError(ErrSequence, decimal(found), "")
		one.Detail = textf("harus lebih besar dari %d sebelumnya", "it must be greater than %d before it", expected)
		return one
	}
	return f.numberError(ErrSequence, decimal(found), decimal(expected))
}

// closeScope checks what a scope says of itself in its header, and ends it.
func (e *Encoder) closeScope(scope int) {
	for _, i := range e.plan.scopes[scope].totals {
		t, s := &e.plan.totals[i], &e.sums.stated[i]
		if !t.later || !s.set {
			continue
		}
		s.set = false
		if c, verdict := e.sums.compare(t, s.value); verdict != agrees {
			one := t.field.numberError(ErrControl, t.field.amount(s.value), c.amount(t.field))
			one.Line, one.Record = s.line, s.record
			e.errs = append(e.errs, one)
		}
	}
	e.sums.close(scope)
}
