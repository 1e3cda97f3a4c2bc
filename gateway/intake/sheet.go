package intake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheet is one sheet of a workbook.
type sheet struct {
	name   string
	hidden bool
	xml    []byte
}

// chooseSheet returns the sheet that Options name, or else the first visible one
// that has anything in it: what can't be seen is not to be paid by default.
func chooseSheet(file *excelize.File, o Options) (sheet, []string, error) {
	sheets, err := listSheets(file)
	if err != nil {
		return sheet{}, nil, damaged(o, err)
	}
	var names, others []string
	var chosen *sheet
	for i, s := range sheets {
		names = append(names, s.name)
		if o.Sheet != "" {
			if strings.EqualFold(s.name, o.Sheet) {
				return s, nil, nil
			}
			continue
		}
		filled, err := hasCells(s.xml)
		if err != nil {
			return sheet{}, nil, damaged(o, err)
		}
		switch {
		case !filled:
		case chosen == nil && !s.hidden:
			chosen = &sheets[i]
		default:
			others = append(others, s.name)
		}
	}
	switch {
	case o.Sheet != "":
		return sheet{}, nil, refusal(o, &problem{ErrFormat, fmt.Sprintf("there is no sheet %s in the workbook", quoted(o.Sheet)), "name one of its sheets: " + strings.Join(names, ", ")})
	case chosen == nil && len(others) > 0:
		return sheet{}, nil, refusal(o, &problem{ErrNothing, "only hidden sheets of the workbook have anything in them: " + strings.Join(others, ", "), "make the sheet visible and save the workbook, or name the sheet"})
	case chosen == nil:
		return sheet{}, nil, refusal(o, &problem{ErrNothing, "there is nothing in the workbook", nothingHint})
	case len(others) > 0:
		return *chosen, []string{fmt.Sprintf("sheet %s is read; not used: %s", chosen.name, strings.Join(others, ", "))}, nil
	}
	return *chosen, nil, nil
}

// hasCells tells whether anything but formats stands in a sheet.
func hasCells(sheet []byte) (bool, error) {
	err := newCellReader(sheet).next()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}

// listSheets finds the parts of the worksheets, in the order of the tabs.
func listSheets(file *excelize.File) ([]sheet, error) {
	var book struct {
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"id,attr"` // r:id; the sheet's number is sheetId
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := decodePart(file, "xl/workbook.xml", &book); err != nil {
		return nil, err
	}
	if err := decodePart(file, "xl/_rels/workbook.xml.rels", &rels); err != nil {
		return nil, err
	}
	targets := map[string]string{}
	for _, r := range rels.List {
		targets[r.ID] = r.Target
	}
	var out []sheet
	names := map[string]bool{}
	for _, s := range book.Sheets {
		key := strings.ToLower(s.Name)
		if names[key] {
			return nil, fmt.Errorf("two sheets have the name %s", s.Name)
		}
		names[key] = true
		part := strings.TrimPrefix(targets[s.ID], "/")
		if !strings.HasPrefix(targets[s.ID], "/") {
			part = path.Join("xl", targets[s.ID])
		}
		if strings.Contains(part, "chartsheets/") || strings.Contains(part, "dialogsheets/") || strings.Contains(part, "macrosheets/") {
			continue
		}
		data, err := partBytes(file, part)
		if err != nil {
			return nil, err
		}
		out = append(out, sheet{name: s.Name, hidden: s.State != "" && s.State != "visible", xml: data})
	}
	if len(out) == 0 {
		return nil, errors.New("there is no sheet in it")
	}
	return out, nil
}

func decodePart(file *excelize.File, name string, into any) error {
	data, err := partBytes(file, name)
	if err != nil {
		return err
	}
	if err := xml.NewDecoder(bytes.NewReader(data)).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func partBytes(file *excelize.File, name string) ([]byte, error) {
	part, _ := file.Pkg.Load(name)
	data, ok := part.([]byte)
	if !ok || len(data) == 0 {
		return nil, fmt.Errorf("%s is missing", name)
	}
	return data, nil
}
