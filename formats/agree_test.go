package formats

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func filePlan(tb testing.TB, name string) *Plan {
	tb.Helper()
	file := filepath.Join("layouts", name+".yaml")
	src, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := Parse(file, src)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := l.Compile()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// agree checks that the quick program and the slow examination say the same
// of a record, and read the same numbers.
func agree(t testing.TB, r *RecordPlan, raw []byte, strict bool) {
	t.Helper()
	if what := disagreement(r, raw, strict); what != "" {
		t.Fatal(what)
	}
}

// disagreement says how the two differ; "" when they do not.
func disagreement(r *RecordPlan, raw []byte, strict bool) string {
	window := append(bytes.Clone(raw), "@@@@@@@@"...)
	ops := r.reading
	if strict {
		ops = r.writing
	}
	quick, slow := make([]int64, r.numbers), make([]int64, r.numbers)
	ok := run(ops, window, quick)
	var bad fieldSet
	errs := r.examineRecord(raw, strict, slow, &bad)
	if ok != (len(errs) == 0) {
		return fmt.Sprintf("record %s, strict %v: quick says %v, slow says %v\n%q", r.Name(), strict, ok, errs, raw)
	}
	if !ok {
		return ""
	}
	for i := range r.fields {
		if f := &r.fields[i]; (f.numeric() || f.closed) && quick[i] != slow[i] {
			return fmt.Sprintf("%s.%s of %q is %d and %d", r.Name(), f.def.Name, raw, quick[i], slow[i])
		}
	}
	return ""
}

// oneOfEach are records of a layout, as they stand in files that are right: some
// of each type.
func oneOfEach(tb testing.TB, p *Plan) map[*RecordPlan][][]byte {
	tb.Helper()
	out := map[*RecordPlan][][]byte{}
	for seed := uint64(0); len(out) < len(p.records) || seed < 5; seed++ {
		if seed > 2000 {
			tb.Fatalf("%s: %d of %d records were found", p.Name(), len(out), len(p.records))
		}
		f, err := newWholeFile(p, seed, rand.New(rand.NewPCG(seed, 1)).IntN)
		if err != nil {
			tb.Fatal(err)
		}
		for _, rec := range f.readRecords().records {
			if len(out[rec.r]) < 5 {
				out[rec.r] = append(out[rec.r], rec.raw)
			}
		}
	}
	return out
}

// TestQuickAndSlowAgree mutates good records of all layouts in many ways.
func TestQuickAndSlowAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	marks := []byte("0123456789 09 AZaz.'*+-}J\x00\x1f\x7f\x80\xb1\xc3\xff/:@[`{~")
	for _, p := range everyLayout(t) {
		good := oneOfEach(t, p)
		for _, r := range p.records {
			for range 1000 {
				raw := bytes.Clone(good[r][rng.IntN(len(good[r]))])
				f := &r.fields[rng.IntN(len(r.fields))]
				b := raw[f.off : f.off+f.n]
				switch rng.IntN(5) {
				case 0:
					b[rng.IntN(f.n)] = marks[rng.IntN(len(marks))]
				case 1:
					c := marks[rng.IntN(len(marks))]
					for i := range b {
						b[i] = c
					}
				case 2:
					for i := range b {
						b[i] = '0' + byte(rng.IntN(10))
					}
				case 3:
					for i := rng.IntN(f.n); i < f.n; i++ {
						b[i] = marks[rng.IntN(12)]
					}
				case 4: // what another record has there
					copy(b, good[r][rng.IntN(len(good[r]))][f.off:])
				}
				agree(t, r, raw, false)
				agree(t, r, raw, true)
			}
		}
	}
}

func TestDigits(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 100_000 {
		n := 1 + rng.IntN(maxDigits)
		v := rng.Uint64() % pow10[n]
		if rng.IntN(4) == 0 {
			v %= pow10[1+rng.IntN(n)]
		}
		b := make([]byte, n)
		if !putDigits(b, v) {
			t.Fatalf("%d does not fit into %d digits", v, n)
		}
		got, ok := readDigits(b)
		if !ok || uint64(got) != v {
			t.Fatalf("%d was written as %s", v, b)
		}
		if n < maxDigits && putDigits(b, pow10[n]+v) {
			t.Fatalf("%d fits into %d digits", pow10[n]+v, n)
		}
	}
	wide := make([]byte, 30)
	if !putDigits(wide, 123456789012345678) || string(wide) != "000000000000123456789012345678" {
		t.Errorf("wide: %s", wide)
	}
	for n := 1; n <= 8; n++ {
		w := word8("87654321")
		if n < 8 {
			w = part([]byte("87654321"), n)
		}
		if v := value8(w); v != 87654321/pow10[8-n] {
			t.Errorf("first %d digits: %d", n, v)
		}
	}
	for i := range 8 {
		for c := range 256 {
			b := []byte("00000000")
			b[i] = byte(c)
			if digit := c >= '0' && c <= '9'; allDigits(word8(string(b))) != digit {
				t.Errorf("byte %#x at %d: digit %v", c, i, !digit)
			}
			window := append(bytes.Repeat([]byte{' '}, 11), "\x00\x00\x00\x00\x00"...)
			window[i+3] = byte(c)
			if printable := c >= ' ' && c <= '~'; isPrintable(window, 11) != printable {
				t.Errorf("byte %#x at %d: printable %v", c, i, !printable)
			}
		}
	}
}

func TestValidDate(t *testing.T) {
	good := []uint64{20260101, 20260228, 20240229, 20000229, 20261231, 19000101, 21991231}
	bad := []uint64{0, 20260229, 21000229, 20260431, 20261301, 20260001, 20260100, 18991231, 22000101, 99999999, 20260132}
	for _, v := range good {
		if !validDate(v) {
			t.Errorf("%d is a date", v)
		}
	}
	for _, v := range bad {
		if validDate(v) {
			t.Errorf("%d is no date", v)
		}
	}
}

// TestAccumulatorsAreShared: the nine totals of a settlement file cost a
// record two additions.
func TestAccumulatorsAreShared(t *testing.T) {
	r, _ := filePlan(t, "bri-settlement").Record("D")
	if len(r.feeds) != 2 {
		t.Errorf("a record feeds %d accumulators: %+v", len(r.feeds), r.feeds)
	}
}

func TestSumsBeyond64Bits(t *testing.T) {
	p := filePlan(t, "bri-settlement")
	s := newSums(p, nil)
	r, _ := p.Record("D")
	f, _ := p.field("D", "amount")
	numbers := make([]int64, r.numbers)
	numbers[f.index] = 1<<63 - 1
	for range 5 {
		s.feed(r, numbers)
	}
	i := slices.IndexFunc(p.totals, func(t total) bool { return t.field.def.Name == "total" })
	c := s.compute(&p.totals[i])
	if c.String() != "46116860184273879035" || c.equals(1<<63-5) {
		t.Errorf("the sum is %s", c)
	}
}

func timeOf(unix int64) time.Time { return time.Unix(unix, 0).UTC() }
