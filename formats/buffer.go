package formats

import (
	"bytes"
	"io"
)

const (
	// bufferSize is how much of a file is in memory at once.
	bufferSize = 128 << 10
	// maxHeld is how much of one line is held; what is longer is skipped.
	maxHeld = 64 << 10
	// maxIdle bounds reads that give neither bytes nor an error.
	maxIdle = 100
)

// buffer is the part of a file that is in memory. It is a little longer than
// what is read into it, so that a window may reach beyond the last record.
type buffer struct {
	r          io.Reader
	buf        []byte
	start, end int
	eof        bool
	err        error // of the reader, other than io.EOF
	read       int64 // bytes so far
}

func newBuffer(r io.Reader) buffer {
	return buffer{r: r, buf: make([]byte, bufferSize+slack)}
}

func (b *buffer) len() int { return b.end - b.start }

// fill moves what is left to the front and reads once more. It is false when
// there is no more.
func (b *buffer) fill() bool {
	if b.start > 0 {
		b.end = copy(b.buf, b.buf[b.start:b.end])
		b.start = 0
	}
	return b.readAt(b.end)
}

// readAt reads once, to an offset; what was there and beyond is given up.
func (b *buffer) readAt(at int) bool {
	b.end = at
	if b.eof {
		return false
	}
	for range maxIdle {
		n, err := b.r.Read(b.buf[at:bufferSize])
		if n < 0 || n > bufferSize-at {
			n = 0
			err = io.ErrShortBuffer
		}
		b.end += n
		b.read += int64(n)
		if err != nil {
			b.eof = true
			if err != io.EOF { // an error that wraps io.EOF is not the end of the file
				b.err = err
			}
		}
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	b.eof, b.err = true, io.ErrNoProgress
	return false
}

// need reads until n bytes are there or there is no more.
func (b *buffer) need(n int) bool {
	for b.len() < n {
		if !b.fill() {
			return false
		}
	}
	return true
}

// line finds the next end of a line, by its last byte: its offset from start. length is the bytes
// before it, which for a line of more than maxHeld bytes is more than what is
// held. ended is false when the file ends first. After it start stands where
// it was or at the front; next is where the following line starts.
func (b *buffer) line(end byte) (held, length, next int, ended bool) {
	seen := 0
	for {
		if i := bytes.IndexByte(b.buf[b.start+seen:b.end], end); i >= 0 {
			return seen + i, seen + i, b.start + seen + i + 1, true
		}
		seen = b.len()
		if seen >= maxHeld {
			return b.skip(end)
		}
		if !b.fill() {
			return seen, seen, b.end, false
		}
	}
}

// skip passes over the rest of a line that is too long to be held.
func (b *buffer) skip(end byte) (held, length, next int, ended bool) {
	if b.start > 0 {
		b.end = copy(b.buf, b.buf[b.start:b.end])
		b.start = 0
	}
	length = b.end
	for b.readAt(maxHeld) {
		if i := bytes.IndexByte(b.buf[maxHeld:b.end], end); i >= 0 {
			return maxHeld, length + i, maxHeld + i + 1, true
		}
		length += b.end - maxHeld
	}
	return maxHeld, length, b.end, false
}
