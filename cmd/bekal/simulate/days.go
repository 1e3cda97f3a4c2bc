package simulate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/gateway"
	"bekal/gateway/schedule"
	"bekal/gateway/sftp"
	"bekal/reconcile/ledger"
)

// calmNights are played in the end without any trouble: whatever can come to an
// end then does.
const calmNights = 9

// nightLock is the lock of whoever runs nights.
const nightLock = "bekal.lock"

// enoughViolations end a course: one that is broken breaks in many ways.
const enoughViolations = 10

// play plays all days, and the calm ones behind them.
func (c *course) play(ctx context.Context) error {
	for c.day = 0; c.day < c.options.Nights+calmNights+c.losses.longer(); c.day++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.day == c.options.Nights {
			if err := c.calmDown(); err != nil {
				return err
			}
		}
		if err := c.playDay(ctx); err != nil {
			return err
		}
		if len(c.found) >= enoughViolations {
			return nil
		}
	}
	return c.settled(ctx)
}

func (c *course) playDay(ctx context.Context) error {
	c.clock.set(c.clockTime(c.day, 9, 0))
	if err := c.bankDay(ctx); err != nil {
		return err
	}
	c.clock.set(c.clockTime(c.day, 11, 0))
	if err := c.courier.deliver(); err != nil {
		return err
	}
	c.clock.set(c.clockTime(c.day, 12, 0))
	if there, err := c.losses.morning(ctx); err != nil || !there {
		return err
	}
	c.clock.set(c.clockTime(c.day, 13, 0))
	if err := c.office.work(ctx); err != nil {
		return err
	}
	if there, err := c.losses.afternoon(ctx); err != nil || !there {
		return err
	}
	c.clock.set(c.clockTime(c.day, 19, 30).Add(c.jump()))
	if err := c.nights(ctx); err != nil {
		return err
	}
	// Early in the morning the program is ended for the backup, or goes on.
	if c.chance.in(30) {
		return c.program.close()
	}
	return nil
}

// jump is how wrong the clock is tonight.
func (c *course) jump() time.Duration {
	if !c.chance.in(c.weather.jump) {
		return 0
	}
	by := time.Duration(pick(c.chance, -36, -20, -3, -1, 1, 3, 4)) * time.Hour
	c.count("clock jumped", "")
	c.note("the clock jumps by %s", by)
	return by
}

// bankDay is a working day of the bank.
func (c *course) bankDay(ctx context.Context) error {
	if c.chance.in(c.weather.hostKey) && c.foreign == 0 {
		if err := c.changeHostKey(ctx); err != nil {
			return err
		}
	}
	if c.foreign > 0 {
		if c.foreign--; c.foreign == 0 {
			// Somebody has telephoned, and trusts the new key.
			if err := sftp.Replace(c.wire.KnownHosts, bankAddress, c.bank.HostKey()); err != nil {
				return err
			}
			c.note("the bank's new host key is trusted")
		}
	}
	if c.chance.in(c.weather.cleaned) {
		if err := c.cleanUp(); err != nil {
			return err
		}
	}
	if c.chance.in(c.weather.absent) {
		c.count("bank did not work", "")
		return nil
	}
	return c.bankWorks(ctx)
}

func (c *course) bankWorks(ctx context.Context) error {
	d, err := c.bank.Work(ctx, c.clock.Now())
	if err != nil {
		return err
	}
	if len(d.Taken)+len(d.Answered) > 0 {
		c.note("bank: takes %s, answers %s", strings.Join(d.Taken, " "), strings.Join(d.Answered, " "))
	}
	return c.courier.fetch()
}

func (c *course) changeHostKey(ctx context.Context) error {
	c.hostKeys++
	c.foreign = c.chance.from(2, 4)
	c.count("host key changed", "")
	c.note("the bank changes its host key")
	if err := c.bank.Close(); err != nil {
		return err
	}
	return c.openBank(ctx)
}

// cleanUp: somebody at the bank removes half-written files.
func (c *course) cleanUp() error {
	parts, err := filepath.Glob(filepath.Join(c.remote(outboxFolder), "*.part"))
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := os.Remove(p); err != nil {
			return err
		}
		c.count("part file removed at the bank", "")
		c.note("the bank removes %s", filepath.Base(p))
	}
	return nil
}

// nights runs the night of a day, and again where the program died and is
// started again.
func (c *course) nights(ctx context.Context) error {
	for try := 1; ; try++ {
		outcome, err := c.night(ctx)
		if err != nil {
			return err
		}
		if lost, err := c.losses.struck(ctx); err != nil || lost || outcome != audit.Crashed {
			return err
		}
		if try == 4 || !c.chance.in(c.weather.again) {
			return nil
		}
		c.clock.pass(time.Duration(c.chance.from(1, 90)) * time.Minute)
	}
}

// night runs one night, with the mishaps that it draws, and has the books
// examined.
func (c *course) night(ctx context.Context) (outcome string, err error) {
	m, reached := c.tonight(ctx)
	c.losses.tonight(ctx, &m)
	c.slips.tonight(ctx)
	date, began := c.date(), c.clock.Now()
	refused, failed := c.bank.Seen().Refused, c.figures.Events["disk: "+errNoSpace.Error()]+c.figures.Events["disk: "+errNoSync.Error()]
	var result gateway.Result
	crashed, err := c.program.live(ctx, m, func() (err error) {
		lock, err := schedule.Acquire(c.path(nightLock), "bekal night")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, lock.Release()) }()
		result, err = c.program.night().Run(ctx, date, "")
		return err
	})
	c.slips.at = 0
	if c.slips.acted {
		reached = false // what was approved in the middle of it waits for the next
	}
	c.bank.Disarm()
	c.exchange.setDown(false)
	if c.met() > 0 {
		reached = false
	}
	disk := c.figures.Events["disk: "+errNoSpace.Error()]+c.figures.Events["disk: "+errNoSync.Error()] > failed
	switch {
	case crashed != "":
		outcome = audit.Crashed
		c.note("night of %s: the program dies at %q", date, crashed)
		if err != nil {
			return "", err
		}
	case isSimulated(err):
		outcome = audit.Crashed // it could not even begin
		c.note("night of %s: %v", date, err)
	case err != nil:
		return "", err
	default:
		outcome = string(result.Outcome)
		c.figures.Nights++
		if result.Outcome != gateway.Ran {
			c.figures.Degraded++
		}
		c.tell(result)
		if result.Outcome == gateway.Failed && disk {
			outcome = audit.Crashed // the books could not be told how it ended
		}
		if result.Outcome == gateway.Failed && !disk {
			c.violation("night", date, "it failed, and nothing was wrong with the disk: %v", result.Err())
		}
		if result.Outcome == gateway.Degraded && reached && !disk && !c.excused(result.Err()) {
			c.violation("night", date, "it was degraded, and nothing was wrong: %v", result.Err())
		}
	}
	if n := c.bank.Seen().Refused - refused; n > 1 {
		c.violation("login", date, "the bank refused us %d times in one night: it may lock the account", n)
	}
	if c.refuses > 0 {
		c.refuses--
	}
	return outcome, c.examine(ctx, audit.Night{Date: date, Outcome: outcome, Reached: reached && !disk && crashed == "", Began: began, Proof: proofOf(result.Report)})
}

// excused says whether a night was degraded by nothing but what it says every
// night until somebody has decided: batches that are uncertain, and in a ledger
// that was restored the hold, what is held back, and a batch that another one has
// perhaps paid.
func (c *course) excused(err error) bool {
	var uncertain *gateway.UncertainError
	var held *gateway.HeldBackError
	var rival *ledger.RivalError
	known := func(err error) bool {
		return errors.As(err, &uncertain) || c.losses.lives > 0 && (errors.Is(err, ledger.ErrOnHold) || errors.As(err, &held) || errors.As(err, &rival))
	}
	switch x := err.(type) { //nolint:errorlint // the tree is walked by hand
	case nil:
		return true
	case interface{ Unwrap() []error }:
		for _, e := range x.Unwrap() {
			if !c.excused(e) {
				return false
			}
		}
		return true
	case interface{ Unwrap() error }:
		return c.excused(x.Unwrap())
	}
	return known(err)
}

// tell notes how a night went.
func (c *course) tell(r gateway.Result) {
	for _, s := range r.Steps {
		counts := make([]string, 0, len(s.Counts))
		for _, n := range s.Counts {
			counts = append(counts, n.String())
		}
		text := strings.Join(counts, ", ")
		if s.Err != nil {
			text += "; " + strings.ReplaceAll(s.Err.Error(), "\n", "; ")
		}
		if text != "" {
			c.note("  %s %s: %s", s.Step, s.Outcome, text)
		}
	}
	c.note("night %s: %s", r.Night, r.Outcome)
}

// examine lets the auditor look.
func (c *course) examine(ctx context.Context, n audit.Night) error {
	if err := c.withdrawn(); err != nil {
		return err
	}
	// What people approved may be in the books, though the program died over it.
	for _, s := range c.office.sheets {
		if s.id != 0 && !s.approved {
			if err := c.office.learn(ctx, s); err != nil {
				return err
			}
		}
	}
	found, err := c.auditor.Examine(ctx, n)
	if err != nil {
		return err
	}
	c.figures.Examined++
	c.report(found)
	return c.watch(ctx)
}

// watch lets the witness look at the bank, and learns whether the books are on
// hold from now on.
func (c *course) watch(ctx context.Context) error {
	found, err := c.witness.Examine()
	if err != nil {
		return err
	}
	c.report(found)
	if c.losses.lives == 0 {
		return nil
	}
	return c.losses.learn(ctx)
}

func (c *course) report(found []audit.Violation) {
	for _, v := range found {
		c.violation(string(v.Rule), v.About, "%s", v.Detail)
	}
}

// calmDown ends all trouble.
func (c *course) calmDown() error {
	c.calm = true
	c.weather = weather{}
	c.refuses = 0
	if c.foreign > 0 {
		c.foreign = 0
		if err := sftp.Replace(c.wire.KnownHosts, bankAddress, c.bank.HostKey()); err != nil {
			return err
		}
	}
	for _, s := range c.office.sheets {
		s.day = min(s.day, c.day)
	}
	for i := range c.courier.bag {
		c.courier.bag[i].day = min(c.courier.bag[i].day, c.day)
	}
	c.note("it calms down")
	return nil
}

// settled looks where everything has come to.
func (c *course) settled(ctx context.Context) error {
	if err := c.program.open(ctx); err != nil {
		return err
	}
	batches, err := c.program.books.Batches(ctx, 0)
	if err != nil {
		return err
	}
	sent := int64(0)
	for _, b := range batches {
		switch {
		case b.Delivered == "" && c.office.stuck[b.Reference]:
			// Another batch has paid some of its wages, and not all: whatever is said of
			// it as a whole is wrong. It is named in every report, and waits.
			c.count("batch of which another one has paid a part, undecided", "")
			if err := c.office.waits(b); err != nil {
				return err
			}
		case b.Delivered == "":
			c.violation("end", b.Reference, "the batch is %s after %d calm nights", b.State, calmNights)
		}
		sent += b.Count
	}
	for _, s := range c.office.sheets {
		if !s.approved && !s.void {
			c.violation("end", s.name, "it is not approved after %d calm days", calmNights)
		}
	}
	books := c.bank.Books()
	if got := books.Totals().Received.Count; got != sent && c.losses.lives == 0 {
		c.violation("end", "the bank", "it has received %d deposits, %d were delivered", got, sent)
	}
	for _, v := range books.Violations() {
		c.violation("bank", v.Batch+" "+v.Reference, "%s in %s", v.What, v.File)
	}
	if _, err := c.program.books.Verify(ctx); err != nil {
		c.violation("end", "the books", "they do not verify: %v", err)
	}
	return c.losses.settled(ctx)
}

// sumUp counts what the bank did.
func (c *course) sumUp() {
	books := c.bank.Books()
	for _, f := range books.Injected() {
		c.figures.Bank[string(f.Kind)]++
	}
	t := books.Totals()
	c.figures.Delivered += int(t.Received.Count)
	c.figures.Settled += int(t.Credited.Count - t.Returned.Count)
	for _, n := range c.program.seen {
		c.figures.FailPoints += n
	}
}
