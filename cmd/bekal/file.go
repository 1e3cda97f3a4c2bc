package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bekal/formats"
	"bekal/formats/layouts"

	"github.com/spf13/cobra"
)

func (p *program) fileCommand() *cobra.Command {
	return group("file", "Fixed-width files", p.fileInspect(), p.fileVerify())
}

func (p *program) fileInspect() *cobra.Command {
	var layout, lang string
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show every record, field and value of a file, with every error in its place",
		Long: `Prints the file record by record: each field with its positions, its value and
what it means, and each error underlined where it is. Exit code 1 means that the
file has errors.`,
		Example: "  bekal file inspect PWK01B2611230001W.TRF\n  bekal file inspect answer.txt --layout bri-settlement",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := p.layouts()
			if err != nil {
				return err
			}
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close() //nolint:errcheck // read only
			plan, err := findLayout(set, layout, f)
			if err != nil {
				return err
			}
			return p.inspect(f, plan, lang)
		},
	}
	cmd.Flags().StringVar(&layout, "layout", "", "`NAME` of the layout (default: the one that fits the first line)")
	langFlag(cmd, &lang)
	return cmd
}

func (p *program) inspect(f *os.File, plan *formats.Plan, lang string) error {
	name := filepath.Base(f.Name())
	err := formats.Annotate(p.stdout, plan, f, formats.AnnotateOptions{File: name, Colour: p.colour, Lang: orEnglish(lang)})
	var errs *formats.Errors
	var one *formats.Error
	if errors.As(err, &errs) || errors.As(err, &one) {
		// They stand in their places already.
		p.code = exitFailed
		return nil
	}
	return err
}

// findLayout returns the layout with that name, or the one that the beginning
// of the file fits.
func findLayout(set *layouts.Set, name string, f *os.File) (*formats.Plan, error) {
	if name == "" {
		head := make([]byte, 4096)
		n, err := io.ReadFull(f, head)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		fits := set.Detect(head[:n])
		if len(fits) != 1 {
			what := "no layout fits the beginning of " + filepath.Base(f.Name())
			if len(fits) > 1 {
				what = fmt.Sprintf("several layouts fit the beginning of %s: %s", filepath.Base(f.Name()), strings.Join(fits, ", "))
			}
			return nil, &hinted{errors.New(what), "name one with --layout: " + strings.Join(set.Names(), ", ")}
		}
		name = fits[0]
	}
	plan, ok := set.Plan(name)
	if !ok {
		return nil, &hinted{usagef("there is no layout %q", name), "`bekal layout list` shows what there is"}
	}
	return plan, nil
}
