package audit

import (
	"fmt"

	"bekal/gateway/banksim"
)

// postedAnswers remembers what a file that was posted says.
func (a *Auditor) postedAnswers(f *file, x *answerFile) {
	for _, l := range x.lines {
		if l.reference != "" {
			key := f.name + " " + l.reference
			a.inPosted[key] = append(a.inPosted[key], l)
		}
	}
}

// examineFaults holds the bank's own list of what it did wrong against the
// mismatches: each fault shows as one of its kind, once its file is posted.
func (a *Auditor) examineFaults(Night) error {
	for _, r := range a.fresh("mismatches") {
		kind := r.text("kind")
		a.shown[kind+" "+r.text("reference")] = true
		if f := a.files[r.num("file_id")]; f != nil {
			a.shown[kind+" in "+f.name] = true
		}
	}
	var waiting []banksim.Fault
	for _, f := range a.waitingFor {
		if due, shows := a.shows(f); !due {
			waiting = append(waiting, f)
		} else if !shows {
			a.say(Faults, f.Reference+f.Batch, "the bank made a fault %q, line %d of %q (%s), which does not show", f.Kind, f.Line, f.File, f.Note)
		}
	}
	a.waitingFor = waiting
	return nil
}

// shows says whether a fault should be known by now, and whether it is.
func (a *Auditor) shows(f banksim.Fault) (due, shows bool) {
	d := a.means(f.Reference)
	switch f.Kind {
	case banksim.Missing:
		if d == nil || d.batch == nil || !d.batch.delivered || d.batch.looked <= dashed(d.batch.lastInTime) {
			return false, false
		}
		return true, a.shown["missing "+f.Reference] || a.shown["unreadable "+f.Reference] || d.final != "" || d.astray || d.pending
	case banksim.DuplicateFile:
		return true, true // rule Files: the same bytes are there once
	case banksim.SameName:
		// Once two files of that name have come.
		return a.names[f.File] > 1, a.shown["duplicate "+f.File]
	case banksim.Control:
		// A line that cannot be read hides what a total should have been.
		return a.worked(f.File) != nil, a.shown["control "+f.File] || a.shown["unreadable in "+f.File]
	case banksim.RefuseBatch:
		posted := a.worked(f.File)
		if posted == nil || posted.state != "posted" {
			return false, false // set aside: what it says is not believed
		}
		said := readAcknowledgement(posted.bytes)
		return true, said.status != "06" || said.batch != f.Batch || a.shown["rejected "+f.Batch] || a.shown["duplicate "+f.Batch] ||
			a.restored > 0 && a.shown["unknown "+f.Batch]
	}
	lines := a.inPosted[f.File+" "+f.Reference]
	if len(lines) == 0 {
		return false, false
	}
	if a.shown[fmt.Sprintf("%s %s", f.Kind, f.Reference)] || a.shown["duplicate "+f.Reference] || a.shown["unreadable "+f.Reference] {
		return true, true
	}
	if a.restored > 0 && a.shown["unknown "+f.Reference] {
		return true, true // it was answered before its batch was adopted
	}
	if f.Kind == banksim.Duplicate && len(lines) == 1 {
		return true, true // the other line has another reference by now
	}
	for _, l := range lines {
		if committed(f.Kind, l, d) {
			return true, false
		}
	}
	return true, true // it was undone on the way to us
}

// worked is a file of that name which was posted or set aside.
func (a *Auditor) worked(name string) *file {
	for _, f := range a.byName[name] {
		if f.state != "received" {
			return f
		}
	}
	return nil
}

// committed says whether a line, as it was posted, still holds a fault.
func committed(kind banksim.Kind, l answerLine, d *deposit) bool {
	if d == nil {
		return kind == banksim.Unknown
	}
	switch kind {
	case banksim.Amount:
		return l.amount != d.amount
	case banksim.Account:
		return l.account != d.account
	case banksim.Name:
		return l.name != d.name && l.name != asSent(d.name)
	case banksim.Late:
		return d.batch != nil && l.posted != "" && l.posted[:8] > d.batch.lastInTime
	case banksim.Pending:
		return isPending(l.status) && d.final == "" && !d.astray // else its answer came first
	case banksim.Rejected:
		return isFailed(l.status)
	case banksim.Returned:
		return isReturn(l.status)
	}
	return true
}
