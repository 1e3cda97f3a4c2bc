package formats_test

import "testing"

// TestSignsThatAreNotSaid: a number is not positive because nobody says that it
// is negative.
func TestSignsThatAreNotSaid(t *testing.T) {
	layout := small("codes:\n  c: {list: [{code: D}, {code: C}, {code: X}]}", "D*", "D: v: {at: 2, len: 4, kind: number, sign: {field: s, minus: D, plus: C}}, s: {at: 6, len: 1, codes: c, empty: blank}")
	for _, h := range []hard{
		{name: "minus and plus", layout: layout, file: file("D0123D", "D0123C", "D0000D", "D0000C")},
		{name: "zero", layout: layout, file: file("D0000")},
		{name: "neither", layout: layout, file: file("D0123X", "D0123"), errs: []string{
			`line 1, record 1 (D), field v, columns 2-5: "0123": not a number: its sign is not known: field s holds "X"`,
			`line 2, record 2 (D), field v, columns 2-5: "0123": not a number: its sign is not known: field s holds " "`}},
	} {
		h.run(t)
	}
}

// TestDecimalsThatAreNotSaid: nobody knows what an amount is whose number of
// decimals is blank; zero decimals are said with a digit.
func TestDecimalsThatAreNotSaid(t *testing.T) {
	layout := small("", "D*", "D: v: {at: 2, len: 4, kind: amount, empty: blank, decimals: {field: p, most: 3}}, p: {at: 6, len: 1, kind: digits, empty: blank}")
	for _, h := range []hard{
		{name: "two", layout: layout, file: file("D01232")},
		{name: "none", layout: layout, file: file("D01230")},
		{name: "neither", layout: layout, file: file("D")},
		{name: "not said", layout: layout, file: file("D0123"),
			errs: []string{`line 1, record 1 (D), field v, columns 2-5: "0123": not a number: its number of decimals is not known: see field p`}},
	} {
		h.run(t)
	}
}
