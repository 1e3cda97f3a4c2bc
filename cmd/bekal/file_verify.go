package main

import (
	"errors"
	"fmt"
	"strings"

	"bekal/formats"

	"github.com/spf13/cobra"
)

// verifiedFile is what file verify says in JSON. A file that could not be
// checked has only a problem.
type verifiedFile struct {
	File         string          `json:"file"`
	Layout       string          `json:"layout"`
	Detected     bool            `json:"layout_detected"` // false when it was named
	Valid        bool            `json:"valid"`
	Problem      string          `json:"problem,omitempty"`
	Bytes        int64           `json:"bytes"`
	LineEnd      formats.LineEnd `json:"line_end"`
	Final        bool            `json:"final_line_end"` // the last record has one
	Fillers      int             `json:"fillers"`        // lines that fill the last block
	Records      map[string]int  `json:"records"`
	Unknown      int             `json:"unknown"`    // lines that are none of the layout's records
	Unverified   []string        `json:"unverified"` // totals that could not be checked
	Errors       []fileFault     `json:"errors"`
	More         int             `json:"more"`     // errors beyond those listed
	Warnings     []fileFault     `json:"warnings"` // what the layout tolerates; the file is valid all the same
	MoreWarnings int             `json:"more_warnings"`
}

func (p *program) fileVerify() *cobra.Command {
	var v verification
	var layout string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify FILE...",
		Short: "Check whole files: every field, code, order and total",
		Long: `Decodes the whole file and checks every field, every code, the order of the
records, their running numbers and all totals. Says which layout it took and
whether that was named or detected, how lines end, and lists all that is wrong
with its place. What the layout tolerates is listed as a warning, and does not
make the file invalid.

Of several files each gets one line. Exit code 1 means that a file is not valid,
or could not be checked.`,
		Example: "  bekal file verify PWK01B26112300013-01.STL\n  bekal file verify sample.txt --layout my-bank.yaml --max 50\n  bekal file verify *.STL --json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if v.lang, err = language(v.lang); err != nil {
				return err
			}
			if v.most < 1 {
				return usagef("--max %d: at least 1 error is listed", v.most)
			}
			if v.choice, err = p.choose(layout); err != nil {
				return err
			}
			if len(args) == 1 {
				return p.verifyOne(cmd, v, args[0], asJSON)
			}
			return p.verifyEach(cmd, v, args, asJSON)
		},
	}
	layoutFlag(cmd, &layout)
	cmd.Flags().IntVar(&v.most, "max", 1000, "list at most `N` errors and N warnings, and say how many more there are")
	jsonFlag(cmd, &asJSON)
	languageFlag(cmd, &v.lang)
	return cmd
}

// verification is how files are checked.
type verification struct {
	choice choice
	most   int
	lang   string
}

func (p *program) verifyOne(cmd *cobra.Command, v verification, name string, asJSON bool) error {
	f, plan, err := v.file(cmd, name)
	if err != nil {
		return err
	}
	if !f.Valid {
		p.code = exitFailed
	}
	if asJSON {
		return p.json(f)
	}
	if err := p.printf("%s\n", f.verdict(plan, v.lang)); err != nil {
		return err
	}
	return p.printDetails(f, v.lang)
}

// verifyEach goes on behind a file that cannot be checked.
func (p *program) verifyEach(cmd *cobra.Command, v verification, names []string, asJSON bool) error {
	files := []verifiedFile{}
	var problems []error
	bad := 0
	for _, name := range names {
		f, plan, err := v.file(cmd, name)
		var line string
		switch {
		case errors.Is(err, errInterrupted):
			return err
		case err != nil:
			problems = append(problems, err)
			f = verifiedFile{File: name, Problem: err.Error(), Records: map[string]int{}, Unverified: []string{}, Errors: []fileFault{}, Warnings: []fileFault{}}
			line = name + ": " + formats.Text{ID: "tidak dapat diperiksa", EN: "could not be checked"}.In(v.lang)
		default:
			line = f.verdict(plan, v.lang)
		}
		if !f.Valid {
			bad++
		}
		if asJSON {
			files = append(files, f)
		} else if err := p.printf("%s\n", line); err != nil {
			return err
		}
	}
	if bad > 0 {
		p.code = exitFailed
	}
	if asJSON {
		// Whoever reads it finds the problems there.
		return p.json(files)
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	if bad == 0 {
		return nil
	}
	return p.printf(formats.Text{
		ID: "tidak sah: %d dari %d berkas; `bekal file verify` atas satu di antaranya menyebut semua kesalahannya\n",
		EN: "not valid: %d of %d files; `bekal file verify` on one of them alone lists all that is wrong with it\n",
	}.In(v.lang), bad, len(names))
}

// file checks one file.
func (v *verification) file(cmd *cobra.Command, name string) (verifiedFile, *formats.Plan, error) {
	in, err := openInput(cmd.Context(), name)
	if err != nil {
		return verifiedFile{}, nil, err
	}
	defer in.close()
	plan, detected, err := v.choice.plan(in)
	if err != nil {
		return verifiedFile{}, nil, err
	}
	d := plan.NewDecoder(in, formats.DecodeOptions{File: name, MaxErrors: v.most, MaxWarnings: v.most})
	for d.Next() {
		continue // the decoder checks as it goes
	}
	if in.err != nil {
		return verifiedFile{}, nil, d.Err() // reading failed, which says nothing of the file
	}
	tally, form := d.Tally(), d.Form()
	f := verifiedFile{
		File: name, Layout: plan.Name(), Detected: detected, Valid: d.ErrorCount() == 0, Bytes: tally.Bytes,
		LineEnd: form.End, Final: form.Final, Fillers: form.Fillers, Records: tally.ByType, Unknown: tally.Unknown,
		Unverified: append([]string{}, d.Unverified()...),
		Errors:     faultsOf(d.Errors(), v.lang), Warnings: faultsOf(d.Warnings(), v.lang),
	}
	f.More, f.MoreWarnings = d.ErrorCount()-len(f.Errors), d.WarningCount()-len(f.Warnings)
	return f, plan, nil
}

// verdict is one line: whether the file is valid, what it is, and what was
// found.
func (f *verifiedFile) verdict(plan *formats.Plan, lang string) string {
	said := "%s: valid, layout %s (%s), %d bytes, %s, %s: %s"
	how := formats.Text{ID: "ditentukan", EN: "as named"}
	if f.Detected {
		how = formats.Text{ID: "dikenali", EN: "detected"}
	}
	if !f.Valid {
		said = "%s: not valid, layout %s (%s), %d bytes, %s, %s: %s"
	}
	if lang == "id" {
		said = "%s: sah, tata letak %s (%s), %d bita, %s, %s: %s"
		if !f.Valid {
			said = "%s: tidak sah, tata letak %s (%s), %d bita, %s, %s: %s"
		}
	}
	return fmt.Sprintf(said, f.File, f.Layout, how.In(lang), f.Bytes, f.records(plan, lang), f.lines(lang), f.found(lang))
}

// records is how many there are, of which types.
func (f *verifiedFile) records(plan *formats.Plan, lang string) string {
	total := f.Unknown
	var parts []string
	for _, r := range plan.Records() {
		if n := f.Records[r.Name()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, r.Name()))
			total += n
		}
	}
	if f.Unknown > 0 {
		parts = append(parts, fmt.Sprintf(formats.Text{ID: "%d tidak dikenal", EN: "%d unknown"}.In(lang), f.Unknown))
	}
	s := countedIn(lang, total, "rekaman", "record")
	if len(parts) > 0 {
		s += " (" + strings.Join(parts, ", ") + ")"
	}
	return s
}

// lines is how they end, and how many only fill the last block.
func (f *verifiedFile) lines(lang string) string {
	end := map[formats.LineEnd]string{formats.CRLF: "CR LF", formats.LF: "LF", formats.CR: "CR"}[f.LineEnd]
	s := formats.Text{ID: "akhir baris " + end, EN: "lines end with " + end}.In(lang)
	switch {
	case f.LineEnd == formats.NoEnd:
		s = formats.Text{ID: "tanpa akhir baris", EN: "without line ends"}.In(lang)
	case !f.Final:
		s += formats.Text{ID: " (kecuali yang terakhir)", EN: " (but for the last)"}.In(lang)
	}
	if f.Fillers > 0 {
		s += ", " + countedIn(lang, f.Fillers, "baris pengisi blok", "block filler line")
	}
	return s
}

// found is what came out of the check.
func (f *verifiedFile) found(lang string) string {
	warnings := ""
	if n := len(f.Warnings) + f.MoreWarnings; n > 0 {
		warnings = ", " + countedIn(lang, n, "peringatan", "warning")
	}
	switch n := len(f.Unverified); {
	case !f.Valid:
		return countedIn(lang, len(f.Errors)+f.More, "kesalahan", "error") + warnings
	case n > 0:
		return fmt.Sprintf(formats.Text{ID: "semua field dan kode benar, tetapi %s tidak dapat diperiksa", EN: "all fields and codes hold, but %s could not be checked"}.In(lang), countedIn(lang, n, "total", "total")) + warnings
	}
	return formats.Text{ID: "semua field, kode, dan total benar", EN: "all fields, codes and totals hold"}.In(lang) + warnings
}

// countedIn is a number of things in a language; Indonesian has no plural.
func countedIn(lang string, n int, id, en string) string {
	if lang == "id" {
		return fmt.Sprintf("%d %s", n, id)
	}
	return counted(n, en)
}

// printDetails lists what is below the verdict on one file.
func (p *program) printDetails(f verifiedFile, lang string) error {
	for _, part := range []struct {
		title formats.Text
		list  []fileFault
		more  int
	}{
		{formats.Text{ID: "kesalahan:", EN: "errors:"}, f.Errors, f.More},
		{formats.Text{ID: "peringatan, yaitu yang ditoleransi oleh tata letak:", EN: "warnings, which the layout tolerates:"}, f.Warnings, f.MoreWarnings},
	} {
		if len(part.list) == 0 {
			continue
		}
		if err := p.printf("%s\n", part.title.In(lang)); err != nil {
			return err
		}
		if err := p.printFaults(f.File, part.list); err != nil {
			return err
		}
		if part.more > 0 {
			if err := p.printf(formats.Text{ID: "  dan %d lagi; --max N menyebut lebih banyak\n", EN: "  and %d more; --max N lists more of them\n"}.In(lang), part.more); err != nil {
				return err
			}
		}
	}
	if len(f.Unverified) > 0 {
		return p.printf("%s: %s\n", formats.Text{ID: "total yang tidak dapat diperiksa", EN: "totals that could not be checked"}.In(lang), strings.Join(f.Unverified, ", "))
	}
	return nil
}
