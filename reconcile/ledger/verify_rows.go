package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// seal is a line of a link's content: the rows of one table that it sealed.
type seal struct {
	table       string
	first, last int64
	sum         string
	marks       string // empty in links from before there were marks
}

func readSeal(line string) (seal, bool) {
	f := strings.Fields(line)
	if len(f) != 4 && len(f) != 5 {
		return seal{}, false
	}
	s := seal{table: f[0], sum: f[3]}
	var errs [2]error
	s.first, errs[0] = strconv.ParseInt(f[1], 10, 64)
	s.last, errs[1] = strconv.ParseInt(f[2], 10, 64)
	if len(f) == 5 {
		s.marks = f[4]
	}
	return s, errs[0] == nil && errs[1] == nil && s.first > 0 && s.last >= s.first
}

// rows recomputes what one link says of the rows that it sealed.
func (v *verification) rows(k Link) error {
	for line := range strings.Lines(k.Content) {
		s, ok := readSeal(line)
		if !ok {
			return &Break{Link: k.ID, What: fmt.Sprintf("its content %q cannot be read", line)}
		}
		columns, ok := v.l.columns[s.table]
		if !ok {
			return &Break{Link: k.ID, Table: s.table, What: "the table is gone"}
		}
		if s.first != v.covered[s.table]+1 {
			return &Break{Link: k.ID, Table: s.table, First: s.first, Last: s.last, What: fmt.Sprintf("it should begin with row %d", v.covered[s.table]+1)}
		}
		v.covered[s.table] = s.last
		now, err := v.digest(s.table, columns, s.first, s.last, false)
		if err != nil {
			return err
		}
		if now.rows != s.last-s.first+1 {
			return v.missing(k, s)
		}
		if now.sum != s.sum {
			return v.changed(k, s, columns)
		}
		v.done.Rows += now.rows
	}
	return nil
}

// holds is an SQL expression for a value that holds a byte, whatever its type.
func holds(column string, c byte) string {
	return fmt.Sprintf(`coalesce(instr(CAST(%s AS BLOB), x'%02x'), 0) > 0`, column, c)
}

// missing names the rows that a link has sealed and that are not there.
func (v *verification) missing(k Link, s seal) error {
	b := &Break{Link: k.ID, Table: s.table}
	rows, err := v.db.QueryContext(v.ctx, `SELECT id FROM `+s.table+` WHERE id BETWEEN ? AND ? ORDER BY id`, s.first, s.last)
	if err != nil {
		return fmt.Errorf("ledger: read %s: %w", s.table, err)
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	next, there := s.first, int64(0)
	gap := func(to int64) {
		for ; next < to && len(b.Rows) <= mostRows; next++ {
			b.Rows = append(b.Rows, next)
		}
		next = to + 1
	}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("ledger: read %s: %w", s.table, err)
		}
		gap(id)
		there++
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("ledger: read %s: %w", s.table, err)
	}
	gap(s.last + 1)
	b.What = fmt.Sprintf("removed: of %d rows that were sealed after %s, %d are there", s.last-s.first+1, k.when(), there)
	return b
}

// changed names the rows and columns of a link that are not what they were.
func (v *verification) changed(k Link, s seal, columns []string) error {
	b := &Break{Link: k.ID, Table: s.table, First: s.first, Last: s.last, What: "a row was changed after " + k.when()}
	for _, c := range columns {
		ids, err := v.ids(fmt.Sprintf(`SELECT id FROM %s WHERE id BETWEEN ? AND ? AND (%s OR %s) ORDER BY id`, s.table, holds(c, unitSeparator), holds(c, rowSeparator)), s.first, s.last)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			// It would shift what the marks say of the columns after it.
			b.Rows, b.Columns = ids, []string{c}
			return b
		}
	}
	was, ok := readMarks(s.marks, len(columns))
	if !ok {
		return b
	}
	now, err := v.digest(s.table, columns, s.first, s.last, true)
	if err != nil {
		return err
	}
	d := was.differ(&now.marks, now.rows)
	for _, c := range d.columns {
		b.Columns = append(b.Columns, columns[c])
	}
	for _, x := range d.rows {
		b.Rows = append(b.Rows, s.first+x-1)
	}
	switch {
	case d.exchanged:
		b.What = "the rows were exchanged after " + k.when()
	case len(b.Rows) == 2:
		b.What = "both rows were changed after " + k.when()
	case len(b.Rows) == 0 && s.first < s.last:
		b.What = "several rows were changed after " + k.when()
	}
	return b
}

// when says of what a link is, in the middle of a sentence.
func (k Link) when() string { return fmt.Sprintf("%q (%s, by %s)", k.Action, k.At, plain(k.Actor)) }

// digested is what rows come to.
type digested struct {
	rows  int64
	sum   string
	marks marks // only where they are asked for
}

func (v *verification) digest(table string, columns []string, first, last int64, withMarks bool) (digested, error) {
	rows, err := v.db.QueryContext(context.WithoutCancel(v.ctx), `SELECT `+packed(columns)+` FROM `+table+` WHERE id BETWEEN ? AND ? ORDER BY id`, first, last)
	if err != nil {
		return digested{}, fmt.Errorf("ledger: read %s: %w", table, err)
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	d := digested{marks: marks{columns: make([]uint32, len(columns))}}
	sum := sha256.New()
	var row sql.RawBytes
	for rows.Next() {
		if d.rows%1024 == 0 && v.ctx.Err() != nil {
			return digested{}, v.ctx.Err()
		}
		if err := rows.Scan(&row); err != nil {
			return digested{}, fmt.Errorf("ledger: read %s: %w", table, err)
		}
		sum.Write(row)
		sum.Write([]byte{rowSeparator})
		d.rows++
		if withMarks {
			d.marks.add(rowOf(row)-first+1, row)
		}
	}
	if err := rows.Err(); err != nil {
		return digested{}, fmt.Errorf("ledger: read %s: %w", table, err)
	}
	d.sum = hex.EncodeToString(sum.Sum(nil))
	return d, nil
}

// rowOf is the id with which a row's canonical form begins.
func rowOf(row []byte) int64 {
	id, _, _ := bytes.Cut(row, []byte{unitSeparator})
	n, _ := number(id) // an id is an integer: SQLite takes nothing else for one
	return n
}

// uncovered finds rows that no link sealed, and text that stands where nothing
// stood: both have the same canonical form.
func (v *verification) uncovered() error {
	for _, t := range v.names() {
		ids, err := v.ids(`SELECT id FROM `+t+` WHERE id < 1 OR id > ? ORDER BY id`, v.covered[t])
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			return &Break{Table: t, Rows: ids, What: fmt.Sprintf("no link of the chain has sealed it: the row was added, or the chain's end, from link %d on, was removed", v.done.Links+1)}
		}
		var nullable []string
		if err := v.db.SelectContext(v.ctx, &nullable, `SELECT name FROM pragma_table_info(?) WHERE "notnull" = 0 AND pk = 0`, t); err != nil {
			return fmt.Errorf("ledger: read the tables: %w", err)
		}
		for _, c := range nullable {
			ids, err := v.ids(`SELECT id FROM ` + t + ` WHERE ` + holds(c, nullMark) + ` ORDER BY id`)
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				return &Break{Table: t, Rows: ids, Columns: []string{c}, What: "it was empty, and was changed"}
			}
		}
	}
	return nil
}
