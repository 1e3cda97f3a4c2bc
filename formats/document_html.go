package formats

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed document.html
var documentHTML string

// writePage is the face of a sheet that is one page of HTML.
func writePage(w io.Writer, s *sheet) error {
	t := wordsIn(s.Lang)
	labels := map[string]Text{
		string(KindText): {"teks", "text"}, string(KindDigits): {"angka", "digits"}, string(KindNumber): {"bilangan", "number"},
		string(KindAmount): {"jumlah", "amount"}, string(KindDate): {"tanggal atau waktu", "date or time"},
		"const": {"nilai tetap", "constant"}, string(KindFiller): {"pengisi", "filler"}, "slot": {"ulangan", "repetition"},
	}
	words := map[string]string{"contents": t.toc, "reading": t.reading, "codes": t.codes, "records": t.recordsTitle, "legend": t.legend}
	page, err := template.New("sheet").Funcs(template.FuncMap{
		"label": func(name string) string {
			if text, ok := labels[name]; ok {
				return text.In(t.lang)
			}
			return words[name]
		},
		"kinds": s.kinds,
		"tens":  tens,
		"fit":   fit,
	}).Parse(documentHTML)
	if err != nil {
		return err
	}
	return page.Execute(w, s)
}

// kinds are the kinds that the pictures of the sheet show, for their legend.
func (s *sheet) kinds() []string {
	seen := map[string]bool{}
	for i := range s.Records {
		r := &s.Records[i]
		pictures := []*picture{&r.Picture}
		for j := range r.Slots {
			pictures = append(pictures, &r.Slots[j].Picture)
		}
		for _, p := range pictures {
			for _, row := range p.Rows {
				for _, b := range row.Boxes {
					seen[b.Kind] = true
				}
			}
		}
	}
	seen[string(KindDate)] = seen[string(KindDate)] || seen[string(KindTime)]
	var out []string
	for _, k := range []string{string(KindText), string(KindDigits), string(KindNumber), string(KindAmount), string(KindDate), "const", "slot", string(KindFiller)} {
		if seen[k] {
			out = append(out, k)
		}
	}
	return out
}

// tile is a part of a row on the page: where it stands among the columns of
// the row, from 1, and what is written into it.
type tile struct {
	Start, Size int
	Text        string
	Columns     string
	Class       string
	Hint        string
	Link        string
}

// tens are the tiles of a row's ruler.
func tens(r pictureRow) []tile {
	var out []tile
	for at := r.From; at <= r.To; at += 10 {
		c := tile{Start: at - r.From + 1, Size: min(10, r.To-at+1)}
		if c.Size == 10 {
			c.Text = fmt.Sprint(at + 9)
		}
		out = append(out, c)
	}
	return out
}

// The widths of the page, in pixels: of a column, of a letter of a name, and
// of a letter of the small columns below it. The page has no script, so what
// fits into a box is reckoned here.
const (
	columnWidth = 12.6
	letterWidth = 6.4
	smallWidth  = 5.4
	boxBorder   = 3
)

// fit decides what a box has room for.
func fit(r pictureRow, b box) tile {
	c := tile{Start: b.From - r.From + 1, Size: b.Size(), Class: b.Kind, Link: b.Link}
	columns := columnsText(b.First, b.Last)
	c.Hint = b.Label + " " + columns
	room := float64(c.Size)*columnWidth - boxBorder
	if float64(len(b.Label))*letterWidth <= room {
		c.Text = b.Label
	} else {
		c.Text = b.Key
		switch len(b.Key) {
		case 1:
		case 2:
			if c.Size == 1 {
				c.Class += " two"
			}
		default:
			if c.Size == 1 {
				c.Class += " three"
			}
		}
	}
	if !b.Begins {
		c.Class += " from"
	}
	if !b.Ends {
		c.Class += " on"
	}
	if float64(len(columns))*smallWidth <= room {
		c.Columns = columns
	} else if first := fmt.Sprint(b.First); b.Begins && float64(len(first))*smallWidth <= room+boxBorder {
		c.Columns = first
	}
	return c
}
