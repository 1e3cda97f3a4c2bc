package formats_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
)

// shapes is a layout whose files may look in many ways.
const shapes = `layout: shapes
charset: bank-upper
line: {length: 8, end: [lf, crlf, cr, none], final: either, block: {records: 4, filler: "9"}}
tolerate: [short-lines, long-lines, blank-lines, end-mark, unblocked, lower-case]
structure: A B* C
records:
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}, text: {at: 2, len: 7, empty: blank}}}
  B: {match: {type: B}, fields: {type: {at: 1, len: 1}, text: {at: 2, len: 4}, more: {at: 6, len: 3, empty: blank}}}
  C: {match: {type: "9"}, fields: {type: {at: 1, len: 1}, blocks: {at: 2, len: 2, kind: number, compute: {count: "*", per: 4}}, filler: {at: 4, len: 5, kind: filler}}}
`

func TestForms(t *testing.T) {
	p := compile(t, shapes)
	cases := []struct {
		name, file string
		form       formats.Form
		warnings   []string
		errs       []string
	}{
		{"lf", "A       \nBONE    \nBTWO X  \n901     \n", formats.Form{End: formats.LF, Final: true}, nil, nil},
		{"crlf", "A       \r\nBONE    \r\nBTWO X  \r\n901     \r\n", formats.Form{End: formats.CRLF, Final: true}, nil, nil},
		{"cr", "A       \rBONE    \rBTWO X  \r901     \r", formats.Form{End: formats.CR, Final: true}, nil, nil},
		{"unbroken", "A       BONE    BTWO X  901     ", formats.Form{End: formats.NoEnd, Final: true}, nil, nil},
		{"no final line end", "A       \nBONE    \nBTWO X  \n901     ", formats.Form{End: formats.LF}, nil, nil},
		{"filled", "A       \nBONE    \n901     \n99999999\n", formats.Form{End: formats.LF, Final: true, Fillers: 1}, nil, nil},
		{"filled, no final line end", "A       \nBONE    \n901     \n99999999", formats.Form{End: formats.LF, Fillers: 1}, nil, nil},
		{"filled and unbroken", "A       901     9999999999999999", formats.Form{End: formats.NoEnd, Final: true, Fillers: 2}, nil, nil},
		{"not filled", "A       \nBONE    \n901     \n", formats.Form{End: formats.LF, Final: true},
			[]string{"F line 3: tolerated: the file has 3 lines; filled up it should have 4, a multiple of 4"}, nil},
		{"short lines", "A\nBONE\nBTWO X\n901\n", formats.Form{End: formats.LF, Final: true}, []string{
			"F line 1, record 1 (A), columns 2-8: tolerated: the line ends after 1 of 8 bytes; the rest is read as spaces",
			"F line 2, record 2 (B), columns 5-8: tolerated: the line ends after 4 of 8 bytes; the rest is read as spaces",
			"F line 3, record 3 (B), columns 7-8: tolerated: the line ends after 6 of 8 bytes; the rest is read as spaces",
			"F line 4, record 4 (C), columns 4-8: tolerated: the line ends after 3 of 8 bytes; the rest is read as spaces",
		}, nil},
		{"long lines and blank ones", "A         \n\nBONE    \n   \nBTWO X  \n901     \n\n", formats.Form{End: formats.LF, Final: true}, []string{
			"F line 1, record 1 (A), columns 9-10: tolerated: 2 spaces behind the record are ignored",
			"F line 2: tolerated: a blank line is passed over",
			"F line 4: tolerated: a blank line is passed over",
			"F line 7: tolerated: a blank line is passed over",
		}, nil},
		{"end mark", "A       \r\nBONE    \r\nBTWO X  \r\n901     \r\n\x1a", formats.Form{End: formats.CRLF, Final: true},
			[]string{"F line 5: tolerated: a mark of the end (byte 1A) is passed over"}, nil},
		{"lower case", "Aabc    \nBONE    \nBTWO X  \n901     \n", formats.Form{End: formats.LF, Final: true},
			[]string{`F line 1, record 1 (A), field text, column 2: "a": tolerated: character not allowed: allowed are upper case, digits, space and . , ' - / ( ) & + :`}, nil},
		{"a required field cut off", "A       \nB\nBTWO X  \n901     \n", formats.Form{End: formats.LF, Final: true},
			[]string{"F line 2, record 2 (B), columns 2-8: tolerated: the line ends after 1 of 8 bytes; the rest is read as spaces"},
			[]string{"F line 2, record 2 (B), field text, columns 2-5: value missing"}},
		{"mixed line ends", "A       \nBONE    \r\nBTWO X  \n901     \n", formats.Form{End: formats.LF, Final: true}, nil,
			[]string{"F line 2, record 2 (B): wrong line end: CR LF, LF alone is expected"}},
		{"too long", "A       \nBONE    X\nBTWO X  \n901     \n", formats.Form{End: formats.LF, Final: true}, nil,
			[]string{"F line 2, record 2 (B), column 9: wrong length: 9 bytes, expected 8"}},
		{"behind the filling", "A       \n901     \n99999999\nBONE    \n", formats.Form{End: formats.LF, Final: true, Fillers: 1}, nil,
			[]string{"F line 4, record 3 (B): record out of place: a record behind the lines that fill the last block", "F line 4, record 3 (B): record out of place: the file should have ended before this line"}},
		{"cut in an unbroken file", "A       BONE    BTWO", formats.Form{End: formats.NoEnd, Final: true}, nil, []string{
			"F line 3, record 3 (B), columns 5-8: file cut short: the file ends inside a record, after 4 of 8 bytes",
			"F line 3, record C: file cut short: the file ends here, without its record C",
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			errs, d := decode(t, p, []byte(c.file))
			var warnings []string
			for _, w := range d.Warnings() {
				warnings = append(warnings, w.Error())
			}
			if diff := cmp.Diff(c.errs, errs); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.warnings, warnings); diff != "" {
				t.Error(diff)
			}
			if c.errs != nil {
				return
			}
			if diff := cmp.Diff(c.form, d.Form()); diff != "" {
				t.Error(diff)
			}
			if d.Tally().Bytes != int64(len(c.file)) {
				t.Errorf("%d of %d bytes", d.Tally().Bytes, len(c.file))
			}
			var out bytes.Buffer
			done, err := p.Recode(&out, iotest.OneByteReader(strings.NewReader(c.file)), formats.RecodeOptions{AsRead: true})
			if err != nil {
				t.Fatal(err)
			}
			if out.String() != c.file {
				t.Errorf("encoded again it is\n%q, was\n%q", out.String(), c.file)
			}
			if done.Warned != len(c.warnings) {
				t.Errorf("%d warnings", done.Warned)
			}
			out.Reset()
			if _, err := p.Recode(&out, strings.NewReader(c.file), formats.RecodeOptions{}); (err != nil) != (c.name == "lower case") {
				t.Fatal(err)
			} else if err == nil {
				errs, d := decode(t, p, out.Bytes())
				if errs != nil || d.Warnings() != nil {
					t.Errorf("written strictly it has errors %q and warnings %v", errs, d.Warnings())
				}
			}
		})
	}
}

// mixed has records of different lengths.
const mixed = `layout: mixed
charset: printable
line: {end: [crlf, none]}
structure: A (B | C)* D
records:
  A: {length: 4, match: {1-2: "AA"}, fields: {label: {at: 1, len: 4}}}
  B: {length: 6, match: {1-1: "B"}, fields: {label: {at: 1, len: 6}}}
  C: {length: 9, match: [{label: "C1"}, {label: "C2"}], fields: {label: {at: 1, len: 2}, text: {at: 3, len: 7}}}
  D: {length: 2, match: {1-1: {not: ["A", "B", "C"]}}, fields: {label: {at: 1, len: 2}}}
`

func TestRecordsOfDifferentLength(t *testing.T) {
	p := compile(t, mixed)
	for _, end := range []string{"\r\n", ""} {
		good := "AAxx" + end + "B12345" + end + "C1abcdefg" + end + "C2abcdefg" + end + "B12345" + end + "ZZ" + end
		errs, d := decode(t, p, []byte(good))
		if errs != nil {
			t.Error(errs)
		}
		var out bytes.Buffer
		if _, err := p.Recode(&out, strings.NewReader(good), formats.RecodeOptions{}); err != nil || out.String() != good {
			t.Errorf("%q: %v", out.String(), err)
		}
		if diff := cmp.Diff(map[string]int{"A": 1, "B": 2, "C": 2, "D": 1}, d.Tally().ByType); diff != "" {
			t.Error(diff)
		}
	}
	errs, _ := decode(t, p, []byte("AAxx\r\nB1234\r\nC3abcdefg\r\nC1abcdefg\r\nZZ\r\n"))
	want := []string{
		"F line 2, record 2 (B), column 6: wrong length: 5 bytes, expected 6",
		`F line 3, record 3, columns 1-9: "C3abcdefg": unknown record type: records are A, B, C, D`,
	}
	if diff := cmp.Diff(want, errs); diff != "" {
		t.Error(diff)
	}
}

// slotted has a block of fields three times in one record.
const slotted = `layout: slotted
charset: bank-upper
line: {length: 31, end: lf}
structure: D* T
codes:
  side: {list: [{code: "C", class: credit}, {code: "D", class: debit}]}
records:
  D:
    match: {type: D}
    fields: {type: {at: 1, len: 1}}
    slots:
      part: {at: 2, len: 10, times: 3, fields: {side: {at: 1, len: 1, codes: side}, amount: {at: 2, len: 5, kind: amount, decimals: 2}, name: {at: 7, len: 4, empty: blank}}}
  T:
    match: {type: T}
    fields:
      type: {at: 1, len: 1}
      parts: {at: 2, len: 3, kind: number, compute: {count: D.part}}
      credits: {at: 5, len: 6, kind: amount, decimals: 2, compute: {sum: D.amount, where: {field: side, class: credit}}}
      debits: {at: 11, len: 6, kind: amount, decimals: 2, compute: {sum: D.amount, where: {field: side, class: debit}}}
      number: {at: 17, len: 3, kind: number, compute: {count: D.part, where: {field: side, class: debit}}}
      filler: {at: 20, len: 12, kind: filler}
`

func TestSlots(t *testing.T) {
	p := compile(t, slotted)
	good := lines("\n",
		"DC00100ANNAD00050    C00001BUDI",
		"DD00007CICI                    ",
		"T004000101000057002            ")
	errs, d := decode(t, p, good)
	if errs != nil || d.Unverified() != nil {
		t.Fatal(errs, d.Unverified())
	}
	var out bytes.Buffer
	if _, err := p.Recode(&out, bytes.NewReader(good), formats.RecodeOptions{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(good), out.String()); diff != "" {
		t.Error(diff)
	}
	d = p.NewDecoder(bytes.NewReader(good), formats.DecodeOptions{})
	var got []string
	for d.Next() {
		r := d.Record()
		rec, _ := p.Record(r.Type())
		for _, s := range rec.Slots() {
			for i := range s.Times() {
				if r.Present(s, i) {
					for _, f := range s.Fields(i) {
						got = append(got, f.Name()+"="+string(r.Text(f)))
					}
				}
			}
		}
	}
	want := "side=C amount=00100 name=ANNA side=D amount=00050 name= side=C amount=00001 name=BUDI side=D amount=00007 name=CICI"
	if s := strings.Join(got, " "); s != want {
		t.Error(s)
	}
	bad := bytes.Replace(good, []byte("D00050    C00001BUDI"), []byte("          C00001BUDI"), 1)
	errs, _ = decode(t, p, bad)
	if len(errs) == 0 || !strings.Contains(errs[0], "repetition 3 is there, though the one before it is empty") {
		t.Error(errs)
	}
	bad = bytes.Replace(good, []byte("D00007CICI"), []byte("D0000XCICI"), 1)
	errs, d = decode(t, p, bad)
	if diff := cmp.Diff([]string{`F line 2, record 2 (D), field amount, columns 3-7: "0000X": not a number`}, errs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"T.debits"}, d.Unverified()); diff != "" {
		t.Error(diff)
	}
}
