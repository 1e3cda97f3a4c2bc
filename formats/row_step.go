package formats

import (
	"encoding/binary"
	"math"
)

// A step checks one value of a row and puts it in its place: what is in the
// record afterwards is what the field's operations would have accepted, and
// its number the one that they would have read. It is made of those
// operations. A step that is not sure says no, and the record is written in the ordinary
// way, which says what is wrong, if anything.

type stepKind uint8

const (
	stepOther     stepKind = iota // the ordinary setter; the field is checked afterwards
	stepDigit                     // one digit
	stepDigits                    // more, up to 18
	stepDate                      // yyyyMMdd
	stepTime                      // yyyyMMddHHmmss
	stepCode                      // a code of up to 8 bytes
	stepPrintable                 // a text of printable ASCII
	stepTable                     // a text of another character set
	stepWide                      // a text whose characters are not all ASCII
)

// step is how one value of a row is written.
type step struct {
	kind     stepKind
	sure     bool // nothing is left to be checked
	empty    bool // the field may be empty
	anywhere bool // the text may begin with spaces
	number   bool // the field has a number
	off, n   int
	slot     int    // of the number
	limit    uint64 // the first number that does not fit
	hash     *codeHash
	set      *charset
	field    *fieldPlan
}

// newStep makes the step of a field out of its operations.
func newStep(f *fieldPlan) step {
	s := step{field: f, off: f.off, n: f.n, slot: f.index, empty: f.blanks || f.zeros, number: f.numeric()}
	if s.number && f.n <= maxDigits {
		s.limit = pow10[f.n]
	}
	if f.signs > 0 || f.scales {
		return s // what a number does to it depends on whether it was set before
	}
	s.sure = true
	ops := program([]fieldPlan{*f}, true)
	switch o := ops[0]; o.kind {
	case opDigits8, opDigits16, opDigits24, opRouting:
		s.kind = stepDigits
		if f.n == 1 {
			s.kind = stepDigit
		}
		s.sure = o.kind != opRouting
	case opDate:
		s.kind = stepDate
	case opTime:
		s.kind = stepTime
	case opCode:
		s.kind, s.hash = stepCode, o.hash
	case opPrintable, opTable:
		s.kind, s.set, s.anywhere = stepTable, f.writing, f.align == AlignFree && f.blanks
		if o.kind == opPrintable {
			s.kind = stepPrintable
		}
	}
	switch {
	case f.wide && s.kind == stepTable:
		s.kind = stepWide
	case f.wide:
		s.kind = stepOther
	}
	s.sure = s.sure && s.kind != stepOther
	return s
}

// put checks the values and puts them in their places. The window reaches
// beyond the record, but nothing beyond a field is touched.
func (row *Row) put(w *Writer, values []Value) bool {
	steps, window, numbers := row.steps, w.window, w.numbers
	if len(values) != len(steps) {
		return false
	}
	for i := range steps {
		s, v := &steps[i], &values[i]
		switch s.kind {
		case stepDigit, stepDigits:
			u := uint64(v.n)
			if v.kind != valueInt {
				u = s.read(v)
			}
			if u >= s.limit {
				if !s.leaves(v) {
					return false
				}
				numbers[s.slot] = 0
				continue
			}
			numbers[s.slot] = int64(u)
			if s.kind == stepDigit {
				window[s.off] = '0' + byte(u)
				continue
			}
			// The last eight digits, or fewer; what is in front of them is zeros mostly.
			if s.n > 8 {
				high := u / 1e8
				u -= high * 1e8
				if high == 0 && s.n <= 16 {
					binary.LittleEndian.PutUint64(window[s.off:], allZeros)
				} else {
					placeDigits(window[s.off:s.off+s.n-8], high)
				}
			}
			word := digits8(u)
			if s.n >= 8 {
				binary.LittleEndian.PutUint64(window[s.off+s.n-8:], word)
				continue
			}
			placeWord(window[s.off:s.off+s.n], word>>(uint(8-s.n)*8))
		case stepPrintable:
			t := v.text
			if v.kind != valueText || t == "" {
				if !s.leaves(v) {
					return false
				}
				continue
			}
			if len(t) > s.n || t[0] == ' ' && !s.anywhere || !placePrintable(window[s.off:], t) {
				return false
			}
		default:
			if !s.put(w, v) {
				return false
			}
		}
	}
	return true
}

// put checks one value of the rarer kinds, and puts it in its place.
func (s *step) put(w *Writer, v *Value) bool {
	switch s.kind {
	case stepCode:
		return s.putCode(w, v)
	case stepTable:
		return s.putTable(w, v)
	case stepDate, stepTime:
		return s.putMoment(w, v)
	case stepWide:
		return s.putWide(w, v)
	default:
		w.setValue(Field{s.field}, *v)
		return true
	}
}

func (s *step) putMoment(w *Writer, v *Value) bool {
	u := s.moment(v)
	w.numbers[s.slot] = int64(u)
	if u == 0 {
		return s.leaves(v)
	}
	placeDigits(w.window[s.off:s.off+s.n], u)
	return true
}

func (s *step) putCode(w *Writer, v *Value) bool {
	word, ok := s.code(v)
	if !ok {
		w.numbers[s.slot] = noCode
		return s.leaves(v)
	}
	c := s.hash.find(word)
	if c < 0 {
		return false
	}
	w.numbers[s.slot] = int64(c)
	placeWord(w.window[s.off:s.off+s.n], word)
	return true
}

func (s *step) putTable(w *Writer, v *Value) bool {
	t := v.text
	if v.kind != valueText || t == "" {
		return s.leaves(v)
	}
	if len(t) > s.n || t[0] == ' ' && !s.anywhere {
		return false
	}
	copy(w.window[s.off:], t)
	return textInTable(t, s.set.table)
}

func (s *step) putWide(w *Writer, v *Value) bool {
	if v.kind != valueText || v.text == "" {
		return s.leaves(v)
	}
	b := w.window[s.off : s.off+s.n]
	n, _, ok := s.set.encode(b, v.text)
	return ok && n <= s.n && (s.anywhere || b[0] != ' ')
}

// leaves says whether a value leaves the field empty, and may: then it stays as
// the record begins.
func (s *step) leaves(v *Value) bool {
	if !s.empty || v.text != "" || v.n != 0 {
		return false
	}
	return v.kind == valueText || v.kind == valueTime && (s.kind == stepDate || s.kind == stepTime)
}

// unread is no number that a field of up to 18 digits has room for.
const unread = math.MaxUint64

// read reads a number that is given as a text.
func (s *step) read(v *Value) uint64 {
	if v.kind != valueText || len(v.text) == 0 || len(v.text) > s.n {
		return unread
	}
	var u uint64
	for i := range len(v.text) {
		c := v.text[i] - '0'
		if c > 9 {
			return unread
		}
		u = u*10 + uint64(c)
	}
	return u
}

// moment is the number of a date or time, 0 when it is none.
func (s *step) moment(v *Value) uint64 {
	u := uint64(v.n)
	switch {
	case v.kind == valueTime && s.kind == stepDate:
		u /= 1e6
	case v.kind == valueText && len(v.text) == s.n:
		u = s.read(v)
	case v.kind == valueText || v.kind == valueNever:
		return 0
	}
	date, clock := u, uint64(0)
	if s.kind == stepTime {
		date, clock = u/1e6, u%1e6
	}
	if u >= s.limit || !validDate(date) || !validClock(clock) {
		return 0
	}
	return u
}

// code is the word that a code makes in the record; of fewer digits than there
// are it makes none.
func (s *step) code(v *Value) (word uint64, ok bool) {
	n := len(v.text)
	switch {
	case v.kind == valueInt && s.number && uint64(v.n) < s.limit:
		return digits8(uint64(v.n)) >> (uint(8-s.n) * 8), true
	case v.kind != valueText || n > s.n || n < s.n && (s.number || n == 0):
		return 0, false
	case n >= 4:
		word = uint64(text4(v.text)) | uint64(text4(v.text[n-4:]))<<(uint(n-4)*8)
	default:
		word = uint64(v.text[0]) | uint64(v.text[n>>1])<<(uint(n>>1)*8) | uint64(v.text[n-1])<<(uint(n-1)*8)
	}
	if n < s.n {
		word |= allSpaces & mask8(s.n) &^ mask8(n)
	}
	return word, true
}

// placeDigits writes a number that fits into up to 18 digits, with zeros in
// front.
func placeDigits(b []byte, v uint64) {
	n := len(b)
	if n <= 8 {
		placeWord(b, digits8(v)>>(uint(8-n)*8))
		return
	}
	// What is in front is written with bytes that the rest then covers.
	high := v / 1e8
	switch {
	case high == 0 && n <= 16:
		binary.LittleEndian.PutUint64(b, allZeros)
	case n <= 16:
		binary.LittleEndian.PutUint64(b, digits8(high)>>(uint(16-n)*8))
	default:
		top := high / 1e8
		binary.LittleEndian.PutUint64(b, digits8(top)>>(uint(24-n)*8))
		binary.LittleEndian.PutUint64(b[n-16:], digits8(high-top*1e8))
	}
	binary.LittleEndian.PutUint64(b[n-8:], digits8(v-high*1e8))
}

// placeWord fills up to eight bytes with the first of a word, and touches no
// others.
func placeWord(b []byte, w uint64) {
	switch n := len(b); {
	case n == 8:
		binary.LittleEndian.PutUint64(b, w)
	case n >= 4:
		binary.LittleEndian.PutUint32(b, uint32(w))
		binary.LittleEndian.PutUint32(b[n-4:], uint32(w>>(uint(n-4)*8)))
	case n >= 2:
		binary.LittleEndian.PutUint16(b, uint16(w))
		b[n-1] = byte(w >> (uint(n-1) * 8))
	case n == 1:
		b[0] = byte(w)
	}
}

// placePrintable copies a text to where b begins, and says whether it is
// printable ASCII. It is taken in words that may overlap.
func placePrintable(b []byte, t string) bool {
	n := len(t)
	b = b[:n]
	switch {
	case n >= 8:
		head, tail := text8(t), text8(t[n-8:])
		bad := printable8(head) | printable8(tail)
		for i := 8; i < n-8; i += 8 {
			w := text8(t[i:])
			bad |= printable8(w)
			binary.LittleEndian.PutUint64(b[i:], w)
		}
		binary.LittleEndian.PutUint64(b, head)
		binary.LittleEndian.PutUint64(b[n-8:], tail)
		return bad&highBits == 0
	case n >= 4:
		head, tail := text4(t), text4(t[n-4:])
		binary.LittleEndian.PutUint32(b, head)
		binary.LittleEndian.PutUint32(b[n-4:], tail)
		return printable8(uint64(head)|uint64(tail)<<32)&highBits == 0
	}
	w := uint64(allSpaces)
	for i := range len(t) {
		b[i] = t[i]
		w = w<<8 | uint64(t[i])
	}
	return printable8(w)&highBits == 0
}

// printable8 has a high bit when one of eight bytes is not printable ASCII.
func printable8(w uint64) uint64 { return w | (w + 0x0101010101010101) | (w - allSpaces) }

// text8 is the word that eight bytes of a text make.
func text8(t string) uint64 {
	_ = t[7]
	return uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
		uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
}

// text4 is the same of four bytes.
func text4(t string) uint32 {
	_ = t[3]
	return uint32(t[0]) | uint32(t[1])<<8 | uint32(t[2])<<16 | uint32(t[3])<<24
}

// textInTable says whether the bytes of a text are in the set of a table.
func textInTable(t string, table *[256]uint8) bool {
	var bad uint8
	for len(t) >= 8 {
		bad |= table[t[0]] | table[t[1]] | table[t[2]] | table[t[3]] |
			table[t[4]] | table[t[5]] | table[t[6]] | table[t[7]]
		t = t[8:]
	}
	for i := range len(t) {
		bad |= table[t[i]]
	}
	return bad == 0
}
