package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// pack is an SQL expression that gives the columns as one text: reading a
// million rows of one text is several times faster than of many columns. The
// columns must not be null.
func pack(columns ...string) string {
	return strings.Join(columns, fmt.Sprintf("||char(%d)||", unitSeparator))
}

// eachPacked calls fn with the columns of each packed row. The slices are valid
// until the next call.
//
// The query itself should have run with a context that cannot end
// (context.WithoutCancel): for one that can, the driver starts a goroutine for
// every row, which costs more than the row. eachPacked watches ctx instead.
func eachPacked(ctx context.Context, rows *sql.Rows, columns int, fn func(f [][]byte) error) error {
	var row sql.RawBytes
	f := make([][]byte, columns)
	for n := 0; rows.Next(); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := rows.Scan(&row); err != nil {
			return err
		}
		rest := []byte(row)
		for i := range columns - 1 {
			at := bytes.IndexByte(rest, unitSeparator)
			if at < 0 {
				return fmt.Errorf("a row has %d columns of %d", i+1, columns)
			}
			f[i], rest = rest[:at], rest[at+1:]
		}
		f[columns-1] = rest
		if err := fn(f); err != nil {
			return err
		}
	}
	return rows.Err()
}

func number(b []byte) (int64, error) {
	var n int64
	if len(b) > 0 && len(b) <= 18 {
		for _, c := range b {
			if c < '0' || c > '9' {
				return strconv.ParseInt(string(b), 10, 64)
			}
			n = n*10 + int64(c-'0')
		}
		return n, nil
	}
	return strconv.ParseInt(string(b), 10, 64)
}
