package formats

import "bytes"

// checkMethod is a way to compute check digits.
type checkMethod uint8

const (
	noDigit      checkMethod = iota
	checkRouting             // weights 3 7 1, modulo 10: routing numbers of American banks
	checkLuhn                // every second digit doubled, modulo 10
	checkMod11               // weights 2 to 9 from the right, modulo 11; 10 and 11 become 0
	checkMod11X              // the same, but 10 becomes X
	checkMod97               // 97 less the rest of dividing by 97
	checkIBAN                // ISO 7064 MOD 97-10, letters as 10 to 35
)

// checkMethods are the methods by their names in a layout.
func checkMethods() []struct {
	name   string
	method checkMethod
} {
	return []struct {
		name   string
		method checkMethod
	}{
		{"aba-routing", checkRouting}, {"luhn", checkLuhn}, {"mod11", checkMod11}, {"mod11-x", checkMod11X},
		{"mod97", checkMod97}, {"iban-mod97", checkIBAN},
	}
}

// size is how many check digits the method gives.
func (m checkMethod) size() int {
	if m == checkMod97 || m == checkIBAN {
		return 2
	}
	return 1
}

// maxCheck is the most check digits.
const maxCheck = 2

// compute computes the check digits over characters. It is false when there
// are none, or when they are not what the method is for.
func (m checkMethod) compute(over []byte) (out [maxCheck]byte, ok bool) {
	if len(over) == 0 {
		return out, false
	}
	if m == checkIBAN {
		rest, ok := mod97(0, over)
		writeDigits(out[:], 98-rest*100%97)
		return out, ok
	}
	for _, c := range over {
		if c < '0' || c > '9' {
			return out, false
		}
	}
	switch m {
	case checkRouting:
		sum := 0
		for i, c := range over {
			sum += int(c-'0') * [3]int{3, 7, 1}[i%3]
		}
		out[0] = '0' + byte((10-sum%10)%10)
	case checkLuhn:
		sum, double := 0, true
		for i := len(over) - 1; i >= 0; i-- {
			d := int(over[i] - '0')
			if double {
				d = d*2/10 + d*2%10
			}
			sum += d
			double = !double
		}
		out[0] = '0' + byte((10-sum%10)%10)
	case checkMod11, checkMod11X:
		sum := 0
		for i := range over {
			sum += int(over[len(over)-1-i]-'0') * (2 + i%8)
		}
		switch r := 11 - sum%11; {
		case r == 10 && m == checkMod11X:
			out[0] = 'X'
		case r >= 10:
			out[0] = '0'
		default:
			out[0] = '0' + byte(r)
		}
	case checkMod97:
		rest, _ := mod97(0, over)
		writeDigits(out[:], 97-rest)
	case noDigit, checkIBAN:
		return out, false
	}
	return out, true
}

// mod97 goes on dividing by 97; a letter is two digits. It is false for
// anything else.
func mod97(rest uint64, b []byte) (uint64, bool) {
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + uint64(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + uint64(c-'A') + 10) % 97
		default:
			return 0, false
		}
	}
	return rest, true
}

// checked brings together what the field's check digits are over.
func (f *fieldPlan) checked(rec []byte, room *[maxApart]byte) []byte {
	n := 0
	for _, other := range f.over {
		n += copy(room[n:], bytes.Trim(rec[other.off:other.off+other.n], " "))
	}
	return room[:n]
}

// expected computes the check digits of a field that is one over others.
func (f *fieldPlan) expected(rec []byte) (out [maxCheck]byte, ok bool) {
	var room [maxApart]byte
	return f.digit.compute(f.checked(rec, &room))
}

// examineDigit checks the check digits of a field whose value can be read.
func (f *fieldPlan) examineDigit(rec, b []byte) *fault {
	n := f.digit.size()
	if f.over == nil {
		return f.examineOwnDigit(b)
	}
	want, ok := f.expected(rec)
	if !ok {
		for _, other := range f.over {
			if _, wrong := other.examine(rec, false); wrong != nil {
				return nil // that has been said
			}
		}
		return &fault{err: ErrCheckDigit, detail: Text{"tidak dapat dihitung dari nilai field yang diperiksa", "it cannot be computed over what it checks"}}
	}
	if string(b) == string(want[:n]) {
		return nil
	}
	return &fault{err: ErrCheckDigit, expected: string(want[:n])}
}

// examineOwnDigit checks a value that has its check digits in itself: at its
// end, or, as an IBAN, behind the country.
func (f *fieldPlan) examineOwnDigit(b []byte) *fault {
	value := bytes.Trim(b, " ")
	if f.kind == KindText {
		value = f.bare(b)
	}
	start := bytes.Index(b, value)
	n := f.digit.size()
	at := len(value) - n
	if f.digit == checkIBAN {
		at = 2
	}
	if at < 1 || at+n > len(value) || len(value) > maxApart {
		return &fault{err: ErrCheckDigit, detail: Text{"nilai terlalu pendek", "the value is too short"}}
	}
	// What it is over is the rest, of an IBAN turned round.
	var room [maxApart]byte
	over := append(append(room[:0], value[at+n:]...), value[:at]...)
	want, ok := f.digit.compute(over)
	if !ok {
		return &fault{err: ErrCheckDigit, detail: Text{"tidak dapat dihitung dari nilai ini", "it cannot be computed over this value"}}
	}
	if string(value[at:at+n]) == string(want[:n]) {
		return nil
	}
	return &fault{err: ErrCheckDigit, from: start + at, to: start + at + n, expected: string(want[:n])}
}

// fillDigits computes the check digits that were not set.
func (w *Writer) fillDigits() {
	for _, i := range w.plan.checks {
		f := &w.plan.fields[i]
		if w.set.has(i) {
			continue
		}
		// What cannot be computed yet is found when the record is checked.
		if want, ok := f.expected(w.window); ok {
			pad(f, w.bytes(f), want[:f.digit.size()])
			w.set.add(i)
		}
	}
}
