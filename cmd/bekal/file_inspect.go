package main

import (
	"errors"
	"path/filepath"

	"bekal/formats"

	"github.com/spf13/cobra"
)

func (p *program) fileInspect() *cobra.Command {
	var layout, lang string
	var most int
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show every record, field and value of a file, with every error in its place",
		Long: `Prints the file record by record: each field with its positions, its value and
what it means, and each error underlined where it is. With --max N only the first
N records are shown in full, and at most N of the broken ones behind them; the
whole file is checked all the same. Exit code 1 means that the file has errors.`,
		Example: "  bekal file inspect PWK01B2611230001W.TRF\n  bekal file inspect answer.txt --layout bri-settlement --max 20",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			lang, err := language(lang)
			if err != nil {
				return err
			}
			if most < 0 {
				return usagef("--max %d: a number of records is needed, or 0 for all", most)
			}
			c, err := p.choose(layout)
			if err != nil {
				return err
			}
			in, err := openInput(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			defer in.close()
			plan, _, err := c.plan(in)
			if err != nil {
				return err
			}
			err = formats.Annotate(p.stdout, plan, in, formats.AnnotateOptions{File: filepath.Base(in.name), Colour: p.colour, Lang: lang, MaxRecords: most, Width: p.width})
			var errs *formats.Errors
			if in.err == nil && errors.As(err, &errs) {
				// They stand in their places already.
				p.code = exitFailed
				return nil
			}
			return err
		},
	}
	layoutFlag(cmd, &layout)
	cmd.Flags().IntVar(&most, "max", 0, "show the first `N` records, and N broken ones behind them; 0 for all")
	languageFlag(cmd, &lang)
	return cmd
}
