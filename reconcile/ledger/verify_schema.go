package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
)

// asMade calls fn with an empty database as this program makes it, to compare
// with.
func asMade(ctx context.Context, fn func(*sqlx.DB) error) (err error) {
	db, err := connect(ctx, ":memory:", "", 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := migrate(ctx, db); err != nil {
		return err
	}
	return fn(db)
}

// tables compares the columns of every table with those that this program makes.
func (v *verification) tables() error {
	return asMade(v.ctx, func(db *sqlx.DB) error {
		made, err := chainedColumns(v.ctx, db)
		if err != nil {
			return err
		}
		var was, is []string
		const ofChain = `SELECT name FROM pragma_table_info('chain')`
		if err := errors.Join(db.SelectContext(v.ctx, &was, ofChain), v.db.SelectContext(v.ctx, &is, ofChain)); err != nil {
			return fmt.Errorf("ledger: read the schema: %w", err)
		}
		if !slices.Equal(was, is) {
			return &Break{Table: "chain", Columns: is, What: fmt.Sprintf("the table has not the columns that it should have: %s", strings.Join(was, ", "))}
		}
		for table, columns := range made {
			now, ok := v.l.columns[table]
			if !ok {
				return &Break{Table: table, What: "the table is gone"}
			}
			for _, c := range columns {
				if !slices.Contains(now, c) {
					return &Break{Table: table, Columns: []string{c}, What: "the column is gone"}
				}
			}
			for _, c := range now {
				if !slices.Contains(columns, c) {
					return &Break{Table: table, Columns: []string{c}, What: "the column was added"}
				}
			}
			if !slices.Equal(columns, now) {
				return &Break{Table: table, Columns: now, What: "the columns stand in another order"}
			}
		}
		for _, table := range v.names() {
			if _, ok := made[table]; !ok {
				return &Break{Table: table, What: "the table was added"}
			}
		}
		return nil
	})
}

// thing is a row of SQLite's own list of what a database holds.
type thing struct {
	Type  string
	Name  string
	Table string `db:"tbl_name"`
	SQL   string
}

const thingsQuery = `SELECT type, name, tbl_name, coalesce(sql, '') AS sql FROM sqlite_schema ORDER BY type, name`

// schema compares triggers, indexes, views and the rest with what this program
// makes: a trigger that is gone lets rows be changed, and a view or an index of
// another kind lets the program see other rows.
func (v *verification) schema() error {
	return asMade(v.ctx, func(db *sqlx.DB) error {
		var made, now []thing
		if err := errors.Join(db.SelectContext(v.ctx, &made, thingsQuery), v.db.SelectContext(v.ctx, &now, thingsQuery)); err != nil {
			return fmt.Errorf("ledger: read the schema: %w", err)
		}
		for _, t := range made {
			at := slices.IndexFunc(now, func(o thing) bool { return o.Type == t.Type && o.Name == t.Name })
			if at < 0 {
				return &Break{Table: t.Table, What: fmt.Sprintf("the %s %s is gone", t.Type, t.Name)}
			}
			if now[at] != t {
				return &Break{Table: t.Table, What: fmt.Sprintf("the %s %s was changed", t.Type, t.Name)}
			}
		}
		for _, t := range now {
			if !slices.ContainsFunc(made, func(o thing) bool { return o.Type == t.Type && o.Name == t.Name }) {
				return &Break{Table: t.Table, What: fmt.Sprintf("the %s %s was added", t.Type, plain(t.Name))}
			}
		}
		// Beside the tables of the books, a database has numbers of its own.
		for _, n := range allNumbers() {
			was, err := n.read(v.ctx, db)
			if err != nil {
				return err
			}
			is, err := n.read(v.ctx, v.db)
			if err != nil {
				return err
			}
			if err := n.differ(was, is); err != nil {
				return err
			}
		}
		return nil
	})
}

// integrity asks SQLite whether the file is whole: pages, indexes, and the
// types and bounds of every value.
func (v *verification) integrity() error {
	var answers []string
	if err := v.db.SelectContext(v.ctx, &answers, fmt.Sprintf(`PRAGMA integrity_check(%d)`, mostRows)); err != nil {
		return fmt.Errorf("ledger: integrity check: %w", err)
	}
	if len(answers) == 1 && answers[0] == "ok" {
		return nil
	}
	b := &Break{What: "SQLite finds the file damaged: " + plain(strings.Join(answers, "; "))}
	// A value of another type looks the same in the chain, and SQLite says only
	// in which column it stands.
	types, err := v.types()
	if err != nil || types == nil {
		return errors.Join(b, err)
	}
	types.What = b.What
	return types
}

// types finds values that are not of the type of their column.
func (v *verification) types() (*Break, error) {
	var columns []struct{ Table, Column, Type string }
	err := v.db.SelectContext(v.ctx, &columns, `SELECT m.name AS "table", c.name AS "column", lower(c.type) AS type FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.sql LIKE '%) STRICT' AND c.name <> 'id' ORDER BY m.name, c.cid`)
	if err != nil {
		return nil, fmt.Errorf("ledger: read the tables: %w", err)
	}
	for _, c := range columns {
		ids, err := v.ids(`SELECT id FROM `+c.Table+` WHERE typeof(`+c.Column+`) NOT IN ('null', ?) ORDER BY id`, c.Type)
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			return &Break{Table: c.Table, Rows: ids, Columns: []string{c.Column}}, nil
		}
	}
	return nil, nil
}
