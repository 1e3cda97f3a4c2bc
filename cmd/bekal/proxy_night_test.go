package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"bekal/configs"
	"bekal/gateway/sftp/sftptest"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// faultsOfEach is how many nights meet a fault, with each server; BEKAL_FAULTS
// sets another number, for a long sweep.
func faultsOfEach(t *testing.T) int {
	t.Helper()
	if s := os.Getenv("BEKAL_FAULTS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 24 {
			t.Fatalf("BEKAL_FAULTS is %q, want a number from 24 on", s)
		}
		return n
	}
	return 24
}

// inALife is how many faults one facility meets: books that grow make every
// night of a long sweep longer.
const inALife = 30

// TestNightsThroughProxy plays the real program against OpenSSH and ProFTPD. In
// each night the line breaks or falls silent somewhere else in the conversation,
// either way, while answers are fetched and a batch is delivered. After every
// night the books are whole and say nothing that the bank's folder does not
// bear out; no half file has ever stood under a final name; and in the end every
// wage was ordered once, and settled.
func TestNightsThroughProxy(t *testing.T) {
	t.Parallel()
	n := faultsOfEach(t)
	for number, kind := range []sftptest.Kind{sftptest.OpenSSH(), sftptest.ProFTPD()} {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			lives := (n + inALife - 1) / inALife
			all := &toll{struck: map[string]int{}, ended: map[string]int{}}
			t.Run("life", func(t *testing.T) { // ends when all of them have
				for life := range lives {
					tidies := []string{"move", "delete", "keep"}[(number+life)%3]
					t.Run(fmt.Sprintf("%d %s", life, tidies), func(t *testing.T) {
						t.Parallel()
						s := &spoilt{proxied: newProxied(t, kind, tidies), toll: all, found: map[string]bool{}}
						// One sweep is shared out among the lives.
						for i, at := range s.measured(t).spots(n, rand.New(rand.NewPCG(testSeed, uint64(number)))) {
							if i%lives == life {
								s.strike(t, at)
							}
						}
						s.settles(t)
					})
				}
			})
			all.check(t, n)
		})
	}
}

// toll is what the faults of all lives came to.
type toll struct {
	mu     sync.Mutex
	met    int            // faults that happened
	struck map[string]int // what the program was doing
	ended  map[string]int // how a night ended, or a batch went on
}

// doing finds in what the program said what the fault has struck.
var doing = regexp.MustCompile(`(?:"what":"|bank \w+: )(list|collect|move|remove|deliver)`)

// struckIn is what a fault has struck in a night.
func struckIn(r ran) map[string]bool {
	what := map[string]bool{}
	for _, m := range doing.FindAllStringSubmatch(r.stderr, -1) {
		what[m[1]] = true
	}
	return what
}

func (l *toll) note(happened bool, struck map[string]bool, code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if happened {
		l.met++
	}
	for w := range struck {
		l.struck[w]++
	}
	l.ended[fmt.Sprintf("with exit code %d", code)]++
}

func (l *toll) add(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended[what]++
}

// What becomes of a batch whose rename was asked for, and whose answer was lost.
const (
	foundAgain   = "the rename had happened"
	wasUncertain = "both names were gone"
)

// check fails when the sweep has missed what it is for.
func (l *toll) check(t *testing.T, n int) {
	t.Helper()
	t.Logf("%d nights with a fault: it happened in %d, and struck %v; %v", n, l.met, l.struck, l.ended)
	if l.met < n*9/10 {
		t.Errorf("of %d faults %d happened", n, l.met)
	}
	for _, what := range []string{"list", "collect", "deliver"} {
		if l.struck[what] == 0 {
			t.Errorf("no fault struck at: %s", what)
		}
	}
	for _, what := range []string{foundAgain, wasUncertain, "with exit code 0", "with exit code 3"} {
		if l.ended[what] == 0 {
			t.Errorf("never: %s", what)
		}
	}
}

// spoilt is a facility whose nights meet faults.
type spoilt struct {
	*proxied
	*toll
	found map[string]bool // batches whose rename was found to have happened
}

// strike plays a month: a sheet, a night that meets a fault and what follows it,
// up to where the bank has answered about a batch, as before the month.
func (s *spoilt) strike(t *testing.T, at spot) {
	t.Helper()
	s.owes(t)
	retries := 0
	if at.next == sameNight {
		retries = 1
	}
	s.patience(t, retries, at.Act == sftptest.Stall)
	happened := s.proxy.Arm(at.Fault)
	r := s.plays(t)
	s.proxy.Disarm()
	s.patience(t, 1, false)
	struck := struckIn(r)
	select {
	case <-happened:
		s.note(true, struck, r.code)
	default:
		s.note(false, struck, r.code)
	}
	if r.code != exitOK && r.code != exitDegraded {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	s.bearsOut(t)
	if s.follows(t, at, r.code, struck["deliver"]); t.Failed() {
		t.Fatalf("the fault was %s; the night said:\n%s", at, r.stderr)
	}
}

// follows plays what comes after a night that met a fault.
func (s *spoilt) follows(t *testing.T, at spot, code int, delivering bool) {
	t.Helper()
	if code == exitDegraded && at.next == thenBank {
		switch answered := s.answers(t); {
		case answered > 0 && delivering:
			return // both names are gone, and nobody has told us of it
		case answered > 0: // it lies beside what was not collected
			s.calm(t)
			s.owes(t)
		}
	}
	if code == exitDegraded {
		s.calm(t)
	}
	if s.answers(t) == 0 {
		t.Error("the bank has got nothing")
	}
}

// plays plays a night with the real program.
func (s *spoilt) plays(t *testing.T) ran {
	t.Helper()
	r := s.does(t, "night", "--date", s.today())
	if strings.Contains(r.stderr, "batch uncertain") {
		s.add(wasUncertain)
	}
	return r
}

// patience sets how often the program tries again, and whether it notices
// within a second that the line is silent.
func (s *spoilt) patience(t *testing.T, retries int, short bool) {
	t.Helper()
	text := strings.Replace(s.config, "retries: 4", fmt.Sprintf("retries: %d", retries), 1)
	if short {
		for _, limit := range []string{"dial: 15s", "request: 30s", "stall: 60s"} {
			name, _, _ := strings.Cut(limit, " ")
			text = strings.Replace(text, limit, name+" 1s", 1)
		}
	}
	if err := os.WriteFile(s.path(configs.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// calm plays a night without a fault, and a second one where the first has found
// that a batch is uncertain: it has also read the answer that decides it.
func (s *spoilt) calm(t *testing.T) {
	t.Helper()
	r := s.plays(t)
	if r.code == exitDegraded && strings.Contains(r.stderr, "is uncertain") {
		s.bearsOut(t)
		r = s.plays(t)
	}
	if r.code != exitOK {
		t.Fatalf("a calm night: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	for _, b := range s.bearsOut(t) {
		if b.Delivered == "" {
			t.Errorf("batch %s is %s after a calm night", b.Reference, b.State)
		}
	}
}

// bearsOut checks the books in themselves and against the bank's folder, and
// returns the batches.
func (s *spoilt) bearsOut(t *testing.T) []ledger.Batch {
	t.Helper()
	if r := s.does(t, "ledger", "verify"); r.code != exitOK {
		t.Errorf("ledger verify: exit code %d\n%s", r.code, r.stderr)
	}
	s.noWageTwice(t)
	var batches []ledger.Batch
	if err := json.Unmarshal([]byte(s.must(t, exitOK, "batch", "list", "--json").stdout), &batches); err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if strings.Contains(b.Detail, foundAgain) && !s.found[b.Reference] {
			s.found[b.Reference] = true
			s.add(foundAgain)
		}
		stood := s.history.stood[b.FileName]
		switch {
		case b.State == "sealed" && stood:
			t.Errorf("batch %s is sealed, and the bank has had %s", b.Reference, b.FileName)
		case b.Delivered != "" && !stood:
			t.Errorf("batch %s is %s, and the bank never had %s", b.Reference, b.State, b.FileName)
		}
	}
	return batches
}

// settles plays calm nights until all is answered, and looks at the whole.
func (s *spoilt) settles(t *testing.T) {
	t.Helper()
	s.calm(t)
	s.answers(t)
	s.calm(t)
	s.sound(t)
	if diff := cmp.Diff(s.wages, s.history.wages, cmp.AllowUnexported(wage{})); diff != "" {
		t.Errorf("wages approved and wages ordered (-want +got):\n%s", diff)
	}
	received, credited := s.atTheBank()
	if received != s.all || credited != s.all {
		t.Errorf("the bank has received %+v and credited %+v, want %+v", received, credited, s.all)
	}
	if diff := cmp.Diff(summary{Settled: s.all}, s.summary(t)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if list := s.listed(t, "--all"); len(list) > 0 {
		t.Errorf("mismatches: %v", list)
	}
	if left, err := filepath.Glob(filepath.Join(s.root, "outbox", "*")); err != nil || len(left) > 0 {
		t.Errorf("left in the outbox: %v, %v", left, err)
	}
}
