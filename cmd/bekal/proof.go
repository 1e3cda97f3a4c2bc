package main

import (
	"bekal/reconcile"
	"bekal/reconcile/report"

	"github.com/spf13/cobra"
)

func (p *program) proofCommand() *cobra.Command {
	var lang string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "proof",
		Short: "Print the arithmetic that must balance before anyone signs",
		Long: `Prints, for each batch, for the date, the periods and everything, in count and
rupiah: opening in transit + delivered - settled - rejected = closing in transit
= sum of the open deposits = the control account. Exit code 1 means that it does
not balance.`,
		Example: "  bekal proof\n  bekal proof --lang en",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				o, err := p.reportOptions(b, lang)
				if err != nil {
					return err
				}
				date, err := b.reportDate(cmd)
				if err != nil {
					return err
				}
				position, err := b.ledger.Position(cmd.Context())
				if err != nil {
					return err
				}
				proof := reconcile.Prove(position, date)
				if !proof.Proven {
					p.code = exitFailed
				}
				if asJSON {
					return report.ProofJSON(p.stdout, proof, o)
				}
				return report.ProofTable(p.stdout, proof, o)
			})
		},
	}
	langFlag(cmd, &lang)
	jsonFlag(cmd, &asJSON)
	return cmd
}
