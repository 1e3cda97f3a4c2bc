package intake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxColumns bounds a row of a workbook. A list of people has a dozen columns; a
// row of thousands is a mistake, or a bomb.
const maxColumns = 1000

// sheetCell is one cell as the sheet's XML has it.
type sheetCell struct {
	column int    // from 0
	kind   kind   // kindText: the text itself is for excelize to find
	text   string // of the other kinds
}

// cellReader reads the kinds of the cells of a sheet, row by row, beside
// excelize, whose row iterator gives every cell as text: whether 500.125 is a
// number or was typed as text is the difference between five hundred rupiah and
// half a million. It is also strict where that iterator is not: XML that breaks
// off, rows out of order and cells out of place end the reading, instead of the
// rows behind them being left out.
type cellReader struct {
	d     *xml.Decoder
	row   int // of the row last read, from 1
	cells []sheetCell
	text  []byte
}

func newCellReader(sheet []byte) *cellReader {
	return &cellReader{d: xml.NewDecoder(bytes.NewReader(sheet))}
}

// next reads the next row with any cell; io.EOF after the last.
func (r *cellReader) next() error {
	for {
		t, err := r.d.Token()
		if err != nil {
			return err // io.EOF only behind a complete document
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "row" {
			continue
		}
		if err := r.readRow(start); err != nil {
			return err
		}
		if len(r.cells) > 0 {
			return nil
		}
	}
}

func (r *cellReader) readRow(start xml.StartElement) error {
	number := r.row + 1
	if ref := attribute(start, "r"); ref != "" {
		var err error
		if number, err = strconv.Atoi(ref); err != nil || number <= r.row || number > excelize.TotalRows {
			return fmt.Errorf("row %.20q stands behind row %d", ref, r.row)
		}
	}
	r.row = number
	r.cells = r.cells[:0]
	for last := -1; ; {
		t, err := r.d.Token()
		if err != nil {
			return brokenOff(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil // the row's: readCell takes those of the cells
		case xml.StartElement:
			if t.Name.Local != "c" {
				if err := r.d.Skip(); err != nil {
					return brokenOff(err)
				}
				continue
			}
			column := last + 1
			if ref := attribute(t, "r"); ref != "" {
				c, at, err := excelize.CellNameToCoordinates(ref)
				if err != nil || at != number || c-1 <= last {
					return fmt.Errorf("cell %.20q is out of place in row %d", ref, number)
				}
				column = c - 1
			}
			if column >= maxColumns {
				return fmt.Errorf("row %d has more than %d columns", number, maxColumns)
			}
			last = column
			if err := r.readCell(t, column); err != nil {
				return err
			}
		}
	}
}

// readCell reads one cell up to its end; a cell with neither value nor formula
// is none.
func (r *cellReader) readCell(start xml.StartElement, column int) error {
	r.text = r.text[:0]
	value, formula, inline := false, false, false
	depth := 0 // inside v
	for {
		t, err := r.d.Token()
		if err != nil {
			return brokenOff(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				value, depth = true, 1
				continue
			case "f":
				formula = true
			case "is":
				inline = true
			}
			if err := r.d.Skip(); err != nil {
				return brokenOff(err)
			}
		case xml.CharData:
			if depth > 0 {
				r.text = append(r.text, t...)
			}
		case xml.EndElement:
			if depth > 0 {
				depth = 0
				continue
			}
			r.keep(attribute(start, "t"), column, value || inline, formula)
			return nil
		}
	}
}

func (r *cellReader) keep(kindName string, column int, value, formula bool) {
	text := strings.TrimSpace(string(r.text))
	c := sheetCell{column: column}
	switch kindName {
	case "s", "inlineStr", "d":
	case "str":
		// A formula may well have an empty text as its result.
	case "b":
		c.kind, c.text = kindBoolean, text
	case "e":
		c.kind, c.text = kindError, text
	default:
		c.kind, c.text = kindNumber, text
		if text == "" {
			value = false
		}
	}
	switch {
	case value:
		r.cells = append(r.cells, c)
	case formula:
		r.cells = append(r.cells, sheetCell{column: column, kind: kindPending})
	}
}

// attribute returns the value of an attribute without a namespace.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// brokenOff keeps the end of the bytes inside an element from passing for the
// end of the sheet.
func brokenOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
