package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
	"bekal/reconcile/report"

	"github.com/spf13/cobra"
)

// renderer writes a report in one format.
type renderer func(w io.Writer, r reconcile.Report, o report.Options) error

func renderers() map[string]renderer {
	return map[string]renderer{"text": report.Text, "json": report.JSON, "csv": report.CSV, "xlsx": report.XLSX, "html": report.HTML}
}

func (p *program) reportCommand() *cobra.Command {
	var format, output, lang, date string
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Print the report: what does not tie, and the proof",
		Long: `Prints the report from the books as they stand now. With --date, the proof has the
line of that day, and mismatches the age that they have on it; all else is as it
is now. What each night reported then is in the folder reports beside the ledger,
as HTML and XLSX.`,
		Example: `  bekal report
  bekal report --format html -o report.html --lang en
  bekal report --format xlsx -o selisih.xlsx`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			render, ok := renderers()[format]
			if !ok {
				return usagef("--format %q is none of text, json, csv, xlsx, html", format)
			}
			if date != "" {
				if err := isDate("--date", date); err != nil {
					return err
				}
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
				last, err := b.reportDate(cmd)
				if err != nil {
					return err
				}
				if date == "" {
					date = last
				}
				if date != last {
					if err := p.warn([]string{"this is how the books stand now, with the age of mismatches and the line of the day as on " + date + "; what a night reported is in the folder reports, under its number"}); err != nil {
						return err
					}
				}
				r, err := n.Report(cmd.Context(), date)
				if err != nil {
					return err
				}
				return p.writeReport(render, format, output, r, o)
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, json, csv, xlsx or html")
	cmd.Flags().StringVarP(&output, "output", "o", "", "`FILE` to write to (default: standard output)")
	cmd.Flags().StringVar(&date, "date", "", "business `DATE` of the report, as 2026-11-23 (default: that of the last night)")
	langFlag(cmd, &lang)
	return cmd
}

func (p *program) writeReport(render renderer, format, output string, r reconcile.Report, o report.Options) error {
	if output == "" || output == "-" {
		if format == "xlsx" && p.width > 0 {
			return usagef("a workbook is not for a terminal: name a file with -o")
		}
		return render(p.stdout, r, o)
	}
	o.Colour, o.Width = false, 0
	return writeFile(output, func(w io.Writer) error { return render(w, r, o) })
}

// writeFile writes a file that only its owner can read, whole or not at all.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return underName(err, path)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(&unnamed{f, path}), underName(f.Sync(), path), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// unnamed is a file that has not got its name yet. What goes wrong with it is said
// of the file that a person asked for.
type unnamed struct {
	file *os.File
	path string
}

func (u *unnamed) Write(b []byte) (int, error) {
	n, err := u.file.Write(b)
	return n, underName(err, u.path)
}

// underName says of an error of a file that it is one of path.
func underName(err error, path string) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return &fs.PathError{Op: of.Op, Path: path, Err: of.Err}
	}
	return err
}

func (p *program) reportOptions(b *books, lang string) (report.Options, error) {
	if lang == "" {
		lang = b.config.Language
	}
	if lang != "id" && lang != "en" {
		return report.Options{}, usagef("--lang %q is neither id nor en", lang)
	}
	return report.Options{Lang: lang, Colour: p.colour, Width: p.width}, nil
}

// reportDate is the business date of the last night, or today before the first.
func (b *books) reportDate(cmd *cobra.Command) (string, error) {
	last, err := b.ledger.LastNight(cmd.Context())
	if errors.Is(err, ledger.ErrNotFound) {
		return b.today(), nil
	}
	return last.Date, err
}

// keepReport writes the night's report where the finance officer finds it in
// the morning.
func (b *books) keepReport(_ context.Context, r reconcile.Report) ([]string, error) {
	dir := filepath.Join(b.config.Resolve(b.config.DataDir), "reports")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var paths []string
	for _, format := range []string{"html", "xlsx"} {
		path := filepath.Join(dir, r.Night+"."+format)
		err := writeFile(path, func(w io.Writer) error { return renderers()[format](w, r, report.Options{Lang: b.config.Language}) })
		if err != nil {
			return paths, fmt.Errorf("%s: %w", path, err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}
