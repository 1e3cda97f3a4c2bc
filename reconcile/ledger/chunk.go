package ledger

import (
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
)

// How a column of a full chunk is bound. A call into SQLite for every value is
// what adding rows costs most; ids and lines mostly count up, and many columns
// are the same in every row, so that their first value is enough.
const (
	boundEach   = 'e'
	boundOnce   = 's' // the same in every row
	boundCounts = 'c' // one more in each row
)

// mostShapes bounds how many statements are kept for full chunks of a table.
const mostShapes = 16

// chunk writes full chunks of an inserter's rows.
type chunk struct {
	stmts map[string]*sqlx.Stmt // by the shape of the chunk: a letter for each column
	shape []byte
	args  []any
}

// full writes the pending rows, which are a full chunk.
func (i *inserter) full() error {
	width := len(i.columns) + 1
	c := &i.chunk
	c.shape, c.args = c.shape[:0], c.args[:0]
	for column := range width {
		c.shape = append(c.shape, shapeOf(i.pending[column:], width))
	}
	stmt, ok := c.stmts[string(c.shape)]
	if !ok {
		if len(c.stmts) == mostShapes {
			return i.some(chunkRows)
		}
		var err error
		if stmt, err = i.t.PreparexContext(i.t.steady, i.insert(chunkRows, c.shape)); err != nil {
			return err
		}
		if c.stmts == nil {
			c.stmts = make(map[string]*sqlx.Stmt)
		}
		c.stmts[string(c.shape)] = stmt
	}
	for n, v := range i.pending {
		if n < width || c.shape[n%width] == boundEach {
			c.args = append(c.args, v)
		}
	}
	_, err := stmt.ExecContext(i.t.steady, c.args...)
	return err
}

// some writes the pending rows, of which there are so many.
func (i *inserter) some(rows int) error {
	_, err := i.t.ExecContext(i.t.steady, i.insert(rows, nil), i.pending...)
	return err
}

// shapeOf looks at the values of a column: every width-th one.
func shapeOf(values []any, width int) byte {
	first, isInt := values[0].(int64)
	once, counts := true, isInt
	for n, row := width, int64(1); n < len(values) && (once || counts); n, row = n+width, row+1 {
		once = once && values[n] == values[0]
		if counts {
			v, ok := values[n].(int64)
			counts = ok && v == first+row
		}
	}
	switch {
	case once:
		return boundOnce
	case counts:
		return boundCounts
	}
	return boundEach
}

// insert is the statement for so many rows. The first row binds every column;
// shape, which may be nil, says which of them the others bind again.
func (i *inserter) insert(rows int, shape []byte) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + i.table + " (id," + strings.Join(i.columns, ",") + ") VALUES ")
	width := len(i.columns) + 1
	bound := 0
	for row := range rows {
		separator := ",("
		if row == 0 {
			separator = "("
		}
		for column := range width {
			b.WriteString(separator + "?")
			separator = ","
			if row == 0 || shape == nil || shape[column] == boundEach {
				bound++
				b.WriteString(strconv.Itoa(bound))
				continue
			}
			b.WriteString(strconv.Itoa(column + 1))
			if shape[column] == boundCounts {
				b.WriteString("+" + strconv.Itoa(row))
			}
		}
		b.WriteByte(')')
	}
	return b.String()
}
