package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// source yields the rows of a file, whatever its format.
type source interface {
	// next returns the next row, io.EOF after the last one, a *badRow for a
	// row that can't be read (reading goes on), or what ends the reading. The
	// row's cells are valid until the following call; their texts stay.
	next() (row, error)
	// cellName names a cell, column counted from 0; "" when rows suffice.
	cellName(column, row int) string
	close() error
}

// row is one row of a file.
type row struct {
	number int // from 1, as a spreadsheet or editor shows it
	cells  []cell
	plain  bool // printable ASCII only: texts need no further check
	fixed  bool // the number of cells must be that of the header
}

func (r row) blank() bool {
	for _, c := range r.cells {
		if !c.blank() {
			return false
		}
	}
	return true
}

// badRow is a row that can't be taken apart.
type badRow struct {
	number int
	column int // from 0; -1 when it is the row
	value  string
	err    error
}

func (b *badRow) Error() string { return fmt.Sprintf("row %d: %v", b.number, b.err) }
func (b *badRow) Unwrap() error { return b.err }

var oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// open looks at the first bytes of a file, never at its name: people rename.
func open(path string, o Options) (source, Read, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, Read{}, fmt.Errorf("opening %s: %w", o.File, err)
	}
	src, read, err := openFile(f, o)
	if err != nil {
		_ = f.Close() // only read from; the first error is the one to tell
		return nil, Read{}, err
	}
	return src, read, nil
}

func openFile(f *os.File, o Options) (source, Read, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, Read{}, fmt.Errorf("opening %s: %w", o.File, err)
	}
	if !info.Mode().IsRegular() {
		return nil, Read{}, refusal(o, &problem{ErrFormat, "this is not a file but a folder or device", "name one CSV or XLSX file"})
	}
	if info.Size() > o.MaxBytes {
		return nil, Read{}, refusal(o, tooLargeFile(o))
	}
	start := make([]byte, 8)
	n, err := io.ReadFull(io.NewSectionReader(f, 0, int64(len(start))), start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, Read{}, fmt.Errorf("reading %s: %w", o.File, err)
	}
	start = start[:n]
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return openXLSX(f, o)
	case bytes.Equal(start, oleMagic):
		return nil, Read{}, refusal(o, oleProblem(f))
	}
	return openCSV(f, f, o)
}

func tooLargeFile(o Options) *problem {
	return &problem{ErrFormat, fmt.Sprintf("the file is larger than %d MiB", o.MaxBytes>>20), "hand the list in as several files"}
}

// oleProblem tells a password-protected workbook from one of Excel 97-2003: both
// are OLE containers, and the names of their streams stand in them as UTF-16.
func oleProblem(r io.Reader) *problem {
	needle := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		if bytes.Contains(buf[:kept+n], needle) {
			return &problem{ErrFormat, "the workbook is protected with a password", "open it in the spreadsheet program, save it without a password, and import that"}
		}
		if err != nil {
			return &problem{ErrFormat, "this is a workbook of Excel 97-2003 (.xls), or another old Office file", "open it in the spreadsheet program and save it as an Excel workbook (.xlsx)"}
		}
		// The name may lie across two reads.
		end := kept + n
		kept = min(end, len(needle)-1)
		copy(buf, buf[end-kept:end])
	}
}

// zipProblem says what a ZIP file is when it is no XLSX workbook.
func zipProblem(z *zip.Reader) *problem {
	const hint = "open it in the spreadsheet program and save it as an Excel workbook (.xlsx)"
	for _, f := range z.File {
		switch f.Name {
		case "mimetype":
			return &problem{ErrFormat, "this is an OpenDocument file (.ods)", hint}
		case "xl/workbook.bin":
			return &problem{ErrFormat, "this is a binary Excel workbook (.xlsb)", hint}
		}
	}
	return &problem{ErrFormat, "this is a ZIP file, and there is no workbook in it", "name one CSV or XLSX file"}
}
