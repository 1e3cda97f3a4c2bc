package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// FileKind says what a file is.
type FileKind string

// The kinds of files.
const (
	RosterFile          FileKind = "roster"
	WageSheetFile       FileKind = "wage_sheet"
	TransferFile        FileKind = "transfer"
	AcknowledgementFile FileKind = "acknowledgement"
	SettlementFile      FileKind = "settlement"
	ReturnFile          FileKind = "return"
	UnrecognisedFile    FileKind = "unrecognised"
)

// File is a file that came in or went out; its bytes are in the archive.
type File struct {
	ID     int64    `db:"id" json:"id"`
	Kind   FileKind `db:"kind" json:"kind"`
	Name   string   `db:"name" json:"name"`
	SHA256 string   `db:"sha256" json:"sha256"`
	Size   int64    `db:"size" json:"size"`
	At     string   `db:"at" json:"at"`
	State  string   `db:"state" json:"state"` // received, posted, quarantined
	Detail string   `db:"detail" json:"detail"`
}

const fileColumns = `f.id, f.kind, f.name, f.sha256, f.size, f.at,
	coalesce((SELECT e.event FROM file_events e WHERE e.file_id = f.id AND e.event IN ('received','posted','quarantined') ORDER BY e.id DESC LIMIT 1), 'received') AS state,
	coalesce((SELECT e.detail FROM file_events e WHERE e.file_id = f.id AND e.event IN ('received','posted','quarantined') ORDER BY e.id DESC LIMIT 1), '') AS detail`

// FileByBytes returns the file of that kind with those bytes, or ErrNotFound.
func (l *Ledger) FileByBytes(ctx context.Context, kind FileKind, sha string) (File, error) {
	var f File
	err := l.reader.GetContext(ctx, &f, `SELECT `+fileColumns+` FROM files f WHERE f.sha256 = ? AND f.kind = ?`, sha, kind)
	return f, found(err, "file "+sha)
}

// Files returns the files of a bank in state "received": collected, and not yet
// worked through, oldest first.
func (l *Ledger) Files(ctx context.Context, bank int64, state string) ([]File, error) {
	var files []File
	err := l.reader.SelectContext(ctx, &files, `SELECT * FROM (SELECT `+fileColumns+` FROM files f WHERE f.bank_id = ? AND f.kind <> 'transfer') WHERE state = ? ORDER BY id`, bank, state)
	if err != nil {
		return nil, fmt.Errorf("ledger: files: %w", err)
	}
	return files, nil
}

// Seen says whether a file with that name, size and time of change in the
// bank's folder has been fetched already.
func (l *Ledger) Seen(ctx context.Context, bank int64, name string, size int64, modified time.Time) (File, bool, error) {
	var f File
	err := found(l.reader.GetContext(ctx, &f, `SELECT `+fileColumns+` FROM remote_files r JOIN files f ON f.id = r.file_id
		WHERE r.bank_id = ? AND r.name = ? AND r.size = ? AND r.modified = ? ORDER BY r.id DESC LIMIT 1`, bank, name, size, modified.UTC().Format(timeFormat)), name)
	if errors.Is(err, ErrNotFound) {
		return File{}, false, nil
	}
	return f, err == nil, err
}

// Arrival is a file fetched from the bank and archived.
type Arrival struct {
	Bank     int64
	Facility int64
	Kind     FileKind
	Name     string
	Stored   Stored
	Modified time.Time // as the bank's folder says
	Date     string    // business date of the night
}

// Received is what became of an arrival.
type Received struct {
	File File
	// Known is set when these bytes were there already: nothing is to be done
	// with them. FirstName is the name under which they came first.
	Known     bool
	FirstName string
	// Other is set when another file came under this name before: a mismatch
	// was entered.
	Other bool
}

// Receive records a file of the bank. The same bytes again change nothing but
// the note that they were seen; another file under a name that was used before
// is recorded, and entered as a mismatch.
func (l *Ledger) Receive(ctx context.Context, a Actor, arrival Arrival) (Received, error) {
	var r Received
	err := l.write(ctx, a, "file received: "+arrival.Name, func(t *tx) error {
		known, err := t.fileByBytes(arrival.Kind, arrival.Stored.SHA256)
		if other, ok := readAlike(arrival.Kind); ok && errors.Is(err, ErrNotFound) {
			known, err = t.fileByBytes(other, arrival.Stored.SHA256)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err == nil {
			r = Received{File: known, Known: true, FirstName: known.Name}
			if known.Name != arrival.Name {
				if _, err := t.add("file_events", known.ID, "seen_again", "as "+arrival.Name, t.at); err != nil {
					return err
				}
			}
			return t.seen(arrival, known.ID)
		}
		var before int64
		if err := t.GetContext(ctx, &before, `SELECT count(*) FROM files WHERE name = ? AND bank_id = ?`, arrival.Name, arrival.Bank); err != nil {
			return fmt.Errorf("ledger: files: %w", err)
		}
		id, err := t.addFile(arrival.Kind, arrival.Name, arrival.Stored, arrival.Bank)
		if err != nil {
			return err
		}
		r.File = File{ID: id, Kind: arrival.Kind, Name: arrival.Name, SHA256: arrival.Stored.SHA256, Size: arrival.Stored.Size, At: t.at, State: "received"}
		if before > 0 {
			r.Other = true
			m := MismatchRow{Kind: "duplicate", FacilityID: arrival.Facility, BankID: arrival.Bank, FileID: id, Reference: arrival.Name,
				Detail: "the bank has used this file name before, for other bytes", Opened: arrival.Date}
			if err := t.addMismatch(m); err != nil {
				return err
			}
		}
		return t.seen(arrival, id)
	})
	return r, err
}

// readAlike is the other kind of file that the same bytes would answer the same
// deposits as: only the name tells a settlement file from a return file.
func readAlike(kind FileKind) (other FileKind, ok bool) {
	switch kind {
	case SettlementFile:
		return ReturnFile, true
	case ReturnFile:
		return SettlementFile, true
	}
	return "", false
}

func (t *tx) seen(a Arrival, file int64) error {
	_, err := t.add("remote_files", a.Bank, a.Name, a.Stored.Size, a.Modified.UTC().Format(timeFormat), file, t.at)
	return err
}

func (t *tx) fileByBytes(kind FileKind, sha string) (File, error) {
	var f File
	err := t.GetContext(t.ctx, &f, `SELECT `+fileColumns+` FROM files f WHERE f.sha256 = ? AND f.kind = ?`, sha, kind)
	return f, found(err, "file "+sha)
}

func (t *tx) addFile(kind FileKind, name string, s Stored, bank int64) (int64, error) {
	var bankID any
	if bank > 0 {
		bankID = bank
	}
	id, err := t.add("files", string(kind), name, s.SHA256, s.Size, bankID, t.at)
	if err != nil {
		return 0, err
	}
	_, err = t.add("file_events", id, "received", "", t.at)
	return id, err
}

// NoteFile records what happened to a file after it was worked through: that
// the bank's copy was moved or removed.
func (l *Ledger) NoteFile(ctx context.Context, a Actor, file int64, event, detail string) error {
	return l.write(ctx, a, "file "+event, func(t *tx) error {
		_, err := t.add("file_events", file, event, detail, t.at)
		return err
	})
}

// Quarantine sets a file of the bank aside: nothing of it is posted, and the
// mismatches say why.
func (l *Ledger) Quarantine(ctx context.Context, a Actor, file int64, why string, mismatches []MismatchRow) error {
	return l.write(ctx, a, "file quarantined", func(t *tx) error {
		for _, m := range mismatches {
			if err := t.addMismatch(m); err != nil {
				return err
			}
		}
		_, err := t.add("file_events", file, "quarantined", plain(why), t.at)
		return err
	})
}
