package main

import (
	"io"

	"bekal/formats"

	"github.com/spf13/cobra"
)

func (p *program) layoutDoc() *cobra.Command {
	// A sheet is made again whenever its layout changes.
	o := output{force: true}
	var html bool
	var lang string
	cmd := &cobra.Command{
		Use:   "doc NAME",
		Short: "Write the specification sheet of a layout, in Markdown or HTML",
		Long: `Writes what a layout says as a specification sheet: the order of the records, a
table of each record with its positions, and the code lists, in Indonesian or
English. It is made from the layout alone, so it says what the program does.
NAME is the name of a layout, or the path of its .yaml file.`,
		Example: "  bekal layout doc bri-settlement --lang id -o settlement.md\n  bekal layout doc my-bank.yaml --html -o my-bank.html",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			lang, err := language(lang)
			if err != nil {
				return err
			}
			if err := o.check(args[0]); err != nil {
				return err
			}
			l, err := p.namedLayout(args[0])
			if err != nil {
				return err
			}
			return o.write(p.stdout, args[0], func(w io.Writer) error {
				if html {
					return formats.DocumentHTML(w, l.plan, lang)
				}
				return formats.Document(w, l.plan, lang)
			})
		},
	}
	cmd.Flags().BoolVar(&html, "html", false, "write one HTML page, to read in a browser and to print")
	outputFlag(cmd, &o)
	languageFlag(cmd, &lang)
	return cmd
}
