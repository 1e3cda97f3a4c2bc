package main

import (
	"io"

	"bekal/formats/schema"

	"github.com/spf13/cobra"
)

func (p *program) layoutSchema() *cobra.Command {
	// It changes with the program only.
	o := output{force: true}
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Write the JSON Schema of layouts, for an editor",
		Long: `Writes the JSON Schema of the language in which layouts are written. An editor
that knows YAML by its schema (VS Code with the extension YAML of Red Hat, and
every other one with yaml-language-server) then completes keys, explains them,
and marks what is wrong while one writes. Put the schema beside the layout, and
this line at the top of the layout:

  # yaml-language-server: $schema=layout.schema.json

The schema knows keys and values. Overlaps, gaps and totals that refer to nothing
are found by bekal layout check.`,
		Example: "  bekal layout schema -o layouts/layout.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			if err := o.check(""); err != nil {
				return err
			}
			text, err := schema.JSON()
			if err != nil {
				return err
			}
			return o.write(p.stdout, "", func(w io.Writer) error {
				_, err := w.Write(text)
				return err
			})
		},
	}
	outputFlag(cmd, &o)
	return cmd
}
