package gateway_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"

	"pgregory.net/rapid"
)

// TestAnyCourseOfEvents: whatever people, the bank and the line do, and in
// whatever order, the bank gets every deposit once, the proof holds, and the
// books are what the files say. office.check looks after every step.
func TestAnyCourseOfEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rate := rapid.IntRange(0, 700)
		faults := banksim.Faults{Missing: rate.Draw(r, "missing"), Unknown: rate.Draw(r, "unknown"), Amount: rate.Draw(r, "amount"), Account: rate.Draw(r, "account"), Name: rate.Draw(r, "name"),
			Duplicate: rate.Draw(r, "duplicate"), Rejected: rate.Draw(r, "rejected"), Returned: rate.Draw(r, "returned"), Pending: rate.Draw(r, "pending"), Late: rate.Draw(r, "late"), Unreadable: rate.Draw(r, "unreadable"),
			Control: 2 * rate.Draw(r, "control"), DuplicateFile: rate.Draw(r, "duplicate file"), SameNameOtherBytes: rate.Draw(r, "same name"), RefuseBatch: rate.Draw(r, "refused")}
		c := &course{T: r, day: time.Date(2026, 11, 23, 0, 0, 0, 0, wib)}
		c.office = open(r, func(s *setup) {
			s.bank.Seed, s.bank.Faults = rapid.Uint64Range(1, 1<<40).Draw(r, "seed"), faults
			s.bank.PickUpAtOnce = rapid.Bool().Draw(r, "the bank picks up at once")
			s.bank.Wire.NoPosixRename = rapid.Bool().Draw(r, "the bank has no posix-rename")
			s.gate.AfterCollect = rapid.SampledFrom([]string{"keep", "move", "delete"}).Draw(r, "after collect")
			s.gate.Done, s.bank.Done = "/done", "/done"
			s.gate.MaxDeposits = rapid.Int64Range(1, 6).Draw(r, "deposits of a batch")
		})
		// What happens often is named twice. (The course has an end of its own:
		// every step verifies the whole ledger, which grows with each.)
		actions := map[string]func(*rapid.T){"import": c.imports, "approve": c.approves, "night": c.nights, "another night": c.nights, "bank works": c.works, "bank works on": c.works,
			"trouble": c.troubles, "more trouble": c.troubles, "clean up": c.cleansUp, "decide": c.decides, "reopen": c.reopens}
		names := slices.Sorted(maps.Keys(actions))
		c.imports(r)
		c.approves(r)
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 4, 20).Draw(r, "course") {
			actions[name](r)
		}
		c.calm()
	})
}

// course is a course of events.
type course struct {
	*rapid.T
	*office
	day      time.Time
	proposed []ledger.Sheet
}

func (c *course) date() string { return c.day.Format(time.DateOnly) }

func (c *course) imports(r *rapid.T) {
	c.proposed = append(c.proposed, c.propose(rapid.IntRange(1, 7).Draw(r, "wages")))
}

func (c *course) approves(*rapid.T) {
	if len(c.proposed) == 0 {
		return
	}
	c.approve(c.proposed[0])
	c.proposed = c.proposed[1:]
}

// nights runs one night, sometimes a second one on the same date.
func (c *course) nights(r *rapid.T) {
	if rapid.Bool().Draw(r, "on a new day") {
		c.day = c.day.AddDate(0, 0, 1)
	}
	c.anyNight()
}

func (c *course) anyNight() gateway.Result {
	c.set(c.date(), 19, 30)
	result, err := c.run.Run(context.Background(), c.date(), "")
	if err != nil {
		c.office.Fatal(err)
	}
	if result.Outcome == gateway.Failed {
		c.office.Fatalf("the night failed: %v", result.Err())
	}
	c.check()
	return result
}

func (c *course) works(*rapid.T) {
	c.day = c.day.AddDate(0, 0, 1)
	c.work(c.date())
	c.check()
}

// troubles lets something on the line go wrong at the next occasion.
func (c *course) troubles(r *rapid.T) {
	c.bank.Arm(banksim.Trouble{
		Op: rapid.SampledFrom([]banksim.Op{banksim.OpConnect, banksim.OpAuth, banksim.OpOpen, banksim.OpCreate, banksim.OpRead, banksim.OpWrite, banksim.OpClose, banksim.OpStat, banksim.OpList,
			banksim.OpRename, banksim.OpRename, banksim.OpRename, banksim.OpRemove}).Draw(r, "operation"),
		When:  rapid.SampledFrom([]banksim.When{banksim.Before, banksim.After}).Draw(r, "when"),
		Act:   rapid.SampledFrom([]banksim.Act{banksim.Drop, banksim.Drop, banksim.Refuse, banksim.Full}).Draw(r, "act"),
		Times: rapid.IntRange(1, 3).Draw(r, "times"),
		Bytes: rapid.Int64Range(0, 800).Draw(r, "bytes"),
	})
}

// cleansUp: somebody at the bank removes half-written files.
func (c *course) cleansUp(*rapid.T) {
	parts, err := filepath.Glob(c.outbox("*.part"))
	if err != nil {
		c.office.Fatal(err)
	}
	for _, p := range parts {
		c.remove(p)
	}
}

// decides: a person asks the bank about what is uncertain.
func (c *course) decides(*rapid.T) {
	for _, b := range c.batches() {
		if b.State == "uncertain" {
			c.decide(b)
			return
		}
	}
}

func (c *course) decide(b ledger.Batch) {
	var err error
	if c.reached(b) {
		err = c.books.DecideDelivered(context.Background(), approver, b, c.date(), "telephone")
	} else {
		if _, err = c.books.DecideNotDelivered(context.Background(), clerk, b, "telephone", false); err == nil {
			_, err = c.books.DecideNotDelivered(context.Background(), approver, b, "telephone", false)
		}
	}
	if err != nil {
		c.office.Fatal(err)
	}
	c.check()
}

// reached says whether the bank has a batch: it lies in the outbox, or has been
// taken.
func (c *course) reached(b ledger.Batch) bool {
	for _, path := range []string{c.outbox(b.FileName), filepath.Join(c.dir, "bank", ".bank", "taken", b.FileName)} {
		if _, err := os.Stat(path); err == nil {
			return true
		} else if !errors.Is(err, fs.ErrNotExist) {
			c.office.Fatal(err)
		}
	}
	return false
}

// reopens: the program ends and begins again.
func (c *course) reopens(*rapid.T) {
	c.close()
	c.office.reopen()
	c.check()
}

// calm lets the bank and the nights go on without trouble until nothing moves,
// and looks where everything has come to.
func (c *course) calm() {
	c.bank.Disarm()
	for range 5 {
		c.day = c.day.AddDate(0, 0, 1)
		c.work(c.date())
		c.anyNight()
		for _, b := range c.batches() {
			if b.State == "uncertain" {
				c.decide(b)
			}
		}
	}
	if r := c.anyNight(); r.Outcome != gateway.Ran {
		c.office.Fatalf("the last night: %s: %v", r.Outcome, r.Err())
	}
	count := int64(0)
	for _, b := range c.batches() {
		if b.Delivered == "" {
			c.office.Fatalf("batch %s is %s in the end", b.Reference, b.State)
		}
		count += b.Count
	}
	books := c.bank.Books()
	if v := books.Violations(); len(v) > 0 {
		c.office.Fatalf("the bank complains: %+v", v)
	}
	if n := books.Totals().Received.Count; n != count {
		c.office.Fatalf("the bank has received %d deposits, %d were delivered", n, count)
	}
	for d := range books.Deposits() {
		c.agree(d)
	}
}

// agree holds one deposit against the bank's books: what the bank has credited
// and kept is never owed again, and what it has not is never settled.
func (c *course) agree(d banksim.Deposit) {
	if d.Outcome == banksim.NeverSent {
		return
	}
	life, err := c.books.Life(context.Background(), d.Reference)
	if err != nil {
		c.office.Fatal(err)
	}
	wrong := map[banksim.Outcome][]string{
		banksim.WasPaid:     {"rejected", "returned", "owed", "batched"}, // pending, where the file that decides was not in order,
		banksim.WasRejected: {"settled", "returned", "misdirected"},
		banksim.WasLeftOut:  {"settled", "returned", "misdirected", "rejected", "pending"},
		banksim.WasReturned: {"rejected"},
	}[d.Outcome]
	for _, w := range wrong {
		if life.State == w {
			c.office.Fatalf("deposit %s is %s in the books, and the bank's books say: %+v", d.Reference, life.State, d)
		}
	}
}
