package formats

import (
	"encoding/binary"
	"unicode/utf8"
)

// charset is a set of bytes that a text field may hold, and what they mean.
type charset struct {
	name  string
	about Text
	page  codepage
	table *[256]uint8 // 0 allowed, 1 not
	check opKind      // how it is checked
}

// The names of the character sets.
const (
	charsetBankUpper = "bank-upper"
	charsetAlnum     = "upper-alphanumeric"
	charsetPrintable = "printable"
	charsetDigits    = "digits"
	charsetLatin     = "latin-1"
	charsetJIS       = "jis-x-0201"
)

// bankUpperMarks is what bank-upper allows beside letters and digits.
const bankUpperMarks = " .,'-/()&+:"

func charsetNames() []string {
	return []string{charsetBankUpper, charsetAlnum, charsetPrintable, charsetDigits, charsetLatin, charsetJIS}
}

// newCharset makes the character set of a name, or nil.
func newCharset(name string) *charset {
	c := &charset{name: name, table: new([256]uint8), check: opTable}
	allowed := c.page.holds
	switch name {
	case charsetBankUpper:
		c.about = Text{"huruf besar, angka, spasi dan . , ' - / ( ) & + :", "upper case, digits, space and . , ' - / ( ) & + :"}
		allowed = bankUpper
	case charsetAlnum:
		c.about = Text{"huruf besar dan angka", "upper case and digits"}
		allowed = func(b byte) bool { return b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == ' ' }
	case charsetPrintable:
		c.about = Text{"ASCII yang dapat dicetak", "printable ASCII"}
		c.check = opPrintable
	case charsetDigits:
		c.about = Text{"angka dan spasi", "digits and space"}
		allowed = func(b byte) bool { return b >= '0' && b <= '9' || b == ' ' }
	case charsetLatin:
		c.about = Text{"Latin-1 yang dapat dicetak", "printable Latin-1"}
		c.page = pageLatin
		allowed = c.page.holds
	case charsetJIS:
		c.about = Text{"JIS X 0201: ASCII dan katakana lebar setengah", "JIS X 0201: ASCII and half-width katakana"}
		c.page = pageJIS
		allowed = c.page.holds
	default:
		return nil
	}
	c.allow(allowed)
	return c
}

// allow fills the table.
func (c *charset) allow(allowed func(byte) bool) {
	for i := range c.table {
		c.table[i] = 1
		if allowed(byte(i)) {
			c.table[i] = 0
		}
	}
}

// widened is the set with what a layout tolerates when reading.
func (c *charset) widened(printable, lower bool) *charset {
	w := &charset{name: c.name, about: c.about, page: c.page, table: new([256]uint8), check: opTable}
	w.allow(func(b byte) bool {
		return c.has(b) || printable && b >= ' ' && b <= '~' || lower && b >= 'a' && b <= 'z' && c.has(b-'a'+'A')
	})
	if printable && w.page == pageASCII {
		w.about, w.check = newCharset(charsetPrintable).about, opPrintable
	}
	return w
}

// has says whether a byte is in the set.
func (c *charset) has(b byte) bool { return c.table[b] == 0 }

// wide says whether the set has bytes that are no ASCII.
func (c *charset) wide() bool { return c.page != pageASCII }

// decode is the text of bytes. Most are ASCII and need no conversion.
func (c *charset) decode(b []byte) string {
	i := 0
	for i < len(b) && c.page.plain(b[i]) {
		i++
	}
	if i == len(b) {
		return string(b)
	}
	out := append(make([]byte, 0, 3*len(b)), b[:i]...)
	for _, x := range b[i:] {
		out = utf8.AppendRune(out, c.page.char(x))
	}
	return string(out)
}

// encode puts a text into b as bytes of the set, and says how many they are:
// more than b has room for when the text is too long. The character at which
// it stops is not in the code page, when ok is false.
func (c *charset) encode(b []byte, s string) (n int, wrong rune, ok bool) {
	for _, r := range s {
		x, known := c.page.code(r)
		if !known || !c.has(x) {
			return n, r, false
		}
		if n < len(b) {
			b[n] = x
		}
		n++
	}
	return n, 0, true
}

// text is a text as bytes of the set; ok is false when it has a character that
// is not in it.
func (c *charset) text(s string) (t string, ok bool) {
	b := make([]byte, len(s))
	n, _, ok := c.encode(b, s)
	return string(b[:n]), ok
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
