package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The bounds of a workbook beside its size. A few bytes of XML may come to
// hundreds in memory, and to microseconds; a list of a million people stays
// below these.
const (
	maxParts       = 10_000     // files inside
	maxSheetTags   = 40_000_000 // of a sheet, which streams
	maxStringTags  = 13_000_000 // of the texts that all sheets share, which are held
	maxStrings     = 3_250_000  // these texts
	maxFurtherTags = 1_000_000  // of anything else: styles, relations, themes
	maxXMLText     = 8 << 20    // bytes from one tag of XML to the next
)

const damagedHint = "open it in the spreadsheet program, save it again as an Excel workbook (.xlsx), and import that"

// xlsxSource reads one sheet of a workbook. The parts of the workbook are held
// in memory, bounded by Options.MaxBytes: nothing of it goes to a temporary
// file, where a crash would leave names and accounts behind.
type xlsxSource struct {
	o     Options
	file  *excelize.File
	rows  *excelize.Rows // for the texts
	cells *cellReader    // for the kinds, and the numbers as stored
	at    int            // row that rows stands at
	row   []cell
}

func openXLSX(f *os.File, o Options) (source, Read, error) {
	data, err := io.ReadAll(io.LimitReader(f, o.MaxBytes+1))
	if err != nil {
		return nil, Read{}, fmt.Errorf("reading %s: %w", o.File, err)
	}
	if int64(len(data)) > o.MaxBytes {
		return nil, Read{}, refusal(o, tooLargeFile(o))
	}
	src, read, err := openWorkbook(data, o)
	if err != nil {
		return nil, Read{}, err
	}
	if err := f.Close(); err != nil {
		return nil, Read{}, errors.Join(fmt.Errorf("closing %s: %w", o.File, err), src.close())
	}
	return src, read, nil
}

func openWorkbook(data []byte, o Options) (_ source, _ Read, err error) {
	// The workbook comes from outside, and a slip in a library on broken bytes
	// is to end in an error about the file.
	defer recovered(o, &err)
	if p := checkZip(data, o); p != nil {
		return nil, Read{}, refusal(o, p)
	}
	// The limits are equal so that excelize keeps everything in memory.
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: o.MaxBytes, UnzipXMLSizeLimit: o.MaxBytes})
	if err != nil {
		return nil, Read{}, damaged(o, err)
	}
	src, read, err := openSheet(file, o)
	if err != nil {
		return nil, Read{}, errors.Join(err, file.Close())
	}
	return src, read, nil
}

func openSheet(file *excelize.File, o Options) (source, Read, error) {
	sheet, warnings, err := chooseSheet(file, o)
	if err != nil {
		return nil, Read{}, err
	}
	rows, err := file.Rows(sheet.name)
	if err != nil {
		return nil, Read{}, damaged(o, err)
	}
	src := &xlsxSource{o: o, file: file, rows: rows, cells: newCellReader(sheet.xml)}
	return src, Read{Format: "xlsx", Sheet: sheet.name, Warnings: warnings}, nil
}

// checkZip reads every part once, against its checksum and within the bound, since
// excelize passes over a part that is damaged.
func checkZip(data []byte, o Options) *problem {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return damagedProblem(err)
	}
	if len(z.File) > maxParts {
		return &problem{ErrFormat, fmt.Sprintf("there are more than %d files inside the workbook", maxParts), damagedHint}
	}
	names := map[string]bool{}
	left := o.MaxBytes
	for _, part := range z.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		if names[name] {
			return damagedProblem(fmt.Errorf("%s stands in it twice", part.Name))
		}
		names[name] = true
		n, count, err := partSize(part, left)
		if err != nil {
			return damagedProblem(fmt.Errorf("%s: %w", part.Name, err))
		}
		if most := maxTags(name); count.tags > most || count.strings > maxStrings {
			return &problem{ErrFormat, fmt.Sprintf("%s inside the workbook has too many elements", part.Name), "save the list alone as CSV UTF-8"}
		}
		if left -= n; left < 0 {
			return &problem{ErrFormat, fmt.Sprintf("the workbook is larger than %d MiB once it is unzipped", o.MaxBytes>>20), "save the list alone as CSV UTF-8, or hand it in as several files"}
		}
		if strings.HasSuffix(name, ".xml") && count.longest > maxXMLText {
			return &problem{ErrFormat, fmt.Sprintf("%s inside the workbook has a text of more than %d MiB", part.Name, maxXMLText>>20), "save the list alone as CSV UTF-8"}
		}
	}
	if !names["xl/workbook.xml"] {
		return zipProblem(z)
	}
	return nil
}

// maxTags bounds the tags of a part.
func maxTags(name string) int64 {
	switch {
	case strings.HasPrefix(name, "xl/worksheets/"):
		return maxSheetTags
	case name == "xl/sharedstrings.xml":
		return maxStringTags
	}
	return maxFurtherTags
}

// tagCounter counts what opens or closes an element, and the bytes between.
type tagCounter struct{ tags, strings, longest, since int64 }

func (c *tagCounter) Write(p []byte) (int, error) {
	c.strings += int64(bytes.Count(p, []byte("<si")))
	n := len(p)
	for {
		at := bytes.IndexByte(p, '<')
		if at < 0 {
			break
		}
		c.tags++
		c.longest = max(c.longest, c.since+int64(at))
		c.since, p = 0, p[at+1:]
	}
	c.since += int64(len(p))
	c.longest = max(c.longest, c.since)
	return n, nil
}

// partSize unzips a part and returns its size, or a little more than the bound,
// and what it is made of.
func partSize(part *zip.File, bound int64) (size int64, count tagCounter, err error) {
	rc, err := part.Open()
	if err != nil {
		return 0, count, err
	}
	size, err = io.Copy(&count, io.LimitReader(rc, bound+1))
	if err != nil {
		_ = rc.Close() // the first error is the one to tell
		return 0, count, err
	}
	return size, count, rc.Close()
}

func (s *xlsxSource) next() (_ row, err error) {
	defer recovered(s.o, &err)
	if err := s.cells.next(); err != nil {
		if errors.Is(err, io.EOF) {
			return row{}, io.EOF
		}
		return row{}, damaged(s.o, err)
	}
	texts, err := s.texts(s.cells.row)
	if err != nil {
		return row{}, damaged(s.o, err)
	}
	s.row = s.row[:0]
	for _, c := range s.cells.cells {
		for len(s.row) < c.column {
			s.row = append(s.row, cell{})
		}
		value := cell{text: c.text, kind: c.kind}
		if c.kind == kindText && c.column < len(texts) {
			value.text = texts[c.column]
		}
		s.row = append(s.row, value)
	}
	return row{number: s.cells.row, cells: s.row}, nil
}

// texts moves excelize's iterator on to a row.
func (s *xlsxSource) texts(number int) ([]string, error) {
	for s.at < number {
		if !s.rows.Next() {
			return nil, errors.Join(fmt.Errorf("row %d can't be read", number), s.rows.Error())
		}
		s.at++
	}
	return s.rows.Columns(excelize.Options{RawCellValue: true})
}

func (s *xlsxSource) cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return "" // no such cell, so none to name
	}
	return name
}

func (s *xlsxSource) close() error {
	return errors.Join(s.rows.Close(), s.file.Close())
}

func damagedProblem(err error) *problem {
	return &problem{ErrFormat, "the workbook is damaged: " + err.Error(), damagedHint}
}

func damaged(o Options, err error) error { return refusal(o, damagedProblem(err)) }

func recovered(o Options, err *error) {
	if p := recover(); p != nil {
		*err = damaged(o, fmt.Errorf("%v", p))
	}
}
