package main

import (
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

func (p *program) batchCommand() *cobra.Command {
	return group("batch", "Batches and their transfer files", p.batchList(), p.batchShow(), p.batchDecide())
}

func (p *program) batchList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the batches",
		Example: "  bekal batch list\n  bekal batch list --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				batches, err := b.ledger.Batches(cmd.Context(), 0)
				if err != nil {
					return err
				}
				if asJSON {
					return p.json(batches)
				}
				t := p.table("batch", "period", "deposits", "total", "value date", "state", "file")
				for _, x := range batches {
					t.row(x.Reference, x.Period, x.Count, x.Total, x.ValueDate, x.State, x.FileName)
				}
				return t.print("there is no batch yet: the next night composes one out of the approved wages")
			})
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// findBatch finds a batch by its number or its reference.
func (b *books) findBatch(cmd *cobra.Command, name string) (ledger.Batch, error) {
	if id, err := number(name, "batch"); err == nil {
		return b.ledger.Batch(cmd.Context(), id)
	}
	return b.ledger.BatchByReference(cmd.Context(), name)
}

func (p *program) batchShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show BATCH",
		Short:   "Show a batch with all that happened to it",
		Example: "  bekal batch show PWK01B2611230001W",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error { return p.showBatch(cmd, b, args[0], asJSON) })
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (p *program) showBatch(cmd *cobra.Command, b *books, name string, asJSON bool) error {
	x, err := b.findBatch(cmd, name)
	if err != nil {
		return err
	}
	events, err := b.ledger.BatchEvents(cmd.Context(), x.ID)
	if err != nil {
		return err
	}
	if asJSON {
		return p.json(struct {
			ledger.Batch
			Events []ledger.BatchEvent `json:"events"`
		}{x, events})
	}
	if err := p.printf("batch      %s (%s)\nperiod     %s\ndeposits   %d, %s\nvalue date %s\nfile       %s, %d bytes, SHA-256 %s\n\n",
		x.Reference, x.State, x.Period, x.Count, x.Total, x.ValueDate, x.FileName, x.Size, x.SHA256); err != nil {
		return err
	}
	t := p.table("at", "event", "detail", "file", "night", "by")
	for _, e := range events {
		t.row(b.local(e.At), e.Event, e.Detail, place(e.File, e.Line), orDash(e.Night), who(e.DecidedBy, e.OSUser))
	}
	return t.print("nothing happened to it yet")
}

func (p *program) batchDecide() *cobra.Command {
	var by, reason string
	var has, hasNot, twice bool
	cmd := &cobra.Command{
		Use:   "decide BATCH (--delivered | --not-delivered) --reason TEXT",
		Short: "Decide whether the bank has got an uncertain batch",
		Long: `A batch is uncertain when both of its names are gone from the bank's folder
before Bekal knew that it was delivered; and, in books that were restored, when
another batch may have paid its wages. It is never sent again by itself. Ask
the bank; then say with --delivered that it has got the file, or with
--not-delivered that it has not.

A wrong --not-delivered pays every wage of the batch twice. So two people have to
say it, each with the same command: the first one proposes it, and when another
one confirms, the batch is sent again under its name.`,
		Example: "  bekal batch decide PWK01B2611230001W --not-delivered --reason \"bank's letter of 24 November\" --by sari",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if has == hasNot {
				return usagef("say either --delivered or --not-delivered")
			}
			return p.withBooks(cmd.Context(), func(b *books) error {
				a, err := p.actor(by)
				if err != nil {
					return err
				}
				x, err := b.findBatch(cmd, args[0])
				if err != nil {
					return err
				}
				if has {
					if err := b.ledger.DecideDelivered(cmd.Context(), a, x, b.today(), reason); err != nil {
						return err
					}
					return p.printf("batch %s: recorded as delivered\n", x.Reference)
				}
				decided, err := b.ledger.DecideNotDelivered(cmd.Context(), a, x, reason, twice)
				if err != nil {
					return err
				}
				if !decided {
					return p.printf("batch %s: %s proposes that it was not delivered; nothing is sent before another person confirms it with the same command\n", x.Reference, a.User)
				}
				_, onHold, err := b.ledger.Hold(cmd.Context())
				if err != nil {
					return err
				}
				if onHold {
					return p.printf("batch %s: recorded as not delivered; the books are on hold, and the first night after the release sends it\n", x.Reference)
				}
				return p.printf("batch %s: recorded as not delivered; the next night sends it\n", x.Reference)
			})
		},
	}
	byFlag(cmd, &by)
	cmd.Flags().BoolVar(&has, "delivered", false, "the bank has got the file")
	cmd.Flags().BoolVar(&hasNot, "not-delivered", false, "the bank has not got the file")
	cmd.Flags().BoolVar(&twice, "may-pay-twice", false, "with --not-delivered: send it although wages in it look like payments that the bank has made, by another batch")
	cmd.Flags().StringVar(&reason, "reason", "", "how you know")
	must(cmd.MarkFlagRequired("reason"))
	return cmd
}
