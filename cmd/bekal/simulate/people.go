package simulate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"
)

// People act in the daytime: they import and approve, ask the bank about what
// is uncertain, and have failed deposits paid again. What the program's death
// interrupts they do again another day, as it then turns out to stand.

var (
	itself   = ledger.Actor{User: "bekal", OSUser: "bekal"}
	clerk    = ledger.Actor{User: "contoh satu", OSUser: "satu"}
	approver = ledger.Actor{User: "contoh dua", OSUser: "dua"}
)

// sheet is a wage sheet, or a repayment, on its way through two people's hands.
type sheet struct {
	name     string
	day      int // on which it is imported at the earliest
	wages    []ledger.Wage
	period   string
	repays   []string // references, of a repayment
	why      string   // why wages are on it that an approved list of the month has, too
	id       int64    // 0 while it is not in the books
	approved bool     // and the auditor knows
	told     bool     // that it was approved once, whatever was lost since
	void     bool     // a repayment that was lost: it is proposed anew
}

// office is the people of the facility.
type office struct {
	*course
	sheets   []*sheet
	repaid   map[string]bool // references for which a repayment was proposed
	pondered map[string]int  // uncertain batches, and the day on which they were noticed
	stuck    map[string]bool // those that must not be sent again as a whole, as another has paid some of their wages
}

// beneficiaries makes invented people.
func (o *office) beneficiary(n int) ledger.RosterLine {
	return ledger.RosterLine{Line: int64(n + 1), Beneficiary: fmt.Sprintf("W%05d", n), RegisterNumber: fmt.Sprintf("B.I. %05d", n), Name: fmt.Sprintf("WARGA CONTOH %03d", n), Account: fmt.Sprintf("9990%011d", n*7)}
}

// plan spreads the wages over the course: each beneficiary gets one a period,
// out of a few amounts, as a payroll does.
func (o *office) plan(wages, nights int) {
	people := max(1, min(wages, wages*30/nights+1))
	rest, day := wages, 0
	for period := 0; rest > 0; period++ {
		for from := 1; from <= people && rest > 0; {
			n := min(o.chance.from(1, max(2, people/4)), people-from+1, rest)
			s := &sheet{name: fmt.Sprintf("premi-%03d.csv", len(o.sheets)+1), period: fmt.Sprintf("%04d-%02d", 2026+period/12, period%12+1), day: day}
			for i := range n {
				b := o.beneficiary(from + i)
				s.wages = append(s.wages, ledger.Wage{Line: int64(i + 2), Beneficiary: b.Beneficiary, Name: b.Name, Account: b.Account, Amount: ledger.Money(o.chance.from(1, 12)) * 25_000_00, Remark: "PREMI"})
			}
			o.sheets = append(o.sheets, s)
			from, rest = from+n, rest-n
		}
	}
	for i, s := range o.sheets {
		s.day = i * nights / len(o.sheets)
	}
	o.people = people
}

// start enters facility, bank and roster.
func (o *office) start(ctx context.Context) error {
	b := o.program.books
	var err error
	if o.facility, err = b.EnsureFacility(ctx, itself, ledger.Facility{Code: facilityCode, Name: "Lapas Contoh", Timezone: "Asia/Jakarta"}); err != nil {
		return err
	}
	if o.gate.Bank, err = b.EnsureBank(ctx, itself, "BRI"); err != nil {
		return err
	}
	stored, err := b.Archive().Put(strings.NewReader("the simulated roster"))
	if err != nil {
		return err
	}
	r, _, err := b.ImportRoster(ctx, clerk, o.facility, "roster.csv", stored, func(add func(ledger.RosterLine) error) error {
		for n := 1; n <= o.people; n++ {
			if err := add(o.beneficiary(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.ApproveRoster(ctx, approver, r.ID)
}

// work is what people do on a day.
func (o *office) work(ctx context.Context) error {
	for _, s := range o.sheets {
		if s.day > o.day || s.approved || s.void {
			continue
		}
		if err := o.handle(ctx, s); err != nil {
			return err
		}
	}
	if err := o.decide(ctx); err != nil {
		return err
	}
	if o.chance.in(20) && !o.calm {
		if err := o.repay(ctx); err != nil {
			return err
		}
	}
	return o.slips.err(ctx)
}

// act is something that a person does with the program, which may die at it or
// find its disk full.
func (o *office) act(ctx context.Context, what string, do func() error) error {
	var m mishaps
	if o.chance.in(o.weather.acts) {
		o.die(&m, 8)
	} else if o.chance.in(o.weather.disk) {
		m = o.chance.diskTrouble(8)
	}
	crashed, err := o.program.live(ctx, m, do)
	switch {
	case crashed != "":
		o.note("%s: the program dies at %q", what, crashed)
		return err
	case isSimulated(err):
		o.note("%s: %v", what, err)
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", what, err)
	}
	o.note("%s", what)
	return nil
}

// handle brings a sheet one step on: one person imports it, another approves
// it, at the earliest on the same day.
func (o *office) handle(ctx context.Context, s *sheet) error {
	if s.id == 0 {
		if err := o.act(ctx, "import "+s.name, func() error { return o.propose(ctx, s) }); err != nil {
			return err
		}
	}
	if s.id == 0 || o.chance.in(30) {
		return nil // another day
	}
	err := o.act(ctx, "approve "+s.name, func() error {
		_, err := o.program.books.ApproveSheet(ctx, approver, s.id, o.date(), s.limits())
		if errors.Is(err, ledger.ErrDecided) {
			return nil // the program died after it was done
		}
		return err
	})
	if err != nil {
		return err
	}
	return o.learn(ctx, s)
}

// propose enters a sheet, or finds it entered.
func (o *office) propose(ctx context.Context, s *sheet) error {
	if s.repays != nil {
		return o.proposeRepayment(ctx, s)
	}
	made, _, err := o.enter(ctx, s.name, s.text(), s)
	if err == nil {
		s.id = made.ID
	}
	return err
}

// enter imports the wages of a sheet from a file.
func (o *office) enter(ctx context.Context, name, text string, s *sheet) (made ledger.Sheet, again bool, err error) {
	b := o.program.books
	stored, err := b.Archive().Put(strings.NewReader(text))
	if err != nil {
		return made, false, err
	}
	in := ledger.SheetImport{Facility: o.facility, Name: name, File: stored, Period: s.period, Count: int64(len(s.wages))}
	for _, w := range s.wages {
		in.Total += w.Amount
	}
	content := sha256.Sum256([]byte(s.text()))
	return b.ImportWages(ctx, clerk, in, func(add func(ledger.Wage) error) (string, error) {
		for _, w := range s.wages {
			if err := add(w); err != nil {
				return "", err
			}
		}
		return hex.EncodeToString(content[:]), nil
	})
}

// text is the file in which a sheet is handed in. A second one of the month has
// a heading of its own.
func (s *sheet) text() string {
	var text strings.Builder
	if strings.HasPrefix(s.name, "kedua-") || strings.HasPrefix(s.name, "susulan-") {
		fmt.Fprintf(&text, "%s %s\n", s.why, s.name)
	}
	for _, w := range s.wages {
		fmt.Fprintf(&text, "%s,%s,%d\n", s.period, w.Beneficiary, w.Amount)
	}
	return text.String()
}

// limits are what who approves it says of it.
func (s *sheet) limits() ledger.Limits { return ledger.Limits{Repeats: s.why} }

// proposeRepayment proposes to pay failed deposits again, unless that is in the
// books already.
func (o *office) proposeRepayment(ctx context.Context, s *sheet) error {
	b := o.program.books
	known, err := b.Sheets(ctx, o.facility.ID)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Kind == "repayment" && k.Reason == s.name {
			s.id = k.ID
			return nil
		}
	}
	roster, err := b.ApprovedRoster(ctx, o.facility.ID)
	if err != nil {
		return err
	}
	accounts, err := b.Accounts(ctx, roster)
	if err != nil {
		return err
	}
	made, err := b.ProposeRepayment(ctx, clerk, o.facility, s.repays, s.name, accounts)
	if o.losses.lives > 0 && (errors.Is(err, ledger.ErrDecided) || errors.Is(err, ledger.ErrNotFailed)) {
		// Under another reference it is paid again already, in books that were
		// restored; what is left of the list is proposed anew.
		s.void = true
		for _, ref := range s.repays {
			delete(o.repaid, ref)
		}
		return fmt.Errorf("simulated: %w", err)
	}
	if err == nil {
		s.id = made.ID
	}
	return err
}

// learn asks the books whether a sheet is approved, and tells the auditor what
// people have decided. The program may have died right before or after.
func (o *office) learn(ctx context.Context, s *sheet) error {
	if err := o.program.open(ctx); err != nil {
		return err
	}
	now, err := o.program.books.Sheet(ctx, s.id)
	if err != nil || now.State != "approved" {
		return err
	}
	s.approved = true
	o.tell(s)
	switch list := s.list(); {
	case s.repays != nil:
		o.count("deposits paid again", "")
		o.report(o.witness.Repaid(s.repays))
	case s.told:
		o.count("sheets approved again", "")
	default:
		s.told = true
		o.witness.Approved(list)
		o.figures.Approved += len(list)
	}
	return nil
}

// tell tells the auditor that a sheet is approved in the books.
func (o *office) tell(s *sheet) {
	if s.repays != nil {
		o.auditor.RepaymentApproved(s.repays)
		return
	}
	o.auditor.Approved(s.list())
}

// list is the wages of a sheet as the auditor knows them.
func (s *sheet) list() []audit.Wage {
	list := make([]audit.Wage, 0, len(s.wages))
	for _, w := range s.wages {
		list = append(list, audit.Wage{Beneficiary: w.Beneficiary, Name: w.Name, Account: w.Account, Amount: int64(w.Amount), Period: s.period})
	}
	return list
}

// decide asks the bank about batches that have been uncertain for a while.
func (o *office) decide(ctx context.Context) error {
	if err := o.program.open(ctx); err != nil {
		return err
	}
	batches, err := o.program.books.Batches(ctx, o.gate.Bank.ID)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.State != "uncertain" {
			delete(o.pondered, b.Reference)
			continue
		}
		since, noticed := o.pondered[b.Reference]
		if !noticed {
			o.pondered[b.Reference] = o.day
			since = o.day
		}
		if o.day-since < 2 && !o.calm {
			continue // an answer of the bank may decide it
		}
		has, err := o.bankHas(b)
		if err != nil {
			return err
		}
		if err := o.act(ctx, fmt.Sprintf("decide batch %s: the bank has it: %v", b.Reference, has), func() error {
			if has {
				return o.program.books.DecideDelivered(ctx, approver, b, o.date(), "telephone")
			}
			paid := false
			if o.day-since > 12 {
				if paid, err = o.paidByAnother(b); err != nil {
					return err
				}
			}
			if paid {
				// Sent, it would pay them twice; nobody is to send it ever.
				has = true
				return o.program.books.DecideDelivered(ctx, approver, b, o.date(), "its wages were paid by another one")
			}
			return o.notDelivered(ctx, b)
		}); err != nil {
			return err
		}
		if err := o.program.open(ctx); err != nil {
			return err
		}
		if now, err := o.program.books.Batch(ctx, b.ID); err != nil {
			return err
		} else if now.State != "uncertain" {
			o.count("decided by a person", b.Reference)
			o.auditor.Decided(b.Reference, has)
		}
	}
	return nil
}

// paidByAnother says whether the bank has paid, by other batches, all wages of one
// that it has not got: it was sent in a life that is lost, and what paid them is
// not known to these books, which owe them in this batch.
func (o *office) paidByAnother(b ledger.Batch) (bool, error) {
	data, err := o.file(b)
	if err != nil {
		return false, err
	}
	return o.witness.Covers(data)
}

// waits tells the witness of a batch that is neither sent nor given up.
func (o *office) waits(b ledger.Batch) error {
	data, err := o.file(b)
	if err != nil {
		return err
	}
	return o.witness.Waits(data)
}

// file is the transfer file of a batch.
func (o *office) file(b ledger.Batch) (string, error) {
	data, err := os.ReadFile(filepath.Join(o.path("archive"), b.SHA256[:2], b.SHA256))
	return string(data), err
}

// holds says whether a file that is to be sent, or may have been, orders a wage.
func (o *office) holds(b ledger.Batch, account string, amount int64) (bool, error) {
	data, err := o.file(b)
	if err != nil {
		return false, err
	}
	return audit.Orders(data, account, amount)
}

// notDelivered is said by two people. The program may have died when one or both
// had said it.
func (o *office) notDelivered(ctx context.Context, b ledger.Batch) error {
	delete(o.stuck, b.Reference)
	for _, by := range []ledger.Actor{clerk, approver} {
		_, err := o.program.books.DecideNotDelivered(ctx, by, b, "telephone", false)
		var rival *ledger.RivalError
		if errors.As(err, &rival) {
			o.stuck[b.Reference] = true
			return fmt.Errorf("simulated: %w", err) // it may have been paid by another
		}
		if err != nil && !errors.Is(err, ledger.ErrSameReviewer) {
			return err
		}
	}
	return nil
}

// bankHas is what a person at the bank says of a batch.
func (o *office) bankHas(b ledger.Batch) (bool, error) {
	for _, dir := range []string{outboxFolder, takenFolder} {
		if _, err := os.Stat(filepath.Join(o.remote(dir), b.Reference+".TRF")); err == nil {
			return true, nil
		} else if !errors.Is(err, os.ErrNotExist) {
			return false, err
		}
	}
	return false, nil
}

// repay has people propose, now and then, to pay again what has failed.
func (o *office) repay(ctx context.Context) error {
	failed, err := o.failedDeposits(ctx)
	if err != nil {
		return err
	}
	byPeriod := map[string][]string{}
	var periods []string
	for _, d := range failed {
		if o.repaid[d.Reference] {
			continue
		}
		o.repaid[d.Reference] = true
		if byPeriod[d.Period] == nil {
			periods = append(periods, d.Period)
		}
		byPeriod[d.Period] = append(byPeriod[d.Period], d.Reference)
	}
	for _, p := range periods {
		o.sheets = append(o.sheets, &sheet{name: fmt.Sprintf("bayar ulang %d", len(o.sheets)+1), day: o.day, period: p, repays: byPeriod[p]})
	}
	return nil
}

func isSimulated(err error) bool { return err != nil && strings.Contains(err.Error(), "simulated: ") }

// diskTrouble lets the disk be in trouble for a while, within so many fail
// points.
func (c *chance) diskTrouble(within int) mishaps {
	m := mishaps{diskFrom: c.from(1, within), disk: pick(c, errNoSpace, errNoSync)}
	m.diskTo = m.diskFrom + pick(c, 1, 2, 5, 1000)
	return m
}

// clockTime is an hour of a day of the course.
func (c *course) clockTime(day, hour, minute int) time.Time {
	return firstDay.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// failedDeposit is one that people may have paid again.
type failedDeposit struct{ Reference, Period string }

// failedDeposits are those that the books call failed. The bank's books are
// where they are looked for; what the ledger says of each decides.
func (o *office) failedDeposits(ctx context.Context) ([]failedDeposit, error) {
	if err := o.program.open(ctx); err != nil {
		return nil, err
	}
	var list []failedDeposit
	seen := map[string]bool{}
	for d := range o.bank.Books().Deposits() {
		if d.Outcome != banksim.WasRejected && d.Outcome != banksim.WasReturned || o.repaid[d.Reference] {
			continue
		}
		life, err := o.program.books.Life(ctx, d.Reference)
		if errors.Is(err, ledger.ErrNotFound) && o.losses.lives > 0 {
			continue // the books have forgotten it
		}
		if err != nil {
			return nil, err
		}
		// A deposit that was adopted may be known to the bank by two references.
		if life.ReplacedBy == "" && (life.State == "rejected" || life.State == "returned") && !seen[life.Reference] {
			seen[life.Reference] = true
			list = append(list, failedDeposit{d.Reference, life.Period})
		}
	}
	return list, nil
}
