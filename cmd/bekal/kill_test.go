package main

import (
	"fmt"
	"strings"
	"testing"

	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// killWages is how many wages the killed nights deliver, and killSize how many
// bytes their transfer file has.
const (
	killWages = 20
	killSize  = (killWages + 2) * 162
)

// cut is where a night is killed: when the bank meets an operation, or when a
// line is logged.
type cut struct {
	banksim.Trouble
	line string
}

func before(op banksim.Op, match string) cut {
	return cut{Trouble: banksim.Trouble{Op: op, When: banksim.Before, Act: banksim.Hang, Match: match}}
}

func after(op banksim.Op, match string) cut {
	c := before(op, match)
	c.When = banksim.After
	return c
}

// write is a cut after so many bytes have been written.
func write(bytes int64) cut {
	c := before(banksim.OpWrite, ".part")
	c.Bytes = bytes
	return c
}

func logged(line string) cut { return cut{line: line} }

// killing is one way to be killed on the way to the bank.
type killing struct {
	name    string
	cuts    []cut // one night each
	renamed bool  // the file has its name at the end, and we do not know it
	early   bool  // the bank works before the next night comes
}

// killings walks along the delivery, step boundary by step boundary. (The
// simulated bank offers no fsync, so there is none to be killed at.)
func killings() []killing {
	const part = ".TRF.part"
	one := func(name string, c cut) killing { return killing{name: name, cuts: []cut{c}} }
	return []killing{
		one("connect", before(banksim.OpConnect, "")),
		one("list of the inbox", before(banksim.OpList, "/inbox")),
		one("composed", logged("batch composed")),
		one("before the name is looked for", before(banksim.OpStat, ".TRF")),
		one("after the name was looked for", after(banksim.OpStat, ".TRF")),
		one("before the part file is made", before(banksim.OpCreate, part)),
		one("after the part file was made", after(banksim.OpCreate, part)),
		one("before the first write", write(0)),
		one("in the first byte", write(1)),
		one("in the middle", write(killSize/2)),
		one("before the last byte", write(killSize-1)),
		one("after the last write", after(banksim.OpWrite, part)),
		one("before the close", before(banksim.OpClose, part)),
		one("after the close", after(banksim.OpClose, part)),
		one("before the size is asked", before(banksim.OpStat, part)),
		one("after the size was asked", after(banksim.OpStat, part)),
		one("staged", logged("batch staged")),
		one("before the rename", before(banksim.OpRename, part)),
		{name: "after the rename", cuts: []cut{after(banksim.OpRename, part)}, renamed: true},
		{name: "after the rename, and the bank is quick", cuts: []cut{after(banksim.OpRename, part)}, renamed: true, early: true},
		one("delivered", logged("batch delivered")),
		{name: "again and again", cuts: []cut{write(killSize / 2), before(banksim.OpRename, part), before(banksim.OpStat, part), after(banksim.OpStat, part), after(banksim.OpRename, part)}, renamed: true},
	}
}

// TestKilledAnywhere kills the real program with SIGKILL at every step boundary
// of the delivery, and checks that the bank gets each deposit exactly once.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	for _, pickup := range []bool{false, true} {
		for _, k := range killings() {
			t.Run(fmt.Sprintf("pickup %v/%s", pickup, k.name), func(t *testing.T) {
				t.Parallel()
				k.play(t, pickup)
			})
		}
	}
}

func (k killing) play(t *testing.T, pickup bool) {
	const first, second = "2026-11-23", "2026-11-24"
	f := setUp(t)
	if err := f.ready(killWages, func(o *banksim.Options) { o.PickUpAtOnce = pickup }); err != nil {
		t.Fatal(err)
	}
	for _, c := range k.cuts {
		c.killNight(t, f, first)
		f.sound(t)
	}
	if k.early {
		f.bankWorks(t, second)
	}
	// The bank has the file, and we cannot know it: nothing is sent again, and
	// the night says so unless it finds the bank's answer.
	uncertain := k.renamed && (pickup || k.early)
	want, says := exitOK, ""
	switch {
	case uncertain && k.early:
		says = "1 batch decided meanwhile"
	case uncertain:
		want, says = exitDegraded, "is uncertain"
	}
	again := f.does(t, "night", "--date", first)
	if again.code != want {
		t.Fatalf("the next night: exit code %d, want %d\n%s%s", again.code, want, again.stdout, again.stderr)
	}
	if !strings.Contains(again.stdout+again.stderr, says) {
		t.Errorf("it does not say %q:\n%s%s", says, again.stdout, again.stderr)
	}
	f.bankWorks(t, second)
	for range 2 { // the second finds nothing left to do
		if r := f.does(t, "night", "--date", second); r.code != exitOK {
			t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
		}
	}
	f.onceAndForAll(t)
	events := f.must(t, exitOK, "batch", "show", "1", "--json").stdout
	if got, want := strings.Contains(events, `"event": "uncertain"`), k.renamed && (pickup || k.early); got != want {
		t.Errorf("the batch was uncertain: %v, want %v\n%s", got, want, events)
	}
}

// killNight runs a night up to the cut, and kills it there.
func (c cut) killNight(t *testing.T, f *facility, date string) {
	t.Helper()
	if c.line != "" {
		p := f.start(t, "night", "--date", date)
		p.awaits(t, c.line)
		p.killIfAlive(t)
		return
	}
	reached := f.bank.Arm(c.Trouble)
	p := f.start(t, "night", "--date", date)
	p.reaches(t, reached, fmt.Sprintf("%+v", c.Trouble))
	p.kill(t)
}

// onceAndForAll checks that the bank got everything, once, and that both sides
// agree on it.
func (f *facility) onceAndForAll(t *testing.T) {
	t.Helper()
	f.sound(t)
	all := ledger.Tally{Count: int64(f.count), Total: f.paid}
	books := f.bank.Books()
	want := banksim.Totals{Batches: 1, Received: banksim.Tally{Count: all.Count, Amount: all.Total}, Credited: banksim.Tally{Count: all.Count, Amount: all.Total}}
	if diff := cmp.Diff(want, books.Totals()); diff != "" {
		t.Errorf("the bank's totals (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(summary{Settled: all}, f.summary(t)); diff != "" {
		t.Errorf("our summary (-want +got):\n%s", diff)
	}
	if list := f.listed(t, "--all"); len(list) > 0 {
		t.Errorf("mismatches: %v", list)
	}
}

// TestStoppedInANight sends SIGTERM in the middle of a step: the step ends, the
// steps after it are left to the next night.
func TestStoppedInANight(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		at   cut
		last string // step that runs to its end
		sent bool
	}{
		{"while it lists", before(banksim.OpList, "/inbox"), "collect", false},
		{"while it uploads", write(killSize / 2), "deliver", true},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			f := setUp(t)
			if err := f.ready(killWages, nil); err != nil {
				t.Fatal(err)
			}
			reached := f.bank.Arm(x.at.Trouble)
			p := f.start(t, "night", "--date", "2026-11-23")
			p.reaches(t, reached, x.name)
			p.stop(t)
			f.bank.Disconnect() // lets the operation that hangs fail, and be tried again
			if code := p.end(t); code != exitFailed {
				t.Errorf("exit code %d, want %d", code, exitFailed)
			}
			said := strings.Join(p.heard, "\n")
			if !strings.Contains(said, `"msg":"step ran","night":"2026-11-23.1","step":"`+x.last+`"`) {
				t.Errorf("step %s did not end:\n%s", x.last, said)
			}
			if !strings.Contains(said, "error: ") || !strings.Contains(said, "told to stop") {
				t.Errorf("it does not say that it was told to stop:\n%s", said)
			}
			f.sound(t)
			if got := f.summary(t).InTransit.Count == killWages; got != x.sent {
				t.Errorf("delivered: %v, want %v", got, x.sent)
			}
			if r := f.does(t, "night", "--date", "2026-11-23"); r.code != exitOK {
				t.Fatalf("the next night: exit code %d\n%s", r.code, r.stderr)
			}
			f.bankWorks(t, "2026-11-24")
			f.night(t, "2026-11-24", exitOK)
			f.onceAndForAll(t)
		})
	}
}

// TestOneNightAtATime runs a second night while one runs.
func TestOneNightAtATime(t *testing.T) {
	t.Parallel()
	f, p := uploading(t)
	second := f.does(t, "night", "--date", "2026-11-23")
	if second.code != exitFailed {
		t.Errorf("exit code %d, want %d", second.code, exitFailed)
	}
	for _, want := range []string{fmt.Sprintf("error: %s: held by process %d ", f.path(nightLock), p.cmd.Process.Pid), fmt.Sprintf("hint: wait until process %d is done", p.cmd.Process.Pid)} {
		if !strings.Contains(second.stderr, want) {
			t.Errorf("it does not say %q:\n%s", want, second.stderr)
		}
	}
	// The lock goes with its process, however that ends.
	p.kill(t)
	if r := f.does(t, "night", "--date", "2026-11-23"); r.code != exitOK {
		t.Errorf("after the first was killed: exit code %d\n%s", r.code, r.stderr)
	}
	f.bankWorks(t, "2026-11-24")
	f.night(t, "2026-11-24", exitOK)
	f.onceAndForAll(t)
}

// uploading is a facility whose night waits in the middle of its upload.
func uploading(t *testing.T) (*facility, *process) {
	t.Helper()
	f := setUp(t)
	if err := f.ready(killWages, nil); err != nil {
		t.Fatal(err)
	}
	reached := f.bank.Arm(write(killSize / 2).Trouble)
	p := f.start(t, "night", "--date", "2026-11-23")
	p.reaches(t, reached, "the upload")
	return f, p
}
