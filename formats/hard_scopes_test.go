package formats_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bekal/formats"
)

// scopeFile writes a file of groups within groups, and adds up by itself what
// is in each.
type scopeFile struct {
	rng   *rand.Rand
	holds [][]int // by group, the groups that may stand in it
	lines []string
}

// added is what one group, or the file, adds up.
type added struct{ d, e, all, sum, x int }

func (a *added) add(b added) {
	a.d, a.e, a.all, a.sum, a.x = a.d+b.d, a.e+b.e, a.all+b.all, a.sum+b.sum, a.x+b.x
}

func (f *scopeFile) put(line string) { f.lines = append(f.lines, fmt.Sprintf("%-8s", line)) }

// body writes details and groups in any order.
func (f *scopeFile) body(holds []int, depth int) (a added) {
	for range f.rng.IntN(5) {
		switch what := f.rng.IntN(4); {
		case what == 0:
			f.put("E")
			a.add(added{e: 1, all: 1})
		case what == 1 && depth > 0 && len(holds) > 0:
			a.add(f.group(holds[f.rng.IntN(len(holds))], depth-1))
		default:
			v := f.rng.IntN(30)
			one := added{d: 1, all: 1, sum: v}
			k := "Y"
			if f.rng.IntN(2) == 0 {
				k, one.x = "X", v
			}
			f.put(fmt.Sprintf("D%02d%s", v, k))
			a.add(one)
		}
	}
	return a
}

func (f *scopeFile) group(i, depth int) added {
	at := len(f.lines)
	f.put("")
	a := f.body(f.holds[i], depth)
	a.all += 2
	f.lines[at] = fmt.Sprintf("%c%02d%03d  ", "PQRS"[i], a.d+a.e, a.x)
	f.put(fmt.Sprintf("%c%02d%03d%02d", "WXYZ"[i], a.d, a.sum, a.all))
	return a
}

// TestScopesAgainstAnotherSum: totals of groups that stand in one another in
// any way, and share their records, are what a plain walk adds up; each wrong
// one is found, and nothing else is said.
func TestScopesAgainstAnotherSum(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 10))
	for round := range 60 {
		f := &scopeFile{rng: rng, holds: make([][]int, 4)}
		var groups, top []string
		records := []string{"H: n: {at: 2, len: 2, kind: number, compute: {count: [D, E]}}, s: {at: 4, len: 3, kind: number, compute: {sum: D.v, where: {field: k, class: x}}}",
			"D: v: {at: 2, len: 2, kind: number}, k: {at: 4, len: 1, codes: k}", "E:",
			"T: n: {at: 2, len: 2, kind: number, compute: {count: D}}, s: {at: 4, len: 3, kind: number, compute: {sum: D.v}}, all: {at: 7, len: 2, kind: number, compute: {count: \"*\"}}"}
		for i := range 4 {
			body := []string{"D", "E"}
			for j := i + 1; j < 4; j++ {
				if rng.IntN(2) == 0 {
					f.holds[i] = append(f.holds[i], j)
					body = append(body, fmt.Sprintf("g%d", j))
				}
			}
			top = append(top, fmt.Sprintf("g%d", i))
			h, tr := string("PQRS"[i]), string("WXYZ"[i])
			groups = append(groups, fmt.Sprintf("  g%d: %s (%s)* %s\n", i, h, strings.Join(body, " | "), tr))
			records = append(records, fmt.Sprintf("%s: n: {at: 2, len: 2, kind: number, compute: {count: [D, E], scope: g%d}}, s: {at: 4, len: 3, kind: number, compute: {sum: D.v, where: {field: k, class: x}, scope: g%d}}", h, i, i),
				fmt.Sprintf("%s: n: {at: 2, len: 2, kind: number, compute: {count: D, scope: g%d}}, s: {at: 4, len: 3, kind: number, compute: {sum: D.v, scope: g%d}}, all: {at: 7, len: 2, kind: number, compute: {count: \"*\", scope: g%d}}", tr, i, i, i))
		}
		p := compile(t, small("codes:\n  k: {list: [{code: X, class: x}, {code: Y, class: y}]}\ngroups:\n"+strings.Join(groups, ""), "H (D | E | "+strings.Join(top, " | ")+")* T", records...))
		for range 20 {
			f.lines = nil
			f.put("")
			a := f.body([]int{0, 1, 2, 3}, 3)
			if a.all > 97 {
				continue
			}
			f.lines[0] = fmt.Sprintf("H%02d%03d  ", a.d+a.e, a.x)
			f.put(fmt.Sprintf("T%02d%03d%02d", a.d, a.sum, a.all+2))
			file := lines("\n", f.lines...)
			errs, d := decode(t, p, file)
			if errs != nil || d.Unverified() != nil {
				t.Fatalf("round %d: %q, unverified %q\n%s\n%s", round, errs, d.Unverified(), groups, file)
			}
			var out bytes.Buffer
			if _, err := p.Recode(&out, bytes.NewReader(file), formats.RecodeOptions{}); err != nil || !bytes.Equal(file, out.Bytes()) {
				t.Fatalf("round %d: %v", round, err)
			}
			oneWrong(t, rng, p, f.lines)
		}
	}
}

// oneWrong changes one total.
func oneWrong(t *testing.T, rng *rand.Rand, p *formats.Plan, good []string) {
	t.Helper()
	all := slices.Clone(good)
	i := rng.IntN(len(all))
	for strings.ContainsAny(all[i][:1], "DE") {
		i = rng.IntN(len(all))
	}
	b := []byte(all[i])
	b[2] = '0' + (b[2]-'0'+1+byte(rng.IntN(9)))%10
	all[i] = string(b)
	errs, d := decode(t, p, lines("\n", all...))
	if len(errs) != 1 || !strings.Contains(errs[0], fmt.Sprintf("line %d, record %d (%c), field n", i+1, i+1, b[0])) || d.Unverified() != nil {
		t.Fatalf("line %d: %q, unverified %q\n%s", i+1, errs, d.Unverified(), strings.Join(all, "\n"))
	}
}

// TestScopesThatTurn: a scope that ends with the record that begins it anew
// forgets what was in it, whether its end needs a look or not.
func TestScopesThatTurn(t *testing.T) {
	p := compile(t, `layout: turns
charset: bank-upper
line: {length: 4, end: lf}
structure: g* k* s*
groups:
  g: X Y? A? B?
  k: C? E F
  s: N M?
records:
  X: {match: {type: X}, fields: {type: {at: 1, len: 1}, count: {at: 2, len: 3, kind: number, compute: {count: B, scope: g}}}}
  Y: {match: {type: Y}, fields: {type: {at: 1, len: 1}, count: {at: 2, len: 3, kind: number, compute: {count: B, scope: g}}}}
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}, value: {at: 2, len: 3, kind: digits}}}
  B: {match: {type: B}, fields: {type: {at: 1, len: 1}, value: {at: 2, len: 3, kind: digits, compute: {copy: A.value, scope: g}}}}
  C: {match: {type: C}, fields: {type: {at: 1, len: 1}, value: {at: 2, len: 3, kind: digits}}}
  E: {match: {type: E}, fields: {type: {at: 1, len: 1}, value: {at: 2, len: 3, kind: digits, compute: {copy: C.value, scope: k}}}}
  F: {match: {type: F}, fields: {type: {at: 1, len: 1}, rest: {at: 2, len: 3, kind: filler}}}
  N: {match: {type: N}, fields: {type: {at: 1, len: 1}, number: {at: 2, len: 3, kind: number, compute: {sequence: 1, series: s, scope: s}}}}
  M: {match: {type: M}, fields: {type: {at: 1, len: 1}, number: {at: 2, len: 3, kind: number, compute: {sequence: 1, series: s, scope: s}}}}
`)
	set := map[string]string{"X": "count", "Y": "count", "A": "value", "B": "value", "C": "value", "E": "value", "N": "number", "M": "number"}
	for _, c := range []struct {
		records string // each with what is set in it; with nothing, it is filled in
		refused int    // the first that is, from 1; 0 for none
		want    string
	}{
		{"X0 A5 X0 A6", 0, "X000 A005 X000 A006"},
		{"X1 A5 B", 0, "X001 A005 B005"},
		{"X1 A5 B6", 3, "X001 A005"},
		{"X0 A5 X1 B7", 0, "X000 A005 X001 B007"},
		{"X0 A5 X1 B", 0, "X000 A005 X001 B000"},
		{"X0 Y0 X1 Y1 B", 0, "X000 Y000 X001 Y001 B000"},
		{"C5 E F", 0, "C005 E005 F   "},
		{"C5 E F E F", 0, "C005 E005 F    E000 F   "},
		{"C5 E F E7 F", 0, "C005 E005 F    E007 F   "},
		{"N M N", 0, "N001 M002 N001"},
		{"N N2", 2, "N001"},
		{"N M N3", 3, "N001 M002"},
	} {
		for _, rows := range []bool{true, false} {
			var out bytes.Buffer
			e := p.NewEncoder(&out, formats.EncodeOptions{})
			refused := 0
			for i, rec := range strings.Fields(c.records) {
				var fields []formats.Field
				var values []formats.Value
				if v := rec[1:]; v != "" {
					fields, values = append(fields, p.Field(rec[:1], set[rec[:1]])), append(values, formats.TextValue(v))
				}
				var err error
				if rows {
					err = e.WriteRow(p.Row(rec[:1], fields...), values...)
				} else {
					w := e.Begin(rec[:1])
					for k := range fields {
						w.SetText(fields[k], rec[1:])
					}
					err = w.End()
				}
				if err != nil {
					refused = i + 1
					break
				}
			}
			_ = e.Close() // the buffer; what is not complete has been refused
			if got := strings.ReplaceAll(strings.TrimSuffix(out.String(), "\n"), "\n", " "); refused != c.refused || got != c.want {
				t.Errorf("%s, rows %v: record %d was refused, expected %d; %q, expected %q", c.records, rows, refused, c.refused, got, c.want)
			}
		}
	}
}
