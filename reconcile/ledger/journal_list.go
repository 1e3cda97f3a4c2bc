package ledger

import (
	"context"
	"fmt"
)

// JournalEntry is an entry of the journal with its postings.
type JournalEntry struct {
	ID       int64         `db:"id" json:"entry"`
	Date     string        `db:"date" json:"date"`
	Event    string        `db:"event" json:"event"`
	Sheet    int64         `db:"sheet" json:"sheet,omitempty"`
	Batch    string        `db:"batch" json:"batch,omitempty"`
	File     string        `db:"file" json:"file,omitempty"`
	Deposits int64         `db:"deposits" json:"deposits"`
	At       string        `db:"at" json:"at"`
	Postings []PostingLine `db:"-" json:"postings"`
}

// PostingLine is one side of an entry.
type PostingLine struct {
	Entry   int64   `db:"entry_id" json:"-"`
	Account Account `db:"account" json:"account"`
	Debit   Money   `db:"debit" json:"debit"`   // sen
	Credit  Money   `db:"credit" json:"credit"` // sen
}

// Journal returns the entries after entry number after, oldest first.
func (l *Ledger) Journal(ctx context.Context, after int64) ([]JournalEntry, error) {
	entries := []JournalEntry{}
	err := l.reader.SelectContext(ctx, &entries, `SELECT j.id, j.date, j.event, coalesce(j.sheet_id, 0) AS sheet, coalesce(b.reference, '') AS batch, coalesce(f.name, '') AS file, j.deposits, j.at
		FROM journal j LEFT JOIN batches b ON b.id = j.batch_id LEFT JOIN files f ON f.id = j.file_id WHERE j.id > ? ORDER BY j.id`, after)
	if err != nil {
		return nil, fmt.Errorf("ledger: journal: %w", err)
	}
	var postings []PostingLine
	if err := l.reader.SelectContext(ctx, &postings, `SELECT entry_id, account, debit, credit FROM postings WHERE entry_id > ? ORDER BY id`, after); err != nil {
		return nil, fmt.Errorf("ledger: journal: %w", err)
	}
	k := 0
	for i := range entries {
		for k < len(postings) && postings[k].Entry == entries[i].ID {
			entries[i].Postings = append(entries[i].Postings, postings[k])
			k++
		}
	}
	return entries, nil
}
