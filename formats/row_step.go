package formats

import "encoding/binary"

// A step checks one value of a row and puts it in its place: what is in the
// record afterwards is what the field's operations would have accepted, and
// its number the one that they would have read. It is made of those
// operations. A step that is not sure says no, and the record is written in the ordinary
// way, which says what is wrong, if anything.

type stepKind uint8

const (
	stepOther     stepKind = iota // the ordinary setter; the field is checked afterwards
	stepDigits                    // up to 18 digits
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
	zeros    bool // zeros will do, too (dates)
	anywhere bool // the text may begin with spaces
	digits   bool // of a code: of digits
	off, n   int
	slot     int    // of the number
	limit    uint64 // the first number that does not fit
	mask     uint64 // of a code
	hash     *codeHash
	set      *charset
	field    *fieldPlan
}

// newStep makes the step of a field out of its operations.
func newStep(f *fieldPlan) step {
	s := step{field: f, off: f.off, n: f.n, slot: f.index, empty: f.blanks || f.zeros, zeros: f.zeros, sure: true}
	if n := f.n; f.numeric() && n <= maxDigits {
		s.limit = pow10[n]
	}
	if f.signs > 0 || f.scales {
		// What a number does to it depends on whether it was set before.
		s.sure = false
		return s
	}
	ops := program([]fieldPlan{*f}, true)
	switch o := ops[0]; o.kind {
	case opDigits8, opDigits16, opDigits24:
		s.kind = stepDigits
	case opRouting:
		s.kind, s.sure, s.empty = stepDigits, false, false
	case opDate:
		s.kind = stepDate
	case opTime:
		s.kind = stepTime
	case opCode:
		s.kind, s.mask, s.hash, s.digits = stepCode, o.mask, o.hash, f.kind != KindText
		if f.wide {
			s.kind = stepOther
		}
	case opPrintable, opTable:
		s.kind, s.set = stepTable, f.writing
		switch {
		case f.wide:
			s.kind = stepWide
		case o.kind == opPrintable:
			s.kind = stepPrintable
		}
		s.anywhere = f.align == AlignFree && f.blanks
	}
	if s.kind == stepOther {
		s.sure = false
	}
	return s
}

// put checks the values and puts them in their places.
func (row *Row) put(w *Writer, values []Value) bool {
	steps, numbers := row.steps, w.numbers
	values = values[:len(steps)]
	for i := range steps {
		s, v := &steps[i], &values[i]
		b := w.window[s.off:][:s.n]
		switch s.kind {
		case stepDigits:
			u := uint64(v.n)
			if v.kind != valueInt {
				var ok bool
				if u, ok = s.read(v); !ok {
					if !s.leaves(v) {
						return false
					}
					numbers[s.slot] = 0
					continue
				}
			}
			if u >= s.limit {
				return false
			}
			placeDigits(b, u)
			numbers[s.slot] = int64(u)
		case stepDate, stepTime:
			u, ok := s.moment(v)
			if !ok {
				if !s.leaves(v) {
					return false
				}
				numbers[s.slot] = 0
				continue
			}
			placeDigits(b, u)
			numbers[s.slot] = int64(u)
		case stepCode:
			word, ok := s.code(v)
			if !ok {
				if !s.leaves(v) {
					return false
				}
				numbers[s.slot] = noCode
				continue
			}
			c := s.hash.find(word)
			if c < 0 {
				return false
			}
			placeWord(b, word)
			numbers[s.slot] = int64(c)
		case stepPrintable, stepTable:
			t := v.text
			if v.kind != valueText || len(t) > len(b) {
				return false
			}
			if len(t) == 0 {
				if !s.empty {
					return false
				}
				continue
			}
			if t[0] == ' ' && !s.anywhere {
				return false
			}
			if s.kind == stepPrintable {
				if !placePrintable(b, t) {
					return false
				}
				continue
			}
			copy(b, t)
			if !textInTable(t, s.set.table) {
				return false
			}
		case stepWide:
			t := v.text
			if v.kind != valueText || t == "" && !s.empty {
				return false
			}
			n, _, ok := s.set.encode(b, t)
			if !ok || n > len(b) || t != "" && b[0] == ' ' && !s.anywhere {
				return false
			}
		case stepOther:
			w.setValue(Field{s.field}, *v)
		}
	}
	return true
}

// leaves says whether a value leaves the field empty, and may: then it stays as
// the record begins.
func (s *step) leaves(v *Value) bool {
	return s.empty && v.text == "" && v.n == 0 && (v.kind == valueText || v.kind == valueTime && (s.kind == stepDate || s.kind == stepTime))
}

// read reads a number that is given as a text.
func (s *step) read(v *Value) (u uint64, ok bool) {
	if v.kind != valueText || len(v.text) == 0 || len(v.text) > s.n {
		return 0, false
	}
	for i := range len(v.text) {
		c := v.text[i] - '0'
		if c > 9 {
			return 0, false
		}
		u = u*10 + uint64(c)
	}
	return u, true
}

// moment is the number of a date or time, when it is one.
func (s *step) moment(v *Value) (u uint64, ok bool) {
	switch v.kind {
	case valueInt:
		u = uint64(v.n)
	case valueTime:
		u = uint64(v.n)
		if s.kind == stepDate {
			u /= 1e6
		}
	case valueText:
		if len(v.text) != s.n {
			return 0, false
		}
		if u, ok = s.read(v); !ok {
			return 0, false
		}
	case valueNever:
		return 0, false
	}
	if u == 0 || u >= s.limit {
		return 0, false
	}
	if s.kind == stepDate {
		return u, validDate(u)
	}
	return u, validDate(u/1e6) && validClock(u%1e6)
}

// code is the word that a code makes in the record.
func (s *step) code(v *Value) (word uint64, ok bool) {
	switch {
	case v.kind == valueInt && s.digits && uint64(v.n) < s.limit:
		return digits8(uint64(v.n)) >> (uint(8-s.n) * 8), true
	case v.kind != valueText || v.text == "" || len(v.text) > s.n || s.digits && len(v.text) < s.n:
		return 0, false
	}
	for i := len(v.text) - 1; i >= 0; i-- {
		word = word<<8 | uint64(v.text[i])
	}
	return word | allSpaces&s.mask&^mask8(len(v.text)), true
}

// placeDigits writes a number that fits, with zeros in front.
func placeDigits(b []byte, v uint64) {
	n := len(b)
	if n <= 8 {
		placeWord(b, digits8(v)>>(uint(8-n)*8))
		return
	}
	high := v / 1e8
	if n <= 16 {
		// The head is written with bytes that the rest then covers.
		binary.LittleEndian.PutUint64(b, digits8(high)>>(uint(16-n)*8))
	} else {
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

// placePrintable copies a text, as long as b or shorter, and says whether it is
// printable ASCII. A rest of fewer than eight bytes is taken together with bytes before it.
func placePrintable(b []byte, t string) bool {
	n := len(t)
	b = b[:n]
	if n < 8 {
		w := uint64(allSpaces)
		if n >= 4 {
			w = uint64(text4(t)) | uint64(text4(t[n-4:]))<<32
			binary.LittleEndian.PutUint32(b, uint32(w))
			binary.LittleEndian.PutUint32(b[n-4:], uint32(w>>32))
		} else {
			for i := range len(t) {
				b[i] = t[i]
				w = w<<8 | uint64(t[i])
			}
		}
		return printable8(w)&highBits == 0
	}
	w := text8(t[n-8:])
	bad := printable8(w)
	tail := b[n-8:]
	for len(t) > 8 {
		x := text8(t)
		bad |= printable8(x)
		binary.LittleEndian.PutUint64(b, x)
		t, b = t[8:], b[8:]
	}
	binary.LittleEndian.PutUint64(tail, w)
	return bad&highBits == 0
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
