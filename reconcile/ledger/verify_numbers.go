package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
)

// numbers are what a database keeps beside the tables of the books: no link
// seals them, and they are the same in all books of one program.
type numbers struct{ table, what, query string }

// ownNumber is one of them: as people read it, and to the byte and type.
type ownNumber struct{ Said, Exact string }

// versions says which changes of the tables were made. When they were made is
// the machine's clock's word, and sealed by nothing: that it is a moment is all
// that can be told of it.
var versions = numbers{"goose_db_version", "which changes of the tables were made", `SELECT id || ' ' || version_id || ' ' || is_applied ||
	CASE WHEN ` + isMoment + ` THEN '' ELSE ' (at no moment)' END AS said, ` + exactly("id", "version_id", "is_applied") + ` || (` + isMoment + `) AS exact FROM goose_db_version ORDER BY id`}

const isMoment = `typeof(tstamp) = 'text' AND length(CAST(tstamp AS BLOB)) = 19 AND tstamp IS datetime(tstamp)`

func allNumbers() []numbers {
	return []numbers{
		versions,
		{"sqlite_sequence", "the last number given out", `SELECT name || ' ' || seq AS said, ` + exactly("name", "seq") + ` AS exact FROM sqlite_sequence ORDER BY name`},
		{"", "PRAGMA user_version", `SELECT user_version AS said, user_version AS exact FROM pragma_user_version`},
		{"", "PRAGMA application_id", `SELECT application_id AS said, application_id AS exact FROM pragma_application_id`},
	}
}

// exactly is an SQL expression for columns with their types, to the byte.
func exactly(columns ...string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = fmt.Sprintf(`typeof(%s) || ' ' || hex(coalesce(%s, '')) || ' '`, c, c)
	}
	return strings.Join(parts, " || ")
}

// read reads the numbers of a database.
func (n numbers) read(ctx context.Context, db sqlx.QueryerContext) (list []ownNumber, err error) {
	if err := sqlx.SelectContext(ctx, db, &list, n.query); err != nil {
		return nil, fmt.Errorf("ledger: read the schema: %w", err)
	}
	return list, nil
}

// differ is a *Break when numbers are not those that they should be.
func (n numbers) differ(was, is []ownNumber) error {
	if slices.Equal(was, is) {
		return nil
	}
	said := func(list []ownNumber) string {
		words := make([]string, len(list))
		for i, o := range list {
			words[i] = o.Said
		}
		return strings.Join(words, ", ")
	}
	b := &Break{Table: n.table, What: fmt.Sprintf("%s: it says %q, and should say %q", n.what, said(is), said(was))}
	if said(was) == said(is) {
		b.What = fmt.Sprintf("%s: it says %q, in values of another type than it should", n.what, said(is))
	}
	return b
}

// spoilt says why the tables cannot be brought up to date, where the reason is
// the list of the changes that were made: nil when it is another one.
func spoilt(ctx context.Context, db *sqlx.DB) error {
	var made int
	if err := db.GetContext(ctx, &made, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'chain'`); err != nil || made == 0 {
		return nil //nolint:nilerr // what cannot be read is not spoilt in this way, nor is what is not there
	}
	// Where the table was gone, it was just made again, empty.
	is, err := versions.read(ctx, db)
	if err != nil {
		return nil //nolint:nilerr // as above
	}
	var found *Break
	err = asMade(ctx, func(made *sqlx.DB) error {
		was, err := versions.read(ctx, made)
		// An older program has made a part of them: more than none, which is
		// what stands first.
		if n := len(is); n > 1 && n < len(was) {
			was = was[:n]
		}
		return errors.Join(err, versions.differ(was, is))
	})
	if errors.As(err, &found) {
		return found
	}
	return nil
}
