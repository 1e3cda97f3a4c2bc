package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"bekal/gateway/intake"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

func (p *program) wagesCommand() *cobra.Command {
	return group("wages", "Wage sheets", p.wagesImport(), p.wagesList(), p.wagesDecide("approve"), p.wagesDecide("refuse"))
}

// wagesIn is what the command line says of a wage sheet.
type wagesIn struct {
	period, total, by, sheet string
	count                    int64
	json                     bool
}

func (p *program) wagesImport() *cobra.Command {
	var in wagesIn
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import a wage sheet (CSV or XLSX) for approval",
		Long: `Imports a wage sheet with the columns beneficiary_id, name, account, amount and,
if there is one, remark (Indonesian column names are known too). Every line must
agree with the approved roster, and the declared count and total with what was
read, or nothing is imported; all errors are listed at once.`,
		Example: "  bekal wages import premi-oktober.xlsx --period 2026-10 --count 240 --total 84.500.000 --by sari",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error { return p.importWages(cmd, b, args[0], in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.period, "period", "", "period of the wages, as 2026-10")
	f.Int64Var(&in.count, "count", 0, "declared number of wages")
	f.StringVar(&in.total, "total", "", "declared total in `RUPIAH`, as 84500000 or \"Rp 84.500.000,00\"")
	f.StringVar(&in.sheet, "sheet", "", "sheet of a workbook (default: the first that has anything in it)")
	byFlag(cmd, &in.by)
	jsonFlag(cmd, &in.json)
	for _, name := range []string{"period", "count", "total"} {
		must(cmd.MarkFlagRequired(name))
	}
	return cmd
}

// must is for the command tree's own mistakes, which any run would show.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (p *program) importWages(cmd *cobra.Command, b *books, path string, in wagesIn) error {
	if !regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`).MatchString(in.period) {
		return &hinted{usagef("--period %q is not a month", in.period), "write it as 2026-10"}
	}
	total, err := intake.ParseAmount(in.total)
	if err != nil {
		return &usageError{fmt.Errorf("--total: %w", err)}
	}
	a, err := p.actor(in.by)
	if err != nil {
		return err
	}
	roster, err := b.ledger.ApprovedRoster(cmd.Context(), b.facility.ID)
	if errors.Is(err, ledger.ErrNotFound) {
		return &hinted{errors.New("there is no approved roster to check the wages against"), "bekal roster import FILE, then bekal roster approve by another person"}
	}
	if err != nil {
		return err
	}
	accounts, err := b.ledger.Accounts(cmd.Context(), roster)
	if err != nil {
		return err
	}
	file, err := b.archive(path)
	if err != nil {
		return err
	}
	name := filepath.Base(path)
	si := ledger.SheetImport{Facility: b.facility, Name: name, File: file, Period: in.period, Count: in.count, Total: total}
	var read intake.Read
	carriage := b.bank.Carriage(b.facility)
	sheet, again, err := b.ledger.ImportWages(cmd.Context(), a, si, func(add func(ledger.Wage) error) (string, error) {
		err := readAhead(add, func(put func(ledger.Wage) error) (err error) {
			read, err = intake.ReadWages(b.ledger.Archive().Path(file.SHA256), intake.Options{File: name, Sheet: in.sheet}, intake.Declared{Count: in.count, Total: total}, accounts, func(w intake.WageLine) error {
				wage := ledger.Wage{Line: int64(w.Line), Beneficiary: w.BeneficiaryID, Name: w.Name, Account: w.Account, Amount: w.Amount, Remark: w.Remark}
				if err := carriage.Takes(wage); err != nil {
					return err
				}
				return put(wage)
			})
			return err
		})
		return hex.EncodeToString(read.Content[:]), err
	})
	if err != nil {
		return err
	}
	if again {
		if err := sameSheet(sheet, si); err != nil {
			return err
		}
	}
	return p.imported(cmd.Context(), b, sheet, again, read.Warnings, in.json)
}

// imported says what became of a wage sheet, and what is next.
func (p *program) imported(ctx context.Context, b *books, sheet ledger.Sheet, again bool, warnings []string, asJSON bool) error {
	var repeated *ledger.RepeatsError
	if sheet.State == "proposed" {
		if err := b.ledger.Repeats(ctx, sheet); err != nil && !errors.As(err, &repeated) {
			return err
		}
	}
	if asJSON {
		if repeated != nil {
			warnings = append(warnings, repeated.Error())
		}
		return p.json(struct {
			ledger.Sheet
			Again    bool     `json:"again"`
			Warnings []string `json:"warnings,omitempty"`
		}{sheet, again, warnings})
	}
	said := fmt.Sprintf("imported sheet %d: %s, %s, period %s", sheet.ID, counted(sheet.Count, "wage"), sheet.Total, sheet.Period)
	if again {
		said = importedBefore(sheet) + ": nothing was done"
	}
	if err := errors.Join(p.warn(warnings), p.printf("%s\n", said)); err != nil {
		return err
	}
	switch {
	case sheet.State != "proposed":
		return nil
	case repeated != nil:
		return p.printf("careful: %v\nnext: %s\n", repeated, repeated.Hint())
	}
	return p.printf("next: another person runs bekal wages approve %d\n", sheet.ID)
}

// importedBefore says which sheet the bytes of a file are already.
func importedBefore(s ledger.Sheet) string {
	return fmt.Sprintf("these bytes were imported before, as sheet %d of %s by %s (%s)", s.ID, s.Period, s.ImportedBy, s.State)
}

// sameSheet refuses bytes that are a sheet already and are now declared to be
// something else. That they are of another month the books themselves refuse.
func sameSheet(s ledger.Sheet, in ledger.SheetImport) error {
	if s.Count == in.Count && s.Total == in.Total {
		return nil
	}
	return &hinted{fmt.Errorf("%s: it has %s, %s, and not %d, %s", importedBefore(s), counted(s.Count, "wage"), s.Total, in.Count, in.Total),
		"this may be the wrong file: find out which list was meant"}
}

func (p *program) wagesList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the wage sheets",
		Example: "  bekal wages list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				sheets, err := b.ledger.Sheets(cmd.Context(), b.facility.ID)
				if err != nil {
					return err
				}
				if asJSON {
					return p.json(sheets)
				}
				t := p.table("sheet", "kind", "period", "wages", "total", "state", "imported by", "decided by", "file")
				for _, s := range sheets {
					t.row(s.ID, s.Kind, s.Period, s.Count, s.Total, s.State, s.ImportedBy, orDash(s.DecidedBy), orDash(s.File))
				}
				return t.print("no wage sheet was imported yet")
			})
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (p *program) wagesDecide(verb string) *cobra.Command {
	var by, reason, repeats string
	cmd := &cobra.Command{
		Use:     verb + " SHEET",
		Short:   "Approve a wage sheet: its deposits are owed, and go out with the next night",
		Example: "  bekal wages " + verb + " 1 --by budi",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number(args[0], "sheet")
			if err != nil {
				return err
			}
			return p.withBooks(cmd.Context(), func(b *books) error {
				a, err := p.actor(by)
				if err != nil {
					return err
				}
				var s ledger.Sheet
				if verb == "approve" {
					limits := ledger.Limits{Deposit: ledger.Money(b.config.Limits.DepositSen), BeneficiaryMonth: ledger.Money(b.config.Limits.BeneficiaryMonthSen), Repeats: strings.TrimSpace(repeats)}
					s, err = b.ledger.ApproveSheet(cmd.Context(), a, id, b.today(), limits)
				} else {
					s, err = b.ledger.RefuseSheet(cmd.Context(), a, id, reason)
				}
				if err != nil {
					return err
				}
				if err := p.printf("%s sheet %d: %s, %s, period %s\n", s.State, s.ID, counted(s.Count, "wage"), s.Total, s.Period); err != nil {
					return err
				}
				return p.heldBackNote(cmd.Context(), b)
			})
		},
	}
	byFlag(cmd, &by)
	if verb == "refuse" {
		cmd.Short = "Refuse a wage sheet: nothing of it is paid"
		cmd.Example = "  bekal wages refuse 1 --reason \"handed in twice\" --by budi"
		cmd.Flags().StringVar(&reason, "reason", "", "why")
		must(cmd.MarkFlagRequired("reason"))
	} else {
		cmd.Flags().StringVar(&repeats, "repeats", "", "`WHY` people are paid the same amount for the same period a second time")
	}
	return cmd
}
