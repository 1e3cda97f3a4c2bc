package main

import (
	"fmt"
	"path/filepath"

	"bekal/formats"
	"bekal/formats/layouts"

	"github.com/spf13/cobra"
)

func (p *program) layoutCommand() *cobra.Command {
	return group("layout", "Fixed-width layouts", p.layoutList(), p.layoutShow(), p.layoutDoc(), p.layoutCheck(), p.layoutSchema())
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

// yamlExt tells the path of a layout's file from the name of a layout.
const yamlExt = ".yaml"

// oneLayout is a layout with what it was made from.
type oneLayout struct {
	plan   *formats.Plan
	source []byte
}

// namedLayout finds a layout by its name, or reads the file of one that is not
// installed.
func (p *program) namedLayout(name string) (oneLayout, error) {
	if filepath.Ext(name) != yamlExt {
		return p.installedLayout(name)
	}
	source, err := layouts.ReadFile(name)
	if err != nil {
		return oneLayout{}, err
	}
	plan, err := compileLayout(name, source)
	return oneLayout{plan, source}, err
}

// installedLayout finds a layout by its name.
func (p *program) installedLayout(name string) (oneLayout, error) {
	set, err := p.layouts()
	if err != nil {
		return oneLayout{}, err
	}
	plan, ok := set.Plan(name)
	if !ok {
		return oneLayout{}, &hinted{fmt.Errorf("there is no layout %q", name), "`bekal layout list` shows what there is; the path of a layout's own file ends in " + yamlExt}
	}
	source, _ := set.Source(name)
	return oneLayout{plan, source}, nil
}

func compileLayout(file string, source []byte) (*formats.Plan, error) {
	l, err := formats.Parse(file, source)
	if err != nil {
		return nil, err
	}
	return l.Compile()
}

func (p *program) layoutList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the layouts",
		Example: "  bekal layout list",
		Args:    cobra.NoArgs,
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
