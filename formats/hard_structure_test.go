package formats_test

import "testing"

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
