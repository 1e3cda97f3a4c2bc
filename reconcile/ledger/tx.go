package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// timeFormat is how times stand in the tables: UTC, to the second.
const timeFormat = "2006-01-02T15:04:05Z"

// tx is one transaction: rows go in through add and append only, so that none
// can stay outside the chain.
type tx struct {
	*sqlx.Tx
	ctx    context.Context
	steady context.Context // ctx without its end: see eachPacked
	l      *Ledger
	actor  Actor
	now    time.Time
	at     string // now, as the tables hold it
	tables map[string]*inserter
}

// write runs fn in a transaction and, when it added anything, extends the chain
// by it. An error undoes everything.
func (l *Ledger) write(ctx context.Context, a Actor, action string, fn func(*tx) error) (err error) {
	if a.User == "" || a.OSUser == "" {
		return fmt.Errorf("ledger: %s: nobody is named as the one who does it", action)
	}
	db, err := l.writer.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("ledger: %s: %w", action, err)
	}
	now := l.now().UTC()
	t := &tx{Tx: db, ctx: ctx, steady: context.WithoutCancel(ctx), l: l, actor: a, now: now, at: now.Format(timeFormat), tables: make(map[string]*inserter)}
	committed := false
	defer func() {
		// Also when fn panics: the transaction would hold the lock on the books
		// as long as the process lives.
		if committed {
			return
		}
		if rb := db.Rollback(); rb != nil && !errors.Is(rb, context.Canceled) && !rolledBack(rb) {
			err = errors.Join(err, fmt.Errorf("ledger: roll back: %w", rb))
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	if err := t.extendChain(action); err != nil {
		return err
	}
	if err := l.fail.at("commit: " + action); err != nil {
		return fmt.Errorf("ledger: %s: commit: %w", action, err)
	}
	// A night that is told to stop must not undo what is complete, so the
	// commit itself no longer asks the context.
	if err := db.Commit(); err != nil {
		return fmt.Errorf("ledger: %s: commit: %w", action, err)
	}
	committed = true
	if err := l.fail.at("committed: " + action); err != nil {
		return fmt.Errorf("ledger: %s: %w", action, err)
	}
	return nil
}

// rolledBack says whether an error of rolling back is that nothing was left to
// roll back: a commit that fails has done so, and so does SQLite by itself where
// the disk is full.
func rolledBack(err error) bool {
	return errors.Is(err, sql.ErrTxDone) || strings.Contains(err.Error(), "no transaction is active")
}

// extendChain adds the row that seals what this transaction added.
func (t *tx) extendChain(action string) error {
	names := make([]string, 0, len(t.tables))
	for name, i := range t.tables {
		if i.last >= i.first {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	sort.Strings(names)
	var content strings.Builder
	for _, name := range names {
		i := t.tables[name]
		fmt.Fprintf(&content, "%s %d %d %s %s\n", name, i.first, i.last, hex.EncodeToString(i.sum.Sum(nil)), &i.marks)
	}
	var last struct {
		ID   int64
		Hash string
	}
	if err := t.GetContext(t.ctx, &last, `SELECT coalesce(max(id), 0) AS id, coalesce((SELECT hash FROM chain ORDER BY id DESC LIMIT 1), '') AS hash FROM chain`); err != nil {
		return fmt.Errorf("ledger: read the chain: %w", err)
	}
	link := Link{ID: last.ID + 1, At: t.at, Actor: t.actor.User, OSUser: t.actor.OSUser, Night: t.actor.Night, Action: action, Content: content.String(), Prev: last.Hash}
	link.Hash = link.sum()
	_, err := t.NamedExecContext(t.ctx, `INSERT INTO chain (id, at, actor, os_user, night, action, content, prev, hash)
		VALUES (:id, :at, :actor, :os_user, :night, :action, :content, :prev, :hash)`, link)
	if err != nil {
		return fmt.Errorf("ledger: extend the chain: %w", err)
	}
	return nil
}

// Link is one row of the chain: what one transaction added, and who did it.
type Link struct {
	ID      int64  `db:"id" json:"id"`
	At      string `db:"at" json:"at"`
	Actor   string `db:"actor" json:"actor"`
	OSUser  string `db:"os_user" json:"os_user"`
	Night   string `db:"night" json:"night"`
	Action  string `db:"action" json:"action"`
	Content string `db:"content" json:"content"`
	Prev    string `db:"prev" json:"prev"`
	Hash    string `db:"hash" json:"hash"`
}

// sum is the SHA-256, in hex, of everything that the link says.
func (k Link) sum() string {
	b := []byte("bekal chain 1")
	for _, s := range []string{strconv.FormatInt(k.ID, 10), k.At, k.Actor, k.OSUser, k.Night, k.Action, k.Content, k.Prev} {
		b = append(b, unitSeparator)
		b = append(b, s...)
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Head is the hash of the chain's last link, empty for a ledger without one.
func (l *Ledger) Head(ctx context.Context) (string, error) {
	var heads []string
	if err := l.reader.SelectContext(ctx, &heads, `SELECT hash FROM chain ORDER BY id DESC LIMIT 1`); err != nil {
		return "", fmt.Errorf("ledger: read the chain: %w", err)
	}
	if len(heads) == 0 {
		return "", nil
	}
	return heads[0], nil
}
