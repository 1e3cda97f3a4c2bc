package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	// recordLimit bounds one CSV record, quoted line breaks included.
	recordLimit = 64 << 10
	csvBuffer   = 256 << 10
)

// csvSource reads CSV.
//
// encoding/csv would do but for two things: a quotation mark that is never
// closed makes it swallow the rest of the file, as one record and one error; and
// its rows are numbered by hand. Here a record has a bound, and after a record
// with bad quotation marks reading goes on at the next line, so that one slip
// costs one row.
type csvSource struct {
	o       Options
	r       io.Reader
	closer  io.Closer
	delim   byte
	buf     []byte
	start   int // of what has not been consumed
	end     int
	eof     bool
	total   int64 // bytes read
	line    int   // of buf[start], from 1
	cells   []cell
	scratch []byte // a quoted record, unquoted
	ends    []int  // of its fields in scratch
}

// openCSV finds encoding and delimiter from the start of the file.
func openCSV(r io.Reader, c io.Closer, o Options) (source, Read, error) {
	s := &csvSource{o: o, r: r, closer: c, buf: make([]byte, csvBuffer), line: 1, delim: ','}
	if err := s.fill(); err != nil {
		return nil, Read{}, err
	}
	if p := s.checkStart(); p != nil {
		return nil, Read{}, refusal(o, p)
	}
	s.detectDelimiter()
	return s, Read{Format: "csv", Delimiter: string(s.delim)}, nil
}

// consume passes over n bytes and counts their lines.
func (s *csvSource) consume(n int) {
	s.line += bytes.Count(s.buf[s.start:s.start+n], []byte{'\n'})
	s.start += n
}

// fill sees to it that a whole record lies in the buffer, or the end of the file.
func (s *csvSource) fill() error {
	// One byte more than the bound tells a record at the bound from a longer one.
	if s.eof || s.end-s.start > recordLimit {
		return nil
	}
	s.end = copy(s.buf, s.buf[s.start:s.end])
	s.start = 0
	for s.end < len(s.buf) {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.total += int64(n)
		if s.total > s.o.MaxBytes {
			return refusal(s.o, tooLargeFile(s.o))
		}
		if errors.Is(err, io.EOF) {
			s.eof = true
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading %s after line %d: %w", s.o.File, s.line, err)
		}
	}
	return nil
}

func (s *csvSource) next() (row, error) {
	for {
		if err := s.fill(); err != nil {
			return row{}, err
		}
		if s.start == s.end {
			return row{}, io.EOF
		}
		window := s.buf[s.start:s.end]
		i := bytes.IndexByte(window, '\n')
		if i < 0 && s.eof {
			i = len(window)
		}
		if i < 0 || i > recordLimit {
			return row{}, s.passLongLine()
		}
		line := bytes.TrimSuffix(window[:i], []byte{'\r'})
		number := s.line
		if bytes.IndexByte(line, '"') < 0 {
			s.start += min(i+1, len(window))
			s.line++
			if len(line) == 0 {
				continue
			}
			s.split(string(line))
			return row{number: number, cells: s.cells, plain: isPlain(line), fixed: true}, nil
		}
		n, err := s.parse(window)
		if err != nil {
			// Go on at the next line: the quotation marks of this one can't be trusted.
			s.consume(min(i+1, len(window)))
			return row{}, err
		}
		plain := isPlain(s.scratch)
		s.consume(n)
		return row{number: number, cells: s.cells, plain: plain, fixed: true}, nil
	}
}

// passLongLine goes past a line that no list of people has.
func (s *csvSource) passLongLine() error {
	bad := &badRow{number: s.line, column: -1, value: string(s.buf[s.start : s.start+shownValue]),
		err: &problem{ErrFormat, fmt.Sprintf("the line is longer than %d KiB", recordLimit>>10), "look whether the file has line ends, and whether it is a CSV file"}}
	for {
		i := bytes.IndexByte(s.buf[s.start:s.end], '\n')
		if i >= 0 {
			s.start += i + 1
			s.line++
			return bad
		}
		s.start = s.end
		if s.eof {
			return bad
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

func (s *csvSource) cellName(int, int) string { return "" }

func (s *csvSource) close() error { return s.closer.Close() }

// isPlain tells whether b is printable ASCII only.
func isPlain(b []byte) bool {
	for _, c := range b {
		if c < 0x20 || c >= 0x7F {
			return false
		}
	}
	return true
}
