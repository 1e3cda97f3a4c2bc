package simulate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"syscall"
	"time"

	"bekal/gateway"
	"bekal/gateway/sftp"
	"bekal/reconcile"
	"bekal/reconcile/ledger"

	"github.com/cenkalti/backoff/v5"
)

// program is Bekal as it runs on the machine of the facility: its books are
// open while it lives. It dies at fail points, and is started again.
type program struct {
	*course
	books *ledger.Ledger
	plan  mishaps
	seen  map[string]int // how often each fail point was passed
}

// mishaps are what happens to the program in one of its lives. Fail points are
// counted from 1 in each of them.
type mishaps struct {
	passed    int
	dieAt     int    // 0: never
	dieOf     string // or at a fail point of this name
	dieAfter  int    // when it has been passed so often before
	diskFrom  int    // the disk is in trouble from this one on; 0: never
	diskTo    int
	disk      syscall.Errno
	meanwhile map[int]func() // what happens elsewhere at that moment
}

// died is what the program's death panics with.
type died struct{ point string }

// variable are the parts of a fail point's name that tell one step from another
// of its kind.
var variable = regexp.MustCompile(`^(\w+: batch) \S+ |^(\w+: answers missing) in .*|^(\w+: file (?:received|posted)): .*`)

// point is the name of a kind of fail point.
func point(name string) string {
	m := variable.FindStringSubmatch(name)
	switch {
	case m == nil:
		return name
	case m[1] != "":
		return m[1] + " " + name[len(m[0]):]
	case m[2] != "":
		return m[2]
	}
	return m[3]
}

// stepTime is what passes from one fail point to the next.
const stepTime = 100 * time.Millisecond

// fail is asked at every fail point: of the books and the archive, and before
// and after each request to the bank.
func (p *program) fail(name string) error {
	name = point(name)
	if strings.HasSuffix(name, ": done") {
		if err := p.slips.beside(); err != nil {
			panic(err)
		}
	}
	p.seen[name]++
	p.plan.passed++
	p.clock.pass(stepTime)
	at := p.plan.passed
	if do := p.plan.meanwhile[at]; do != nil {
		do()
	}
	if p.plan.dieOf == name {
		if p.plan.dieAfter--; p.plan.dieAfter < 0 {
			p.plan.dieAt = at
		}
	}
	if at == p.plan.dieAt {
		p.count("crash", name)
		panic(died{name})
	}
	if p.plan.diskFrom > 0 && at >= p.plan.diskFrom && at < p.plan.diskTo && diskPoint(name) {
		p.count("disk: "+p.plan.disk.Error(), name)
		return fmt.Errorf("simulated: %w", p.plan.disk)
	}
	return nil
}

// diskPoint says whether a full disk, or one that does not sync, is felt there.
func diskPoint(name string) bool {
	switch name {
	case "archive write", "archive sync", "archive kept", "keep the report":
		return true
	}
	return strings.HasPrefix(name, "commit: ")
}

// live runs something in a life of the program, with mishaps. crashed names the
// fail point at which it died.
func (p *program) live(ctx context.Context, m mishaps, do func() error) (crashed string, err error) {
	p.plan = mishaps{} // it starts in peace: what a start can fail at is tried elsewhere
	if err := p.open(ctx); err != nil {
		return "", err
	}
	return p.run(m, do)
}

// run runs something with mishaps, whether there are books or not.
func (p *program) run(m mishaps, do func() error) (crashed string, err error) {
	p.plan = m
	defer func() {
		p.plan = mishaps{}
		switch d := recover().(type) {
		case nil:
		case died:
			crashed = d.point
			p.clock.forget()
			err = p.close()
		default:
			panic(d)
		}
		p.bank.Quiet()
	}()
	return "", do()
}

// open starts the program, unless it runs.
func (p *program) open(ctx context.Context) (err error) {
	if p.books != nil {
		return nil
	}
	p.books, err = ledger.Open(ctx, p.ledgerOptions())
	return err
}

// close is the end of the process. What it was doing has been undone by the
// panic, as the next one to open the books would.
func (p *program) close() error {
	if p.books == nil {
		return nil
	}
	err := p.books.Close()
	p.books = nil
	return err
}

func (p *program) ledgerOptions() ledger.Options {
	return ledger.Options{Path: p.path("bekal.db"), Archive: p.path("archive"), Now: p.clock.Now, Fail: p.fail}
}

// night makes the night of one run.
func (p *program) night() *gateway.Night {
	gate := p.gate
	gate.Dial = func(ctx context.Context, log *slog.Logger) (gateway.Transport, error) {
		if err := p.fail("dial"); err != nil {
			return nil, err
		}
		o := p.wire
		o.Log = log
		t, err := sftp.Dial(ctx, o)
		if err != nil {
			return nil, err
		}
		return &watched{t, p}, nil
	}
	return &gateway.Night{
		Ledger: p.books, Facility: p.facility, Location: zone, Banks: []*gateway.Bank{&gate}, Actor: itself, Now: p.clock.Now, Log: slog.New(slog.DiscardHandler),
		Pauses: func() backoff.BackOff { return &pauses{p.clock, time.Second} },
		Keep: func(context.Context, reconcile.Report) ([]string, error) {
			return nil, errors.Join(p.fail("keep the report"), p.fail("report kept"))
		},
		Tell: func(context.Context, gateway.Result) error {
			return errors.Join(p.fail("tell people"), p.fail("people told"))
		},
	}
}

// pauses between attempts let time pass, and wait for nothing.
type pauses struct {
	clock *clock
	next  time.Duration
}

// NextBackOff implements backoff.BackOff.
func (b *pauses) NextBackOff() time.Duration {
	b.clock.pass(b.next)
	b.next = min(2*b.next, 30*time.Second)
	return 0
}

// Reset implements backoff.BackOff.
func (b *pauses) Reset() { b.next = time.Second }
