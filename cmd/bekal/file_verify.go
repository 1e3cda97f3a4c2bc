package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bekal/formats"

	"github.com/spf13/cobra"
)

// verifiedFile is what file verify says in JSON.
type verifiedFile struct {
	File       string         `json:"file"`
	Layout     string         `json:"layout"`
	Valid      bool           `json:"valid"`
	Bytes      int64          `json:"bytes"`
	Records    map[string]int `json:"records"`
	Unverified []string       `json:"unverified"` // totals that could not be checked
	Errors     []fileFault    `json:"errors"`
	More       int            `json:"more"` // errors beyond those listed
}

type fileFault struct {
	Line  int    `json:"line"`
	Field string `json:"field"`
	From  int    `json:"from"`
	To    int    `json:"to"`
	Error string `json:"error"`
	Hint  string `json:"hint"`
}

func (p *program) fileVerify() *cobra.Command {
	var layout string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check a whole file: every field, code, order and total",
		Long: `Decodes the whole file and checks every field, every code, the order of the
records, their running numbers and all totals. Says which layout it took, and
lists what is wrong with its place. Exit code 1 means that something is.`,
		Example: "  bekal file verify PWK01B26112300013-01.STL",
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
			v, err := verifyFile(f, plan)
			if err != nil {
				return err
			}
			if !v.Valid {
				p.code = exitFailed
			}
			if asJSON {
				return p.json(v)
			}
			return p.printVerified(v, plan)
		},
	}
	cmd.Flags().StringVar(&layout, "layout", "", "`NAME` of the layout (default: the one that fits the first line)")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func verifyFile(f *os.File, plan *formats.Plan) (verifiedFile, error) {
	name := filepath.Base(f.Name())
	dec := plan.NewDecoder(f, formats.DecodeOptions{File: name})
	for dec.Next() {
		continue // the decoder checks as it goes
	}
	err := dec.Err()
	if err != nil && dec.ErrorCount() == 0 {
		return verifiedFile{}, err // reading failed, which says nothing of the file
	}
	tally := dec.Tally()
	v := verifiedFile{File: name, Layout: plan.Name(), Valid: err == nil, Bytes: tally.Bytes, Records: tally.ByType, Unverified: append([]string{}, dec.Unverified()...), Errors: []fileFault{}}
	for _, e := range dec.Errors() {
		v.Errors = append(v.Errors, fileFault{Line: e.Line, Field: e.Field, From: e.From, To: e.To, Error: e.Error(), Hint: e.Hint()})
	}
	v.More = dec.ErrorCount() - len(v.Errors)
	return v, nil
}

func (p *program) printVerified(v verifiedFile, plan *formats.Plan) error {
	var parts []string
	total := 0
	for _, r := range plan.Records() {
		parts = append(parts, fmt.Sprintf("%d %s", v.Records[r.Name()], r.Name()))
		total += v.Records[r.Name()]
	}
	if v.Valid {
		return p.printf("%s: layout %s, %d bytes, %s (%s): all fields, codes and totals hold\n", v.File, v.Layout, v.Bytes, counted(total, "record"), strings.Join(parts, ", "))
	}
	if err := p.printf("%s: layout %s, %d bytes, %s (%s): %s\n", v.File, v.Layout, v.Bytes, counted(total, "record"), strings.Join(parts, ", "), counted(len(v.Errors)+v.More, "error")); err != nil {
		return err
	}
	hint := ""
	for _, e := range v.Errors {
		if err := p.printf("  %s\n", strings.TrimPrefix(e.Error, v.File+" ")); err != nil {
			return err
		}
		// A hint stands once below the errors that it is for.
		if e.Hint != hint && e.Hint != "" {
			if err := p.printf("      %s\n", e.Hint); err != nil {
				return err
			}
		}
		hint = e.Hint
	}
	if v.More > 0 {
		if err := p.printf("  and %d more\n", v.More); err != nil {
			return err
		}
	}
	if len(v.Unverified) > 0 {
		return p.printf("totals that could not be checked: %s\n", strings.Join(v.Unverified, ", "))
	}
	return nil
}
