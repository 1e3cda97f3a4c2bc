package gateway_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bekal/gateway"
	"bekal/gateway/banksim"
)

const ret = "RET20261120-01.STL"

// TestGrowingFile: the bank is still writing; what is there is left for the
// next night, and no step is degraded.
func TestGrowingFile(t *testing.T) {
	t.Parallel()
	whole := stl("", stranger(5), stranger(6))
	for name, hook := range map[string]func(o *office) *hooked{
		"between the listing and the download": func(o *office) *hooked {
			return &hooked{download: func(path string) { o.put(ret, whole[:500]) }}
		},
		"in the download": func(o *office) *hooked {
			return &hooked{downloading: func(string) { o.put(ret, whole[:500]) }}
		},
		"after the download": func(o *office) *hooked {
			return &hooked{downloaded: func(string) { o.put(ret, whole[:500]) }}
		},
		"of the same size": func(o *office) *hooked {
			return &hooked{downloaded: func(string) {
				o.put(ret, whole[:300])
				o.age(ret, time.Hour)
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.put(ret, whole[:300])
			o.wrap(hook(o))
			r := o.night("2026-11-23", gateway.Ran)
			if n := count(step(t, r, "collect"), "files still growing"); n != 1 {
				t.Errorf("%d files still growing", n)
			}
			o.mismatches()
			o.put(ret, whole)
			o.night("2026-11-24", gateway.Ran)
			o.suspense(11)
		})
	}
}

// age dates a file of the inbox back.
func (o *office) age(name string, by time.Duration) {
	o.Helper()
	at := o.Now().Add(-by)
	if err := os.Chtimes(o.inbox(name), at, at); err != nil {
		o.Fatal(err)
	}
}

// TestEmptyFile: a young one may still be being written, an old one is broken.
func TestEmptyFile(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.put(ret, nil)
	o.set("2026-11-23", 19, 30)
	o.age(ret, 5*time.Minute)
	r := o.night("2026-11-23", gateway.Ran)
	if n := count(step(t, r, "collect"), "files still empty"); n != 1 {
		t.Errorf("%d files still empty", n)
	}
	o.mismatches()
	r = o.night("2026-11-24", gateway.Ran)
	if n := count(step(t, r, "reconcile"), "files quarantined"); n != 1 {
		t.Errorf("%d files quarantined", n)
	}
	if m := o.mismatches("control " + ret + " " + ret + ":1"); m[0].Reason.EN == "" {
		t.Errorf("%+v", m[0])
	}
	// It is filled after all.
	o.put(ret, stl("", stranger(5)))
	o.night("2026-11-25", gateway.Ran)
	o.suspense(5)
}

// TestSameBytesAgain: under the same name or another, nothing is posted twice.
func TestSameBytesAgain(t *testing.T) {
	t.Parallel()
	o := sent(t, 3)
	o.answer(1, "01", o.paid(1), o.rejected(2))
	o.night("2026-11-24", gateway.Ran)
	o.answer(1, "02", o.paid(1), o.rejected(2))
	o.answer(1, "01", o.paid(1), o.rejected(2)) // written anew, so with another time
	o.age(o.batch(1).Reference+"-01.STL", time.Minute)
	r := o.night("2026-11-25", gateway.Ran)
	if n := count(step(t, r, "collect"), "files known already"); n != 2 {
		t.Errorf("%d files known already", n)
	}
	o.mismatches("rejected d2 b1-01.STL:3 status[122-123]")
	// It is not even fetched any more.
	r = o.night("2026-11-25", gateway.Ran)
	if c := step(t, r, "collect").Counts; len(c) > 0 {
		t.Errorf("collect: %v", c)
	}
}

// TestSameNameOtherBytes: the bank uses a name twice; both files are worked
// through, and somebody is told.
func TestSameNameOtherBytes(t *testing.T) {
	t.Parallel()
	o := sent(t, 3)
	o.answer(1, "01", o.paid(1))
	o.night("2026-11-24", gateway.Ran)
	o.answer(1, "01", o.paid(2), o.paid(3))
	o.night("2026-11-25", gateway.Ran)
	m := o.mismatches("duplicate b1-01.STL b1-01.STL:0")
	if !strings.Contains(m[0].Reason.EN, "file name a second time") {
		t.Errorf("%s", m[0].Reason.EN)
	}
	for n := 1; n <= 3; n++ {
		o.deposit(n, "settled")
	}
}

// TestNamesThatAreNotOurs are left alone.
func TestNamesThatAreNotOurs(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, name := range []string{"a.STL.part", "b.ACK.part", ".c.STL", "d.STL.tmp", "README.txt", "PWK01B26112300013.TRF", "STL", "e.stlx"} {
		o.put(name, stl("", stranger(5)))
	}
	if err := os.Mkdir(o.inbox("folder.STL"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("README.txt", o.inbox("link.STL")); err != nil {
		t.Fatal(err)
	}
	r := o.night("2026-11-23", gateway.Ran)
	if n := count(step(t, r, "collect"), "files of unknown names left alone"); n != 5 {
		t.Errorf("%d files left alone: %v", n, step(t, r, "collect").Counts)
	}
	o.suspense(0)
	o.mismatches()
	o.ls("inbox", "a.STL.part", "b.ACK.part", ".c.STL", "d.STL.tmp", "README.txt", "PWK01B26112300013.TRF", "STL", "e.stlx", "folder.STL", "link.STL")
}

// TestStrangeNames: the bank may call its files what it likes.
func TestStrangeNames(t *testing.T) {
	t.Parallel()
	names := []string{"hasil 24 november.STL", "RÉSUMÉ é 結果.STL", "two\nlines.STL", "tab\tand \"quotes\" 'n `ticks`.STL", "bad\xffbytes.STL", "--help.STL", "x..STL", "lower.stl"}
	for _, after := range []string{"keep", "move", "delete"} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			o := open(t, func(s *setup) { s.gate.AfterCollect, s.gate.Done, s.bank.Done = after, "/done", "/done" })
			want := int64(0)
			for i, name := range names {
				o.put(name, stl("", stranger(int64(i+1))))
				want += int64(i + 1)
			}
			for range 2 {
				o.night("2026-11-23", gateway.Ran)
				o.suspense(want)
			}
			switch after {
			case "keep":
				o.ls("inbox", names...)
			case "move":
				o.ls("inbox")
				o.ls("done", names...)
			default:
				o.ls("inbox")
				o.ls("done")
			}
		})
	}
}

// TestAfterCollect: the bank's copy is touched only once its bytes are posted;
// what is quarantined stays where people look for it.
func TestAfterCollect(t *testing.T) {
	t.Parallel()
	bad := stl("", stranger(5))
	bad[len(bad)-100] = '9' // in the account hash
	for _, after := range []string{"keep", "move", "delete"} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 2, func(s *setup) { s.gate.AfterCollect, s.gate.Done, s.bank.Done = after, "/done", "/done" })
			o.put(o.batch(1).Reference+".ACK", o.ackOf(1, "00", "2001700"))
			o.answer(1, "01", o.paid(1), o.paid(2))
			o.put(ret, bad)
			// While the files are posted they are still there.
			o.run.Watch = func(s gateway.StepResult) {
				if s.Step == "reconcile" && s.Outcome == "" {
					o.ls("inbox", "b1.ACK", "b1-01.STL", ret)
				}
			}
			o.night("2026-11-24", gateway.Ran)
			switch after {
			case "keep":
				o.ls("inbox", "b1.ACK", "b1-01.STL", ret)
			case "move":
				o.ls("inbox", ret)
				o.ls("done", "b1.ACK", "b1-01.STL")
			default:
				o.ls("inbox", ret)
				o.ls("done")
			}
			o.run.Watch = nil
			o.night("2026-11-24", gateway.Ran)
			o.mismatches("control " + ret + " " + ret + ":3 account_hash[102-119]")
		})
	}
}

// TestTidyingIsTakenUpAgain: the file was posted, and the connection broke
// before the bank's copy was moved.
func TestTidyingIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	for after, op := range map[string]banksim.Op{"move": banksim.OpRename, "delete": banksim.OpRemove} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 1, func(s *setup) { s.gate.AfterCollect, s.gate.Done, s.bank.Done = after, "/done", "/done" })
			o.answer(1, "01", o.paid(1))
			o.bank.Arm(banksim.Trouble{Op: op, Act: banksim.Drop})
			outcomes(t, o.night("2026-11-24", gateway.Degraded), "reconcile")
			o.deposit(1, "settled")
			o.ls("inbox", "b1-01.STL")
			// A copy under another name goes the same way.
			o.answer(1, "02", o.paid(1))
			o.night("2026-11-25", gateway.Ran)
			o.ls("inbox")
		})
	}
}

// TestTidyingSparesWhatIsNew: the bank puts another file in the place of the
// one that was just collected; it must not be removed unread.
func TestTidyingSparesWhatIsNew(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"move", "delete"} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 2, func(s *setup) { s.gate.AfterCollect, s.gate.Done, s.bank.Done = after, "/done", "/done" })
			o.answer(1, "01", o.paid(1))
			o.run.Watch = func(s gateway.StepResult) {
				if s.Step == "reconcile" && s.Outcome == "" {
					o.answer(1, "01", o.paid(1), o.paid(2))
				}
			}
			o.night("2026-11-24", gateway.Ran)
			o.run.Watch = nil
			o.night("2026-11-25", gateway.Ran)
			o.deposit(2, "settled")
			o.mismatches("duplicate b1-01.STL b1-01.STL:0", "duplicate d1 b1-01.STL:2 payment_reference[82-101]")
			o.ls("inbox")
		})
	}
}

// TestMovedUnderANameThatIsTaken: the bank used a name twice, and the first
// file lies in the done folder.
func TestMovedUnderANameThatIsTaken(t *testing.T) {
	t.Parallel()
	o := sent(t, 2, func(s *setup) { s.gate.AfterCollect, s.gate.Done, s.bank.Done = "move", "/done", "/done" })
	o.answer(1, "01", o.paid(1))
	o.night("2026-11-24", gateway.Ran)
	o.answer(1, "01", o.paid(2))
	o.night("2026-11-25", gateway.Ran)
	o.ls("inbox")
	entries, err := os.ReadDir(filepath.Join(o.dir, "bank", "done"))
	if err != nil || len(entries) != 2 {
		t.Fatalf("done: %v %v", entries, err)
	}
	o.night("2026-11-26", gateway.Ran)
	o.mismatches("duplicate b1-01.STL b1-01.STL:0")
}

// TestFileOverTheLimit: it is not fetched, the others are.
func TestFileOverTheLimit(t *testing.T) {
	t.Parallel()
	o := sent(t, 3, func(s *setup) { s.gate.MaxFileBytes = 1000 })
	o.answer(1, "01", o.paid(1))
	o.answer(1, "02", o.paid(1), o.paid(2), o.paid(3)) // 1010 bytes
	r := o.night("2026-11-24", gateway.Degraded)
	outcomes(t, r, "collect")
	says(t, r.Err(), "1010 bytes, the limit is 1000", "-02.STL")
	o.deposit(1, "settled")
	o.deposit(2, "delivered")
	o.gate.MaxFileBytes = 0
	o.night("2026-11-25", gateway.Ran)
	o.deposit(2, "settled")
	o.mismatches("duplicate d1 b1-02.STL:2 payment_reference[82-101]")
}

// TestCollectIsInterrupted: the connection breaks while files are fetched;
// what is there is posted, the rest comes the next night.
func TestCollectIsInterrupted(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]banksim.Trouble{
		"at the listing":       {Op: banksim.OpList},
		"as it is opened":      {Op: banksim.OpOpen, Match: "-02"},
		"in the download":      {Op: banksim.OpRead, Match: "-02", Bytes: 300},
		"at the close":         {Op: banksim.OpClose, Match: "-02"},
		"at the stat after":    {Op: banksim.OpStat, Match: "-02", When: banksim.After},
		"of the first":         {Op: banksim.OpRead, Match: "-01"},
		"permission is denied": {Op: banksim.OpOpen, Match: "-02", Act: banksim.Refuse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 3)
			o.answer(1, "01", o.paid(1))
			o.answer(1, "02", o.paid(2), o.paid(3))
			if trouble.Act == banksim.Hang {
				trouble.Act = banksim.Drop
			}
			met := o.bank.Arm(trouble)
			r := o.night("2026-11-24", gateway.Degraded)
			<-met
			outcomes(t, r, "collect")
			o.night("2026-11-25", gateway.Ran)
			for n := 1; n <= 3; n++ {
				o.deposit(n, "settled")
			}
			o.mismatches()
		})
	}
}

// TestManyFiles: every answer comes in a file of its own.
func TestManyFiles(t *testing.T) {
	t.Parallel()
	o := sent(t, 60)
	for n := 1; n <= 60; n++ {
		o.answer(1, fmt.Sprintf("%02d", n), o.paid(n))
	}
	r := o.night("2026-11-24", gateway.Ran)
	if n := count(step(t, r, "reconcile"), "files posted"); n != 60 {
		t.Errorf("%d files posted", n)
	}
	if s := r.Report.Summary; s.Settled.Count != 60 {
		t.Errorf("%+v", s)
	}
	files, err := o.books.Files(context.Background(), o.gate.Bank.ID, "received")
	if err != nil || len(files) > 0 {
		t.Errorf("left over: %v %v", files, err)
	}
}

// Download lets somebody act before, during and after a download.
func (h *hooked) Download(ctx context.Context, path string, dst io.Writer, limit int64) (int64, error) {
	once(&h.download, path)
	n, err := h.Transport.Download(ctx, path, writer(func(p []byte) (int, error) {
		once(&h.downloading, path)
		return dst.Write(p)
	}), limit)
	once(&h.downloaded, path)
	return n, err
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// once calls a hook if it is there, and takes it away.
func once(hook *func(string), path string) {
	if f := *hook; f != nil {
		*hook = nil
		f(path)
	}
}
