package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bekal/gateway"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

// releaseIn is what a person says who ends a hold.
type releaseIn struct {
	by, reason string
	allKnown   bool
	search     gateway.Search
}

func (in *releaseIn) flags(cmd *cobra.Command) {
	reasonFlag(cmd, &in.by, &in.reason, "what was compared, and with what result")
	cmd.Flags().BoolVar(&in.allKnown, "all-known", false, "you know of every file that the bank has had since the backup: it has confirmed the list, or no night ran")
	searchFlags(cmd, &in.search)
}

func (p *program) holdPropose() *cobra.Command {
	var in releaseIn
	cmd := &cobra.Command{
		Use:   "propose",
		Short: "Propose that the hold ends; another person releases it",
		Long: `Compares the books with the bank once more, and proposes to end the hold. It is
refused while a forgotten batch is neither adopted nor left, and, unless --all-known,
until the bank has had the time in which it answers what it took before.`,
		Example: "  bekal hold propose --reason \"both batches adopted, nothing else at the bank\" --by sari",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.decideHold(cmd, in.by, func(b *books, a ledger.Actor) error {
				if err := p.readyToRelease(cmd.Context(), b, in, "bekal hold propose"); err != nil {
					return err
				}
				if err := b.ledger.ProposeRelease(cmd.Context(), a, b.today(), in.reason); err != nil {
					return err
				}
				next := releaseStep(a.User, in.allKnown)
				return p.printf("the release is proposed by %s\nnext: %s\n      %s\n", a.User, next.do, next.why)
			})
		},
	}
	in.flags(cmd)
	return cmd
}

func (p *program) holdRelease() *cobra.Command {
	var in releaseIn
	cmd := &cobra.Command{
		Use:   "release",
		Short: "End the hold, after another person has proposed it",
		Long: `Compares the books with the bank once more, and ends the hold: the next night
posts the bank's files that have waited, and sends what is owed, but for wages
that look like payments of batches that were forgotten.`,
		Example: "  bekal hold release --reason \"compared with the bank's list of 25 November\" --by budi",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.decideHold(cmd, in.by, func(b *books, a ledger.Actor) error {
				if err := p.readyToRelease(cmd.Context(), b, in, "bekal hold release"); err != nil {
					return err
				}
				if err := b.ledger.ReleaseHold(cmd.Context(), a, b.today(), in.reason); err != nil {
					return err
				}
				if err := p.printf("the hold is released: the next night posts the bank's files and sends what is owed\n"); err != nil {
					return err
				}
				return p.heldBackNote(cmd.Context(), b)
			})
		},
	}
	in.flags(cmd)
	return cmd
}

// readyToRelease looks once more, and refuses what would be too early.
func (p *program) readyToRelease(ctx context.Context, b *books, in releaseIn, what string) error {
	h, on, err := b.ledger.Hold(ctx)
	if err != nil {
		return err
	}
	if !on {
		return ledger.ErrNoHold
	}
	found, err := p.recall(ctx, b, in.search, what)
	if err != nil {
		return err
	}
	for _, n := range found.Notes {
		if err := p.printf("note: %s\n", n); err != nil {
			return err
		}
	}
	// Who is told to wait must not learn after it that there was something to
	// decide.
	if err := undecided(ctx, b.ledger); err != nil {
		return err
	}
	restored, err := b.ledger.Restored(ctx)
	if err != nil || !restored || in.allKnown {
		return err
	}
	if len(found.Returned) > 0 {
		return &hinted{fmt.Errorf("%s came back, and no batch is known that paid it: there is at least one file of which these books know nothing (%s)", counted(len(found.Returned), "payment"), strings.Join(found.Returned[:min(len(found.Returned), 3)], ", ")),
			returnedHint(found.Returned) + "; when nobody can find it, say --all-known"}
	}
	if b.bank.AfterCollect == "delete" {
		return &hinted{errors.New("the bank's answers are deleted once they are collected (after_collect: delete): what the lost nights had collected is not at the bank any more, and cannot be compared"),
			askForList}
	}
	if wrong, err := clockWasWrong(h); err != nil {
		return err
	} else if wrong {
		return &hinted{fmt.Errorf("the hold began on %s by this machine's clock, and the backup is of %s: the clock was wrong, and nobody can say until when the bank may still answer", h.Began, h.Date),
			"`bekal hold begin --reason ...` begins it again with the date of now, and the bank's time to answer counts from there"}
	}
	last, err := b.bank.AnswersBy(h.Date)
	if err != nil {
		return err
	}
	if b.today() > last {
		return nil
	}
	return &hinted{fmt.Errorf("it is too early: until %s the bank may still answer files that it took before the hold of %s, and that leave no other trace", last, h.Date),
		"wait for that day to pass; or " + askForList}
}

// undecided names the forgotten batches that nobody has decided about.
func undecided(ctx context.Context, l *ledger.Ledger) error {
	all, err := l.AllForgotten(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range all {
		if f.Decision == "" {
			errs = append(errs, fmt.Errorf("batch %s %w", f.Batch, ledger.ErrUndecided))
		}
	}
	return errors.Join(errs...)
}

// clockWasWrong says whether a hold began by a clock that stood before the backup
// which was restored.
func clockWasWrong(h ledger.Hold) (bool, error) {
	began, err := time.Parse(time.RFC3339, h.Began)
	if err != nil {
		return false, fmt.Errorf("hold: %w", err)
	}
	date, err := time.Parse(time.DateOnly, h.Date)
	if err != nil {
		return false, fmt.Errorf("hold: %w", err)
	}
	// A date is that of the facility's time zone.
	return date.Sub(began) > 24*time.Hour, nil
}
