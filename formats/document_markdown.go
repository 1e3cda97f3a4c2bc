package formats

import (
	"bufio"
	"fmt"
	"strings"
	"unicode/utf8"
)

// markdown is the face of a sheet that is also read as plain text.
type markdown struct {
	out   *bufio.Writer
	words *words
}

// printf writes to the buffer, which keeps an error until it is flushed.
func (m *markdown) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(m.out, format, args...)
}

func (m *markdown) sheet(s *sheet) {
	t := m.words
	m.printf("# %s\n\n", joined(s.Name, inMarkdown(s.Title)))
	if s.About != "" {
		m.printf("%s\n\n", inMarkdown(s.About))
	}
	m.facts(s.Facts)
	if len(s.Records) > 1 {
		m.printf("\n## %s\n\n", t.recordsTitle)
		m.table(&s.Overview)
	}
	m.printf("\n## %s\n\n", t.reading)
	for _, p := range s.Reading {
		m.printf("- %s\n", m.phrase(p))
	}
	m.printf("- %s\n", t.drawing)
	for i := range s.Records {
		r := &s.Records[i]
		m.printf("\n## %s\n\n", joined(r.Name, inMarkdown(r.Title)))
		m.facts(r.Facts)
		m.picture(&r.Picture)
		m.table(&r.Fields)
		for j := range r.Slots {
			slot := &r.Slots[j]
			m.printf("\n### %s\n\n", joined(slot.Name, inMarkdown(slot.Title)))
			m.facts(slot.Facts)
			m.picture(&slot.Picture)
			m.table(&slot.Fields)
		}
	}
	for i := range s.Lists {
		l := &s.Lists[i]
		m.printf("\n## %s %s\n\n", t.codes, joined(l.Name, inMarkdown(l.Title)))
		m.table(&l.Codes)
	}
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

func (m *markdown) facts(facts []fact) {
	for _, f := range facts {
		if len(f.Lines) == 1 {
			m.printf("- %s: %s\n", f.Label, m.phrase(f.Lines[0]))
			continue
		}
		m.printf("- %s:\n", f.Label)
		for _, line := range f.Lines {
			m.printf("  - %s\n", m.phrase(line))
		}
	}
}

func (m *markdown) phrase(p phrase) string {
	var b strings.Builder
	for _, r := range p {
		if r.Code {
			b.WriteString(codeSpan(r.Text))
		} else {
			b.WriteString(inMarkdown(r.Text))
		}
	}
	return b.String()
}

// inMarkdown keeps a text from being taken for marks.
func inMarkdown(s string) string {
	return strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "<", "\\<", "\n", " ").Replace(s)
}

// codeSpan shows a text letter by letter; spaces at its ends are put into
// quotes, for they would be lost.
func codeSpan(s string) string {
	if strings.TrimSpace(s) != s || s == "" {
		s = `"` + s + `"`
	}
	if !strings.Contains(s, "`") {
		return "`" + s + "`"
	}
	return "`` " + s + " ``"
}

// table writes a table whose columns line up in plain text, too.
func (m *markdown) table(t *table) {
	rows := [][]string{t.Head}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, p := range row {
			cells[i] = strings.ReplaceAll(m.phrase(p), "|", "\\|")
		}
		rows = append(rows, cells)
	}
	width := make([]int, len(t.Head))
	for _, row := range rows {
		for i, c := range row {
			width[i] = max(width[i], utf8.RuneCountInString(c), 3)
		}
	}
	for n, row := range rows {
		for i, c := range row {
			gap := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			if i < t.Right {
				m.printf("| %s%s ", gap, c)
			} else {
				m.printf("| %s%s ", c, gap)
			}
		}
		m.printf("|\n")
		if n > 0 {
			continue
		}
		for i := range row {
			if i < t.Right {
				m.printf("|%s:", strings.Repeat("-", width[i]+1))
			} else {
				m.printf("|%s", strings.Repeat("-", width[i]+2))
			}
		}
		m.printf("|\n")
	}
}

// picture draws a record in characters, one for each byte.
func (m *markdown) picture(p *picture) {
	m.printf("\n```text\n")
	for i := range p.Rows {
		if i > 0 {
			m.printf("\n")
		}
		m.row(&p.Rows[i])
	}
	m.printf("```\n\n")
}

func (m *markdown) row(r *pictureRow) {
	if r.Long {
		m.printf("... %d-%d: %s\n", r.From, r.To, r.Boxes[0].Label)
		return
	}
	m.printf("%s\n", ruler(r.From-1, r.To))
	drawn := make([]byte, 0, pictureColumns)
	keys := make([]string, pictureColumns)
	depth := 0
	for i := range r.Boxes {
		b := &r.Boxes[i]
		line, labelled := b.line()
		drawn = append(drawn, line...)
		if !labelled && !b.Filler && b.Begins {
			keys[b.From-r.From] = b.Key
			depth = max(depth, len(b.Key))
		}
	}
	m.printf("%s\n", drawn)
	// A key stands below the column in which its field begins, from top to
	// bottom, so that each has one column.
	for d := range depth {
		line := strings.Builder{}
		for _, k := range keys {
			if d < len(k) {
				line.WriteByte(k[d])
			} else {
				line.WriteByte(' ')
			}
		}
		m.printf("%s\n", strings.TrimRight(line.String(), " "))
	}
}

// line draws a box, and says whether there was room for its label or key.
func (b *box) line() (string, bool) {
	n := b.Size()
	if b.Filler {
		return strings.Repeat(".", n), true
	}
	if n == 1 && b.Begins && b.Ends {
		return "|", false
	}
	left, right, fill := "<", ">", n-2
	if !b.Begins {
		left, fill = "", fill+1
	}
	if !b.Ends {
		right, fill = "", fill+1
	}
	for _, label := range []string{b.Label, b.Key} {
		if free := fill - len(label); free >= 0 && label != "" {
			return left + strings.Repeat("-", free/2) + label + strings.Repeat("-", free-free/2) + right, true
		}
	}
	return left + strings.Repeat("-", fill) + right, false
}
