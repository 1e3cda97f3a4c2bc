package main

import (
	"fmt"

	"bekal/formats"
	"bekal/formats/layouts"

	"github.com/spf13/cobra"
)

func (p *program) layoutCommand() *cobra.Command {
	return group("layout", "Fixed-width layouts", p.layoutList(), p.layoutShow(), p.layoutCheck())
}

// layouts loads the layouts that the configuration names; without a
// configuration, the shipped ones.
func (p *program) layouts() (*layouts.Set, error) {
	dir := ""
	if c, err := p.load(); err == nil {
		dir = c.Resolve(c.LayoutsDir)
	} else if p.configPath != "" {
		return nil, err
	}
	set, err := layouts.Load(dir)
	if err != nil {
		return nil, &usageError{err}
	}
	return set, nil
}

func (p *program) layoutList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the layouts",
		Args:  cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			set, err := p.layouts()
			if err != nil {
				return err
			}
			type row struct {
				Name   string `json:"name"`
				Title  string `json:"title"`
				Length int    `json:"record_length"`
				Origin string `json:"origin"`
			}
			rows := []row{}
			for _, name := range set.Names() {
				plan, _ := set.Plan(name)
				rows = append(rows, row{name, plan.Layout().Title.EN, plan.Length(), set.Origin(name)})
			}
			if asJSON {
				return p.json(rows)
			}
			t := p.table("layout", "record length", "title", "origin")
			for _, r := range rows {
				t.row(r.Name, r.Length, r.Title, r.Origin)
			}
			return t.print("there is no layout")
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (p *program) layoutShow() *cobra.Command {
	var source bool
	var lang string
	cmd := &cobra.Command{
		Use:     "show NAME",
		Short:   "Show a layout: its records, fields and positions",
		Example: "  bekal layout show bri-settlement\n  bekal layout show bri-settlement --yaml > my-bank.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := p.layouts()
			if err != nil {
				return err
			}
			plan, ok := set.Plan(args[0])
			if !ok {
				return &hinted{fmt.Errorf("there is no layout %q", args[0]), "`bekal layout list` shows what there is"}
			}
			if source {
				yaml, _ := set.Source(args[0])
				_, err := p.stdout.Write(yaml)
				return err
			}
			return formats.Document(p.stdout, plan, orEnglish(lang))
		},
	}
	cmd.Flags().BoolVar(&source, "yaml", false, "print the layout's YAML as it was written")
	langFlag(cmd, &lang)
	return cmd
}

func orEnglish(lang string) string {
	if lang == "" {
		return "en"
	}
	return lang
}
