package main

import (
	"errors"
	"io"

	"bekal/formats"

	"github.com/spf13/cobra"
)

func (p *program) fileRoundtrip() *cobra.Command {
	var r roundtrip
	var layout string
	cmd := &cobra.Command{
		Use:   "roundtrip FILE",
		Short: "Read a file, write it again from its values, and compare the bytes",
		Long: `Decodes the file, turns every field into what it means, writes all of it anew
from that, and compares the result with the file byte by byte. When both are
identical the layout is understood to the last byte. What the layout tolerates
(blank lines, lines cut short, lower case and the like) is written as it stood.

With --strict the file is written as the layout says, without what it only
tolerates; what was put right on the way is listed. A file with errors is not
written again.

With -o the copy is kept. It appears when it is whole, only its owner can read
it, and it holds full account numbers: keep it where the original is kept.

Exit code 1 means that the file has errors or, without --strict, that the copy
differs, or that there can be none.`,
		Example: "  bekal file roundtrip sample.txt --layout my-bank.yaml\n  bekal file roundtrip answer.STL --strict -o answer-strict.STL",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if r.out.path == "-" {
				return usagef("-o -: the copy does not go to standard output, where the result of the comparison stands; name a file")
			}
			if r.out.force && r.out.path == "" {
				return usagef("--force is for -o FILE")
			}
			var err error
			if r.choice, err = p.choose(layout); err != nil {
				return err
			}
			in, err := openInput(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			defer in.close()
			if err := r.out.check(in.name); err != nil {
				return err
			}
			return p.roundtrip(&r, in)
		},
	}
	layoutFlag(cmd, &layout)
	cmd.Flags().StringVarP(&r.out.path, "output", "o", "", "`FILE` for the copy (default: it is only compared)")
	forceFlag(cmd, &r.out)
	cmd.Flags().BoolVar(&r.strict, "strict", false, "write as the layout says, without what it only tolerates")
	return cmd
}

// roundtrip is how a file is written again.
type roundtrip struct {
	choice choice
	out    output
	strict bool
}

func (p *program) roundtrip(r *roundtrip, in *input) error {
	plan, _, err := r.choice.plan(in)
	if err != nil {
		return err
	}
	compared := newComparison(in.file)
	var done formats.Recoded
	copyTo := func(w io.Writer) (err error) {
		done, err = plan.Recode(w, in, formats.RecodeOptions{File: in.name, AsRead: !r.strict})
		return err
	}
	if r.out.path == "" {
		err = copyTo(compared)
	} else {
		err = r.out.write(nil, in.name, func(w io.Writer) error { return copyTo(io.MultiWriter(w, compared)) })
	}
	var faults *formats.Errors
	if in.err == nil && errors.As(err, &faults) {
		p.code = exitFailed
		sound, err := soundFile(in, plan)
		switch {
		case err != nil:
			return err
		case sound:
			return p.printRefused(r, in, plan, faults)
		}
		return p.printBroken(r, in, plan, faults)
	}
	if err != nil {
		return err
	}
	same, err := compared.end()
	if err != nil {
		return err
	}
	if same {
		err = p.printIdentical(r, in, plan, &done)
	} else {
		err = p.printDiffering(r, in, plan, &done, compared)
	}
	if err != nil || r.out.path == "" {
		return err
	}
	return p.printf("%s\n", r.out.said())
}

// soundFile says whether reading a file finds no errors: then it was writing
// that refused a record.
func soundFile(in *input, plan *formats.Plan) (bool, error) {
	if _, err := in.file.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	d := plan.NewDecoder(in, formats.DecodeOptions{MaxErrors: 1})
	for d.Next() && d.ErrorCount() == 0 {
		continue // what is wrong is known already
	}
	return d.ErrorCount() == 0, in.err
}

// printBroken says what is wrong with a file, of which there is no copy.
func (p *program) printBroken(r *roundtrip, in *input, plan *formats.Plan, faults *formats.Errors) error {
	if err := p.printf("%s: layout %s: %s; a file with errors is not written again\n", in.name, plan.Name(), counted(len(faults.List)+faults.More, "error")); err != nil {
		return err
	}
	if err := p.printFaults(in.name, faultsOf(faults.List, "en")); err != nil {
		return err
	}
	if faults.More == 0 {
		return nil
	}
	return p.printf("  and %d more; %s lists more of them\n", faults.More, r.choice.again("verify", in))
}

// printRefused says which record of a valid file cannot be written, and why.
func (p *program) printRefused(r *roundtrip, in *input, plan *formats.Plan, faults *formats.Errors) error {
	how := "cannot be written again as it stands"
	if r.strict {
		how = "has no strict form: the layout tolerates what it does not write"
	}
	if err := p.printf("%s: layout %s: the file is valid, but %s; nothing was written\n", in.name, plan.Name(), how); err != nil {
		return err
	}
	list := faultsOf(nil, "en")
	for _, e := range faults.List {
		one := *e
		one.Line = 0 // it counts the lines of the copy, which may be fewer
		list = append(list, faultsOf([]*formats.Error{&one}, "en")...)
	}
	return p.printFaults(in.name, list)
}

func (p *program) printIdentical(r *roundtrip, in *input, plan *formats.Plan, done *formats.Recoded) error {
	if err := p.printf("identical: %d bytes, %s, layout %s\n", done.Tally.Bytes, counted(done.Tally.Records, "record"), plan.Name()); err != nil {
		return err
	}
	switch {
	case r.strict && done.Warned > 0:
		return p.printNormalised(r, in, done)
	case r.strict:
		return p.printf("the file is strict already\n")
	case done.Warned > 0:
		return p.printf("written as it stood, though the layout only tolerates it: %s; %s lists them, --strict puts right what it can\n", counted(done.Warned, "thing"), r.choice.again("verify", in))
	}
	return nil
}

// printDiffering says where the copy differs: as it should, when it is strict;
// otherwise the file was not understood.
func (p *program) printDiffering(r *roundtrip, in *input, plan *formats.Plan, done *formats.Recoded, compared *comparison) error {
	d, err := compared.difference(plan, done.Form.End)
	if err != nil {
		return err
	}
	if r.strict {
		if err := p.printf("strict: %d bytes read, %s, layout %s\n", done.Tally.Bytes, counted(done.Tally.Records, "record"), plan.Name()); err != nil {
			return err
		}
		if err := p.printNormalised(r, in, done); err != nil {
			return err
		}
		return p.printf("the strict form first differs at %s\n%s", d.place(), d.excerpt())
	}
	p.code = exitFailed
	return p.printf("differs at %s\n%sThe file has no errors, and yet it would not be written as it stands: either the\nlayout tolerates what it cannot write again, or it is wrong at this place.\n", d.place(), d.excerpt())
}

// printNormalised lists what the strict form puts right.
func (p *program) printNormalised(r *roundtrip, in *input, done *formats.Recoded) error {
	if done.Warned == 0 {
		return p.printf("nothing had to be tolerated, but the layout has more than one form for a value, and writes the first\n")
	}
	if err := p.printf("put right: %s\n", counted(done.Warned, "thing")); err != nil {
		return err
	}
	list := faultsOf(done.Warnings, "en")
	for i := range list {
		list[i].Hint = "" // it is done
	}
	if err := p.printFaults(in.name, list); err != nil {
		return err
	}
	if more := done.Warned - len(list); more > 0 {
		return p.printf("  and %d more; %s lists more of them\n", more, r.choice.again("verify", in))
	}
	return nil
}
