package report

import "github.com/xuri/excelize/v2"

// styles are the cell styles of a workbook, by what they are for.
type styles struct {
	title, header, bold, text, wrap, right, amount, count, date int
	good, bad, differs, differsAmount                           int
}

const (
	formatText   = 49 // "@"
	formatAmount = "#,##0.00"
	formatCount  = "#,##0"
	formatDate   = "dd/mm/yyyy"
)

func newStyles(f *excelize.File) (styles, error) {
	var s styles
	amount, count, date := formatAmount, formatCount, formatDate
	right := &excelize.Alignment{Horizontal: "right", Vertical: "top"}
	top := &excelize.Alignment{Vertical: "top"}
	yellow := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFF2CC"}}
	for _, d := range []struct {
		id    *int
		style excelize.Style
	}{
		{&s.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}}},
		{&s.header, excelize.Style{
			Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F3A4D"}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
		}},
		{&s.bold, excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: top}},
		{&s.text, excelize.Style{NumFmt: formatText, Alignment: top}},
		{&s.wrap, excelize.Style{NumFmt: formatText, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&s.right, excelize.Style{NumFmt: formatText, Alignment: right}},
		{&s.amount, excelize.Style{CustomNumFmt: &amount, Alignment: right}},
		{&s.count, excelize.Style{CustomNumFmt: &count, Alignment: right}},
		{&s.date, excelize.Style{CustomNumFmt: &date, Alignment: right}},
		{&s.good, excelize.Style{Font: &excelize.Font{Bold: true, Size: 14, Color: "1B7340"}}},
		{&s.bad, excelize.Style{Font: &excelize.Font{Bold: true, Size: 14, Color: "B3261E"}}},
		{&s.differs, excelize.Style{NumFmt: formatText, Alignment: top, Fill: yellow}},
		{&s.differsAmount, excelize.Style{CustomNumFmt: &amount, Alignment: right, Fill: yellow}},
	} {
		id, err := f.NewStyle(&d.style)
		if err != nil {
			return styles{}, err
		}
		*d.id = id
	}
	return s, nil
}
