package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// worksheet is one sheet in the making; rows are written once, from the top.
type worksheet struct {
	book   *workbook
	stream *excelize.StreamWriter
	name   string
	row    int
}

// column is a head and a width in characters.
type column struct {
	head  string
	width float64
}

// sheet begins a worksheet: A4 landscape, as wide as the page, with the place
// and the head of the chain at the foot.
func (b *workbook) sheet(name string, cols []column) (*worksheet, error) {
	if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	fit := true
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return nil, err
	}
	a4, landscape, wide, high := 9, "landscape", 1, 0
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high,
	}); err != nil {
		return nil, err
	}
	if err := b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddFooter: fmt.Sprintf("&L%s&C&A&R%s &P / &N", strings.ReplaceAll(b.footer, "&", "&&"), b.w.Page),
	}); err != nil {
		return nil, err
	}
	stream, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	// From the last to the first: the library puts each before the others, and
	// the file format wants them in order.
	for i, c := range slices.Backward(cols) {
		if err := stream.SetColWidth(i+1, i+1, c.width); err != nil {
			return nil, err
		}
	}
	return &worksheet{book: b, stream: stream, name: name}, nil
}

// add writes the next row.
func (s *worksheet) add(cells ...any) error {
	s.row++
	if len(cells) == 0 {
		return nil
	}
	return s.stream.SetRow(fmt.Sprintf("A%d", s.row), cells)
}

// heads writes a row of column heads.
func (s *worksheet) heads(cols []column) error {
	cells := make([]any, len(cols))
	for i, c := range cols {
		cells[i] = excelize.Cell{StyleID: s.book.styles.header, Value: c.head}
	}
	return s.add(cells...)
}

// freeze keeps the first row in sight, on the screen and on every printed
// page. It must be called before the first row is written.
func (s *worksheet) freeze() error {
	if err := s.stream.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: "A2", ActiveCell: "A2", Pane: "bottomLeft"}},
	}); err != nil {
		return err
	}
	return s.book.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$1", s.name), Scope: s.name,
	})
}

// end finishes a table that begins in the first row, with a filter over it.
func (s *worksheet) end(cols int) error {
	last, err := excelize.CoordinatesToCellName(cols, max(s.row, 2))
	if err != nil {
		return err
	}
	if err := s.book.file.AutoFilter(s.name, "A1:"+last, nil); err != nil {
		return err
	}
	return s.stream.Flush()
}
