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
