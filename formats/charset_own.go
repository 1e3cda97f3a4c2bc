package formats

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// charset finds a character set by its name.
func (c *compiler) charset(name string, at position) *charset {
	if s, ok := c.charsets[name]; ok {
		return s
	}
	s := newCharset(name)
	if s == nil {
		names := charsetNames()
		for i := range c.l.Charsets {
			names = append(names, c.l.Charsets[i].Name)
		}
		c.say(at, "The character sets are "+strings.Join(names, ", ")+".", "%q is no character set", name)
		s = newCharset(charsetPrintable)
	}
	c.charsets[name] = s
	return s
}

// tolerant is what a set becomes when reading. It is made once for each set,
// so that fields with the same set are checked together.
func (c *compiler) tolerant(s *charset) *charset {
	printable, lower := c.tolerates(PrintableText), c.tolerates(LowerCase)
	if !printable && !lower {
		return s
	}
	name := s.name + " tolerant"
	w, ok := c.charsets[name]
	if !ok {
		w = s.widened(printable, lower)
		c.charsets[name] = w
	}
	return w
}

func (c *compiler) tolerates(t Tolerance) bool { return slices.Contains(c.l.Tolerate, t) }

// ownCharsets makes the character sets of the layout's own.
func (c *compiler) ownCharsets() {
	for i := range c.l.Charsets {
		d := &c.l.Charsets[i]
		switch _, twice := c.charsets[d.Name]; {
		case !isName(d.Name, "-_."):
			c.say(d.at, "Use a name such as kana.", "%q is no name for a character set: lower-case letters, digits and hyphens", d.Name)
		case twice:
			c.say(d.at, "Remove one of them.", "character set %s is given twice", d.Name)
			continue
		case newCharset(d.Name) != nil:
			c.say(d.at, "Give it another name.", "character set %s is built in", d.Name)
			continue
		}
		c.charsets[d.Name] = c.ownCharset(d)
	}
}

func (c *compiler) ownCharset(d *CharsetLayout) *charset {
	s := &charset{name: d.Name, about: Text{d.Allow, d.Allow}, table: new([256]uint8), check: opTable}
	s.allow(func(byte) bool { return false })
	page, ok := pageOf(d.Base)
	if !ok {
		c.say(d.at, "The bases are ascii, latin-1 and jis-x-0201.", "character set %s has the unknown base %q", d.Name, d.Base)
		return s
	}
	s.page = page
	if d.Allow == "" {
		c.say(d.at, "Write `allow: \"A-Z0-9 \"`.", "character set %s allows nothing", d.Name)
	}
	chars := []rune(d.Allow)
	for i := 0; i < len(chars); i++ {
		first, last := chars[i], chars[i]
		switch {
		case i+2 < len(chars) && chars[i+1] == '-':
			last = chars[i+2]
			i += 2
		case first == '-' && i > 0 && i < len(chars)-1:
			c.say(d.at, "A hyphen that is meant stands first or last.", "character set %s has a hyphen that begins no range, behind %q", d.Name, chars[i-1])
			continue
		}
		c.allowRange(s, d, first, last)
	}
	return s
}

// allowRange takes the characters from one to another into a set, in the order
// of its base.
func (c *compiler) allowRange(s *charset, d *CharsetLayout, first, last rune) {
	from, ok := s.page.code(first)
	to, ok2 := s.page.code(last)
	wrong := first
	if ok {
		wrong = last
	}
	switch {
	case !ok || !ok2 || wrong == utf8.RuneError:
		c.say(d.at, "Remove it, or choose another base.", "character set %s: %q (U+%04X) is no printable character of %s", d.Name, wrong, wrong, d.Base)
	case to < from:
		c.say(d.at, "Turn the range round.", "character set %s: the range %c-%c runs backwards", d.Name, first, last)
	default:
		for b := int(from); b <= int(to); b++ {
			if s.page.holds(byte(b)) {
				s.table[b] = 0
			}
		}
	}
}
