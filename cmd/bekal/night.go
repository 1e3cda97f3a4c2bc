package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bekal/gateway"
	"bekal/gateway/notify"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

func (p *program) nightCommand() *cobra.Command {
	var date string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "night",
		Short: "Run one pass now: recover, collect, reconcile, compose, deliver, report, notify",
		Long: `Runs one pass over all steps. It is safe to run at any time and as often as one
likes: every step goes on from where the last one stopped, and nothing is sent
twice. Exit code 3 means that a step failed and the rest ran.`,
		Example: "  bekal night\n  bekal night --date 2026-11-23",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.unattended = true
			return p.withBooks(cmd.Context(), func(b *books) error { return p.night(cmd.Context(), b, date, asJSON) })
		},
	}
	cmd.Flags().StringVar(&date, "date", "", "business `DATE` of the night, as 2026-11-23 (default: today in the facility's time zone)")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (p *program) night(ctx context.Context, b *books, date string, asJSON bool) (err error) {
	if date == "" {
		date = b.today()
	}
	if err := isDate("--date", date); err != nil {
		return err
	}
	lock, err := b.lock(nightLock, "bekal night")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	n, err := b.night(p)
	if err != nil {
		return err
	}
	if err := b.checkClock(ctx); err != nil {
		return err
	}
	result, err := n.Run(ctx, date, "")
	if err != nil {
		return err
	}
	return p.nightEnded(result, asJSON)
}

// checkClock warns when the clock was set back: value dates, and the time that a
// bank has to answer, are counted from it.
func (b *books) checkClock(ctx context.Context) error {
	last, err := b.ledger.LastNight(ctx)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	began, err := time.Parse(time.RFC3339, last.Started)
	if err != nil {
		return fmt.Errorf("night %s: %w", last.Key, err)
	}
	if now := b.now(); now.Before(began) {
		b.log.Warn("this machine's clock stands before the night that ran last: set it right, for value dates are counted from it", "now", now.UTC().Format(time.RFC3339), "last_night", last.Key, "began", last.Started)
	}
	return nil
}

// goesOn is what a person needs to know who reads at night that something failed.
const goesOn = "the next night goes on from here; nothing is sent twice"

// nightEnded prints how a night ended and sets the exit code.
func (p *program) nightEnded(r gateway.Result, asJSON bool) error {
	switch r.Outcome {
	case gateway.Ran:
		p.code = exitOK
	case gateway.Degraded:
		p.code = exitDegraded
	case gateway.Failed:
		p.code = exitFailed
	}
	if asJSON {
		if err := p.json(nightJSON(r)); err != nil {
			return err
		}
	} else {
		for _, s := range r.Steps {
			if err := p.printf("%-10s %-9s%s\n", s.Step, s.Outcome, describeCounts(s.Counts)); err != nil {
				return err
			}
		}
		said := fmt.Sprintf("night %s: %s\n", r.Night, r.Outcome)
		if r.Outcome != gateway.Ran {
			said += goesOn + "\n"
		}
		if err := p.printf("%s", said); err != nil {
			return err
		}
	}
	if err := r.Err(); err != nil {
		p.printError(err)
	}
	return nil
}

func describeCounts(counts []gateway.Count) string {
	text := ""
	for i, c := range counts {
		if i > 0 {
			text += ", "
		}
		text += c.String()
	}
	return text
}

func nightJSON(r gateway.Result) any {
	type step struct {
		Step    string           `json:"step"`
		Outcome gateway.Outcome  `json:"outcome"`
		Seconds float64          `json:"seconds"`
		Counts  map[string]int64 `json:"counts"`
		Error   string           `json:"error,omitempty"`
	}
	out := struct {
		Night   string          `json:"night"`
		Date    string          `json:"date"`
		Outcome gateway.Outcome `json:"outcome"`
		Steps   []step          `json:"steps"`
		Reports []string        `json:"reports"`
	}{r.Night, r.Date, r.Outcome, []step{}, r.Reports}
	for _, s := range r.Steps {
		x := step{Step: s.Step, Outcome: s.Outcome, Seconds: s.Took.Round(time.Millisecond).Seconds(), Counts: map[string]int64{}}
		for _, c := range s.Counts {
			x.Counts[c.What] = c.N
		}
		if s.Err != nil {
			x.Error = notify.Mask(s.Err.Error())
		}
		out.Steps = append(out.Steps, x)
	}
	return out
}
