package main

import "github.com/spf13/cobra"

func (p *program) ledgerCommand() *cobra.Command {
	return group("ledger", "The books themselves", p.ledgerVerify(), p.ledgerBackup(), p.ledgerRestore(), p.ledgerJournal(), p.ledgerNights())
}

func (p *program) ledgerJournal() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "journal",
		Short:   "Print the general journal",
		Example: "  bekal ledger journal\n  bekal ledger journal --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				entries, err := b.ledger.Journal(cmd.Context(), 0)
				if err != nil {
					return err
				}
				if asJSON {
					return p.json(entries)
				}
				t := p.table("entry", "date", "event", "deposits", "account", "debit", "credit", "file").right("deposits", "debit", "credit")
				for _, e := range entries {
					for i, x := range e.Postings {
						debit, credit := "", ""
						if x.Debit > 0 {
							debit = x.Debit.Figure()
						}
						if x.Credit > 0 {
							credit = x.Credit.Figure()
						}
						if i == 0 {
							t.row(e.ID, e.Date, e.Event, e.Deposits, x.Account, debit, credit, orDash(e.File))
						} else {
							t.row("", "", "", "", x.Account, debit, credit, "")
						}
					}
				}
				return t.print("the journal is empty")
			})
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (p *program) ledgerNights() *cobra.Command {
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:     "nights",
		Short:   "List the nights that ran",
		Example: "  bekal ledger nights\n  bekal ledger nights --limit 7",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit %d: at least 1 night is listed", limit)
			}
			return p.withBooks(cmd.Context(), func(b *books) error {
				nights, err := b.ledger.Nights(cmd.Context(), limit)
				if err != nil {
					return err
				}
				if asJSON {
					return p.json(nights)
				}
				t := p.table("night", "date", "due", "started", "outcome")
				for _, n := range nights {
					outcome := n.Outcome
					if outcome == "" {
						outcome = "has not ended"
					}
					t.row(n.Key, n.Date, b.local(n.Due), b.local(n.Started), outcome)
				}
				return t.print("no night ran yet")
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 30, "at most `N` nights")
	jsonFlag(cmd, &asJSON)
	return cmd
}
