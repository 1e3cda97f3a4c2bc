package main

import (
	"fmt"

	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

func (p *program) ledgerCommand() *cobra.Command {
	return group("ledger", "The books themselves", p.ledgerVerify(), p.ledgerBackup(), p.ledgerRestore(), p.ledgerJournal(), p.ledgerNights())
}

func (p *program) ledgerVerify() *cobra.Command {
	var asJSON bool
	var head string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Recompute the chain, the archive, the balances and the control totals",
		Long: `Recomputes the SHA-256 chain over every row, the hash of every archived file, the
balance of every journal entry, and the control accounts from the deposits. Ends
with exit code 1 at the first break and names it. With --head, the chain must hold
the head that a signed report printed: the books are then the ones that were
signed, and what came after.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			l, err := ledger.Open(cmd.Context(), ledgerOptions(c, p.now))
			if err != nil {
				return err
			}
			defer l.Close() //nolint:errcheck // it only read
			v, err := l.Verify(cmd.Context())
			if err != nil {
				return err
			}
			if head != "" {
				_, ok, err := l.HasHead(cmd.Context(), head)
				if err != nil {
					return err
				}
				if !ok {
					return &hinted{fmt.Errorf("the chain does not hold the head %s: these are not the books that were signed", head),
						"compare the figure with the report once more; if it is right, keep a copy of the data folder and compare it with a backup"}
				}
			}
			if asJSON {
				return p.json(v)
			}
			return p.printf("the books are whole: %d links of the chain, %d rows, %d archived files\nhead of the chain: %s\n", v.Links, v.Rows, v.Files, v.Head)
		},
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&head, "head", "", "`HASH` of a chain's head as a report printed it")
	return cmd
}

func (p *program) ledgerJournal() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "Print the general journal",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				entries, err := b.ledger.Journal(cmd.Context(), 0)
				if err != nil {
					return err
				}
				if asJSON {
					return p.json(entries)
				}
				t := p.table("entry", "date", "event", "deposits", "account", "debit", "credit", "file")
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
		Use:   "nights",
		Short: "List the nights that ran",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
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
						outcome = "did not end"
					}
					t.row(n.Key, n.Date, orDash(n.Due), n.Started, outcome)
				}
				return t.print("no night ran yet")
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 30, "how many")
	jsonFlag(cmd, &asJSON)
	return cmd
}
