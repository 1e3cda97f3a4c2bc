package main

import (
	"bekal/formats"

	"github.com/spf13/cobra"
)

func (p *program) layoutShow() *cobra.Command {
	var source bool
	var lang string
	cmd := &cobra.Command{
		Use:     "show NAME",
		Short:   "Show a layout: its records, fields and positions",
		Long:    "Shows a layout on the screen. NAME is the name of one, or the path of its .yaml file.",
		Example: "  bekal layout show bri-settlement\n  bekal layout show bri-settlement --yaml > my-bank.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			lang, err := language(lang)
			if err != nil {
				return err
			}
			l, err := p.namedLayout(args[0])
			if err != nil {
				return err
			}
			if source {
				_, err := p.stdout.Write(l.source)
				return err
			}
			return formats.Document(p.stdout, l.plan, lang)
		},
	}
	cmd.Flags().BoolVar(&source, "yaml", false, "print the layout's YAML as it was written")
	languageFlag(cmd, &lang)
	return cmd
}
