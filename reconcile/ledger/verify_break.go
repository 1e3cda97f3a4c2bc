package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// Break is the first thing that Verify found wrong. It names as much as can be
// told: what is not told is zero or empty.
type Break struct {
	Link    int64    // the chain's link
	Table   string   // table, or the table that an index or a trigger belongs to
	Rows    []int64  // the very rows, by id; a few of them when there are many
	First   int64    // where the very rows cannot be told: they are among these
	Last    int64    //
	Columns []string // the columns that were changed
	File    string   // the name of an archived file, as the books have it
	SHA256  string   // and the hash by which it is archived
	What    string
}

func (b *Break) Error() string {
	var s strings.Builder
	s.WriteString("ledger: the books are broken")
	separator := " at "
	part := func(format string, args ...any) {
		fmt.Fprintf(&s, separator+format, args...)
		separator = ", "
	}
	if b.Link > 0 {
		part("link %d of the chain", b.Link)
	}
	if b.Table != "" {
		separator = ", "
		part("table %s", b.Table)
	}
	switch {
	case len(b.Rows) > 0:
		part("%s", few("row", "rows", b.Rows, func(id int64) string { return strconv.FormatInt(id, 10) }))
	case b.First > 0 && b.First == b.Last:
		part("row %d", b.First)
	case b.First > 0:
		part("rows %d to %d", b.First, b.Last)
	}
	if len(b.Columns) > 0 {
		part("%s", few("column", "columns", b.Columns, func(name string) string { return name }))
	}
	if b.File != "" {
		separator = ", "
		part("file %s", plain(b.File))
	}
	if b.SHA256 != "" {
		part("SHA-256 %s", b.SHA256)
	}
	return s.String() + ": " + b.What
}

// few is a list in words: row 3; rows 3 and 5; rows 1, 2, 3, 4, 5 and more.
func few[T any](one, many string, list []T, text func(T) string) string {
	if len(list) == 1 {
		return one + " " + text(list[0])
	}
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = text(v)
	}
	if one == "row" && len(words) > mostRows {
		words = append(words[:mostRows], "more")
	}
	last := len(words) - 1
	if last < 0 {
		return "no " + many
	}
	return many + " " + strings.Join(words[:last], ", ") + " and " + words[last]
}

// Hint says what to do about it.
func (b *Break) Hint() string {
	return "somebody or something has changed the ledger outside Bekal: stop the daemon, keep a copy of the data folder, and compare with the last signed report's chain head and with a backup"
}
