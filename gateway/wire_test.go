package gateway_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/gateway/sftp"
	"bekal/reconcile/ledger"

	"golang.org/x/crypto/ssh"
)

// TestRefusedIsNotTriedAgain: what the server refuses, it would refuse again
// tonight. The trouble happens once, so that a second try would succeed.
func TestRefusedIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		trouble banksim.Trouble
		state   string
		words   string
	}{
		{"the rename", banksim.Trouble{Op: banksim.OpRename, Act: banksim.Refuse}, "staged", "rename .*denies"},
		{"the upload", banksim.Trouble{Op: banksim.OpCreate, Act: banksim.Refuse}, "sealed", "upload .*denies"},
		{"the stat", banksim.Trouble{Op: banksim.OpStat, Act: banksim.Refuse}, "sealed", "stat .*denies"},
		{"the disk is full", banksim.Trouble{Op: banksim.OpWrite, Act: banksim.Full}, "sealed", "no space left"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := open(t, func(s *setup) { s.gate.Retries = 3 })
			o.wages(3)
			o.bank.Arm(c.trouble)
			r := o.night("2026-11-23", gateway.Degraded)
			outcomes(t, r, "deliver")
			says(t, r.Err(), c.words)
			if hint(r.Err()) == "" {
				t.Error("no hint")
			}
			o.states(c.state)
			o.night("2026-11-24", gateway.Ran)
			o.states("delivered")
			o.ls("outbox", "b1.TRF")
		})
	}
}

// TestLoginIsTriedOnce: a bank locks accounts that knock too often.
func TestLoginIsTriedOnce(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*setup){
		"a key that the bank does not know": func(s *setup) { s.wire.Signers = []ssh.Signer{key(2)} },
		"a wrong password":                  func(s *setup) { s.bank.Password, s.wire.Signers, s.wire.Password = "contoh", nil, "salah" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t, func(s *setup) { s.gate.Retries = 5 }, change)
			o.wages(3)
			r := o.night("2026-11-23", gateway.Degraded)
			outcomes(t, r, "collect", "deliver")
			says(t, step(t, r, "collect").Err, "(?i)key|password|refuse")
			says(t, step(t, r, "deliver").Err, "(?i)key|password|refuse")
			if !strings.Contains(hint(r.Err()), "lock the account") {
				t.Errorf("hint %q", hint(r.Err()))
			}
			if seen := o.bank.Seen(); seen.Refused != 1 || seen.Connections != 1 || seen.Logins != 0 || o.dials != 1 {
				t.Errorf("the bank saw %+v, %d dials", seen, o.dials)
			}
			o.states("sealed")
			// A person has put the right key in.
			o.wire.Signers = []ssh.Signer{key(1)}
			o.night("2026-11-24", gateway.Ran)
			o.states("delivered")
		})
	}
}

// TestUnansweredPasswordIsTriedOnce: some servers hang up on a wrong password,
// and count it. Whoever takes that for a broken line, and tries again, locks the
// account in one night.
func TestUnansweredPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	o := open(t, func(s *setup) {
		s.gate.Retries, s.bank.Password, s.wire.Signers, s.wire.Password = 5, "contoh", nil, "contoh"
	})
	o.wages(3)
	o.bank.Arm(banksim.Trouble{Op: banksim.OpAuth, Act: banksim.Drop, Times: -1})
	r := o.night("2026-11-23", gateway.Degraded)
	outcomes(t, r, "collect", "deliver")
	says(t, r.Err(), "password of user "+user)
	if !strings.Contains(hint(r.Err()), "lock the account") {
		t.Errorf("hint %q", hint(r.Err()))
	}
	if seen := o.bank.Seen(); seen.Connections != 1 || seen.Logins != 0 || o.dials != 1 {
		t.Errorf("the bank saw %+v, %d dials", seen, o.dials)
	}
	o.states("sealed")
	o.bank.Disarm()
	o.night("2026-11-24", gateway.Ran)
	o.states("delivered")
}

// TestAnotherHostKey: somebody who is not the bank gets nothing, not even a
// user name.
func TestAnotherHostKey(t *testing.T) {
	t.Parallel()
	o := open(t, func(s *setup) { s.gate.Retries, s.known = 5, key(9).PublicKey() })
	o.wages(3)
	r := o.night("2026-11-23", gateway.Degraded)
	outcomes(t, r, "collect", "deliver")
	says(t, r.Err(), "(?i)host key", regexp.QuoteMeta(ssh.FingerprintSHA256(o.bank.HostKey())))
	if !strings.Contains(hint(r.Err()), "bank") {
		t.Errorf("hint %q", hint(r.Err()))
	}
	if seen := o.bank.Seen(); seen.Logins != 0 || seen.Refused != 0 || seen.Connections != 1 || o.dials != 1 {
		t.Errorf("the bank saw %+v, %d dials", seen, o.dials)
	}
	o.ls("outbox")
	o.states("sealed")
}

// TestServerHangs: an answer that does not come ends one step, not the night.
func TestServerHangs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		trouble  banksim.Trouble
		degraded []string
		state    string
	}{
		{"at the connection", banksim.Trouble{Op: banksim.OpConnect, Times: -1}, []string{"collect", "deliver"}, "sealed"},
		{"at the login", banksim.Trouble{Op: banksim.OpAuth, Times: -1}, []string{"collect", "deliver"}, "sealed"},
		{"at the listing", banksim.Trouble{Op: banksim.OpList, Times: -1}, []string{"collect"}, "delivered"},
		{"at a download", banksim.Trouble{Op: banksim.OpRead, Times: -1}, []string{"collect"}, "delivered"},
		{"in the upload", banksim.Trouble{Op: banksim.OpWrite, Times: -1}, []string{"deliver"}, "sealed"},
		{"at the rename", banksim.Trouble{Op: banksim.OpRename, Times: -1}, []string{"deliver"}, "staged"},
		{"after the rename", banksim.Trouble{Op: banksim.OpRename, When: banksim.After, Times: -1}, []string{"deliver"}, "staged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const limit = 1500 * time.Millisecond
			o := open(t, func(s *setup) {
				s.wire.DialTimeout, s.wire.RequestTimeout, s.wire.StallTimeout = 3*limit, limit, limit
			})
			o.put("RET20261120-01.STL", stl("", stranger(5)))
			o.wages(3)
			c.trouble.Act = banksim.Hang
			met := o.bank.Arm(c.trouble)
			r := o.night("2026-11-23", gateway.Degraded)
			select {
			case <-met:
			default: // on a busy machine another answer may be late
				t.Fatalf("the night failed before the server hung: %v", r.Err())
			}
			outcomes(t, r, c.degraded...)
			says(t, r.Err(), "for .*s: i/o timeout|deadline|time")
			o.states(c.state)
			o.bank.Disarm()
			o.night("2026-11-24", gateway.Ran)
			o.states("delivered")
			o.ls("outbox", "b1.TRF")
			o.mismatches("unknown ZZZ01000000000 RET20261120-01.STL:2 payment_reference[82-101]")
		})
	}
}

// TestBankIsDown: the batch is composed all the same, and goes out when the
// bank is back.
func TestBankIsDown(t *testing.T) {
	t.Parallel()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	o := open(t, func(s *setup) { s.gate.Retries = 1 })
	o.wages(3)
	o.wire.Dialer = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, nobody.Addr().String())
	}
	r := o.night("2026-11-23", gateway.Degraded)
	outcomes(t, r, "collect", "deliver")
	says(t, r.Err(), "refused")
	if n := count(step(t, r, "compose"), "deposits composed"); n != 3 {
		t.Errorf("%d deposits composed", n)
	}
	if o.dials != 4 {
		t.Errorf("%d dials, want two for each of two steps", o.dials)
	}
	o.states("sealed")
	o.wire.Dialer = nil
	o.night("2026-11-24", gateway.Ran)
	o.states("delivered")
}

// TestOneBankFails: the other bank's files are collected all the same. (One
// facility pays through one bank now; the night takes a list.)
func TestOneBankFails(t *testing.T) {
	t.Parallel()
	o := open(t)
	broken := *o.gate
	var err error
	if broken.Bank, err = o.books.EnsureBank(context.Background(), itself, "AAA"); err != nil {
		t.Fatal(err)
	}
	wrong := o.wire
	wrong.Signers = []ssh.Signer{key(2)}
	broken.Dial = func(ctx context.Context, _ *slog.Logger) (gateway.Transport, error) { return sftp.Dial(ctx, wrong) }
	o.run.Banks = []*gateway.Bank{&broken, o.gate}
	o.put("RET20261120-01.STL", stl("", stranger(5)))
	r := o.night("2026-11-23", gateway.Degraded)
	outcomes(t, r, "collect")
	says(t, r.Err(), "bank AAA")
	o.suspense(5)
}

// TestStoppedBetweenSteps: a night that is told to stop ends the step that it
// is in, and the next one goes on.
func TestStoppedBetweenSteps(t *testing.T) {
	t.Parallel()
	for i, name := range gateway.Steps() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.put("RET20261120-01.STL", stl("", stranger(5)))
			o.wages(3)
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			o.run.Watch = func(s gateway.StepResult) {
				if s.Step == name && s.Outcome == "" {
					stop()
				}
			}
			last := i == len(gateway.Steps())-1
			want := gateway.Failed
			if last {
				want = gateway.Ran
			}
			r := o.nightIn(ctx, "2026-11-23", want)
			if s := step(t, r, name); s.Outcome != gateway.Ran {
				t.Errorf("the step itself: %s, %v", s.Outcome, s.Err)
			}
			if stopped := errors.Is(r.Err(), gateway.ErrStopped); stopped == last {
				t.Errorf("stopped: %v", r.Err())
			}
			if n, err := o.books.LastNight(context.Background()); err != nil || n.Outcome != string(want) {
				t.Errorf("the books say %+v, %v", n, err)
			}
			if got, want := len(o.batches()), boolInt(i >= 3); got != want {
				t.Errorf("%d batches, want %d", got, want)
			}
			o.run.Watch = nil
			o.night("2026-11-23", gateway.Ran)
			o.states("delivered")
			o.ls("outbox", "b1.TRF")
			o.suspense(5)
		})
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestGraceIsLimited: a step that hangs when the night is told to stop is cut
// off.
func TestGraceIsLimited(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.wages(3)
	o.run.Grace = 50 * time.Millisecond
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	met := o.bank.Arm(banksim.Trouble{Op: banksim.OpList, Act: banksim.Hang})
	go func() {
		<-met
		stop()
	}()
	r := o.nightIn(ctx, "2026-11-23", gateway.Failed)
	if s := step(t, r, "collect"); s.Outcome != gateway.Degraded {
		t.Errorf("collect: %s", s.Outcome)
	}
	o.night("2026-11-23", gateway.Ran)
	o.states("delivered")
}

// TestDateMustBeOne: a night of no date is not entered in the books.
func TestDateMustBeOne(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, date := range []string{"", "2026-13-01", "23-11-2026", "2026-11-23T00:00:00"} {
		if _, err := o.run.Run(context.Background(), date, ""); err == nil {
			t.Errorf("%q was taken for a date", date)
		}
	}
	if _, err := o.books.LastNight(context.Background()); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a night was entered: %v", err)
	}
}
