package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bekal/gateway"
	"bekal/gateway/sftp"
	"bekal/reconcile/ledger"

	"golang.org/x/crypto/ssh"
)

// A full disk: the test binary runs itself again as a process that may write no
// file beyond a size, which fails as a full disk does, and cannot be made
// otherwise without being root.

// childEnv holds, as JSON, what the second process is to do.
const childEnv = "BEKAL_TEST_CHILD"

// errand is one night of a process whose disk is full from some moment on.
type errand struct {
	Dir, Address, Date string
	From               string // the step with which it begins; "renamed": right after a rename
	Limit              uint64 // bytes that a file may have
}

// told is how a step ended in the other process.
type told struct{ Step, Outcome, Err string }

// child is main of the second process.
func child() int {
	list, err := runErrand()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(list)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runErrand() ([]told, error) {
	var e errand
	if err := json.Unmarshal([]byte(os.Getenv(childEnv)), &e); err != nil {
		return nil, err
	}
	clock := &watch{}
	clock.set(e.Date, 19, 30)
	ctx := context.Background()
	books, err := ledger.Open(ctx, ledger.Options{Path: filepath.Join(e.Dir, "bekal.db"), Archive: filepath.Join(e.Dir, "archive"), Now: clock.Now})
	if err != nil {
		return nil, err
	}
	facility, err := books.Facility(ctx, "PWK")
	if err != nil {
		return nil, err
	}
	gate, err := gateDefaults()
	if err != nil {
		return nil, err
	}
	if gate.Bank, err = books.EnsureBank(ctx, itself, "BRI"); err != nil {
		return nil, err
	}
	gate.MaxDeposits = 100_000
	wire := sftp.Options{Address: e.Address, User: user, Signers: []ssh.Signer{key(1)}, KnownHosts: filepath.Join(e.Dir, "known_hosts")}
	full := func() {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: e.Limit, Max: e.Limit}); err != nil {
			panic(err)
		}
	}
	gate.Dial = func(ctx context.Context, _ *slog.Logger) (gateway.Transport, error) {
		t, err := sftp.Dial(ctx, wire)
		if err != nil || e.From != "renamed" {
			return t, err
		}
		return &fullAfterRename{t, full}, nil
	}
	night := &gateway.Night{Ledger: books, Facility: facility, Location: wib, Banks: []*gateway.Bank{&gate}, Actor: itself, Now: clock.Now, Log: logTo(os.Stderr),
		Watch: func(s gateway.StepResult) {
			if s.Step == e.From && s.Outcome == "" {
				full()
			}
		}}
	r, err := night.Run(ctx, e.Date, "")
	if err != nil {
		return nil, err
	}
	list := []told{{"night", string(r.Outcome), ""}}
	for _, s := range r.Steps {
		x := told{s.Step, string(s.Outcome), ""}
		if s.Err != nil {
			x.Err = s.Err.Error()
		}
		list = append(list, x)
	}
	return list, nil // and the process dies with its ledger open
}

// fullAfterRename fills the disk once a rename was carried out.
type fullAfterRename struct {
	gateway.Transport
	full func()
}

func (f *fullAfterRename) Rename(ctx context.Context, from, to string) error {
	err := f.Transport.Rename(ctx, from, to)
	f.full()
	return err
}

// onFullDisk runs a night in the second process, and opens the books again.
func (o *office) onFullDisk(e errand) map[string]told {
	o.Helper()
	o.close()
	if e.Limit == 0 {
		// The books still fit, and a little more; bigger files do not.
		info, err := os.Stat(filepath.Join(o.dir, "bekal.db"))
		if err != nil {
			o.Fatal(err)
		}
		e.Limit = uint64(info.Size()) + 200_000
		o.Logf("the books have %d bytes, a file may have %d", info.Size(), e.Limit)
	}
	e.Dir, e.Address = o.dir, o.bank.Address()
	order, err := json.Marshal(e)
	if err != nil {
		o.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		o.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+string(order))
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		o.Fatalf("%v\n%s", err, log.String())
	}
	var list []told
	if err := json.Unmarshal(out.Bytes(), &list); err != nil {
		o.Fatalf("%v\n%s", err, out.String())
	}
	o.reopen()
	o.set(e.Date, 20, 0)
	o.check()
	steps := map[string]told{}
	for _, s := range list {
		steps[s.Step] = s
	}
	return steps
}

func (o *office) close() {
	o.Helper()
	if err := o.books.Close(); err != nil {
		o.Fatal(err)
	}
}

func (o *office) reopen() {
	o.Helper()
	var err error
	if o.books, err = ledger.Open(context.Background(), o.ledgerOptions()); err != nil {
		o.Fatal(err)
	}
	o.run.Ledger = o.books
}

// TestArchiveDoesNotFit: what cannot be archived is neither collected nor
// sent; the rest of the night runs, and the next night makes up for it.
func TestArchiveDoesNotFit(t *testing.T) {
	t.Parallel()
	t.Run("while collecting", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 3)
		// A file of 1.2 MB, most of which is old news.
		big := []answer{o.paid(1), o.paid(2)}
		for range 6000 {
			big = append(big, o.pending(1))
		}
		o.answer(1, "01", big...)
		o.answer(1, "02", o.paid(3))
		steps := o.onFullDisk(errand{Date: "2026-11-24", From: "collect"})
		if s := steps["collect"]; s.Outcome != "degraded" || !strings.Contains(s.Err, "file too large") || !strings.Contains(s.Err, "-01.STL") {
			t.Errorf("%+v", s)
		}
		if s := steps["reconcile"]; s.Outcome != "ran" || steps["night"].Outcome != "degraded" {
			t.Errorf("%+v", steps)
		}
		o.deposit(1, "delivered")
		o.deposit(3, "settled")
		o.night("2026-11-25", gateway.Ran)
		o.deposit(1, "settled")
		o.mismatches()
	})
	t.Run("while composing", func(t *testing.T) {
		t.Parallel()
		const n = 8000
		o := open(t, func(s *setup) { s.gate.MaxDeposits = n })
		o.wages(n)
		steps := o.onFullDisk(errand{Date: "2026-11-23", From: "compose"})
		if s := steps["compose"]; s.Outcome != "degraded" || !strings.Contains(s.Err, "file too large") {
			t.Errorf("%+v", s)
		}
		if s := steps["deliver"]; s.Outcome != "ran" || steps["night"].Outcome != "degraded" {
			t.Errorf("%+v", steps)
		}
		if n := len(o.batches()); n > 0 {
			t.Errorf("%d batches", n)
		}
		o.night("2026-11-24", gateway.Ran)
		o.states("delivered")
	})
}

// TestNothingFits: not a byte can be written any more, from a step on. Nothing
// that was recorded is lost, and nothing is sent twice.
func TestNothingFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from  string
		state string // of the batch that the night was to send
	}{
		{"recover", ""}, {"collect", ""}, {"reconcile", ""}, {"compose", ""}, {"deliver", "sealed"}, {"renamed", "staged"}, {"report", "delivered"}, {"notify", "delivered"},
	} {
		t.Run(c.from, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 2)
			o.wages(3)
			o.answer(1, "01", o.paid(1), o.rejected(2))
			steps := o.onFullDisk(errand{Date: "2026-11-24", From: c.from, Limit: 1})
			if steps["night"].Outcome != "failed" {
				t.Errorf("%+v", steps)
			}
			step := c.from
			if step == "renamed" {
				step = "deliver"
			}
			if s := steps[step]; s.Outcome != "failed" || !strings.Contains(s.Err, "disk") && !strings.Contains(s.Err, "too large") {
				t.Errorf("%+v", s)
			}
			want := []string{"delivered"}
			if c.state != "" {
				want = append(want, c.state)
			}
			o.states(want...)
			o.night("2026-11-25", gateway.Ran)
			o.states("delivered", "delivered")
			o.ls("outbox", "b1.TRF", "b2.TRF")
			o.mismatches("rejected d2 b1-01.STL:3 status[122-123]")
			if _, err := o.books.LastNight(context.Background()); errors.Is(err, ledger.ErrNotFound) {
				t.Error(err)
			}
		})
	}
}
