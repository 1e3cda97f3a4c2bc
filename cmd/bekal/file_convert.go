package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"bekal/formats"

	"github.com/spf13/cobra"
)

func (p *program) fileConvert() *cobra.Command {
	var c conversion
	var layout string
	cmd := &cobra.Command{
		Use:   "convert FILE --to json|csv|fixed",
		Short: "Turn a fixed-width file into JSON or CSV, or JSON into a fixed-width file",
		Long: `--to json writes every record with its values as text: amounts are exact
decimals, and the file can be made from the JSON again.

--to csv is for a spreadsheet, and not for reading back. With --record it is a
table of those records, a column for each field; without, a line for each value.
A text that a spreadsheet would take for a formula begins with an apostrophe.

--to fixed reads such JSON and writes the fixed-width file. The layout is the one
that the JSON names, or that of --layout. Totals behind their records, running
numbers and check digits may be left out: they are filled in. When anything is
wrong, nothing is written.

A file with errors becomes JSON or CSV as far as it can be read, with a message
and exit code 1.

JSON and CSV hold full account numbers and names, as the file does: personal data
under Indonesia's law on personal data protection (UU PDP). Write them with -o,
which lets only their owner read them, keep them where the originals are kept,
and delete them when they are not needed any more.`,
		Example: "  bekal file convert PWK01B26112300013-01.STL --to csv --record D -o answers.csv\n" +
			"  bekal file convert sample.txt --layout my-bank.yaml --to json -o sample.json\n  bekal file convert sample.json --to fixed -o sample-again.txt",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case c.to != "json" && c.to != "csv" && c.to != "fixed":
				return usagef("--to %q is none of json, csv, fixed", c.to)
			case c.record != "" && c.to != "csv":
				return usagef("--record is for --to csv")
			case c.out.force && c.out.streams():
				return usagef("--force is for -o FILE")
			}
			in, err := openInput(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			defer in.close()
			if err := c.out.check(in.name); err != nil {
				return err
			}
			if c.to == "fixed" {
				return p.convertToFixed(&c, layout, in)
			}
			if c.choice, err = p.choose(layout); err != nil {
				return err
			}
			return p.convertFromFixed(&c, in)
		},
	}
	cmd.Flags().StringVar(&c.to, "to", "", "json, csv or fixed")
	_ = cmd.MarkFlagRequired("to") // the flag is there
	cmd.Flags().StringVar(&layout, "layout", "", "`NAME` of the layout, or the path of its .yaml file (default: the one that fits the file, or that the JSON names)")
	cmd.Flags().StringVar(&c.record, "record", "", "with --to csv: a table of the records of this `NAME`")
	outputFlag(cmd, &c.out)
	forceFlag(cmd, &c.out)
	return cmd
}

// conversion is what becomes of a file.
type conversion struct {
	choice     choice
	to, record string
	out        output
}

func (p *program) convertFromFixed(c *conversion, in *input) error {
	plan, _, err := c.choice.plan(in)
	if err != nil {
		return err
	}
	if _, ok := plan.Record(c.record); c.record != "" && !ok {
		var names []string
		for _, r := range plan.Records() {
			names = append(names, r.Name())
		}
		return &hinted{usagef("layout %s has no record %q", plan.Name(), c.record), "its records are " + strings.Join(names, ", ")}
	}
	// Errors of the file are no reason to write nothing; all others are.
	var faults *formats.Errors
	err = c.out.write(p.stdout, in.name, func(w io.Writer) error {
		var err error
		options := formats.DecodeOptions{File: in.name}
		if c.to == "json" {
			err = plan.WriteJSON(w, in, options)
		} else {
			err = plan.WriteCSV(w, in, c.record, options)
		}
		if in.err == nil && errors.As(err, &faults) {
			return nil
		}
		return err
	})
	if err != nil || faults == nil {
		return err
	}
	holds := "the JSON holds what could be read, and each error at its record"
	if c.to == "csv" {
		holds = "the CSV holds what could be read, and does not show what is missing"
	}
	return &hinted{fmt.Errorf("%s has %s: %s", in.name, counted(len(faults.List)+faults.More, "error"), holds), c.choice.again("verify", in) + " lists what is wrong; do not work with the result as if it were whole"}
}

// bom is what some editors put in front of a text.
const bom = "\xef\xbb\xbf"

func (p *program) convertToFixed(c *conversion, layout string, in *input) error {
	head, err := in.head(4096)
	if err != nil {
		return err
	}
	head, marked := bytes.CutPrefix(head, []byte(bom))
	if !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) {
		return &hinted{fmt.Errorf("%s is no JSON of a file", in.name), "--to fixed reads what --to json has written; a fixed-width file is written again by `bekal file roundtrip`"}
	}
	plan, err := p.layoutOfJSON(in, layout, head)
	if err != nil {
		return err
	}
	encode := func(w io.Writer) error {
		begin := int64(0)
		if marked {
			begin = int64(len(bom))
		}
		if _, err := in.file.Seek(begin, io.SeekStart); err != nil {
			return err
		}
		err := plan.ReadJSON(w, in, formats.EncodeOptions{})
		if err == nil || in.err != nil {
			return err
		}
		return &hinted{fmt.Errorf("%s: %w", in.name, err), "nothing was written; correct the JSON at that place (JSON of a file with errors has the errors, too)"}
	}
	if c.out.streams() {
		// What has gone to standard output cannot be taken back, so it is made
		// once before, to see whether it can be made.
		if err := encode(io.Discard); err != nil {
			return err
		}
	}
	return c.out.write(p.stdout, in.name, encode)
}

// layoutOfJSON is the layout that was named or, without one, that the JSON
// names; JSON names no files.
func (p *program) layoutOfJSON(in *input, flag string, head []byte) (*formats.Plan, error) {
	if flag != "" {
		c, err := p.choose(flag)
		return c.named, err
	}
	name := formats.JSONLayout(head)
	if name == "" {
		return nil, &hinted{fmt.Errorf("%s does not begin with the name of its layout", in.name), "let it begin with {\"layout\": \"NAME\", or name the layout with --layout"}
	}
	l, err := p.installedLayout(name)
	return l.plan, err
}
