package formats_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
)

func TestLastLines(t *testing.T) {
	three := []string{"H:", "D:", "T:"}
	long := small("tolerate: [long-lines]", "H D* T", three...)
	longer := small("tolerate: [long-lines, final-line-end]", "H D* T", three...)
	loose := small("tolerate: [final-line-end, blank-lines, end-mark]", "H D* T", three...)
	crlf := strings.Replace(loose, "end: lf", "end: crlf", 1)
	for _, h := range []hard{
		{name: "spaces and no line end", layout: long, file: file("H") + "T          ", errs: []string{"line 2: file cut short: the last line has no line end"}},
		{name: "spaces and no line end, tolerated", layout: longer, file: file("H") + "T          "},
		{name: "a blank line and no line end", layout: loose, file: file("H", "T") + "  "},
		{name: "a mark", layout: loose, file: file("H", "T") + "\x1a"},
		{name: "a mark and a line end", layout: loose, file: file("H", "T") + "\x1a\n"},
		{name: "a mark and another line end", layout: loose, file: file("H", "T") + "\n\x1a\r\n"},
		{name: "two marks", layout: loose, file: file("H", "T") + "\x1a\n\x1a"},
		{name: "a mark and its line end", layout: crlf, file: "H       \r\nT       \r\n\x1a\r\n"},
		{name: "a mark in the middle", layout: loose, file: file("H") + "\x1a\n" + file("T"), errs: []string{"line 2, record 2, columns 2-8: wrong length: 1 bytes, expected 8"}},
	} {
		h.run(t)
	}
	t.Run("each is one warning", func(t *testing.T) {
		_, d := decode(t, compile(t, longer), []byte(file("H")+"T          "))
		var got []string
		for _, w := range d.Warnings() {
			got = append(got, w.Error())
		}
		if diff := cmp.Diff([]string{"F line 2, record 2 (T), columns 9-11: tolerated: 3 spaces behind the record are ignored", "F line 2: tolerated: the last line has no line end"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestStrictFinalLineEnd: what is tolerated in reading is never written.
func TestStrictFinalLineEnd(t *testing.T) {
	for _, c := range []struct{ final, file, want string }{
		{"always", "H       ", "H       \n"}, {"either", "H       ", "H       "}, {"either", "H       \n", "H       \n"}, {"never", "H       ", "H       "},
	} {
		p := compile(t, small("line: {length: 8, end: lf, final: "+c.final+"}\ntolerate: [final-line-end]", "H", "H:"))
		var out, again bytes.Buffer
		if _, err := p.Recode(&out, strings.NewReader(c.file), formats.RecodeOptions{}); err != nil || out.String() != c.want {
			t.Errorf("final: %s: %q became %q, %v", c.final, c.file, out.String(), err)
		}
		for _, stated := range []string{"true", "false"} {
			again.Reset()
			err := p.ReadJSON(&again, strings.NewReader(`{"layout": "tiny", "records": [{"record": "H"}], "final_line_end": `+stated+`}`), formats.EncodeOptions{})
			if want := c.final == "always" || c.final == "either" && stated == "true"; err != nil || strings.HasSuffix(again.String(), "\n") != want {
				t.Errorf("final: %s, stated %s: %q, %v", c.final, stated, again.String(), err)
			}
		}
	}
}

// TestFinalLineEndAtAFullBuffer: the last line end can be taken back wherever
// the buffer was emptied.
func TestFinalLineEndAtAFullBuffer(t *testing.T) {
	for _, end := range []string{"crlf", "lf"} {
		p := compile(t, small("line: {length: 8, end: "+end+", final: never}", "D*", "D:"))
		for _, n := range []int{0, 1, 13105, 13106, 13107, 13108, 14561, 14562, 14563, 14564, 14565} {
			var out bytes.Buffer
			e := p.NewEncoder(&out, formats.EncodeOptions{})
			for range n {
				if err := e.Begin("D").End(); err != nil {
					t.Fatal(err)
				}
			}
			e.Begin("D") // it is dropped, though it may have emptied the buffer
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			want := strings.TrimRight(strings.Repeat("D       "+map[string]string{"crlf": "\r\n", "lf": "\n"}[end], n), "\r\n")
			if out.String() != want {
				t.Errorf("%d records, %s: %d bytes, not %d", n, end, out.Len(), len(want))
			}
		}
	}
}

// TestShortLinesCutNoValue: what stands right in its field has no spaces behind
// it, so a line that ends inside it was not trimmed but cut.
func TestShortLinesCutNoValue(t *testing.T) {
	head := "tolerate: [short-lines, unaligned, unpadded, lower-case]"
	cut := []string{"line 1, record 1 (H), column 8: wrong length: 7 bytes, expected 8"}
	for _, c := range []struct {
		field string
		line  string
		errs  []string
	}{
		{"align: right", "H  ABCD", cut},
		{"align: right, pad: \"0\"", "H00ABCD", cut},
		{"kind: number", "H000123", cut},
		{"kind: number, pad: \" \"", "H   123", cut},
		{"kind: number, empty: blank", "H000123", cut},
		{"kind: digits", "H000123", cut},
		{"kind: amount, decimals: 2, point: \".\"", "H001.23", cut},
		{"kind: number, sign: trailing", "H000123", cut},
		{"kind: number, empty: blank", "H", nil},
		{"align: left", "H  ABCD", nil},
		{"align: free", "H  ABCD", nil},
		{"kind: date, format: yyyy-MM", "H2026-1", []string{`line 1, record 1 (H), field x, columns 2-8: "2026-1 ": not a number`}},
		{"picture: AAA-999", "HABC-12", []string{`line 1, record 1 (H), field x, columns 2-8: "ABC-12 ": wrong shape: it has 6 characters, not 7, expected "AAA-999"`}},
	} {
		h := hard{name: c.field, layout: small(head, "H", "H: x: {at: 2, len: 7, "+c.field+"}"), file: c.line + "\n", errs: c.errs}
		h.run(t)
	}
}

func TestFillersAreNoRecords(t *testing.T) {
	head := "line: {length: 8, end: lf, block: {records: 4, filler: \"9\"}}"
	refused{"a record of nines", small(head, "H D* 9", "H:", "D:", "9: v: {at: 2, len: 7, kind: number}"), "a line that fills up a block could be a record 9"}.run(t)
	hard{name: "a record that never is one", layout: small(head, "H D* 9", "H:", "D:", "9: v: {at: 2, len: 6, kind: number}"), file: file("H", "D", "9999999") + "99999999\n"}.run(t)
}

// TestTolerancesTakeNoWrongLineEnd: a line that is short, long or blank has the
// line end of the file all the same.
func TestTolerancesTakeNoWrongLineEnd(t *testing.T) {
	layout := small("line: {length: 8, end: crlf}\ntolerate: [short-lines, long-lines, blank-lines]", "D*", "D:")
	for _, line := range []string{"D", "D          ", "", "  "} {
		hard{name: "good " + line, layout: layout, file: "D       \r\n" + line + "\r\n"}.run(t)
		p := compile(t, layout)
		errs, d := decode(t, p, []byte("D       \r\n"+line+"\nD       \r\n"))
		if len(errs) != 1 || !strings.Contains(errs[0], "line 2, record 2") || !strings.Contains(errs[0], "wrong line end: LF alone, CR LF is expected") || d.Warnings() != nil {
			t.Errorf("%q: %q, %v", line, errs, d.Warnings())
		}
	}
}
