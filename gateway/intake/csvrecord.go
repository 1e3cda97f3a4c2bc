package intake

import (
	"bytes"
	"strings"
)

// split cuts a record without quotation marks.
func (s *csvSource) split(line string) {
	s.cells = s.cells[:0]
	for {
		i := strings.IndexByte(line, s.delim)
		if i < 0 {
			s.cells = append(s.cells, cell{text: line})
			return
		}
		s.cells = append(s.cells, cell{text: line[:i]})
		line = line[i+1:]
	}
}

// parse reads the record at the start of window, quoted fields included, into
// s.cells, and returns its length with the line end. It consumes nothing.
func (s *csvSource) parse(window []byte) (int, error) {
	s.scratch, s.ends = s.scratch[:0], s.ends[:0]
	limit := min(len(window), recordLimit)
	pos := 0
	for {
		from := pos
		var err error
		if pos < limit && window[pos] == '"' {
			pos, err = s.quotedField(window[:limit], pos)
		} else {
			pos, err = s.bareField(window[:limit], pos)
		}
		if err != nil {
			shown, _, _ := bytes.Cut(window[from:], []byte("\n"))
			return 0, &badRow{s.line, len(s.ends), string(bytes.TrimRight(shown[:min(len(shown), 4*shownValue)], "\r")), err}
		}
		s.ends = append(s.ends, len(s.scratch))
		if pos < limit && window[pos] == s.delim {
			pos++
			continue
		}
		if pos < limit && window[pos] == '\r' {
			pos++
		}
		if pos < limit { // at the line break
			pos++
		}
		s.keep()
		return pos, nil
	}
}

// keep makes the cells of the unquoted record, in one string.
func (s *csvSource) keep() {
	text := string(s.scratch)
	s.cells = s.cells[:0]
	from := 0
	for _, to := range s.ends {
		s.cells = append(s.cells, cell{text: text[from:to]})
		from = to
	}
}

// bareField reads up to the delimiter or line end.
func (s *csvSource) bareField(window []byte, pos int) (int, error) {
	from := pos
	for ; pos < len(window); pos++ {
		switch window[pos] {
		case s.delim, '\n':
			s.scratch = append(s.scratch, window[from:pos]...)
			return pos, nil
		case '"':
			return 0, &problem{ErrQuote, "there is a quotation mark inside a field that does not begin with one", "put the whole field in quotation marks, and double those that belong to the text"}
		case '\r':
			if atLineEnd(window, pos) {
				s.scratch = append(s.scratch, window[from:pos]...)
				return pos, nil
			}
		}
	}
	s.scratch = append(s.scratch, window[from:pos]...)
	return pos, nil
}

// quotedField reads a field that begins with a quotation mark.
func (s *csvSource) quotedField(window []byte, pos int) (int, error) {
	pos++
	from := pos
	for {
		i := bytes.IndexByte(window[pos:], '"')
		if i < 0 {
			return 0, notClosed()
		}
		s.scratch = append(s.scratch, window[pos:pos+i]...)
		pos += i + 1
		if pos < len(window) && window[pos] == '"' {
			s.scratch = append(s.scratch, '"')
			pos++
			continue
		}
		if pos == len(window) || window[pos] == s.delim || window[pos] == '\n' || window[pos] == '\r' && atLineEnd(window, pos) {
			return pos, nil
		}
		if bytes.IndexByte(window[from:pos], '\n') >= 0 {
			// The mark found is the opening one of some later field.
			return 0, notClosed()
		}
		return 0, &problem{ErrQuote, "there is text behind the closing quotation mark of this field", "put the whole field in quotation marks, and double those that belong to the text"}
	}
}

func notClosed() error {
	return &problem{ErrQuote, "the quotation mark that begins this field is never closed", "close it, or take it away"}
}

// atLineEnd tells whether the carriage return at pos ends the line or the file.
func atLineEnd(window []byte, pos int) bool {
	return pos+1 == len(window) || window[pos+1] == '\n'
}
