package formats_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"bekal/formats"
)

// much is how many times as long as an ordinary layout one may take that asks for
// all that it can get. Without bounds it is hours.
const much = 50_000

// ordinary is how long it takes to read and compile a layout of a few records.
func ordinary(t *testing.T) time.Duration {
	t.Helper()
	layout := []byte(small("", "H D* T", "H:", "D: n: {at: 2, len: 2, kind: number}", "T: n: {at: 2, len: 2, kind: number, compute: {count: D}}"))
	const times = 20
	start := time.Now()
	for range times {
		l, err := formats.Parse("ordinary.yaml", layout)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Compile(); err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(start) / times
}

// TestLayoutsThatAreTooMuch: whatever a layout asks for, it is refused in a
// moment and with a few megabytes, or it works.
func TestLayoutsThatAreTooMuch(t *testing.T) {
	join := func(n int, between string, one func(int) string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = one(i)
		}
		return strings.Join(parts, between)
	}
	numbered := func(format string) func(int) string {
		return func(i int) string { return strings.ReplaceAll(format, "#", fmt.Sprint(i)) }
	}
	head := "layout: big\ncharset: bank-upper\nline: {length: 8, end: lf}\n"
	d := "records:\n  D: {match: {type: D}, fields: {type: {at: 1, len: 1}, f: {at: 2, len: 7, kind: filler}}}\n"
	codes := func(n int) string {
		return "codes:\n  c:\n    list: [\n      " + join(n, ",\n      ", numbered("{code: C#, class: x}")) + "\n    ]\n"
	}
	amounts := func(compute string) string {
		return join(240, "", func(i int) string {
			return fmt.Sprintf("      s%d: {at: %d, len: 1, kind: number%s}\n", i, i+7, strings.ReplaceAll(compute, "#", fmt.Sprint(i)))
		})
	}
	many := func(name, compute string) string {
		return "  " + name + ":\n    match: {type: " + name + "}\n    fields:\n      type: {at: 1, len: 1}\n      c: {at: 2, len: 5, codes: c}\n" + amounts(compute)
	}
	for _, c := range []struct{ name, layout, problem string }{
		{"groups in groups", head + "structure: g0\n" + d + "groups:\n" + join(9000, "", func(i int) string { return fmt.Sprintf("  g%d: g%d*\n", i, i+1) }) + "  g9000: D\n", "nested more than 100 deep"},
		{"groups as often as can be", head + "structure: g0\n" + d + "groups:\n" + join(20, "", func(i int) string { return fmt.Sprintf("  g%d: g%d g%d?\n", i, i+1, i+1) }) + "  g20: D\n", "more than 1000 places"},
		{"alternatives", head + "structure: (" + join(990, " | ", numbered("R#")) + ")*\nrecords:\n" + join(990, "", func(i int) string {
			return fmt.Sprintf("  R%d: {match: {type: \"%04d\"}, fields: {type: {at: 1, len: 4}, f: {at: 5, len: 4, kind: filler}}}\n", i, i)
		}), "more than 262144 moves"},
		{"fewer alternatives", head + "structure: (" + join(400, " | ", numbered("R#")) + ")*\nrecords:\n" + join(400, "", func(i int) string {
			return fmt.Sprintf("  R%d: {match: {type: \"%04d\"}, fields: {type: {at: 1, len: 4}, f: {at: 5, len: 4, kind: filler}}}\n", i, i)
		}), ""},
		{"records", head + "structure: D*\n" + d + join(2000, "", numbered("  R#: {length: 32768, match: {a: A}, fields: {a: {at: 1, len: 32768, const: A}}}\n")), "more than 1000"},
		{"fields on one another", head + "structure: R0*\nrecords:\n" + join(30, "", func(i int) string {
			return fmt.Sprintf("  R%d:\n    length: 32768\n    match: {a0: A}\n    fields:\n", i) + join(250, "", numbered("      a#: {at: 1, len: 32768, const: A}\n"))
		}), "overlap"},
		{"fields beyond the record", head + "structure: R0*\nrecords:\n  R0:\n    match: {a0: A}\n    fields:\n" + join(250, "", numbered("      a#: {at: 1, len: 1048576, const: A}\n")), "overlap"},
		{"slots", head + "structure: D*\nrecords:\n  D:\n    match: {type: D}\n    fields: {type: {at: 1, len: 1}}\n    slots:\n" +
			join(3000, "", numbered("      s#: {at: 2, len: 1, times: 256, fields: {a#: {at: 1, len: 1}, b#: {at: 1, len: 1}}}\n")), "more than 256 fields"},
		{"codes in a long field", head + codes(9000) + "structure: D*\nrecords:\n  D: {length: 32001, match: {type: D}, fields: {type: {at: 1, len: 1}, c: {at: 2, len: 32000, codes: c}}}\n", "take more than 67108864 bytes"},
		{"codes in many fields", head + codes(9000) + "structure: D*\nrecords:\n  D:\n    length: 1501\n    match: {type: D}\n    fields:\n      type: {at: 1, len: 1}\n" +
			join(250, "", func(i int) string { return fmt.Sprintf("      c%d: {at: %d, len: 6, codes: c}\n", i, i*6+2) }), "take more than 67108864 bytes"},
		{"totals of codes", strings.Replace(head, "length: 8", "length: 246", 1) + codes(9000) + "structure: D* E\nrecords:\n" + many("D", "") + many("E", ", compute: {sum: D.s#, where: {field: c, class: x}}"), "at most 1048576 are kept"},
		{"totals of fewer codes", strings.Replace(head, "length: 8", "length: 246", 1) + codes(4000) + "structure: D* E\nrecords:\n" + many("D", "") + many("E", ", compute: {sum: D.s#, where: {field: c, class: x}}"), ""},
		{"totals at many places", strings.Replace(head, "length: 8", "length: 246", 1) + codes(2) + "structure: (" + strings.Repeat(" D E", 490) + ")*\nrecords:\n" + many("D", "") + many("E", ", compute: {sum: D.s#, where: {field: c, class: x}}"), ""},
		{"values of a match", head + "structure: D*\nrecords:\n  D:\n    match:\n      1-5: [\n" + join(9000, ",\n", numbered("A#")) + "]\n    fields: {type: {at: 1, len: 8}}\n", "more than 1000"},
		{"alternatives of a match", head + "structure: D*\nrecords:\n  D:\n    match:\n" + join(9000, "", func(i int) string { return fmt.Sprintf("      - {1-5: A%04d}\n", i) }) + "    fields: {type: {at: 1, len: 8}}\n", "more than 1000"},
		{"lines", head + strings.Repeat("#\n", 10000), "more than 10000 lines"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			unit := ordinary(t)
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			l, err := formats.Parse("big.yaml", []byte(c.layout))
			var p *formats.Plan
			if err == nil {
				p, err = l.Compile()
			}
			if p != nil {
				p.NewDecoder(strings.NewReader("D"), formats.DecodeOptions{}).Next()
			}
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if c.problem == "" && err != nil || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
				t.Errorf("%.500v", err)
			}
			mb := (after.TotalAlloc - before.TotalAlloc) >> 20
			unit = max(unit, ordinary(t)) // the machine may have become busy meanwhile
			t.Logf("%d bytes: %d times an ordinary layout, %d MB", len(c.layout), took/unit, mb)
			if took > much*unit || mb > 500 {
				t.Errorf("%d bytes take %d times as long as an ordinary layout, and %d MB", len(c.layout), took/unit, mb)
			}
		})
	}
}

// endless repeats something.
type endless struct {
	what string
	left int
}

func (e *endless) Read(b []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n+len(e.what) <= len(b) && e.left > 0 {
		n += copy(b[n:], e.what)
		e.left -= len(e.what)
	}
	if n == 0 {
		n = copy(b, e.what[:min(len(b), len(e.what))])
		e.left -= n
	}
	return n, nil
}

// TestFilesThatAreTooMuch: a long file of anything takes no more memory than a
// short one, and no more time for a byte.
func TestFilesThatAreTooMuch(t *testing.T) {
	layout := small("tolerate: [short-lines, long-lines, blank-lines, lower-case, end-mark, unaligned]\ncodes:\n  c: {list: [{code: A, class: x}]}\ngroups:\n  g: D N?", "H? g* T", "H: n: {at: 2, len: 2, kind: number, compute: {count: D}}",
		"D: n: {at: 2, len: 2, kind: number, compute: {count: N, scope: g}}, x: {at: 4, len: 2}, k: {at: 6, len: 1, codes: c}", "N: n: {at: 2, len: 2, kind: number, compute: {copy: D.n, scope: g}}", "T:")
	p := compile(t, layout)
	for _, what := range []string{"\n", "x", "D99abA  \n", "D00ab\n", "D00abA    \n", "D00abA  \n", "D01abA  \nN01     \n", "T       \n", "\x1a\n", "\xff\xfe\n", "  \n", "\r\n", strings.Repeat("D", 70000) + "\n", "D00ab" + strings.Repeat(" ", 65000) + "\n"} {
		decode := func(size int) (held uint64, took time.Duration) {
			runtime.GC()
			start := time.Now()
			d := p.NewDecoder(&endless{what, size}, formats.DecodeOptions{})
			for d.Next() {
			}
			_ = d.Err()
			took = time.Since(start)
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			runtime.KeepAlive(d)
			return m.HeapAlloc, took
		}
		const times = 8
		short, shortTook := decode(1 << 17)
		long, longTook := decode(times << 17)
		// What grew with the square of the length would take 64 times as long.
		const slack = 100 * time.Millisecond
		if long > short+1<<18 || longTook > 4*times*(shortTook+slack) {
			t.Errorf("%.20q: %d bytes held and %v for a short file, %d and %v for one %d times as long", what, short, shortTook, long, longTook, times)
		}
	}
}

// TestDetectionOfAnything: no beginning of a file is too strange to be looked
// at.
func TestDetectionOfAnything(t *testing.T) {
	p := compile(t, small("", "H D*", "H:", "D:"))
	for _, head := range []string{"", "\n", "\r", "\x00", "H", "H       ", strings.Repeat("H", 1<<20), strings.Repeat("\x00", 1<<18), strings.Repeat("\n", 1<<18), strings.Repeat("H       \n", 1<<14), "\xef\xbb\xbfH       \n"} {
		if p.Fits([]byte(head)) != strings.HasPrefix(head, "H       \n") {
			t.Errorf("%.20q fits: %v", head, !strings.HasPrefix(head, "H       \n"))
		}
		p.Faults([]byte(head))
		if formats.JSONLayout([]byte(head)) != "" {
			t.Errorf("%.20q is JSON", head)
		}
	}
	if p.Faults(bytes.Repeat([]byte("H       \n"), 3)) == 0 || p.Faults([]byte("H       \nD       \nD   ")) != 0 {
		t.Error("faults")
	}
}
