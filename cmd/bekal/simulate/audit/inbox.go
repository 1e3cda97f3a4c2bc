package audit

import "sort"

// examineInbox looks for files that a night should have collected and has not.
func (a *Auditor) examineInbox(n Night) error {
	if !n.Reached || n.Outcome != Ran {
		return nil
	}
	var left []string
	for name, p := range a.inbox {
		if kindOf(name) == "" || p.bytes == "" || !p.at.IsZero() && !n.Began.IsZero() && p.at.After(n.Began) {
			continue
		}
		f := a.fetched[remote{name, int64(len(p.bytes)), p.modified}]
		// A file that has the name, the size and the time of one that was fetched
		// cannot be told from it in the folder.
		if f == nil {
			left = append(left, name)
		}
	}
	sort.Strings(left)
	for _, name := range left {
		a.say(Files, name, "it lies in the inbox and was not collected")
	}
	return nil
}

// examineNight holds the night that was against the one that is in the books.
func (a *Auditor) examineNight(n Night) error {
	if n.Outcome == "" || n.Outcome == Crashed {
		return nil
	}
	if a.lastDate != n.Date || a.lastStep != n.Outcome {
		a.say(Nights, n.Date, "the night ended as %s; the books' last one is of %s and ended as %q", n.Outcome, a.lastDate, a.lastStep)
	}
	return nil
}
