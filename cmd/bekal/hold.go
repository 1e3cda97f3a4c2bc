package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"bekal/gateway"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

func (p *program) holdCommand() *cobra.Command {
	g := group("hold", "Send nothing, after a restore or by decision, until two people release it",
		p.holdShow(), p.holdBegin(), p.holdAdopt(), p.holdLeave(), p.holdPropose(), p.holdRelease(), p.holdPay())
	g.Long = `While the books are on hold, nights collect the bank's files, post answers about
batches that the books know, and report; nothing is composed or sent. A restored
ledger begins on hold, since it has forgotten what was sent after its backup:

  1. bekal hold show           compares the books with the bank's folders and
                               answers, and lists batches that they have forgotten
  2. bekal wages import ...    the sheets of the forgotten time, again, and
                               bekal wages approve: their wages are owed again
  3. bekal hold adopt BATCH    enters a forgotten batch with the wages that it
                               paid: they are never sent a second time
  4. bekal hold propose        one person, who has looked
  5. bekal hold release        another person; the next night goes on`
	return g
}

// searchFlags say where else to look for what was forgotten.
func searchFlags(cmd *cobra.Command, s *gateway.Search) {
	cmd.Flags().StringArrayVar(&s.Remote, "remote", nil, "further `FOLDER` at the bank, such as one to which it moves the files that it has taken")
	cmd.Flags().StringArrayVar(&s.Local, "from", nil, "`FOLDER` on this machine with files of the time after the backup: an old archive, copies from the bank")
}

// recall compares the books with the bank, as no night may do at the same time.
func (p *program) recall(ctx context.Context, b *books, s gateway.Search, what string) (found gateway.Recollection, err error) {
	lock, err := b.lock(nightLock, what)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	n, err := b.night(p)
	if err != nil {
		return found, err
	}
	found, err = n.Recall(ctx, b.today(), s)
	if err != nil {
		err = &hinted{fmt.Errorf("the books could not be compared with everything at the bank: %w", err), compareHint(err)}
	}
	return found, err
}

func compareHint(err error) string {
	if h := hints(err); len(h) > 0 {
		return h[0] + "; then compare again: without that, nothing can be released"
	}
	return "`bekal bank check` says what is wrong with the connection; then compare again: without that, nothing can be released"
}

func (p *program) holdBegin() *cobra.Command {
	var by, reason string
	var restored bool
	cmd := &cobra.Command{
		Use:   "begin",
		Short: "Put the books on hold: from now on nothing is sent",
		Long: `Puts the books on hold. A night that is running stops before the next file.

With --restored, as ` + "`bekal ledger restore`" + ` does it: for books that were put back by
other means, such as a copy of the data folder. A new generation of references
begins, and batches that are not known to be delivered become uncertain.`,
		Example: "  bekal hold begin --reason \"the bank has called\" --by sari",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.decideHold(cmd, by, func(b *books, a ledger.Actor) error {
				var err error
				if restored {
					err = b.ledger.BeginLife(cmd.Context(), a, b.today(), reason, rand.Reader)
				} else {
					err = b.ledger.BeginHold(cmd.Context(), a, b.today(), reason)
				}
				if err != nil {
					return err
				}
				return p.printf("the books are on hold: nothing is sent until two people have released them\n")
			})
		},
	}
	reasonFlag(cmd, &by, &reason, "why nothing may be sent")
	cmd.Flags().BoolVar(&restored, "restored", false, "these books were put back from a copy: do what a restore does")
	return cmd
}

func (p *program) decideHold(cmd *cobra.Command, by string, fn func(*books, ledger.Actor) error) error {
	return p.withBooks(cmd.Context(), func(b *books) error {
		a, err := p.actor(by)
		if err != nil {
			return err
		}
		return fn(b, a)
	})
}

// ofHold sends a person who named what is not there to the list of what is.
func ofHold(err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return &hinted{err, "`bekal hold show` lists the batches that these books have forgotten, and what is held back"}
	}
	return err
}

func reasonFlag(cmd *cobra.Command, by, reason *string, what string) {
	byFlag(cmd, by)
	cmd.Flags().StringVar(reason, "reason", "", what)
	must(cmd.MarkFlagRequired("reason"))
}

func (p *program) holdAdopt() *cobra.Command {
	var by, reason string
	var partly bool
	cmd := &cobra.Command{
		Use:   "adopt BATCH...",
		Short: "Enter a forgotten batch again, with the wages that it paid",
		Long: `Enters a batch that these books have forgotten, under its old reference, with the
wages that its payments were: deposits with its references, and else wages that
are owed with the same account and the same amount. They are never sent a second
time. Where a file proves that the bank has the batch, it is delivered; otherwise
it is uncertain, until the bank answers or ` + "`bekal batch decide`" + `.

All of its payments must be wages that are owed here: import the sheets of that
time again first, and approve them. With --partly, those that match are adopted;
what the bank answers about the others will be listed as unknown, and they are
adopted by the same command when their wages are owed here, too. Where not even
all of its payments are known, every other wage of that time is held back.`,
		Example: "  bekal hold adopt PWK01B2611240002F --reason \"sheet of 24 November, imported again\" --by sari",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.decideHold(cmd, by, func(b *books, a ledger.Actor) error {
				for _, batch := range args {
					done, err := b.ledger.Adopt(cmd.Context(), a, ledger.Adoption{Facility: b.facility, Batch: batch, Date: b.today(), Reason: reason, Partly: partly})
					if err != nil {
						return ofHold(err)
					}
					how := fmt.Sprintf("adopted as %s with %s", done.Batch.State, counted(done.Added.Count, "deposit"))
					if done.Added.Count < done.Batch.Count {
						how = "adopted " + counted(done.Added.Count, "more deposit")
					}
					if err := p.printf("batch %s: %s, %s (period %s)\n", batch, how, done.Added.Total, done.Period); err != nil {
						return err
					}
					if n := len(done.Unmatched); n > 0 {
						if err := p.printf("  %s of it unexplained: wages that look like that are held back\n", countedThat(n, "payment", "stays", "stay")); err != nil {
							return err
						}
					}
				}
				return nil
			})
		},
	}
	reasonFlag(cmd, &by, &reason, "how you know that these are its wages")
	cmd.Flags().BoolVar(&partly, "partly", false, "adopt what matches, though not all does")
	return cmd
}

func (p *program) holdLeave() *cobra.Command {
	var by, reason string
	var mayPayTwice bool
	cmd := &cobra.Command{
		Use:   "leave BATCH...",
		Short: "Leave a forgotten batch as it is: nobody can say whose wages it paid",
		Long: `Lets the hold end although a batch stays forgotten. Wages that look like its
payments are held back also after the release.

Payments of it that no file names cannot be held back, so such a batch is not left
without --may-pay-twice. Ask the bank for a copy of its transfer file instead, and
show it with ` + "`bekal hold show --from FOLDER`" + `.`,
		Example: "  bekal hold leave PWK01B2611240002F --reason \"test file, the bank has cancelled it: letter of 26 November\" --by sari",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.decideHold(cmd, by, func(b *books, a ledger.Actor) error {
				for _, batch := range args {
					if err := b.ledger.LeaveForgotten(cmd.Context(), a, batch, reason, mayPayTwice); err != nil {
						return ofHold(err)
					}
					if err := p.printf("batch %s: left; wages that look like its payments are held back\n", batch); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	reasonFlag(cmd, &by, &reason, "why it can be left, and where that is written")
	cmd.Flags().BoolVar(&mayPayTwice, "may-pay-twice", false, "although not all of its payments are named: whoever is owed one of the others is paid a second time")
	return cmd
}

// standsIn says of a deposit that is owed what keeps it from being sent; empty
// where nothing does.
func standsIn(ctx context.Context, b *books, l ledger.Life) (string, error) {
	if l.State != "owed" {
		return "", nil
	}
	held, err := b.ledger.Held(ctx, b.facility.ID)
	if err != nil {
		return "", err
	}
	for _, h := range held {
		if h.Reference == l.Reference {
			return fmt.Sprintf("it looks like payment %s of batch %s, which these books had forgotten (same %s): bekal hold show", h.Claim.Reference, h.Claim.Batch, h.Like), nil
		}
	}
	contradicted, err := b.ledger.Contradicted(ctx, b.facility.ID)
	if err != nil {
		return "", err
	}
	for _, c := range contradicted {
		if c.Again == l.Reference {
			return fmt.Sprintf("the bank rejected %s, which it is to pay again, and then said something else of it: bekal mismatch list (mismatch %d)", c.Deposit, c.Mismatch), nil
		}
	}
	h, on, err := b.ledger.Hold(ctx)
	if err != nil || !on {
		return "", err
	}
	return "the books are on hold since " + b.local(h.Began) + ": bekal hold show", nil
}

// heldBackNote says to a person who has just made wages owed, or released the
// hold, what keeps them from being sent.
func (p *program) heldBackNote(ctx context.Context, b *books) error {
	_, on, err := b.ledger.Hold(ctx)
	if err != nil {
		return err
	}
	if on {
		if err := p.printf("the books are on hold: nothing is sent until two people have released them (bekal hold show)\n"); err != nil {
			return err
		}
	}
	held, err := b.ledger.Held(ctx, b.facility.ID)
	if err != nil || len(held) == 0 {
		return err
	}
	like := "they look like payments of forgotten batches"
	if len(held) == 1 {
		like = "it looks like a payment of a forgotten batch"
	}
	return p.printf("%s held back all the same: %s (bekal hold show)\n", countedThat(len(held), "deposit", "is", "are"), like)
}

func (p *program) holdPay() *cobra.Command {
	var by, reason string
	cmd := &cobra.Command{
		Use:   "pay DEPOSIT...",
		Short: "Say that deposits which are held back are other wages, and may be sent",
		Long: `A wage that looks like a payment of a forgotten batch is not sent. When it is
another wage, two people say so: the first proposes it with this command, the
second approves it with the same command. A wrong decision pays a wage twice.

The forgotten payment stays what it was: nobody knows whose wage it paid. When that
wage is imported later, it is held back in its turn.`,
		Example: "  bekal hold pay PWK7H0000002AX --reason \"December; the bank paid November\" --by sari",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.decideHold(cmd, by, func(b *books, a ledger.Actor) error {
				approved, err := b.ledger.PayHeld(cmd.Context(), a, b.facility.ID, args, reason)
				if err != nil {
					return ofHold(err)
				}
				if approved {
					return p.printf("%s: approved; the next night sends what is not on hold\n", counted(len(args), "deposit"))
				}
				return p.printf("%s: proposed\nnext: another person runs the same command\n", counted(len(args), "deposit"))
			})
		},
	}
	reasonFlag(cmd, &by, &reason, "how you know that it was not paid")
	return cmd
}
