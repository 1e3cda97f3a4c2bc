package main

import (
	"crypto/rand"
	"errors"
	"time"

	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

func (p *program) ledgerRestore() *cobra.Command {
	var by, reason string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup back as the ledger of an empty data folder; it is then on hold",
		Long: `Puts a backup back where there is no ledger: into the data folder that the
configuration names. Everything in the backup is verified before anything is in
place, and the ledger appears in one step.

A restored ledger has forgotten what was done after the backup, and the bank has
not. So it begins a new generation of references, and it is ON HOLD: nights
collect the bank's files and send nothing, until two people have compared it with
the bank (bekal hold show) and released it.`,
		Example: "  bekal ledger restore /mnt/backup/bekal-2026-11-23.tar --reason \"disk failed on 25 November\" --by sari",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			c, err := p.load()
			if err != nil {
				return err
			}
			a, err := p.actor(by)
			if err != nil {
				return err
			}
			// A daemon or a night of the ledger that was here may still run, on
			// a file that has lost its name: it must not send beside this one.
			daemon, err := lockIn(c, daemonLock, "bekal ledger restore")
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, daemon.Release()) }()
			night, err := lockIn(c, nightLock, "bekal ledger restore")
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, night.Release()) }()
			done, err := ledger.Restore(cmd.Context(), a, ledger.Restoration{Backup: args[0], Options: ledgerOptions(c, p.now), Random: rand.Reader,
				Date: p.now().In(c.Facility().Location).Format(time.DateOnly), Reason: reason, Facility: c.Facility().Code})
			if err != nil {
				return err
			}
			if asJSON {
				return p.json(struct {
					ledger.Restored
					Database storedJSON `json:"database"`
				}{done, storedJSON(done.Database)})
			}
			if err := p.printf("restored the backup of %s into %s\n%sgeneration %s begins: references of before are never given out again\n", localTime(done.Made, c.Facility().Location), c.Resolve(c.DataDir), holdsWhat(done.Manifest), done.NewGeneration); err != nil {
				return err
			}
			if done.Uncertain > 0 {
				if err := p.printf("not known to be delivered, and uncertain now: %s, see `bekal batch list`\n", counted(done.Uncertain, "batch")); err != nil {
					return err
				}
			}
			return p.printf("the books are ON HOLD: nothing is sent until two people have released them\nnext: bekal hold show\n      it compares with the bank, and says what these books have forgotten and what to do\n")
		},
	}
	byFlag(cmd, &by)
	cmd.Flags().StringVar(&reason, "reason", "", "why the ledger has to be restored")
	must(cmd.MarkFlagRequired("reason"))
	jsonFlag(cmd, &asJSON)
	return cmd
}
