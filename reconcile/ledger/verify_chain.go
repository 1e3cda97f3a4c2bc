package ledger

import (
	"fmt"
	"strings"
)

// chain walks the links from the first to the last, and what each has sealed.
func (v *verification) chain() error {
	links, err := v.db.QueryxContext(v.ctx, `SELECT id, at, actor, os_user, night, action, content, prev, hash FROM chain ORDER BY id`)
	if err != nil {
		return fmt.Errorf("ledger: read the chain: %w", err)
	}
	defer links.Close() //nolint:errcheck // Err is asked
	var prev Link
	for links.Next() {
		var k Link
		if err := links.StructScan(&k); err != nil {
			return &Break{Link: prev.ID + 1, What: "its own words were changed: they cannot be read: " + err.Error()}
		}
		if err := v.link(k, prev); err != nil {
			return err
		}
		if err := v.rows(k); err != nil {
			return err
		}
		prev = k
		v.done.Links++
		v.done.Head = k.Hash
	}
	if err := links.Err(); err != nil {
		return fmt.Errorf("ledger: read the chain: %w", err)
	}
	if v.done.Links == 0 {
		return &Break{Table: "chain", What: "there is no link: books begin with one, and all have been removed"}
	}
	return nil
}

// link checks a link's own words, and that it continues the one before it.
func (v *verification) link(k, prev Link) error {
	sum := k.sum()
	switch {
	case k.ID <= prev.ID:
		return &Break{Link: k.ID, Table: "chain", Rows: []int64{k.ID}, What: "the row was added: the chain begins with link 1"}
	case k.ID != prev.ID+1:
		gone := "links were removed"
		if k.ID == prev.ID+2 {
			gone = "the link was removed"
		}
		return &Break{Link: prev.ID + 1, What: fmt.Sprintf("the link after %d is %d: %s", prev.ID, k.ID, gone)}
	case k.Prev != prev.Hash:
		b := &Break{Link: k.ID, What: "it does not continue the link before it"}
		if k.Prev = prev.Hash; k.sum() == k.Hash {
			b.What += ": the column prev was changed"
		}
		return b
	case sum != k.Hash:
		was, err := v.wasChanged(k, sum)
		if err != nil {
			return err
		}
		return &Break{Link: k.ID, What: "its own words were changed: they do not give its hash" + was}
	}
	return nil
}

// wasChanged tries which column of a link was changed: with the right value in
// it, the link gives its hash.
func (v *verification) wasChanged(k Link, sum string) (string, error) {
	var next []string
	if err := v.db.SelectContext(v.ctx, &next, `SELECT prev FROM chain WHERE id = ?`, k.ID+1); err != nil {
		return "", fmt.Errorf("ledger: read the chain: %w", err)
	}
	if len(next) == 1 && next[0] == sum {
		return ", which was changed: the next link has another one (column hash)", nil
	}
	for _, c := range []struct {
		column string
		field  *string
	}{{"at", &k.At}, {"actor", &k.Actor}, {"os_user", &k.OSUser}, {"night", &k.Night}, {"action", &k.Action}} {
		var values []string
		if err := v.db.SelectContext(v.ctx, &values, `SELECT DISTINCT `+c.column+` FROM chain LIMIT 100000`); err != nil {
			return "", fmt.Errorf("ledger: read the chain: %w", err)
		}
		now := *c.field
		for _, value := range values {
			if *c.field = value; k.sum() == k.Hash {
				return fmt.Sprintf(" (column %s: it says %q, and was %q)", c.column, now, value), nil
			}
		}
		*c.field = now
	}
	content, err := v.contentOf(k)
	if err != nil {
		return "", err
	}
	if k.Content = content; k.sum() == k.Hash {
		return " (column content: the rows are those that were sealed)", nil
	}
	return "", nil
}

// contentOf makes a link's content anew from the rows that it names.
func (v *verification) contentOf(k Link) (string, error) {
	var content strings.Builder
	for line := range strings.Lines(k.Content) {
		s, ok := readSeal(line)
		columns, known := v.l.columns[s.table]
		if !ok || !known {
			return "", nil
		}
		d, err := v.digest(s.table, columns, s.first, s.last, true)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&content, "%s %d %d %s", s.table, s.first, s.last, d.sum)
		if s.marks != "" {
			fmt.Fprintf(&content, " %s", &d.marks)
		}
		content.WriteByte('\n')
	}
	return content.String(), nil
}
