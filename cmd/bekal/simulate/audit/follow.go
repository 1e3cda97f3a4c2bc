package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// follow goes through the transactions since the last examination, in order.
func (a *Auditor) follow(Night) error {
	for _, r := range a.fresh("nights") {
		a.nights[r.text("key")] = r.text("date")
		a.lastDate, a.lastStep = r.text("date"), ""
	}
	for _, k := range a.sealed() {
		if k.night != "" {
			k.date = a.nights[k.night]
			if k.date == "" {
				a.say(Nights, k.about(), "there is no night %q", k.night)
			}
		}
		a.step(k)
	}
	return nil
}

// step follows one transaction.
func (a *Auditor) step(k *link) {
	e := newExpectation(k.date)
	a.enterSheets(k)
	a.decideSheets(k, e)
	for _, r := range k.of("files") {
		a.enterFile(k, r, e)
	}
	a.enterRemote(k)
	a.enterHold(k)
	a.compose(k, e)
	worked := a.workThrough(k, e)
	if !worked && len(k.of("batches")) == 0 {
		a.batchSteps(k, e)
	}
	a.missed(k, e)
	a.compare(k, e)
	if k.restores() {
		for _, b := range a.order {
			if oneOf(b.state, "sealed", "staged") {
				a.say(Holds, b.reference, "it is %s in a ledger that was restored", b.state)
			}
		}
	}
	for _, r := range k.of("night_steps") {
		a.endStep(k, r)
	}
}

// enterSheets takes in deposits and the sheets that they are on.
func (a *Auditor) enterSheets(k *link) {
	for _, r := range k.of("sheets") {
		a.sheets[r.id] = &sheet{id: r.id, first: r.num("first_deposit"), count: r.num("count"), total: r.num("total"), kind: r.text("kind"), period: r.text("period")}
	}
	for _, r := range k.of("deposits") {
		d := &deposit{id: r.id, reference: r.text("reference"), beneficiary: r.text("beneficiary"), name: r.text("name"), account: r.text("account"), amount: r.num("amount"), sheet: a.sheets[r.num("sheet_id")]}
		if other := a.byRef[d.reference]; other != nil {
			a.say(Once, d.reference, "deposits %d and %d have this reference", other.id, d.id)
		}
		a.deposits[d.id], a.byRef[d.reference] = d, d
		if s := d.sheet; s == nil || d.id < s.first || d.id >= s.first+s.count {
			a.say(Wages, d.reference, "deposit %d is on no sheet", d.id)
		}
	}
	for _, r := range k.of("repayments") {
		d, old := a.deposits[r.num("deposit_id")], a.deposits[r.num("replaces")]
		if d == nil || old == nil {
			a.say(Wages, fmt.Sprint(r.id), "a repayment of nothing")
			continue
		}
		d.replaces = old
	}
}

// decideSheets follows what people decide about sheets.
func (a *Auditor) decideSheets(k *link, e *expectation) {
	for _, r := range k.of("sheet_decisions") {
		s := a.sheets[r.num("sheet_id")]
		if s == nil {
			a.say(Wages, k.about(), "there is no sheet %d", r.num("sheet_id"))
			continue
		}
		if r.text("decision") != "approved" {
			s.refused = true
			continue
		}
		s.approved, a.disputed = true, true
		total := int64(0)
		for id := s.first; id < s.first+s.count; id++ {
			d := a.deposits[id]
			if d == nil || d.sheet != s {
				a.say(Wages, k.about(), "sheet %d lacks deposit %d", s.id, id)
				continue
			}
			total += d.amount
			if s.kind == "wages" {
				a.wages[Wage{d.beneficiary, d.name, d.account, d.amount, s.period}]++
				a.paying = append(a.paying, d)
			} else {
				a.repays(d)
			}
		}
		if total != s.total {
			a.say(Wages, k.about(), "sheet %d says %d, its deposits are %d", s.id, s.total, total)
		}
		if s.kind == "wages" {
			e.move(expense, payable, total)
		}
	}
}

// repays takes in that a deposit takes the place of one that failed.
func (a *Auditor) repays(d *deposit) {
	old := d.replaces
	if old == nil {
		a.say(Wages, d.reference, "it is on the sheet of a repayment, and repays nothing")
		return
	}
	switch {
	case a.repay[old.reference] == 0 && a.repay[old.known()] == 0:
		a.say(Wages, d.reference, "nobody approved that %s is paid again", old.reference)
	case old.replacedBy != nil:
		a.say(Once, d.reference, "%s is paid again by %s already", old.reference, old.replacedBy.reference)
	case !old.failed():
		a.say(Once, d.reference, "%s is paid again, and has not failed", old.reference)
	case d.amount != old.amount || d.beneficiary != old.beneficiary || d.sheet.period != old.sheet.period:
		a.say(Wages, d.reference, "it is not what %s was", old.reference)
	case !a.payeeOf(d, old):
		a.say(Wages, d.reference, "nobody approved account %s of %s for %s", d.account, d.name, d.beneficiary)
	}
	if a.repay[old.reference] > 0 {
		a.repay[old.reference]--
	} else {
		a.repay[old.known()]--
	}
	old.replacedBy = d
}

// payeeOf says whether a repayment goes where the wage was to go before, or
// where people have approved since.
func (a *Auditor) payeeOf(d, old *deposit) bool {
	for ; old != nil; old = old.replaces {
		if d.name == old.name && d.account == old.account {
			return true
		}
	}
	for _, p := range a.corrected[d.beneficiary] {
		if p.name == d.name && p.account == d.account {
			return true
		}
	}
	return false
}

// enterFile takes in a file of the books.
func (a *Auditor) enterFile(k *link, r row, e *expectation) {
	found := a.restored > 0 && k.night == "" // when restored books are compared with the bank
	f := &file{id: r.id, kind: r.text("kind"), name: r.text("name"), sha: r.text("sha256"), size: r.num("size"), state: "received"}
	a.files[f.id] = f
	data, err := os.ReadFile(filepath.Join(a.o.Archive, f.sha[:min(2, len(f.sha))], f.sha))
	if err != nil {
		a.say(Files, f.name, "the archive does not hold it: %v", err)
	}
	f.bytes = string(data)
	if sum := sha256.Sum256(data); err == nil && (hex.EncodeToString(sum[:]) != f.sha || int64(len(data)) != f.size) {
		a.say(Files, f.name, "the archive holds other bytes")
	}
	if !oneOf(f.kind, acknowledgement, settlement, returns) {
		return
	}
	a.waiting[f.id] = true
	there := false
	for _, p := range a.bySHA[f.sha] {
		there = there || p.name == f.name || found && (strings.HasPrefix(f.name, "archive-") || strings.HasPrefix(f.name, p.name+"~"))
	}
	switch name, _, _ := strings.Cut(f.name, "~"); {
	case !there:
		a.say(Files, f.name, "the bank has published no such file with these bytes")
	case found && strings.HasPrefix(f.name, "archive-"): // what it is, its bytes say
	case kindOf(name) != f.kind:
		a.say(Files, f.name, "it is taken for a file of kind %s", f.kind)
	}
	for _, other := range a.sameBytes[f.sha] {
		if other.kind == f.kind || other.kind != acknowledgement && f.kind != acknowledgement {
			a.say(Files, f.name, "the same bytes are there already as %s", other.name)
		}
	}
	a.sameBytes[f.sha] = append(a.sameBytes[f.sha], f)
	a.byName[f.name] = append(a.byName[f.name], f)
	if a.names[f.name]++; a.names[f.name] > 1 {
		e.notes = append(e.notes, &expected{kind: "duplicate", reference: f.name, file: f.id, ours: none(), theirs: none(), note: &note{kind: "duplicate", state: "open"}})
	}
}

// enterRemote takes in what the night says that it fetched.
func (a *Auditor) enterRemote(k *link) {
	for _, r := range k.of("remote_files") {
		f := a.files[r.num("file_id")]
		if f == nil {
			a.say(Files, k.about(), "%s was fetched as a file that is not there", r.text("name"))
			continue
		}
		a.fetched[remote{r.text("name"), r.num("size"), r.text("modified")}] = f
		there := false
		for _, p := range a.bySHA[f.sha] {
			there = there || p.name == r.text("name") && p.modified == r.text("modified") && int64(len(p.bytes)) == r.num("size")
		}
		if !there && (a.restored == 0 || k.night != "" || len(a.bySHA[f.sha]) == 0) {
			a.say(Files, r.text("name"), "these bytes never lay there under this name with a time of %s", r.text("modified"))
		}
	}
}

// workThrough follows a file that is posted or set aside.
func (a *Auditor) workThrough(k *link, e *expectation) (worked bool) {
	for _, r := range k.of("file_events") {
		f, event := a.files[r.num("file_id")], r.text("event")
		if f == nil {
			a.say(Files, k.about(), "a file that is not there was %s", event)
			continue
		}
		switch event {
		case "received": // see receiveAgain
		case "moved", "removed":
			if f.state != "posted" {
				a.say(Files, f.name, "it was %s, and is %s", event, f.state)
			}
		case "posted", "quarantined":
			worked = true
			if f.state != "received" {
				a.say(Files, f.name, "it is %s, and was %s before", event, f.state)
			}
			f.state = event
			delete(a.waiting, f.id)
			a.inOrder(k, f)
			a.work(f, event, e)
		}
	}
	return worked
}

// inOrder: within one night acknowledgements come first.
func (a *Auditor) inOrder(k *link, f *file) {
	if f.kind != acknowledgement {
		a.answersIn = k.night
	} else if a.answersIn == k.night {
		a.say(Files, f.name, "this acknowledgement was worked through behind answers of the same night")
	}
}

// work works out what has to follow from a file.
func (a *Auditor) work(f *file, event string, e *expectation) {
	var faults []place
	if f.kind == acknowledgement {
		x := readAcknowledgement(f.bytes)
		if faults = x.faults; x.sound() && x.corporate != a.o.Corporate {
			faults = []place{{line: 1, field: "corporate_code"}}
		}
		if len(faults) == 0 && event == "posted" {
			a.acknowledges(f, x, e)
		}
	} else {
		x := readAnswers(f.bytes, a.o.Corporate)
		if faults = x.faults; len(faults) == 0 && event == "posted" {
			a.follows(f, x, e)
			if !f.again {
				a.postedAnswers(f, x)
			}
		}
	}
	switch {
	case event == "posted" && len(faults) > 0:
		a.say(Files, f.name, "it was posted, and is not sound: line %d, field %q", faults[0].line, faults[0].field)
	case event == "quarantined" && len(faults) == 0:
		a.say(Files, f.name, "it was set aside, and there is nothing wrong with it")
	case event == "quarantined":
		// Each thing that is wrong with it is a mismatch, the first hundred are.
		for _, p := range faults[:min(len(faults), listed)] {
			e.notes = append(e.notes, control(f, p))
		}
	}
}

// control is the mismatch that says where a file is wrong.
func control(f *file, p place) *expected {
	return &expected{kind: "control", reference: f.name, field: p.field, columns: p.columns, inside: p.inside, file: f.id, line: p.line, ours: none(), theirs: none(), note: &note{kind: "control", state: "open"}}
}

// compose follows a batch that is made.
func (a *Auditor) compose(k *link, e *expectation) {
	for _, r := range k.of("batches") {
		if k.adopts() {
			a.adopt(k, e, r)
			continue
		}
		b := &batch{id: r.id, reference: r.text("reference"), period: r.text("period"), valueDate: strings.ReplaceAll(r.text("value_date"), "-", ""), file: a.files[r.num("file_id")], count: r.num("count"), total: r.num("total")}
		if a.byBatch[b.reference] != nil {
			a.say(Once, b.reference, "two batches have this reference")
		}
		a.batches[b.id], a.byBatch[b.reference], a.order = b, b, append(a.order, b)
		if b.file == nil {
			a.say(Batches, b.reference, "it has no file")
			continue
		}
		// That it was sealed names its own file, and no line.
		e.events[fmt.Sprintf("%s sealed, file %d line 0", b.reference, b.file.id)]++
		for _, x := range k.of("batch_ranges") {
			for id := x.num("first_deposit"); id <= x.num("last_deposit"); id++ {
				if d := a.deposits[id]; d != nil {
					b.deposits = append(b.deposits, d)
				} else {
					a.say(Batches, b.reference, "there is no deposit %d", id)
				}
			}
		}
		a.dated(b, k.date)
		a.enclosed(b)
	}
	a.adoptRest(k, e)
	a.receiveAgain(k)
}

// dated works out when the batch is paid, and until when it is answered in time.
func (a *Auditor) dated(b *batch, date string) {
	if day, ok := a.day(date); ok {
		if want := a.o.BusinessDays(day, 1).Format("20060102"); b.valueDate != want {
			a.say(Batches, b.reference, "its value date is %s, not %s", b.valueDate, want)
		}
	}
	if day, ok := a.day(dashed(b.valueDate)); ok {
		b.lastInTime = a.o.BusinessDays(day, a.o.Window).Format("20060102")
	}
}

// enclosed holds the transfer file against the deposits that the batch is of.
func (a *Auditor) enclosed(b *batch) {
	for _, d := range b.deposits {
		switch {
		case d.batch != nil:
			a.say(Once, d.reference, "it is in batches %s and %s", d.batch.reference, b.reference)
		case d.sheet == nil || !d.sheet.approved:
			a.say(Wages, d.reference, "it is in batch %s, and nobody approved it", b.reference)
		case d.sheet.period != b.period:
			a.say(Batches, b.reference, "it is of %s, and %s in it is of %s", b.period, d.reference, d.sheet.period)
		}
		d.batch = b
	}
	x, err := readTransfer(b.file.bytes)
	switch {
	case err != nil:
		a.say(Batches, b.reference, "its file: %v", err)
		return
	case b.file.name != b.reference+".TRF" || x.batch != b.reference || x.corporate != a.o.Corporate || x.valueDate != b.valueDate:
		a.say(Batches, b.reference, "its file %s is of batch %s, for %s on %s", b.file.name, x.batch, x.corporate, x.valueDate)
	case x.count != b.count || x.total != b.total || int(x.count) != len(b.deposits):
		a.say(Batches, b.reference, "it is of %d deposits, %d, and its file of %d, %d", b.count, b.total, x.count, x.total)
		return
	}
	for i, d := range b.deposits {
		if want := (transferLine{d.account, asSent(d.name), d.reference, d.amount}); x.lines[i] != want {
			a.say(Wages, d.reference, "line %d of its file is %v, not %v", i+2, x.lines[i], want)
		}
	}
}

// batchSteps follows what the program or people do with batches.
func (a *Auditor) batchSteps(k *link, e *expectation) {
	for _, r := range k.of("batch_events") {
		b, event := a.batches[r.num("batch_id")], r.text("event")
		if b == nil {
			continue
		}
		may := map[string][]string{"staged": {"sealed"}, "uncertain": {"sealed", "staged"}, "delivered": {"staged"}}[event]
		decided := decision{b.reference, event == "delivered"}
		switch {
		case k.restores() && event == "uncertain" && oneOf(b.state, "sealed", "staged"):
			b.again = true
		case a.onHold && k.night == "" && event == "delivered" && b.state == "uncertain" && strings.HasPrefix(r.text("detail"), "found as "):
			b.bytes = true
		case k.night == "" && b.state == "uncertain" && oneOf(event, "sealed", "delivered") && a.decisions[decided] > 0:
			a.decisions[decided]--
		case a.onHold && event == "staged":
			a.say(Holds, b.reference, "it was staged while the books were on hold")
		case k.night == "" || !oneOf(b.state, may...):
			a.say(Batches, b.reference, "it is %s now, and was %s: %s", event, b.state, r.text("detail"))
		case event == "delivered":
			b.bytes = true
		}
		e.event(b, event, nil)
		if event == "delivered" && !b.delivered {
			a.deliver(b, e)
		}
	}
}

// missed follows the search for answers that are missing.
func (a *Auditor) missed(k *link, e *expectation) {
	done := map[*batch]bool{}
	for _, r := range k.of("mismatches") {
		b := a.batches[r.num("batch_id")]
		if r.text("kind") != "missing" || b == nil || done[b] || len(k.of("file_events")) > 0 {
			continue
		}
		done[b] = true
		for _, d := range a.missing(b, k.date) {
			n := &note{kind: "missing", deposit: d, state: "open"}
			e.notes = append(e.notes, &expected{kind: "missing", reference: d.known(), deposit: d.id, batch: b.id, ours: d.side(), theirs: none(), detail: dashed(b.lastInTime), note: n})
			d.noted = append(d.noted, n)
			d.open = append(d.open, n)
		}
	}
}

// endStep looks at what must be so when a step of a night has ended.
func (a *Auditor) endStep(k *link, r row) {
	switch r.text("step") {
	case "night":
		a.lastStep = r.text("outcome")
	case "reconcile":
		if r.text("outcome") != Ran {
			return
		}
		for _, b := range a.order {
			if a.onHold {
				break // an answer may be among what waits
			}
			if b.delivered {
				b.looked = k.date
			}
			for _, d := range a.missing(b, k.date) {
				a.say(Mismatches, d.reference, "it was to be answered by %s and is not noted as missing on %s", dashed(b.lastInTime), k.date)
			}
		}
		for id := range a.waiting {
			if a.onHold && a.waits(a.files[id]) {
				continue
			}
			a.say(Files, a.files[id].name, "it was received, and neither posted nor set aside")
		}
	}
}
