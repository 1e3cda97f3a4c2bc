package ledger

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"strconv"
	"strings"
)

// The separators of a row's canonical form, over which the chain is computed.
// No text in the ledger may hold them.
const (
	rowSeparator  = 0x1d
	nullMark      = 0x1e
	unitSeparator = 0x1f
)

// chunkRows is how many rows one INSERT takes: enough that the cost of a call
// from Go into SQLite no longer counts.
const chunkRows = 64

// inserter adds rows to one table within one transaction: it numbers them,
// hashes them for the chain, and writes them in chunks.
type inserter struct {
	t       *tx
	table   string
	columns []string
	first   int64
	last    int64
	sum     hash.Hash
	marks   marks
	row     []byte
	pending []any
	chunk   chunk
}

func (t *tx) into(table string) (*inserter, error) {
	if i, ok := t.tables[table]; ok {
		return i, nil
	}
	columns, ok := t.l.columns[table]
	if !ok {
		return nil, fmt.Errorf("ledger: no table %s", table)
	}
	i := &inserter{t: t, table: table, columns: columns, sum: sha256.New(), marks: marks{columns: make([]uint32, len(columns))}}
	if err := t.GetContext(t.ctx, &i.last, `SELECT coalesce(max(id), 0) FROM `+table); err != nil {
		return nil, fmt.Errorf("ledger: table %s: %w", table, err)
	}
	i.first = i.last + 1
	t.tables[table] = i
	return i, nil
}

// add writes one row at once, in the order of the table's columns after id.
func (t *tx) add(table string, values ...any) (id int64, err error) {
	i, err := t.into(table)
	if err != nil {
		return 0, err
	}
	if id, err = i.append(values...); err != nil {
		return 0, err
	}
	return id, i.flush()
}

// append adds a row that flush, or a full chunk, will write. Values are string,
// int64 (or a type of it that the caller converts), or nil.
func (i *inserter) append(values ...any) (int64, error) {
	if len(values) != len(i.columns) {
		return 0, fmt.Errorf("ledger: table %s: %d values for %d columns", i.table, len(values), len(i.columns))
	}
	id := i.last + 1
	row := strconv.AppendInt(i.row[:0], id, 10)
	for n, v := range values {
		row = append(row, unitSeparator)
		switch v := v.(type) {
		case string:
			if reserved(v) {
				return 0, fmt.Errorf("ledger: table %s, column %s: %q holds a control character", i.table, i.columns[n], v)
			}
			row = append(row, v...)
		case int64:
			row = strconv.AppendInt(row, v, 10)
		case nil:
			row = append(row, nullMark)
		default:
			return 0, fmt.Errorf("ledger: table %s, column %s: a value of type %T", i.table, i.columns[n], v)
		}
	}
	row = append(row, rowSeparator)
	i.row = row
	i.sum.Write(row)
	i.marks.add(id-i.first+1, row)
	i.last = id
	i.pending = append(i.pending, id)
	i.pending = append(i.pending, values...)
	if len(i.pending) == chunkRows*(len(i.columns)+1) {
		return id, i.flush()
	}
	return id, nil
}

// flush writes the rows that are still pending.
func (i *inserter) flush() error {
	if len(i.pending) == 0 {
		return nil
	}
	if err := i.t.ctx.Err(); err != nil {
		return fmt.Errorf("ledger: table %s: %w", i.table, err)
	}
	var err error
	if rows := len(i.pending) / (len(i.columns) + 1); rows == chunkRows {
		err = i.full()
	} else {
		err = i.some(rows)
	}
	i.pending = i.pending[:0]
	if err != nil {
		return fmt.Errorf("ledger: table %s: %w", i.table, err)
	}
	return nil
}

// flush writes every table's pending rows, so that they can be read.
func (t *tx) flush() error {
	// Parents come before their children: foreign keys are checked at once.
	for _, table := range []string{"deposits", "roster_lines", "answers", "mismatches"} {
		if i, ok := t.tables[table]; ok {
			if err := i.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// packed is the SQL expression of a row's canonical form without its separator:
// one text for the whole row, which is several times faster to read than its
// columns one by one.
func packed(columns []string) string {
	var b strings.Builder
	b.WriteString("id")
	for _, c := range columns {
		fmt.Fprintf(&b, "||char(%d)||coalesce(%s,char(%d))", unitSeparator, c, nullMark)
	}
	return b.String()
}

// reserved says whether a text holds a byte that a row may not hold.
func reserved(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == 0 || c >= rowSeparator && c <= unitSeparator {
			return true
		}
	}
	return false
}
