package main

import (
	"bytes"
	"testing"

	"bekal/formats"

	"github.com/google/go-cmp/cmp"
)

// lined is a plan of records of five bytes, for the places of differences.
func lined(t *testing.T) *formats.Plan {
	t.Helper()
	plan, err := compileLayout("five.yaml", []byte("layout: five\ncharset: printable\nline: {length: 5, end: none}\nstructure: N+\nrecords:\n  N: {match: {type: N}, fields: {type: {at: 1, len: 1}, rest: {at: 2, len: 4}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestComparison(t *testing.T) {
	plan := lined(t)
	long := bytes.Repeat([]byte("N1234567\n"), 20_000) // more than one piece
	changed := bytes.Clone(long)
	changed[16667*9+3] = 'x'
	for _, c := range []struct {
		name           string
		original, copy string
		end            formats.LineEnd
		want           string // "" when they are the same
	}{
		{"nothing at all", "", "", formats.LF, ""},
		{"the same", "Nabcd\nNefgh\n", "Nabcd\nNefgh\n", formats.LF, ""},
		{"the same, and long", string(long), string(long), formats.LF, ""},
		{"a byte", "Nabcd\nNefgh\n", "Nabcd\nNeFgh\n", formats.LF, `byte 9, line 2, column 3: the file has "f", the copy has "F"`},
		{"a byte far away", string(long), string(changed), formats.LF, `byte 150007, line 16668, column 4: the file has "3", the copy has "x"`},
		{"a line end", "Nabcd\r\nNefgh\r\n", "Nabcd\nNefgh\n", formats.CRLF, `byte 6, line 1, column 6: the file has "\r", the copy has "\n"`},
		{"after CR", "Nabcd\rNefgh\r", "Nabcd\rNefgX\r", formats.CR, `byte 11, line 2, column 5: the file has "h", the copy has "X"`},
		{"without line ends", "NabcdNefghNijkl", "NabcdNefghNiXkl", formats.NoEnd, `byte 13, line 3, column 3: the file has "j", the copy has "X"`},
		{"the copy ends first", "Nabcd\n\x1a", "Nabcd\n", formats.LF, `byte 7, line 2, column 1: the file has "\x1a", the copy ends`},
		{"the file ends first", "Nabcd", "Nabcd\n", formats.LF, `byte 6, line 1, column 6: the file ends, the copy has "\n"`},
		{"a quote", "Nab\"d\n", "Nab\xffd\n", formats.LF, `byte 4, line 1, column 4: the file has "\"", the copy has "\xff"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1, 7, 1 << 20} {
				compared := newComparison(bytes.NewReader([]byte(c.original)))
				for rest := []byte(c.copy); len(rest) > 0; {
					n, err := compared.Write(rest[:min(size, len(rest))])
					if err != nil {
						t.Fatal(err)
					}
					rest = rest[n:]
				}
				same, err := compared.end()
				if err != nil {
					t.Fatal(err)
				}
				if same {
					if c.want != "" {
						t.Errorf("in pieces of %d: the same, want %s", size, c.want)
					}
					continue
				}
				d, err := compared.difference(plan, c.end)
				if err != nil {
					t.Fatal(err)
				}
				if got := d.place(); got != c.want {
					t.Errorf("in pieces of %d: %s, want %s", size, got, c.want)
				}
			}
		})
	}
}

// Both lines stand one above the other, and end where they end, or soon behind
// the difference.
func TestExcerpt(t *testing.T) {
	original := "H\n\x01\"234567890123456789012345678901234567890 THERE and so on, to the end of it all, and more\n"
	copied := "H\n\x01\"234567890123456789012345678901234567890 HERE\nX"
	compared := newComparison(bytes.NewReader([]byte(original)))
	if _, err := compared.Write([]byte(copied)); err != nil {
		t.Fatal(err)
	}
	d, err := compared.difference(lined(t), formats.LF)
	if err != nil {
		t.Fatal(err)
	}
	const want = `  file  "234567890123456789012345678901234567890 THERE and so on, to the end of it all, a"
  copy  "234567890123456789012345678901234567890 HERE\n"
                                                 ^
`
	if diff := cmp.Diff(want, d.excerpt()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
