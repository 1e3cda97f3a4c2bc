package ledger

import "math"

// difference is what the marks of a link and those of the rows that are there
// now tell of the rows that were changed.
type difference struct {
	rows      []int64 // counted from 1 within the link; empty when it cannot be told
	exchanged bool    // two rows stand in one another's place
	columns   []int   // counted from 0, after id
}

// differ compares the marks that were sealed with those of n rows now.
func (m *marks) differ(now *marks, n int64) difference {
	var d difference
	for c := range m.columns {
		if m.columns[c] != now.columns[c] {
			d.columns = append(d.columns, c)
		}
	}
	var s [4]uint64
	for k := range s {
		s[k] = minus(m.rows[k], now.rows[k])
	}
	if x, ok := oneRow(s, n); ok {
		d.rows = []int64{x}
		return d
	}
	if x, y, ok := twoRows(s, n); ok {
		d.rows = []int64{x, y}
		d.exchanged = s[0] == 0 // no value is lost and none is new
	}
	return d
}

// oneRow solves s[k] = e·x^k.
func oneRow(s [4]uint64, n int64) (int64, bool) {
	if s[0] == 0 {
		return 0, false
	}
	x := times(s[1], inverse(s[0]))
	if x < 1 || x > uint64(n) || times(s[1], x) != s[2] || times(s[2], x) != s[3] {
		return 0, false
	}
	return int64(x), true
}

// twoRows solves s[k] = e·x^k + f·y^k, where s[k+2] = (x+y)·s[k+1] - xy·s[k].
func twoRows(s [4]uint64, n int64) (x, y int64, ok bool) {
	d := minus(times(s[0], s[2]), times(s[1], s[1]))
	if d == 0 {
		return 0, 0, false
	}
	d = inverse(d)
	sum := times(minus(times(s[0], s[3]), times(s[1], s[2])), d)
	product := times(minus(times(s[1], s[3]), times(s[2], s[2])), d)
	// Both rows are small numbers, so their sum and product are themselves and
	// not only what is left of them in the field.
	if n > 1<<30 || sum > 2*uint64(n) || product > uint64(n)*uint64(n) {
		return 0, 0, false
	}
	square := int64(sum*sum) - 4*int64(product)
	if square <= 0 {
		return 0, 0, false
	}
	root := int64(math.Sqrt(float64(square)))
	for ; root*root > square; root-- {
	}
	for ; (root+1)*(root+1) <= square; root++ {
	}
	x, y = (int64(sum)-root)/2, (int64(sum)+root)/2
	if root*root != square || x < 1 || y > n || x+y != int64(sum) || x*y != int64(product) {
		return 0, 0, false
	}
	return x, y, true
}
