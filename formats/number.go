package formats

import "encoding/binary"

// Numbers are read and written eight digits at a time: a 64-bit word holds
// eight bytes of a record, and a few operations on the word check or convert
// all of them. Words are loaded from a window that reaches eight bytes beyond
// the record, so that the last field needs no special case.

// slack is how many bytes a window reaches beyond its record.
const slack = 8

const (
	allZeros  = 0x3030303030303030 // eight characters '0'
	allSpaces = 0x2020202020202020
	highBits  = 0x8080808080808080
)

// pow10 holds the powers of ten that fit a field of up to 18 digits.
var pow10 = [19]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// maxDigits is the most digits that a number may have.
const maxDigits = 18

// allDigits says whether the eight bytes of w are digits. A byte below '0'
// borrows and one above '9' carries into its high bit; the lowest wrong byte
// has right ones below it, so it is always seen.
func allDigits(w uint64) bool {
	return ((w+0x4646464646464646)|(w-allZeros))&highBits == 0
}

// value8 is the number that eight digits make, the first byte first.
func value8(w uint64) uint64 {
	w -= allZeros
	w = w*10 + w>>8
	const mask = 0x000000FF000000FF
	return ((w&mask)*0x000F424000000064 + ((w>>16)&mask)*0x0000271000000001) >> 32
}

// part loads n < 8 bytes as a word of eight digits, zeros in front.
func part(b []byte, n int) uint64 {
	free := uint(8-n) * 8
	return binary.LittleEndian.Uint64(b)<<free | allZeros>>(64-free)
}

// mask8 selects the first n bytes of a word.
func mask8(n int) uint64 {
	if n >= 8 {
		return ^uint64(0)
	}
	return 1<<(uint(n)*8) - 1
}

// word8 is the word that loading s from a record gives, for up to 8 bytes.
func word8(s string) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.LittleEndian.Uint64(b[:])
}

// isBlank says whether n bytes from the start of a window are spaces.
func isBlank(b []byte, n int) bool {
	for ; n >= 8; n -= 8 {
		if binary.LittleEndian.Uint64(b) != allSpaces {
			return false
		}
		b = b[8:]
	}
	return n == 0 || (binary.LittleEndian.Uint64(b)^allSpaces)&mask8(n) == 0
}

// readDigits reads a number of up to 18 digits byte by byte; the decoder does
// so only when something is wrong with the record.
func readDigits(b []byte) (int64, bool) {
	if len(b) > maxDigits {
		for _, c := range b {
			if c < '0' || c > '9' {
				return 0, false
			}
		}
		return 0, true
	}
	var v int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int64(c-'0')
	}
	return v, true
}

// digits8 is the word of the eight digits of v < 10^8, zeros in front. The
// number is halved into pieces of four, two and one digits, all pieces of a
// size at once.
func digits8(v uint64) uint64 {
	hi := v / 10000
	four := hi | (v-hi*10000)<<32
	top := (four * 10486 >> 20) & 0x0000007F0000007F // of each four, divided by 100
	two := (four-top*100)<<16 + top
	ten := (two * 103 >> 10) & 0x000F000F000F000F // of each two, divided by 10
	return ten + (two-ten*10)<<8 + allZeros
}

// putDigits writes v right-aligned with zeros in front; it reports whether v
// fits into b.
func putDigits(b []byte, v uint64) bool {
	n := len(b)
	if n <= maxDigits && v >= pow10[n] {
		return false
	}
	if n < 8 {
		w := digits8(v)
		for i := n - 1; i >= 0; i-- {
			b[i] = byte(w >> 56)
			w <<= 8
		}
		return true
	}
	for n > maxDigits {
		b[0] = '0'
		b = b[1:]
		n--
	}
	// The head is written with bytes that the rest then covers.
	switch high := v / 1e8; {
	case n == 8:
	case n <= 16:
		binary.LittleEndian.PutUint64(b, digits8(high)>>(uint(16-n)*8))
	default:
		top := high / 1e8
		binary.LittleEndian.PutUint64(b, digits8(top)>>(uint(24-n)*8))
		binary.LittleEndian.PutUint64(b[n-16:], digits8(high-top*1e8))
	}
	binary.LittleEndian.PutUint64(b[n-8:], digits8(v%1e8))
	return true
}

// writeDigits writes the last digits of v, as many as b has room for.
func writeDigits(b []byte, v uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = '0' + byte(v%10)
		v /= 10
	}
}

const (
	zeros  = "0000000000000000000000000000000000000000000000000000000000000000"
	spaces = "                                                                "
)

// fill covers b with the repeated string.
func fill(b []byte, with string) {
	for len(b) > 0 {
		b = b[copy(b, with):]
	}
}
