package formats_test

import (
	"bytes"
	"strings"
	"testing"

	"bekal/formats"
)

// TestJSONThatIsHard: whatever order the fields come in, the result is the
// same; nothing of the JSON is lost without a word.
func TestJSONThatIsHard(t *testing.T) {
	p := compile(t, small("", "D*", "D: v: {at: 2, len: 4, kind: amount, decimals: {field: p, most: 3}, sign: {field: s, minus: D, plus: C}}, s: {at: 6, len: 1}, p: {at: 7, len: 1, kind: digits}, o: {at: 8, len: 1, empty: blank}"))
	for _, c := range []struct{ records, want, problem string }{
		{`{"record": "D", "values": {"v": "-1.5", "s": "D", "p": "2"}}`, "D0150D2 \n", ""},
		{`{"values": {"p": "2", "v": "-1.5"}, "record": "D"}`, "D0150D2 \n", ""},
		{`{"record": "D", "line": 7, "errors": ["x"], "values": {"v": "-1.5", "o": "X"}}`, "D0015D1X\n", ""},
		{`{"record": "D", "values": {"v": "-1.5", "s": "C", "p": "1"}}`, "", "field s says the other sign"},
		{`{"record": "D", "values": {"v": "-1.5", "v": "-2.5"}}`, "", `record 1: "v" is given twice`},
		{`{"record": "D", "values": {"v": "-1.5"}, "values": {"v": "-2.5"}}`, "", `record 1: "values" is given twice`},
		{`{"record": "D", "Values": {"v": "-1.5"}}`, "", `"Values" is no key of a record`},
		{`{"record": "D", "values": {"v": "-1.5"}, "value": {"o": "X"}}`, "", `"value" is no key of a record`},
		{`{"record": "D", "values": {"v": 1.5}}`, "", `field v: a text is expected`},
		{`{"record": "D", "values": {"v": ["1.5"]}}`, "", `slot v: a list of objects is expected`},
		{`{"record": "D", "values": {"v": [{"x": "1.5"}]}}`, "", `there is no slot "v"`},
		{`{"record": "D", "values": {"w": "1.5"}}`, "", `there is no field "w"`},
		{`{"record": "D", "raw": "D0015D1X"}`, "", `it could not be read when the JSON was made`},
		{`null`, "", `"{" is expected`},
	} {
		for range 20 { // a map is walked in another order each time
			var out bytes.Buffer
			err := p.ReadJSON(&out, strings.NewReader(`{"layout": "tiny", "records": [`+c.records+`]}`), formats.EncodeOptions{})
			if c.problem == "" && (err != nil || out.String() != c.want) || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
				t.Fatalf("%s: %q, %v", c.records, out.String(), err)
			}
		}
	}
	for whole, problem := range map[string]string{
		`{"records": [{"record": "D", "values": {"v": "1"}}], "records": []}`: `"records" is given twice`,
		`{"layout": "tiny", "layout": "tiny"}`:                                `"layout" is given twice`,
		`{"records": null}`:                                                   `"[" is expected`,
		`{"records": []} {}`:                                                  `there is something behind`,
		`{"records": [`:                                                       `EOF`,
		`{"records": [{"record": "D", "values": {"v": "1"}}], "line_end": "x"}`: `no line end "x"`,
	} {
		if err := p.ReadJSON(&bytes.Buffer{}, strings.NewReader(whole), formats.EncodeOptions{}); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: %v", whole, err)
		}
	}
	two := compile(t, small("line: {length: 8, end: [lf, crlf]}", "D*", "D:"))
	if err := two.ReadJSON(&bytes.Buffer{}, strings.NewReader(`{"records": [{"record": "D"}], "line_end": "crlf"}`), formats.EncodeOptions{}); err == nil || !strings.Contains(err.Error(), "line_end stands behind the records") {
		t.Error(err)
	}
}

// TestJSONSlots: repetitions are read field by field in any order, and a gap is
// refused with its reason.
func TestJSONSlots(t *testing.T) {
	p := compile(t, `layout: slotted
charset: bank-upper
line: {length: 8, end: lf}
structure: D*
records:
  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, rest: {at: 8, len: 1, kind: filler}}, slots: {s: {at: 2, len: 2, times: 3, fields: {v: {at: 1, len: 1, kind: amount, sign: {field: c, minus: D, plus: C}}, c: {at: 2, len: 1}}}}}
`)
	for _, c := range []struct{ slots, want, problem string }{
		{`[{"v": "-5"}, {"c": "C", "v": "7"}]`, "D5D7C   \n", ""},
		{`[]`, "D       \n", ""},
		{`[{"v": "5", "c": "D"}]`, "", "field c says the other sign"},
		{`[{}, {"v": "5"}]`, "", "field s, columns 4-5: record out of place: repetition 2 is there, though the one before it is empty"},
		{`[{"v": "5", "v": "6"}]`, "", `"v" is given twice`},
		{`[{"w": "5"}]`, "", `slot s has no field "w"`},
		{`[null]`, "", "a list of objects is expected"},
		{`[{"v": "1"}, {"v": "1"}, {"v": "1"}, {"v": "1"}]`, "", "slot s stands in the record 3 times, not 4"},
	} {
		for range 10 {
			var out bytes.Buffer
			err := p.ReadJSON(&out, strings.NewReader(`{"records": [{"record": "D", "values": {"s": `+c.slots+`}}]}`), formats.EncodeOptions{})
			if c.problem == "" && (err != nil || out.String() != c.want) || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
				t.Fatalf("%s: %q, %v", c.slots, out.String(), err)
			}
		}
	}
}

// TestCSVOfWhatCannotBeRead: bytes that should be a number may be anything, a
// formula too.
func TestCSVOfWhatCannotBeRead(t *testing.T) {
	p := compile(t, small("", "D*", "D: n: {at: 2, len: 4, kind: digits}, v: {at: 6, len: 3, kind: number, sign: leading}"))
	for _, table := range []string{"D", ""} {
		var out bytes.Buffer
		if err := p.WriteCSV(&out, strings.NewReader("D=A+1-05\nD1234@X \n"), table, formats.DecodeOptions{}); err == nil {
			t.Error("the file is not clean")
		}
		for _, cell := range []string{",'=A+1", ",-5\n", ",1234", ",'@X\n"} {
			if !strings.Contains(out.String(), cell) {
				t.Errorf("no %q in %q", cell, out.String())
			}
		}
	}
}
