package gateway

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"bekal/formats"
	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// LayoutProblem is something that a layout lacks for the use that is made of it.
type LayoutProblem struct {
	Use    string // transfer, acknowledgement, settlement
	Layout string
	What   string
	Advice string
	err    error
}

func (p *LayoutProblem) Error() string { return fmt.Sprintf("layout %s %s", p.Layout, p.What) }

// Hint says what to do.
func (p *LayoutProblem) Hint() string { return p.Advice }

func (p *LayoutProblem) Unwrap() error { return p.err }

// contract checks one layout against what the night needs of it.
type contract struct {
	use   string
	plan  *formats.Plan
	found []*LayoutProblem
}

// CheckLayouts says what is wrong with the bank's layouts for the use that the
// night makes of them, before a night has to find out. A layout by itself has
// been checked when it was compiled.
func (b *Bank) CheckLayouts(facility ledger.Facility) []*LayoutProblem {
	transfer := &contract{use: "transfer", plan: b.Transfer}
	if transfer.fields(TransferFields()) {
		transfer.money("D", "amount")
		transfer.money("H", "total")
		if len(transfer.found) == 0 {
			transfer.rehearse(b, facility)
		}
	}
	ack := &contract{use: "acknowledgement", plan: b.Acknowledgement}
	if ack.fields(AcknowledgementFields()) {
		ack.money("A", "total")
		ack.classes("A", "file_status", classAccepted, classRefused)
	}
	settlement := &contract{use: "settlement", plan: b.Settlement}
	if settlement.fields(SettlementFields()) {
		settlement.money("D", "amount")
		settlement.classes("D", "status", string(reconcile.ClassPaid), string(reconcile.ClassPending), string(reconcile.ClassFailed), string(reconcile.ClassReturned))
		settlement.day("D", "posted")
	}
	return slices.Concat(transfer.found, ack.found, settlement.found)
}

func (c *contract) say(advice, format string, args ...any) {
	c.found = append(c.found, &LayoutProblem{Use: c.use, Layout: c.plan.Name(), What: fmt.Sprintf(format, args...), Advice: advice})
}

// fields says whether the layout has the fields that are needed.
func (c *contract) fields(needs map[string][]string) bool {
	for _, record := range slices.Sorted(maps.Keys(needs)) {
		if _, ok := c.plan.Record(record); !ok {
			c.say("Bekal knows records by the names that the shipped layouts give them: H, D and T, or A for an acknowledgement", "has no record %s, which Bekal works with", record)
			continue
		}
		for _, f := range needs[record] {
			if !c.plan.HasField(record, f) {
				c.say("`bekal layout show "+c.plan.Name()+"` shows the fields; name them as the shipped layouts do", "has no field %s in record %s, which Bekal works with", f, record)
			}
		}
	}
	return len(c.found) == 0
}

// money checks that a field, where there is one, is an amount that the books
// can count.
func (c *contract) money(record, field string) {
	f := optional(c.plan, record, field)
	if f.IsZero() || f.Kind() == formats.KindAmount && f.Decimals() <= senDecimals {
		return
	}
	c.say("write kind: amount, with decimals: 2 for sen or decimals: 0 for whole rupiah", "has field %s in record %s as no amount with at most %d decimals", field, record, senDecimals)
}

// day checks that a field tells a day.
func (c *contract) day(record, field string) {
	f := c.plan.Field(record, field)
	if format := f.Format(); strings.Contains(format, "y") && strings.ContainsAny(format, "dD") {
		return
	}
	c.say("write kind: date or kind: time, with a format that has year, month and day", "has field %s in record %s as no date", field, record)
}

// classes checks that whatever a field may hold is a code of a class by which
// the night can go.
func (c *contract) classes(record, field string, known ...string) {
	f := c.plan.Field(record, field)
	if f.Codes() == "" || f.Open() {
		c.say("give the field a code list, without `open`: what a code of it means decides about money", "has no closed code list for field %s of record %s", field, record)
		return
	}
	all := c.plan.Layout().Codes
	i := slices.IndexFunc(all, func(l formats.CodeList) bool { return l.Name == f.Codes() })
	for _, code := range all[i].List {
		if !slices.Contains(known, code.Class) {
			c.say("the classes of a "+field+" are "+strings.Join(known, ", "), "has code %q of list %s in the class %q, by which Bekal cannot go", code.Value, f.Codes(), code.Class)
		}
	}
}

// rehearse writes a batch of one invented deposit to nowhere: a field that
// nobody fills in, or that has no room for what it is to hold, shows now.
func (c *contract) rehearse(b *Bank, facility ledger.Facility) {
	day := time.Date(2026, time.January, 2, 12, 0, 0, 0, time.UTC)
	batch := ledger.Batch{Reference: facility.Code + "00B26010200000", ValueDate: day.Format(time.DateOnly), Count: 1, Total: 50_000_00}
	line := ledger.DepositLine{ID: 1, Sequence: 1, Name: []byte("CONTOH"), Account: []byte(b.DebitAccount), Amount: batch.Total, Remark: []byte("CONTOH"), Reference: []byte(facility.Code + "0000000000X")}
	x := &transfer{bank: b, location: time.UTC}
	err := x.encode(io.Discard, batch, day, func(each func(ledger.DepositLine) error) error { return each(line) })
	if err == nil {
		return
	}
	c.found = append(c.found, &LayoutProblem{Use: c.use, Layout: c.plan.Name(), What: "cannot carry a batch: " + err.Error(),
		Advice: "Bekal fills in " + filled() + "; any other field must be a constant, a filler, a total of the trailer, or one that may be empty", err: err})
}

// filled names the fields of a transfer file that Bekal fills in.
func filled() string {
	must, may := TransferFields(), FurtherTransferFields()
	var names []string
	for _, record := range []string{"H", "D"} {
		for _, f := range slices.Concat(must[record], may[record]) {
			names = append(names, record+"."+f)
		}
	}
	return strings.Join(names, ", ")
}
