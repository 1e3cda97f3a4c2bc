package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"sort"
	"strconv"
	"strings"

	_ "github.com/mattn/go-sqlite3" // the driver that the ledger's file is read with
)

// The bytes that separate what stands in a row's canonical form.
const (
	rowEnd  = "\x1d"
	null    = "\x1e"
	between = "\x1f"
)

// table is a table of the ledger. All that was ever read of it stays in memory,
// so that a later reading can be held against it byte by byte.
type table struct {
	name    string
	columns []string
	at      map[string]int
	text    string // all rows in their canonical form, as they were read
	last    int64  // id of the last row
	count   int    // of the rows
	fresh   []row  // rows that are new since the last examination
}

// row is one row, as texts.
type row struct {
	t      *table
	id     int64
	raw    string // canonical form, without its end
	fields []string
}

func (r row) text(column string) string {
	v := r.fields[r.t.at[column]]
	if v == null {
		return ""
	}
	return v
}

func (r row) null(column string) bool { return r.fields[r.t.at[column]] == null }

func (r row) num(column string) int64 { return number(r.text(column)) }

// number reads what is written in digits; anything else is -1, but for nothing,
// which is 0.
func number(s string) int64 {
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// read reads all tables in one transaction.
func (a *Auditor) read(ctx context.Context) (err error) {
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: a.o.Books}).EscapedPath()+"?mode=ro&_busy_timeout=10000&_query_only=1")
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	if err := a.readSchema(ctx, tx); err != nil {
		return fmt.Errorf("audit: schema: %w", err)
	}
	all := a.o.Reread <= 1 || a.examined%a.o.Reread == 0 || a.thorough
	a.examined++
	a.thorough = false
	for _, name := range a.tableNames() {
		if err := a.readTable(ctx, tx, a.tables[name], all); err != nil {
			return fmt.Errorf("audit: table %s: %w", name, err)
		}
	}
	return nil
}

func (a *Auditor) tableNames() []string {
	names := make([]string, 0, len(a.tables))
	for n := range a.tables {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// readSchema finds the tables and their columns, which are those of the chain.
func (a *Auditor) readSchema(ctx context.Context, tx *sql.Tx) error {
	var version int64
	if err := tx.QueryRowContext(ctx, `PRAGMA schema_version`).Scan(&version); err != nil {
		return err
	}
	if len(a.tables) > 0 && version == a.schema {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%' AND c.name <> 'id' ORDER BY m.name, c.cid`)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	columns := map[string][]string{}
	for rows.Next() {
		var name, column string
		if err := rows.Scan(&name, &column); err != nil {
			return err
		}
		columns[name] = append(columns[name], column)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for name, list := range columns {
		t := a.tables[name]
		switch {
		case t == nil:
			t = &table{name: name}
			a.tables[name] = t
		case strings.Join(t.columns, " ") == strings.Join(list, " "):
			continue
		default:
			a.say(History, name, "its columns are %v now, and were %v", list, t.columns)
			*t = table{name: name}
		}
		t.columns, t.at = list, make(map[string]int, len(list))
		for i, c := range list {
			t.at[c] = i
		}
	}
	for name := range a.tables {
		if columns[name] == nil {
			a.say(History, name, "the table is gone")
			delete(a.tables, name)
		}
	}
	a.schema = version
	return nil
}

// readTable reads a table as one text, which is many times faster than row by
// row: all of it, so that what was there before can be compared, or only what is
// new.
func (a *Auditor) readTable(ctx context.Context, tx *sql.Tx, t *table, all bool) error {
	from := t.last
	if all {
		from = math.MinInt64
	}
	var b strings.Builder
	b.WriteString("SELECT coalesce(group_concat(r, char(29)), ''), (SELECT count(*) FROM " + t.name + ") FROM (SELECT concat_ws(char(31),id")
	for _, c := range t.columns {
		b.WriteString(",coalesce(" + c + ",char(30))")
	}
	b.WriteString(") AS r FROM " + t.name + " WHERE id > ? ORDER BY id)")
	var text string
	var count int
	if err := tx.QueryRowContext(ctx, b.String(), from).Scan(&text, &count); err != nil {
		return err
	}
	before := t.text
	rest := text
	switch {
	case !all:
		t.text = join(before, text)
	case before == "":
		t.text = text
	default:
		t.text = text
		var ok bool
		if rest, ok = strings.CutPrefix(text, before); !ok || rest != "" && rest[0] != rowEnd[0] {
			a.say(History, t.name, "%s", changed(before, text))
			// What follows is judged by the rows that are new by their number.
			rest = after(text, t.last)
		}
		rest = strings.TrimPrefix(rest, rowEnd)
	}
	t.fresh = nil
	for rest != "" {
		var raw string
		raw, rest, _ = strings.Cut(rest, rowEnd)
		f := strings.Split(raw, between)
		id := number(f[0])
		if len(f) != len(t.columns)+1 || id <= t.last {
			a.say(History, t.name, "row %s cannot be", f[0])
			continue
		}
		t.fresh = append(t.fresh, row{t: t, id: id, raw: raw, fields: f[1:]})
		t.last = id
	}
	if t.count += len(t.fresh); t.count != count {
		a.say(History, t.name, "%d rows are there, %d should be", count, t.count)
		t.count = count
	}
	return nil
}

// join puts rows behind others.
func join(before, text string) string {
	if before == "" || text == "" {
		return before + text
	}
	return before + rowEnd + text
}

// changed says which row of a table is not what it was.
func changed(before, now string) string {
	old, rest := before, now
	for old != "" {
		var was, is string
		was, old, _ = strings.Cut(old, rowEnd)
		is, rest, _ = strings.Cut(rest, rowEnd)
		if was != is {
			id, _, _ := strings.Cut(was, between)
			if is == "" {
				return fmt.Sprintf("row %s is gone", id)
			}
			return fmt.Sprintf("row %s was %q, and stands there as %q", id, was, is)
		}
	}
	return "rows have changed"
}

// after are the rows of a text behind a row, with the end that precedes them.
func after(text string, id int64) string {
	for rest := text; rest != ""; {
		raw, next, _ := strings.Cut(rest, rowEnd)
		first, _, _ := strings.Cut(raw, between)
		if number(first) > id {
			return rowEnd + rest
		}
		rest = next
	}
	return ""
}

// fresh are the new rows of a table, none when there is no such table.
func (a *Auditor) fresh(name string) []row {
	if t := a.tables[name]; t != nil {
		return t.fresh
	}
	return nil
}
