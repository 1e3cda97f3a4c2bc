package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"path"
	"strings"
	"testing"

	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// TestThreeCleanNights: wages go out on Monday, the bank answers on Tuesday,
// and on Wednesday there is nothing left to do.
func TestThreeCleanNights(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.wages(20)
	monday := o.night("2026-11-23", gateway.Ran)
	if n := count(step(t, monday, "deliver"), "deposits delivered"); n != 20 {
		t.Errorf("%d deposits delivered", n)
	}
	o.ls("outbox", "b1.TRF")
	if day := o.work("2026-11-24"); day.Credited != 20 || len(day.Refused) > 0 {
		t.Fatalf("%+v", day)
	}
	tuesday := o.night("2026-11-24", gateway.Ran)
	if n := count(step(t, tuesday, "reconcile"), "deposits answered"); n != 20 {
		t.Errorf("%d deposits answered", n)
	}
	o.mismatches()
	o.deposit(7, "settled")
	o.work("2026-11-25")
	wednesday := o.night("2026-11-25", gateway.Ran)
	if s := wednesday.Report.Summary; s.Settled.Count != 20 || s.InTransit.Count != 0 || s.Owed.Count != 0 {
		t.Errorf("%+v", s)
	}
	o.events(1, "sealed", "staged", "delivered", "acknowledged")
	if b := o.bank.Books().Totals(); b.Batches != 1 || b.Credited.Count != 20 {
		t.Errorf("the bank's books: %+v", b)
	}
}

// TestTheSameNightTwice: a night may be run again at any time; nothing is sent
// or posted twice.
func TestTheSameNightTwice(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.wages(5)
	for range 3 {
		o.night("2026-11-23", gateway.Ran)
	}
	o.ls("outbox", "b1.TRF")
	o.work("2026-11-24")
	for range 3 {
		o.night("2026-11-24", gateway.Ran)
	}
	o.mismatches()
	o.states("acknowledged")
	if n, err := o.books.Nights(context.Background(), 10); err != nil || len(n) != 6 || n[0].Key != "2026-11-24.3" {
		t.Errorf("%+v %v", n, err)
	}
}

// TestInterrupted cuts the connection at every step of a delivery, lets the
// night end there, and shows where the next night takes it up.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		trouble banksim.Trouble
		state   string // after the night in which it happens
		folder  []string
		events  []string // after the next night
	}{
		{"before the stat of the name", banksim.Trouble{Op: banksim.OpStat, Match: ".TRF"}, "sealed", nil, []string{"sealed", "staged", "delivered"}},
		{"as the file is opened", banksim.Trouble{Op: banksim.OpCreate}, "sealed", nil, []string{"sealed", "staged", "delivered"}},
		{"after the file was opened", banksim.Trouble{Op: banksim.OpCreate, When: banksim.After}, "sealed", []string{"b1.TRF.part"}, []string{"sealed", "staged", "delivered"}},
		{"in the middle of the upload", banksim.Trouble{Op: banksim.OpWrite, Bytes: 700}, "sealed", []string{"b1.TRF.part"}, []string{"sealed", "staged", "delivered"}},
		{"after the last byte", banksim.Trouble{Op: banksim.OpWrite, When: banksim.After}, "sealed", []string{"b1.TRF.part"}, []string{"sealed", "staged", "delivered"}},
		{"at the close", banksim.Trouble{Op: banksim.OpClose, Match: ".part"}, "sealed", []string{"b1.TRF.part"}, []string{"sealed", "staged", "delivered"}},
		{"at the stat after the upload", banksim.Trouble{Op: banksim.OpStat, When: banksim.After, Match: ".part"}, "sealed", []string{"b1.TRF.part"}, []string{"sealed", "staged", "delivered"}},
		{"before the rename is carried out", banksim.Trouble{Op: banksim.OpRename}, "staged", []string{"b1.TRF.part"}, []string{"sealed", "staged", "delivered"}},
		{"after the rename was carried out", banksim.Trouble{Op: banksim.OpRename, When: banksim.After}, "staged", []string{"b1.TRF"}, []string{"sealed", "staged", "delivered"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.wages(10)
			c.trouble.Act = banksim.Drop
			met := o.bank.Arm(c.trouble)
			r := o.night("2026-11-23", gateway.Degraded)
			<-met
			outcomes(t, r, "deliver")
			o.states(c.state)
			o.ls("outbox", c.folder...)
			next := o.night("2026-11-24", gateway.Ran)
			o.states("delivered")
			o.events(1, c.events...)
			o.ls("outbox", "b1.TRF")
			taken := "deliver"
			if c.state == "staged" {
				taken = "recover"
			}
			if n := count(step(t, next, taken), "batches delivered"); n != 1 {
				t.Errorf("step %s delivered %d batches", taken, n)
			}
			o.work("2026-11-25")
			o.night("2026-11-25", gateway.Ran)
			o.mismatches()
			o.states("acknowledged")
			if b := o.bank.Books().Totals(); b.Batches != 1 || b.Credited.Count != 10 {
				t.Errorf("the bank's books: %+v", b)
			}
		})
	}
}

// TestStagedFileThatLostBytes: the bank's server has confirmed the whole file,
// and then has less of it. It still has the part name, so the file is written
// again before it gets its own.
func TestStagedFileThatLostBytes(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.wages(10)
	o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, Act: banksim.Drop})
	o.night("2026-11-23", gateway.Degraded)
	o.states("staged")
	part := o.outbox(o.batch(1).FileName + ".part")
	o.write(part, o.read(part)[:404])
	o.night("2026-11-24", gateway.Ran)
	o.events(1, "sealed", "staged", "delivered")
	o.ls("outbox", "b1.TRF")
	if got, want := o.read(o.outbox(o.batch(1).FileName)), o.archived(o.batch(1).SHA256); !bytes.Equal(got, want) {
		t.Errorf("the bank has %d bytes, %d were to be sent", len(got), len(want))
	}
	if day := o.work("2026-11-25"); day.Credited != 10 {
		t.Errorf("%+v", day)
	}
}

// TestRecoversWithinTheNight: with tries left, the same night asks the witness
// at once.
func TestRecoversWithinTheNight(t *testing.T) {
	t.Parallel()
	for name, when := range map[string]banksim.When{"before": banksim.Before, "after": banksim.After} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t, func(s *setup) { s.gate.Retries = 2 })
			o.wages(3)
			o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, When: when, Act: banksim.Drop})
			o.night("2026-11-23", gateway.Ran)
			o.events(1, "sealed", "staged", "delivered")
			o.ls("outbox", "b1.TRF")
		})
	}
}

// TestDropBeforeAPickUp: the bank takes files the moment they appear, and the
// rename did not happen: the part file is the witness.
func TestDropBeforeAPickUp(t *testing.T) {
	t.Parallel()
	o := open(t, func(s *setup) { s.bank.PickUpAtOnce = true })
	o.wages(3)
	o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, Act: banksim.Drop})
	o.night("2026-11-23", gateway.Degraded)
	o.states("staged")
	o.night("2026-11-24", gateway.Ran)
	o.states("delivered")
	o.ls("outbox")
}

// uncertain is an office whose only batch was renamed and taken, and the answer
// to the rename was lost.
func uncertain(t *testing.T) *office {
	t.Helper()
	o := open(t, func(s *setup) { s.bank.PickUpAtOnce = true })
	o.wages(4)
	o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, When: banksim.After, Act: banksim.Drop})
	o.night("2026-11-23", gateway.Degraded)
	o.states("staged")
	r := o.night("2026-11-24", gateway.Degraded)
	outcomes(t, r, "deliver")
	if n := count(step(t, r, "recover"), "batches uncertain"); n != 1 {
		t.Errorf("recover found %d uncertain batches", n)
	}
	o.states("uncertain")
	var u *gateway.UncertainError
	if err := r.Err(); !errors.As(err, &u) || u.Batch != o.batch(1).Reference || hint(err) == "" {
		t.Fatalf("%v (hint %q)", err, hint(err))
	}
	o.ls("outbox")
	return o
}

// TestUncertainIsNeverSentAgain: however many nights pass.
func TestUncertainIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	o := uncertain(t)
	for _, date := range []string{"2026-11-25", "2026-11-26"} {
		outcomes(t, o.night(date, gateway.Degraded), "deliver")
	}
	o.ls("outbox")
	o.events(1, "sealed", "staged", "uncertain")
}

// TestUncertainIsResolvedByTheBank: an acknowledgement or a settlement file
// proves that the bank has the batch.
func TestUncertainIsResolvedByTheBank(t *testing.T) {
	t.Parallel()
	t.Run("by the acknowledgement", func(t *testing.T) {
		t.Parallel()
		o := uncertain(t)
		o.put(o.batch(1).Reference+".ACK", o.ackOf(1, "00", "2001700"))
		o.night("2026-11-25", gateway.Ran)
		o.events(1, "sealed", "staged", "uncertain", "delivered", "acknowledged")
		o.deposit(1, "acknowledged")
		o.mismatches()
	})
	t.Run("by the settlement file alone", func(t *testing.T) {
		t.Parallel()
		o := uncertain(t)
		o.answer(1, "01", o.paid(1), o.paid(2), o.paid(3), o.rejected(4))
		o.night("2026-11-25", gateway.Ran)
		o.events(1, "sealed", "staged", "uncertain", "delivered")
		o.mismatches("rejected d4 b1-01.STL:5 status[122-123]")
	})
	t.Run("by a return file alone", func(t *testing.T) {
		t.Parallel()
		o := uncertain(t)
		o.put("RET20261125-01.STL", stl("", o.returned(2)))
		o.night("2026-11-25", gateway.Ran)
		o.events(1, "sealed", "staged", "uncertain", "delivered")
		o.mismatches("returned d2 RET20261125-01.STL:2 status[122-123]")
	})
	t.Run("by a refusal", func(t *testing.T) {
		t.Parallel()
		o := uncertain(t)
		o.put(o.batch(1).Reference+".ACK", o.ackOf(1, "06", "4031714"))
		o.night("2026-11-25", gateway.Ran)
		o.events(1, "sealed", "staged", "uncertain", "delivered", "refused")
		o.mismatches("rejected b1 b1.ACK:1 file_status")
	})
	t.Run("by all that the bank writes", func(t *testing.T) {
		t.Parallel()
		o := uncertain(t)
		o.work("2026-11-25")
		o.night("2026-11-25", gateway.Ran)
		o.states("acknowledged")
		o.mismatches()
	})
}

// TestUncertainAndDecidedInOneNight: a night that finds a batch uncertain, and
// then its answer, has nothing to wake anybody for. It says what happened.
func TestUncertainAndDecidedInOneNight(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	// lost is an office whose batches were all renamed and taken, and no rename
	// was answered.
	lost := func(t *testing.T, wages int, o *office) {
		t.Helper()
		o.wages(wages)
		o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, When: banksim.After, Act: banksim.Drop, Times: 2})
		o.night("2026-11-23", gateway.Degraded)
	}
	t.Run("all of them", func(t *testing.T) {
		t.Parallel()
		o := open(t, func(s *setup) { s.bank.PickUpAtOnce = true })
		lost(t, 4, o)
		o.states("staged")
		o.work("2026-11-24")
		r := o.night("2026-11-24", gateway.Ran)
		outcomes(t, r)
		if n := count(step(t, r, "recover"), "batches uncertain"); n != 1 {
			t.Errorf("recover found %d uncertain batches", n)
		}
		if n := count(step(t, r, "deliver"), "batches decided meanwhile"); n != 1 {
			t.Errorf("%d batches were decided", n)
		}
		o.events(1, "sealed", "staged", "uncertain", "delivered", "acknowledged")
		if n, err := o.books.Nights(ctx, 1); err != nil || n[0].Outcome != "ran" {
			t.Errorf("%+v %v", n, err)
		}
		for _, words := range []string{`level=ERROR msg="batch uncertain"`, `msg="batch not uncertain any more"`} {
			if !strings.Contains(o.log.String(), words) {
				t.Errorf("the log does not say %q", words)
			}
		}
		o.night("2026-11-25", gateway.Ran)
	})
	t.Run("one of two", func(t *testing.T) {
		t.Parallel()
		o := open(t, func(s *setup) { s.bank.PickUpAtOnce = true; s.gate.MaxDeposits = 2 })
		lost(t, 4, o)
		o.states("staged", "staged")
		o.put(o.batch(2).Reference+".ACK", o.ackOf(2, "00", "2001700"))
		r := o.night("2026-11-24", gateway.Degraded)
		outcomes(t, r, "deliver")
		says(t, r.Err(), o.batch(1).Reference+" is uncertain")
		if strings.Contains(r.Err().Error(), o.batch(2).Reference) {
			t.Errorf("it speaks of a batch that is decided: %v", r.Err())
		}
		if n := count(step(t, r, "deliver"), "batches decided meanwhile"); n != 1 {
			t.Errorf("%d batches were decided", n)
		}
		o.states("uncertain", "acknowledged")
		outcomes(t, o.night("2026-11-25", gateway.Degraded), "deliver")
	})
	t.Run("and another fault beside it", func(t *testing.T) {
		t.Parallel()
		o := open(t, func(s *setup) { s.bank.PickUpAtOnce = true; s.gate.MaxDeposits = 2 })
		lost(t, 4, o)
		o.work("2026-11-24")
		o.bank.Arm(banksim.Trouble{Op: banksim.OpStat, Match: o.batch(1).FileName, Act: banksim.Refuse})
		r := o.night("2026-11-24", gateway.Degraded)
		outcomes(t, r, "recover") // by the other fault
		var u *gateway.UncertainError
		if errors.As(r.Err(), &u) {
			t.Errorf("it speaks of a batch that is decided: %v", r.Err())
		}
		o.states("acknowledged", "acknowledged")
	})
}

// TestSomebodyDecides: where the bank is silent, people ask it.
func TestSomebodyDecides(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	t.Run("the bank has got it", func(t *testing.T) {
		t.Parallel()
		o := uncertain(t)
		if err := o.books.DecideDelivered(ctx, approver, o.batch(1), "2026-11-25", "telephone"); err != nil {
			t.Fatal(err)
		}
		o.check()
		o.night("2026-11-25", gateway.Ran)
		o.ls("outbox")
		o.work("2026-11-26")
		o.night("2026-11-26", gateway.Ran)
		o.mismatches()
	})
	t.Run("the bank has not got it", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		o.wages(4)
		o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, When: banksim.After, Act: banksim.Drop})
		o.night("2026-11-23", gateway.Degraded)
		// Somebody at the bank cleans up.
		o.remove(o.outbox(o.batch(1).FileName))
		o.night("2026-11-24", gateway.Degraded)
		o.states("uncertain")
		// One person is not enough, however often and however he writes his name.
		for _, by := range []ledger.Actor{clerk, clerk, {User: " " + strings.ToUpper(clerk.User), OSUser: "lain"}} {
			if decided, err := o.books.DecideNotDelivered(ctx, by, o.batch(1), "telephone", false); decided || by != clerk && !errors.Is(err, ledger.ErrSameReviewer) {
				t.Errorf("%v: decided %v, %v", by, decided, err)
			}
		}
		o.night("2026-11-24", gateway.Degraded)
		o.states("uncertain")
		o.ls("outbox")
		if decided, err := o.books.DecideNotDelivered(ctx, approver, o.batch(1), "letter", false); err != nil || !decided {
			t.Fatal(decided, err)
		}
		// It was uncertain once: who decides twice is told so.
		if err := o.books.DecideDelivered(ctx, approver, o.batch(1), "2026-11-25", "telephone"); err == nil {
			t.Error("decided twice")
		}
		o.check()
		for range 2 {
			o.night("2026-11-25", gateway.Ran)
		}
		o.ls("outbox", "b1.TRF")
		o.events(1, "sealed", "staged", "uncertain", "proposed", "sealed", "staged", "delivered")
		o.work("2026-11-26")
		o.night("2026-11-26", gateway.Ran)
		o.mismatches()
		if b := o.bank.Books().Totals(); b.Batches != 1 || b.Again != 0 {
			t.Errorf("the bank's books: %+v", b)
		}
	})
}

// TestForeignFileIsNotOverwritten: somebody else has put a file under our name.
func TestForeignFileIsNotOverwritten(t *testing.T) {
	t.Parallel()
	taken := func(t *testing.T, o *office, r gateway.Result, foreign string) {
		t.Helper()
		var e *gateway.NameTakenError
		if err := r.Err(); !errors.As(err, &e) || e.Batch != o.batch(1).Reference || e.Path != "/outbox/"+o.batch(1).FileName || hint(err) == "" {
			t.Fatalf("%v (hint %q)", err, hint(err))
		}
		if got := string(o.read(o.outbox(o.batch(1).FileName))); got != foreign {
			t.Fatalf("the foreign file is now %q", got)
		}
	}
	t.Run("before the upload", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		o.wages(2)
		o.bank.Arm(banksim.Trouble{Op: banksim.OpStat, Match: ".TRF", Act: banksim.Drop})
		o.night("2026-11-23", gateway.Degraded)
		o.write(o.outbox(o.batch(1).FileName), []byte("foreign"))
		taken(t, o, o.night("2026-11-24", gateway.Degraded), "foreign")
		o.states("sealed")
		o.ls("outbox", "b1.TRF")
		o.remove(o.outbox(o.batch(1).FileName))
		o.night("2026-11-25", gateway.Ran)
		o.states("delivered")
	})
	t.Run("while the part file is there", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		o.wages(2)
		o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, Act: banksim.Drop})
		o.night("2026-11-23", gateway.Degraded)
		o.write(o.outbox(o.batch(1).FileName), []byte("foreign"))
		for _, date := range []string{"2026-11-24", "2026-11-25"} {
			taken(t, o, o.night(date, gateway.Degraded), "foreign")
			o.states("staged")
			o.ls("outbox", "b1.TRF", "b1.TRF.part")
		}
		o.remove(o.outbox(o.batch(1).FileName))
		o.night("2026-11-26", gateway.Ran)
		o.states("delivered")
		o.ls("outbox", "b1.TRF")
	})
	t.Run("where the part file is gone", func(t *testing.T) {
		t.Parallel()
		// A file of another size is not ours: nobody can say what happened.
		o := open(t)
		o.wages(2)
		o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, Act: banksim.Drop})
		o.night("2026-11-23", gateway.Degraded)
		o.remove(o.outbox(o.batch(1).FileName + ".part"))
		o.write(o.outbox(o.batch(1).FileName), []byte("foreign"))
		o.night("2026-11-24", gateway.Degraded)
		o.states("uncertain")
		if got := string(o.read(o.outbox(o.batch(1).FileName))); got != "foreign" {
			t.Fatalf("the foreign file is now %q", got)
		}
	})
	t.Run("by a rename at the last moment", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		o.wages(2)
		o.wrap(&hooked{rename: func(_, to string) { o.write(o.outbox(path.Base(to)), []byte("foreign")) }})
		taken(t, o, o.night("2026-11-23", gateway.Degraded), "foreign")
		o.states("staged")
	})
}

// TestLeftoverIsOverwritten: what an earlier crash left under the part name is
// not trusted, be it shorter, longer or as long as ours.
func TestLeftoverIsOverwritten(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"shorter": 10, "as long": 160 * 5, "longer": 4000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.wages(3) // with header and trailer, 5 records of 162 bytes
			o.bank.Arm(banksim.Trouble{Op: banksim.OpCreate, Act: banksim.Drop})
			o.night("2026-11-23", gateway.Degraded)
			b := o.batch(1)
			if name == "as long" {
				size = int(b.Size)
			}
			o.write(o.outbox(b.FileName+".part"), bytes.Repeat([]byte("x"), size))
			o.night("2026-11-24", gateway.Ran)
			if diff := cmp.Diff(o.archived(b.SHA256), o.read(o.outbox(b.FileName))); diff != "" {
				t.Errorf("the file at the bank is not ours:\n%s", diff)
			}
			o.ls("outbox", "b1.TRF")
		})
	}
}

// TestManyBatches: one that fails does not stop the others.
func TestManyBatches(t *testing.T) {
	t.Parallel()
	o := open(t, func(s *setup) { s.gate.MaxDeposits = 2 })
	o.wages(5)
	o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, Act: banksim.Refuse})
	o.night("2026-11-23", gateway.Degraded)
	o.states("staged", "delivered", "delivered")
	o.night("2026-11-24", gateway.Ran)
	o.states("delivered", "delivered", "delivered")
	o.work("2026-11-25")
	o.night("2026-11-25", gateway.Ran)
	o.mismatches()
}
