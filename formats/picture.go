package formats

// A picture draws the exact shape of a text: 9 is a digit, A an upper-case
// letter, X any character of the field's set, and all else itself.

// examineShape holds a text against the field's picture; at is where it
// begins in the field.
func (f *fieldPlan) examineShape(value []byte, at int, lower bool) *fault {
	if len(value) != len(f.picture) {
		return &fault{err: ErrPicture, expected: f.def.Picture, detail: textf("panjangnya %d, bukan %d", "it has %d characters, not %d", len(value), len(f.picture))}
	}
	for i, c := range value {
		var detail Text
		switch p := f.picture[i]; p {
		case '9':
			if c >= '0' && c <= '9' {
				continue
			}
			detail = Text{"di sini harus angka", "a digit stands here"}
		case 'A':
			if c >= 'A' && c <= 'Z' || lower && c >= 'a' && c <= 'z' {
				continue
			}
			detail = Text{"di sini harus huruf besar", "an upper-case letter stands here"}
		case 'X':
			continue
		default:
			if c == p {
				continue
			}
			char := f.writing.decode([]byte{p})
			detail = textf("di sini harus %q", "%q stands here", char)
		}
		return &fault{err: ErrPicture, from: at + i, to: at + i + 1, expected: f.def.Picture, detail: detail}
	}
	return nil
}

// draws says whether the picture can be drawn with characters of the set.
func (c *charset) draws(picture string) ([]byte, bool) {
	shape := make([]byte, 0, len(picture))
	for _, r := range picture {
		b, ok := c.page.code(r)
		if !ok || r != '9' && r != 'A' && r != 'X' && !c.has(b) {
			return nil, false
		}
		shape = append(shape, b)
	}
	return shape, true
}
