package formats

import "encoding/binary"

// charset is a set of bytes that a text field may hold.
type charset struct {
	name  string
	about Text
	table *[256]uint8 // 0 allowed, 1 not
	check opKind      // how it is checked
}

// The names of the character sets.
const (
	charsetBankUpper = "bank-upper"
	charsetAlnum     = "upper-alphanumeric"
	charsetPrintable = "printable"
)

// bankUpperMarks is what bank-upper allows beside letters and digits.
const bankUpperMarks = " .,'-/()&+:"

func charsetNames() []string {
	return []string{charsetBankUpper, charsetAlnum, charsetPrintable}
}

// newCharset makes the character set of a name, or nil.
func newCharset(name string) *charset {
	c := &charset{name: name, table: new([256]uint8), check: opTable}
	for i := range c.table {
		b := byte(i)
		upper := b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == ' '
		var allowed bool
		switch name {
		case charsetBankUpper:
			allowed = bankUpper(b)
		case charsetAlnum:
			allowed = upper
		case charsetPrintable:
			allowed = b >= ' ' && b <= '~'
		default:
			return nil
		}
		if !allowed {
			c.table[i] = 1
		}
	}
	switch name {
	case charsetBankUpper:
		c.about = Text{"huruf besar, angka, spasi dan . , ' - / ( ) & + :", "upper case, digits, space and . , ' - / ( ) & + :"}
	case charsetAlnum:
		c.about = Text{"huruf besar dan angka", "upper case and digits"}
	case charsetPrintable:
		c.about = Text{"ASCII yang dapat dicetak", "printable ASCII"}
		c.check = opPrintable
	}
	return c
}

// bankUpper says whether a byte is in the character set bank-upper.
func bankUpper(b byte) bool {
	if b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' {
		return true
	}
	for i := range len(bankUpperMarks) {
		if b == bankUpperMarks[i] {
			return true
		}
	}
	return false
}

// allows says whether all of s is in the set.
func (c *charset) allows(s string) bool {
	for i := range len(s) {
		if c.table[s[i]] != 0 {
			return false
		}
	}
	return true
}

// outside is the first run of bytes that are not in the set, as offsets;
// ok is false when there is none.
func (c *charset) outside(b []byte) (from, to int, ok bool) {
	for i := range b {
		if c.table[b[i]] == 0 {
			continue
		}
		j := i + 1
		// The bytes of one UTF-8 character are one fault.
		for j < len(b) && b[i] >= 0xC0 && b[j]&0xC0 == 0x80 {
			j++
		}
		return i, j, true
	}
	return 0, 0, false
}

// inTable says whether the first n bytes of b are in the set of a table.
func inTable(b []byte, n int, table *[256]uint8) bool {
	b = b[:n]
	var bad uint8
	for len(b) >= 8 {
		bad |= table[b[0]] | table[b[1]] | table[b[2]] | table[b[3]] |
			table[b[4]] | table[b[5]] | table[b[6]] | table[b[7]]
		b = b[8:]
	}
	for _, c := range b {
		bad |= table[c]
	}
	return bad == 0
}

// isPrintable says whether the first n bytes of a window are printable ASCII.
func isPrintable(b []byte, n int) bool {
	var bad uint64
	for ; n >= 8; n -= 8 {
		w := binary.LittleEndian.Uint64(b)
		bad |= w | (w + 0x0101010101010101) | (w - allSpaces)
		b = b[8:]
	}
	if n > 0 {
		m := mask8(n)
		w := binary.LittleEndian.Uint64(b)&m | allSpaces&^m
		bad |= w | (w + 0x0101010101010101) | (w - allSpaces)
	}
	return bad&highBits == 0
}
