package report

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// mismatchesInSheet is how many mismatches one worksheet takes; a spreadsheet
// ends at 1,048,576 rows. More go on in a further sheet.
const mismatchesInSheet = 1_000_000

// XLSX writes a workbook of four sheets: summary, mismatches, proof, batches,
// named in the language asked for. Rows stream to a temporary file, so that a
// report of any size fits in memory. Text is written as text, never as a
// formula, and account numbers keep their zeros.
func XLSX(w io.Writer, r reconcile.Report, o Options) error {
	return writeXLSX(w, r, o, mismatchesInSheet)
}

func writeXLSX(w io.Writer, r reconcile.Report, o Options, perSheet int) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("report as XLSX: %w", err)
		}
	}()
	book, err := newWorkbook(r, o)
	if err != nil {
		return err
	}
	// Close removes the temporary files.
	defer func() { err = errors.Join(err, book.file.Close()) }()
	if err := book.summary(r); err != nil {
		return err
	}
	if err := book.mismatches(r.Mismatches, perSheet); err != nil {
		return err
	}
	if err := book.proof(r.Proof); err != nil {
		return err
	}
	if err := book.batches(r.Batches); err != nil {
		return err
	}
	return book.file.Write(w)
}

// workbook is a spreadsheet in the making.
type workbook struct {
	file   *excelize.File
	w      *words
	footer string
	styles styles
}

func newWorkbook(r reconcile.Report, o Options) (*workbook, error) {
	b := &workbook{file: excelize.NewFile(), w: o.words()}
	// A page footer holds 255 characters, and what is too long is an error.
	b.footer = fmt.Sprintf("%s · %s · %s", cut(visible(r.FacilityCode), 40), cut(visible(r.Date), 40), short(r.ChainHead))
	// The library's own first sheet becomes the summary. To delete it, or to
	// select a sheet, once rows have been streamed would read them all back.
	err := b.file.SetSheetName("Sheet1", b.w.Summary)
	if err != nil {
		return nil, errors.Join(err, b.file.Close())
	}
	b.file.SetActiveSheet(0)
	if b.styles, err = newStyles(b.file); err != nil {
		return nil, errors.Join(err, b.file.Close())
	}
	// The time of the report, not of the rendering: the same report is the
	// same workbook.
	made := r.GeneratedAt.UTC().Format(time.RFC3339)
	if err := b.file.SetDocProps(&excelize.DocProperties{
		Title: b.w.Title, Subject: visible(r.FacilityName), Creator: "Bekal", LastModifiedBy: "Bekal",
		Created: made, Modified: made, Language: b.w.Lang,
	}); err != nil {
		return nil, errors.Join(err, b.file.Close())
	}
	return b, nil
}

// amount makes a cell of an amount. Spreadsheets compute with 15 digits: an
// amount beyond them is written as text rather than rounded.
func (b *workbook) amount(m ledger.Money) excelize.Cell {
	digits := strings.TrimLeft(strconv.FormatInt(int64(m), 10), "-")
	if len(digits) > 15 {
		return excelize.Cell{StyleID: b.styles.right, Value: m.Figure()}
	}
	// The file format has no other numbers than these; a number of 15 digits
	// passes through unchanged.
	n, err := strconv.ParseFloat(strings.ReplaceAll(plain(m), ",", "."), 64)
	if err != nil {
		return excelize.Cell{StyleID: b.styles.right, Value: m.Figure()}
	}
	return excelize.Cell{StyleID: b.styles.amount, Value: n}
}

func (b *workbook) count(n int64) excelize.Cell {
	return excelize.Cell{StyleID: b.styles.count, Value: n}
}

// position is a count that is left empty where there is none.
func (b *workbook) position(n int) excelize.Cell {
	if n == 0 {
		return excelize.Cell{StyleID: b.styles.count}
	}
	return b.count(int64(n))
}

// longestCell is what one cell of a worksheet can hold, in UTF-16 units.
const longestCell = 32_767

// text makes a cell of text. It is a string to the spreadsheet whatever it
// begins with, and formatted as text, so that it stays one when it is edited.
func (b *workbook) text(s string) excelize.Cell {
	s = visible(s)
	// A character beyond the basic plane takes two units.
	if len(s) > longestCell && utf8.RuneCountInString(s) > longestCell/2 {
		s = cut(s, longestCell/2)
	}
	return excelize.Cell{StyleID: b.styles.text, Value: s}
}

func (b *workbook) bold(s string) excelize.Cell {
	return excelize.Cell{StyleID: b.styles.bold, Value: visible(s)}
}

// date makes a cell of a date, without the time of day.
func (b *workbook) date(t time.Time) excelize.Cell {
	if t.IsZero() {
		return excelize.Cell{StyleID: b.styles.date}
	}
	y, m, d := t.Date()
	return excelize.Cell{StyleID: b.styles.date, Value: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}
