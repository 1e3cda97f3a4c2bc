package formats

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Document writes a plan as a specification sheet in Markdown, in a language,
// "id" or "en": how a file is built, then for each record how it is known, a
// picture, and a table of its fields, then the code lists. The text lines up
// without being rendered, too.
func Document(w io.Writer, p *Plan, lang string) error {
	out := bufio.NewWriter(w)
	m := &markdown{out: out, words: wordsIn(lang)}
	m.sheet(newSheet(p, m.words))
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write specification of %s: %w", p.Name(), err)
	}
	return nil
}

// DocumentHTML writes the same sheet as one page of HTML that needs nothing
// else: no scripts, fonts or pictures from elsewhere. It is made to be read on
// a screen and to be printed.
func DocumentHTML(w io.Writer, p *Plan, lang string) error {
	out := bufio.NewWriter(w)
	if err := writePage(out, newSheet(p, wordsIn(lang))); err != nil {
		return fmt.Errorf("write specification of %s: %w", p.Name(), err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write specification of %s: %w", p.Name(), err)
	}
	return nil
}

// sheet is a specification sheet: what all of its faces show, in one language.
type sheet struct {
	Lang    string
	Name    string
	Title   string
	About   string
	Facts   []fact
	Records []recordSheet
	Lists   []listSheet
	// Overview is a table of the records.
	Overview table
	// Reading explains the marks that this sheet uses.
	Reading []phrase
}

// fact is something that is said about a file or record, on one line or
// several.
type fact struct {
	Label string
	Lines []phrase
}

// table is a table; its first so many columns are numbers.
type table struct {
	Head  []string
	Right int
	Rows  [][]phrase
}

// recordSheet is what is said about a record.
type recordSheet struct {
	Anchor  string
	Name    string
	Title   string
	Facts   []fact
	Picture picture
	Fields  table
	Slots   []slotSheet
}

// slotSheet is what is said about a slot of a record.
type slotSheet struct {
	Anchor  string
	Name    string
	Title   string
	Facts   []fact
	Picture picture
	Fields  table
}

// listSheet is a code list.
type listSheet struct {
	Anchor string
	Name   string
	Title  string
	Codes  table
}

func recordAnchor(r *RecordPlan) string { return "record-" + r.def.Name }

func slotAnchor(r *RecordPlan, s *slotPlan) string { return "slot-" + r.def.Name + "." + s.def.Name }

func listAnchor(name string) string { return "codes-" + name }

// newSheet describes a plan.
func newSheet(p *Plan, t *words) *sheet {
	l := p.layout
	a := &author{plan: p, words: t}
	s := &sheet{Lang: t.lang, Name: l.Name, Title: l.Title.In(t.lang), About: l.About.In(t.lang)}
	s.Facts = a.head()
	s.Overview = a.overview()
	for _, r := range p.records {
		s.Records = append(s.Records, a.record(r))
	}
	for i := range l.Codes {
		s.Lists = append(s.Lists, a.list(&l.Codes[i]))
	}
	s.Reading = a.reading()
	return s
}

// author describes a plan in a language.
type author struct {
	plan  *Plan
	words *words
}

// say composes a phrase in the language of the sheet.
func (a *author) say(id, en string, values ...any) phrase {
	return compose(Text{ID: id, EN: en}.In(a.words.lang), values...)
}

// either joins alternatives. Values of one character throughout are told
// rather than shown.
func (a *author) either(values []string) phrase {
	phrases := make([]phrase, len(values))
	for i, v := range values {
		switch same := strings.Repeat(v[:min(1, len(v))], len(v)); {
		case v == same && v != "" && v[0] == ' ':
			phrases[i] = a.say("spasi", "spaces")
		case v == same && len(v) > 8:
			phrases[i] = a.say("{} kali {}", "{} times {}", len(v), code(v[:1]))
		default:
			phrases[i] = phrase{{Text: v, Code: true}}
		}
	}
	return enumerated(phrases, ", ", Text{ID: " atau ", EN: " or "}.In(a.words.lang))
}

// list describes a code list. Columns that no code fills are left out.
func (a *author) list(l *CodeList) listSheet {
	t := a.words
	out := listSheet{Anchor: listAnchor(l.Name), Name: l.Name, Title: l.Title.In(t.lang)}
	class, next := false, false
	for _, c := range l.List {
		class = class || c.Class != ""
		next = next || c.NextStep.In(t.lang) != ""
	}
	out.Codes.Head = []string{t.code}
	if class {
		out.Codes.Head = append(out.Codes.Head, t.class)
	}
	out.Codes.Head = append(out.Codes.Head, t.meaning)
	if next {
		out.Codes.Head = append(out.Codes.Head, t.next)
	}
	for _, c := range l.List {
		row := []phrase{{word{Text: c.Value, Code: true}}}
		if class {
			row = append(row, compose(c.Class))
		}
		row = append(row, phrase{word{Text: c.Meaning.In(t.lang)}})
		if next {
			row = append(row, phrase{word{Text: c.NextStep.In(t.lang)}})
		}
		out.Codes.Rows = append(out.Codes.Rows, row)
	}
	return out
}
