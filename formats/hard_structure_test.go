package formats_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"bekal/formats"
)

func TestEmptyRepetitionsAreNotCounted(t *testing.T) {
	for _, h := range []hard{
		{name: "none", layout: small("", "H (D?){2} T", "H:", "D:", "T:"), file: file("H", "T")},
		{name: "one", layout: small("", "H (D?){2} T", "H:", "D:", "T:"), file: file("H", "D", "T")},
		{name: "too many", layout: small("", "H (D?){2} T", "H:", "D:", "T:"), file: file("H", "D", "D", "D", "T"),
			errs: []string{"line 4, record 4 (D): record out of place: expected T"}},
		{name: "a group", layout: small("groups:\n  g: D?", "H g{3} T", "H:", "D:", "T:"), file: file("H", "D", "D", "T")},
		{name: "at the end", layout: small("", "H (D?){2}", "H:", "D:"), file: file("H", "D")},
		{name: "a repetition that cannot be empty", layout: small("", "H (D E?){2} T", "H:", "D:", "E:", "T:"), file: file("H", "D", "E", "T"),
			errs: []string{"line 4, record 4 (T): record out of place: record D is missing before it"}},
	} {
		h.run(t)
	}
}

// TestNestedRepetitions: which of two parts repeats must be clear where it
// matters, to a count or to a total.
func TestNestedRepetitions(t *testing.T) {
	const problem = "after record D, record D could begin another repetition of two parts of the structure, one inside the other"
	for _, r := range []refused{
		{"a count inside", small("", "H (D{2})+ T", "H:", "D:", "T:"), problem},
		{"a count around", small("", "H (D*){2} T", "H:", "D:", "T:"), problem},
		{"a count, and something optional", small("", "H (D{1,3} E?)* T", "H:", "D:", "E:", "T:"), problem},
		{"a count, and nothing that must stand", small("groups:\n  g: D? E?", "H g{3} T", "H:", "D:", "E:", "T:"), "after record D, record E could begin another repetition of two parts"},
		{"a scope", small("groups:\n  g: D+", "H g+ T", "H:", "D: n: {at: 2, len: 2, kind: number, compute: {sequence: 1, scope: g}}", "T:"), problem},
	} {
		r.run(t)
	}
	hard{name: "nothing depends on it", layout: small("groups:\n  g: D+", "H g+ T", "H:", "D:", "T:"), file: file("H", "D", "D", "T")}.run(t)
	hard{name: "twice in one bracket", layout: small("", "H (D D)+ T", "H:", "D:", "T:"), file: file("H", "D", "D", "D", "D", "T")}.run(t)
}

// anyStructure draws a structure of single letters, and the regular expression
// that says the same.
func anyStructure(rng *rand.Rand, depth int, groups *[]string) (structure, expression string) {
	times := func(s, e string) (string, string) {
		switch rng.IntN(9) {
		case 0, 1:
			return s + "?", e + "?"
		case 2, 3:
			return s + "*", e + "*"
		case 4:
			return s + "+", e + "+"
		case 5:
			n := 1 + rng.IntN(3)
			return fmt.Sprintf("%s{%d}", s, n), fmt.Sprintf("%s{%d}", e, n)
		case 6:
			n := rng.IntN(3)
			m := n + 1 + rng.IntN(2)
			return fmt.Sprintf("%s{%d,%d}", s, n, m), fmt.Sprintf("%s{%d,%d}", e, n, m)
		case 7:
			n := rng.IntN(3)
			return fmt.Sprintf("%s{%d,}", s, n), fmt.Sprintf("%s{%d,}", e, n)
		}
		return s, e
	}
	if depth == 0 || rng.IntN(3) == 0 {
		letter := string(rune('A' + rng.IntN(6)))
		return times(letter, letter)
	}
	between, mark := " ", ""
	if rng.IntN(3) == 0 {
		between, mark = " | ", "|"
	}
	var ss, es []string
	for range 1 + rng.IntN(3) {
		s, e := anyStructure(rng, depth-1, groups)
		ss, es = append(ss, s), append(es, e)
	}
	s, e := strings.Join(ss, between), "(?:"+strings.Join(es, mark)+")"
	if rng.IntN(2) == 0 {
		name := fmt.Sprintf("g%d", len(*groups))
		*groups = append(*groups, "  "+name+": "+s+"\n")
		return times(name, e)
	}
	return times("("+s+")", e)
}

// TestStructuresAreRegular: what the decoder takes is what the regular
// expression of the structure matches, and the encoder takes the same.
func TestStructuresAreRegular(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	compiled, taken := 0, 0
	for compiled < 400 {
		var groups []string
		s, e := anyStructure(rng, 3, &groups)
		head := ""
		if groups != nil {
			head = "groups:\n" + strings.Join(groups, "")
		}
		var records []string
		for _, letter := range "ABCDEF" {
			if strings.ContainsRune(e, letter) {
				records = append(records, string(letter)+":")
			}
		}
		l, err := formats.Parse("any.yaml", []byte(small(head, s, records...)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := l.Compile()
		if err != nil {
			continue
		}
		compiled++
		expression := regexp.MustCompile("^" + e + "$")
		for range 40 {
			var file strings.Builder
			word := make([]byte, 1+rng.IntN(7))
			for i := range word {
				word[i] = records[rng.IntN(len(records))][0]
			}
			for _, c := range word {
				fmt.Fprintf(&file, "%c       \n", c)
			}
			d := p.NewDecoder(strings.NewReader(file.String()), formats.DecodeOptions{})
			enc := p.NewEncoder(io.Discard, formats.EncodeOptions{})
			written := true
			for d.Next() {
				written = enc.Begin(d.Record().Type()).End() == nil && written
			}
			written = enc.Close() == nil && written
			if want := expression.Match(word); (d.Err() == nil) != want || written != want {
				t.Fatalf("%s %s: %s is read: %v, written %v, should be %v (%v)", s, groups, word, d.Err() == nil, written, want, d.Err())
			}
			if d.Err() == nil {
				taken++
			}
		}
	}
	t.Logf("%d structures, %d good files", compiled, taken)
}
