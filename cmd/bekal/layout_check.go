package main

import (
	"os"

	"bekal/formats"

	"github.com/spf13/cobra"
)

func (p *program) layoutCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Check a layout that is being written",
		Long: `Reads a layout's YAML and says all that is wrong with it: fields that overlap or
leave gaps, lengths that do not add up, totals that refer to nothing; each with
line, column and a hint. Exit code 1 means that something is.`,
		Example: "  bekal layout show bri-settlement --yaml > my-bank.yaml\n  bekal layout check my-bank.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			src, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			layout, err := formats.Parse(args[0], src)
			if err != nil {
				return err
			}
			plan, err := layout.Compile()
			if err != nil {
				return err
			}
			return p.printf("%s: layout %s is sound: %s of %d bytes\n", args[0], plan.Name(), counted(len(plan.Records()), "record"), plan.Length())
		},
	}
}
