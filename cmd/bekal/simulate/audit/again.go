package audit

import "slices"

// What the bank had answered of a forgotten batch before that was adopted was
// entered as unknown. It is posted again then: line by line what was unknown, and
// nothing else.

// receiveAgain follows which files are to be posted again: those that named in
// vain what the link recalls.
func (a *Auditor) receiveAgain(k *link) {
	var again []*file
	for _, r := range k.of("file_events") {
		f := a.files[r.num("file_id")]
		if r.text("event") == "received" && f != nil && !k.has("files", f.id) {
			again = append(again, f)
		}
	}
	recalled := map[string]bool{}
	for _, r := range k.of("recalled") {
		recalled[r.text("reference")] = true
	}
	for _, table := range []string{"batches", "batch_additions"} {
		for _, r := range k.of(table) {
			id := r.id
			if table == "batch_additions" {
				id = r.num("batch_id")
			}
			if b := a.batches[id]; b != nil {
				recalled[b.reference] = true
			}
		}
	}
	want := map[int64]bool{}
	for _, n := range a.notes {
		if n.kind == "unknown" && n.state != "cleared" && recalled[n.reference] && n.file != nil && n.file.state == "posted" {
			want[n.file.id] = true
		}
	}
	for _, f := range again {
		if !want[f.id] {
			a.say(Files, f.name, "it is to be posted again, and names nothing that was recalled")
		}
		delete(want, f.id)
		f.state, f.again = "received", true
		a.waiting[f.id] = true
	}
	for id := range want {
		a.say(Files, a.files[id].name, "it names what was recalled, and is not posted again")
	}
}

// has says whether a link adds that row.
func (k *link) has(table string, id int64) bool {
	return slices.ContainsFunc(k.of(table), func(r row) bool { return r.id == id })
}

// unexplained is the mismatch that says that a line of a file is unknown, while
// it stands.
func (a *Auditor) unexplained(f *file, line int64) *note {
	for _, n := range a.notes {
		if n.kind == "unknown" && n.file == f && n.line == line && n.state != "cleared" {
			return n
		}
	}
	return nil
}

// explained ends that a line is unknown.
func (e *expectation) explained(n *note) {
	n.state = "cleared"
	e.cleared = append(e.cleared, clearing{n, n.line})
}

// adoptRest follows that more deposits turn out to be of a batch that was adopted
// without them.
func (a *Auditor) adoptRest(k *link, e *expectation) {
	for _, r := range k.of("batch_additions") {
		b := a.batches[r.num("batch_id")]
		switch {
		case b == nil || !k.adopts():
			a.say(Holds, k.about(), "more was adopted into batch %d, which is none", r.num("batch_id"))
			continue
		case !a.forgotten[b.reference]:
			a.say(Holds, b.reference, "more was adopted into it, and it was not forgotten")
		}
		a.recalls(k)
		added := a.adoptedIn(k, b)
		if added != (tally{r.num("count"), r.num("total")}) {
			a.say(Batches, b.reference, "%d deposits, %d, are said to be added, and %+v are", r.num("count"), r.num("total"), added)
		}
		b.count, b.total = b.count+added.count, b.total+added.total
		b.partial()
		if b.delivered {
			e.move(payable, transit, added.total)
			e.flow.delivered.add(added.count, added.total)
		}
	}
}

// found is what a file says of a forgotten batch as a whole.
type found struct {
	sum              tally
	transfer, atBank bool
}

// evidence takes in what a file says of a forgotten batch. A transfer file says
// it best, and the one that the bank has; of equals the first counts.
func (a *Auditor) evidence(r row) {
	now := found{tally{r.num("count"), r.num("total")}, r.text("evidence") == "transfer", r.num("at_bank") == 1}
	before, known := a.said[r.text("batch")]
	better := !known || now.transfer && !before.transfer || now.transfer == before.transfer && now.atBank && !before.atBank
	if now.sum.count > 0 && better {
		a.said[r.text("batch")] = now
	}
}

// sent is what the transfer file of a batch ordered.
func (a *Auditor) sent(b *batch) tally {
	if f, known := a.said[b.reference]; known && b.adopted {
		return f.sum
	}
	return tally{b.count, b.total}
}

// ourPayment says whether a text has the form of a payment reference of ours:
// the code of the facility, two characters of the generation, eight of the
// number, and one that checks the others.
func (a *Auditor) ourPayment(ref string) bool {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	n := len(a.o.Facility)
	if len(ref) != n+11 || ref[:n] != a.o.Facility || !checked(ref) {
		return false
	}
	for _, c := range []byte(ref[n+2 : n+10]) {
		if !slices.Contains([]byte(digits), c) {
			return false
		}
	}
	return true
}

// ourBatch says whether a text has the form of a batch reference of ours: the
// code, two characters of the generation, B, a date, a number of four, a check.
func (a *Auditor) ourBatch(ref string) bool {
	n := len(a.o.Facility)
	return len(ref) == n+14 && ref[:n] == a.o.Facility && ref[n+2] == 'B' && digitsAt(ref, n+4, 6) && checked(ref)
}

// checked says whether the last character checks the others, as ISO 7064 MOD
// 37,36 has it: the sum that each of them is added to, doubled, ends at one.
func checked(s string) bool {
	sum := 36
	for i, c := range []byte(s) {
		var v int
		switch {
		case c >= '0' && c <= '9':
			v = int(c - '0')
		case c >= 'A' && c <= 'Z':
			v = int(c-'A') + 10
		default:
			return false
		}
		sum = (sum + v) % 36
		if i == len(s)-1 {
			return sum == 1
		}
		if sum == 0 {
			sum = 36
		}
		sum = sum * 2 % 37
	}
	return false
}
