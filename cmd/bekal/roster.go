package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bekal/gateway/intake"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

func (p *program) rosterCommand() *cobra.Command {
	return group("roster", "The list of beneficiaries and their accounts", p.rosterImport(), p.rosterApprove(), p.rosterList())
}

func (p *program) rosterImport() *cobra.Command {
	var by string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import a roster (CSV or XLSX) for approval",
		Long: `Imports a roster with the columns beneficiary_id, register_number, name and
account (Indonesian column names are known too). It replaces the whole roster
once another person has approved it.`,
		Example: "  bekal roster import roster.xlsx --by sari",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error { return p.importRoster(cmd, b, args[0], by, asJSON) })
		},
	}
	byFlag(cmd, &by)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (p *program) importRoster(cmd *cobra.Command, b *books, path, by string, asJSON bool) error {
	a, err := p.actor(by)
	if err != nil {
		return err
	}
	file, err := b.archive(path)
	if err != nil {
		return err
	}
	name := filepath.Base(path)
	var read intake.Read
	roster, again, err := b.ledger.ImportRoster(cmd.Context(), a, b.facility, name, file, func(add func(ledger.RosterLine) error) error {
		return readAhead(add, func(put func(ledger.RosterLine) error) (err error) {
			read, err = intake.ReadRoster(b.ledger.Archive().Path(file.SHA256), intake.Options{File: name}, func(l intake.RosterLine) error {
				return put(ledger.RosterLine{Line: int64(l.Line), Beneficiary: l.BeneficiaryID, RegisterNumber: l.RegisterNumber, Name: l.Name, Account: l.Account})
			})
			return err
		})
	})
	if err != nil {
		return err
	}
	change, err := b.rosterChange(cmd, roster)
	if err != nil {
		return err
	}
	if asJSON {
		return p.json(struct {
			ledger.Roster
			ledger.RosterChange
			Again    bool     `json:"again"`
			Warnings []string `json:"warnings,omitempty"`
		}{roster, change, again, read.Warnings})
	}
	if again {
		return p.printf("these bytes were imported before, as roster %d by %s: nothing was done\n", roster.ID, roster.ImportedBy)
	}
	if err := p.warn(read.Warnings); err != nil {
		return err
	}
	return p.printf("imported roster %d: %s (%s)\nnext: another person runs bekal roster approve\n", roster.ID, counted(roster.Lines, "beneficiary"), describeChange(change))
}

func (b *books) rosterChange(cmd *cobra.Command, roster ledger.Roster) (ledger.RosterChange, error) {
	before, err := b.ledger.ApprovedRoster(cmd.Context(), b.facility.ID)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return ledger.RosterChange{}, err
	}
	return b.ledger.RosterChange(cmd.Context(), before, roster)
}

func describeChange(c ledger.RosterChange) string {
	return fmt.Sprintf("%d new, %d no longer on it, %d with another account, %d with another name", c.Added, c.Removed, c.AccountChanged, c.NameChanged)
}

func (p *program) rosterApprove() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:     "approve [ROSTER]",
		Short:   "Put the roster that was imported last (or the one given) in force",
		Long:    "Puts a roster in force. Who imported it cannot approve it.",
		Example: "  bekal roster approve --by budi",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error { return p.approveRoster(cmd, b, args, by) })
		},
	}
	byFlag(cmd, &by)
	return cmd
}

func (p *program) approveRoster(cmd *cobra.Command, b *books, args []string, by string) error {
	a, err := p.actor(by)
	if err != nil {
		return err
	}
	rosters, err := b.ledger.Rosters(cmd.Context(), b.facility.ID)
	if err != nil {
		return err
	}
	if len(rosters) == 0 {
		return &hinted{errors.New("there is no roster to approve"), "bekal roster import FILE"}
	}
	roster := rosters[0]
	if len(args) == 1 {
		id, err := number(args[0], "roster")
		if err != nil {
			return err
		}
		roster = ledger.Roster{ID: id}
		for _, r := range rosters {
			if r.ID == id {
				roster = r
			}
		}
	}
	change, err := b.rosterChange(cmd, roster)
	if err != nil {
		return err
	}
	if err := b.ledger.ApproveRoster(cmd.Context(), a, roster.ID); err != nil {
		return err
	}
	return p.printf("approved roster %d: %s (%s)\n", roster.ID, counted(roster.Lines, "beneficiary"), describeChange(change))
}

func (p *program) rosterList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the rosters that were imported",
		Example: "  bekal roster list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				rosters, err := b.ledger.Rosters(cmd.Context(), b.facility.ID)
				if err != nil {
					return err
				}
				if asJSON {
					return p.json(rosters)
				}
				t := p.table("roster", "file", "beneficiaries", "imported by", "imported at", "decision", "by")
				for _, r := range rosters {
					t.row(r.ID, r.File, r.Lines, r.ImportedBy, b.local(r.At), orDash(r.Decision), orDash(r.DecidedBy))
				}
				return t.print("no roster was imported yet")
			})
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// archive puts a person's file into the archive; what is read is what is kept.
// More than may be read is not kept: a device has no end.
func (b *books) archive(path string) (ledger.Stored, error) {
	info, err := os.Stat(path)
	if err != nil {
		return ledger.Stored{}, err
	}
	if !info.Mode().IsRegular() {
		return ledger.Stored{}, &hinted{fmt.Errorf("%s is no regular file", path), "name one CSV or XLSX file"}
	}
	if info.Size() > intake.MaxBytes {
		return ledger.Stored{}, &hinted{fmt.Errorf("%s is larger than %d MiB", path, intake.MaxBytes>>20), "hand the list in as several files"}
	}
	f, err := os.Open(path)
	if err != nil {
		return ledger.Stored{}, err
	}
	defer f.Close() //nolint:errcheck // read only
	return b.ledger.Archive().Put(io.LimitReader(f, intake.MaxBytes+1))
}

func (p *program) warn(warnings []string) error {
	for _, w := range warnings {
		if _, err := fmt.Fprintf(p.stderr, "warning: %s\n", oneShown(w)); err != nil {
			return err
		}
	}
	return nil
}
