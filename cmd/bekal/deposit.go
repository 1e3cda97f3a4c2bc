package main

import (
	"errors"
	"fmt"

	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

func (p *program) depositCommand() *cobra.Command {
	return group("deposit", "Single deposits", p.depositShow(), p.depositRepay())
}

func (p *program) depositShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show REFERENCE",
		Short:   "Show the whole life of a deposit, in order",
		Example: "  bekal deposit show PWK0100000011G",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				life, err := b.ledger.Life(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				if asJSON {
					return p.json(life)
				}
				waits, err := standsIn(cmd.Context(), b, life)
				if err != nil {
					return err
				}
				return p.printLife(b, life, waits)
			})
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (p *program) printLife(b *books, l ledger.Life, waits string) error {
	if err := p.printf("deposit     %s (%s)\nbeneficiary %s, %s\naccount     %s\namount      %s, period %s\n", l.Reference, l.State, l.Beneficiary, l.Name, l.Account, l.Amount, l.Period); err != nil {
		return err
	}
	for _, x := range []struct{ label, value string }{{"batch      ", inBatch(l)}, {"pays again ", l.Replaces}, {"paid again ", l.ReplacedBy}, {"not sent   ", waits}} {
		if x.value == "" {
			continue
		}
		if err := p.printf("%s %s\n", x.label, x.value); err != nil {
			return err
		}
	}
	if err := p.printf("\n"); err != nil {
		return err
	}
	t := p.table("at", "event", "detail", "file", "journal", "night", "by")
	for _, e := range l.Events {
		journal := "-"
		if e.Entry > 0 {
			journal = fmt.Sprintf("entry %d", e.Entry)
		}
		t.row(b.local(e.At), e.Event, orDash(e.Detail), place(e.File, e.Line), journal, orDash(e.Night), who(e.By, e.OSUser))
	}
	return t.print("nothing happened to it yet")
}

func inBatch(l ledger.Life) string {
	if l.Batch == "" {
		return ""
	}
	return fmt.Sprintf("%s, number %d", l.Batch, l.Sequence)
}

func place(file string, line int64) string {
	switch {
	case file == "":
		return "-"
	case line == 0:
		return file
	}
	return fmt.Sprintf("%s line %d", file, line)
}

func who(by, osUser string) string {
	switch {
	case by == "":
		return "-"
	case by == osUser || osUser == "":
		return by
	}
	return by + " (as " + osUser + ")"
}

func (p *program) depositRepay() *cobra.Command {
	var by, reason string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "repay REFERENCE...",
		Short: "Propose to pay failed deposits again",
		Long: `Proposes that deposits which were rejected or returned are paid again, as new
deposits linked to the old ones, with the name and account of the roster that is
in force now. The proposal is a sheet that another person approves with
bekal wages approve. A deposit that has not failed is never paid again.`,
		Example: "  bekal deposit repay PWK0100000011G --reason \"account corrected\" --by sari",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				a, err := p.actor(by)
				if err != nil {
					return err
				}
				roster, err := b.ledger.ApprovedRoster(cmd.Context(), b.facility.ID)
				if errors.Is(err, ledger.ErrNotFound) {
					return &hinted{errors.New("there is no approved roster"), "bekal roster import FILE, then bekal roster approve by another person"}
				}
				if err != nil {
					return err
				}
				accounts, err := b.ledger.Accounts(cmd.Context(), roster)
				if err != nil {
					return err
				}
				s, err := b.ledger.ProposeRepayment(cmd.Context(), a, b.facility, args, reason, accounts)
				if err != nil {
					return err
				}
				if asJSON {
					return p.json(s)
				}
				return p.printf("proposed sheet %d: %s to be paid again, %s\nnext: another person runs bekal wages approve %[1]d\n", s.ID, counted(s.Count, "deposit"), s.Total)
			})
		},
	}
	byFlag(cmd, &by)
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&reason, "reason", "", "why, and what was corrected")
	must(cmd.MarkFlagRequired("reason"))
	return cmd
}
