package ledger_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"
)

// tampering is what a course of the property has done, and what has to be named.
type tampering struct {
	what    string
	table   string
	rows    []int64
	columns []string // nil: all of them
	exactly bool     // these rows and columns, and no fewer
	link    int64    // a link that may be named instead: the end of the chain was removed
	many    bool     // more rows of one link than can be told: they are among those named
}

// TestAnyTamperingIsNamed: whatever is done to the rows of whatever table, the
// books say so, and name the table, the row, and the column where one value was
// changed.
func TestAnyTamperingIsNamed(t *testing.T) {
	t.Parallel()
	dir := fullStory(t).atRest(t)
	all := tables(t, dir)
	names := slices.Sorted(maps.Keys(all))
	rapid.Check(t, func(r *rapid.T) {
		copyOf(t, dir, func(dir string) {
			table := rapid.SampledFrom(names).Draw(r, "table")
			v := &vandal{T: r, table: table, columns: all[table]}
			if err := secretly(dir, func(db *sqlx.DB) error { return v.works(db) }); err != nil {
				r.Fatal(err)
			}
			_, err := verified(t, dir)
			if v.did.table == "" {
				if err != nil {
					r.Fatalf("nothing was done (%s), and found: %v", v.did.what, err)
				}
				return
			}
			if err := v.did.named(err); err != nil {
				r.Fatalf("%s: %v", v.did.what, err)
			}
		})
	})
}

// named says what is wrong with how a tampering was found.
func (d tampering) named(found error) error {
	var b *ledger.Break
	if !errors.As(found, &b) {
		return fmt.Errorf("was not found: %w", found)
	}
	if d.link > 0 && strings.Contains(found.Error(), fmt.Sprintf("from link %d on", d.link)) {
		return nil
	}
	rows := b.Rows
	if table := b.Table; d.table == "chain" {
		if table != "" && table != "chain" {
			return fmt.Errorf("was found in table %s: %w", table, found)
		}
		if b.Link > 0 {
			rows = []int64{b.Link}
		}
	} else if table != d.table {
		return fmt.Errorf("was found in table %q: %w", table, found)
	}
	if d.many && len(rows) == 0 {
		if slices.ContainsFunc(d.rows, func(id int64) bool { return b.First <= id && id <= b.Last }) {
			return nil
		}
	}
	if len(rows) == 0 || !within(rows, d.rows) {
		return fmt.Errorf("rows %v were named, and not %v: %w", rows, d.rows, found)
	}
	if d.columns != nil && !within(b.Columns, d.columns) || d.exactly && (len(rows) != len(d.rows) || len(b.Columns) != len(d.columns)) {
		return fmt.Errorf("columns %v of rows %v were named, and not %v of %v: %w", b.Columns, rows, d.columns, d.rows, found)
	}
	for _, id := range rows {
		if !strings.Contains(found.Error(), fmt.Sprint(id)) {
			return fmt.Errorf("row %d is not in the message: %w", id, found)
		}
	}
	return nil
}

func within[T comparable](list, of []T) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return !slices.Contains(of, v) })
}

// vandal is somebody with a database tool.
type vandal struct {
	*rapid.T
	table   string
	columns []string
	did     tampering
}

func (v *vandal) works(db *sqlx.DB) error {
	var ids []int64
	if err := db.Select(&ids, `SELECT id FROM `+v.table+` ORDER BY id`); err != nil {
		return err
	}
	ways := map[string]func(*sqlx.DB, []int64) error{"change": v.changes, "change a type": v.retypes, "remove": v.removes, "add": v.adds}
	if len(ids) > 1 {
		ways["exchange rows"], ways["exchange values"], ways["move up"] = v.exchanges, v.exchangesValues, v.movesUp
	}
	way := rapid.SampledFrom(slices.Sorted(maps.Keys(ways))).Draw(v.T, "way")
	return ways[way](db, ids)
}

func (v *vandal) column() string {
	return rapid.SampledFrom(v.columns[1:]).Draw(v.T, "column")
}

// shape is what a row's values are, to the byte and to the type.
func (v *vandal) shape(db *sqlx.DB, id int64) (map[string]string, error) {
	shape := make(map[string]string)
	for _, c := range v.columns[1:] {
		var s string
		if err := db.Get(&s, `SELECT typeof(`+c+`) || ' ' || hex(coalesce(`+c+`, '')) FROM `+v.table+` WHERE id = ?`, id); err != nil {
			return nil, err
		}
		shape[c] = s
	}
	return shape, nil
}

// changed notes what differs in some rows after work.
func (v *vandal) changed(db *sqlx.DB, what string, ids []int64, work func() error) error {
	before := make(map[int64]map[string]string)
	for _, id := range ids {
		s, err := v.shape(db, id)
		if err != nil {
			return err
		}
		before[id] = s
	}
	if err := work(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	v.did = tampering{what: fmt.Sprintf("%s: %s %v", v.table, what, ids)}
	for _, id := range ids {
		after, err := v.shape(db, id)
		if err != nil {
			return err
		}
		differs := false
		for _, c := range v.columns[1:] {
			if after[c] != before[id][c] {
				differs = true
				v.did.what += fmt.Sprintf("; %s of %d from %s to %s", c, id, before[id][c], after[c])
				if !slices.Contains(v.did.columns, c) {
					v.did.columns = append(v.did.columns, c)
				}
			}
		}
		if differs {
			v.did.table = v.table
			v.did.rows = append(v.did.rows, id)
		}
	}
	return nil
}

// changes sets one value, or all values of a column in some rows.
func (v *vandal) changes(db *sqlx.DB, ids []int64) error {
	c := v.column()
	to := rapid.SampledFrom([]string{`c + 1`, `c - 1`, `-c`, `c || ' '`, `' ' || c`, `c || char(31)`, `c || char(0)`, `lower(c)`, `upper(c)`, `c || 'x'`, `substr(c, 2)`, `''`, `0`, `NULL`, `char(30)`, `reverse`}).Draw(v.T, "to")
	to = strings.ReplaceAll(to, "reverse", `substr(c, 2) || substr(c, 1, 1)`)
	to = strings.ReplaceAll(to, "char(", "CHAR(")
	id := rapid.SampledFrom(ids).Draw(v.T, "row")
	err := v.changed(db, c+" = "+to, []int64{id}, func() error {
		return ignoreUnique(one(db, fmt.Sprintf(`UPDATE %s SET %s = %s WHERE id = %d`, v.table, c, strings.ReplaceAll(to, "c", c), id)))
	})
	v.did.exactly = v.table != "chain"
	return err
}

// retypes gives a value another type and the same text.
func (v *vandal) retypes(db *sqlx.DB, ids []int64) error {
	c := v.column()
	to := rapid.SampledFrom([]string{"TEXT", "BLOB", "REAL", "INTEGER"}).Draw(v.T, "type")
	id := rapid.SampledFrom(ids).Draw(v.T, "row")
	err := v.changed(db, c+" as "+to, []int64{id}, func() error {
		return ignoreUnique(one(db, fmt.Sprintf(`UPDATE %s SET %s = CAST(%s AS %s) WHERE id = %d`, v.table, c, c, to, id)))
	})
	v.did.exactly = v.table != "chain"
	return err
}

func (v *vandal) removes(db *sqlx.DB, ids []int64) error {
	n := rapid.IntRange(1, min(3, len(ids))).Draw(v.T, "how many")
	at := rapid.IntRange(0, len(ids)-n).Draw(v.T, "from")
	gone := ids[at : at+n]
	v.did = tampering{what: fmt.Sprintf("%s: rows %v removed", v.table, gone), table: v.table, rows: gone}
	if v.table == "chain" && at+n == len(ids) {
		v.did.link = gone[0]
	}
	_, err := db.Exec(fmt.Sprintf(`DELETE FROM %s WHERE id BETWEEN %d AND %d`, v.table, gone[0], gone[n-1]))
	return err
}

// adds puts a copy of a row beside the others: below, right behind, or beyond.
func (v *vandal) adds(db *sqlx.DB, ids []int64) error {
	from := rapid.SampledFrom(ids).Draw(v.T, "like row")
	last := ids[len(ids)-1]
	id := rapid.SampledFrom([]int64{0, -1, -77, last + 1, last + 2, last + 1000}).Draw(v.T, "as row")
	v.did = tampering{what: fmt.Sprintf("%s: row %d added, a copy of %d", v.table, id, from), table: v.table, rows: []int64{id, last + 1}}
	rest := strings.Join(v.columns[1:], ", ")
	err := one(db, fmt.Sprintf(`INSERT INTO %s (id, %s) SELECT %d, %s FROM %s WHERE id = %d`, v.table, rest, id, rest, v.table, from))
	if err != nil && strings.Contains(err.Error(), "UNIQUE") {
		other := make([]string, 0, len(v.columns))
		for _, c := range v.columns[1:] {
			other = append(other, fmt.Sprintf(`CASE typeof(%s) WHEN 'text' THEN %s || 'x' ELSE %s + 1000 END`, c, c, c))
		}
		err = one(db, fmt.Sprintf(`INSERT INTO %s (id, %s) SELECT %d, %s FROM %s WHERE id = %d`, v.table, rest, id, strings.Join(other, ", "), v.table, from))
	}
	return err
}

// exchanges lets two rows stand in one another's place.
func (v *vandal) exchanges(db *sqlx.DB, ids []int64) error {
	a, b := v.two(ids)
	err := v.changed(db, "rows exchanged", []int64{a, b}, func() error {
		return errors.Join(one(db, fmt.Sprintf(`UPDATE %s SET id = -9 WHERE id = %d`, v.table, a)), one(db, fmt.Sprintf(`UPDATE %s SET id = %d WHERE id = %d`, v.table, a, b)),
			one(db, fmt.Sprintf(`UPDATE %s SET id = %d WHERE id = -9`, v.table, b)))
	})
	return err
}

// exchangesValues lets one value of two rows stand in one another's place.
func (v *vandal) exchangesValues(db *sqlx.DB, ids []int64) error {
	a, b := v.two(ids)
	c := v.column()
	return v.changed(db, c+" exchanged", []int64{a, b}, func() error {
		var x, y any
		if err := errors.Join(db.Get(&x, fmt.Sprintf(`SELECT %s FROM %s WHERE id = %d`, c, v.table, a)), db.Get(&y, fmt.Sprintf(`SELECT %s FROM %s WHERE id = %d`, c, v.table, b))); err != nil {
			return err
		}
		set := fmt.Sprintf(`UPDATE %s SET %s = ? WHERE id = ?`, v.table, c)
		var errs []error
		for _, s := range [][2]any{{"for a moment", a}, {x, b}, {y, a}} {
			_, err := db.Exec(set, s[0], s[1])
			errs = append(errs, ignoreUnique(err))
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		return nil
	})
}

func (v *vandal) two(ids []int64) (a, b int64) {
	a = rapid.SampledFrom(ids).Draw(v.T, "row")
	b = rapid.SampledFrom(slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == a })).Draw(v.T, "other row")
	return a, b
}

// movesUp removes a row and closes the gap.
func (v *vandal) movesUp(db *sqlx.DB, ids []int64) error {
	id := rapid.SampledFrom(ids).Draw(v.T, "row")
	v.did = tampering{what: fmt.Sprintf("%s: row %d removed, and the gap closed", v.table, id), table: v.table, rows: ids[slices.Index(ids, id):], many: true}
	if v.table == "chain" {
		v.did.link = ids[len(ids)-1]
	}
	_, err := db.Exec(fmt.Sprintf(`DELETE FROM %s WHERE id = %d`, v.table, id))
	for _, next := range ids[slices.Index(ids, id)+1:] {
		err = errors.Join(err, one(db, fmt.Sprintf(`UPDATE %s SET id = %d WHERE id = %d`, v.table, next-1, next)))
	}
	return err
}

// ignoreUnique passes over a change that an index does not allow: it is none.
func ignoreUnique(err error) error {
	if err != nil && strings.Contains(err.Error(), "UNIQUE") {
		return nil
	}
	return err
}
