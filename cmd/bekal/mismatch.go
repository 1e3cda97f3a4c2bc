package main

import (
	"slices"
	"strings"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
	"bekal/reconcile/report"

	"github.com/spf13/cobra"
)

func (p *program) mismatchCommand() *cobra.Command {
	return group("mismatch", "What does not tie", p.mismatchList(),
		p.mismatchReview("propose", "Propose that mismatches are settled", `7 --reason "bank's letter of 24 November" --by sari`, ledger.Propose),
		p.mismatchReview("resolve", "Resolve what another person has proposed", `7 --reason "the same letter, read again" --by budi`, ledger.Resolve),
		p.mismatchReview("reopen", "Open mismatches again", `7 --reason "the letter was about another deposit" --by budi`, ledger.Reopen))
}

func (p *program) mismatchList() *cobra.Command {
	var kind, lang string
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what does not tie",
		Long: `Lists the open mismatches; --all lists those that are cleared or resolved too.
In JSON, amounts are integer sen (1 rupiah = 100 sen), and null where a side does
not exist.`,
		Example: "  bekal mismatch list\n  bekal mismatch list --kind rejected --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if kind != "" && !slices.Contains(reconcile.Kinds(), reconcile.Kind(kind)) {
				return usagef("--kind %q is none of %s", kind, kindNames())
			}
			return p.withBooks(cmd.Context(), func(b *books) error {
				o, err := p.reportOptions(b, lang)
				if err != nil {
					return err
				}
				n, err := b.night(p)
				if err != nil {
					return err
				}
				date, err := b.reportDate(cmd)
				if err != nil {
					return err
				}
				list, err := n.Mismatches(cmd.Context(), date, all)
				if err != nil {
					return err
				}
				list = slices.DeleteFunc(list, func(m reconcile.Mismatch) bool { return kind != "" && m.Kind != reconcile.Kind(kind) })
				if asJSON {
					return report.MismatchJSON(p.stdout, list, o)
				}
				return report.MismatchTable(p.stdout, list, o)
			})
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "only this `KIND` of mismatch: "+kindNames())
	cmd.Flags().BoolVar(&all, "all", false, "also those that are cleared or resolved")
	langFlag(cmd, &lang)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// kindNames are the kinds of mismatches, for a person.
func kindNames() string {
	var names []string
	for _, k := range reconcile.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func langFlag(cmd *cobra.Command, lang *string) {
	cmd.Flags().StringVar(lang, "lang", "", "language, id or en (default: that of the configuration)")
}
