package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Any one or two rows that are changed, among however many, are found, with
// their columns; where more are changed, none is named rather than a wrong one.
func TestMarksNameWhatWasChanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.Int64Range(1, 3000).Draw(r, "rows")
		width := rapid.IntRange(1, 25).Draw(r, "columns")
		first := rapid.Int64Range(1, 1<<40).Draw(r, "first row")
		cell := func(x int64, c int) string { return fmt.Sprintf("%d of CONTOH %d", c, x%7) }
		k := rapid.IntRange(1, 5).Draw(r, "changed rows")
		changed := make(map[int64]map[int]string)
		var rows []int64
		var columns []int
		for range k {
			x := rapid.Int64Range(1, n).Draw(r, "row")
			if changed[x] == nil {
				changed[x] = make(map[int]string)
				rows = append(rows, x)
			}
			c := rapid.IntRange(0, width-1).Draw(r, "column")
			value := rapid.SampledFrom([]string{"", "0", "CONTOH", cell(x, c) + " ", strings.ToLower(cell(x, c))}).Draw(r, "value")
			changed[x][c] = value
			columns = append(columns, c)
		}
		slices.Sort(rows)
		slices.Sort(columns)
		was, now := &marks{columns: make([]uint32, width)}, &marks{columns: make([]uint32, width)}
		for x := int64(1); x <= n; x++ {
			before, after := []byte(fmt.Sprint(first+x-1)), []byte(fmt.Sprint(first+x-1))
			for c := range width {
				value := cell(x, c)
				before = append(append(before, unitSeparator), value...)
				if v, ok := changed[x][c]; ok {
					value = v
				}
				after = append(append(after, unitSeparator), value...)
			}
			was.add(x, append(before, rowSeparator))
			now.add(x, after)
		}
		read, ok := readMarks(was.String(), width)
		if !ok {
			r.Fatalf("marks %s cannot be read", was)
		}
		d := read.differ(now, n)
		if !slices.Equal(d.columns, slices.Compact(columns)) {
			r.Errorf("columns %v, want %v", d.columns, columns)
		}
		if want := rows; len(rows) <= 2 && !slices.Equal(d.rows, want) || len(rows) > 2 && len(d.rows) > 0 {
			r.Errorf("rows %v, want %v", d.rows, want)
		}
		if d.exchanged {
			r.Error("nothing was exchanged")
		}
	})
	for _, s := range []string{"", "zz", strings.Repeat("0", 63), strings.Repeat("f", 72)} {
		if _, ok := readMarks(s, 1); ok {
			t.Errorf("%q was read", s)
		}
	}
}

// The field's arithmetic, against numbers that can be looked up.
func TestMarksCompute(t *testing.T) {
	for _, a := range []uint64{1, 2, 3, 1 << 60, markPrime - 1, 0x123456789abcdef} {
		if got := times(a, inverse(a)); got != 1 {
			t.Errorf("%d times its inverse is %d", a, got)
		}
		if minus(a, a) != 0 || plus(a, minus(0, a)) != 0 || times(a, 0) != 0 || times(a, 1) != a {
			t.Errorf("%d: plus, minus, times", a)
		}
	}
	if got := times(markPrime-1, markPrime-1); got != 1 {
		t.Errorf("(-1)(-1) = %d", got)
	}
}
