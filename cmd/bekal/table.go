package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// listing is a plain table for lists.
type listing struct {
	p *program
	w table.Writer
}

func (p *program) table(columns ...string) *listing {
	w := table.NewWriter()
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = 0
	w.SetStyle(style)
	row := make(table.Row, len(columns))
	for i, c := range columns {
		row[i] = c
	}
	w.AppendHeader(row)
	return &listing{p: p, w: w}
}

func (l *listing) row(cells ...any) {
	for i, c := range cells {
		if s, ok := c.(string); ok {
			cells[i] = oneShown(s)
		}
	}
	l.w.AppendRow(cells)
}

// right puts columns to the right, as figures stand below one another.
func (l *listing) right(columns ...string) *listing {
	var configs []table.ColumnConfig
	for _, c := range columns {
		configs = append(configs, table.ColumnConfig{Name: c, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	l.w.SetColumnConfigs(configs)
	return l
}

// print prints the table, or a sentence when it is empty.
func (l *listing) print(empty string) error {
	if l.w.Length() == 0 {
		return l.p.printf("%s\n", empty)
	}
	return l.p.printf("%s\n", l.w.Render())
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// countedThat is a number of things that do something: 1 record is, 2 records are.
func countedThat(n int, noun, one, many string) string {
	if n == 1 {
		return counted(n, noun) + " " + one
	}
	return counted(n, noun) + " " + many
}

// number reads an id off the command line.
func number(s, what string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, &usageError{fmt.Errorf("%q is not the number of a %s", s, what)}
	}
	return n, nil
}

// counted is a number of things: 1 record, 2 records, 2 batches, 2 beneficiaries.
func counted[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if one, ok := strings.CutSuffix(noun, "y"); ok {
		noun = one + "ie"
	} else if strings.HasSuffix(noun, "ch") {
		noun += "e"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// localTime is a time of the books as people of the facility read it; one that
// is missing, or is none, is shown as it is.
func localTime(at string, place *time.Location) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return orDash(at)
	}
	return t.In(place).Format("2006-01-02 15:04 MST")
}

// local is localTime at the facility of these books.
func (b *books) local(at string) string { return localTime(at, b.config.Facility().Location) }
