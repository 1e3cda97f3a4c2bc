package intake

import (
	"bytes"
	"strings"
)

// checkStart takes a UTF-8 byte order mark off, and knows by their first bytes
// the files that people take for CSV.
func (s *csvSource) checkStart() *problem {
	window := s.buf[s.start:s.end]
	switch {
	case bytes.HasPrefix(window, []byte("\xEF\xBB\xBF")):
		s.start += 3
		window = window[3:]
	case bytes.HasPrefix(window, []byte("\xFF\xFE")), bytes.HasPrefix(window, []byte("\xFE\xFF")):
		return &problem{ErrEncoding, `the file is UTF-16 ("Unicode text")`, utf8Hint}
	}
	first, _, _ := bytes.Cut(window, []byte("\n"))
	lower := bytes.ToLower(bytes.TrimSpace(first[:min(len(first), 512)]))
	switch {
	case bytes.HasPrefix(window, []byte("%PDF")):
		return &problem{ErrFormat, "this is a PDF", "name one CSV or XLSX file"}
	case bytes.HasPrefix(lower, []byte("<")):
		return &problem{ErrFormat, "this is a web page or XML file, whatever its name says", "open it in the spreadsheet program and save it as an Excel workbook (.xlsx)"}
	case bytes.IndexByte(window, '\n') < 0 && bytes.Count(bytes.TrimSpace(window), []byte{'\r'}) > 0:
		return &problem{ErrFormat, "the lines of the file end in a way (CR alone) that no current program writes", utf8Hint}
	case bytes.IndexByte(first, 0) >= 0:
		return &problem{ErrEncoding, "the file is no text, or it is UTF-16 without a mark", utf8Hint}
	}
	return nil
}

// detectDelimiter takes the delimiter under which most columns of the first line
// have a known name, and of those the one that makes most columns.
func (s *csvSource) detectDelimiter() {
	s.skipBlankLines()
	window := s.buf[s.start:s.end]
	if first, _, _ := bytes.Cut(window, []byte("\n")); len(first) >= 5 && bytes.EqualFold(first[:4], []byte("sep=")) {
		// Excel's own way of saying it.
		s.delim = first[4]
		if strings.IndexByte(",;\t", s.delim) >= 0 && len(bytes.TrimSpace(first[5:])) == 0 {
			s.consume(min(len(first)+1, len(window)))
			return
		}
	}
	best, known, fields := byte(','), -1, 0
	for _, d := range []byte{',', ';', '\t'} {
		s.delim = d
		if _, err := s.parse(s.buf[s.start:s.end]); err != nil {
			continue
		}
		k := 0
		for _, c := range s.cells {
			if _, ok := columnOf(c.text); ok {
				k++
			}
		}
		if k > known || k == known && len(s.cells) > fields {
			best, known, fields = d, k, len(s.cells)
		}
	}
	s.delim = best
}

func (s *csvSource) skipBlankLines() {
	for s.start < s.end {
		i := bytes.IndexByte(s.buf[s.start:s.end], '\n')
		if i < 0 || len(bytes.TrimSpace(s.buf[s.start:s.start+i])) > 0 {
			return
		}
		s.consume(i + 1)
		if s.fill() != nil {
			return // next finds it again
		}
	}
}
