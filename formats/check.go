package formats

import (
	"encoding/binary"
	"strings"
)

// A record is checked by a short program: one operation for each thing that
// has to hold, compiled from the layout. The program only says yes or no and
// reads the numbers; when it says no, examine looks at the record again, field
// by field, and says what is wrong. A test holds the two together.

type opKind uint8

const (
	opConst     opKind = iota // up to 8 bytes are constant
	opConstLong               // more bytes are constant
	opBlank                   // spaces
	opFirst                   // a text begins with its first character
	opFirstNone               // the same, or it is empty
	opFilled                  // a text is not empty, wherever it begins
	opTable                   // bytes of a character set
	opPrintable               // printable ASCII
	opDigits8                 // up to 8 digits
	opDigits16                // up to 16
	opDigits24                // up to 24
	opDigitsAny               // more; they have no number
	opDate                    // yyyyMMdd
	opTime                    // yyyyMMddHHmmss
	opCode                    // a code of up to 8 bytes
	opCodeLong                // a longer code
	opSlot                    // a slot: when it is absent its fields are passed over
	opRouting                 // the check digit of an American routing number, behind its eight digits
	opSlow                    // whatever the field's examine says
)

// op is one operation: what has to hold from an offset on, for so many bytes.
type op struct {
	kind   opKind
	blanks bool // spaces will do, too
	zeros  bool // zeros will do, too (dates)
	off, n int
	slot   int // of the number
	mask   uint64
	word   uint64
	text   string
	table  *[256]uint8
	hash   *codeHash
	field  *fieldPlan // of a slow one, or a long code
	strict bool

	// Of a slot: how many operations its fields have, which fields they are, and
	// the number that says whether the repetition before is there.
	skip, from, to, before int
}

func load8(b []byte, off int) uint64 { return binary.LittleEndian.Uint64(b[off:]) }

// run checks a window and reads its numbers. It is the inner loop of reading
// and writing.
func run(program []op, b []byte, numbers []int64) bool {
	for i := 0; i < len(program); i++ {
		o := &program[i]
		f := b[o.off:]
		switch o.kind {
		case opConst:
			if (binary.LittleEndian.Uint64(f)^o.word)&o.mask != 0 {
				return false
			}
		case opConstLong:
			if string(f[:o.n]) != o.text {
				return false
			}
		case opBlank:
			if !isBlank(f, o.n) {
				return false
			}
		case opFirst:
			if f[0] == ' ' {
				return false
			}
		case opFirstNone:
			if f[0] == ' ' && !isBlank(f, o.n) {
				return false
			}
		case opFilled:
			if isBlank(f, o.n) {
				return false
			}
		case opTable:
			if !inTable(f, o.n, o.table) {
				return false
			}
		case opPrintable:
			if !isPrintable(f, o.n) {
				return false
			}
		case opDigits8:
			w := binary.LittleEndian.Uint64(f)
			if o.n < 8 {
				w = part(f, o.n)
			}
			if !allDigits(w) {
				if !o.empty(f) {
					return false
				}
				w = allZeros
			}
			numbers[o.slot] = int64(value8(w))
		case opDigits16:
			w, x := binary.LittleEndian.Uint64(f), binary.LittleEndian.Uint64(f[8:])
			if o.n < 16 {
				x = part(f[8:], o.n-8)
			}
			if !allDigits(w) || !allDigits(x) {
				if !o.empty(f) {
					return false
				}
				w, x = allZeros, allZeros
			}
			numbers[o.slot] = int64(value8(w)*o.word + value8(x))
		case opDigits24:
			w, x, y := binary.LittleEndian.Uint64(f), binary.LittleEndian.Uint64(f[8:]), part(f[16:], o.n-16)
			if !allDigits(w) || !allDigits(x) || !allDigits(y) {
				if !o.empty(f) {
					return false
				}
				w, x, y = allZeros, allZeros, allZeros
			}
			numbers[o.slot] = int64((value8(w)*1e8+value8(x))*o.word + value8(y))
		case opDigitsAny:
			if _, ok := readDigits(f[:o.n]); !ok && !o.empty(f) {
				return false
			}
			numbers[o.slot] = 0
		case opDate:
			w := binary.LittleEndian.Uint64(f)
			v, ok := o.date(w, f)
			if !ok {
				return false
			}
			numbers[o.slot] = int64(v)
		case opTime:
			w, x := binary.LittleEndian.Uint64(f), part(f[8:], 6)
			if !allDigits(x) {
				if !o.empty(f) {
					return false
				}
				numbers[o.slot] = 0
				continue
			}
			clock := value8(x)
			v, ok := o.date(w, f)
			if !ok || !validClock(clock) || v == 0 && clock != 0 {
				return false
			}
			numbers[o.slot] = int64(v*1e6 + clock)
		case opCode:
			c, ok := o.code(binary.LittleEndian.Uint64(f) & o.mask)
			if !ok {
				return false
			}
			numbers[o.slot] = int64(c)
		case opCodeLong:
			c, ok := o.codeLong(f[:o.n])
			if !ok {
				return false
			}
			numbers[o.slot] = int64(c)
		case opSlot:
			if isBlank(f, o.n) {
				numbers[o.slot] = 0
				clear(numbers[o.from:o.to])
				i += o.skip
				continue
			}
			if o.before >= 0 && numbers[o.before] == 0 {
				return false
			}
			numbers[o.slot] = 1
		case opRouting:
			digit, ok := routing(binary.LittleEndian.Uint64(f), f[8])
			if !ok {
				return false
			}
			numbers[o.slot] = int64(digit)
		case opSlow:
			v, wrong := o.field.examine(b, o.strict)
			if wrong != nil {
				return false
			}
			numbers[o.slot] = v
		}
	}
	return true
}

// empty says whether the field is blank and may be.
func (o *op) empty(f []byte) bool { return o.blanks && isBlank(f, o.n) }

// date checks the first eight bytes of a date or time.
func (o *op) date(w uint64, f []byte) (uint64, bool) {
	if !allDigits(w) {
		return 0, o.empty(f)
	}
	v := value8(w)
	if v == 0 {
		return 0, o.zeros
	}
	return v, validDate(v)
}

// noCode is the number of a field whose code is empty or unknown.
const noCode = -1

func (o *op) code(w uint64) (int, bool) {
	if i := o.hash.find(w); i >= 0 {
		return i, true
	}
	return noCode, o.blanks && w == allSpaces&o.mask || o.zeros && w == allZeros&o.mask
}

func (o *op) codeLong(f []byte) (int, bool) {
	if i, ok := o.field.coded[string(f)]; ok {
		return i, true
	}
	return noCode, o.field.vacant(f)
}

// routing checks a routing number: the sum of its nine digits, with the
// weights 3 7 1, is a multiple of ten. The digits stand in the word as 16-bit
// lanes, and the highest lane of a product is the weighted sum.
func routing(w uint64, last byte) (digit byte, ok bool) {
	const lanes = 0x00FF00FF00FF00FF
	w -= allZeros
	even := (w & lanes) * (3<<48 | 1<<32 | 7<<16 | 3) >> 48
	odd := (w >> 8 & lanes) * (7<<48 | 3<<32 | 1<<16 | 7) >> 48
	digit = last - '0'
	return digit, digit <= 9 && (even+odd+uint64(digit))%10 == 0
}

// trimRight drops the spaces at the end.
func trimRight(b []byte) []byte {
	for len(b) >= 8 && load8(b, len(b)-8) == allSpaces {
		b = b[:len(b)-8]
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// program compiles the operations of a record. Texts come first, joined into
// runs, so that one operation checks the bytes of neighbouring fields.
func program(fields []fieldPlan, strict bool) []op {
	var ops, texts []op
	// Printable runs may also reach over what lies between them, when every
	// other field is printable, too.
	reach := 2 * 8
	for i := range fields {
		if f := &fields[i]; f.writing != nil && f.writing.wide() {
			reach = 0
		}
	}
	for i := range fields {
		f := &fields[i]
		o := op{off: f.off, n: f.n, slot: f.index, blanks: f.blanks, zeros: f.zeros, mask: mask8(f.n)}
		switch {
		case f.constant != "":
			o.constant(f.constant)
		case f.kind == KindFiller && f.pad != ' ':
			o.constant(strings.Repeat(string(rune(f.pad)), f.n))
		case f.kind == KindFiller:
			o.kind = opBlank
		case f.besideRouting():
			o.kind, o.off = opRouting, f.off-8
		case f.slow || !strict && f.lenient():
			o.kind, o.field, o.strict = opSlow, f, strict
		case f.closed:
			o.code8(f)
		case f.kind == KindText:
			texts = joinText(texts, f, f.set(strict), reach)
			o.first(f, strict)
			if o.kind == opBlank {
				continue
			}
		case f.kind == KindDate:
			o.kind = opDate
		case f.kind == KindTime:
			o.kind = opTime
		case f.n <= 8:
			o.kind = opDigits8
		case f.n <= 16:
			o.kind, o.word = opDigits16, pow10[f.n-8]
		case f.n <= maxDigits:
			o.kind, o.word = opDigits24, pow10[f.n-16]
		default:
			o.kind = opDigitsAny
		}
		ops = append(ops, o)
	}
	return append(texts, ops...)
}

// lenient fields accept more when reading than their operation does.
func (f *fieldPlan) lenient() bool {
	return f.unpadded || f.unaligned && f.closed
}

// besideRouting says whether the field is the check digit of the eight digits
// before it, which has an operation of its own.
func (f *fieldPlan) besideRouting() bool {
	if f.digit != checkRouting || len(f.over) != 1 || f.kind == KindText || f.closed || f.blanks || f.zeros || f.unpadded || f.sign != "" {
		return false
	}
	over := f.over[0]
	return over.kind == KindDigits && over.plain && over.constant == "" && !over.blanks && !over.unpadded &&
		over.n == 8 && over.off+over.n == f.off && f.n == 1
}

// constant makes an operation for bytes that are always the same.
func (o *op) constant(text string) {
	o.kind, o.word, o.text = opConst, word8(text), text
	if o.n > 8 {
		o.kind = opConstLong
	}
}

// first makes an operation for where a text begins; opBlank stands for none.
func (o *op) first(f *fieldPlan, strict bool) {
	anywhere := f.align == AlignFree || !strict && f.unaligned
	switch {
	case anywhere && f.blanks:
		o.kind = opBlank
	case anywhere:
		o.kind = opFilled
	case f.blanks:
		o.kind = opFirstNone
	default:
		o.kind = opFirst
	}
}

// code8 makes an operation for a closed code list.
func (o *op) code8(f *fieldPlan) {
	o.kind, o.field = opCodeLong, f
	if f.n > 8 {
		return
	}
	words := make([]uint64, len(f.codes.codes))
	for i, c := range f.codes.codes {
		words[i] = word8(f.placed(c.Value))
	}
	if o.hash = newCodeHash(words); o.hash != nil {
		o.kind = opCode
	}
}

// joinText adds the bytes of a text field to the run before it, where the two
// have the same character set and touch, or, of printable runs, nearly touch.
func joinText(texts []op, f *fieldPlan, set *charset, reach int) []op {
	o := op{kind: set.check, off: f.off, n: f.n, table: set.table}
	if set.check != opPrintable {
		reach = 0
	}
	if len(texts) > 0 {
		last := &texts[len(texts)-1]
		if end := last.off + last.n; last.kind == o.kind && last.table == o.table && f.off <= end+reach {
			last.n = f.off + f.n - last.off
			return texts
		}
	}
	return append(texts, o)
}
