package formats

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Document writes a plan as a specification sheet in Markdown, in a language,
// "id" or "en": the structure, a table of each record with its positions, and
// the code lists.
func Document(w io.Writer, p *Plan, lang string) error {
	s := &sheet{out: bufio.NewWriter(w), plan: p, words: wordsIn(lang)}
	s.head()
	for _, r := range p.records {
		s.record(r)
	}
	s.codes()
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("write specification of %s: %w", p.Name(), err)
	}
	return nil
}

type sheet struct {
	out   *bufio.Writer
	plan  *Plan
	words *words
}

// printf writes to the buffer, which keeps an error until it is flushed.
func (s *sheet) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format, args...)
}

func (s *sheet) head() {
	l, t := s.plan.layout, s.words
	s.printf("# %s\n\n", joined(l.Name, l.Title.In(t.lang)))
	if about := l.About.In(t.lang); about != "" {
		s.printf("%s\n\n", about)
	}
	s.printf("- %s: `%s`\n", t.structure, structureText(l.Structure.Parts))
	s.printf("- %s: %d %s + %s\n", t.lineEnd, s.plan.length, t.bytes, map[LineEnd]string{CRLF: "CR LF", LF: "LF"}[l.end()])
	s.printf("- %s: %s (%s)\n", t.encoding, l.Charset, l.charsetAbout(l.Charset).In(t.lang))
	if len(l.Tolerate) > 0 {
		names := make([]string, len(l.Tolerate))
		for i, one := range l.Tolerate {
			names[i] = string(one)
		}
		s.printf("- %s: %s\n", t.tolerated, strings.Join(names, ", "))
	}
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

// record writes the table of a record.
func (s *sheet) record(r *RecordPlan) {
	t := s.words
	s.printf("\n## %s\n\n", joined(r.Name(), r.Title().In(t.lang)))
	rows := [][]string{{t.columns, t.length, t.field, t.name, t.contents}}
	for i := range r.fields {
		f := &r.fields[i]
		columns := fmt.Sprint(f.off + 1)
		if f.n > 1 {
			columns = fmt.Sprintf("%d-%d", f.off+1, f.off+f.n)
		}
		rows = append(rows, []string{columns, fmt.Sprint(f.n), f.def.Name, f.def.Title.In(t.lang), s.contents(f)})
	}
	s.table(rows, 2)
}

// contents says what a field holds.
func (s *sheet) contents(f *fieldPlan) string {
	id := s.words.lang != "en"
	say := func(indonesian, english string) string {
		if id {
			return indonesian
		}
		return english
	}
	if f.constant != "" {
		return "`" + strings.TrimRight(f.constant, " ") + "`"
	}
	var parts []string
	switch f.kind {
	case KindText:
		parts = append(parts, say("teks", "text"))
		if f.writing.name != s.plan.layout.Charset {
			parts = append(parts, f.writing.name)
		}
	case KindDigits:
		parts = append(parts, say("angka, nol di depan ikut", "digits, with leading zeros"))
	case KindNumber:
		parts = append(parts, say("bilangan", "number"))
	case KindAmount:
		parts = append(parts, fmt.Sprintf(say("jumlah, %d desimal tersirat", "amount, %d implied decimals"), f.def.Decimals))
	case KindDate, KindTime:
		parts = append(parts, f.format.text)
	case KindFiller:
		return say("spasi", "spaces")
	}
	if f.codes != nil {
		kind := say("salah satu dari", "one of")
		if !f.closed {
			kind = say("biasanya dari", "usually of")
		}
		parts = append(parts, kind+" "+f.codes.def.Name)
	}
	switch f.def.Empty {
	case EmptyBlank:
		parts = append(parts, say("boleh kosong", "may be blank"))
	case EmptyZeros:
		parts = append(parts, say("nol bila tidak ada", "zeros when there is none"))
	case EmptyEither:
		parts = append(parts, say("nol atau kosong bila tidak ada", "zeros or blank when there is none"))
	case EmptyNever:
	}
	if c := f.def.Compute; c != nil {
		parts = append(parts, c.describe(id))
	}
	return strings.Join(parts, "; ")
}

// describe says how a value is computed.
func (c *Computed) describe(id bool) string {
	sources := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		sources[i] = s.Record
		if s.Field != "" {
			sources[i] += "." + s.Field
		}
	}
	of := strings.Join(sources, " + ")
	pick := func(indonesian, english string) string {
		if id {
			return indonesian
		}
		return english
	}
	var s string
	switch c.Kind {
	case Count:
		s = pick("banyaknya ", "count of ") + of
	case Sum:
		s = pick("jumlah dari ", "sum of ") + of
	case Hash:
		s = pick("jumlah dari ", "sum of ") + of
		if c.Modulus > 0 {
			s += " mod " + modulusText(c.Modulus)
		}
	case Sequence:
		s = fmt.Sprintf(pick("nomor urut dari %d", "running number from %d"), c.First)
	}
	if c.Where != nil {
		s += fmt.Sprintf(pick(" dengan %s %s", " where %s is %s"), c.Where.Field, strings.Join(c.Where.Classes, pick(" atau ", " or ")))
	}
	return s
}

func modulusText(m uint64) string {
	for e, p := range pow10 {
		if p == m {
			return fmt.Sprintf("10^%d", e)
		}
	}
	return fmt.Sprint(m)
}

// codes writes the code lists.
func (s *sheet) codes() {
	t := s.words
	for i := range s.plan.layout.Codes {
		l := &s.plan.layout.Codes[i]
		s.printf("\n## %s %s\n\n", t.codes, joined(l.Name, l.Title.In(t.lang)))
		rows := [][]string{{t.code, t.class, t.meaning, t.next}}
		for _, c := range l.List {
			rows = append(rows, []string{"`" + c.Value + "`", c.Class, c.Meaning.In(t.lang), c.NextStep.In(t.lang)})
		}
		s.table(rows, 0)
	}
}

// table writes a Markdown table whose columns line up in plain text, too; the
// first so many columns stand right.
func (s *sheet) table(rows [][]string, right int) {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			row[i] = strings.ReplaceAll(strings.ReplaceAll(c, "|", "\\|"), "\n", " ")
			width[i] = max(width[i], len([]rune(row[i])), 3)
		}
	}
	for n, row := range rows {
		for i, c := range row {
			gap := strings.Repeat(" ", width[i]-len([]rune(c)))
			if i < right {
				s.printf("| %s%s ", gap, c)
			} else {
				s.printf("| %s%s ", c, gap)
			}
		}
		s.printf("|\n")
		if n > 0 {
			continue
		}
		for i := range row {
			if i < right {
				s.printf("|%s:", strings.Repeat("-", width[i]+1))
			} else {
				s.printf("|%s", strings.Repeat("-", width[i]+2))
			}
		}
		s.printf("|\n")
	}
}
