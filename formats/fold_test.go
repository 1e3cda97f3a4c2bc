package formats_test

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"bekal/formats"
)

func TestFold(t *testing.T) {
	cases := map[string]string{
		"Contoh Satu":              "CONTOH SATU",
		"  contoh   satu \t dua\n": "CONTOH SATU DUA",
		"Conté Näm":                "CONTE NAM",
		"O’Contoh":                 "O'CONTOH",
		"O`Contoh ʼX´":             "O'CONTOH 'X'",
		"A–B—C-D":                  "A-B-C-D",
		"CONTOH, S.H. (ALIAS)":     "CONTOH, S.H. (ALIAS)",
		"a_b*c":                    "A B C",
		"①２３":                      "123",
		"東京":                       "",
		"\x00\xffX":                "X",
		"":                         "",
	}
	for in, want := range cases {
		if got := formats.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldGivesTheBankCharset(t *testing.T) {
	good := regexp.MustCompile(`^([A-Z0-9.,'/()&+:-]+( [A-Z0-9.,'/()&+:-]+)*)?$`)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "name")
		once := formats.Fold(s)
		if !good.MatchString(once) {
			t.Fatalf("Fold(%q) = %q", s, once)
		}
		if again := formats.Fold(once); again != once {
			t.Fatalf("Fold(%q) = %q, and again %q", s, once, again)
		}
	})
}
