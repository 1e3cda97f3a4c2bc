package main

import (
	"cmp"
	"errors"
	"slices"

	"bekal/formats"
	"bekal/formats/layouts"

	"github.com/spf13/cobra"
)

func (p *program) layoutCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Check layouts that are being written",
		Long: `Reads the YAML of layouts and says all that is wrong with them: fields that
overlap or leave gaps, lengths that do not add up, totals that refer to nothing;
each with file, line and column, and what to do. What is checked later (does it
all fit together?) is checked once the YAML itself is understood. Exit code 1
means that something is wrong.`,
		Example: "  bekal layout show bri-settlement --yaml > my-bank.yaml\n  bekal layout check my-bank.yaml\n  bekal layout check layouts/*.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			shipped, err := layouts.Load("")
			if err != nil {
				return err
			}
			for _, file := range args {
				if err := p.checkLayout(file, shipped); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// checkLayout checks one layout. What is wrong with it is said at once, each
// problem with its own hint, and does not keep the next from being checked.
func (p *program) checkLayout(file string, shipped *layouts.Set) error {
	source, err := layouts.ReadFile(file)
	if err != nil {
		p.code = exitFailed
		p.printError(err)
		return nil
	}
	plan, err := compileLayout(file, source)
	var problems *formats.Problems
	switch {
	case errors.As(err, &problems):
		p.code = exitFailed
		list := slices.Clone(problems.List)
		slices.SortStableFunc(list, func(a, b *formats.Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		for _, one := range list {
			p.printError(one)
		}
		return nil
	case err != nil:
		return err
	}
	of := "of"
	if !oneLength(plan) {
		of = "of up to"
	}
	if err := p.printf("%s: layout %s is sound: %s %s %d bytes\n", file, plan.Name(), counted(len(plan.Records()), "record"), of, plan.Length()); err != nil {
		return err
	}
	if own, taken := shipped.Source(plan.Name()); taken && string(own) != string(source) {
		return p.printf("  %s is the name of a layout that comes with Bekal: give this one another before it goes into layouts_dir\n", plan.Name())
	}
	return nil
}
