package formats

// codepage is what the bytes of a character set mean. All code pages have one
// byte for each character, so that a position stays a byte position.
type codepage uint8

const (
	pageASCII codepage = iota
	pageLatin          // ISO 8859-1
	pageJIS            // JIS X 0201: ASCII with a yen and an overline, and half-width katakana
)

// The characters of JIS X 0201 that are not where ASCII or Unicode has them.
const (
	yen, jisYen           = '¥', 0x5C
	overline, jisOverline = '‾', 0x7E
	katakana, jisKatakana = '｡', 0xA1 // the first of them
	lastKatakana          = 'ﾟ'
)

// pageOf is the code page of a base's name.
func pageOf(name string) (codepage, bool) {
	switch name {
	case "ascii":
		return pageASCII, true
	case charsetLatin:
		return pageLatin, true
	case charsetJIS:
		return pageJIS, true
	}
	return pageASCII, false
}

// plain says whether a byte means what it means in ASCII.
func (p codepage) plain(b byte) bool {
	return b >= ' ' && b <= '~' && (p != pageJIS || b != jisYen && b != jisOverline)
}

// allPlain says whether a text is the same in the code page as in UTF-8.
func allPlain(p codepage, s string) bool {
	for i := range len(s) {
		if !p.plain(s[i]) {
			return false
		}
	}
	return true
}

// holds says whether a byte is a printable character.
func (p codepage) holds(b byte) bool {
	switch p {
	case pageLatin:
		return b >= ' ' && b <= '~' || b >= 0xA0
	case pageJIS:
		return b >= ' ' && b <= '~' || b >= jisKatakana && b <= 0xDF
	case pageASCII:
	}
	return b >= ' ' && b <= '~'
}

// char is the character of a byte; one that has none is shown as U+FFFD.
func (p codepage) char(b byte) rune {
	switch {
	case p.plain(b):
		return rune(b)
	case !p.holds(b):
		return '\uFFFD'
	case p == pageLatin:
		return rune(b)
	case b == jisYen:
		return yen
	case b == jisOverline:
		return overline
	}
	return katakana + rune(b) - jisKatakana
}

// code is the byte of a character.
func (p codepage) code(r rune) (byte, bool) {
	switch {
	case r >= ' ' && r <= '~' && p.plain(byte(r)):
		return byte(r), true
	case p == pageLatin && r >= 0xA0 && r <= 0xFF:
		return byte(r), true
	case p != pageJIS:
		return 0, false
	case r == yen:
		return jisYen, true
	case r == overline:
		return jisOverline, true
	case r >= katakana && r <= lastKatakana:
		return jisKatakana + byte(r-katakana), true
	}
	return 0, false
}
