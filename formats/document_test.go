package formats_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"bekal/formats"
	"bekal/formats/layouts"
)

func TestDocument(t *testing.T) {
	whole := compile(t, string(stored(t, "whole.yaml")))
	for _, lang := range []string{"id", "en"} {
		for _, name := range layoutNames {
			golden(t, name+"."+lang+".md", document(t, formats.Document, plan(t, name), lang))
		}
		golden(t, "whole."+lang+".md", document(t, formats.Document, whole, lang))
	}
	golden(t, "whole.en.html", document(t, formats.DocumentHTML, whole, "en"))
	golden(t, "cpa005.en.md", document(t, formats.Document, plan(t, "cpa005"), "en"))
}

func document(t *testing.T, face func(io.Writer, *formats.Plan, string) error, p *formats.Plan, lang string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := face(&out, p, lang); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestFaces: the two faces of every layout that is shipped say the same, the
// tables of the one line up, and the other is a whole page that needs nothing
// else.
func TestFaces(t *testing.T) {
	set, err := layouts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	plans := []*formats.Plan{compile(t, string(stored(t, "whole.yaml")))}
	for _, name := range set.Names() {
		p, _ := set.Plan(name)
		plans = append(plans, p)
	}
	for _, p := range plans {
		for _, lang := range []string{"id", "en"} {
			t.Run(p.Name()+"."+lang, func(t *testing.T) {
				sheet := string(document(t, formats.Document, p, lang))
				page := string(document(t, formats.DocumentHTML, p, lang))
				linesUp(t, sheet)
				wellFormed(t, page)
				for _, outside := range []string{"<script", "http", "src=", "url(", "@import"} {
					if strings.Contains(page, outside) {
						t.Errorf("the page has %s", outside)
					}
				}
				said := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, ""))
				for _, cell := range cells(sheet) {
					if !strings.Contains(said, cell) {
						t.Errorf("the page does not say %q", cell)
					}
				}
			})
		}
	}
}

// linesUp checks that the lines of a table are as long as one another.
func linesUp(t *testing.T, sheet string) {
	t.Helper()
	width, pictured := 0, false
	for line := range strings.Lines(sheet) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "```") {
			pictured = !pictured
		}
		n := utf8.RuneCountInString(line)
		switch {
		case pictured:
			if n > 80 {
				t.Errorf("a picture has %d columns: %s", n, line)
			}
			width = 0
		case !strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "|-"):
			width = 0
		case width > 0 && n != width:
			t.Errorf("the table does not line up: %s", line)
		default:
			width = n
		}
	}
}

// cells are the cells of all tables of a sheet, as plain text.
func cells(sheet string) []string {
	var out []string
	for line := range strings.Lines(sheet) {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		line = strings.ReplaceAll(line, `\|`, "\x00")
		for cell := range strings.SplitSeq(line, "|") {
			cell = strings.TrimSpace(strings.ReplaceAll(cell, "\x00", "|"))
			if strings.ContainsAny(cell, "\"") {
				continue // spaces in quotes are shown otherwise on the page
			}
			cell = strings.NewReplacer("`", "", `\*`, "*", `\<`, "<", `\\`, `\`).Replace(cell)
			out = append(out, cell)
		}
	}
	return out
}

// wellFormed checks that a page is closed as it is opened, and that every link
// leads somewhere.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	ids, links := map[string]bool{}, map[string]bool{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "id":
				if ids[a.Value] {
					t.Errorf("id %s is there twice", a.Value)
				}
				ids[a.Value] = true
			case "href":
				links[strings.TrimPrefix(a.Value, "#")] = true
			}
		}
	}
	for link := range links {
		if !ids[link] {
			t.Errorf("%s leads nowhere", link)
		}
	}
}
