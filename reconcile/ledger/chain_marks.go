package ledger

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// marks are sums over the rows that a link seals, kept in the link beside
// their SHA-256. The SHA-256 says whether anything was changed; the marks say
// what, although no row has a hash of its own: four sums find up to two changed
// rows among any number, and a sum for each column finds the columns.
//
// They are the syndromes of a code that corrects errors: with v(x) the value of
// row x of the link, sum k is the sum of v(x)·x^k. They need no secrecy and no
// strength. What cannot be told from them is not told; what is found is found
// by the SHA-256.
type marks struct {
	rows    [4]uint64 // modulo markPrime
	columns []uint32
}

// markPrime is the Mersenne prime 2^61-1: the sums are exact in a field.
const markPrime = 1<<61 - 1

// add takes in row x, counted from 1 within the link, in its canonical form:
// its id and its columns, with or without the separator at its end.
func (m *marks) add(x int64, row []byte) {
	_, row, _ = bytes.Cut(row, []byte{unitSeparator})
	row = bytes.TrimSuffix(row, []byte{rowSeparator})
	var value uint64
	for n := range m.columns {
		cell := row
		// A separator too many, which only a changed row can hold, goes with
		// the last column.
		if at := bytes.IndexByte(row, unitSeparator); at >= 0 && n < len(m.columns)-1 {
			cell, row = row[:at], row[at+1:]
		}
		h := markOf(uint64(n), cell)
		value += h % markPrime
		m.columns[n] += uint32(h) * uint32(2*x+1) // modulo 2^32 is meant
	}
	value %= markPrime
	for k := range m.rows {
		m.rows[k] = plus(m.rows[k], value)
		value = times(value, uint64(x))
	}
}

// markOf mixes a cell into a number, eight bytes at a time.
func markOf(column uint64, cell []byte) uint64 {
	h := (column+1)*markOdd + uint64(len(cell))
	for ; len(cell) >= 8; cell = cell[8:] {
		h = mix(h, binary.LittleEndian.Uint64(cell))
	}
	var tail uint64
	for _, c := range cell {
		tail = tail<<8 | uint64(c)
	}
	return mix(mix(h, tail), markOdd)
}

// markOdd is an odd number without a pattern in its bits.
const markOdd = 0x9e3779b97f4a7c15

func mix(h, w uint64) uint64 {
	hi, lo := bits.Mul64(h^w^0xd1342543de82ef95, markOdd)
	return hi ^ lo
}

// String is how marks stand in a link: 16 digits for each sum over the rows, 8
// for each column's.
func (m *marks) String() string {
	b := make([]byte, 0, len(m.rows)*8+len(m.columns)*4)
	for _, s := range m.rows {
		b = binary.BigEndian.AppendUint64(b, s)
	}
	for _, s := range m.columns {
		b = binary.BigEndian.AppendUint32(b, s)
	}
	return hex.EncodeToString(b)
}

// readMarks reads the marks of a link; links from before there were marks have
// none.
func readMarks(s string, columns int) (*marks, bool) {
	b, err := hex.DecodeString(s)
	m := &marks{columns: make([]uint32, columns)}
	if err != nil || len(b) != len(m.rows)*8+columns*4 {
		return nil, false
	}
	for k := range m.rows {
		if m.rows[k] = binary.BigEndian.Uint64(b[k*8:]); m.rows[k] >= markPrime {
			return nil, false
		}
	}
	for n := range m.columns {
		m.columns[n] = binary.BigEndian.Uint32(b[len(m.rows)*8+n*4:])
	}
	return m, true
}

// plus, minus, times and inverse compute modulo markPrime.
func plus(a, b uint64) uint64 {
	if a += b; a >= markPrime {
		a -= markPrime
	}
	return a
}

func minus(a, b uint64) uint64 { return plus(a, markPrime-b) }

func times(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return plus(lo&markPrime, (lo>>61|hi<<3)%markPrime)
}

func inverse(a uint64) uint64 {
	r := uint64(1)
	for e := uint64(markPrime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			r = times(r, a)
		}
		a = times(a, a)
	}
	return r
}
