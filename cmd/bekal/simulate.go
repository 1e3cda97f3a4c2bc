package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"bekal/cmd/bekal/simulate"

	"github.com/spf13/cobra"
)

// simulateOptions are what a person may choose.
type simulateOptions struct {
	simulate.Options
	faults                    string
	seeds, jobs               int
	history, markdown, asJSON bool
}

func (p *program) simulateCommand() *cobra.Command {
	var o simulateOptions
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Play months of trouble in seconds, and have the books audited after every night",
		Long: `Plays the real night, ledger and transport through simulated months: a bank that
answers late, twice, in parts or wrongly, a line that breaks in the middle of a
packet, a disk that is full, a program that dies between any two steps, a clock
that jumps. After every night an auditor, a second model that shares no code
with the books, works out what they must say.

One seed decides everything that happens: the same seed gives the same history,
byte for byte. What must never be is printed with the command that plays it
again. Nothing leaves this machine, and no books of yours are touched.

A course that breaks off, because the program refused what a person of it had to
do, counts as found, and does not end the others. Exit code 1 means that
something was found.`,
		Example: "  bekal simulate --seed 7 --nights 90 --deposits 200 --faults heavy\n  bekal simulate --seeds 100\n  bekal simulate --seed 7 --history",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.simulate(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.Uint64Var(&o.Seed, "seed", 1, "the first `SEED`")
	f.IntVar(&o.seeds, "seeds", 1, "play so many seeds, each the next `NUMBER`")
	f.IntVar(&o.Nights, "nights", 90, "`NIGHTS` of each course; some calm ones follow")
	f.IntVar(&o.Deposits, "deposits", 200, "wages that are approved in a course, as a `NUMBER`")
	f.StringVar(&o.faults, "faults", string(simulate.Heavy), "how much goes wrong: none, light or heavy")
	f.BoolVar(&o.Restores, "restores", true, "in some courses the ledger is lost and restored from a backup (not where nothing goes wrong)")
	f.BoolVar(&o.Slips, "slips", true, "in some courses people err, and the bank has not kept everything (not where nothing goes wrong)")
	f.IntVar(&o.jobs, "jobs", runtime.GOMAXPROCS(0), "play so many courses at once")
	f.BoolVar(&o.history, "history", false, "print everything that happens (one seed only)")
	f.BoolVar(&o.markdown, "markdown", false, "print the figures as a table in Markdown")
	jsonFlag(cmd, &o.asJSON)
	return cmd
}

// foundError says that something happened that must never.
type foundError struct {
	n       int
	seeds   int // with violations
	broken  int
	command string
}

func (e *foundError) Error() string {
	found := fmt.Sprintf("%s in %s", counted(e.n, "violation"), counted(e.seeds, "course"))
	if e.broken > 0 {
		found += fmt.Sprintf("; %s broke off", counted(e.broken, "course"))
	}
	return found
}

// Hint says how to see it again.
func (e *foundError) Hint() string { return "play the first one again: " + e.command }

func (p *program) simulate(ctx context.Context, o simulateOptions) (err error) {
	o.Faults = simulate.Level(o.faults)
	switch {
	case o.seeds < 1 || o.jobs < 1:
		return usagef("--seeds and --jobs must be at least 1")
	case o.history && o.seeds > 1:
		return usagef("--history prints one course: leave --seeds away")
	}
	if o.history {
		o.History = p.stdout
	}
	folder, err := p.simulationFolder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.remove()) }()
	o.Dir = folder.path
	s := &simulated{Began: p.now(), Figures: simulate.NewFigures()}
	progress := p.progress(o.seeds)
	campaign := simulate.Campaign{Options: o.Options, Seeds: o.seeds, Jobs: o.jobs, Done: func(r simulate.Result) {
		s.add(r)
		progress(s.Courses)
	}}
	if err := campaign.Run(ctx); err != nil {
		var wrong *simulate.OptionsError
		if errors.As(err, &wrong) {
			return &usageError{err}
		}
		return err
	}
	s.Seconds = p.now().Sub(s.Began).Seconds()
	if err := p.printSimulated(o, s); err != nil {
		return err
	}
	if found := s.found(); found != nil {
		return found
	}
	return nil
}

// progress says now and then how far it has got, where somebody watches.
func (p *program) progress(all int) func(int) {
	if !p.interactive || all == 1 {
		return func(int) {}
	}
	return func(n int) {
		end := "\r"
		if n == all {
			end = "\n"
		}
		_, _ = fmt.Fprintf(p.stderr, "%d of %d courses%s", n, all, end) // nobody misses it
	}
}

// simulated is what all courses came to.
type simulated struct {
	Courses    int                  `json:"courses"`
	Failed     int                  `json:"courses_with_violations"`
	Figures    simulate.Figures     `json:"figures"`
	Violations []simulate.Violation `json:"violations"`
	Broken     []string             `json:"broken_off"`               // why, a course each
	Digest     string               `json:"history_sha256,omitempty"` // of the one course, if there was one only
	Head       string               `json:"chain_head,omitempty"`
	Seconds    float64              `json:"seconds"`
	First      *simulate.Result     `json:"-"` // the first in which something was found
	Began      time.Time            `json:"-"`
}

func (s *simulated) add(r simulate.Result) {
	s.Courses++
	s.Figures.Add(r.Figures)
	s.Digest, s.Head = r.Digest, r.Head
	if s.Courses > 1 {
		s.Digest, s.Head = "", ""
	}
	if s.First == nil && (len(r.Violations) > 0 || r.Broken != nil) {
		s.First = &r
	}
	if r.Broken != nil {
		s.Broken = append(s.Broken, r.Broken.Error())
	}
	if len(r.Violations) > 0 {
		s.Failed++
		s.Violations = append(s.Violations, r.Violations...)
	}
}

// found is what must not have happened in them, or nil.
func (s *simulated) found() *foundError {
	if s.First == nil {
		return nil
	}
	return &foundError{len(s.Violations), s.Failed, len(s.Broken), s.First.Command()}
}

func (p *program) printSimulated(o simulateOptions, s *simulated) error {
	if o.asJSON {
		if s.Violations == nil {
			s.Violations = []simulate.Violation{}
		}
		if s.Broken == nil {
			s.Broken = []string{}
		}
		return p.json(s)
	}
	if s.First != nil && !o.history {
		for _, line := range s.First.Last {
			if err := p.printf("%s\n", line); err != nil {
				return err
			}
		}
		if err := p.printf("\n"); err != nil {
			return err
		}
	}
	for _, v := range s.Violations {
		if err := p.printf("%s\n", v); err != nil {
			return err
		}
	}
	for _, why := range s.Broken {
		if err := p.printf("broke off: %s\n", why); err != nil {
			return err
		}
	}
	if o.markdown {
		return p.figures(s, o)
	}
	t := p.table("what", "count")
	for _, r := range figureRows(s) {
		t.row(r.what, r.count)
	}
	if err := t.print(""); err != nil {
		return err
	}
	if s.Digest != "" {
		return p.printf("history %s\nchain   %s\n", s.Digest, s.Head)
	}
	return nil
}

type figureRow struct {
	what  string
	count int
}

// figureRows are the figures in the order in which people read them.
func figureRows(s *simulated) []figureRow {
	f := s.Figures
	rows := []figureRow{{"courses (seeds)", s.Courses}, {"nights that ran to their end", f.Nights}, {"of these degraded", f.Degraded}, {"wages approved", f.Approved}, {"deposits delivered", f.Delivered},
		{"deposits that the bank paid", f.Settled}, {"fail points passed", f.FailPoints}, {"deaths of the program", f.Crashes()}, {"at so many different points", len(f.Deaths)}}
	for _, k := range simulate.Sorted(f.Events) {
		rows = append(rows, figureRow{k, f.Events[k]})
	}
	for _, k := range simulate.Sorted(f.Bank) {
		rows = append(rows, figureRow{"bank: " + k, f.Bank[k]})
	}
	return append(rows, figureRow{"examinations by the auditor", f.Examined}, figureRow{"courses that broke off", len(s.Broken)}, figureRow{"violations", len(s.Violations)})
}

// figures prints the table that the documentation shows.
func (p *program) figures(s *simulated, o simulateOptions) error {
	var b strings.Builder
	fmt.Fprintf(&b, "`bekal simulate --seed %d --seeds %d --nights %d --deposits %d --faults %s --markdown`, %s:\n\n| what | count |\n|---|--:|\n", o.Seed, o.seeds, o.Nights, o.Deposits, o.Faults, p.now().Format(time.DateOnly))
	for _, r := range figureRows(s) {
		fmt.Fprintf(&b, "| %s | %d |\n", r.what, r.count)
	}
	_, err := io.WriteString(p.stdout, b.String())
	return err
}
