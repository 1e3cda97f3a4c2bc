package audit

import (
	"fmt"
	"strings"

	"bekal/gateway/banksim"
)

// postedAnswers remembers what a file that was posted speaks of.
func (a *Auditor) postedAnswers(f *file, x *answerFile) {
	for _, l := range x.lines {
		if l.reference != "" {
			a.inPosted[f.name+" "+l.reference] = true
		}
		a.inPosted[fmt.Sprintf("%s:%d", f.name, l.n)] = true
	}
}

// examineFaults holds the bank's own list of what it did wrong against the
// mismatches: each fault shows as one of its kind, once its file is posted.
func (a *Auditor) examineFaults(Night) error {
	for _, r := range a.fresh("mismatches") {
		kind, reference := r.text("kind"), r.text("reference")
		a.shown[kind+" "+reference] = true
		if f := a.files[r.num("file_id")]; f != nil {
			if kind == "unreadable" {
				a.shown[fmt.Sprintf("%s:%d", f.name, r.num("line"))] = true
			}
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
	state := map[string]bool{}
	for _, x := range a.byName[f.File] {
		state[x.state] = true
	}
	switch f.Kind {
	case banksim.Missing:
		d := a.byRef[f.Reference]
		if d == nil || d.batch == nil || !d.batch.delivered || a.looked <= dashed(d.batch.lastInTime) {
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
		return state["posted"] || state["quarantined"], a.shown["control "+f.File] || a.shown["unreadable in "+f.File]
	case banksim.RefuseBatch:
		return state["posted"], a.shown["rejected "+f.Batch] || a.shown["duplicate "+f.Batch]
	}
	if !a.inPosted[f.File+" "+f.Reference] && !a.inPosted[fmt.Sprintf("%s:%d", f.File, f.Line)] {
		return false, false
	}
	d := a.byRef[f.Reference]
	switch {
	case a.shown[string(f.Kind)+" "+f.Reference], a.shown["duplicate "+f.Reference], a.shown["unreadable "+f.Reference], a.shown[fmt.Sprintf("%s:%d", f.File, f.Line)]:
		return true, true
	case f.Kind == banksim.Pending && d != nil && (d.final != "" || d.astray):
		return true, true // its answer came first
	case f.Kind == banksim.Late && d != nil && d.batch != nil:
		// It is late only where the window is shorter than the bank's delay.
		posted := strings.ReplaceAll(strings.TrimPrefix(f.Note, "posted "), "-", "")
		return true, posted <= d.batch.lastInTime
	}
	return true, false
}
