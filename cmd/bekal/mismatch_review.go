package main

import (
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

// mismatchReview is one step of a review: propose, resolve, reopen.
func (p *program) mismatchReview(verb, short, example string, step ledger.Review) *cobra.Command {
	var by, reason string
	cmd := &cobra.Command{
		Use:   verb + " ID...",
		Short: short,
		Long: short + `.

A mismatch is closed by two people: one proposes that it is settled and says why,
another resolves it. Nothing is booked by that: money moves by what the bank
answers, and by deposits that are paid again (bekal deposit repay).`,
		Example: "  bekal mismatch " + verb + " " + example,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var ids []int64
			for _, a := range args {
				id, err := number(a, "mismatch")
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return p.withBooks(cmd.Context(), func(b *books) error {
				a, err := p.actor(by)
				if err != nil {
					return err
				}
				for _, id := range ids {
					if err := b.ledger.ReviewMismatch(cmd.Context(), a, id, step, reason); err != nil {
						return err
					}
					if err := p.printf("mismatch %d: %s\n", id, step); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	byFlag(cmd, &by)
	cmd.Flags().StringVar(&reason, "reason", "", "what was found, and where it is written")
	must(cmd.MarkFlagRequired("reason"))
	return cmd
}
